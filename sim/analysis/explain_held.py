"""Which interventions delayed the start of a run, or were in force while it worked."""

from __future__ import annotations

from collections.abc import Iterator

from sim.analysis.explain_limits import limits_by_field
from sim.analysis.explain_step import percent
from sim.model.intervention import DELIVERIES, SOFTWARE, TRAINING, Intervention
from sim.model.training_run import TrainingRun
from sim.tables.chance import interventions
from sim.tables.stopped_clocks import stops_clock
from sim.world.record import RunLog, RunRecord

CAPS = ("cap_run_flop", "cap_training", "cap_training_share", "cap_research", "cap_research_share", "cap_capability",
        "cap_growth", "hold_at", "tax", "safety_tax")  # fmt: skip
"""Limits on how large or how strong a run may be."""

Held = tuple[float, float, str]
"""(from, to, what an intervention did)."""


def delays(record: RunRecord, log: RunLog, spec: TrainingRun) -> list[Held]:
    """What interventions did before a run was due, so that it was due later.

    Dates of a cadence are later by every standstill before; a rule counts from the start of the run before.
    """
    found = []
    first = _before(record, log) if spec.every is None else 0.0
    for since, until, name, intervention in _bound(record, log.lab, first, log.due):
        what = _delay(intervention, spec)
        if what:
            found.append((since, until, f"{what}: the intervention {name}"))
    return found


def _delay(intervention: Intervention, spec: TrainingRun) -> str:
    stops = stops_clock(intervention)
    if stops:
        return stops
    rule = spec.start_when
    slow = intervention.slow_deliveries is not None and intervention.slow_deliveries < 1.0
    if rule is not None and rule.cluster_grows is not None and (slow or intervention.share(DELIVERIES) < 1.0):
        return "the cluster grows more slowly"
    if rule is not None and rule.efficiency_grows is not None and intervention.share(SOFTWARE) < 1.0:
        return "software grows more slowly"
    return ""


def while_it_worked(record: RunRecord, log: RunLog) -> list[Held]:
    """Caps that were in force between the start and the end of a run: it may have been cut to them."""
    if log.started is None:
        return []
    end = record.end if log.finished is None else log.finished
    found = []
    for since, until, name, intervention in _bound(record, log.lab, log.started, end):
        share = intervention.share(TRAINING)
        told = [f"leaves {percent(share)} of training"] if 0.0 < share < 1.0 and intervention.tax is None else []
        told += [text for name, text in limits_by_field(intervention).items() if name in CAPS]
        if told:
            found.append((since, until, f"in force: the intervention {name} ({'; '.join(told)})"))
    return found


def _before(record: RunRecord, log: RunLog) -> float:
    """Start of the lab's run before."""
    starts = [other.started for other in record.runs if other.lab == log.lab and other is not log]
    return max((day for day in starts if day is not None and day <= log.due), default=0.0)


def _bound(
    record: RunRecord, lab: str, first: float, last: float
) -> Iterator[tuple[float, float, str, Intervention]]:
    """(from, to, name, declaration) of the interventions that bound a lab between two days, within these."""
    specs = interventions(record.draw)
    for name, since, until, labs in record.interventions:
        begun, over = max(first, since), last if until is None else min(last, until)
        if lab in labs and over > begun:
            yield begun, over, name, specs[name]
