"""Alignment work: numbers worked by hand, the equations written out anew in tiny steps, and what must hold."""

from __future__ import annotations

import dataclasses
import math
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from sim.base.calendar import date_text
from sim.base.series import Series, fixed
from sim.model.alignment import DWELL, LEAD, SERIAL, Alignment, Job, Risk, RiskPoint, Trust
from sim.model.draw import Draw
from sim.model.level import Level
from sim.model.software import Software
from sim.physics.labour import joint_labour
from sim.tables.alignment import alignment_summary, dwells
from sim.tables.alignment_work import AlignmentWork
from sim.tables.rates import Rates
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import draw, existing, fleet, inference, lab
from tests.world.observe import only, rows, value_on
from tests.world.test_intervention import pause
from tests.world.test_trust import alignment

YEAR = 365.25
HUMAN = 3600.0 / 1e5 * 168.0 / 40.0
"""Full-time humans of one token/s at quality 1: 0.1512."""
BY_FLOP = inference(throughput="flop")


def world(law: Alignment, *, end: float = 1000.0, levels: dict[str, float] | None = None, **values: Any) -> Draw:
    """Lab A of 1000 H100: by default a tenth runs a model of 3e11 parameters (1e5 tokens/s together), 1e27 FLOP:
    quality and share doable 50%."""
    rest: dict[str, Any] = {
        "models": [existing("M0", -9.0, 1e27, params=3e11)],
        "use": {"alignment": 0.1},
        "fleets": {"alignment": fleet("alignment", domain="alignment", inference=BY_FLOP)},
        "staff": {"alignment": fixed(1000.0)},
        "alignment": law,
    }
    known = {name: Level(name=name, effective_flop=flop) for name, flop in (levels or {}).items()}
    return draw(lab(**{**rest, **values}), alignment=law, levels=known, end=end)


def found(record: RunRecord, lab_name: str = "A", **where: Any) -> list[dict[str, Any]]:
    return [row for row in rows(record, "alignment") if row["lab"] == lab_name
            and all(row[key] == value for key, value in where.items())]  # fmt: skip


def total(record: RunRecord, column: str = "researcher_years", lab_name: str = "A", **where: Any) -> float:
    return math.fsum(row[column] for row in found(record, lab_name, **where))


def people(**staff: Series) -> dict[str, Any]:
    return {"use": {"research": 0.1}, "fleets": {"research": fleet("research")}, "staff": staff}


# People alone


def test_humans_alone_do_their_years() -> None:
    record = simulate(world(alignment(), **people(alignment=fixed(10.0))))
    row = only(found(record))
    assert row["researcher_years"] == pytest.approx(10.0 * 1000.0 / YEAR)
    assert row["serial_days"] == pytest.approx(1000.0), "calendar days"
    assert (row["by"], row["model"], row["workers"], row["bound_by"]) == ("humans", None, 10.0, "staff")
    assert total(record, lab_name="world") == pytest.approx(10.0 * 1000.0 / YEAR)


def test_twice_as_many_people_do_less_than_twice_as_much() -> None:
    law = alignment(parallel_penalty=0.5)
    record = simulate(world(law, **people(alignment=Series(((0.0, 10.0), (500.0, 40.0))))))
    assert total(record) == pytest.approx((10.0 * 500.0 + 20.0 * 500.0) / YEAR)
    assert total(record, "serial_days") == pytest.approx(1000.0)


def test_the_world_is_one_field_with_those_elsewhere() -> None:
    """Labs of 10 and 30 people and 60 elsewhere, later 360: 100 and 400 in one field, so twice as much."""
    law = alignment(parallel_penalty=0.5, elsewhere=Series(((0.0, 60.0), (600.0, 360.0))))
    labs = [lab(name, staff={"alignment": fixed(count)}, alignment=law) for name, count in (("A", 10.0), ("B", 30.0))]
    record = simulate(draw(*labs, alignment=law, end=1000.0))
    assert total(record, lab_name="world") == pytest.approx((100.0 * 600.0 + 200.0 * 400.0) / YEAR)
    assert total(record, lab_name="A") == pytest.approx(10.0 * 1000.0 / YEAR)
    assert total(record, "serial_days", "world") == pytest.approx(1000.0)


