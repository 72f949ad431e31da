"""Tables and shares of the world read sums that are made once: the same as from every model, day by day."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise

import pytest

from sim.base.calendar import Recurrence, date_text
from sim.base.series import Series
from sim.model.cluster import Supply
from sim.tables.closings import DATES, FACTORS, SCOPES, opening
from sim.tables.rates import Rates
from sim.tables.trajectory import boundaries
from sim.world.record import ModelRecord, RunRecord
from sim.world.simulate import simulate
from sim.world.supply import Batch, shared_batches, world_stock
from tests.world.observe import rows, value_on
from tests.world.worlds import busy

START = date(2026, 1, 31)


@pytest.fixture(scope="module")
def record() -> RunRecord:
    return simulate(busy())


def first_stronger(
    record: RunRecord, model: ModelRecord, factor: float, scope: str, dates: str
) -> tuple[float, str, int, str] | None:
    """(day, lab, generation, name) of the model that closes a window, among all models."""
    found = [
        (since, other.lab, other.generation, other.name)
        for other in record.models
        for since in [opening(other, dates)]
        if since is not None and since < record.draw.end and other is not model
        if (scope == "frontier" or other.lab == model.lab) and other.effective_flop >= factor * model.effective_flop
    ]
    return min(found, default=None)


def test_closings(record: RunRecord) -> None:
    expected = {}
    for model in record.models:
        for factor in FACTORS:
            for scope in SCOPES:
                for dates in DATES:
                    opens = opening(model, dates)
                    if opens is None or opens >= record.draw.end:
                        continue
                    first = first_stronger(record, model, factor, scope, dates)
                    closes = record.draw.end if first is None else max(opens, first[0])
                    by = None if first is None else f"{first[1]}/{first[3]}"
                    expected[model.lab, model.name, factor, scope, dates] = by, closes - opens
    found = {
        (row["lab"], row["model"], row["factor"], row["scope"], row["dates"]): (row["closed_by"], row["length_days"])
        for row in rows(record, "closings")
    }
    assert found == expected


def test_peak_and_work_of_windows(record: RunRecord) -> None:
    rates = Rates(record)
    days = {day for steps in record.holdings.values() for day, _ in steps} | {0.0, 500.0}  # 500: a trick
    days |= {day for steps in record.demand.values() for day, _ in steps}
    for row in rows(record, "windows"):
        lab, model = record.draw.labs[row["lab"]], rates.models[row["lab"], row["model"]]
        first = first_stronger(record, model, record.draw.stronger_by, "own", "internal")
        start = max(0.0, model.internal)
        end = record.draw.end if first is None else max(start, first[0])
        growth = record.inference_efficiency[lab.name]
        peak, work, done = 0.0, 0.0, 0.0
        cuts = sorted({start, end} | {day for day in days if start < day < end})
        for left, right in pairwise(cuts if len(cuts) > 1 else cuts * 2):
            copies = equivalents = 0.0
            for name, fleet in lab.fleets.items():
                running = total = 0.0
                worth = rates.worth(model, record.draw.domains["general"], fleet.inference, left)
                for (owner, use, other, kind), steps in record.holdings.items():
                    if owner == lab.name and use == name:
                        count = value_on(steps, left)
                        each = rates.each(model, kind, fleet.inference, left)
                        copies += count * each.copies
                        equivalents += count * each.tokens_per_s * worth
                        ran = rates.each(rates.models[owner, other], kind, fleet.inference, left).tokens_per_s
                        total += count * ran
                        running += count * ran if other == model.name else 0.0
                if fleet.domain == "general" and running and right > left:
                    demand = value_on(record.demand[lab.name, name], left) if fleet.demand_tokens_per_s else math.inf
                    steps_in_piece = 200
                    width = (right - left) / steps_in_piece
                    for k in range(steps_in_piece):
                        could = total * growth.at(left + (k + 0.5) * width)
                        done += min(could, demand) * running / total * worth * width
            # Efficiency only rises here: the most is just before the piece ends.
            peak, work = max(peak, copies * growth.at(right)), max(work, equivalents * growth.at(right))
        assert row["copies_peak"] == pytest.approx(peak, rel=1e-12)
        assert row["human_equivalents_peak_general"] == pytest.approx(work, rel=1e-12)
        assert row["ai_labour_years_general"] == pytest.approx(done / 365.25, rel=1e-4, abs=1e-9)


def test_accelerators_and_best_model_of_the_trajectory(record: RunRecord) -> None:
    expected, best = {}, {}
    for start, end in pairwise(boundaries(record)):
        text = date_text(start, START)
        for key, steps in record.holdings.items():
            cuts = [start, *(day for day, _ in steps if start < day < end), end]
            mean = sum(value_on(steps, left) * (right - left) for left, right in pairwise(cuts)) / (end - start)
            if mean:
                expected[text, *key] = mean
        for lab in record.draw.labs:
            made = [model.effective_flop for model in record.models if model.lab == lab and model.internal < end]
            best[text, lab] = max(made, default=0.0)
    table = rows(record, "trajectory")
    found = {
        (row["date"], row["lab"], row["use"], row["model"] or "", row["accelerator"]): row["value"]
        for row in table
        if row["series"] == "accelerators"
    }
    assert found == pytest.approx(expected, rel=1e-12)
    assert {(r["date"], r["lab"]): r["value"] for r in table if r["series"] == "best_effective_flop"} == best


def test_a_share_of_the_world_s_batches() -> None:
    world = [Batch(10.0 * k - 30.0, "H100" if k % 3 else "TPU", 7.0 + k, None if k % 2 else 25.0) for k in range(40)]
    share = Series(((0.0, 0.1), (40.0, 0.3), (45.0, 0.2)))
    found = shared_batches(Supply(share_of_world=share, every=Recurrence(days=10.0)), world_stock(world), 300.0, START)
    for kind in ("H100", "TPU"):
        for day in [0.0, 5.0, 10.0, 39.9, 40.0, 44.0, 45.0, 250.0, 299.0]:
            stock = sum(
                batch.count
                for batch in world
                if batch.accelerator == kind and batch.day <= day
                if batch.retires_after_days is None or max(0.0, batch.day + batch.retires_after_days) > day
            )
            held = sum(batch.count for batch in found if batch.accelerator == kind and batch.day <= day)
            assert held == pytest.approx(stock * share.at(day), rel=1e-12, abs=1e-12)
    assert all(0.0 <= batch.day < 300.0 for batch in found)
