"""An efficiency is derived from how it has come to be, also on a day on which its law is new; worked out by hand."""

from __future__ import annotations

import math
import re

import pytest

import sim
from sim.analysis.explain import Explanation

WORLD = """\
start: 2026-01-01
end: 2027-01-01
labs:
  Aurora:
    models: {name: Old, public: 2026-01-01, flop: 1e25 FLOP}
    compute: {stock: 1000 H100e}
    use: {training: 40%, experiments: 40%, serving: 20%}
    staff: {ai_research: 100}
    runs: {name: New, starts: 2026-07-01, length: 30 days}
"""


def steps(model: str, *more: str) -> dict[str, tuple[float, str]]:
    text = WORLD + "\n".join(more)
    found: Explanation = sim.simulate(sim.load("laws.yaml", text=text)).explain(model)
    return {name: (value, formula) for name, value, _, formula in found.steps_table.rows}


def test_on_its_first_day_an_efficiency_is_what_it_is_stated_to_be() -> None:
    """At the base date it is 1: there is no growth of 0 days to tell of. Before it, 2x a year for 2 years is 4."""
    first = steps("Old", "software: {inference: 2x per year}")
    assert not [name for name in first if name.startswith("inference efficiency")]
    assert " × 1 [" in first["copies at opening, serving"][1]
    later = steps("Old", "software: {inference: 2x per year}", "base_date: 2024-01-01")
    value, formula = later["inference efficiency, 2026-01-01"]
    assert value == pytest.approx(2.0 ** (731.0 / 365.25))
    assert formula.startswith("2 [") and formula.endswith(" ^ 2.001 years since 2024-01-01")


def test_on_a_day_on_which_it_jumps_it_is_told_by_how_much() -> None:
    """181 days at 10x a year are 10^(181/365.25) = 3.13, three times which is 9.391."""
    found = steps("New", "software: {training: 10x per year}",
                  "shocks: {leap: {on: 2026-07-01, training_efficiency: 3x}}")  # fmt: skip
    value, formula = found["software, 2026-07-01"]
    assert value == pytest.approx(3.0 * 10.0 ** (181.0 / 365.25))
    assert formula == "3.13 × 3, by which it jumps on this day: see events"


def test_where_a_law_begins_as_the_one_before_it_ends_the_one_before_is_told() -> None:
    """The run takes back what was lent to experiments, so that its lab's law is another from then on. Before, nothing
    moves: A' = g·A^0.75, g = ln 10 a year, so A = (1 + ln(10)/4 · 181/365.25)^4 after 181 days; at 1.5² the last step.
    """
    more = "software: {training: 10x per year, feedback: on, beta: 0.25}"
    value, formula = steps("New", more)["software, 2026-07-01"]
    assert value == pytest.approx((1.0 + 0.25 * math.log(10.0) * 181.0 / 365.25) ** 4)
    assert re.fullmatch(r"2\.25 × \(1 \+ 0\.001287 × 38\.\d+ days\) \^ 4 since 2026-05-23, by research.*", formula)
