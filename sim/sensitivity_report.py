"""What a sensitivity says, in words for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.analysis.ranking import RANK, Ranking
from sim.scenario.problem import one_line

if TYPE_CHECKING:
    from sim.sensitivities import Sensitivity

FEWEST, MOST = 5, 25
"""Inputs that are printed: those told apart, but at least and at most so many."""

METHODS = {RANK: "rank correlation", "pawn": "PAWN index"}


def report_text(sensitivity: Sensitivity) -> str:
    """The ranked inputs, what chance gives, and which inputs nothing is seen of."""
    found = sensitivity.found
    lines = [f"{found.observed.name}: {METHODS[found.method]} of each uncertain input, from {found.draws:,} draws"]
    lines += done(found)
    apart = len(found.factors) - len(found.unmoved)
    shown = min(max(apart, FEWEST), MOST, len(found.factors))
    rows = [("input", METHODS[found.method], "95% band", "90% range", "source or guess")]
    for factor, index in list(zip(found.factors, found.indices, strict=True))[:shown]:
        mark = "" if found.told_apart(index) else "  (as chance)"
        rows.append((factor.path + (f" (+{len(factor.same)})" if factor.same else ""), f"{index.value:.2f}{mark}",
                     f"{index.low:.2f} to {index.high:.2f}", one_line(factor.range, 40),
                     support(factor.guess, factor.input.source)))  # fmt: skip
    rows.append(("(a dummy: random numbers)", f"{found.dummy.value:.2f}",
                 f"{found.dummy.low:.2f} to {found.dummy.high:.2f}", "", ""))  # fmt: skip
    lines += ["", *aligned(rows), ""]
    sign = "beyond ±" if found.method == RANK else "above "
    lines.append(f"{apart} of {len(found.factors)} inputs are told apart from chance: {sign}{found.noise:.2f}, which "
                 "the strongest of as many dummies stays within in 95 of 100 ensembles.")  # fmt: skip
    if found.unmoved:
        lines.append(f"Not told apart ({len(found.unmoved)}): {', '.join(factor.path for factor in found.unmoved)}")
    if sensitivity.unread:
        lines.append(f"Read by nothing in the central case ({len(sensitivity.unread)}): "
                     f"{', '.join(sensitivity.unread)}")  # fmt: skip
    several = [factor for factor in found.factors[:shown] if factor.same]
    lines += [f"One quantity: {', '.join([factor.path, *factor.same])}" for factor in several]
    partly = [factor for factor in found.factors[:apart] if factor.partly]
    lines += [f"Goes together with {', '.join(factor.partly)}: part of what {factor.path} shows may be theirs"
              for factor in partly]  # fmt: skip
    return "\n".join(lines)


def done(found: Ranking) -> list[str]:
    """What is done with draws in which the result is open, or is none."""
    observed, lines = found.observed, []
    if observed.lacking:
        lines.append(f"{percent(observed.lacking)} of draws have no such result and are left out: what follows holds "
                     "where there is one")  # fmt: skip
    if observed.open_share:
        share = percent(observed.open_share)
        lines.append(f"not reached by the end in {share} of draws: these count as later than all that is known"
                     if observed.dated else f"open at the end in {share} of draws: each counts with the rank to be "
                     "expected of it, given that it is longer (Kaplan-Meier)")  # fmt: skip
        if observed.open_share > 0.5:
            lines.append("these are more than half: what follows says whether it is over by then more than when")
    return lines


def support(guess: bool, source: str) -> str:
    """What a range rests on, in few words."""
    return "guess" if guess else one_line(source, 50) or "no source"


def percent(share: float) -> str:
    """A share to read: 0.4%, 12%."""
    return f"{100.0 * share:.2g}%" if share < 0.1 else f"{100.0 * share:.0f}%"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines whose columns stand below each other."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
