"""Bands of AI work, dates of parity and capability: against sums day by day, closed forms and hand-worked numbers."""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from sim.base.calendar import Recurrence, date_text
from sim.base.piece import Piece
from sim.base.series import Series, fixed
from sim.model.domain import ExpertLevel, Thinking
from sim.model.draw import Draw
from sim.model.inference import Trick
from sim.model.software import Software
from sim.model.variant import Distilled, Tuning
from sim.tables.claim import ai_work
from sim.tables.rates import Rates
from sim.tables.tabulate import tabulate
from sim.tables.trajectory import boundaries
from sim.tables.work import Sum, Term
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import draw, existing, fleet, inference, lab, run, stock
from tests.world.observe import only, rows, value_on

START = date(2026, 1, 1)
YEAR = 365.25
BY_FLOP = inference(throughput="flop")
HUMANS = 3600.0 / 1e5 * 168.0 / 40.0
"""Human-equivalents of one token/s at quality 1."""


def race() -> Draw:
    """Two labs, with growth, demand, a trick, and models of all kinds."""
    tricks = [Trick(name="cheaper", since=200.0, quality_x=0.8, flop_x=0.5)]
    fleets = {
        "research": fleet("research", choose="most_work", inference=BY_FLOP, think_x=4.0),
        "serving": fleet("serving", inference=inference(throughput="flop", tricks=tricks),
                         demand_tokens_per_s=Series(((0.0, 4e7), (150.0, 9e8)))),
    }  # fmt: skip
    runs = [
        run("Big", starts=10.0, share=0.2, length_days=60.0),
        run("tuned", base="each", share=0.05, length_days=20.0, tuned=Tuning(domain="general", there_x=30.0)),
        run("small", base="each", share=0.05, length_days=30.0,
            distilled=Distilled(params_share=0.1, effective_flop_share=0.5)),
    ]  # fmt: skip
    use = {"training": 0.3, "experiments": 0.1, "research": 0.3, "serving": 0.3}
    old = [existing("Old", -9.0, 1e25, public=-9.0, params=2e11)]
    law = Software(training_growth=3.0, inference_growth=4.0)
    a = lab("A", use=use, runs=runs, models=old, fleets=fleets, software=law, staff={"ai_research": fixed(2e4)},
            compute=[stock(2e5)])  # fmt: skip
    b = lab("B", use=use, models=old, software=Software(training_growth=2.0, inference_growth=1.5),
            fleets={"research": fleet("research", inference=BY_FLOP), "serving": fleet("serving", inference=BY_FLOP)},
            staff={"ai_research": Series(((0.0, 1e4), (100.0, 3e4)))})  # fmt: skip
    world = draw(a, b, end=400.0)
    world.domains["general"].workforce = Series(((0.0, 1e7),), growth_per_day=math.log(1.5) / YEAR)
    for domain in world.domains.values():
        domain.thinking = Thinking(gain=0.5, most_x=10.0)
    return world


@pytest.fixture(scope="module")
def record() -> RunRecord:
    return simulate(race())


def work_on(record: RunRecord, day: float) -> dict[tuple[str, str, str, str], float]:
    """(lab, domain, kind, model) -> human-equivalents at an instant, from holdings, parameters and laws alone."""
    found: dict[tuple[str, str, str, str], float] = {}
    for owner, spec in record.draw.labs.items():
        growth = spec.software.inference_growth or 1.0
        for name, each in spec.fleets.items():
            flop = 0.5 if each.inference.tricks and day >= 200.0 else 1.0
            tokens: dict[str, float] = {}
            for (whose, use, model, _), steps in record.holdings.items():
                if (whose, use) == (owner, name) and value_on(steps, day):
                    made = only([m for m in record.models if (m.lab, m.name) == (owner, model)])
                    rate = 2e15 * 0.3 / (2.0 * made.params * flop) * growth ** (day / YEAR)
                    tokens[model] = tokens.get(model, 0.0) + value_on(steps, day) * rate
            demand = value_on(record.demand[owner, name], day) if each.demand_tokens_per_s else math.inf
            used = min(1.0, demand / sum(tokens.values())) if tokens else 0.0
            for model, rate in tokens.items():
                made = only([m for m in record.models if (m.lab, m.name) == (owner, model)])
                think = each.think_x or 1.0
                worth = quality_of(record, made, each, day) * HUMANS / think
                found[owner, each.domain, made.kind, model] = rate * used * worth
    return found


