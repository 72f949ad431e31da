"""What is the same in every draw of a scenario, worked out once: a draw then only makes what uncertain inputs move."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sim.model.declare import parameters
from sim.scenario.quantity import Quantity
from sim.scenario.resolve import Resolver, Rule, rule_of
from sim.scenario.spec import Spec, quantities_in


@dataclass(slots=True)
class Recipe:
    """How a block is made that is not the same in each draw. central: its fields in their order, by medians.

    moved: of the fields those that are not the same in each draw, each with what it is made of. rule: what else is to
    be done then; that of a kind of block is done in `central` already where it looks at nothing that moves.
    """

    central: list[Any]
    moved: dict[str, Any]
    rule: Rule | None = None


class Plan(Resolver):
    """What the draws of a scenario have in common, found by making the central case and noting what reads an input.

    built: block -> its object, of blocks that are the same in each draw. recipes: block -> how it is made, of others;
    each after those that it takes to make it.
    """

    def __init__(self, root: Spec, accelerators: Mapping[str, Spec], start: date) -> None:
        super().__init__(root, accelerators, start, {})
        self.built: dict[Spec, Any] = {}
        self.recipes: dict[Spec, Recipe] = {}
        self._made: dict[Spec, Any] = {}
        self._reads = 0
        self.draw(None, 0, ())

    def value(self, quantity: Quantity) -> float:
        self._reads += quantity.varies
        return super().value(quantity)

    def build(self, spec: Spec) -> Any:
        made = self._made.get(spec)
        if made is not None:
            self._reads += spec in self.recipes
            return made
        before = self._reads
        made = self._made[spec] = self._build(spec)
        recipe = self.recipes.pop(spec)
        if self._reads > before:
            recipe.rule = rule_of(spec.of)
            if recipe.rule is not None and _looks_at_none_that_varies(recipe.rule, spec):
                recipe.central, recipe.rule = _values(made), None
            self.recipes[spec] = recipe
        else:
            self.built[spec] = made
        return made

    def _stated(self, spec: Spec) -> Any:
        moved = {}
        for name in parameters(spec.of):
            before, value = self._reads, spec.values.get(name)
            self.plain(value)
            if self._reads > before:
                moved[name] = value
        made = super()._stated(spec)
        self.recipes[spec] = Recipe(_values(made), moved)  # now: rules change the object
        return made


def _values(made: Any) -> list[Any]:
    return [getattr(made, field.name) for field in dataclasses.fields(made)]


def _looks_at_none_that_varies(rule: Rule, spec: Spec) -> bool:
    if rule.at is None:
        return False
    return not any(quantity.varies for name in rule.at for quantity in quantities_in(spec.values.get(name)))
