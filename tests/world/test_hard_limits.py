"""What interventions allow comes before earmarks: these give way to it. By cases worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from sim.world.record import RunRecord
from tests.world.build import after, draw, existing, lab, run
from tests.world.observe import assert_sound, events, only, uses
from tests.world.test_intervention import pause, under

USE = {"training": 0.5, "experiments": 0.2, "research": 0.1, "serving": 0.2}


def earmarked(firm: bool, **limits: Any) -> RunRecord:
    """1000 H100, of which a run leaves 500 to research for 100 days from day 60 on; limits from day 80 to 130."""
    world = draw(
        lab(use=USE, models=[existing("M0", -10.0, 1e20, -5.0)],
            runs=[run("R", starts=10.0, share=0.5, length_days=50.0,
                      after_training=after("research", for_days=100.0, firm=firm))]),
        end=300.0,
    )  # fmt: skip
    record = under(world, pause(starts=80.0, lasts=50.0, **limits))
    assert_sound(record)
    assert uses(record, 79.0) == {"research": 600.0, "experiments": 200.0, "serving": 200.0}
    return record


@pytest.mark.parametrize("firm", [False, True])
def test_an_earmark_for_research_counts_towards_a_cap_on_research(firm: bool) -> None:
    """300 are left for training, experiments and AI in research together: the earmark has them, serving the rest."""
    record = earmarked(firm, cap_research_share=0.3)
    assert uses(record, 80.0) == uses(record, 129.0) == pytest.approx({"research": 300.0, "serving": 700.0})
    cut = only(events(record, "earmark_cut"))
    assert (cut[0], cut[4]) == (80.0, pytest.approx(200.0))
    # What it lost went back to the shares, of which 0.2, 0.1 and 0.2 have work.
    assert uses(record, 130.0) == pytest.approx({"research": 440.0, "experiments": 280.0, "serving": 280.0})


def test_a_cap_above_what_there_is_leaves_it() -> None:
    record = earmarked(False, cap_research_share=0.9)
    assert uses(record, 80.0) == {"research": 600.0, "experiments": 200.0, "serving": 200.0}
    assert not events(record, "earmark_cut")


@pytest.mark.parametrize("firm", [False, True])
def test_an_earmark_gives_way_to_a_minimum_of_another_use(firm: bool) -> None:
    """Serving is to have 700 of 1000: the earmark of 500 is cut to the 300 that are left."""
    record = earmarked(firm, minimum_shares={"serving": 0.7})
    assert uses(record, 80.0) == uses(record, 129.0) == pytest.approx({"research": 300.0, "serving": 700.0})


def test_it_counts_towards_a_minimum_of_its_own_use() -> None:
    """Research is to have 550, of which 500 are the earmark's; serving gets its 400 from experiments, which had 200."""
    record = earmarked(False, minimum_shares={"research": 0.55, "serving": 0.4})
    assert uses(record, 80.0) == pytest.approx({"research": 600.0, "serving": 400.0})
    assert not events(record, "earmark_cut")


def test_of_its_own_minimum_it_gives_nothing() -> None:
    """300 of the earmark's 500 are research's minimum; beside it and serving's 600 there are 100 left."""
    record = earmarked(False, minimum_shares={"research": 0.3, "serving": 0.6})
    assert uses(record, 80.0) == pytest.approx({"research": 400.0, "serving": 600.0})
    assert only(events(record, "earmark_cut"))[4] == pytest.approx(100.0)


MINIMA = {"research": 0.3, "serving": 0.6}
SHARES = {"experiments": 0.2, "research": 0.6, "serving": 0.2}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    "more, expected",
    [({}, {"research": 400.0, "serving": 600.0}),
     ({"experiments": 0.1}, {"research": 300.0, "serving": 600.0, "experiments": 100.0})],
)  # fmt: skip
def test_a_minimum_takes_what_others_have_above_theirs(
    more: dict[str, float], expected: dict[str, float], turned: bool
) -> None:
    """Serving, at 200, is to have 600. Experiments, at 200, give what they may; the rest comes from research's 600."""
    least = {**MINIMA, **more}
    if turned:
        least = dict(reversed(least.items()))
    world = draw(lab(use=SHARES, models=[existing("M0", -10.0, 1e20, -5.0)]), end=100.0)
    record = under(world, pause(starts=80.0, minimum_shares=least))
    assert_sound(record)
    assert uses(record, 79.0) == {"research": 600.0, "experiments": 200.0, "serving": 200.0}
    assert uses(record, 80.0) == pytest.approx(expected)


def test_if_none_can_have_all_the_earmark_ends() -> None:
    record = earmarked(False, cap_research_share=0.0)
    assert uses(record, 80.0) == pytest.approx({"serving": 1000.0})
    ended = only(events(record, "earmark_ended"))
    assert (ended[0], ended[6]["reason"]) == (80.0, "pause leaves too little to research")
