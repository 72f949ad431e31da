"""What a sketch says of the draws that it counted: the same as `summary`, `dwell` and `fan` say of rows."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from sim.ensemble.dwell import dwells, level_names
from sim.ensemble.estimate import quantile
from sim.ensemble.fan import COLUMNS
from sim.ensemble.part import OUTCOMES, SERIES
from sim.ensemble.reduce import ALL, SCOPES, Reduction
from sim.ensemble.sketch import Binned, Sketch, binned, together
from sim.ensemble.summary import MOST_GENERATIONS, QUANTILES, beside_central, lengths_of, results_of
from sim.ensemble.survival import Survival, kaplan_meier
from sim.tables.table import Table


class Counted:
    """A sketch, read by the names of its lines."""

    def __init__(self, reduction: Reduction, sketch: Sketch) -> None:
        self.reduction, self.sketch = reduction, sketch

    def line(self, *name: str) -> Binned:
        """The values of one line, in order."""
        n = self.reduction.place[name]
        return binned(self.sketch, n, self.reduction.lines[n].whole)

    def results(self, central: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """As `summary.results`."""
        columns = self.reduction.plan.columns[OUTCOMES]
        return results_of({column.name: self.line(OUTCOMES, column.name) for column in columns}, columns, central)

    def dwell(self, central: Mapping[str, Any]) -> list[dict[str, Any]]:
        """As `dwell.dwell`."""
        names = level_names(self.reduction.plan.columns[OUTCOMES])
        found = {(here, after): _survival(self.line("dwell", here, "closed"), self.line("dwell", here, "open"))
                 for here, after in pairwise(names)}  # fmt: skip
        return dwells(found, central)

    def windows(self, central: Table) -> dict[str, Any]:
        """As `summary.windows`."""
        labs = self.reduction.labs
        found = {"all": self._windows(labs)}
        if len(labs) > 1:
            found |= {lab: self._windows((lab,)) for lab in labs}
        return beside_central(found, central)

    def _windows(self, labs: tuple[str, ...]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for scope in SCOPES:
            lines = []
            for k in (str(n) for n in range(1, MOST_GENERATIONS + 1)):
                closed, open_ = (together([self.line("windows", lab, k, scope, how) for lab in labs])
                                 for how in ("closed", "open"))  # fmt: skip
                if not closed.size + open_.size:
                    continue
                copies = together([self.line("windows", lab, k, "copies_at_open") for lab in labs])
                many = self.line("windows", ALL, k, "draws").size if len(labs) > 1 else closed.size + open_.size
                lines.append({"generation": int(k), **lengths_of(_survival(closed, open_), many, copies)})
            result[scope] = lines
        return result

    def fan(self) -> Table:
        """As `fan.fan_table`."""
        rows = []
        for column in self.reduction.plan.columns[SERIES][1:]:
            for date in self.reduction.plan.dates.values():
                values = self.line(SERIES, column.name, date)
                if values.size:
                    at = (quantile(values, q).value for q in QUANTILES)
                    rows.append((column.name, column.unit, date, values.size, *at))
        return Table("fan", COLUMNS, rows)


def _survival(closed: Binned, open_: Binned) -> Survival:
    values = np.concatenate([closed.values, open_.values])
    ended = np.concatenate([np.ones(closed.values.size, dtype=bool), np.zeros(open_.values.size, dtype=bool)])
    return kaplan_meier(values, ended, np.concatenate([closed.counts, open_.counts]))
