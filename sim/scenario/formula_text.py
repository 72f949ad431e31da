"""The text of a formula, such as `2 ** (12 months / doubling)`, as Python's syntax tree: parsed, never run.

Numbers with their units, written as elsewhere, are taken out first: the tree has a name in place of each.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from sim.scenario.dates import parse_date
from sim.scenario.formula_units import COUNT, UNIT_WORDS, Kind, kind_of, unit_of
from sim.scenario.problem import Unreadable, nearest, one_line, quoted
from sim.scenario.units import LONGEST_TEXT, parse_amount

FUNCTIONS = ("min", "max", "exp", "log", "log10", "sqrt")
"""What a formula may call."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*)+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_NUMBER = re.compile(r"(?:[0-9][0-9_]*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WRITTEN = re.compile(
    r"[-+]?(?:0x[0-9a-fA-F]+|0o[0-7]+|(?:[0-9][0-9_,]*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
)
_WORD = "[A-Za-z][A-Za-z0-9_]*"
_PER = r"\s+per\s+(?:[0-9.]+\s+)?[A-Za-z]+"
_UNIT = re.compile(
    rf"(?P<suffix>[KMBT](?=\s+[A-Za-z]))?\s*(?P<unit>%(?:{_PER})?|{_WORD}(?:[/*]{_WORD})*(?:{_PER})?)"
)
_RATE = re.compile(_PER)
_SYMBOLS = frozenset("+-*/(),")


@dataclass(slots=True)
class Parsed:
    """A formula's tree, and the numbers that are taken out of it: name -> (value, kind, text)."""

    tree: ast.expr
    numbers: dict[str, tuple[float, Kind, str]] = field(default_factory=dict)

    def shown(self, node: ast.expr) -> str:
        """A part of the formula as text."""
        text = ast.unparse(node)
        return one_line(_NAME.sub(lambda m: self.numbers[m[0]][2] if m[0] in self.numbers else m[0], text))


def parse_formula(text: str, names: Collection[str], accelerators: Collection[str]) -> Parsed:
    """The tree of a formula that refers to `names`. Raises `Unreadable`."""
    if not text.strip():
        raise Unreadable("expected a formula such as '2 * base', got nothing")
    if len(text) > LONGEST_TEXT:
        raise Unreadable(f"expected a formula, got a text of {len(text):,} characters (at most {LONGEST_TEXT})")
    scanner = _Scanner(text, names, tuple(sorted(accelerators, key=len, reverse=True)))
    found = scanner.scan()
    try:
        tree = ast.parse(found, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise Unreadable(f"{quoted(text)} cannot be read as a formula: look for a missing or doubled operator, "
                         "bracket or comma") from None  # fmt: skip
    return Parsed(tree, scanner.numbers)


def names_in(parsed: Parsed) -> list[str]:
    """The names that a formula refers to, each once, in their order."""
    found = (node.id for node in ast.walk(parsed.tree) if isinstance(node, ast.Name))
    return list(dict.fromkeys(name for name in found if name not in parsed.numbers and name not in FUNCTIONS))


class _Scanner:
    """Goes through a formula once and puts a name in place of each number, date and unit."""

    def __init__(self, text: str, names: Collection[str], accelerators: tuple[str, ...]) -> None:
        self.text, self.names, self.accelerators = text, names, accelerators
        self.numbers: dict[str, tuple[float, Kind, str]] = {}

    def scan(self) -> str:
        at, out, text = 0, [], self.text
        while at < len(text):
            found = _PATH.match(text, at)
            if found is not None:
                raise Unreadable(f"a formula refers to names under `quantities:`, not to paths: give the number at "
                                 f"{quoted(found[0])} a name there, and state that name in its place")  # fmt: skip
            if (found := _NAME.match(text, at)) is not None:
                out.append(self._word(found[0], text[found.end() :].lstrip()[:1] == "("))
            elif (found := _DATE.match(text, at)) is not None:
                out.append(self._number(parse_date(found[0]), kind_of("date"), found[0]))
            elif (found := _NUMBER.match(text, at)) is not None:
                end, unit = self._unit(found[0], found.end())
                out.append(self._literal(text[at:end], unit))
                at = end
                continue
            elif text[at] in _SYMBOLS or text[at].isspace():
                out.append(" " if text[at].isspace() else text[at])
                at += 1
                continue
            else:
                raise _no_symbol(text[at])
            at = found.end()
        return "".join(out).strip()

    def _number(self, value: float, kind: Kind, text: str) -> str:
        name = f"_{len(self.numbers)}"
        self.numbers[name] = (value, kind, text)
        return f" {name} "  # two numbers in a row stay two

    def _word(self, word: str, called: bool) -> str:
        """A name as it is; a unit alone is one of it."""
        if word in self.names or (called and word in FUNCTIONS):
            return word
        if called:
            raise Unreadable(f"there is no function {quoted(word)}; there are {', '.join(FUNCTIONS)}",
                             "log" if word == "ln" else nearest(word, FUNCTIONS))  # fmt: skip
        if word == "to":
            raise _no_range()
        if word in UNIT_WORDS or word in self.accelerators:
            return self._literal(f"1 {word}", word)
        near = nearest(word, self.names)
        if not near:
            try:
                return self._literal(f"1 {word}", word)
            except Unreadable:
                pass
        known = f"; there are {', '.join(sorted(self.names)[:12])}" if self.names and not near else ""
        raise Unreadable(f"there is no quantity {quoted(word)} under `quantities:`{known}", near)

    def _unit(self, number: str, at: int) -> tuple[int, str]:
        """Where the unit behind a number ends, and the unit as `unit_of` takes it."""
        rest = self.text[at:]
        gap = len(rest) - len(rest.lstrip())
        for name in self.accelerators:
            if rest[gap:].startswith(name) and not rest[gap + len(name) :][:1].isalnum():
                return at + gap + len(name), name
        if (found := _RATE.match(rest)) is not None:
            return at + found.end(), self._unit_only(found[0], f"{number}{found[0]}")
        found = _UNIT.match(rest)
        if found is None:
            return at, ""
        text, end = found["unit"], at + found.end()
        while True:
            if text in self.names:
                raise Unreadable(f"write {number} * {text}, not {quoted(f'{number} {text}')}{_as_unit(text)}")
            try:
                unit_of(_normal(text), self.accelerators)
            except Unreadable as error:
                shorter = re.sub(rf"[/*]{_WORD}$", "", text)
                if shorter == text:
                    if text == "to":
                        raise _no_range() from None
                    if text in FUNCTIONS:
                        raise Unreadable(f"write {number} * {text}, not {quoted(f'{number} {text}')}") from None
                    raise error from None
                end, text = end - len(text) + len(shorter), shorter
                continue
            return end, self._unit_only(text, self.text[at - len(number) : end])

    def _unit_only(self, unit: str, written: str) -> str:
        """A unit as `unit_of` takes it. Raises `Unreadable` for `FLOP/tokens` where there is a quantity `tokens`."""
        word = next((word for word in re.findall(_WORD, unit) if word in self.names), None)
        if word is not None:
            raise Unreadable(f"in {quoted(written)} {quoted(word)} may be the unit or the quantity: with spaces around "
                             "/ or * it is the quantity; for the unit call the quantity otherwise")  # fmt: skip
        return _normal(unit)

    def _literal(self, text: str, unit_text: str) -> str:
        unit = unit_of(unit_text, self.accelerators)
        amount = parse_amount(text, unit, self.accelerators)
        accelerator = amount.accelerator if unit == COUNT else None
        kind = kind_of(unit, accelerator, unit_text, self.accelerators)
        return self._number(amount.value, kind, " ".join(text.split()))


def unit_text_of(text: str) -> str:
    """The unit text of a number as it is written anywhere: of a range, that of its last number; "" if it has none."""
    last = re.split(r"\s+to\s+", text.strip())[-1]
    if last.startswith("$"):
        return "USD"
    found = _WRITTEN.match(last)
    if found is None:
        return ""
    rest = last[found.end() :]
    if rest[:1] in ("K", "M", "B", "T") and rest[1:2].isspace():
        rest = rest[1:]
    return _normal(rest)


def _normal(text: str) -> str:
    """A unit text without needless spaces, with `/` for `per`."""
    text = re.sub(r" ?\bper\b ?", "/", " ".join(text.split()))
    return re.sub(r" ?([/*]) ?", r"\1", text)


def _as_unit(name: str) -> str:
    return f" (for the unit call the quantity {quoted(name)} otherwise)" if name in UNIT_WORDS else ""


def _no_range() -> Unreadable:
    return Unreadable("a formula has no ranges: give the range a name under `quantities:` and refer to that")


def _no_symbol(symbol: str) -> Unreadable:
    near = {"^": "**", "×": "*", "·": "*", "÷": "/", "−": "-", "[": "(", "]": ")"}.get(symbol, "")
    return Unreadable(f"a formula has no {quoted(symbol)}: it has + - * / ** ( ), numbers with units, names of "
                      f"quantities, {', '.join(FUNCTIONS)}", near)  # fmt: skip