def test_staff_that_comes_later_sets_its_own_base() -> None:
    law = alignment(parallel_penalty=0.5)
    record = simulate(world(law, **people(alignment=Series(((0.0, 0.0), (400.0, 10.0), (500.0, 40.0))))))
    assert total(record) == pytest.approx((10.0 * 100.0 + 20.0 * 500.0) / YEAR)
    assert total(record, "serial_days") == pytest.approx(600.0)


# People and AIs


def test_ais_by_hand() -> None:
    """1e5 tokens/s x 0.1512 x quality 50% = 7560; 20% oversight leaves 6048; s = 50%; 1000 people can verify all."""
    law = alignment(oversight=0.2)
    record = simulate(world(law))
    labour = (0.5**3 * 6048.0**-2 + 0.5**3 * 1000.0**-2) ** -0.5
    assert labour == pytest.approx(2790.5, abs=0.1)
    assert labour == pytest.approx(joint_labour(1000.0, 6048.0, 0.5, -2.0))
    assert total(record, by="humans") == pytest.approx(1000.0 * 1000.0 / YEAR)
    row = only(found(record, by="model"))
    assert row["researcher_years"] == pytest.approx((labour - 1000.0) * 1000.0 / YEAR)
    assert row["human_equivalents"] == pytest.approx(7560.0)
    assert row["used_human_equivalents"] == pytest.approx(6048.0)
    # Copies of 30 tokens/s: 3333, all of them working; each 0.1512 x 30 x 50% as fast as a human.
    assert row["workers"] == pytest.approx(1e5 / 30.0)
    assert row["bound_by"] == "share doable"


def test_half_as_many_workers_at_twice_the_speed_do_the_same() -> None:
    one, two = (
        only(found(simulate(world(alignment(), fleets={"alignment": fleet(
            "alignment", domain="alignment", inference=inference(throughput="flop", speed_tokens_per_s=speed))})),
            by="model")) for speed in (30.0, 60.0)
    )  # fmt: skip
    assert one["workers"] == pytest.approx(2.0 * two["workers"])
    assert one["researcher_years"] == pytest.approx(two["researcher_years"])


def test_what_people_can_verify_is_a_limit() -> None:
    """v = 2: at most 2000 of the 6048 count; v = 0: none; without people nothing at all."""
    done = {
        v: total(simulate(world(alignment(oversight=0.2, verified_per_human=v)))) * YEAR / 1000.0 for v in (0, 2, 6.1)
    }
    assert done[0] == pytest.approx(1000.0)
    assert done[2] == pytest.approx(joint_labour(1000.0, 2000.0, 0.5, -2.0))
    assert done[6.1] == pytest.approx(joint_labour(1000.0, 6048.0, 0.5, -2.0))
    record = simulate(world(alignment(verified_per_human=1e9), staff={"alignment": fixed(0.0)}))
    assert total(record) == total(record, "serial_days") == 0.0
    assert {row["bound_by"] for row in found(record)} == {"staff"}


def test_what_bounds() -> None:
    def bound(law: Alignment, **values: Any) -> str:
        return str(found(simulate(world(law, **values)))[0]["bound_by"])

    few, many = fixed(0.001), fixed(0.5)
    assert bound(alignment(), use={"alignment": few}) == "compute"
    assert bound(alignment(), use={"alignment": fixed(0.0)}) == "compute"
    assert bound(alignment(verified_per_human=0.1), use={"alignment": many}) == "verification"
    assert bound(alignment(), use={"alignment": many}) == "share doable"
    assert bound(alignment(Trust(models=["none"]))) == "trust"
    old = existing("Old", -99.0, 1e20, params=3e11)
    models = [old, existing("M0", -9.0, 1e27, params=3e11)]
    assert bound(alignment(Trust(models=["Old"])), models=models) == "trust"
    fleets = {"alignment": fleet("alignment", domain="alignment", inference=BY_FLOP,
                                 demand_tokens_per_s=fixed(100.0))}  # fmt: skip
    assert bound(alignment(), fleets=fleets) == "demand"
    fleets["alignment"].demand_tokens_per_s = fixed(0.0)
    assert bound(alignment(), fleets=fleets) == "demand"
    assert bound(alignment(), **people(alignment=fixed(9.0))) == "staff"


