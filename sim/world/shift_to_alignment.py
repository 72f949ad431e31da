"""Compute that goes to the fleet `alignment`: a share of a lab's accelerators, or of what interventions free there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.alignment import ALIGNMENT
from sim.model.intervention import FREED, Intervention
from sim.model.level import threshold
from sim.world.lever import Lever
from sim.world.secret import known_day

if TYPE_CHECKING:
    from sim.world.intervention import InterventionState
    from sim.world.limits import Limits
    from sim.world.run import Holding
    from sim.world.world import World


class Shift(Lever):
    """Tells of the share that is shifted, when it starts and when a level changes it."""

    __slots__ = ("state", "share")

    def __init__(self, state: InterventionState) -> None:
        self.state = state
        self.share = 0.0

    def begin(self) -> None:
        self._tell(self.state.event)

    def reached(self, event: int) -> None:
        self._tell(event)

    def _tell(self, cause: int) -> None:
        state = self.state
        world, spec = state.world, state.spec
        share = share_now(spec, world)
        if share == self.share:
            return
        self.share = share
        causes = tuple(dict.fromkeys((cause, state.event)))
        for lab in state.labs:
            event = world.event(lab.name, "compute_shifted", spec.name, share, "share", {"of": spec.shift_of}, causes)
            lab.changed(event)


def shifts(spec: Intervention) -> bool:
    """Whether an intervention shifts compute to alignment."""
    return spec.shift_to_alignment is not None or bool(spec.shift_from_level)


def share_now(spec: Intervention, world: World) -> float:
    """The share that an intervention shifts today: that of the level that was reached last, else the one stated.

    Of several that were reached on one day the highest counts.
    """
    reached = [
        (day, threshold(world.draw, level), level, share)
        for level, share in (spec.shift_from_level or {}).items()
        if (day := known_day(world, level)) is not None
    ]
    return spec.holds * (max(reached)[-1] if reached else spec.shift_to_alignment or 0.0)


def freed_part(limits: Limits) -> float:
    """Share of what interventions free at a lab that goes to alignment before the rest goes anywhere."""
    if not any(fleet.name == ALIGNMENT and fleet.best is not None for fleet in limits.lab.fleets):
        return 0.0
    world = limits.lab.world
    return max((share_now(spec, world) for spec in limits.specs if shifts(spec) and spec.shift_of == FREED),
               default=0.0)  # fmt: skip


def shift(limits: Limits, result: dict[str, Holding], protected: set[str]) -> None:
    """Give alignment what is shifted, as far as the uses that give it hold so much; each gives in proportion.

    protected: uses that give nothing, as a minimum is asked for them.
    """
    lab = limits.lab
    if not any(fleet.name == ALIGNMENT and fleet.best is not None for fleet in lab.fleets):
        return
    for spec in limits.specs:
        if not shifts(spec) or spec.shift_of == FREED:
            continue
        share = share_now(spec, lab.world)
        others = [use for use in result if use != ALIGNMENT and use not in protected]
        givers = [use for use in others if not spec.shift_from or use in spec.shift_from]
        for kind, total in limits.lab.view.total.items():
            have = sum(result[use].get(kind, 0.0) for use in givers)
            moved = min(share * total, have)
            if moved <= 0.0:
                continue
            for use in givers:
                result[use][kind] = result[use].get(kind, 0.0) * (1.0 - moved / have)
            held = result.setdefault(ALIGNMENT, {})
            held[kind] = held.get(kind, 0.0) + moved
