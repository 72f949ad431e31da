"""What rules and milestones wait for: thresholds of what the kernel keeps, and events of other labs.

It reads the new events after each round of an instant, so that a world without such rules pays nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sim.base.calendar import tick
from sim.base.series import Growth
from sim.model.level import Milestone
from sim.model.worth import worth
from sim.world.agenda import Order
from sim.world.crossing import Part, cuts_of, first_day, to_rounding, value_of
from sim.world.fleet import total_of

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.run import Holding
    from sim.world.world import World

SUMS = ("h100e", "experiments_h100e", "fleet_h100e")
"""Quantities that are sums of what was delivered and shared out: they meet a number to rounding."""

NEAR_DAYS = 30.0
"""Days for which a crossing is looked for at first: what is looked at often is mostly looked at again before."""

Hit = Callable[[str, int], None]
"""What is done when a watch is met: (lab, or empty for several together; index of the event that caused it)."""

Listener = Callable[[str, int], bool]
"""Hears of an event: (lab, its index). Returns whether it wants to hear more."""


class Threshold:
    """One quantity of one lab (or summed over several) that is held against a number."""

    __slots__ = ("labs", "quantity", "of", "below", "target", "hit", "version", "parts", "key", "cause", "over")

    def __init__(
        self, labs: list[LabState], quantity: str, of: str | None, below: bool, target: float, hit: Hit
    ) -> None:
        if quantity in SUMS:
            target = to_rounding(target)
        self.labs = labs
        self.quantity = quantity
        self.of = of
        self.below = below
        self.target = target
        self.hit = hit
        self.version = 0
        self.parts: list[list[Part]] = [[] for _ in labs]
        """The quantity of each lab, as it was when something last happened there."""
        self.key: object = None
        self.cause = -1
        self.over = False

    def met(self, value: float) -> bool:
        """Whether a value is on the far side of the number."""
        return value < self.target if self.below else value >= self.target


class Watch:
    """All thresholds and listeners of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.by_lab: dict[str, list[Threshold]] = {lab.name: [] for lab in world.labs}
        self.listeners: dict[tuple[str, str], list[Listener]] = {}
        """(kind of event, its subject, or empty for any) -> who hears of it."""
        self.best_public: dict[str, float] = {}
        """Lab -> effective FLOP of the best of its models that are public."""
        self._each: dict[str, list[Callable[[], None]]] = {}
        self._seen = 0
        self._fresh: list[Threshold] = []

    def add(self, threshold: Threshold) -> Threshold:
        """Hold a quantity against a number from now on."""
        for lab in threshold.labs:
            self.by_lab[lab.name].append(threshold)
        self._fresh.append(threshold)
        return threshold

    def drop(self, threshold: Threshold) -> None:
        """Wait for it no longer."""
        if not threshold.over:
            threshold.over = True
            threshold.version += 1
            threshold.hit = _over
            for lab in threshold.labs:
                self.by_lab[lab.name].remove(threshold)

    def hear(self, kind: str, subject: str, listener: Listener) -> None:
        """Let a listener hear of events of a kind, until it wants no more."""
        self.listeners.setdefault((kind, subject), []).append(listener)

    def each(self, lab: str, refresh: Callable[[], None]) -> None:
        """Call `refresh` after each round in which something happened at a lab."""
        self._each.setdefault(lab, []).append(refresh)

    def look(self, moved: Mapping[str, int] | None = None) -> None:
        """A round is over: take note of its events, and of what they changed.

        moved: labs that have shared out anew, whose holdings may be others without an event, or whose efficiencies
        have taken a new course; and the events that this goes back to.
        """
        events = self.world.record.events
        touched: dict[str, int] = dict(moved or {})
        while self._seen < len(events) or self._fresh or touched:
            first, self._seen = self._seen, len(events)
            for index in range(first, self._seen):
                _, lab, kind, subject, value, *_ = events[index]
                touched[lab] = index
                if kind.startswith("model_public") and value is not None:
                    self.best_public[lab] = max(self.best_public.get(lab, 0.0), value)
                for key in ((kind, subject), (kind, "")):
                    heard = self.listeners.get(key)
                    if heard:
                        self.listeners[key] = []
                        more = [listener for listener in heard if listener(lab, index)]
                        self.listeners[key] = more + self.listeners[key]
            due = dict.fromkeys(self._fresh, -1)
            self._fresh = []
            for lab, index in touched.items():
                for refresh in self._each.get(lab, ()):
                    refresh()
                for threshold in self.by_lab.get(lab, ()):
                    due[threshold] = max(index, due.get(threshold, -1))
            for threshold, index in due.items():
                if not threshold.over:
                    self._hold(threshold, index, touched)
            touched = {}

    def _hold(self, threshold: Threshold, cause: int, touched: Mapping[str, int]) -> None:
        """Hold one quantity against its number now, and plan the date on which it will cross."""
        day = self.world.agenda.day
        if threshold.below and all(lab.entry > day for lab in threshold.labs):
            return  # nothing is there yet of which there could be too little
        for n, lab in enumerate(threshold.labs):
            if threshold.key is None or lab.name in touched:
                threshold.parts[n] = quantity_of(self, lab, threshold.quantity, threshold.of)
        parts = [part for own in threshold.parts for part in own]
        key = [(base, law and (len(law.pieces), law.pieces[-1])) for base, law in parts]
        if key == threshold.key:
            return  # as before: if it is to cross, the day is on the agenda
        if threshold.met(value_of(parts, day)):
            self._hit(threshold, cause)
            return
        growing = any(law is not None and base > 0.0 for base, law in parts)
        threshold.key, threshold.cause = key, cause
        threshold.version += 1
        if growing:
            self._look_ahead(threshold, parts, NEAR_DAYS)

    def _look_ahead(self, threshold: Threshold, parts: list[Part], days: float) -> None:
        """Plan the crossing if it comes within some days; else look again then, as by then much may be otherwise."""
        world, day = self.world, self.world.agenda.day
        near = min(world.end, tick(day + days))
        crossing = first_day(
            lambda when: value_of(parts, when), threshold.met, threshold.target, day, near, cuts_of(parts, day)
        )
        name = threshold.labs[0].name if len(threshold.labs) == 1 else ""
        if crossing is not None:
            world.agenda.put(crossing, Order.MILESTONE, name, self._cross, (threshold, threshold.version))
        elif near < world.end:
            world.agenda.put(near, Order.MILESTONE, name, self._ahead, (threshold, threshold.version, 2.0 * days))

    def _ahead(self, what: tuple[Threshold, int, float]) -> None:
        threshold, version, days = what
        if version != threshold.version:
            return
        # The laws may be others, as late as all else, if everything stood still meanwhile.
        parts = [part for lab in threshold.labs for part in quantity_of(self, lab, threshold.quantity, threshold.of)]
        if threshold.met(value_of(parts, self.world.agenda.day)):
            self._hit(threshold, threshold.cause)
        else:
            self._look_ahead(threshold, parts, days)

    def _cross(self, what: tuple[Threshold, int]) -> None:
        threshold, version = what
        if version == threshold.version:
            self._hit(threshold, threshold.cause)

    def _hit(self, threshold: Threshold, cause: int) -> None:
        hit = threshold.hit
        self.drop(threshold)
        hit(threshold.labs[0].name if len(threshold.labs) == 1 else "", cause)

    def dismantle(self) -> None:
        """Let go of all that waits: it refers back to what it waits for."""
        for thresholds in self.by_lab.values():
            for threshold in tuple(thresholds):
                self.drop(threshold)
        self.listeners.clear()
        self._each.clear()
        self._fresh.clear()


