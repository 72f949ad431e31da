"""The scenario whose draws branch in these tests, and how far values are from the law that they are to follow."""

from __future__ import annotations

import math

import numpy as np

import sim

TEXT = """\
start: 2026-01-01
end: 2029-01-01
hazards:
  breach: {rate: {2026-01-01: 0.01 to 0.04 per year, 2028-01-01: 1 to 3 per year}}
  fire: {rate: 2 per year}
pause: {starts: {normal: {mean: 2027-01-01, sd: 100 days}}, lasts: 20 to 60 days, stops: [training]}
labs:
  Aurora:
    models: {name: Aurora-0, public: 2025-06-01, flop: 1e26 FLOP}
    compute: {stock: {2026-01-01: 1e5 to 2e5 H100e, 2027-03-01: 3e5 to 5e5 H100e, correlation: 80%}}
    use: {training: 10%, serving: 90%}
    runs: {every: 9 months, length: 60 days, public_after: 50 days}
"""
DAY = "2027-01-01"
DRAW = 11
FIRST, SECOND = (f"labs.Aurora.compute.stock.{date}" for date in ("2026-01-01", "2027-03-01"))


def world(text: str = TEXT) -> sim.Scenario:
    """The scenario of a text."""
    return sim.load("w.yaml", text=text)


def kolmogorov(values: list[float], law: object) -> float:
    """√n times the largest distance between the values' distribution and a law: above 1.95 in 1 of 1,000 samples."""
    ordered = np.sort(values)
    expected = np.array([law(value) for value in ordered])  # type: ignore[operator]
    n = len(ordered)
    return float(max((np.arange(1, n + 1) / n - expected).max(), (expected - np.arange(n) / n).max()) * math.sqrt(n))
