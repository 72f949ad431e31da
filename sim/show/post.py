"""One table of a comparison that fits a post: as Markdown, HTML and a picture."""

from __future__ import annotations

import html

from sim.analysis.pair import Pair
from sim.show.break_even import break_even
from sim.show.compared import Compared, facts_of, rows_of, signed, span, words_of_level
from sim.show.given_up import NOTHING, percent, until_the_end, without
from sim.show.one_pair import one_pair
from sim.show.simulated import Row, month, start_of
from sim.show.style import number

MOST_LEVELS = 4


def post(comparison: Compared) -> tuple[list[str], list[list[str]], list[str]]:
    """Headings, rows and notes of the table, in plain spaces."""
    heads, rows, notes = _post(comparison)
    return heads, [[cell.replace("\u00a0", " ") for cell in row] for row in rows], notes


def post_alone(comparison: Compared) -> tuple[list[str], list[list[str]], list[str]]:
    """The same for where nothing else is told of the comparison: with what one pair of worlds cannot tell."""
    heads, rows, notes = post(comparison)
    return heads, rows, [*notes, one_pair(comparison)]


def _post(comparison: Compared) -> tuple[list[str], list[list[str]], list[str]]:
    start = start_of(comparison.base)
    levels: list[str] = []
    for row in rows_of(comparison, "levels"):
        begun = row["date_base"] is not None and row["date_base"] < start
        if row["level"] not in levels and not begun:
            levels.append(row["level"])
    left_out = levels[:-MOST_LEVELS]
    levels = levels[-MOST_LEVELS:]
    spent = any(pair.world.intervened(pair.end) for pair in comparison.pairs)
    heads = ["", *(["in force"] if spent else [])]
    for n, level in enumerate(levels):
        heads.append(f"time bought at {words_of_level(level)}")
        if n + 1 < len(levels):
            heads.append(f"dwell bought to {words_of_level(levels[n + 1])}")
    if not levels:
        heads.append("time bought at the base's last frontier model")
    aligned = bool(levels) and bool(comparison.table("alignment").rows)
    heads += [f"alignment work before {words_of_level(levels[-1])}, each world's"] if aligned else []
    able = comparison.pairs[0].able_level
    worked = bool(levels) and not aligned and able not in (None, levels[-1])
    heads += [f"AI work before {words_of_level(levels[-1])}, each world's"] if worked else []
    heads += [f"AI work until the end{f', by models at {words_of_level(able)}' if able else ''}",
              "training until the end"]  # fmt: skip
    base = comparison.pairs[0]
    rows = [_base_row(comparison, levels, spent), *(_row(comparison, pair, levels, spent) for pair in comparison.pairs)]
    given = [until_the_end(comparison, pair) for pair in comparison.pairs]
    ends = [[number(given[0].work[1]), number(given[0].training[1])],
            *([_amount(*each.work, without(each)), _amount(*each.training)] for each in given)]  # fmt: skip
    sides = [(base, "_base"), *((pair, "") for pair in comparison.pairs)]
    for cells, (pair, side), end in zip(rows, sides, ends, strict=True):
        cells += [_alignment(comparison, pair, levels[-1], side)] if aligned else []
        cells += [_work(comparison, pair, levels[-1], able or "", side)] if worked else []
        cells += end
    own = ["the time in force"] * spent + ["work before a level"] * (aligned or worked)
    besides = f", but for {' and '.join(own)}: each world's own" if own else ""
    notes = [
        f"The base's row has its own dates and amounts; the other rows have changes against it (+ or −){besides}.",
        "Time bought: how much later any lab first reaches the level than in the base. Dwell bought: how much longer "
        "the level then lasts. > and <: the end came first in one of the two worlds.",
        counted_by(able) +
        " Training: H100e-years of runs. Of both a minus is given up.",
    ]  # fmt: skip
    of_alignment = ["Without alignment's: all but the AI work of fleets that work on alignment."
                    * any(map(without, given)),
                    "Alignment work: researcher-years that count, of the whole world." * aligned]  # fmt: skip
    notes += [" ".join(filter(None, of_alignment))] if any(of_alignment) else []
    if left_out:
        notes.append(f"Lower levels are in levels.csv: {', '.join(map(words_of_level, left_out))}.")
    return heads, rows, notes


def counted_by(able: str | None) -> str:
    """What AI work is counted, in a sentence. able: `Pair.able_level`."""
    if able is None:
        return "AI work: human-years of all labs on the tasks that their models can do, many copies of weak ones too."
    words = words_of_level(able)
    return (f"AI work: human-years of all labs by models at {words} or stronger; weaker ones do not count. Where a "
            "limit keeps models just above that, many copies of them run: more work (+), but none by stronger ones.")


