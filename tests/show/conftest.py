"""Worlds are simulated once for all tests of the pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from matplotlib.figure import Figure

from sim.result import Result, simulate
from sim.show.pictures import figure
from tests.show.worlds import WORLDS


@cache
def _simulated(name: str) -> Result:
    return simulate(WORLDS[name](), track=True)  # every footer tells of what was read


@cache
def _drawn(name: str, picture: str) -> Figure:
    return figure(_simulated(name), picture)


@pytest.fixture
def drawing() -> Callable[[str, str], Figure]:
    """A picture of a world, drawn once: not to be changed."""
    return _drawn


@pytest.fixture
def world() -> Callable[[str], Result]:
    """A simulated world by name."""
    return _simulated