def test_growth_in_closed_form() -> None:
    """With s so large that all is added, and lambda 1: the integral of H + W0 e^(gt)."""
    record = simulate(world(alignment(), models=[existing("M0", -9.0, 1e40, params=3e13)],
                            software=Software(training_growth=1.0, inference_growth=2.0)))  # fmt: skip
    rate, work = math.log(2.0) / YEAR, 1e3 * HUMAN / (1.0 + math.exp(-13.0))
    assert work * 2.0 ** (1000.0 / YEAR) < 10.0 * 1000.0
    assert total(record, by="humans") == pytest.approx(1000.0 * 1000.0 / YEAR)
    assert total(record, by="model") == pytest.approx(work * math.expm1(rate * 1000.0) / rate / YEAR, rel=1e-11)


@pytest.mark.parametrize("penalty", [1.0, 0.45])
def test_growth_through_every_corner_against_quadrature(penalty: float) -> None:
    """100 times as efficient in 1000 days: below the corner of the labour law, above it, then held by verification."""
    growth = 100.0 ** (YEAR / 1000.0)
    law = alignment(parallel_penalty=penalty, oversight=0.2, verified_per_human=6.0)
    record = simulate(world(law, use={"alignment": fixed(0.01)},
                            software=Software(training_growth=1.0, inference_growth=growth)))  # fmt: skip

    def labour(day: float) -> float:
        work = min(0.8 * 1e4 * HUMAN * 0.5 * 100.0 ** (day / 1000.0), 6.0 * 1000.0)
        return joint_labour(1000.0, work, 0.5, -2.0)

    base = labour(0.0)
    corners = [1000.0 * math.log(at / (0.8 * 1e4 * HUMAN * 0.5), 100.0) for at in (1000.0, 6000.0)]
    assert 0.0 < corners[0] < corners[1] < 1000.0
    exact, _ = quad(lambda day: base * (labour(day) / base) ** penalty, 0.0, 1000.0, points=corners, epsabs=0.0,
                    epsrel=1e-12)  # fmt: skip
    assert total(record) == pytest.approx(exact / YEAR, rel=1e-10)
    alone = base * (1000.0 / base) ** penalty * 1000.0 / YEAR
    assert total(record, by="humans") == pytest.approx(alone)


# Serial time


def test_serial_days_go_by_the_fastest_that_is_good_enough() -> None:
    """M1 comes on day 400 with quality 2: 30 tokens/s x 0.1512 x 2 = 9.072 times a human, once it is trusted."""
    models = [existing("M0", -9.0, 1e26, params=3e11), existing("M1", 400.0, 1e60, params=3e11)]
    made = {
        name: simulate(dataclasses.replace(world(law, models=models), domains=twice()))
        for name, law in (
            ("all", alignment()),
            ("cleared", alignment(Trust(cleared_after_days=100.0))),
            ("better", alignment(good_enough=2.1)),
            ("just", alignment(good_enough=2.0)),
        )
    }
    speed = 30.0 * HUMAN * 2.0
    assert speed == pytest.approx(9.072)
    assert total(made["all"], "serial_days") == pytest.approx(400.0 + 600.0 * speed)
    assert total(made["all"], "serial_days", by="model") == pytest.approx(600.0 * speed)
    assert total(made["cleared"], "serial_days") == pytest.approx(500.0 + 500.0 * speed)
    assert total(made["better"], "serial_days") == pytest.approx(1000.0)
    assert total(made["just"], "serial_days") == pytest.approx(400.0 + 600.0 * speed), "a ceiling is met to rounding"


def twice() -> dict[str, Any]:
    """Domains in which quality nears 2."""
    domains = draw(lab()).domains
    for domain in domains.values():
        domain.quality = dataclasses.replace(domain.quality, ceiling=2.0)
    return domains


