"""What interventions allow one lab: hard limits, before runs in progress, earmarks and what its policy wants."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Final

from sim.base.calendar import tick
from sim.model.intervention import (
    AI_USE,
    DELIVERIES,
    EXPERIMENTS,
    HUMANS,
    IDLE,
    RELEASES,
    SHARES,
    SOFTWARE,
    STOPPABLE,
    TRAINING,
    Intervention,
)
from sim.world import capability_cap, dated, limited_runs, old_models, release, run_cap, run_length, withheld
from sim.world.agenda import Order
from sim.world.limited_uses import cut_earmarks, cut_uses
from sim.world.pace import Pace
from sim.world.policy import Decision, Policy
from sim.world.room import caps_training, within_room
from sim.world.run import Holding, Run
from sim.world.shift_to_alignment import shifts

if TYPE_CHECKING:
    from sim.world.lab import LabState

CLOCKS = {TRAINING: ("runs", "pauses"), RELEASES: ("public releases",), DELIVERIES: ("deliveries",)}
"""Processes whose clocks an intervention stops; training's only where it stops altogether."""

BY: Final = "intervention"


class Limits:
    """The limits of one lab at present: for each thing the strictest of all that binds it."""

    __slots__ = ("lab", "specs", "shares", "freed", "pace", "event", "allocates", "caps_training", "looks",
                 "size")  # fmt: skip

    def __init__(self, lab: LabState) -> None:
        self.lab = lab
        self.specs: list[Intervention] = []
        """Those that bind the lab, by name."""
        self.shares: dict[str, tuple[float, str]] = {}
        """What is limited -> (its share, the intervention that limits it most)."""
        self.freed = SHARES
        self.allocates = self.caps_training = False
        """Whether uses (of which training is one) may be held to less, or more, than the policy gives them."""
        self.event = -1
        """By which they are as they are."""
        self.pace = Pace(lab)
        self.looks: set[float] = set()
        """Days, of the lab's own time, on which it is looked at what is cleared."""
        self.size = 0.0
        """H100e of the cluster when it was last looked at whether runs in progress keep to caps on training."""

    def share(self, what: str) -> float:
        """At what share something may go on."""
        return self.shares[what][0] if what in self.shares else 1.0

    @property
    def caps_runs(self) -> bool:
        """Whether how many FLOP a run would have decides whether it may start."""
        return any(spec.cap_run_flop is not None or capability_cap.is_stated(spec) for spec in self.specs)

    def why(self, what: str) -> str:
        """Why something is limited, in words."""
        share, name = self.shares[what]
        return f"{name} leaves {share:.4g} of {what}" if share else f"{name} stops {what}"

    # Changes

    def set(self, interventions: list[Intervention], event: int) -> None:
        """Take those that bind the lab from today on. The order in which they are listed does not matter."""
        lab, before = self.lab, self.shares
        self.event = event
        self.specs = specs = sorted(interventions, key=lambda spec: spec.name)
        self.shares = {}
        for what in STOPPABLE:
            for spec in specs:
                share = spec.share(what)
                if share < self.share(what):
                    self.shares[what] = share, spec.name
        freed = {spec.freed or SHARES for spec in specs}
        self.freed = IDLE if IDLE in freed else min(freed - {SHARES}, default=SHARES)
        caps = any(caps_training(spec) for spec in specs)
        self.caps_training = caps or TRAINING in self.shares
        allocated = self.allocates
        for what in STOPPABLE:
            share = self.share(what)
            if share != (before[what][0] if what in before else 1.0):
                self._change(what, share)
        withheld.limit(lab, specs, event)
        old_models.limit(lab, specs, event)
        self.allocates = (
            self.caps_training or AI_USE in self.shares or EXPERIMENTS in self.shares or lab.model_age > 0.0
            or any(shifts(spec) for spec in specs)
        )  # fmt: skip
        limited_runs.suspend_too_large(self)
        for waiting in lab.postponed.values():
            lab.public_releases.at(lab.public_releases.now, release.postponed, waiting)
        if self.allocates or allocated or lab.due:
            lab.changed(event)

    def _change(self, what: str, share: float) -> None:
        lab = self.lab
        speed = share if what != TRAINING else float(share > 0.0)
        for process in CLOCKS.get(what, ()):
            lab.world.run_clocks(lab.name, process, speed, BY)
        if what == HUMANS:
            dated.limit_researchers(lab, self.event)
        elif what == SOFTWARE:
            self.pace.set(share, self.event)

    # Dates

    def wait_for_clearance(self) -> None:
        """Decide again when the next model is cleared, if a run waits for that."""
        world = self.lab.world
        for spec in self.specs:
            if spec.cap_capability is not None and self.lab.due:
                day = capability_cap.next_cleared(self.lab, spec.cleared_after or 0.0)
                if day + self.lab.late < world.end and day not in self.looks:
                    self.looks.add(day)
                    when = day + self.lab.late
                    world.agenda.put(when, Order.DECISION, self.lab.name, _look_again, (self.lab, self.event))

    def too_soon(self, what: release.Release) -> bool:
        """Whether a release is too soon after the lab's last one; it is then put off."""
        lab, model, _ = what
        apart = max((spec.holds * (spec.release_interval or 0.0) for spec in self.specs), default=0.0)
        if not apart or lab.released_on == -inf:
            return False
        early = tick(lab.released_on + apart) - (lab.world.agenda.day - lab.late)
        if early <= 0.0:
            return False
        lab.postponed[model.name] = what
        clock = lab.public_releases
        clock.at(clock.now + early, release.postponed, what)
        return True

    # Decisions

    def keep_run_to_caps(self, run: Run) -> None:
        """A later phase begins, with the software of today, or an elastic run has another size: what is left is cut if
        there would be too much."""
        planned = run_cap.flop_in_all(self.lab, run)
        most, by, _ = limited_runs.largest_run(self, run, planned)
        if most < planned:
            run_cap.cut_in_progress(self.lab, run, most, False, by)

    def within_room(self, free: Holding) -> Holding:
        """Of what is free, what a run may take for its next phase beside all that runs hold."""
        return within_room(self, free)

    def keep_to_caps(self) -> None:
        """Runs in progress that are larger than allowed, as the cluster has shrunk, are suspended."""
        if self.caps_training:
            size = self.lab.world.h100e(self.lab.total)
            if size < self.size:
                limited_runs.suspend_too_large(self)
            self.size = size

    def decide(self, policy: Policy) -> Decision:
        """What the policy wants, cut to what is allowed."""
        view = self.lab.view
        due = view.due
        if cut_earmarks(self):
            view.look()
        refused: dict[str, str] = {}
        while True:
            view.due = [run for run in due if run.name not in refused]
            try:
                decision = policy(view)
            finally:
                view.due = due
            if self.lab.unsized and run_length.hold_start(self.lab, decision.starts):
                due = view.due
                continue
            starts, no = limited_runs.allowed(self, decision.starts)
            refused.update(no)
            if not no and decision.starts and not starts and view.elastic:
                view.elastic = []  # they have all that they may
            elif not no:
                break
        if refused:
            self.wait_for_clearance()
        waits = [*decision.waits, *((run, refused[run.name]) for run in due if run.name in refused)]
        uses = decision.uses if starts else cut_uses(self, decision.uses)
        return decision._replace(starts=starts, waits=waits, uses=uses)

def _look_again(what: tuple[LabState, int]) -> None:
    """A model is cleared: runs that waited for that may start."""
    lab, event = what
    if lab.limits is not None:
        lab.changed(event)
