"""What is the same in every draw of a scenario, worked out once: a draw then only makes what uncertain inputs move."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.model.declare import parameters
from sim.scenario.spec import Spec

if TYPE_CHECKING:
    from sim.scenario.resolve import Resolver


@dataclass(slots=True)
class Shared:
    """What draws of a scenario have in common.

    built: block -> its object, of blocks that are the same in each. fields: block -> its fields that are the same in
    each, and what the others are made of; of other blocks. supplies: block -> as `complete.supply_type` and `in_h100e`
    have it. settled: blocks whose shares are the same in each draw. Blocks are known by their identity, in one process.
    """

    built: dict[int, Any]
    fields: dict[int, tuple[dict[str, Any], list[tuple[str, Any]]]]
    supplies: dict[int, tuple[str | None, bool]] = field(default_factory=dict)
    settled: set[int] = field(default_factory=set)


class Plan(Shared):
    """For each block of a scenario what of it no uncertain input moves; made again where a scenario was unpickled."""

    def __init__(self, fixed: Resolver) -> None:
        """fixed: of the central case, without a plan; what it reads for a block is what the block depends on."""
        super().__init__({}, {})
        self._fixed = fixed
        self._fields_of(fixed.root)
        for spec in fixed.accelerators.values():
            self._block(spec)

    def _moves(self, make: Callable[[], Any]) -> tuple[Any, bool]:
        """What was made, and whether that read an uncertain input."""
        before = self._fixed.uncertain_reads
        made = make()
        return made, self._fixed.uncertain_reads > before

    def _block(self, spec: Spec) -> None:
        if id(spec) in self.fields or id(spec) in self.built:
            return
        made, moves = self._moves(lambda: self._fixed.build(spec))
        if moves:
            self._fields_of(spec)
        else:
            self.built[id(spec)] = made

    def _fields_of(self, spec: Spec) -> None:
        same: dict[str, Any] = {}
        varying: list[tuple[str, Any]] = []
        for name in parameters(spec.of):
            value = spec.values.get(name)
            made, moves = self._moves(lambda value=value: self._fixed.plain(value))  # type: ignore[misc]
            if moves:
                varying.append((name, value))
            else:
                same[name] = made
        self.fields[id(spec)] = (same, varying)
        for _, value in varying:
            for inner in _inside(value):
                self._block(inner)


def _inside(value: Any) -> Iterable[Spec]:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else (value,)
    return (item for item in items if isinstance(item, Spec))
