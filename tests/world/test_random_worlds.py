"""Random small worlds: what must hold of every one of them."""

from __future__ import annotations

import dataclasses
import math
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sim.base.calendar import Recurrence
from sim.base.series import Series, fixed
from sim.model.cluster import Supply
from sim.model.draw import Draw
from sim.model.lab import Lab
from sim.model.level import Hazard, Level
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import H100, TPU, after, draw, existing, fleet, lab, phase, run, stock
from tests.world.observe import (
    FLOP_PER_DAY,
    assert_ids_exist,
    assert_sound,
    assert_trajectory_conserves,
    read_csv,
    tables,
)

END = 400.0

QUICK = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
    "phases": (Phase.explicit, Phase.reuse, Phase.generate),
}
"""Without shrinking: these worlds take minutes to shrink. To look into a failure, add Phase.shrink."""

WHOLE = st.integers(0, 390).map(float)
DAYS = st.one_of(WHOLE, st.floats(0.0, 390.0))
COUNTS = st.one_of(st.sampled_from([100.0, 250.0, 1000.0]), st.floats(1.0, 3000.0))
KINDS = st.sampled_from(["H100", "TPU"])
RECURRENCES = st.one_of(
    st.sampled_from([1.0, 2.5, 3.0]).map(lambda m: Recurrence(months=m)),
    st.floats(20.0, 200.0).map(lambda d: Recurrence(days=d)),
)


@st.composite
def supplies(draw_: Any) -> Supply:
    form = draw_(st.sampled_from(["on hand", "batch", "deliveries", "stock", "dated"]))
    life = draw_(st.one_of(st.none(), st.floats(10.0, 500.0), st.just(100.0)))
    kind, count = draw_(KINDS), draw_(COUNTS)
    if form == "on hand":
        return stock(count, kind, life_days=life)
    if form == "batch":
        return stock(count, kind, on=draw_(DAYS) - 50.0, life_days=life)
    every = draw_(RECURRENCES)
    if form == "deliveries":
        return Supply(
            accelerator=kind,
            deliver=count / 4,
            deliveries_grow=draw_(st.sampled_from([1.0, 0.5, 3.0])),
            every=every,
            life_days=life,
        )
    if form == "stock":
        return Supply(accelerator=kind, stock=fixed(count), grows=draw_(st.sampled_from([1.5, 4.0])), every=every)
    steps = draw_(st.lists(st.tuples(DAYS, COUNTS), min_size=1, max_size=3, unique_by=lambda item: item[0]))
    return Supply(accelerator=kind, stock=Series(tuple(sorted(steps))), every=every)


@st.composite
def phases(draw_: Any) -> list[Any] | None:
    if draw_(st.booleans()):
        return None
    part = draw_(st.sampled_from([0.5, 0.8, 0.9]))
    shares = st.sampled_from([1.0, 1.0, 0.5, 0.1])
    found = [
        phase("pretraining", flop_share=part, accelerators_share=draw_(shares)),
        phase("post-training", flop_share=1.0 - part, accelerators_share=draw_(shares)),
        phase("evaluation", length_days=draw_(st.sampled_from([5.0, 17.3])), accelerators_share=draw_(shares)),
    ]
    return draw_(st.permutations(found))


