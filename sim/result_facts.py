"""What stands under every picture of a run: the question, the token basis, and how well its inputs are sourced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.show.facts import PictureFacts
from sim.tables.chance import has_chance
from sim.token_basis import H100E, token_basis

if TYPE_CHECKING:
    from sim.result import Result


def facts_of(result: Result) -> PictureFacts:
    """What every picture of a run carries."""
    draw = result.record.draw
    sourcing = ""
    if result.scenario is not None:
        guesses = sum(group["count"] for group in result.guesses)
        defaults = sum(group["count"] for group in result.guesses if not group["stated"])
        read = sum(1 for item in result.scenario.inputs if item.parameter in result.read)
        of_them = "all" if defaults == guesses else f"{defaults}"
        sourcing = f"{guesses} of the {read} inputs that were read are guesses"
        sourcing += f", {of_them} of them defaults" if defaults else ""
        sourcing += f"; {len(result.unsourced)} more name no source" if result.unsourced else ""
    return PictureFacts(
        question=draw.question,
        name=draw.name,
        draws=1,
        made="" if result.number is None else f"Draw {result.number}, one of many",
        seed=draw.seed if has_chance(draw) else None,
        token_basis=token_basis(draw),
        h100e=H100E,
        sourcing=sourcing,
        note=draw.note,
        stopped=result.record.stop_text,
    )
