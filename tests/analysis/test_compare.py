"""Paired comparison against what is known without it: no change, a shifted world, small worlds worked by hand."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure

import sim
from sim.analysis.compare import TABLES
from sim.analysis.pair import Amount, bought
from sim.analysis.worlds import is_setting, name_of, parts_of
from tests.cli.command import SCENARIOS
from tests.still import still

HAND = """\
question: What does waiting buy?
start: 2026-01-01
end: 2028-01-01
labs:
  Aurora:
    compute: {count: 1000 H100}
    use: {serving: 50%, research: 50%}
    models:
      - {name: A, public: 2026-01-01, effective_flop: 1e25 FLOP, params: 1e11, total_params: 1e11}
      - {name: B, public: 2026-07-01, effective_flop: 1e26 FLOP, params: 1e11, total_params: 1e11}
      - {name: C, public: 2027-01-01, effective_flop: 1e27 FLOP, params: 1e11, total_params: 1e11}
  Borealis:
    compute: {count: 500 H100}
    use: {serving: 100%}
    models: {name: N, public: 2026-10-01, effective_flop: 2e26 FLOP, params: 1e11, total_params: 1e11}
levels: {first: {effective_flop: 5e25 FLOP}, second: {effective_flop: 5e26 FLOP}, never: {effective_flop: 1e30 FLOP}}
"""

LATER = """\
labs:
  Aurora:
    models:
      B: {public: 2026-11-01}
      C: {public: 2027-01-31}
