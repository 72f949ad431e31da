"""Runs that cannot go on to their end: a dated, plain message, and what was simulated until then, marked."""

from __future__ import annotations

import csv
import json
import math
import pickle
from pathlib import Path
from typing import Any

import pytest

import sim
from sim import cli
from sim.base.limits import MOST_ACCELERATORS, MOST_EFFICIENCY
from sim.world import simulate as simulate_draw
from sim.world.policy import Decision
from sim.world.simulate import SimulationError
from tests.cli.command import SMALL
from tests.faults.runs import whole

COMPUTE = "{stock: 1e5 H100e, grows: 3x per year, every: 3 months}"
RUNS = "{every: 9 months, length: 90 days, public_after: 1 month}"
LONG = SMALL.replace("end: 2028-01-01", "end: 2036-01-01")


def with_runs(runs: str) -> str:
    return SMALL.replace(RUNS, runs)


def with_compute(compute: str) -> str:
    return LONG.replace(COMPUTE, compute)


def flat(text: str) -> str:
    return text.replace("grows: 3x per year, every: 3 months", "grows: 1x per year, every: 3 months")


# Absurd numbers that a file states are refused when it is read (tests/bad_scenarios); these add up as time goes on.
ABSURD = {
    "growth of a stock": with_compute("{stock: 1e5 H100e, grows: 1000x per year, every: 3 months}"),
    "growing deliveries": with_compute("{deliver: 1e5 H100e, deliveries_grow: 1e4x per year, every: 3 months}"),
    "1e40 accelerators": with_compute("{stock: 1e40 H100e, grows: 3x per year, every: 3 months}"),
    "training efficiency": flat(LONG) + "software: {training: 1e8x per year}\n",
    "inference efficiency": flat(LONG) + "software: {training: 2x per year, inference: 1e9x per year}\n",
    "FLOP of a cadence": with_runs("{every: 1 month, flop: 1e59, flop_grows: 1e4x, length: 9 days}"),
    "parameters": with_runs("{every: 9 months, params: 1e55, length: 90 days}"),
}


def stopped(text: str, **options: Any) -> SimulationError:
    with pytest.raises(SimulationError, match=r"^stopped on \d{4}-\d\d-\d\d.*: ") as error:
        sim.simulate(sim.load("my.yaml", text=text), **options)
    return error.value


@pytest.mark.parametrize("name", ABSURD)
def test_numbers_that_explode_end_in_a_dated_message_with_results_until_then(name: str) -> None:
    error = stopped(ABSURD[name])
    assert not error.ours
    assert "this program computes with at most" in str(error)
    result = error.result
    assert result.stopped["date"] in str(error)
    for table in result.tables():
        cells = [cell for row in table.rows for cell in row if isinstance(cell, float)]
        assert all(map(math.isfinite, cells)), table.name
    json.dumps(result.summary, allow_nan=False)
    assert result.summary["stopped"] == result.stopped
    assert str(error) in result.summary["warnings"][0]


def test_growth_stops_on_the_day_on_which_arithmetic_says_so() -> None:
    years = 365.25
    error = stopped(ABSURD["training efficiency"])
    # 8 orders of magnitude a year from 1 at the start
    assert MOST_EFFICIENCY == 1e60
    assert error.day == pytest.approx(7.5 * years, abs=1e-6)
    # 1e5 × 1000^t passes 1e30 after 25/3 years: the first delivery after it, quarters from the start
    assert MOST_ACCELERATORS == 1e30
    error = stopped(ABSURD["growth of a stock"])
    assert error.result.stopped["date"] == "2034-07-01"
    sizes = [row[6] for row in error.result.table("events").rows if row[4] == "delivery" and row[2] < error.day]
    assert sum(sizes) <= 1e30 < 1000.0**0.25 * sum(sizes)


def test_what_was_simulated_until_then_is_what_a_run_to_that_date_gives() -> None:
    error = stopped(ABSURD["growth of a stock"])
    until = error.result.stopped["date"]
    short = sim.simulate(sim.load("my.yaml", text=ABSURD["growth of a stock"].replace("2036-01-01", until)))
    for name in ("models", "windows", "closings", "trajectory"):
        assert error.result.table(name).to_csv() == short.table(name).to_csv(), name
    kinds = ("run_unfinished", "run_never_started")  # told at an end that was reached
    expected = [row for row in short.table("events").rows if row[4] not in kinds]
    assert [row for row in error.result.table("events").rows if row[2] < error.day] == expected


def test_too_many_events_stop_a_run_that_would_take_for_ever() -> None:
    # ten years of a run an hour: two million events, of which the first few thousand are simulated
    text = with_runs("{every: 1 hour, length: 30 minutes, public_after: 1 day}").replace("2028-01-01", "2036-01-01")
    text = flat(text) + "software: {training: 1x per year, inference: 1x per year}\n"
    error = stopped(text, most_events=3000)
    assert "more than 3,000 events" in str(error)
    assert "--max-events" in str(error)
    assert "Aurora/" in str(error)
    assert 3000 < len(error.record.events) < 3200
    assert error.day < 60.0
    assert len(error.result.windows) > 100
    # ten years of a delivery an hour: what is planned at the start is bounded too
    error = stopped(text.replace("1x per year, every: 3 months", "1.0001x per year, every: 1 hour"), most_events=3000)
    assert 3000 < len(error.record.events) < 3200


