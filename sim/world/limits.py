"""What interventions allow one lab: hard limits, before runs in progress, earmarks and what its policy wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.base.series import Growth
from sim.model.domain import RESEARCH
from sim.model.intervention import (
    AI_USE,
    DELIVERIES,
    DESTROY,
    EXPERIMENTS,
    HUMANS,
    IDLE,
    RELEASES,
    RESTART,
    RESUME,
    SHARES,
    SOFTWARE,
    STOPPABLE,
    TRAINING,
    WAIT,
    Intervention,
)
from sim.world import dated, deployment, diffusion, training
from sim.world.claim import SLACK
from sim.world.policy import Decision, Policy
from sim.world.run import Holding, Run, plan_phases

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.view import View

CLOCKS = {TRAINING: ("runs", "pauses"), RELEASES: ("public releases",), DELIVERIES: ("deliveries",)}
"""Processes whose clocks an intervention stops; training's only where it stops altogether."""

BY = "intervention"


class Limits:
    """The limits of one lab at present: for each thing the strictest share of all that binds it."""

    __slots__ = ("lab", "shares", "by", "freed", "suspended", "laws", "event", "wait")

    def __init__(self, lab: LabState) -> None:
        self.lab = lab
        self.shares: dict[str, float] = {}
        self.by: dict[str, str] = {}
        """For each limited thing, the intervention that limits it most."""
        self.freed = SHARES
        self.suspended = RESUME
        self.wait = False
        """Whether runs that are larger than allowed wait, and are not cut."""
        self.event = -1
        """By which they are as they are."""
        self.laws: dict[str, tuple[Growth, float, float, float]] = {}
        """Law of an efficiency -> (as it would be, its own day, on a day of the world, and its pace since then)."""

    def share(self, what: str) -> float:
        """At what share something may go on."""
        return self.shares.get(what, 1.0)

    # Changes

    def set(self, interventions: list[Intervention], event: int) -> None:
        """Take those that bind the lab from today on. The order in which they are listed does not matter."""
        ranked = sorted(interventions, key=lambda spec: spec.name)
        before, self.shares, self.by = self.shares, {}, {}
        for what in STOPPABLE:
            for spec in ranked:
                share = spec.share(what)
                if share < self.share(what):
                    self.shares[what], self.by[what] = share, spec.name
        binding = [spec for spec in ranked if any(spec.share(what) < 1.0 for what in STOPPABLE)]
        freed = {spec.freed or SHARES for spec in binding}
        self.freed = IDLE if IDLE in freed else min(freed - {SHARES}, default=SHARES)
        fates = {spec.suspended for spec in binding}
        self.suspended = next((fate for fate in (DESTROY, RESTART) if fate in fates), RESUME)
        self.wait = any(spec.over_cap == WAIT for spec in binding)
        lab = self.lab
        self.event = event
        for what in STOPPABLE:
            share = self.share(what)
            if share != before.get(what, 1.0):
                self._change(what, share, event)
        if self.shares != before:
            lab.changed(event)

    def _change(self, what: str, share: float, event: int) -> None:
        lab = self.lab
        speed = share if what != TRAINING else float(share > 0.0)
        for process in CLOCKS.get(what, ()):
            lab.world.run_clocks(lab.name, process, speed, BY)
        if what == TRAINING:
            self._suspend()
        elif what == HUMANS:
            dated.limit_researchers(lab, share, event)
        elif what == SOFTWARE:
            self._pace(share, event)

    # Software

    def _pace(self, pace: float, event: int) -> None:
        lab, record = self.lab, self.lab.world.record
        if lab.progress is not None:
            lab.progress.run_at(pace, event)
            if lab.progress.own_inference is not None:
                self._slow("inference", record.inference_efficiency, pace)
                lab.progress.own_inference = record.inference_efficiency[lab.name]
            return
        self._slow("training", record.training_efficiency, pace)
        self._slow("inference", record.inference_efficiency, pace)
        diffusion.pass_on(lab.world, lab.name)

    def _slow(self, what: str, laws: dict[str, Growth], pace: float) -> None:
        name, day = self.lab.name, self.lab.world.agenda.day
        law, own, since, before = self.laws.get(what, (laws[name], day, day, 1.0))
        own += (day - since) * before
        self.laws[what] = law, own, day, pace
        laws[name] = laws[name].then(day, law.at_pace(own, day, pace))

    def stood(self, days: float) -> None:
        """Everything stood still for some days until now."""
        self.laws = {what: (law, own, day + days, pace) for what, (law, own, day, pace) in self.laws.items()}

    def jumped(self, subject: str, factor: float) -> None:
        """A shock makes an efficiency larger by a factor: also as it would be without limits."""
        if subject in self.laws:
            law, own, day, pace = self.laws[subject]
            own += (self.lab.world.agenda.day - day) * pace
            self.laws[subject] = law.jumped(own, factor), own, self.lab.world.agenda.day, pace

    # Decisions

    def decide(self, policy: Policy) -> Decision:
        """What the policy wants, cut to what is allowed."""
        lab, view = self.lab, self.lab.view
        if self._cut_earmarks():
            lab.look()
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
        waits = [*decision.waits, *((run, refused[run.name]) for run in lab.due if run.name in refused)]
        uses = decision.uses if starts else self._cut(decision.uses)
        return decision._replace(starts=starts, waits=waits, uses=uses)

    def _room(self, view: View) -> Holding:
        """Accelerators that training may hold, of each type."""
        return {kind: self.share(TRAINING) * view.training_share * count for kind, count in view.total.items()}

    def _why(self, what: str) -> str:
        name, share = self.by[what], self.shares[what]
        return f"{name} stops {what}" if not share else f"{name} leaves {share:.4g} of {what}"

    def _suspend(self) -> None:
        """Runs in progress for which no room is left are suspended whole, the latest first."""
        lab = self.lab
        if TRAINING not in self.shares:
            return
        room = self._room(lab.view)
        held = dict.fromkeys(room, 0.0)
        for run in sorted(lab.running, key=lambda run: (run.due, run.name)):
            if run.suspended:
                continue
            fits = bool(self.shares[TRAINING]) and (
                run.spec.elastic
                or all(held[kind] + count <= room[kind] * (1.0 + SLACK) for kind, count in run.held.items())
            )
            if fits:
                if not run.spec.elastic:
                    for kind, count in run.held.items():
                        held[kind] += count
                continue
            training.suspend(lab, run, self.event)
            if self.suspended == DESTROY and not run.spec.continuous:
                training.give_up(lab, run, self.event)
            elif self.suspended == RESTART and not run.spec.continuous:
                training.begin_anew(run)

    def _allowed(self, starts: list[tuple[Run, Holding]]) -> tuple[list[tuple[Run, Holding]], dict[str, str]]:
        """The starts (and new sizes of elastic runs) that are allowed, and why others are not: by run."""
        lab = self.lab
        if TRAINING not in self.shares:
            return starts, {}
        if not self.shares[TRAINING]:
            return [], {run.name: self._why(TRAINING) for run, _ in starts}
        sizes = {run.name: held for run, held in starts}
        room = self._room(lab.view)
        left = dict(room)
        allowed: list[tuple[Run, Holding]] = []
        refused: dict[str, str] = {}
        for run in lab.running:
            if not run.suspended and not run.spec.elastic:
                for kind, count in run.held.items():
                    left[kind] -= count
        elastic = [run for run in lab.running if run.spec.elastic and not run.suspended]
        elastic.sort(key=lambda run: (run.due, run.name))
        for run in (*elastic, *(run for run, _ in starts if run not in elastic)):
            wanted = sizes.get(run.name, run.held)
            most = left if run.spec.elastic or not _fixed(run) else room
            cut = {kind: min(count, max(0.0, most.get(kind, 0.0))) for kind, count in wanted.items()}
            whole = all(cut[kind] >= count * (1.0 - SLACK) for kind, count in wanted.items())
            if whole:
                cut = wanted
            cut = {kind: count for kind, count in cut.items() if count > 0.0}
            fits = all(count <= left.get(kind, 0.0) + SLACK * lab.total[kind] for kind, count in cut.items())
            waits = not whole and not run.spec.elastic and (self.wait or bool(run.claim))
            if run not in elastic and (not cut or waits or not fits):
                refused[run.name] = self._why(TRAINING)
                continue
            if not whole and run.needs_length() and run not in elastic:
                run.length = None  # with fewer accelerators it takes longer
                run.phases = plan_phases(run.spec, None, run.flop)
            for kind, count in cut.items():
                left[kind] -= count
            if run not in elastic or _differs(cut, run.held, lab.total):
                allowed.append((run, cut))
        return ([], refused) if refused else (allowed, {})

    def _cut_earmarks(self) -> bool:
        """Earmarks for fleets that may hold less are cut to what these may hold; whether there were any."""
        lab = self.lab
        if AI_USE not in self.shares or not lab.earmarks:
            return False
        for fleet in lab.fleets:
            if fleet.spec.domain != RESEARCH:
                continue
            marks = [mark for mark in lab.earmarks if mark.active and mark.fleet is fleet]
            for kind, total in lab.total.items():
                most = self.shares[AI_USE] * lab.shares[fleet.name] * total
                for mark in marks:
                    most -= mark.held.get(kind, 0.0)
                    if most < -SLACK * total:
                        mark.take(kind, min(-most, mark.held[kind]))
                        most = 0.0
            deployment.settle_cuts(lab, marks, (self.event,), self._why(AI_USE))
        return True

    def _cut(self, uses: dict[str, Holding]) -> dict[str, Holding]:
        """Holdings of the uses, those that are limited cut to their part of the declared share."""
        lab, view = self.lab, self.lab.view
        shares = {use: self.share(EXPERIMENTS) for use in uses if use == EXPERIMENTS}
        shares |= {f.name: self.share(AI_USE) for f in lab.fleets if f.name in uses and f.spec.domain == RESEARCH}
        limited = {use: share for use, share in shares.items() if share < 1.0}
        keep = self.freed != SHARES and TRAINING in self.shares
        if not limited and not keep:
            return uses
        result = {use: dict(held) for use, held in uses.items()}
        others = [(use, part) for use, part in view.parts if use not in limited and use in uses]
        weight = sum(part for _, part in others)
        to = next((fleet.name for fleet in lab.fleets if fleet.name == self.freed and fleet.best is not None), None)
        for kind, total in view.total.items():
            freed = 0.0
            for use, share in limited.items():
                most = share * lab.shares[use] * total
                for mark in lab.earmarks:
                    if mark.active and mark.fleet.name == use:
                        most -= mark.held.get(kind, 0.0)
                have = result[use].get(kind, 0.0)
                if have > most:
                    result[use][kind] = max(0.0, most)
                    freed += have - max(0.0, most)
            if self.freed == SHARES:
                for use, part in others if freed else ():
                    result[use][kind] = result[use].get(kind, 0.0) + freed * part / weight
                continue
            if keep:
                freed += self._lent(result, others, kind, total)
            if to is not None and freed:
                result.setdefault(to, {})[kind] = result.get(to, {}).get(kind, 0.0) + freed
        return result

    def _lent(self, uses: dict[str, Holding], others: list[tuple[str, float]], kind: str, total: float) -> float:
        """Take back what training, which may not have it, lends to uses beyond their own shares; accelerators."""
        lab, view = self.lab, self.lab.view
        unused = view.training_share * total - max(
            view.in_training.get(kind, 0.0), self.share(TRAINING) * view.training_share * total
        )
        above = {use: max(0.0, uses[use].get(kind, 0.0) - lab.shares[use] * total) for use, _ in others}
        beyond = sum(above.values())
        back = min(max(0.0, unused), beyond)
        for use, more in above.items():
            if more > 0.0:
                uses[use][kind] -= back * more / beyond
        return back


def _fixed(run: Run) -> bool:
    """Whether a run that starts or goes on has a size that follows from what it states, or has had until now."""
    return bool(run.claim or run.spec.accelerators or run.spec.share is not None or run.needs_length())


def _differs(one: Holding, other: Holding, total: Holding) -> bool:
    """Whether two sizes of an elastic run differ by more than rounding."""
    kinds = {*one, *other}
    return any(abs(one.get(kind, 0.0) - other.get(kind, 0.0)) > SLACK * (total.get(kind, 0.0) + 1.0) for kind in kinds)
