"""Picture: the base against one changed world over time: strongest model, AI work, software; the difference shaded."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.analysis.pair import Pair, World
from sim.model.domain import RESEARCH
from sim.model.level import threshold
from sim.show.axes import clean, dates, log_limits, log_scale
from sim.show.compared import BASE, Compared, colours, facts_of, rows_of, signed, words_of_level
from sim.show.page import MARGIN, Picture, page
from sim.show.simulated import Row, start_of
from sim.show.style import FAINT, GREY, SMALL, TEXT, WIDTH, brief, number, tint

SUBTITLE = (
    "Above: effective FLOP of the strongest model inside any lab. Then AI work that the labs' fleets did, in full-time "
    "humans on the tasks they can do (all labs, means over intervals), and the best lab's training efficiency. "
    "Shaded: the difference."
)
SHADE = 0.25


def against(comparison: Compared, name: str) -> Picture:
    """Strongest model, AI work and software of the base and of one changed world."""
    pair = next(pair for pair in comparison.pairs if pair.name == name)
    colour = colours(comparison)[name]
    rows = rows_of(comparison, "over_time", name)
    domain = _domain(pair, rows)
    panels = ["best_effective_flop", *(["human_equivalents"] if domain else []), "training_efficiency"]
    spans = _spans(pair.world)
    legend = [
        (Line2D([], [], color=BASE, lw=1.6), "base"),
        (Line2D([], [], color=colour, lw=1.8), brief(name, 60)),
        (Patch(facecolor=tint(colour, SHADE)), "difference"),
        *([(Patch(facecolor=FAINT), "intervention in force")] if spans else []),
    ]
    figure = page(facts_of(comparison, names=[name]), _headline(comparison, pair, rows, domain), SUBTITLE,
                  2.0 * len(panels) + 0.5, legend=legend)  # fmt: skip
    bottom, top = figure.body
    each = (top - bottom - 0.3) / len(panels)
    start = start_of(comparison.base)
    end = start + pair.end
    for n, series in enumerate(panels):
        axes = figure.panel(0.95, top - (n + 1) * each + 0.08, WIDTH - MARGIN - 1.05, each - 0.4)
        clean(axes)
        for left, right in spans:
            axes.axvspan(start + left, min(end, start + right), color=FAINT, lw=0.0, zorder=0.1)
        title = {"best_effective_flop": "strongest model, effective FLOP (log)",
                 "human_equivalents": f"AI work in {words_of_level(domain)}, full-time humans (log)",
                 "training_efficiency": "training efficiency, best lab (log)"}[series]  # fmt: skip
        axes.text(0.0, 1.03, title, transform=axes.transAxes, fontsize=TEXT, weight="bold", color=GREY, va="bottom")
        if series == "best_effective_flop":
            _frontier(axes, pair, start, end, colour)
        else:
            _lines(
                axes,
                [row for row in rows if row["series"] == series and (row["of"] or "") in ("", domain)],
                end,
                colour,
            )
        dates(axes, start, end, labelled=n == len(panels) - 1)
    return figure


def _domain(pair: Pair, rows: list[Row]) -> str:
    """The domain whose AI work is drawn: research if any is done in it, else the one with most; "" without any."""
    totals: dict[str, float] = {}
    for row in rows:
        if row["series"] == "human_equivalents":
            totals[row["of"]] = totals.get(row["of"], 0.0) + row["base"] + row["value"]
    done = {of: total for of, total in totals.items() if total > 0.0}
    return RESEARCH if RESEARCH in done else max(sorted(done), key=lambda of: done[of]) if done else ""


def _headline(comparison: Compared, pair: Pair, rows: list[Row], domain: str) -> str:
    level = next((row for row in reversed(rows_of(comparison, "levels", pair.name))
                  if row["time_bought_days"] is not None), None)  # fmt: skip
    parts = []
    if level is not None:
        bought = signed(level["time_bought_days"], level["bound"])
        parts.append(f"{words_of_level(level['level'])} {bought}")
    work = [row for row in rows_of(comparison, "cost", pair.name)
            if row["lab"] is None and row["what"] == "ai_work" and row["of"] == domain]  # fmt: skip
    if work and work[0]["base"]:
        change = work[0]["value"] / work[0]["base"] - 1.0
        parts.append(f"{'+' if change > 0 else '−'}{abs(change):.0%} AI work in {words_of_level(domain)} until the end")
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
            axes.text(0.004, 10.0**place, words_of_level(level), transform=axes.get_yaxis_transform(), va="bottom",
                      fontsize=SMALL - 0.5, color=GREY)  # fmt: skip
    if all(len(places) > 1 for places, _ in sides):
        grid = sorted({place for places, _ in sides for place in places})
        both = [[_value(places, values, x) for x in grid] for places, values in sides]
        axes.fill_between(grid, both[0], both[1], step="post", color=tint(colour, SHADE), lw=0.0)
    for (places, values), line, width in zip(sides, (BASE, colour), (1.5, 1.8), strict=True):
        axes.step(places, values, where="post", color=line, lw=width)


def _value(places: list[float], values: list[float], x: float) -> float:
    found = [value for place, value in zip(places, values, strict=True) if place <= x]
    return found[-1] if found else values[0]


def _lines(axes: Axes, rows: list[Row], end: float, colour: str) -> None:
    places = [row["date"] for row in rows]
    middles = [(left + right) / 2.0 for left, right in zip(places, [*places[1:], end], strict=True)]
    sides = [[row[side] for row in rows] for side in ("base", "value")]
    low, high = log_limits(value for side in sides for value in side)
    low = max(low, high / 1e8)
    log_scale(axes, low, high, most=5)
    shown = [[max(value, low) for value in side] for side in sides]
    axes.fill_between(middles, shown[0], shown[1], color=tint(colour, SHADE), lw=0.0)
    for side, line, width in zip(sides, (BASE, colour), (1.5, 1.8), strict=True):
        axes.plot(middles, [value if value > 0.0 else float("nan") for value in side], color=line, lw=width)
    last = rows[-1]
    if last["base"] > 0.0 and last["value"] > 0.0:
        ratio = last["value"] / last["base"]
        if not 0.995 < ratio < 1.005:
            axes.text(0.995, 0.06, f"at the end {number(ratio)}× the base", transform=axes.transAxes, ha="right",
                      fontsize=SMALL, color=colour)  # fmt: skip
