"""For policies in a Python file of your own (docs/policies.md): what they return, and the built-in ones to build on."""

from sim.world.own_policy import OwnView as View
from sim.world.policy import Decision, Shares, share_rest, shares, start_in_order, training_first

__all__ = ["Decision", "Shares", "View", "share_rest", "shares", "start_in_order", "training_first"]
