"""A shock on software that stands still or is slowed, before or after it follows research: its factor lasts.

The lab's own time t runs at half speed while its software is slowed, and not while it stands still. Training efficiency
is 3^(t/year), whether stated or driven by research that stays as it is; the shock multiplies it from its day on.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from sim.model.intervention import Intervention
from sim.model.shock import Shock
from tests.world.test_diffusion import world
from tests.world.test_intervention import pause, under
from tests.world.test_progress import YEAR, people, software

STOP = pause(name="stop", binds=["A"], stops=["everything"], starts=100.0, lasts=100.0)
SLOW = pause(name="slow", binds=["A"], continues={"software": 0.5}, starts=10.0, lasts=240.0)
DAYS = (5.0, 60.0, 120.0, 150.0, 180.0, 230.0, 330.0, 470.0)


def own(day: float, held: tuple[Intervention, ...]) -> float:
    cuts = sorted({0.0, 10.0, 100.0, 200.0, 250.0, day})
    total = 0.0
    for left, right in pairwise(cuts):
        pace = 0.5 if SLOW in held and 10.0 <= left < 250.0 else 1.0
        total += (right - left) * (0.0 if STOP in held and 100.0 <= left < 200.0 else pace) if left < day else 0.0
    return total


@pytest.mark.parametrize("held", [(STOP,), (SLOW,), (STOP, SLOW)], ids=["stop", "slow", "both"])
@pytest.mark.parametrize("on", [50.0, 150.0, 220.0, 300.0])
@pytest.mark.parametrize("follows_from", [0.0, 1000.0])
@pytest.mark.parametrize("law", [{"inference_exponent": 0.5}, {}, {"inference_growth": 1.5}],
                         ids=["exponent", "alike", "its own"])  # fmt: skip
def test_the_factor_of_a_shock_lasts(
    law: dict[str, Any], follows_from: float, on: float, held: tuple[Intervention, ...]
) -> None:
    base = world(people("A", software=software(returns=0.0, feedback_from=follows_from, **law)), people("B"), end=480.0)
    for which in ("training_efficiency", "inference_efficiency"):
        shock = Shock(name="s", on=on, binds=["A"], **{which: 3.0})
        record = under(base, *held, shocks={"s": shock})
        for day in DAYS:
            grown, factor = 3.0 ** (own(day, held) / YEAR), 3.0 if day >= on else 1.0
            trained = grown * (factor if which == "training_efficiency" else 1.0)
            assert record.training_efficiency["A"].at(day) == pytest.approx(trained, rel=1e-7)
            if "inference_growth" in law:
                used = 1.5 ** (own(day, held) / YEAR)
            else:
                used = trained ** law.get("inference_exponent", 1.0)
            used *= factor if which == "inference_efficiency" else 1.0
            assert record.inference_efficiency["A"].at(day) == pytest.approx(used, rel=1e-7)