def test_centuries_are_no_problem_by_themselves() -> None:
    text = flat(SMALL).replace("2028-01-01", "2526-01-01") + "software: {training: 1.1x per year}\n"
    result = sim.simulate(sim.load("my.yaml", text=text))
    assert result.stopped is None
    assert len(result.record.models) > 600


def test_a_policy_that_contradicts_itself_is_named_with_what_it_repeats() -> None:
    def policy(view: Any) -> Decision:
        return Decision([], [], {"experiments": dict(view.total)}, view.day if view.day >= 10.0 else 10.0)

    draw = sim.load("my.yaml", text=SMALL).draw()
    with pytest.raises(SimulationError, match="stopped on 2026-01-11: more than 100 rounds") as error:
        simulate_draw(draw, {"Aurora": policy})
    assert "Aurora/review/Aurora" in str(error.value)
    assert not error.value.ours


def test_a_loop_that_nobody_s_policy_made_is_our_fault() -> None:
    from sim.world import deliveries
    from sim.world.agenda import Order

    def again(what: Any) -> None:
        lab = what[0]
        lab.world.event(lab.name, "delivery", "H100", 1.0, "accelerators", None, ())
        lab.world.agenda.at(lab.world.agenda.day, Order.DELIVERY, lab.name, again, what)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deliveries, "_deliver", again)
        error = stopped(SMALL)
    assert error.ours
    assert "Aurora/delivery/H100)" in str(error)


def run(folder: Path, text: str, *options: str) -> int:
    (folder / "my.yaml").write_text(text, encoding="utf-8")
    return cli.main(["run", str(folder / "my.yaml"), "--out", str(folder / "out"), *options])


def test_the_folder_of_a_stopped_run_is_marked_everywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, SMALL, "--no-pictures") == 0
    assert json.loads((tmp_path / "out" / "run.json").read_text())["complete"] is True
    assert "complete" not in json.loads((tmp_path / "out" / "summary.json").read_text())
    capsys.readouterr()
    assert run(tmp_path, ABSURD["growth of a stock"], "--no-pictures") == 2
    told = capsys.readouterr()
    assert "stopped on 2034-07-01: Aurora: accelerators of type H100e would be" in told.err
    assert "marked as incomplete; it took the place of a complete run" in told.err
    assert "INCOMPLETE: this run stopped on 2034-07-01" in told.out
    whole(tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "run.json").read_text())
    assert manifest["complete"] is False
    assert manifest["stopped"]["date"] == "2034-07-01"
    assert "1e+30" in manifest["stopped"]["reason"]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["complete"] is False
    assert summary["stopped"] == manifest["stopped"]
    with (tmp_path / "out" / "models.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) > 8
    assert run(tmp_path, SMALL, "--no-pictures") == 0
    assert json.loads((tmp_path / "out" / "run.json").read_text())["complete"] is True


def test_a_run_that_stops_on_its_first_day_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, SMALL, "--no-pictures") == 0
    before = whole(tmp_path / "out")
    capsys.readouterr()
    assert run(tmp_path, ABSURD["1e40 accelerators"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("sim: stopped on 2026-01-01: Aurora: accelerators of type H100e on hand would be 1e+40;")
    assert whole(tmp_path / "out") == before


def test_the_footer_of_each_picture_says_that_the_run_stopped() -> None:
    result = stopped(ABSURD["growth of a stock"]).result
    for name, figure in result.plot().items():
        foot = " ".join(text.get_text() for text in figure.texts if text.get_gid() == "footer")
        assert "INCOMPLETE: the run stopped on 2034-07-01: Aurora: accelerators" in foot, name


def test_a_stopped_run_can_be_explained_from_its_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = SMALL.replace("end: 2028", "end: 2036")
    assert run(tmp_path, text, "--no-pictures", "--max-events", "70") == 2
    assert "more than 70 events" in capsys.readouterr().err
    assert cli.main(["explain", str(tmp_path / "out"), "Aurora-3"]) == 0
    told = capsys.readouterr()
    assert "more than 70 events" in told.err
    assert "made by another version" not in told.err
    assert "Aurora-3" in told.out


def test_a_stopped_result_and_its_error_can_be_pickled() -> None:
    error = stopped(ABSURD["growth of a stock"])
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert (again.day, again.ours) == (error.day, error.ours)
    assert again.result.stopped == error.result.stopped
    assert again.result.table("windows").to_csv() == error.result.table("windows").to_csv()
    assert "stopped on 2034-07-01" in repr(again.result)


def test_inputs_are_noted_in_the_run_itself_and_are_those_of_a_second_run() -> None:
    scenario = sim.load("my.yaml", text=SMALL)
    once, twice = sim.simulate(scenario, track=True), sim.simulate(scenario)
    assert once.read == twice.read
    assert once.summary == twice.summary
    assert [table.to_csv() for table in once.tables()] == [table.to_csv() for table in twice.tables()]
    before = set(once.read)
    once.plot("copies")
    assert once.record.draw.note == ""
    assert once.read == before


@pytest.mark.parametrize("wanted", ["0", "-5", "inf", "nan", "1.5", "many", "1e99"])
def test_a_limit_that_is_no_number_of_events_is_refused(wanted: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", "my.yaml", f"--max-events={wanted}"])
    assert ended.value.code == 2
    assert f"--max-events: expected a whole number above 0, such as 1e6, got '{wanted}'" in capsys.readouterr().err
