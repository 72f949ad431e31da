"""Runs that got their lengths just before research went on: `length_rule` plans them for the slow progress of then."""

from __future__ import annotations

from sim.model.intervention import AI_USE, EXPERIMENTS, HUMANS, SOFTWARE, Intervention
from sim.model.programme import SHORTER
from sim.world.record import RunLog, RunRecord

SOON_DAYS = 30.0
"""Days before an intervention ends in which a run that starts is told of."""

SHOWN = 4


def planned_slowly(
    record: RunRecord, name: str, spec: Intervention, since: float, until: float | None, labs: list[str]
) -> str:
    """The runs that started in the last month of an intervention that slows research, by their days; "" if none did."""
    if until is None or all(spec.share(what) == 1.0 for what in (AI_USE, EXPERIMENTS, HUMANS, SOFTWARE)):
        return ""
    first = max(since, until - SOON_DAYS)
    runs = sorted((log.started, log.lab, log.name, (log.finished or record.end) - log.started) for log in record.runs
                  if log.lab in labs and log.started is not None and first <= log.started < until
                  and _shortens(record, log))  # fmt: skip
    if not runs:
        return ""
    told = [f"{lab}/{run} ({days:,.0f} days)" for _, lab, run, days in runs[:SHOWN]]
    more = [f"{len(runs) - SHOWN} more"] if len(runs) > SHOWN else []
    return (f"Started within {SOON_DAYS:.0f} days before {name} ended, and so planned for the slow progress of then "
            f"(`length_rule`): {', '.join([*told, *more])}. As research goes on runs are planned shorter: what is "
            "bought may jump if one of the two goes on a day sooner or later.")  # fmt: skip


def _shortens(record: RunRecord, log: RunLog) -> bool:
    """Whether a run is of those whose length follows progress."""
    for spec in record.draw.labs[log.lab].runs:
        own = spec.name or log.lab
        if log.name == own or log.name.rpartition("-")[0] == own:
            return spec.length_rule is not None and spec.length_rule.rule == SHORTER
    return False
