"""Pictures of sensitivity: what is drawn is what was found, guesses are marked, chance and open ends are shown."""

from __future__ import annotations

import dataclasses
from itertools import pairwise, zip_longest

import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.analysis.ranking import RANK, ranking
from sim.analysis.tornado import tornado
from sim.analysis.variance import Share, Variance, blocks_of
from sim.ensemble.factors import Factor, factors_of
from sim.ensemble.observed import Observed
from sim.ensemble.sampler import Sampler
from sim.scenario.support import Support
from sim.show import ranking as ranked
from sim.show import scatter
from sim.show import tornado as paired
from sim.show import variance as shared
from sim.show.facts import PictureFacts
from sim.show.page import Picture, page
from sim.show.scales import scale
from sim.show.support import legend_of
from sim.tables.table import Column
from tests.ensemble.worlds import scenario
from tests.show.reading import boxes, dots, tagged, texts, words

FACTS = PictureFacts(question="Which?", name="small", draws=200)
DATED = Column("level[far_off]", "date", "")


@pytest.fixture(scope="module")
def factors() -> list[Factor]:
    """Of the small world; the range of its first input is a guess, that of the second from a source, of others none."""
    facts = [(True, ""), (False, "a paper")]
    return [
        dataclasses.replace(each, input=dataclasses.replace(each.input, guess=guess, source=source))
        for each, (guess, source) in zip_longest(factors_of(scenario()), facts, fillvalue=(False, ""))
    ]


@pytest.fixture(scope="module")
def drawn(factors: list[Factor]) -> tuple[Figure, Figure, Observed, np.ndarray]:
    """Ranked, and scattered, of dates that follow the first two inputs and are not all reached."""
    made = scenario()
    sampler = Sampler(made)
    inputs = sampler.quantiles(0, 200)[:, [sampler.paths.index(factor.path) for factor in factors]]
    days = 20_500.0 + 900.0 * inputs[:, 0] - 300.0 * inputs[:, 1]
    observed = Observed(DATED, np.minimum(days, 21_200.0), days > 21_200.0)
    found = ranking(factors, inputs, observed, RANK, 1)
    assert [factor.path for factor in found.factors[:2]] == [factor.path for factor in factors[:2]]
    return (ranked.figure(found, FACTS), scatter.figure(observed, factors[:2], [inputs[:, 0], inputs[:, 1]], FACTS),
            observed, inputs)  # fmt: skip


def test_bars_are_the_indices_guesses_are_hatched_and_chance_is_grey(
    drawn: tuple[Figure, Figure, Observed, np.ndarray], factors: list[Factor]
) -> None:  # fmt: skip
    figure, _, observed, _ = drawn
    (first,), (second,) = (tagged(figure, f"index:{factor.path}") for factor in factors[:2])
    assert first.get_width() > 0.5 > -0.1 > second.get_width()
    third = next(bars[0] for each in factors[2:] if (bars := tagged(figure, f"index:{each.path}")))
    assert first.get_hatch() and not second.get_hatch() and third.get_hatch() not in (None, first.get_hatch())
    assert {"its range is from a source", "a guess", "no source"} <= {text.get_text() for text in texts(figure)}
    assert len(tagged(figure, "noise")) == 1 and len(tagged(figure, "index:")) == 1  # the dummy's
    told = words(figure, "footer")
    assert f"{100 * observed.open_share:.0f}% of draws it is not reached by the end: these count as later" in told
    assert "Not shown, not told apart from chance" in told and "200 draws" in told
    title = words(figure, "title")
    assert f"Date of far off: {factors[0].path} (a guess) matters most" in title


def test_every_draw_is_a_dot_and_open_ones_are_triangles(
    drawn: tuple[Figure, Figure, Observed, np.ndarray]
) -> None:  # fmt: skip
    _, figure, observed, inputs = drawn
    closed = ~observed.open
    expected = sorted([*zip(inputs[closed, 0], observed.values[closed], strict=True),
                       *zip(inputs[closed, 1], observed.values[closed], strict=True)])  # fmt: skip
    assert np.array(dots(figure, "draws")) == pytest.approx(np.array(expected))
    assert len(dots(figure, "open")) == 2 * observed.open.sum() > 0


