"""Points of one column that no other column has a part in: random ones, and Latin hypercubes.

Each is a function of (seed, name, number of the draw) alone: 53 bits of SplitMix64 (Steele, Lea & Flood 2014), whose
k-th number needs no earlier one.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

BLOCK = 256
"""Draws of one Latin hypercube: each block of so many draws has one point in each of as many equal cells."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def uniform(seed: int, name: str, start: int, stop: int) -> NDArray[np.float64]:
    """Random numbers `start` to `stop` (exclusive) of a column, in (0, 1)."""
    return (_words(seed, name, start, stop) >> np.uint64(11)).astype(np.float64) * 2.0**-53 + 2.0**-54


def latin(seed: int, name: str, start: int, stop: int) -> NDArray[np.float64]:
    """Points `start` to `stop` (exclusive) of a column: a Latin hypercube for each `BLOCK` of draws, in (0, 1)."""
    first, last = start // BLOCK, -(-stop // BLOCK)
    keys = _words(seed, name + "/cells", first * BLOCK, last * BLOCK).reshape(-1, BLOCK)
    cells = np.argsort(np.argsort(keys, axis=1, kind="stable"), axis=1, kind="stable").reshape(-1)
    inside = uniform(seed, name, first * BLOCK, last * BLOCK)
    return ((cells + inside) / BLOCK)[start - first * BLOCK : stop - first * BLOCK]


def keyed(seed: int, name: str) -> int:
    """A number of 64 bits for any seed, also a negative one, and name: what a generator of another kind starts from."""
    return int.from_bytes(blake2b(f"{seed}/{name}".encode(), digest_size=8).digest(), "big")


def _words(seed: int, name: str, start: int, stop: int) -> NDArray[np.uint64]:
    key = np.array([keyed(seed, name)], dtype=np.uint64)
    with np.errstate(over="ignore"):
        z = key + np.arange(start + 1, stop + 1, dtype=np.uint64) * _GOLDEN
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: NDArray[np.uint64] = z ^ (z >> np.uint64(31))
    return result