def _over(lab: str, cause: int) -> None:
    """Nothing is done any more."""


def quantity_of(watch: Watch, lab: LabState, name: str, of: str | None) -> list[Part]:
    """A quantity of a lab today, as parts that may grow with an efficiency.

    name: as in `Milestone`. of: the fleet, or the domain of `people` and work; all together if None.
    """
    world = lab.world
    record = world.record
    if name == "training_efficiency":
        return [(1.0, record.training_efficiency[lab.name])]
    if name == "inference_efficiency":
        return [(1.0, record.inference_efficiency[lab.name])]
    if name in ("tokens_per_s", "copies"):
        law: Growth = record.inference_efficiency[lab.name]
        return [(_throughput(lab, of, name == "copies"), law)]
    if name == "human_equivalents":
        return [(_work(lab, of), record.inference_efficiency[lab.name])]
    if name == "demand_tokens_per_s":
        return [(line[-1][1], None) for fleet in lab.fleets
                if of in (None, fleet.name) and (line := record.demand.get((lab.name, fleet.name)))]  # fmt: skip
    if name == "h100e":
        return [(world.h100e(lab.total), None)]
    if name == "experiments_h100e":
        return [(world.h100e(lab.experiments), None)]
    if name == "fleet_h100e":
        return [(world.h100e(total_of(fleet.held)), None) for fleet in lab.fleets if of in (None, fleet.name)]
    if name == "models":
        return [(float(len(lab.usable)), None)]
    if name == "people":
        lines = [record.staff.get((lab.name, domain)) for domain in sorted(lab.spec.staff) if of in (None, domain)]
        return [(line[-1][1], None) for line in lines if line]
    if name == "effective_flop":  # of all that it may use: others' whose weights are open, or that it stole, too
        return [(max((lab.models[model].effective_flop for model in lab.usable), default=0.0), None)]
    return [(watch.best_public.get(lab.name, 0.0), None)]


