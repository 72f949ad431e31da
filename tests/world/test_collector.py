"""The cyclic garbage collector waits during a run, and finds nothing to do after it."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator

import pytest

from sim.model.draw import Draw
from sim.world.policy import Decision
from sim.world.simulate import SimulationError, simulate
from tests.world.build import after, draw, existing, lab, run


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


def kernel_objects() -> Counter[str]:
    """Live objects of the kernel's classes, but what a record is made of."""
    found = [(str(type(item).__module__), type(item).__name__) for item in gc.get_objects()]
    return Counter(name for module, name in found if module.startswith("sim.world.") and module != "sim.world.record")


def test_a_run_leaves_nothing_but_its_record(collector_off: None) -> None:
    before = kernel_objects()
    records = [simulate(world()) for _ in range(3)]
    assert kernel_objects() == before
    assert len(records[0].models) == 2


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
