"""windows.csv by hand: tokens/s, copies, peak, busy, human-equivalents, work done, and the windows themselves."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.base.series import Series, fixed
from sim.model.domain import Domain, Human, Logistic
from sim.model.inference import Trick
from sim.model.software import Software
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import after, draw, existing, fleet, inference, lab, run, stock, training
from tests.world.observe import held, only, read_csv, rows, tables, value_on
from tests.world.worlds import busy

YEAR = 365.25


def window(record: RunRecord, name: str = "M") -> dict[str, Any]:
    return only([row for row in rows(record, "windows") if row["model"] == name])


def copies_by_memory(total_params: float, kind: str = "H100") -> float:
    """Copies on one accelerator of `build`: fp8 weights shared by 256, 20 GB of context each. A TPU serves in bf16."""
    memory, weight = (80e9, 1.0) if kind == "H100" else (32e9, 2.0)
    return memory / (total_params * weight / 256 + 20e9)


SPEED = {"H100": 0.8 * 3.2e12 / 80e9, "TPU": 0.8 * 1.2e12 / 32e9}
"""Tokens/s of one copy by memory: 32 and 30."""


# From training compute


@pytest.mark.parametrize("efficiency", [1.0, 5.0])
def test_tokens_from_training_compute_are_the_seed_s(efficiency: float) -> None:
    # FLOP/N/(2p) * r, r = (0.3 * 2e15 * A_i)/(0.5 * 0.9 * 1e15) = 4/3 * A_i: fp8 serving, bf16 training, goodput 0.9.
    spec = run(
        starts=0.0, share=0.4, flop=3e24, params=7e10, training=training(whole_run_mfu=None, mfu=0.5, goodput=0.9)
    )
    serving = inference(throughput="flop", utilisation=0.3)
    software = Software(training_growth=1.0, inference_efficiency=fixed(efficiency))
    record = simulate(draw(lab(runs=[spec], inference=serving, software=software)))
    seconds = (record.models[0].finished or 0.0) * 86_400.0
    expected = 3e24 / seconds / (2 * 7e10) * (4 / 3) * efficiency
    assert window(record)["tokens_per_s_from_training_compute"] == pytest.approx(expected, rel=1e-9)
    assert window(record)["copies_from_training_compute"] == pytest.approx(expected / 30.0, rel=1e-9)


def test_the_seed_s_own_number() -> None:
    # p = 1e14, m = 20, a year, r = 1: 3 * 20 * 1e14 / 3.156e7 s = 1.9e8 tokens/s.
    flop = 1.2e30
    chips = flop / (0.4e15 * YEAR * 86_400.0)
    spec = run(starts=0.0, accelerators={"H100": chips}, flop=flop)
    serving = inference(throughput="flop", utilisation=0.4, precision="bf16")
    record = simulate(draw(lab(compute=[stock(chips)], runs=[spec], inference=serving)))
    assert window(record)["tokens_per_s_from_training_compute"] == pytest.approx(60 * 1e14 / (YEAR * 86_400), rel=1e-9)
    assert window(record)["tokens_per_s_from_training_compute"] == pytest.approx(1.901e8, rel=1e-3)


@pytest.mark.parametrize("throughput", ["flop", "memory"])
@pytest.mark.parametrize("types", [{"H100": 700.0}, {"H100": 300.0, "TPU": 444.0}])
def test_the_same_chips_in_a_fleet_give_the_same(throughput: str, types: dict[str, float]) -> None:
    # The run's accelerators, and no others, go to the fleet: its tokens/s in the trajectory are those of the table.
    serving = inference(throughput=throughput)
    spec = run(starts=0.0, accelerators=types, flop=3e24, training=training(whole_run_mfu=None, mfu=0.5, goodput=0.9))
    item = lab(
        use={"training": 0.5, "experiments": 0.5},
        compute=[stock(1000.0), stock(1000.0, "TPU")],
        runs=[spec],
        inference=serving,
        after_training=after("research"),
    )
    item.use["research"] = fixed(0.0)
    item.fleets["research"] = fleet("research", inference=serving)
    record = simulate(draw(item, end=1500.0))
    assert held(record, "research", 1499.0) == pytest.approx(sum(types.values()))
    last = [row for row in read_csv(tables(record)["trajectory"]) if row["series"] in ("tokens_per_s", "copies")][-2:]
    found = {row["series"]: float(row["value"]) for row in last}
    assert found["tokens_per_s"] == pytest.approx(window(record)["tokens_per_s_from_training_compute"], rel=1e-9)
    assert found["copies"] == pytest.approx(window(record)["copies_from_training_compute"], rel=1e-9)


def test_accelerators_are_those_at_the_end_of_pretraining_by_memory() -> None:
    spec = run(starts=0.0, accelerators={"H100": 300.0, "TPU": 100.0}, flop=3e24, params=7e10, total_params=5e11)
    record = simulate(draw(lab(compute=[stock(1000.0), stock(500.0, "TPU")], runs=[spec])))
    each = {kind: copies_by_memory(5e11, kind) for kind in SPEED}
    row = window(record)
    assert row["copies_from_training_compute"] == pytest.approx(300 * each["H100"] + 100 * each["TPU"])
    assert row["tokens_per_s_from_training_compute"] == pytest.approx(300 * each["H100"] * 32 + 100 * each["TPU"] * 30)


# What the whole fleet could run


def world(end: float = 800.0, *, models: Any = None, use: Any = None, **values: Any) -> RunRecord:
    use = use or {"experiments": 0.3, "research": 0.2, "serving": 0.5}
    models = models or [existing("O", -10.0, 1e24, -10.0, params=1e10), existing("M", 100.0, 1e25, params=5e10)]
    return simulate(draw(lab(use=use, models=models, **values), end=end))


def test_copies_at_opening_count_all_fleets_and_nothing_else() -> None:
    record = world(compute=[stock(1000.0), stock(300.0, on=100.0), stock(5000.0, on=100.5)])
    # 70% of 1300 on day 100; sparsity 8: 4e11 parameters in all.
    expected = 0.7 * 1300 * copies_by_memory(4e11)
    assert window(record)["copies_at_open"] == pytest.approx(expected)
    assert window(record)["tokens_per_s_at_open"] == pytest.approx(expected * 32.0)
    assert window(record)["speed_tokens_per_s"] == pytest.approx(32.0)
    # A human thinks 13,000 tokens an hour, 3.61 a second.
    assert window(record)["speed_vs_human"] == pytest.approx(32.0 / (13_000 / 3600))


def test_a_model_from_before_the_start_opens_at_the_start() -> None:
    row = window(world(), "O")
    assert row["opened_before_start"] is True
    assert row["copies_at_open"] == pytest.approx(700 * copies_by_memory(8e10))
    assert row["opens"] == "2025-12-22" and row["closes"] == "2026-04-11" and row["length_days"] == pytest.approx(110.0)
    assert window(world())["opened_before_start"] is False


def test_the_peak_with_efficiency_growing_inside_the_window() -> None:
    software = Software(training_growth=1.0, inference_growth=3.0)
    models = [existing("M", 100.0, 1e25, params=5e10), existing("N", 300.0, 1e26, params=5e10)]
    row = window(world(models=models, software=software, use={"experiments": 0.5, "research": 0.5}))
    base = 500 * copies_by_memory(4e11)
    assert row["copies_at_open"] == pytest.approx(base * 3 ** (100 / YEAR))
    assert row["copies_peak"] == pytest.approx(base * 3 ** (300 / YEAR))


def test_the_peak_with_deliveries_and_retirements() -> None:
    compute = [stock(1000.0), stock(600.0, on=150.0, life_days=50.0), stock(9000.0, on=300.0)]
    models = [existing("M", 100.0, 1e25, params=5e10), existing("N", 300.0, 1e26, params=5e10)]
    row = window(world(models=models, compute=compute, use={"experiments": 0.5, "research": 0.5}))
    each = copies_by_memory(4e11)
    assert (row["copies_at_open"], row["copies_peak"]) == (pytest.approx(500 * each), pytest.approx(800 * each))


def test_the_peak_with_a_falling_efficiency_is_at_opening() -> None:
    software = Software(training_growth=1.0, inference_growth=0.5)
    row = window(world(software=software))
    assert row["copies_peak"] == pytest.approx(row["copies_at_open"])


def test_the_peak_with_efficiency_as_a_staircase() -> None:
    steps = Series(((0.0, 1.0), (200.0, 4.0), (250.0, 2.0), (300.0, 50.0)))
    models = [existing("M", 100.0, 1e25, params=5e10), existing("N", 300.0, 1e26, params=5e10)]
    row = window(world(models=models, software=Software(training_growth=1.0, inference_efficiency=steps)))
    # The step at 300 belongs to the next window.
    assert row["copies_peak"] == pytest.approx(4.0 * row["copies_at_open"])


def test_a_trick_from_its_date_on() -> None:
    tricks = [
        Trick(name="half", since=200.0, weight_bytes_x=0.5, context_bytes_x=0.5),
        Trick(name="bad", since=200.0, quality_x=0.1),
    ]
    fleets = {"research": fleet("research", inference=inference(tricks=tricks))}
    row = window(world(fleets=fleets, use={"experiments": 0.5, "research": 0.5}))
    assert row["copies_at_open"] == pytest.approx(500 * copies_by_memory(4e11))
    assert row["copies_peak"] == pytest.approx(2.0 * row["copies_at_open"])
    # Twice the copies of a tenth of the quality: the most work is before.
    assert row["human_equivalents_peak_general"] == pytest.approx(row["human_equivalents_at_open_general"])


def test_busy_copies_are_those_that_have_demand() -> None:
    copies = 500 * copies_by_memory(4e11)
    fleets = {
        "research": fleet("research"),
        "serving": fleet("serving", demand_tokens_per_s=Series(((0.0, 0.0), (100.0, 0.4 * copies * 32)))),
    }
    row = window(world(fleets=fleets, use={"research": 0.5, "serving": 0.5}))
    assert row["copies_at_open"] == pytest.approx(2 * copies)
    assert row["copies_busy_at_open"] == pytest.approx(1.4 * copies)


def test_a_large_demand_keeps_all_copies_busy() -> None:
    fleets = {"research": fleet("research", demand_tokens_per_s=fixed(1e30))}
    row = window(world(fleets=fleets, use={"experiments": 0.5, "research": 0.5}))
    assert row["copies_busy_at_open"] == pytest.approx(row["copies_at_open"])


# What they are worth


def test_human_equivalents_by_hand() -> None:
    # 1e25 against a midpoint of 1e27 and slope 1: quality 1/(1 + e^2) = 0.1192.
    row = window(world())
    tokens = 0.7 * 1000 * copies_by_memory(4e11) * 32.0
    expected = tokens * 3600 / 1e5 * 168 / 40 / (1 + math.e**2)
    assert row["human_equivalents_at_open_general"] == pytest.approx(expected)
    assert row["human_equivalents_peak_general"] == pytest.approx(expected)


def test_the_token_basis_by_domain() -> None:
    world_ = draw(lab(use={"experiments": 0.5, "research": 0.5}, models=[existing("M", 100.0, 1e27, params=5e10)]))
    law = Logistic(ceiling=0.8, midpoint_flop=1e27, slope=2.0)
    world_.domains["thought"] = Domain(name="thought", token_basis="thinking", quality=law, share_doable=law)
    world_.human = Human(tokens_per_human_hour_thinking=36_000.0, work_hours_per_week=50.0, task_substitution=-2.0)
    row = window(simulate(world_))
    # At its midpoint quality is 0.4; 10 tokens/s make a human at thinking pace, 168/50 of them a full-time one.
    tokens = 500 * copies_by_memory(4e11) * 32.0
    assert row["human_equivalents_at_open_thought"] == pytest.approx(tokens / 10.0 * 168 / 50 * 0.4)


def simple_copies(params: float, efficiency: float, day: float) -> float:
    weight = 0.5 if day >= 400.0 else 1.0
    return 80e9 / (8 * params * weight / 256 + 20e9) * efficiency


def test_ai_labour_years_against_numeric_integration() -> None:
    """Of what the research fleet really ran: with growth, a ramp, deliveries, a trick and demand."""
    demand = Series(((0.0, 12_000.0), (350.0, 60_000.0)))
    research = fleet(
        "research",
        replace="ramp",
        ramp_days=60.0,
        demand_tokens_per_s=demand,
        inference=inference(tricks=[Trick(name="fp4", since=400.0, weight_bytes_x=0.5, quality_x=0.9)]),
    )
    item = lab(
        use={"experiments": 0.6, "research": 0.4},
        fleets={"research": research},
        compute=[stock(1000.0), stock(1000.0, on=250.0, life_days=200.0)],
        models=[
            existing("O", -10.0, 1e26, params=2e11),
            existing("M", 100.0, 1e27, params=5e11),
            existing("N", 500.0, 5e27, params=1e12),
        ],
        software=Software(training_growth=1.0, inference_growth=4.0),
    )
    record = simulate(draw(item, end=800.0))
    params = {"O": 2e11, "M": 5e11, "N": 1e12}
    quality = {
        name: 1 / (1 + math.exp(-(math.log10(flop) - 27))) for name, flop in (("O", 1e26), ("M", 1e27), ("N", 5e27))
    }
    lines = {name: record.holdings["A", "research", name, "H100"] for name in params}
    step = 0.02
    done = dict.fromkeys(params, 0.0)
    windows_ = {"O": (0.0, 100.0), "M": (100.0, 500.0), "N": (500.0, 800.0)}
    for day in np.arange(step / 2, 800.0, step):
        efficiency = 4 ** (day / YEAR)
        tokens = {
            name: value_on(lines[name], day) * simple_copies(p, efficiency, day) * 32 for name, p in params.items()
        }
        asked = 12_000.0 if day < 350.0 else 60_000.0
        used = min(1.0, asked / sum(tokens.values()))
        for name, amount in tokens.items():
            if windows_[name][0] <= day < windows_[name][1]:
                worth = 3600 / 1e5 * 168 / 40 * quality[name] * (0.9 if day >= 400.0 else 1.0)
                done[name] += amount * used * worth * step / YEAR
    for name, expected in done.items():
        assert window(record, name)["ai_labour_years_ai_research"] == pytest.approx(expected, rel=2e-4)
        assert window(record, name)["ai_labour_years_general"] == 0.0


def test_work_counts_in_the_domain_of_the_fleet_and_in_the_model_s_own_window() -> None:
    item = lab(
        use={"experiments": 0.5, "research": 0.5},
        models=[existing("M", 100.0, 1e27, params=5e10), existing("N", 300.0, 1e26)],
    )
    record = simulate(draw(item, end=500.0))
    row = window(record)
    years = (500 - 100) / YEAR
    assert row["ai_labour_years_ai_research"] == pytest.approx(row["human_equivalents_at_open_ai_research"] * years)
    assert row["ai_labour_years_general"] == 0.0
    assert window(record, "N")["ai_labour_years_ai_research"] == 0.0


# The windows, worked out anew from models.csv alone


def day(text: str) -> float | None:
    """Days from the year 1; times of day are kept."""
    if not text:
        return None
    head, _, clock = text.partition(" ")
    hours, minutes, seconds = (int(part) for part in (clock or "0:0:0").split(":"))
    return date.fromisoformat(head).toordinal() + (hours * 3600 + minutes * 60 + seconds) / 86_400


def brute_force(
    models: list[dict[str, str]], factor: float, scope: str, column: str, end: float
) -> dict[tuple[str, str], Any]:
    """(lab, model) -> (closing day or None, who may have closed it)."""
    found = {}
    for model in models:
        opens = day(model[column])
        if opens is None or opens >= end:
            continue
        able = []
        for other in models:
            since = day(other[column])
            if other is model or since is None or since >= end or (scope == "own" and other["lab"] != model["lab"]):
                continue
            if float(other["effective_flop"]) >= factor * float(model["effective_flop"]):
                able.append((since, f"{other['lab']}/{other['model']}"))
        first = min((since for since, _ in able), default=None)
        closes = None if first is None else max(first, opens)
        found[model["lab"], model["model"]] = (opens, closes, {by for since, by in able if since == first})
    return found


@pytest.fixture(scope="module")
def many() -> dict[str, str]:
    return tables(simulate(busy()))


@pytest.mark.parametrize("column", ["internal_from", "public_from"])
@pytest.mark.parametrize("scope", ["own", "frontier"])
@pytest.mark.parametrize("factor", [2.0, 10.0, 100.0])
def test_closings_from_the_models_alone(many: dict[str, str], factor: float, scope: str, column: str) -> None:
    end = date(2026, 1, 31).toordinal() + 760.0
    expected = brute_force(read_csv(many["models"]), factor, scope, column, end)
    dates = column.partition("_")[0]
    mine = [
        row
        for row in read_csv(many["closings"])
        if (float(row["factor"]), row["scope"], row["dates"]) == (factor, scope, dates)
    ]
    assert {(row["lab"], row["model"]) for row in mine} == set(expected)
    for row in mine:
        opens, closes, by = expected[row["lab"], row["model"]]
        assert day(row["opens"]) == opens
        assert day(row["closes"]) == closes
        assert row["censored"] == ("true" if closes is None else "false")
        assert not by or row["closed_by"] in by
        assert float(row["length_days"]) == pytest.approx((end if closes is None else closes) - opens, abs=3e-5)


def test_windows_are_the_closings_by_stronger_by(many: dict[str, str]) -> None:
    end = date(2026, 1, 31).toordinal() + 760.0
    models = read_csv(many["models"])
    for scope, prefix in (("own", ""), ("frontier", "frontier_")):
        expected = brute_force(models, 2.0, scope, "internal_from", end)
        for row in read_csv(many["windows"]):
            opens, closes, by = expected[row["lab"], row["model"]]
            assert day(row[f"{prefix}closes"]) == closes
            named = row[f"{prefix}closed_by"] if prefix else f"{row['lab']}/{row['closed_by']}"
            assert not by or named in by
            assert float(row[f"{prefix}length_days"]) == pytest.approx(
                (end if closes is None else closes) - opens, abs=3e-5
            )
    assert len({row["closed_by"] for row in read_csv(many["windows"])}) > 2


def test_a_model_surpassed_on_its_first_day() -> None:
    record = world(models=[existing("S", 50.0, 1e27), existing("M", 100.0, 1e25)])
    row = window(record)
    assert (row["length_days"], row["closes"], row["closed_by"], row["censored"]) == (0.0, row["opens"], "S", False)
    assert row["copies_peak"] == pytest.approx(row["copies_at_open"])


def test_a_model_that_is_not_public_has_no_public_window() -> None:
    record = world(models=[existing("M", 100.0, 1e25)])
    assert {(row["dates"], row["scope"]) for row in rows(record, "closings")} == {
        ("internal", "own"),
        ("internal", "frontier"),
    }


def test_a_model_after_the_end_has_no_window() -> None:
    record = world(models=[existing("M", 900.0, 1e25), existing("O", 0.0, 1e20)])
    assert [row["model"] for row in rows(record, "windows")] == ["O"]
    assert window(record, "O")["censored"] is True and window(record, "O")["length_days"] == 800.0
