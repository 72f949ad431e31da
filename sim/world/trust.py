"""Which models a lab's alignment fleets may run: a model is trusted from the day on which one of the rules holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.base.calendar import tick
from sim.base.series import Series, steps_of
from sim.base.units import DAYS_PER_YEAR
from sim.model.alignment import ALIGNMENT, Trust
from sim.world import uptake
from sim.world.agenda import Order
from sim.world.dated import MONTHLY
from sim.world.frontier import reaches
from sim.world.own_calendar import own_day_of, today
from sim.world.record import ModelRecord, step

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.world import World


class TrustState:
    """A lab's trusted models, and those that wait: by date on a clock, by verification one after another."""

    __slots__ = ("lab", "rules", "trusted", "clock", "queue", "done", "anchor", "verifiers", "version")

    def __init__(self, lab: LabState, rules: Trust) -> None:
        self.lab = lab
        self.rules = rules
        self.trusted: set[str] = set()
        self.clock = lab.world.clock("trust", Order.RELEASE, lab.name)
        self.queue: list[tuple[ModelRecord, int]] = []
        """Models that wait for verification, in the order in which they came, with the event that brought each."""
        self.done = 0.0
        """Human-days of verification of the first of them, up to `anchor`."""
        self.anchor = 0.0
        self.verifiers = 0.0
        self.version = 0

    def consider(self, model: ModelRecord, event: int) -> None:
        """A model is in the lab from today: trust it now, or put the day on which it will be on the clock."""
        rule = self._at_once(model)
        if rule:
            self._tell(model, rule, event)  # the fleets take it up with all others
            return
        day = self.clock.now
        for rule, since, wait in self._waits(model):
            self.clock.at(tick(max(day, day + since + wait)), self._due, (model, rule, event))
        if self.rules.cleared_by_years is not None:
            self._settle()
            self.queue.append((model, event))
            if len(self.queue) == 1:
                self.done = 0.0
            self._project()

    def _at_once(self, model: ModelRecord) -> str:
        """The rule by which a model is trusted today; empty if none holds yet."""
        rules, lab, name = self.rules, self.lab, model.name
        full = name if "/" in name else f"{lab.name}/{name}"
        if rules.models is not None and (name in rules.models or full in rules.models):
            return "listed"
        if rules.below is not None:
            level = lab.world.draw.levels[rules.below]
            if not reaches(lab.world.draw, level, model):
                return f"below {rules.below}"
        for rule, since, wait in self._waits(model):
            if since + wait <= 0.0:
                return rule
        if rules.cleared_by_years is not None and model.internal < 0.0 and lab.world.agenda.day <= 0.0:
            # Before the start there were as many people as at it, and no queue.
            people = -model.internal * self._staff() * (rules.verifiers or 0.0)
            if people >= rules.cleared_by_years * DAYS_PER_YEAR:
                return "cleared_by"
        return ""

    def _waits(self, model: ModelRecord) -> list[tuple[str, float, float]]:
        """(rule, own days from today to when its time counts from, the time) of the rules that go by time."""
        rules, found = self.rules, []
        lab = self.lab
        now = today(lab)
        if rules.cleared_after_days is not None:
            found.append(("cleared_after", own_day_of(lab, model.internal) - now, rules.cleared_after_days))
        if rules.older_than_days is not None:
            born = model.internal if model.finished is None else model.finished
            found.append(("older_than", own_day_of(lab, born) - now, rules.older_than_days))
        return found

    def _due(self, what: tuple[ModelRecord, str, int]) -> None:
        """A model is cleared, or old enough."""
        model, rule, event = what
        if model.name not in self.trusted:
            self._trust(model, rule, event)

    def _trust(self, model: ModelRecord, rule: str, cause: int) -> None:
        lab = self.lab
        waiting = [item for item in self.queue if item[0] is model]
        if waiting:
            self._settle()
            if self.queue[0][0] is model:
                self.done = 0.0
            self.queue.remove(waiting[0])
            self._project()
        uptake.take_up_trusted(lab, model, self._tell(model, rule, cause))

    def _tell(self, model: ModelRecord, rule: str, cause: int) -> int:
        lab = self.lab
        self.trusted.add(model.name)
        lab.world.record.trusted[lab.name, model.name] = lab.world.agenda.day
        return lab.world.event(lab.name, "model_trusted", model.name, None, "", {"rule": rule}, (cause,))

    # Verification by people

    def _staff(self) -> float:
        line = self.lab.world.record.staff.get((self.lab.name, ALIGNMENT))
        return line[-1][1] if line else 0.0

    def staff_changed(self) -> None:
        """The lab's alignment staff has another size from today on."""
        if self.rules.cleared_by_years is not None:
            self._settle()
            self._project()

    def _settle(self) -> None:
        """Count what was verified up to now."""
        now = self.clock.now
        self.done += (now - self.anchor) * self.verifiers
        self.anchor = now

    def _project(self) -> None:
        """Share out the verifiers anew, and put the day on which the first model is cleared on the clock."""
        record, lab = self.lab.world.record, self.lab
        self.version += 1
        self.verifiers = self._staff() * (self.rules.verifiers or 0.0) if self.queue else 0.0
        step(record.verifiers, lab.name, lab.world.agenda.day, self.verifiers)
        if self.verifiers > 0.0:
            needed = (self.rules.cleared_by_years or 0.0) * DAYS_PER_YEAR
            left = max(0.0, needed - self.done) / self.verifiers
            if left < 1e9:
                self.clock.at(tick(self.clock.now + left), self._verified, self.version)

    def _verified(self, version: int) -> None:
        """The first model that waits has been verified."""
        if version == self.version:
            model, event = self.queue[0]
            self._trust(model, "cleared_by", event)


def set_up(lab: LabState) -> None:
    """Give a lab its rules of trust, where it states any."""
    spec = lab.spec.alignment
    if spec is not None and spec.trust is not None:
        lab.trust = TrustState(lab, spec.trust)


def follow_elsewhere(world: World) -> None:
    """Record the people who do alignment work outside of the labs, on a clock of their own."""
    spec = world.draw.alignment
    if spec is None or spec.elsewhere is None:
        return
    series: Series = spec.elsewhere
    step(world.record.elsewhere, ALIGNMENT, 0.0, series.at(0.0))
    if not series.constant:
        clock = world.clock("elsewhere", Order.SERIES, "")
        for day, value in steps_of(series, world.end, world.draw.start, MONTHLY):
            clock.at(day, _elsewhere, (world, value))


def _elsewhere(what: tuple[World, float]) -> None:
    """Another number of people elsewhere."""
    world, value = what
    world.event("", "series_value", "elsewhere:alignment", value, "people", None, ())
    step(world.record.elsewhere, ALIGNMENT, world.agenda.day, value)


def close(lab: LabState) -> None:
    """The run is over: say so if no model of a lab could ever do alignment work by its rules."""
    state = lab.trust
    if state is None or state.trusted or not lab.usable or not any(fleet.gated for fleet in lab.fleets):
        return
    words = {
        "cleared_after_days": "cleared_after",
        "cleared_by_years": "cleared_by",
        "older_than_days": "older_than",
        "below": f"below: {state.rules.below}",
        "models": f"models: {', '.join(state.rules.models or [])}",
    }
    rules = " or ".join(words[rule] for rule in state.rules.rules)
    lab.world.warn(lab.name, ALIGNMENT, f"no model of the lab was ever trusted by `alignment.trust` ({rules}): its"
                   " alignment fleets had nothing to run")  # fmt: skip
