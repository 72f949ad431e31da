"""Pictures of draws in pairs: what each change buys at each level, as bands, and the chance that it helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from sim.analysis.pair import EXACT
from sim.base.units import DAYS_PER_MONTH
from sim.show.axes import clean
from sim.show.bought import UNCLEAR as NOT_KNOWN
from sim.show.bought import between, signed
from sim.show.compared import words_of_level
from sim.show.facts import PictureFacts
from sim.show.page import MARGIN, Picture, empty, page
from sim.show.pictures import save_all
from sim.show.style import FAINT, GREY, INK, SMALL, TEXT, WIDTH, brief, cut, styled, text_width, tint
from sim.tables.percent import percent

ROW, HEAD = 0.3, 0.34
"""Inches: height of a change's row, and of a level's name over them."""
HATCH = "////"
NARROW = 0.01
"""Share of the axis below which the ends of a median are drawn as one line."""
HELPS, SAME, HARMS, UNCLEAR = "#009E73", "#d8dee4", "#D55E00", "white"
CHANGES = ("#0072B2", "#AA4499", "#B8860B", "#332288", "#661100", "#6699CC", "#882255", "#999933")
"""Colours of changes, in order: none is like those of what helps and harms."""
LEAST_NAMES, MOST_NAMES = 2.35, 3.4
"""Inches for names of levels and changes."""
SOME = 0.005
"""Share of unclear draws from which on a chance is told without and with them."""
MOST_ROWS = 30
ABOUT = {
    "time_bought": "How much later any lab first reaches a level than in the same draw without the change. ",
    "dwell": "How much longer a level lasts, until the next is reached, than in the same draw without the change. ",
}
PARTS = (
    "Dark: half of the draws; pale: 90%. Hatched: the end of the worlds leaves open how much more. Boxes: in how many "
    "draws it helps, by half a day at least."
)
WITH_UNCLEAR = " Two percentages: without the unclear draws and with them; neither has the Monte Carlo error."
ENDS = " Two lines joined: what the median is at least and at most."


class Paired(Protocol):
    """Draws in pairs: `sim.pairs.PairedComparison`, or anything that has these."""

    @property
    def facts(self) -> PictureFacts: ...

    @property
    def summary(self) -> Mapping[str, Any]: ...


def pictures_of(paired: Paired) -> list[str]:
    """Names of the pictures: that of dwell only where there are two levels."""
    return [name for name in ABOUT if name != "dwell" or _groups(paired, name)]


def figure(paired: Paired, name: str) -> Picture:
    """One picture. Raises ValueError, with the names that there are, for another name."""
    if name not in ABOUT:
        raise ValueError(f"no picture is called {name!r}; there are {', '.join(ABOUT)}")
    with styled():
        return _bands(paired, name)


def draw_all(paired: Paired, folder: Path, svg: bool = False) -> list[Path]:
    """Write all pictures to a folder as PNG (and SVG): the same draws give the same bytes."""
    return save_all(((name, figure(paired, name)) for name in pictures_of(paired)), folder, svg)


def _groups(paired: Paired, name: str) -> list[tuple[str, list[tuple[str, Mapping[str, Any], Mapping[str, Any]]]]]:
    """(heading, rows of (change, shares, quantiles)) for each level at which anything is known."""
    found: dict[str, list[tuple[str, Mapping[str, Any], Mapping[str, Any]]]] = {}
    for change, of in paired.summary["scenarios"].items():
        for level, line in of["levels"].items():
            if name == "time_bought":
                head, shares, quantiles = words_of_level(level), line, line["time_bought_days"]
            elif "dwell" in line:
                shares, quantiles = line["dwell"], line["dwell"]["bought_days"]
                head = f"{words_of_level(level)} → {words_of_level(shares['next_level'])}"
            else:
                continue
            if shares["unclear"] < 1.0 and shares["draws"]:
                found.setdefault(head, []).append((change, shares, quantiles))
    return list(found.items())


def _bands(paired: Paired, name: str) -> Picture:
    groups = _groups(paired, name)
    if not groups:
        return empty(paired.facts, "Nothing is known of the time bought: no level is reached before the end",
                     "There is nothing to show.")  # fmt: skip
    known = [head for head, _ in groups]
    groups = _moved(groups)
    still = [head for head in known if head not in dict(groups)]
    changes = list(paired.summary["scenarios"])
    colours = {change: CHANGES[n % len(CHANGES)] for n, change in enumerate(changes)}
    legend = [
        (Line2D([], [], color=INK, lw=2.0), "median"),
        (Line2D([], [], color=INK, marker="o", ms=5, ls="none", mec="white"), "central case"),
        (Patch(facecolor=HELPS), "helps"),
        (Patch(facecolor=SAME), "changes nothing"),
        (Patch(facecolor=HARMS), "harms"),
        (Patch(facecolor=UNCLEAR, edgecolor=GREY, hatch=HATCH, lw=0.0), "unclear"),
    ]
    if not any(_central(paired, name, *row) is not None for _, rows in groups for row in rows):
        legend.pop(1)
    count, most = sum(len(rows) for _, rows in groups), MOST_ROWS
    while True:
        shown = _first(groups, most)
        every = [of for _, rows in shown for _, _, of in rows]
        low, high, scale, unit = _reach(every)
        notes = [f"And {count - most} more rows, in chances.csv."] if count > most else []
        notes += [f"Nothing changes in any draw: {', '.join(still)}."] if still else []
        body = sum(HEAD + ROW * len(rows) for _, rows in shown) + 0.5
        joined = any(len(_median(of, high - low, scale)) == 2 for of in every)
        two = any(shares["unclear"] >= SOME for _, rows in shown for _, shares, _ in rows)
        about = ABOUT[name] + PARTS + WITH_UNCLEAR * two + ENDS * joined
        made = page(paired.facts, _headline(shown, name, _leading(paired)), about, body, legend=legend, notes=notes)
        bottom, top = made.body
        if top - bottom > body - ROW / 2.0 or most == 1:
            break
        most = min(count, most) - 1  # no page is as tall as that
    widest = max(text_width(head, TEXT, bold=True) for head, _ in shown)
    names, numbers = min(max(LEAST_NAMES, widest + 0.12), MOST_NAMES), 3.05
    width = WIDTH - 2.0 * MARGIN - names - numbers
    inches = top - bottom - 0.42
    axes = clean(made.panel(MARGIN + names, bottom + 0.42, width, inches), "x")
    axes.set_xlim(low, high)
    axes.set_ylim(inches, 0.0)
    axes.set_yticks([])
    axes.axvline(0.0, color=INK, lw=0.9, zorder=2)
    axes.set_xlabel(f"{unit} bought", fontsize=SMALL, color=GREY)
    across = axes.get_yaxis_transform()
    y = 0.0
    for head, rows in shown:
        axes.text(-names / width, y + HEAD - 0.09, cut(head, TEXT, names - 0.05, bold=True), transform=across,
                  fontsize=TEXT, weight="bold", color=INK, va="baseline", gid="level")  # fmt: skip
        if not y:
            for at, words in ((0.12, f"median, {unit}"), (1.5, "chance that it helps")):
                axes.text(1.0 + at / width, y + HEAD - 0.09, words, transform=across, fontsize=SMALL, color=GREY,
                          va="baseline")  # fmt: skip
        y += HEAD
        for change, shares, quantiles in rows:
            middle = y + ROW / 2.0
            axes.text(-names / width, middle, cut(brief(change, 40), SMALL, names - 0.1), transform=across,
                      fontsize=SMALL, va="center", color=colours[change], gid="change")  # fmt: skip
            _bar(axes, middle, quantiles, (low, high), scale, colours[change])
            ours = _central(paired, name, change, shares, quantiles)
            if ours is not None and low <= ours / scale <= high:
                axes.plot([ours / scale], [middle], "o", ms=5.5, color=colours[change], mec="white",
                          mew=0.9, zorder=5, gid="central")  # fmt: skip
            axes.text(1.0 + 0.12 / width, middle, between(quantiles["median"], scale > 1.0), transform=across,
                      fontsize=SMALL, va="center", color=INK, gid="median")  # fmt: skip
            _chance(axes, middle, shares, width)
            y += ROW
    return made


def _central(
    paired: Paired, name: str, change: str, shares: Mapping[str, Any], quantiles: Mapping[str, Any]
) -> float | None:
    """Days that the change buys in the central case: of a level how much later, of the time between two how much
    longer, which is the difference where both are known. None where they are not.
    """
    levels = paired.summary["scenarios"][change]["levels"]
    if name == "time_bought":
        days: float | None = (shares.get("central") or {}).get("time_bought_days")
        return days
    since = next(level for level, of in levels.items() if of.get("dwell") is shares)
    both = [levels.get(level, {}).get("central") or {} for level in (since, shares["next_level"])]
    if any(ours.get("bound") != EXACT or ours.get("time_bought_days") is None for ours in both):
        return None
    return float(both[1]["time_bought_days"] - both[0]["time_bought_days"])


def _moved(groups: list[Any]) -> list[Any]:
    """Without those at which no change changes anything; all, if there are no others."""
    moved = [(head, rows) for head, rows in groups if any(shares["same"] < 1.0 for _, shares, _ in rows)]
    return moved or groups


def _leading(paired: Paired) -> str | None:
    """The change that all titles are of: the one that most often helps at the highest level that is told."""
    groups = _moved(_groups(paired, "time_bought"))
    return max(groups[-1][1], key=lambda row: row[1]["helps"])[0] if groups else None


def _first(groups: Sequence[tuple[str, list[Any]]], most: int) -> list[tuple[str, list[Any]]]:
    """The first rows, under their heads."""
    shown = []
    for head, rows in groups:
        if most > 0:
            shown.append((head, rows[:most]))
        most -= len(rows)
    return shown


def _reach(every: Sequence[Mapping[str, Any]]) -> tuple[float, float, float, str]:
    """The ends of the axis with some room, and what days are divided by: months where times are long."""
    ends = [end for of in every for found in of.values() for end in (found["at_least"], found["at_most"])
            if end is not None]  # fmt: skip
    low, high = min([*ends, 0.0]), max([*ends, 0.0])
    scale, unit = (DAYS_PER_MONTH, "months") if high - low > 120.0 else (1.0, "days")
    room = max(high - low, 10.0) / scale
    return low / scale - (0.06 * room if low < 0.0 else 0.02 * room), high / scale + 0.06 * room, scale, unit


def _bar(
    axes: Axes, middle: float, of: Mapping[str, Any], ends: tuple[float, float], scale: float, colour: str
) -> None:
    """Bands from quantile to quantile, as far as these are known; hatched from what a quantile is at least to what it
    is at most.
    """
    height = 0.62 * ROW

    def side(name: str, which: str) -> float:
        value = of[name][which]
        otherwise = ends[0] if which == "at_least" else ends[1]
        return otherwise if value is None else min(max(value / scale, ends[0]), ends[1])

    for name in ("p95", "p5"):
        left, right = side(name, "at_least"), side(name, "at_most")
        if left < right:
            _box(axes, left, right, middle, height, facecolor="white", edgecolor=tint(colour, 0.5), hatch=HATCH,
                 gid="open")  # fmt: skip
    for a, b, share in (("p5", "p95", 0.28), ("p25", "p75", 0.6)):
        left, right = side(a, "at_most"), side(b, "at_least")
        if left < right:
            _box(axes, left, right, middle, height, color=tint(colour, share), gid=f"band:{a}")
    known = _median(of, ends[1] - ends[0], scale)
    for x in known:
        axes.plot([x, x], [middle - height / 2.0, middle + height / 2.0], color=INK, lw=2.0, solid_capstyle="butt",
                  gid="median")  # fmt: skip
    if len(known) == 2:
        axes.plot(known, [middle, middle], color=INK, lw=0.9, solid_capstyle="butt", gid="median from to")


def _median(of: Mapping[str, Any], reach: float, scale: float) -> list[float]:
    """Where the median stands: one place, or two if what it is at least and at most can be told apart; none if either
    is not known.
    """
    known = [end / scale for end in (of["median"]["at_least"], of["median"]["at_most"]) if end is not None]
    if len(known) < 2:
        return []
    return known if abs(known[1] - known[0]) > NARROW * reach else [sum(known) / 2.0]


def _box(axes: Axes, left: float, right: float, middle: float, height: float, **style: Any) -> None:
    axes.add_artist(Rectangle((left, middle - height / 2.0), right - left, height, lw=0.0, **style))


def _chance(axes: Axes, middle: float, shares: Mapping[str, Any], width: float) -> None:
    """A box whose parts are the shares that help, change nothing, harm, and are unclear; then the first in numbers."""
    left, room, height = 1.0 + 1.5 / width, 0.85 / width, 0.5 * ROW
    parts: list[tuple[float, dict[str, Any]]] = [
        (shares["helps"], {"facecolor": HELPS}),
        (shares["same"], {"facecolor": SAME}),
        (shares["harms"], {"facecolor": HARMS}),
        (shares["unclear"], {"facecolor": UNCLEAR, "edgecolor": GREY, "hatch": HATCH}),
    ]
    across = axes.get_yaxis_transform()
    for share, style in parts:
        if share:
            box = Rectangle((left, middle - height / 2.0), room * share, height, transform=across, clip_on=False)
            box.set(lw=0.0, **style)
            axes.add_artist(box)
        left += room * share
    frame = Rectangle((1.0 + 1.5 / width, middle - height / 2.0), room, height, transform=across, lw=0.6, fill=False,
                      edgecolor=FAINT, clip_on=False)  # fmt: skip
    axes.add_artist(frame)
    most = shares["helps"] + shares["unclear"]
    words = percent(shares["helps"])
    if shares["unclear"] >= SOME:
        words += f" to {percent(most)}"
    axes.text(1.0 + 2.42 / width, middle, words, transform=across, fontsize=SMALL, va="center", color=INK, gid="helps")


def _headline(shown: Sequence[Any], name: str, leading: str | None) -> str:
    """What the leading change buys at the highest level that is shown; if it is not there, the one that helps most."""
    head, rows = shown[-1]
    change, shares, of = max(rows, key=lambda row: (row[0] == leading, row[1]["helps"]))
    days = [end for found in of.values() for end in (found["at_least"], found["at_most"]) if end is not None]
    months = max(map(abs, days), default=0.0) > 120.0
    least, most = of["median"]["at_least"], of["median"]["at_most"]
    less = most is not None and most < 0.0
    known = {"at_least": -most, "at_most": None if least is None else -least} if less else of["median"]
    median = between(known, months).strip("()").replace("+", "")
    what, other = ("later", "sooner") if name == "time_bought" else ("longer", "shorter")
    found = f"{brief(change, 40)}: {head} {what} in {percent(shares['helps'])} of draws"
    if median == signed(0.0, months):
        return f"{found}; no difference in the median"
    if median == NOT_KNOWN:
        return f"{found}; unclear by how much in the median"
    unit = "months" if months else "days"
    if less:
        return f"{found}; {median}\u00a0{unit} {other} in the median"
    return f"{found}, by {median}\u00a0{unit} in the median"
