"""A scenario read but not yet drawn: the declared dataclasses' shape, with inputs in place of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.model.declare import Parameter, parameters
from sim.scenario.problem import Place
from sim.scenario.quantity import Plain, Quantity, Sourced, Timeline


@dataclass(slots=True, eq=False)
class Spec:
    """One block. `values`: field -> `Quantity`, `Timeline`, `Plain`, `Spec`, list, dict, or None (not stated).

    name: the key under which a named block stands. stated: fields whose key the scenario has.
    broken: fields that could not be read (their problems are reported). unreadable: it is no mapping at all.
    """

    of: type
    path: str
    place: Place
    name: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    stated: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    places: dict[str, Place] = field(default_factory=dict)
    unreadable: bool = False

    def copy(self, inner: Callable[[Any], Any]) -> Spec:
        """Another one alike, its values passed through `inner`."""
        values = {name: inner(value) for name, value in self.values.items()}
        return Spec(self.of, self.path, self.place, self.name, values, set(self.stated), set(self.broken),
                    dict(self.places), self.unreadable)  # fmt: skip

    def has(self, field_name: str) -> bool:
        """Whether the field has a value, or would have one if it were readable."""
        return self.values.get(field_name) is not None or field_name in self.broken

    def where(self, field_name: str = "") -> Place:
        """The place of a field's key, or of the block."""
        return self.places.get(field_name, self.place)

    def number(self, field_name: str) -> float | None:
        """Central value of a number, date or recurrence; None if it has none."""
        value = self.values.get(field_name)
        return value.central if isinstance(value, Quantity) else None

    def plain(self, field_name: str) -> Any:
        """Value of a text, choice, flag or whole number; None if it has none."""
        value = self.values.get(field_name)
        return value.value if isinstance(value, Plain) else None

    def block(self, field_name: str) -> Spec | None:
        value = self.values.get(field_name)
        return value if isinstance(value, Spec) else None

    def blocks(self, field_name: str) -> list[Spec]:
        """The readable blocks of a list or of a mapping of names; empty if there are none."""
        value = self.values.get(field_name)
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return [item for item in items if isinstance(item, Spec) and not item.unreadable]


@dataclass(frozen=True, slots=True)
class Input:
    """One row of "every input": its value as written, unit, and where it comes from.

    parameter: path of the declared parameter (a dated series has an input for each date). meaning: as declared.
    derived: whether it differs between draws because others do, from which it follows.
    """

    path: str
    text: str
    unit: str
    source: str
    note: str
    guess: bool
    origin: str
    stated: bool
    uncertain: bool
    parameter: str
    meaning: str
    derived: bool = False


def sourced(value: Any) -> Iterator[Sourced]:
    """The inputs in a field's value, not those of blocks inside it."""
    if isinstance(value, Sourced):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            if isinstance(item, Sourced):
                yield item


def read_with(value: Any) -> Iterator[str]:
    """Paths of the inputs that are read with a field's value: those in it, and those from which they are derived."""
    for item in sourced(value):
        yield item.path
        if isinstance(item, Quantity | Timeline):
            yield from item.rests_on


def quantities_in(value: Any) -> Iterator[Quantity]:
    """All quantities in a value, those of series and of blocks inside it too."""
    if isinstance(value, Quantity):
        yield value
    elif isinstance(value, Timeline):
        yield from value.quantities()
    elif isinstance(value, Spec):
        yield from quantities_in(value.values)
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from quantities_in(each)


def inputs_of(value: Any, parameter: Parameter) -> Iterator[Input]:
    """The inputs in a field's value as rows."""
    for item in sourced(value):
        if isinstance(item, Timeline) and not item.constant:
            for quantity in item.quantities():
                yield _input(quantity, parameter, item)
        else:
            yield _input(item, parameter, item)


def _input(item: Sourced, parameter: Parameter, group: Sourced) -> Input:
    inner = item.points[0][1] if isinstance(item, Timeline) else item
    uncertain = isinstance(inner, Quantity) and inner.uncertain
    unit = parameter.unit
    if isinstance(inner, Quantity):  # the growth after a series' last date has a unit of its own
        unit = "recurrence" if inner.recurs else inner.unit
    return Input(
        item.path,
        item.text,
        unit,
        item.source,
        item.note,
        item.guess,
        item.origin,
        item.stated,
        uncertain,
        group.path,
        parameter.meaning,
        isinstance(inner, Quantity) and inner.derived is not None and inner.varies,
    )


def all_inputs(spec: Spec) -> list[Input]:
    """All inputs in a block and in the blocks inside it."""
    rows: list[Input] = []
    for field_name, parameter in parameters(spec.of).items():
        value: Any = spec.values.get(field_name)
        rows.extend(inputs_of(value, parameter))
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        for item in items:
            if isinstance(item, Spec):
                rows.extend(all_inputs(item))
    return rows