def _throughput(lab: LabState, of: str | None, copies: bool) -> float:
    """Tokens/s or copies of fleets at inference efficiency 1."""
    total = 0.0
    for fleet in lab.fleets:
        if of in (None, fleet.name):
            for name, held in fleet.held.items():
                total += throughput_of(lab, name, held, fleet.spec.inference, copies)
    return total


def _work(lab: LabState, of: str | None) -> float:
    """Human-equivalents that fleets can do in a domain (all if None) at inference efficiency 1, whatever the demand."""
    draw, day, total = lab.world.draw, lab.world.agenda.day - lab.late, 0.0
    for fleet in lab.fleets:
        domain = draw.domains.get(fleet.spec.domain)
        if domain is None or of not in (None, domain.name):
            continue
        inference, think = fleet.spec.inference, fleet.spec.think_x or 1.0
        for name, held in fleet.held.items():
            each = worth(lab.models[name], domain, draw.human, inference, day, think)
            total += each * throughput_of(lab, name, held, inference, False)
    return total


def throughput_of(lab: LabState, model: str, held: Holding, inference: object, copies: bool) -> float:
    """Tokens/s or copies of a model on some accelerators at inference efficiency 1."""
    total = 0.0
    for kind, count in held.items():
        each = lab.world.throughput(lab.models[model], kind, inference)  # type: ignore[arg-type]
        total += count * (each.copies if copies else each.tokens_per_s)
    return total


def watch_milestones(watch: Watch, milestones: Mapping[str, Milestone], reach: Callable[[str, str, int], None]) -> None:
    """Wait for the milestones that are a threshold or a shock. reach: (milestone, lab, event)."""
    labs = watch.world.labs
    for name in sorted(milestones):
        spec = milestones[name]
        bound = [lab for lab in labs if spec.lab in (None, lab.name) and spec.bloc in (None, lab.spec.bloc)]
        if spec.shock is not None:
            watch.hear("shock", spec.shock, _once(name, reach))
            continue
        quantity = spec.quantity
        if not quantity or not bound:
            continue
        target = getattr(spec, quantity)
        of = spec.domain if quantity in ("people", "human_equivalents") else spec.fleet
        waiting: list[Threshold] = []
        hit = _first(watch, waiting, name, reach)
        for group in [bound] if spec.together else [[lab] for lab in bound]:
            waiting.append(watch.add(Threshold(group, quantity, of, spec.below, target, hit)))


def _once(name: str, reach: Callable[[str, str, int], None]) -> Listener:
    def hear(lab: str, event: int) -> bool:
        reach(name, lab, event)
        return False

    return hear


def _first(watch: Watch, waiting: list[Threshold], name: str, reach: Callable[[str, str, int], None]) -> Hit:
    """The first lab reaches a milestone: the others are not waited for."""

    def hit(lab: str, cause: int) -> None:
        reach(name, lab, cause)
        for other in waiting:
            watch.drop(other)

    return hit
