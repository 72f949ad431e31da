"""Picture: how long windows last, by generation, across draws: Kaplan-Meier medians, and the share still open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from sim.base.units import DAYS_PER_MONTH
from sim.ensemble.central import reference
from sim.show.axes import clean
from sim.show.many import Many
from sim.show.page import MARGIN, Picture, empty, page
from sim.show.style import FAINT, GREY, INK, PALE, SMALL, TEXT, WIDTH, tint

MOST = 14
"""Generations that are shown."""
ROW, HEAD = 0.27, 0.5
"""Inches: height of a row, and of what stands over the first."""
OWN, FRONTIER = "#0072B2", "#57606a"
HATCH = "////"
FEW = 0.95
"""Share of the draws that have a generation, below which its row is pale."""

ABOUT = (
    "Time from a model's first day inside its lab to that of one {by:g}× as strong, by its number among the new models "
    "of its lab. Windows that are open at the end count as longer than that (Kaplan-Meier), those surpassed on the "
    "first day as 0 days."
)


TO = "“(to …)”: one standard error more, where one less would be less than nothing."


def central_of(many: Many) -> tuple[Any, str]:
    """What the dots mean."""
    return Line2D([], [], color=INK, marker="o", ms=5, ls="none", mec="white"), reference(many.summary)


def legend_of(colour: str, hatched: str) -> list[tuple[Any, str]]:
    """What the parts of a bar mean."""
    return [
        (Line2D([], [], color=INK, lw=2.0), "median length"),
        (Patch(facecolor=tint(colour, 0.75)), "± one standard error of it"),
        (Patch(facecolor=tint(colour, 0.28)), "5% to 95%"),
        (Patch(facecolor="white", edgecolor=GREY, hatch=HATCH, lw=0.0), hatched),
    ]


def bar(axes: Axes, middle: float, height: float, of: Mapping[str, Any], scale: float, colour: str) -> None:
    """One row of lengths: median, its error, 5% to 95%; hatched to the edge where the 95% was not seen."""
    edge = axes.get_xlim()[1]
    low, median, high = of["p5_days"], of["median_days"], of["p95_days"]
    bottom = middle - height / 2.0
    if low is None:
        return
    known = high if high is not None else median if median is not None else low
    _box(axes, low / scale, min(known / scale, edge), bottom, height, "range", color=tint(colour, 0.28), lw=0.0)
    if high is None:
        _box(axes, known / scale, edge, bottom, height, "not seen", facecolor="white", edgecolor=tint(colour, 0.5),
             hatch=HATCH, lw=0.0)  # fmt: skip
    if median is None:
        return
    error = of["median_error_days"]
    if error:
        _box(axes, max(0.0, median - error) / scale, (median + error) / scale, bottom, height, "error",
             color=tint(colour, 0.75), lw=0.0)  # fmt: skip
    axes.plot([median / scale] * 2, [bottom, bottom + height], color=INK, lw=2.0, solid_capstyle="butt", gid="median")


def _box(axes: Axes, left: float, right: float, bottom: float, height: float, gid: str, **style: Any) -> None:
    axes.add_artist(Rectangle((left, bottom), right - left, height, gid=gid, **style))


def central(axes: Axes, middle: float, of: Mapping[str, Any], scale: float, colour: str) -> None:
    """A dot where the central case lies; none where that is not known."""
    found = of["central_days"]
    if found is not None and found / scale <= axes.get_xlim()[1]:
        axes.plot([found / scale], [middle], "o", ms=5.5, color=tint(colour, 1.0), mec="white", mew=0.9, zorder=5,
                  clip_on=False, gid="central")  # fmt: skip


def share(axes: Axes, middle: float, height: float, of: Mapping[str, Any], left: float, width: float) -> None:
    """The share that is open at the end: a small box, hatched as far as the share goes, with its number. In shares of
    the panel's width.
    """
    found = of["open_at_end"] or 0.0
    across = axes.get_yaxis_transform()
    parts: list[tuple[float, dict[str, Any]]] = [(1.0, {"facecolor": PALE, "edgecolor": FAINT})]
    if found:
        parts.append((found, {"facecolor": "white", "edgecolor": GREY, "hatch": HATCH, "gid": "open"}))
    for end, style in parts:
        box = Rectangle((left, middle - height / 2.0), width * end, height, transform=across, lw=0.5, clip_on=False)
        box.set(**style)
        axes.add_artist(box)
    words = f"{100.0 * found:.0f}%" if found == 0.0 or found >= 0.01 else "<1%"
    axes.text(left + 1.15 * width, middle, words, transform=across, fontsize=SMALL, va="center", color=GREY, gid="open")


def with_error(of: Mapping[str, Any], scale: float) -> str:
    """A median with its error, to read."""
    if of["median_days"] is None:
        return "longer than seen"
    median, error = of["median_days"] / scale, (of["median_error_days"] or 0.0) / scale
    digits = 0 if error >= 1.0 or (not error and (median >= 10.0 or not median)) else 1
    if error > median:  # less than nothing there is not
        return f"{median:,.{digits}f} (to {median + error:,.{digits}f})"
    return f"{median:,.{digits}f}" + (f" ± {error:,.{digits}f}" if error else "")


def to_told(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A note on errors that are larger than their medians, if there are any."""
    large = any(of["median_days"] is not None and (of["median_error_days"] or 0.0) > of["median_days"] for of in rows)
    return [TO] if large else []


