"""Random worlds of what the second simulator knows without the files that build on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sim.model.draw import Draw
from tests.second.scenarios import scenarios


def plain() -> Any:
    return scenarios().map(without)


def without(draw: Draw) -> Draw:
    """No elastic runs, none in progress at the start, none that grows from phase to phase, no phases of policies."""
    for lab in draw.labs.values():
        lab.policy = "shares" if lab.policy == "phases" else lab.policy
        for run in lab.runs:
            run.elastic = False
            if run.starts is not None:
                run.starts = max(0.0, run.starts)
            elif run.internal is not None:  # time enough before it
                run.internal += 200.0
            parts = sorted((phase.accelerators_share for phase in run.phases or ()), reverse=True)
            run.phases = run.phases and [replace(phase, accelerators_share=part)
                                         for phase, part in zip(run.phases, parts, strict=True)]  # fmt: skip
    return draw
