"""The policy `phases` in the second simulator: the first phase of which everything holds says what the shares are."""

from __future__ import annotations

from typing import Any

from tests.second.plan import NEVER, Job, array
from tests.second.simulator import Lab


class Phased(Lab):
    phase: Any = None

    def choose(self) -> None:
        super().choose()
        if self.spec.policy == "phases":
            self.phase = next(phase for phase in self.spec.phases if self.holds(phase.when))
            self.first = self.phase.training_first
            if self.phase.use:
                self.shares = {use: self.phase.use.get(use, 0.0) for use in sorted({*self.shares, *self.phase.use})}

    def decide(self) -> None:
        """Until what is decided changes the phase no more."""
        phase = object()
        while phase is not self.phase:
            super().decide()
            phase = self.phase
            self.choose()

    def ask(self, job: Job, free: Any, meant: Any) -> Any:
        waits = self.phase and not self.phase.starts_runs and job.started is None and job.due >= 0.0
        return None if waits else super().ask(job, free, meant)

    def usable(self) -> list[Any]:
        return [model for model in self.models.values() if self.past(model.internal)]

    def h100e(self) -> float:
        return float(self.total @ array(self.draw, {name: kind.h100e for name, kind in self.draw.accelerators.items()}))

    def holds(self, when: Any) -> bool:
        mine = max((m.effective for m in self.usable()), default=0.0)
        public = [(lab is self, m.public, m.effective) for lab in self.world.labs for m in lab.models.values()
                  if m.public is not None and self.past(m.public)]  # fmt: skip
        theirs = max((flop for own, _, flop in public if not own), default=0.0)
        last, rivals = (max((day for own, day, _ in public if own is by), default=-NEVER) for by in (True, False))
        works = any(not job.waiting for job in self.jobs)
        runs = {"in progress": works, "none in progress": not works,
                "due": any(job.waiting and self.past(job.due) for job in self.jobs)}  # fmt: skip
        checks = {
            "run": lambda state: runs[state],
            "earmark": lambda state: state is bool(self.marks),
            "behind": lambda factor: 0.0 < theirs >= factor * mine,
            "ahead": lambda factor: 0.0 < mine >= factor * theirs,
            "h100e_at_least": lambda least: self.h100e() >= least,
            "h100e_below": lambda most: self.h100e() < most,
            "since": self.past,
            "before": lambda day: not self.past(day),
            "released_within_days": lambda days: not self.past(last + days),
            "rival_released_within_days": lambda days: not self.past(rivals + days),
            "no_release_days": lambda days: self.past(last + days),
            "no_rival_release_days": lambda days: self.past(rivals + days),
        }
        stated = [(key, getattr(when, key, None)) for key in checks]
        return all([checks[key](value) for key, value in stated if value is not None])  # noqa: C419 (notes all dates)
