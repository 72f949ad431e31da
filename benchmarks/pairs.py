"""How strongly inputs that the scenario lets go alone go together in the draws, by accident: the largest rank
correlation of any two, of Sobol points and of random ones, for few inputs and many, a dimension each.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.ensemble import columns, sobol
from sim.ensemble.estimate import Floats

INPUTS = (10, 23, 40, 62, 100, 200)
DRAWS = (64, 128, 256, 300, 512, 1024, 2048, 4096)
SEEDS = 6


def largest(points: Floats) -> float:
    ranks = np.argsort(np.argsort(points, axis=0), axis=0)
    pairs = np.abs(np.corrcoef(ranks, rowvar=False))
    np.fill_diagonal(pairs, 0.0)
    return float(pairs.max())


def made(method: str, seed: int, paths: Sequence[str], draws: int) -> Floats:
    if method == "sobol":
        words = [sobol.scrambled(k, seed, path) for k, path in enumerate(paths)]
        return sobol.points(np.array(words, dtype=np.uint32).T.copy(), 0, draws)
    draw = columns.latin if method == "latin" else columns.uniform
    return np.column_stack([draw(seed, path, 0, draws) for path in paths])


def main() -> None:
    print(f"largest rank correlation of two independent inputs in the draws, {SEEDS} seeds: least to most")
    print(f"{'inputs':>6} {'draws':>6} {'sobol':>12} {'latin':>12} {'random':>12}")
    for many in INPUTS:
        paths = [f"input {n}" for n in range(many)]
        for draws in DRAWS:
            told = []
            for method in ("sobol", "latin", "random"):
                found = [largest(made(method, seed, paths, draws)) for seed in range(SEEDS)]
                told.append(f"{min(found):.2f} to {max(found):.2f}")
            print(f"{many:6} {draws:6} {told[0]:>12} {told[1]:>12} {told[2]:>12}", flush=True)


if __name__ == "__main__":
    main()
