"""What is the same in every draw of a scenario, worked out once: a draw then only makes what uncertain inputs move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sim.model.declare import parameters
from sim.scenario.quantity import Quantity
from sim.scenario.resolve import Resolver, has_name
from sim.scenario.spec import Spec


@dataclass(slots=True)
class Recipe:
    """The fields of a block that is not the same in each draw. same: those that are, with what they are.

    Of the others, numbers and dates: those that are an uncertain input, with its path. rest: any others in their order,
    with what they are made of.
    """

    same: dict[str, Any] = field(default_factory=dict)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    dates: list[tuple[str, str]] = field(default_factory=list)
    rest: list[tuple[str, Any]] = field(default_factory=list)

    def add(self, name: str, value: Any) -> None:
        """A field that is not the same in each draw."""
        if not isinstance(value, Quantity) or value.distribution is None or value.recurs:
            self.rest.append((name, value))
        elif value.unit == "date":
            self.dates.append((name, value.path))
        else:
            self.numbers.append((name, value.path))


class Plan(Resolver):
    """What the draws of a scenario have in common, found by making the central case and noting what reads an input.

    built: block -> its object, of blocks that are the same in each draw. recipes: block -> how it is made, of others.
    Blocks are known by their identity, in one process.
    """

    def __init__(self, root: Spec, accelerators: Mapping[str, Spec], start: date) -> None:
        super().__init__(root, accelerators, start, {})
        self.built: dict[int, Any] = {}
        self.recipes: dict[int, Recipe] = {}
        self._moved: dict[int, Any] = {}
        self._reads = 0
        self.draw(None, 0, ())

    def value(self, quantity: Quantity) -> float:
        self._reads += quantity.varies
        return super().value(quantity)

    def build(self, spec: Spec) -> Any:
        known = id(spec)
        if known in self.built:
            return self.built[known]
        if known in self._moved:
            self._reads += 1
            return self._moved[known]
        before = self._reads
        made = self._build(spec)
        if self._reads > before:
            self._moved[known] = made
        else:
            self.built[known] = made
            del self.recipes[known]
        return made

    def _fields(self, spec: Spec) -> dict[str, Any]:
        recipe = self.recipes[id(spec)] = Recipe()
        fields: dict[str, Any] = {}
        for name in parameters(spec.of):
            before, value = self._reads, spec.values.get(name)
            fields[name] = self.plain(value)
            if self._reads > before:
                recipe.add(name, value)
            else:
                recipe.same[name] = fields[name]
        if "name" not in fields and has_name(spec.of):
            fields["name"] = recipe.same["name"] = spec.name
        return fields
