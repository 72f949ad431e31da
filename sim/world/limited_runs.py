"""Training runs under interventions: which may start or go on, how large, and which are suspended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.model.intervention import DESTROY, RESTART, TRAINING, WAIT, Intervention
from sim.world import capability_cap, run_cap, training
from sim.world.claim import SLACK
from sim.world.cut_runs import Plan
from sim.world.room import caps_training, room, too_large
from sim.world.run import Holding, Run, plan_phases

if TYPE_CHECKING:
    from sim.world.limits import Limits


def caps_on(limits: Limits, run: Run, planned: float) -> list[tuple[float, Intervention]]:
    """(FLOP that a run of so many may have, the intervention that caps it) for each that leaves it fewer."""
    caps: list[tuple[float, Intervention]] = []
    meant = run_cap.uncut_flop(limits.lab, run, planned)
    for spec in limits.specs:
        if spec.cap_run_flop is not None:
            caps.append((spec.held_to(spec.cap_run_flop, meant), spec))
        if planned and capability_cap.is_stated(spec):
            strongest = capability_cap.allowed(limits.lab, spec, run)
            wanted, _ = capability_cap.flop_for(limits.lab, run, strongest, planned)
            if wanted > strongest:
                if meant != planned and capability_cap.given(limits.lab, run) is None:
                    wanted = capability_cap.uncut(limits.lab, run, meant)
                _, cap = capability_cap.flop_for(limits.lab, run, spec.held_to(strongest, wanted), planned)
                caps.append((cap, spec))
    return [(cap, spec) for cap, spec in caps if cap < planned * (1.0 - SLACK)]


def largest_run(limits: Limits, run: Run, planned: float) -> tuple[float, list[Intervention], bool]:
    """(FLOP that a run of so many may have, the interventions that cap it most if any do, whether one lets it wait)."""
    caps = caps_on(limits, run, planned)
    most = min((cap for cap, _ in caps), default=planned)
    by = [spec for cap, spec in caps if cap <= most * (1.0 + SLACK)]
    return most, by, any(spec.over_cap == WAIT for _, spec in caps)


def holders(limits: Limits, run: Run, held: Holding) -> list[Intervention]:
    """Those that keep a run that has started from going on, beside what training holds."""
    done = run.flop_done + run.phase_flop
    caps = caps_on(limits, run, run_cap.flop_in_all(limits.lab, run))
    found = [spec for cap, spec in caps if done >= cap or spec.over_cap == WAIT]
    found += [spec for spec in limits.specs if not spec.share(TRAINING)]
    if not run.spec.elastic:
        part = run.phases[run.phase].accelerators_share
        size = run.held or {kind: count * part for kind, count in run.claim.items()}
        found += too_large(limits, size, held)
    return found


def suspend_too_large(limits: Limits) -> None:
    """Runs in progress that are larger than allowed are cut or suspended whole, the latest first."""
    lab = limits.lab
    limits.size = lab.world.h100e(lab.total)
    held = dict.fromkeys(lab.total, 0.0)
    for run in sorted(lab.running, key=lambda run: (run.due, run.name)):
        planned = run_cap.flop_in_all(lab, run)
        most, by, waits = largest_run(limits, run, planned)
        fits = most >= planned or run_cap.cut_in_progress(lab, run, most, waits, by)
        if run.suspended:
            continue
        if limits.caps_training and not run.spec.elastic:
            fits = fits and not too_large(limits, run.held, held)
        if TRAINING in limits.shares and not limits.share(TRAINING):
            fits = False
        if fits:
            if not run.spec.elastic:
                for kind, count in run.held.items():
                    held[kind] += count
            continue
        fates = {spec.suspended for spec in holders(limits, run, held)}
        training.suspend(lab, run, limits.event)
        if DESTROY in fates and not run.spec.continuous:
            training.give_up(lab, run, limits.event)
        elif RESTART in fates and not run.spec.continuous:
            training.begin_anew(lab, run)


def allowed(limits: Limits, starts: Sequence[tuple[Run, Holding]]) -> tuple[list[tuple[Run, Holding]], dict[str, str]]:
    """The starts (and new sizes of elastic runs) that are allowed, and why others are not: by run."""
    lab = limits.lab
    if TRAINING in limits.shares and not limits.share(TRAINING):
        return [], {run.name: limits.why(TRAINING) for run, _ in starts}
    sizes = {run.name: held for run, held in starts}
    free = room(limits, lab.view)
    left = dict(free)
    found: list[tuple[Run, Holding]] = []
    refused: dict[str, str] = {}
    plans: dict[str, Plan] = {}
    for run in lab.running:
        if not run.suspended and not run.spec.elastic:
            for kind, count in run.held.items():
                left[kind] -= count
    elastic = [run for run in lab.running if run.spec.elastic and not run.suspended]
    elastic.sort(key=lambda run: (run.due, run.name))
    planned = [(run, run.flop, run.length, run.phases) for run, _ in starts if run not in lab.running]
    for run in (*elastic, *(run for run, _ in starts if run not in elastic)):
        wanted = sizes.get(run.name, run.held)
        if run not in elastic:
            if run not in lab.running:
                plans[run.name] = Plan(run, run_cap.planned_flop(lab, run, wanted), wanted)
            fewer = _within_cap(limits, run, wanted, plans.get(run.name))
            if isinstance(fewer, str):
                refused[run.name] = fewer
                break  # those behind it may want something else then
            wanted = fewer
        cut = wanted
        if limits.caps_training:
            most = left if run.spec.elastic or not _fixed(run) else free
            cut = {kind: min(count, max(0.0, most.get(kind, 0.0))) for kind, count in wanted.items()}
            whole = all(cut[kind] >= count * (1.0 - SLACK) for kind, count in wanted.items())
            if whole:
                cut = wanted
            cut = {kind: count for kind, count in cut.items() if count > 0.0}
            fits = all(count <= left.get(kind, 0.0) + SLACK * lab.total[kind] for kind, count in cut.items())
            taken = {kind: count - most[kind] for kind, count in free.items()}
            waits = not whole and not run.spec.elastic and (
                bool(run.claim) or any(spec.over_cap == WAIT for spec in too_large(limits, wanted, taken))
            )  # fmt: skip
            if run not in elastic and (not cut or waits or not fits):
                refused[run.name] = _no_room(limits)
                break
            if not whole and run.name in plans and not run.spec.elastic:
                plans[run.name].by += too_large(limits, wanted, taken)
            if not whole and run.needs_length() and run not in elastic:
                run.length = None  # with fewer accelerators it takes longer
                run.phases = plan_phases(run.spec, None, run.flop)
            for kind, count in cut.items():
                left[kind] -= count
        if run not in elastic or _differs(cut, run.held, lab.total):
            found.append((run, cut))
    if not refused:
        for run, held in found:
            if run.name in plans:
                plans[run.name].cuts()
                may = run_cap.planned_flop(lab, run, held) if run.cut_to is None else run.cut_to
                plans[run.name].tell(lab, may, held)
        return found, {}
    for run, flop, length, phases in planned:  # they are cut when they start, not while they wait
        run.flop, run.length, run.phases = flop, length, phases
    return [], refused


def _within_cap(limits: Limits, run: Run, wanted: Holding, plan: Plan | None) -> Holding | str:
    """Accelerators that a run takes, cut to the FLOP that it may have; or why it waits.

    plan: of one that has not started.
    """
    if plan is None:
        planned = run_cap.flop_in_all(limits.lab, run)
        most, by, waits = largest_run(limits, run, planned)
        if not by or run_cap.cut_in_progress(limits.lab, run, most, waits, by):
            return wanted
        return f"{_cap(by)} it at {most:.4g} FLOP"
    most, by, waits = largest_run(limits, run, plan.flop)
    if not by:
        return wanted
    if waits or most <= 0.0:
        return f"{_cap(by)} runs at {most:.4g} FLOP"
    plan.by += by
    plan.most = most
    return run_cap.cut(limits.lab, run, wanted, most)


def _no_room(limits: Limits) -> str:
    if TRAINING in limits.shares:
        return limits.why(TRAINING)
    names = [spec.name for spec in limits.specs if caps_training(spec)]
    return f"{' and '.join(names)} leaves too little to training"


def _cap(by: Sequence[Intervention]) -> str:
    """Who caps, in words."""
    names = list(dict.fromkeys(spec.name for spec in by))
    return f"{' and '.join(names)} {'cap' if len(names) > 1 else 'caps'}"


def _fixed(run: Run) -> bool:
    """Whether a run that starts or goes on has a size that follows from what it states, or has had until now."""
    return bool(run.claim or run.spec.accelerators or run.spec.share is not None or run.needs_length())


def _differs(one: Holding, other: Holding, total: Holding) -> bool:
    """Whether two sizes of an elastic run differ by more than rounding."""
    kinds = {*one, *other}
    return any(abs(one.get(kind, 0.0) - other.get(kind, 0.0)) > SLACK * (total.get(kind, 0.0) + 1.0) for kind in kinds)