def test_slower_than_a_human_does_not_slow_anybody() -> None:
    slow = {"alignment": fleet("alignment", domain="alignment",
                               inference=inference(throughput="flop", speed_tokens_per_s=0.1))}  # fmt: skip
    record = simulate(world(alignment(good_enough=0.1), fleets=slow))
    assert total(record, "serial_days", by="humans") == pytest.approx(1000.0)


# Dwells, what work counts, and what it is enough for


def ladder(law: Alignment, **values: Any) -> RunRecord:
    """Ten people; levels low and high are reached on days 200 and 700."""
    models = [existing("M1", 200.0, 1e26, params=3e11), existing("M2", 700.0, 1e28, params=3e11)]
    rest: dict[str, Any] = {**people(alignment=fixed(10.0)), "models": models, **values}
    return simulate(world(law, levels={"low": 1e26, "high": 1e28}, **rest))


def test_dwells_partition_the_work() -> None:
    record = ladder(alignment())
    ends = [(row["dwell"], row["until"], row["days"]) for row in found(record)]
    assert ends == [("start", "low", 200.0), ("low", "high", 500.0), ("high", None, 300.0)]
    years = [row["researcher_years"] for row in found(record)]
    assert years == pytest.approx([10.0 * days / YEAR for days in (200.0, 500.0, 300.0)])
    by_level = {row["level"]: row for row in rows(record, "levels")}
    assert by_level["low"]["alignment_researcher_years"] == pytest.approx(years[1])
    assert by_level["low"]["alignment_serial_days"] == pytest.approx(500.0)
    assert by_level["high"]["alignment_researcher_years"] == pytest.approx(years[2])


def test_of_levels_reached_on_one_day_the_dwell_is_the_highest_ones() -> None:
    """Whatever they are called: what is strong enough for both begins the dwell of the higher."""
    models = [existing("M", 200.0, 1e28, params=3e11)]
    points = [RiskPoint(at_days=0.0, risk=0.4), RiskPoint(at_days=1000.0, risk=0.2)]
    law = alignment(risk={"mine": Risk(name="mine", author="An Author", of=DWELL, level="a_high", points=points)})
    record = simulate(world(law, levels={"b_low": 1e26, "a_high": 1e28}, **people(alignment=fixed(1.0)), models=models))
    spans = [("start", "b_low", 0.0, 200.0), ("a_high", None, 200.0, 1000.0)]
    assert dwells(record) == spans
    assert alignment_summary(record, Rates(record))["risk"]["mine"]["days"] == 800.0
    assert [row["level"] for row in rows(record, "levels")] == ["b_low", "a_high"]


@pytest.mark.parametrize("part", [0.0, 0.1, 1.0])
def test_relevance(part: float) -> None:
    plain, record = ladder(alignment()), ladder(alignment(relevance={"high": part}))
    assert total(record) == total(plain)
    assert total(record, "counted_researcher_years") == pytest.approx(10.0 * (700.0 * part + 300.0) / YEAR)
    assert total(record, "counted_serial_days") == pytest.approx(700.0 * part + 300.0)
    row = only([row for row in rows(record, "levels") if row["level"] == "low"])
    assert row["alignment_researcher_years"] == pytest.approx(5000.0 * part / YEAR)


def test_of_several_levels_the_least_counts() -> None:
    record = ladder(alignment(relevance={"low": 0.1, "high": 0.5}))
    assert total(record, "counted_serial_days") == pytest.approx(0.1 * 200.0 + 0.5 * 500.0 + 300.0)


def enough(record: RunRecord) -> list[tuple[Any, ...]]:
    lines = alignment_summary(record, Rates(record))["break_even"]
    return [(line["before"], line["researcher_years"] * YEAR, line["serial_days"]) for line in lines]


