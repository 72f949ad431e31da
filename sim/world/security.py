"""Security: what a lab finds in software reaches others more slowly, and thefts from it are rarer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.base.calendar import tick
from sim.world.agenda import Order
from sim.world.lever import Lever
from sim.world.own_calendar import own_day

if TYPE_CHECKING:
    from sim.world.intervention import InterventionState
    from sim.world.lab import LabState
    from sim.world.link import Link
    from sim.world.progress import Progress
    from sim.world.world import World


class Security(Lever):
    """Keeps what the bound labs have from others, better than without it."""

    __slots__ = ("state",)

    def __init__(self, state: InterventionState) -> None:
        self.state = state

    def begin(self) -> None:
        self._take_effect()

    def end(self) -> None:
        self._take_effect()

    def _take_effect(self) -> None:
        state = self.state
        for lab in state.labs:
            secure(lab, state.event)


def secure(lab: LabState, cause: int) -> None:
    """Let diffusion and thefts from a lab be what the interventions in force leave of them: the strictest counts."""
    world = lab.world
    assert world.interventions is not None
    specs = world.interventions.binding(lab)
    slower = max((1.0 + spec.holds * ((spec.slow_diffusion or 1.0) - 1.0) for spec in specs), default=1.0)
    for follower in world.labs:
        if follower.progress is not None and follower.progress.sources is not None:
            for link in follower.progress.sources.links:
                if link.name == lab.name and link.slower != slower:
                    link.slower = slower
                    _slow(world, lab, link, follower.progress, cause)
    rate = min(
        (1.0 - spec.holds * (1.0 - spec.slow_thefts) for spec in specs if spec.slow_thefts is not None), default=1.0
    )
    for theft, hazard in world.thefts:
        if theft.victim == lab.name and hazard.factor != rate:
            hazard.scale(rate)
            world.event(lab.name, "thefts_slowed", theft.name, rate, "share", None, (cause,))


def _slow(world: World, lab: LabState, link: Link, follower: Progress, cause: int) -> None:
    """Let a link be slower by its present factor from today on: what is under way comes as it would have."""
    name = follower.lab.name
    if link.lag is None:
        link.fraction = (link.rule.fraction or 0.0) / link.slower
        follower.passed_on(None)
        world.event(lab.name, "diffusion_slowed", name, link.fraction, "share", None, (cause,))
        return
    day, before = world.agenda.day, link.lag
    lag = link.lag = tick((link.rule.lag_days or 0.0) * link.slower)
    stand = world.standing.get("")
    own = own_day(link.stands, day if stand is None else stand.since)
    link.lags = [*(link.lags or [(-math.inf, before)]), (own, lag)]
    days = {day + before, day + lag}
    if link.progress is not None:
        followers = link.progress.followers
        followers[followers.index((before, follower))] = (lag, follower)
    else:
        days.update(piece.day + lag for piece in link.laws[link.name].pieces if piece.day > day)
    for when in sorted(days):
        if when < world.end:
            if stand is None:
                world.agenda.put(tick(when), Order.SERIES, name, follower.passed_on)
            else:  # findings under way stand still too
                since = tick(when) - day + stand.since
                entry = (since, Order.SERIES, name, world.agenda.number(), follower.passed_on, None, None)
                stand.held.append(entry)
    world.event(lab.name, "diffusion_slowed", name, lag, "days", None, (cause,))
