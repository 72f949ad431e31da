"""One draw, simulated: sets the world up, lets it run, and hands back the record."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sim.base.errors import LimitError
from sim.base.limits import MOST_EVENTS
from sim.model.draw import Draw
from sim.world import chance, training, trust
from sim.world.agenda import Calendar
from sim.world.errors import LoopError, PolicyError
from sim.world.policy import POLICIES, Policy
from sim.world.record import RunRecord, Stop
from sim.world.run import RunError
from sim.world.setup import set_up
from sim.world.world import World


class SimulationError(RuntimeError):
    """A run could not go on to its end: its text says on which date, why, and what to change.

    record: what happened until then, marked as stopped. day: when, since the start. result: a `Result` of the record,
    with tables and pictures, where `sim.simulate` ran it. ours: whether this program is to blame, not its inputs.
    """

    def __init__(self, reason: str, record: RunRecord, day: float, ours: bool = False) -> None:
        record.stopped = Stop(day, reason)
        super().__init__(record.stop_text)
        self.record = record
        self.day = day
        self.ours = ours
        self.result: Any = None

    def __reduce__(self) -> tuple[Any, ...]:
        stopped = self.record.stopped
        assert stopped is not None
        return type(self), (stopped.reason, self.record, self.day, self.ours), {"result": self.result}


LOOP_REMEDY = "look for a length, cadence or rate next to nothing, or a policy that undoes what it just did"
PAST = "only its past was asked for"
SCALE_REMEDY = "look for growth rates, stocks or FLOP that are far too large"


def _stop(world: World, reason: str, ours: bool = False) -> SimulationError:
    return SimulationError(reason, world.record, world.agenda.day, ours)


SCALE = 1e60
"""Primitives are meant to be smaller than this, and larger than its inverse."""


def _out_of_scale(record: RunRecord, day: float) -> bool:
    """Whether a stock, a model or an efficiency of a run is so large or small that arithmetic with it may fail."""
    values = [line[-1][1] for line in record.clusters.values()]
    for model in record.models:
        values += [model.effective_flop, model.params, model.total_params]
    for law in (*record.training_efficiency.values(), *record.inference_efficiency.values()):
        try:
            values.append(law.at(day))
        except ArithmeticError:
            return True
    return any(value != 0.0 and not 1.0 / SCALE < abs(value) < SCALE for value in values)


def _last_events(world: World) -> str:
    """The last events of today, as they are named in events.csv."""
    names = [f"{lab or 'world'}/{kind}/{subject}" for day, lab, kind, subject, *_ in world.record.events[-200:]
             if day == world.agenda.day]  # fmt: skip
    latest = list(dict.fromkeys(reversed(names)))[:5]
    return f" (latest events: {', '.join(reversed(latest))})" if latest else ""


def simulate(
    draw: Draw, policies: Mapping[str, Policy] | None = None, *, most_events: int = MOST_EVENTS,
    until: Callable[[RunRecord], bool] | None = None, past: float | None = None, details: bool = True,
) -> RunRecord:  # fmt: skip
    """Simulate a draw from its start to its end.

    policies: lab -> a policy of the user's own, in place of the declared one. most_events: rows of events.csv after
    which the run stops. until: asked of the record so far after every instant; from its first yes on nothing happens.
    past: a day on which to stop (exclusive): the record is what is past then, `stopped` there, and what comes after is
    foreseen as if it went on. details: whether events have theirs; only what is told of single events needs them.
    Raises SimulationError, with the record so far, when events loop at one instant, a policy gives out
    accelerators that are not there, a run in progress would have ended before the start, a number grows beyond what
    can be computed with, or there are too many events. Raises PolicyError, before anything runs, if a lab's declared
    policy is code and its function is not among `policies`.
    """
    with _no_collector():
        world = World(draw, policies or {}, most_events, details)
        try:
            set_up(world)
            settled = world.settled if until is None else _settled_until(world, until)
            end = world.end if past is None else min(world.end, past)
            Calendar(world.agenda, end, world.decide, settled).run()
            for lab in world.labs:
                training.close(lab)
                trust.close(lab)
            if world.interventions is not None:
                world.interventions.close(world)
            if past is not None:
                world.record.expected = chance.expected(world)
                world.record.stopped = Stop(end, PAST)
        except LoopError as error:
            own = bool(policies or draw.hazards) or any(lab.policy not in POLICIES for lab in draw.labs.values())
            raise _stop(world, f"{error}{_last_events(world)}; {LOOP_REMEDY}", ours=not own) from error
        except PolicyError as error:
            own = bool(policies) or any(lab.policy not in POLICIES for lab in draw.labs.values())
            raise _stop(world, str(error), ours=not own) from error
        except (RunError, LimitError) as error:
            raise _stop(world, str(error)) from error
        except (ArithmeticError, ValueError) as error:
            if isinstance(error, ValueError) and not _out_of_scale(world.record, world.agenda.day):
                raise
            what = f"a number became too large or too small to compute with ({error})"
            raise _stop(world, f"{what}; {SCALE_REMEDY}") from error
        finally:
            world.dismantle()
    return world.record


def _settled_until(world: World, until: Callable[[RunRecord], bool]) -> Callable[[], None]:
    """What is done after each instant, and the end of all once `until` says yes."""

    def settled() -> None:
        world.settled()
        if until(world.record):
            world.agenda.stop()

    return settled


@contextmanager
def _no_collector() -> Iterator[None]:
    """Python's cyclic garbage collector waits: it would walk the growing record again and again, in which all is in
    use, and take a sixth of the time. A run leaves no cycles (`World.dismantle`), so nothing waits to be collected.

    What was made meanwhile joins the oldest objects unseen: the collector looks at it when it next looks at all.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            if not gc.get_freeze_count():  # else somebody keeps objects frozen, which this would thaw
                gc.freeze()
                gc.unfreeze()
            gc.enable()
