"""Arithmetic of ranges against that of floats within them; and a draw's checks against those that ask no range."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import Scenario, load
from sim.scenario.check_draw import DrawChecks
from sim.scenario.draw_error import DrawError
from sim.scenario.ranges import Range, Undecided, log10
from tests.scenario.test_check_draw import HEAD, LAB, scenario

numbers = st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1.0, -1.0])
parts = st.floats(0.0, 1.0)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Range, float]:
    """A range, and a number within it."""
    low, high = sorted((draw(numbers), draw(numbers)))
    return Range(low, high), min(high, max(low, low + draw(parts) * (high - low)))


@given(pairs(), pairs(), st.sampled_from([operator.add, operator.sub, operator.mul, operator.truediv]))
def test_sums_products_and_quotients_lie_within(
    one: tuple[Range, float], two: tuple[Range, float], does: Callable[[float, float], float]
) -> None:
    (x, a), (y, b) = one, two
    for left, right in ((x, y), (x, b), (a, y)):
        try:
            found: Range = does(left, right)  # type: ignore[assignment, arg-type]
        except Undecided:
            assert does is operator.truediv  # what may be divided by is 0
            continue
        assert found.low <= does(a, b) <= found.high


@given(pairs(), st.floats(-20.0, 20.0))
def test_powers_logarithms_and_signs_lie_within(one: tuple[Range, float], exponent: float) -> None:
    x, a = one
    assert (-x).low <= -a <= (-x).high
    assert abs(x).low <= abs(a) <= abs(x).high
    if x.low > 0.0:
        with suppress(Undecided):  # too large
            power = x**exponent
            assert power.low <= a**exponent <= power.high
        logarithm = log10(x)  # type: ignore[arg-type]
        assert logarithm.low <= math.log10(a) <= logarithm.high  # type: ignore[attr-defined]


@given(pairs(), pairs(),
       st.sampled_from([operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]))  # fmt: skip
def test_an_answer_is_that_of_every_number(
    one: tuple[Range, float], two: tuple[Range, float], asks: Callable[[object, object], bool]
) -> None:
    (x, a), (y, b) = one, two
    for left, right, number in ((x, y, b), (x, b, b), (a, y, b), (x, Range(a, a), a)):
        try:
            answer = asks(left, right)
        except Undecided:
            continue
        assert answer == asks(a, number)


def test_answers() -> None:
    assert (Range(1.0, 2.0) < 3.0, Range(1.0, 2.0) > 3.0, Range(2.0, 3.0) >= 2.0) == (True, False, True)
    assert bool(Range(1.0, 2.0)), "no number within is 0"
    for ask in (lambda: Range(1.0, 2.0) < 2.0, lambda: bool(Range(-1.0, 1.0)), lambda: float(Range(1.0, 1.5)),
                lambda: f"{Range(1.0, 2.0)}", lambda: 1.0 / Range(0.0, 1.0), lambda: Range(0.0, math.inf),
                lambda: log10(Range(0.0, 1.0)), lambda: log10(Range(-1.0, 1.0))):  # type: ignore[arg-type]  # fmt: skip
        with pytest.raises(Undecided):
            ask()
    with pytest.raises(TypeError):
        hash(Range(1.0, 2.0))


def test_a_growth_of_which_nothing_rules_out_0() -> None:
    """Room for rounding, a share of the highest, is more than the lowest of so wide a distribution."""
    of = load("f.yaml", text=HEAD + "software: {training: {lognormal: {median: 3x per year, gsd: 3}}}\n" + LAB)
    growth = of.draw({"software.training": 0.5}).labs["Aurora"].software.training_growth
    assert growth == pytest.approx(3.0)


FEEDBACK = "software: {training: 1.7x to 5.1x per year, feedback: on}\n"
CONTRADICTORY = [
    load("f.yaml", text=HEAD + FEEDBACK + LAB.replace("serving: 90%", "experiments: 90%") + "    staff: "
         "{ai_research: 200 to 800}\n"),  # less than 1x in 6 draws of 10,000 only
    scenario(HEAD.replace("2028-01-01", "{uniform: [2025-12-30, 2029-01-01]}")),
    scenario(models="{name: A0, internal: {uniform: [2025-03-01, 2025-06-11]}, public: 2025-06-01, flop: 1e26}"),
    scenario(HEAD + "pause: {starts: 2026-06-01, ends: {uniform: [2026-05-25, 2027-05-01]}, stops: [training]}\n"),
    scenario(runs="{every: {loguniform: [2 seconds, 1 year]}, length: 60 days}"),
    scenario(HEAD.replace("2028-01-01", "{uniform: [2025-12-30, 2029-01-01]}"),
             runs="{every: {loguniform: [2 seconds, 1 year]}, length: 60 days}",
             compute="{stock: 1e5 H100e, grows: {loguniform: [1e-60x per year, 10x per year]}, every: 1 to 6 months}"),
]  # fmt: skip


@pytest.mark.parametrize("of", CONTRADICTORY, ids=range(len(CONTRADICTORY)))
def test_checks_that_are_left_out_find_nothing(of: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[str]] = []
    for asks in (True, False):
        if not asks:
            monkeypatch.setattr(DrawChecks, "_holds", lambda *given: [])
        fresh = load("f.yaml", text=of.effective_yaml())
        texts = []
        for k in range(-60, 60):
            q = (1.0 / (1.0 + 1.2**k), 1.0 / (1.0 + 1.2**-k))
            try:
                fresh.draw({path: q[n % 2] for n, path in enumerate(fresh.uncertain)})
                texts.append("")
            except DrawError as error:
                texts.append(str(error))
        told.append(texts)
    assert told[0] == told[1]
    assert any(told[0]) and not all(told[0])
