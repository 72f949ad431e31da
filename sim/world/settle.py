"""The software of all labs, predicted anew when an instant is over."""

from __future__ import annotations

from sim.world.progress import Progress
from sim.world.run import RunError


def settle(progressing: list[Progress]) -> dict[str, int]:
    """Predict anew for every lab whose software has to be looked at; labs that others learn from at once come first.

    Returns those labs, with the last event of the software of each.
    """
    rounds = 0
    moved: dict[str, int] = {}
    while progressing:
        batch = sorted(progressing, key=_order) if len(progressing) > 1 else list(progressing)
        progressing.clear()
        for progress in batch:
            progress.predict()
            moved[progress.name] = progress.event
        rounds += 1
        if rounds > 100:
            names = ", ".join(progress.lab.name for progress in batch)
            raise RunError(f"software of {names} goes on changing at one instant")
    return moved


def _order(progress: Progress) -> tuple[int, str]:
    return progress.rank, progress.name
