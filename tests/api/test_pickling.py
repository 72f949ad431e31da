"""Scenario, Draw, RunRecord and Result survive a pickle, also into another process."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.tables import TABLES
from tests.cli.command import ROOT, SCENARIOS

NAMES = ["frontier.yaml", "one-lab.yaml", "windows-backtest.yaml"]

OTHER = """\
import pickle, sys
scenario, draw, record, result = (pickle.loads(open(f"{name}.pickle", "rb").read())
                                  for name in ("scenario", "draw", "record", "result"))
import sim
from sim.world import simulate
folders = ("from-result", "from-scenario", "from-draw", "from-record")
results = (result, sim.simulate(scenario), sim.simulate(draw), sim.Result(record, scenario))
for folder, made in zip(folders, results):
    made.to_csv(folder)
print(repr(scenario), repr(result), scenario.hash, result.unused)
"""


@pytest.mark.parametrize("name", NAMES)
def test_another_process_reads_them_and_makes_the_same_tables(name: str, tmp_path: Path) -> None:
    scenario = sim.load(SCENARIOS / name)
    result = sim.simulate(scenario)
    result.to_csv(tmp_path / "here")
    result.plot("windows")  # a result that was used is pickled like a new one
    for what, value in {
        "scenario": scenario,
        "draw": scenario.draw(),
        "record": result.record,
        "result": result,
    }.items():
        (tmp_path / f"{what}.pickle").write_bytes(pickle.dumps(value))
    done = subprocess.run([sys.executable, "-c", OTHER], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == f"{scenario!r} {result!r} {scenario.hash} {result.unused}".split()
    here = {path.name: path.read_bytes() for path in (tmp_path / "here").iterdir()}
    assert len(here) >= 7
    for folder in ("from-result", "from-scenario", "from-record", "from-draw"):
        there = {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
        if folder == "from-draw":  # a draw has no scenario, and so no backtest
            here = {key: value for key, value in here.items() if key not in ("backtest.csv", "units.csv")}
            there.pop("units.csv")
        assert there == here, folder


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_every_protocol_that_knows_slots(protocol: int) -> None:
    result = sim.simulate(sim.load(SCENARIOS / "one-lab.yaml"))
    twin = pickle.loads(pickle.dumps(result, protocol))
    for name in TABLES:
        pd.testing.assert_frame_equal(twin.frame(name), result.frame(name))
        assert twin.frame(name).attrs == result.frame(name).attrs
    assert twin.summary == result.summary


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_a_tracked_draw_goes_on_taking_note(duplicate: object) -> None:
    scenario = sim.load(SCENARIOS / "one-lab.yaml")
    draw = scenario.draw(track=True)
    assert draw.labs["Aurora"].policy == "shares"
    before = scenario.read(draw)
    assert before
    twin = duplicate(draw)  # type: ignore[operator]
    assert scenario.read(draw) == before, "pickling is no reading"
    assert scenario.read(twin) == before
    assert twin.stronger_by == 2.0
    assert scenario.read(twin) - before == {"stronger_by"}
    assert scenario.read(draw) == before


def test_an_error_survives_too() -> None:
    with pytest.raises(sim.ScenarioError) as caught:
        sim.load("f.yaml", text="start: 2026-01-01\nlabs: 5\n")
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    assert again.problems == caught.value.problems
