"""Sobol points, each column scrambled by itself: an added column leaves the bits of the others as they are.

A column is one dimension of the Sobol sequence (Joe & Kuo 2008), scrambled by a random lower triangular matrix and a
digital shift (Matoušek 1998, as SciPy does), both from a hash of (seed, name). Every point of a scrambled column is
uniform by itself, and the first 2^k points of a column have one in each of 2^k equal cells.
"""

from __future__ import annotations

from functools import cache
from hashlib import shake_256
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

BITS = 32
DIMENSIONS = 1024
"""Columns that the table of direction numbers is for."""

MOST_POINTS = 2**BITS

AT_ONCE = 256
"""Points that are worked out together: few enough to stay in a processor's cache."""

Words = NDArray[np.uint32]


@cache
def _table() -> list[list[int]]:
    text = files("sim.ensemble").joinpath("joe-kuo.txt").read_text(encoding="ascii")
    return [[int(word) for word in line.split()] for line in text.splitlines() if not line.startswith("#")]


def directions(dimension: int) -> Words:
    """The direction numbers of one dimension, counted from 0: point n is the XOR of those at n's bits, over 2^32."""
    polynomial, *numbers = _table()[dimension]
    degree = len(numbers)
    if not degree:  # the first dimension, van der Corput's
        return np.array([1 << (BITS - 1 - k) for k in range(BITS)], dtype=np.uint32)
    found = [number << (BITS - 1 - k) for k, number in enumerate(numbers)]
    for k in range(degree, BITS):
        value = found[k - degree] ^ (found[k - degree] >> degree)
        for i in range(1, degree):
            if polynomial >> (degree - i) & 1:
                value ^= found[k - i]
        found.append(value)
    return np.array(found, dtype=np.uint32)


def scrambled(dimension: int, seed: int, name: str) -> Words:
    """The direction numbers of one column after scrambling, and as the last word its shift: 33 words."""
    noise = np.frombuffer(shake_256(f"{seed}/{name}/sobol".encode()).digest(4 * (BITS + 1)), dtype=">u4")
    diagonal = np.uint32(1 << (BITS - 1)) >> np.arange(BITS, dtype=np.uint32)
    above = ~(diagonal | (diagonal - np.uint32(1)))
    rows = (noise[:BITS].astype(np.uint32) & above) | diagonal
    # Bit r of a scrambled number is the parity of row r and the number.
    parity = rows[:, None] & directions(dimension)[None, :]
    for shift in (16, 8, 4, 2, 1):
        parity ^= parity >> np.uint32(shift)
    words = np.bitwise_or.reduce(np.where(parity & np.uint32(1), diagonal[:, None], np.uint32(0)), axis=0)
    return np.append(words, noise[BITS].astype(np.uint32))


def points(columns: Words, start: int, stop: int) -> NDArray[np.float64]:
    """Points `start` to `stop` (exclusive) of the columns, each as `scrambled` gives it: one row a point, in (0, 1).

    columns: 33 rows, one column each.
    """
    places = np.arange(max(stop - 1, 0).bit_length(), dtype=np.uint64)
    found = np.empty((stop - start, columns.shape[1]), dtype=np.uint32)
    for first in range(start, stop, AT_ONCE):
        index = np.arange(first, min(first + AT_ONCE, stop), dtype=np.uint64)
        bits = (index[:, None] >> places & np.uint64(1)).astype(np.uint32)
        chosen = bits[:, :, None] * columns[: len(places)]
        found[first - start : first - start + AT_ONCE] = np.bitwise_xor.reduce(chosen, axis=1)
    return ((found ^ columns[BITS]) + 0.5) * 2.0**-BITS
