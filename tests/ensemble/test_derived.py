"""Derived inputs over many draws: closed forms, what they leave alone, what is kept of them, and failing draws."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

import sim
from sim.ensemble import Sampler
from sim.ensemble.changes import differences
from sim.ensemble.derived_priors import derived_priors
from sim.ensemble.run import central_record, plan_of
from sim.scenario import load
from tests.ensemble.worlds import UNCERTAIN, bytes_of, small_chunks

Z95 = NormalDist().inv_cdf(0.95)
QUANTITIES = """quantities:
  params: 1e12 to 1e13 parameters
  ratio: 10 to 160 tokens/parameter
  tokens: {formula: ratio * params}
"""
MODEL = """labs:
  A:
    compute: {count: 1000 H100}
    models: {name: A-0, public: 2025-06-01, flop: {formula: 6 FLOP/parameter/token * params * tokens}}"""
PRODUCT = "start: 2026-01-01\nend: 2026-03-01\n" + QUANTITIES + MODEL + "\n"
FLOP = "labs.A.models.flop"


def spread(low: float, high: float) -> float:
    """The standard deviation of the logarithm of a lognormal number with these 5% and 95%."""
    return math.log(high / low) / (2.0 * Z95)


def test_a_product_of_lognormal_numbers_is_lognormal_and_its_log_variances_add_up() -> None:
    """FLOP = 6·p²·r: the logarithm has the variance 4·var(ln p) + var(ln r)."""
    scenario = load("f.yaml", text=PRODUCT)
    found = {prior.path: prior for prior in derived_priors(scenario)}
    assert list(found) == [FLOP, "quantities.tokens"]
    params, ratio = spread(1e12, 1e13), spread(10.0, 160.0)
    for path, middle, sd in (
        (FLOP, 6.0 * 1e12 * 1e13 * math.sqrt(10.0 * 160.0), math.hypot(2.0 * params, ratio)),
        ("quantities.tokens", math.sqrt(1e12 * 1e13 * 10.0 * 160.0), math.hypot(params, ratio)),
    ):
        values = found[path].values
        assert found[path].quantity.central == pytest.approx(middle)
        for q in (0.05, 0.25, 0.5, 0.75, 0.95):
            # Of n independent draws the logarithm's quantile has this standard error; Sobol points do better.
            error = sd * math.sqrt(q * (1.0 - q) / len(values)) / NormalDist().pdf(NormalDist().inv_cdf(q))
            assert abs(math.log(np.quantile(values, q) / middle) - sd * NormalDist().inv_cdf(q)) < error


def test_a_power_of_a_lognormal_number_has_its_exact_quantile_in_every_draw() -> None:
    added = "doubling: 4 to 8 months\n  growth: {formula: 2 ** (1 year / doubling)}\n  params: 1e12"
    scenario = load("f.yaml", text=PRODUCT.replace("params: 1e12", added))
    for q in (0.001, 0.3, 0.5, 0.9):
        months = math.sqrt(32.0) * math.exp(spread(4.0, 8.0) * NormalDist().inv_cdf(q))
        growth = scenario.draw({"quantities.doubling": q}).quantities["growth"]
        assert growth == pytest.approx(2.0 ** (12.0 / months), rel=1e-12)


SHARED = UNCERTAIN.replace("start:", "quantities: {wait: 1 to 3 months, lag: {formula: 2 * wait}}\nstart:")


def test_a_formula_that_is_added_changes_no_bit_of_any_draw_of_the_others() -> None:
    before = Sampler(load("f.yaml", text=UNCERTAIN + "quantities: {wait: 1 to 3 months}\n"))
    after = Sampler(load("f.yaml", text=SHARED))
    assert after.paths == before.paths
    plain = Sampler(load("f.yaml", text=UNCERTAIN))
    assert after.order == (*plain.order, "quantities.wait")  # what is named comes last
    rows = after.quantiles(0, 8)
    assert (rows == before.quantiles(0, 8)).all()
    others = [column for column, path in enumerate(after.paths) if path != "quantities.wait"]
    assert tuple(after.paths[column] for column in others) == plain.paths
    assert (rows[:, others] == plain.quantiles(0, 8)).all()
    assert all(before.draw(i, row).labs == after.draw(i, row).labs for i, row in enumerate(rows))


def test_what_differs_is_told_of_what_was_changed_not_of_all_that_follows_from_it(tmp_path: Path) -> None:
    """Seven places follow from one: that it is another one is told, and a formula that is another one."""
    many = "".join(f"  n{n}: {{formula: {n} * ratio}}\n" for n in range(2, 9))
    text = PRODUCT.replace("labs:", f"{many}labs:")
    (tmp_path / "effective.yaml").write_text(text)
    for old, new, told in (
        ("ratio: 10 to 160", "ratio: 20 to 160",
         ["quantities.ratio: 10 to 160 tokens/parameter, now 20 to 160 tokens/parameter"]),
        ("2 * ratio", "3 * ratio",
         ["quantities.n2: 80 token/parameter = 2 * ratio, now 120 token/parameter = 3 * ratio"]),
    ):
        assert differences(tmp_path / "effective.yaml", load("f.yaml", text=text.replace(old, new))) == told


WORLD = """
start: 2026-01-01
end: 2027-06-01
quantities:
  wait: 1 to 2 months
  length: {uniform: [20 days, 60 days]}
  lag: {formula: 2 * wait}
  launch: {formula: 2025-02-01 + length}
