"""How many copies of a new model can run, for how long, and what buying time would bring.

import sim

scenario = sim.load("scenarios/frontier.yaml")
result = sim.simulate(scenario)
result.windows      # a DataFrame, units in .attrs["units"]
result.plot()       # the pictures
"""

from __future__ import annotations

from sim.compiled import use as _use_compiled

TYPE_CHECKING = False  # as in `typing`, whose import takes as long as all else here
if TYPE_CHECKING:
    from typing import Any

    from sim.branching import branch
    from sim.comparing import compare
    from sim.comparison import Comparison
    from sim.ensembles import Ensemble, run_ensemble
    from sim.pairs import PairedComparison
    from sim.result import Result, simulate
    from sim.scenario import Scenario, ScenarioError, load
    from sim.sensitivities import Sensitivity, sensitivity
    from sim.sweeping import Sweep, sweep

__version__ = "0.1.0"

_use_compiled()

_HOMES = {
    "load": "sim.scenario",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
    "simulate": "sim.result",
    "Result": "sim.result",
    "branch": "sim.branching",
    "compare": "sim.comparing",
    "Comparison": "sim.comparison",
    "PairedComparison": "sim.pairs",
    "run_ensemble": "sim.ensembles",
    "Ensemble": "sim.ensembles",
    "sensitivity": "sim.sensitivities",
    "Sensitivity": "sim.sensitivities",
    "sweep": "sim.sweeping",
    "Sweep": "sim.sweeping",
}

__all__ = ["Comparison", "Ensemble", "PairedComparison", "Result", "Scenario", "ScenarioError", "Sensitivity", "Sweep",
           "__version__", "branch", "compare", "load", "run_ensemble", "sensitivity", "simulate", "sweep"]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import on first use, so that `sim --help` needs no pandas."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
