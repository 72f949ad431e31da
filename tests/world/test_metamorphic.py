"""Worlds that are the same but for a shift of dates, a scale, or a name."""

from __future__ import annotations

import dataclasses
import re
from datetime import date, timedelta
from typing import Any

import pytest

from sim.base.series import Series
from sim.model.draw import Draw
from sim.model.inference import Inference
from sim.world.simulate import simulate
from tests.world.build import H100, TPU, after, draw, existing, fleet, inference, lab, run, stock, training
from tests.world.observe import read_csv, rows, tables
from tests.world.worlds import busy

DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")


def shifted_text(text: str, days: int) -> str:
    """A CSV text with every date so many days later."""

    def later(found: re.Match[str]) -> str:
        return (date(int(found[1]), int(found[2]), int(found[3])) + timedelta(days=days)).isoformat()

    return DATE.sub(later, text)


def test_all_dates_a_hundred_days_later() -> None:
    world = busy(by_calendar=False)
    plain = tables(simulate(world))
    world.start = world.start + timedelta(days=100)
    later = tables(simulate(world))
    assert later == {name: shifted_text(text, 100) for name, text in plain.items()}


def test_all_dates_four_hundred_years_later() -> None:
    world = busy()
    plain = tables(simulate(world))
    assert "Dawn-2" in plain["models"]
    world.start = world.start.replace(year=world.start.year + 400)
    later = tables(simulate(world))
    assert later == {name: shifted_text(text, 146_097) for name, text in plain.items()}


DAYS = {"internal", "public", "starts", "until", "on", "since", "available", "base_date", "end"}
"""Fields that hold a day since the start."""


