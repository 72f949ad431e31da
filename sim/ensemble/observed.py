"""One result by name, in every draw: a number or a date, or what it is known to be more than.

Names are those of columns: of `outcomes` (`level[automated_coder]`, `own_window_median_days`), of `windows` with a lab
and the how-manieth of its new models (`length_days[Aurora/2]`, `copies_at_open[Aurora/2]`), of `series` with a date
(`copies@2029-01-01`), and `dwell_days[LEVEL]`, from the first crossing of a level to that of the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.dwell import PREFIX, level_names
from sim.ensemble.encode import DATE, NUMBER, Texts, kind_of
from sim.ensemble.estimate import Floats
from sim.ensemble.part import INPUTS, OUTCOMES, SERIES
from sim.ensemble.store import Store
from sim.ensemble.summary import days_of, running
from sim.scenario.problem import nearest
from sim.tables.table import Column

END, DWELL = "end", "dwell_days"
LENGTHS = {"length_days": "censored", "frontier_length_days": "frontier_censored"}
"""Columns of `windows` that are lengths -> the one that says whether they are open at the end."""

UNTIL_CLOSED = ("copies_peak", "human_equivalents_peak", "ai_labour_years")
"""What columns of `windows` begin with that add up until the own window closes: at least that much if it is open."""


class NoSuchResult(ValueError):
    """No draw gives a result of this name."""


class NoneHere(NoSuchResult):
    """None of these draws gives it, but others of the scenario might."""


@dataclass(frozen=True, slots=True)
class Observed:
    """A result in draws 0 to n − 1.

    values: nan where a draw has none; dates as days since 1970-01-01. open: where it is only known to be at least
    that: a date that is not reached by the end, a window that is open then.
    """

    column: Column
    values: Floats
    open: NDArray[np.bool_]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.column.name

    @property
    def dated(self) -> bool:
        """Whether it is a date."""
        return kind_of(self.column) == DATE

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which draws have it, open or not."""
        return ~np.isnan(self.values)

    def every(self, step: int) -> Observed:
        """The result of draws 0, `step`, 2 · `step`, ..."""
        return Observed(self.column, self.values[::step], self.open[::step])

    @property
    def lacking(self) -> float:
        """Share of the draws that have none."""
        return 1.0 - float(self.known.mean())

    @property
    def open_share(self) -> float:
        """Share of the draws that have one in which it is open."""
        known = self.known
        return float(self.open[known].mean()) if known.any() else 0.0


