"""How software goes on between two looks at it: dA/dt = D·A^(1−β) in closed form, where D moves with AI labour alone.

D = g0·R^λ, and AI labour goes with inference efficiency. Where that follows training efficiency, D depends on A, and
from A to a step beyond it ln D is taken to be straight in ln A, through its values at the two points of the quadrature
by Gauss: so D·A^(1−β) is a power of A too, and the course is right on any day, whenever the next look is. Where
inference has a law of its own D depends on the day: it is held at its value in the predicted middle.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log, sqrt
from typing import Final

from sim.base.piece import Piece, piece_of
from sim.physics.software import NEGLIGIBLE_RETURNS, law_piece
from sim.world.recorded_efficiencies import Efficiencies

FIRST = (3.0 - sqrt(3.0)) / 6.0
APART = 1.0 / sqrt(3.0)
"""Where the first of the two points is, and how far from it the second, in steps."""

BACK: Final = -FIRST / APART
"""From the first point back to A, in distances between the two."""

HELD: Final = 1.1
"""Growth of what is held at the middle of a stretch, over which it may be: then the stretch ends."""

Law = Callable[[float], float]


class Stretch:
    """The course of one lab's software from a day on, as long as its inputs stay as they are."""

    __slots__ = ("efficiencies", "beta", "first", "second", "bend")

    def __init__(self, efficiencies: Efficiencies, returns: float, factor: float) -> None:
        """factor: growth of training efficiency in a step."""
        self.efficiencies = efficiencies
        self.beta = returns
        growth = log(factor)
        self.first = exp(FIRST * growth * efficiencies.exponent)
        self.second = exp((FIRST + APART) * growth * efficiencies.exponent)
        """Inference efficiency at the two points, relative to that at A."""
        self.bend = 1.0 / (APART * growth)

    def constant(self, day: float, efficiency: float, drive: float) -> Piece:
        """The piece of a constant drive."""
        return law_piece(day, efficiency, drive * efficiency**-self.beta, self.beta)

    def following(self, day: float, efficiency: float, drive: Law) -> Piece:
        """The piece where the drive is a function of an inference efficiency that follows training efficiency A."""
        inferred = self.efficiencies.inference(efficiency, day)
        first, second = drive(inferred * self.first), drive(inferred * self.second)
        if first == second or first <= 0.0:
            return self.constant(day, efficiency, first)
        more = log(second / first)
        returns, power = self.beta - more * self.bend, 0.0
        if not -NEGLIGIBLE_RETURNS < returns < NEGLIGIBLE_RETURNS:
            power = 1.0 / returns
        rate = first * exp(BACK * more) * efficiency**-self.beta
        return piece_of(day, efficiency, rate, power)

    def held(
        self, day: float, efficiency: float, drive: Law, target: float, horizon: float, copied: float
    ) -> Piece:
        """The piece where inference has a law of its own: of the drive in the middle of the days to `target`.

        horizon: days after which it is looked at again in any case. copied: what others add to the growth rate.
        """
        own = self.efficiencies.own_inference
        assert own is not None
        at_first = self.constant(day, efficiency, drive(own.at(day)))
        if at_first.rate <= 0.0:
            return at_first
        ahead = at_first._replace(rate=at_first.rate + copied) if copied else at_first
        span = min(horizon, ahead.days_to(target))
        return self.constant(day, efficiency, drive(own.at(day + span / 2.0)))
