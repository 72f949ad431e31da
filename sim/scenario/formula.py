"""A formula compiled once: units checked when it is read, so that a draw only does the arithmetic, on plain floats."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sim.scenario.formula_text import FUNCTIONS, Parsed
from sim.scenario.formula_units import Kind, months_of, together, words
from sim.scenario.problem import Unreadable, quoted

DEEPEST = 40
"""Operations inside each other."""

Value = Callable[[str], float]
"""Name of a quantity -> its value."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is written in the formula."""

    number: float

    def value(self, of: Value) -> float:
        """The number."""
        return self.number


@dataclass(frozen=True, slots=True)
class Name:
    """A quantity."""

    name: str

    def value(self, of: Value) -> float:
        """Its value."""
        return of(self.name)


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of others. text: as it is written."""

    function: Callable[..., float]
    arguments: tuple[Tree, ...]
    text: str

    def value(self, of: Value) -> float:
        """What it comes to. Raises `Unreadable` where that is no finite number."""
        given = [argument.value(of) for argument in self.arguments]
        try:
            found = self.function(*given)
        except ZeroDivisionError:
            raise Unreadable(f"`{self.text}` divides by 0") from None
        except OverflowError:
            found = math.inf
        except ValueError:
            numbers = " and ".join(f"{number:.4g}" for number in given)
            raise Unreadable(f"`{self.text}` is no number (of {numbers})") from None
        if not math.isfinite(found):
            raise Unreadable(f"`{self.text}` is too large to compute")
        return found


Tree = Number | Name | Apply


@dataclass(frozen=True, slots=True)
class Typed:
    """A part of a formula, and what it measures."""

    tree: Tree
    kind: Kind

    @property
    def zero(self) -> bool:
        """Whether it is the number 0, which is 0 in any unit."""
        return isinstance(self.tree, Number) and self.tree.number == 0.0 and self.kind.pure


def compiled(parsed: Parsed, kinds: Mapping[str, Kind]) -> Typed:
    """A formula as what computes it. kinds: of the quantities that it may name. Raises `Unreadable`."""
    return _Compiler(parsed, kinds).of(parsed.tree, 0)


def in_unit(part: Typed, scale: Fraction) -> Tree:
    """What computes a formula in the unit of which a base unit is 1/`scale`."""
    return _scaled(part, scale).tree


_PLAIN: dict[type[ast.operator], Callable[..., float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: math.pow,
}  # fmt: skip
_CALLED: dict[str, Callable[..., float]] = {
    "min": min, "max": max, "exp": math.exp, "log": math.log, "log10": math.log10, "sqrt": math.sqrt,
}  # fmt: skip
_DOING = {ast.Add: "add", ast.Sub: "subtract"}


class _Compiler:
    def __init__(self, parsed: Parsed, kinds: Mapping[str, Kind]) -> None:
        self.parsed, self.kinds = parsed, kinds

    def of(self, node: ast.expr, depth: int) -> Typed:
        if depth > DEEPEST:
            raise Unreadable(f"more than {DEEPEST} operations inside each other: name parts under `quantities:`")
        if isinstance(node, ast.Name):
            if node.id in self.parsed.numbers:
                value, kind, _ = self.parsed.numbers[node.id]
                return Typed(Number(value), kind)
            return Typed(Name(node.id), self.kinds[node.id])
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub):
            return self._signed(node, self.of(node.operand, depth + 1))
        if isinstance(node, ast.BinOp) and type(node.op) in _PLAIN:
            left, right = self.of(node.left, depth + 1), self.of(node.right, depth + 1)
            if isinstance(node.op, ast.Pow):
                return self._power(node, left, right)
            if isinstance(node.op, ast.Add | ast.Sub):
                return self._sum(node, left, right)
            return self._product(node, left, right)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            if not node.keywords and not any(isinstance(each, ast.Starred) for each in node.args):
                return self._call(node, node.func.id, [self.of(each, depth + 1) for each in node.args])
        raise Unreadable(f"{quoted(self.parsed.shown(node))} is nothing that a formula has: it has + - * / ** ( ), "
                         f"numbers with units, names of quantities, {', '.join(FUNCTIONS)}")  # fmt: skip

    def _made(self, node: ast.expr, function: Callable[..., float], *arguments: Typed) -> Apply:
        return Apply(function, tuple(argument.tree for argument in arguments), self.parsed.shown(node))

    def _signed(self, node: ast.UnaryOp, part: Typed) -> Typed:
        if isinstance(node.op, ast.UAdd):
            return part
        if part.kind.date:
            raise Unreadable(f"`{self.parsed.shown(node)}`: a date has no sign")
        if isinstance(part.tree, Number):
            return Typed(Number(-part.tree.number), part.kind)
        return Typed(self._made(node, operator.neg, part), part.kind)

    def _sum(self, node: ast.BinOp, left: Typed, right: Typed) -> Typed:
        """A sum or difference: of alike things; a date and a length make a date, two dates a length."""
        function = _PLAIN[type(node.op)]
        one, other = left.kind, right.kind
        if one.date or other.date:
            minus = isinstance(node.op, ast.Sub)
            if one.date and other.date:
                fits, made = minus, Kind(one.dimensions, months=False)
            else:
                fits = one.dimensions == other.dimensions and not (minus and other.date)
                made = Kind(one.dimensions, date=True)
            if not fits:
                raise self._unlike(node, left, right)
            days = [part if part.kind.date else _scaled(part, Fraction(1)) for part in (left, right)]
            return Typed(self._made(node, function, *days), made)
        left, right = self._alike(node, [left, right])
        return Typed(self._made(node, function, left, right), left.kind)

    def _alike(self, node: ast.expr, parts: list[Typed]) -> list[Typed]:
        """Parts of one kind, all in the unit of the first. The number 0 is of any kind."""
        first = next((part for part in parts if not part.zero), parts[0])
        for part in parts:
            same = part.kind.dimensions == first.kind.dimensions and part.kind.date == first.kind.date
            if not same and (not part.zero or first.kind.date):
                raise self._unlike(node, first, part)
        kind = replace(first.kind, months=months_of(*(part.kind for part in parts)))
        return [Typed(part.tree if part.zero else _scaled(part, kind.scale).tree, kind) for part in parts]

    def _unlike(self, node: ast.expr, one: Typed, other: Typed) -> Unreadable:
        doing = _DOING.get(type(node.op), "add") if isinstance(node, ast.BinOp) else "compare"
        first, second = words(one.kind), words(other.kind)
        said = f"{first} {'with' if doing == 'compare' else 'and'} {second}"
        if doing == "subtract":
            said = f"{second} from {first}"
        return Unreadable(f"`{self.parsed.shown(node)}`: one cannot {doing} {said}")

    def _product(self, node: ast.BinOp, left: Typed, right: Typed) -> Typed:
        divides = isinstance(node.op, ast.Div)
        if left.kind.date or right.kind.date:
            doing = "divide" if divides else "multiply"
            raise Unreadable(f"`{self.parsed.shown(node)}`: one cannot {doing} dates; take a date from another first")
        kind = together(left.kind, right.kind, -1 if divides else 1)
        return Typed(self._made(node, _PLAIN[type(node.op)], left, right), kind)

    def _power(self, node: ast.BinOp, base: Typed, exponent: Typed) -> Typed:
        if base.kind.date or not exponent.kind.pure:
            what = "a date has no power" if base.kind.date else (
                f"an exponent is a pure number, not {words(exponent.kind)}")  # fmt: skip
            raise Unreadable(f"`{self.parsed.shown(node)}`: {what}")
        base, exponent = _scaled(base, Fraction(1)), _scaled(exponent, Fraction(1))
        tree = self._made(node, math.pow, base, exponent)
        if base.kind.pure:
            return Typed(tree, replace(base.kind, months=months_of(base.kind, exponent.kind)))
        if not isinstance(exponent.tree, Number):
            raise Unreadable(f"`{self.parsed.shown(node)}`: {words(base.kind)} takes a number as exponent, "
                             "nothing that varies")  # fmt: skip
        return Typed(tree, base.kind.raised(Fraction(exponent.tree.number).limit_denominator(60)))

    def _call(self, node: ast.Call, name: str, parts: list[Typed]) -> Typed:
        if name in ("min", "max"):
            if len(parts) < 2:
                raise Unreadable(f"`{self.parsed.shown(node)}`: {name} takes two numbers or more")
            parts = self._alike(node, parts)
            return Typed(self._made(node, _CALLED[name], *parts), parts[0].kind)
        if len(parts) != 1:
            raise Unreadable(f"`{self.parsed.shown(node)}`: {name} takes one number, got {len(parts)}")
        part = _scaled(parts[0], Fraction(1))
        if part.kind.date or (name != "sqrt" and not part.kind.pure):
            raise Unreadable(f"`{self.parsed.shown(node)}`: {name} is of a pure number, not of {words(part.kind)}")
        kind = part.kind.raised(Fraction(1, 2)) if name == "sqrt" else Kind(months=part.kind.months)
        return Typed(self._made(node, _CALLED[name], part), kind)


def _scaled(part: Typed, scale: Fraction) -> Typed:
    """The same in another unit."""
    if part.kind.scale == scale:
        return part
    factor = float(part.kind.scale / scale)
    kind = replace(part.kind, scale=scale)
    if isinstance(part.tree, Number):
        return Typed(Number(part.tree.number * factor), kind)
    return Typed(Apply(operator.mul, (part.tree, Number(factor)), "in another unit"), kind)


def named_in(tree: Tree) -> list[str]:
    """The names in a tree, each once, in their order."""
    if isinstance(tree, Name):
        return [tree.name]
    inner: Any = tree.arguments if isinstance(tree, Apply) else ()
    return list(dict.fromkeys(name for each in inner for name in named_in(each)))
