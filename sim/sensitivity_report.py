"""What a sensitivity says, in words for a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.analysis.drawn_together import LEAST, enough
from sim.analysis.ranking import RANK, Ranking
from sim.analysis.tornado import Tornado
from sim.analysis.variance import Variance
from sim.ensemble.factors import Factor
from sim.ensemble.observed import Observed
from sim.scenario.problem import one_line
from sim.tables.percent import percent

if TYPE_CHECKING:
    from sim.sensitivities import Sensitivity

FEWEST, MOST = 5, 25
"""Inputs that are printed: those that move the result, but at least and at most so many."""

METHODS = {RANK: "rank correlation", "pawn": "PAWN index"}
SMALLEST = 0.01
"""Share of the variance below which an input is not printed."""


def report_text(sensitivity: Sensitivity) -> str:
    """The inputs, the strongest first, and those that move nothing."""
    found = sensitivity.found
    if isinstance(found, Tornado):
        lines = _tornado(found)
    elif isinstance(found, Variance):
        lines = _variance(found)
    else:
        lines = _ranking(found)
    if sensitivity.unread:
        lines.append(f"Read by nothing in the central case ({len(sensitivity.unread)}): "
                     f"{', '.join(sensitivity.unread)}")  # fmt: skip
    if sensitivity.left_out:
        left = sensitivity.left_out
        lines.append(f"Left out, as no simulation reads them ({len(left)}): {', '.join(left)}")
    derived = [item.path for item in sensitivity.scenario.inputs if item.derived]
    if derived:
        lines.append(f"No inputs of their own here, as they follow from others ({len(derived)}): {', '.join(derived)}")
    return "\n".join(lines)


def _ranking(found: Ranking) -> list[str]:
    lines = [f"{found.observed.name}: {METHODS[found.method]} of each uncertain input, from {found.draws:,} draws"]
    lines += _lacking(found.observed, "draws")
    if found.observed.open_share:
        share = percent(found.observed.open_share)
        lines.append(f"not reached by the end in {share} of draws: these count as later than all that is known"
                     if found.observed.dated else f"open at the end in {share} of draws: each counts with the rank to "
                     "be expected of it, given that it is longer (Kaplan-Meier)")  # fmt: skip
        if found.observed.open_share > 0.5:
            lines.append("these are more than half: what follows says whether it is over by then more than when")
    beyond = found.beyond
    shown = min(max(beyond, FEWEST), MOST, len(found.factors))
    rows = [("input", METHODS[found.method], "95% band", "90% range", "source or guess")]
    for factor, index in list(zip(found.factors, found.indices, strict=True))[:shown]:
        mark = "  (with another)" if factor.path in found.together else ""
        mark = mark if found.beyond_chance(index) else "  (as chance)"
        rows.append((_named(factor), f"{index.value:.2f}{mark}", f"{index.low:.2f} to {index.high:.2f}",
                     one_line(factor.range, 40), _support(factor)))  # fmt: skip
    rows.append(("(a dummy: random numbers)", f"{found.dummy.value:.2f}",
                 f"{found.dummy.low:.2f} to {found.dummy.high:.2f}", "", ""))  # fmt: skip
    lines += ["", *_aligned(rows), ""]
    sign = "beyond ±" if found.method == RANK else "above "
    apart = len(found.told_apart)
    are = "is" if apart == 1 else "are"
    lines.append(f"{apart} of {len(found.factors)} inputs {are} told apart from chance: {sign}{found.noise:.2f}, which "
                 "the strongest of as many dummies stays within in 95 of 100 ensembles.")  # fmt: skip
    lines += _drawn_together(found)
    rest = found.factors[beyond:]
    if rest:
        lines.append(f"Not told apart ({len(rest)}): {', '.join(factor.path for factor in rest)}")
    lines += [_one_quantity(factor) for factor in found.factors[:shown] if factor.same]
    lines += [f"Goes together with {', '.join(factor.partly)}: part of what {factor.path} shows may be theirs"
              for factor in found.told_apart if factor.partly]  # fmt: skip
    return lines


def _drawn_together(found: Ranking) -> list[str]:
    """Inputs that are beyond chance, but not told apart from a stronger one, by the stronger one."""
    by: dict[str, list[str]] = {}
    for factor in found.factors:
        other = found.together.get(factor.path)
        if other is not None:
            told = f"{factor.path} (rank correlation {other.correlation:.2f})"
            by.setdefault(other.stronger.path, []).append(told)
    draws, many = "draws", found.observed.values.size
    wanted = enough(sum(1 + len(factor.same) for factor in found.factors))
    if many < wanted:
        draws += f" ({wanted:,}), or random ones (sim run -n {max(LEAST, many)} --method random),"
    lines = [f"Not told apart from {path}, with which {'it goes' if len(told) == 1 else 'they go'} together in these "
             f"draws: {', '.join(told)}" for path, told in by.items()]  # fmt: skip
    return [*lines, f"More {draws} part them."] if lines else []


def _tornado(found: Tornado) -> list[str]:
    from sim.show.told import value_of

    def told(value: float, open_: bool, failed: str | None = None) -> str:
        if math.isnan(value):
            return "none" if failed is None else "failed"
        return value_of(found.observed, value, open_)

    lines = [f"{found.observed.name}: one input at a time at its 10% and its 90%, {found.runs:,} paired runs",
             f"with all inputs at their medians: {told(found.middle, found.middle_open)}"]  # fmt: skip
    moving = len(found.moving)
    shown = min(moving, MOST)
    rows = [("input", "at its 10%", "at its 90%", "10%", "90%", "source or guess")]
    cells = [row[2:4] for row in found.table.rows]
    for n, (factor, ends) in enumerate(list(zip(found.factors, found.ends, strict=True))[:shown]):
        rows.append((_named(factor), told(ends.low, ends.low_open, ends.low_failed),
                     told(ends.high, ends.high_open, ends.high_failed), one_line(cells[n][0], 40),
                     one_line(cells[n][1], 40), _support(factor)))  # fmt: skip
    lines += ["", *_aligned(rows), ""]
    rest = f", {shown} are shown" if moving > shown else ""
    lines.append(f"{moving} of {len(found.factors)} inputs {'moves' if moving == 1 else 'move'} it{rest}.")
    lines += _failed(found)
    if found.unmoved:
        lines.append(f"Move nothing ({len(found.unmoved)}): {', '.join(factor.path for factor in found.unmoved)}")
    lines += [_one_quantity(factor) for factor in found.factors[:shown] if factor.same]
    lines += [f"With {factor.path} go {', '.join(factor.partly)}, as their correlation says"
              for factor in found.factors[:shown] if factor.partly]  # fmt: skip
    return lines


def _failed(found: Tornado) -> list[str]:
    """Runs that failed: the first of them, and why."""
    if not found.failed:
        return []
    factor, end, why = found.failed[0]
    at = f"{factor.path} at its {'10%' if end == 'low' else '90%'}: {why}"
    count = len(found.failed)
    return [f"{count:,} run{'s' if count > 1 else ''} failed, of which nothing is known: {'the first: ' * (count > 1)}"
            f"{at}"]  # fmt: skip


def _variance(found: Variance) -> list[str]:
    of = "the logarithm of " if found.by_factors else ""
    lines = [f"{of}{found.observed.name}: shares of its variance (Sobol indices), from {found.runs:,} runs "
             f"({found.points:,} points)"]  # fmt: skip
    lines += _lacking(found.observed, "runs")
    if found.observed.open_share:
        what = "not reached by the end" if found.observed.dated else "open at the end"
        lines.append(f"{what} in {percent(found.observed.open_share)} of runs: it counts with the end")
    rows = [("input", "alone", "95% band", "in all", "95% band", "90% range", "source or guess")]
    large = sum(share.total >= SMALLEST for share in found.shares)
    shown = min(max(large, FEWEST), MOST, len(found.blocks))
    for block, share in list(zip(found.blocks, found.shares, strict=True))[:shown]:
        first = block.factors[0] if block.factors else None
        more = f" (+{len(block.paths) - 1})" if len(block.paths) > 1 else ""
        rows.append((f"{block.path}{more}", f"{share.first:.2f}", _band(share.first, share.first_half),
                     f"{share.total:.2f}", _band(share.total, share.total_half),
                     "" if first is None else one_line(first.range, 40),
                     "" if first is None else "guess" if block.guess else _support(first)))  # fmt: skip
    lines += ["", *_aligned(rows), ""]
    rest = ("the rest comes of what they do together" if found.alone + found.alone_half < 1.0 else
            "what they do together is not told apart from nothing")  # fmt: skip
    lines.append(f"All inputs alone make {found.alone:.2f} of the variance (95% band "
                 f"{_band(found.alone, found.alone_half)}): {rest}.")  # fmt: skip
    small = [block for block, share in list(zip(found.blocks, found.shares, strict=True))[shown:] if share.total]
    if small:
        lines.append(f"Smaller ({len(small)}): {', '.join(block.path for block in small)}")
    if found.unmoved:
        lines.append(f"Move nothing ({len(found.unmoved)}): {', '.join(factor.path for factor in found.unmoved)}")
    lines += [f"One here, as they go together: {', '.join(block.paths)}" for block in found.blocks[:shown]
              if len(block.paths) > 1]  # fmt: skip
    return lines


def _band(value: float, half: float) -> str:
    return f"{value - half:.2f} to {value + half:.2f}"


def _lacking(observed: Observed, what: str) -> list[str]:
    """What is done with draws in which there is no such result."""
    if not observed.lacking:
        return []
    return [f"{percent(observed.lacking)} of {what} have no such result and are left out: what follows holds where "
            "there is one"]  # fmt: skip


def _named(factor: Factor) -> str:
    return factor.path + (f" (+{len(factor.same)})" if factor.same else "")


def _one_quantity(factor: Factor) -> str:
    return f"One quantity: {', '.join([factor.path, *factor.same])}"


def _support(factor: Factor) -> str:
    """What a range rests on, in few words."""
    return "guess" if factor.guess else one_line(factor.input.source, 50) or "no source"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines whose columns stand below each other."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
