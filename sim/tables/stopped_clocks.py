"""Runs of stated dates and cadences that are due later than these say, as the clock that they go by stood still."""

from __future__ import annotations

from sim.model.intervention import EVERYTHING, TRAINING, Intervention
from sim.model.training_run import EACH
from sim.tables.chance import interventions
from sim.tables.run_spec import spec_named
from sim.world.record import RunRecord

Stop = tuple[float, float, int]
"""(from, to, index of the event that stopped the clock)"""


def stops_clock(intervention: Intervention) -> str:
    """What it does, if it stops the clocks of training runs."""
    if EVERYTHING in intervention.stops and intervention.holds > 0.0:
        return "everything stands still"
    return "" if intervention.share(TRAINING) else "no run starts"


class StoppedClocks:
    """When clocks of programmes stood still in a run: by interventions, or as demand was low (`pause_when`)."""

    def __init__(self, record: RunRecord) -> None:
        self._record = record
        self._of_lab: dict[str, list[Stop]] = {}
        self._of_programme: dict[tuple[str, str], list[Stop]] = {}
        pauses = any(spec.pause_when is not None for lab in record.draw.labs.values() for spec in lab.runs)
        if not pauses and not record.interventions:
            return
        started: dict[str, int] = {}
        for index, (day, lab, kind, subject, *_) in enumerate(record.events):
            if kind == "intervention_start":
                started[subject] = index
            elif kind == "programme_paused":
                self._of_programme.setdefault((lab, subject), []).append((day, record.end, index))
            elif kind == "programme_resumed":
                since, _, paused = self._of_programme[lab, subject].pop()
                self._of_programme[lab, subject].append((since, day, paused))
        specs = interventions(record.draw)
        for name, since, until, labs in record.interventions:
            if name in started and stops_clock(specs[name]):
                for lab in labs:
                    self._of_lab.setdefault(lab, []).append(
                        (since, record.end if until is None else until, started[name])
                    )

    def delay(self, index: int) -> tuple[float, list[int]]:
        """(days for which the clock stood still, events that stopped it) until a `run_due` event.

        (0, none) where nothing did, for other events, and for runs that have a cause of their own: a rule, a new model.
        """
        day, lab, kind, run, *_ = self._record.events[index]
        if kind != "run_due" or not (self._of_lab or self._of_programme):
            return 0.0, []
        found = spec_named(self._record, lab, run)
        if found is None or found[1].start_when is not None or found[1].base == EACH:
            return 0.0, []
        stops = [*self._of_lab.get(lab, ()), *self._of_programme.get((lab, found[1].name or lab), ())]
        days, reached, events = 0.0, 0.0, []
        for since, until, event in sorted(stops):
            over = min(day, until)
            if over > since:
                days += max(0.0, over - max(since, reached))
                reached = max(reached, over)
                events.append(event)
        return days, events
