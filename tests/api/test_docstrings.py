"""Every public name is documented; what deals in numbers says in which unit, by words or by the names of its inputs."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import sim
import sim.base
import sim.model
import sim.physics
from sim.analysis.explain import Explanation
from sim.analysis.explain_events import NotFound
from sim.model.declare import parameters
from sim.model.draw import Draw
from sim.tables import Table
from sim.world import RunRecord
from sim.world.record import ModelRecord
from tests.api.test_names import MEMBERS, function_of

OBJECTS = [Explanation, NotFound, RunRecord, ModelRecord, Draw, Table]
"""What a user gets from the names in `sim` without having named it."""

UNIT = re.compile(
    r"FLOP|token|\bdays?\b|_days|year|second|\bhours?\b|/s\b|_per_|byte|\bGB\b|watt|share|factor|efficiency|param|"
    r"human|people|cop(y|ies)|accelerators|H100e|log10|ratio|date|tick|uniform number|exponent|percent|quantile",
    re.IGNORECASE,
)


def public() -> Iterator[tuple[str, Any]]:
    """Functions, classes and their public methods: of `import sim`, of what it returns, of equations and things."""
    yield from MEMBERS.items()
    found: list[tuple[str, Any]] = [(of.__name__, of) for of in OBJECTS]
    for package in (sim.physics, sim.base, sim.model):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            made = importlib.import_module(module.name)
            yield module.name, made
            found += [(f"{module.name}.{name}", value) for name, value in vars(made).items()
                      if not name.startswith("_") and getattr(value, "__module__", "") == module.name]  # fmt: skip
    for name, value in found:
        if inspect.isclass(value) or inspect.isfunction(value):
            yield name, value
        for key, item in vars(value).items() if inspect.isclass(value) else ():
            if not key.startswith("_") and (inspect.isfunction(item) or isinstance(item, property)):
                yield f"{name}.{key}", item


NAMES = dict(public())
NUMBERS = {
    name: function_of(value)
    for name, value in NAMES.items()
    if not inspect.isclass(value) and not inspect.ismodule(value)
    and "float" in str(inspect.signature(function_of(value)).return_annotation)
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_it_has_a_docstring(name: str) -> None:
    value = NAMES[name]
    text = inspect.getdoc(value if inspect.ismodule(value) else function_of(value))
    if inspect.isclass(value) and dataclasses.is_dataclass(value):
        declared = parameters(value)
        assert all(parameter.meaning for parameter in declared.values()), name
        assert text, name
        return
    assert text and len(text) >= 15, name


@pytest.mark.parametrize("name", NUMBERS)
def test_what_gives_numbers_says_in_which_unit(name: str) -> None:
    function = NUMBERS[name]
    words = f"{inspect.getdoc(function) or ''} {function.__name__} {' '.join(inspect.signature(function).parameters)}"
    assert UNIT.search(words), f"{name}: {words}"


def test_a_function_without_a_unit_is_found_out() -> None:
    def growth(value: float) -> float:
        """How it goes on."""
        return value

    assert len(NUMBERS) > 40
    assert not UNIT.search(f"{inspect.getdoc(growth)} growth value")


@pytest.mark.parametrize("name", [name for name in NUMBERS if name.startswith("sim.physics.")])
def test_equations_tell_their_errors(name: str) -> None:
    function = NUMBERS[name]
    text = f"{inspect.getdoc(function)} {inspect.getmodule(function).__doc__}"  # type: ignore[union-attr]
    if "raise ValueError" in inspect.getsource(function) or re.search(r"\bpositive\(", inspect.getsource(function)):
        assert "ValueError" in text, name
