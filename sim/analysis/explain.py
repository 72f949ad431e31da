"""Why a model's numbers are what they are: each derived from the inputs, its windows, and what would move them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.analysis.explain_days import Days
from sim.analysis.explain_events import NotFound, nearest_names
from sim.analysis.explain_notes import Notes
from sim.analysis.explain_steps import Derivation
from sim.analysis.explain_windows import Limit, Window, limits, windows, windows_table
from sim.scenario import Scenario
from sim.tables.rates import Rates
from sim.tables.table import Table
from sim.world.record import ModelRecord, RunRecord

if TYPE_CHECKING:
    import pandas as pd


class Explanation:
    """A model explained. Printed, it is a text of at most 100 columns; its tables are DataFrames.

    model: its record. limits: what bound its own date, and when. windows_explained: own and frontier, with closer,
    parts of the gain and limits. days: the table of days per +10% of each input, which takes a simulated world for
    each: where those are large it is printed only once it was made (by `sensitivity`, or `days.make(workers=2)`).
    """

    def __init__(self, scenario: Scenario, rates: Rates, model: ModelRecord, origins: Mapping[str, str]) -> None:
        self.scenario, self.rates, self.model = scenario, rates, model
        self.record: RunRecord = rates.record
        self.notes = Notes(scenario, origins)
        self.steps_table: Table = Derivation(rates, model, self.notes).table()
        self.windows_explained: list[Window] = windows(self.record, model, self.notes)
        self.limits: list[Limit] = limits(self.record, model, self.notes)
        self.days = Days(scenario, self.record, model, origins)

    @property
    def sensitivity_table(self) -> Table:
        """Days per +10% of each input, as plain rows. Simulates a world for each, when first asked for."""
        return self.days.table

    @property
    def steps(self) -> pd.DataFrame:
        """A row for each derived number: quantity, value, unit, formula; [n] in it is a row of `inputs`."""
        return _frame(self.steps_table)

    @property
    def inputs(self) -> pd.DataFrame:
        """A row for each input of the derivation: its value as written, where, and its source or that it is a guess."""
        return _frame(self.notes.table())

    @property
    def windows(self) -> pd.DataFrame:
        """A row for each part of the gain in effective FLOP that closed the own and the frontier window."""
        return _frame(windows_table(self.windows_explained, self.record))

    @property
    def sensitivity(self) -> pd.DataFrame:
        """A row for each input that could move a closing: days that the windows gain if it is 10% larger.

        Simulates a world for each, when first asked for: some seconds where labs react to each other.
        """
        return _frame(self.sensitivity_table)

    def __str__(self) -> str:
        from sim.analysis.explain_text import text

        return text(self)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """Tables of the derivation, windows, days per +10% and inputs."""
        from sim.analysis.explain_html import page

        return page(self)


def explain(scenario: Scenario, rates: Rates, name: str, origins: Mapping[str, str] | None = None) -> Explanation:
    """Explain a model by its name, or Lab/name where several labs have one of that name.

    origins: path -> where an input was first written, for a scenario that was read from a run's folder.
    Raises NotFound with the nearest names.
    """
    return Explanation(scenario, rates, find_model(rates.record, name), origins or {})


def find_model(record: RunRecord, name: str) -> ModelRecord:
    """The model of a name or Lab/name that is usable before the end; NotFound offers the nearest."""
    usable = [model for model in record.models if model.internal < record.end]
    found = [model for model in usable if name in (model.name, f"{model.lab}/{model.name}")]
    if len(found) == 1:
        return found[0]
    if found:
        full = ", ".join(f"{model.lab}/{model.name}" for model in found)
        raise NotFound(f"several labs have a model '{name}': name one of {full}")
    near = nearest_names(name, [model.name for model in usable] + [f"{m.lab}/{m.name}" for m in usable])
    hint = f"nearest: {', '.join(near)}" if near else f"there are {len(usable)}; models.csv lists them"
    if not usable:
        hint = "it has none"
    raise NotFound(f"there is no model '{name}' in this run; {hint}")


def _frame(table: Table) -> pd.DataFrame:
    from sim.frames import frame

    return frame(table)
