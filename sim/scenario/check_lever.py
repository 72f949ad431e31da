"""Contradictions in kinds of interventions that do more than limit: what they ask for that the scenario has not."""

from __future__ import annotations

from collections.abc import Callable

from sim.model.alignment import ALIGNMENT
from sim.model.intervention import ALL, LEADER
from sim.model.lab import EXPERIMENTS
from sim.scenario.check_names import key_of, names_of, no_such
from sim.scenario.problem import Place, Problems, join
from sim.scenario.quantity import Plain
from sim.scenario.spec import Spec

LEVERS = ("shift_to_alignment", "shift_from_level", "safety_tax", "slow_diffusion", "slow_thefts", "hire",
          "hire_people", "pool")  # fmt: skip
"""Fields by which an intervention does something of these kinds."""


def check_levers(spec: Spec, root: Spec, problems: Problems) -> None:
    """Adds a problem for each contradiction in one intervention."""
    for check in CHECKS:
        check(spec, root, problems)


def bound_labs(spec: Spec, root: Spec) -> list[Spec]:
    """The labs that an intervention may bind: for `leader`, any; covert projects only if they are named."""
    binds = spec.plain("binds")
    named = set(binds) if isinstance(binds, list) else {ALL}
    known = [lab for lab in root.blocks("labs") if lab.plain("covert") is not True]
    if named & {ALL, LEADER}:
        return known
    return [lab for lab in root.blocks("labs") if lab.name in named or (lab.plain("bloc") in named and lab in known)]


def known(name: str, valid: list[str], what: str, place: Place, path: str, problems: Problems) -> None:
    """A problem if nothing has this name."""
    if name not in valid:
        no_such(what, name, valid, place, path, problems)


def _goes_with(spec: Spec, field_name: str, others: tuple[str, ...], problems: Problems) -> None:
    """A problem if a field is stated without any of those that it says more about."""
    if field_name in spec.stated and not any(spec.values.get(other) or other in spec.broken for other in others):
        key = key_of(spec, field_name)
        message = f"`{key}` goes with {' or '.join(f'`{key_of(spec, other)}`' for other in others)}"
        problems.add(spec.where(field_name), join(spec.path, key), message)


def _shift(spec: Spec, root: Spec, problems: Problems) -> None:
    fields = ("shift_to_alignment", "shift_from_level")
    for field_name in ("shift_from", "shift_of"):
        _goes_with(spec, field_name, fields, problems)
    stated = [name for name in fields if spec.values.get(name)]
    if not stated:
        return
    levels = spec.values.get("shift_from_level")
    for level, share in levels.items() if isinstance(levels, dict) else ():
        known(level, names_of(root, "levels"), "level", share.place, share.path, problems)
    givers = spec.values.get("shift_from")
    fleets = sorted({fleet.name for lab in root.blocks("labs") for fleet in lab.blocks("fleets")} - {ALIGNMENT})
    if isinstance(givers, Plain) and isinstance(givers.value, list):
        for use in givers.value:
            if use == ALIGNMENT:
                problems.add(givers.place, givers.path, f"`{ALIGNMENT}` is what gets it: name others")
            else:
                known(use, [EXPERIMENTS, *fleets], "fleet", givers.place, givers.path, problems)
    without = [
        lab.name
        for lab in bound_labs(spec, root)
        if "use" not in lab.broken and ALIGNMENT not in (fleet.name for fleet in lab.blocks("fleets"))
    ]
    if without:
        one = len(without) == 1
        message = (
            f"{', '.join(without)} {'has' if one else 'have'} no fleet `{ALIGNMENT}`: state its share in `use`, "
            "0% if it is to have none besides"
        )
        problems.add(spec.where(stated[0]), join(spec.path, key_of(spec, stated[0])), message)


def _security(spec: Spec, root: Spec, problems: Problems) -> None:
    labs = bound_labs(spec, root)
    names = {lab.name for lab in labs}
    links = [rule.plain("sources") for rule in root.blocks("diffusion")]
    if spec.has("slow_diffusion") and labs and not any(names & set(found or names) for found in links):
        message = "nothing that these labs find spreads: there is no `diffusion` from them that could be slower"
        problems.add(spec.where("slow_diffusion"), join(spec.path, "slow_diffusion"), message)
    thefts = [theft for theft in root.blocks("thefts") if theft.plain("victim") in names and theft.has("rate")]
    if spec.has("slow_thefts") and labs and not thefts:
        message = "there is no theft at a rate from these labs (`thefts`) that could be rarer"
        problems.add(spec.where("slow_thefts"), join(spec.path, "slow_thefts"), message)


def _hire(spec: Spec, root: Spec, problems: Problems) -> None:
    _goes_with(spec, "hire_over", ("hire", "hire_people"), problems)
    labs = bound_labs(spec, root)
    domains = names_of(root, "domains")
    for field_name in ("hire", "hire_people"):
        stated = spec.values.get(field_name)
        for domain, number in stated.items() if isinstance(stated, dict) else ():
            known(domain, domains, "domain", number.place, number.path, problems)
            staffed = any(domain in (lab.values.get("staff") or {}) or "staff" in lab.broken for lab in labs)
            if field_name == "hire" and domain in domains and labs and not staffed:
                message = f"none of these labs has people in {domain} (`staff`) to multiply: state `hire_people`"
                problems.add(number.place, number.path, message)


def _spend_lead(spec: Spec, root: Spec, problems: Problems) -> None:
    _goes_with(spec, "lead_left", ("spend_lead",), problems)
    if not spec.has("spend_lead"):
        return
    place, path = spec.where("spend_lead"), join(spec.path, "spend_lead")
    binds = spec.plain("binds")
    if isinstance(binds, list) and binds != [LEADER] and len(bound_labs(spec, root)) != 1:
        problems.add(place, path, f"one lab spends its lead: let it bind `{LEADER}`, or that lab alone")
    if len(root.blocks("labs")) < 2 and "labs" not in root.broken:
        problems.add(place, path, "there is no other lab over which it could have a lead")


def _pool(spec: Spec, root: Spec, problems: Problems) -> None:
    labs = bound_labs(spec, root)
    if not spec.has("pool") or not labs:
        return
    place, path = spec.where("pool"), join(spec.path, "pool")
    binds = spec.plain("binds")
    if len(labs) < 2 or binds == [LEADER]:
        problems.add(place, path, "one lab alone pools nothing: bind at least two")
    software = [lab.block("software") for lab in labs]
    if not any(law is not None and law.plain("feedback") for law in software):
        message = "the software of these labs is given, whatever others find: they need `software: {feedback: yes}`"
        problems.add(place, path, message)


CHECKS: tuple[Callable[[Spec, Spec, Problems], None], ...] = (_shift, _security, _hire, _spend_lead, _pool)
