"""Picture: time bought at every strength of models, a curve for each changed world; named levels are marked."""

from __future__ import annotations

from math import log10
from typing import Any

from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FixedLocator

from sim.analysis.pair import AT_LEAST, AT_MOST, EXACT
from sim.base.units import DAYS_PER_MONTH
from sim.model.level import threshold
from sim.show.axes import clean
from sim.show.compared import Compared, colours, facts_of, line_styles, rows_of, signed, words_of_level
from sim.show.page import MARGIN, Picture, empty, page
from sim.show.style import FAINT, GREY, INK, SMALL, WIDTH, brief, cut, text_width

SUBTITLE = (
    "How much later any lab first has a model of that effective FLOP than in the base, at each strength: models are "
    "discrete, so it jumps. Dots: the named levels. Arrows: the end came first in one of the two worlds, so at least "
    "(at most) that much."
)
NO_BREAK = "\u00a0"

MARKS = {EXACT: "o", AT_LEAST: "^", AT_MOST: "v"}
"""How well a time bought is known -> its mark."""

MOST_LENGTH = 1.6
"""Times the most that is bought, up to which an intervention's length is drawn too: longer ones would flatten it."""

FEW = 6
"""Changed worlds whose lines may be thick, and beside which the lengths of the interventions are drawn."""


def headline(comparison: Compared) -> str:
    """The finding: time bought at the lowest and the highest level that is known, of the world that buys most."""
    best: tuple[float, str] | None = None
    for pair in comparison.pairs:
        known = [row for row in rows_of(comparison, "levels", pair.name)
                 if row["time_bought_days"] is not None and row["date_base"] is not None
                 and row["date_base"] >= _start(comparison)]  # fmt: skip
        if not known:
            continue
        first, last = known[0], known[-1]
        parts = []
        for row in [first] if first is last else [first, last]:
            time = signed(row["time_bought_days"], row["bound"]).replace(" ", NO_BREAK)
            parts.append(f"{time} at {words_of_level(row['level'])}")
        size = max(abs(row["time_bought_days"]) for row in known)
        if best is None or size > best[0]:
            best = size, f"{brief(pair.name, 40)}: {', '.join(parts)}"
    return best[1] if best else "Time bought at every strength of models"


def _start(comparison: Compared) -> float:
    from sim.show.simulated import start_of

    return start_of(comparison.base)