def test_break_even() -> None:
    assert enough(ladder(alignment())) == [
        ("low", pytest.approx(2000.0), pytest.approx(200.0)),
        ("high", pytest.approx(7000.0), pytest.approx(700.0)),
        (None, pytest.approx(10_000.0), pytest.approx(1000.0)),
    ]
    # Half of the job waits for a model at `low`: 500 days of work, and of serial time, are half of the most.
    assert enough(ladder(alignment(needs={"low": 0.5}))) == [
        ("low", 0.0, 0.0),
        ("high", pytest.approx(7000.0), pytest.approx(700.0)),
        (None, pytest.approx(10_000.0), pytest.approx(1000.0)),
    ]
    late = enough(ladder(alignment(needs={"high": 0.5})))
    assert late[-1] == (None, pytest.approx(6000.0), pytest.approx(600.0))
    assert enough(ladder(alignment(needs={"low": 1.0})))[1] == ("high", pytest.approx(5000.0), pytest.approx(500.0))


@pytest.mark.parametrize(
    ("job", "done"),
    [
        (Job(researcher_years=19.0), True),
        (Job(researcher_years=19.0, by="high"), True),
        (Job(researcher_years=19.2, by="high"), False),
        (Job(serial_days=700.0, by="high"), True),
        (Job(serial_days=701.0, by="high"), False),
        (Job(researcher_years=1.0, serial_days=701.0, by="high"), False),
    ],
)
def test_a_job_is_held_against_the_work_only_where_it_is_stated(job: Job, done: bool) -> None:
    """Ten people do 19.16 years in 700 days."""
    record = ladder(alignment(job=job))
    assert alignment_summary(record, Rates(record))["job"]["enough"] is done
    assert "job" not in alignment_summary(record, Rates(ladder(alignment())))


def test_curves_of_risk() -> None:
    def curve(of: str, level: str) -> Risk:
        points = [RiskPoint(at_days=0.0, risk=0.4), RiskPoint(at_days=1000.0, risk=0.2)]
        return Risk(name="mine", author="An Author", of=of, level=level, points=points)

    curves = {"dwell": curve(DWELL, "low"), "serial": curve(SERIAL, "high"), "lead": curve(LEAD, "low"),
              "never": curve(DWELL, "top")}  # fmt: skip
    law = alignment(risk=curves)
    first = world(law, levels={"low": 1e26, "high": 1e28}, **people(alignment=fixed(1.0)), models=[
        existing("M1", 200.0, 1e26, params=3e11), existing("M2", 700.0, 1e28, params=3e11)])  # fmt: skip
    second = lab("B", models=[existing("N", 300.0, 1e27, params=3e11)], alignment=law)
    record = simulate(draw(first.labs["A"], second, alignment=law, levels=first.levels))
    risks = alignment_summary(record, Rates(record))["risk"]
    assert {name: (item["days"], item["still_running_at_end"]) for name, item in risks.items()} == {
        "dwell": (500.0, False), "serial": (pytest.approx(300.0), True), "lead": (100.0, False), "never": (None, False),
    }  # fmt: skip
    assert risks["dwell"]["risk"] == pytest.approx(0.3)
    assert risks["lead"]["risk"] == pytest.approx(0.38)
    assert risks["never"]["risk"] is None


# Everything at once, in tiny steps


def busy() -> Draw:
    law = alignment(
        Trust(cleared_by_years=20.0, verifiers=0.25), parallel_penalty=0.6, oversight=0.1, verified_per_human=3.0,
        good_enough=0.6, relevance={"high": 0.3}, elsewhere=Series(((0.0, 300.0), (333.0, 400.0))),
    )  # fmt: skip
    own = dataclasses.replace(law, trust=None, verified_per_human=8.0, parallel_penalty=0.8)
    models = [existing("M0", -900.0, 3e26, params=2e11), existing("M1", 90.0, 2e27, params=6e11),
              existing("M2", 410.0, 5e28, params=9e11)]  # fmt: skip
    growth = Software(training_growth=1.0, inference_growth=9.0)
    a = lab(
        "A", models=models, alignment=law, software=growth, staff={"alignment": Series(((0.0, 90.0), (150.0, 200.0)))},
        use={"alignment": Series(((0.0, 0.02), (500.0, 0.3))), "research": 0.2},
        fleets={"alignment": fleet("alignment", domain="alignment", inference=BY_FLOP, replace="beside",
                                   beside_share=0.5), "research": fleet("research", inference=BY_FLOP)},
    )  # fmt: skip
    b = lab(
        "B", models=models[:2], alignment=own, staff={"alignment": fixed(50.0)},
        use={"alignment": 0.05, "serving": 0.1}, software=Software(training_growth=1.0, inference_growth=3.0),
        fleets={"alignment": fleet("alignment", domain="alignment", inference=BY_FLOP,
                                   demand_tokens_per_s=Series(((0.0, 1e9), (200.0, 2e4)))),
                "serving": fleet("serving", domain="alignment", models="internal", inference=BY_FLOP)},
    )  # fmt: skip
    return draw(a, b, alignment=law, end=600.0, levels={"high": Level(name="high", effective_flop=1e28)})


