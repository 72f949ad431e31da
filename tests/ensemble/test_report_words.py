"""Numbers of an ensemble in words: errors as factors where values are spread widely, one number where ends agree."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.ensemble.estimate import place, same
from sim.ensemble_report import MEDIANS, central_text, median_text, report_text
from sim.ensembles import run_ensemble
from tests.ensemble.worlds import UNCERTAIN, scenario


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


@pytest.mark.parametrize(("values", "central", "told"), [
    ([2.0] * 5, 2.0, "2 (as in all draws)"),
    ([1.0, 2.0, 3.0, 4.0], 2.5, "2.5 (above 50% of draws)"),
    ([3.0, 3.0, 3.0, 4.0], 3.0, "3 (above 0% of draws, as in 75%)"),
    ([1.0, 2.0, 2.0, 4.0, 5.0], 2.0, "2 (above 20% of draws, as in 40%)"),
])  # fmt: skip
def test_where_the_central_case_lies_is_told_of_ties_too(values: list[float], central: float, told: str) -> None:
    ordered = np.array(values)
    found = {"central": central, "central_at": place(ordered, central), "central_at_same": same(ordered, central)}
    assert central_text(found) == told


def test_the_share_that_is_as_the_central_case_is_part_of_where_it_lies() -> None:
    summary = run_ensemble(scenario(), 40, workers=1).summary
    rows = [*summary["results"].values(), *summary["levels"].values(), *summary["milestones"].values()]
    for row in rows:
        assert row["central_at_same"] is None or 0.0 <= row["central_at_same"] <= 2.0 * row["central_at"] + 1e-12
    assert summary["results"]["models"]["central_at_same"] > 0.0
