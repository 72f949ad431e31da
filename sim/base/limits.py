"""How large a run may get: numbers that tables can still multiply with each other, and events that fit in memory."""

from __future__ import annotations

import math
from numbers import Real
from typing import Final

from sim.base.errors import LimitError

MOST_EVENTS: Final = 250_000
"""Events after which a run stops, unless told otherwise: some hundred times as many as the largest scenario here.

In memory they and their tables take 2 to 3 GB for each million (measured: 0.5 and 0.8 GB at the limit).
"""

MOST_DRAWS: Final = 10_000_000
"""Draws of an ensemble: their tables take gigabytes for each million."""

MOST_ACCELERATORS: Final = 1e30
MOST_FLOP: Final = 1e100
MOST_EFFICIENCY: Final = 1e60
MOST_OTHER: Final = 1e60
"""Far above anything that is meant (the Earth has 1e50 atoms); a product of a few is still a number (below 1e308)."""


def check_draws(n: object) -> int:
    """A number of draws. Raises ValueError for one that is none, or too large."""
    found = _number(n)
    if not found >= 1.0 or found != math.floor(found):
        raise ValueError(f"expected a whole number of draws above 0, got {_told(n)}")
    if found > MOST_DRAWS:
        raise ValueError(f"{_told(n)} draws are too many: at most {MOST_DRAWS:,} are kept")
    return int(found)


def check_draw(number: object) -> int:
    """The number of a draw. Raises ValueError for one that no draw has."""
    found = _number(number)
    if not 0.0 <= found < MOST_DRAWS or found != math.floor(found):
        raise ValueError(f"draws are numbered from 0 to {MOST_DRAWS - 1:,}, got {_told(number)}")
    return int(found)


def _number(value: object) -> float:
    """nan for what is no number that can be counted; yes and no are none."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return math.nan
    found = float(value)
    return found if math.isfinite(found) else math.nan


def _told(value: object) -> str:
    return repr(value) if math.isnan(_number(value)) else f"{value:,.12g}"


def check_size(value: float, most: float, what: str, *names: str) -> None:
    """Raises LimitError if a number is above `most`, or none. what: what it is of, with `{}` for each of the names."""
    if not value <= most:
        size = f"would be {value:.3g}" if math.isfinite(value) else "would be too large for a number"
        raise too_large(f"{what.format(*names)} {size}", most)


def too_large(what: str, most: float) -> LimitError:
    """The error that tells what is above `most`."""
    return LimitError(f"{what}; this program computes with at most {most:.0e}: lower it, or its growth")