def instant(record: RunRecord, day: float) -> tuple[dict[str, float], dict[str, float]]:
    """(labour, serial speed) of each lab and the world, from holdings, staff and the equations alone."""
    spec, labour, speed = record.draw, {}, {}
    for owner, each in spec.labs.items():
        law = each.alignment
        assert law is not None
        staff = value_on(record.staff[owner, "alignment"], day) - value_on(record.verifiers.get(owner, []), day)
        growth = (each.software.inference_growth or 1.0) ** (day / YEAR)
        ai, fastest = [], 1.0 if staff else 0.0
        for name in each.fleets:
            if each.fleets[name].domain != "alignment":
                continue
            tokens = {}
            for (whose, use, model, _), steps in record.holdings.items():
                if (whose, use) == (owner, name) and value_on(steps, day):
                    made = only([m for m in record.models if (m.lab, m.name) == (owner, model)])
                    tokens[model] = value_on(steps, day) * 2e15 * 0.3 / (2.0 * made.params) * growth
            asked = value_on(record.demand[owner, name], day) if (owner, name) in record.demand else math.inf
            used = min(1.0, asked / sum(tokens.values())) if tokens else 0.0
            for model, amount in tokens.items():
                made = only([m for m in record.models if (m.lab, m.name) == (owner, model)])
                good = 1.0 / (1.0 + math.exp(27.0 - math.log10(made.effective_flop)))
                ai.append((good, amount * used * HUMAN * good))
                if good >= (law.good_enough or 0.0) and staff:
                    fastest = max(fastest, 30.0 * HUMAN * good)
        left, labour[owner] = (law.verified_per_human or 0.0) * staff, 0.0
        counted = []
        for doable, work in sorted(ai, reverse=True):
            kept = min(left, work * (1.0 - (law.oversight or 0.0)))
            left -= kept
            counted.append((doable, kept))
        labour[owner], speed[owner] = level_out(staff, counted), fastest
    labour["world"] = sum(labour.values()) + value_on(record.elsewhere["alignment"], day)
    speed["world"] = max(1.0, *speed.values())
    return labour, speed


def level_out(staff: float, ai: list[tuple[float, float]]) -> float:
    """Effort of up to three sources, nested by share doable, made as level as it can be, by hand: widest first."""
    bounds = sorted({doable for doable, _ in ai} | {0.0, 1.0})
    widths = [right - left for left, right in pairwise(bounds)]
    have = [sum(work for doable, work in ai if doable == right) + (staff if right == 1.0 else 0.0)
            for right in bounds[1:]]  # fmt: skip
    groups = [[width, effort] for width, effort in zip(widths, have, strict=True)]
    moved = True
    while moved:  # an easier stretch (to the left) with less effort takes from a harder one
        moved = False
        for k in range(len(groups) - 1):
            if groups[k][1] / groups[k][0] <= groups[k + 1][1] / groups[k + 1][0] + 1e-15:
                groups[k : k + 2] = [[groups[k][0] + groups[k + 1][0], groups[k][1] + groups[k + 1][1]]]
                moved = True
                break
    return float(sum(width * (effort / width) ** -2.0 for width, effort in groups) ** -0.5) if staff else 0.0


