"""Keyed random numbers: the same function everywhere, and uniform."""

from __future__ import annotations

import hashlib
import math
import random

import pytest

from sim.base.keyed import uniform, unit_exponential

COUNT = 20_000


def by_hand(seed: int, draw: int, name: str, k: int) -> float:
    """The definition: first 53 of the 64 bits of blake2b of "seed/draw/name/k", at the middle of their cell."""
    digest = hashlib.blake2b(f"{seed}/{draw}/{name}/{k}".encode(), digest_size=8).hexdigest()
    cell = int(digest, 16) // 2**11
    return (2 * cell + 1) / 2**54


def largest_gap(values: list[float]) -> float:
    """Kolmogorov-Smirnov: the largest distance between the empirical distribution and the uniform one."""
    ordered = sorted(values)
    n = len(ordered)
    return max(max((i + 1) / n - x, x - i / n) for i, x in enumerate(ordered))


@pytest.mark.parametrize(
    "key", [(0, 0, "a", 0), (7, 3, "hazard/fire", 12), (2**40, 999, "Größe ü/ß", 1), (-1, 0, "", 5)]
)
def test_known_answers(key: tuple[int, int, str, int]) -> None:
    assert uniform(*key) == by_hand(*key)


def test_numbers_do_not_depend_on_order_or_on_what_else_is_drawn() -> None:
    keys = [(1, d, f"n{i}", k) for d in range(3) for i in range(5) for k in range(5)]
    first = {key: uniform(*key) for key in keys}
    random.Random(1).shuffle(keys)
    assert {key: uniform(*key) for key in keys} == first


def test_uniform_over_k_and_over_draws() -> None:
    # 1.63/sqrt(n) is the 1% point of the Kolmogorov-Smirnov distance.
    bound = 1.63 / math.sqrt(COUNT)
    assert largest_gap([uniform(5, 0, "x", k) for k in range(COUNT)]) < bound
    assert largest_gap([uniform(5, d, "x", 0) for d in range(COUNT)]) < bound
    assert all(0.0 < uniform(5, 0, "x", k) < 1.0 for k in range(COUNT))


def test_neighbouring_streams_are_not_correlated() -> None:
    xs = [uniform(5, d, "x", 0) - 0.5 for d in range(COUNT)]
    for ys in (
        [uniform(5, d, "x", 1) - 0.5 for d in range(COUNT)],
        [uniform(5, d, "y", 0) - 0.5 for d in range(COUNT)],
    ):
        correlation = 12.0 * sum(x * y for x, y in zip(xs, ys, strict=True)) / COUNT
        assert abs(correlation) < 3.3 / math.sqrt(COUNT)


def test_the_exponential_is_minus_the_logarithm_and_has_mean_one() -> None:
    values = [unit_exponential(9, 0, "e", k) for k in range(COUNT)]
    assert values[17] == pytest.approx(-math.log(by_hand(9, 0, "e", 17)), rel=1e-15)
    assert sum(values) / COUNT == pytest.approx(1.0, abs=3.3 / math.sqrt(COUNT))
    assert min(values) > 0.0
