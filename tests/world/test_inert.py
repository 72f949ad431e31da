"""What must not matter does not: the same bytes but for the added rows."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sim.base.calendar import Recurrence
from sim.base.series import Series, fixed
from sim.model.cluster import Supply
from sim.model.draw import Draw
from sim.model.lab import Lab
from sim.model.level import Hazard, Level, Milestone
from sim.tables import TABLES
from sim.world.simulate import simulate
from tests.world.build import H100, TPU, after, draw, existing, lab, run, stock
from tests.world.observe import assert_ids_exist, assert_sound, assert_trajectory_conserves, tables
from tests.world.worlds import aurora, borealis, busy, corona

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def plain() -> dict[str, str]:
    return tables(simulate(busy()))


def without(text: str, *added: str) -> str:
    """The lines of a CSV text in which none of these strings stands."""
    return "\n".join(line for line in text.splitlines() if not any(part in line for part in added)) + "\n"


def shuffled(value: Any, rng: Random) -> Any:
    """The same with the keys of every mapping in another order."""
    if isinstance(value, dict):
        items = [(key, shuffled(item, rng)) for key, item in value.items()]
        rng.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        return [shuffled(item, rng) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type) and not isinstance(value, Series | Recurrence):
        fields = {field.name: shuffled(getattr(value, field.name), rng) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value


def test_the_busy_world_is_sound() -> None:
    record = simulate(busy())
    assert_sound(record)
    text = tables(record)
    assert_ids_exist(text["events"])
    assert_trajectory_conserves(text["trajectory"])
    kinds = {event[2] for event in record.events}
    assert {
        "run_finished",
        "run_resized",
        "earmark_started",
        "earmark_ended",
        "ramp_step",
        "retirement",
        "hazard",
        "milestone",
        "level_reached",
        "window_closed",
        "frontier_window_closed",
        "copies_wound_down",
        "trick",
    } <= kinds


def test_twice_the_same(plain: dict[str, str]) -> None:
    assert tables(simulate(busy())) == plain


def test_one_record_tabulates_twice_the_same(plain: dict[str, str]) -> None:
    record = simulate(busy())
    assert tables(record) == tables(record) == plain


def test_hazards_without_effect(plain: dict[str, str]) -> None:
    world = busy()
    world.hazards.update(
        {
            f"xx{k}": Hazard(name=f"xx{k}", rate=fixed(20.0 * (k + 1)), lab=owner)
            for k, owner in enumerate((None, "Aurora", "Corona"))
        }
    )
    text = tables(simulate(world))
    assert text["events"].count("/hazard/xx") > 50
    assert without(text.pop("events"), "/hazard/xx") == plain["events"]
    assert text == {name: value for name, value in plain.items() if name != "events"}


def test_an_idle_lab(plain: dict[str, str]) -> None:
    world = busy()
    idle = lab(
        "Bystander",
        use={"training": 0.5, "serving": 0.5},
        compute=[stock(100.0), stock(50.0, "TPU", on=40.0, life_days=80.0)],
    )
    world.labs = {"Bystander": idle, **world.labs}
    text = tables(simulate(world))
    assert {name: without(value, "Bystander") for name, value in text.items()} == plain


def test_another_trajectory_interval(plain: dict[str, str]) -> None:
    text = tables(simulate(busy(trajectory=Recurrence(days=17.3))))
    for name in ("trajectory", "bands"):
        assert text.pop(name) != plain[name]
    assert text == {name: value for name, value in plain.items() if name in text}


def test_levels_and_milestones_only_add_rows(plain: dict[str, str]) -> None:
    world = busy()
    world.levels["xxl"] = Level(name="xxl", effective_flop=3e24)
    world.milestones["xxm"] = Milestone(name="xxm", h100e=10.0)
    text = tables(simulate(world))
    assert without(text["events"], "/xxl/", "/xxm/") == plain["events"]
    for name in ("models", "windows", "closings", "trajectory"):
        assert text[name] == plain[name]


def test_a_series_that_repeats_its_value(plain: dict[str, str]) -> None:
    world = busy()
    world.labs["Aurora"].use["serving"] = Series(((0.0, 0.25), (123.4, 0.25), (222.0, 0.25)))
    assert tables(simulate(world)) == plain


@pytest.mark.parametrize("seed", range(6))
def test_keys_in_another_order(plain: dict[str, str], seed: int) -> None:
    assert tables(simulate(shuffled(busy(), Random(seed)))) == plain


def many_types(order: str) -> Draw:
    """A lab whose run, cluster and fleets hold five types, of which nothing adds up exactly."""
    rng = Random(5)
    numbers = {kind: (rng.uniform(50.0, 900.0), rng.uniform(0.3, 3.0)) for kind in "PQRST"}
    accelerators = {
        kind: dataclasses.replace(
            H100, name=kind, peak_flop_per_s={"bf16": 1e15 * numbers[kind][1]}, memory_bytes=8e10 * numbers[kind][1]
        )
        for kind in order
    }
    world = Supply(accelerator="Q", count=3000.0)
    runs = [
        run(
            "M",
            starts=0.1,
            accelerators={kind: numbers[kind][0] / 3 for kind in order},
            flop=1.2345e25,
            after_training=after("research", for_days=33.3),
        ),
        run("N", starts=70.0, share=0.77, length_days=20.0),
        run("E", starts=200.0, flop=7e24, elastic=True),
    ]
    item = lab(
        compute=[stock(numbers[kind][0], kind) for kind in "PQRST"], runs=runs, models=[existing("O", -1.0, 1e20, -1.0)]
    )
    return draw(item, lab("B", compute=[world]), accelerators=accelerators, end=400.0)


@pytest.mark.parametrize("order", ["TSRQP", "QSPTR", "RTPQS"])
def test_types_in_another_order(order: str) -> None:
    assert tables(simulate(many_types(order))) == tables(simulate(many_types("PQRST")))


def test_labs_do_not_touch_each_other_but_by_the_frontier() -> None:
    together = tables(simulate(busy()))
    for name, make in (("Aurora", aurora), ("Borealis", borealis), ("Corona", corona)):
        alone = tables(simulate(busy(make(True))))
        for table in ("models", "trajectory"):
            lines = [line for line in together[table].splitlines() if name in line]
            assert lines == [line for line in alone[table].splitlines() if name in line]
        # Who was first at a level may differ; what the lab did may not.
        lines = [line for line in together["events"].splitlines() if line.startswith(f"{name}/")]
        mine = [line for line in alone["events"].splitlines() if line.startswith(f"{name}/")]
        shared = ("/frontier_window_closed/", "/level_reached/", "/milestone/")
        assert [x for x in lines if not any(part in x for part in shared)] == [
            x for x in mine if not any(part in x for part in shared)
        ]


def test_a_run_in_another_list_order(plain: dict[str, str]) -> None:
    world = busy()
    for item in world.labs.values():
        item.runs.reverse()
        item.models.reverse()
    assert tables(simulate(world)) == plain


SCRIPT = """
import hashlib
from sim.world.simulate import simulate
from tests.world.observe import tables
from tests.world.test_inert import many_types
from tests.world.worlds import busy
for world in (busy(), many_types("QSPTR")):
    for name, text in sorted(tables(simulate(world)).items()):
        print(name, hashlib.sha256(text.encode()).hexdigest())
"""


def test_the_same_bytes_in_another_process_with_another_hash_seed() -> None:
    found = []
    for seed in ("1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        found.append(done.stdout)
    assert found[0] == found[1] and found[0].count("\n") == 2 * len(TABLES)


def lab_names(world: Draw) -> list[str]:
    return list(world.labs)


def test_shuffling_shuffles() -> None:
    orders = {tuple(lab_names(shuffled(busy(), Random(seed)))) for seed in range(6)}
    assert len(orders) > 1
    assert isinstance(shuffled(busy(), Random(0)).labs["Aurora"], Lab) and TPU.name == "TPU"