def test_everything_at_once_in_tiny_steps() -> None:
    record = simulate(busy())
    assert len({model for (_, model) in record.trusted}) == 3
    base, _ = instant(record, 0.0)
    penalties = {"A": 0.6, "B": 0.8, "world": 0.6}
    changes = {0.0, 600.0, 410.0}
    for steps in (*record.holdings.values(), *record.staff.values(), *record.verifiers.values(),
                  *record.demand.values(), *record.elsewhere.values()):  # fmt: skip
        changes.update(day for day, _ in steps if day < 600.0)
    work = {scope: [0.0, 0.0] for scope in penalties}
    serial = {scope: [0.0, 0.0] for scope in penalties}
    for left, right in pairwise(sorted(changes)):
        count = 200
        for k in range(count):
            labour, speed = instant(record, left + (k + 0.5) * (right - left) / count)
            for scope, penalty in penalties.items():
                crossed = 410.0 if scope != "B" else math.inf
                counts = 1.0 if left >= crossed else 0.3
                done = base[scope] * (labour[scope] / base[scope]) ** penalty * (right - left) / count
                work[scope][0] += done
                work[scope][1] += counts * done
                serial[scope][0] += speed[scope] * (right - left) / count
                serial[scope][1] += counts * speed[scope] * (right - left) / count
    for scope in penalties:
        assert total(record, "researcher_years", scope) * YEAR == pytest.approx(work[scope][0], rel=2e-5)
        assert total(record, "counted_researcher_years", scope) * YEAR == pytest.approx(work[scope][1], rel=2e-5)
        assert total(record, "serial_days", scope) == pytest.approx(serial[scope][0], rel=1e-9)
        assert total(record, "counted_serial_days", scope) == pytest.approx(serial[scope][1], rel=1e-9)
    reasons = {row["bound_by"] for row in rows(record, "alignment")}
    assert len(reasons) > 1
    for row in rows(record, "alignment"):
        assert math.fsum(value for key, value in row.items() if key.startswith("bound_") and key != "bound_by") == (
            pytest.approx(1.0)
        )


def test_the_trajectory_adds_up_to_the_dwells() -> None:
    record = simulate(busy())
    months: dict[str, float] = {}
    serial: dict[str, float] = {}
    starts = sorted({row["date"] for row in rows(record, "trajectory")})
    spans = {
        left: float((date.fromisoformat(right) - date.fromisoformat(left)).days)
        for left, right in pairwise([*starts, date_text(600.0, record.draw.start)])
    }
    for row in rows(record, "trajectory"):
        if row["series"] in ("alignment_work_humans", "alignment_work_ai"):
            months[row["lab"]] = months.get(row["lab"], 0.0) + row["value"] * spans[row["date"]] / YEAR
        elif row["series"] == "alignment_serial_speed":
            serial[row["lab"]] = serial.get(row["lab"], 0.0) + row["value"] * spans[row["date"]]
    for scope in ("A", "B", "world"):
        assert months[scope] == pytest.approx(total(record, "researcher_years", scope))
        assert serial[scope] == pytest.approx(total(record, "serial_days", scope))


# What must hold

SHARES = st.integers(0, 300).map(lambda part: part / 1000.0)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow],
          phases=(Phase.explicit, Phase.reuse, Phase.generate))  # fmt: skip
