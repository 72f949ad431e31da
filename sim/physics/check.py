"""Refusing inputs for which an equation has no meaning. Each check also refuses NaN."""

from __future__ import annotations

import math


def positive(name: str, value: float) -> None:
    """ValueError unless `value` is above 0 and finite."""
    if not 0.0 < value < math.inf:
        raise ValueError(f"{name} must be positive and finite, got {value}")


def not_negative(name: str, value: float) -> None:
    """ValueError unless `value` is 0 or more and finite."""
    if not 0.0 <= value < math.inf:
        raise ValueError(f"{name} must be 0 or more and finite, got {value}")


def share(name: str, value: float) -> None:
    """ValueError unless `value` is between 0 and 1, both included."""
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name} must be between 0 and 1, got {value}")


def positive_share(name: str, value: float) -> None:
    """ValueError unless `value` is above 0 and at most 1."""
    if not 0.0 < value <= 1.0:
        raise ValueError(f"{name} must be above 0 and at most 1, got {value}")
