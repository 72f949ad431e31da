"""What an ensemble says: results with their Monte Carlo error, windows by generation, what is not reached."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.encode import DATE, Texts, Values, encode, kind_of
from sim.ensemble.estimate import Floats, Ordered, distinct, error_factor, place, quantile, same, share_error
from sim.ensemble.part import OUTCOMES
from sim.ensemble.store import Store
from sim.ensemble.survival import Survival, kaplan_meier
from sim.ensemble.too_fast import share_of_draws
from sim.tables.outcomes import TOO_FAST
from sim.tables.table import Column, Table

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
MOST_GENERATIONS = 30
"""New models of a lab that are told apart, the first first."""

SECONDS_PER_DAY = 86_400.0


def results(
    store: Store, columns: Sequence[Column], central: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """(numbers, {"levels": ..., "milestones": ...}) across draws. columns: of `outcomes`. central: its values."""
    values = gathered(store, OUTCOMES, [column.name for column in columns])
    return results_of({name: ordered(line) for name, line in values.items()}, columns, central)


def ordered(line: NDArray[Any]) -> Floats:
    """Numbers, or dates as days since 1970, in ascending order: no number is left out, no date is inf."""
    found: Floats = np.sort(days_of(line) if line.dtype.kind == "M" else line[~np.isnan(line)])
    return found


def results_of(
    values: Mapping[str, Ordered], columns: Sequence[Column], central: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The same of values in ascending order."""
    numbers: dict[str, Any] = {}
    dates: dict[str, dict[str, Any]] = {"levels": {}, "milestones": {}}
    for column in columns:
        line = values[column.name]
        if kind_of(column) == DATE:
            kind, bracket, name = column.name.rstrip("]").partition("[")
            if bracket:
                dates[f"{kind}s"][name] = _date(line, central.get(column.name))
        else:
            numbers[column.name] = {"unit": column.unit, **_number(line, central.get(column.name))}
            if column.name == TOO_FAST:
                numbers[column.name] |= share_of_draws(line)
    return numbers, dates


