"""What reading a scenario carries along: where problems go, named sources, known accelerators, facts of blocks."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sim.model.declare import GUESS, Parameter
from sim.scenario.formula_units import Kind
from sim.scenario.problem import DEFAULT, NOWHERE, Place, Problems, Unreadable, join, nearest, quoted
from sim.scenario.quantity import Quantity
from sim.scenario.yaml_tree import Node

_SHORT = re.compile(r"[\w-]+")
"""A text that can be the short name of a source, and is hardly a source in full."""

FLAGS = {"yes": True, "no": False, "on": True, "off": False, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Facts:
    """Source, note and guess mark that hold for a value: its own, or those of the block around it.

    A block's facts hold for values that stand in the same file (`file`): an overlay that changes a number
    does not inherit the old number's source.
    """

    source: str = ""
    note: str = ""
    guess: bool = False
    file: str = ""
    guesses: frozenset[str] = frozenset()

    def at(self, place: Place, key: str = "") -> Facts:
        """The facts that hold for the value of `key` at `place`."""
        if self.file and self.file != place.file:
            return Facts(file=place.file)
        if not self.guesses:
            return self
        return replace(self, guess=self.guess or key in self.guesses, guesses=frozenset())


@dataclass(frozen=True, slots=True)
class Named:
    """A quantity under `quantities:`, to which formulas refer, and what it measures."""

    quantity: Quantity
    kind: Kind


@dataclass(slots=True)
class Reading:
    """One pass over one tree. origin: "" for a scenario's file, else `default` or `catalog`.

    names: the quantities to which formulas may refer; None for one that is stated and cannot be read.
    """

    problems: Problems = field(default_factory=Problems)
    sources: Mapping[str, str] = field(default_factory=dict)
    accelerators: Collection[str] = ()
    origin: str = ""
    names: dict[str, Named | None] = field(default_factory=dict)

    def bad(self, node: Node, path: str, error: Unreadable) -> None:
        """What is wrong with a value, unless that is told already."""
        if error.message:
            self.problems.add(error.place or node.place, path, error.message, error.nearest)

    def stated(self, place: Place) -> bool:
        """Whether what stands at `place` was stated by the scenario."""
        return not self.origin and place != DEFAULT

    def origin_of(self, place: Place) -> str:
        return self.origin or str(place)

    def facts(self, node: Node, outer: Facts, path: str) -> Facts:
        """`outer`, with what `source:`, `note:` and `guess:` of a mapping say."""
        changed: dict[str, Any] = {}
        source, note, guess = (node.entries.get(key) for key in ("source", "note", "guess"))
        if source is not None:
            changed["source"] = self.source(source, join(path, "source"))
            changed["guess"] = changed["source"].startswith(GUESS)
            changed["note"] = ""  # a note belongs to the source that it stands beside
        if note is not None:
            changed["note"] = self.text(note, join(path, "note"))
        if guess is not None:
            changed["guess"] = self.flag(guess, join(path, "guess")) or False
        if not changed:
            return outer
        first = next(item for item in (source, note, guess) if item is not None)
        return replace(outer, **changed, file=first.place.file)

    def source(self, node: Node, path: str) -> str:
        """A source in full. One word that is almost a name of `sources:` is a misspelt one: a problem."""
        text = self.text(node, path)
        if text in self.sources or not self.sources or not node.place.line or not _SHORT.fullmatch(text):
            return self.sources.get(text, text)
        near = nearest(text, self.sources)
        if near and not text.startswith(GUESS):
            self.problems.add(node.place, path, f"there is no {quoted(text)} in `sources:`", near)
        return text

    def text(self, node: Node, path: str) -> str:
        if node.is_scalar:
            return "" if node.is_null else node.text
        self.problems.add(node.place, path, f"expected a text, got {node.what()}")
        return ""

    def flag(self, node: Node, path: str) -> bool | None:
        value = FLAGS.get(node.text.lower()) if node.is_scalar else None
        if value is None:
            self.problems.add(node.place, path, f"expected yes or no, got {node.what()}")
        return value

    def unknown_keys(self, node: Node, path: str, valid: Collection[str], what: str) -> None:
        """A problem for each key of `node` that is not valid."""
        for key in node.entries:
            if key not in valid:
                known = ", ".join(sorted(valid)[:12])
                near = nearest(key, valid)
                more = "" if near else f" (known: {known})"
                self.problems.add(node.keys[key], join(path, key), f"unknown key {quoted(key)} in {what}{more}", near)


def default_facts(parameter: Parameter) -> Facts:
    """The facts of a declared default."""
    return Facts(source=parameter.source, guess=parameter.source.startswith(GUESS), file=NOWHERE.file)