class Results:
    """The results that an ensemble's draws give. outcomes: columns of that table and of the others, in words."""

    def __init__(self, store: Store, draws: int) -> None:
        self.store, self.draws = store, draws
        self.columns = {name: columns_in(store, name) for name in (OUTCOMES, "windows", SERIES)}

    @property
    def names(self) -> list[str]:
        """What can be asked for: names, and of windows and series the first parts of names."""
        found = [column.name for column in self.columns[OUTCOMES] if column.name != END]
        found += [f"{DWELL}[{level}]" for level in self._levels()[:-1]]
        found += [f"{column.name}[LAB/K]" for column in self.columns["windows"] if kind_of(column) == NUMBER]
        return found + [f"{column.name}@DATE" for column in self.columns[SERIES] if kind_of(column) == NUMBER]

    def observed(self, name: str) -> Observed:
        """A result by name. Raises NoSuchResult, with the nearest name."""
        name = name.strip()
        plain = {column.name: column for column in self.columns[OUTCOMES] if column.name != END}
        if name in plain:
            return self._outcome(plain[name])
        head, at, date = name.rpartition("@")
        series = {column.name: column for column in self.columns[SERIES] if kind_of(column) == NUMBER}
        if at and head in series:
            return self._series(series[head], date.strip())
        head, bracket, inside = name.removesuffix("]").partition("[")
        if bracket and head == DWELL:
            return self._dwell(inside)
        windows = {column.name: column for column in self.columns["windows"] if kind_of(column) == NUMBER}
        if bracket and head in windows:
            return self._window(windows[head], inside)
        known = [*plain, *(f"{DWELL}[{level}]" for level in self._levels()[:-1])]
        near = nearest(name, [*known, *windows, *series])
        hint = f" (did you mean {near!r}?)" if near else f"; there are {', '.join(known)}"
        more = ("; of a lab's K-th new model a column of windows, as in length_days[LAB/2]; on a day a column of series"
                ", as in copies@2029-01-01")  # fmt: skip
        raise NoSuchResult(f"no draw gives {name!r}{hint}{more}")

    def inputs(self, paths: Sequence[str]) -> Floats:
        """The values of inputs in all draws: a row a draw, a column each; dates as days since 1970-01-01."""
        parts = []
        for chunk in self.store.read(INPUTS, list(paths)):
            lines: list[Any] = [chunk[path] for path in paths]
            parts.append(np.column_stack([days_of(line) if line.dtype.kind == "M" else line for line in lines]))
        return np.concatenate(parts)

    def _levels(self) -> list[str]:
        """The levels, the lowest first."""
        return level_names(self.columns[OUTCOMES])

    def _outcome(self, column: Column) -> Observed:
        found = self._by_draw(OUTCOMES, [column.name, END])
        if kind_of(column) != DATE:
            return Observed(column, found[column.name], np.zeros(self.draws, dtype=bool))
        never = np.isinf(found[column.name])
        return Observed(column, np.where(never, found[END], found[column.name]), never)

    def _dwell(self, level: str) -> Observed:
        levels = self._levels()
        if level not in levels[:-1]:
            raise NoSuchResult(f"{DWELL}[{level}]: {_unknown(level, levels[:-1], 'level that another follows')}")
        following = levels[levels.index(level) + 1]
        column = Column(f"{DWELL}[{level}]", "days", f"from the first crossing of {level} to that of {following}")
        first, then = f"{PREFIX}{level}]", f"{PREFIX}{following}]"
        found = self._by_draw(OUTCOMES, [first, then, END])
        never = np.isinf(found[then])
        days = np.where(never, found[END], found[then]) - found[first]
        return Observed(column, np.where(np.isinf(found[first]), np.nan, days), never & ~np.isinf(found[first]))

    def _series(self, column: Column, date: str) -> Observed:
        try:
            day: Any = np.datetime64(date, "s")
        except ValueError:
            day = np.datetime64("NaT")
        if np.isnat(day):
            raise NoSuchResult(f"{column.name}@{date}: expected a date such as {column.name}@2029-01-01")
        values = np.full(self.draws, np.nan)
        dates: set[np.datetime64] = set()
        for chunk in self.store.read(SERIES, ["draw", "date", column.name]):
            whens: Any = chunk["date"]
            dates.update(np.unique(whens).tolist())
            here = whens == day
            values[np.asarray(chunk["draw"])[here]] = np.asarray(chunk[column.name])[here]
        if np.isnan(values).all():
            days = np.array(sorted(dates), dtype="datetime64[s]")
            near = str(days[np.argmin(np.abs(days - day))].astype("datetime64[D]")) if days.size else "none"
            raise NoneHere(f"{column.name}@{date}: series has no such day; the nearest is {near}")
        return Observed(column._replace(name=f"{column.name}@{date}"), values, np.zeros(self.draws, dtype=bool))

    def _window(self, column: Column, inside: str) -> Observed:
        lab, slash, k = inside.rpartition("/")
        whole = f"{column.name}[{inside}]"
        if not slash or not k.strip().isdigit() or int(k) < 1:
            raise NoSuchResult(f"{whole}: expected a lab and the how-manieth of its new models, as in "
                               f"{column.name}[LAB/2]")  # fmt: skip
        mark = LENGTHS.get(column.name) or ("censored" if column.name.startswith(UNTIL_CLOSED) else None)
        values, open_ = np.full(self.draws, np.nan), np.zeros(self.draws, dtype=bool)
        labs: dict[str, int] = {}
        wanted = dict.fromkeys(("draw", "lab", "opened_before_start", column.name, *([mark] if mark else [])))
        for chunk in self.store.read("windows", list(wanted)):
            names = chunk["lab"]
            assert isinstance(names, Texts)
            arrays: dict[str, Any] = {name: chunk[name] for name in wanted if name != "lab"}
            new = arrays["opened_before_start"] == 0
            draw, codes = arrays["draw"][new], names.codes[new]
            generation = running(draw, codes)
            for code, name in enumerate(names.words):
                labs[name] = max(labs.get(name, 0), int(generation[codes == code].max(initial=0)))
            here = (generation == int(k)) & (codes == (names.words.index(lab) if lab in names.words else -2))
            values[draw[here]] = arrays[column.name][new][here]
            if mark:
                open_[draw[here]] = arrays[mark][new][here] > 0
        if lab not in labs:
            raise NoneHere(f"{whole}: {_unknown(lab, sorted(labs), 'lab with a new model')}")
        if np.isnan(values).all():
            raise NoneHere(f"{whole}: no draw gives one; {lab} has up to {labs[lab]} new models")
        meaning = f"{column.meaning}; new model {int(k)} of {lab}"
        return Observed(Column(whole, column.unit, meaning), values, open_)

    def _by_draw(self, table: str, names: Sequence[str]) -> dict[str, Floats]:
        """Columns by number of the draw: nan for a draw without a row; dates as days, inf for none."""
        found = {name: np.full(self.draws, np.nan) for name in names}
        for chunk in self.store.read(table, ["draw", *dict.fromkeys(names)]):
            rows: Any = chunk["draw"]
            for name, values in found.items():
                line: Any = chunk[name]
                values[rows] = days_of(line) if line.dtype.kind == "M" else line
        return found


def columns_in(store: Store, table: str) -> list[Column]:
    """The columns of a stored table, `draw` left out."""
    with store.opened(store.table_files(table)[0]) as file:
        schema = file.schema_arrow
    found = []
    for field in schema:
        facts = {key.decode(): text.decode() for key, text in (field.metadata or {}).items()}
        if field.name != "draw":
            found.append(Column(field.name, facts.get("unit", ""), facts.get("meaning", "")))
    return found


def _unknown(name: str, known: Sequence[str], what: str) -> str:
    near = nearest(name, known)
    hint = f" (did you mean {near!r}?)" if near else f"; there are {', '.join(known)}" if known else ""
    return f"there is no {what} called {name!r}{hint}"
