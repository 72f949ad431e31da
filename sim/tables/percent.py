"""A share to read."""

from __future__ import annotations

import math


def percent(share: float) -> str:
    """In whole percents; closer to none or all, with the digits that tell it from these: 37%, 0.3%, 99.7%."""
    rest = min(abs(share), abs(1.0 - share))
    if not 0.0 < rest < 0.01:
        return f"{100.0 * share:.0f}%"
    digits = 1 - math.floor(math.log10(100.0 * rest))
    return f"{f'{100.0 * share:.{digits}f}'.rstrip('0').rstrip('.')}%"
