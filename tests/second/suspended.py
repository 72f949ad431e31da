"""Gangs in the second simulator whose next phase needs more than is free: they are suspended and wait for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.second.plan import NONE, Job
from tests.second.simulator import Lab


class Suspended(Lab):
    def phase_ends(self, job: Job) -> None:
        had = job.held
        super().phase_ends(job)
        wanted = job.held
        if job not in self.jobs or not np.any(wanted > had):
            return
        job.held = had
        have = had + self.spare()
        if np.any((wanted > had) & (wanted > have * (1.0 + NONE))):
            job.waiting, wanted = True, 0.0 * wanted
        else:
            wanted = np.where(wanted > had, np.minimum(wanted, have), wanted)
            self.make_room(wanted - had)
        self.hold(job, wanted)

    def spare(self) -> Any:
        """What a run may take for its next phase."""
        return self.for_runs()[0]

    def ask(self, job: Job, free: Any, meant: Any) -> Any:
        if not job.gang or job.started is None:
            return super().ask(job, free, meant)
        wanted = job.size * job.phases[job.at][2]
        return np.minimum(wanted, free) if np.all(wanted <= free * (1.0 + NONE)) else None

    def start(self, job: Job, held: Any) -> None:
        if job.started is None:
            super().start(job, held)
            return
        job.waiting, job.efficiency = False, self.efficiency(self.world.now)  # its phase starts now
        job.efficiencies[job.at:] = [job.efficiency]
        self.make_room(held)
        self.hold(job, held)
