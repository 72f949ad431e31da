"""Leads that are spent, in the second simulator: how long ago the leader was as strong as the best of the others is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.second.interventions import Laid
from tests.second.plan import NEVER


class SpendsLead(Laid):
    def lead(self, name: str, stopped: float) -> float:
        """Days; between two of its best models a leader grows by the same factor each day."""
        known = {lab.spec.name: lab for lab in self.known_labs()}
        others = [m.effective for other, lab in known.items() if other != name for m in self.has(lab)]
        if not others:
            return math.inf
        leader = next(lab for lab in self.labs if lab.spec.name == name)
        days: list[float] = []
        best: list[float] = []
        for model in sorted(self.has(leader), key=lambda model: model.internal):
            if not best or math.log(model.effective) > best[-1]:
                days.append(model.internal)
                best.append(math.log(model.effective))
        theirs = math.log(max(others))
        if not best or theirs >= best[-1]:
            return 0.0
        return max(0.0, stopped - float(np.interp(theirs, best, days)))

    def has(self, lab: Any) -> list[Any]:
        """Models that a lab can use today."""
        return [model for model in (*lab.models.values(), *lab.foreign()) if lab.past(model.internal)]

    def spent(self, item: Any) -> bool:
        spec = item.spec
        if spec.spend_lead is None or len(item.labs) != 1:
            return False
        starts = item.started == self.now
        lead = self.lead(item.labs[0], item.started)
        left = spec.lead_left or 0.0
        if starts and spec.spend_lead == "its length" and left < lead < NEVER:
            item.end = min(item.end, item.started + lead - left)
        return (starts or spec.spend_lead != "its length") and lead <= left