@st.composite
def runs(draw_: Any, name: str, fleets: list[str], models: list[str]) -> Any:
    form = draw_(
        st.sampled_from(
            ["flop", "params", "accelerators+length", "share+length", "flop+length", "elastic", "length", "share+flop"]
        )
    )
    work = draw_(st.floats(100.0, 50_000.0)) * FLOP_PER_DAY
    length = draw_(st.one_of(st.sampled_from([30.0, 100.0]), st.floats(1.0, 200.0)))
    size: dict[str, Any] = {
        "flop": {"flop": work},
        "params": {"params": 10 ** draw_(st.floats(9.5, 11.0))},
        "accelerators+length": {"accelerators": {draw_(KINDS): draw_(COUNTS) / 3}, "length_days": length},
        "share+length": {"share": draw_(st.sampled_from([0.1, 0.5, 0.95])), "length_days": length},
        "flop+length": {"flop": work, "length_days": length},
        "elastic": {"flop": work, "elastic": True},
        "length": {"length_days": length},
        "share+flop": {"share": draw_(st.sampled_from([0.2, 0.6])), "flop": work},
    }[form]
    if draw_(st.integers(0, 3)) == 0:
        size["every"] = draw_(RECURRENCES)
    rule = None
    if fleets and draw_(st.booleans()):
        rule = after(
            draw_(st.sampled_from(fleets)),
            move=draw_(st.sampled_from([1.0, 0.4])),
            firm=draw_(st.booleans()),
            for_days=draw_(st.one_of(st.none(), st.sampled_from([20.0, 60.5]))),
        )
    if models and draw_(st.integers(0, 3)) == 0:
        size["base"] = draw_(st.sampled_from(models))
    return run(
        name,
        starts=draw_(DAYS),
        gain=draw_(st.sampled_from([1.0, 3.0])),
        phases=draw_(phases()),
        after_training=rule,
        public_after_days=draw_(st.sampled_from([0.0, 25.0, 90.3])),
        **size,
    )


@st.composite
def labs(draw_: Any, name: str) -> Lab:
    weights = draw_(st.lists(st.floats(0.01, 1.0), min_size=5, max_size=5))
    part = [weight / sum(weights) for weight in weights]
    use: dict[str, Any] = dict(
        zip(("training", "experiments", "research", "serving"), part, strict=False)
    )  # the fifth is idle
    if draw_(st.booleans()):
        use = {key: share / sum(part[:4]) for key, share in use.items()}
    if draw_(st.booleans()):
        use.pop(draw_(st.sampled_from(["research", "serving", "experiments"])))
    if draw_(st.booleans()):
        key = draw_(st.sampled_from(sorted(use)))
        use[key] = Series(((0.0, use[key]), (draw_(st.floats(1.0, 390.0)), use[key] * draw_(st.floats(0.0, 1.0)))))
    fleets = [key for key in use if key in ("research", "serving")]
    number = draw_(st.integers(0, 2))
    olds = [
        existing(
            f"{name}-old{k}",
            draw_(st.integers(-300, 300)) * 1.0,
            10 ** draw_(st.floats(20.0, 25.0)),
            draw_(st.one_of(st.none(), st.just(310.0))),
        )
        for k in range(number)
    ]
    known = [model.name for model in olds]
    planned = []
    for k in range(draw_(st.integers(0, 4))):
        planned.append(draw_(runs(f"{name}{k}", fleets, known)))
        if planned[-1].every is None:
            known.append(f"{name}{k}")
    ways = st.sampled_from(["at once", "ramp", "beside"])
    return lab(
        name,
        use=use,
        compute=[stock(500.0), *draw_(st.lists(supplies(), max_size=4))],
        runs=planned,
        models=olds,
        policy=draw_(st.sampled_from(["shares", "training_first"])),
        fleets={key: fleet(key, replace=draw_(ways), ramp_days=30.0, beside_share=0.4) for key in fleets},
    )


@st.composite
def worlds(draw_: Any) -> Draw:
    names = draw_(st.sampled_from([["A"], ["A", "B"], ["A", "B", "C"]]))
    return draw(
        *(draw_(labs(name)) for name in names),
        end=END,
        stronger_by=draw_(st.sampled_from([2.0, 1.1, 10.0])),
        hazards={"h": Hazard(name="h", rate=fixed(5.0))},
        levels={"l": Level(name="l", effective_flop=3e23)},
    )


