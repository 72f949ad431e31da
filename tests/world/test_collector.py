"""The cyclic garbage collector waits during a run, and finds nothing to do after it."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator

import pytest

from sim.base.calendar import Recurrence
from sim.base.series import fixed
from sim.model.draw import Draw
from sim.model.level import Level, Milestone
from sim.model.policy import Conditions, PolicyPhase
from sim.model.programme import LengthRule, PauseRule, StartRule
from sim.model.shock import Shock
from sim.world.policy import Decision, Shares
from sim.world.simulate import SimulationError, simulate
from tests.world.build import after, draw, existing, fleet, lab, run, stock


@pytest.fixture
def collector_off() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def world() -> Draw:
    spec = run("M", starts=50.0, share=0.2, length_days=100.0)
    return draw(
        lab(models=[existing("Old", -10.0, 1e20)], runs=[spec], after_training=after("research", for_days=60.0))
    )


def race() -> Draw:
    """Some of all that waits, reacts or befalls, not all of it over at the end."""
    old = [existing("Old", -10.0, 1e20, -5.0)]
    rule = StartRule(
        cluster_grows=1.5, rival_releases="any", level="l", milestone="m", latest_days=40.0, apart_days=5.0
    )
    a = lab(
        "A",
        compute=[stock(1000.0), stock(1000.0, on=90.0)],
        models=old,
        runs=[
            run("R", start_when=rule, share=0.05, length_days=20.0,
                after_training=after("research", until_milestone="n")),
            run("P", every=Recurrence(days=30.0), share=0.01, length_days=20.0,
                pause_when=PauseRule(fleet="serving", demand_below=0.5, apart_days=1.0)),
        ],
        fleets={"research": fleet("research"), "serving": fleet("serving", demand_tokens_per_s=fixed(1e3))},
        policy="phases",
        phases=[PolicyPhase(name="late", when=Conditions(milestone="m")), PolicyPhase(name="early")],
    )  # fmt: skip
    b = lab("B", models=old, runs=[run("C", length_rule=LengthRule(rule="continuous", release_each=1e3))])
    c = lab("C", models=old)
    milestones = {"m": Milestone(name="m", h100e=3500.0, together=True), "n": Milestone(name="n", copies=1e30)}
    shocks = {"s": Shock(name="s", rate=fixed(4.0), demand=2.0, for_days=5.0, binds=[])}
    return draw(
        a, b, c, milestones=milestones, shocks=shocks, levels={"l": Level(name="l", effective_flop=1e40)}, end=300.0
    )


def kernel_objects() -> Counter[type]:
    """Live objects of the kernel's classes, but what a record is made of."""
    found = Counter(map(type, gc.get_objects()))  # there are millions: told apart by class, not one by one
    modules = {kind: str(kind.__module__) for kind in found}
    return Counter({kind: n for kind, n in found.items()
                    if modules[kind].startswith("sim.world.") and modules[kind] != "sim.world.record"})  # fmt: skip


def test_a_run_leaves_nothing_but_its_record(collector_off: None) -> None:
    before = kernel_objects()
    records = [simulate(world()) for _ in range(3)]
    assert kernel_objects() == before
    assert len(records[0].models) == 2


def test_nor_does_a_run_with_rules_phases_and_training_without_end(collector_off: None) -> None:
    simulate(world())  # whatever is made once
    busy = race()
    before = kernel_objects()
    record = simulate(busy, {"C": lambda view: Shares({"experiments": 1.0})})
    assert kernel_objects() == before
    kinds = {event[2] for event in record.events}
    assert kinds >= {"milestone", "checkpoint", "policy_phase", "programme_paused", "shock", "earmark_started"}


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_as_it_was(on: bool) -> None:
    was = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        simulate(world())
        assert gc.isenabled() == on
        with pytest.raises(SimulationError):
            simulate(world(), {"A": lambda view: Decision([], [], {"research": {"H100": 1e9}})})
        assert gc.isenabled() == on
    finally:
        (gc.enable if was else gc.disable)()


def test_objects_that_a_program_keeps_frozen_stay_frozen() -> None:
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        simulate(world())
        assert gc.get_freeze_count() == frozen > 0
    finally:
        gc.unfreeze()
