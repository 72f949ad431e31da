"""Every way to write a value: with source, as a distribution, in a block with facts for all."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import pytest
from scipy import stats

from sim.scenario import Input, Scenario, ScenarioError, load

AS_IS = {"length": "60 days", "grows": "3x per year", "every": "9 months", "stock": "1.2e6 H100e"}


def given(base: str, **changes: str) -> Scenario:
    """The base scenario with some of its values written otherwise."""
    for old, new in changes.items():
        base = base.replace(AS_IS[old], new)
    return load("f.yaml", text=base)


def row(scenario: Scenario, path: str) -> Input:
    return next(item for item in scenario.inputs if item.path == path)


def length(scenario: Scenario, q: float = 0.5) -> float:
    draw = scenario.draw({"labs.Aurora.runs.length": q} if q != 0.5 else None)
    found = draw.labs["Aurora"].runs[0].length_days
    assert found is not None
    return found


def test_a_value_with_its_source(base: str) -> None:
    wrapped = "{value: 60 days, source: a paper, note: of 3 runs, guess: yes}"
    item = row(given(base, length=wrapped), "labs.Aurora.runs.length")
    assert (item.text, item.unit, item.source, item.note, item.guess) == (
        "60 days",
        "day",
        "a paper",
        "of 3 runs",
        True,
    )
    assert (item.origin, item.stated, item.uncertain) == ("f.yaml:7:45", True, False)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("{pert: [10 days, 20 days, 60 days]}", {0.5: 10.0 + 50.0 * stats.beta(1.8, 4.2).ppf(0.5)}),
        ("{pert: {low: 10 days, mode: 35 days, high: 60 days}}", {0.5: 35.0}),
        ("{beta: [2, 2, 10 days, 30 days]}", {0.5: 20.0}),
        ("{beta: {alpha: 1, beta: 1, low: 10 days, high: 30 days}}", {0.25: 15.0}),
        ("{mixture: {10 days: 50%, 20 to 40 days: 50%}}", {0.3: 10.0, 0.75: math.sqrt(800)}),
        ("{mixture: [{value: {uniform: [1 day, 3 days]}, weight: 3}, {value: {uniform: [5 days, 9 days]}, weight: 1}]}",
         {0.375: 2.0, 0.875: 7.0}),
        ("{empirical: [10 days, 2 weeks, 30 days]}", {0.5: 14.0, 0.25: 12.0}),
        ("{truncate: {uniform: [0 days, 20 days]}, min: 10 days}", {0.5: 15.0}),
        ("{truncate: 20 to 40 days, max: 40 days}", {0.9999999: 40.0}),
        ("60 to 120 days", {0.05: 60.0, 0.5: math.sqrt(60 * 120), 0.95: 120.0}),
        ("{normal: {mean: 60 days, sd: 1 week}}", {0.5: 60.0, 0.8413447460685429: 67.0}),
        ("{normal: [60 days, 10 days]}", {0.5: 60.0, 0.15865525393145707: 50.0}),
        ("{lognormal: {median: 60 days, gsd: 2x}}", {0.5: 60.0, 0.8413447460685429: 120.0}),
        ("{lognormal: [60 days, 120 days]}", {0.05: 60.0, 0.95: 120.0}),
        ("{uniform: [1 day, 11 days]}", {0.5: 6.0, 0.9: 10.0}),
        ("{uniform: {low: 1 day, high: 11 days}}", {0.1: 2.0}),
        ("{loguniform: [1 day, 100 days]}", {0.5: 10.0}),
        ("{triangular: [1 day, 11 days, 21 days]}", {0.5: 11.0, 0.125: 6.0}),
        ("{triangular: {low: 1 day, mode: 11 days, high: 21 days}}", {0.5: 11.0}),
        ("{discrete: {10 days: 33%, 2 weeks: 33%, 3 weeks: 33%}}", {0.3: 10.0, 0.6: 14.0, 0.7: 21.0}),
        ("{discrete: {10 days: 0.7, 2 weeks: 0.7}}", {0.4: 10.0, 0.6: 14.0}),
        ("{discrete: {10 days: 1, 2 weeks: 50%}}", {0.5: 10.0, 0.7: 14.0}),
        ("{p10: 30 days, p50: 60 days, p90: 90 days}", {0.1: 30.0, 0.5: 60.0, 0.9: 90.0}),
        ("{p10: 30 days, p50: 60 days, p90: 90 days, family: normal}", {0.1: 30.0, 0.5: 60.0, 0.9: 90.0}),
        ("{value: {uniform: [1 day, 11 days]}, source: x}", {0.5: 6.0}),
        ("{uniform: [1 day, 11 days], source: x}", {0.5: 6.0}),
    ],
)
def test_distributions(base: str, again: Callable[[Scenario], Scenario], text: str, at: dict[float, float]) -> None:
    scenario = given(base, length=text)
    assert "labs.Aurora.runs.length" in scenario.uncertain
    for q, days in at.items():
        assert length(scenario, q) == pytest.approx(days)
        assert length(again(scenario), q) == pytest.approx(days)


def test_quantiles_outside_the_bounds_are_moved_to_them(base: str) -> None:
    share = load("f.yaml", text=base + "training: {whole_run_mfu: {normal: [0.85, 0.08]}}\n")
    assert share.draw({"training.whole_run_mfu": 0.99}).training.whole_run_mfu == 1.0
    assert share.draw({"training.whole_run_mfu": 0.9}).training.whole_run_mfu < 1.0


def test_a_length_is_above_0_in_every_draw(base: str) -> None:
    """Normal(60, 15) is at most 0 with probability P(z < -4) = 3.167e-5; no draw is farther out than twice that."""
    scenario = given(base, length="{normal: {mean: 60 days, sd: 15 days}}")
    least = 60.0 + 15.0 * NormalDist().inv_cdf(2 * 3.167124183311998e-05)
    assert length(scenario, 1e-12) == pytest.approx(least, rel=1e-9)
    assert least == pytest.approx(2.5, abs=0.1)


NORMAL, WIDE = "{normal: [10 days, 10 days]}", "{lognormal: {median: 10 days, gsd: 1e12}}"
MONTHS, CHIPS = "{normal: [9 months, 4 months]}", "{normal: [1e5 H100e, 1e5 H100e]}"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"length": NORMAL},
         f"must be above 0, but 16% of {NORMAL} is not: cut it off, as in {{truncate: {NORMAL}, min: …}}"),
        ({"every": MONTHS},
         f"must be above 0, but 1.2% of {MONTHS} is not: cut it off, as in {{truncate: {MONTHS}, min: …}}"),
        ({"length": WIDE},
         f"{WIDE} is so wide that some draws are above 1e+60: cut it off, as in {{truncate: {WIDE}, max: …}}"),
        ({"stock": CHIPS},
         f"must be at least 0, but 16% of {CHIPS} is below: cut it off, as in {{truncate: {CHIPS}, min: 0}}"),
    ],
)  # fmt: skip
def test_a_distribution_outside_its_fields_meaning_is_refused(
    base: str, changes: dict[str, str], message: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        given(base, **changes)
    assert [problem.message for problem in caught.value.problems] == [message]


def test_what_the_remedy_says_is_accepted(base: str) -> None:
    scenario = given(base, length="{truncate: {normal: {mean: 10 days, sd: 10 days}}, min: 2 days}")
    assert 2.0 <= length(scenario, 1e-9) < length(scenario, 0.5) < length(scenario, 0.9)


def test_a_date_is_never_outside_of_the_calendar(base: str) -> None:
    text = base.replace("end: 2032-01-01", "end: {normal: [2032-01-01, 900 years]}")
    with pytest.raises(ScenarioError, match="goes beyond the years 1 to 9999: cut it off"):
        load("f.yaml", text=text)


def test_uncertain_recurrences_and_dates(base: str) -> None:
    scenario = given(base, every="{value: 9 to 15 months}")
    every = scenario.draw().labs["Aurora"].runs[0].every
    assert every is not None
    assert (every.months, every.days) == (pytest.approx(math.sqrt(9 * 15)), 0.0)
    mixed = given(base, every="30 days to 2 months").draw().labs["Aurora"].runs[0].every
    assert mixed is not None
    assert (mixed.months, mixed.days) == (0.0, pytest.approx(math.sqrt(30 * 60.875)))
    dated = load("f.yaml", text=base.replace("length: 60", "starts: 2026-03-01 to 2026-09-01, length: 60"))
    starts = dated.draw().labs["Aurora"].runs[0].starts
    assert starts == (59 + 243) / 2
    late = dated.draw({"labs.Aurora.runs.starts": 0.95}).labs["Aurora"].runs[0].starts
    assert late == pytest.approx(243.0)


def test_facts_of_a_block_hold_for_its_values(base: str) -> None:
    text = base.replace("length: 60 days", "length: 60 days, source: doc, note: n, guesses: [length]")
    scenario = load("f.yaml", text=text + "sources: {doc: 'The whole title, 2025'}\n")
    length_, every = row(scenario, "labs.Aurora.runs.length"), row(scenario, "labs.Aurora.runs.every")
    assert (length_.source, length_.note, length_.guess) == ("The whole title, 2025", "n", True)
    assert (every.source, every.note, every.guess) == ("The whole title, 2025", "n", False)
    assert row(scenario, "labs.Aurora.use.training").source == ""


def test_facts_reach_blocks_inside_until_restated(base: str) -> None:
    text = base.replace("  Aurora:\n", "  Aurora:\n    source: lab\n    note: old\n")
    text = text.replace("length: 60 days", "length: {value: 60 days, source: own}")
    scenario = load("f.yaml", text=text)
    assert row(scenario, "labs.Aurora.runs.every").source == "lab"
    assert row(scenario, "labs.Aurora.runs.every").note == "old"
    assert (row(scenario, "labs.Aurora.runs.length").source, row(scenario, "labs.Aurora.runs.length").note) == (
        "own",
        "",
    )


def test_a_source_that_says_guess_is_one(base: str) -> None:
    scenario = given(base, length="{value: 60 days, source: 'guess: between the others'}")
    assert row(scenario, "labs.Aurora.runs.length").guess
    assert row(scenario, "labs.Aurora.fleets.serving.replace").guess  # a declared guess


@pytest.mark.parametrize("text", ["yes", "on", "true", "True", "ON", "'yes'"])
def test_flags(base: str, text: str) -> None:
    changed = base.replace("length: 60 days", f"length: 60 days, elastic: {text}")
    assert load("f.yaml", text=changed).draw().labs["Aurora"].runs[0].elastic is True


def test_texts_and_whole_numbers(base: str) -> None:
    scenario = load("f.yaml", text=base.replace("  Aurora:\n", "  Aurora:\n    bloc: NO\n") + "name: 2026\nseed: 1e3\n")
    assert scenario.draw().labs["Aurora"].bloc == "NO"
    assert (scenario.name, scenario.draw().seed, scenario.draw(seed=7).seed) == ("2026", 1000, 7)


REFUSED = [
    ("{normal: {mean: 60 days}}", "normal needs sd"),
    ("{normal: {mean: 60 days, sdd: 2 days}}", "normal takes mean, sd; unknown key 'sdd' (did you mean 'sd'?)"),
    ("{normal: [60 days]}", "normal takes [mean, sd], got 1 numbers"),
    ("{normal: 60 days}", "normal takes {mean: …, sd: …}, got '60 days'"),
    ("{normal: [60 days, -1 day]}", "the standard deviation must be above 0, got -1"),
    ("{normal: [-60 days, 1 day]}", "must be above 0, got '{normal: [-60 days, 1 day]}'"),
    ("{normal: [60 GB, 1 day]}", "expected a length of time such as '90 days', got an amount of memory ('60 GB')"),
    ("{uniform: [9 days, 2 days]}", "the low end of a range must be below its high end"),
    ("{uniform: [2 days, 9 days], normal: [2 days, 9 days]}", "a distribution has one family, got normal and uniform"),
    ("{loguniform: [-2 days, 9 days]}", "the low end of a loguniform must be above 0, got -2"),
    ("{triangular: [2 days, 1 day, 9 days]}", "the mode of a triangular must lie between its ends"),
    ("{discrete: {60 days: 70%, 90 days: 70%}}", "the weights add up to 140%, not to 100%; as plain numbers, "
     "such as 7 and 3, only their ratio counts"),
    ("{mixture: {2 to 4 days: 70%, 20 to 40 days: 20%}}", "the weights add up to 90%, not to 100%; as plain "
     "numbers, such as 7 and 3, only their ratio counts"),
    ("{discrete: {}}", "discrete takes {value: weight, …}, got a mapping"),
    ("{discrete: {3 days: -1}}", "weights must not be negative"),
    ("{p10: 3 days, p90: 4 days}", "percentiles are p10, p50 and p90; p50 is missing"),
    ("{p10: 9 days, p50: 8 days, p90: 7 days}", "percentiles must rise: p10 9, p50 8, p90 7"),
    (
        "{p10: 1 day, p50: 2 days, p90: 7 days, family: beta}",
        "the family of percentiles is normal or lognormal, got 'beta'",
    ),
    ("9 to 3 days", "the low end of the range '9 to 3 days' must be below its high end"),
    ("3 to 3 days", "the low end of the range '3 to 3 days' must be below its high end"),
    ("-3 to 3 days", "must be above 0, got '-3 to 3 days'"),
    ("[3 days]", "expected a length of time such as '90 days', got a list"),
    ("{a: 3 days}", "expected a length of time such as '90 days', got a mapping of 'a'"),
    ("{value: {value: 3 days}}", "expected a length of time such as '90 days', got a mapping of 'value'"),
    ("{value: }", "expected a length of time such as '90 days', got nothing"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_refused(base: str, lines: Callable[..., list[str]], text: str, message: str) -> None:
    found = lines(base.replace("60 days", text))
    place, path, rest = found[0].split(": ", 2)
    assert len(found) == 1
    assert place.startswith("f.yaml:7:")
    assert (path, rest) == ("labs.Aurora.runs.length", message)


def test_a_misspelt_source_is_a_problem(base: str, lines: Callable[..., list[str]]) -> None:
    assert lines(base.replace("60 days", "{value: 60 days, sorce: x}")) == [
        "f.yaml:7:54: labs.Aurora.runs.length.sorce: unknown key 'sorce' in a value with its source"
        " (did you mean 'source'?)"
    ]
    assert lines(base.replace("60 days", "60 days, guesses: [lenght]")) == [
        "f.yaml:7:56: labs.Aurora.runs.guesses: `guesses` names keys of this block; 'lenght' is none"
        " (did you mean 'length'?)"
    ]
