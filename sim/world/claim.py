"""In which order runs ask for accelerators, for how many, and why they cannot have them."""

from __future__ import annotations

from typing import Final

from sim.base.units import SECONDS_PER_DAY
from sim.model.accelerator import Accelerator
from sim.world.run import Holding, Run

SLACK: Final = 1e-9
"""Relative tolerance below which a shortfall, or what is left of a cluster, is rounding."""


def by_date(run: Run) -> tuple[float, str]:
    """The order in which runs that are due have their turn."""
    return run.due, run.name


def claim(
    run: Run,
    total: Holding,
    free: Holding,
    offered: Holding,
    accelerators: dict[str, Accelerator],
    models: set[str],
) -> Holding | str:
    """Accelerators that a due run takes now, or the reason why it waits.

    total: the lab's cluster. free: what no run in progress and no firm earmark holds. offered: what the
    policy gives to a run that states no size of its own. models: names that the lab can use.
    """
    spec = run.spec
    if spec.base is not None and spec.base not in models:
        return f"its base {spec.base} is not there yet"
    if run.claim:
        return _if_free(_of_phase(run), free, total)
    if spec.accelerators:
        return _if_free(spec.accelerators, free, total)
    if run.needs_length():
        return _for_length(run, free, accelerators)
    if spec.share is not None:
        return _if_free({kind: spec.share * count for kind, count in total.items() if count}, free, total)
    taken = {}
    for kind, count in offered.items():
        count = min(count, free.get(kind, 0.0))
        if count > SLACK * total.get(kind, 0.0):
            taken[kind] = count
    return taken or "other runs hold all accelerators that are meant for training"


def too_large(run: Run, total: Holding, accelerators: dict[str, Accelerator]) -> bool:
    """Whether the run would not fit the whole cluster either: it then holds up no other run."""
    spec = run.spec
    if run.claim:
        wanted = _of_phase(run)
        return any(count > total.get(kind, 0.0) * (1.0 + SLACK) for kind, count in wanted.items())
    if spec.accelerators:
        return any(count > total.get(kind, 0.0) * (1.0 + SLACK) for kind, count in spec.accelerators.items())
    if run.needs_length():
        return isinstance(_for_length(run, total, accelerators), str)
    return not any(total.values())


def _of_phase(run: Run) -> Holding:
    """What a suspended run needs to go on."""
    return {kind: count * run.phases[run.phase].accelerators_share for kind, count in run.claim.items()}


def _if_free(wanted: Holding, free: Holding, total: Holding) -> Holding | str:
    for kind in sorted(wanted):
        count, have = wanted[kind], free.get(kind, 0.0)
        if count > have * (1.0 + SLACK):
            held = total.get(kind, 0.0) - have
            why = f"needs {count:,.0f} {kind}; the lab has {total.get(kind, 0.0):,.0f}"
            return f"{why}, of which runs and firm earmarks hold {held:,.0f}" if held > 0.0 else why
    taken = {kind: min(wanted[kind], free[kind]) for kind in sorted(wanted) if wanted[kind] > 0.0}
    return taken or "the lab has no accelerators"


def _for_length(run: Run, free: Holding, accelerators: dict[str, Accelerator]) -> Holding | str:
    spec = run.spec
    training = spec.training
    assert run.flop is not None and run.length is not None
    work = sum(p.flop_share / p.accelerators_share for p in run.phases if p.trains)
    needed = run.flop * work / (run.length * SECONDS_PER_DAY * training.utilisation)
    have = sum(count * accelerators[kind].peak(training.precision) for kind, count in free.items())
    if needed > have * (1.0 + SLACK):
        return (
            f"needs {needed:.3g} FLOP/s of {training.precision} peak to do {run.flop:.3g} FLOP "
            f"in {run.length:.4g} days; {have:.3g} are free"
        )
    part = min(1.0, needed / have)
    return {kind: part * count for kind, count in free.items() if count > 0.0}
