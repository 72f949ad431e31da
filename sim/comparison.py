"""A base world and changed ones, simulated and set side by side: tables, pictures, files."""

from __future__ import annotations

import html
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.compare import TABLES, compare_table, counts, warnings_of
from sim.analysis.compare_columns import SCENARIO
from sim.analysis.explain_change import derivation
from sim.analysis.pair import Pair, World, pairs_of
from sim.analysis.returned import RETURNED, returned_rows
from sim.analysis.worlds import Change, Changed, named, worlds
from sim.base.calendar import date_text
from sim.base.limits import MOST_EVENTS
from sim.compared_too_fast import too_fast_in
from sim.result import Result, simulate
from sim.scenario import Scenario, load
from sim.scenario.problem import nearest
from sim.tables import Table
from sim.tables.chance import chances
from sim.world.simulate import SimulationError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def compare(
    base: Scenario | str | os.PathLike[str],
    scenarios: Mapping[str, Changed] | Change | Sequence[Change],
    *,
    sets: Sequence[str] = (),
    policies: Mapping[str, str] | None = None,
    seed: int | None = None,
    most_events: int = MOST_EVENTS,
) -> Comparison:
    """Simulate a base and changed worlds with the same seed and named random numbers, and set them side by side.

    base: a scenario, or its file. scenarios: a name for each changed world -> what it is: an overlay's file, laid on
    the base (also when its own `over:` names another file), a setting such as `labs.Aurora.use.training=20%`, a list of
    these, or a whole scenario or its file. Without names: one file, setting or scenario, or a list of them, each a
    world of its own (`a.yaml + b.yaml` is one world), named by its files and settings as `sim compare` does. sets:
    settings of all worlds; one of an intervention concerns the worlds that have it. policies: lab -> its policy in all
    worlds, as in `load`. seed: of all worlds, in place of the base's. most_events: as in `simulate`.
    A world that could not go on to its end is compared until then, with a warning.
    Raises `ScenarioError` for what cannot be read or is no change, ValueError without any changed world, and
    `sim.world.simulate.SimulationError` for a world that stops on its first day.
    """
    if not scenarios:
        raise ValueError("a comparison needs at least one changed world: compare(base, {'name': 'overlay.yaml'})")
    whole = base if isinstance(base, Scenario) else load(base)
    first, others = worlds(whole, named(scenarios), sets, policies)
    one = _run(first, seed, most_events)
    seed = one.record.draw.seed
    return Comparison(one, {name: _run(scenario, seed, most_events) for name, scenario in others.items()})


def _run(scenario: Scenario, seed: int | None, most_events: int) -> Result:
    try:
        return simulate(scenario, seed=seed, most_events=most_events)
    except SimulationError as error:
        if error.day <= 0.0:
            raise
        found: Result = error.result
        return found


