"""Results by name, and what they are sensitive to, where both are known in closed form."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.cli import main
from sim.ensemble.counting import Progress
from sim.ensemble.observed import NoSuchResult, Results
from sim.ensemble.program import CELLS, program
from sim.ensembles import Ensemble, run_ensemble
from sim.output import OutputError
from sim.sensitivities import Sensitivity
from tests.cli.command import SCENARIOS, SMALL
from tests.ensemble.worlds import scenario

TOKENS = "tokens_per_s_from_training_compute[Lab/1]"
PARAMS, LENGTH = "labs.Lab.runs.params", "labs.Lab.runs.length"


def tokens_of_a_run() -> sim.Scenario:
    """The post's worked number, 3·m·p/N tokens/s, with lognormal p and N; how fast a copy is moves no token."""
    return sim.load(SCENARIOS / "finnveden.yaml", sets=[
        f"{PARAMS}={{lognormal: {{median: 1e14, gsd: 1.5}}}}",
        f"{LENGTH}={{lognormal: {{median: 300 days, gsd: 1.2}}}}", "labs.Lab.compute.count=1e11 H100e",
        "end=2034-01-01",
    ])  # fmt: skip


@pytest.fixture(scope="module")
def small() -> Ensemble:
    """40 draws of the small world."""
    return run_ensemble(scenario(), 40, workers=1)


def test_lognormal_tokens_have_rank_correlations_in_closed_form() -> None:
    found = run_ensemble(tokens_of_a_run(), 128, workers=1).sensitivity(TOKENS)
    params, length = math.log(1.5), math.log(1.2)
    whole = math.hypot(params, length)
    at = dict(zip([factor.path for factor in found.found.factors], found.found.indices, strict=True))
    for path, part in ((PARAMS, params), (LENGTH, -length)):
        assert at[path].low <= 6.0 / math.pi * math.asin(part / whole / 2.0) <= at[path].high
    assert [factor.path for factor in found.found.factors[:2]] == [PARAMS, LENGTH]
    assert "inference.speed" in found.unmoved and set(found.unmoved) == set(at) - {PARAMS, LENGTH}
    rows = found.indices.set_index("input")
    assert rows.loc[PARAMS, "told_apart"] and rows.attrs["units"]["index"] == "1"
    assert "2 of " in str(found) and PARAMS in found._repr_html_() and "rank" in repr(found)


def test_results_by_name_against_the_tables(small: Ensemble) -> None:
    results = Results(small.store, small.draws)
    outcomes, windows = small.outcomes.set_index("draw"), small.windows
    far = results.observed("level[far]")
    dates = outcomes["level[far]"]
    assert far.dated and far.open.tolist() == dates.isna().tolist() and 0.0 < far.open_share < 1.0
    days = dates.fillna(outcomes["end"]).astype("datetime64[s]").astype("int64") / 86_400.0
    assert far.values == pytest.approx(days.to_numpy())
    dwell = results.observed("dwell_days[near]")
    near = outcomes["level[near]"].astype("datetime64[s]").astype("int64") / 86_400.0
    assert dwell.values == pytest.approx((days - near).where(outcomes["level[near]"].notna()).to_numpy(), nan_ok=True)
    assert dwell.open.tolist() == (far.open & outcomes["level[near]"].notna().to_numpy()).tolist()

    second = windows[(windows.lab == "Borealis") & ~windows.opened_before_start].groupby("draw").nth(1)
    second = second.set_index("draw").reindex(range(40))
    length = results.observed("length_days[Borealis/2]")
    assert length.values == pytest.approx(second["length_days"].to_numpy(), nan_ok=True)
    assert length.open.tolist() == (second["censored"] == True).tolist() and 0.0 < length.open_share < 1.0  # noqa: E712
    assert results.observed("copies_at_open[Borealis/2]").open_share == 0.0
    series = small.series
    copies = results.observed("copies@2027-01-01")
    assert copies.values == pytest.approx(series[series.date == "2027-01-01"].set_index("draw")["copies"].to_numpy())
    assert np.isfinite(results.observed("h100e[serving]@2027-01-01").values).all()
    assert results.observed("own_window_median_days").column.unit == "days"
    assert all(results.observed(name).name == name for name in results.names if "LAB/K" not in name and "@" not in name
               and not name.startswith("level"))  # fmt: skip


@pytest.mark.parametrize(("name", "told"), [
    ("level[fahr]", r"no draw gives 'level\[fahr\]' \(did you mean 'level\[far\]'\?\)"),
    ("nothing at all", "there are models, own_window_median_days, .*as in copies@2029-01-01"),
    ("end", "no draw gives 'end'"),
    ("dwell_days[far]", "no level that another follows called 'far'"),
    ("length_days[Borealis]", r"expected a lab and the how-manieth of its new models, as in length_days\[LAB/2\]"),
    ("length_days[Boreal/1]", r"no lab with a new model called 'Boreal' \(did you mean 'Borealis'\?\)"),
    ("length_days[Borealis/99]", "no draw gives one; Borealis has up to [0-9] new models"),
    ("copies@2027-01-02", "series has no such day; the nearest is 2027-01-01"),
    ("copies@soon", "expected a date such as copies@2029-01-01"),
])  # fmt: skip
def test_names_of_nothing(name: str, told: str, small: Ensemble) -> None:
    with pytest.raises(NoSuchResult, match=told):
        small.sensitivity(name)


