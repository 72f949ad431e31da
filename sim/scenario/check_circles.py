"""Rules of programmes that wait for each other in a circle, and for nothing else: none of them ever starts a run."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from sim.model.draw import Draw
from sim.model.programme import ANY
from sim.model.training_run import EACH
from sim.scenario.check_start import first_instant
from sim.scenario.problem import Problems
from sim.scenario.spec import Spec

Rule = tuple[Spec, Spec]
"""A lab, and one of its runs that has `start_when`."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What is reached on the first day, by the models that labs have then."""

    levels: Set[tuple[str, str]] = field(default_factory=frozenset)
    """(level, lab)."""
    milestones: Set[str] = field(default_factory=frozenset)


def stuck(root: Spec, start: float, reached: Reached | None = None) -> list[Rule]:
    """Rules that can never start a run.

    reached: what the models that labs have at the start reach; if absent they are taken to reach everything.
    """
    labs = root.blocks("labs")
    rules = [(lab, run) for lab in labs for run in lab.blocks("runs") if run.has("start_when")]
    if not rules:
        return []
    acting = {lab.name for lab in labs for run in lab.blocks("runs")
              if not run.has("start_when") and run.plain("base") != EACH}  # fmt: skip
    acting |= {lab.name for lab in labs for model in lab.blocks("models") for name in ("internal", "public")
               if (day := model.number(name)) is not None and day > start}  # fmt: skip
    if reached is None:
        models = {lab.name for lab in labs if lab.blocks("models")}
        names = [level.name for level in root.blocks("levels")]
        milestones = {each.name for each in root.blocks("milestones") if _bound(each, labs) & models}
        reached = Reached({(level, lab) for level in names for lab in models}, milestones)
    stated = {spec.name: spec for spec in root.blocks("milestones")}
    while True:
        able = [(lab, run) for lab, run in rules if _can_start(run, lab, acting, reached, stated, labs)]
        if not able:
            return rules
        rules = [item for item in rules if item not in able]
        acting |= {lab.name for lab, _ in able}


def report_stuck(rules: list[Rule], root: Spec, problems: Problems) -> None:
    """Adds a problem for each."""
    stuck_labs = {lab.name for lab, _ in rules}
    for lab, run in rules:
        others = sorted(_waits_for(run, lab, root) & stuck_labs)
        waits = (
            "only later runs of its own lab could bring about, and these wait for it"
            if others == [lab.name]
            else f"only the runs of {', '.join(others)} bring about, which wait in a circle"
        )
        message = f"it can never start a run: it waits for what {waits}; state `latest:`, or another condition"
        problems.add(run.where("start_when"), f"{run.path}.start_when", message)


def _waits_for(run: Spec, lab: Spec, root: Spec) -> set[str]:
    """Labs whose models could make a rule's conditions true."""
    when, labs = run.block("start_when"), root.blocks("labs")
    assert when is not None
    every = {each.name for each in labs}
    found: set[str] = set()
    if (rival := when.plain("rival_releases")) is not None:
        found |= every - {lab.name} if rival == ANY else {str(rival)}
    if when.has("level"):
        by = when.plain("by")
        found |= every if by in (None, ANY) else {str(by)}
    for milestone in root.blocks("milestones"):
        if milestone.name == when.plain("milestone"):
            found |= _bound(milestone, labs)
    return found


def rests_on_models(root: Spec, start: float) -> bool:
    """Whether some rule can start only if the models that labs have at the start reach what it waits for."""
    return bool(stuck(root, start, Reached()))


def check_circles(root: Spec, start: float, draw: Draw, problems: Problems) -> None:
    """Adds a problem for a rule that waits for what no model at the start reaches in `draw`, the central case."""
    from sim.world.simulate import SimulationError  # the kernel is not needed to read most files

    try:
        record = first_instant(draw)
    except SimulationError:
        return  # the run itself tells what is wrong
    report_stuck(stuck(root, start, Reached(record.levels.keys(), record.milestones.keys())), root, problems)


def _bound(milestone: Spec, labs: list[Spec]) -> set[str]:
    """Labs that can bring a milestone about."""
    named, bloc = milestone.plain("lab"), milestone.plain("bloc")
    return {each.name for each in labs if named in (None, each.name) and bloc in (None, each.plain("bloc"))}


def _can_start(
    run: Spec, lab: Spec, acting: Set[str], reached: Reached, milestones: Mapping[str, Spec], labs: list[Spec]
) -> bool:
    when = run.block("start_when")
    if when is None or when.broken or any(when.has(name) for name in ("cluster_grows", "efficiency_grows")):
        return True
    if when.has("latest_days") or not any(when.has(name) for name in ("rival_releases", "level", "milestone")):
        return True
    known = {ANY, *(each.name for each in labs)}
    if any(when.has(name) and when.plain(name) not in known for name in ("rival_releases", "by")):
        return True  # reported as an unknown name
    rival = when.plain("rival_releases")
    if rival is not None and any(rival in (ANY, name) for name in acting - {lab.name}):
        return True
    if when.has("level"):
        by, level = when.plain("by"), when.plain("level")
        there = acting | {name for each, name in reached.levels if each == level}
        if any(by in (None, ANY, name) for name in there):
            return True
    name = str(when.plain("milestone"))
    milestone = milestones.get(name)
    if milestone is None:
        return when.has("milestone") and not any(when.has(name) for name in ("rival_releases", "level"))
    if not any(milestone.has(each) for each in ("level", "effective_flop", "public_effective_flop", "models")):
        return True
    return name in reached.milestones or bool(_bound(milestone, labs) & acting)
