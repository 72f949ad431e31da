"""trajectory.csv: means against numeric integration, stocks at the end, labour by hand; uplift; levels."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.base.calendar import Recurrence
from sim.base.series import Series, fixed
from sim.model.level import Level
from sim.model.software import Software
from sim.tables import tabulate
from sim.tables.rates import Rates
from sim.tables.summary import summary
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import draw, existing, fleet, inference, lab, run, stock
from tests.world.observe import assert_trajectory_conserves, read_csv, rows, tables, value_on
from tests.world.worlds import busy

YEAR = 365.25
COPIES = 80e9 / (8 * 5e10 / 256 + 20e9)
"""Copies of a model of 5e10 active and 4e11 parameters on one H100 of `build`; 32 tokens/s each."""


def values(record: RunRecord, series: str, **where: Any) -> dict[str, float]:
    """Date -> value of a series, of the rows in which these columns have these values."""
    return {
        row["date"]: row["value"]
        for row in rows(record, "trajectory")
        if row["series"] == series and all(row[key] == value for key, value in where.items())
    }


@pytest.fixture(scope="module")
def record() -> RunRecord:
    return simulate(busy())


def test_uses_sum_to_the_cluster(record: RunRecord) -> None:
    assert_trajectory_conserves(tables(record)["trajectory"])


def test_intervals_go_by_the_calendar(record: RunRecord) -> None:
    found = list(dict.fromkeys(row["date"] for row in rows(record, "trajectory")))
    assert found[:4] == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    assert found[-1] == "2028-02-29"


def test_accelerators_are_means_over_the_interval(record: RunRecord) -> None:
    start = date(2026, 1, 31)
    starts = sorted({row["date"] for row in rows(record, "trajectory")})
    bounds = [float((date.fromisoformat(text) - start).days) for text in starts] + [760.0]
    for (owner, use, name, kind), steps in record.holdings.items():
        found = values(record, "accelerators", lab=owner, use=use, model=name or None, accelerator=kind)
        days = np.arange(0.005, 760.0, 0.01)
        line = np.array([day for day, _ in steps]), np.array([count for _, count in steps])
        index = np.searchsorted(line[0], days, side="right") - 1
        height = np.where(index >= 0, line[1][np.maximum(index, 0)], 0.0)
        for text, left, right in zip(starts, bounds, bounds[1:], strict=False):
            mean = float(height[(days >= left) & (days < right)].mean())
            assert found.get(text, 0.0) == pytest.approx(mean, rel=2e-3, abs=1e-3 * float(line[1].max())), (
                owner,
                use,
                name,
                text,
            )


def test_h100e_are_accelerators_by_their_peaks(record: RunRecord) -> None:
    factor = {"H100": 1e15 / 989.4e12, "TPU": 0.5e15 / 989.4e12}
    sums: dict[tuple[Any, ...], float] = {}
    for row in rows(record, "trajectory"):
        if row["series"] == "accelerators":
            key = (row["date"], row["lab"], row["use"], row["model"])
            sums[key] = sums.get(key, 0.0) + row["value"] * factor[row["accelerator"]]
    found = {
        (r["date"], r["lab"], r["use"], r["model"]): r["value"]
        for r in rows(record, "trajectory")
        if r["series"] == "h100e"
    }
    assert found == {key: pytest.approx(value) for key, value in sums.items()}


def one_fleet(**values_: Any) -> RunRecord:
    """500 H100 run one model from day 100 on; efficiency doubles in a year."""
    rest: dict[str, Any] = {
        "use": {"experiments": 0.5, "research": 0.5},
        "models": [existing("M", 100.0, 1e27, params=5e10)],
        "software": Software(training_growth=1.0, inference_growth=2.0, labour_share=0.5, parallel_penalty=0.6),
    }
    return simulate(draw(lab(**{**rest, **values_}), end=365.0, trajectory=Recurrence(days=50.0)))


def mean_of(height: Any, left: float, right: float) -> float:
    days = left + (np.arange(20_000) + 0.5) * (right - left) / 20_000
    return float(np.mean([height(float(day)) for day in days]))


def copies_on(day: float) -> float:
    return 500 * COPIES * 2 ** (day / YEAR) if day >= 100.0 else 0.0


def test_tokens_copies_and_work_against_numeric_integration() -> None:
    record = one_fleet()
    quality = 0.5  # at the midpoint
    for series, factor in (
        ("copies", 1.0),
        ("tokens_per_s", 32.0),
        ("copies_busy", 1.0),
        ("human_equivalents", 32.0 * 3600 / 1e5 * 168 / 40 * quality),
    ):
        found = values(record, series, use="research")
        assert list(found) == ["2026-04-11", "2026-05-31", "2026-07-20", "2026-09-08", "2026-10-28", "2026-12-17"]
        for n, value in enumerate(found.values()):
            left, right = 100.0 + 50 * n, min(150.0 + 50 * n, 365.0)
            assert value == pytest.approx(factor * mean_of(copies_on, left, right), rel=1e-6), series


def test_demand_caps_what_is_busy_where_supply_crosses_it() -> None:
    # 1.5 times the capacity of the start: reached in the middle of an interval, on day 213.6.
    asked = 500 * COPIES * 32 * 1.5
    record = one_fleet(fleets={"research": fleet("research", demand_tokens_per_s=fixed(asked))})
    busy_copies = values(record, "copies_busy", use="research")
    for n, value in enumerate(busy_copies.values()):
        left, right = 100.0 + 50 * n, min(150.0 + 50 * n, 365.0)
        assert value == pytest.approx(mean_of(lambda day: min(copies_on(day), asked / 32), left, right), rel=1e-5)
    available = values(record, "copies", use="research")
    assert all(busy_copies[text] <= available[text] * (1 + 1e-12) for text in available)
    work = values(record, "human_equivalents", use="research")
    worth = 32.0 * 3600 / 1e5 * 168 / 40 * 0.5
    assert work == {text: pytest.approx(value * worth) for text, value in busy_copies.items()}


def test_ai_workers_are_copies_over_the_generating_share() -> None:
    record = one_fleet(fleets={"research": fleet("research", inference=inference(generating_share=0.4))})
    copies, workers = (values(record, name, use="research") for name in ("copies", "ai_workers"))
    assert workers == {text: pytest.approx(value / 0.4) for text, value in copies.items()}


def test_stocks_are_at_the_end_of_the_interval() -> None:
    record = one_fleet(staff={"general": Series(((0.0, 10.0), (150.0, 30.0)))})
    efficiency = list(values(record, "inference_efficiency").values())
    assert efficiency == pytest.approx([2 ** (day / YEAR) for day in (50, 100, 150, 200, 250, 300, 350, 365)])
    best = list(values(record, "best_effective_flop").values())
    assert best == [0.0] * 2 + [1e27] * 6  # day 100 itself belongs to the next interval
    humans = list(values(record, "humans", domain="general").values())
    assert humans[:2] == [10.0, 10.0] and humans[3:] == [30.0] * 5


def labour(humans: float, ai: float, share: float) -> float:
    """The law by hand for one model: tasks as complements of exponent -2."""
    if ai <= share * humans / (1 - share):
        return humans + ai
    return (share**3 * ai**-2 + (1 - share) ** 3 * humans**-2) ** -0.5


@pytest.mark.parametrize("people", [50.0, 5_000.0, 1e6])
def test_labour_of_humans_and_ais_together_by_hand(people: float) -> None:
    record = one_fleet(staff={"ai_research": fixed(people)})
    found = list(values(record, "labour", domain="ai_research").values())
    for value, day in zip(found, (50, 100, 150, 200, 250, 300, 350, 365), strict=True):
        if day == 100:
            continue  # the day itself belongs to the next interval
        work = copies_on(day) * 32 * 3600 / 1e5 * 168 / 40 * 0.5
        assert value == pytest.approx(labour(people, work, 0.5), rel=1e-5), day


def test_two_models_beside_each_other_are_levelled() -> None:
    # The wider model (share 0.731) and the narrower (0.5) half each; enough work that humans are the bottleneck.
    models = [existing("N", -5.0, 1e27, params=5e10), existing("W", -5.0, 1e28, params=5e10)]
    item = {"models": models, "fleets": {"research": fleet("research", replace="beside", beside_share=0.5)}}
    found = list(
        values(one_fleet(staff={"ai_research": fixed(20.0)}, **item), "labour", domain="ai_research").values()
    )[-1]
    wide = 1 / (1 + math.exp(-1))
    tokens = 250 * COPIES * 2 ** (365 / YEAR) * 32 * 3600 / 1e5 * 168 / 40
    # Level over [0, wide] if the narrower's tasks have no more a unit than the wider's need be: both fill [0, wide].
    ai = tokens * 0.5 + tokens * wide
    narrow_part = tokens * 0.5 / 0.5
    wide_part = tokens * wide / (wide - 0.5)
    assert wide_part > narrow_part  # so the wider's work spreads down until all is level
    assert found == pytest.approx(labour(20.0, ai, wide), rel=1e-5)


def test_the_implied_uplift_by_hand() -> None:
    record = one_fleet(staff={"ai_research": fixed(5_000.0)})
    rates = Rates(record)
    found = summary(record, tabulate(record, "windows", rates), rates)["implied_uplift"]
    ends = (50, 100, 150, 200, 250, 300, 350, 365)
    works = [copies_on(day) * 32 * 3600 / 1e5 * 168 / 40 * 0.5 * (day != 100) for day in ends]
    # (L/H)^(0.5 * 0.6), the mean over the ends of the intervals.
    expected = sum((labour(5_000.0, work, 0.5) / 5_000.0) ** 0.3 for work in works) / len(works)
    assert found == {"2026": pytest.approx(expected, rel=1e-5)}


# Levels


def test_dwell_and_work_between_levels() -> None:
    levels = {
        "one": Level(name="one", effective_flop=1e25),
        "two": Level(name="two", effective_flop=1e26),
        "never": Level(name="never", effective_flop=1e30),
    }
    models = [existing("M1", 50.0, 1e25, params=5e10), existing("M2", 230.0, 2e26, params=5e10)]
    a = lab("A", use={"experiments": 0.5, "research": 0.5}, models=models)
    b = lab("B", use={"experiments": 0.9, "research": 0.1}, models=[existing("B1", 60.0, 1e24, params=5e10)])
    record = simulate(draw(a, b, levels=levels, end=400.0))
    one, two, never = rows(record, "levels")
    assert (one["level"], one["first_lab"], one["first_model"], one["date"]) == ("one", "A", "M1", "2026-02-20")
    assert one["dwell_days_to_next"] == pytest.approx(180.0)
    assert two["dwell_days_to_next"] is None and two["date"] == "2026-08-19"
    assert (never["level"], never["first_lab"], never["date"]) == ("never", None, None)
    # A's 500 for 180 days at quality 1/(1+e^2), B's 100 for 170 at 1/(1+e^3); then to the end at M2's quality.
    worth = COPIES * 32 * 3600 / 1e5 * 168 / 40
    first = worth * (500 * 180 / (1 + math.exp(2)) + 100 * 170 / (1 + math.exp(3))) / YEAR
    assert one["ai_labour_years_ai_research"] == pytest.approx(first)
    last = worth * 170 * (500 / (1 + math.exp(27 - math.log10(2e26))) + 100 / (1 + math.exp(3))) / YEAR
    assert two["ai_labour_years_ai_research"] == pytest.approx(last)
    assert one["alignment_researcher_years"] is None


# Models and events


def test_models_table_by_hand() -> None:
    record = simulate(
        draw(
            lab(
                compute=[stock(1000.0), stock(100.0, "TPU")],
                runs=[run(starts=10.0, accelerators={"H100": 100.0, "TPU": 60.0}, length_days=20.5)],
            )
        )
    )
    (row,) = rows(record, "models")
    assert (row["started"], row["finished"], row["internal_from"], row["public_from"]) == (
        "2026-01-11",
        "2026-01-31 12:00:00",
        "2026-01-31 12:00:00",
        "2026-03-02 12:00:00",
    )
    flop = 130 * 20.5 * 86_400 * 0.4e15
    assert row["training_flop"] == pytest.approx(flop) and row["effective_flop"] == pytest.approx(flop)
    assert row["params"] == pytest.approx((flop / 120) ** 0.5) and row["tokens"] == pytest.approx(20 * row["params"])
    assert row["accelerators"] == 160.0 and row["h100e"] == pytest.approx(130 * 1e15 / 989.4e12)
    assert row["accelerators_by_type"] == {"H100": 100.0, "TPU": 60.0}
    assert row["utilisation"] == 0.4


def test_event_ids_count_within_lab_kind_and_subject(record: RunRecord) -> None:
    counts: dict[str, int] = {}
    for row in read_csv(tables(record)["events"]):
        head, _, n = row["id"].rpartition("/")
        assert head == f"{row['lab']}/{row['kind']}/{row['subject']}"
        counts[head] = counts.get(head, 0) + 1
        assert int(n) == counts[head]


def test_every_number_reads_back_the_same(record: RunRecord) -> None:
    for name, text in tables(record).items():
        table = tabulate(record, name)
        for line, row in zip(read_csv(text), table.rows, strict=True):
            for column, value in zip(table.columns, row, strict=True):
                if isinstance(value, float):
                    assert float(line[column.name]) == value
                    assert math.isfinite(value)
        assert all(column.meaning for column in table.columns)


def test_what_was_deployed_is_within_what_could_run(record: RunRecord) -> None:
    for steps in record.demand.values():
        assert value_on(steps, 0.0) >= 0.0
    sums: dict[tuple[str, str], float] = {}
    for row in rows(record, "trajectory"):
        if row["series"] == "copies_busy":
            sums[row["lab"], row["date"]] = sums.get((row["lab"], row["date"]), 0.0) + row["value"]
    copies: dict[tuple[str, str], float] = {}
    for row in rows(record, "trajectory"):
        if row["series"] == "copies":
            copies[row["lab"], row["date"]] = copies.get((row["lab"], row["date"]), 0.0) + row["value"]
    assert sums and all(value <= copies[key] * (1 + 1e-9) for key, value in sums.items())
