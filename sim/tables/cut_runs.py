"""Training runs that interventions cut, by intervention, and in words."""

from __future__ import annotations

from typing import Any

from sim.tables.percent import percent
from sim.world.record import RunRecord

SHOWN = 4
"""Runs that are named; of more, the number is told."""


def cut_runs(record: RunRecord) -> dict[str, dict[str, dict[str, Any]]]:
    """Intervention -> run (`LAB/RUN`) -> FLOP that it was meant to have and may have, and its share of accelerators.

    Of one that is in progress also how long it then goes on training (`training_days_left`). Of a run that one
    intervention cuts more than once: what it was meant to have at first, and may have at last.
    """
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for _, lab, kind, run, flop, _, details, _ in record.events:
        if kind == "run_cut" and details is not None:
            for name in details["interventions"]:
                told = found.setdefault(name, {}).setdefault(
                    f"{lab}/{run}", {"planned_flop": details["planned_flop"], "accelerators_share": 1.0}
                )
                told["flop"] = flop
                told["accelerators_share"] *= details["accelerators_share"]
                if "training_days_left" in details:
                    told["training_days_left"] = details["training_days_left"]
    return found


def cut_runs_text(runs: dict[str, dict[str, Any]]) -> str:
    """`3 runs cut: OpenAI/G-10 to 0.4% of its FLOP, …`, the earliest first."""
    told = [f"{run} to {_share(runs[run])}{_left(runs[run])}" for run in list(runs)[:SHOWN]]
    more = [f"{len(runs) - SHOWN} more"] if len(runs) > SHOWN else []
    return f"{len(runs)} {'run' if len(runs) == 1 else 'runs'} cut: {', '.join([*told, *more])}"


def _share(run: dict[str, Any]) -> str:
    flop = run["flop"] / run["planned_flop"]
    if flop >= 1.0 - 1e-9:
        return f"{percent(run['accelerators_share'])} of its accelerators"
    return f"{percent(flop)} of its FLOP"


def _left(run: dict[str, Any]) -> str:
    """How long a run that was in progress goes on training after it was cut."""
    days = run.get("training_days_left")
    if days is None:
        return ""
    minutes = days * 24.0 * 60.0
    for length, unit in ((days, "days"), (days * 24.0, "hours"), (minutes, "minutes")):
        if length >= 1.0:
            text = f"{length:.2g}" if length < 10.0 else f"{length:,.0f}"
            return f" (in progress: it trains for {text} more {unit})"
    return " (in progress: it has trained for as long as it may)"