"""


def made(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def hand(folder: Path, **changes: str) -> sim.Comparison:
    base = made(folder, "base.yaml", HAND)
    return sim.compare(base, {name: made(folder, f"{name}.yaml", text) for name, text in changes.items()})


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{key: None if value is pd.NaT or value != value else value for key, value in row.items()}
            for row in frame.to_dict("records")]  # fmt: skip


def days(one: str, other: str) -> float:
    return float((date.fromisoformat(other) - date.fromisoformat(one)).days)


def test_a_world_against_itself_has_bought_nothing() -> None:
    for scenario in ("frontier-2032", "two-blocs", "one-lab"):
        made = sim.compare(SCENARIOS / f"{scenario}.yaml", {"same": []})
        assert not made.windows["changed"].any()
        for name in TABLES:
            for row in rows(made.frame(name)):
                for key, value in row.items():
                    if key.endswith(("bought", "bought_days", "longer_days", "later_days", "difference", "change")):
                        assert value in (0.0, None), (scenario, name, row)
                    if key.endswith("_x"):
                        assert value == pytest.approx(1.0, abs=1e-12), (scenario, name, row)
                    if key.removesuffix("_base") != key and key.removesuffix("_base") in row:
                        assert value == row[key.removesuffix("_base")], (scenario, name, row)
        assert len(made.windows) == len(made.base.windows)


def test_dates_and_dwells_worked_by_hand(tmp_path: Path) -> None:
    first, second, never = rows(hand(tmp_path, later=LATER).levels)
    # Without B, Borealis' N is first; C comes 30 days later.
    assert (first["first_lab_base"], first["first_lab"]) == ("Aurora", "Borealis")
    assert first["time_bought_days"] == days("2026-07-01", "2026-10-01") and first["bound"] == "exact"
    assert second["time_bought_days"] == 30.0
    assert first["dwell_base_days"] == days("2026-07-01", "2027-01-01")
    assert first["dwell_days"] == days("2026-10-01", "2027-01-31")
    assert first["dwell_bought_days"] == 30.0 - days("2026-07-01", "2026-10-01")
    assert (never["time_bought_days"], never["bound"], never["next_level"]) == (None, "unknown", None)
    assert (second["dwell_bought_days"], second["dwell_bound"]) == (None, "unknown")
    assert first["intervention_days"] is None


@pytest.mark.parametrize(("base", "world", "expected"), [
    (Amount(3.0), Amount(5.0), (2.0, "exact")),
    (Amount(3.0), Amount(9.0, True), (6.0, "at least")),
    (Amount(9.0, True), Amount(5.0), (-4.0, "at most")),
    (Amount(9.0, True), Amount(9.0, True), (None, "unknown")),
    (Amount(None), Amount(1.0), (None, "unknown")),
])  # fmt: skip
def test_a_pair_of_which_one_is_open_is_a_bound(
    base: Amount, world: Amount, expected: tuple[float | None, str]
) -> None:
    assert tuple(bought(base, world)) == expected


def test_censored_pairs_are_bounds_and_counted(tmp_path: Path) -> None:
    stop = "labs: {Aurora: {models: {C: null}}}\n"
    sooner = "labs: {Aurora: {models: {C: {effective_flop: 1e31 FLOP}}}}\n"
    found = hand(tmp_path, stop=stop, sooner=sooner)
    levels = found.levels.set_index(["scenario", "level"])
    assert levels.loc[("stop", "second"), "bound"] == "at least"
    assert levels.loc[("stop", "second"), "time_bought_days"] == days("2027-01-01", "2028-01-01")
    assert levels.loc[("stop", "first"), "dwell_bound"] == "at least"
    assert levels.loc[("stop", "first"), "dwell_bought_days"] == days("2027-01-01", "2028-01-01")
    assert levels.loc[("sooner", "never"), "bound"] == "at most"
    assert levels.loc[("sooner", "never"), "time_bought_days"] == -days("2027-01-01", "2028-01-01")
    counts = {name: world["time_bought_known"] for name, world in found.summary["scenarios"].items()}
    assert counts["stop"] == {"exact": 1, "at least": 1, "at most": 0, "unknown": 1}
    assert counts["sooner"] == {"exact": 2, "at least": 0, "at most": 1, "unknown": 0}
    work = found.work[found.work["by"] == "all"].set_index(["scenario", "level", "domain"])
    assert work.loc[("stop", "second", "general"), "bound"] == "at least"
    assert work.loc[("stop", "never", "general"), "bound"] == "unknown"


def test_work_leads_and_cost_are_those_of_each_run(tmp_path: Path) -> None:
    found = hand(tmp_path, later=LATER)
    world = found.results["later"]
    # Work of a dwell is worked out elsewhere too: levels.csv of each run.
    for result, column in ((found.base, "dwell_work_base"), (world, "dwell_work")):
        alone = result.levels.set_index("level")
        for row in rows(found.work):
            if row["level"] == "first" and row["by"] == "all":
                assert row[column] == pytest.approx(alone.loc["first", f"ai_labour_years_{row['domain']}"], rel=1e-12)
    # The world's fleets go on with weaker models, of the same size: as many tokens, less work.
    cost = found.cost[found.cost["lab"].isna()].fillna({"of": ""}).set_index(["what", "of"])
    tokens = cost.loc[("tokens", "")]
    assert tokens["change"] == pytest.approx(0.0, abs=1e-6 * tokens["base"])
    assert cost.loc[("ai_work", "general"), "change"] < 0.0
    # What models of at least 5e25 FLOP did, from each run's trajectory.
    for result, side in ((found.base, "base"), (world, "value")):
        able = result.trajectory[(result.trajectory["series"] == "human_equivalents")
                                 & result.trajectory["model"].isin(["B", "C", "N"])]  # fmt: skip
        months = able["date"].map(lambda day: (min(day + pd.DateOffset(months=1), pd.Timestamp(2028, 1, 1)) - day).days)
        years = (able["value"] * months).sum() / 365.25
        assert cost.loc[("ai_work_by", "first"), side] == pytest.approx(years, rel=1e-9) and years > 0.0
        assert cost.loc[("ai_work_by", "never"), side] == 0.0
    rates = found.over_time.set_index(["series", "of", "date"])
    assert rates.loc[("human_equivalents_by", "first", pd.Timestamp(2026, 7, 1)), "value"] == 0.0
    assert rates.loc[("human_equivalents_by", "first", pd.Timestamp(2026, 7, 1)), "base"] > 0.0
    # Half of Aurora's for two years, and Borealis' from the day on which it has a model.
    assert cost.loc[("compute", "serving"), "base"] == 500.0 * 730.0 + 500.0 * days("2026-10-01", "2028-01-01")
    lead = found.leads.set_index("level").loc["first"]
    assert (lead["lead_base_days"], lead["lead_days"]) == (days("2026-07-01", "2026-10-01"), 31.0)
    assert (lead["longer_days"], lead["another_first"]) == (31.0 - days("2026-07-01", "2026-10-01"), True)
    windows = found.windows.set_index("model")
    assert windows.loc["A", "longer_days"] == days("2026-07-01", "2026-11-01")
    assert windows.loc["B", "opens_later_days"] == days("2026-07-01", "2026-11-01")
    assert windows.loc["B", "longer_days"] == 30.0 - days("2026-07-01", "2026-11-01")
    assert (windows.loc["N", "bound"], windows.loc["N", "frontier_longer_days"]) == ("unknown", 30.0)
    assert windows.loc["N", "changed"] and windows.loc["C", "bound"] == "unknown"


GROWING = """\
start: {start}
end: {end}
labs:
  Aurora:
    compute: {{stock: {{{start}: 1e6 H100e, {more}: 3e6 H100e}}}}
    use: {{training: 20%, experiments: 40%, serving: 40%}}
    runs:
      - {{name: A, starts: {first}, length: 100 days}}
      - {{name: B, starts: {then}, length: 150 days}}
