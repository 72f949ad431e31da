"""Shares of one whole in a draw: their total stays that of the central case, as with `--set`.

Shares that are certain make room for those that were drawn, in proportion. Where none is certain, or the drawn ones
alone come to more than the total, the drawn ones are scaled.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sim.base.series import Series

ROUNDING = 1e-9


def kept_total(drawn: Mapping[str, float], central: Mapping[str, float], certain: Collection[str]) -> dict[str, float]:
    """The drawn shares with the total of the central ones. certain: names of those that no uncertain input moves."""
    total, now = sum(central.values()), sum(drawn.values())
    if abs(total - now) <= 1e-12:
        return dict(drawn)
    fixed = sum(drawn[name] for name in certain)
    moved = now - fixed
    room = total - moved
    if fixed > 0.0 and room >= 0.0:
        factors = (room / fixed, 1.0)
    else:
        factors = (0.0 if fixed > 0.0 else 1.0, total / moved if moved > 0.0 else 1.0)
    return {name: share * (factors[0] if name in certain else factors[1]) for name, share in drawn.items()}


def kept_totals(
    drawn: Mapping[str, Series], central: Mapping[str, Series], certain: Collection[str]
) -> dict[str, Series]:
    """The same for dated shares, on each date of any. Shares that grow between dates are left as they were drawn."""
    if any(series.exponential or series.growth_per_day for series in drawn.values()):
        return dict(drawn)
    days = sorted({day for series in drawn.values() for day, _ in series.points})
    made: dict[str, list[tuple[float, float]]] = {name: [] for name in drawn}
    for day in days:
        now = {name: series.at(day) for name, series in drawn.items()}
        for name, share in kept_total(now, {name: central[name].at(day) for name in drawn}, certain).items():
            if not made[name] or made[name][-1][1] != share:
                made[name].append((day, share))
    return {name: Series(tuple(points), every=drawn[name].every) for name, points in made.items()}


def most_at_once(shares: Mapping[str, Series]) -> tuple[float, float]:
    """The largest total of the shares on one of their dates, and that day."""
    days = sorted({0.0, *(day for series in shares.values() for day, _ in series.points)})
    return max((sum(series.at(day) for series in shares.values()), -day) for day in days)
