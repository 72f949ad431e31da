"""The labour of humans with several models, against hand-worked levels and a search by brute force.

The search knows nothing of levels, hulls or bounds on sums: it cuts the task line into cells, keeps how much
of each source (the humans, each model) works on each cell, starts anywhere, and moves work of one source from
one of its cells to another as long as the CES of the cells' effort grows. The set of placements is convex and
the CES concave, so where no such move helps is the best.
"""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sim.physics.labour import joint_labour, joint_labour_nested, labour_limit

CELLS = 6
Models = list[tuple[float, float]]

AMOUNT = st.floats(-3.0, 3.0).map(lambda power: 10.0**power)
REACH = st.integers(1, CELLS)
SUBSTITUTION = st.sampled_from([-4.0, -2.0, -1.0, -0.3, 0.0])


def ces(effort: list[float], rho: float) -> float:
    """[mean of e^rho]^(1/rho) over cells of equal width on a line of length 1, written out."""
    levels = [value * len(effort) for value in effort]
    if min(levels) <= 0.0:
        return 0.0
    if rho == 0.0:
        return math.exp(sum(math.log(level) for level in levels) / len(levels))
    return float((sum(level**rho for level in levels) / len(levels)) ** (1.0 / rho))


def searched(humans: float, models: list[tuple[int, float]], rho: float) -> float:
    """Best labour found by moving work between cells; a model of reach n can work in the first n cells."""
    sources = [(CELLS, humans), *models]
    placed = [[amount / reach if cell < reach else 0.0 for cell in range(CELLS)] for reach, amount in sources]
    effort = [sum(row[cell] for row in placed) for cell in range(CELLS)]

    def worth(level: float) -> float:
        """A cell's part of the sum that the CES maximises, up to factors: it grows with the CES."""
        if level <= 0.0:
            return -math.inf
        return math.log(level) if rho == 0.0 else -(level**rho)

    step = 0.5
    while step > 1e-6:
        moved = False
        for row, (reach, _) in zip(placed, sources, strict=True):
            for source in range(reach):
                for target in range(reach):
                    amount = row[source] * step
                    if source == target or amount <= 0.0:
                        continue
                    gain = worth(effort[source] - amount) + worth(effort[target] + amount)
                    if gain > worth(effort[source]) + worth(effort[target]):
                        row[source] -= amount
                        row[target] += amount
                        effort[source] -= amount
                        effort[target] += amount
                        moved = True
        if not moved:
            step /= 2.0
    return ces(effort, rho)


def as_shares(models: list[tuple[int, float]]) -> Models:
    return [(reach / CELLS, amount) for reach, amount in models]


@settings(max_examples=30, deadline=None, derandomize=True, phases=[Phase.generate])
@given(AMOUNT, st.lists(st.tuples(REACH, AMOUNT), min_size=1, max_size=4), SUBSTITUTION)
def test_equals_the_best_placement_found_by_search(humans: float, models: list[tuple[int, float]], rho: float) -> None:
    nested = joint_labour_nested(humans, as_shares(models), rho)
    assert nested == pytest.approx(searched(humans, models, rho), rel=1e-6)


@given(AMOUNT, st.lists(st.tuples(REACH, AMOUNT), min_size=1, max_size=4), SUBSTITUTION, st.integers(0, 2**32))
def test_no_placement_at_random_does_better(
    humans: float, models: list[tuple[int, float]], rho: float, seed: int
) -> None:
    chance = random.Random(seed)
    best = joint_labour_nested(humans, as_shares(models), rho)
    for _ in range(10):
        effort = [0.0] * CELLS
        for reach, amount in [(CELLS, humans), *models]:
            parts = [chance.random() ** 3 for _ in range(reach)]
            for cell, part in enumerate(parts):
                effort[cell] += amount * part / sum(parts)
        assert ces(effort, rho) <= best * (1.0 + 1e-9)


def test_three_levels_by_hand() -> None:
    # H = 1 on (0.5, 1]: level 2. Share 0.5, W = 4 on (0.25, 0.5]: level 16. Share 0.25, W = 20: level 80.
    # rho = -1: 1 / (0.5/2 + 0.25/16 + 0.25/80) = 1 / 0.26875 = 3.7209302.
    models = [(0.5, 4.0), (0.25, 20.0)]
    assert joint_labour_nested(1.0, models, -1.0) == pytest.approx(3.7209302, rel=1e-7)
    # rho = -2: (0.125 + 0.0009765625 + 0.0000390625)^-0.5 = 0.126015625^-0.5 = 2.8170062.
    assert joint_labour_nested(1.0, models, -2.0) == pytest.approx(2.8170062, rel=1e-7)
    # rho = 0: sqrt(2) x 2 x 80^0.25 = 8.4589701.
    assert joint_labour_nested(1.0, models, 0.0) == pytest.approx(8.4589701, rel=1e-7)


def test_humans_step_down_where_a_wide_model_is_short() -> None:
    # H = 10, share 0.8 W = 4, share 0.5 W = 30. Apart: 10/0.2 = 50 above 4/0.3 = 13.3, so those level: 14/0.5 = 28;
    # below: 30/0.5 = 60. (0.5/784 + 0.5/3600)^-0.5 = 0.00077664399^-0.5 = 35.883022.
    assert joint_labour_nested(10.0, [(0.8, 4.0), (0.5, 30.0)], -2.0) == pytest.approx(35.883022, rel=1e-7)


