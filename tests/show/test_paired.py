"""Medians of draws in pairs that are known by bounds: in words, in the title and on the bar."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sim.pairs_report import report_text
from sim.show.bought import between
from sim.show.facts import PictureFacts
from sim.show.paired import figure
from tests.show.reading import tagged, words

MONTH = 365.25 / 12.0


def paired(low: float, high: float) -> Any:
    """One change at one level, 90% helps; its median is between low and high months, most draws from 1 to 8."""
    def ends(months: float, other: float | None = None) -> dict[str, float]:
        return {"at_least": months * MONTH, "at_most": (months if other is None else other) * MONTH, "error": 1.0}

    line = {
        "draws": 100, "helps": 0.9, "helps_error": 0.03, "harms": 0.0, "same": 0.05, "unclear": 0.05,
        "time_bought_days": {"p5": ends(1.0), "p25": ends(3.0), "median": ends(low, high), "p75": ends(6.0),
                             "p95": ends(8.0)},
        "central": {"time_bought_days": 5.0 * MONTH, "bound": "exact"},
    }  # fmt: skip
    summary = {"base": "world", "question": "", "draws": 100, "failed": 0, "seed": 0, "method": "sobol", "warnings": [],
               "uncertain_inputs": 1, "guesses_among_them": 0,
               "scenarios": {"pause": {"able_level": None, "levels": {"coder": line}, "cost": []}}}  # fmt: skip
    return SimpleNamespace(summary=summary, facts=PictureFacts(question="", name="world"))


@pytest.mark.parametrize(("low", "high", "said", "lines"), [
    (4.2, 4.2, "4.2", 1), (4.21, 4.22, "4.2", 1), (4.1, 4.15, "4.1 to 4.2", 1), (4.0, 5.0, "4.0 to 5.0", 2),
])  # fmt: skip
def test_a_median_is_one_number_and_one_line_where_its_ends_are_alike(
    low: float, high: float, said: str, lines: int
) -> None:
    drawn = figure(paired(low, high), "time_bought")
    title = words(drawn, "title").replace("\n", " ").replace("\u00a0", " ")
    assert title == f"pause: coder later in 90% of draws, by {said} months in the median"
    places = [float(line.get_xdata()[0]) for line in tagged(drawn, "median") if hasattr(line, "get_xdata")]
    expected = [low, high] if lines == 2 else [(low + high) / 2.0]
    assert places == pytest.approx(expected)
    assert len(tagged(drawn, "median from to")) == lines - 1
    told = "Two lines joined" in " ".join(text.get_text() for text in drawn.texts).replace("\n", " ")
    assert told == (lines == 2)
    row = next(line for line in report_text(paired(low, high).summary).splitlines() if line.startswith("pause"))
    assert f"+{said} ± " in row if " to " not in said else "(+" in row


def test_bounds_that_print_alike_are_one_number() -> None:
    assert between({"at_least": 4.2 * MONTH, "at_most": 4.21 * MONTH}, True) == "+4.2"
    assert between({"at_least": -0.02, "at_most": 0.01}, False) == "0.0"
    assert between({"at_least": 1.0, "at_most": 2.0}, False) == "(+1.0 to +2.0)"
    assert between({"at_least": 3.0, "at_most": None}, False) == "> +3.0"


@pytest.mark.parametrize(("low", "high", "said"), [
    (0.0, 0.0, "; no difference in the median"), (-0.001, 0.001, "; no difference in the median"),
    (-0.001, -0.0005, "; no difference in the median"), (0.0, 1.0, ", by 0.0 to 1.0 months in the median"),
    (-2.0, -2.0, "; 2.0 months sooner in the median"), (-3.0, -2.0, "; 2.0 to 3.0 months sooner in the median"),
])  # fmt: skip
def test_a_median_of_nothing_is_no_time_bought(low: float, high: float, said: str) -> None:
    title = words(figure(paired(low, high), "time_bought"), "title").replace("\n", " ").replace("\u00a0", " ")
    assert title == f"pause: coder later in 90% of draws{said}"


@pytest.mark.parametrize(("unclear", "chance"), [(0.05, "90% to 95%"), (0.0, "90%")])
def test_two_percentages_are_said_to_be_without_and_with_the_unclear(unclear: float, chance: str) -> None:
    of = paired(4.0, 4.0)
    of.summary["scenarios"]["pause"]["levels"]["coder"]["unclear"] = unclear
    drawn = figure(of, "time_bought")
    assert [text.get_text() for text in tagged(drawn, "helps")] == [chance]
    told = "Two percentages: without the unclear" in words(drawn, "subtitle").replace("\n", " ")
    assert told == bool(unclear)
