"""Software that follows research against SciPy's ODE solver: 0.1% in dates and 0.5% in levels.

The reference knows nothing of the kernel: its labour law, its logistic laws, its throughput and its calendar of
deliveries, models and staff are written out here by hand.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from sim.base.growth import Growth
from sim.base.series import Series, fixed
from sim.model.cluster import Supply
from sim.model.domain import Domain, Logistic
from sim.model.draw import Draw
from sim.model.software import Software
from sim.world import simulate
from tests.world.build import draw, existing, fleet, inference, lab

YEAR = 365.25
PEAK = 1e15  # of one H100 in tests.world.build, bf16
UTILISATION, PARAMS = 0.3, 5e13
TOKENS_PER_HOUR = 3e5
SHARES = {"training": 0.0, "experiments": 0.6, "research": 0.4}


@dataclass(frozen=True)
class Case:
    """Growth a year at the start, exponents, and what comes on which day."""

    speed: float
    beta: float
    penalty: float = 0.6
    labour_share: float = 0.5
    rho: float = 0.0
    iota: float = 1.0
    deliveries: tuple[tuple[float, float], ...] = ((0.0, 20_000.0),)
    models: tuple[tuple[float, float], ...] = ((-1.0, 1e26),)
    staff: tuple[tuple[float, float], ...] = ((0.0, 1000.0),)
    most_doable: float = 0.9
    days: float = 6 * YEAR
    demand: float | None = None


CASES = {
    # An eighth more efficient a year; a delivery a year, people doubling, one new model.
    "slow": Case(
        1.125, 0.75, deliveries=tuple((k * 365.0, 20_000.0) for k in range(10)), days=10 * YEAR,
        staff=((0.0, 1000.0), (1200.0, 2000.0)), models=((-1.0, 1e26), (900.0, 3e27)),
    ),
    "fast": Case(
        10.0, 0.25, deliveries=tuple((k * 91.0, 20_000.0 * 1.3**k) for k in range(20)),
        models=((-1.0, 1e26), (200.0, 2e27), (700.0, 4e28), (1300.0, 1e30)), days=5 * YEAR,
        staff=tuple((k * 100.0, 1000.0 * 1.1**k) for k in range(15)),
    ),
    "accelerating": Case(
        3.0, 0.2, penalty=0.8, labour_share=0.6, rho=-0.2, most_doable=1.0, days=4 * YEAR,
        deliveries=tuple((k * 91.0, 20_000.0 * 1.2**k) for k in range(16)),
        models=((-1.0, 1e26), (300.0, 3e27), (800.0, 1e29)),
    ),
    # Models that can do nearly everything: L grows with A, and lambda·alpha over beta is 4: it would end in a pole.
    "nearly exploding": Case(
        4.0, 0.1, penalty=0.8, most_doable=1.0, days=1000.0,
        deliveries=((0.0, 20_000.0), (250.0, 30_000.0)), models=((-1.0, 1e27), (150.0, 1e29), (400.0, 1e35)),
    ),
    "inference apart": Case(
        5.0, 0.3, iota=0.5, deliveries=tuple((k * 120.0, 30_000.0) for k in range(15)), days=4 * YEAR,
        models=((-1.0, 1e27), (500.0, 1e29)), demand=1.5e5,
    ),
    "inference ahead": Case(
        1.5, 0.3, penalty=1.0, labour_share=0.9, iota=5.0, most_doable=1.0, days=1.5 * YEAR,
        models=((-1.0, 1e30),), staff=((0.0, 30_000.0),),
    ),
}  # fmt: skip


# The reference


def doable_and_worth(case: Case, effective: float) -> tuple[float, float]:
    """(share doable, human-equivalents of one token/s): logistic laws of slope 1 about 1e28 FLOP."""
    part = 1.0 / (1.0 + math.exp(-(math.log10(effective) - 28.0)))
    return case.most_doable * part, 3600.0 / TOKENS_PER_HOUR * 168.0 / 40.0 * part


def labour(humans: float, ai: float, s: float) -> float:
    """Complements with rho −2: everybody works at one level until AIs have filled what they can do."""
    if s == 1.0 or ai / s <= humans / (1.0 - s):
        return humans + ai
    return float((s**3 * ai**-2 + (1.0 - s) ** 3 * humans**-2) ** -0.5)


def on(points: tuple[tuple[float, float], ...], day: float) -> float:
    return [value for since, value in points if since <= day][-1]


def reference(case: Case) -> Any:
    """ln A as a function of the day, from solving the law between the days on which something changes."""
    lines = (case.deliveries, case.models, case.staff)
    days = {since for line in lines for since, _ in line if 0.0 < since < case.days}
    chips = [(since, sum(n for d, n in case.deliveries if d <= since)) for since, _ in case.deliveries]

    def ln_research(day: float, log_a: float) -> float:
        held = on(tuple(chips), day)
        s, worth = doable_and_worth(case, on(case.models, day))
        tokens = held * SHARES["research"] * PEAK * UTILISATION / (2.0 * PARAMS) * math.exp(case.iota * log_a)
        if case.demand is not None:
            tokens = min(tokens, case.demand)
        work = labour(on(case.staff, day), tokens * worth, s)
        experiments = held * SHARES["experiments"]
        first = labour(on(case.staff, 0.0), base_tokens * base_worth, base_s)
        ratio, compute = work / first, experiments / (on(tuple(chips), 0.0) * SHARES["experiments"])
        a, rho = case.labour_share, case.rho
        if rho:
            return math.log(a * ratio**rho + (1.0 - a) * compute**rho) / rho
        return a * math.log(ratio) + (1.0 - a) * math.log(compute)

    base_s, base_worth = doable_and_worth(case, on(case.models, 0.0))
    base_tokens = on(tuple(chips), 0.0) * SHARES["research"] * PEAK * UTILISATION / (2.0 * PARAMS)
    if case.demand is not None:
        base_tokens = min(base_tokens, case.demand)
    g0 = math.log(case.speed) / YEAR
    cuts = [0.0, *sorted(days), case.days]
    parts, log_a = [], 0.0
    for left, right in itertools.pairwise(cuts):

        def slope(t: float, y: Any, left: float = left) -> list[float]:
            # What changes on a cut holds from it on: within a part, look just after its beginning.
            return [g0 * math.exp(case.penalty * ln_research(left, y[0]) - case.beta * y[0])]

        def too_fast(t: float, y: Any, left: float = left) -> float:
            return slope(t, y, left)[0] - 10.0  # e^10 a day: the end is a matter of minutes

        too_fast.terminal = True  # type: ignore[attr-defined]
        found = solve_ivp(slope, (left, right), [log_a], "DOP853", rtol=1e-10, atol=1e-12, dense_output=True,
                          events=too_fast)  # fmt: skip
        parts.append((left, float(found.t[-1]), found.sol))
        log_a = float(found.y[0][-1])
        if found.status == 1:
            break
    return parts


def level(parts: Any, day: float) -> float:
    for left, right, solution in parts:
        if left <= day <= right:
            return math.exp(float(solution(day)[0]))
    raise ValueError(day)


def day_of(parts: Any, value: float) -> float | None:
    """First day on which A has come to a value."""
    for left, right, solution in parts:
        if math.exp(float(solution(right)[0])) >= value:
            low, high = left, right
            for _ in range(200):
                middle = (low + high) / 2.0
                low, high = (middle, high) if math.exp(float(solution(middle)[0])) < value else (low, middle)
            return high
    return None


# The kernel


def world(case: Case, step: float = 1.5) -> Draw:
    """The same case as a scenario: chips by delivery, models that become usable on their day, staff in steps."""
    serving = inference(throughput="flop", utilisation=UTILISATION)
    research = fleet("research", inference=replace(serving, precision="bf16"))
    if case.demand is not None:
        research.demand_tokens_per_s = fixed(case.demand)
    law = Software(
        training_growth=case.speed, feedback=True, inference_exponent=case.iota, returns=case.beta,
        parallel_penalty=case.penalty, labour_share=case.labour_share, research_substitution=case.rho, step=step,
    )  # fmt: skip
    compute = [Supply(accelerator="H100", count=count, on=day if day else None) for day, count in case.deliveries]
    models = [
        existing(f"M{n}", day, effective, params=PARAMS, total_params=PARAMS)
        for n, (day, effective) in enumerate(case.models)
    ]
    item = lab(
        "A", use=SHARES, compute=compute, models=models, fleets={"research": research}, software=law,
        staff={"ai_research": Series(case.staff)},
    )  # fmt: skip
    result = draw(item, end=case.days)
    result.domains["ai_research"] = Domain(
        name="ai_research", token_basis="task", tokens_per_human_hour_task=TOKENS_PER_HOUR,
        quality=Logistic(ceiling=1.0, midpoint_flop=1e28, slope=1.0),
        share_doable=Logistic(ceiling=case.most_doable, midpoint_flop=1e28, slope=1.0),
    )  # fmt: skip
    return result


def kernel(case: Case, step: float = 1.5) -> Growth:
    return simulate(world(case, step)).training_efficiency["A"]


def first_day(growth: Growth, value: float) -> float:
    for piece, after in zip(growth.pieces, [*growth.pieces[1:], None], strict=False):
        day = piece.day + piece.days_to(value)
        if day >= piece.day and (after is None or day <= after.day):
            return day
    raise ValueError(value)


def values(parts: Any) -> list[float]:
    """Levels to look at: twelve, evenly spaced in ln A up to the highest."""
    top = float(parts[-1][2](parts[-1][1])[0])
    return [math.exp(top * k / 12.0) for k in range(1, 12)]


@pytest.mark.parametrize("name", sorted(CASES))
def test_dates_and_levels(name: str) -> None:
    case = CASES[name]
    parts, growth = reference(case), kernel(case)
    for value in values(parts):
        day = day_of(parts, value)
        assert day is not None
        assert first_day(growth, value) == pytest.approx(day, rel=1e-3), value
    last = parts[-1][1]
    for day in np.linspace(last / 20.0, last * 0.98, 20):
        assert growth.at(float(day)) == pytest.approx(level(parts, float(day)), rel=5e-3), day


@pytest.mark.parametrize("name", sorted(CASES))
def test_half_the_step_changes_less_than_the_tolerance(name: str) -> None:
    case = CASES[name]
    whole, half = kernel(case), kernel(case, 1.5**0.5)
    for value in values(reference(case)):
        assert first_day(whole, value) == pytest.approx(first_day(half, value), rel=1e-3)


def test_a_change_just_before_a_step_is_no_explosion() -> None:
    step = math.log(1.1) / math.log(4.0) * YEAR
    staff = {"ai_research": Series(((0.0, 1000.0), (step - 5e-7, 1000.001)))}
    law = Software(training_growth=4.0, feedback=True, parallel_penalty=0.6, labour_share=0.5, returns=0.0,
                   research_substitution=0.0, step=1.1, inference_exponent=1.0)  # fmt: skip
    item = lab(use={"training": 0.2, "experiments": 0.8}, staff=staff, software=law)
    record = simulate(draw(item, end=400.0))
    assert [event for event in record.events if event[2] == "software_explosion"] == []
    assert record.training_efficiency["A"].at(YEAR) == pytest.approx(4.0, rel=1e-6)


def test_an_explosion_ends_cleanly_on_the_day_of_the_pole() -> None:
    # Models that can do everything from day 400 on: L grows as A, and d ln A/dt as A^(0.4 − 0.1).
    case = replace(CASES["nearly exploding"], models=((-1.0, 1e27), (150.0, 1e29), (400.0, 1e95)), days=3000.0)
    parts, record = reference(case), simulate(world(case))
    # The reference stops at 10 a day; from there on it would take 1/(0.3 · 10) day to the pole.
    pole = parts[-1][1] + 1.0 / 3.0
    ends = [event for event in record.events if event[2] == "software_explosion"]
    assert [event[0] for event in ends] == [pytest.approx(pole, rel=1e-3)]
    assert pole < 1000.0
    assert [message.split(":")[0] for *_, message in record.warnings] == ["software progress explodes"]
    law = record.training_efficiency["A"]
    assert law.at(3000.0) == law.at(ends[0][0]) == ends[0][4]
    assert record.events[-1][0] >= ends[0][0] and all(math.isfinite(piece.value) for piece in law.pieces)
