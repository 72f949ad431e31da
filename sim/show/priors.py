"""Picture: what every uncertain input may be, each on a scale of its own, with guesses marked."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.patches import Patch

from sim.ensemble.derived_priors import DRAWS, DerivedPrior
from sim.scenario.priors import Prior
from sim.scenario.support import Support, counted
from sim.show.facts import PictureFacts
from sim.show.page import MARGIN, Picture, page
from sim.show.style import GREY, INK, SMALL, WIDTH, cut, cut_inside, styled, text_width
from sim.show.support import COLOURS

ROW, LABEL, LEAST, MOST = 0.27, 3.3, 2.4, 4.2
"""Inches: height of a row, room for its name, and for its numbers at least and at most."""
ROWS = 34
"""At most so many on one picture."""
LOG, SIGN = "log", 0.4
"""Stands beside a density on a logarithmic scale, in so many inches."""
BINS = 60
FOLLOWS = "#009E73"
WIDE = 5.0
"""From this ratio of its ends on a positive number is drawn on a logarithmic scale."""


def figures(found: Sequence[Prior | DerivedPrior], facts: PictureFacts) -> list[Picture]:
    """A row for each uncertain input: its density from the 0.5% to the 99.5% quantile, and 5%, 50%, 95% in numbers.

    Those of the file, then each that is derived, over the draws that were looked at, then those of defaults; on as
    many pictures as they need.
    """
    drawn = [prior for prior in found if isinstance(prior, Prior)]
    derived = [prior for prior in found if isinstance(prior, DerivedPrior)]
    rows: list[Prior | DerivedPrior] = [prior for prior in drawn if prior.stated]
    rows = [*rows, *derived, *(prior for prior in drawn if not prior.stated)]
    pages = max(1, -(-len(rows) // ROWS))
    ends = [len(rows) * page // pages for page in range(pages + 1)]
    with styled():
        widest = max((text_width(_numbers(prior), SMALL) for prior in rows), default=0.0)
        room = min(max(LEAST, widest + 0.12), MOST)
        return [_figure(rows, slice(*ends[n : n + 2]), (n + 1, pages), room, facts) for n in range(pages)]


def _figure(
    rows: Sequence[Prior | DerivedPrior], part: slice, page_of: tuple[int, int], room: float, facts: PictureFacts
) -> Picture:
    drawn = [prior for prior in rows if isinstance(prior, Prior)]
    derived = len(rows) - len(drawn)
    guesses, none = (sum(prior.kind is kind for prior in drawn) for kind in (Support.GUESS, Support.NONE))
    title = f"{len(drawn)} inputs are uncertain; {counted(guesses, none)}"
    if derived:
        title += f"; {derived} more follow{'s' if derived == 1 else ''} from them"
    subtitle = f"How likely each value is, each on its own scale ({LOG}: a logarithmic one); in numbers 5%, 50%, 95%"
    notes = [f"Picture {page_of[0]} of {page_of[1]}: rows {part.start + 1} to {part.stop} of {len(rows)}."]
    kinds = {prior.kind for prior in drawn}
    legend = [(Patch(color=COLOURS[kind]), kind.value) for kind in Support if kind in kinds]
    if derived:
        legend.append((Patch(color=FOLLOWS), f"derived, over {DRAWS:,} draws"))
    if not all(prior.stated for prior in drawn):
        legend.append((Patch(facecolor="white", edgecolor=GREY), "default of the program (open)"))
    before = dataclasses.replace(facts, made="What goes in, before any draw")
    here = rows[part]
    made = page(before, title, subtitle, ROW * len(here) + 0.1, legend=legend, notes=notes if page_of[1] > 1 else [])
    top = made.body[1]
    for index, prior in enumerate(here):
        _row(made, prior, top - ROW * (index + 1), room)
    return made


def _row(made: Picture, prior: Prior | DerivedPrior, bottom: float, room: float) -> None:
    colour, filled = (FOLLOWS, True) if isinstance(prior, DerivedPrior) else (
        COLOURS[prior.kind], prior.stated)  # fmt: skip
    middle = bottom + ROW / 2.0
    made.write(MARGIN, middle, cut_inside(prior.path, SMALL, LABEL - 0.1), size=SMALL, color=INK, va="center")
    width = WIDTH - 2.0 * MARGIN - LABEL - SIGN - room
    axes = made.panel(MARGIN + LABEL, bottom + 0.03, width, ROW - 0.06)
    axes.set_axis_off()
    edges, heights = density(prior)
    tallest = max(heights)
    axes.stairs([height / tallest for height in heights], range(BINS + 1), fill=filled, color=colour, lw=1.0)
    axes.set_xlim(0, BINS)
    axes.set_ylim(0.0, 1.05)
    median = prior.quantity.central
    place = next((k for k in range(BINS) if edges[k + 1] >= median), BINS - 1) + 0.5
    axes.plot([place, place], [0.0, 1.0], color=INK, lw=0.9)
    right = WIDTH - MARGIN - room
    if by_factors(edges):
        made.write(right - SIGN + 0.06, middle, LOG, size=SMALL, color=GREY, va="center", gid="log")
    texts = cut(_numbers(prior), SMALL, room)
    made.write(right, middle, texts, size=SMALL, color=GREY, va="center")


def _numbers(prior: Prior | DerivedPrior) -> str:
    """The 5%, 50% and 95% quantile, the unit once; of dates the day, as there is no room for the minute."""
    if prior.quantity.unit == "date":
        return "  ·  ".join(text.partition(" ")[0] for text in prior.texts)
    numbers = [text.partition(" ") for text in prior.texts]
    units = {unit for _, _, unit in numbers}
    if len(units) > 1:
        return "  ·  ".join(prior.texts)
    return "  ·  ".join(number for number, _, _ in numbers) + f" {units.pop()}".rstrip()


def density(prior: Prior | DerivedPrior) -> tuple[list[float], list[float]]:
    """The edges of `BINS` equal bins, by factors if the number is positive and wide, and what lies in each."""
    of = prior.quantity.distribution
    if isinstance(prior, DerivedPrior):
        values = prior.values if len(prior.values) else np.array([prior.quantity.central])
        low, high = (float(np.quantile(values, q)) for q in (0.005, 0.995))
    else:
        assert of is not None
        low, high = of.quantile(0.005), of.quantile(0.995)
    if high <= low:
        low, high = low - 1.0, high + 1.0
    if _wide(low, high):
        edges = [low * (high / low) ** (k / BINS) for k in range(BINS + 1)]
    else:
        edges = [low + (high - low) * k / BINS for k in range(BINS + 1)]
    if isinstance(prior, DerivedPrior):
        return edges, (np.histogram(values, edges)[0] / len(values)).tolist()
    assert of is not None
    sums = [of.below(edges[0]), *(of.cdf(edge) for edge in edges[1:])]
    return edges, [after - before for before, after in pairwise(sums)]


def _wide(low: float, high: float) -> bool:
    return low > 0.0 and high > WIDE * low


def by_factors(edges: Sequence[float]) -> bool:
    """Whether the bins of `density` are equal as factors: the scale is logarithmic."""
    return _wide(edges[0], edges[-1])
