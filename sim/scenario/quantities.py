"""The quantities of a scenario that differ between draws, by path."""

from __future__ import annotations

from sim.scenario.quantity import Quantity
from sim.scenario.scenario import Scenario
from sim.scenario.spec import quantities_in


def uncertain_quantities(scenario: Scenario) -> dict[str, Quantity]:
    """Path -> quantity of each input that is a distribution: the paths of `scenario.uncertain`."""
    return {item.path: item for spec in scenario.blocks for item in quantities_in(spec) if item.uncertain}


def derived_quantities(scenario: Scenario) -> dict[str, Quantity]:
    """Path -> quantity of each input that differs between draws as others do, in the order of `scenario.inputs`."""
    found = {item.path: item for spec in scenario.blocks for item in quantities_in(spec) if item.derived is not None}
    return {row.path: found[row.path] for row in scenario.inputs if row.path in found and found[row.path].varies}
