"""Whether an uncertain number keeps within what its field can mean, in every draw."""

from __future__ import annotations

from datetime import date

from sim.model.declare import Parameter
from sim.scenario.dates import LONGEST_DAYS
from sim.scenario.distribution import FARTHEST, Distribution
from sim.scenario.problem import Unreadable
from sim.scenario.quantity import Quantity
from sim.scenario.units import LARGEST

MOST_OUTSIDE = 0.05
"""Of a distribution, how much may lie beyond an end of what its field can mean: draws there take the end itself."""

MOST_BEYOND = 0.01
"""The same for an end that has no meaning itself (a length of 0): draws there take the quantile at twice this part."""


def check_spread(quantity: Quantity, distribution: Distribution, parameter: Parameter) -> None:
    """Raises `Unreadable` if draws of a distribution would have no meaning, or are too large to compute with.

    Beyond a bound that has a meaning itself (a share of at most 100%) may lie `MOST_OUTSIDE`, so that an interval may
    reach up to it; beyond one that has none (a length above 0) `MOST_BEYOND`. `quantity` is given its bounds.
    """
    text = quantity.text
    try:
        ends = (distribution.quantile(FARTHEST), distribution.quantile(1.0 - FARTHEST))
    except OverflowError:
        ends = (-float("inf"), float("inf"))
    if quantity.unit == "date":
        if ends[0] < 1.0 or ends[1] > date.max.toordinal():
            raise Unreadable(f"{text} goes beyond the years 1 to 9999{_remedy(text, 'min: …, max: …')}")
        return
    if not (abs(ends[0]) <= LARGEST and abs(ends[1]) <= LARGEST):
        raise Unreadable(f"{text} is so wide that some draws are above {LARGEST:g}{_remedy(text, 'max: …')}")
    above = 0.0 if quantity.recurs else parameter.above
    if above is not None and ends[0] <= above:
        part = distribution.cdf(above)
        if part > MOST_BEYOND:
            message = f"must be above {bound_text(above, parameter.unit)}, but {_percent(part)} of {text} is not"
            raise Unreadable(message + _remedy(text, "min: …"))
        quantity.low = distribution.quantile(2.0 * part)
    if parameter.unit == "day" and quantity.high is None:
        quantity.high = LONGEST_DAYS
    for bound, words, side, key in (
        (quantity.low, "at least", "below", "min"),
        (quantity.high, "at most", "above", "max"),
    ):
        if bound is not None:
            beyond = distribution.below(bound) if side == "below" else 1.0 - distribution.cdf(bound)
            if beyond > MOST_OUTSIDE + 1e-9:
                shown = bound_text(bound, quantity.unit)
                message = f"must be {words} {shown}, but {_percent(beyond)} of {text} is {side}"
                raise Unreadable(message + _remedy(text, f"{key}: {shown}"))


def outside(quantity: Quantity) -> float:
    """The part of an uncertain number that lies beyond the bounds of its field, where draws take the bound."""
    of = quantity.distribution
    if of is None:
        return 0.0
    below = of.below(quantity.low) if quantity.low is not None else 0.0
    return below + (1.0 - of.cdf(quantity.high) if quantity.high is not None else 0.0)


def _remedy(text: str, limits: str) -> str:
    return f": cut it off, as in {{truncate: {text}, {limits}}}"


def _percent(part: float) -> str:
    return f"{100.0 * part:.2g}%"


def bound_text(bound: float, unit: str) -> str:
    """A bound as it is written in a scenario."""
    if unit == "share":
        return f"{bound * 100:g}%"
    if unit in ("x", "x/year"):
        return f"{bound:g}" + ("x" if bound else "")
    return f"{bound:g}" if unit == "1" or not bound else f"{bound:g} {unit}"
