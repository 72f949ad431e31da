"""Picture 3: what each lab's accelerators did, exactly, and where they went when a training run ended."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.show.axes import clean, dates, log_limits, log_scale
from sim.show.grid import grid, lab_title
from sim.show.page import Picture, empty, page
from sim.show.simulated import Simulated, span_of
from sim.show.style import GREY, INK, SMALL, lab_colours, number, plural, short, text_width, tint, use_styles
from sim.show.uses import Array, Earmark, Move, Uses, earmarks_of, moves_of, uses_of
from sim.world.record import RunRecord

MOST_PANELS = 6
SMALLEST_ARROW = 0.03
"""Moves smaller than this part of the axis get no arrow; they would be arrowhead only."""
GROWTH_ON_ONE_SCALE = 12.0
"""A cluster that grows more than this is drawn as shares, with its size above: else its early years are a flat line."""


def order_of(record: RunRecord, uses: set[str]) -> list[str]:
    """Uses from the bottom up: training, fleets that take its accelerators, other fleets, experiments, the rest."""
    receivers = {run.after_training.to for lab in record.draw.labs.values() for run in lab.runs if run.after_training}
    fleets = {name for lab in record.draw.labs.values() for name in lab.fleets}

    def rank(use: str) -> tuple[int, str]:
        if use == "training":
            return 0, use
        if use in fleets:
            return (1 if use in receivers else 2), use
        return (3 if use == "experiments" else 5 if use == "idle" else 4), use

    return sorted(uses, key=rank)


def headline(uses: dict[str, Uses], moves: dict[str, list[Move]], earmarks: dict[str, list[Earmark]]) -> str:
    """The finding: the largest move after a run, or else what compute was spent on."""
    promised = [
        (mark.h100e, mark.since, mark.model, lab, mark.fleet) for lab, mine in earmarks.items() for mark in mine
    ]
    freed = [
        (move.h100e, move.day, move.run, lab, move.to or "") for lab, mine in moves.items() for move in mine if move.to
    ]
    if promised or freed:
        h100e, day, model, lab, to = max(promised or freed)
        index = max(0, int(np.searchsorted(uses[lab].days, day, side="right")) - 1)
        share = h100e / uses[lab].cluster[index] if uses[lab].cluster[index] else 0.0
        where = f"from training it to running it ({to})" if promised else f"from its training run to {to}"
        return f"{model}: {number(h100e)} H100e, {share:.0%} of {lab}'s compute, moved {where}"
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
    """Compute by use over time, stacked, by lab; the moves after training runs as arrows."""
    record = result.record
    everything = {lab: uses_of(record, lab) for lab in record.draw.labs}
    everything = {lab: uses for lab, uses in everything.items() if uses.by_use}
    if not everything:
        return empty(result.facts, "No lab had accelerators", "There is no compute to show.")
    order = list(record.draw.labs)
    ranked = sorted(everything, key=lambda lab: (-float(everything[lab].cluster.max()), order.index(lab)))
    labs = sorted(ranked[:MOST_PANELS], key=order.index)
    uses = {lab: everything[lab] for lab in labs}
    moves = {lab: moves_of(record, lab) for lab in labs}
    earmarks = {lab: earmarks_of(record, lab) for lab in labs}
    stack = order_of(record, {use for mine in uses.values() for use in mine.by_use})
    looks = use_styles(stack)
    shares = any(_growth(mine.cluster) > GROWTH_ON_ONE_SCALE for mine in uses.values())
    subtitle = (
        "What the accelerators do, in H100e, exact to the event."
        if not shares
        else ("Share of the lab's compute (H100e) by use, exact to the event; above, the size of its cluster.")
    )
    if any(moves.values()):
        subtitle += " Named: finished runs, with the H100e that they freed."
    notes = []
    if len(ranked) > len(labs):
        notes.append(f"The {len(labs)} largest of {plural(len(ranked), 'lab')}.")
    legend: list[tuple[Any, str]] = [(_patch(looks[use]), use) for use in stack]
    if any(earmarks.values()):
        legend.append(
            (
                Patch(facecolor=tint(looks["training"][0], 0.5), edgecolor=INK, linewidth=0.9),
                "moved from training to the new model's fleet",
            )
        )
    height = (4.6 if len(labs) <= 3 else 6.6) + (0.4 if shares and len(labs) <= 3 else 0.0)
    figure = page(result.facts, headline(uses, moves, earmarks), subtitle, height, legend=legend, notes=notes)
    colours = lab_colours(order)
    start, end = span_of(result)
    limits = log_limits(value for mine in uses.values() for value in mine.cluster)
    label = "share of the lab's compute" if shares else "accelerators, H100e"
    for axes, lab, edge in grid(figure, labs, y_label=label):
        top = axes
        if shares:
            top = _cluster_above(figure, axes, uses[lab], start, limits, edge.left)
            dates(top, start, end, labelled=False)
        clean(axes)
        dates(axes, start, end, labelled=edge.bottom)
        whole = uses[lab].cluster if shares else np.ones(len(uses[lab].days))
        tops = _stacked(axes, uses[lab], stack, looks, start, whole)
        if shares:
            axes.set_ylim(0.0, 1.0)
            axes.set_yticks([0.0, 0.25, 0.5, 0.75, 1.0], ["0%", "25%", "50%", "75%", "100%"])
        else:
            axes.set_ylim(0.0, max(float(mine.cluster.max()) for mine in uses.values()) * 1.04)
            axes.yaxis.set_major_locator(MaxNLocator(6))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
        if not edge.left:
            axes.tick_params(labelleft=False)
            top.tick_params(labelleft=False)
        if len(labs) > 1:
            lab_title(top, lab, colours[lab])
        _moves(axes, uses[lab], moves[lab], earmarks[lab], tops, start, whole, looks["training"][0])
    return figure


def _growth(cluster: Array) -> float:
    some = cluster[cluster > 0.0]
    return float(some.max() / some.min()) if len(some) else 1.0


def _patch(look: tuple[str, str]) -> Patch:
    return Patch(facecolor=look[0], hatch=look[1], edgecolor=_edge(look[0]), linewidth=0.6)


def _edge(colour: str) -> str:
    return "#8c959f" if colour in ("#FFFFFF", "#EFE3C2") else "white"


def _cluster_above(
    figure: Picture, axes: Axes, uses: Uses, start: float, limits: tuple[float, float], left: bool
) -> Axes:
    """A slim panel over a panel: the size of the cluster, log."""
    across, up = figure.get_size_inches()
    place_ = axes.get_position()
    height = place_.height * up
    slim = min(0.75, 0.26 * height)
    axes.set_position((place_.x0, place_.y0, place_.width, (height - slim - 0.16) / up))
    above = figure.panel(place_.x0 * across, place_.y0 * up + height - slim, place_.width * across, slim)
    clean(above)
    log_scale(above, *limits, most=3)
    above.plot(
        start + uses.days,
        np.where(uses.cluster > 0.0, uses.cluster, np.nan),
        drawstyle="steps-post",
        color=INK,
        lw=1.4,
        gid="cluster",
    )
    if left:
        above.set_ylabel("H100e", fontsize=SMALL, color=GREY)
        above.yaxis.set_label_coords(axes.yaxis.label.get_position()[0], 0.5)
        above.yaxis.set_label_coords(-0.82 / (place_.width * across), 0.5)
    return above


def _stacked(
    axes: Axes, uses: Uses, stack: list[str], looks: dict[str, tuple[str, str]], start: float, whole: Array
) -> dict[str, tuple[Array, Array]]:
    base = np.zeros(len(uses.days))
    edges = {}
    divisor = np.where(whole > 0.0, whole, 1.0)
    for use in stack:
        line = uses.by_use.get(use)
        above = base if line is None else base + line / divisor
        edges[use] = (base, above)
        if line is not None:
            colour, hatch = looks[use]
            axes.fill_between(
                start + uses.days,
                base,
                above,
                step="post",
                facecolor=colour,
                hatch=hatch,
                edgecolor=_edge(colour),
                linewidth=0.0,
                zorder=2,
                gid=f"use:{use}",
            )
        base = above
    return edges


def _moves(
    axes: Axes,
    uses: Uses,
    moves: list[Move],
    earmarks: list[Earmark],
    edges: dict[str, tuple[Array, Array]],
    start: float,
    whole: Array,
    colour: str,
) -> None:
    """What runs freed, by name; what a fleet then holds of it, in the colour of training; an arrow between."""
    divisor = np.where(whole > 0.0, whole, 1.0)
    left, right = axes.get_xlim()
    nudge = (right - left) * 0.012
    blocks: dict[str, tuple[float, float]] = {}
    held: dict[str, Array] = {}
    for mark in earmarks:
        if mark.fleet not in edges:
            continue
        low, high = edges[mark.fleet]
        base = low + held.get(mark.fleet, np.zeros(len(low)))
        inside = (uses.days >= mark.since) & (uses.days < mark.until)
        top = np.where(inside, np.minimum(high, base + mark.h100e / divisor), base)
        held[mark.fleet] = top - low
        index = int(np.searchsorted(uses.days, mark.since, side="right")) - 1
        last = int(np.searchsorted(uses.days, mark.until, side="left"))
        part = slice(index, last + 1)
        floor, ceiling = base[part].copy(), top[part].copy()
        if len(floor) > 1:
            floor[-1], ceiling[-1] = floor[-2], ceiling[-2]
        axes.fill_between(
            start + uses.days[part],
            floor,
            ceiling,
            step="post",
            facecolor=tint(colour, 0.5),
            edgecolor=INK,
            linewidth=0.9,
            zorder=3,
            gid=f"earmark:{mark.fleet}:{mark.model}",
        )
        blocks[mark.model] = start + mark.since, float((base[index] + top[index]) / 2.0)
    if "training" not in edges:
        return

    def before(move: Move) -> int:
        return max(0, int(np.searchsorted(uses.days, move.day, side="left")) - 1)

    flags = []
    height = axes.get_ylim()[1] or 1.0
    for move in sorted(moves, key=lambda move: -move.h100e / float(divisor[before(move)]))[: _room(axes) + 4]:
        index = before(move)
        low_, high_ = (float(edge[index]) for edge in edges["training"])
        x = start + move.day
        size = move.h100e / float(divisor[index]) / height
        flags.append((size, x, high_, f"{move.run}: {short(move.h100e)}"))
        if move.run in blocks and size >= SMALLEST_ARROW:
            to, y = blocks[move.run]
            axes.annotate(
                "",
                (to + nudge, y),
                (x - nudge, (low_ + high_) / 2.0),
                gid="move",
                zorder=6,
                arrowprops={
                    "arrowstyle": "-|>,head_width=0.18,head_length=0.32",
                    "color": INK,
                    "lw": 1.1,
                    "shrinkA": 0,
                    "shrinkB": 0,
                },
            )
    _flags(axes, sorted(flags, reverse=True))


def _room(axes: Axes) -> int:
    """How many moves can be shown on a panel of this width."""
    across = axes.get_figure().get_size_inches()[0] * axes.get_position().width  # type: ignore[union-attr]
    return 4 if across < 3.5 else 6 if across < 6.0 else 14


def _flags(axes: Axes, flags: list[tuple[float, float, float, str]]) -> None:
    """Names at the top of the panel, each over a thin line from what its run held; the largest first."""
    up = axes.get_figure().get_size_inches()[1] * axes.get_position().height  # type: ignore[union-attr]
    across = axes.get_figure().get_size_inches()[0] * axes.get_position().width  # type: ignore[union-attr]
    left, right = axes.get_xlim()
    step = 0.165
    levels = max(1, int(0.4 * up / step))
    most = _room(axes)
    taken: list[tuple[int, float, float]] = []
    low, high = axes.get_ylim()
    for _, x, y, words in flags[:most]:
        at = (x - left) / (right - left) * across
        width = text_width(words, SMALL) + 0.1
        for level in range(levels):
            begins = at if at + width <= across else at - width
            clear = all(level != row or begins >= b or a >= begins + width for row, a, b in taken)
            crossed = any(row > level and a < at < b for row, a, b in taken)
            if begins < 0.0 or not clear or crossed:
                continue
            taken.append((level, begins, begins + width))
            height = low + (high - low) * (1.0 - (0.13 + step * level) / up)
            axes.plot([x, x], [y, max(y, height + 0.06 / up * (high - low))], color=INK, lw=0.6, zorder=5, gid="flag")
            on_right = at + width <= across
            axes.annotate(
                words,
                (x, height),
                xytext=(3.0 if on_right else -3.0, 0.0),
                textcoords="offset points",
                va="center",
                ha="left" if on_right else "right",
                fontsize=SMALL,
                color=INK,
                zorder=7,
                gid="label",
                bbox={"boxstyle": "square,pad=0.08", "facecolor": "white", "edgecolor": "none", "alpha": 0.7},
            )
            break