def check_runs(record: RunRecord) -> None:
    """Finished runs have exactly their target; their waits and phases follow each other."""
    specs = {(owner, spec.name): spec for owner, item in record.draw.labs.items() for spec in item.runs}
    for entry in record.runs:
        spec = specs.get((entry.lab, entry.name)) or specs[entry.lab, entry.name.rsplit("-", 1)[0]]
        if entry.finished is not None:
            assert entry.started is not None and entry.due <= entry.started <= entry.finished
            if spec.flop is not None:
                shares = [p.flop_share or 0.0 for p in spec.phases or []] or [1.0]
                assert math.isclose(entry.flop, spec.flop * math.fsum(shares), rel_tol=4e-16 * len(shares)), entry
            elif (
                spec.length_days is not None
                and spec.params is None
                and all(since == entry.started for since, *_ in entry.phases[:1])
            ):
                stated = sum(p.length_days or 0.0 for p in spec.phases or []) + spec.length_days
                suspended = any(
                    e[2] == "run_suspended" and e[1] == entry.lab and e[3] == entry.name for e in record.events
                )
                if not suspended:
                    assert math.isclose(entry.finished - entry.started, stated, abs_tol=1e-8 * len(entry.phases))
        for (_, until, _), (since, _, _) in pairwise(entry.waits):
            assert until is not None and until <= since
        for (_, _, until, _), (_, since, _, _) in pairwise(entry.phases):
            assert until is not None and until <= since  # later if it had to wait for accelerators
        for _, since, until, _ in entry.phases:
            assert until is None or until >= since
    for model in record.models:
        assert model.finished is None or model.internal >= model.finished
        assert model.public is None or model.public >= model.internal


def gangs_keep_their_size(record: RunRecord) -> None:
    """A run that is not elastic changes what it holds only when a phase, a suspension or its end says so."""
    elastic = {(owner, spec.name) for owner, item in record.draw.labs.items() for spec in item.runs if spec.elastic}
    told = {"run_started", "run_finished", "phase_started", "run_suspended", "run_resumed"}
    for (owner, use, name, _), steps in record.holdings.items():
        if use == "training" and (owner, name) not in elastic and (owner, name.rsplit("-", 1)[0]) not in elastic:
            days = {e[0] for e in record.events if e[1] == owner and e[3] == name and e[2] in told}
            assert {day for day, _ in steps} <= days, (name, steps, days)


@settings(max_examples=150, **QUICK)
@given(worlds())
def test_invariants(world: Draw) -> None:
    record = simulate(world)
    assert_sound(record)
    check_runs(record)
    gangs_keep_their_size(record)
    text = tables(record)
    assert_ids_exist(text["events"])
    assert_trajectory_conserves(text["trajectory"])
    for row in read_csv(text["windows"]):
        assert float(row["length_days"]) >= 0.0 and float(row["frontier_length_days"]) >= 0.0
        assert float(row["frontier_length_days"]) <= float(row["length_days"]) + 1e-9
        assert float(row["copies_peak"]) >= float(row["copies_at_open"]) * (1 - 1e-12)
        assert float(row["copies_busy_at_open"]) <= float(row["copies_at_open"]) * (1 + 1e-12)
    for row in read_csv(text["closings"]):
        assert float(row["length_days"]) >= 0.0
    for row in read_csv(text["trajectory"]):
        assert float(row["value"]) >= 0.0


@settings(max_examples=30, **QUICK)
@given(worlds(), st.floats(0.5, 60.0))
def test_more_recording_changes_nothing(world: Draw, days: float) -> None:
    one = tables(simulate(world))
    world.trajectory = Recurrence(days=days)
    world.hazards["quiet"] = Hazard(name="quiet", rate=fixed(30.0))
    two = tables(simulate(world))
    for name in ("trajectory", "bands"):
        one.pop(name), two.pop(name)
    two["events"] = "".join(line for line in two["events"].splitlines(True) if not line.startswith("/hazard/quiet/"))
    assert one == two


@settings(max_examples=30, **QUICK)
@given(worlds())
def test_a_renamed_type_is_the_same(world: Draw) -> None:
    """H100 and TPU keep their order by name: only the names differ."""
    one = tables(simulate(world))
    names = {"H100": "H101", "TPU": "TPV"}
    for item in world.labs.values():
        for supply in item.compute:
            supply.accelerator = names.get(supply.accelerator or "", supply.accelerator)
        for spec in item.runs:
            if spec.accelerators:
                spec.accelerators = {names[kind]: count for kind, count in spec.accelerators.items()}
    world.accelerators = {names[a.name]: dataclasses.replace(a, name=names[a.name]) for a in (H100, TPU)}
    two = tables(simulate(world))
    assert {name: text.replace("H101", "H100").replace("TPV", "TPU") for name, text in two.items()} == one