def unit_of(longest: float) -> tuple[float, str]:
    """What days are divided by, and the unit's name."""
    return (DAYS_PER_MONTH, "months") if longest > 900.0 else (1.0, "days")


def longest_of(rows: list[Mapping[str, Any]]) -> float:
    """The longest length that a row of lengths has."""
    return max((row[key] for row in rows for key in ("p5_days", "median_days", "p95_days") if row[key]), default=1.0)


def windows(many: Many) -> Picture:
    """Own windows at the left, frontier windows at the right, a row for each generation."""
    summary = many.summary
    found = summary["windows"].get("all") or {"own": [], "frontier": []}
    own, frontier = (list(found[scope])[:MOST] for scope in ("own", "frontier"))
    if not own:
        return empty(many.facts, "No new model in any draw", "There are no windows to show.")
    labs = len(summary["windows"]) - 1
    notes = [f"Of {labs} labs together; each is in summary.json."] if labs > 0 else []
    if len(found["own"]) > MOST:
        notes.append(f"And {len(found['own']) - MOST} later generations, in summary.json.")
    if any(line["draws"] < FEW * summary["draws"] or (line["open_at_end"] or 0.0) > 0.2 for line in own):
        notes.append("Late generations exist in fast worlds only (pale numbers: in less than 95% of the draws), and "
                     "where many are open it is the long ones that are: their medians are too short.")  # fmt: skip
    notes += to_told([*own, *frontier])
    figure = page(
        many.facts,
        _headline(own, frontier, summary["stronger_by"]),
        ABOUT.format(by=summary["stronger_by"]),
        HEAD + ROW * len(own) + 0.5,
        legend=[*legend_of(OWN, "longer than seen, share open at the end"), central_of(many)],
        notes=[" ".join(notes)] if notes else [],
    )
    scale, unit = unit_of(longest_of([*own, *frontier]))
    edge = 1.08 * longest_of([*own, *frontier]) / scale
    bottom, top = figure.body
    names, numbers, gap = 0.72, 1.55, 0.2
    width = (WIDTH - 2.0 * MARGIN - names - 2.0 * numbers - gap) / 2.0
    for n, (lines, words, colour) in enumerate(((own, "same lab", OWN), (frontier, "any lab", FRONTIER))):
        left = MARGIN + names + n * (width + numbers + gap)
        axes = clean(figure.panel(left, bottom + 0.42, width, top - bottom - 0.42 - HEAD), "x")
        axes.set_xlim(0.0, edge)
        axes.set_ylim(len(lines), 0.0)
        axes.set_yticks([])
        axes.set_xlabel(f"{unit}, {words}", fontsize=SMALL, color=GREY)
        across = axes.get_yaxis_transform()
        head: dict[str, Any] = {"transform": across, "fontsize": SMALL, "color": GREY, "va": "bottom"}
        axes.text(1.0 + 0.12 / width, -0.15, f"median,\n{unit}", **head)
        axes.text(1.0 + 0.92 / width, -0.15, "open at\nthe end", **head)
        axes.text(0.0, -0.15, words, fontsize=TEXT, fontweight="bold", color=colour, va="bottom",
                  transform=axes.get_yaxis_transform())  # fmt: skip
        for k, line in enumerate(lines):
            middle = k + 0.5
            few = line["draws"] < FEW * summary["draws"]
            bar(axes, middle, 0.62, line, scale, colour)
            central(axes, middle, line, scale, colour)
            share(axes, middle, 0.62, line, 1.0 + 0.92 / width, 0.26 / width)
            median = with_error(line, scale) if line["median_days"] is not None else "longer"
            axes.text(1.0 + 0.12 / width, middle, median, transform=axes.get_yaxis_transform(),
                      fontsize=SMALL, va="center", color=GREY if few else INK)  # fmt: skip
            if n == 0:
                axes.text(-0.1 / width, middle, _nth(line["generation"]), transform=axes.get_yaxis_transform(),
                          fontsize=SMALL, ha="right", va="center", color=GREY if few else INK)  # fmt: skip
    return figure


def _nth(k: int) -> str:
    ending = "th" if k % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(k % 10, "th")
    return f"{k}{ending}"


def _headline(own: list[Mapping[str, Any]], frontier: list[Mapping[str, Any]], by: float) -> str:
    parts = []
    for lines, where in ((own, "at the same lab"), (frontier, "anywhere")):
        first = lines[0]
        if first["median_days"] is not None:
            late = "longer than seen" if first["p95_days"] is None else f"{first['p95_days']:,.0f}"
            early = f"{first['p5_days']:,.0f}"
            spread = "all alike" if early == late else f"90%: {early} to {late}"
            parts.append(f"{first['median_days']:,.0f}\u00a0days {where} ({spread})")
    if not parts:
        return "Most windows of the first new models are still open at the end"
    return f"The first new models: one {by:g}× as strong comes after {', '.join(parts)}"
