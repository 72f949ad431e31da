"""What happens: the kernel that moves accelerators between uses over calendar time, event by event."""

from sim.world.record import RunRecord
from sim.world.simulate import simulate

__all__ = ["RunRecord", "simulate"]
