"""Contradictions in covert projects: labs that only a deal makes begin."""

from __future__ import annotations

from sim.scenario.check_names import key_of, names_of, no_such
from sim.scenario.problem import Problems, join
from sim.scenario.quantity import Quantity, Timeline
from sim.scenario.spec import Spec

NOT_ITS_OWN = {
    "enters": "a covert project begins some time after its deal starts (`covert: {after: …}`)",
    "compute": "a covert project has no compute of its own: it gets its share of the world's when it begins",
    "models": "a covert project has no models before it begins",
}
"""Fields that a covert lab cannot state, and why."""


def check_covert(root: Spec, interventions: list[Spec], problems: Problems) -> None:
    """Adds a problem for each contradiction in covert labs, and in the interventions that make them begin."""
    labs = {lab.name: lab for lab in root.blocks("labs")}
    for lab in labs.values():
        _lab(lab, problems)
    taken: dict[str, str] = {}
    for spec in interventions:
        block = spec.block("covert")
        if block is None:
            continue
        _finding(block, problems)
        name = block.plain("lab")
        if not isinstance(name, str) or "labs" in root.broken:
            continue
        place, path = block.where("lab"), join(block.path, "lab")
        binds = spec.plain("binds")
        if name not in labs:
            no_such("lab", name, names_of(root, "labs"), place, path, problems)
        elif labs[name].plain("covert") is not True and "covert" not in labs[name].broken:
            problems.add(place, path, f"{name} is there without the deal: state `covert: yes` in that lab if it is not")
        elif isinstance(binds, list) and name in binds:
            problems.add(place, path, f"{name} goes behind this deal, which cannot bind it: take it out of `binds`")
        elif name in taken:
            problems.add(place, path, f"{name} begins with `{taken[name]}` already: a lab begins once")
        else:
            taken[name] = spec.name or "pause"


def _lab(lab: Spec, problems: Problems) -> None:
    if lab.plain("covert") is not True:
        return
    for field_name, why in NOT_ITS_OWN.items():
        stated = lab.values.get(field_name)
        if stated:
            key = key_of(lab, field_name)
            problems.add(lab.where(field_name), join(lab.path, key), f"{why}: leave `{key}` out")


def _finding(block: Spec, problems: Problems) -> None:
    found = block.values.get("found")
    never = found is None or (isinstance(found, Quantity) and found.central == 0.0 and not found.varies)
    if "on_found" in block.stated and never and "found" not in block.broken and not isinstance(found, Timeline):
        message = "it is never found: state `found:`, a rate a year, too"
        problems.add(block.where("on_found"), join(block.path, "on_found"), message)