class Comparison:
    """A base and changed worlds. Tables are pandas DataFrames (units in `.attrs["units"]`), made when first asked for.

    base: the result of the base. results: name -> the result of each changed world.
    Time bought at a level is the difference of its first crossing by any lab; where only one of the two worlds gets
    there before the end it is a bound, where neither does it is unknown.
    """

    def __init__(self, base: Result, results: Mapping[str, Result]) -> None:
        self.base = base
        self.results = dict(results)
        self._tables: dict[str, Table] = {}
        self._frames: dict[str, pd.DataFrame] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {"base": self.base, "results": self.results}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    @cached_property
    def pairs(self) -> list[Pair]:
        """The base with each changed world, on one clock."""
        return pairs_of(self.base.rates, {name: result.rates for name, result in self.results.items()})

    def table(self, name: str) -> Table:
        """A table as plain rows, with the unit and meaning of each column.

        name: levels, work, alignment, break_even, windows, leads, cost, ladder, rebound, over_time, or returned (which
        simulates more worlds). Raises KeyError for another.
        """
        if name not in self._tables:
            self._tables[name] = self._returned() if name == "returned" else compare_table(self.pairs, name)
        return self._tables[name]

    def _returned(self) -> Table:
        rows: list[tuple[Any, ...]] = []
        record = self.base.record
        for pair in self.pairs:
            result = self.results[pair.name]
            if result.scenario is None or not pair.world.intervened(pair.end):
                continue

            def run(scenario: Scenario, most: int = result.most_events) -> World:
                return World("", _run(scenario, record.draw.seed, most).rates, record)

            rows += returned_rows(pair, result.scenario, run)
        return Table("returned", [SCENARIO, *RETURNED], rows)

    @property
    def made(self) -> frozenset[str]:
        """Names of the tables that were made so far."""
        return frozenset(self._tables)

    def tables(self) -> list[Table]:
        """Every table: those of `TABLES` (levels, work, alignment, ...); also returned, once
        it was asked for.
        """
        more = ["returned"] if "returned" in self._tables else []
        return [self.table(name) for name in [*TABLES, *more]]

    def frame(self, name: str) -> pd.DataFrame:
        """A table as a DataFrame; see `table`. Raises KeyError for another name."""
        if name not in self._frames:
            from sim.frames import frame

            self._frames[name] = frame(self.table(name))
        return self._frames[name]

    @property
    def levels(self) -> pd.DataFrame:
        """A row for each changed world and level: dates, time bought and dwell bought (days), and how well known."""
        return self.frame("levels")

    @property
    def work(self) -> pd.DataFrame:
        """AI work by domain until each level and in the dwell after it (human-years), by all models and by those that
        have reached each level: each world's own, and bought.
        """
        return self.frame("work")

    @property
    def alignment(self) -> pd.DataFrame:
        """Alignment work until each level and in the dwell after it (researcher-years and serial days), by humans and
        by trusted models: each world's own, and bought. Empty unless both worlds count it.
        """
        return self.frame("alignment")

    @property
    def break_even(self) -> pd.DataFrame:
        """What alignment work is enough for (researcher-years, of which at most so many serial days): until each level,
        in the dwell after it, and whether that is enough for the job that the scenario states. Empty unless both
        worlds count it.
        """
        return self.frame("break_even")

    @property
    def windows(self) -> pd.DataFrame:
        """A row for each model: its window in both worlds (days), copies and tokens/s at opening, if it changed."""
        return self.frame("windows")

    @property
    def leads(self) -> pd.DataFrame:
        """A row for each level: which lab is first in both worlds, and its lead (days)."""
        return self.frame("leads")

    @property
    def cost(self) -> pd.DataFrame:
        """What is given up (a negative change) until the end: accelerator-days by use, FLOP, tokens, AI work in
        human-years by domain and by the level that its models have reached.
        """
        return self.frame("cost")

    @property
    def ladder(self) -> pd.DataFrame:
        """Time bought (days) at every strength (effective FLOP) that was the frontier in either world."""
        return self.frame("ladder")

    @property
    def rebound(self) -> pd.DataFrame:
        """Time bought beside the intervention's length (days), and what made the model that crossed a level strong."""
        return self.frame("rebound")

    @property
    def returned(self) -> pd.DataFrame:
        """What came back after an intervention (days): of its length, what was not bought, because chips went on
        arriving, because software went on, because a suspended run did, and the rest. Simulates three more worlds for
        each that has one.
        """
        return self.frame("returned")

    @property
    def over_time(self) -> pd.DataFrame:
        """Both worlds interval by interval: AI work, alignment work, strongest model, software, compute, with units."""
        return self.frame("over_time")

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The comparison in short: by world, time and dwell bought (days), bounds counted, changes until the end."""
        draw = self.base.record.draw
        return {
            "base": draw.name,
            "question": draw.question,
            "seed": draw.seed,
            "chance": chances(self.base.record),
            "scenarios": {pair.name: self._summary(pair) for pair in self.pairs},
            "warnings": too_fast_in({"base": self.base.rates, **{pair.name: pair.world.rates for pair in self.pairs}}),
        }

    def _summary(self, pair: Pair) -> dict[str, Any]:
        levels: dict[str, Any] = {}
        for row in self._rows("levels", pair.name):
            levels[row["level"]] = {
                "base": row["date_base"],
                "date": row["date"],
                "time_bought_days": row["time_bought_days"],
                "bound": row["bound"],
                "dwell_bought_days": row["dwell_bought_days"],
                "dwell_bound": row["dwell_bound"],
                "first_lab_base": row["first_lab_base"],
                "first_lab": row["first_lab"],
            }
        whole = [row for row in self._rows("cost", pair.name) if row["lab"] is None]
        windows = self._rows("windows", pair.name)
        return {
            "name": pair.world.record.draw.name,
            "compared_until": date_text(pair.end, pair.base.record.draw.start),
            "levels": levels,
            "time_bought_known": counts(pair),
            "windows": len(windows),
            "windows_changed": sum(row["changed"] for row in windows),
            "until_the_end": {
                f"{row['what']}{' ' + row['of'] if row['of'] else ''}": {
                    key: row[key] for key in ("base", "value", "change", "unit")
                }
                for row in whole
            },
            "chance": chances(pair.world.record),
            "warnings": warnings_of(pair),
        }

    def _rows(self, table: str, scenario: str) -> list[dict[str, Any]]:
        found = self.table(table)
        names = [column.name for column in found.columns]
        rows = (dict(zip(names, row, strict=True)) for row in found.rows)
        return [row for row in rows if row["scenario"] == scenario]

    def explain(self, name: str) -> list[str]:
        """How the days that a changed world bought come about: for each intervention what it stopped when, what
        happened meanwhile, and for each level what came back (in days by cause, once `returned` was asked for).

        name: of the changed world; no lines for one without interventions. Raises KeyError for another name.
        """
        pair = next((pair for pair in self.pairs if pair.name == name), None)
        if pair is None:
            near = nearest(name, self.results)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(self.results)}"
            raise KeyError(f"no changed world is called {name} ({hint})")
        returned = self.table("returned") if "returned" in self.made else None
        return derivation(pair, self.table("levels"), self.table("rebound"), returned)

    def plot(self, name: str | None = None) -> Figure | dict[str, Figure]:
        """A picture by name, or all of them in a dict: `time_bought`, `dwell`, `table`, and `over_time` for each
        changed world (`over_time NAME` where there are several).

        Raises ValueError, with the names that there are, for another name.
        """
        from sim.show.comparison import figure, pictures

        return figure(self, name) if name is not None else {each: figure(self, each) for each in pictures(self)}

    def save(self, folder: str | Path, *, pictures: bool = True, svg: bool = False, command: str = "") -> Path:
        """Write tables, summary, pictures, and each world's effective scenario to `folder`, whole or not at all.

        pictures: as PNG; svg: also as SVG. command: what `run.json` says was typed. Returns the folder.
        Raises `sim.output.OutputError` if it cannot be written, or holds files that no run wrote.
        """
        from sim.comparison_files import save

        return save(self, Path(folder), pictures=pictures, svg=svg, command=command)

    def __repr__(self) -> str:
        names = ", ".join(self.results)
        return f"<Comparison of {self.base.record.draw.name or 'unnamed'} with {names}>"

    def _repr_html_(self) -> str:
        from sim.show.post import html_table

        return f"<b>{html.escape(repr(self))}</b>{html_table(self)}"