software: {{training: 3x per year, inference: 2x per year}}
levels: {{one: {{effective_flop: 3e25 FLOP}}, two: {{effective_flop: 3e26 FLOP}}}}
"""


CONTINUOUS = still(
    "models: {name: Old, public: 2025-06-01, flop: 1e26 FLOP}\n"
    "runs: {name: C, starts: 2026-02-01, share: 50%, length_rule: {rule: continuous, release_each: 2x}}",
    "levels: {far: {effective_flop: 1e27 FLOP}}\n", end="2028-01-01", stock="1e6 H100e",
)  # fmt: skip


def test_training_flop_of_continuous_training_is_counted_once() -> None:
    """From 1e26 FLOP a model at each doubling: the sixth has 64e26 in all, of which 63e26 are the run's."""
    found = sim.compare(sim.load("on.yaml", text=CONTINUOUS), {"same": "labs.A.use.training=50%"})
    assert found.base.models["training_flop"].iloc[-1] == pytest.approx(64e26)
    rows = found.cost.query("what == 'training_flop'")
    assert rows["base"].tolist() == rows["value"].tolist() == pytest.approx([63e26, 63e26])  # all labs, and A


@pytest.mark.parametrize("shift", [1, 37, 400])
def test_a_shifted_world_has_bought_its_shift(shift: int, tmp_path: Path) -> None:
    dates = {"start": date(2026, 1, 1), "end": date(2030, 1, 1), "more": date(2026, 9, 1), "first": date(2026, 2, 1),
             "then": date(2027, 1, 1)}  # fmt: skip
    texts = [GROWING.format(**{key: day + timedelta(days=by) for key, day in dates.items()}) for by in (0, shift)]
    paths = [made(tmp_path, f"{n}.yaml", text) for n, text in enumerate(texts)]
    found = sim.compare(paths[0], {"later": paths[1]})
    assert set(found.levels["bound"]) == {"exact"} and len(found.levels) == 2
    assert found.levels["time_bought_days"].tolist() == [float(shift)] * 2
    assert found.ladder["time_bought_days"].tolist() == pytest.approx([float(shift)] * len(found.ladder), abs=1e-6)
    assert found.windows.set_index("model").loc["A", "longer_days"] == pytest.approx(0.0, abs=1e-6)
    assert "they do not start on the same day" in " ".join(found.summary["scenarios"]["later"]["warnings"])


PAUSED = """\
start: 2026-01-01
end: 2032-01-01
labs:
  Aurora:
    compute: {chips}
    use: {{training: 20%, experiments: 40%, serving: 40%}}
    runs: {{starts: 2026-02-01, start_when: {{cluster_grows: 1.5x, latest: 9 months}}, length: 100 days}}
software: {{training: {software}}}
levels: {{one: {{effective_flop: 2e27 FLOP}}, two: {{effective_flop: 1e29 FLOP}}}}
"""
PAUSE = "pause: {starts: 2027-03-01, lasts: 200 days, stops: [training]}\n"
GROWS = "{stock: 1e6 H100e, grows: 2.5x per year, every: 1 month}"


