"""Many draws of one scenario, each the same as `Scenario.draw` makes, at a small part of its cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sim.model.draw import Draw
from sim.scenario.check_draw import DrawChecks
from sim.scenario.plan import Plan
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
        return self._maker.draw(seed, index, self.uncertain)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_maker": None, "_checks": None}  # they know objects by their identity


class _Maker(Resolver):
    """Makes one draw after another: of the central case only what an uncertain input moves is made anew."""

    def __init__(self, plan: Plan, inputs: Mapping[str, Quantity]) -> None:
        super().__init__(plan.root, plan.accelerators, plan.start, {})
        self._built = plan.built
        self._recipes = {block: (recipe, [(name, *self._how(value)) for name, value in recipe.rest])
                         for block, recipe in plan.recipes.items()}  # fmt: skip
        self._central = {path: quantity.quantile(CENTRAL) for path, quantity in inputs.items()}
        self._numbers = self._central
        self._made: dict[int, Any] = {}
        self._shares: dict[int, MovedShares] = {}
        self._supplies: dict[int, tuple[str | None, bool]] = {}

    def begin(self, values: Mapping[str, float]) -> None:
        """Go on to the draw in which inputs have these values."""
        self._numbers = {**self._central, **values}
        self.drawn = bool(values)
        self._made = self._built.copy()
        self._values = {}
        self._efficiencies: dict[float, float] = {}

    def value(self, quantity: Quantity) -> float:
        if quantity.derived is not None:
            return self._derived(quantity)
        if quantity.distribution is not None:
            return self._numbers[quantity.path]
        return super().value(quantity)

    def build(self, spec: Spec) -> Any:
        made = self._made.get(id(spec))
        if made is None:
            made = self._made[id(spec)] = self._build(spec)
        return made

    def _fields(self, spec: Spec) -> dict[str, Any]:
        recipe, rest = self._recipes[id(spec)]
        fields = recipe.same.copy()
        numbers = self._numbers
        for name, path in recipe.numbers:
            fields[name] = numbers[path]
        for name, path in recipe.dates:
            fields[name] = numbers[path] - self.start_ordinal
        for name, make, value in rest:
            fields[name] = make(value)
        return fields

    def _how(self, value: Any) -> tuple[Callable[[Any], Any], Any]:
        """What makes a field's value, as `plain` does, and of what."""
        if isinstance(value, Spec):
            return self.build, value
        if isinstance(value, list) and all(isinstance(item, Spec) for item in value):
            return self._list, value
        if isinstance(value, dict) and all(isinstance(item, Spec) for item in value.values()):
            return self._named, sorted(value.items())
        return self.plain, value

    def _list(self, specs: list[Spec]) -> list[Any]:
        return [self.build(spec) for spec in specs]

    def _named(self, specs: list[tuple[str, Spec]]) -> dict[str, Any]:
        return {name: self.build(spec) for name, spec in specs}

    def _efficiency_since(self, as_of: float) -> float:
        known = self._efficiencies.get(as_of)
        if known is None:
            known = self._efficiencies[as_of] = super()._efficiency_since(as_of)
        return known

    def _moved_shares(self, spec: Spec) -> MovedShares:
        if id(spec) not in self._shares:
            self._shares[id(spec)] = super()._moved_shares(spec)
        return self._shares[id(spec)]

    def _supplied(self, spec: Spec) -> tuple[str | None, bool]:
        if id(spec) not in self._supplies:
            self._supplies[id(spec)] = super()._supplied(spec)
        return self._supplies[id(spec)]
