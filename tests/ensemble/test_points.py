"""Points in the unit cube: against SciPy's Sobol points, analytic integrals, and what a hypercube is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.stats import qmc

from sim.ensemble import columns, sobol

NAMES = [f"labs.A.runs.{k}" for k in range(12)]


def sobol_points(seed: int, start: int, stop: int, names: list[str] = NAMES) -> np.ndarray:
    words = np.array([sobol.scrambled(k, seed, name) for k, name in enumerate(names)]).T.copy()
    return sobol.points(words, start, stop)


def test_direction_numbers_are_scipys() -> None:
    """In another order (SciPy goes by Gray codes): the same 2^9 points, in every dimension of the table."""
    raw = np.array([[*sobol.directions(k), 0] for k in range(sobol.DIMENSIONS)], dtype=np.uint32).T.copy()
    ours = sobol.points(raw, 0, 512)
    theirs = qmc.Sobol(sobol.DIMENSIONS, scramble=False, bits=32).random(512) + 2.0**-33
    assert (np.sort(ours, axis=0) == np.sort(theirs, axis=0)).all()
    gray = np.arange(512) ^ (np.arange(512) >> 1)
    assert (ours[gray] == theirs).all()


def test_each_scrambled_column_has_one_point_in_each_equal_cell() -> None:
    points = sobol_points(1, 0, 4096)
    for first, count in ((0, 256), (256, 256), (0, 4096), (2048, 2048)):
        cells = np.sort(np.floor(points[first : first + count] * count), axis=0)
        assert (cells == np.arange(count)[:, None]).all()


def test_one_point_of_a_scrambled_column_is_uniform_over_seeds() -> None:
    first = np.array([sobol_points(seed, 5, 6, NAMES[:3])[0] for seed in range(400)])
    assert min(stats.kstest(column, "uniform").pvalue for column in first.T) > 1e-3
    assert abs(np.corrcoef(first.T)[np.triu_indices(3, 1)]).max() < 0.2


def test_discrepancy_is_that_of_scipys_scrambled_points() -> None:
    ours = [qmc.discrepancy(sobol_points(seed, 0, 512, NAMES[:6])) for seed in range(20)]
    theirs = [qmc.discrepancy(qmc.Sobol(6, rng=seed).random(512)) for seed in range(20)]
    dice = [qmc.discrepancy(np.random.default_rng(seed).random((512, 6))) for seed in range(20)]
    assert np.mean(ours) == pytest.approx(np.mean(theirs), rel=0.1)
    assert max(ours) < 0.5 * np.mean(dice)


def test_sobol_beats_latin_beats_random_on_an_integral() -> None:
    """∫ Π (1 + (x−1/2)) + Σ exp(x) over six dimensions: 1 + 6(e − 1), by 1,024 points of each of 20 seeds."""
    true = 1.0 + 6.0 * (np.e - 1.0)

    def error(points: np.ndarray) -> float:
        return float(np.mean(np.prod(0.5 + points, axis=1) + np.exp(points).sum(axis=1)) - true)

    names = NAMES[:6]
    by = {
        "sobol": [error(sobol_points(seed, 0, 1024, names)) for seed in range(20)],
        "latin": [error(np.array([columns.latin(seed, n, 0, 1024) for n in names]).T) for seed in range(20)],
        "random": [error(np.array([columns.uniform(seed, n, 0, 1024) for n in names]).T) for seed in range(20)],
    }
    rms = {name: float(np.sqrt(np.mean(np.square(errors)))) for name, errors in by.items()}
    assert rms["sobol"] < rms["latin"] / 5 < rms["random"] / 25


def test_random_columns_are_splitmix64() -> None:
    """Against Vigna's reference (seed 1234567), whose k-th number is a function of the key and k."""
    import sim.ensemble.columns as module

    class Key:
        def digest(self) -> bytes:
            return (1234567).to_bytes(8, "big")

    kept = module.blake2b
    try:
        module.blake2b = lambda *_, **__: Key()  # type: ignore[assignment]
        words = module._words(0, "", 0, 5).tolist()
    finally:
        module.blake2b = kept
    assert words == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@pytest.mark.parametrize("points", [columns.uniform, columns.latin])
def test_columns_are_uniform_and_of_their_own(points: object) -> None:
    made = np.array([points(3, name, 0, 2048) for name in NAMES])  # type: ignore[operator]
    assert 0.0 < made.min() < made.max() < 1.0
    assert min(stats.kstest(column, "uniform").pvalue for column in made) > 1e-4
    assert abs(np.corrcoef(made)[np.triu_indices(len(NAMES), 1)]).max() < 0.1
    assert (points(3, NAMES[0], 300, 700) == made[0, 300:700]).all()  # type: ignore[operator]


def test_latin_has_one_draw_in_each_cell_of_each_block() -> None:
    made = columns.latin(3, "a", 0, 512).reshape(2, 256)
    assert (np.sort(np.floor(made * 256)) == np.arange(256)).all()
    assert (made[0] != made[1]).all()
