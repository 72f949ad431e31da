"""Many worlds: sampling draws of a scenario, running them here or on a cluster, storing and resuming."""

from sim.ensemble.sampler import Sampler

__all__ = ["Sampler"]
