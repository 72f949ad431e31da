"""Pools in the second simulator: each hour every lab of a pool has what the best of them has found in software."""

from __future__ import annotations

from typing import Any

from tests.second.interventions import Bound


class Pooled(Bound):
    def pool(self) -> list[Any]:
        """The other labs of the pools that it is in now."""
        mates = {name for item in self.world.items if item.spec.pool and item.started is not None
                 and item.ended is None and self.spec.name in item.labs for name in item.labs}  # fmt: skip
        return [lab for lab in self.world.labs if lab is not self and lab.spec.name in mates]

    def caught_up(self, known: float) -> float:
        most = max([known, *(lab.known_on(self.world.now) for lab in self.pool())])
        return super().caught_up(most)