def test_levelling_reaches_back_over_several_stretches() -> None:
    # From the hardest: 4/0.2 = 20, 9/0.3 = 30, then 5/0.5 = 10: levels with 30 (14/0.8 = 17.5), then with 20: 18/1.
    assert joint_labour_nested(4.0, [(0.8, 9.0), (0.5, 5.0)], -2.0) == 18.0


def test_a_wide_model_relieves_the_humans_and_a_narrow_one_hardly() -> None:
    narrow = joint_labour_nested(10.0, [(0.5, 1e12)], -2.0)
    assert narrow == pytest.approx(10.0 * 0.5**-1.5, rel=1e-9)
    assert joint_labour_nested(10.0, [(0.5, 1e12), (0.4, 1e12)], -2.0) == pytest.approx(narrow, rel=1e-9)
    # With share 0.9 too the bound is that of 0.9: 10 x 0.1^-1.5 = 316.22777.
    assert joint_labour_nested(10.0, [(0.5, 1e12), (0.9, 1e12)], -2.0) == pytest.approx(316.22777, rel=1e-7)


@given(st.floats(0.0, 1e6), st.floats(0.0, 1e30), st.floats(0.0, 1.0), st.sampled_from([-5.0, -2.0, -1.0, -1e-9, 0.0]))
def test_one_model_is_the_joint_law(humans: float, ai: float, share: float, rho: float) -> None:
    expected = joint_labour(humans, ai, share, rho)
    assert joint_labour_nested(humans, [(share, ai)], rho) == pytest.approx(expected, rel=1e-11)


SHARES = st.floats(0.0, 1.0)
MANY = st.lists(st.tuples(SHARES, st.floats(0.0, 1e30)), max_size=6)


@given(st.floats(1e-6, 1e6), MANY, SUBSTITUTION, st.randoms(use_true_random=False))
def test_order_does_not_matter(humans: float, models: Models, rho: float, chance: random.Random) -> None:
    shuffled = models[:]
    chance.shuffle(shuffled)
    expected = joint_labour_nested(humans, models, rho)
    assert joint_labour_nested(humans, shuffled, rho) == pytest.approx(expected, rel=1e-11)


@given(st.floats(1e-6, 1e6), MANY, st.tuples(SHARES, st.floats(0.0, 1e30)), SUBSTITUTION)
def test_one_more_model_never_hurts_and_never_passes_the_sum(
    humans: float, models: Models, more: tuple[float, float], rho: float
) -> None:
    without, labour = joint_labour_nested(humans, models, rho), joint_labour_nested(humans, [*models, more], rho)
    assert labour >= without * (1.0 - 1e-11)
    assert labour <= (humans + more[1] + sum(amount for _, amount in models)) * (1.0 + 1e-11)
    widest = max(share for share, _ in [*models, more])
    assert labour <= labour_limit(humans, widest, rho) * (1.0 + 1e-11)


@given(st.floats(1e-6, 1e6), MANY, SHARES, st.floats(1e-3, 1e30), st.floats(0.0, 1.0), SUBSTITUTION)
def test_models_of_equal_share_add_up(
    humans: float, models: Models, share: float, amount: float, part: float, rho: float
) -> None:
    whole = joint_labour_nested(humans, [*models, (share, amount)], rho)
    halves = joint_labour_nested(humans, [*models, (share, amount * part), (share, amount * (1.0 - part))], rho)
    assert halves == pytest.approx(whole, rel=1e-11)


@pytest.mark.parametrize("rho", [-2.0, 0.0])
def test_limits(rho: float) -> None:
    assert joint_labour_nested(3.0, [], rho) == 3.0
    assert joint_labour_nested(3.0, [(0.0, 5.0)], rho) == 3.0
    assert joint_labour_nested(3.0, [(1.0, 5.0), (1.0, 7.0)], rho) == 15.0
    assert joint_labour_nested(0.0, [(0.9, 5.0), (0.5, 7.0)], rho) == 0.0
    assert joint_labour_nested(0.0, [], rho) == 0.0
    assert joint_labour_nested(1.0, [(1.0, math.inf), (0.5, 2.0)], rho) == math.inf


def test_a_model_that_does_all_stands_in_for_humans() -> None:
    with_model = joint_labour_nested(0.0, [(1.0, 10.0), (0.5, 100.0)], -2.0)
    assert with_model == pytest.approx(28.143902, rel=1e-6)  # as 10 humans: 0.0012625^-0.5


def test_shares_at_the_edge_of_a_float() -> None:
    # Humans alone on the last 2^-53 of the tasks: (2^53)^1.5 = 8.54839645e23.
    nearly_all = 1.0 - 2.0**-53
    assert joint_labour_nested(1.0, [(nearly_all, 1e35), (0.3, 1e35)], -2.0) == pytest.approx(8.54839645e23, rel=1e-8)
    assert joint_labour_nested(3.0, [(1e-300, 1e30), (1e-310, 1e30)], 0.0) == pytest.approx(3.0, rel=1e-12)


@pytest.mark.parametrize(
    ("humans", "models", "rho", "message"),
    [
        (-1.0, [(0.5, 1.0)], -2.0, "humans must be 0 or more"),
        (1.0, [(0.5, 1.0), (1.1, 1.0)], -2.0, "share_doable must be between 0 and 1"),
        (1.0, [(0.5, 1.0), (0.1, -1.0)], -2.0, "ai must be 0 or more"),
        (1.0, [(0.0, -1.0)], -2.0, "ai must be 0 or more"),
        (1.0, [(0.5, 1.0)], 0.1, "substitution must be finite and at most 0"),
    ],
)
def test_bad_input_is_refused(humans: float, models: Models, rho: float, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        joint_labour_nested(humans, models, rho)
