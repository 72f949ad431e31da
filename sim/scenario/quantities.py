"""The quantities of a scenario that differ between draws, by path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario.quantity import Quantity, Timeline
from sim.scenario.scenario import Scenario
from sim.scenario.spec import Spec


def uncertain_quantities(scenario: Scenario) -> dict[str, Quantity]:
    """Path -> quantity of each input that is a distribution: the paths of `scenario.uncertain`."""
    return {item.path: item for spec in scenario.blocks for item in _quantities(spec) if item.uncertain}


def derived_quantities(scenario: Scenario) -> dict[str, Quantity]:
    """Path -> quantity of each input that differs between draws as others do, in the order of `scenario.inputs`."""
    found = {item.path: item for spec in scenario.blocks for item in _quantities(spec) if item.derived is not None}
    return {row.path: found[row.path] for row in scenario.inputs if row.path in found and found[row.path].varies}


def _quantities(value: Any) -> Iterator[Quantity]:
    if isinstance(value, Quantity):
        yield value
    elif isinstance(value, Timeline):
        yield from value.quantities()
    elif isinstance(value, Spec):
        yield from _quantities(value.values)
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _quantities(each)
