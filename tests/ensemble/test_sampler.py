"""The same draw for ever: extended, in any order, pickled, with inputs added; and what `Scenario.draw` gives."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import sim
from sim.ensemble import Sampler

TEXT = """
start: 2026-01-01
end: 2027-01-01
seed: 7
labs:
  Aurora:
    models: {name: A0, public: 2025-06-01, flop: 1e26 FLOP}
    compute: {stock: 1e5 to 2e5 H100e}
    use: {training: 10%, serving: 90%}
    runs: {every: 5 to 8 months, length: 60 to 120 days}
"""


@pytest.fixture(scope="module")
def scenario() -> sim.Scenario:
    return sim.load("draws.yaml", text=TEXT)


@pytest.mark.parametrize("method", ["sobol", "random", "latin"])
def test_draws_are_the_same_for_ever(scenario: sim.Scenario, method: str) -> None:
    sampler = Sampler(scenario, method=method)
    thousand = sampler.quantiles(0, 1000)
    assert thousand.shape == (1000, len(sampler.paths))
    assert thousand.min() > 0.0 and thousand.max() < 1.0
    more = sampler.quantiles(0, 1300)
    assert (more[:1000] == thousand).all()
    assert (sampler.quantiles(700, 701) == thousand[700:701]).all()
    assert sampler.quantiles(5, 5).shape == (0, len(sampler.paths))
    again = pickle.loads(pickle.dumps(sampler))
    assert (again.quantiles(256, 512) == thousand[256:512]).all()
    assert again.draw(3, thousand[3]) == sampler.draw(3, thousand[3])
    other = Sampler(scenario, seed=8, method=method).quantiles(0, 1000)
    assert (other != thousand).all()


@pytest.mark.parametrize("method", ["sobol", "random", "latin"])
def test_an_added_input_leaves_the_other_columns_alone(scenario: sim.Scenario, method: str) -> None:
    before = Sampler(scenario, method=method)
    richer = scenario.changed(sets=["labs.Aurora.models.flop=1e26 to 2e26", "stronger_by=2 to 4"])
    after = Sampler(richer, method=method, inputs=before.paths)
    assert after.paths == (*before.paths, "labs.Aurora.models.flop", "stronger_by")
    assert (after.quantiles(0, 500)[:, : len(before.paths)] == before.quantiles(0, 500)).all()
    # The other way round: an input of the map that the scenario no longer has keeps its column and moves nothing.
    fewer = Sampler(scenario, method=method, inputs=after.paths)
    row = after.quantiles(0, 10)
    assert (fewer.quantiles(0, 10) == row).all()
    assert fewer.draw(9, row[9]) == before.draw(9, row[9, : len(before.paths)])


def test_a_draw_is_what_the_scenario_gives(scenario: sim.Scenario) -> None:
    sampler = Sampler(scenario)
    assert sampler.paths == tuple(scenario.uncertain)
    assert sampler.seed == 7
    row = sampler.quantiles(41, 42)[0]
    draw = sampler.draw(41, row)
    assert draw == scenario.draw(dict(zip(sampler.paths, row.tolist(), strict=True)), index=41)
    assert (draw.draw, draw.seed) == (41, 7)


def test_more_inputs_than_the_sobol_table_has() -> None:
    many = "\n".join(f"  n{k}: {{effective_flop: 1e25 to 1e26 FLOP}}" for k in range(1100))
    scenario = sim.load("many.yaml", text=TEXT + "levels:\n" + many)
    sampler = Sampler(scenario)
    assert len(sampler.paths) > 1100
    points = sampler.quantiles(0, 256)
    placed = [column for column, path in enumerate(sampler.paths) if sampler.dimensions[path] < 1024]
    assert 1000 < len(placed) < 1024, "those of defaults that are certain here stay empty"
    assert (np.sort(np.floor(points[:, placed] * 256), axis=0) == np.arange(256)[:, None]).all()
    assert points.min() > 0.0 and points.max() < 1.0
    assert len(set(points[0].tolist())) == len(sampler.paths)


def test_refused(scenario: sim.Scenario) -> None:
    with pytest.raises(ValueError, match="the method is one of sobol, random, latin; got 'halton'"):
        Sampler(scenario, method="halton")
    with pytest.raises(ValueError, match="lists 'a' twice"):
        Sampler(scenario, inputs=["a", "b", "a"])
    with pytest.raises(ValueError, match="draws are numbered from 0 to 2\\^32, got -1 to 5"):
        Sampler(scenario).quantiles(-1, 5)
