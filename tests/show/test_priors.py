"""The picture of what goes in: the numbers beside each density are whole."""

from __future__ import annotations

from datetime import date

import numpy as np

import sim
from sim.ensemble.derived_priors import derived_priors
from sim.scenario.priors import priors
from sim.show.priors import figures
from tests.show.reading import texts

TEXT = """\
start: 2026-01-01
end: 2027-01-01
quantities: {wait: 10 to 40 days}
labs:
  A:
    models: {name: A0, public: {formula: 2026-01-01 - 4 * wait}, flop: 1e26 FLOP}
    compute: {stock: 1e5 H100}
"""


def test_the_dates_of_a_derived_input_are_all_three_there() -> None:
    """Four times 10, 20 and 40 days before 2026, as quantiles of 1,024 draws; times of day would need more room."""
    scenario = sim.load("it.yaml", text=TEXT)
    derived = derived_priors(scenario)
    (drawn,) = figures([*priors(scenario), *derived], sim.simulate(scenario).facts)
    (shown,) = (text.get_text() for text in texts(drawn) if text.get_text().startswith("2025-"))
    days = [date.fromisoformat(day) for day in shown.split("  ·  ")]
    assert all(abs((date(2026, 1, 1) - day).days - 4 * wait) <= 3 for day, wait in zip(days, (40, 20, 10), strict=True))
    assert all(np.diff([day.toordinal() for day in days]) > 0)
    assert not [text.get_text() for text in texts(drawn) if text.get_text().endswith(("…", "..."))]
