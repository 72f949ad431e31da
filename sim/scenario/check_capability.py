"""Contradictions in what models can do: bands of quality, thinking, tuned and distilled models, runs for each model."""

from __future__ import annotations

from collections.abc import Collection

from sim.model.training_run import EACH
from sim.scenario.check_names import known_name
from sim.scenario.problem import Problems, join, quoted
from sim.scenario.quantity import Plain, Quantity
from sim.scenario.resolve import default_domain
from sim.scenario.spec import Spec

OF_EACH = ("every", "starts", "internal", "public", "until", "flop_grows", "start_when", "length_rule")
"""Fields that date or number runs, and so have no meaning where each model of the lab gets one."""


def check_bands(root: Spec, problems: Problems) -> None:
    """One band begins at 0%, and no two at the same quality."""
    bands = root.values.get("quality_bands")
    if not isinstance(bands, dict) or "quality_bands" in root.broken:
        return
    place, path = root.where("quality_bands"), "quality_bands"
    if not any(edge.central == 0.0 for edge in bands.values()):
        problems.add(place, path, "one band must begin at 0%: it holds the poorest work")
    first: dict[float, str] = {}
    for name, edge in sorted(bands.items()):
        other = first.setdefault(edge.central, name)
        if other != name:
            problems.add(edge.place, edge.path, f"begins at {edge.text}, where {quoted(other)} begins too")


def check_thinking(lab: Spec, root: Spec, problems: Problems) -> None:
    """A fleet thinks no longer than gains anything in its domain."""
    domains = root.values.get("domains")
    if not isinstance(domains, dict):
        return
    for fleet in lab.blocks("fleets"):
        think = fleet.values.get("think_x")
        name = str(fleet.plain("domain") or default_domain(fleet.name, frozenset(domains)))
        domain = domains.get(name)
        thinking = domain.block("thinking") if domain is not None else None
        most = thinking.number("most_x") if thinking is not None else None
        if isinstance(think, Quantity) and most is not None and think.central > most:
            message = f"{think.text} is more than gains anything in {quoted(name)} (`thinking.most` is {most:g}x)"
            problems.add(think.place, think.path, message)


def check_variants(lab: Spec, domains: Collection[str], problems: Problems) -> None:
    """Tuned models name a domain, distilled ones a base; runs for each model have no dates of their own."""
    for spec in (*lab.blocks("models"), *lab.blocks("runs")):
        tuned = spec.block("tuned")
        if tuned is not None:
            known_name(tuned, "domain", domains, "domain", problems)
        name = spec.values.get("name")
        if isinstance(name, Plain) and name.value == EACH:
            problems.add(name.place, spec.path, f"{quoted(EACH)} has a meaning as `base`: choose another name")
    for run in lab.blocks("runs"):
        _distilled(run, problems)
        each = run.plain("base") == EACH
        if each:
            for field_name in OF_EACH:
                if run.has(field_name):
                    message = f"with `base: {EACH}` a run is due for each new model; it takes no `{field_name}`"
                    problems.add(run.where(field_name), join(run.path, field_name), message)
        elif "after_days" in run.stated:
            message = f"`after` counts from a base's date; it needs `base: {EACH}`"
            problems.add(run.where("after_days"), join(run.path, "after"), message)


def _distilled(run: Spec, problems: Problems) -> None:
    if run.block("distilled") is None:
        return
    if not run.has("base") and "base" not in run.broken:
        problems.add(run.where("distilled"), join(run.path, "distilled"), "a distilled model needs a `base:`")
    gain = run.values.get("gain")
    if isinstance(gain, Quantity) and gain.stated:
        message = "a distilled model takes its capability from its base: `gain` has no meaning"
        problems.add(gain.place, gain.path, message)
    if run.has("effective_flop"):
        message = "`effective_flop` is stated both here and as a share in `distilled`: leave one out"
        problems.add(run.where("effective_flop"), join(run.path, "effective_flop"), message)
