"""A cap on capability: how strong a run's model would be, and what FLOP keep it below the cap."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING, Final

from sim.base.calendar import tick
from sim.model.intervention import Intervention
from sim.model.level import Level
from sim.model.worth import value_of
from sim.world.cap_growth import growing_cap
from sim.world.own_calendar import own_day
from sim.world.record import ModelRecord
from sim.world.run import Run

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.world import World

BELOW: Final = 1e-6
"""Share by which a model stays below the level that it may not reach."""


def cleared(lab: LabState, after: float) -> float:
    """Effective FLOP of the strongest model that some lab has had for so many days, by the time of a lab that waits."""
    today = lab.world.agenda.day - lab.late
    return max((model.effective_flop for day, model in _clearances(lab, after) if day <= today), default=0.0)


def next_cleared(lab: LabState, after: float) -> float:
    """The next day, of a lab's own time, on which a model is cleared for it; infinite if none in use is not."""
    today = lab.world.agenda.day - lab.late
    return min((day for day, _ in _clearances(lab, after) if day > today), default=inf)


def _clearances(lab: LabState, after: float) -> Iterator[tuple[float, ModelRecord]]:
    """Models in use anywhere that it may know of, and the days of a lab's own time (which stands when it does) that
    clear them."""
    stands, secret = lab.world.record.standstills.get(lab.name, []), lab.world.secret
    for owner in lab.world.labs:
        if owner is not lab and owner.name in secret:
            continue
        for name in owner.usable:
            model = owner.models[name]
            yield tick(own_day(stands, model.internal) + after), model


def is_stated(spec: Intervention) -> bool:
    """Whether an intervention caps what a model can do."""
    return spec.cap_capability is not None or spec.cap_growth is not None or spec.hold_at is not None


def allowed(lab: LabState, spec: Intervention, run: Run) -> float:
    """Effective FLOP that the model of a run may have, before it is tuned."""
    most, world = inf, lab.world
    if spec.cap_capability is not None:
        most = spec.cap_capability * cleared(lab, spec.cleared_after or 0.0) / _counts(lab, run, None)
    if spec.cap_growth is not None:
        most = min(most, growing_cap(world, spec) / _counts(lab, run, None))
    if spec.hold_at is not None:
        level = world.draw.levels[spec.hold_at]
        domain = level.domain if level.effective_flop is None else None
        most = min(most, effective_flop_of(world, level) * (1.0 - BELOW) / _counts(lab, run, domain))
    return most


def _counts(lab: LabState, run: Run, domain: str | None) -> float:
    """How many times its effective FLOP before it is tuned the model of a run counts for, in a domain or (None) for
    windows, levels of effective FLOP and what is cleared."""
    factor, tuned = 1.0, run.spec.tuned
    if tuned is not None:
        counted = tuned.there_x if tuned.domain == domain else tuned.elsewhere_x
        factor = 1.0 if counted is None else counted
    base = _distilled_from(lab, run)
    if base is not None and domain is not None:
        factor *= base.capability(domain) / base.effective_flop
    return factor


def _distilled_from(lab: LabState, run: Run) -> ModelRecord | None:
    """The model of which that of a run is a share, whatever FLOP it takes; None if it is not."""
    spec = run.spec
    if spec.distilled is None or spec.effective_flop is not None or spec.base is None:
        return None
    return lab.models.get(spec.base)


def given(lab: LabState, run: Run) -> float | None:
    """Effective FLOP of a run's model where it is stated or a share of its base's; None where it follows from FLOP."""
    base = _distilled_from(lab, run)
    if base is None:
        return run.spec.effective_flop
    assert run.spec.distilled is not None
    return (run.spec.distilled.effective_flop_share or 1.0) * base.effective_flop


def effective_flop_of(world: World, level: Level) -> float:
    """Effective FLOP from which on a level is reached."""
    if level.effective_flop is not None:
        return level.effective_flop
    assert level.domain is not None and level.share_doable is not None
    law = world.draw.domains[level.domain].share_doable
    if law.ceiling is not None and law.ceiling <= level.share_doable:
        return inf
    low, high = 0.0, 60.0  # factors of ten
    for _ in range(100):
        middle = (low + high) / 2.0
        low, high = (low, middle) if value_of(law, 10.0**middle) >= level.share_doable else (middle, high)
    return float(10.0**high)


def uncut(lab: LabState, run: Run, meant: float) -> float:
    """Effective FLOP of a run that was cut, if it had all FLOP that it was meant to have, by phase."""
    gain = 1.0 if run.spec.gain is None else run.spec.gain
    base = lab.models.get(run.spec.base) if run.spec.base is not None else None
    at = [efficiency for _, efficiency in run.trained]
    if not run.phase_waits:
        at.append(run.phase_efficiency)
    at += [lab.world.record.training_efficiency[lab.name].at(lab.world.agenda.day)] * (len(run.phases) - len(at))
    work = sum(phase.flop_share * efficiency for phase, efficiency in zip(run.phases, at, strict=True))
    return gain * ((base.flop_times_efficiency if base is not None else 0.0) + meant * work)


def flop_for(lab: LabState, run: Run, effective: float, planned: float) -> tuple[float, float]:
    """(effective FLOP of a run that has so many FLOP in all, FLOP with which it has `effective`).

    What is still to come counts with today's training efficiency, or that of the phase in progress.
    """
    spec, day = run.spec, lab.world.agenda.day
    gain = 1.0 if spec.gain is None else spec.gain
    base = lab.models.get(spec.base) if spec.base is not None else None
    efficiency = lab.world.record.training_efficiency[lab.name].at(day)
    if run.phase >= 0 and not run.phase_waits:
        efficiency = run.phase_efficiency
    done = sum(flop for flop, _ in run.trained)
    sure = sum(flop * at for flop, at in run.trained) + (base.flop_times_efficiency if base is not None else 0.0)
    fixed = given(lab, run)
    if fixed is not None:
        return fixed, planned if fixed <= effective else 0.0
    whole = gain * (sure + max(0.0, planned - done) * efficiency)
    return whole, max(0.0, done + (effective / gain - sure) / efficiency)