labs:
  Aurora:
    compute: {stock: 1e5 H100e, grows: {formula: 2 ** (year / (6 * wait))}, every: 3 months}
    use: {training: {formula: 10% + 0.1 * length / (100 days)}, experiments: 50%, serving: 30%}
    runs: {every: {formula: 4 * wait}, length: length, public_after: lag}
  Borealis:
    compute: {stock: 1e5 H100e}
    runs: {every: 9 months, length: length, public_after: lag}
    models: {name: B-0, public: launch, flop: 1e25 FLOP}
"""


def test_the_same_bytes_for_one_and_two_workers_and_the_values_that_the_formulas_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_chunks(monkeypatch)
    scenario = sim.load("w.yaml", text=WORLD)
    folders = [tmp_path / "one", tmp_path / "two"]
    many = [sim.run_ensemble(scenario, 20, workers=n + 1, out=folder, pictures=False)
            for n, folder in enumerate(folders)]  # fmt: skip
    assert bytes_of(folders[0]) == bytes_of(folders[1])
    inputs = many[0].inputs
    assert len(many[0].failures) == 0
    wait, length = inputs["quantities.wait"], inputs["quantities.length"]
    for path, values in {
        "quantities.lag": 2.0 * wait,
        "labs.Aurora.runs.length": length,
        "labs.Borealis.runs.length": length,
        "labs.Borealis.runs.public_after": 2.0 * wait,
        "labs.Aurora.runs.every": 4.0 * wait / 30.4375,
        "labs.Aurora.compute.grows": 2.0 ** (365.25 / (6.0 * wait)),
        "labs.Aurora.use.training": 0.1 + length / 1000.0,
    }.items():
        np.testing.assert_allclose(inputs[path], values, rtol=1e-13)
    launched = (inputs["quantities.launch"] - np.datetime64("2025-02-01")) / np.timedelta64(1, "D")
    np.testing.assert_allclose(launched, length, atol=1e-5)
    runs = many[0].models.query("lab == 'Borealis'").groupby("draw").first()
    first = (runs["finished"] - runs["started"]) / np.timedelta64(1, "D")
    np.testing.assert_allclose(first, length[runs.index], atol=1.0)
    # A fact of a derived input may be given.
    given = many[0].reweight("quantities.lag >= 80")
    assert given.chance("quantities.wait >= 40").value == 1.0


def test_a_draw_in_which_a_formula_has_no_value_is_told_of_and_stops_no_other() -> None:
    text = WORLD.replace("months, length: length", "months, length: {formula: length - 24 days}")
    scenario = sim.load("w.yaml", text=text)
    failing = next(prior for prior in derived_priors(scenario) if prior.path == "labs.Borealis.runs.length")
    assert failing.failing == pytest.approx(0.1, abs=2e-3)  # 20 to 24 of 20 to 60 days
    sampler = Sampler(scenario)
    plan = plan_of(scenario, sampler, central_record(scenario, sampler.seed))
    lengths = 20.0 + 40.0 * sampler.quantiles(0, 32)[:, sampler.paths.index("quantities.length")]
    part = plan.simulate((0, 32))
    assert [i for i, _, _ in part.failed] == list(np.flatnonzero(lengths <= 24.0))
    i, message, ours = part.failed[0]
    assert (ours, bool(message)) == (False, True)
    assert message.startswith("labs.Borealis.runs.length: must be above 0, got '")
    assert f"this draw has quantities.length = {lengths[i]:.4g} days" in message
    column = [column.name for column in plan.columns["inputs"]].index("labs.Borealis.runs.length") + 1
    np.testing.assert_allclose(part.tables["inputs"][column], lengths - 24.0)


def test_what_derived_inputs_rest_on_is_what_sensitivity_is_about() -> None:
    found = sim.sensitivity(sim.load("w.yaml", text=WORLD), "most_copies_at_open", "tornado")
    listed = set(found.indices["input"])
    assert {"quantities.wait", "quantities.length"} <= listed
    assert not {path for path in listed if path.startswith(("labs.Aurora.runs", "quantities.lag"))}
    assert {"quantities.wait", "quantities.length"} <= set(listed) - set(found.unmoved)
