"""Picture: the base against one changed world over time: strongest model, AI workforce, alignment work, software."""

from __future__ import annotations

from math import inf, log10
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.analysis.pair import Pair, World
from sim.model.level import threshold
from sim.show.axes import clean, dates, log_limits, log_scale, size_of
from sim.show.compared import BASE, Compared, colours, facts_of, rows_of, signed, words_of_level
from sim.show.given_up import NOTHING, percent, until_the_end, without
from sim.show.page import MARGIN, Picture, page
from sim.show.simulated import Row, start_of
from sim.show.style import FAINT, GREY, SMALL, TEXT, WIDTH, brief, number, text_width, tint

SHADE = 0.25


Series = tuple[str, str | None]
"""(series, of) of `over_time`; of None: the sum of all."""


class Panel(NamedTuple):
    """One series of `over_time`, and `whole`: another one that is drawn dashed."""

    series: Series
    title: str
    says: str
    dashed: Series | None = None


def _panels(pair: Pair, rows: list[Row]) -> list[Panel]:
    """What is drawn below the frontier, as far as there is any."""
    able, every = pair.able_level, ("human_equivalents", None)
    if able is None:
        workforce = Panel(every, "AI workforce, full-time humans (log)",
                          "AI work of all labs in full-time humans, on the tasks that their models can do")  # fmt: skip
    else:
        words = words_of_level(able)
        workforce = Panel(
            ("human_equivalents_by", able), f"AI workforce of models at {words}, full-time humans (log)",
            f"AI work of all labs in full-time humans, by models that have reached {words} (dashed: by all models, on "
            "the tasks that they can do)", every,
        )  # fmt: skip
    found = [
        workforce,
        Panel(("alignment_work", "all"), "alignment work that counts, researcher-years a year (log)",
              "alignment work of the whole world (dashed: by people)", ("alignment_work", "humans")),
        Panel(("training_efficiency", None), "training efficiency, best lab (log)",
              "the best lab's training efficiency"),
    ]  # fmt: skip
    return [panel for panel in found if any(base or value for base, value in _values(rows, panel.series))]


def _values(rows: list[Row], which: Series | None) -> list[tuple[float, float]]:
    """(base, changed world) of each interval."""
    series, of = which or ("", None)
    found: dict[float, tuple[float, float]] = {}
    for row in rows:
        if row["series"] == series and of in (None, row["of"]):
            base, value = found.get(row["date"], (0.0, 0.0))
            found[row["date"]] = base + row["base"], value + row["value"]
    return [found[date] for date in sorted(found)]


def against(comparison: Compared, name: str) -> Picture:
    """Strongest model, AI workforce, alignment work and software of the base and of one changed world."""
    pair = next(pair for pair in comparison.pairs if pair.name == name)
    colour = colours(comparison)[name]
    rows = rows_of(comparison, "over_time", name)
    places = sorted({row["date"] for row in rows})
    panels = _panels(pair, rows)
    spans = _spans(pair.world)
    legend = [
        (Line2D([], [], color=BASE, lw=1.6), "base"),
        (Line2D([], [], color=colour, lw=1.8), brief(name, 60)),
        (Patch(facecolor=tint(colour, SHADE)), "difference"),
        *([(Patch(facecolor=FAINT), "intervention in force")] if spans else []),
    ]
    subtitle = ("Above: effective FLOP of the strongest model inside any lab. Then, as means over intervals: "
                + "; ".join(panel.says for panel in panels) + ".")  # fmt: skip
    each_wanted = 2.0 if len(panels) < 3 else 1.75
    figure = page(facts_of(comparison, names=[name]), _headline(comparison, pair), subtitle,
                  each_wanted * (len(panels) + 1) + 0.5, legend=legend)  # fmt: skip
    bottom, top = figure.body
    each = (top - bottom - 0.3) / (len(panels) + 1)
    start = start_of(comparison.base)
    end = start + pair.end
    titles = ["strongest model, effective FLOP (log)", *(panel.title for panel in panels)]
    for n, title in enumerate(titles):
        axes = figure.panel(0.95, top - (n + 1) * each + 0.08, WIDTH - MARGIN - 1.05, each - 0.4)
        clean(axes)
        for left, right in spans:
            axes.axvspan(start + left, min(end, start + right), color=FAINT, lw=0.0, zorder=0.1)
        axes.text(0.0, 1.03, title, transform=axes.transAxes, fontsize=TEXT, weight="bold", color=GREY, va="bottom")
        if n == 0:
            _frontier(axes, pair, start, end, colour)
        else:
            panel = panels[n - 1]
            _lines(axes, places, end, _values(rows, panel.series), _values(rows, panel.dashed), colour)
        dates(axes, start, end, labelled=n == len(titles) - 1)
    return figure


def _headline(comparison: Compared, pair: Pair) -> str:
    level = next((row for row in reversed(rows_of(comparison, "levels", pair.name))
                  if row["time_bought_days"] is not None), None)  # fmt: skip
    parts = []
    if level is not None:
        bought = signed(level["time_bought_days"], level["bound"])
        parts.append(f"{words_of_level(level['level'])} {bought}")
    given = until_the_end(comparison, pair)
    change, base = given.work
    if base:
        whose = f" by models at {words_of_level(pair.able_level)}" if pair.able_level else ""
        much = "as much" if abs(change) <= NOTHING * base else percent(change, base).removesuffix(" as much")
        others = without(given)
        parts.append(f"{much} AI work{whose} until the end{f' ({others})' if others else ''}")
    return f"{brief(pair.name, 50)}: {', '.join(parts)}" if parts else f"The base against {brief(pair.name, 50)}"