@pytest.mark.parametrize(("chips", "software"), [
    (GROWS, "3x per year"), (GROWS, "1x per year"), ("{count: 1000000 H100e}", "20x per year"),
])  # fmt: skip
def test_what_came_back_adds_up_and_is_nothing_where_nothing_grows(chips: str, software: str, tmp_path: Path) -> None:
    base = made(tmp_path, "base.yaml", PAUSED.format(chips=chips, software=software))
    pause = made(tmp_path, "pause.yaml", PAUSE)
    everything = made(tmp_path, "all.yaml", PAUSE.replace("[training]", "[everything]"))
    found = sim.compare(base, {"pause": pause, "all": everything, "none": [pause, "pause.lasts=0 days"]})
    assert found.made == frozenset()
    back = rows(found.returned)
    assert {row["scenario"] for row in back} == {"pause", "all"}
    for row in back:
        assert row["intervention_days"] == 200.0
        assert row["returned_days"] == 200.0 - row["time_bought_days"]
        parts = [row[f"{part}_days"] for part in ("chips", "software", "runs", "other")]
        assert sum(parts) == pytest.approx(row["returned_days"], abs=1e-9)
        if row["scenario"] == "all":
            assert parts == [0.0, 0.0, 0.0, 0.0]
        if software == "1x per year":
            assert row["software_days"] == pytest.approx(0.0, abs=1e-6)
        if "grows" not in chips:
            assert row["chips_days"] == pytest.approx(0.0, abs=1e-6)
    levels = found.levels.set_index(["scenario", "level"])
    later = levels.loc["all"]["time_bought_days"].dropna().tolist()
    assert set(later) <= {0.0, 200.0} and later[-1] == 200.0  # 0: reached before
    assert levels.loc[("none", "one"), "time_bought_days"] == 0.0
    assert "returned" in [table.name for table in found.tables()]
    split = found.rebound[found.rebound["scenario"] == "pause"]
    product = split[["chips_x", "software_x", "share_x", "duration_x", "other_x"]].prod(axis=1)
    assert product.tolist() == pytest.approx(split["stronger_x"].tolist(), rel=1e-9)


def test_what_came_back_is_not_known_where_an_intervention_holds_by_half(tmp_path: Path) -> None:
    """Deliveries and software that are to stop with it would go on by half."""
    base = made(tmp_path, "base.yaml", PAUSED.format(chips=GROWS, software="3x per year"))
    half = made(tmp_path, "half.yaml", "over: base.yaml\n" + PAUSE.replace("[training]", "[training], holds: 50%"))
    back = rows(sim.compare(base, {"half": half}).returned)
    assert back
    for row in back:
        assert row["returned_days"] == row["intervention_days"] - row["time_bought_days"]
        assert [row[f"{part}_days"] for part in ("chips", "software", "runs", "other")] == [None] * 4


