"""One simulated scenario: its record, and tables and pictures made when first asked for."""

from __future__ import annotations

import html
import os
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.base.calendar import date_text
from sim.base.limits import MOST_EVENTS
from sim.model.draw import Draw
from sim.report_blocs import paths_of_blocs
from sim.result_tables import RunTables
from sim.result_warnings import observed_uplift, too_fast, unseen_uplift
from sim.scenario import Scenario
from sim.scenario.policy_code import simulate_draw
from sim.scenario.track import unwatch, watch_of
from sim.tables import TABLES, Table, tables_of
from sim.tables.chance import chances
from sim.tables.claim import ai_work
from sim.tables.leaks import leaks
from sim.tables.rates import Rates
from sim.tables.summary import summary
from sim.world import RunRecord
from sim.world.simulate import SimulationError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.analysis.effects import Effect
    from sim.analysis.explain import Explanation
    from sim.analysis.explain_alignment import AlignmentExplanation
    from sim.analysis.explain_intervention import InterventionExplanation
    from sim.show.facts import PictureFacts


def simulate(
    scenario: Scenario | Draw, *, seed: int | None = None, track: bool = False, most_events: int = MOST_EVENTS
) -> Result:
    """Simulate a scenario's central case (the medians of its uncertain inputs), or a draw of it.

    seed: replaces the scenario's (not a draw's, which has its own). Tables are made when first asked for.
    A draw knows no sources: what rests on them (`inputs`, `unused`, `guesses`) needs the scenario.
    A policy in a Python file of the user's own, if a lab names one, is run: see docs/policies.md.
    most_events: rows of `events` after which the run stops.
    track: take note at once of which inputs are read, which slows the run; else a second run does so when asked for.
    Raises `sim.world.simulate.SimulationError` if the run could not go on: its `result` is a Result of what was
    simulated until then (tables, pictures and `save` work, and are marked).
    """
    if isinstance(scenario, Draw):
        return simulated(scenario, None, most_events)
    return simulated(scenario.draw(seed=seed, track=track), scenario, most_events)


def simulated(draw: Draw, scenario: Scenario | None, most_events: int) -> Result:
    """A draw, simulated as in `simulate`, with the scenario that it is of."""
    try:
        result = Result(simulate_draw(draw, most_events=most_events), scenario, most_events)
    except SimulationError as error:
        error.result = Result(error.record, scenario, most_events)
        with suppress(Exception):  # what stopped the run may also keep its tables from being made: it is told instead
            error.result.note_reads()
        raise
    result.note_reads()
    return result


