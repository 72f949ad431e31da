"""Worlds are simulated once for all tests of the pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from sim.result import Result, simulate
from tests.show.worlds import WORLDS


@cache
def _simulated(name: str) -> Result:
    return simulate(WORLDS[name]())


@pytest.fixture
def world() -> Callable[[str], Result]:
    """A simulated world by name."""
    return _simulated
