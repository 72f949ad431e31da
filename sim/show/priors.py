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
from sim.show.style import GREY, INK, SMALL, WIDTH, cut, cut_inside, styled
from sim.show.support import COLOURS

ROW, LABEL, VALUES = 0.27, 3.3, 2.75
"""Inches: height of a row, room for its name and for its numbers."""
MOST = 34
BINS = 60
FOLLOWS = "#009E73"
WIDE = 5.0
"""From this ratio of its ends on a positive number is drawn on a logarithmic scale."""


def figure(found: Sequence[Prior | DerivedPrior], facts: PictureFacts) -> Picture:
    """A row for each uncertain input: its density from the 0.5% to the 99.5% quantile, and 5%, 50%, 95% in numbers.

    Then one for each that is derived, over the draws that were looked at.
    """
    with styled():
        drawn = [prior for prior in found if isinstance(prior, Prior)]
        derived = [prior for prior in found if isinstance(prior, DerivedPrior)]
        shown: list[Prior | DerivedPrior] = []
        shown += [prior for prior in drawn if prior.stated]
        shown = [*shown, *derived][:MOST]
        shown += [prior for prior in drawn if not prior.stated][: MOST - len(shown)]
        guesses, none = (sum(prior.kind is kind for prior in drawn) for kind in (Support.GUESS, Support.NONE))
        title = f"{len(drawn)} inputs are uncertain; {counted(guesses, none)}"
        if derived:
            title += f"; {len(derived)} more follow{'s' if len(derived) == 1 else ''} from them"
        subtitle = "How likely each value is, each input on its own scale (factors where wide); in numbers 5%, 50%, 95%"
        more = len(found) - len(shown)
        notes = [f"{more} more are in the list of `sim show --priors`."] if more else []
        legend = [*((Patch(color=COLOURS[kind]), kind.value) for kind in Support),
                  (Patch(facecolor="white", edgecolor=GREY), "default of the program (open)")]  # fmt: skip
        if derived:
            legend.insert(3, (Patch(color=FOLLOWS), f"derived, over {DRAWS:,} draws"))
        before = dataclasses.replace(facts, made="What goes in, before any draw")
        made = page(before, title, subtitle, ROW * len(shown) + 0.1, legend=legend, notes=notes)
        top = made.body[1]
        for index, prior in enumerate(shown):
            _row(made, prior, top - ROW * (index + 1))
    return made


def _row(made: Picture, prior: Prior | DerivedPrior, bottom: float) -> None:
    colour, filled = (FOLLOWS, True) if isinstance(prior, DerivedPrior) else (
        COLOURS[prior.kind], prior.stated)  # fmt: skip
    middle = bottom + ROW / 2.0
    made.write(MARGIN, middle, cut_inside(prior.path, SMALL, LABEL - 0.1), size=SMALL, color=INK, va="center")
    axes = made.panel(MARGIN + LABEL, bottom + 0.03, WIDTH - 2.0 * MARGIN - LABEL - VALUES, ROW - 0.06)
    axes.set_axis_off()
    edges, heights = density(prior)
    tallest = max(heights)
    axes.stairs([height / tallest for height in heights], range(BINS + 1), fill=filled, color=colour, lw=1.0)
    axes.set_xlim(0, BINS)
    axes.set_ylim(0.0, 1.05)
    median = prior.quantity.central
    place = next((k for k in range(BINS) if edges[k + 1] >= median), BINS - 1) + 0.5
    axes.plot([place, place], [0.0, 1.0], color=INK, lw=0.9)
    texts = cut(_numbers(prior), SMALL, VALUES - 0.1)
    made.write(WIDTH - MARGIN - VALUES + 0.1, middle, texts, size=SMALL, color=GREY, va="center")


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
    if low > 0.0 and high > WIDE * low:
        edges = [low * (high / low) ** (k / BINS) for k in range(BINS + 1)]
    else:
        edges = [low + (high - low) * k / BINS for k in range(BINS + 1)]
    if isinstance(prior, DerivedPrior):
        return edges, (np.histogram(values, edges)[0] / len(values)).tolist()
    assert of is not None
    sums = [of.below(edges[0]), *(of.cdf(edge) for edge in edges[1:])]
    return edges, [after - before for before, after in pairwise(sums)]
