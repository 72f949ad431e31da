"""What every picture says besides its data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PictureFacts:
    """The facts that stand under every picture. An empty text is left out."""

    question: str = ""
    name: str = ""
    draws: int = 1
    made: str = ""
    """What was made, in place of the number of draws."""
    seed: int | None = None
    """Of the random events, if any change the world: what follows is then one draw of chance."""
    token_basis: str = ""
    h100e: str = ""
    sourcing: str = ""
    note: str = ""
    stopped: str = ""
    """Why the run ended before its end, and when."""
