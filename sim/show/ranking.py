"""Picture: inputs ranked by how strongly a result goes with them, with what chance alone gives."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.analysis.ranking import RANK, Index, Ranking
from sim.base.words import plural
from sim.ensemble.factors import Factor
from sim.show.axes import clean
from sim.show.facts import PictureFacts
from sim.show.page import MARGIN, Picture, page
from sim.show.style import FAINT, GREY, INK, SMALL, WIDTH, cut, cut_inside, listed, styled
from sim.show.support import bar, legend_of
from sim.show.told import name_of, what_is_done

ROW, LABEL, STATED = 0.245, 3.35, 2.45
"""Inches: height of a row, room for an input's name, and for its range as written."""
MOST_NAMED, MOST_TOGETHER = 6, 3
FEWEST, MOST = 8, 22
"""Inputs that are shown: all that are told apart from chance, but at least and at most so many."""

DUMMY = "#777777"
WORDS = {
    RANK: "Rank correlation over the draws: to the right, more of the input goes with more (later, longer) of the "
    "result; 1 or -1 would be in the same order throughout. At the right the 90% range of each input.",
    "pawn": "PAWN: how far the result's distribution moves where the input is known to a tenth of its draws (median "
    "over tenths; 0 to 1, no sign). At the right the 90% range of each input.",
}


def headline(found: Ranking) -> str:
    """The finding: the strongest input, and how many are told apart."""
    many, apart = len(found.factors), len(found.told_apart)
    name = name_of(found.observed)
    if not apart:
        return f"{name[0].upper()}{name[1:]}: none of {many} uncertain inputs is told apart from chance"
    first = f"{found.factors[0].path} ({found.factors[0].support.value}) matters most"
    are = "is" if apart == 1 else "are"
    return f"{name[0].upper()}{name[1:]}: {first}; {apart} of {many} uncertain inputs {are} told apart from chance"


def figure(found: Ranking, facts: PictureFacts) -> Picture:
    """A bar for each input, the strongest first, with its band; a dummy last; grey: what chance alone gives."""
    beyond = found.beyond
    shown = min(max(beyond, FEWEST), MOST, len(found.factors))
    done = "; ".join(what_is_done(found.observed))
    notes = [f"{done[0].upper()}{done[1:]}{_ties(found)}."] if done else []
    why = "weaker" if beyond > shown else "not told apart from chance"
    rest = not_shown(f"Not shown, {why}", found.factors[shown:])
    notes += [rest] if rest else []
    notes += _drawn_together(found)
    legend = [
        *legend_of((factor.support for factor in found.factors[:shown]), (1.0,), (0.55,)),
        (Line2D([], [], color=INK, lw=1.0), "95% band"),
        (Patch(color=FAINT), "what the strongest of as many dummies stays within (95%)"),
    ]
    with styled():
        made = page(facts, headline(found), WORDS[found.method], ROW * (shown + 1) + 0.55, legend=legend, notes=notes)
        top = made.body[1]
        rows = [*zip(found.factors[:shown], found.indices[:shown], strict=True), (None, found.dummy)]
        height = ROW * len(rows)
        left = MARGIN + LABEL
        axes = made.panel(left, top - height, WIDTH - MARGIN - left - STATED, height)
        _bars(axes, found, rows)
        for n, (factor, _) in enumerate(rows):
            middle = top - ROW * (n + 0.5)
            name = "a dummy: random numbers" if factor is None else label(factor.path, len(factor.same))
            stated = "" if factor is None else factor.range
            made.write(MARGIN, middle, name, size=SMALL, va="center",
                       color=GREY if factor is None or factor.path in found.together else INK)  # fmt: skip
            made.write(WIDTH - MARGIN - STATED + 0.12, middle, cut(stated, SMALL, STATED - 0.12), size=SMALL,
                       color=GREY, va="center")  # fmt: skip
    return made


def label(path: str, more: int = 0) -> str:
    """An input as the file names it, and how many more there are like it; cut in its middle where it is too long."""
    return cut_inside(path + (f" (+{more})" if more else ""), SMALL, LABEL - 0.1)


def not_shown(why: str, factors: Sequence[Factor]) -> str:
    """A note that names some of the inputs that have no bar; empty if there are none."""
    names = [factor.path for factor in factors[:MOST_NAMED]]
    more = [plural(len(factors) - MOST_NAMED, "more input")] if len(factors) > MOST_NAMED else []
    return f"{why}: {listed([*names, *more])}." if names else ""


def _drawn_together(found: Ranking) -> list[str]:
    """A note on inputs that are beyond chance, but not told apart from a stronger one."""
    told = [f"{path} (from {other.stronger.path}: {other.correlation:.2f})" for path, other in found.together.items()]
    more = [plural(len(told) - MOST_TOGETHER, "more input")] if len(told) > MOST_TOGETHER else []
    return [f"Grey names are not told apart from a stronger input, with which they go together in these draws (rank "
            f"correlation): {listed([*told[:MOST_TOGETHER], *more])}."] if told else []  # fmt: skip


def _ties(found: Ranking) -> str:
    if not found.observed.open_share:
        return ""
    return (": these count as later than all that is known (ties at the top)" if found.observed.dated
            else ": each counts with the rank to be expected of it, given that it is longer")  # fmt: skip


def _bars(axes: Axes, found: Ranking, rows: list[tuple[Factor | None, Index]]) -> None:
    clean(axes, "x")
    low = -found.noise if found.method == RANK else 0.0
    axes.axvspan(low, found.noise, color=FAINT, lw=0.0, zorder=0.2, gid="noise")
    for n, (factor, index) in enumerate(rows):
        drawn = {"facecolor": DUMMY, "lw": 0.0} if factor is None else bar(factor.support, 1.0, 0.55)
        axes.barh(n, index.value, 0.66, gid=f"index:{'' if factor is None else factor.path}", **drawn)
        axes.plot([index.low, index.high], [n, n], color=INK, lw=1.0, solid_capstyle="butt", gid="band")
    axes.axvline(0.0, color=GREY, lw=0.8)
    ends = [end for _, index in rows for end in (index.low, index.high)]
    reach = max(*ends, found.noise, 0.05) * 1.04
    least = min(*ends, low) * 1.04
    axes.set_xlim(least if found.method == RANK else 0.0, reach)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xlabel("rank correlation" if found.method == RANK else "PAWN index", fontsize=SMALL, color=GREY)
