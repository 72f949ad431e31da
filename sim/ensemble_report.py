"""What an ensemble's summary says, in words for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.base.words import plural, plural_is
from sim.ensemble.central import reference
from sim.scenario.support import NONE_AMONG, counted
from sim.tables.percent import percent

MOST_LINES = 12
"""Generations that are printed."""

WIDE = 0.25
"""Share of a median above which its error is told as a factor, if all draws that it is of are above 0."""

MEDIANS = ("A draw's median leaves out windows of 0 days (surpassed on the first day) and open ones; the windows by "
           "generation below have both.")  # fmt: skip

FEWER = 0.95
"""Share of the draws that have a generation, below which it is told that these are not like the others."""
OPEN = 0.2
"""Share of a generation's windows that are open, above which the same is told."""

SAME = 0.005
"""Share of the draws that are as the central case, from which on it is told."""

SHOWN = ("own_window_median_days", "frontier_window_median_days", "most_copies_at_open",
         "most_copies_from_training_compute", "best_effective_flop", "models")  # fmt: skip
WORDS = {
    "own_window_median_days": "own windows that closed, a draw's median, days",
    "frontier_window_median_days": "frontier windows that closed, a draw's median, days",
    "most_copies_at_open": "most copies at opening",
    "most_copies_from_training_compute": "most copies on training compute",
    "best_effective_flop": "strongest model at the end, FLOP",
    "models": "models",
}


def report_text(summary: Mapping[str, Any]) -> str:
    """Results with their Monte Carlo error, windows by generation, levels and milestones."""
    end = str(summary["end"])[:10]
    lines = [_head(summary), "", *_results(summary), *_warnings(summary), *_dates(summary, end), *_dwell(summary),
             *_windows(summary, end)]  # fmt: skip
    factor = " (×/÷: the same as a factor)" if any("×/÷" in line for line in lines) else ""
    lines += ["", f"A range holds 90% of draws; ± is one standard error{factor}, as there are so many draws only. What "
                  "the inputs' ranges leave out is in neither."]  # fmt: skip
    return "\n".join(lines)


def _head(summary: Mapping[str, Any]) -> str:
    if "branch" in summary:
        from sim.branch_report import head

        return head(summary)
    failed = failed_text(summary)
    draws = plural(summary["draws"], "draw")
    text = f"{summary['name']}: {draws} ({summary['method']}, seed {summary['seed']}){failed}\n"
    supports = counted(summary["guesses_among_them"], summary.get(NONE_AMONG, 0))
    return f"{text}{plural_is(summary['uncertain_inputs'], 'input')} uncertain; {supports}"


def failed_text(summary: Mapping[str, Any]) -> str:
    """How many failed, to be put behind the number of draws."""
    where = "reduced.json" if summary.get("keep") == "summary" else "failures-*.parquet"
    return f", of which {summary['failed']:,} failed (see {where})" if summary["failed"] else ""


def _results(summary: Mapping[str, Any]) -> list[str]:
    rows = [("result", "median", "90% of draws", reference(summary))]
    for name in SHOWN:
        found = summary["results"][name]
        if found["median"] is not None:
            rows.append((WORDS[name], median_text(found), _range(found), central_text(found)))
    return [*table(rows), MEDIANS]


def _warnings(summary: Mapping[str, Any]) -> list[str]:
    return [f"warning: {text}" for text in summary.get("warnings", ())]


def _dates(summary: Mapping[str, Any], end: str) -> list[str]:
    lines = []
    for kind in ("levels", "milestones"):
        rows = [(kind[:-1], "median", "90% of draws", reference(summary), f"not reached by {end}")]
        for name, found in summary[kind].items():
            error = found["median_error_days"] if found["p5"] != found["p95"] else None
            median = found["median"] or f"after {end}"
            never = "" if not found["not_reached"] else f"in {percent(found['not_reached'])} of draws"
            after = f"after {end}"
            low, high = found["p5"] or after, found["p95"] or after
            central = central_text({**found, "central": found["central"][:10]}) if found["central"] else after
            rows.append((name, median if error is None else f"{median} ± {error:,.0f} days",
                         low if low == high else f"{low} to {high}", central, never))  # fmt: skip
        if len(rows) > 1:
            lines += ["", *table(rows)]
    return lines


