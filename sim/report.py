"""What `sim run` prints: the table of models, then warnings, guesses and unused inputs, and where the files are."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

from sim.base.calendar import date_text
from sim.result import Result


def human(value: float | None) -> str:
    """A number to read: 3 significant figures, with k, M, G, T for thousands."""
    if value is None:
        return "-"
    if value == 0.0:
        return "0"
    for size, letter in ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size * 0.9995:
            if abs(value) >= 1e18:
                return f"{value:.2e}"
            return f"{value / size:.3g}{letter}" if abs(value) < 999.5 * size else f"{value / size:.0f}{letter}"
    return f"{value:.3g}"


def days(length: float, censored: bool) -> str:
    """A window's length in days; `>` if it was still open at the end."""
    return f"{'>' if censored else ''}{length:,.0f}"


def print_report(result: Result, folder: Path, out: IO[str]) -> None:
    """Write the report of a finished run."""
    draw = result.record.draw
    if draw.question:
        print(f"{draw.question}\n", file=out)
    _table(result, out)
    _notes(result, out)
    if draw.backtest:
        _backtest(result, out)
    _list("Warnings", result.summary["warnings"], out, 12, "see summary.json")
    _list("Guesses among the inputs", result.summary.get("guesses", []), out, 8, "all in summary.json")
    _list("Inputs that influenced nothing", result.summary.get("unused_inputs", []), out, 8, "all in summary.json")
    pictures = sorted(path.name for path in folder.glob("*.png"))
    print(f"\nTables and provenance: {folder}/", file=out)
    if pictures:
        print(f"Pictures: {', '.join(str(folder / name) for name in pictures)}", file=out)


def _table(result: Result, out: IO[str]) -> None:
    windows = result.table("windows")
    names = [column.name for column in windows.columns]
    domain = _headline_domain(result)
    heads = ["lab", "model", "internal", "public", "own", "frontier", "tokens/s", "copies", "at open", "peak", "tok/s", "x human", "humans"]
    over = ["", "", "", "", "window, days", "", "from training compute", "", "copies, whole fleet", "", "speed of a copy", "", "equivalent"]
    lines = []
    public = {(model.lab, model.name): model.public for model in result.record.models}
    for row in windows.rows:
        cell: dict[str, Any] = dict(zip(names, row, strict=True))
        day = public[cell["lab"], cell["model"]]
        lines.append([
            cell["lab"], cell["model"], cell["opens"][:10], "-" if day is None else date_text(day, result.record.draw.start)[:10],
            days(cell["length_days"], cell["censored"]), days(cell["frontier_length_days"], cell["frontier_censored"]),
            human(cell["tokens_per_s_from_training_compute"]), human(cell["copies_from_training_compute"]),
            human(cell["copies_at_open"]), human(cell["copies_peak"]), human(cell["speed_tokens_per_s"]),
            human(cell["speed_vs_human"]), human(cell[f"human_equivalents_at_open_{domain}"]),
        ])  # fmt: skip
    if not lines:
        print("No model became usable before the end.", file=out)
        return
    widths = [max(len(line[n]) for line in [heads, *lines]) for n in range(len(heads))]
    for left, right in ((4, 5), (6, 7), (8, 9), (10, 11)):
        short = len(over[left]) - (widths[left] + 2 + widths[right])
        if short > 0:
            widths[left] += short
    top = ""
    position = 0
    for n, text in enumerate(over):
        top = top.ljust(position) + text
        position += widths[n] + 2
    print(top.rstrip(), file=out)
    for line in [heads, *lines]:
        print("  ".join(text.ljust(widths[n]) if n < 4 else text.rjust(widths[n]) for n, text in enumerate(line)).rstrip(), file=out)


def _backtest(result: Result, out: IO[str]) -> None:
    table, counts = result.backtest
    heads = ["flagship", "scope", "public", "real closing", "by", "predicted", "by", "interval", "error, days", "outcome"]
    lines = []
    for row in table.rows:
        interval = f"{(row[13] or 'none')[:10]} to {(row[14] or 'none')[:10]}"
        error = "-" if row[15] is None else f"{row[15]:+,.0f}"
        lines.append([f"{row[0]}/{row[1]}", row[2], row[3][:10], (row[8] or "-")[:10], row[7] or "-", (row[11] or "-")[:10],
                      row[10] or "-", interval, error, row[16]])  # fmt: skip
    print("\nBacktest: real against predicted closing of each flagship's window, by public dates", file=out)
    _columns([heads, *lines], out)
    for scope in ("own", "frontier"):
        found = counts[scope]
        middle = found["median_absolute_error_days"]
        print(f"{scope}: {found['with_actual_closing']} really closed; hit {found['hit']}, early {found['early']}, late {found['late']}, "
              f"missed {found['missed']}, premature {found['premature']}; real date inside the interval {found['actual_inside_predicted_interval']}; "
              f"median error {'-' if middle is None else f'{middle:,.0f}'} days", file=out)  # fmt: skip
    wrong = counts["pairs_in_wrong_order"]
    print(f"Pairs of one lab's flagships in the wrong order: {len(wrong)} of {counts['pairs_of_flagships']}", file=out)
    for item in wrong:
        print(f"  {item}", file=out)


def _columns(lines: list[list[str]], out: IO[str]) -> None:
    widths = [max(len(line[n]) for line in lines) for n in range(len(lines[0]))]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip(), file=out)


def _headline_domain(result: Result) -> str:
    domains = sorted(result.record.draw.domains)
    return "ai_research" if "ai_research" in domains else domains[0]


def _notes(result: Result, out: IO[str]) -> None:
    draw = result.record.draw
    domain = _headline_domain(result)
    basis = draw.domains[domain].token_basis
    tokens = result.rates.tokens_per_human_hour(draw.domains[domain])
    print(f"\n> open at the end. Windows: to a model {draw.stronger_by:g} times as strong (effective FLOP), by internal dates.\n"
          "Copies could run, they are not what was deployed (see trajectory.csv). 'at open': all accelerators of the lab's\n"
          f"fleets on the day the lab can use the model. Human equivalents in {domain}, of all fleets at opening, on the tasks\n"
          f"the model can do: token basis '{basis}', {tokens:,.0f} tokens for an hour of human work.", file=out)  # fmt: skip
    uplift = result.summary["implied_uplift"]
    if uplift:
        observed = result.summary["observed"]["implied_uplift"]
        parts = [f"{year} {value:.2f}x" + (f" (observed about {observed[year]:.2f}x)" if year in observed else "")
                 for year, value in sorted(uplift.items())]  # fmt: skip
        print(f"Implied uplift of software progress by AI labour: {', '.join(parts)}.", file=out)


def _list(title: str, items: list[str], out: IO[str], most: int, rest: str) -> None:
    if not items:
        return
    print(f"\n{title} ({len(items)}):", file=out)
    for item in items[:most]:
        print(f"  {item}", file=out)
    if len(items) > most:
        print(f"  ... and {len(items) - most} more; {rest}", file=out)
