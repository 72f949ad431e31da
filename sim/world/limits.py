"""What interventions allow one lab: hard limits, before runs in progress, earmarks and what its policy wants."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from sim.base.calendar import tick
from sim.model.intervention import (
    AI_USE,
    DELIVERIES,
    DESTROY,
    EXPERIMENTS,
    HUMANS,
    IDLE,
    RELEASES,
    RESTART,
    SHARES,
    SOFTWARE,
    STOPPABLE,
    TRAINING,
    WAIT,
    Intervention,
)
from sim.world import capability_cap, dated, old_models, release, run_cap, training, withheld
from sim.world.agenda import Order
from sim.world.claim import SLACK
from sim.world.limited_uses import cut_earmarks, cut_uses, has_work, research_fleets
from sim.world.minimum_shares import minimum_shares
from sim.world.pace import Pace
from sim.world.policy import Decision, Policy
from sim.world.run import Holding, Run, plan_phases
from sim.world.shift_to_alignment import shifts

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.view import View

CLOCKS = {TRAINING: ("runs", "pauses"), RELEASES: ("public releases",), DELIVERIES: ("deliveries",)}
"""Processes whose clocks an intervention stops; training's only where it stops altogether."""

BY = "intervention"


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
        caps = any(_caps_training(spec) for spec in specs)
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
        self._suspend()
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

    # What there is room for

    def room(self, view: View, alone: Intervention | None = None) -> Holding:
        """Accelerators that training may hold, of each type. alone: if this intervention were the only one."""
        shares, room = self.lab.shares, dict(view.total)
        if not self.caps_training:
            return room
        specs = self.specs if alone is None else [alone]
        total = self.lab.world.h100e(room)
        share, meant = min(spec.share(TRAINING) for spec in specs), view.training_share
        research = meant + sum(shares.get(use, 0.0) for use in (EXPERIMENTS, *research_fleets(self.lab)))
        parts = [share * meant] if share < 1.0 else []
        for spec in specs:
            caps = _parts(spec.cap_training, spec.cap_training_share, total)
            parts += [_held_to(spec, cap, meant) for cap in caps]
            caps = _parts(spec.cap_research, spec.cap_research_share, total)
            parts += [_held_to(spec, cap, research) for cap in caps]
        least = min(parts, default=1.0)
        minima = self.minima(alone)
        if minima:
            owed = sum(share for use, share in minima.items() if has_work(self.lab, use))
            least = min(least, max(0.0, 1.0 - owed))
        return {kind: least * count for kind, count in room.items()}

    def research_room(self, view: View) -> Holding | None:
        """Accelerators that training, experiments and AI in research may hold together; None if all."""
        shares = self.lab.shares
        total = self.lab.world.h100e(view.total)
        uses = (EXPERIMENTS, *research_fleets(self.lab))
        meant = view.training_share + sum(shares.get(use, 0.0) for use in uses)
        parts = [
            _held_to(spec, cap, meant)
            for spec in self.specs
            for cap in _parts(spec.cap_research, spec.cap_research_share, total)
        ]
        if min(parts, default=1.0) >= 1.0:
            return None
        return {kind: min(parts) * count for kind, count in view.total.items()}

    def minima(self, alone: Intervention | None = None) -> dict[str, float]:
        """Shares that uses get at least. alone: if this intervention were the only one."""
        result: dict[str, float] = {}
        for spec in self.specs if alone is None else [alone]:
            for use, share in minimum_shares(self.lab.world, spec).items():
                meant = self.lab.shares.get(use, 0.0)
                least = share if share <= meant else meant + spec.holds * (share - meant)
                result[use] = max(result.get(use, 0.0), least)
        return result

    def caps_on(self, run: Run, planned: float) -> list[tuple[float, Intervention]]:
        """(FLOP that a run of so many may have, the intervention that caps it) for each that leaves it fewer."""
        caps: list[tuple[float, Intervention]] = []
        for spec in self.specs:
            if spec.cap_run_flop is not None:
                caps.append((spec.held_to(spec.cap_run_flop, planned), spec))
            if planned and capability_cap.is_stated(spec):
                strongest = capability_cap.allowed(self.lab, spec)
                wanted, _ = capability_cap.flop_for(self.lab, run, strongest, planned)
                if wanted > strongest:
                    _, cap = capability_cap.flop_for(self.lab, run, spec.held_to(strongest, wanted), planned)
                    caps.append((cap, spec))
        return [(cap, spec) for cap, spec in caps if cap < planned * (1.0 - SLACK)]

    def largest_run(self, run: Run, planned: float) -> tuple[float, str, bool]:
        """(FLOP that a run of so many may have, the intervention that caps it most, whether one lets it wait)."""
        caps = self.caps_on(run, planned)
        most, by = min(((cap, spec.name) for cap, spec in caps), default=(planned, ""))
        return most, by, any(spec.over_cap == WAIT for _, spec in caps)

    def too_large(self, size: Holding, held: Holding) -> list[Intervention]:
        """Those that leave training too little for a run beside what it holds: alone, else all of them together."""
        view = self.lab.view

        def fits(room: Holding) -> bool:
            return all(held.get(kind, 0.0) + count <= room[kind] * (1.0 + SLACK) for kind, count in size.items())

        if not self.caps_training or fits(self.room(view)):
            return []
        alone = [spec for spec in self.specs if not fits(self.room(view, spec))]
        return alone or [spec for spec in self.specs if _caps_training(spec) or spec.share(TRAINING) < 1.0]

    def holders(self, run: Run, held: Holding) -> list[Intervention]:
        """Those that keep a run that has started from going on, beside what training holds."""
        done = run.flop_done + run.phase_flop
        caps = self.caps_on(run, run_cap.flop_in_all(self.lab, run))
        found = [spec for cap, spec in caps if done >= cap or spec.over_cap == WAIT]
        found += [spec for spec in self.specs if not spec.share(TRAINING)]
        if not run.spec.elastic:
            part = run.phases[run.phase].accelerators_share
            size = run.held or {kind: count * part for kind, count in run.claim.items()}
            found += self.too_large(size, held)
        return found

    def enters_phase(self, run: Run) -> None:
        """A later phase begins, with the software of today: what is left is cut if the model would be too strong."""
        planned = run_cap.flop_in_all(self.lab, run)
        most, _, _ = self.largest_run(run, planned)
        if most < planned:
            run_cap.cut_in_progress(self.lab, run, most, wait=False)

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

    def decide(self, policy: Policy) -> Decision:
        """What the policy wants, cut to what is allowed."""
        lab, view = self.lab, self.lab.view
        if cut_earmarks(self):
            view.look()
        refused: dict[str, str] = {}
        while True:
            view.due = [run for run in lab.due if run.name not in refused]
            try:
                decision = policy(view)
            finally:
                view.due = lab.due
            starts, no = self._allowed(decision.starts)
            refused.update(no)
            if not no and decision.starts and not starts and view.elastic:
                view.elastic = []  # they have all that they may
            elif not no:
                break
        if refused:
            self.wait_for_clearance()
        waits = [*decision.waits, *((run, refused[run.name]) for run in lab.due if run.name in refused)]
        uses = decision.uses if starts else cut_uses(self, decision.uses)
        return decision._replace(starts=starts, waits=waits, uses=uses)

    def keep_to_caps(self) -> None:
        """Runs in progress that are larger than allowed, as the cluster has shrunk, are suspended."""
        if self.caps_training:
            size = self.lab.world.h100e(self.lab.total)
            if size < self.size:
                self._suspend()
            self.size = size

    def _suspend(self) -> None:
        """Runs in progress that are larger than allowed are cut or suspended whole, the latest first."""
        lab = self.lab
        self.size = lab.world.h100e(lab.total)
        held = dict.fromkeys(lab.total, 0.0)
        for run in sorted(lab.running, key=lambda run: (run.due, run.name)):
            planned = run_cap.flop_in_all(lab, run)
            most, _, waits = self.largest_run(run, planned)
            fits = most >= planned or run_cap.cut_in_progress(lab, run, most, waits)
            if run.suspended:
                continue
            if self.caps_training and not run.spec.elastic:
                fits = fits and not self.too_large(run.held, held)
            if TRAINING in self.shares and not self.share(TRAINING):
                fits = False
            if fits:
                if not run.spec.elastic:
                    for kind, count in run.held.items():
                        held[kind] += count
                continue
            fates = {spec.suspended for spec in self.holders(run, held)}
            training.suspend(lab, run, self.event)
            if DESTROY in fates and not run.spec.continuous:
                training.give_up(lab, run, self.event)
            elif RESTART in fates and not run.spec.continuous:
                training.begin_anew(lab, run)

    def _allowed(self, starts: list[tuple[Run, Holding]]) -> tuple[list[tuple[Run, Holding]], dict[str, str]]:
        """The starts (and new sizes of elastic runs) that are allowed, and why others are not: by run."""
        lab = self.lab
        if TRAINING in self.shares and not self.share(TRAINING):
            return [], {run.name: self.why(TRAINING) for run, _ in starts}
        sizes = {run.name: held for run, held in starts}
        room = self.room(lab.view)
        left = dict(room)
        allowed: list[tuple[Run, Holding]] = []
        refused: dict[str, str] = {}
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
                fewer = self._within_cap(run, wanted)
                if isinstance(fewer, str):
                    refused[run.name] = fewer
                    continue
                wanted = fewer
            cut = wanted
            if self.caps_training:
                most = left if run.spec.elastic or not _fixed(run) else room
                cut = {kind: min(count, max(0.0, most.get(kind, 0.0))) for kind, count in wanted.items()}
                whole = all(cut[kind] >= count * (1.0 - SLACK) for kind, count in wanted.items())
                if whole:
                    cut = wanted
                cut = {kind: count for kind, count in cut.items() if count > 0.0}
                fits = all(count <= left.get(kind, 0.0) + SLACK * lab.total[kind] for kind, count in cut.items())
                taken = {kind: count - most[kind] for kind, count in room.items()}
                waits = not whole and not run.spec.elastic and (
                    bool(run.claim) or any(spec.over_cap == WAIT for spec in self.too_large(wanted, taken))
                )  # fmt: skip
                if run not in elastic and (not cut or waits or not fits):
                    refused[run.name] = self._no_room()
                    continue
                if not whole and run.needs_length() and run not in elastic:
                    run.length = None  # with fewer accelerators it takes longer
                    run.phases = plan_phases(run.spec, None, run.flop)
                for kind, count in cut.items():
                    left[kind] -= count
            if run not in elastic or _differs(cut, run.held, lab.total):
                allowed.append((run, cut))
        if not refused:
            return allowed, {}
        for run, flop, length, phases in planned:  # they are cut when they start, not while they wait
            run.flop, run.length, run.phases = flop, length, phases
        return [], refused

    def _no_room(self) -> str:
        if TRAINING in self.shares:
            return self.why(TRAINING)
        names = [spec.name for spec in self.specs if _caps_training(spec)]
        return f"{' and '.join(names)} leaves too little to training"

    def _within_cap(self, run: Run, wanted: Holding) -> Holding | str:
        """Accelerators that a run takes, cut to the FLOP that it may have; or why it waits."""
        if run in self.lab.running:
            planned = run_cap.flop_in_all(self.lab, run)
            most, by, waits = self.largest_run(run, planned)
            if most >= planned or run_cap.cut_in_progress(self.lab, run, most, waits):
                return wanted
            return f"{by} caps it at {most:.4g} FLOP"
        planned = run_cap.planned_flop(self.lab, run, wanted)
        most, by, waits = self.largest_run(run, planned)
        if most >= planned * (1.0 - SLACK):
            return wanted
        if waits or most <= 0.0:
            return f"{by} caps runs at {most:.4g} FLOP"
        return run_cap.cut(self.lab, run, wanted, most)


