"""Everything at some labs stands still for a time: afterwards it goes on as if there had been none, that much later.

What is on the agenda for those labs comes off it, and back on to it later by the length of the standstill; clocks, runs
in progress and the laws of efficiency are as late. If all labs stand still, so does the world around them, with the
covert projects that nobody prepares; it goes on as soon as one is prepared. It begins when its instant is over, so that
no instant is cut in two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.base.growth import Growth
from sim.world import diffusion
from sim.world.agenda import Entry
from sim.world.record import Steps

if TYPE_CHECKING:
    from sim.world.clock import Clock
    from sim.world.lab import LabState
    from sim.world.world import World

OWN = object()
"""In place of a clock: what no standstill holds, such as the end of one."""


class Standstill:
    """What stands still under one name: a lab, or (no name) the world around the labs while all of them stand."""

    __slots__ = ("world", "name", "since", "held", "dirty", "laws", "holders")

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.since = world.agenda.day
        self.held: list[Entry] = []
        """What was on the agenda, or has been put on a clock meanwhile, as if today were still the first day."""
        self.holders = 0
        """Interventions that keep a lab standing."""
        self.dirty = False
        """Whether the lab has something to decide when it is over."""
        self.laws: dict[str, Growth] = {}
        world.standing[name] = self
        for clock in self._clocks():
            clock.stand(self.since, self.held)

    def _clocks(self) -> list[Clock]:
        return [clock for (name, _), clocks in self.world.clocks.items() if name == self.name for clock in clocks]

    def end(self) -> None:
        """Clocks and the agenda go on, later by its length."""
        agenda = self.world.agenda
        late = agenda.day - self.since
        del self.world.standing[self.name]
        known = agenda.watched.get(self.name)
        if known is not None:
            known[:] = [when + late if when > self.since else when for when in known]
        for clock in self._clocks():
            clock.go_on(late)
        for entry in self.held:
            agenda.put_back((entry[0] + late, *entry[1:]))


def stand_still(world: World, labs: list[LabState]) -> None:
    """Begin it at some labs, none of which stands still already, and around all if now all do: the instant is over."""
    for lab in labs:
        lab.standstill = Standstill(world, lab.name)
    whole = None
    if not world.standing:
        return
    if "" not in world.standing and all(lab.standstill is not None for lab in world.labs if lab.there or lab.awaited):
        whole = Standstill(world, "")
        absent = [lab for lab in world.labs if lab.standstill is None]
        for lab in absent:
            lab.standstill = Standstill(world, lab.name)
        labs = labs + absent
    if not labs and whole is None:
        return
    begins = {lab.name: lab.standstill for lab in labs}
    for entry in world.agenda.take(
        lambda entry: (whole is not None or entry[2] in begins) and entry[6] is not OWN
    ):
        stand = begins.get(entry[2]) or whole
        assert stand is not None
        stand.held.append(entry)
    for lab in labs:
        assert lab.standstill is not None
        since, before = lab.standstill.since, lab.standstill.laws
        for run in lab.running:
            if run.checkpoints is not None and not run.suspended:
                run.settle(since)
        if lab.progress is not None:
            lab.progress.stand(since, whole is None)
        for what, laws in laws_of(lab).items():
            before[what] = laws[lab.name]
            laws[lab.name] = before[what].held(since)
        _pass_on(lab, whole is None)
    if whole is None and world.watch is not None:
        world.watch.stand(begins)


def go_on(world: World, labs: list[LabState]) -> None:
    """Let all go on, from today, at some labs that stand still (and around all labs, if all of them stood)."""
    day = world.agenda.day
    whole = world.standing.get("")
    if labs and not any(lab.there or lab.awaited for lab in labs):
        whole = None  # it goes on standing: nobody is at work or prepared
    if whole is not None and labs:
        labs = labs + [lab for lab in world.labs if _only_with_the_world(lab) and lab not in labs]
        world.stands.append((whole.since, day))
        for line in world.record.world.values():
            _move(line, whole.since, day - whole.since)
        whole.end()
    for lab in labs:
        stand = lab.standstill
        assert stand is not None
        since, lab.standstill = stand.since, None
        late = day - since
        alone = whole is None or whole.since != since
        lab.late += late
        world.late[lab.name] = lab.late
        if lab.limits is not None:
            lab.limits.pace.stood(late)
        world.record.standstills.setdefault(lab.name, []).append((since, day))
        if lab.entry > since:
            lab.entry += late
        for run in lab.running:
            run.anchor += late
        for what, laws in laws_of(lab).items():
            before, now = stand.laws[what], laws[lab.name]
            jump = now.at(day) / before.at(since)
            if jump != 1.0:  # what befell it meanwhile stays
                before = before.jumped(since, jump)
            laws[lab.name] = before.stood(since, day, now)
        _pass_on(lab, alone)
        if lab.progress is not None:
            lab.progress.go_on(day, alone)
        stand.end()
        if stand.dirty:
            world.dirty.append(lab)
    for lab in world.labs:
        if whole is not None and lab.standstill is not None and lab.standstill.since == whole.since:
            if lab.progress is not None:  # for the others it stands still from now on
                lab.progress.tell_followers(day)
            _pass_on(lab, True)


def _only_with_the_world(lab: LabState) -> bool:
    """Whether a lab that is not there stands still because all the others do."""
    return not lab.there and lab.standstill is not None and not lab.standstill.holders


def laws_of(lab: LabState) -> dict[str, dict[str, Growth]]:
    """The laws of a lab that research does not drive."""
    record, progress = lab.world.record, lab.progress
    if progress is None:
        return {"training": record.training_efficiency, "inference": record.inference_efficiency}
    return {} if progress.efficiencies.own_inference is None else {"inference": record.inference_efficiency}


def _pass_on(lab: LabState, alone: bool) -> None:
    if lab.progress is None and alone:
        diffusion.pass_on(lab.world, lab.name)
    if lab.progress is not None and lab.progress.efficiencies.own_inference is not None:
        lab.progress.efficiencies.own_inference = lab.world.record.inference_efficiency[lab.name]


def _move(line: Steps, since: float, late: float) -> None:
    line[:] = [(day + late if day > since else day, value) for day, value in line]
