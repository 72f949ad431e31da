"""All interventions of a world: what they hear of, and how those that start at one instant take effect together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.model.intervention import BREAKS, ENDS, EVERYTHING, Intervention, Trigger
from sim.world import deal, release
from sim.world.agenda import Order
from sim.world.intervention import InterventionState, limit
from sim.world.levers import levers_of
from sim.world.standstill import OWN

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.record import ModelRecord
    from sim.world.world import World


class Interventions:
    """All interventions of a world."""

    __slots__ = ("states", "over", "world", "beginning", "ending")

    def __init__(self, world: World, specs: list[Intervention]) -> None:
        self.world = world
        self.over: set[Trigger] = set()
        """Which are over, and how."""
        self.beginning: list[InterventionState] = []
        self.ending: list[InterventionState] = []
        """Those that came into force at this instant, or were until then, and of which the labs have yet to be told."""
        self.states = [InterventionState(world, spec) for spec in specs]

    def begin(self, state: InterventionState) -> None:
        """One comes into force. When all that start today have, the labs are told of them together: what becomes of
        their runs goes by all of them, whatever they are called."""
        if not self.beginning:
            self.world.agenda.put(self.world.agenda.day, Order.INTERVENTIONS_HOLD, "", self._hold, None, OWN)
        self.beginning.append(state)

    def _hold(self, _: Any) -> None:
        """Interventions take effect."""
        beginning, self.beginning = self.beginning, []
        for lab in self.world.labs:
            told = [state.tell(lab, "suspended") for state in beginning if lab in state.labs]
            if told:
                limit(self.world, lab, told[-1])
        for state in beginning:
            state.levers = levers_of(state)
            for lever in state.levers:
                lever.begin()

    def end(self, state: InterventionState) -> None:
        """One is in force no longer. When all that end today are not, the labs are told so together."""
        if not self.ending:
            self.world.agenda.put(self.world.agenda.day, Order.INTERVENTIONS_OVER, "", self._let_go, None, OWN)
        self.ending.append(state)

    def _let_go(self, _: Any) -> None:
        """Interventions are over."""
        ending, self.ending = self.ending, []
        for lab in self.world.labs:
            told = [(state, state.tell(lab, "resumed")) for state in ending if lab in state.labs]
            for state, event in told:
                if state.broken:
                    deal.release(lab, state.spec, event)
            if told:
                limit(self.world, lab, told[-1][1])
            for state, event in told:
                if state.broken and state.spec.on_break is not None:
                    deal.come_out([item for item in state.software if item.lab is lab], state.spec.on_break, event)
        for state in ending:
            for lever in state.levers:
                lever.end()
        for state in ending:
            self.ended(state)

    def reached(self, level: str, lab: str, event: int) -> None:
        """A lab has reached a level."""
        for state in self.states:
            state.hear(Trigger(level=level, lab=lab), event)
            if state.in_force and lab not in state.world.secret:
                for lever in state.levers:
                    lever.reached(event)

    def reached_milestone(self, name: str, event: int) -> None:
        """A milestone is reached."""
        for state in self.states:
            state.hear(Trigger(milestone=name), event)

    def ended(self, over: InterventionState) -> None:
        """One of them is over: others may wait for that."""
        how = Trigger(intervention=over.spec.name, how=BREAKS if over.broken else ENDS)
        self.over.add(how)
        for state in self.states:
            state.hear(how, over.event)

    def available(self, lab: LabState, model: ModelRecord, event: int) -> None:
        """A lab can use a new model from today on: runs that wait for one that is cleared look when it is."""
        secret = lab.name in lab.world.secret
        for state in self.states:
            if secret and lab not in state.labs:
                continue  # nobody else knows of it
            for bound_lab in state.labs if state.in_force and state.spec.cap_capability is not None else ():
                if bound_lab.limits is not None:
                    bound_lab.limits.wait_for_clearance()
            for lever in state.levers if state.in_force else ():
                lever.available(lab, model, event)

    def binding(self, lab: LabState) -> list[Intervention]:
        """Those in force that bind a lab and do not stop everything there."""
        return [s.spec for s in self.states if s.in_force and lab in s.labs and EVERYTHING not in s.spec.stops]

    def close(self, world: World) -> None:
        """At the end: keep the standstills that go on, warn of what never started or never ended as it was to."""
        for lab in world.labs:
            release.forget_held_back(lab)
            if lab.standstill is not None:
                world.record.standstills.setdefault(lab.name, []).append((lab.standstill.since, world.end))
        for state in self.states:
            name, spec = state.spec.name, state.spec
            if state.index < 0:
                why = f"{spec.starts} did not happen" if isinstance(spec.starts, str) else "its date is after the end"
                world.warn("", name, f"the intervention never starts: {why}")
            elif not state.over and isinstance(spec.ends, str):
                world.warn("", name, f"the intervention never ends: {spec.ends} did not happen while it lasted")


def set_up_interventions(world: World) -> None:
    """Let every intervention of the draw wait for its start."""
    draw = world.draw
    specs = [draw.interventions[name] for name in sorted(draw.interventions or {})]
    if draw.pause is not None:
        specs.append(draw.pause)
    if specs:
        world.interventions = Interventions(world, sorted(specs, key=lambda spec: spec.name))
