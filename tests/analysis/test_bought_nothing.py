"""A sweep that buys nothing says whom its intervention does not bind, or that it comes too late."""

from __future__ import annotations

import pytest

import sim
from sim.analysis.bought_nothing import why_nothing

RACE = """\
start: 2026-01-01
end: 2028-01-01
software: {training: 3x per year}
levels: {step: {effective_flop: 1e27 FLOP}}
labs:
  Ahead: {compute: {stock: 2e6 H100e}, runs: {every: 6 months, length: 60 days}}
  Behind: {compute: {stock: 1e6 H100e}, runs: {every: 6 months, length: 60 days}}
pause: {starts: STARTS, lasts: 90 days, binds: [WHO], stops: [training]}
"""


@pytest.mark.parametrize(("starts", "who", "why"), [
    ("2026-01-01", "Behind", ["No time is bought at step in any cell: no intervention binds Ahead, which is first "
                              "there."]),
    ("2027-12-01", "Ahead", ["No time is bought at step in any cell: no intervention begins before it is reached."]),
    ("2026-01-01", "Ahead", []),
])  # fmt: skip
def test_why_nothing_is_bought(starts: str, who: str, why: list[str]) -> None:
    text = RACE.replace("STARTS", starts).replace("WHO", who)
    swept = sim.sweep(sim.load("race.yaml", text=text), {"pause.lasts": "0:90:45 days"})
    assert why_nothing(swept.plan, swept.rows) == why
