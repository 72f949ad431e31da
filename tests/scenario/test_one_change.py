"""Draws in which one input is changed, made from what they share, are those that are made whole."""

from __future__ import annotations

import pickle

import pytest

from sim import Scenario, load
from tests.cli.command import SCENARIOS
from tests.fuzz.mutate import EVERYTHING


def larger(value: float) -> float:
    return 1.1 * value


@pytest.fixture(scope="module", params=["one-lab", "two-blocs", "finnveden-deepseek-v3"])
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return load(SCENARIOS / f"{request.param}.yaml")


def test_every_kth_input_of_a_scenario(scenario: Scenario) -> None:
    """H100-equivalents of a type, midpoints that follow software, inherited blocks: whatever holds the input moves."""
    made = scenario.one_change()
    central = scenario.draw()
    paths = [item.path for item in scenario.inputs if item.unit]
    wanted = {*paths[::17], *(path for path in paths if "software.training" in path or path.startswith("accelerators"))}
    moved = 0
    for path in sorted(wanted):
        whole = scenario.draw(adjust={path: larger})
        assert made.draw({path: larger}) == whole, path
        for name in list(whole.labs)[:2]:
            assert made.lab(name, {path: larger}) == whole.labs[name], path
        moved += whole != central
    assert moved > 5
    assert made.draw({}) == central and made.draw({}, seed=7).seed == 7


def test_it_is_made_again_in_another_process(scenario: Scenario) -> None:
    made = scenario.one_change()
    path = next(item.path for item in scenario.inputs if item.unit and item.stated and item.unit != "date")
    made.draw({path: larger})
    assert pickle.loads(pickle.dumps(made)).draw({path: larger}) == scenario.draw(adjust={path: larger})


def test_what_is_named_moves_all_that_follows_from_it() -> None:
    scenario = load("f.yaml", text=EVERYTHING)
    made, central = scenario.one_change(), scenario.draw()
    paths = [item.path for item in scenario.inputs if item.derived or item.path.startswith("quantities.")]
    assert len(paths) > 8
    for path in paths:
        whole = scenario.draw(adjust={path: lambda value: 1.01 * value})
        assert made.draw({path: lambda value: 1.01 * value}) == whole != central, path