def test_alignment_work_is_that_of_each_run() -> None:
    pause = SCENARIOS / "interventions" / "six-month-pause.yaml"
    job = ["alignment.job.researcher_years=3800", "alignment.job.by=expert_researcher"]
    found = sim.compare(SCENARIOS / "alignment.yaml", {"pause": pause}, sets=job)
    lines = found.break_even.set_index("level")
    for result, side in ((found.base, "_base"), (found.results["pause"], "")):
        alone = result.summary["alignment"]
        for row in alone["break_even"]:  # each ends a dwell
            until = lines.loc[row["before"]] if row["before"] else lines[lines.index.isna()].iloc[0]
            assert until[f"researcher_years{side}"] == pytest.approx(row["researcher_years"], rel=1e-9)
            assert until[f"serial_days{side}"] == pytest.approx(row["serial_days"], rel=1e-9)
            if row["before"] == "expert_researcher":
                dwell = lines.loc[row["dwell"], f"dwell_serial_days{side}"]
                assert dwell == pytest.approx(row["dwell_serial_days"], rel=1e-9)
        assert lines.loc["expert_researcher", f"enough{side}"] == alone["job"]["enough"] == (side == "")
    work = found.alignment.set_index(["level", "by"])
    gap = ("automated_coder", "all")
    for result, side in ((found.base, "_base"), (found.results["pause"], "")):
        alone = result.levels.set_index("level").loc["automated_coder"]
        for mine, theirs in (
            ("researcher_years", "alignment_researcher_years"),
            ("serial_days", "alignment_serial_days"),
        ):
            assert work.loc[gap, f"dwell_{mine}{side}"] == pytest.approx(alone[theirs], rel=1e-9)
        rate = found.over_time[(found.over_time["series"] == "alignment_work") & (found.over_time["of"] == "all")]
        lengths = rate["date"].diff().shift(-1).dt.days.fillna((date(2032, 1, 1) - date(2031, 12, 1)).days)
        whole = result.summary["alignment"]["break_even"][-1]["researcher_years"]
        assert (rate["base" if side else "value"] * lengths).sum() / 365.25 == pytest.approx(whole, rel=1e-9)
        parts = [work.loc[("expert_researcher", by), f"researcher_years{side}"] for by in ("humans", "models")]
        assert sum(parts) == pytest.approx(work.loc[("expert_researcher", "all"), f"researcher_years{side}"])
        until = result.summary["alignment"]["break_even"]
        whole = next(row for row in until if row["before"] == "expert_researcher")
        assert work.loc[("expert_researcher", "all"), f"researcher_years{side}"] == pytest.approx(
            whole["researcher_years"]
        )
    assert work.loc[gap, "dwell_researcher_years_bought"] > 0.0 and work.loc[gap, "dwell_bound"] == "exact"
    told = found.explain("pause")
    assert told[0].startswith("pause: in force from 2028-06-01 to 2028-12-01 (183 days) for all labs: stops training")
    assert "202 days = 183 in force plus 19 that came of it afterwards" in told[-1]
    assert found._repr_html_().count("by AIs") == 2


def test_order_and_company_change_no_number() -> None:
    base = sim.load(SCENARIOS / "two-blocs.yaml", sets=["end=2029-01-01"])
    changes = {"slow": ["software.training=2x per year"], "late": ["end=2028-01-01"]}
    one, other = sim.compare(base, changes), sim.compare(base, dict(reversed(changes.items())))
    alone = sim.compare(base, {"slow": changes["slow"]})
    for name in TABLES:
        slow = [[row for row in found.table(name).rows if row[0] == "slow"] for found in (one, other, alone)]
        assert slow[0] == slow[1] == slow[2], name
    assert "compared until 2028-01-01" in " ".join(one.summary["scenarios"]["late"]["warnings"])


def test_all_worlds_have_the_bases_random_numbers(tmp_path: Path) -> None:
    text = f"{HAND}seed: 7\n"
    base = made(tmp_path, "base.yaml", text)
    whole = made(tmp_path, "whole.yaml", HAND.replace("5e26", "6e26"))
    found = sim.compare(base, {"whole": whole})
    assert found.results["whole"].record.draw.seed == 7
    assert sim.compare(base, {"whole": whole}, seed=3).summary["seed"] == 3


def test_an_overlay_is_laid_on_the_base_whatever_it_lies_over(tmp_path: Path) -> None:
    base = made(tmp_path, "base.yaml", HAND)
    overlay = made(tmp_path, "later.yaml", f"over: {SCENARIOS / 'one-lab.yaml'}\n{LATER}")
    found = sim.compare(base, {"later": overlay, "both": [overlay, "labs.Aurora.models.C.public=2027-03-02"]})
    assert found.levels["time_bought_days"].tolist()[:2] == [92.0, 30.0]
    assert found.levels.set_index(["scenario", "level"]).loc[("both", "second"), "time_bought_days"] == 60.0
    assert found.results["later"].scenario is not None
    assert found.results["later"].scenario.name == "base + later"


def test_a_setting_is_made_in_all_worlds(tmp_path: Path) -> None:
    base = made(tmp_path, "base.yaml", HAND)
    overlay = made(tmp_path, "later.yaml", LATER)
    found = sim.compare(base, {"later": overlay}, sets=["labs.Aurora.models.C.public=2027-02-10"])
    assert found.levels.set_index("level").loc["second", "time_bought_days"] == 0.0  # made last
    assert found.levels.set_index("level").loc["first", "time_bought_days"] == 92.0