def test_one_quantity_in_several_places_is_one_row_and_what_goes_with_it_is_told(tmp_path: Path) -> None:
    text = (
        "correlations:\n  - {inputs: [labs.Aurora.runs.length, labs.Aurora.runs.every], correlation: 100%}\n"
        "  - {inputs: [labs.Aurora.compute.grows, labs.Aurora.compute.stock], correlation: 50%}\nlabs:"
    )
    many = run_ensemble(scenario(**{"labs:": text, "2027-10-01": "2026-10-01"}), 32, workers=1)
    found = many.sensitivity("copies_at_open[Aurora/1]")
    rows = found.indices.set_index("input")
    assert rows.loc["labs.Aurora.runs.every", "also"] == "labs.Aurora.runs.length"
    assert "labs.Aurora.runs.length" not in rows.index
    assert rows.loc["labs.Aurora.compute.stock", "goes_with"] == "labs.Aurora.compute.grows"
    saved = found.save(tmp_path / "s")
    assert {"sensitivity.csv", "sensitivity.png", "scatter.png", "summary.json", "run.json"} <= {
        path.name for path in saved.iterdir()
    }


def test_paired_runs_of_lognormal_tokens_in_closed_form() -> None:
    found = sim.sensitivity(tokens_of_a_run(), TOKENS, "tornado", workers=1)
    rows = found.indices.set_index("input")
    z = 1.2815515655446004  # the normal's 90% quantile
    for path, sign, gsd in ((PARAMS, 1.0, 1.5), (LENGTH, -1.0, 1.2)):
        for column, side in (("at_low", -1.0), ("at_high", 1.0)):
            assert rows.loc[path, column] == pytest.approx(rows.loc[path, "at_median"] * gsd ** (sign * side * z))
    assert rows.loc[PARAMS, "at_median"] == pytest.approx(3.0 * 20.0 * 1e14 / (300.0 * 86_400.0))
    assert list(rows.index[:2]) == [PARAMS, LENGTH] and set(found.unmoved) == set(rows.index[2:])
    assert "2 of " in str(found) and "Move nothing" in str(found) and found.pictures == ["tornado"]
    assert "inference.speed" in found.unmoved and found.draws == 2 * len(rows) + 1


def test_shares_of_the_variance_of_lognormal_tokens_in_closed_form_and_gone_on_with(tmp_path: Path) -> None:
    said: list[str] = []
    new: list[int] = []
    made, kept = tokens_of_a_run(), tmp_path / "kept"
    acts = [path for path in made.uncertain if not path.startswith("observed_uplift.")]

    def stop(now: Progress) -> None:
        if now.done > 256:
            raise KeyboardInterrupt

    def shares(**options: Any) -> Sensitivity:
        return sim.sensitivity(made, TOKENS, "sobol", points=24, workers=1, folder=kept, say=said.append, **options)

    with pytest.raises(ValueError, match=r"24 points × \(\d+ inputs \+ 2\) = [\d,]+ runs, more than 100"):
        shares(most_runs=100)
    assert not said
    with pytest.raises(KeyboardInterrupt) as stopped:
        shares(progress=stop)
    assert f"256 of {24 * (len(acts) + 2)} runs are kept in {kept}/" in stopped.value.__notes__[0]
    with pytest.raises(OutputError, match="holds unfinished runs; add --resume"):
        shares()
    with pytest.raises(OutputError, match="holds runs of something else .*seed: 0, now 3"):
        shares(seed=3, resume=True)
    spec = json.loads((kept / "ensemble.json").read_text())
    assert spec["program"] == program(CELLS) and spec["blocks"] == [[path] for path in acts]
    for key, other, told in (("blocks", [made.uncertain], "other inputs that go together"),
                             ("program", "0.9", "code of this program: 0.9, now ")):  # fmt: skip
        (kept / "ensemble.json").write_text(json.dumps({**spec, key: other}))
        with pytest.raises(OutputError, match=told):
            shares(resume=True)
    (kept / "ensemble.json").write_text(json.dumps(spec))
    found = shares(resume=True, progress=lambda now: new.append(now.new))
    assert said[0] == f"Sobol indices: 24 points × ({len(acts)} inputs + 2) = {found.draws:,} runs"
    assert new[-1] == found.draws - 256 and not kept.exists()

    params, length = math.log(1.5) ** 2, math.log(1.2) ** 2
    rows = found.indices.set_index("input")
    for path, part in ((PARAMS, params), (LENGTH, length)):
        for kind in ("first", "total"):
            assert rows.loc[path, f"{kind}_low"] <= part / (params + length) <= rows.loc[path, f"{kind}_high"]
    assert list(rows.index[:2]) == [PARAMS, LENGTH] and set(found.unmoved) == set(rows.index[2:])
    assert "the logarithm of" in str(found) and found.pictures == ["sensitivity", "scatter"]


def test_what_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="rank is made from draws: give an ensemble"):
        sim.sensitivity(scenario())
    with pytest.raises(ValueError, match="the method is one of rank, pawn, tornado, sobol; got 'dice'"):
        sim.sensitivity(scenario(), method="dice")
    with pytest.raises(NoSuchResult, match="did you mean 'level"):
        sim.sensitivity(scenario(), "level[fahr]", "tornado", workers=1)


def test_runs_of_sobol_that_fail_are_told_as_runs_not_as_draws(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    """Run 41 is of point 1; draw 41 is another world, which `sim run --draw 41` would make."""
    text = SMALL + "pause: {starts: 2026-06-01, ends: {uniform: [2026-05-01, 2026-08-01]}, stops: [training]}\n"
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    line = ["sensitivity", str(tmp_path / "s.yaml"), "--method", "sobol", "--points", "16", "--workers", "1",
            "--out", str(tmp_path / "o"), "--of", "copies_at_open[Aurora/1]"]  # fmt: skip
    assert main(line) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert re.search(r"of the first \d+ runs fail, more than 1% of \d+; the first: run \d+: pause\.ends: it ends", told)
    assert told.endswith(f"What was done is in {tmp_path / 'o'}.unfinished/")
