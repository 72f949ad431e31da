"""Constants that fix the meaning of the program's units.

Throughput is per second; inside the kernel time is in days. A year is 365.25 days and a month as a
length 30.4375 days (a month as a recurrence goes by the calendar, see `calendar.py`).
"""

from __future__ import annotations

from typing import Final

SECONDS_PER_DAY: Final = 86_400.0
HOURS_PER_WEEK: Final = 168.0
SECONDS_PER_HOUR: Final = 3_600.0
DAYS_PER_YEAR: Final = 365.25
DAYS_PER_MONTH: Final = DAYS_PER_YEAR / 12.0

H100E_FLOP_PER_S: Final = 989.4e12
"""FLOP/s of one H100-equivalent: the dense bf16 peak of an H100 SXM (Nvidia data sheet)."""

H100E_8BIT_OPERATIONS_PER_S: Final = 1979e12
"""Dense 8-bit operations/s of one H100-equivalent as Epoch AI counts them (ai-chip-counts, 2026)."""

H100E: Final = "H100e"
"""Name of the generic accelerator for stocks that are known only in sum."""
