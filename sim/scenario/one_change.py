"""Draws of the central case in which one thing is changed: what that does not move is made once, and shared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sim.model.draw import Draw
from sim.model.lab import Lab
from sim.scenario.quantity import Quantity
from sim.scenario.resolve import Resolver
from sim.scenario.spec import Spec

Adjust = Mapping[str, Callable[[float], float]]
"""Path of an input -> what is done to its number, as in `Scenario.draw`."""


class OneChange:
    """Makes such draws, each as `Scenario.draw(adjust=…)` does. Parts of them are shared: nothing may change a draw."""

    def __init__(
        self, root: Spec, start: date, accelerators: Mapping[str, Spec], uncertain: tuple[str, ...]
    ) -> None:
        self._root, self._start, self._accelerators = root, start, dict(accelerators)
        self._uncertain = uncertain
        self._central: _Noting | None = None

    def draw(self, adjust: Adjust, seed: int | None = None) -> Draw:
        """The whole draw."""
        return self._resolver(adjust).draw(seed, 0, self._uncertain)

    def lab(self, name: str, adjust: Adjust) -> Lab:
        """One lab of it, at a small part of the cost."""
        made: Lab = self._resolver(adjust).build(self._root.values["labs"][name])
        return made

    def _resolver(self, adjust: Adjust) -> Resolver:
        if self._central is None:
            self._central = _Noting(self._root, self._accelerators, self._start, {})
            self._central.draw(None, 0, ())
        same = {block: made for block, made in self._central.made.items()
                if self._central.paths[block].isdisjoint(adjust)}  # fmt: skip
        return _Sharing(same, self._root, self._accelerators, self._start, {}, None, adjust)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_central": None}  # it knows objects by their identity


class _Sharing(Resolver):
    """Makes each block once. made: those that are there already. Blocks are known by their identity."""

    def __init__(self, made: dict[int, Any], *given: Any) -> None:
        super().__init__(*given)
        self._made = made

    def build(self, spec: Spec) -> Any:
        made = self._made.get(id(spec))
        if made is None:
            made = self._made[id(spec)] = self._build(spec)
        return made


class _Noting(Resolver):
    """Notes of each block the paths of the inputs that were read to make it. Blocks are known by their identity."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.made: dict[int, Any] = {}
        self.paths: dict[int, set[str]] = {}
        self._open: list[set[str]] = [set()]
        """Paths read so far for each block that is being made, the innermost last; first those of no block."""

    def value(self, quantity: Quantity) -> float:
        self._open[-1].add(quantity.path)
        self._open[-1] |= quantity.rests_on
        return super().value(quantity)

    def build(self, spec: Spec) -> Any:
        if id(spec) not in self.made:
            self._open.append(set())
            self.made[id(spec)] = self._build(spec)
            self.paths[id(spec)] = self._open.pop()
        self._open[-1] |= self.paths[id(spec)]
        return self.made[id(spec)]