def _spans(world: World) -> list[tuple[float, float]]:
    """(start, end) of each intervention of a world, in days of the comparison's clock."""
    return [(start + world.later, world.end if end is None else end + world.later)
            for _, start, end, *_ in getattr(world.record, "interventions", ())]  # fmt: skip


def _steps(world: World, start: float, end: float) -> tuple[list[float], list[float]]:
    """Places and values of the strongest model so far, from the start to the end."""
    places, values = [], []
    for crossing, model in world.leaders:
        places.append(max(crossing.day, world.later) + start)
        values.append(model.effective_flop)
    keep = [n for n in range(len(places)) if n + 1 == len(places) or places[n + 1] > places[n]]
    places, values = [places[n] for n in keep if places[n] < end], [values[n] for n in keep if places[n] < end]
    return [*places, end], [*values, *values[-1:]]


def _frontier(axes: Axes, pair: Pair, start: float, end: float, colour: str) -> None:
    sides = [_steps(world, start, end) for world in (pair.base, pair.world)]
    low, high = log_limits(value for _, values in sides for value in values)
    log_scale(axes, low, high, most=6)
    draw = pair.base.record.draw
    for level in pair.levels:
        place = threshold(draw, level)
        begun = (crossing := pair.base.crossings.get(level)) is not None and crossing.day <= 0.0
        if low < 10.0 ** min(place, 300.0) < high and not begun:
            axes.axhline(10.0**place, color=GREY, lw=0.7, ls=(0, (2, 2)))
            _name_level(axes, words_of_level(level), place, sides, (start, end))
    if all(len(places) > 1 for places, _ in sides):
        grid = sorted({place for places, _ in sides for place in places})
        both = [[_value(places, values, x) for x in grid] for places, values in sides]
        axes.fill_between(grid, both[0], both[1], step="post", color=tint(colour, SHADE), lw=0.0)
    for (places, values), line, width in zip(sides, (BASE, colour), (1.5, 1.8), strict=True):
        axes.step(places, values, where="post", color=line, lw=width)


Steps = tuple[list[float], list[float]]
"""Places and values of a line in steps."""


def _name_level(axes: Axes, words: str, place: float, sides: list[Steps], span: tuple[float, float]) -> None:
    """The name of a level on its line, at the end of it that is farther from the curves; below it near the top."""
    across, up = size_of(axes)
    low, high = (log10(edge) for edge in axes.get_ylim())
    wide = (text_width(words, SMALL) + 0.1) / across * (span[1] - span[0])
    free = {}
    for at, (left, right) in {"left": (span[0], span[0] + wide), "right": (span[1] - wide, span[1])}.items():
        near = [_value(*line, x) for line in sides if line[0] for x in (left, (left + right) / 2.0, right)]
        free[at] = min((abs(log10(value) - place) for value in near), default=inf)
    at = "right" if free["right"] > free["left"] else "left"
    above = (high - place) / (high - low) * up > 1.3 * SMALL / 72.0
    axes.text(0.004 if at == "left" else 0.996, 10.0**place, words, transform=axes.get_yaxis_transform(), ha=at,
              va="bottom" if above else "top", fontsize=SMALL - 0.5, color=GREY, gid="level")  # fmt: skip


def _value(places: list[float], values: list[float], x: float) -> float:
    found = [value for place, value in zip(places, values, strict=True) if place <= x]
    return found[-1] if found else values[0]


def _lines(
    axes: Axes,
    places: list[float],
    end: float,
    values: list[tuple[float, float]],
    dashed: list[tuple[float, float]],
    colour: str,
) -> None:
    """Both worlds' means over intervals and the difference."""
    middles = [(left + right) / 2.0 for left, right in zip(places, [*places[1:], end], strict=True)]
    low, high = log_limits(value for both in (*values, *dashed) for value in both)
    low = max(low, high / 1e8)
    log_scale(axes, low, high, most=5)
    shown = [[max(both[side], low) for both in values] for side in (0, 1)]
    some = [max(both) > 0.0 for both in values]  # where there is none in both worlds nothing differs
    axes.fill_between(middles, shown[0], shown[1], where=some, color=tint(colour, SHADE), lw=0.0, gid="difference")
    for both, style in ((dashed, {"ls": (0, (3, 2)), "lw": 0.9}), (values, {"lw": 1.7})):
        for side, line in enumerate((BASE, colour)) if both else ():
            axes.plot(middles, [each[side] if each[side] > 0.0 else float("nan") for each in both], color=line,
                      **style)  # fmt: skip
    base, value = values[-1]
    if base > 0.0 and value > 0.0:
        ratio = value / base
        if number(ratio) != "1":
            axes.text(0.995, 0.06, f"at the end {number(ratio)}× the base", transform=axes.transAxes, ha="right",
                      fontsize=SMALL, color=colour)  # fmt: skip
    elif base > 0.0:
        axes.text(0.995, 0.06, "none here at the end", transform=axes.transAxes, ha="right", fontsize=SMALL,
                  color=colour)  # fmt: skip
