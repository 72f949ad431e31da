"""Texts of JSON objects that have nothing but numbers, as accelerators by type: sent as numbers, written where kept.

Python finds a number's shortest text at the price of a hundred other cells. Arrow finds the same one at a quarter of
it, but a worker has no Arrow: nothing is written before somebody looks at the texts.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

LOW, HIGH = 1e-3, 1e9
"""From here to there both write a number without an exponent, but Arrow writes whole ones without `.0`."""


class Amounts(Sequence[str]):
    """Texts of objects, with sorted keys and no spaces. keys: all that any has, sorted. numbers: a row for each key, a
    column for each object; nan where it does not have the key.
    """

    __slots__ = ("keys", "numbers", "_texts")

    def __init__(self, keys: list[str], numbers: NDArray[np.float64]) -> None:
        self.keys, self.numbers = keys, numbers
        self._texts: list[str] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return Amounts, (self.keys, self.numbers)

    def __len__(self) -> int:
        return self.numbers.shape[1]

    @overload
    def __getitem__(self, n: int) -> str: ...

    @overload
    def __getitem__(self, n: slice) -> list[str]: ...

    def __getitem__(self, n: int | slice) -> str | list[str]:
        return self._written()[n]

    def __iter__(self) -> Iterator[str]:
        return iter(self._written())

    def _written(self) -> list[str]:
        if self._texts is None:
            names = [f"{json.dumps(key)}:" for key in self.keys]
            objects = zip(*map(shortest, self.numbers), strict=True)
            self._texts = [
                f"{{{','.join([name + text for name, text in zip(names, texts, strict=True) if text])}}}"
                for texts in objects
            ]
        return self._texts


def amounts_of(values: Sequence[Any]) -> Amounts | None:
    """The objects among values that are not None; None if there are none, or others than of finite floats."""
    known = [value for value in values if value is not None]
    if {*map(type, known)} != {dict} or not all(known):
        return None
    numbers = list(chain.from_iterable(map(dict.values, known)))
    if {*map(type, numbers)} != {float} or not all(map(math.isfinite, numbers)):
        return None
    names: set[Any] = {*chain.from_iterable(known)}
    if {*map(type, names)} != {str}:
        return None
    keys = sorted(names)
    flat = [value.get(key, math.nan) for key in keys for value in known]
    data = struct.pack(f"{len(flat)}d", *flat)  # NumPy looks at each value two times, at several times the price
    return Amounts(keys, np.frombuffer(data, dtype=np.float64).reshape(len(keys), len(known)))


def shortest(numbers: NDArray[np.float64]) -> list[str]:
    """Each as `repr` writes it; nothing for nan."""
    import pyarrow as pa

    try:
        from pyarrow._compute import CastOptions, call_function  # without all that pyarrow.compute makes
    except ImportError:
        from pyarrow.compute import CastOptions, call_function
    data = pa.py_buffer(np.ascontiguousarray(numbers))
    array = pa.Array.from_buffers(pa.float64(), len(numbers), [None, data])
    found = [text if "." in text else f"{text}.0" for text in
             call_function("cast", [array], CastOptions(pa.string())).to_pylist()]  # fmt: skip
    for n in np.flatnonzero(~((numbers >= LOW) & (numbers < HIGH))).tolist():
        found[n] = "" if math.isnan(numbers[n]) else repr(float(numbers[n]))
    return found
