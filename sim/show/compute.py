"""Picture 3: what each lab's accelerators did, exactly, and where they went when a training run ended."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.base.words import plural
from sim.show.axes import clean, dates, size_of
from sim.show.bands import EXPERIMENTS, INFERENCE, MOVED, OTHER, TRAINING, bands_of, fleets_of
from sim.show.grid import MOST_PANELS, grid, lab_title, not_shown
from sim.show.moves import draw_moves, one_a_run
from sim.show.page import COUNT, Picture, empty, page
from sim.show.simulated import Simulated, span_of
from sim.show.style import GREY, SMALL, brief, lab_colours, listed, number, short, text_width, use_styles
from sim.show.uses import Array, Earmark, Move, Uses, earmarks_of, moves_of, uses_of

GROWTH_ON_ONE_SCALE = 12.0
"""A cluster that grows more than this is drawn as shares, with its size above: else its early years are a flat line."""
LOOKS = {
    TRAINING: ("#D55E00", ""),
    MOVED: ("#F6C6A0", "////"),
    INFERENCE: ("#56B4E9", ""),
    EXPERIMENTS: ("#EFE3C2", ""),
    OTHER: ("#9aa3ab", "...."),
}


def headline(uses: dict[str, Uses], moves: dict[str, list[Move]], earmarks: dict[str, list[Earmark]]) -> str:
    """The finding: the largest move after a run, or else what compute was spent on."""
    promised = [
        (mark.h100e, mark.since, mark.model, lab, mark.fleet) for lab, mine in earmarks.items() for mark in mine
    ]
    freed = [
        (move.h100e, move.day, move.run, lab, move.to)
        for lab, mine in moves.items()
        for move in mine
        if move.to and move.to != "training"  # the next run's is no change of use
    ]
    if promised or freed:
        h100e, day, model, lab, to = max(promised or freed)
        index = max(0, int(np.searchsorted(uses[lab].days, day, side="right")) - 1)
        share = h100e / uses[lab].cluster[index] if uses[lab].cluster[index] else 0.0
        where = f"from training it to running it ({to})" if promised else f"from its training run to {to}"
        return f"{brief(model)}: {number(h100e)} H100e, {share:.0%} of {brief(lab)}'s compute, moved {where}"
    totals: dict[str, float] = {}
    for mine in uses.values():
        widths = np.diff(mine.days)
        for use, line in mine.by_use.items():
            totals[use] = totals.get(use, 0.0) + float((line[:-1] * widths).sum())
    whole = sum(totals.values())
    if not whole:
        return "No lab had accelerators"
    ranked = sorted(totals.items(), key=lambda item: -item[1])[:3]
    return "Of all compute, " + ", ".join(f"{value / whole:.0%} went to {use}" for use, value in ranked)


def compute(result: Simulated) -> Picture:
    """Compute by use over time, stacked, a panel a lab; the moves after training runs as arrows."""
    record = result.record
    everything = {lab: uses_of(record, lab) for lab in record.draw.labs}
    everything = {lab: uses for lab, uses in everything.items() if uses.by_use}
    if not everything:
        return empty(result.facts, "No lab had accelerators", "There is no compute to show.")
    ranked = sorted(everything, key=lambda lab: -float(everything[lab].cluster.max()))
    labs = ranked[:MOST_PANELS]
    uses = {lab: everything[lab] for lab in labs}
    moves = {lab: moves_of(record, lab) for lab in labs}
    earmarks = {lab: earmarks_of(record, lab) for lab in labs}
    fleets = fleets_of(record, {use for mine in uses.values() for use in mine.by_use})
    alone = len(labs) == 1
    bands = {lab: bands_of(uses[lab], earmarks[lab], fleets, merged=not alone) for lab in labs}
    looks = {**use_styles(use for mine in bands.values() for use in mine if use not in LOOKS), **LOOKS}
    shares = any(_growth(mine.cluster) > GROWTH_ON_ONE_SCALE for mine in uses.values())
    each = 4.0 if alone else 2.5 if len(labs) == 2 else 2.0 if len(labs) == 3 else 1.72
    notes = []
    if len(everything) > len(labs):
        notes.append(not_shown(ranked[MOST_PANELS:], "less compute"))
    if not alone and len(fleets) > 1:
        notes.append(f"Inference: the fleets {listed(fleets)}.")
    finished = sum(len(one_a_run(mine)) for mine in moves.values())
    if finished:
        notes.append(f"Named: {COUNT} of {plural(finished, 'finished run')}; all are in events.csv.")
    figure = page(
        result.facts,
        headline(uses, moves, earmarks),
        _subtitle(shares, bool(finished), any(earmarks.values())),
        (each + (0.18 if shares else 0.0)) * len(labs) + 0.3,
        legend=[(_patch(looks[band]), band) for band in _order(bands)],
        notes=[" ".join(notes)] if notes else [],
    )
    colours = lab_colours(record.draw.labs)
    named = 0
    most = max(float(mine.cluster.max()) for mine in uses.values())
    head = (0.3 if not alone else 0.05) + (0.18 if shares else 0.0)
    label = "share of compute" if shares else "accelerators, H100e"
    start, end = span_of(result)
    for axes, lab, edge in grid(figure, labs, y_label=label, columns=1, head=head):
        mine = uses[lab]
        clean(axes)
        dates(axes, start, end, labelled=edge.bottom)
        _scale(axes, most, shares)
        if len(labs) > 1:
            lab_title(axes, lab, colours[lab], pad=18.0 if shares else 5.0)
        if shares:
            _sizes(axes, mine, start)
        whole = np.where(mine.cluster > 0.0, mine.cluster, 1.0) if shares else np.ones(len(mine.days))
        heights = {band: line / whole for band, line in bands[lab].items()}
        _stacked(axes, mine, heights, looks, start)
        named += draw_moves(axes, mine, moves[lab], earmarks[lab], heights, start, whole)
    figure.fill(named)
    return figure


def _subtitle(shares: bool, finished: bool, promised: bool) -> str:
    parts = ["Share of each lab's compute by use; above, its H100e." if shares else "Accelerators by use, H100e."]
    if finished:
        parts.append("Named: finished runs that held the most, with their H100e.")
    if promised:
        parts.append("Arrows: what these chips then did.")
    return " ".join(parts)


def _order(bands: dict[str, dict[str, Array]]) -> list[str]:
    """All bands from the bottom up, as they are stacked in each panel."""
    found: list[str] = []
    for mine in bands.values():
        found += [band for band in mine if band not in found]
    return sorted(found, key=lambda band: [TRAINING, MOVED].index(band) if band in (TRAINING, MOVED) else 2)


def _growth(cluster: Array) -> float:
    some = cluster[cluster > 0.0]
    return float(some.max() / some.min()) if len(some) else 1.0


def _patch(look: tuple[str, str]) -> Patch:
    return Patch(facecolor=look[0], hatch=look[1], edgecolor=_edge(look[0]), linewidth=0.6)


def _edge(colour: str) -> str:
    """The colour of hatching, and of a legend's frame."""
    return {"#FFFFFF": "#8c959f", "#EFE3C2": "#8c959f", LOOKS[MOVED][0]: LOOKS[TRAINING][0]}.get(colour, "white")