def _look_again(what: tuple[LabState, int]) -> None:
    """A model is cleared: runs that waited for that may start."""
    lab, event = what
    if lab.limits is not None:
        lab.changed(event)


def _caps_training(spec: Intervention) -> bool:
    caps = (spec.cap_training, spec.cap_training_share, spec.cap_research, spec.cap_research_share)
    return any(cap is not None for cap in caps) or bool(spec.minimum_shares)


def _parts(h100e: float | None, share: float | None, total: float) -> list[float]:
    """Caps as shares of a cluster of so many H100e."""
    found = [] if share is None else [share]
    if h100e is not None:
        found.append(min(1.0, h100e / total) if total else 1.0)
    return found


def _held_to(spec: Intervention, cap: float, meant: float) -> float:
    """A cap on a share of the cluster, eased by how badly it holds, up to what is meant to be used."""
    return cap + (1.0 - spec.holds) * max(0.0, meant - cap)


def _fixed(run: Run) -> bool:
    """Whether a run that starts or goes on has a size that follows from what it states, or has had until now."""
    return bool(run.claim or run.spec.accelerators or run.spec.share is not None or run.needs_length())


def _differs(one: Holding, other: Holding, total: Holding) -> bool:
    """Whether two sizes of an elastic run differ by more than rounding."""
    kinds = {*one, *other}
    return any(abs(one.get(kind, 0.0) - other.get(kind, 0.0)) > SLACK * (total.get(kind, 0.0) + 1.0) for kind in kinds)
