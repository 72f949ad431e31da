"""`sim.compare`: the central case of worlds side by side, or many draws of them in pairs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, overload

from sim.analysis.worlds import Change, Changed
from sim.comparison import Comparison
from sim.comparison import compare as compare_central
from sim.pairs import PairedComparison, compare_many
from sim.scenario import Scenario

Base = Scenario | str | os.PathLike[str]
Changes = Mapping[str, Changed] | Change | Sequence[Change]


@overload
def compare(base: Base, scenarios: Changes, *, n: None = None, **options: Any) -> Comparison: ...


@overload
def compare(base: Base, scenarios: Changes, *, n: int, **options: Any) -> PairedComparison: ...


def compare(
    base: Base, scenarios: Changes, *, n: int | None = None, **options: Any
) -> Comparison | PairedComparison:  # fmt: skip
    """Set changed worlds against a base: the central case of each, or `n` draws, each with and without the changes.

    base: a scenario, or its file. scenarios: a name for each changed world -> what it is: an overlay's file, laid on
    the base (also when its own `over:` names another file), a setting such as `labs.Aurora.use.training=20%`, a list of
    these, or a whole scenario or its file. Without names: one file, setting or scenario, or a list of them, each a
    world of its own (`a.yaml + b.yaml` is one world), named by its files and settings as `sim compare` does.
    n: draws of the uncertain inputs; None for the central case. options: `sets` (settings of all worlds; one of an
    intervention concerns the worlds that have it), `policies` (lab -> its policy in all worlds, as in `load`), `seed`
    (of all worlds, in place of the base's), `most_events` (as in `simulate`); with `n` also all
    of `run_ensemble`: workers, out, on, resume, method, progress, pictures, svg and command as there; keep: "examples"
    (windows, ladder, rebound, over_time and break_even of the first 100 draws) or "all" (of every draw); until: end
    early, as in `helps[pause, coder]=2%` (the error of the chance that it helps) or `time_bought[pause, coder]=5 days`.
    A world that could not go on to its end is compared until then, with a warning; a draw of which one world could not
    is recorded as failed.
    Raises `ScenarioError` for what cannot be read or is no change, ValueError without any changed world, and
    `sim.world.simulate.SimulationError` for a world that stops on its first day; with `n` what `run_ensemble` raises.
    """
    if n is None:
        return compare_central(base, scenarios, **options)
    return compare_many(base, scenarios, n, **options)
