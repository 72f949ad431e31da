"""Picture 7: alignment work of the world over time, by humans and generations of models; and in each dwell."""

from __future__ import annotations

from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from sim.base.words import plural
from sim.show.axes import clean, dates, size_of
from sim.show.page import MARGIN, Picture, empty, page
from sim.show.simulated import Simulated, rows, span_of
from sim.show.style import GREY, INK, SMALL, TEXT, WIDTH, cut, number, short, text_width, tint
from sim.tables.alignment import START, alignment_work, enough
from sim.tables.alignment_done import WORLD
from sim.tables.alignment_work import counts_alignment

HUMAN, MODELS = "#8c959f", "#AA4499"
OLDEST, NEWEST = 0.22, 0.95
"""Shade of the first and of the last generation of models."""
MOST_DWELLS = 8


class Dwell(NamedTuple):
    """One dwell: what was done in it by humans (0) and by each generation of models, in researcher-years."""

    name: str
    until: str | None
    since: float
    end: float
    by: dict[int, float]
    serial_days: float
    bound_by: str


def work_by_month(result: Simulated) -> dict[int, dict[float, float]]:
    """Generation of models, or 0 for humans -> start of an interval -> researcher-years a year of the world."""
    numbers = _generations(result)
    found: dict[int, dict[float, float]] = {}
    for row in rows(result, "trajectory", ("alignment_work_humans", "alignment_work_ai")):
        if row["lab"] == WORLD:
            line = found.setdefault(numbers.get(row["model"], 0), {})
            line[row["date"]] = line.get(row["date"], 0.0) + row["value"]
    return dict(sorted(found.items()))


def work_by_dwell(result: Simulated) -> list[Dwell]:
    """The dwells in order, with the world's work in each."""
    found: dict[str, Dwell] = {}
    for row in rows(result, "alignment"):
        if row["lab"] != WORLD:
            continue
        dwell = found.setdefault(
            row["dwell"], Dwell(row["dwell"], row["until"], row["from"], row["to"], {}, 0.0, row["bound_by"])
        )
        place = int(row["generation"] or 0)
        dwell.by[place] = dwell.by.get(place, 0.0) + row["researcher_years"]
        found[row["dwell"]] = dwell._replace(serial_days=dwell.serial_days + row["serial_days"])
    return list(found.values())


def _generations(result: Simulated) -> dict[str, int]:
    """Of models that a lab runs, also of those of others."""
    return {"/".join(key): model.generation for key, model in result.rates.models.items()}


def headline(result: Simulated) -> str:
    """The finding: what the work until the last level, or until the end, is enough for."""
    work, dwells = alignment_work(result.record, result.rates), work_by_dwell(result)
    reached = [dwell for dwell in dwells if dwell.until is not None]
    start = span_of(result)[0]
    last = reached[-1] if reached else dwells[-1]
    years, days, waits = enough(work, 0.0, last.end - start)
    when = f"before {last.until}" if last.until else "until the end"
    if waits:
        return f"Alignment work {when} is not enough for any job: part of it waits for {waits}" if not years else (
            f"Alignment work {when} is enough for a job below {number(years)} researcher-years, part of which waits for"
            f" {waits}, and {number(days)} serial days")  # fmt: skip
    return (f"Alignment work {when} is enough for a job below {number(years)} researcher-years, of which at most"
            f" {number(days)} serial days")  # fmt: skip


def alignment(result: Simulated) -> Picture:
    """Alignment work over time, stacked, with the levels; below it the same in each dwell, and what held it down."""
    title = "No alignment work is counted"
    if not counts_alignment(result.record):
        why = "State `staff: {alignment: ...}` or an `alignment:` block."
        return empty(result.facts, title, why)
    months, dwells = work_by_month(result), work_by_dwell(result)
    if not dwells or not any(value for line in months.values() for value in line.values()):
        return empty(result.facts, title, "Nobody does any in this scenario: it needs people who verify what AIs do.")
    shown = dwells[-MOST_DWELLS:]
    looks = _looks(months)
    notes = [
        "A generation is the k-th model of its lab. Of the work, humans' is what they would do alone; the rest is the"
        " models' that the labs trust. It rests on guesses (what one person can verify, oversight, lambda)."
    ]
    if len(shown) < len(dwells):
        notes[0] += f" Not shown: {plural(len(dwells) - len(shown), 'earlier dwell')} in alignment.csv."
    figure = page(
        result.facts,
        headline(result),
        "Researcher-years a year, all labs and people elsewhere as one field; below, in each dwell between levels.",
        3.3 + 0.45 + 0.4 * len(shown),
        legend=_legend(months, looks),
        notes=notes,
    )
    bottom, top = figure.body
    left, low = 1.02, 0.4 * len(shown) + 0.12
    above = figure.panel(left, bottom + low + 0.62, WIDTH - left - MARGIN, top - bottom - low - 0.92)
    _over_time(above, result, months, looks, dwells)
    _bars(figure, span_of(result)[0], shown, looks, bottom + 0.08, low)
    return figure


