"""What stands under every picture of many draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.scenario.support import NONE_AMONG, counted
from sim.token_basis import H100E, token_basis

if TYPE_CHECKING:
    from sim.model.draw import Draw
    from sim.show.facts import PictureFacts


def facts_of(summary: Mapping[str, Any], draw: Draw) -> PictureFacts:
    """draw: of the central case."""
    from sim.show.facts import PictureFacts

    many = summary["uncertain_inputs"]
    supports = counted(summary["guesses_among_them"], summary.get(NONE_AMONG, 0))
    branch = summary.get("branch")
    if branch is not None:
        sourcing = (f"drawn anew from {branch['from']} on, draw {branch['draw']} until then: {many} inputs, "
                    f"{supports}{', and random events' if branch['chance'] else ''}")
    else:
        sourcing = f"{many} inputs are uncertain, {supports}; all else is as stated"
    return PictureFacts(
        question=draw.question,
        name=draw.name,
        draws=summary["draws"],
        token_basis=token_basis(draw),
        h100e=H100E,
        sourcing=sourcing,
        note=draw.note,
    )
