"""A fact that is known or supposed, and how likely it is in each draw: what draws are weighted by."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.base.units import SECONDS_PER_DAY
from sim.ensemble.estimate import Floats
from sim.ensemble.observed import Observed

EXAMPLES = ("'level[NAME] <= 2028-01-01', 'length_days[LAB/2] = 120 to 200' or "
            "'own_window_median_days = 150 ± 20'")  # fmt: skip
FAR = 5.0
"""Standard errors beyond which an observation says that a draw is not so."""

_FACT = re.compile(r"(?P<name>.+?)\s*(?P<sign><=|>=|<|>|=)\s*(?P<value>[^<>=]+)")
_NUMBER = r"[-+]?[0-9][0-9_,]*\.?[0-9]*(?:[eE][-+]?[0-9]+)?|[-+]?\.[0-9]+"
_DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T][0-9:]+)?"


class FactError(ValueError):
    """A fact that cannot be read."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A result lies between `low` and `high`; or, with an `error`, was observed as `low` with that standard error.

    In its unit; dates as days since 1970-01-01, their error in days. strict: a bound itself is outside (`<`, `>`).
    """

    name: str
    text: str
    low: float
    high: float
    error: float | None = None
    strict: bool = False

    def likelihood(self, of: Observed) -> tuple[Floats, NDArray[np.bool_]]:
        """How likely the fact is in each draw, up to a factor; and in which draws that cannot be said.

        0 in a draw that does not have the result, or in which what is open at the end leaves open whether it is so.
        """
        values = np.where(of.known, of.values, -math.inf)
        if self.error is not None:
            found = np.exp(-0.5 * np.square((np.where(of.known, of.values, self.low) - self.low) / self.error))
            found = np.where(of.open, 0.0, found)
            unclear = of.open & (values < self.low + FAR * self.error)
        elif self.high == math.inf:
            above = values > self.low if self.strict else values >= self.low
            found = (above | (of.open & (values == self.low))).astype(np.float64)
            unclear = of.open & (values < self.low)
        else:
            below = values < self.high if self.strict else values <= self.high
            found = ((values >= self.low) & below & ~of.open).astype(np.float64)
            unclear = of.open & (values < self.high)
        return np.where(of.known, found, 0.0), unclear & of.known


def parse_fact(text: str) -> Fact:
    """`NAME < VALUE` (or <=, >, >=), `NAME = LOW to HIGH`, `NAME = VALUE ± ERROR`. Raises FactError."""
    found = _FACT.fullmatch(text.strip())
    if found is None:
        raise FactError(f"{text!r}: expected a fact such as {EXAMPLES}")
    name, sign, value = found["name"], found["sign"], found["value"].strip()
    if sign != "=":
        at = _number(value, text)
        low, high = (-math.inf, at) if sign[0] == "<" else (at, math.inf)
        return Fact(name, text, low, high, strict="=" not in sign)
    ends = re.split(r"\s+to\s+", value)
    if len(ends) == 2:
        low, high = (_number(end, text) for end in ends)
        if low >= high:
            raise FactError(f"{text!r}: the first end of a range is the smaller one")
        return Fact(name, text, low, high)
    parts = re.split(r"\s*(?:±|\+-|\+/-)\s*", value)
    if len(parts) == 2:
        error = _number(parts[1].removesuffix("days"), text)
        if error <= 0.0:
            raise FactError(f"{text!r}: an error is above 0")
        return Fact(name, text, _number(parts[0], text), math.inf, error)
    raise FactError(f"{text!r}: expected a range or an error behind =, as in {EXAMPLES}")


def _number(text: str, whole: str) -> float:
    text = text.strip()
    if re.fullmatch(_DATE, text):
        try:
            return float(np.datetime64(text.replace(" ", "T"), "s").astype(np.int64)) / SECONDS_PER_DAY
        except ValueError:
            pass
    elif re.fullmatch(_NUMBER, text):
        return float(text.replace(",", "").replace("_", ""))
    raise FactError(f"{whole!r}: expected a number or a date, got {text!r}")
