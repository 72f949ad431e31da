"""Formulas: what they come to, worked out by hand in the units of the fields; where they may stand; what is none."""

from __future__ import annotations

import math
import pickle
import random
from pathlib import Path

import pytest

from sim.base.units import DAYS_PER_MONTH, DAYS_PER_YEAR
from sim.scenario import ScenarioError, load
from sim.scenario.draw_error import DrawError
from sim.scenario.formula import compiled
from sim.scenario.formula_text import parse_formula
from sim.scenario.formula_units import kind_of
from sim.scenario.problem import Unreadable

HEAD = "start: 2026-01-01\nend: 2029-01-01\n"
LAB = """labs:
  A:
    models: {name: A-0, public: 2025-06-01, flop: 1e26 FLOP}
    compute: {stock: 1e5 H100, every: 3 months}
    use: {training: 10%, experiments: 90%}
    runs: {every: 9 months, length: 60 days}
"""
NAMED = """quantities:
  length: {uniform: [60 days, 90 days]}
  half: 6 months
  share: 25%
  factor: 3x
  growing: 4x per year
  rate: 0.5 per year
  count: 2
  params: 70B parameters
  ratio: 20 tokens/parameter
  chips: 1e5 H100
  each: 0.7 kW/H100
  speed: 50 tokens/s
  flops: 1e15 FLOP/s
  launch: 2027-01-01
  zero: 0
"""

WORTH = {
    "2 * length": 150.0,
    "length + 1 week": 82.0,
    "length - 2 * 1 day": 73.0,
    "-length + 100 days": 25.0,
    "+length": 75.0,
    "length ** 2 / (10 days)": 562.5,
    "sqrt(length * 3 days)": 15.0,
    "min(length, half, 80 days)": 75.0,
    "max(0, 10 days - length) + 1 day": 1.0,
    "half / 2": 3.0 * DAYS_PER_MONTH,
    "1 year / count": DAYS_PER_YEAR / 2.0,
    "year / 3x per year": DAYS_PER_YEAR / 3.0,
    "2 / rate": 4.0 * DAYS_PER_YEAR,
    "1e20 FLOP / flops": 1e5 / 86_400.0,
    "1e20 FLOP / 1e15 FLOP/s": 1e5 / 86_400.0,
    "4.32e6 tokens / speed": 1.0,
    "launch + length - launch": 75.0,
    "launch - 2026-01-01": 365.0,
    "length * 2 ** (12 months / half)": 300.0,
    "length * exp(log(2)) * log10(100)": 300.0,
    "length * share * factor": 56.25,
    "length * growing ** (half / year)": 150.0,
    "1 day * chips / 10000 H100": 10.0,
    "2 days*count": 4.0,
    "36 hours": 1.5,
    "length * -count ** 2 + 400 days": 100.0,  # as in Python, the power comes before the sign
    "length * 50% / 5e-1": 75.0,
    "1_000 days / (1 + count)": 1000.0 / 3.0,
    "length * ratio * params / (1.4e12 tokens)": 75.0,
}


@pytest.mark.parametrize("formula", WORTH)
def test_what_a_formula_comes_to_in_days(formula: str) -> None:
    scenario = load("f.yaml", text=HEAD + NAMED + LAB.replace("length: 60 days", f"length: {{formula: '{formula}'}}"))
    found = scenario.draw().labs["A"].runs[0].length_days
    assert found == pytest.approx(WORTH[formula], rel=1e-14)


