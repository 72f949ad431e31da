"""What a result of an ensemble is sensitive to: tables, pictures, files."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.ranking import PAWN, RANK, Ranking, SensitivityError, ranking
from sim.ensemble.estimate import Floats
from sim.ensemble.factors import Factor, factors_of
from sim.ensemble.observed import Results
from sim.ensemble.store import Store
from sim.ensemble.summary import days_of
from sim.scenario import Scenario
from sim.tables import Table

if TYPE_CHECKING:
    import pandas as pd

    from sim.show.facts import PictureFacts
    from sim.show.page import Picture

METHODS = (RANK, PAWN)


def from_draws(
    store: Store, draws: int, scenario: Scenario, seed: int, of: str, method: str
) -> Sensitivity:  # fmt: skip
    """Rank correlations or PAWN indices of a result, from the draws that a store holds.

    Raises `sim.ensemble.observed.NoSuchResult` and `sim.analysis.ranking.SensitivityError`, both ValueErrors.
    """
    if method not in METHODS:
        raise ValueError(f"the method is one of {', '.join(METHODS)}; got {method!r}")
    if not store.has_rows:
        raise SensitivityError(f"{store.folder}: only the summary of its draws was kept; sensitivity needs their rows, "
                               "made without --keep summary")  # fmt: skip
    observed = Results(store, draws).observed(of)
    factors = factors_of(scenario)
    inputs = input_values(store, [factor.path for factor in factors])
    return Sensitivity(ranking(factors, inputs, observed, method, seed), scenario, seed, draws, inputs)


def input_values(store: Store, paths: Sequence[str]) -> Floats:
    """The values of inputs in all draws, a column each; dates as days since 1970-01-01."""
    parts = []
    for chunk in store.read("inputs", list(paths)):
        lines: list[Any] = [chunk[path] for path in paths]
        parts.append(np.column_stack([days_of(line) if line.dtype.kind == "M" else line for line in lines]))
    return np.concatenate(parts)


class Sensitivity:
    """What one result is sensitive to: a row for each uncertain input, the strongest first.

    found: the indices, and what was observed. scenario: whose inputs they are. draws: how many there were.
    """

    def __init__(
        self, found: Ranking, scenario: Scenario, seed: int, draws: int, inputs: Floats
    ) -> None:  # fmt: skip
        self.found, self.scenario, self.seed, self.draws = found, scenario, seed, draws
        self._inputs = inputs

    @property
    def method(self) -> str:
        """How it was found: rank or pawn."""
        return self.found.method

    @property
    def of(self) -> str:
        """The result that was asked about."""
        return self.found.observed.name

    @property
    def table(self) -> Table:
        """The indices as plain rows, with the unit and meaning of each column."""
        return self.found.table

    @cached_property
    def indices(self) -> pd.DataFrame:
        """The indices: a row for each input, the strongest first, and a dummy (units in `.attrs["units"]`)."""
        from sim.frames import frame

        return frame(self.table)

    @property
    def unmoved(self) -> list[str]:
        """Inputs of which nothing is seen that chance alone would not give."""
        return [factor.path for factor in self.found.unmoved]

    @cached_property
    def _central(self) -> Any:
        from sim.result import simulate
        from sim.world.simulate import SimulationError

        try:
            return simulate(self.scenario, seed=self.seed, track=True)
        except SimulationError as error:
            return error.result

    @cached_property
    def unread(self) -> list[str]:
        """Uncertain inputs that nothing reads in the central case: they can influence nothing there."""
        read = self._central.read
        return [factor.path for factor in self.found.factors
                if read is not None and factor.input.parameter not in read]  # fmt: skip

    @cached_property
    def facts(self) -> PictureFacts:
        """What the pictures carry."""
        facts: PictureFacts = self._central.facts
        unmoved = set(self.unmoved)
        strong = [factor for factor in self.found.factors if factor.path not in unmoved]
        guesses = sum(factor.guess for factor in strong)
        of_them = f"guesses among the {len(strong)} inputs that are told apart: {guesses}" if strong else ""
        return dataclasses.replace(facts, draws=self.draws, sourcing="; ".join(filter(None, [of_them, facts.sourcing])))

    def strongest(self, most: int = 2) -> list[tuple[Factor, Floats]]:
        """The strongest inputs, `most` of them, each with its values in all draws (dates as days since 1970-01-01)."""
        columns = {factor.path: n for n, factor in enumerate(factors_of(self.scenario))}
        return [(factor, self._inputs[:, columns[factor.path]]) for factor in self.found.factors[:most]]

    def plot(self, name: str = "sensitivity") -> Picture:
        """A picture: `sensitivity` (inputs ranked) or `scatter` (the two strongest against the result).

        Raises ValueError for another name.
        """
        if name == "sensitivity":
            from sim.show.ranking import figure

            return figure(self.found, self.facts)
        if name == "scatter":
            from sim.show.scatter import figure as scatter

            factors, values = zip(*self.strongest(), strict=True)
            return scatter(self.found.observed, factors, values, self.facts)
        raise ValueError(f"no picture is called {name!r}; there are sensitivity, scatter")

    def save(
        self, folder: str | Path, *, pictures: bool = True, svg: bool = False, command: str = ""
    ) -> Path:  # fmt: skip
        """Write sensitivity.csv, units, summary, the scenario and pictures to `folder`, whole or not at all.

        pictures: as PNG; svg: also as SVG. command: what `run.json` says was typed. Returns the folder. Raises
        `sim.output.OutputError` if it cannot be written, or holds files that no run wrote.
        """
        from sim.output import json_text, write_manifest, write_text, write_whole
        from sim.scenario.files import EFFECTIVE
        from sim.tables.table import units_csv

        def write(aside: Path) -> None:
            write_text(aside / "sensitivity.csv", self.table.to_csv())
            write_text(aside / "units.csv", units_csv([self.table]))
            write_text(aside / "summary.json", json_text(self.summary))
            write_text(aside / EFFECTIVE, self.scenario.effective_yaml())
            if pictures:
                from sim.show.pictures import save_all

                save_all(((name, self.plot(name)) for name in ("sensitivity", "scatter")), aside, svg)
            write_manifest(aside, {
                "name": self.scenario.name, "command": command, "complete": True, "seed": self.seed,
                "draws": self.draws, "scenario_hash": self.scenario.hash,
            })  # fmt: skip

        return write_whole(Path(folder), write)

    @property
    def summary(self) -> dict[str, Any]:
        """What summary.json says."""
        found = self.found
        return {
            "name": self.scenario.name,
            "question": self.scenario.question,
            "result": self.of,
            "unit": found.observed.column.unit,
            "method": self.method,
            "draws": self.draws,
            "seed": self.seed,
            "open_at_end": found.observed.open_share,
            "without_result": found.observed.lacking,
            "noise": found.noise,
            "dummy": found.dummy.value,
            "inputs": [{"input": factor.path, "index": index.value, "guess": factor.guess}
                       for factor, index in zip(found.factors, found.indices, strict=True)
                       if found.told_apart(index)],
            "not_told_apart": self.unmoved,
            "read_by_nothing": self.unread,
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"<Sensitivity of {self.of} ({self.method}): {len(self.found.factors)} inputs, {self.draws:,} draws>"

    def __str__(self) -> str:
        from sim.sensitivity_report import report_text

        return report_text(self)

    def _repr_html_(self) -> str:
        return f"<b>{html.escape(repr(self))}</b><pre>{html.escape(str(self))}</pre>"
