"""The uncertain inputs of an ensemble, those that are one quantity in several places together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sim.scenario import Scenario
from sim.scenario.draw_error import quantile_text
from sim.scenario.quantities import uncertain_quantities
from sim.scenario.quantity import Quantity
from sim.scenario.spec import Input
from sim.scenario.support import Support, support_of

ONE = 1.0 - 1e-9
"""A correlation of normal scores from here on is 100%."""


COMPARED_ONLY = frozenset(("observed_uplift",))
"""Parameters that no simulation reads: what it gives is held against them."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One uncertain quantity. same: other inputs that take its quantile in every draw (or 1 − it).

    follows: input -> the correlation of its normal score with this one's, of all that go together with it.
    """

    input: Input
    quantity: Quantity
    same: tuple[str, ...]
    follows: dict[str, float]

    @property
    def path(self) -> str:
        """Its path in the scenario (of the first, if it stands in several places)."""
        return self.input.path

    @property
    def guess(self) -> bool:
        """Whether its range is a guess."""
        return self.input.guess

    @property
    def support(self) -> Support:
        """What its range rests on."""
        return support_of(self.input.guess, self.input.source)

    @property
    def range(self) -> str:
        """Its 5% and 95% quantile, as they are written in a scenario."""
        low, high = (quantile_text(self.quantity, q) for q in (0.05, 0.95))
        (number, space, unit), (_, _, same) = low.partition(" "), high.partition(" ")
        alike = space and unit == same and self.quantity.unit != "date"
        return f"{number if alike else low} to {high}"

    @property
    def partly(self) -> tuple[str, ...]:
        """Inputs that go together with it, but not wholly."""
        return tuple(path for path in self.follows if path not in self.same)


def factors_of(scenario: Scenario, drawn: Collection[str] | None = None) -> list[Factor]:
    """In the order of `scenario.uncertain`; only those that are `drawn`, where some are not."""
    inputs = {item.path: item for item in scenario.inputs}
    quantities = uncertain_quantities(scenario)
    follows: dict[str, dict[str, float]] = {path: {} for path in scenario.uncertain}
    for (one, other), score in scenario.correlations.items():
        if score:
            follows[one][other] = follows[other][one] = score
    found: list[Factor] = []
    taken: set[str] = set()
    for path in scenario.uncertain:
        if path not in taken and (drawn is None or path in drawn):
            same = tuple(other for other in scenario.uncertain if abs(follows[path].get(other, 0.0)) > ONE)
            taken.update(same)
            found.append(Factor(inputs[path], quantities[path], same, follows[path]))
    return found


def acting(factors: Iterable[Factor]) -> list[Factor]:
    """Those that a simulation may read, or that go together with another, which it may."""
    return [factor for factor in factors if not _compared_only(factor)]


def compared_only(factors: Iterable[Factor]) -> list[str]:
    """Paths of the others: nothing that is simulated can be sensitive to them."""
    return [factor.path for factor in factors if _compared_only(factor)]


def _compared_only(factor: Factor) -> bool:
    return factor.input.parameter.partition(".")[0] in COMPARED_ONLY and not factor.follows