FIELDS = {
    "stronger_by={formula: 1 + factor}": ("stronger_by", 4.0),
    "base_date={formula: launch + 1 day}": ("base_date", 366.0),
    "software.training={formula: growing * 2 ** (year / half)}": ("software.training_growth", 16.0),
    "training.whole_run_mfu={formula: share + 5%}": ("training.whole_run_mfu", 0.3),
    "human.tokens_per_human_hour_thinking=speed": ("human.tokens_per_human_hour_thinking", 180_000.0),
    "pause={starts: {formula: launch + length}, lasts: half, stops: [training]}": ("pause.starts", 440.0),
    "pause={starts: launch, lasts: {formula: half / 2}, stops: [training]}": ("pause.lasts", 1.5 * 60.875),
    "labs.A.compute.stock={formula: 2 * chips}": ("labs['A'].compute[0].stock.points[0][1]", 2e5),
    "labs.A.compute.stock={2026-01-01: chips, 2027-01-01: {formula: 3 * chips}}": (
        "labs['A'].compute[0].stock.points[1][1]", 3e5),
    "labs.A.compute.grows={formula: 2 ** (12 months / half)}": ("labs['A'].compute[0].grows", 4.0),
    "accelerators={H100: {power: {formula: each * 2 H100}}}": ("accelerators['H100'].power_w", 1400.0),
    "labs.A.use={training: {formula: 40% * share}, experiments: {formula: 1 - 40% * share}}": (
        "labs['A'].use['training'].points[0][1]", 0.1),
    "labs.A.runs.every={formula: 3 * half}": ("labs['A'].runs[0].every.months", 18.0),
    "labs.A.runs.every={formula: length}": ("labs['A'].runs[0].every.days", 75.0),
    "labs.A.models.flop={formula: 6 FLOP/parameter/token * params * ratio * params}": (
        "labs['A'].models[0].flop", 6.0 * 70e9 * 20.0 * 70e9),
    "labs.A.models.public={formula: launch - 2 * year}": ("labs['A'].models[0].public", 365.0 - 730.5),
    "labs.A.models.params={value: {formula: params / 7}, source: a paper}": ("labs['A'].models[0].params", 1e10),
}  # fmt: skip


@pytest.mark.parametrize("setting", FIELDS)
def test_where_an_uncertain_number_may_stand_a_formula_may(setting: str) -> None:
    of, expected = FIELDS[setting]
    draw = load("f.yaml", text=HEAD + NAMED + LAB, sets=[setting]).draw()
    assert eval(f"draw.{of}", {"draw": draw}) == pytest.approx(expected, rel=1e-13)


UNITS = ("months", "tokens/hour", "hours/week", "hours/day", "GB/H100", "kW/H100", "TB/s", "FLOP/s", "per month", "MW",
         "%", "x per year", "USD/H100", "tokens/parameter", "H100", "people", "parameters", "months/year")  # fmt: skip


def test_a_formula_goes_on_from_another_in_any_unit() -> None:
    """3 units, named, doubled and named again, are 6 of the unit; so is a range of them."""
    lines = [f"  a{n}: {{formula: 3 {unit}}}\n  b{n}: {{formula: 2 * a{n}}}\n  c{n}: {{formula: b{n} / (1 {unit})}}\n"
             f"  d{n}: 3 {unit}\n  e{n}: {{formula: (b{n} + 2 * d{n}) / (1 {unit})}}\n"
             for n, unit in enumerate(UNITS)]  # fmt: skip
    found = load("f.yaml", text=HEAD + "quantities:\n" + "".join(lines) + LAB).draw().quantities
    for n, unit in enumerate(UNITS):
        assert (found[f"c{n}"], found[f"e{n}"]) == pytest.approx((6.0, 12.0), rel=1e-14), unit


def scenario_of(formula: str, more: str = "") -> str:
    return HEAD + NAMED + more + LAB.replace("length: 60 days", f"length: {{formula: '{formula}'}}")


@pytest.mark.parametrize("formula", ["1e26 FLOP/tokens", "2 FLOP*tokens", "3 tokens/parameter", "4 FLOP per tokens",
                                     "5 per tokens"])  # fmt: skip
def test_what_may_be_a_unit_or_a_quantity_is_neither(formula: str) -> None:
    """As a unit it would be 10^13 times as much as by the quantity, and of the same kind."""
    text = HEAD + f"quantities:\n  tokens: 1e13 tokens\n  found: {{formula: {formula}}}\n" + LAB
    with pytest.raises(ScenarioError, match="'tokens' may be the unit or the quantity: with spaces around /"):
        load("f.yaml", text=text)


def test_by_a_quantity_that_is_called_like_a_unit() -> None:
    text = HEAD + "quantities:\n  tokens: 1e13 tokens\n  found: {formula: 1e26 FLOP / tokens}\n" + LAB
    assert load("f.yaml", text=text).draw().quantities["found"] == pytest.approx(1e13, rel=1e-14)


