"""Medians of draws in pairs that are known by bounds: in words, in the title and on the bar."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sim.pairs_report import report_text
from sim.show.bought import between
from sim.show.facts import PictureFacts
from sim.show.paired import HARMS, HELPS, figure
from tests.show.reading import boxes, dots, tagged, words

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


@pytest.mark.parametrize(("p5", "p95", "bands", "open_"), [
    ((1.0, 1.0), (8.0, None), [(1.0, 8.0)], [(8.0, None)]),
    ((3.0, None), (8.0, None), [], [(3.0, None), (8.0, None)]),  # nothing lies below 3, and nobody knows what above
    ((None, -8.0), (None, -1.0), [], [(None, -8.0), (None, -1.0)]),
    ((None, -8.0), (2.0, 4.0), [(-8.0, 2.0)], [(None, -8.0), (2.0, 4.0)]),
    ((None, None), (None, None), [], [(None, None)] * 2),
])  # fmt: skip
def test_a_band_lies_where_both_its_quantiles_are_known_and_what_is_open_is_hatched(
    p5: Any, p95: Any, bands: Any, open_: Any
) -> None:
    of = paired(1.0, 1.0)
    days = of.summary["scenarios"]["pause"]["levels"]["coder"]["time_bought_days"]
    for name, (low, high) in (("p5", p5), ("p95", p95)):
        days[name] = {"at_least": low and low * MONTH, "at_most": high and high * MONTH, "error": None}
    axes: Any = figure(of, "time_bought").axes[0]
    first, last = axes.get_xlim()

    def drawn(gid: str) -> list[tuple[float, float]]:
        boxes = [each.get_bbox() for each in axes.artists + axes.patches if each.get_gid() == gid]
        return sorted((box.x0, box.x1) for box in boxes)

    assert drawn("band:p5") == [pytest.approx(ends) for ends in bands]
    ends = sorted((first if low is None else low, last if high is None else high) for low, high in open_)
    assert drawn("open") == [pytest.approx(pair) for pair in ends]


def test_rows_that_no_page_has_room_for_are_left_out_and_counted() -> None:
    of = paired(4.0, 4.0)
    line = of.summary["scenarios"]["pause"]["levels"]["coder"]
    of.summary["scenarios"] = {
        f"change {n}": {"able_level": None, "cost": [], "levels": dict.fromkeys(("coder", "researcher"), line)}
        for n in range(20)
    }
    of.facts = PictureFacts(question="How long? " * 40, name="world")
    drawn = figure(of, "time_bought")
    rows = tagged(drawn, "change")
    drawn.pixels()
    low = drawn.axes[0].get_window_extent().y0
    assert all(text.get_window_extent().y0 > low for text in rows)
    foot = words(drawn, "footer")
    assert f"And {40 - len(rows)} more rows, in chances.csv." in foot and len(rows) > 20


def test_no_change_has_the_colour_of_what_helps_or_harms() -> None:
    made = paired(4.0, 4.0)
    line = made.summary["scenarios"]["pause"]
    made.summary["scenarios"] = {f"change {n}": line for n in range(9)}
    drawn = figure(made, "time_bought")
    used = {text.get_color() for text in tagged(drawn, "change")}
    assert len(used) == 8 and not used & {HELPS, HARMS}


def test_the_time_between_levels_has_the_central_case_and_the_title_of_the_same_change() -> None:
    """That change helps most at the highest level, another by how long the level before lasts."""
    made = paired(4.0, 4.0)
    line = made.summary["scenarios"]["pause"]["levels"]["coder"]

    def change(helps: float, dwell: float, months: tuple[float, float], bound: str = "exact") -> dict[str, Any]:
        first, last = ({"time_bought_days": time * MONTH, "bound": which} for time, which in
                       zip(months, ("exact", bound), strict=True))  # fmt: skip
        between_them = {**line, "helps": dwell, "next_level": "expert researcher", "central": None}
        between_them["bought_days"] = line["time_bought_days"]
        return {"levels": {"automated coder": {**line, "central": first, "dwell": between_them},
                           "expert researcher": {**line, "helps": helps, "central": last}}}  # fmt: skip

    made.summary["scenarios"] = {"pause": change(0.8, 0.9, (1.0, 3.0)), "slow": change(0.9, 0.7, (1.0, 7.5)),
                                 "late": change(0.5, 0.5, (1.0, 7.0), "at least")}  # fmt: skip
    assert words(figure(made, "time_bought"), "title").startswith("slow: expert researcher later in 90%")
    drawn = figure(made, "dwell")
    assert words(drawn, "title").startswith("slow: automated coder → expert researcher longer in 70% of draws")
    assert [x for x, _ in dots(drawn, "central")] == pytest.approx([2.0, 6.5])
    drawn.pixels()
    (head,) = tagged(drawn, "level")
    assert "…" not in head.get_text()
    assert boxes(drawn, [head])[0][1].x1 < drawn.axes[0].get_window_extent().x0
