"""Runs in the second simulator that are in progress at the start: what they have done by then."""

from __future__ import annotations

from typing import Any

from tests.second.plan import Impossible, Job
from tests.second.simulator import Lab


class Begun(Lab):
    def start(self, job: Job, held: Any) -> None:
        super().start(job, held)
        if job.due < 0.0:
            day = job.started = job.due
            job.efficiency = self.efficiency(day)
            job.efficiencies[job.at :] = [job.efficiency]
            while day < 0.0:
                days = min(-day, job.left / job.speed)
                job.left, day = job.left - days * job.speed, day + days
                if day < 0.0:
                    if job.at + 1 == len(job.phases):
                        raise Impossible(f"{job.name} would have ended before the start")
                    job.end_phase()
                    self.world.ends.append(0.0)
                    job.begin_phase(self.efficiency(day))
                    self.hold(job, held * job.phases[job.at][2])

    def decide(self) -> None:
        super().decide()
        if any(job.due < 0.0 and job.started is None for job in self.jobs):
            raise Impossible("a run in progress at the start has no accelerators")
