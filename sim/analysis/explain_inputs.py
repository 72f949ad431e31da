"""Which inputs could move a model's windows: those of which a paired world is worth simulating."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sim.analysis.explain_split import chain, run_of, spec_of
from sim.model.draw import Draw
from sim.model.policy import UserPolicy
from sim.model.training_run import AfterTraining
from sim.scenario import Input, Scenario
from sim.tables.closings import Closings
from sim.world.record import ModelRecord, RunLog, RunRecord

LATER_DAYS = 30.0
NEAR = 1.5
"""Within this factor of what closes a window, a model could come to close it: more than what one change brings."""

IRRELEVANT = frozenset(
    ("hazards", "observed_uplift", "trajectory", "quality_bands", "expert_level", "name", "power", "start", "end",
     "base_date")
)  # fmt: skip
"""Parts of paths of inputs that cannot move the date of a model."""

REACTED_TO = frozenset(
    ("inference", "human", "domains", "levels", "milestones", "staff", "fleets", "lambda", "labour_share",
     "public_after", "public", "memory", "bandwidth", "inference_efficiency", "inference_exponent", "total_params",
     "kv_bytes_per_token")
)  # fmt: skip
"""Parts that can where programmes react, or software follows research: what a model is worth, and who sees it."""


class Change(NamedTuple):
    """What one paired world changes: the inputs (alike ones together), and the lab that they are of (empty: all).

    later: they are dates. use: the use whose declared share they are, if any.
    """

    label: str
    inputs: list[Input]
    later: bool
    lab: str
    use: str

    @property
    def words(self) -> str:
        """What is done to the inputs."""
        return f"{LATER_DAYS:.0f} days later" if self.later else "+10%"


def reacts(draw: Draw) -> bool:
    """Whether a programme starts runs, or pauses, by what happens (in its own lab or another)."""
    return any(run.start_when is not None or run.pause_when is not None for lab in draw.labs.values()
               for run in lab.runs)  # fmt: skip


def candidates(scenario: Scenario, record: RunRecord, model: ModelRecord) -> list[Change]:
    """The inputs that could move a model's closings: of its lab and of the labs that close it, and of all labs."""
    draw = record.draw
    found = [Closings(record).closing(model, draw.stronger_by, scope, "internal") for scope in ("own", "frontier")]
    closers = [item.by for item in found if item is not None and item.by is not None]
    labs = list(dict.fromkeys([model.lab, *(by.lab for by in closers)]))
    dated = {prefix for each in [model, *closers] for prefix in [_run_path(scenario, record, each)] if prefix}
    runs = _runs_that_matter(scenario, record, model, closers)
    every_run = []
    for name in labs:
        for kind, count in (("runs", len(draw.labs[name].runs)), ("models", len(draw.labs[name].models))):
            every_run += [scenario.path_of("labs", name, kind, n) for n in range(count)]
    reacted = reacts(draw) or any(lab.software.feedback for lab in draw.labs.values())
    irrelevant = (IRRELEVANT if reacted else IRRELEVANT | REACTED_TO) | _without_effect(draw, reacted)
    unnamed = tuple(f"{path}." for path in _unnamed(draw))
    groups: dict[str, Change] = {}
    for item in scenario.inputs:
        parts = item.path.split(".")
        lab = next((name for name in draw.labs if item.path.startswith(f"labs.{name}.")), "")
        if not item.unit or irrelevant & set(parts[2:] if lab else parts) or item.path.startswith(unnamed):
            continue
        run = max((path for path in every_run if item.path.startswith(path + ".")), key=len, default="")
        if lab and lab not in labs:
            continue
        if lab and item.path.startswith((f"labs.{lab}.runs.", f"labs.{lab}.models.")) and run not in runs:
            continue
        later = item.unit == "date"
        if later and (run not in dated or not re.match(r"\d{4}-", item.text)):
            continue
        use = item.parameter.rsplit(".", 1)[1] if lab and item.parameter.startswith(f"labs.{lab}.use.") else ""
        point = item.path != item.parameter and bool(re.search(r"\.\d{4}-\d\d(-\d\d)?$", item.path))
        label = item.parameter if point else item.path
        if use and not point and item.path != item.parameter:
            continue
        if label in groups:
            groups[label].inputs.append(item)
        else:
            groups[label] = Change(label, [item], later, lab, use)
    return list(groups.values())


