"""Random numbers as a function of (seed, draw, name, k).

The same on every platform, in any order, whatever else exists in the scenario: an added input or event
redraws nothing. 53 bits of blake2b.
"""

from __future__ import annotations

import math
from hashlib import blake2b


def uniform(seed: int, draw: int, name: str, k: int = 0) -> float:
    """Uniform number in the open interval (0, 1): the middle of one of 2^53 equal cells."""
    digest = blake2b(f"{seed}/{draw}/{name}/{k}".encode(), digest_size=8).digest()
    return ((int.from_bytes(digest, "big") >> 11) + 0.5) * 2.0**-53


def unit_exponential(seed: int, draw: int, name: str, k: int = 0) -> float:
    """Exponential number of mean 1: the integrated rate at which the k-th event of `name` fires."""
    return -math.log(uniform(seed, draw, name, k))
