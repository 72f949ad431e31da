"""Picture: which share of a result's variance each input makes, alone and with all others."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.analysis.variance import Block, Share, Variance
from sim.show.axes import clean
from sim.show.facts import PictureFacts
from sim.show.page import MARGIN, Picture, page
from sim.show.ranking import LABEL, ROW, STATED, label, not_shown
from sim.show.style import GREY, INK, SMALL, WIDTH, cut, styled, tint
from sim.show.support import bar, legend_of
from sim.show.told import name_of, what_is_done

WIDE = 0.1
"""Half of a band that leaves much open."""
FEWEST, MOST, SMALLEST = 5, 22, 0.01
"""Inputs shown: those with a total of at least a hundredth, but at least and at most so many."""

ALONE, IN_ALL = (1.0, 0.75), (0.35, 0.3)
"""How much of its colour fills a bar, without a hatch and with one."""

SUBTITLE = (
    "Sobol indices. Dark: the share of the variance that the input makes alone; pale: with all that it does together "
    "with others. Inputs that go together are one. At the right the 90% range of the (first) input."
)


def headline(found: Variance) -> str:
    """The finding: the largest share, and what comes from inputs alone, with its 95% band."""
    name = name_of(found.observed)
    block, share = found.blocks[0], found.shares[0]
    return (f"{name[0].upper()}{name[1:]}: {block.path}{f' ({block.support.value})' if block.factors else ''} makes "
            f"{_percent(share.total)} of its variance; all inputs alone {_percent(found.alone)} ± "
            f"{_percent(found.alone_half)}")  # fmt: skip


def figure(found: Variance, facts: PictureFacts) -> Picture:
    """A bar for each input, the largest total first."""
    large = sum(share.total >= SMALLEST for share in found.shares)
    shown = min(max(large, FEWEST), MOST, len(found.blocks))
    kinds = (block.support for block in found.blocks[:shown] if block.factors)
    legend = [
        *legend_of(kinds, (ALONE[0], IN_ALL[0]), (ALONE[1], IN_ALL[1]), ": alone, in all"),
        (Line2D([], [], color=INK, lw=1.0), "95% bands"),
    ]
    done = what_is_done(found.observed, "runs")
    counted = " (it counts with the end)" if found.observed.open_share else ""
    notes = [f"{'; '.join(done)[0].upper()}{'; '.join(done)[1:]}{counted}."] if done else []
    if found.by_factors:
        notes.append("The variance is that of the result's logarithm.")
    notes.append(f"From {found.points:,} points, each with a run for every input and two more.")
    if found.shares[0].total_half > WIDE:
        notes.append("The bands are wide: more points tell more.")
    rest = [block.factors[0] for block in found.blocks[shown:] if block.factors]
    notes.append(not_shown("Not shown, smaller", rest))
    with styled():
        made = page(facts, headline(found), SUBTITLE, ROW * shown + 0.6, legend=legend,
                    notes=[note for note in notes if note])  # fmt: skip
        top = made.body[1]
        left = MARGIN + LABEL
        axes = made.panel(left, top - ROW * shown, WIDTH - MARGIN - left - STATED, ROW * shown)
        rows = list(zip(found.blocks[:shown], found.shares[:shown], strict=True))
        _bars(axes, rows)
        for n, (block, _) in enumerate(rows):
            middle = top - ROW * (n + 0.5)
            name = label(block.path, len(block.paths) - 1)
            made.write(MARGIN, middle, name, size=SMALL, va="center", color=INK)
            if block.factors:
                span = cut(block.factors[0].range, SMALL, STATED - 0.12)
                made.write(WIDTH - MARGIN - STATED + 0.12, middle, span, size=SMALL, color=GREY, va="center")
    return made


def _bars(axes: Axes, rows: list[tuple[Block, Share]]) -> None:
    clean(axes, "x")
    for n, (block, share) in enumerate(rows):
        axes.barh(n, share.total, 0.7, gid=f"total:{block.path}", **_drawn(block, IN_ALL))
        axes.barh(n, max(share.first, 0.0), 0.7, gid=f"first:{block.path}", **_drawn(block, ALONE))
        for at, value, half in ((n - 0.14, share.first, share.first_half), (n + 0.14, share.total, share.total_half)):
            axes.plot([max(0.0, value - half), max(0.0, value + half)], [at, at], color=INK, lw=1.0,
                      solid_capstyle="butt", gid="band")  # fmt: skip
    ends = [end for _, share in rows for end in (share.first + share.first_half, share.total + share.total_half)]
    axes.set_xlim(0.0, 1.05 * max(0.05, *ends))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xlabel("share of the variance", fontsize=SMALL, color=GREY)


def _drawn(block: Block, shares: tuple[float, float]) -> dict[str, Any]:
    """How a bar is drawn; those of random events, which rest on nothing, are grey."""
    return bar(block.support, *shares) if block.factors else {"facecolor": tint(GREY, shares[0]), "lw": 0.0}


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f}%"
