"""Random events: integrated rates against the exponential law, and a changed rate that redraws nothing."""

from __future__ import annotations

import hashlib
import math
from itertools import pairwise

import pytest

from sim.base.series import Series, fixed
from sim.model.level import Hazard
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import draw, lab
from tests.world.observe import assert_sound, days

YEAR = 365.25


def exponential(seed: int, number: int, name: str, k: int) -> float:
    """The definition, by hand: minus the logarithm of a keyed uniform number."""
    digest = hashlib.blake2b(f"{seed}/{number}/hazard/{name}/{k}".encode(), digest_size=8).hexdigest()
    return -math.log((2 * (int(digest, 16) // 2**11) + 1) / 2**54)


def world(rate: Series, *, end: float = 1000.0, seed: int = 0, number: int = 0, name: str = "fire") -> RunRecord:
    hazards = {name: Hazard(name=name, rate=rate)}
    return simulate(draw(lab(compute=[]), end=end, seed=seed, draw=number, hazards=hazards))


def expected(
    rate: list[tuple[float, float]], end: float, seed: int = 0, number: int = 0, name: str = "fire"
) -> list[float]:
    """Days on which the integrated staircase rate passes the sums of the exponentials."""
    stairs = [*rate, (math.inf, 0.0)]
    found, area, k = [], 0.0, 0
    goal = exponential(seed, number, name, 0)
    for (since, per_year), (until, _) in pairwise(stairs):
        left = since
        while per_year and left + (goal - area) * YEAR / per_year < min(until, end):
            left += (goal - area) * YEAR / per_year
            found.append(left)
            k += 1
            area, goal = 0.0, exponential(seed, number, name, k)
        if until < math.inf:
            area += per_year * (until - left) / YEAR
    return found


@pytest.mark.parametrize("seed", range(5))
def test_at_a_constant_rate(seed: int) -> None:
    record = world(fixed(6.0), seed=seed)
    assert days(record, "hazard") == pytest.approx(expected([(0.0, 6.0)], 1000.0, seed), abs=1e-6)
    assert_sound(record)


@pytest.mark.parametrize("seed", range(8))
def test_a_changed_rate_moves_the_event_and_redraws_nothing(seed: int) -> None:
    stairs = [(0.0, 1.0), (50.0, 20.0), (120.0, 0.0), (300.0, 5.0), (400.0, 0.5)]
    record = world(Series(tuple(stairs)), seed=seed)
    found = expected(stairs, 1000.0, seed)
    assert len(found) > 1 and not any(120.0 <= day < 300.0 for day in found)
    assert days(record, "hazard") == pytest.approx(found, abs=1e-6)


def test_twice_the_rate_halves_the_dates() -> None:
    slow, fast = days(world(fixed(2.0), end=8000.0), "hazard"), days(world(fixed(4.0), end=4000.0), "hazard")
    assert fast == pytest.approx([day / 2 for day in slow], abs=1e-6)


def test_a_rate_that_steps_to_the_same_value_changes_nothing() -> None:
    stepped = world(Series(((0.0, 6.0), (77.7, 6.0), (200.0, 6.0))))
    assert days(stepped, "hazard") == days(world(fixed(6.0)), "hazard")


def test_no_events_at_rate_zero() -> None:
    assert days(world(fixed(0.0)), "hazard") == []


def test_other_draws_names_and_seeds_are_other_worlds() -> None:
    one = days(world(fixed(6.0)), "hazard")
    assert one != days(world(fixed(6.0), number=1), "hazard")
    assert one != days(world(fixed(6.0), seed=1), "hazard")
    assert one != days(world(fixed(6.0), name="flood"), "hazard")


def distance(values: list[float], mean: float) -> float:
    """Kolmogorov-Smirnov distance from the exponential law of this mean."""
    n = len(values)
    law = [1.0 - math.exp(-value / mean) for value in sorted(values)]
    return max(max((i + 1) / n - x, x - i / n) for i, x in enumerate(law))


def test_first_dates_over_many_draws_are_exponential() -> None:
    firsts = [days(world(fixed(3.0), end=40 * YEAR, number=n), "hazard")[0] for n in range(300)]
    assert distance(firsts, YEAR / 3.0) < 1.63 / math.sqrt(len(firsts))


def test_gaps_within_one_world_are_exponential() -> None:
    found = days(world(fixed(10.0), end=200 * YEAR), "hazard")
    gaps = [b - a for a, b in pairwise([0.0, *found])]
    assert len(gaps) == pytest.approx(2000, abs=150)
    assert distance(gaps, YEAR / 10.0) < 1.63 / math.sqrt(len(gaps))
    # No memory: a gap says nothing of the next.
    mean = sum(gaps) / len(gaps)
    spread = sum((gap - mean) ** 2 for gap in gaps)
    assert abs(sum((a - mean) * (b - mean) for a, b in pairwise(gaps)) / spread) < 3.3 / math.sqrt(len(gaps))


def test_under_a_changing_rate_the_integrals_between_events_are_unit_exponentials() -> None:
    """Time change: whatever the rate does, its integral from one event to the next has the law of mean 1."""
    stairs = [(k * 97.0, rate) for k, rate in enumerate((2.0, 30.0, 0.5, 12.0, 0.0, 7.0) * 200)]
    found = days(world(Series(tuple(stairs)), end=1200 * 97.0), "hazard")

    def integral(day: float) -> float:
        whole = int(day // 97.0)
        return (sum(rate for _, rate in stairs[:whole]) * 97.0 + stairs[whole][1] * (day - whole * 97.0)) / YEAR

    passed = [integral(day) for day in found]
    gaps = [b - a for a, b in pairwise([0.0, *passed])]
    assert len(gaps) > 2000
    assert distance(gaps, 1.0) < 1.63 / math.sqrt(len(gaps))
    assert gaps == pytest.approx([exponential(0, 0, "fire", k) for k in range(len(gaps))], abs=1e-6)


def test_the_rate_after_an_event_cannot_change_it() -> None:
    before = days(world(Series(((0.0, 6.0),))), "hazard")
    day = (before[2] + before[3]) / 2.0
    after = days(world(Series(((0.0, 6.0), (day, 60.0)))), "hazard")
    assert after[:3] == before[:3]
    left = (before[3] - day) / 10.0  # what was left of the exponential passes ten times as fast
    assert after[3] == pytest.approx(day + left, abs=1e-6)
