"""The list and the picture of uncertain inputs: numbers against the distributions, guesses and what is cut marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import load
from sim.scenario.priors import priors, priors_text
from sim.scenario.support import Support
from sim.show.facts import PictureFacts
from sim.show.page import title_of
from sim.show.priors import BINS, LOG, ROWS, density, figures

TEXT = """
start: 2026-01-01
end: {uniform: [2028-01-01, 2028-12-31]}
stronger_by: {discrete: {2x: 3, 4x: 1}, guess: yes}
correlations: [{inputs: [end, labs.A.runs.length], correlation: 50%}]
labs:
  A:
    compute: {stock: {2026-01-01: 1e5 to 4e5 H100, 2027-01-01: 5e5 H100}}
    use: {training: {value: 50% to 95%, source: a paper}}
    runs: {every: 5 to 20 months, length: 60 to 90 days}
"""


def test_every_uncertain_input_is_listed_with_what_it_rests_on() -> None:
    scenario = load("f.yaml", text=TEXT)
    found = {prior.path: prior for prior in priors(scenario)}
    assert list(found) == scenario.uncertain
    assert found["stronger_by"].texts == ("2x", "2x", "4x")
    kinds = [found[path].kind for path in ("stronger_by", "labs.A.use.training", "labs.A.runs.every")]
    assert kinds == [Support.GUESS, Support.SOURCE, Support.NONE]
    assert found["labs.A.compute.stock.2026-01-01"].texts == ("1e+05 H100", "2e+05 H100", "4e+05 H100")
    assert found["labs.A.runs.every"].texts == ("5 months", "10 months", "20 months")
    assert found["end"].texts[1] == "2028-07-01 12:00"
    # ln(100/68.92) is 1.908 standard deviations of ln(95/50)/3.29: 2.8% lie above 100%.
    assert found["labs.A.use.training"].outside == pytest.approx(0.0282, abs=5e-4)
    text = priors_text(scenario)
    assert "a paper (2.8% lies beyond its bounds and counts there)" in text
    assert "end and labs.A.runs.length go together: 50% by rank" in text
    assert f"{len(found)} uncertain inputs: " in text


def test_nothing_is_written_as_0_and_a_guess_with_one_space() -> None:
    """The 5% of `0 to 5` is 0 to within rounding; a default's source may say `guess between two reports`."""
    text = TEXT.replace("length: 60 to 90 days", "length: 9 days, public_after: 0 to 5 days")
    scenario = load("f.yaml", text=text.replace("[end, labs.A.runs.length]", "[end, labs.A.runs.public_after]"))
    found = {prior.path: prior for prior in priors(scenario)}
    assert found["labs.A.runs.public_after"].texts == ("0 days", "2.5 days", "5 days")
    text = priors_text(scenario)
    assert "default: guess: between two reports" in text and "guess:  " not in text


def test_the_picture_has_what_lies_between_and_names_guesses(tmp_path: Path) -> None:
    found = priors(load("f.yaml", text=TEXT))
    by = {prior.path: density(prior) for prior in found}
    assert all(sum(heights) == pytest.approx(0.99, abs=0.011) for _, heights in by.values())
    edges, heights = by["labs.A.runs.every"]
    assert edges[1] / edges[0] == pytest.approx(edges[BINS] / edges[BINS - 1])  # by factors: it is wide
    assert heights == pytest.approx(heights[::-1])  # a lognormal is symmetric there
    (drawn,) = figures(found, PictureFacts(name="f"))
    guesses, none = (sum(prior.kind is kind for prior in found) for kind in (Support.GUESS, Support.NONE))
    assert none
    rest = f"the ranges of {guesses} of them are guesses, those of {none} name no source"
    assert title_of(drawn) == f"{len(found)} inputs are uncertain; {rest}"
    assert {"stronger_by", "end"} <= {text.get_text() for text in drawn.texts}


def test_the_dates_of_a_series_are_told_apart_however_long_the_name_of_its_lab(tmp_path: Path) -> None:
    text = TEXT.replace("  A:", f"  {'Long' * 14}:").replace("2027-01-01: 5e5 H100", "2027-01-01: 5e5 to 9e5 H100")
    found = priors(load("f.yaml", text=text.replace("labs.A.", f"labs.{'Long' * 14}.")))
    (drawn,) = figures(found, PictureFacts(name="f"))
    names = [each.get_text() for each in drawn.texts if "…" in each.get_text()]
    assert [name.rpartition(".")[2] for name in names if "stock" in name] == ["2026-01-01", "2027-01-01"]


def test_every_input_is_drawn_on_as_many_pictures_as_it_takes_and_numbers_are_whole() -> None:
    found = priors(load("scenarios/frontier-2032.yaml"))
    assert len(found) > ROWS
    pages = figures(found, PictureFacts(name="frontier-2032"))
    assert len(pages) == -(-len(found) // ROWS)
    written = [text.get_text() for page in pages for text in page.texts]
    assert {"software.beta", "labs.xAI.runs.gain", "observed_uplift.2026"} <= set(written)
    assert sum("  ·  " in text for text in written) == len(found)
    assert not [text for text in written if "  ·  " in text and "…" in text]
    wide = sum(bool(edges[0] > 0.0 and edges[-1] > 5.0 * edges[0]) for edges, _ in map(density, found))
    assert written.count(LOG) == wide > 0
    assert "no source" not in written  # none of them is without
