"""What models do in one fleet of a lab: how fast they run on its accelerators, and what that is worth."""

from __future__ import annotations

from sim.model.fleet import Fleet
from sim.physics.throughput import Throughput
from sim.tables.fleet_lines import FleetLine
from sim.world.record import Steps


class ModelRates:
    """What one model does in one fleet at inference efficiency 1.

    tokens_per_s, copies: on one of each of the types of accelerators that the fleet ever has. worth: human-equivalents
    of a token/s, by domain in the order of their names.
    """

    __slots__ = ("tokens_per_s", "copies", "worth")

    def __init__(self, each: list[Throughput], worth: list[float]) -> None:
        self.tokens_per_s = [one.tokens_per_s for one in each]
        self.copies = [one.copies for one in each]
        self.worth = worth


class FleetRates:
    """One fleet of a lab, and how fast models run in it. It knows of no `Rates`: such cycles would outlive a draw."""

    __slots__ = ("lab", "name", "inference", "think", "domain", "line", "demand", "tricks", "known")

    def __init__(
        self, lab: str, spec: Fleet, domain: int, line: FleetLine, demand: Steps | None, tricks: list[float]
    ) -> None:
        """domain: its place in the order of their names. line: what the fleet ran on which accelerators. demand:
        tokens/s asked for; None if without limit. tricks: days on which inference tricks begin.
        """
        self.lab, self.name, self.domain = lab, spec.name, domain
        self.inference, self.think = spec.inference, spec.think_x or 1.0
        self.line, self.demand, self.tricks = line, demand, tricks
        self.known: list[dict[str, ModelRates]] = [{} for _ in range(len(tricks) + 1)]
        """Between days of tricks: model -> its rates, as asked for; shared by fleets in which all are the same."""

    def does_as(self, other: FleetRates) -> bool:
        """Whether models are as fast, and worth as much, in another fleet of the lab."""
        return (
            self.inference is other.inference and self.think == other.think and self.line.types == other.line.types
        )
