"""Many draws of one scenario, each the same as `Scenario.draw` makes, at a small part of its cost."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sim.model.draw import Draw
from sim.scenario.check_draw import DrawChecks
from sim.scenario.draw_error import DrawError
from sim.scenario.plan import Plan, Recipe
from sim.scenario.quantity import CENTRAL, Quantity
from sim.scenario.resolve import MovedShares, Resolver
from sim.scenario.spec import Spec, quantities_in


class ManyDraws:
    """Makes draws. What no uncertain input moves is made once and shared between them: nothing may change a draw.

    uncertain: paths of the uncertain inputs.
    """

    def __init__(
        self, root: Spec, start: date, accelerators: Mapping[str, Spec], uncertain: tuple[str, ...]
    ) -> None:
        self._root, self._start, self._accelerators = root, start, dict(accelerators)
        self.uncertain = uncertain
        self._inputs = {q.path: q for spec in (root, *self._accelerators.values()) for q in quantities_in(spec)
                        if q.distribution is not None}  # fmt: skip
        self._maker: _Maker | None = None
        self._checks: DrawChecks | None = None

    def values(self, path: str, quantiles: Sequence[float]) -> list[float]:
        """What an uncertain input is at quantiles in (0, 1)."""
        return self._inputs[path].quantiles(quantiles)

    def draw(self, quantiles: Mapping[str, float], seed: int | None = None, index: int = 0) -> Draw:
        """The draw in which each uncertain input is at its quantile in (0, 1); at its median where none is given.

        Raises `DrawError` where its values contradict each other.
        """
        return self.draw_with({path: self._inputs[path].quantile(q) for path, q in quantiles.items()}, seed, index)

    def draw_with(self, values: Mapping[str, float], seed: int | None = None, index: int = 0) -> Draw:
        """As `draw`: each uncertain input has its value, as `values` gives it; its median where there is none."""
        if self._maker is None or self._checks is None:
            self._maker = _Maker(Plan(self._root, self._accelerators, self._start), self._inputs)
            self._checks = DrawChecks(self._root, float(self._start.toordinal()))
        self._maker.begin(values)
        self._checks.check(self._maker.value)
        try:
            return self._maker.draw(seed, index, self.uncertain)
        except DrawError:  # of several the first is told, in the order of the fields
            return self._maker.plainly().draw(seed, index, self.uncertain)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_maker": None, "_checks": None}  # they know objects by their identity


class _Given(Resolver):
    """Makes a draw in which inputs have given numbers, by their paths. drawn: whether it is not the central case."""

    def __init__(self, like: Resolver, numbers: Mapping[Any, float], drawn: bool) -> None:
        super().__init__(like.root, like.accelerators, like.start, {})
        self._numbers, self.drawn = numbers, drawn

    def value(self, quantity: Quantity) -> float:
        if quantity.derived is not None:
            return self._derived(quantity)
        if quantity.distribution is not None:
            return self._numbers[quantity.path]
        return super().value(quantity)


class _Maker(_Given):
    """Makes one draw after another: of the central case only what an uncertain input moves is made anew."""

    def __init__(self, plan: Plan, inputs: Mapping[str, Quantity]) -> None:
        super().__init__(plan, {}, drawn=False)
        self._central = {path: quantity.quantile(CENTRAL) for path, quantity in inputs.items()}
        self._begin: dict[Any, Any] = {**plan.built, **self._central}
        self._known: dict[Any, Any] = {}
        """Numbers of inputs by their paths, and objects of blocks."""
        self._steps = [self._step(spec, recipe) for spec, recipe in plan.recipes.items()]
        self._efficiencies: dict[float, float] = {}
        self._shares: dict[Spec, MovedShares] = {}
        self._supplies: dict[Spec, tuple[str | None, bool]] = {}

    def begin(self, values: Mapping[str, float]) -> None:
        """Go on to the draw in which inputs have these values."""
        self._known = self._numbers = {**self._begin, **values}
        self.drawn = not self._central.keys().isdisjoint(values)
        self._values, self._efficiencies = {}, {}

    def plainly(self) -> Resolver:
        """What makes the same draw, block in block."""
        return _Given(self, self._numbers, self.drawn)

    def draw(self, seed: int | None, index: int, uncertain: tuple[str, ...]) -> Draw:
        known = self._known
        for spec, central, found, rest, fill, rule in self._steps:
            values = central.copy()
            for k, key in found:
                values[k] = known[key]
            for k, make, value in rest:
                values[k] = make(value)
            known[spec] = made = _new(spec.of)
            fill(made, values)
            if rule is not None:
                rule(self, spec, made)
        return super().draw(seed, index, uncertain)

    def build(self, spec: Spec) -> Any:
        return self._known[spec]

    def _stated(self, spec: Spec) -> Any:
        return self._known[spec]

    def _step(self, spec: Spec, recipe: Recipe) -> Step:
        found: list[tuple[int, Key]] = []
        rest: list[Made] = []
        for k, field in enumerate(dataclasses.fields(spec.of)):
            value = recipe.moved.get(field.name)
            if isinstance(value, Spec):
                found.append((k, value))
            elif isinstance(value, Quantity) and value.uncertain and value.unit != "date" and not value.recurs:
                found.append((k, value.path))
            elif isinstance(value, list) and all(isinstance(each, Spec) for each in value):
                rest.append((k, self._list, value))
            elif isinstance(value, dict) and all(isinstance(each, Spec) for each in value.values()):
                rest.append((k, self._named, sorted(value.items())))
            elif value is not None:
                rest.append((k, self.plain, value))
        return spec, recipe.central, found, rest, _fill(spec.of), recipe.rule.do if recipe.rule is not None else None

    def _list(self, specs: list[Spec]) -> list[Any]:
        known = self._known
        return [known[spec] for spec in specs]

    def _named(self, specs: list[tuple[str, Spec]]) -> dict[str, Any]:
        known = self._known
        return {name: known[spec] for name, spec in specs}

    def _efficiency_since(self, as_of: float) -> float:
        known = self._efficiencies.get(as_of)
        if known is None:
            known = self._efficiencies[as_of] = super()._efficiency_since(as_of)
        return known

    def _moved_shares(self, spec: Spec) -> MovedShares:
        if spec not in self._shares:
            self._shares[spec] = super()._moved_shares(spec)
        return self._shares[spec]

    def _supplied(self, spec: Spec) -> tuple[str | None, bool]:
        if spec not in self._supplies:
            self._supplies[spec] = super()._supplied(spec)
        return self._supplies[spec]


Key = str | Spec
Fill = Callable[[Any, list[Any]], None]
Made = tuple[int, Callable[[Any], Any], Any]

Step = tuple[Spec, list[Any], list[tuple[int, Key]], list[Made], Fill, Callable[[Resolver, Spec, Any], Any] | None]
"""A block to be made: what its fields are by medians; which of them, by number, is which uncertain input or which block
made before; which are made by what, and of what; what fills an object with them; and what else is to be done.
"""

_new: Callable[[type], Any] = object.__new__


@cache
def _fill(of: type) -> Fill:
    """What gives an object of a dataclass all its fields: written out, at a third of the cost of its `__init__`."""
    assert not hasattr(of, "__post_init__"), f"{of.__name__}.__post_init__ would not be called"
    names = ", ".join(f"made.{field.name}" for field in dataclasses.fields(of))
    found: dict[str, Any] = {}
    exec(f"def fill(made, values):\n    {names}, = values", found)
    fill: Fill = found["fill"]
    return fill
