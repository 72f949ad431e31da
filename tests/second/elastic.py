"""Elastic runs in the second simulator: in each hour in which it looks they take anew what they may have."""

from __future__ import annotations

from typing import Any

from tests.second.plan import Job
from tests.second.simulator import Lab


class Elastic(Lab):
    def start_some(self) -> bool:
        self.jobs.sort(key=lambda job: (job.due, job.name))
        elastic = [job for job in self.jobs if not job.gang and not job.waiting]
        if elastic:
            gets = self.resized(elastic)
            self.make_room(sum(gets) - sum(job.held for job in elastic))
            for job, got in zip(elastic, gets, strict=True):
                self.hold(job, got)
        return super().start_some()

    def resized(self, elastic: list[Job]) -> list[Any]:
        """What runs take by the order of their dates, as if they had nothing."""
        free, meant = (what + sum(job.held for job in elastic) for what in self.for_runs())
        gets: list[Any] = []
        for job in elastic:
            got = self.ask(job, free, meant)
            gets.append(0.0 * free if got is None else got * job.phases[job.at][2])
            free, meant = free - gets[-1], meant - gets[-1]
        return gets

    def start(self, job: Job, held: Any) -> None:
        super().start(job, held)
        job.size = job.size if job.gang else 0.0
