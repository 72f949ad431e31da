"""Where a derived number comes from: the formula, compiled, and the quantities that it names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.model.declare import Parameter
from sim.scenario.formula import Tree
from sim.scenario.formula_units import Kind

if TYPE_CHECKING:
    from sim.scenario.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Derived:
    """The formula of a number. kind: what it measures. of: the quantities that the formula names.

    parameter: with the bounds of the number.

    rests_on: paths of those and of all from which they are derived. varies: whether any of them is drawn.
    """

    formula: str
    tree: Tree
    kind: Kind
    of: dict[str, Quantity]
    parameter: Parameter
    rests_on: frozenset[str]
    varies: bool

    def number(self, value: Callable[[Quantity], float]) -> float:
        """What it comes to where each quantity has its `value`. Raises `Unreadable` where that is no number."""
        return self.tree.value(lambda name: value(self.of[name]))
