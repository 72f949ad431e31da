"""A scenario over a grid of inputs, simulated: table, picture, files; and the smallest value reaching a target."""

from __future__ import annotations

import html
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.axis import axis
from sim.analysis.chunks import Told, run
from sim.analysis.solve import Solution, parse_target
from sim.analysis.solve import solve as solve_plan
from sim.analysis.sweep import Plan, Row, plan, table
from sim.base.limits import MOST_EVENTS
from sim.scenario import Scenario, load
from sim.tables import Table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Values = str | Iterable[object]
"""`5%,10%,20%`, `0:24:3 months`, or a list of values."""


def sweep(
    scenario: Scenario | str | os.PathLike[str],
    over: Mapping[str, Values],
    *,
    seed: int | None = None,
    workers: int = 1,
    most_events: int = MOST_EVENTS,
    folder: str | os.PathLike[str] | None = None,
    told: Told | None = None,
) -> Sweep:
    """Simulate a scenario's central case in every combination of some inputs' values.

    scenario: loaded, or its file. over: path of an input (as in `sets` of `load`) -> its values: a list, or a text such
    as `5%,10%,20%`, `0:24:3 months` (from:to:step, both ends included), `1e25:1e27:x10 FLOP` (by factors) or
    `2027-01-01:2029-01-01:6 months`. seed: in place of the scenario's. workers: processes; they change no number.
    most_events: as in `simulate`. folder: keeps what is done, so that the same call goes on after an interruption.
    told: called with cells done, all cells, and seconds.
    Time bought is counted from the same scenario without its interventions (`pause`, `interventions`); from the
    scenario as it is stated if it has none.
    Raises `ScenarioError` for values that cannot be set, `sim.analysis.axis.AxisError` (a ValueError) for a range that
    never ends or too many cells, `sim.analysis.chunks.OtherSweep` if the folder holds another sweep, `sim.aside.Busy`
    (an OSError) if another process is at work there, and
    `sim.world.simulate.SimulationError` if the base cannot be simulated.
    """
    whole = scenario if isinstance(scenario, Scenario) else load(scenario)
    made = plan(whole, [axis(path, values) for path, values in over.items()], seed=seed, most_events=most_events)
    if folder is not None:
        return Sweep(made, run(made, Path(folder), workers, told))
    with tempfile.TemporaryDirectory(prefix="sim-sweep-") as kept:
        return Sweep(made, run(made, Path(kept), workers, told))


class Sweep:
    """A scenario over a grid of inputs. `cells` is a DataFrame with a row for each combination.

    plan: what was asked. rows: of each cell, as in `table`.
    """

    def __init__(self, plan: Plan, rows: list[Row]) -> None:
        self.plan = plan
        self.rows = rows
        self.solution: Solution | None = None

    @property
    def table(self) -> Table:
        """The table as plain rows, with the unit and meaning of each column."""
        return table(self.plan, self.rows)

    @property
    def cells(self) -> pd.DataFrame:
        """A row for each cell: the inputs as they were set, and what came out (units in `.attrs["units"]`)."""
        from sim.frames import frame

        return frame(self.table)

    def solve(self, target: str) -> Solution:
        """The smallest value of the one swept input that reaches a target such as `time_bought[LEVEL]=6 months`.

        Values between the swept ones are tried too. Raises `sim.analysis.solve.TargetError`, a ValueError, for a target
        that is no column's, or a sweep of several inputs.
        """
        self.solution = solve_plan(self.plan, self.rows, parse_target(self.plan, target))
        return self.solution

    @property
    def problems(self) -> list[str]:
        """Why cells could not be simulated (to their end): the settings of each, and the reason."""
        return [f"{', '.join(self.plan.sets(cell))}: {row[-1]}"
                for cell, row in zip(self.plan.cells, self.rows, strict=True) if row[-1]]  # fmt: skip

    def plot(self, output: str | None = None) -> Figure:
        """A line for one input, a heat map for two: of a column (time bought if there are levels, else windows).

        Raises ValueError, with the columns that there are, for another output.
        """
        from sim.show.sweep import figure

        return figure(self, output)

    def save(
        self,
        folder: str | Path,
        *,
        pictures: bool = True,
        svg: bool = False,
        output: str | None = None,
        command: str = "",
    ) -> Path:
        """Write sweep.csv, its units, summary, picture, and the scenario to `folder`, whole or not at all.

        pictures: as PNG; svg: also as SVG. output: what the picture shows. command: what `run.json` says was typed.
        Returns the folder. Raises `sim.output.OutputError` if it cannot be written, or holds files that no run wrote.
        """
        from sim.output import json_text, write_manifest, write_text, write_whole
        from sim.scenario.files import EFFECTIVE
        from sim.tables.table import units_csv

        def write(aside: Path) -> None:
            found = self.table
            write_text(aside / "sweep.csv", found.to_csv())
            write_text(aside / "units.csv", units_csv([found]))
            write_text(aside / "summary.json", json_text(self.summary))
            write_text(aside / EFFECTIVE, self.plan.scenario.effective_yaml())
            if pictures:
                from sim.show.pictures import save
                from sim.show.sweep import figure

                drawn = figure(self, output)
                for kind in ("png", "svg") if svg else ("png",):
                    save(drawn, aside / f"sweep.{kind}")
            write_manifest(aside, {
                "name": self.plan.scenario.name, "command": command, "complete": not self.problems,
                "seed": self.plan.seed, "scenario_hash": self.plan.scenario.hash, "max_events": self.plan.most_events,
            })  # fmt: skip

        return write_whole(Path(folder), write)

    @property
    def summary(self) -> dict[str, Any]:
        """What was asked, how many cells, the solution if a target was given, and what could not be simulated."""
        answer = self.solution
        return {
            "name": self.plan.scenario.name,
            "question": self.plan.scenario.question,
            "over": {axis.path: list(axis.values) for axis in self.plan.axes},
            "cells": len(self.rows),
            "seed": self.plan.seed,
            **({} if answer is None else {"solution": {
                "target": answer.target.text, "path": answer.path, "value": answer.value, "reached": answer.reached,
                "unit": answer.target.unit, "below": answer.below, "reached_below": answer.reached_below,
                "jump": answer.jump, "falls_below_at": answer.falls_below_at, "best": answer.best,
                "best_at": answer.best_at, "tried": [list(each) for each in answer.tried], "in_words": str(answer),
            }}),
            "problems": self.problems,
        }  # fmt: skip

    def __repr__(self) -> str:
        over = " x ".join(f"{axis.path} ({len(axis.values)})" for axis in self.plan.axes)
        return f"<Sweep of {self.plan.scenario.name} over {over}: {len(self.rows):,} cells>"

    def _repr_html_(self) -> str:
        return f"<b>{html.escape(repr(self))}</b>{self.cells.to_html(index=False, max_rows=20)}"
