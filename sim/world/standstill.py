"""Everything at some labs stands still for a time: afterwards it goes on as if there had been none, that much later.

What is on the agenda for those labs comes off it, and back on to it later by the length of the standstill; clocks, runs
in progress and the laws of efficiency are as late. If all labs stand still, so does the world around them. It begins
when its instant is over, so that no instant is cut in two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.base.series import Growth
from sim.world import diffusion
from sim.world.agenda import Entry
from sim.world.record import Steps

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.world import World

OWN = object()
"""In place of a clock: what no standstill holds, such as the end of one."""


class Standstill:
    """One standstill of some labs."""

    __slots__ = ("world", "labs", "whole", "since", "held", "dirty", "laws", "holders")

    def __init__(self, world: World, labs: list[LabState]) -> None:
        """Begin it: the instant is over. No lab may stand still already."""
        self.world = world
        self.labs = labs
        self.whole = len(labs) == len(world.labs)
        self.since = world.agenda.day
        names = {lab.name for lab in labs} | ({""} if self.whole else set())
        self.held: list[Entry] = world.agenda.take(lambda entry: entry[2] in names and entry[6] is not OWN)
        self.holders = 0
        """Interventions that keep it up."""
        self.dirty: list[LabState] = []
        """Labs that have something to decide when it is over."""
        self.laws: dict[tuple[str, str], Growth] = {}
        for lab in labs:
            lab.standstill = self
            for run in lab.running:
                if run.checkpoints is not None and not run.suspended:
                    run.settle(self.since)
            if lab.progress is not None:
                lab.progress.stand(self.since, not self.whole)
            for what, laws in self._laws(lab).items():
                self.laws[lab.name, what] = laws[lab.name]
                laws[lab.name] = laws[lab.name].held(self.since)
            self._pass_on(lab)

    def _laws(self, lab: LabState) -> dict[str, dict[str, Growth]]:
        """The laws of a lab that research does not drive."""
        record, progress = self.world.record, lab.progress
        if progress is None:
            return {"training": record.training_efficiency, "inference": record.inference_efficiency}
        return {} if progress.own_inference is None else {"inference": record.inference_efficiency}

    def _pass_on(self, lab: LabState) -> None:
        if lab.progress is None and not self.whole:
            diffusion.pass_on(self.world, lab.name)
        if lab.progress is not None and lab.progress.own_inference is not None:
            lab.progress.own_inference = self.world.record.inference_efficiency[lab.name]

    def end(self) -> None:
        """All goes on, from today."""
        world, since = self.world, self.since
        day = world.agenda.day
        late = day - since
        if self.whole:
            world.stands.append((since, day))
            for line in world.record.world.values():
                _move(line, since, late)
        for lab in self.labs:
            lab.standstill = None
            lab.late += late
            if lab.limits is not None:
                lab.limits.pace.stood(late)
            world.record.standstills.setdefault(lab.name, []).append((since, day))
            if lab.entry > since:
                lab.entry += late
            for run in lab.running:
                run.anchor += late
            for what, laws in self._laws(lab).items():
                before, now = self.laws[lab.name, what], laws[lab.name]
                jump = now.at(day) / before.at(since)
                if jump != 1.0:  # what befell it meanwhile stays
                    before = before.jumped(since, jump)
                laws[lab.name] = before.stood(since, day)
            self._pass_on(lab)
            if lab.progress is not None:
                lab.progress.go_on(day, not self.whole)
            known = world.agenda.watched.get(lab.name)
            if known is not None:
                known[:] = [when + late if when > since else when for when in known]
        for (name, _), clocks in world.clocks.items():
            if any(lab.name == name for lab in self.labs) or (self.whole and not name):
                for clock in clocks:
                    clock.shift(late)
        for entry in self.held:
            world.agenda.put_back((entry[0] + late, *entry[1:]))
        world.dirty.extend(self.dirty)


def _move(line: Steps, since: float, late: float) -> None:
    line[:] = [(day + late if day > since else day, value) for day, value in line]


def own_day(stands: list[tuple[float, float]], day: float) -> float:
    """What the calendar of those who stood still shows on a day of the world."""
    return day - sum(min(day, until) - since for since, until in stands if since < day)


def world_day(stands: list[tuple[float, float]], own: float) -> float:
    """The day of the world on which the calendar of those who stood still shows `own` (the first such day)."""
    for since, until in stands:
        if own > since:
            own += until - since
    return own
