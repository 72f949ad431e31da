"""One lab that another learns software from, and what of its law has come there."""

from __future__ import annotations

from bisect import bisect_right
from math import inf
from typing import TYPE_CHECKING, Any

from sim.base.calendar import tick
from sim.base.piece import Piece
from sim.model.software import Diffusion
from sim.world.own_calendar import own_day

if TYPE_CHECKING:
    from sim.world.progress import Progress
    from sim.world.world import World


class Link:
    """One lab that another learns from: after `lag` days, or by `fraction` of its speed (the other is None)."""

    __slots__ = ("name", "laws", "progress", "lag", "fraction", "how", "stands", "lags", "rule", "slower",
                 "pooled")  # fmt: skip

    def __init__(self, name: str, world: World, progress: Progress | None, rule: Diffusion) -> None:
        self.name = name
        self.laws = world.record.training_efficiency
        self.progress = progress
        self.stands = world.stands
        self.lag = None if rule.lag_days is None else tick(rule.lag_days)
        self.fraction = rule.fraction or 0.0
        self.how = rule.how
        self.rule = rule
        self.pooled = False
        """Whether both are in a pool, in which each learns from all others."""
        self.slower = 1.0
        """How many times as slow security makes it at present."""
        self.lags: list[tuple[float, float]] = []
        """(own day from which on what is found takes so long, lag), where security has changed the lag."""

    def reached(self, day: float) -> Piece:
        """The curve that the follower is held against from a day on: the leader's, as it was the lag before."""
        then = self._sent(day)
        if self.lags and not self._moves(day):
            return Piece(day, self.laws[self.name].at(then), 0.0)
        piece = self.laws[self.name].piece_at(then).moved(then)
        return piece._replace(day=day) if self.lag else piece

    def _sent(self, day: float) -> float:
        """The day whose efficiency comes here on a day: findings under way stand still with all else."""
        stands = self.stands
        own = own_day(stands, day) if stands else day
        then = self._sent_own(own) if self.lags else own - (self.lag or 0.0)
        for since, until in stands:
            if then >= since:  # of what stood still from then on, the course that it took afterwards
                then += until - since
        return then

    def next_look(self, day: float) -> float:
        """The day on which the leader's curve is expected to take another course; infinite if none is known."""
        if self.progress is not None:
            return self.progress.until if self.progress.until > day else inf
        pieces = self.laws[self.name].pieces
        index = bisect_right(pieces, day, key=_day_of)
        return pieces[index].day if index < len(pieces) else inf

    def _sent_own(self, own: float) -> float:
        """The latest own day whose findings have come by an own day: each takes the lag of the day that it is from."""
        return max(min(own - lag, until) for since, until, lag in self._stretches() if own - lag >= since)

    def _moves(self, day: float) -> bool:
        """Whether findings come in on a day; none do while those of a longer lag are under way."""
        own = own_day(self.stands, day)
        sent = self._sent_own(own)
        return any(since <= sent < until and own - lag == sent for since, until, lag in self._stretches())

    def _stretches(self) -> list[tuple[float, float, float]]:
        ends = [since for since, _ in self.lags[1:]]
        return [(since, until, lag) for (since, lag), until in zip(self.lags, [*ends, inf], strict=True)]

    def last_step(self, day: float) -> tuple[int, ...]:
        """The leader's last step that has come here."""
        if self.progress is None:
            return ()
        steps = self.progress.steps
        index = bisect_right(steps, self._sent(day), key=_day_of) - 1
        return (steps[index][1],) if index >= 0 else ()


def _day_of(step: tuple[Any, ...]) -> float:
    day: float = step[0]
    return day