def _amount(value: float, of: float, more: str = "") -> str:
    """A change with its share of the base's; what is smaller than anyone would read is 0."""
    if abs(value) <= NOTHING * abs(of):
        return f"0{f' ({more})' if more else ''}"
    plus = "+" if value > 0.0 else ""
    shares = "; ".join([*([percent(value, of)] if of else []), *([more] if more else [])])
    return f"{plus}{number(value)}{f' ({shares})' if shares else ''}".replace("-", "−")


def _base_row(comparison: Compared, levels: list[str], spent: bool) -> list[str]:
    pair = comparison.pairs[0]
    rows = {row["level"]: row for row in rows_of(comparison, "levels", pair.name)}
    cells = ["base", *([""] if spent else [])]
    for n, level in enumerate(levels):
        date = rows[level]["date_base"] if level in rows else None
        cells.append(_day(date) if date is not None else "not reached")
        if n + 1 < len(levels):
            days = rows[level]["dwell_base_days"] if level in rows else None
            cells.append("" if days is None else span(days))
    if not levels:
        found = _last(comparison, pair)
        cells.append(_day(found["date_base"]) if found else "")
    return cells


def _row(comparison: Compared, pair: Pair, levels: list[str], spent: bool) -> list[str]:
    rows = {row["level"]: row for row in rows_of(comparison, "levels", pair.name)}
    days = pair.world.intervened(pair.end)
    cells = [pair.name, *([span(days) if days else ""] if spent else [])]
    for n, level in enumerate(levels):
        row = rows.get(level)
        cells.append(signed(row["time_bought_days"], row["bound"]) if row else "")
        if n + 1 < len(levels):
            cells.append(signed(row["dwell_bought_days"], row["dwell_bound"]) if row else "")
    if not levels:
        found = _last(comparison, pair)
        cells.append(signed(found["time_bought_days"], found["bound"]) if found else "")
    return cells


def _last(comparison: Compared, pair: Pair) -> Row | None:
    """The strongest model of the base, and what the world bought there."""
    rows = [row for row in rows_of(comparison, "ladder", pair.name) if row["date_base"] is not None]
    return rows[-1] if rows else None


def _alignment(comparison: Compared, pair: Pair, level: str, side: str) -> str:
    """Researcher-years until a level in one of the worlds, and the models' share of them."""
    rows = {row["by"]: row for row in rows_of(comparison, "alignment", pair.name) if row["level"] == level}
    if not rows:
        return ""
    whole, models = (rows[by][f"researcher_years{side}"] for by in ("all", "models"))
    open_here = rows["all"]["bound"] in (("at most", "unknown") if side else ("at least", "unknown"))
    share = f" ({models / whole:.0%} by AIs)" if whole else ""
    return f"{'> ' if open_here else ''}{number(whole)}{share}"


def _work(comparison: Compared, pair: Pair, level: str, able: str, side: str) -> str:
    """AI work of all domains until a level in one of the worlds, by models that have reached another."""
    rows = [row for row in rows_of(comparison, "work", pair.name) if (row["level"], row["by"]) == (level, able)]
    open_here = any(row["bound"] in (("at most", "unknown") if side else ("at least", "unknown")) for row in rows)
    done = sum(row[f"work{side}"] for row in rows)
    return "none" if not done and open_here else f"{'> ' if open_here else ''}{number(done)}"


def _day(place: float) -> str:
    return month(place)


def markdown(comparison: Compared) -> str:
    """The table in Markdown, with its notes; below it what alignment work is enough for, where it is counted."""
    facts = facts_of(comparison)
    lines = [f"**{facts.question}**", ""] if facts.question else []
    for heads, rows, notes in (post_alone(comparison), break_even(comparison)):
        if rows:
            lines += [_line(heads), _line(["---", *("---:" for _ in heads[1:])]), *map(_line, rows), "", *notes, ""]
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def html_table(comparison: Compared) -> str:
    """The table in HTML, with its notes; below it what alignment work is enough for, where it is counted."""
    return "".join(_html(*each) for each in (post_alone(comparison), break_even(comparison)) if each[1])


def _html(heads: list[str], rows: list[list[str]], notes: list[str]) -> str:
    style = ' style="text-align: right; padding: 2px 8px"'
    head = "".join(f"<th{style if n else ''}>{html.escape(cell)}</th>" for n, cell in enumerate(heads))
    body = "".join(
        "<tr>" + "".join(f"<td{style if n else ''}>{html.escape(cell)}</td>" for n, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    told = "".join(f"<p><small>{html.escape(note)}</small></p>" for note in notes)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{told}"


def html_page(comparison: Compared) -> str:
    """The table as a page of its own."""
    facts = facts_of(comparison)
    question = html.escape(facts.question or facts.name)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{question}</title></head>\n'
        f"<body><h3>{question}</h3>{html_table(comparison)}</body></html>\n"
    )
