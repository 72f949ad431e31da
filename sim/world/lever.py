"""What a kind of intervention does besides limiting: when it starts or ends, and when levels or models come."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.record import ModelRecord


class Lever:
    """What one kind does, for one intervention in force. Nothing, where a method is not its own."""

    __slots__ = ()

    def begin(self) -> None:
        """The intervention has started, and the labs that it binds know it."""

    def entered(self, lab: LabState) -> None:
        """A covert project that it binds begins today."""

    def end(self) -> None:
        """It is over."""

    def reached(self, event: int) -> None:
        """Some lab has reached a level today."""

    def available(self, lab: LabState, model: ModelRecord, event: int) -> None:
        """A lab can use a new model from today on."""