def gathered(store: Store, table: str, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Columns of numbers or dates over all chunks."""
    chunks = list(store.read(table, names))
    return {name: np.concatenate([chunk[name] for chunk in chunks]) for name in names}


def _number(ordered: Ordered, central: float | None) -> dict[str, Any]:
    found: dict[str, Any] = {"draws": int(ordered.size)}
    for q in QUANTILES:
        found[_name(q)] = quantile(ordered, q).value
    found["median_error"] = quantile(ordered, 0.5).error
    found["median_error_factor"] = error_factor(ordered, 0.5)
    found["central"] = central
    found["central_at"] = None if central is None else place(ordered, central)
    found["central_at_same"] = None if central is None else same(ordered, central)
    return found


def _name(q: float) -> str:
    return "median" if q == 0.5 else f"p{round(100 * q)}"


def days_of(line: NDArray[Any]) -> Floats:
    """Dates as days since 1970; inf for none."""
    days: Floats = line.astype("datetime64[s]").view(np.int64) / SECONDS_PER_DAY
    return np.where(np.isnat(line), np.inf, days)


def _date(ordered: Ordered, central: str | None) -> dict[str, Any]:
    never = (ordered.size - int(ordered.searchsorted(math.inf))) / ordered.size if ordered.size else math.nan
    found: dict[str, Any] = {"not_reached": never, "not_reached_error": share_error(never, ordered.size)}
    for q in QUANTILES:
        found[_name(q)] = _text(quantile(ordered, q).value)
    found["median_error_days"] = quantile(ordered, 0.5).error
    found["central"] = central
    day = math.inf if central is None else float(days_of(np.array([central], dtype="datetime64[s]"))[0])
    found["central_at"], found["central_at_same"] = place(ordered, day), same(ordered, day)
    return found


def _text(day: float | None) -> str | None:
    if day is None:
        return None
    return str(np.datetime64(round(day * SECONDS_PER_DAY), "s").astype("datetime64[D]"))


WINDOWS = ("lab", "opened_before_start", "length_days", "censored", "frontier_length_days", "frontier_censored",
           "copies_at_open")  # fmt: skip

SCOPES = {"own": "", "frontier": "frontier_"}
"""Kinds of windows, and what their columns begin with."""


def windows(store: Store, central: Table) -> dict[str, Any]:
    """Windows of new models by generation: the k-th new model of its lab since the start.

    `all`: of all labs; then each lab. Each an entry for `own` and `frontier`, a list by generation of
    median and 5% to 95% of the lengths (Kaplan-Meier: None where so many are still open at the end), the share open,
    and copies at opening. The error of a median is one standard error; for all labs it is as if they moved as one.
    central: the windows of the central case, of which each line has the median and how many are open.
    """
    return beside_central(_windows(store.read("windows", ("draw", *WINDOWS))), central)


def beside_central(found: dict[str, Any], central: Table) -> dict[str, Any]:
    """The lines of windows by generation, each with what the central case has."""
    _without_spread(found)
    place = [next(n for n, column in enumerate(central.columns) if column.name == name) for name in WINDOWS]
    values = {name: encode(kind_of(central.columns[n]), [row[n] for row in central.rows])
              for name, n in zip(WINDOWS, place, strict=True)}  # fmt: skip
    ours = _windows([{"draw": np.zeros(len(central.rows), dtype=np.int64), **values}])
    for lab, scopes in found.items():
        for scope, lines in scopes.items():
            of = {line["generation"]: line for line in ours.get(lab, {}).get(scope, ())}
            for line in lines:
                mine = of.get(line["generation"], {})
                line["central_days"], line["central_open"] = mine.get("median_days"), mine.get("open_at_end")
    return found


def _without_spread(found: dict[str, Any]) -> None:
    """No error of the median over all labs where each lab's windows of a generation are the same in all draws, as in
    the past that worlds share: that labs differ is no chance.
    """
    labs = [scopes for name, scopes in found.items() if name != "all"]
    for scope, lines in found.get("all", {}).items() if labs else ():
        by = [{line["generation"]: line for line in of[scope]} for of in labs]
        for line in lines:
            each = [of[line["generation"]] for of in by if line["generation"] in of]
            if line["median_error_days"] and all(_same(of, line["draws"]) for of in each):
                line["median_error_days"] = 0.0


def _same(line: Mapping[str, Any], draws: int) -> bool:
    """Whether all draws have the window, closed, and of one length (but for the longest and shortest twentieth)."""
    return line["draws"] == draws and not line["open_at_end"] and line["p5_days"] == line["p95_days"]


def _windows(chunks: Iterable[Mapping[str, Values]]) -> dict[str, Any]:
    kept: dict[str, list[NDArray[Any]]] = {}
    names: list[str] = []
    for chunk in chunks:
        for key, values in new_windows(chunk, names).items():
            kept.setdefault(key, []).append(values)
    whole = {key: np.concatenate(parts) for key, parts in kept.items()}
    if not whole:
        return {}
    result = {"all": _by_generation(whole)}
    if len(names) > 1:
        for name in sorted(names):
            its = whole["lab"] == names.index(name)
            result[name] = _by_generation({key: values[its] for key, values in whole.items()})
    return result


def new_windows(chunk: Mapping[str, Values], names: list[str]) -> dict[str, NDArray[Any]]:
    """Columns of the windows of new models: `lab` (its place in `names`, to which labs are added), `generation`, `draw`
    and those of `WINDOWS` from the lengths on.
    """
    labs = chunk["lab"]
    assert isinstance(labs, Texts)
    names += [name for name in labs.words if name not in names]
    numbers = np.array([names.index(name) for name in labs.words], dtype=np.int64)
    arrays: dict[str, Any] = {name: chunk[name] for name in chunk if name != "lab"}
    new = arrays["opened_before_start"] == 0
    lab = numbers[labs.codes[new]] if names else labs.codes[new].astype(np.int64)
    draw = arrays["draw"][new]
    generation = running(draw, lab)
    known = generation <= MOST_GENERATIONS
    found = {"lab": lab[known].astype(np.int32), "generation": generation[known].astype(np.int32), "draw": draw[known]}
    return found | {key: arrays[key][new][known] for key in WINDOWS[2:]}


def running(draw: NDArray[Any], lab: NDArray[Any]) -> NDArray[np.int64]:
    """1, 2, ... within each draw and lab: rows stand by lab and opening."""
    if not draw.size:
        return np.zeros(0, dtype=np.int64)
    first = np.ones(draw.size, dtype=bool)
    first[1:] = (draw[1:] != draw[:-1]) | (lab[1:] != lab[:-1])
    begins = np.maximum.accumulate(np.where(first, np.arange(draw.size), 0))
    return np.arange(draw.size) - begins + 1


def _by_generation(whole: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    order = np.argsort(whole["generation"], kind="stable")
    ordered_by = {key: values[order] for key, values in whole.items()}
    generations = ordered_by["generation"]
    begins = np.flatnonzero(np.diff(generations, prepend=0)).tolist()
    result: dict[str, Any] = {scope: [] for scope in SCOPES}
    for begin, end in pairwise([*begins, generations.size]):
        found = {key: values[begin:end] for key, values in ordered_by.items()}
        draws, copies = distinct(found["draw"]), ordered(found["copies_at_open"])
        for scope, prefix in SCOPES.items():
            line = kaplan_meier(found[f"{prefix}length_days"], found[f"{prefix}censored"] <= 0)
            result[scope].append({"generation": int(generations[begin]), **lengths_of(line, draws, copies)})
    return result


def lengths_of(line: Survival, draws: int, copies: Ordered) -> dict[str, Any]:
    """What is told of the windows of a generation. draws: how many have one. copies: at opening."""
    return {
        "windows": line.of,
        "draws": int(draws),
        **line.facts(math.sqrt(line.of / draws)),
        **{f"copies_at_open_{_name(q)}": quantile(copies, q).value for q in (0.05, 0.5, 0.95)},
    }
