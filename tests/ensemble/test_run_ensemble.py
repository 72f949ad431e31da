"""Ensembles: a draw is the run of its number; the same bytes however they are made; what is kept is gone on with."""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.cli import main
from sim.ensemble.central import with_central
from sim.ensemble.counting import Progress, TooManyFailures
from sim.ensemble.program import DRAWS, digest, program
from sim.ensemble.run import central_record, plan_of, run_draws
from sim.ensemble.sampler import Sampler
from sim.ensemble.store import Store
from sim.ensemble.survival import kaplan_meier
from sim.ensemble.until import UntilError
from sim.ensemble.workers import TaskFailed, WorkerLost, spread
from sim.ensembles import Ensemble, run_ensemble
from sim.output import OutputError
from sim.replay import replay
from tests.cli.command import ROOT, SMALL
from tests.ensemble.worlds import UNCERTAIN, bytes_of, scenario, small_chunks
from tests.faults.test_full_disk import disk


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    """40 draws on one worker: two chunks of 16, and one of 8."""
    with pytest.MonkeyPatch.context() as patch:
        small_chunks(patch)
        return run_ensemble(scenario(), 40, workers=1, out=tmp_path_factory.mktemp("many") / "one")


def test_a_draw_is_the_run_of_its_number(made: Ensemble) -> None:
    assert made.draws == 40 and made.failed == 0 and repr(made) == "<Ensemble of small: 40 draws>"
    for number in (0, 17, 39):
        alone = replay(scenario(), number)
        for name in ("windows", "models", "levels"):
            rows = made.frame(name).query("draw == @number").drop(columns="draw").reset_index(drop=True)
            other = alone.frame(name)
            assert len(rows) == len(other) > 0
            for column in rows:
                one, two = rows[column].tolist(), other[column].tolist()
                if column == "accelerators_by_type":
                    two = [None if held is None else json.dumps(held, separators=(",", ":")) for held in two]
                assert [value for value in one if value == value and value is not None] == [
                    value for value in two if value == value and value is not None], (name, column)  # fmt: skip
        heads = alone.summary["headlines"]
        row = made.outcomes.set_index("draw").loc[number]
        assert row["own_window_median_days"] == heads["own_window_median_days"]
        assert row["most_copies_at_open"] == heads["most_copies_at_open"]["copies"]
        early = alone.summary["milestones"].get("early")
        assert (pd.isna(row["milestone[early]"]) and early is None) or row["milestone[early]"] == pd.Timestamp(early)
    assert any("this is draw 39" in text for text in alone.summary["warnings"])


def test_inputs_are_the_values_that_the_draws_took(made: Ensemble) -> None:
    inputs = made.inputs.set_index("draw")
    draw = Sampler(scenario()).draw(7, Sampler(scenario()).quantiles(7, 8)[0])
    assert draw.labs["Aurora"].runs is not None
    assert set(inputs) == set(scenario().uncertain)
    stock = "labs.Aurora.compute.stock"
    assert inputs[stock].between(2e4, 5e5).all() and inputs[stock].nunique() == 40
    assert made.inputs.attrs["units"][stock]
    supply = draw.labs["Aurora"].compute[0]
    assert inputs.loc[7, stock] in [value for _, value in supply.stock.points]  # type: ignore[union-attr]


