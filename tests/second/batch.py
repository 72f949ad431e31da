"""Worlds by batch: each batch is made once, and serves all of its tests (`make test` runs a file on one worker)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from sim.world.simulate import SimulationError
from tests.second.compare import World, differences, kernel_on
from tests.second.sample import sample
from tests.second.simulator import Second


class Batch:
    """Some worlds and what the kernel makes of them."""

    def __init__(self, worlds: list[World]) -> None:
        self.worlds = worlds
        self.told = [text(kernel_on(world.draw)) for world in self.worlds]

    def find_out(self, place: str, broken: Any) -> bool:
        """Whether a world tells that the kernel (or a table) is broken in one place.

        Worlds that tell nothing, and those of which the kernel makes the same, are not looked at.
        """
        kernel = not place.startswith("sim.tables.")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(place, broken)
            for world, told in zip(self.worlds, self.told, strict=True):
                if world.tells or world.impossible:
                    found = kernel_on(world.draw)
                    if (not kernel or text(found) != told) and differences(world, found):
                        return True
        return False


def text(found: Any) -> Any:
    """What the kernel makes of a world: what tables are made of, or why it cannot be simulated."""
    if isinstance(found, SimulationError):
        return str(found)
    return found.events, found.models, found.inference_efficiency, found.splits


@cache
def batch_of(scenarios: Callable[[], Any], second: type[Second], number: int) -> Batch:
    """Eight random worlds."""
    return Batch([World(draw, second) for draw in sample(scenarios(), 1, first=number)])


def of_batch(number: int, *values: Any, name: str = "") -> Any:
    """The parameters of one test: the number of its batch, and others."""
    return pytest.param(number, *values, id=f"{number}{name}")


def mutants(by_batch: dict[int, list[tuple[str, Any]]]) -> Any:
    """Parametrises a test by mutants of the kernel: (place, what is put there), under a batch that tells them."""
    found = [of_batch(number, place, broken, name=f"-{place}-{name_of(broken)}")
             for number, broken_kernels in by_batch.items() for place, broken in broken_kernels]  # fmt: skip
    return pytest.mark.parametrize(("number", "place", "broken"), found)


def name_of(broken: Any) -> str:
    return str((broken.fget if isinstance(broken, property) else broken).__name__)