def quality_of(record: RunRecord, made: Any, each: Any, day: float) -> float:
    effective = made.in_domain.get(each.domain, made.effective_flop) * (each.think_x or 1.0) ** 0.5
    trick: float = 0.8 if each.inference.tricks and day >= 200.0 else 1.0
    return trick / (1.0 + math.exp(27.0 - math.log10(effective)))


def test_bands_are_the_integrals_of_the_work(record: RunRecord) -> None:
    edges = (("poor", 0.0), ("mediocre", 0.3), ("expert", 1.0))
    cuts = sorted({0.0, 150.0, 200.0, *boundaries(record), *(d for s in record.holdings.values() for d, _ in s)})
    expected: dict[tuple[str, ...], float] = {}
    months = boundaries(record)
    for left, right in pairwise(day for day in cuts if day <= 400.0):
        month = max(day for day in months[:-1] if day <= left)
        span = months[months.index(month) + 1] - month
        steps = 40
        for k in range(steps):
            day = left + (k + 0.5) * (right - left) / steps
            for (owner, domain, kind, model), humans in work_on(record, day).items():
                made = only([m for m in record.models if (m.lab, m.name) == (owner, model)])
                each = only([f for f in record.draw.labs[owner].fleets.values() if f.domain == domain])
                band = [name for name, edge in edges if edge <= quality_of(record, made, each, day)][-1]
                key = (date_text(month, START), owner, domain, kind, band)
                expected[key] = expected.get(key, 0.0) + humans * (right - left) / steps / span
    found = {
        (row["date"], row["lab"], row["domain"], row["kind"], row["band"]): row["human_equivalents"]
        for row in rows(record, "bands")
    }
    assert set(found) == set(expected)
    assert found == pytest.approx(expected, rel=1e-4)
    assert {key[3] for key in found} == {"general", "specialised", "distilled"}
    assert {key[4] for key in found} == {"poor", "mediocre"}


def test_bands_add_up_to_the_trajectory(record: RunRecord) -> None:
    found: dict[tuple[str, str], float] = {}
    for row in rows(record, "bands"):
        key = (row["date"], row["domain"])
        found[key] = found.get(key, 0.0) + row["human_equivalents"]
    expected: dict[tuple[str, str], float] = {}
    for row in rows(record, "trajectory"):
        if row["series"] == "human_equivalents":
            key = (row["date"], row["domain"])
            expected[key] = expected.get(key, 0.0) + row["value"]
    assert found == pytest.approx(expected, rel=1e-12)


def test_parity_is_the_first_day_on_which_the_work_is_enough(record: RunRecord) -> None:
    table = rows(record, "parity")
    assert {(row["domain"], row["workforce"]) for row in table} == {("ai_research", "labs"), ("general", "world")}
    days = [k / 20.0 for k in range(20 * 400)]
    work = [work_on(record, day) for day in days]
    some = 0
    for row in table:
        if row["workforce"] == "labs":
            people = [2e4 + (1e4 if day < 100.0 else 3e4) for day in days]
        else:
            people = [1e7 * 1.5 ** (month_start(day) / YEAR) for day in days]
        done = [sum(v for key, v in each.items() if key[1] == row["domain"]) for each in work]
        first = next((k for k in range(len(days)) if done[k] >= row["share"] * people[k]), None)
        if first is None:
            assert row["date"] is None
            continue
        assert row["date"] is not None
        some += 1
        found = day_of(row["date"])
        assert days[first] - 0.05 - 1e-4 <= found <= days[first] + 1e-4
        assert row["at_start"] == (first == 0)
        assert row["people"] == pytest.approx(people[first], rel=1e-9)
        assert sum(row["work_by_band"].values()) == pytest.approx(1.0)
        assert sum(row["work_by_kind"].values()) == pytest.approx(1.0)
    assert some >= 3


def month_start(day: float) -> float:
    when = START + timedelta(days=math.floor(day))
    return float(date(when.year, when.month, 1).toordinal() - START.toordinal())