def _looks(months: dict[int, dict[float, float]]) -> dict[int, str]:
    models = [place for place in months if place]
    step = (NEWEST - OLDEST) / max(1, len(models) - 1)
    return {0: HUMAN, **{place: tint(MODELS, OLDEST + step * n) for n, place in enumerate(models)}}


def _legend(months: dict[int, dict[float, float]], looks: dict[int, str]) -> list[tuple[object, str]]:
    models = [place for place in months if place]
    found: list[tuple[object, str]] = [(Patch(facecolor=HUMAN), "humans")] if 0 in months else []
    if len(models) == 1:
        found.append((Patch(facecolor=looks[models[0]]), f"models of generation {models[0]}"))
    elif models:
        ends = (models[0], models[len(models) // 2], models[-1])
        found.append((tuple(Patch(facecolor=looks[place]) for place in ends),
                      f"models, generations {models[0]} to {models[-1]}"))  # fmt: skip
    return found


def _over_time(
    axes: Axes, result: Simulated, months: dict[int, dict[float, float]], looks: dict[int, str], dwells: list[Dwell]
) -> None:
    start, end = span_of(result)
    grid = sorted({x for line in months.values() for x in line})
    clean(axes)
    dates(axes, start, end)
    base = [0.0] * len(grid)
    for place, line in months.items():
        top = [low + line.get(x, 0.0) for low, x in zip(base, grid, strict=True)]
        axes.fill_between([*grid, end], [*base, base[-1]], [*top, top[-1]], step="post", facecolor=looks[place], lw=0.0,
                          zorder=2, gid=f"work:{place}")  # fmt: skip
        base = top
    axes.set_ylim(0.0, max(base) * 1.06 or 1.0)
    axes.yaxis.set_major_formatter(lambda value, _: short(value))
    width, height = size_of(axes)
    axes.set_ylabel("researcher-years a year", fontsize=SMALL, color=GREY)
    axes.yaxis.set_label_coords(-0.8 / width, 0.5)
    last_end = -1.0
    for dwell in dwells:
        if dwell.name == START or dwell.since <= start:
            continue
        axes.axvline(dwell.since, color=INK, lw=0.9, ls=(0, (4, 2)), zorder=3, gid=f"level:{dwell.name}")
        at = (dwell.since - start) / (end - start) * width
        words = cut(dwell.name, SMALL, 2.0)
        room = text_width(words, SMALL)
        lift = 0.06 if at - room / 2 > last_end else 0.2  # a second line where names would meet
        centre = min(max(at, room / 2), width - room / 2)
        axes.text(centre / width, 1.0 + lift / height, words, transform=axes.transAxes, ha="center", va="bottom",
                  fontsize=SMALL, color=INK, gid="level name")  # fmt: skip
        last_end = centre + room / 2 + 0.1


def span_words(dwell: Dwell, start: float) -> str:
    """From what to what a bar counts: from the scenario's start if the level had been reached by then."""
    return f"{START if dwell.since <= start else dwell.name} → {dwell.until or 'the end'}"


def _bars(
    figure: Picture, start: float, dwells: list[Dwell], looks: dict[int, str], bottom: float, height: float
) -> None:
    words = [span_words(dwell, start) for dwell in dwells]
    left = MARGIN + min(2.9, 0.15 + max(text_width(each, SMALL) for each in words))
    right = 2.55
    axes = figure.panel(left, bottom, WIDTH - left - MARGIN - right, height)
    clean(axes, grid="")
    axes.spines["bottom"].set_visible(False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_ylim(len(dwells), 0.0)
    most = max(sum(dwell.by.values()) for dwell in dwells) or 1.0
    axes.set_xlim(0.0, most)
    width = size_of(axes)[0]
    axes.text(-(left - MARGIN) / width, 1.0 + 0.05 / height, "Work in each dwell, researcher-years", fontsize=TEXT,
              transform=axes.transAxes, weight="bold", color=INK, va="bottom")  # fmt: skip
    for n, (dwell, name) in enumerate(zip(dwells, words, strict=True)):
        x = 0.0
        for place, amount in sorted(dwell.by.items()):
            axes.barh(n + 0.5, amount, left=x, height=0.62, color=looks.get(place, MODELS), lw=0.0,
                      gid=f"dwell:{dwell.name}:{place}")  # fmt: skip
            x += amount
        axes.text(-0.08 / width, n + 0.5, cut(name, SMALL, left - MARGIN - 0.1), ha="right", va="center",
                  fontsize=SMALL, color=INK, transform=axes.get_yaxis_transform(), gid="dwell name")  # fmt: skip
        text = f"{number(x)} in {number(dwell.end - dwell.since, 3)} days; {number(dwell.serial_days, 3)} serial days"
        style: dict[str, Any] = {"ha": "left", "fontsize": SMALL, "color": INK, "transform": axes.get_yaxis_transform()}
        axes.text(1.0 + 0.08 / width, n + 0.32, text, va="center", gid="dwell numbers", **style)
        axes.text(1.0 + 0.08 / width, n + 0.7, f"held down most by {dwell.bound_by}", va="center", gid="dwell bound",
                  **{**style, "color": GREY})  # fmt: skip


