"""What can go wrong while a world runs; `sim.world.simulate` says it with the date, the reason and the remedy."""


class LoopError(RuntimeError):
    """Events go on causing each other at one instant."""


class PolicyError(RuntimeError):
    """A policy gave out accelerators that are not there, or contradicts itself."""