def test_a_loaded_scenario_is_changed_as_its_file_is(tmp_path: Path) -> None:
    file = SCENARIOS / "frontier-2032.yaml"
    overlay, sets = SCENARIOS / "slow-software.yaml", ["labs.xAI.use.training=6%", "end=2030-01-01"]
    sets = sets[1:]
    direct = sim.load(file, overlays=[overlay], sets=sets)
    assert sim.load(file).changed(overlays=[overlay], sets=sets).effective_yaml() == direct.effective_yaml()


def test_what_an_argument_names() -> None:
    assert parts_of("a.yaml + pause.lasts=3 months") == ["a.yaml", "pause.lasts=3 months"]
    assert name_of(["x/six-month.pause.yaml", "a.b=1"]) == "six-month.pause + a.b=1"
    assert is_setting("labs.Aurora.use.training=20%") and not is_setting("a=b.yaml/c.yaml".partition("=")[0])


def test_changes_without_a_name_are_named_by_their_files(tmp_path: Path) -> None:
    base, later = made(tmp_path, "base.yaml", HAND), made(tmp_path, "later.yaml", LATER)
    mapped = sim.compare(base, {"later": later})
    for change in (later, str(later), [later], sim.load(base, overlays=[later])):
        found = sim.compare(base, change)
        assert found.table("levels").rows == [
            (*found.results, *row[1:]) for row in mapped.table("levels").rows], change  # fmt: skip
    assert list(sim.compare(base, [later, f"{later} + end=2027-12-31"]).results) == ["later", "later + end=2027-12-31"]
    for wrong in (3, [3], {"q": None}, {"q": [3]}, [""]):
        with pytest.raises(sim.ScenarioError, match="expected a file, a setting PATH=VALUE, a scenario, or a list"):
            sim.compare(base, wrong)  # type: ignore[arg-type]
    with pytest.raises(sim.ScenarioError, match="later: is given twice"):
        sim.compare(base, [later, later])
    with pytest.raises(KeyError, match=r"no changed world is called latr \(did you mean later\?\)"):
        mapped.explain("latr")
    with pytest.raises(KeyError, match=r"is called q \(there are later\)"):
        mapped.explain("q")


def test_a_bound_is_an_arrow_and_is_not_broken_in_the_title(tmp_path: Path) -> None:
    faster = made(tmp_path, "base.yaml", HAND)
    slower = ("labs: {Aurora: {models: {B: {public: 2029-01-01}, C: {public: 2029-01-01}}}, "
              "Borealis: {models: {public: 2029-01-01}}}\n")  # fmt: skip
    found = sim.compare(faster, {"slower": made(tmp_path, "slower.yaml", slower)})
    bounds = [row["bound"] for row in rows(found.levels)]
    assert bounds == ["at least", "at least", "unknown"]
    picture = found.plot("time_bought")
    assert isinstance(picture, Figure)
    large = [line.get_marker() for line in picture.axes[0].lines if line.get_markersize() == 5.5]
    assert large == ["^"]
    assert ">\u00a0+12.0\u00a0months at second" in " ".join(
        text.get_text() for text in picture.texts if text.get_gid() == "title")  # fmt: skip
    assert "AI work until the end, by models at first" in found._repr_html_()


def test_a_comparison_is_pickled_shown_and_needs_a_change(tmp_path: Path) -> None:
    found = hand(tmp_path, later=LATER)
    again = pickle.loads(pickle.dumps(found))
    assert again.table("levels").rows == found.table("levels").rows
    assert repr(found) == "<Comparison of base with later>"
    assert "+3.0 months" in found._repr_html_() and "<table>" in found._repr_html_()
    assert found.levels.attrs["units"]["time_bought_days"] == "days"
    with pytest.raises(ValueError, match="at least one"):
        sim.compare(tmp_path / "base.yaml", {})
    with pytest.raises(ValueError, match="time_bought, dwell, table, over_time"):
        found.plot("copies")
    assert list(found.plot()) == ["time_bought", "dwell", "table", "over_time"]  # type: ignore[arg-type]
