"""Texts of objects of numbers, written late and by another: the same as Python's JSON writes at once."""

import json
import math
import pickle
from typing import Any

import numpy as np
import pytest

from sim.ensemble.amounts import HIGH, LOW, Amounts, amounts_of, shortest
from sim.ensemble.encode import JSON, Texts, encode, join

TYPES = [{"H100": 67527.1147602191, "B200": 5.0}, {"B200": 0.1}, None, {'TPU "v5p" é': 1e22, "H100": 0.0},
         {"H100": -2.5}]  # fmt: skip


def written(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def test_numbers_are_as_python_writes_them() -> None:
    chance = np.random.default_rng(7)
    whole = [1.0, 10.0, 5000.0, 123456789.0, HIGH, LOW, np.nextafter(HIGH, 0.0), np.nextafter(LOW, 0.0), 1e16, 5e-324]
    some = 10.0 ** chance.uniform(math.log10(LOW), math.log10(HIGH), 50_000)
    numbers = np.array([*whole, *some, *np.round(some), *np.round(some, 2), *-some[:9], 0.0, -0.0])
    assert shortest(numbers) == list(map(repr, numbers.tolist()))


def test_objects_are_as_python_writes_them_also_after_they_went_to_another_process() -> None:
    found = encode(JSON, TYPES)
    assert isinstance(found, Texts) and isinstance(found.words, Amounts)
    for texts in (found, Texts(found.codes, pickle.loads(pickle.dumps(found.words)))):
        each = [None if code < 0 else texts.words[code] for code in texts.codes]
        assert each == [None if value is None else written(value) for value in TYPES]


def test_parts_are_joined_with_those_of_other_objects() -> None:
    other = [{"a": [1]}, None, {"B200": 0.1}]
    whole = join([encode(JSON, TYPES), encode(JSON, other)])
    assert isinstance(whole, Texts)
    found = [None if code < 0 else whole.words[code] for code in whole.codes]
    assert found == [value and written(value) for value in [*TYPES, *other]]


@pytest.mark.parametrize(
    "value", [{}, {"a": 1}, {"a": math.nan}, {"a": math.inf}, {1: 1.0}, {"a": "b"}, [1.0], {"a": {"b": 1.0}}]
)
def test_others_are_left_to_python(value: Any) -> None:
    assert amounts_of([{"x": 1.0}, value]) is None
    texts = encode(JSON, [{"x": 1.0}, value])
    assert isinstance(texts, Texts)
    assert list(texts.words) == ['{"x":1.0}', written(value)]