def test_paired_runs_are_bars_from_the_middle(factors: list[Factor]) -> None:
    values = np.full(1 + 2 * len(factors), 20_600.0)
    open_ = np.zeros(values.size, dtype=bool)
    values[1:5] = 20_400.0, 21_000.0, 20_700.0, np.nan
    open_[2] = True
    figure = paired.figure(tornado(factors, Observed(DATED, values, open_)), FACTS)
    (low,), (high,) = (tagged(figure, f"{end}:{factors[0].path}") for end in ("low", "high"))
    assert (low.get_x() + low.get_width(), high.get_x() + high.get_width()) == (20_400.0, 21_000.0)
    assert low.get_hatch() and not tagged(figure, f"low:{factors[1].path}")[0].get_hatch()
    assert len(dots(figure, "open")) == 1 and len(dots(figure, "none")) == 1
    assert f"{factors[0].path} alone (a guess) takes it from 2025-11-08 to after 2027-07-01" in words(figure, "title")
    assert "They move nothing at all" in words(figure, "footer")
    still = tornado(factors, Observed(DATED, np.full(values.size, 20_600.0), np.zeros(values.size, dtype=bool)))
    assert "No input moves it." in [text.get_text() for text in texts(paired.figure(still, FACTS))]


def test_shares_are_bars_alone_and_in_all(factors: list[Factor]) -> None:
    blocks = tuple(blocks_of(factors, True))
    shares = tuple(Share(0.5 / 2**n, 0.02, 0.6 / 2**n, 0.03) for n in range(len(blocks)))
    observed = Observed(Column("copies@2027-01-01", "copies", ""), np.arange(64.0), np.zeros(64, dtype=bool))
    figure = shared.figure(Variance(observed, blocks, shares, 64, 640, True, 0.96, 0.08), FACTS)
    assert tagged(figure, f"first:{blocks[0].path}")[0].get_width() == 0.5
    assert tagged(figure, f"total:{blocks[0].path}")[0].get_width() == 0.6
    assert "makes 60% of its variance; all inputs alone 96% ± 8%" in words(figure, "title").replace("\n", " ")
    assert "The variance is that of the result's logarithm." in words(figure, "footer")
    wide = tuple(Share(0.7, 0.9 - 0.1 * n, 0.8, 0.1) for n in range(len(blocks)))
    figure = shared.figure(Variance(observed, blocks, wide, 64, 640, True, 0.96, 0.08), FACTS)
    assert max(line.get_xdata()[1] for line in tagged(figure, "band")) == 1.6 < figure.axes[0].get_xlim()[1]


def test_points_of_a_design_are_not_called_draws(factors: list[Factor]) -> None:
    observed = Observed(Column("copies@2027-01-01", "copies", ""), np.arange(1.0, 97.0), np.zeros(96, dtype=bool))
    made = dataclasses.replace(FACTS, made="960 runs by design, not draws")
    figure = scatter.figure(observed, factors[:2], [np.linspace(1.0, 2.0, 96)] * 2, made)
    said = {each.get_text() for each in texts(figure)}
    assert {"a point", "median of each eighth of the points, by the input"} <= said
    assert "Dots: a run at each of 96 points" in words(figure, "footer")


def test_a_legend_names_only_what_bars_rest_on() -> None:
    def named(*among: Support) -> list[str]:
        return [text for _, text in legend_of(among, (1.0,), (0.5,))]

    assert named(Support.GUESS, Support.SOURCE, Support.GUESS) == ["its range is from a source", "a guess"]
    assert named(Support.NONE) == ["its range has no source"]


def test_texts_stand_inside_the_page_and_not_on_each_other(
    drawn: tuple[Figure, Figure, Observed, np.ndarray]
) -> None:  # fmt: skip
    for figure in drawn[:2]:
        width, height = figure.get_size_inches() * figure.dpi
        assert isinstance(figure, Picture)
        figure.pixels()
        found = boxes(figure, texts(figure))
        for text, box in found:
            assert box.x0 >= -1.0 and box.x1 <= width + 1.0 and box.y0 >= -1.0 and box.y1 <= height + 1.0, text
        for n, (one, box) in enumerate(found):
            for other, its in found[n + 1 :]:
                across = min(box.x1, its.x1) - max(box.x0, its.x0)
                assert across < 1.5 or min(box.y1, its.y1) - max(box.y0, its.y0) < 1.5, (one, other)


@pytest.mark.parametrize("values", [(2.9e6, 6.34e6), (0.0, 4.1e8), (3.1e6, 2.9e8), (1.2e7, 1.1e8), (-4e5, 1.9e6),
                                    (1e20, 1e43), (4.0, 4.0)])  # fmt: skip
@pytest.mark.parametrize("width", [2.2, 3.9])
def test_words_under_an_axis_stand_apart(values: tuple[float, float], width: float) -> None:
    made = page(FACTS, "It", "", 2.0)
    axes = made.panel(1.0, made.body[0] + 0.5, width, 1.0)
    scale(axes, "x", np.array(values), "copies")
    made.pixels()
    found = [box for _, box in boxes(made, [text for text in axes.get_xticklabels() if text.get_text()])]
    assert found and all(one.x1 + 4.0 < other.x0 for one, other in pairwise(found))
