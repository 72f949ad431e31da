"""Every pair of event kinds on one date: no surprise, conservation, and the order of declaration is nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations, combinations_with_replacement
from typing import Any

import pytest

from sim.base.calendar import Recurrence
from sim.base.keyed import unit_exponential
from sim.base.series import Series, fixed
from sim.model.cluster import Supply
from sim.model.draw import Draw, World
from sim.model.inference import Trick
from sim.model.level import Hazard, Level, Milestone
from sim.policy import shares
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import after, draw, existing, fleet, inference, lab, phase, run, stock
from tests.world.observe import assert_ids_exist, assert_sound, assert_trajectory_conserves, tables

DAY = 100.0
Parts = dict[str, Any]


def stepped(before: float, now: float) -> Series:
    return Series(((0.0, before), (DAY, now)))


def hazard_rate() -> float:
    """A rate a year at which the hazard fires just before or on DAY: rounded up it is DAY."""
    return unit_exponential(0, 0, "hazard/fire", 0) * 365.25 / (DAY - 2.0**-32)


COOK: dict[str, tuple[str, Callable[[str], Parts]]] = {
    # name -> (event kind that must be there on DAY, what to add to a lab; the argument makes names unique)
    "delivery": ("delivery", lambda n: {"compute": [stock(90.0, on=DAY)]}),
    "retirement": ("retirement", lambda n: {"compute": [stock(80.0, life_days=DAY)]}),
    "withdrawal": (
        "withdrawal",
        lambda n: {"compute": [Supply(accelerator="H100", stock=stepped(70.0, 20.0), every=Recurrence(months=1.0))]},
    ),
    "completion": (
        "run_finished",
        lambda n: {"runs": [run(f"done{n}", starts=0.0, accelerators={"H100": 60.0}, length_days=DAY)]},
    ),
    "completion with earmark": (
        "earmark_started",
        lambda n: {
            "runs": [
                run(
                    f"moved{n}",
                    starts=0.0,
                    accelerators={"H100": 50.0},
                    length_days=DAY,
                    after_training=after("research", for_days=30.0),
                )
            ]
        },
    ),
    "phase": (
        "phase_started",
        lambda n: {
            "runs": [
                run(
                    f"phased{n}",
                    starts=0.0,
                    accelerators={"H100": 40.0},
                    length_days=DAY,
                    phases=[
                        phase("pretraining", flop_share=1.0),
                        phase("evaluation", length_days=20.0, accelerators_share=0.5),
                    ],
                )
            ]
        },
    ),
    "elastic": (
        "run_resized",
        lambda n: {
            "runs": [run(f"elastic{n}", starts=0.0, flop=1e26, elastic=True)],
            "use": {"training": stepped(0.3, 0.4)},
        },
    ),
    "due": ("run_due", lambda n: {"runs": [run(f"due{n}", starts=DAY, share=0.05, length_days=30.0)]}),
    "large run due": ("run_due", lambda n: {"runs": [run(f"large{n}", starts=DAY, share=0.9, length_days=30.0)]}),
    "cadence": (
        "run_due",
        lambda n: {"runs": [run(f"cadence{n}", starts=0.0, every=Recurrence(days=50.0), share=0.02, length_days=10.0)]},
    ),
    "internal": ("model_internal", lambda n: {"models": [existing(f"inside{n}", DAY, 3e26)]}),
    "public": ("model_public", lambda n: {"models": [existing(f"outside{n}", -5.0, 2e26, DAY)]}),
    "share": ("series_value", lambda n: {"use": {"experiments": stepped(0.3, 0.2)}}),
    "demand": ("series_value", lambda n: {"demand": stepped(1e4, 2e4)}),
    "staff": ("series_value", lambda n: {"staff": {"general": stepped(10.0, 20.0)}}),
    "trick": ("trick", lambda n: {"tricks": [Trick(name="fast", since=DAY, speed_x=2.0)]}),
    "earmark end": (
        "earmark_ended",
        lambda n: {
            "runs": [
                run(
                    f"marked{n}",
                    starts=-10.0,
                    accelerators={"H100": 30.0},
                    length_days=50.0,
                    after_training=after("research", until=DAY, firm=True),
                )
            ]
        },
    ),
    "ramp step": ("ramp_step", lambda n: {"models": [existing(f"ramped{n}", DAY - 22.5, 2.5e26)], "ramp": 50.0}),
    "level": (
        "level_reached",
        lambda n: {"models": [existing(f"level{n}", DAY, 5e26)], "levels": {"l": Level(name="l", effective_flop=4e26)}},
    ),
    "milestone": (
        "milestone",
        lambda n: {"compute": [stock(500.0, on=DAY)], "milestones": {"m": Milestone(name="m", h100e=1300.0)}},
    ),
    "hazard": ("hazard", lambda n: {"hazards": {"fire": Hazard(name="fire", rate=fixed(hazard_rate()))}}),
    "hazard's rate": ("", lambda n: {"hazards": {"rain": Hazard(name="rain", rate=stepped(1.0, 9.0), lab="A")}}),
    "world": (
        "delivery",
        lambda n: {
            "compute": [Supply(share_of_world=stepped(0.2, 0.4), every=Recurrence(months=1.0))],
            "world": [stock(300.0), stock(100.0, on=DAY), stock(50.0, life_days=DAY)],
        },
    ),
    "review": ("review", lambda n: {"review": DAY}),
}


def build(
    names: tuple[str, ...], *, mirrored: bool = False, second: tuple[str, ...] = ()
) -> tuple[Draw, dict[str, Any]]:
    """A world with these ingredients in lab A, and others in a second lab."""
    labs, rest, policies = [], {}, {}
    for owner, ingredients in (("A", names), ("B", second)):
        use = {"training": 0.3, "experiments": 0.3, "research": 0.1, "serving": 0.2}
        found: Parts = {
            "compute": [stock(800.0)],
            "runs": [],
            "models": [existing("old", -50.0, 1e26, -20.0)],
            "staff": {},
        }
        details: Parts = {}
        ordered = ingredients[::-1] if mirrored else ingredients
        for number, name in enumerate(ordered):
            index = len(ordered) - 1 - number if mirrored else number
            for key, value in COOK[name][1](f"{index}").items():
                if key in ("compute", "runs", "models"):
                    found[key] = [*value, *found[key]] if mirrored else [*found[key], *value]
                elif key == "use":
                    use.update(value)
                elif key == "staff":
                    found["staff"].update(value)
                elif key == "world":
                    rest["world"] = World(compute=value)
                elif key == "review":
                    policies[owner] = lambda view, at=value: shares(view)._replace(review=at if view.day < at else None)
                elif key in ("levels", "milestones", "hazards"):
                    rest.setdefault(key, {}).update(value)
                else:
                    details[key] = value
        if mirrored:
            use = dict(reversed(use.items()))
        fleets = {
            name: fleet(
                name,
                demand_tokens_per_s=details.get("demand"),
                inference=inference(tricks=details.get("tricks", [])),
                **({"replace": "ramp", "ramp_days": details["ramp"]} if "ramp" in details else {}),
            )
            for name in use
            if name not in ("training", "experiments")
        }
        if owner == "A" or second:
            labs.append(lab(owner, use=use, fleets=fleets, **found))
    if mirrored:
        labs.reverse()
    return draw(*labs, end=260.0, **rest), policies


def play(*args: Any, **options: Any) -> RunRecord:
    world, policies = build(*args, **options)
    return simulate(world, policies)


RANK = {
    "delivery": 1,
    "withdrawal": 1,
    "run_finished": 2,
    "model_internal": 3,
    "model_public": 3,
    "series_value": 4,
    "retirement": 8,
    "hazard": 9,
    "run_started": 10,
}
"""The order at one instant, of the kinds whose place DESIGN names."""


def check(record: RunRecord) -> dict[str, str]:
    assert_sound(record)
    text = tables(record)
    assert_ids_exist(text["events"])
    assert_trajectory_conserves(text["trajectory"])
    return text


@pytest.mark.parametrize("name", COOK)
def test_each_happens_on_the_day(name: str) -> None:
    record = play((name,))
    check(record)
    kind = COOK[name][0]
    if kind:
        assert DAY in {e[0] for e in record.events if e[2] == kind}, [e[:4] for e in record.events]


PAIRS = list(combinations(COOK, 2))
CHUNKS = [PAIRS[k::12] for k in range(12)]


def as_lines(text: str) -> list[str]:
    """CSV lines in an order of their own: events of one kind on one instant are told in the order of declaration."""
    return sorted(text.splitlines())


@pytest.mark.parametrize("chunk", range(12))
def test_every_pair_in_one_lab(chunk: int) -> None:
    for pair in CHUNKS[chunk]:
        record, mirrored = play(pair), play(pair, mirrored=True)
        text, other = check(record), check(mirrored)
        for kind in (COOK[name][0] for name in pair):
            if kind == "ramp_step" and {"internal", "level"} & {*pair}:
                continue  # a release comes before a step: the stronger model has stopped the ramp
            assert not kind or DAY in {e[0] for e in record.events if e[2] == kind}, (pair, kind)
        ranks = [RANK[e[2]] for e in record.events if e[0] == DAY and e[1] == "A" and e[2] in RANK]
        causes = [
            e[7] for e in record.events if e[0] == DAY and e[2] in ("run_finished", "model_internal", "model_public")
        ]
        if all(record.events[n][0] < DAY for caused in causes for n in caused):
            assert ranks == sorted(ranks), pair
        for table in ("models", "windows", "closings", "levels", "trajectory"):
            assert text[table] == other[table], (pair, table)
        assert len(record.events) == len(mirrored.events), pair


@pytest.mark.parametrize("chunk", range(4))
def test_every_pair_in_two_labs(chunk: int) -> None:
    for first, second in list(combinations_with_replacement(COOK, 2))[chunk::4]:
        if {"world", "review"} & {first, second}:
            continue
        record = play((first,), second=(second,))
        assert_sound(record)
        other = play((first,), second=(second,), mirrored=True)
        assert record.events == other.events, (first, second)
        assert record.holdings == other.holdings, (first, second)


def test_all_at_once() -> None:
    record = play(tuple(COOK))
    text = check(record)
    kinds = {e[2] for e in record.events if e[0] == DAY}
    assert {kind for kind, _ in COOK.values() if kind} - {"ramp_step"} <= kinds
    other = tables(play(tuple(COOK), mirrored=True))
    for table in ("models", "windows", "closings", "levels"):
        assert as_lines(text[table]) == as_lines(other[table])
    assert math.isfinite(record.models[-1].effective_flop)
