"""Pictures of races: all labs are there or named, windows that follow each other can be told apart, honest titles."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

import sim
from sim.show.grid import MOST_PANELS
from sim.show.pictures import figure
from sim.show.style import listed
from tests import shipped
from tests.show.reading import texts, words


@pytest.fixture(scope="module")
def discrete() -> sim.Result:
    return shipped.result("discrete-runs")


@pytest.mark.parametrize("picture", ["compute", "copies", "workforce"])
def test_labs_without_a_panel_are_named(drawing, picture) -> None:
    drawn = drawing("twelve_labs", picture)  # Laboratory 00 is the smallest, 11 the largest
    note = re.search(r"Not shown \([a-z ]+\): ([^.]*)\.", words(drawn, "footer"))
    assert note
    said = [text.get_text() for text in texts(drawn)]
    labs = [f"Laboratory {n:02d}" for n in range(12)]
    panels = [lab for lab in labs if lab in said]
    named = note[1].replace(" and ", ", ").split(", ")
    assert len(panels) == MOST_PANELS and sorted(panels + named) == labs
    assert {"Laboratory 00", "Laboratory 01"} <= set(named) and {"Laboratory 10", "Laboratory 11"} <= set(panels)


def test_every_lab_of_two_blocs_has_a_panel() -> None:
    result = shipped.result("two-blocs")
    for picture in ("compute", "copies", "workforce"):
        drawn = figure(result, picture)
        said = {text.get_text() for text in texts(drawn)}
        assert "DeepSeek" in said and said.issuperset(result.record.draw.labs), listed(sorted(result.record.draw.labs))
        assert "Not shown (" not in words(drawn, "footer"), picture


def test_windows_next_to_each_other_differ_in_tint(discrete) -> None:
    drawn = figure(discrete, "workforce")
    strips = [[patch for patch in axes.patches if patch.get_gid() == "strip"] for axes in drawn.axes]
    assert all(len(strip) > 5 for strip in strips)  # runs of 30 days close each other three at a time
    for strip in strips:
        assert all(one.get_facecolor() != other.get_facecolor() for one, other in pairwise(strip))


def test_the_next_run_s_accelerators_have_not_moved(discrete) -> None:
    """One run follows on another at once: what it frees is trained with again."""
    assert words(figure(discrete, "compute"), "title").startswith("Of all compute, 45% went to experiments, 40%")


@pytest.fixture(scope="module")
def variants() -> sim.Result:
    return shipped.result("mediocre-or-specialised")


def test_training_from_nothing_and_post_training_have_lengths_of_their_own(variants) -> None:
    title = words(figure(variants, "gantt"), "title").replace("\u00a0", " ")
    assert title.startswith("Training runs took a median of 90 days, post-training 30 days; models then stayed")


@pytest.mark.parametrize("picture", ["gantt", "windows"])
def test_of_many_models_those_made_from_no_other_come_first(variants, picture) -> None:
    drawn = figure(variants, picture)
    rows = [text.get_text() for text in texts(drawn) if text.get_gid() == "model"]
    assert [rows.count(f"General-{n}") for n in range(7)] == [3] * 7  # of three labs, all of them
    assert any(row.endswith("coder") for row in rows) and len(rows) < len(variants.record.models)
    assert "Shown: models made from no other first, then some of each lab's" in words(drawn, "footer")