def earmarks(draw: Draw) -> list[AfterTraining]:
    """Everything that is stated of what finished runs free."""
    labs = draw.labs.values()
    stated = [mark for lab in labs for mark in (lab.after_training, *(run.after_training for run in lab.runs))]
    return [mark for mark in stated if mark is not None]


def _without_effect(draw: Draw, reacted: bool) -> set[str]:
    """Blocks that cannot move a date in this draw: size rules where FLOP is stated, earmarks that runs may take, a
    world of which no lab has a stated share. reacted: whether it matters what fleets do, and with models of what size.
    """
    runs = [run for lab in draw.labs.values() for run in lab.runs]
    result = set()
    if not reacted and all(run.params is None or run.flop is not None for run in runs):
        result.add("size")
    if not reacted and not any(mark.firm for mark in earmarks(draw)):
        result.add("after_training")
    if not any(supply.share_of_world is not None for lab in draw.labs.values() for supply in lab.compute):
        result.add("world")
    return result


def _unnamed(draw: Draw) -> list[str]:
    """Paths of levels and milestones that no rule names: when they are reached moves nothing."""
    if any(isinstance(lab.policy, UserPolicy) for lab in draw.labs.values()):
        return []  # code may ask for any
    rules = [(lab.runs, lab.after_training, lab.phases, lab.alignment) for lab in draw.labs.values()]
    words = "\n".join(_words((rules, draw.interventions, draw.pause, draw.shocks, draw.thefts, draw.hazards,
                              draw.alignment, [spec.level for spec in draw.milestones.values()])))  # fmt: skip
    named = [f"levels.{name}" for name in draw.levels] + [f"milestones.{name}" for name in draw.milestones]
    return [path for path in named if path.partition(".")[2] not in words]


def _words(value: Any) -> Iterator[str]:
    """Every text in dataclasses, lists and mappings."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _words([*value, *value.values()])
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _words(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _words(getattr(value, field.name))


def _run_path(scenario: Scenario, record: RunRecord, model: ModelRecord) -> str:
    found = spec_of(record, model)
    if found is not None:
        return scenario.path_of("labs", model.lab, "runs", found[0])
    names = [item.name for item in record.draw.labs[model.lab].models]
    return scenario.path_of("labs", model.lab, "models", names.index(model.name)) if model.name in names else ""


def _runs_that_matter(
    scenario: Scenario, record: RunRecord, model: ModelRecord, closers: list[ModelRecord]
) -> set[str]:
    """Paths of the runs and models that could move a closing: the models' own and their bases', runs of those labs
    that are or wait to be in progress within `LATER_DAYS` of one of these, and models that came near to closing."""
    links = [link for each in [model, *closers] for link in chain(record, each)]
    matter = {id(link) for link in links}
    last = max((by.internal for by in closers), default=record.end)
    for other in record.models:
        log = run_of(record, other)
        logs = [run_of(record, link) for link in links if link.lab == other.lab]
        near = NEAR > other.effective_flop / model.effective_flop / record.draw.stronger_by > 1.0 / NEAR
        if (near and other.internal <= last) or (log is not None and any(_overlap(log, link) for link in logs)):
            matter.add(id(other))
    return {path for each in record.models if id(each) in matter and (path := _run_path(scenario, record, each))}


def _overlap(one: RunLog, other: RunLog | None) -> bool:
    """Whether two runs are, or wait to be, in progress at the same time, or would be if one came later."""
    if other is None or one.finished is None or other.finished is None:
        return False
    return one.due < other.finished + LATER_DAYS and other.due < one.finished + LATER_DAYS