def day_of(text: str) -> float:
    found = float(date.fromisoformat(text[:10]).toordinal() - START.toordinal())
    if len(text) > 10:
        hours, minutes, seconds = text[11:].split(":")
        found += (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) / 86_400.0
    return found


def growing(growth: float = 4.0, **values: Any) -> Draw:
    """One fleet of 1000 H100 with a model of 1e26: quality 1/(1+e), tokens 1000·2e15·0.3/(2e10·2) = 1.5e7 a second."""
    one = lab("A", use={"research": 1.0}, models=[existing("M", -1.0, 1e26, params=2e10)],
              fleets={"research": fleet("research", inference=BY_FLOP, **values)},
              software=Software(training_growth=1.0, inference_growth=growth))  # fmt: skip
    return draw(one, end=3000.0)


WORK = 1.5e7 * HUMANS / (1.0 + math.e)


def test_parity_has_its_closed_form() -> None:
    """W·4^(t/year) = share·H: t = year · ln(share·H/W)/ln 4. A whole second is the resolution of dates."""
    world = growing()
    world.domains["ai_research"].workforce = fixed(WORK * 200.0)
    table = rows(simulate(world), "parity")
    days = [YEAR * math.log(200.0 * share) / math.log(4.0) for share in (0.01, 0.1, 1.0)]
    assert [day_of(row["date"]) for row in table] == pytest.approx(days, abs=1.0 / 86_400.0)
    assert [row["days_since_smaller_share"] for row in table[1:]] == pytest.approx(
        [YEAR * math.log(10.0) / math.log(4.0)] * 2, rel=1e-9
    )
    assert table[0]["human_equivalents"] == pytest.approx(2.0 * WORK, rel=1e-9)


def test_demand_that_binds_keeps_work_below() -> None:
    world = growing(demand_tokens_per_s=fixed(3e7))  # twice what it could do at the start
    world.domains["ai_research"].workforce = fixed(WORK * 2.5)
    table = rows(simulate(world), "parity")
    assert [row["at_start"] for row in table[:2]] == [True, True]
    assert table[2]["date"] is None and table[2]["before_expert_level"] is False


def test_a_workforce_that_nobody_is_in_is_never_reached() -> None:
    world = growing()
    world.domains["ai_research"].workforce = fixed(0.0)
    assert {row["date"] for row in rows(simulate(world), "parity")} == {None}


def test_a_sum_of_rates_that_differ() -> None:
    """e^(0.01 t) + 3 e^(−0.02 t) falls, then rises: 4 at the start, 2.8 on day 50, 3.5 again after its minimum."""
    lines = [[Term(500.0, Piece(0.0, 1.0, 0.01), math.inf, [])], [Term(500.0, Piece(0.0, 3.0, -0.02), math.inf, [])]]
    work = Sum(lines, {1.0, 50.0}, 500.0)
    assert work.first([(0.0, 4.0)]) == 0.0
    later = work.first([(0.0, 5.0), (1.0, 3.5)])
    assert later == 1.0 and work.at(1.0) > 3.5
    later = work.first([(0.0, 5.0), (50.0, 3.5)])
    assert later is not None and later > 100.0
    assert math.exp(0.01 * later) + 3.0 * math.exp(-0.02 * later) == pytest.approx(3.5, rel=1e-12)
    assert work.first([(0.0, 1e6)]) is None


@pytest.mark.parametrize("piece", [
    Piece(0.0, 1.0, 0.01, 4.0),
    Piece(0.0, 1.0, 0.01, 4.0, 0.003),
    Piece(0.0, 1.0, 0.0),
    Piece(0.0, 1.0, 0.01, -3.0),
])  # fmt: skip
def test_every_law_of_efficiency(piece: Piece) -> None:
    """The day on which twice the work comes, by the law's own inverse; on both sides of a step."""
    for cap in (math.inf, 1.5):
        work = Sum([[Term(60.0, piece, cap, []), Term(200.0, piece.moved(60.0), cap, [])]], set(), 200.0)
        due = piece.days_to(2.0)
        found = work.first([(0.0, 2.0)])
        if due < 200.0 and cap > 2.0:
            assert found == pytest.approx(due, abs=1e-9)
        else:
            assert found is None