@given(
    share=SHARES,
    more=SHARES,
    penalty=st.floats(0.05, 1.0),
    v=st.sampled_from([0.0, 0.5, 5.0, 1e3]),
    oversight=st.sampled_from([0.0, 0.2, 1.0]),
    staff=st.lists(st.just(0.0) | st.floats(0.1, 1e4), min_size=2, max_size=2),
    growth=st.sampled_from([0.5, 1.0, 20.0]),
    models=st.lists(st.tuples(st.floats(-50.0, 350.0), st.floats(24.0, 31.0), st.floats(9.0, 13.0)), min_size=1,
                    max_size=3),
    wait=st.sampled_from([None, 60.0]),
    side=SHARES,
)  # fmt: skip
def test_more_compute_for_alignment_never_lowers_its_work(
    share: float, more: float, penalty: float, v: float, oversight: float, staff: list[float], growth: float,
    models: list[tuple[float, float, float]], wait: float | None, side: float,
) -> None:  # fmt: skip
    """From idle chips, in any world without feedback; a second fleet runs public models beside it."""
    trust = None if wait is None else Trust(cleared_after_days=wait)
    law = alignment(trust, parallel_penalty=penalty, verified_per_human=v, oversight=oversight, good_enough=0.3)
    fleets = {"alignment": fleet("alignment", domain="alignment", inference=BY_FLOP, choose="strongest"),
              "side": fleet("side", domain="alignment", models="public", inference=BY_FLOP)}  # fmt: skip
    known = [existing(f"M{n}", day, 10.0**flop, public=day + 30.0, params=10.0**size)
             for n, (day, flop, size) in enumerate(models)]  # fmt: skip

    def made(part: float) -> RunRecord:
        use = {"alignment": Series(((0.0, part / 2.0), (170.0, part))), "side": fixed(side)}
        return simulate(world(law, end=400.0, models=known, fleets=fleets, use=use,
                              staff={"alignment": Series(((0.0, staff[0]), (200.0, staff[1])))},
                              software=Software(training_growth=1.0, inference_growth=growth)))  # fmt: skip

    less, larger = (AlignmentWork(Rates(made(part)), ()) for part in (share, share + more))
    for scope in ("A", "world"):
        few, many = (work.between(0.0, 400.0, scope) for work in (less, larger))
        assert sum(many.work.values()) >= sum(few.work.values()) * (1.0 - 1e-9)
        assert sum(many.serial.values()) >= sum(few.serial.values()) * (1.0 - 1e-9)


def test_rules_that_trust_more_never_do_less() -> None:
    models = [existing("M0", -9.0, 1e27, params=3e11), existing("M1", 200.0, 1e28, params=3e11)]
    nested = [
        Trust(cleared_after_days=900.0),
        Trust(cleared_after_days=300.0),
        Trust(cleared_after_days=300.0, older_than_days=100.0),
        Trust(cleared_after_days=300.0, older_than_days=100.0, models=["M1", "M0"]),
        None,
    ]
    done = [total(simulate(world(alignment(trust), models=models))) for trust in nested]
    assert done == sorted(done)
    assert len(set(done[:4])) == 4 and done[3] == done[4]


def test_while_everything_stands_still_nothing_is_done() -> None:
    """Levels come 70 days later, with as much work before them; the verifiers' clock stands too."""
    plain = busy()
    stopped = pause(starts=250.5, lasts=70.0, stops=["everything"])
    later = simulate(dataclasses.replace(plain, end=670.0, interventions={"pause": stopped}))
    record = simulate(plain)
    for scope in ("A", "B", "world"):
        for column in ("researcher_years", "serial_days", "counted_researcher_years"):
            for dwell in ("start", "high"):
                one, two = (total(each, column, scope, dwell=dwell) for each in (record, later))
                assert one == pytest.approx(two, rel=1e-9)
    assert {row["days"] for row in found(later, "world", dwell="start")} == {480.0}


def test_nothing_is_done_in_a_standstill_that_goes_on_at_the_end() -> None:
    until, beyond = busy(), busy()
    until.end = 250.5
    beyond.interventions = {"pause": pause(starts=250.5, stops=["everything"])}
    for column in ("researcher_years", "serial_days", "counted_researcher_years"):
        for scope in ("A", "B", "world"):
            one, two = (total(simulate(each), column, scope) for each in (until, beyond))
            assert one == pytest.approx(two, rel=1e-9) and one > 0.0


def test_without_block_and_staff_there_is_nothing() -> None:
    plain = world(alignment())
    plain.alignment = plain.labs["A"].alignment = None
    record = simulate(plain)
    assert rows(record, "alignment") == []
    assert not [row for row in rows(record, "trajectory") if row["series"].startswith("alignment")]
