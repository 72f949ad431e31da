"""An ensemble that is being made: its files besides the chunks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.base.choices import SUMMARY
from sim.draw_options import DrawOptions
from sim.ensemble.beside import Beside
from sim.ensemble.central import with_central
from sim.ensemble.changes import changes
from sim.ensemble.kept import kept_of
from sim.ensemble.part import OUTCOMES, Plan
from sim.ensemble.run import spec_of
from sim.ensemble.store import Store
from sim.ensemble.too_fast import warnings
from sim.ensemble.until import parse_until
from sim.ensemble.until_missed import missed, until_facts
from sim.ensemble_making import Making, unfinished
from sim.output import json_text, write_text
from sim.result import Result
from sim.scenario import Scenario
from sim.scenario.files import EFFECTIVE
from sim.scenario.spec import Input
from sim.scenario.support import NONE_AMONG, Support, support_of
from sim.tables.leaks import leaks
from sim.tables.outcomes import outcome_row
from sim.tables.rates import Rates
from sim.tables.table import Table, units_csv
from sim.tables.windows import windows_table
from sim.world.record import RunRecord


class EnsembleMaking(Making):
    """An ensemble that is being made beside its place.

    central: what its draws are held against. Raises UntilError for an end that no draw can tell.
    """

    def __init__(
        self, scenario: Scenario, plan: Plan, central: RunRecord, options: DrawOptions, folder: Path
    ) -> None:  # fmt: skip
        labs = tuple(sorted(central.draw.labs))
        until = None if options.until is None else parse_until(options.until, plan.columns[OUTCOMES])
        self.kept = kept_of(plan, labs, unfinished(folder), options.keep)
        spec = spec_of(scenario, plan.sampler, options.n, options.most_events, options.keep)
        if options.keep == SUMMARY:
            spec["until"] = options.until  # what was counted cannot be taken back
        super().__init__(self.kept, spec, options, folder, {EFFECTIVE: scenario.effective_yaml()}, until)
        self.scenario, self.plan, self.central = scenario, plan, central

    def different(self, store: Store) -> list[str]:
        return changes(store, self.spec, self.scenario)

    def write(self, aside: Path, tables: list[Table]) -> None:
        with Beside(lambda: self.kept.fan(self.draws), name="bands") as bands:
            summary = self._summary()
            fan = with_central(bands.result(), self.central, self.plan)
        write_text(aside / "fan.csv", fan.to_csv())
        more = self.more_tables()
        for table in more:
            write_text(aside / f"{table.name}.csv", table.to_csv())
        write_text(aside / "units.csv", units_csv([*tables, fan, *more]))
        write_text(aside / "summary.json", json_text(summary))
        if self.options.pictures:
            from sim.ensembles import Ensemble
            from sim.show.many import draw_all

            many = Ensemble(aside)
            many.central = Result(self.central, self.scenario, self.spec["max_events"])
            draw_all(many, aside, self.options.svg)

    def drawn_inputs(self) -> list[Input]:
        """The inputs that differ between draws."""
        return [item for item in self.scenario.inputs if item.uncertain]

    def more_tables(self) -> list[Table]:
        """Further tables of this kind of ensemble."""
        return []

    def more_summary(self) -> dict[str, Any]:
        """What the summary says besides of this kind of ensemble."""
        return {}

    def _summary(self) -> dict[str, Any]:
        columns = self.plan.columns[OUTCOMES]
        rates = Rates(self.central)
        of_central = windows_table(self.central, rates)
        row = outcome_row(rates, of_central, columns)
        central = {column.name: value for column, value in zip(columns, row, strict=True)}
        numbers, dates = self.kept.results(central)
        inputs = self.drawn_inputs()
        return {
            "name": self.scenario.name,
            "question": self.scenario.question,
            **self.more_summary(),
            "draws": self.draws,
            "failed": sum(int(chunk["failed"]) for chunk in self.store.chunks()),
            "seed": self.spec["seed"],
            "method": self.spec["method"],
            **({"keep": SUMMARY} if self.spec["keep"] == SUMMARY else {}),
            "until": None if self.until is None else until_facts(self.until, self.error, self.draws),
            "end": central["end"],
            "stronger_by": self.central.draw.stronger_by,
            "uncertain_inputs": len(inputs),
            "guesses_among_them": sum(item.guess for item in inputs),
            NONE_AMONG: sum(support_of(item.guess, item.source) is Support.NONE for item in inputs),
            "warnings": [*missed(self.until, self.error, self.draws), *leaks(self.central.draw), *warnings(numbers)],
            "results": numbers,
            **dates,
            "dwell": self.kept.dwell(central),
            "windows": self.kept.windows(of_central),
        }  # fmt: skip