def test_examples_are_of_the_first_draws_only_unless_all_are_asked_for(
    made: Ensemble, small: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    assert sorted(set(made.trajectory["draw"])) == sorted(set(made.events["draw"])) == [0, 1, 2, 3, 4]
    whole = run_ensemble(scenario(), 20, workers=1, keep="all", out=tmp_path / "all")
    assert sorted(set(whole.events["draw"])) == list(range(20))
    one = whole.events.query("draw == 3").reset_index(drop=True)
    assert one["id"].tolist() == made.events.query("draw == 3")["id"].tolist()


def test_bands_are_quantiles_across_draws_on_each_date(made: Ensemble) -> None:
    series, fan = made.series, made.fan
    assert set(fan["series"]) == set(series) - {"draw", "date"}
    for name in ("h100e", "human_equivalents[ai_research]", "copies"):
        median = series.groupby("date")[name].median()
        found = fan[fan["series"] == name].set_index("date")
        np.testing.assert_allclose(found["p50"], median, rtol=1e-12)
        assert (found["draws"] == 40).all() and (found["p5"] <= found["p95"]).all()


def test_bands_do_not_depend_on_how_many_numbers_are_held_at_once(
    made: Ensemble, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    from sim.ensemble import fan

    world = scenario()
    plan = plan_of(world, Sampler(world), central_record(world, 0))
    whole = fan.fan_table(made.store, plan, 40).to_csv()
    central = with_central(fan.fan_table(made.store, plan, 40), central_record(world, 0), plan).to_csv()
    for most in (40, 40 * 7, 40 * 50):
        monkeypatch.setattr(fan, "MOST_VALUES", most)
        assert fan.fan_table(made.store, plan, 40).to_csv() == whole
    assert central == (made.folder / "fan.csv").read_text(encoding="utf-8")


def test_the_summary_against_the_tables(made: Ensemble) -> None:
    found = made.summary
    medians = made.outcomes["own_window_median_days"]
    assert found["results"]["own_window_median_days"]["median"] == pytest.approx(medians.median())
    assert made.quantiles("own_window_median_days", (0.5,))[0.5].value == pytest.approx(medians.median())
    assert found["levels"]["far"]["not_reached"] == made.outcomes["level[far]"].isna().mean()
    assert 0.0 < found["levels"]["far"]["not_reached"] < 1.0
    new = made.windows[~made.windows["opened_before_start"]].copy()
    new["k"] = new.groupby(["draw", "lab"]).cumcount() + 1
    for scope, prefix in (("own", ""), ("frontier", "frontier_")):
        for lab in ("all", "Aurora", "Borealis"):
            of = new if lab == "all" else new[new["lab"] == lab]
            for line in found["windows"][lab][scope]:
                rows = of[of["k"] == line["generation"]]
                closed = ~rows[f"{prefix}censored"].to_numpy(dtype=bool)
                expected = kaplan_meier(rows[f"{prefix}length_days"].to_numpy(dtype=float), closed)
                assert line["windows"] == len(rows) and line["draws"] == rows["draw"].nunique()
                assert line["median_days"] == expected.quantile(0.5)
                assert line["open_at_end"] == pytest.approx(1 - closed.mean())
    assert found["results"]["models"]["central"] == 7.0


# -------------------------------------------------------------------------------------- the same bytes, however made


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_change_no_byte(
    workers: int, made: Ensemble, small: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    run_ensemble(scenario(), 40, workers=workers, out=tmp_path / "more")
    assert bytes_of(tmp_path / "more") == bytes_of(made.folder)
    assert [path.name for path in tmp_path.iterdir()] == ["more"]


def test_more_draws_keep_those_that_are_there(made: Ensemble, small: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "grown"
    run_ensemble(scenario(), 24, workers=1, out=folder)
    before = bytes_of(folder)
    seen: list[Progress] = []
    run_ensemble(scenario(), 40, workers=1, out=folder, resume=True, progress=seen.append)
    assert seen[0].done == 16 and seen[-1].done == 40  # the chunk that was not full is made anew
    assert bytes_of(folder) == bytes_of(made.folder)
    assert before["windows-00000.parquet"] == bytes_of(folder)["windows-00000.parquet"]
    grown = Ensemble(folder).windows
    assert grown[grown["draw"] < 24].equals(Ensemble(made.folder).windows.query("draw < 24"))
    with pytest.raises(OutputError, match="holds 40 draws already, more than 24"):
        run_ensemble(scenario(), 24, workers=1, out=folder, resume=True)
    assert bytes_of(folder) == bytes_of(made.folder)


def unfinished(made: Ensemble, folder: Path) -> Path:
    """A folder as an interrupted ensemble leaves it: chunks 0 and 2 of the 40 draws."""
    kept = Path(f"{folder}.unfinished")
    kept.mkdir()
    for name in ("ensemble.json", "effective.yaml", *made.store.files()):
        if "-00001." not in name:
            (kept / name).write_bytes((made.folder / name).read_bytes())
    (kept / ".windows-00001.parquet.123.part").write_bytes(b"PAR1 and then the power went")
    return kept


def test_what_was_interrupted_is_gone_on_with(made: Ensemble, small: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "cut"
    kept = unfinished(made, folder)
    with pytest.raises(OutputError, match="is an unfinished ensemble; add --resume"):
        run_ensemble(scenario(), 40, workers=1, out=folder)
    seen: list[Progress] = []
    run_ensemble(scenario(), 40, workers=2, out=folder, resume=True, progress=seen.append)
    assert seen[0].done == 24 and seen[-1].new == 16
    assert bytes_of(folder) == bytes_of(made.folder) and not kept.exists()


def test_files_of_a_chunk_that_was_never_finished_count_in_nothing(
    made: Ensemble, small: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    folder = tmp_path / "cut"
    kept = unfinished(made, folder)
    (kept / "chunk-00002.json").unlink()  # as a process that is killed before it lists a chunk's files leaves them
    found = run_ensemble(scenario(), 16, workers=1, out=folder, resume=True)
    assert len(found.outcomes) == 16 and found.summary["results"]["models"]["draws"] == 16
    assert not list(folder.glob("*-00002.parquet"))
    (folder / "outcomes-00001.parquet").write_bytes((made.folder / "outcomes-00001.parquet").read_bytes())
    assert len(Ensemble(folder).outcomes) == 16


@pytest.mark.parametrize("damage", ["truncated", "changed", "lost", "unlisted"])
def test_a_damaged_chunk_is_found_and_made_anew(
    damage: str, made: Ensemble, small: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    folder = tmp_path / "cut"
    kept = unfinished(made, folder)
    file = kept / "models-00000.parquet"
    data = file.read_bytes()
    if damage == "truncated":
        file.write_bytes(data[: len(data) // 2])
    elif damage == "changed":
        file.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
    elif damage == "lost":
        file.unlink()
    else:
        (kept / "chunk-00000.json").write_text('{"draws": [0, 16], "fi')
    seen: list[Progress] = []
    run_ensemble(scenario(), 40, workers=1, out=folder, resume=True, progress=seen.append)
    assert seen[0].done == 8
    assert bytes_of(folder) == bytes_of(made.folder)


def test_a_changed_scenario_is_refused_and_told(made: Ensemble, small: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "cut"
    unfinished(made, folder)
    other = scenario(**{"training: 10%, experiments: 45%": "training: 15%, experiments: 40%"})
    with pytest.raises(OutputError, match=r"labs.Aurora.use.experiments: 45%, now 40%"):
        run_ensemble(other, 40, workers=1, out=folder, resume=True)
    scaled = sim.load("small.yaml", text=UNCERTAIN, sets=["labs.Aurora.use.training=20%"])
    with pytest.raises(OutputError, match=r"experiments: 45%, now 40%; labs.Aurora.use.research: 5%, now 4\.444%; "):
        run_ensemble(scaled, 40, workers=1, out=folder, resume=True)
    told = r"seed: 0, now 5; method: sobol, now latin; what is kept: examples, now all"
    with pytest.raises(OutputError, match=told):
        run_ensemble(scenario(), 40, seed=5, method="latin", keep="all", workers=1, out=folder, resume=True)
    with pytest.raises(OutputError, match="most events: 250000, now 9"):
        run_ensemble(scenario(), 50, most_events=9000, workers=1, out=made.folder, resume=True)
    assert sorted(os.listdir(tmp_path)) == ["cut.unfinished"]


# ------------------------------------------------------------------------------------------------------------ faults


def failing(patch: pytest.MonkeyPatch, which: set[int]) -> None:
    """Some draws raise in the simulation, in this process and those forked from it."""
    from sim.ensemble import part

    real = part.simulate_draw

    def simulate_draw(draw: Any, **options: Any) -> Any:
        if draw.draw in which:
            raise ZeroDivisionError(f"no {draw.draw}")
        return real(draw, **options)

    patch.setattr(part, "simulate_draw", simulate_draw)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failing_draw_is_told_and_takes_down_no_other(
    workers: int, made: Ensemble, small: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    small.setattr("sim.ensemble.counting.MOST_FAILING", 0.05)
    failing(small, {17, 18})
    found = run_ensemble(scenario(), 40, workers=workers, out=tmp_path / "f")
    assert found.failed == 2 and found.failures["draw"].tolist() == [17, 18]
    first = found.failures.iloc[0]
    assert (first["kind"], first["message"], first["ours"]) == ("ZeroDivisionError", "no 17", True)
    assert "simulate_draw" in first["traceback"]
    assert found.inputs["draw"].tolist() == list(range(40))  # those of failing draws too
    good = made.windows[~made.windows["draw"].isin([17, 18])].reset_index(drop=True)
    assert found.windows.equals(good) and len(found.outcomes) == 38
    assert bytes_of(tmp_path / "f")["windows-00000.parquet"] == bytes_of(made.folder)["windows-00000.parquet"]


def test_more_than_one_percent_failing_is_an_error(small: pytest.MonkeyPatch, tmp_path: Path) -> None:
    failing(small, {17})
    told = r"1 of the first 19 draws fail, more than 1% of 40; the first: draw 17: no 17\Z"
    for workers in (1, 3):
        folder = tmp_path / f"{workers}"
        with pytest.raises(TooManyFailures, match=told) as e:
            run_ensemble(scenario(), 40, workers=workers, out=folder)
        assert e.value.ours
        assert (Path(f"{folder}.unfinished") / "chunk-00000.json").exists() and not folder.exists()


def test_what_is_said_of_failing_draws_depends_on_no_order(small: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Parts come back in the opposite order: those of draws 17 and 30 are counted as if they had not."""
    failing(small, {17, 30})
    world = scenario()
    plan = plan_of(world, Sampler(world, 0), central_record(world, 0))

    def backwards(work: Any, tasks: Any) -> Any:
        for task in reversed(list(tasks)):
            yield task, work(task)

    store = Store(tmp_path)
    store.begin({}, {})
    with pytest.raises(TooManyFailures, match="1 of the first 19 draws fail, more than 1% of 40; the first: draw 17: "):
        run_draws(plan, store, 40, backwards)


def test_early_end_and_going_on_are_no_way_past_failing_draws(small: pytest.MonkeyPatch, tmp_path: Path) -> None:
    failing(small, {3})
    small.setattr("sim.ensemble.counting.MOST_FAILING", 0.05)
    small.setattr("sim.ensemble.until.LEAST", 16)
    options: Any = {"until": "own_window_median_days=1000 days", "out": tmp_path / "f", "workers": 1}
    for resume in (False, True):  # 1 of 16 is too many, though it is not of 400; the second time the chunk is there
        with pytest.raises(TooManyFailures, match=r"1 of the first 16 draws fail, more than 1% of 16; .* draw 3: no 3"):
            run_ensemble(scenario(), 400, resume=resume, **options)
    with pytest.raises(TooManyFailures, match=r"1 of the first 16 draws fail, more than 1% of 16; .* draw 3: no 3"):
        run_ensemble(scenario(), 16, out=tmp_path / "f", workers=1, resume=True)
    assert run_ensemble(scenario(), 32, out=tmp_path / "f", workers=1, resume=True).failed == 1


def test_draws_of_two_programs_are_not_mixed(
    made: Ensemble, small: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    package = tmp_path / "sim"
    (package / "__pycache__").mkdir(parents=True)
    (package / "world.py").write_text("DAY = 1\n", encoding="utf-8")
    (package / "catalog.yaml").write_text("a: 1\n", encoding="utf-8")
    seen = [digest(package)]
    (package / "__pycache__" / "world.pyc").write_bytes(b"1")
    assert digest(package) == seen[0]
    for name, text in (("world.py", "DAY = 2\n"), ("catalog.yaml", "a: 2\n"), ("table.txt", "")):
        (package / name).write_text(text, encoding="utf-8")
        seen.append(digest(package))
    assert len(set(seen)) == 4
    (package / "show").mkdir()
    (package / "show" / "fans.py").write_text("", encoding="utf-8")
    assert digest(package) not in seen and digest(package, ("world.py", "table.txt")) == digest(
        package, ("table.txt", "world.py")
    )
    without = digest(package, ("world.py",))
    (package / "show" / "fans.py").write_text("1\n", encoding="utf-8")
    assert digest(package, ("world.py",)) == without  # what decides no draw does not count
    assert made.spec["program"] == program()
    small.setattr("sim.ensemble.run.program", lambda: "9.9")
    for _ in range(2):  # what was refused once is refused again
        with pytest.raises(OutputError, match=r"code of this program: \S+\+sha256\.[0-9a-f]{16}, now 9\.9"):
            run_ensemble(scenario(), 50, workers=1, out=made.folder, resume=True)


def test_a_draw_that_cannot_go_on_says_on_which_date(small: pytest.MonkeyPatch) -> None:
    small.setattr("sim.ensemble.counting.MOST_FAILING", 1.0)
    world = sim.load("s.yaml", text=SMALL.replace("3x per year", "{discrete: {3x per year: 1, 1e17x per year: 1}}"))
    found = run_ensemble(world, 16, workers=1)
    assert 0 < found.failed < 16
    assert not found.failures["ours"].any() and (found.failures["kind"] == "SimulationError").all()
    assert found.failures["stopped"].notna().all()
    assert len(found.outcomes) == 16 - found.failed


def test_a_draw_that_contradicts_itself_is_the_scenarios_fault(
    small: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    text = SMALL + "pause: {starts: 2026-06-01, ends: {uniform: [2026-05-01, 2026-08-01]}, stops: [training]}\n"
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(TooManyFailures, match="it ends on 2026-05") as error:
        run_ensemble(tmp_path / "s.yaml", 16, workers=1)
    assert not error.value.ours
    small.setattr("sim.ensemble.counting.MOST_FAILING", 1.0)
    found = run_ensemble(tmp_path / "s.yaml", 16, workers=1)
    assert 3 <= found.failed <= 8  # a third of the draws
    first = found.failures.iloc[0]
    assert first["kind"] == "DrawError" and not first["ours"] and pd.isna(first["stopped"])
    assert main(["run", str(tmp_path / "s.yaml"), "--draw", str(first["draw"]), "--out", str(tmp_path / "o")]) == 2
    assert f"--draw {first['draw']}: pause.ends: it ends on 2026-05" in capsys.readouterr().err


def test_a_killed_worker_is_replaced(made: Ensemble, small: pytest.MonkeyPatch, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill(now: Progress) -> None:
        if now.new and not killed:
            victim = multiprocessing.active_children()[0]
            assert victim.pid is not None
            killed.append(victim.pid)
            victim.kill()

    run_ensemble(scenario(), 40, workers=2, out=tmp_path / "k", progress=kill)
    assert killed and bytes_of(tmp_path / "k") == bytes_of(made.folder)


def test_work_that_kills_every_worker_is_given_up_and_errors_are_told() -> None:
    def deadly(task: int) -> int:
        if task == 3:
            os._exit(9)
        return task

    with pytest.raises(WorkerLost, match="3 workers died over the same work, the last with status 9"):
        list(spread(deadly, range(5), 2))
    for workers in (1, 2):
        with pytest.raises(TaskFailed, match="ZeroDivisionError"):
            list(spread(lambda task: 1 // task, range(5), workers))
    assert sorted(spread(lambda task: 2 * task, range(9), 3)) == [(n, 2 * n) for n in range(9)]
    assert not multiprocessing.active_children()


def test_a_disk_that_fills_loses_the_chunk_in_flight_only(
    made: Ensemble, small: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    sizes = [sum(facts["bytes"] for facts in chunk["files"].values()) for chunk in made.store.chunks()]
    with disk(sizes[0] + sizes[1] // 2 + 6000), pytest.raises(OutputError, match="No space left on device") as error:
        run_ensemble(scenario(), 40, workers=1, out=tmp_path / "d")
    assert "16 of 40 draws are kept there" in str(error.value)
    kept = tmp_path / "d.unfinished"
    assert not [name for name in os.listdir(kept) if name.endswith(".part")]
    seen: list[Progress] = []
    run_ensemble(scenario(), 40, workers=1, out=tmp_path / "d", resume=True, progress=seen.append)
    assert seen[0].done == 16
    assert bytes_of(tmp_path / "d") == bytes_of(made.folder)


# ------------------------------------------------------------------------------------------- early end, what is asked


def test_it_ends_early_once_the_error_is_small_enough_on_any_number_of_workers(
    made: Ensemble, small: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    small.setattr("sim.ensemble.until.LEAST", 16)
    for workers in (1, 3):
        found = run_ensemble(scenario(), 4000, workers=workers, out=tmp_path / f"{workers}",
                             until="own_window_median_days=20 days")  # fmt: skip
        error = found.summary["results"]["own_window_median_days"]["median_error"]
        assert found.draws in (16, 32) and error <= 20.0 and len(found.outcomes) == found.draws
    assert bytes_of(tmp_path / "1") == bytes_of(tmp_path / "3")
    for wrong, told in (("own_window_median=2%", "did you mean 'own_window_median_days'"), ("models=", "an error such"),
                        ("level[near]=2%", "its error is a number of days"), ("models=3 days", "in models"),
                        ("models=-1", "an error such"), ("models=0", "an error such")):  # fmt: skip
        with pytest.raises(UntilError, match=told):
            run_ensemble(scenario(), 40, until=wrong)


def test_an_early_end_takes_no_draw_away_that_was_finished(
    made: Ensemble, small: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    """24 draws are there; 16 would do. They stay, and more are made only as far as their last chunk is filled."""
    small.setattr("sim.ensemble.until.LEAST", 16)
    folder, until = tmp_path / "f", {"workers": 1, "resume": True, "until": "own_window_median_days=1000 days"}
    run_ensemble(scenario(), 24, workers=1, out=folder)
    before = bytes_of(folder)
    found = run_ensemble(scenario(), 24, out=folder, **until)
    assert found.draws == 24 and found.summary["until"]["reached"]
    assert {name: bytes_of(folder)[name] for name in before if name.endswith(".parquet")} == {
        name: before[name] for name in before if name.endswith(".parquet")}  # fmt: skip
    assert run_ensemble(scenario(), 40, out=folder, **until).draws == 32


@pytest.mark.parametrize(("n", "told"), [(0, "above 0, got 0"), (-3, "above 0"), (1e12, "at most 10,000,000"),
                                         (2.5, "a whole number"), (float("nan"), "above 0")])  # fmt: skip
def test_numbers_of_draws_that_make_no_sense(n: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        run_ensemble(scenario(), n)


def test_other_arguments_that_make_no_sense(tmp_path: Path) -> None:
    for options in ({"workers": 0}, {"keep": "some"}, {"method": "dice"}):
        with pytest.raises(ValueError, match="expected|one of"):
            run_ensemble(scenario(), 3, **options)  # type: ignore[arg-type]
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputError, match="holds files, but no run of this program"):
        run_ensemble(scenario(), 3, out=tmp_path)
    with pytest.raises(OutputError, match="holds no finished ensemble"):
        Ensemble(tmp_path)


def test_without_a_folder_it_is_kept_as_long_as_somebody_has_it(small: pytest.MonkeyPatch) -> None:
    found = run_ensemble(scenario(), 3, workers=1)
    folder = found.folder
    assert len(found.outcomes) == 3 and folder.exists()
    assert found.scenario.hash == scenario().hash
    del found
    import gc

    gc.collect()
    assert not folder.exists()


# ------------------------------------------------------------------------------------------------------------ workers

FRESH = """
import pickle, sys
with open(sys.argv[1], "rb") as file:
    plan = pickle.load(file)
from sim.ensemble.part import simulate_part
part = simulate_part(plan, (0, 3))
assert not part.failed and len(part.main) == 3
heavy = ("pandas", "scipy", "matplotlib", "yaml", "pint", "pyarrow", "dask", "distributed")
print(*[name for name in heavy if name in sys.modules])
print(*{name.split(".")[1] for name in sys.modules if name.startswith("sim.")})
"""


def test_a_worker_imports_no_pandas_scipy_plotting_or_yaml(tmp_path: Path) -> None:
    world = scenario()
    plan = plan_of(world, Sampler(world), central_record(world, 0))
    (tmp_path / "plan").write_bytes(pickle.dumps(plan))
    done = subprocess.run([sys.executable, "-c", FRESH, str(tmp_path / "plan")], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)  # fmt: skip
    heavy, own = done.stdout.splitlines()
    assert (heavy, done.stderr) == ("", "")
    known = {Path(part).stem for part in DRAWS} | {"compiled"}  # what is not among them decides no draw, and may change
    assert {"base", "tables", "ensemble"} < set(own.split()) <= known


def test_the_store_lists_only_what_is_there(made: Ensemble) -> None:
    assert [chunk["draws"] for chunk in made.store.chunks()] == [[0, 16], [16, 32], [32, 40]]
    assert Store(made.folder / "nothing").chunks() == []
    assert set(json.loads((made.folder / "run.json").read_text())["files"]) == set(os.listdir(made.folder))
