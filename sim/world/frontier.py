"""Who is stronger than whom: windows that close, levels and milestones that are reached."""

from __future__ import annotations

from bisect import bisect_left, insort
from operator import attrgetter
from typing import TYPE_CHECKING

from sim.model.level import Level, Milestone
from sim.model.worth import value_of
from sim.physics.capability import times_as_strong
from sim.world.crossing import to_rounding
from sim.world.record import ModelRecord

if TYPE_CHECKING:
    from sim.model.draw import Draw
    from sim.world.lab import LabState
    from sim.world.world import World


_strength = attrgetter("effective_flop")


def reaches(draw: Draw, level: Level, model: ModelRecord) -> bool:
    """Whether a model is at or above a level."""
    if level.effective_flop is not None:
        return model.effective_flop >= level.effective_flop
    assert level.domain is not None and level.share_doable is not None
    law = draw.domains[level.domain].share_doable
    return value_of(law, model.capability(level.domain)) >= level.share_doable


class OpenWindows:
    """Models whose window is open, weakest first; closes those that a new model is stronger than.

    `leaders` are the models that were the strongest when they came, so the first one that is strong enough
    is the one that closed a window.
    """

    __slots__ = ("_count", "_leaders", "_open")

    def __init__(self) -> None:
        self._open: list[tuple[float, int, float, ModelRecord]] = []
        """(effective FLOP, count, effective FLOP that closes its window, model)."""
        self._leaders: list[ModelRecord] = []
        self._count = 0

    def closed_by(self, model: ModelRecord, stronger_by: float) -> list[tuple[ModelRecord, ModelRecord]]:
        """Pairs (closed, closer) when `model` becomes available; the model itself if it is surpassed already."""
        closed = []
        opened, leaders = self._open, self._leaders
        strength, closes = model.effective_flop, model.closes_windows
        while closes and opened and strength >= opened[0][2]:
            closed.append((opened.pop(0)[3], model))
        bound = times_as_strong(stronger_by, strength)
        leading = leaders[-1].effective_flop if leaders else 0.0
        if leaders and leading >= bound:
            closed.append((model, leaders[bisect_left(leaders, bound, key=_strength)]))
        else:
            self._count += 1
            entry = (strength, self._count, bound, model)
            if opened and strength < opened[-1][0]:
                insort(opened, entry)
            else:
                opened.append(entry)
        if closes and (not leaders or strength > leading):
            leaders.append(model)
        return closed


class Frontier:
    """Own and frontier windows by internal dates, and the latches: levels by lab, milestones."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.own: dict[str, OpenWindows] = {}
        self.anywhere = OpenWindows()
        self.best: dict[str, float] = {}
        draw = world.draw
        self.levels = [draw.levels[name] for name in sorted(draw.levels)]
        self._bars: list[tuple[str, float | None]] = []
        """(name, effective FLOP) of each level, from the first model on: they are no inputs of a world without one."""
        self.milestones = [draw.milestones[name] for name in sorted(draw.milestones)]
        self.by_cluster = [
            milestone
            for milestone in self.milestones
            if milestone.h100e is not None and not milestone.together and not milestone.below
        ]

    @property
    def watched(self) -> dict[str, Milestone]:
        """Milestones that are neither a level nor the size of one lab's cluster: those are told when they happen."""
        return {spec.name: spec for spec in self.milestones if spec.level is None and spec not in self.by_cluster}

    def available(self, lab: LabState, model: ModelRecord, event: int) -> None:
        """A model can be used inside its lab from today."""
        world = self.world
        stronger_by = world.draw.stronger_by
        own = self.own.get(lab.name)
        if own is None:
            own = self.own[lab.name] = OpenWindows()
        for closed, closer in own.closed_by(model, stronger_by):
            self._tell("window_closed", closed, closer, event)
        for closed, closer in self.anywhere.closed_by(model, stronger_by):
            self._tell("frontier_window_closed", closed, closer, event)
        if self.levels:
            self._levels(lab, model, event)
        if world.interventions is not None:
            world.interventions.available(lab, model, event)

    def _tell(self, kind: str, closed: ModelRecord, closer: ModelRecord, event: int) -> None:
        world = self.world
        length = closer.internal - closed.internal
        details = {"closed_by": closer.name, "closed_by_lab": closer.lab} if world.details else None
        world.event(closed.lab, kind, closed.name, max(0.0, length), "days", details, (event,))

    def _levels(self, lab: LabState, model: ModelRecord, event: int) -> None:
        world = self.world
        levels = world.record.levels
        if not self._bars:
            self._bars = [(level.name, level.effective_flop) for level in self.levels]
        for n, (name, bar) in enumerate(self._bars):
            if bar is not None and model.effective_flop < bar:
                continue
            if (name, lab.name) in levels or not reaches(world.draw, self.levels[n], model):
                continue
            first = (name, "") not in levels
            day = world.agenda.day if model.released else model.internal
            levels[name, lab.name] = (day, model.name)
            if first:
                levels[name, ""] = (day, f"{lab.name}/{model.name}")
            told = world.event(
                lab.name, "level_reached", name, None, "", {"model": model.name, "first": first}, (event,)
            )
            if world.interventions is not None:
                world.interventions.reached(name, lab.name, told)
            for milestone in self.milestones:
                if milestone.level == name and _binds(milestone, lab):
                    self.reach(milestone.name, lab.name, told)

    def cluster_changed(self, lab: LabState, event: int) -> None:
        """Check the milestones that wait for a cluster's size."""
        h100e = self.world.h100e(lab.total)
        for milestone in self.by_cluster:
            if _binds(milestone, lab) and h100e >= to_rounding(milestone.h100e or 0.0):
                self.reach(milestone.name, lab.name, event)

    def reach(self, name: str, lab: str, cause: int) -> None:
        """A milestone is reached, if it was not before: a latch."""
        world = self.world
        if name not in world.record.milestones:
            world.record.milestones[name] = world.agenda.day
            event = world.event(lab, "milestone", name, None, "", None, (cause,) if cause >= 0 else ())
            if world.interventions is not None:
                world.interventions.reached_milestone(name, event)
            for watching in world.watch_milestones:
                watching.notice(event)


def _binds(milestone: Milestone, lab: LabState) -> bool:
    return milestone.lab in (None, lab.name) and milestone.bloc in (None, lab.spec.bloc)
