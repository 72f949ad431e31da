"""One GPU or TPU type."""

from __future__ import annotations

from dataclasses import dataclass

from sim.base.units import H100E_8BIT_OPERATIONS_PER_S, H100E_FLOP_PER_S
from sim.model.declare import number, numbers, when

PRECISIONS = ("fp4", "fp8", "bf16")
"""From narrow to wide; `bf16` stands for any 16-bit dense peak (fp16 on a V100)."""

H100E_DEFINITIONS = ("dense bf16", "8-bit")
"""What H100-equivalents are counted by: this program, and Epoch AI's stock figures."""

BYTES_PER_PARAMETER = {"fp4": 0.5, "fp8": 1.0, "bf16": 2.0}


@dataclass(slots=True, kw_only=True)
class Accelerator:
    name: str
    peak_flop_per_s: dict[str, float] = numbers(
        "peak", "FLOP/s", "dense peak by precision (fp4, fp8, bf16), of one accelerator", above=0.0
    )
    memory_bytes: float = number("memory", "byte", "high-bandwidth memory of one accelerator", above=0.0)
    bandwidth_bytes_per_s: float = number("bandwidth", "byte/s", "memory bandwidth of one accelerator", above=0.0)
    power_w: float | None = number("power", "W", "thermal design power of one accelerator", default=None, above=0.0)
    available: float | None = when("available", "first date on which it could be had", default=None)

    h100e_8bit: float | None = number(
        "h100e_8bit",
        "1",
        "H100-equivalents of one accelerator by 8-bit operations, where it has none in fp8 (int8)",
        default=None,
        above=0.0,
    )

    def usable_precision(self, wanted: str) -> str:
        """`wanted`, or the next wider precision for which this type has a peak; else its widest.

        A type without a stated fp8 peak (A100, TPU v4) serves in bf16.
        """
        peaks = self.peak_flop_per_s
        if wanted in peaks:
            return wanted
        start = PRECISIONS.index(wanted)
        for precision in PRECISIONS[start:] + PRECISIONS[:start][::-1]:
            if precision in peaks:
                return precision
        raise ValueError(f"accelerator {self.name} has no peak among {', '.join(PRECISIONS)}")

    def peak(self, wanted: str) -> float:
        """Dense peak in FLOP/s at `usable_precision(wanted)`."""
        found = self.peak_flop_per_s.get(wanted)
        return self.peak_flop_per_s[self.usable_precision(wanted)] if found is None else found

    @property
    def h100e(self) -> float:
        """H100-equivalents of one accelerator: dense bf16 peak over an H100 SXM's."""
        return self.peak("bf16") / H100E_FLOP_PER_S

    def h100e_by(self, definition: str) -> float | None:
        """H100-equivalents of one accelerator by a definition of `H100E_DEFINITIONS`; None: it has no 8-bit peak."""
        if definition == H100E_DEFINITIONS[0]:
            return self.h100e
        if self.h100e_8bit is not None:
            return self.h100e_8bit
        peak = self.peak_flop_per_s.get("fp8")
        return None if peak is None else peak / H100E_8BIT_OPERATIONS_PER_S
