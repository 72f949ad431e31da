"""Many draws of one scenario, each the same as `Scenario.draw` makes, at a small part of its cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sim.model.draw import Draw
from sim.scenario.check_draw import DrawChecks
from sim.scenario.plan import Plan
from sim.scenario.resolve import Resolver
from sim.scenario.spec import Spec


class ManyDraws:
    """Makes draws. What no uncertain input moves is made once and shared between them: nothing may change a draw.

    uncertain: paths of the uncertain inputs.
    """

    def __init__(
        self, root: Spec, start: date, accelerators: Mapping[str, Spec], uncertain: tuple[str, ...]
    ) -> None:
        self._root, self._start, self._accelerators = root, start, dict(accelerators)
        self.uncertain = uncertain
        self._plan: Plan | None = None
        self._checks: DrawChecks | None = None

    def draw(self, quantiles: Mapping[str, float], seed: int | None = None, index: int = 0) -> Draw:
        """The draw in which each uncertain input is at its quantile in (0, 1); at its median where none is given.

        Raises `DrawError` where its values contradict each other.
        """
        if self._plan is None or self._checks is None:
            self._plan = Plan(Resolver(self._root, self._accelerators, self._start, {}))
            self._checks = DrawChecks(self._root, float(self._start.toordinal()))
        resolver = Resolver(self._root, self._accelerators, self._start, quantiles, plan=self._plan)
        self._checks.check(resolver.value)
        return resolver.draw(seed, index, self.uncertain)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_plan": None, "_checks": None}  # they know objects by their identity
