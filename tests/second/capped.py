"""Training of a lab of the second simulator under interventions: what is suspended, cut, or waits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.second.limited import Limited
from tests.second.plan import NONE, Job, flop_per_day

if TYPE_CHECKING:
    from tests.second.interventions import Laid

HARSH = ("resume", "restart", "destroy")


class Capped(Limited):
    """A lab whose runs interventions limit."""

    def __init__(self, world: Laid, spec: Any) -> None:
        self.mid_phase: set[Job] = set()
        """Runs that were suspended in the middle of a phase."""
        self.kept: Any = 0.0
        """What elastic runs would take now if nobody limited them."""
        super().__init__(world, spec)

    def decide(self) -> None:
        if self.local.stands:
            return
        self.choose()
        self.suspend()
        self.cut_marks()
        super().decide()

    def suspend(self) -> None:
        """Runs keep what fits, by their dates; the others are suspended, by those that alone would, or by all."""
        if not self.fresh and self.h100e() >= self.had:
            self.had = self.h100e()
            return
        self.had = self.h100e()
        held = 0.0 * self.total
        for job in sorted(self.jobs, key=lambda job: (job.due, job.name)):
            if job.waiting or job.started is None:
                continue
            fits = not self.fresh or self.may_go_on(job, self.force)
            if fits and self.within(job, held, self.force):
                held = held + (job.held if job.gang else 0.0)
                continue
            alone = [item for item in self.force if not self.within(job, held, [item])]
            alone += [item for item in self.force if self.fresh and not self.may_go_on(job, [item], cut=False)]
            word = max((item.suspended for item in alone or self.force), key=HARSH.index)
            job.waiting = True
            self.mid_phase.add(job)
            done = (job.target - job.left) * job.worth
            job.done, job.total, job.target = job.done + done, job.total + done * job.efficiency, job.left
            self.hold(job, 0.0 * job.held)
            self.happens_to(job, word)
        self.fresh = False

    def happens_to(self, job: Job, word: str) -> None:
        """To a run that is suspended."""
        if word == "destroy":
            self.jobs.remove(job)
            self.given_up.append(job)
        elif word == "restart":
            job.at, job.done, job.total = -1, 0.0, 0.0
            self.mid_phase.discard(job)
            job.begin_phase(self.efficiency(self.world.now))

    def broken(self, item: Any) -> None:
        """Runs that a deal kept from going on, when it breaks."""
        held = sum((job.held for job in self.jobs if job.gang), 0.0 * self.total)
        for job in [job for job in self.jobs if job.waiting and job.started is not None]:
            held_by = [each for each in self.force if not self.within(job, held, [each])
                       or not self.may_go_on(job, [each], cut=False)]  # fmt: skip
            if item in (held_by or self.force):
                self.happens_to(job, item.on_break.suspended)

    def within(self, job: Job, held: Any, items: list[Any]) -> bool:
        size = job.size * job.phases[job.at][2] if job.waiting else job.held
        most = self.most_training(items)
        if any(self.at_share(item, "training") == 0.0 for item in items):
            return False
        return not job.gang or bool(np.all(held + size <= most + NONE * self.total))

    # Caps on FLOP

    def may_go_on(self, job: Job, items: list[Any], cut: bool = True, wait: bool = True) -> bool:
        """Whether a run that has started may, what is left of it cut to what it may have."""
        whole = job.size if np.any(job.size) else job.held
        worth = [0.0 if not share else 1.0 if days is None else flop_per_day(self.draw, job.spec.training, whole * part)
                 for days, share, part in job.phases]  # fmt: skip
        later = [job.flop * share if days is None else days for days, share, _ in job.phases[job.at + 1:]]
        left = [each * rate for each, rate in zip([job.left, *later], worth[job.at:], strict=True)]
        done = job.done + (job.target - job.left) * worth[job.at]
        planned = done + sum(left)
        most, waits = self.allowed(job, planned, items)
        if most >= planned * (1.0 - NONE):
            return True
        if (wait and waits) or done >= most or not sum(left):
            return False
        if cut:
            job.uncut = job.uncut or planned
            factor = (most - done) / sum(left)
            for n, (days, share, of_size) in list(enumerate(job.phases))[job.at:]:
                if n == job.at and share:
                    job.target -= job.left * (1.0 - factor)
                    job.left *= factor
                elif share:
                    job.phases[n] = (None, share * factor, of_size) if days is None else (days * factor, share, of_size)
        return True

    def phase_ends(self, job: Job) -> None:
        super().phase_ends(job)
        if self.force and job in self.jobs:
            self.may_go_on(job, self.force, wait=False)

    def allowed(self, job: Job, planned: float, items: list[Any]) -> tuple[float, bool]:
        """FLOP that a run of so many may have; whether it waits."""
        spec, base, caps = job.spec, self.models.get(job.spec.base), []
        sure = job.total + (base.total if base else 0.0)
        efficiency = job.efficiency if job in self.mid_phase or not job.waiting else self.efficiency(self.world.now)
        done, before = job.done, job.uncut or planned
        counts = job.efficiencies[: max(0, job.at)]
        counts += [efficiency] * (len(job.shares) - len(counts))
        for item in items:
            if item.cap_run_flop is not None:
                caps.append((before - item.holds * max(0.0, before - item.cap_run_flop), item))
            strongest = self.strongest(item)
            if strongest < math.inf:
                whole = spec.effective_flop or spec.gain * (sure + max(0.0, planned - done) * efficiency)
                if whole > strongest:
                    if job.uncut and not spec.effective_flop:  # all would count that was to be
                        at_first = sum(share * each for share, each in zip(job.shares, counts, strict=True)) * before
                        whole = spec.gain * ((base.total if base else 0.0) + at_first)
                    may = whole - item.holds * (whole - strongest)
                    less = 0.0 if spec.effective_flop else max(0.0, done + (may / spec.gain - sure) / efficiency)
                    caps.append((less, item))
        caps = [(cap, item) for cap, item in caps if cap < planned * (1.0 - NONE)]
        return min((cap for cap, _ in caps), default=planned), any(item.over_cap == "wait" for _, item in caps)

    def strongest(self, item: Any) -> float:
        """Effective FLOP that a new model may have."""
        most = math.inf
        if item.cap_capability is not None:
            cleared = [m.effective for lab in self.world.labs for m in lab.models.values()
                       if lab.past(m.internal) and self.past(m.internal + item.cleared_after)]  # fmt: skip
            most = item.cap_capability * max(cleared, default=0.0)
        if item.hold_at is not None:
            level = self.draw.levels[item.hold_at]
            most = min(most, level.effective_flop * (1.0 - 1e-6))
        return most

    # Starts

    def cut_marks(self) -> None:
        for use, most in self.most_of_uses().items():
            marks = [mark for mark in self.marks if mark.rule.to == use]
            if marks:
                self.give((sum(mark.held for mark in marks) - most).clip(0.0), marks[::-1])
        self.cut_marks_to_training()

    def cut_marks_to_training(self) -> None:
        """Earmarks give way to what runs hold, under a cap on research and beside minimum shares."""
        none = 0.0 * self.total
        training = sum([job.held for job in self.jobs], none)
        research = [mark for mark in self.marks if mark.rule.to in self.of_research()]
        together = sum([mark.held for mark in research], none) + training
        self.give((together - np.maximum(training, self.most_research() * self.total)).clip(0.0), research[::-1])
        least = self.minima(self.force)
        room = ((1.0 - sum(least.values())) * self.total - training).clip(0.0)
        for mark in list(self.marks) if least else ():  # in the order in which their runs ended
            own = least.get(mark.rule.to, 0.0) * self.total - sum(
                [other.held for other in self.marks[: self.marks.index(mark)] if other.rule.to == mark.rule.to], none)
            counts = (mark.held - own.clip(0.0)).clip(0.0)
            mark.held = mark.held - (counts - room).clip(0.0)
            room = (room - counts).clip(0.0)
        self.give(none, list(self.marks))

    def most_research(self) -> float:
        """Share of the cluster that training, experiments and AI in research may have together."""
        meant = self.shares.get("training", 0.0) + sum(self.shares.get(use, 0.0) for use in self.of_research())
        return min((self.eased(item, cap, meant) for item in self.force for cap in self.caps(item, "research")),
                   default=1.0)  # fmt: skip

    def spare(self) -> Any:
        left = self.most_training(self.force) - sum(job.held for job in self.jobs)
        return np.minimum(super().spare(), left) if self.force else super().spare()

    def start_some(self) -> bool:
        later = [job for job in self.jobs if job.due > 0.0 and job.waiting and not self.on_clock("training", job.due)]
        self.jobs = [job for job in self.jobs if job not in later]
        started = super().start_some()
        self.jobs, self.kept = self.jobs + later, 0.0
        return started

    def resized(self, elastic: list[Job]) -> list[Any]:
        """Elastic runs get less than they would if nobody limited them; what they lose is not for other runs."""
        gets = super().resized(elastic)
        if not self.force:
            return gets
        may, left = [], self.left + sum(job.held for job in elastic)
        for got in gets:
            may.append(np.minimum(got, left.clip(0.0)))
            left = left - may[-1]
        self.kept = sum(gets) - sum(may)
        return may

    def for_runs(self) -> tuple[Any, Any]:
        self.left = self.most_training(self.force) - sum(job.held for job in self.jobs)
        free, meant = super().for_runs()
        return free - self.kept, meant - self.kept

    def start(self, job: Job, held: Any) -> None:
        """What would start if nobody limited it starts, cut to what is allowed, or waits."""
        if self.force:
            planned = job.flop, job.length, list(job.phases)
            none = any(self.at_share(item, "training") == 0.0 for item in self.force)
            held = None if none else self.cut(job, held)
            if held is None:
                if job.started is None:  # it is cut when it starts, not while it waits
                    job.flop, job.length, job.phases, job.uncut = *planned, None
                return
            self.left = self.left - held
        if job.started is None or job not in self.mid_phase:
            super().start(job, held)
            return
        job.waiting = False
        self.make_room(held)
        self.hold(job, held)

    def cut(self, job: Job, wanted: Any) -> Any:
        """What a run takes that would start with so much; None if it waits."""
        most, left = self.most_training(self.force), self.left
        spec = job.spec
        if job.started is not None:
            if not self.may_go_on(job, self.force):
                return None
        else:
            timed = [days * flop_per_day(self.draw, spec.training, wanted * part)
                     for days, share, part in job.phases if share and days]  # fmt: skip
            planned = sum(timed) if job.flop is None or job.length is not None else job.flop
            may, wait = self.allowed(job, planned, self.force)
            if may < planned:
                if wait or may <= 0.0:
                    return None
                factor = may / planned
                job.uncut = planned
                if not spec.elastic:
                    wanted = wanted * factor
                if job.flop is not None:
                    job.flop *= factor
                elif spec.elastic:
                    job.phases = [(days * factor if share else days, share, part) for days, share, part in job.phases]
        if not np.any(most < self.total * 2.0):
            return wanted
        sized = np.any(job.size) or spec.accelerators or spec.share is not None or (job.flop and job.length)
        less = np.minimum(wanted, (most if sized and not spec.elastic else left).clip(0.0))
        whole = np.all(less >= wanted * (1.0 - NONE))
        waits = any(item.over_cap == "wait" for item in self.force
                    if np.any(wanted > self.most_training([item]) + NONE))  # fmt: skip
        if not np.any(less > 0.0) or np.any((less > 0.0) & (less > left + NONE * self.total)):
            return None
        if not whole and not spec.elastic and (np.any(job.size) or waits):
            return None
        if not whole and job.flop is not None and job.length is not None and not spec.elastic:
            job.length = None
            job.phases = [(days if not share else None, share, part) for days, share, part in job.phases]
        return less
