"""Numbers of an ensemble in words: errors as factors where values are spread widely, one number where ends agree."""

from __future__ import annotations

import pytest

import sim
from sim.ensemble_report import MEDIANS, median_text, report_text
from tests.ensemble.worlds import UNCERTAIN


@pytest.mark.parametrize(("value", "error", "factor", "told"), [
    (5.05e36, 6.5e37, 13.0, "5.05e+36 ×/÷ 13"),
    (358.0, 30.0, 1.09, "358 ± 30"),
    (358.0, 120.0, None, "358 ± 120"),  # some draw has 0, and no factor leads there
    (7.0, 0.0, 1.0, "7 ± 0"),
])  # fmt: skip
def test_an_error_is_told_as_a_factor_where_it_is_large(
    value: float, error: float, factor: float | None, told: str
) -> None:
    found = {"p5": 1.0, "p95": 2.0, "median": value, "median_error": error, "median_error_factor": factor}
    assert median_text(found) == told
    assert median_text({**found, "p95": 1.0}) == told.partition(" ")[0]


def test_lengths_that_are_alike_are_one_number() -> None:
    """A lab whose runs do not differ between draws: each length is that of the single run, without range or error."""
    text = UNCERTAIN[: UNCERTAIN.index("  Borealis")]
    for uncertain, certain in (("0.5e5 to 2e5", "1e5"), ("2x to 5x", "3x"), ("4 to 9", "6"), ("30 to 90", "60")):
        text = text.replace(uncertain, certain)
    world = sim.load("alike.yaml", text=text)
    closed = sim.simulate(world).windows.query("not opened_before_start and not censored")
    lines = report_text(sim.run_ensemble(world, 3, workers=1).summary).splitlines()
    where = next(n for n, line in enumerate(lines) if line.startswith("Windows of new models"))
    rows = [line.split() for line in lines[where + 2 :][: len(closed)]]
    expected = [f"{days:.0f}" for days in closed["length_days"]]
    assert [row[:6] for row in rows] == [[str(n + 1), "3", days, days, "0%", days] for n, days in enumerate(expected)]
    assert MEDIANS in lines and not any("± 0 " in f"{line} " for line in lines)
