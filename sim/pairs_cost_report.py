"""What draws in pairs give up, in words for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.base.units import DAYS_PER_YEAR
from sim.ensemble_report import table
from sim.show.compared import words_of_level
from sim.show.given_up import NOTHING, NOTICED, TIMES, percent
from sim.show.style import number


def cost_lines(summary: Mapping[str, Any]) -> list[str]:
    """The AI workforce and the training that each change gives up until the end; more is in costs.csv."""
    rows = [row for name, found in summary["scenarios"].items() for row in _rows(name, found)]
    heads = ("change", "of", "base: median", "change: median", "90% of draws", "as a share", "90% of draws",
             "central case")  # fmt: skip
    return ["Given up until the end: a minus; the changed world's less the base's, draw by draw (more in costs.csv)",
            *table([heads, *rows])]  # fmt: skip


def _rows(name: str, found: Mapping[str, Any]) -> list[tuple[str, ...]]:
    able = found["able_level"]
    lines = {(line["what"], line["of"]): line for line in found["cost"]}
    whole, others = (lines.get((what, able)) for what in ("ai_work_by", "other_work_by"))
    told = whole is not None and others is not None and abs(
        whole["change"]["median"] - others["change"]["median"]) > NOTICED * abs(whole["base"]["median"])  # fmt: skip
    asked = [(("ai_work_by", able), f"AI work by models at {words_of_level(able)}, human-years", 1.0) if able else
             (("tokens", None), "tokens", 1.0)]  # fmt: skip
    asked += [(("other_work_by", able), "of it all but alignment's", 1.0)] if told else []
    rows = []
    for key, words, unit in (*asked, (("compute", "training"), "training, H100e-years", DAYS_PER_YEAR)):
        line = lines.get(key)
        if line is None:
            continue
        change, share, base, ours = line["change"], line["share"], line["base"]["median"], line["central"]
        least = NOTHING * abs(base)
        error = change["median_error"]
        pm = f" ± {number(error / unit)}" if error is not None and error > least else ""
        rows.append((name, words, number(base / unit), _signed(change["median"], least, unit) + pm,
                     _to(*(_signed(change[q], least, unit) for q in ("p5", "p95"))), *_shares(share),
                     _signed(ours["change"], NOTHING * abs(ours["base"]), unit)))  # fmt: skip
    return [tuple(cell.replace("\u00a0", " ") for cell in row) for row in rows]


def _shares(found: Mapping[str, Any]) -> tuple[str, str]:
    """Median and 90% of the change as a share of the base's; empty where no draw's base has any."""
    if found["median"] is None:
        return "", ""
    error, median = found["median_error"], _share(found["median"])
    if error and error >= NOTHING:
        median = f"{median.removesuffix(TIMES)} ± {number(error)}{TIMES}" if median.endswith(TIMES) else (
            f"{median} ± {100.0 * error:.{0 if error >= 0.0095 else 1}f}%")  # fmt: skip
    return median, _to(_share(found["p5"]), _share(found["p95"]))


def _to(low: str, high: str) -> str:
    if low.endswith(TIMES) and high.endswith(TIMES) and low != high:
        low = low.removesuffix(TIMES)
    return low if low == high else f"{low} to {high}"


def _signed(value: float, least: float, unit: float) -> str:
    if abs(value) <= least:
        return "0"
    return f"{'+' if value > 0.0 else '−'}{number(abs(value) / unit)}"


def _share(value: float) -> str:
    return "0%" if abs(value) <= NOTHING else percent(value, 1.0)

