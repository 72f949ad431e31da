"""`policy: phases`: rules by the lab's state. The first phase whose conditions hold says who gets what."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from sim.base.calendar import tick
from sim.model.declare import parameters
from sim.model.policy import DUE, IN_PROGRESS, Conditions, PolicyPhase
from sim.physics.capability import times_as_strong
from sim.world.crossing import to_rounding
from sim.world.errors import PolicyError
from sim.world.frontier import reaches
from sim.world.policy import Decision, by_shares

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.view import View

ALWAYS = Conditions()


class PhasePolicy:
    """Chooses the phase on each call, tells when it changes, and asks for a review when time alone will change it.

    Conditions are read from the lab's own state and from rivals' public models, at the time of the call.
    """

    __slots__ = (
        "lab", "phases", "declared", "current", "notices", "rivals_matter", "milestones_matter",
        "_rival_levels", "_seen", "_released", "_rival_released", "_rival_best", "_at_level", "_best", "_asked",
    )  # fmt: skip

    def __init__(self, lab: LabState) -> None:
        self.lab = lab
        self.phases = [(phase, phase.when or ALWAYS) for phase in lab.spec.phases or ()]
        named = {use: 0.0 for phase, _ in self.phases for use in phase.use or ()} | lab.shares
        lab.shares.clear()
        lab.shares.update(sorted(named.items()))
        self.declared = dict(lab.shares)
        self.current: PolicyPhase | None = None
        self.notices: list[int] = []
        """Events outside of the lab, and reviews, since the last decision: they cause nothing but a change of phase."""
        conditions = [when for _, when in self.phases]
        self._rival_levels = sorted({when.rival_level for when in conditions if when.rival_level is not None})
        self.rivals_matter = any(
            (when.rival_released_within_days, when.no_rival_release_days, when.behind, when.ahead, when.rival_level)
            != (None,) * 5
            for when in conditions
        )
        self.milestones_matter = any(when.milestone is not None for when in conditions)
        self._seen = 0
        self._released = self._rival_released = -inf
        self._rival_best = 0.0
        self._at_level: set[str] = set()
        self._best = (0, 0.0)
        self._asked: tuple[float, tuple[int, ...], int] = (-1.0, (), 0)

    def __call__(self, view: View) -> Decision:
        self._look()
        now = view.day - self.lab.late  # conditions go by the lab's own calendar
        phase, when, review = self._choose(now)
        if phase is not self.current:
            self._enter(phase, when)
        self.notices.clear()
        self._asked = (view.day, tuple(self.lab.causes), len(self.lab.world.record.events))
        hold = "" if phase.starts_runs else f"the policy starts no run in phase {phase.name}"
        decision = by_shares(view, phase.training_first, hold)
        return decision if review == inf else decision._replace(review=review + self.lab.late)

    def _choose(self, now: float) -> tuple[PolicyPhase, Conditions, float]:
        """The first phase that holds, its conditions, and the day on which time alone makes another hold."""
        review = inf
        for phase, when in self.phases:
            if not self._holds(when):
                continue
            since, until = self._time(when)
            if since <= now < until:
                return phase, when, min(review, until)
            if now < since < until:
                review = min(review, since)
        raise PolicyError(f"no phase of {self.lab.name}'s policy holds: the last one must have no conditions")

    def declare(self, use: str, value: float) -> None:
        """The lab's own share of a use has changed: it holds in phases that state none."""
        self.declared[use] = value
        if self.current is None or not self.current.use:
            self.lab.shares[use] = value
            self.lab.view.weigh()

    def _look(self) -> None:
        """Take note of what has become public since the last call."""
        lab, world = self.lab, self.lab.world
        models = world.public_models
        for model in models[self._seen :]:
            day = model.public
            assert day is not None
            day -= lab.late
            if model.lab == lab.name:
                self._released = max(self._released, day)
                continue
            self._rival_released = max(self._rival_released, day)
            self._rival_best = max(self._rival_best, model.effective_flop)
            for name in self._rival_levels:
                if name not in self._at_level and reaches(world.draw, world.draw.levels[name], model):
                    self._at_level.add(name)
        self._seen = len(models)

    def _holds(self, when: Conditions) -> bool:
        """Whether all conditions hold that time alone does not change."""
        if when is ALWAYS:
            return True
        lab, record = self.lab, self.lab.world.record
        if when.run is not None:
            state = any(not run.suspended for run in lab.running) if when.run != DUE else bool(lab.due)
            if state is not (when.run in (DUE, IN_PROGRESS)):
                return False
        if when.earmark is not None and any(mark.active for mark in lab.earmarks) is not when.earmark:
            return False
        if when.behind is not None and not 0.0 < self._rival_best >= times_as_strong(when.behind, self._own_best()):
            return False
        if when.ahead is not None and not 0.0 < self._own_best() >= times_as_strong(when.ahead, self._rival_best):
            return False
        if when.level is not None and (when.level, lab.name) not in record.levels:
            return False
        if when.rival_level is not None and when.rival_level not in self._at_level:
            return False
        if when.milestone is not None and when.milestone not in record.milestones:
            return False
        if when.h100e_at_least is None and when.h100e_below is None:
            return True
        accelerators = lab.world.draw.accelerators
        h100e = sum(count * accelerators[kind].h100e for kind, count in lab.total.items())
        below = inf if when.h100e_below is None else when.h100e_below
        return to_rounding(when.h100e_at_least or 0.0) <= h100e < to_rounding(below)

    def _time(self, when: Conditions) -> tuple[float, float]:
        """(from, to): the days between which all conditions of time hold, as things stand; on ticks."""
        if when is ALWAYS:
            return -inf, inf
        since = [when.since, _after(self._released, when.no_release_days),
                 _after(self._rival_released, when.no_rival_release_days)]  # fmt: skip
        until = [when.before, _after(self._released, when.released_within_days),
                 _after(self._rival_released, when.rival_released_within_days)]  # fmt: skip
        return (
            max((_tick(day) for day in since if day is not None), default=-inf),
            min((_tick(day) for day in until if day is not None), default=inf),
        )

    def _own_best(self) -> float:
        """Effective FLOP of the lab's best model for internal use; 0 if it has none."""
        lab = self.lab
        if self._best[0] != len(lab.usable):
            self._best = (len(lab.usable), max(lab.models[name].effective_flop for name in lab.usable))
        return self._best[1]

    def _enter(self, phase: PolicyPhase, when: Conditions) -> None:
        """Make a phase the current one: an event, and the shares that hold from now on."""
        lab, old = self.lab, self.current
        causes = self._causes()
        before = (dict(lab.shares), True if old is None else old.starts_runs, old is not None and old.training_first)
        self.current = phase
        for use in lab.shares:
            lab.shares[use] = phase.use.get(use, 0.0) if phase.use else self.declared[use]
        details: dict[str, Any] = {"before": None if old is None else old.name}
        stated = {name: getattr(when, name) for name in parameters(Conditions)}
        details["conditions"] = {name: value for name, value in stated.items() if value is not None}
        details["shares"] = {use: share for use, share in lab.shares.items() if share}
        event = lab.world.event(lab.name, "policy_phase", phase.name, None, "", details, causes)
        if (lab.shares, phase.starts_runs, phase.training_first) != before:
            lab.view.weigh()
            lab.causes.append(event)  # what follows from it is caused by it; a phase that is alike causes nothing

    def _causes(self) -> tuple[int, ...]:
        """Events that led to a change of phase: of the lab, outside, or what the lab itself did at this instant."""
        lab = self.lab
        causes = [cause for cause in lab.causes if cause >= 0]
        day, asked, known = self._asked
        events = lab.world.record.events
        again = day == lab.world.agenda.day and asked == tuple(lab.causes[: len(asked)])
        if not self.notices and again and len(events) > known:
            # Asked again in one decision: a run that it started, or an earmark that had to give way.
            causes = [index for index in range(known, len(events))
                      if events[index][1] == lab.name and events[index][2] in OWN_DOING] or causes  # fmt: skip
        return tuple(dict.fromkeys((*causes, *self.notices)))


OWN_DOING = ("run_started", "run_resumed", "run_resized", "earmark_cut", "earmark_ended")


def _after(day: float, span: float | None) -> float | None:
    return None if span is None else day + span


def _tick(day: float) -> float:
    return tick(day) if -inf < day < inf else day
