"""How many tokens stand for an hour of human work, in words: it stands with every number that rests on it."""

from __future__ import annotations

from sim.model.draw import Draw

H100E = "H100e: dense bf16 peak over an H100 SXM's 989.4 TFLOP/s"


def token_basis(draw: Draw) -> str:
    """The token bases of a draw's domains."""
    bases = sorted({domain.token_basis for domain in draw.domains.values()})
    task = sorted({domain.tokens_per_human_hour_task or 0.0 for domain in draw.domains.values()})
    thinking = draw.human.tokens_per_human_hour_thinking or 0.0
    words = []
    if "task" in bases:
        words.append("task: " + " or ".join(map(rounded, task)) + " tokens stand for a human-hour")
    if "thinking" in bases:
        words.append(f"thinking: {rounded(thinking)} tokens stand for a human-hour")
    return "; ".join(words)


def rounded(value: float) -> str:
    """A number to 3 significant figures: the product of guesses has no more."""
    return f"{float(f'{value:.3g}'):,.10g}"