def _scale(axes: Axes, most: float, shares: bool) -> None:
    if shares:
        axes.set_ylim(0.0, 1.0)
        axes.set_yticks([0.0, 0.5, 1.0], ["0%", "50%", "100%"])
    else:
        axes.set_ylim(0.0, most * 1.1)
        axes.yaxis.set_major_locator(MaxNLocator(6))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))


def _sizes(axes: Axes, uses: Uses, start: float) -> None:
    """The size of the cluster over the panel, at the marks of the date axis."""
    width, up = size_of(axes)
    left, right = axes.get_xlim()
    last = -1.0
    for tick in axes.get_xticks():
        index = int(np.searchsorted(uses.days, max(0.0, tick - start), side="right")) - 1
        if uses.cluster[index] <= 0.0 or not left - 1.0 <= tick <= right:
            continue
        words = short(float(uses.cluster[index]))
        if last < 0.0:
            words += " H100e"
        room = text_width(words, SMALL)
        at = min(max((tick - left) / (right - left) * width - room / 2, 0.0), width - room)
        if at < last + 0.15:
            continue
        axes.text(at / width, 1.0 + 0.04 / up, words, transform=axes.transAxes, fontsize=SMALL, color=GREY, gid="size")
        last = at + room


def _stacked(
    axes: Axes, uses: Uses, heights: dict[str, Array], looks: dict[str, tuple[str, str]], start: float
) -> None:
    base = np.zeros(len(uses.days))
    for band, line in heights.items():
        colour, hatch = looks[band]
        axes.fill_between(
            start + uses.days,
            base,
            base + line,
            step="post",
            facecolor=colour,
            hatch=hatch,
            edgecolor=_edge(colour),
            linewidth=0.0,
            zorder=2,
            gid=f"band:{band}",
        )
        base = base + line