WRONG = {
    "labs.A.runs.length": "not to paths: give the number at 'labs.A.runs.length' a name there",
    "lenght": "there is no quantity 'lenght' under `quantities:` (did you mean 'length'?)",
    "2 chips": "write 2 * chips, not '2 chips' (for the unit call the quantity 'chips' otherwise)",
    "length if share else 1 day": "there is no quantity 'if'",
    "(lambda: 1)()": "there is no quantity 'lambda'",
    "length.real": "a formula refers to names",
    "[length]": "a formula has no '['",
    "exp": "there is no quantity 'exp'",
    "exp(length=1)": "a formula has no '='",
    "min(*length)": "nothing that a formula has",
    "exp()": "exp takes one number, got 0",
    "length(2)": "'length(2)' is nothing that a formula has",
    "length % 2": "a formula has no '%'",
    "length // 2": "is nothing that a formula has",
    "length ** half": "an exponent is a pure number, not a length of time",
    "length ** count / length": "takes a number as exponent",
    "exp(length)": "exp is of a pure number",
    "launch": "but the formula `launch` gives a date",
    "launch + launch": "one cannot add a date and a date",
    "launch * 2": "one cannot multiply dates",
    "max(0, launch)": "one cannot compare a date with a pure number",
    "length + chips": "one cannot add a length of time and a number of H100",
    "length * chips": "gives a quantity in H100*day",
    "length / zero": "`length / zero` divides by 0",
    "length * 10 ** 400": "`10 ** 400` is too large to compute",
    "length * log(0 - count)": "is no number (of -2)",
    "length * 1e55 * 1e55": "'7.5e+111 days = length * 1e55 * 1e55' is too large: no number may be above 1e+60",
    "length - 75 days": "must be above 0, got '0 days = length - 75 days'",
    "length * 50%50%": "cannot be read as a formula",
    "length ++": "cannot be read as a formula",
    "+".join(["length"] * 60): "more than 40 operations inside each other",
    "-" * 450 + "length": "more than 40 operations inside each other",
    "(" * 240 + "length" + ")" * 240: "cannot be read as a formula",
    "9" * 501: "got a text of 501 characters",
}


@pytest.mark.parametrize("formula", WRONG)
def test_what_no_formula_is_says_so_at_its_place_in_one_line(formula: str) -> None:
    with pytest.raises(ScenarioError) as error:
        load("f.yaml", text=scenario_of(formula))
    assert len(error.value.problems) == 1
    assert WRONG[formula] in str(error.value)
    assert str(error.value).startswith("f.yaml:24:47: labs.A.runs.length: ")


def test_a_chain_of_formulas_costs_a_draw_each_of_them_once() -> None:
    """Forty doublings in a row, each naming the one before twice: 2^40 visits if none were remembered."""
    doubled = "".join(f"  n{k}: {{formula: n{k - 1} + n{k - 1}}}\n" for k in range(1, 41))
    text = scenario_of("1 day + n40 / 2 ** 40 * 1 day", "  n0: {uniform: [1, 3]}\n" + doubled)
    scenario = load("f.yaml", text=text)
    many = pickle.loads(pickle.dumps(scenario.many_draws()))
    for q in (0.25, 0.5):
        draw = many.draw({"quantities.n0": q})
        assert draw.labs["A"].runs[0].length_days == pytest.approx(2.0 + 2.0 * q)
        assert draw == scenario.draw({"quantities.n0": q})


def test_a_draw_whose_formula_has_no_value_fails_by_name_and_says_what_it_follows_from() -> None:
    scenario = load("f.yaml", text=scenario_of("length - 70 days"))
    assert scenario.draw({"quantities.length": 0.9}).labs["A"].runs[0].length_days == pytest.approx(17.0)
    with pytest.raises(DrawError) as error:
        scenario.draw({"quantities.length": 0.1})
    wrong = "labs.A.runs.length: must be above 0, got '-7 days = length - 70 days'"
    assert str(error.value) == f"{wrong} (this draw has quantities.length = 63 days)"
    scenario = load("f.yaml", text=scenario_of("sqrt(1 - (80 days - length) / (10 days)) * 10 days"))
    with pytest.raises(DrawError, match=r"is no number \(of -0.7\)"):
        scenario.draw({"quantities.length": 0.1})


def test_what_the_reader_checks_of_central_values_is_checked_of_derived_ones_in_a_draw() -> None:
    dated = LAB.replace("public: 2025-06-01", "public: {formula: launch - 2 * length}, internal: 2026-07-20")
    with pytest.raises(DrawError, match=r"labs.A.models.*this draw has .*quantities.length = 89.7 days"):
        load("f.yaml", text=HEAD + NAMED + dated).draw({"quantities.length": 0.99})


