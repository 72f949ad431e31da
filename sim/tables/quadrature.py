"""Integrals of several rates at once: exact where nothing moves, else by quadrature to rounding."""

from __future__ import annotations

from collections.abc import Callable

from sim.base.piece import GAUSS_LEGENDRE

ACCURACY, DEEPEST = 1e-12, 24
"""Of the integrals that have corners at unknown days: relative error, and how often an interval may be halved."""


def integral_of(rate: Callable[[float], list[float]], start: float, end: float, panels: int) -> list[float]:
    """∫ of several rates over [start, end): exact where nothing moves (panels 0), else by quadrature, to rounding.

    panels negative: there may be corners inside, and each part is halved until that changes nothing.
    """
    if not panels:
        return [value * (end - start) for value in rate((start + end) / 2.0)]
    width = (end - start) / abs(panels)
    total: list[float] = []
    for k in range(abs(panels)):
        left = start + width * k
        part = _gauss(rate, left, left + width)
        if panels < 0:
            part = _halved(rate, left, left + width, part, ACCURACY * sum(map(abs, part)), DEEPEST)
        total = [a + b for a, b in zip(total, part, strict=True)] if total else part
    return total


def _gauss(rate: Callable[[float], list[float]], left: float, right: float) -> list[float]:
    width, total = right - left, None
    for place, weight in GAUSS_LEGENDRE:
        values = [weight * width * value for value in rate(left + width * place)]
        total = values if total is None else [a + b for a, b in zip(total, values, strict=True)]
    assert total is not None
    return total


def _halved(
    rate: Callable[[float], list[float]], left: float, right: float, whole: list[float], error: float, deepest: int
) -> list[float]:
    """The integral again in halves, until that changes it by no more than `error`, which is of the whole part."""
    middle = (left + right) / 2.0
    one, two = _gauss(rate, left, middle), _gauss(rate, middle, right)
    halves = [a + b for a, b in zip(one, two, strict=True)]
    changed = sum(abs(a - b) for a, b in zip(halves, whole, strict=True))
    if changed <= error or not deepest or not left < middle < right:
        return halves
    return [a + b for a, b in zip(_halved(rate, left, middle, one, error, deepest - 1),
                                  _halved(rate, middle, right, two, error, deepest - 1), strict=True)]  # fmt: skip
