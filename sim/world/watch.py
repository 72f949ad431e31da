"""What rules and milestones wait for: thresholds of what the kernel keeps, and events of other labs.

It reads the new events after each round of an instant, so that a world without such rules pays nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from sim.base.calendar import tick
from sim.model.level import Milestone
from sim.world.agenda import Order
from sim.world.crossing import Part, cuts_of, first_day, to_rounding, value_of
from sim.world.quantities import GROWING, SUMS, quantity_of

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.world import World

NEAR_DAYS: Final = 30.0
"""Days for which a crossing is looked for at first, then twice as many each time: most comes after other changes."""

PUBLIC = ("model_public", "model_public_on_hand")
"""Kinds of events by which a model becomes public, with its effective FLOP."""

Hit = Callable[[str, int], None]
"""What is done when a watch is met: (lab, or empty for several together; index of the event that caused it)."""

Listener = Callable[[str, int], bool]
"""Hears of an event: (lab, its index). Returns whether it wants to hear more."""


class Threshold:
    """One quantity of one lab (or summed over several) that is held against a number."""

    __slots__ = (
        "labs", "quantity", "of", "below", "target", "hit", "parts", "key", "cause", "crossing", "next_look",
        "looked_until", "over",
    )  # fmt: skip

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
        self.parts: list[list[Part]] = [[] for _ in labs]
        """The quantity of each lab, as it was when something last happened there."""
        self.key: object = None
        self.cause = -1
        self.crossing = 0
        """When its crossing was put on the agenda; 0 if none is."""
        self.next_look = 0
        """When the next look ahead was put on the agenda; 0 if none is."""
        self.looked_until = 0.0
        """The day of that look: as all is now, it does not cross before."""
        self.over = False

    def met(self, value: float) -> bool:
        """Whether a value is on the far side of the number."""
        return value < self.target if self.below else value >= self.target


class Watch:
    """All thresholds and listeners of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.by_lab: dict[str, list[Threshold]] = {lab.name: [] for lab in world.labs}
        self.growing: dict[str, list[Threshold]] = {lab.name: [] for lab in world.labs}
        """Of these, the thresholds of what moves with an efficiency."""
        self.listeners: dict[str, dict[str, list[Listener]]] = {}
        """Kind of event -> its subject, or empty for any -> who hears of it."""
        self.best_public: dict[str, float] = {}
        """Lab -> effective FLOP of the best of its models that are public."""
        self._each: dict[str, list[Callable[[], None]]] = {}
        self._seen = 0
        self._fresh: list[Threshold] = []

    def add(self, threshold: Threshold) -> Threshold:
        """Hold a quantity against a number from now on."""
        for thresholds in self._lists(threshold):
            thresholds.append(threshold)
        self._fresh.append(threshold)
        return threshold

    def drop(self, threshold: Threshold) -> None:
        """Wait for it no longer."""
        if not threshold.over:
            threshold.over = True
            threshold.hit = _over
            self._forget_plans(threshold)
            for thresholds in self._lists(threshold):
                thresholds.remove(threshold)

    def _lists(self, threshold: Threshold) -> list[list[Threshold]]:
        lists = [self.by_lab[lab.name] for lab in threshold.labs]
        if threshold.quantity in GROWING:
            lists += [self.growing[lab.name] for lab in threshold.labs]
        return lists

    def hear(self, kind: str, subject: str, listener: Listener) -> None:
        """Let a listener hear of events of a kind, until it wants no more."""
        self.listeners.setdefault(kind, {}).setdefault(subject, []).append(listener)

    def each(self, lab: str, refresh: Callable[[], None]) -> None:
        """Call `refresh` after each round in which something happened at a lab."""
        self._each.setdefault(lab, []).append(refresh)

    def look(self, decided: Mapping[str, int] | None = None, courses: Mapping[str, int] | None = None) -> None:
        """A round is over: take note of its events, and of what they changed.

        decided: labs that have shared out anew, whose holdings may be others without an event. courses: labs whose
        efficiencies have taken a new course. With each the event that this goes back to.
        """
        events, listeners = self.world.record.events, self.listeners
        touched: dict[str, int] = dict(decided or courses or {})
        steady = set(courses or ())  # labs of which all else is as it was
        while self._seen < len(events) or self._fresh or touched:
            first, self._seen = self._seen, len(events)
            for index in range(first, self._seen):
                event = events[index]
                lab, kind = event[1], event[2]
                touched[lab] = index
                if steady:
                    steady.discard(lab)
                if kind in PUBLIC:
                    self.best_public[lab] = max(self.best_public.get(lab, 0.0), event[4] or 0.0)
                if kind in listeners:
                    self._tell(listeners[kind], lab, event[3], index)
            due = dict.fromkeys(self._fresh, -1)
            self._fresh = []
            for lab, index in touched.items():
                for refresh in self._each.get(lab, ()):
                    refresh()
                for threshold in (self.growing if lab in steady else self.by_lab).get(lab, ()):
                    due[threshold] = max(index, due.get(threshold, -1))
            if steady:
                touched = {lab: index for lab, index in touched.items() if lab not in steady}
            for threshold, index in due.items():
                if not threshold.over:
                    self._hold(threshold, index, touched)
            touched = {}

    @staticmethod
    def _tell(listeners: dict[str, list[Listener]], lab: str, subject: str, event: int) -> None:
        """An event of a kind that somebody hears of."""
        for of in (subject, ""):
            heard = listeners.get(of)
            if heard:
                listeners[of] = []
                more = [listener for listener in heard if listener(lab, event)]
                listeners[of] = more + listeners[of]

    def _hold(self, threshold: Threshold, cause: int, touched: Mapping[str, int]) -> None:
        """Hold one quantity against its number now, and plan the date on which it will cross.

        touched: labs of which more than the course of an efficiency may be new.
        """
        day, labs = self.world.agenda.day, threshold.labs
        if threshold.below and all(lab.entry > day for lab in labs):
            return  # nothing is there yet of which there could be too little
        first = threshold.key is None
        changed, growing = first, threshold.quantity in GROWING
        for n, lab in enumerate(labs):
            if first or lab.name in touched:
                own = quantity_of(self, lab, threshold.quantity, threshold.of)
                changed = changed or own != threshold.parts[n]
                threshold.parts[n] = own
        parts = [part for own in threshold.parts for part in own]
        key = [(len(law.pieces), law.pieces[-1]) for _, law in parts if law is not None] if growing else ()
        if not changed and key == threshold.key:
            return  # as before: if it is to cross, the day is on the agenda
        if threshold.met(value_of(parts, day)):
            self._hit(threshold, cause)
            return
        threshold.key, threshold.cause = key, cause
        if growing:
            self._look_ahead(threshold, parts, NEAR_DAYS)

    def _look_ahead(self, threshold: Threshold, parts: list[Part], days: float) -> None:
        """Plan the crossing if it comes before the next look, which is in some days if none is planned."""
        world, agenda, day = self.world, self.world.agenda, self.world.agenda.day
        if threshold.crossing:
            agenda.drop(threshold.crossing)
            threshold.crossing = 0
        name = threshold.labs[0].name if len(threshold.labs) == 1 else ""
        until, planned = threshold.looked_until, threshold.next_look and threshold.looked_until > day
        if not planned:
            until = min(world.end, tick(day + days))
        crossing, cuts = None, cuts_of(parts, day)
        if cuts or threshold.met(value_of(parts, until)):  # without cuts it is monotone, and has not crossed yet
            value = partial(value_of, parts)
            crossing = first_day(value, threshold.met, threshold.target, day, until, cuts)
        if crossing is not None:
            self._forget_plans(threshold)
            threshold.crossing = agenda.put(crossing, Order.MILESTONE, name, self._cross, threshold)
        elif not planned and any(law is not None and base > 0.0 for base, law in parts):
            self._forget_plans(threshold)
            threshold.looked_until = until
            if until < world.end:
                threshold.next_look = agenda.put(until, Order.MILESTONE, name, self._ahead, (threshold, 2.0 * days))

    def stand(self, labs: Iterable[str]) -> None:
        """Efficiencies of some labs stand still from today on: what they and others together have moves otherwise."""
        names = dict.fromkeys(labs, -1)
        for threshold in dict.fromkeys(each for name in names for each in self.growing[name] if len(each.labs) > 1):
            self._hold(threshold, threshold.cause, names)

    def _forget_plans(self, threshold: Threshold) -> None:
        agenda = self.world.agenda
        for number in (threshold.crossing, threshold.next_look):
            if number:
                agenda.drop(number)
        threshold.crossing = threshold.next_look = 0

    def _ahead(self, what: tuple[Threshold, float]) -> None:
        threshold, days = what
        threshold.next_look = 0
        # The laws may be others, as late as all else, if everything stood still meanwhile.
        parts = [part for lab in threshold.labs for part in quantity_of(self, lab, threshold.quantity, threshold.of)]
        if threshold.met(value_of(parts, self.world.agenda.day)):
            self._hit(threshold, threshold.cause)
        else:
            self._look_ahead(threshold, parts, days)

    def _cross(self, threshold: Threshold) -> None:
        threshold.crossing = 0
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
