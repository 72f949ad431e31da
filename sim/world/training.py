"""What happens to training runs: started, resized, suspended, phase by phase, finished."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.world import cluster, deployment, elastic_cut, release, safety_tax
from sim.world.agenda import Order
from sim.world.claim import SLACK, by_date
from sim.world.continuous import Checkpoints
from sim.world.new_model import make_model
from sim.world.run import Holding, Run, RunError, count_of
from sim.world.view import left_free

if TYPE_CHECKING:
    from sim.world.lab import LabState


def note_wait(lab: LabState, run: Run, why: str) -> None:
    """Record why a due run cannot start, once for each reason."""
    if run.backdated and not run.suspended:
        message = f"{lab.name}: run {run.name} is in progress at the start, but {why}"
        raise RunError(message, lab.name, run.name)
    if run.waiting_for is not None and _without_numbers(run.waiting_for) == _without_numbers(why):
        return
    day = lab.world.agenda.day
    _end_wait(run, day)
    first = run.waiting_for is None
    run.waiting_for = why
    run.log.waits.append((day, None, why))
    if first:
        causes = (run.due_event,) if run.due_event >= 0 else ()
        lab.world.event(lab.name, "run_waits", run.name, None, "", {"reason": why}, causes)


def _without_numbers(why: str) -> str:
    return "".join(letter for letter in why if letter not in "0123456789.,")


def _end_wait(run: Run, day: float) -> None:
    waits = run.log.waits
    if waits and waits[-1][1] is None:
        since, _, why = waits[-1]
        waits[-1] = (since, day, why)


def make_room_for_resized(lab: LabState, starts: Sequence[tuple[Run, Holding]]) -> None:
    """Earmarks give what elastic runs need together: what one of them frees, another has without taking it away."""
    needed: Holding = {}
    for run, held in starts:
        if run in lab.running and not run.suspended:
            for kind in {**run.held, **held}:
                change = held.get(kind, 0.0) - run.held.get(kind, 0.0)
                needed[kind] = needed.get(kind, 0.0) + change
    if needed:
        deployment.make_room(lab, needed)


def start_or_resize(lab: LabState, run: Run, held: Holding) -> None:
    """Give a run its accelerators: a due or suspended one starts, an elastic one goes on with a new size."""
    world = lab.world
    day = world.agenda.day
    lab.tight = True
    if not run.suspended and run in lab.running:
        run.settle(day)
        event = world.event(lab.name, "run_resized", run.name, count_of(held), "accelerators",
                            {"accelerators": held}, tuple(lab.causes))  # fmt: skip
        _tell_resize(lab, event, run, held)
        _hold(lab, run, held)
        run.claim = {}
        _work(lab, run, event)
        return
    lab.due.remove(run)
    waited = run.waiting_for is not None
    _end_wait(run, day)
    run.waiting_for = None
    whole, first = held, run.phases[0].accelerators_share
    if not run.suspended and not run.backdated and first < 1.0:
        held = {kind: count * first for kind, count in whole.items()}
    deployment.make_room(lab, held, starts=not run.suspended)
    causes = tuple(dict.fromkeys((run.due_event, *lab.causes))) if waited else (run.due_event,)
    if run.suspended:
        run.settle(day)
        run.suspended = False
        event = world.event(lab.name, "run_resumed", run.name, count_of(held), "accelerators",
                            {"accelerators": held}, tuple(lab.causes))  # fmt: skip
        _hold(lab, run, held)
        lab.moves.append((event, True, run, held))
        if run.phase_waits:
            run.phase_waits = False
            _begin_phase(lab, run, event, day)
            schedule_end(lab, run)
            _look_at_caps(lab, run)
        else:
            _work(lab, run, event)
        return
    run.elastic = run.spec.elastic
    run.claim = {} if run.elastic else whole
    run.started = run.log.started = day - run.backdated
    details = {"accelerators": held, "waited_days": day - run.backdated - run.due} if world.details else None
    event = world.event(lab.name, "run_started", run.name, count_of(held), "accelerators", details, causes)
    lab.running.append(run)
    lab.moves.append((event, True, run, held))
    if run.rule is not None:
        run.rule.started()
    if run.spec.length_rule is not None and run.spec.continuous:
        run.checkpoints = Checkpoints(lab, run)
    run.anchor = day
    _hold(lab, run, held)
    if run.backdated:
        _catch_up(lab, run, event)
    else:
        _next_phase(lab, run, event)


def _tell_resize(lab: LabState, event: int, run: Run, held: Holding) -> None:
    """Note what a run in progress gets or frees, for the events of moves."""
    kinds = {**run.held, **held}
    more = {kind: held.get(kind, 0.0) - run.held.get(kind, 0.0) for kind in kinds}
    for takes in (True, False):
        part = {kind: abs(change) for kind, change in more.items() if change and (change > 0.0) == takes}
        if part:
            lab.moves.append((event, takes, run, part))


def _hold(lab: LabState, run: Run, held: Holding) -> None:
    gangs: list[Any] = lab.world.record.gangs
    gangs.append((lab.world.agenda.today, lab.name, run.name, held))
    run.held = held


def _catch_up(lab: LabState, run: Run, event: int) -> None:
    """A run in progress at the start: what it did before counts as done with the accelerators that it has now."""
    behind = run.backdated
    day = lab.world.agenda.day
    whole = run.held
    while True:
        part = run.phases[run.phase + 1].accelerators_share
        if part < 1.0 or run.held is not whole:
            _hold(lab, run, {kind: count * part for kind, count in whole.items()})
        _enter_phase(lab, run, event, day - behind)
        left = run.phases[run.phase].target
        need = left / run.rate
        if need >= behind:
            run.done = run.rate * behind
            run.phase_flop = run.flop_rate * behind
            break
        behind -= need
        _close_phase(run, day - behind)
        if run.phase + 1 == len(run.phases):
            message = f"{lab.name}: run {run.name} would have ended before the scenario starts; list it under `models`"
            raise RunError(message, lab.name, run.name)
    schedule_end(lab, run)


def _next_phase(lab: LabState, run: Run, cause: int) -> None:
    """Enter the next phase; one that needs more than the run holds may have to wait for it."""
    day = lab.world.agenda.day
    planned = run.phases[run.phase + 1]
    wanted, part = run.claim or run.held, planned.accelerators_share
    if run.claim and part < 1.0:
        wanted = {kind: count * part for kind, count in wanted.items()}
    elif run.phase >= 0 and not run.claim and part < run.phases[run.phase].accelerators_share:
        fewer = part / run.phases[run.phase].accelerators_share  # an elastic one, of what it has
        wanted = {kind: count * fewer for kind, count in wanted.items()}
    if run.phase >= 0 and run.claim and any(count > run.held.get(kind, 0.0) for kind, count in wanted.items()):
        free = _free(lab) if lab.limits is None else lab.limits.within_room(_free(lab))
        have = {kind: run.held.get(kind, 0.0) + free.get(kind, 0.0) for kind in wanted}
        if any(count > have[kind] * (1.0 + SLACK) for kind, count in wanted.items()):
            run.phase += 1
            run.done = run.phase_flop = 0.0
            run.phase_waits = True
            suspend(lab, run, cause)
            return
        wanted = {kind: min(count, have[kind]) for kind, count in wanted.items()}
        deployment.make_room(lab, {kind: count - run.held.get(kind, 0.0) for kind, count in wanted.items()})
    if wanted != run.held:
        old = run.held
        if run.phase >= 0:
            _tell_resize(lab, cause, run, wanted)
        _hold(lab, run, wanted)
        if lab.retiring:
            cluster.retire_what_waited(lab, {kind: count - wanted.get(kind, 0.0) for kind, count in old.items()}, cause)
    _enter_phase(lab, run, cause, day)
    schedule_end(lab, run)


def _free(lab: LabState) -> Holding:
    return left_free(lab.total, (run.held for run in lab.running), lab.earmarks)


def suspend(lab: LabState, run: Run, cause: int) -> None:
    """Checkpoint a run and free its accelerators; it resumes when it fits."""
    day = lab.world.agenda.day
    run.settle(day)
    run.rate = run.flop_rate = 0.0
    run.version += 1
    freed = run.held
    _hold(lab, run, {})
    if lab.retiring:
        cluster.retire_what_waited(lab, freed, cause)
    run.suspended = True
    event = lab.world.event(lab.name, "run_suspended", run.name, None, "", None, (cause,))
    lab.moves.append((event, False, run, freed))
    lab.due.append(run)
    lab.due.sort(key=by_date)
    lab.changed(event)


def begin_anew(lab: LabState, run: Run) -> None:
    """What a suspended run has done is lost: when it goes on, it does so from the beginning."""
    _break_off(lab, run)
    run.log.lost += run.log.phases
    run.log.phases.clear()
    run.phase, run.phase_waits = 0, True
    run.done = run.phase_flop = run.flop_done = 0.0
    run.trained.clear()
    run.pretraining_end = None


def _break_off(lab: LabState, run: Run) -> None:
    """The phase in which a run was suspended does not go on: it ended on that day."""
    phases = run.log.phases
    if phases and phases[-1][2] is None:
        name, since, _, held = phases[-1]
        gangs = lab.world.record.gangs
        day = next(day for day, owner, run_name, _ in reversed(gangs) if (owner, run_name) == (lab.name, run.name))
        phases[-1] = (name, since, day, held)


def give_up(lab: LabState, run: Run, cause: int) -> None:
    """A suspended run, or one that is due, is given up: no model comes of it."""
    _break_off(lab, run)
    lab.due.remove(run)
    if run in lab.running:
        lab.running.remove(run)
    run.log.flop = run.flop_done + run.phase_flop
    _end_wait(run, lab.world.agenda.day)
    event = lab.world.event(lab.name, "run_given_up", run.name, run.log.flop, "FLOP", None, (cause,))
    if run.rule is not None:
        run.rule.ended(event)
    lab.changed(event)


def _enter_phase(lab: LabState, run: Run, cause: int, day: float) -> None:
    run.phase += 1
    run.done = run.phase_flop = 0.0
    _begin_phase(lab, run, cause, day)


def _begin_phase(lab: LabState, run: Run, cause: int, day: float) -> None:
    world = lab.world
    planned = run.phases[run.phase]
    run.phase_efficiency = world.record.training_efficiency[lab.name].at(day)
    if lab.limits is not None and run.phase:
        lab.limits.keep_run_to_caps(run)
    run.log.phases.append((planned.name, day, None, run.held))
    if len(run.phases) > 1:
        run.event = world.event(lab.name, "phase_started", run.name, None, "", {"phase": planned.name}, (cause,))
    else:
        run.event = cause
    _set_rate(lab, run)
    elastic_cut.keep_to_cut(lab, run)


def _set_rate(lab: LabState, run: Run) -> None:
    planned = run.phases[run.phase]
    flop_rate = 0.0
    if planned.trains:
        flop_rate = lab.world.effort(run.spec.training).flop_per_day(run.held)
    run.flop_rate = flop_rate
    if not planned.timed:
        run.rate = flop_rate
        return
    run.rate = 0.0
    for count in run.held.values():
        if count:
            run.rate = 1.0


def _work(lab: LabState, run: Run, event: int) -> None:
    run.event = event
    _set_rate(lab, run)
    elastic_cut.keep_to_cut(lab, run)
    schedule_end(lab, run)
    _look_at_caps(lab, run)


def _look_at_caps(lab: LabState, run: Run) -> None:
    """With its new size an elastic run may have more FLOP than allowed."""
    if lab.limits is not None and run.spec.elastic:
        lab.limits.keep_run_to_caps(run)


def schedule_end(lab: LabState, run: Run) -> None:
    """Project the end of the present phase at the present rate."""
    if run.checkpoints is not None:
        run.checkpoints.project()
        return
    run.version += 1
    if run.rate > 0.0:
        lab.world.agenda.at(run.projected_end(), Order.COMPLETION, lab.name, _end_phase, (lab, run, run.version))


def _close_phase(run: Run, day: float) -> None:
    planned = run.phases[run.phase]
    flop = run.phase_flop
    if not planned.trains:
        flop = 0.0
    elif not planned.timed:
        flop = planned.target
    elif run.flop is not None:
        flop = run.flop * planned.flop_share
    else:
        flop += run.flop_rate * (planned.target - run.done)
    run.flop_done += flop
    run.trained.append((flop, run.phase_efficiency))
    phases = run.log.phases
    name, since, _, held = phases[-1]
    phases[-1] = (name, since, day, held)
    if planned.name == "pretraining" or run.pretraining_end is None:
        run.pretraining_end = day
        run.pretraining_held = run.held


def _end_phase(what: tuple[LabState, Run, int]) -> None:
    """A phase has reached its target (a stale projection does nothing)."""
    lab, run, version = what
    if version != run.version:
        return
    day = lab.world.agenda.day
    run.settle(day)
    run.done = min(run.done, run.phases[run.phase].target)
    _close_phase(run, day)
    if run.phase + 1 < len(run.phases):
        _next_phase(lab, run, run.event)
        lab.changed(run.event)
        return
    finish(lab, run)


def finish(lab: LabState, run: Run) -> None:
    """The run ends: a model comes out and its accelerators are free."""
    world = lab.world
    day = world.agenda.day
    run.log.finished = day
    run.log.flop = run.flop_done
    model = make_model(lab, run, day)
    freed = run.held
    details: dict[str, Any] | None = None
    if world.details:
        days = day - (run.started or 0.0)
        details = {"accelerators": freed, "effective_flop": model.effective_flop, "days": days}
    event = world.event(lab.name, "run_finished", run.name, run.flop_done, "FLOP", details, (run.event,))
    safety_tax.tell(lab, model, event)
    lab.running.remove(run)
    _hold(lab, run, {})
    if lab.retiring:
        cluster.retire_what_waited(lab, freed, event)
    lab.moves.append((event, False, run, freed))
    release.plan_release(lab, model, event)
    deployment.earmark(lab, run, model, freed, event)
    if run.rule is not None:
        run.rule.ended(event)
    lab.changed(event)


def close(lab: LabState) -> None:
    """At the end: say of each run that did not finish how far it came and why."""
    world = lab.world
    worked_until = world.agenda.day if lab.standstill is None else lab.standstill.since
    for run in lab.running:
        if run.suspended:
            run.log.flop = run.flop_done + run.phase_flop
            continue
        planned = run.phases[run.phase]
        run.settle(worked_until)
        run.log.flop = run.flop_done + run.phase_flop
        done = run.done / planned.target
        details: dict[str, Any] = {"phase": planned.name, "phase_done": done, "reason": "the simulation ends first"}
        if run.checkpoints is not None:
            details = {"phase": planned.name, "reason": "its training is continuous"}
        world.event(lab.name, "run_unfinished", run.name, run.log.flop, "FLOP", details, (run.event,))
    for run in lab.due:
        _end_wait(run, world.agenda.day)
        kind = "run_unfinished" if run.suspended else "run_never_started"
        why = run.waiting_for or "the simulation ends first"
        world.event(lab.name, kind, run.name, None, "", {"reason": why}, (run.due_event,))
        if not run.suspended:
            world.warn(
                lab.name, run.name, f"never starts: it {why}" if why.startswith("needs") else f"never starts: {why}"
            )
