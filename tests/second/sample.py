"""Random draws from a strategy: the same in every run, whatever else has been imported."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

from sim.model.draw import Draw


class Repeatable(HypothesisProvider):
    """Hypothesis tries constants of the modules that happen to be imported: this one does not."""

    def _maybe_draw_constant(self, *args: Any, **more: Any) -> None:
        return None


AVAILABLE_PROVIDERS["repeatable"] = f"{__name__}.Repeatable"

QUICK: dict[str, Any] = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "backend": "repeatable",
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
    "phases": (Phase.generate,),
}


def sample(strategy: Any, batches: int, first: int = 0) -> list[Draw]:
    """Eight draws a batch, each batch from a seed of its own.

    In a longer search hypothesis goes on to variants of what it has; in short ones only the first, the simplest, is not
    new.
    """
    draws: list[Draw] = []

    @settings(max_examples=9, **QUICK)
    @given(strategy)
    def keep(draw: Draw) -> None:
        draws.append(draw)

    for k in range(first, first + batches):
        known = len(draws)
        seed(k)(keep)()
        del draws[known]
    return draws