def postponed(value: Any, by: float) -> Any:
    """The same world in a scenario that starts `by` days earlier: every date later, nothing before."""
    if isinstance(value, Series):
        return (
            value
            if value.constant
            else dataclasses.replace(value, points=tuple((day + by, v) for day, v in value.points))
        )
    if isinstance(value, dict):
        return {key: postponed(item, by) for key, item in value.items()}
    if isinstance(value, list):
        return [postponed(item, by) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {}
        for field in dataclasses.fields(value):
            item = getattr(value, field.name)
            moves = field.name in DAYS and isinstance(item, float)
            fields[field.name] = item + by if moves else postponed(item, by)
        return dataclasses.replace(value, **fields)
    return value


def test_all_dates_later_within_a_scenario() -> None:
    world = busy(by_calendar=False)
    aurora = world.labs["Aurora"]
    # Nothing from before, and everything on hand dated: then the world of the first 100 days is empty.
    aurora.models, aurora.compute = [], [stock(20_000.0, on=0.0), stock(3_000.0, "TPU", on=0.0, life_days=400.0)]
    world.labs = {"Aurora": aurora}
    world.milestones, world.hazards = {}, {}
    plain = simulate(world)
    later = simulate(postponed(world, 128.0))
    assert plain.models and plain.levels
    for name in ("models", "windows", "closings", "levels"):
        assert tables(later)[name] == shifted_text(tables(plain)[name], 128), name
    kept = [(day + 128.0, *rest) for day, lab_, kind, *rest in plain.events if kind not in ("on_hand",)]
    moved = [(day, *rest) for day, lab_, kind, *rest in later.events if kind not in ("on_hand", "delivery")]
    assert [item[:2] for item in kept] == [item[:2] for item in moved]


# Scales


def scaled_world(by: float) -> Draw:
    runs = [
        run("M1", starts=0.0, flop=by * 5e23, params=1e11, public_after_days=20.0),
        run("M2", starts=150.0, share=0.4, flop=by * 2e24, params=2e11),
    ]
    item = lab(
        compute=[stock(by * 1000.0), stock(by * 700.0, "TPU", on=90.0, life_days=200.0)],
        runs=runs,
        models=[existing("O", -30.0, by * 1e23, -10.0, params=5e10)],
        after_training=after("research", for_days=50.0),
    )
    world = draw(item, end=500.0)
    for domain in world.domains.values():
        for law in (domain.quality, domain.share_doable):
            law.midpoint_flop = by * 1e24
    return world


def test_ten_times_the_accelerators_and_flop() -> None:
    one, ten = simulate(scaled_world(1.0)), simulate(scaled_world(10.0))
    assert [(e[0], e[2], e[3]) for e in one.events] == [(pytest.approx(e[0], abs=1e-8), e[2], e[3]) for e in ten.events]
    scaled = re.compile("copies|tokens_per_s_|human_equivalents|ai_labour")
    for small, large in zip(rows(one, "windows"), rows(ten, "windows"), strict=True):
        for name, value in small.items():
            if isinstance(value, float) and not isinstance(value, bool):
                factor = 10.0 if scaled.search(name) else 1.0
                assert large[name] == pytest.approx(factor * value, rel=1e-6), name
            else:
                assert large[name] == value, name
    assert rows(one, "windows")[1]["copies_at_open"] > 0


def test_tokens_follow_the_stated_parameters() -> None:
    one, ten = simulate(scaled_world(1.0)), simulate(scaled_world(10.0))
    for small, large in zip(rows(one, "models"), rows(ten, "models"), strict=True):
        assert large["effective_flop"] == pytest.approx(10 * small["effective_flop"])
        assert large["params"] == small["params"]


# A type split into two equal ones


def split_world(split: bool, throughput: str) -> Draw:
    serving = Inference(
        **{f.name: getattr(inference(), f.name) for f in dataclasses.fields(Inference)} | {"throughput": throughput}
    )
    kinds = {"H1": 0.5, "H2": 0.5} if split else {"H100": 1.0}
    compute = [
        stock(part * count, kind, on=on, life_days=life)
        for count, on, life in ((1000.0, None, None), (640.0, 100.0, 150.0), (500.0, 222.5, None))
        for kind, part in kinds.items()
    ]
    runs = [
        run("M1", starts=0.0, flop=1e24),
        run("M2", starts=150.0, share=0.4, length_days=60.0, training=training(precision="fp8")),
        run("M3", starts=260.0, flop=2e24, elastic=True),
        run("M4", starts=400.0, accelerators={k: 200.0 * p for k, p in kinds.items()}, length_days=30.0),
    ]
    item = lab(
        compute=compute,
        runs=runs,
        models=[existing("O", -30.0, 1e23, -10.0, params=5e10)],
        inference=serving,
        after_training=after("research", for_days=50.0),
        fleets={"research": fleet("research", inference=serving), "serving": fleet("serving", inference=serving)},
    )
    types = {name: dataclasses.replace(H100, name=name) for name in ("H1", "H2")} if split else {"H100": H100}
    return draw(item, end=700.0, accelerators={**types, "TPU": TPU}, inference=serving)


@pytest.mark.parametrize("throughput", ["memory", "flop"])
def test_a_type_split_into_two_equal_ones(throughput: str) -> None:
    one, two = simulate(split_world(False, throughput)), simulate(split_world(True, throughput))
    assert [m.name for m in one.models] == [m.name for m in two.models]
    assert {m.name for m in one.models} == {"O", "M1", "M2", "M3", "M4"}
    for table in ("models", "windows", "closings"):
        for whole, split in zip(rows(one, table), rows(two, table), strict=True):
            whole.pop("accelerators_by_type", None), split.pop("accelerators_by_type", None)
            for name, value in whole.items():
                expected = pytest.approx(value, rel=1e-9) if isinstance(value, float) else value
                assert split[name] == expected, (table, name)

    def by_use(record: Any) -> dict[tuple[str, ...], float]:
        found: dict[tuple[str, ...], float] = {}
        for row in read_csv(tables(record)["trajectory"]):
            key = (row["date"], row["model"], row["use"], row["domain"], row["series"])
            found[key] = found.get(key, 0.0) + float(row["value"])
        return found

    assert by_use(two) == pytest.approx(by_use(one), rel=1e-6)