def experts(thinking: float, **limits: float) -> dict[str, Any]:
    """Quality 2/(1+e^(27−log10 E)) is 1 at 1e27; share doable 1/(1+e^(26−log10 E)) is 0.73 there."""
    models = [existing("Weak", -9.0, 1e24), existing("Some", 100.0, 1e26), existing("All", 200.0, 1e29)]
    one = lab("A", use={"research": 1.0}, models=models, fleets={"research": fleet("research", think_x=thinking)})
    world = draw(one, end=400.0)
    world.expert_level = ExpertLevel(quality=1.0, share_doable=0.7, **limits)
    for domain in world.domains.values():
        domain.quality.ceiling = 2.0
        domain.thinking = Thinking(gain=1.0, most_x=10.0)
        domain.share_doable = type(domain.share_doable)(ceiling=1.0, midpoint_flop=1e26, slope=1.0)
    record = simulate(world)
    rates = Rates(record)
    found: dict[str, Any] = ai_work(rates, tabulate(record, "parity", rates))["expert_level"]
    return found


def test_the_first_expert_level_model() -> None:
    found = experts(1.0)
    assert {found[name]["model"] for name in ("ai_research", "general", "everything")} == {"A/All"}
    assert found["everything"]["date"] == date_text(200.0, START)


def test_thinking_makes_a_weaker_model_expert_level_in_the_fleet_s_domain_only() -> None:
    found = experts(10.0)
    assert (found["ai_research"]["model"], found["ai_research"]["date"]) == ("A/Some", date_text(100.0, START))
    assert found["general"]["model"] == found["everything"]["model"] == "A/All"


def test_work_before_the_first_expert_level_model() -> None:
    """W·(4^(T/year) − 1)·year/ln 4 human-days until the expert-level model comes, all of it of one model."""
    world = growing()
    world.labs["A"].models.append(existing("Expert", 500.0, 1e40, params=2e10))
    world.domains["ai_research"].quality.ceiling = 1.1
    world.expert_level = ExpertLevel(quality=1.0, share_doable=0.9)
    record = simulate(world)
    rates = Rates(record)
    done = ai_work(rates, tabulate(record, "parity", rates))["human_years_before_expert_level"]
    years = 1.1 * WORK * (4.0 ** (500.0 / YEAR) - 1.0) / math.log(4.0)
    assert done["ai_research"] == {"general": {"poor": pytest.approx(years, rel=1e-9)}}


def test_capability_at_both_ends_of_thinking() -> None:
    one = lab("A", use={"research": 1.0}, models=[existing("M", -1.0, 1e25, tuned=Tuning(
        domain="general", there_x=10.0, elsewhere_x=0.1))])  # fmt: skip
    world = draw(one, end=10.0)
    world.domains["general"].thinking = Thinking(gain=0.5, most_x=100.0, buys="quality")
    found = {(row["domain"], row["thinking"]): row for row in rows(simulate(world), "capability")}
    assert set(found) == {("ai_research", 1.0), ("alignment", 1.0), ("general", 1.0), ("general", 100.0)}
    least, most, other = found["general", 1.0], found["general", 100.0], found["ai_research", 1.0]
    assert (least["kind"], least["effective_flop"]) == ("specialised", 1e26)
    assert other["effective_flop"] == pytest.approx(1e24, rel=1e-12)
    assert least["quality"] == pytest.approx(1.0 / (1.0 + math.e))
    assert most["quality"] == pytest.approx(0.5)  # 1e26 · 100^0.5 = 1e27, the midpoint
    assert most["share_doable"] == least["share_doable"]
    assert most["tokens_per_human_hour"] == 100.0 * least["tokens_per_human_hour"] == 1e7
    assert most["human_equivalents_per_million_tokens_per_s"] == pytest.approx(1e6 * HUMANS * 0.5 / 100.0)


def test_without_workforces_there_are_no_dates() -> None:
    world = growing()
    record = simulate(world)
    assert rows(record, "parity") == [] and Recurrence(months=1.0) == world.trajectory
    assert {row["band"] for row in rows(record, "bands")} == {"poor"}
