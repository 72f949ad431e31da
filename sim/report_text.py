"""What the parts of a printed report are written with: numbers, paragraphs, columns, lists."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import IO, NamedTuple

WIDTH = 118
"""Letters in a line of text; the table is as wide as it must be."""


class Head(NamedTuple):
    """Heading of a printed column: the group that it belongs to, and its own words."""

    group: str
    name: str
    right: bool = True


def human(value: float | None) -> str:
    """A number to read: 3 significant figures, with k, M, B, T for thousand to trillion."""
    if value is None:
        return "-"
    if abs(value) >= 1e15:
        return f"{value:.2e}"
    for size, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size * 0.9995:
            scaled = value / size
            return f"{scaled:.3g}{letter}" if abs(scaled) < 999.5 else f"{scaled:.0f}{letter}"
    return f"{value:.3g}"


def paragraphs(texts: Sequence[str], out: IO[str]) -> None:
    for text in texts:
        print(textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False), file=out)


def columns(heads: Sequence[Head], lines: list[list[str]], out: IO[str]) -> None:
    widths = [max(len(line[n]) for line in [[head.name for head in heads], *lines]) for n in range(len(heads))]
    groups: list[tuple[str, list[int]]] = []
    for n, head in enumerate(heads):
        if groups and head.group and groups[-1][0] == head.group:
            groups[-1][1].append(n)
        else:
            groups.append((head.group, [n]))
    top = []
    for group, members in groups:
        room = sum(widths[n] for n in members) + 2 * (len(members) - 1)
        if len(group) > room:
            widths[members[0]] += len(group) - room
            room = len(group)
        top.append(group.center(room))
    if any(head.group for head in heads):
        print("  ".join(top).rstrip(), file=out)
    for line in [[head.name for head in heads], *lines]:
        cells = [
            text.rjust(width) if head.right else text.ljust(width)
            for text, width, head in zip(line, widths, heads, strict=True)
        ]
        print("  ".join(cells).rstrip(), file=out)


def listing(title: str, items: list[str], out: IO[str], most: int, where: str = "summary.json") -> None:
    if not items:
        return
    print(f"\n{title}:", file=out)
    for item in items[:most]:
        print(f"  {item}", file=out)
    if len(items) > most:
        print(f"  ... and {len(items) - most} more in {where}", file=out)


def day_text(text: str | None) -> str:
    return "none" if text is None else text[:10]
