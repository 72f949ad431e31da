"""Warnings about a run's numbers: implied uplift that nobody saw, and tokens that no chip can make."""

from __future__ import annotations

from sim.scenario import Scenario
from sim.tables.beyond_peak import beyond_peak
from sim.tables.rates import Rates
from sim.token_basis import rounded


def observed_uplift(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """Year -> the 90% interval of what was observed (a stated number is both its ends)."""
    paths = [path for path in scenario.uncertain if path.startswith("observed_uplift.")]
    low, high = (scenario.draw(dict.fromkeys(paths, end)).observed_uplift for end in (0.05, 0.95))
    return {year: (round(low[year], 12), round(high[year], 12)) for year in low}  # as stated: 1.1, not 1.0999…98


def unseen_uplift(implied: dict[str, float], observed: dict[str, tuple[float, float]]) -> list[str]:
    """A warning if the implied uplift of some years is outside what was observed."""
    off = [
        f"{year} {value:.2f}x (observed {low:.2f}x to {high:.2f}x)"
        for year, value in implied.items()
        for low, high in [observed.get(year, (value, value))]
        if not low - 0.005 <= value <= high + 0.005  # as far as the two printed decimals go
    ]
    why = "it rests on staff, research fleets, and quality and share_doable in ai_research"
    return [f"implied uplift outside what was observed: {', '.join(off)}; {why}"] if off else []


def too_fast(rates: Rates) -> list[str]:
    """A warning if inference efficiency lets a model run faster than its parameters allow on its chips."""
    found = beyond_peak(rates)
    if not found:
        return []
    worst = max(found, key=lambda model: found[model])
    return [
        f"inference efficiency gives {'/'.join(worst)} {rounded(found[worst])} times the tokens/s that its parameters "
        "allow at its chips' peak: read its copies as the same capability made cheaper, or lower `software.inference`"
    ]
