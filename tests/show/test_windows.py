"""Strips begin and end where closings.csv says."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

import pytest

from sim.show.closing_strips import Strip
from sim.show.findings import windows_headline
from sim.show.gantt import lines_of
from sim.show.pictures import figure
from sim.show.simulated import rows, span_of
from sim.show.strips import HEAD, LEAST_ROW, ROOM, chosen
from tests.show.reading import tagged, words

FACTORS = (2.0, 10.0, 100.0)


@pytest.mark.parametrize("name", ["one_lab", "three_labs", "all_open", "far_future"])
def test_bars_run_from_opening_to_closing(world, name) -> None:
    result = world(name)
    _, end = span_of(result)
    closings = {}
    for row in rows(result, "closings"):
        if row["dates"] == "internal":
            key = f"{row['lab']}/{row['model']}"
            closings[row["scope"], row["factor"], key] = (
                row["opens"],
                end if row["censored"] else row["closes"],
                row["censored"],
            )
    drawn = {
        bar.get_gid(): (bar.get_x(), bar.get_x() + bar.get_width())
        for scope in ("own", "frontier")
        for bar in tagged(figure(result, "windows"), f"{scope}:", start=True)
    }
    for (scope, factor, key), (opens, closes, _) in closings.items():
        smaller = [closings[scope, other, key] for other in FACTORS if other < factor]
        since = max([opens, *(until for _, until, _ in smaller)])
        gid = f"{scope}:{factor:g}:{key}"
        if any(censored for _, _, censored in smaller) or closes <= since:
            assert gid not in drawn
        else:
            assert drawn.pop(gid) == pytest.approx((since, closes), abs=1e-9)
    assert not drawn


@pytest.mark.parametrize("name", ["one_lab", "three_labs", "all_open"])
def test_every_open_window_has_an_arrow(world, name) -> None:
    result = world(name)
    is_open = {
        (row["lab"], row["model"], row["scope"])
        for row in rows(result, "closings")
        if row["dates"] == "internal" and row["censored"]
    }
    assert len(tagged(figure(result, "windows"), "open")) == len(is_open)


def test_title_says_the_medians(world) -> None:
    result = world("three_labs")
    start, _ = span_of(result)
    title = words(figure(result, "windows"), "title")
    for scope in ("own", "frontier"):
        closed = [
            row["length_days"]
            for row in rows(result, "closings")
            if (row["scope"], row["factor"], row["dates"]) == (scope, 2.0, "internal")
            and not row["censored"]
            and row["opens"] >= start
            and row["length_days"] > 0.0  # one that was surpassed on its first day had no window
        ]
        assert f"{median(closed):,.0f} days" in title


@pytest.mark.parametrize("picture", ["windows", "gantt"])
@pytest.mark.parametrize("name", ["many_models", "twelve_labs"])
def test_rows_are_legible_and_those_left_out_are_counted(world, drawing, picture, name) -> None:
    drawn = drawing(name, picture)
    names = tagged(drawn, "model")
    whole = len(world(name).table("windows").rows if picture == "windows" else lines_of(world(name)))
    if len(names) < whole:
        assert f"And {whole - len(names)} more model" in words(drawn, "footer")
    places = sorted(text.get_window_extent().y0 for text in names)
    assert min(b - a for a, b in pairwise(places)) > 8.5 / 72.0 * 1.4 * drawn.dpi


def test_models_that_do_not_fit_are_left_out_evenly(world) -> None:
    """No lab and no stretch of time is without models: shown are each lab's last and about every n-th before it."""
    result = world("many_models")
    kept = {text.get_text() for text in tagged(figure(result, "windows"), "model")}
    names: dict[str, list[str]] = {}
    for row in sorted(rows(result, "windows"), key=lambda row: row["opens"]):
        names.setdefault(row["lab"], []).append(row["model"])
    assert 30 < len(kept) < sum(map(len, names.values()))
    for mine in names.values():
        places = [n for n, name in enumerate(mine) if name in kept]
        assert places[-1] == len(mine) - 1
        gaps = [b - a for a, b in pairwise(places)]
        assert max(gaps) - min(gaps) <= 1


def test_every_lab_has_its_share_of_a_full_page() -> None:
    """One lab with 70 models, one with 3, one with 40: the small one whole, the others alike."""
    every = [
        Strip(lab, f"{lab}-{n}", float(n)) for lab, count in (("A", 70), ("B", 3), ("C", 40)) for n in range(count)
    ]
    shown = chosen(every, lambda strip: strip.name == "A-7")
    counts = {lab: sum(strip.lab == lab for strip in shown) for lab in "ABC"}
    assert counts["B"] == 3
    assert 0 <= counts["A"] - counts["C"] <= 1
    assert len(shown) == int((ROOM - 3 * HEAD) / LEAST_ROW)
    assert {"A-7", "A-69", "C-0", "C-39"} <= {strip.name for strip in shown}


def test_title_says_how_many_were_surpassed_on_their_first_day() -> None:
    """Own windows of 100 and 200 days; anywhere 40 days and two that never opened; one from before the start."""
    found = [
        Strip("A", "old", -5.0, {("own", 2.0): (0.0, False, 5.0), ("frontier", 2.0): (-5.0, False, 0.0)}),
        Strip("A", "one", 0.0, {("own", 2.0): (100.0, False, 100.0), ("frontier", 2.0): (40.0, False, 40.0)}),
        Strip("B", "two", 10.0, {("own", 2.0): (210.0, False, 200.0), ("frontier", 2.0): (10.0, False, 0.0)}),
        Strip("B", "three", 20.0, {("own", 2.0): (99.0, True, 79.0), ("frontier", 2.0): (20.0, False, 0.0)}),
    ]
    assert windows_headline(found, 0.0).replace("\u00a0", " ") == (
        "Median time until a model twice as strong: 150 days at the same lab, "
        "40 days at any lab (besides 2 of 3 surpassed on their first day)"
    )


def _strip(name: str, opens: float, own: float | None, frontier: float | None, lab: str = "A") -> Strip:
    """Lengths of its windows to the end, day 300 (None: open there)."""
    lengths = {"own": own, "frontier": frontier}
    ends = {(scope, 2.0): (300.0, True, 300.0 - opens) if days is None else (opens + days, False, days)
            for scope, days in lengths.items()}  # fmt: skip
    return Strip(lab, name, opens, ends)


def test_title_where_no_new_model_has_been_surpassed_says_who_is_the_strongest() -> None:
    """Not who was unsurpassed for the longest time: a model from before the start, whose window closed on day 60."""
    old, new = _strip("old", -700.0, 760.0, 760.0), _strip("new", 60.0, None, None)
    assert windows_headline([old, new], 0.0).replace("\u00a0", " ") == (
        "No new model has been surpassed: new has gone unsurpassed for 240 days"
    )
    alike = _strip("alike", 10.0, None, None)
    assert windows_headline([alike, new], 0.0).startswith("No window has closed: alike has gone unsurpassed for 290")
    rival, weak = _strip("rival", -400.0, None, None, "B"), _strip("weak", 5.0, None, 0.0)
    assert windows_headline([rival, weak], 0.0).replace("\u00a0", " ") == (
        "1 new model surpassed on the first day, no other since: rival has gone unsurpassed for 700 days"
    )
