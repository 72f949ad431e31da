"""Alignment work that gets less although an intervention gives it more compute: what slower software takes away."""

from __future__ import annotations

from sim.analysis.compare_alignment import ALL, researcher_days
from sim.analysis.pair import Pair
from sim.base.units import DAYS_PER_YEAR
from sim.model.alignment import ALIGNMENT
from sim.model.intervention import Intervention

LEAST = 1e-6
"""Part of the base's work below which nothing is said."""


def lowered_work(pair: Pair, specs: list[Intervention]) -> str:
    """What is said of the work until the end, if interventions that shift compute to alignment lower it; else ""."""
    shifting = sorted(spec.name for spec in specs if _shifts(spec))
    if not shifting or not pair.aligned or pair.base.later or pair.world.later:
        return ""
    base, here = (researcher_days(world.alignment(pair.end), 0.0, pair.end, ALL) / DAYS_PER_YEAR
                  for world in (pair.base, pair.world))  # fmt: skip
    if here >= base * (1.0 - LEAST):
        return ""
    less, names = f"{100.0 * (1.0 - here / base):.2g}%", " and ".join(shifting)
    return (f"Alignment work until the end: {here:,.0f} researcher-years, {less} less than the {base:,.0f} of the "
            f"base, though {names} gives it more compute. What research gives up slows software, so that models can "
            "do a smaller share of alignment's tasks on the same day; and where people can verify no more (`bound_by` "
            "in alignment.csv) more compute does nothing.")  # fmt: skip


def _shifts(spec: Intervention) -> bool:
    return bool(spec.shift_to_alignment or spec.shift_from_level or spec.minimum_shares.get(ALIGNMENT))