class Result(RunTables):
    """Tables as pandas DataFrames (units in `.attrs["units"]`), the summary, pictures, and files.

    record: events and primitives, days counted from the start. scenario: what was simulated; None for a draw.
    number: of the draw, where it is one of an ensemble; None for the central case.
    It can be pickled: record and scenario are kept, tables are made again when asked for.
    """

    def __init__(self, record: RunRecord, scenario: Scenario | None, most_events: int = MOST_EVENTS) -> None:
        super().__init__(record)
        self.scenario = scenario
        self.most_events = most_events
        self.number: int | None = None

    def __getstate__(self) -> dict[str, Any]:
        # What is derived is left out: caches of throughput go by the identity of objects in this process.
        kept = {"record": self.record, "scenario": self.scenario, "most_events": self.most_events}
        return {"kept": kept, "number": self.number}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state["kept"])  # type: ignore[misc]
        self.number = state["number"]

    @property
    def stopped(self) -> dict[str, str] | None:
        """The date (the end of what is in the tables) and the reason, if the run could not go on to its end."""
        found = self.record.stopped
        return None if found is None else {"date": date_text(found.day, self.record.draw.start), "reason": found.reason}

    @cached_property
    def backtest(self) -> tuple[Table, dict[str, Any]]:
        """Predicted against real closings of flagships' windows, and counts; see `sim.analysis.backtest`.

        Raises ValueError for a result that was not made from a scenario.
        """
        if self.scenario is None:
            raise ValueError("a backtest needs the scenario: simulate(load(FILE)).backtest")
        from sim.analysis.backtest import backtest

        return backtest(self.scenario, self.record)

    def explain(self, model: str, *, origins: Mapping[str, str] | None = None) -> Explanation:
        """Why a model's numbers and windows are what they are; `model` is its name, or Lab/name.

        origins: path of an input -> where it was first written, in place of where the scenario has it.
        Raises LookupError with the nearest names, and ValueError for a result that was not made from a scenario.
        """
        if self.scenario is None:
            raise ValueError("an explanation needs the scenario: simulate(load(FILE)).explain(MODEL)")
        from sim.analysis.explain import explain

        return explain(self.scenario, self.rates, model, origins)

    def explain_alignment(
        self, dwell: str, lab: str | None = None, *, origins: Mapping[str, str] | None = None
    ) -> AlignmentExplanation:
        """Where the alignment work of the dwell that begins with a level (or `start`) comes from, step by step.

        lab: whose work on the first day of it is derived; that of most work, if None. origins: as in `explain`.
        Raises LookupError with the nearest names, and ValueError for a result that was not made from a scenario.
        """
        if self.scenario is None:
            raise ValueError("an explanation needs the scenario: simulate(load(FILE)).explain_alignment(LEVEL)")
        from sim.analysis.explain_alignment import explain_alignment

        return explain_alignment(self.scenario, self.rates, dwell, lab, origins)
    def explain_intervention(self, name: str) -> InterventionExplanation:
        """What an intervention stopped, what went on meanwhile, and the days it bought against the world without it.

        name: as in the scenario (`pause` for that at its top). Raises LookupError with the nearest names, and
        ValueError for a result that was not made from a scenario.
        """
        if self.scenario is None:
            raise ValueError("an explanation needs the scenario: simulate(load(FILE)).explain_intervention(NAME)")
        from sim.analysis.explain_intervention import InterventionExplanation

        seed, most = self.record.draw.seed, self.most_events

        def run(scenario: Scenario) -> Rates:
            try:
                return simulate(scenario, seed=seed, most_events=most).rates
            except SimulationError as error:
                if error.day <= 0.0:
                    raise
                found: Result = error.result
                return found.rates

        return InterventionExplanation(self.scenario, self.rates, name, run)

    def tables(self) -> list[Table]:
        """Every table of this run; alignment work and the backtest only where the scenario asks for them."""
        tables = [self.table(name) for name in tables_of(self.record)]
        return [*tables, self.backtest[0]] if self.record.draw.backtest and self.scenario else tables

    def note_reads(self) -> None:
        """Keep which inputs the run and its tables read, if its draw notes that; what is drawn later counts no more."""
        draw = self.record.draw
        if self.scenario is None or watch_of(draw) is None:
            return
        for name in TABLES:
            self.table(name)
        self._from_record, draw.backtest  # noqa: B018  (reads what the summary rests on, and what asks for a table)
        self.read = set(self.scenario.read(draw))
        unwatch(draw)
        self.read |= paths_of_blocs(self.record)

    @cached_property
    def _from_record(self) -> dict[str, Any]:
        found = summary(self.record, self.table("windows"), self.rates)
        return {**found, "ai_work": ai_work(self.rates, self.table("parity"))}

    @cached_property
    def read(self) -> set[str]:
        """Paths of the parameters that this run or its tables read. Raises ValueError if there is no scenario."""
        if self.scenario is None:
            raise ValueError("what was read is known for a scenario: simulate(load(FILE)).read")
        try:
            seed, most = self.record.draw.seed, self.most_events
            return simulate(self.scenario, seed=seed, track=True, most_events=most).read
        except SimulationError as error:
            found: set[str] = vars(error.result).get("read", set())
            return found

    @cached_property
    def inputs(self) -> pd.DataFrame:
        """A row for each input: value as written, unit, source, guess, where it stands, whether it was read.

        Flags are texts: `yes`, `no`, or empty where the question does not arise. Raises ValueError for a result
        that was not made from a scenario.
        """
        import pandas as pd

        from sim.scenario.listing import COLUMNS, rows

        if self.scenario is None:
            raise ValueError("inputs are known for a scenario: simulate(load(FILE)).inputs")
        return pd.DataFrame(rows(self.scenario.inputs, self.read), columns=list(COLUMNS))

    @cached_property
    def effects(self) -> dict[str, Effect | None]:
        """Path of each input that is a number -> what 10% more of it moves: the largest change of a window's length or
        a date (days) and of another headline number (percent), and of which; None if it could not be tried.

        Simulates the scenario again for each input: half a second with one lab, half a minute for the frontier.
        Raises ValueError for a result that was not made from a scenario.
        """
        if self.scenario is None:
            raise ValueError("effects are known for a scenario: simulate(load(FILE)).effects")
        from sim.analysis.effects import effects

        return effects(self.scenario, self.record, self.read)

    @cached_property
    def unused(self) -> list[str]:
        """Stated inputs that nothing in this run read."""
        return [] if self.scenario is None else self.scenario.unread(self.read)

    @cached_property
    def guesses(self) -> list[dict[str, Any]]:
        """Guesses among the inputs that were read, alike ones together; see `sim.analysis.inputs.guesses`."""
        if self.scenario is None:
            return []
        from sim.analysis.inputs import guesses

        return guesses(self.scenario.inputs, self.read, self.record.draw)

    @cached_property
    def unsourced(self) -> list[str]:
        """Stated numbers that the run read, that name no source and are not marked as guesses (path: value).

        What only defines a question is not among them: the dates of the scenario, levels and milestones.
        """
        if self.scenario is None:
            return []
        from sim.analysis.inputs import unsourced

        return unsourced(self.scenario.inputs, self.read)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Headlines, milestones, implied uplift, guesses among the inputs, unused inputs, warnings."""
        result = dict(self._from_record)
        warnings = [f"{item['lab']}/{item['subject']}: {item['warning']}" for item in result.pop("runs")]
        if self.scenario is not None:
            if self.scenario.uncertain:
                which = "the central case: each is at its median" if self.number is None else f"draw {self.number}"
                warnings.insert(0, f"{len(self.scenario.uncertain)} inputs are uncertain; this is {which}")
            result["guesses"] = self.guesses
            result["unused_inputs"] = self.unused
            observed = result["observed"]["implied_uplift"] = observed_uplift(self.scenario)
            warnings += unseen_uplift(result["implied_uplift"], observed)
        warnings += too_fast(self.rates)
        warnings += [*chances(self.record), *leaks(self.record.draw)]
        if self.record.stopped is not None:
            result = {"complete": False, "stopped": self.stopped, **result}
            warnings.insert(0, f"{self.record.stop_text}; nothing after that is in these results")
        if self.record.draw.backtest and self.scenario is not None:
            result["backtest"] = self.backtest[1]
        result["warnings"] = warnings
        return result

    @cached_property
    def facts(self) -> PictureFacts:
        """What every picture carries."""
        from sim.result_facts import facts_of

        return facts_of(self)

    def plot(self, name: str | None = None) -> Figure | dict[str, Figure]:
        """A picture by name (copies, workforce, compute, windows, gantt, mediocre, alignment), or all in a dict.

        Raises ValueError, with the names that there are, for another name.
        """
        from sim.show.pictures import figure, pictures_of

        return figure(self, name) if name is not None else {each: figure(self, each) for each in pictures_of(self)}

    def save(self, folder: str | Path, *, pictures: bool = True, svg: bool = False, command: str = "") -> Path:
        """Write all tables, summary, provenance and pictures to `folder`, whole or not at all; returns the folder.

        pictures: as PNG; svg: also as SVG. command: what `run.json` says was typed. Raises
        `sim.output.OutputError` if the folder cannot be written, or holds files that no run wrote.
        """
        from sim.output import save

        return save(self, Path(folder), pictures=pictures, svg=svg, command=command)

    def to_csv(self, folder: str | os.PathLike[str]) -> Path:
        """Write `NAME.csv` for each table, and `units.csv`, to `folder`; returns the folder.

        The same bytes as `save` writes. Files of these names are replaced, others left alone. Raises
        `sim.output.OutputError` if they cannot be written.
        """
        from sim.export import to_csv

        return to_csv(self, folder)

    def to_parquet(self, folder: str | os.PathLike[str]) -> Path:
        """Write `NAME.parquet` for each table to `folder`; returns the folder.

        Dates are timestamps; `details` of events is JSON text; unit and meaning of each column are in its metadata,
        and in `.attrs` of what pandas reads. Files of these names are replaced, others left alone. Raises
        `sim.output.OutputError` if the files cannot be written.
        """
        from sim.export import to_parquet

        return to_parquet(self, folder)

    def __repr__(self) -> str:
        draw = self.record.draw
        counts = f"{len(self.record.models)} models, {len(self.record.events)} events"
        stopped = f"; {self.record.stop_text}" if self.record.stopped else ""
        return f"<Result {draw.name or 'unnamed'}: {counts}{stopped}>"

    def _repr_html_(self) -> str:
        columns = ["lab", "model", "opens", "length_days", "frontier_length_days", "copies_from_training_compute",
                   "copies_at_open", "copies_peak", "speed_tokens_per_s"]  # fmt: skip
        head = f"<b>{html.escape(repr(self))}</b><br>{html.escape(self.record.draw.question)}"
        return head + self.windows[columns].to_html(index=False)
