"""A draw made fast is the draw that the scenario gives, whatever is uncertain; and simulating one changes no other."""

from __future__ import annotations

import contextlib
import pickle
import random
from pathlib import Path

import pytest

import sim
from sim.ensemble import Sampler
from sim.scenario.draw_error import DrawError
from sim.scenario.problem import ScenarioError
from sim.world.simulate import SimulationError, simulate
from tests.fuzz.mutate import EVERYTHING, SCENARIOS

FILES = sorted([*SCENARIOS.glob("*.yaml"), *SCENARIOS.glob("interventions/*.yaml")])


def assert_draws_agree(scenario: sim.Scenario, draws: int = 2) -> None:
    sampler = Sampler(scenario, method="random")
    for i, row in enumerate(sampler.quantiles(0, draws)):
        quantiles = dict(zip(sampler.paths, row.tolist(), strict=True))
        assert sampler.draw(i, row) == scenario.draw(quantiles, sampler.seed, index=i)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_of_every_scenario(file: Path) -> None:
    assert_draws_agree(sim.load(file))


def uncertain_too(scenario: sim.Scenario, dice: random.Random) -> sim.Scenario:
    """The scenario with a dozen of its certain numbers made uncertain by about 1%."""
    rows = [row for row in scenario.inputs if row.stated and not row.uncertain and row.unit not in ("", "date")]
    for row in dice.sample(rows, 12):
        text = row.text.split()[0].rstrip("%xdays") if row.text else ""
        with contextlib.suppress(ValueError, ScenarioError):  # a whole number, or a value that something else fixes
            low, high = (f"{float(text) * part!r}{row.text[len(text):]}" for part in (0.985, 0.999))
            scenario = scenario.changed(sets=[f"{row.path}={low} to {high}"])
    return scenario


@pytest.mark.parametrize("seed", range(6))
def test_of_scenarios_with_other_numbers_uncertain(seed: int) -> None:
    dice = random.Random(seed)
    scenario = sim.load("f.yaml", text=EVERYTHING) if seed % 2 else sim.load(dice.choice(FILES))
    more = uncertain_too(scenario, dice)
    assert len(more.uncertain) > len(scenario.uncertain)
    assert_draws_agree(more)


def test_simulating_a_draw_changes_no_other() -> None:
    scenario = sim.load("f.yaml", text=EVERYTHING)
    sampler = Sampler(scenario)
    rows = sampler.quantiles(0, 3)
    draws = [sampler.draw(i, row) for i, row in enumerate(rows)]
    fresh = [pickle.dumps(Sampler(scenario).draw(i, row)) for i, row in enumerate(rows)]
    for draw in draws:
        with contextlib.suppress(SimulationError):  # in some draws a run goes on from a model that comes later
            simulate(draw)
    assert draws == [pickle.loads(text) for text in fresh]


TWICE_WRONG = """start: 2026-01-01
end: 2028-01-01
quantities: {wait: {uniform: [2 days, 40 days]}}
labs:
  Aurora:
    models: {name: A0, public: 2025-06-01, flop: 1e26 FLOP}
    compute: {stock: 1e5 H100e}
    use: {training: 10%, serving: 90%}
    runs:
      every: 6 months
      length: {formula: wait - 5 days}
      after_training: {to: serving, for: {formula: wait - 9 days}}
"""


@pytest.mark.parametrize(("quantile", "wrong"), [(0.01, "labs.Aurora.runs.length"),
                                                 (0.1, "labs.Aurora.runs.after_training.for")])  # fmt: skip
def test_of_several_numbers_that_cannot_be_the_same_is_told(quantile: float, wrong: str) -> None:
    scenario = sim.load("f.yaml", text=TWICE_WRONG)
    told = []
    for make in (scenario.draw, scenario.many_draws().draw):
        with pytest.raises(DrawError) as caught:
            make({"quantities.wait": quantile})
        told.append(str(caught.value))
    assert told[0] == told[1]
    assert told[0].startswith(f"{wrong}: ")