def _dwell(summary: Mapping[str, Any]) -> list[str]:
    """How long levels last, in the draws that reach them."""
    found = [row for row in summary["dwell"] if row["draws"]]
    if not found:
        return []
    rows = [("from", "to", "draws", "median", "90%", "open at end", reference(summary))]
    for row in found:
        central = row["central_days"]
        ours = "none" if central is None else f"{'> ' * bool(row['central_open'])}{_number(central)}"
        rows.append((row["level"], row["next_level"], f"{row['draws']:,}", *_length(row), ours))
    return ["", "How long levels last, days (Kaplan-Meier; from a first crossing to the next level's)", *table(rows)]


def _windows(summary: Mapping[str, Any], end: str) -> list[str]:
    found = summary["windows"].get("all")
    if not found or not found["own"]:
        return []
    labs = len(summary["windows"]) - 1
    of_labs = f", of {labs} labs together" if labs > 0 else ""
    lines = ["", f"Windows of new models, days (Kaplan-Meier{of_labs}; the k-th new model of its lab since the start)"]
    rows = [("k", "windows", "own: median", "90%", "open at end", "frontier: median", "90%", "open at end",
             "copies at opening")]  # fmt: skip
    for own, frontier in list(zip(found["own"], found["frontier"], strict=True))[:MOST_LINES]:
        copies = own["copies_at_open_median"]
        ends = [_number(own[f"copies_at_open_{end}"]) for end in ("p5", "p95") if copies is not None]
        of = "" if copies is None else _number(copies) if len({*ends}) == 1 else (
            f"{_number(copies)} ({ends[0]} to {ends[1]})")  # fmt: skip
        rows.append((str(own["generation"]), f"{own['windows']:,}", *_length(own), *_length(frontier), of))
    lines += table(rows)
    if any(own["draws"] < FEWER * summary["draws"] or own["open_at_end"] > OPEN for own in found["own"][:MOST_LINES]):
        lines.append("Where fewer draws have a generation, or many of its windows are open at the end, it is the fast "
                     "worlds that tell: its median is too short.")  # fmt: skip
    more = len(found["own"]) - MOST_LINES
    return [*lines, f"... and {more} more generations, in summary.json"] if more > 0 else lines


def _length(found: Mapping[str, Any]) -> tuple[str, str, str]:
    most = "longer than seen"
    low, high = found["p5_days"], found["p95_days"]
    error = None if low == high else found["median_error_days"]
    median = most if found["median_days"] is None else _with_error(found["median_days"], error)
    first, last = (most if end is None else _number(end) for end in (low, high))
    ends = first if first == last else f"{first} to {last}"
    return median, "" if low is None else ends, percent(found["open_at_end"])


def central_text(found: Mapping[str, Any]) -> str:
    """What the central case has, and where that lies among the draws."""
    value, at = found["central"], found["central_at"]
    if value is None or at is None:
        return "none"
    shown = value if isinstance(value, str) else _number(value)
    return f"{shown} ({_amid(at, found.get('central_at_same') or 0.0)})"


def _amid(at: float, same: float) -> str:
    """Where the central case lies among the draws. at: the share below it and half of the `same`, which are equal."""
    if same == 1.0:
        return "as in all draws"
    if same < SAME:
        return f"above {percent(at)} of draws"
    return f"above {percent(round(at - same / 2.0, 12))} of draws, as in {percent(same)}"


def _range(found: Mapping[str, Any]) -> str:
    low, high = found["p5"], found["p95"]
    return "no spread" if low == high else f"{_number(low)} to {_number(high)}"


def median_text(found: Mapping[str, Any]) -> str:
    """A median with its error: what it may be times more or less, where it is spread so widely."""
    value, error, factor = found["median"], found["median_error"], found.get("median_error_factor")
    if found["p5"] == found["p95"]:
        return _number(value)
    if factor is not None and error is not None and error > WIDE * abs(value):
        return f"{_number(value)} ×/÷ {_number(factor, 2)}"
    return _with_error(value, error)


def _with_error(value: float, error: float | None) -> str:
    return _number(value) if error is None else f"{_number(value)} ± {_number(error, 2)}"


def _number(value: float, digits: int = 3) -> str:
    rounded = float(f"{value:.{digits}g}")
    return f"{rounded:,.15g}" if 1e-3 <= abs(rounded) < 1e15 or not rounded else f"{rounded:.{digits}g}"


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table, columns as wide as their cells."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
