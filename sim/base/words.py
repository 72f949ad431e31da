"""Numbers in sentences."""

from __future__ import annotations


def plural(count: int, word: str) -> str:
    """1 model, 2 models."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def plural_is(count: int, word: str) -> str:
    """1 input is, 2 inputs are."""
    return f"{plural(count, word)} {'is' if count == 1 else 'are'}"
