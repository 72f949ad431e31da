"""Runs that are due by a rule: when something happens, and after some time in any case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.base.calendar import tick
from sim.model.programme import ANY
from sim.model.training_run import TrainingRun
from sim.world import programme
from sim.world.clock import Clock
from sim.world.run import Run
from sim.world.watch import Listener, Threshold

if TYPE_CHECKING:
    from sim.world.lab import LabState

SOME: Final = 1e-9


class RuleState:
    """One rule of a lab. It makes one run at a time; what happens while that waits or trains is remembered."""

    __slots__ = ("lab", "spec", "rule", "clock", "k", "last", "run", "run_event", "why", "armed", "version",
                 "thresholds", "latches", "listens")  # fmt: skip

    def __init__(self, lab: LabState, spec: TrainingRun, clock: Clock) -> None:
        assert spec.start_when is not None
        self.lab = lab
        self.spec = spec
        self.rule = spec.start_when
        self.clock = clock
        self.k = 0
        self.last: float | None = None
        """The clock's day on which the last run started; before the first one, from which the rule counts."""
        self.run: Run | None = None
        self.run_event = -1
        self.why: tuple[str, int] | None = None
        """(condition that came true, the event that made it true)."""
        self.armed = False
        self.version = 0
        self.thresholds: list[Threshold] = []
        self.latches: dict[tuple[str, str, str], int] = {}
        """(condition, name, lab) of levels and milestones that were reached and have started no run yet -> event."""
        self.listens = False
        watch, rule = lab.world.watching(), self.rule
        if rule.level is not None:
            watch.hear("level_reached", rule.level, self._latch("level", rule.level, rule.by))
        if rule.milestone is not None:
            watch.hear("milestone", rule.milestone, self._latch("milestone", rule.milestone, None))
        first = lab.entry - lab.late if spec.starts is None else tick(spec.starts)
        clock.at(max(clock.now, first), self._begin, None)

    def _latch(self, why: str, name: str, by: str | None) -> Listener:
        def hear(lab: str, event: int) -> bool:
            if by not in (None, ANY, lab) or (by != lab != self.lab.name and lab in self.lab.world.secret):
                return True
            self.latches[why, name, lab] = event
            if self.armed:
                self._use_latch()
            return False

        return hear

    def _use_latch(self) -> None:
        if self.latches and self.why is None:
            key = next(iter(self.latches))
            self._happened(key[0], self.latches.pop(key))

    def _begin(self, _: Any) -> None:
        self.last = self.clock.now
        self._arm()

    def _arm(self) -> None:
        """Wait for the conditions, counted from now on."""
        rule, lab, world = self.rule, self.lab, self.lab.world
        self.why = None
        if (rule.times is not None and self.k >= rule.times) or self.last is None:
            return
        self.armed = True
        watch = world.watching()
        self.thresholds = []
        if rule.cluster_grows is not None:
            self._wait_for("cluster_grows", "h100e", rule.cluster_grows * world.h100e(lab.total))
        if rule.efficiency_grows is not None:
            now = world.record.training_efficiency[lab.name].at(world.agenda.day)
            self._wait_for("efficiency_grows", "training_efficiency", rule.efficiency_grows * now)
        if rule.rival_releases is not None and not self.listens:
            self.listens = True
            watch.hear("model_public", "", self._rival)
        if rule.latest_days is not None:
            self.version += 1
            self.clock.at(tick(self.last + rule.latest_days), self._late, self.version)
        self._use_latch()

    def _wait_for(self, why: str, quantity: str, target: float) -> None:
        if target <= 0.0:
            target = SOME  # a cluster that is not there yet: its first accelerators are growth enough
        watch = self.lab.world.watching()

        def hit(_: str, cause: int) -> None:
            self._happened(why, cause)

        self.thresholds.append(watch.add(Threshold([self.lab], quantity, None, False, target, hit)))

    def _rival(self, lab: str, event: int) -> bool:
        wanted = self.rule.rival_releases
        if lab == self.lab.name or wanted not in (ANY, lab):
            return True
        self.listens = False
        if self.armed:
            self._happened("rival_releases", event)
        return self.listens

    def _late(self, version: int) -> None:
        if version == self.version and self.why is None:
            self._happened("latest", self.run_event)

    def _happened(self, why: str, event: int) -> None:
        """A condition has come true: the run is due, at once or when the last one is over and apart enough."""
        if not self.armed or self.why is not None:
            return
        self.why = (why, event)
        self._plan()

    def _plan(self) -> None:
        if self.run is None and self.why is not None:
            assert self.last is not None
            apart = self.rule.apart_days or 0.0
            day = self.clock.now if not self.k else max(self.clock.now, tick(self.last + apart))
            self.clock.at(day, self._fire)

    def _fire(self, _: Any) -> None:
        lab, spec = self.lab, self.spec
        day = lab.world.agenda.day
        assert self.why is not None
        self._disarm()
        if day >= lab.world.end or (spec.until is not None and self.clock.now >= spec.until):
            return
        self.k += 1
        run = programme.numbered(lab, spec, self.k, day)
        run.rule = self
        self.run = run
        why, event = self.why
        causes = tuple(dict.fromkeys(index for index in (event, self.run_event) if index >= 0))
        programme.become_due((lab, run), {"rule": why}, causes)

    def _disarm(self) -> None:
        self.armed = False
        self.version += 1
        watch = self.lab.world.watching()
        for threshold in self.thresholds:
            watch.drop(threshold)
        self.thresholds = []

    def started(self) -> None:
        """The rule's run has its accelerators: from now on the next is waited for."""
        self.last = self.clock.now
        self._arm()

    def ended(self, event: int) -> None:
        """The rule's run is over."""
        self.run = None
        self.run_event = event
        self._plan()
