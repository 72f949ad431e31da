"""Two ways to keep draws: the rows of their tables, or only counts of what they came to. Both say the same of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from sim.base.choices import SUMMARY
from sim.ensemble import reduced_store, summary
from sim.ensemble.counting import Progress
from sim.ensemble.dwell import dwell
from sim.ensemble.fan import fan_table
from sim.ensemble.part import OUTCOMES, Asked, Plan
from sim.ensemble.reduce import Reduction
from sim.ensemble.reduced_store import ReducedStore
from sim.ensemble.reduced_summary import Counted
from sim.ensemble.run import run_draws
from sim.ensemble.run_reduced import run_reduced
from sim.ensemble.sketch import Sketch
from sim.ensemble.store import DRAW, Store
from sim.ensemble.until import Ending, Until, small_enough
from sim.ensemble.workers import Spread
from sim.tables.table import Column, Table

Told = Callable[[Progress], None]


class Draws(Protocol):
    """Draws that are kept."""

    @property
    def store(self) -> Store: ...

    def run(self, draws: int, spread: Spread, told: Told, until: Ending | None, least: int) -> int:
        """Make the draws. Returns how many there are: `until` may end them, but not before the first `least`."""
        ...

    def error_of(self, until: Ending, draws: int) -> float | None:
        """The error to which so many draws, all that there are, came; None if they are too few to tell."""
        ...

    def tables(self) -> list[Table]:
        """The tables that are kept, without rows: for what units.csv says of them."""
        ...


class Kept(Draws, Protocol):
    """What is kept of draws of one scenario. central: the outcomes of the central case."""

    def fan(self, draws: int) -> Table: ...

    def results(self, central: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]: ...

    def dwell(self, central: Mapping[str, Any]) -> list[dict[str, Any]]: ...

    def windows(self, central: Table) -> dict[str, Any]: ...


class Chunks:
    """Rows of every table that is asked for, in chunks."""

    def __init__(self, asked: Asked, folder: Path) -> None:
        self.asked = asked
        self.store = Store(folder)

    def run(self, draws: int, spread: Spread, told: Told, until: Ending | None, least: int) -> int:
        """As `run_draws`."""

        def enough(done: int) -> bool:
            return until is not None and done >= least and small_enough(until, self.error_of(until, done), done)

        return run_draws(self.asked, self.store, draws, spread, told, None if until is None else enough)

    def error_of(self, until: Ending, draws: int) -> float | None:
        """As `Ending.error_of`."""
        return until.error_of(self.store, draws)

    def tables(self) -> list[Table]:
        """All of them."""
        return [Table(name, [DRAW, *columns], []) for name, columns in self.asked.columns.items()]


class Rows(Chunks):
    """The same of one scenario."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        super().__init__(plan, folder)
        self.plan = plan

    def fan(self, draws: int) -> Table:
        """The bands."""
        return fan_table(self.store, self.plan, draws)

    def results(self, central: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """As `summary.results`."""
        return summary.results(self.store, self._outcomes, central)

    def dwell(self, central: Mapping[str, Any]) -> list[dict[str, Any]]:
        """As `dwell.dwell`."""
        return dwell(self.store, self._outcomes, central)

    def windows(self, central: Table) -> dict[str, Any]:
        """As `summary.windows`."""
        return summary.windows(self.store, central)

    @property
    def _outcomes(self) -> list[Column]:
        return self.plan.columns[OUTCOMES]


class Counts:
    """Counts only, of all draws together."""

    def __init__(self, plan: Plan, labs: tuple[str, ...], folder: Path) -> None:
        self.reduction = Reduction(plan, labs)
        self.store = ReducedStore(folder)
        self._counted: Counted | None = None

    def run(self, draws: int, spread: Spread, told: Told, until: Ending | None, least: int) -> int:
        """As `run_reduced`: what was counted stays, and `until` is what it was."""

        def enough(sketch: Sketch, done: int) -> bool:
            assert until is not None
            return small_enough(until, error_among(until, Counted(self.reduction, sketch)), done)

        self._counted = None
        return run_reduced(self.reduction, self.store, draws, spread, told, None if until is None else enough)

    def error_of(self, until: Ending, draws: int) -> float | None:
        """As `Ending.error_of`, of all that was counted."""
        return error_among(until, self.counted)

    @property
    def counted(self) -> Counted:
        """What is in the store."""
        if self._counted is None:
            self._counted = Counted(self.reduction, self.store.load(self.reduction.lines)[0])
        return self._counted

    def fan(self, draws: int) -> Table:
        """The bands."""
        return self.counted.fan()

    def results(self, central: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """As `summary.results`."""
        return self.counted.results(central)

    def dwell(self, central: Mapping[str, Any]) -> list[dict[str, Any]]:
        """As `dwell.dwell`."""
        return self.counted.dwell(central)

    def windows(self, central: Table) -> dict[str, Any]:
        """As `summary.windows`."""
        return self.counted.windows(central)

    def tables(self) -> list[Table]:
        """The counts."""
        return [Table("reduced", reduced_store.COLUMNS, [])]


def error_among(until: Ending, counted: Counted) -> float | None:
    """As `Ending.error_of`, of counts."""
    assert isinstance(until, Until)
    return until.error_among(counted.line(OUTCOMES, until.name))


def kept_of(plan: Plan, labs: tuple[str, ...], folder: Path, keep: str) -> Kept:
    """The way that `keep` asks for."""
    return Counts(plan, labs, folder) if keep == SUMMARY else Rows(plan, folder)


def store_of(folder: Path, keep: str, checks: bool = False) -> Store:
    """What is there of draws. checks: as of `Store`."""
    return ReducedStore(folder, checks) if keep == SUMMARY else Store(folder, checks)