def test_rounding_beyond_a_bound_is_the_bound() -> None:
    text = HEAD + "quantities: {a: 10%, b: 20%}\ntraining: {whole_run_mfu: {formula: 10 / 3 * (a + b)}}\n" + LAB
    assert 10.0 / 3.0 * (0.1 + 0.2) > 1.0
    assert load("f.yaml", text=text).draw().training.whole_run_mfu == 1.0


def test_a_setting_replaces_a_formula_or_moves_what_follows_from_it() -> None:
    text = scenario_of("length / 3", "  third: {formula: length / 3}\n")

    def drawn(*sets: str) -> float:
        return load("f.yaml", text=text, sets=sets).draw().labs["A"].runs[0].length_days or math.nan

    assert drawn() == 25.0
    assert drawn("quantities.length=60 days") == 20.0
    assert drawn("labs.A.runs.length=33 days") == 33.0
    assert drawn("labs.A.runs.length=third", "quantities.third=2 days") == 2.0
    assert drawn("labs.A.runs.length={formula: third * 2}", "quantities.third={formula: length / 5}") == 30.0
    assert drawn("quantities={extra: 7 days}", "labs.A.runs.length=extra") == 7.0
    with pytest.raises(ValueError, match="'labs.A.runs.length' is no uncertain input of this scenario: it follows"):
        load("f.yaml", text=text).draw({"labs.A.runs.length": 0.3})


def test_an_overlay_replaces_a_formula_and_what_it_follows_from(tmp_path: Path) -> None:
    over = tmp_path / "over.yaml"
    over.write_text("quantities: {length: 40 days, more: 2 days}\nlabs: {A: {runs: {every: {formula: 3 * length}}}}\n")
    runs = load("f.yaml", text=scenario_of("length / 4"), overlays=[over]).draw().labs["A"].runs[0]
    assert (runs.length_days, runs.every.days) == (10.0, 120.0)
    over.write_text("labs: {A: {runs: {length: 7 days}}}\n")
    assert load("f.yaml", text=scenario_of("length / 4"), overlays=[over]).draw().labs["A"].runs[0].length_days == 7.0


def test_a_scenario_in_effect_has_the_formulas_and_gives_the_same_draw() -> None:
    scenario = load("f.yaml", text=scenario_of("length / 3", "  half_of_it: {formula: length / 2, note: half}\n"))
    again = load("g.yaml", text=scenario.effective_yaml())
    assert again.effective_yaml() == scenario.effective_yaml()
    quantiles = {"quantities.length": 0.3}
    assert again.draw(quantiles).labs == scenario.draw(quantiles).labs
    assert "formula: length / 3" in scenario.effective_yaml()


def test_what_moves_a_derived_input_counts_as_read_and_one_that_nothing_names_does_not() -> None:
    scenario = load("f.yaml", text=scenario_of("length / 3"))
    draw = scenario.draw(track=True)
    assert draw.labs["A"].runs[0].length_days == 25.0
    unused = scenario.unused(draw)
    assert "quantities.length" not in unused
    assert "quantities.share" in unused


PARTS = r"""
length chips share launch zero + - * / ** ( ) , min max exp log sqrt 2 0 12 months 50% 3x per year 70B parameters
1e15 FLOP/s 1000 H100 TPU v5p 2028-01-01 ^ % // [ if lambda : = < . ' $ __import__ None 1__0 1e400 1j days/length
USD/H100 is @ ; ü \ # "
"""
KINDS = {"length": kind_of("day"), "chips": kind_of("accelerators", "H100"), "share": kind_of("share"),
         "launch": kind_of("date"), "zero": kind_of("1")}  # fmt: skip


def test_any_text_is_a_formula_or_is_refused_in_words() -> None:
    chance = random.Random(7)
    read = 0
    for _ in range(2000):
        text = chance.choice(("", " ")).join(chance.choices(PARTS.split(), k=chance.randint(1, 7)))
        try:
            part = compiled(parse_formula(text, KINDS, ("H100", "TPU v5p")), KINDS)
            assert math.isfinite(part.tree.value(lambda name: 7.5))
            read += 1
        except Unreadable as error:
            assert error.message
    assert read > 50