def time_bought(comparison: Compared) -> Picture:
    """Time bought against effective FLOP, a curve for each changed world."""
    facts = facts_of(comparison)
    lines = {pair.name: rows_of(comparison, "ladder", pair.name) for pair in comparison.pairs}
    lines = {name: [row for row in rows if row["time_bought_days"] is not None] for name, rows in lines.items()}
    if not any(lines.values()):
        return empty(facts, "No time bought: no new model in both worlds", "There is nothing to show.")
    colour, dashes = colours(comparison), line_styles(comparison)
    handles = [Line2D([], [], color=colour[name], lw=1.8, ls=dashes[name]) for name in lines]
    left, right = _reach(lines)
    lowest, highest = _ends(lines, left, right)
    spent = {pair.name: pair.world.intervened(pair.end) for pair in comparison.pairs if len(lines) <= FEW}
    lengths = {name: days / DAYS_PER_MONTH for name, days in spent.items()
               if days and days / DAYS_PER_MONTH <= MOST_LENGTH * max(highest, 1.0)}  # fmt: skip
    legend = [(handle, brief(name, 48)) for handle, name in zip(handles, lines, strict=True)]
    if lengths:
        legend.append((Line2D([], [], color=GREY, lw=1.0, ls=(0, (4, 3))), "as long as the intervention was in force"))
    figure = page(facts, headline(comparison), SUBTITLE, 4.6, legend=legend)
    bottom, top = figure.body
    axes = clean(figure.panel(0.85, bottom + 0.55, WIDTH - MARGIN - 0.95, top - bottom - 1.05), "both")
    axes.axhline(0.0, color=INK, lw=0.9)
    for name, rows in lines.items():
        places = [log10(row["effective_flop"]) for row in rows]
        values = [row["time_bought_days"] / DAYS_PER_MONTH for row in rows]
        bounds = [row["bound"] for row in rows]
        thick = 2.0 if len(lines) <= FEW else 1.2
        for since, until in _stretches(bounds):
            # a strength holds from just above the one before it up to itself
            xs, ys = places[max(0, since - 1) : until], values[since:until]
            ys = [*ys[: len(xs) - len(ys)], *ys]
            axes.step(xs, ys, where="pre", color=colour[name], lw=thick, ls=dashes[name], gid=f"bought:{name}")
        for bound in (AT_LEAST, AT_MOST):
            found = [n for n, each in enumerate(bounds) if each == bound][:2]
            axes.plot(
                [places[n] for n in found],
                [values[n] for n in found],
                MARKS[bound],
                color=colour[name],
                ms=3.5,
                ls="none",
                alpha=0.8,
            )
    for name, months in lengths.items():
        axes.axhline(months, color=colour[name], lw=1.0, ls=(0, (4, 3)), gid=f"in force:{name}")
        highest = max(highest, months)
    _levels(figure, comparison, axes, (left, right), colour)
    room = max(highest - lowest, 1.0)
    axes.set_ylim(lowest - 0.08 * room if lowest < 0.0 else -0.03 * room, highest + 0.1 * room)
    axes.set_xlim(left, right)
    decades = range(int(left), int(right) + 2)
    step = max(1, len(decades) // 9)
    ticks = [k for k in decades if left <= k <= right and k % step == 0]
    axes.xaxis.set_major_locator(FixedLocator([float(k) for k in ticks]))
    axes.xaxis.set_major_formatter(FixedFormatter([f"1e{k}" for k in ticks]))
    axes.set_xlabel("effective FLOP of the strongest model anywhere (log)", fontsize=SMALL, color=GREY)
    axes.set_ylabel("months bought", fontsize=SMALL, color=GREY)
    return figure


def _reach(lines: dict[str, list[dict[str, object]]]) -> tuple[float, float]:
    """The part of the axis in which anything is exact and another than 0, with some room."""
    every = [(log10(row["effective_flop"]), row) for rows in lines.values() for row in rows]  # type: ignore[arg-type]
    exact = [place for place, row in every if row["bound"] == EXACT]
    moved = [place for place, row in every if row["time_bought_days"]]
    right = max(exact or [place for place, _ in every])
    left = max(min(place for place, _ in every), min(moved, default=right) - 0.8)
    room = max(right - left, 0.5)
    return left - 0.02 * room, right + 0.06 * room


def _ends(lines: dict[str, list[dict[str, Any]]], left: float, right: float) -> tuple[float, float]:
    """The least and the most months bought in a part of the axis, and 0."""
    seen = [row["time_bought_days"] / DAYS_PER_MONTH for rows in lines.values() for row in rows
            if left <= log10(row["effective_flop"]) <= right]  # fmt: skip
    return min([*seen, 0.0]), max([*seen, 0.0])


def _stretches(bounds: list[str]) -> list[tuple[int, int]]:
    """(first, after the last) of each stretch of strengths whose time bought is exact."""
    found: list[tuple[int, int]] = []
    for n, bound in enumerate(bounds):
        if bound != EXACT:
            continue
        since = found.pop()[0] if found and found[-1][1] == n else n
        found.append((since, n + 1))
    return found


def _levels(
    figure: Picture, comparison: Compared, axes: object, reach: tuple[float, float], colour: dict[str, str]
) -> None:
    """A mark for each named level, and what each world bought there."""
    from matplotlib.axes import Axes

    assert isinstance(axes, Axes)
    draw = comparison.base.record.draw
    known = {row["level"] for row in rows_of(comparison, "levels")}
    places = sorted((threshold(draw, level), level) for level in known)
    last = [-1e9, -1e9]
    width = axes.get_position().width * WIDTH
    for place, level in places:
        if not reach[0] <= place <= reach[1]:
            continue
        axes.axvline(place, color=FAINT, lw=1.2, zorder=0.5)
        x = (place - reach[0]) / (reach[1] - reach[0]) * width
        words = cut(words_of_level(level), SMALL, 1.6)
        half = text_width(words, SMALL) / 2.0
        line = next((n for n, taken in enumerate(last) if x - half > taken), None)
        if line is not None:
            axes.text(place, 1.015 + 0.045 * line, words, transform=axes.get_xaxis_transform(), ha="center",
                      va="bottom", fontsize=SMALL, color=GREY)  # fmt: skip
            last[line] = x + half + 0.08
        for row in rows_of(comparison, "levels"):
            if row["level"] == level and row["time_bought_days"] is not None:
                months = row["time_bought_days"] / DAYS_PER_MONTH
                axes.plot([place], [months], MARKS[row["bound"]], ms=5.5, color=colour[row["scenario"]], mec="white",
                          mew=0.8, zorder=4)  # fmt: skip
