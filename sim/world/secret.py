"""Labs that work in secret: what the others may not know of them, and how it becomes known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.world import World

SECRET: Final = "secret"
"""Why no model of such a lab becomes public."""


def known_day(world: World, level: str) -> float | None:
    """The day on which some lab was the first to reach a level, as far as anybody knows."""
    levels, secret = world.record.levels, world.secret
    if not secret:
        return levels[level, ""][0] if (level, "") in levels else None
    return min((day for (name, lab), (day, _) in levels.items() if name == level and lab and lab not in secret),
               default=None)  # fmt: skip


def reveal(world: World, lab: LabState, event: int) -> None:
    """From today on all know of a lab, and of the models and levels that it has; it may make models public."""
    world.secret.discard(lab.name)
    world.run_clocks(lab.name, "public releases", 1.0, SECRET)
    own = [lab.models[name] for name in sorted(lab.usable) if "/" not in name]
    world.ran(max((model.training_flop or 0.0 for model in own), default=0.0), event)
    assert world.interventions is not None
    for model in own:
        world.interventions.available(lab, model, event)
    for level, by in sorted(world.record.levels):
        if by == lab.name:
            world.interventions.reached(level, lab.name, event)
