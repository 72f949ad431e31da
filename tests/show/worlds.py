"""Small worlds to draw: one lab, three, thirty, and odd ones."""

from __future__ import annotations

from datetime import date
from typing import Any

from sim.base.calendar import Recurrence
from sim.base.series import Series, fixed
from sim.model.cluster import Supply
from sim.model.draw import Draw, World
from sim.result import Result
from sim.result import simulate as simulate_result

from tests.world import build


def result(draw: Draw) -> Result:
    return simulate_result(draw)

WORLDS = {}
