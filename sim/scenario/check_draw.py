"""What the loader checks of central values, checked of the values of a draw: no draw is nonsense without a word.

The checks are the loader's own, on a copy of the scenario whose uncertain inputs have the draw's values. So that
checking a draw costs little, those that read no uncertain input are left out, and those that hold whatever values
these have. One that holds for all usual values is made only of a draw that has an unusual one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sim.scenario.check import end_after_start, growth_from
from sim.scenario.check_alignment import check_alignment
from sim.scenario.check_capability import check_bands
from sim.scenario.check_extent import Extent, blocks_in, moving
from sim.scenario.check_intervention import check_interventions
from sim.scenario.check_race import check_entry, check_rules, check_shock
from sim.scenario.check_runs import check_numbers, ends_after_start, public_after_internal
from sim.scenario.check_software import check_feedback, check_open, follows_research
from sim.scenario.distribution import FARTHEST
from sim.scenario.draw_error import DrawError, text_of
from sim.scenario.problem import Problems
from sim.scenario.quantity import Quantity, Timeline
from sim.scenario.ranges import Range, Undecided
from sim.scenario.spec import Spec

Check = Callable[[Problems], None]

UNUSUAL = 0.001
"""A value this far out in a tail is unusual: its quantile."""

ROOM = 1e-6
"""By how much, as a share, a distribution's farthest quantiles may be worked out too far inside."""


class _Now:
    """The draw that is checked: how it takes values, and the inputs that were read."""

    def __init__(self) -> None:
        self.value: Callable[[Quantity], Any] = lambda quantity: quantity.central
        self.reads: dict[str, Quantity] = {}


class _Drawn(Quantity):
    """An input that differs between draws, with the value of the draw that is checked."""

    __slots__ = ("now", "of")

    now: _Now
    of: Quantity

    def quantile(self, q: float) -> float:
        self.now.reads[self.path] = self.of
        value: float = self.now.value(self.of)
        return value


class DrawChecks:
    """The checks of one scenario's draws. start: as `date.toordinal()`."""

    def __init__(self, root: Spec, start: float) -> None:
        self._now = _Now()
        self._drawn: list[_Drawn] = []
        self._copies: dict[int, Any] = {}
        copy = self._copy(root)
        self._checks: list[tuple[Check, list[tuple[Quantity, Range]]]] = []
        """Each with ranges of inputs in which it holds, and need not be made; none if these are not known."""
        for check in _checks(copy, start):
            self._now.value = lambda quantity: quantity.central
            self._now.reads.clear()
            check(Problems())
            if self._now.reads and not self._holds(check, _possible):
                self._checks.append((check, self._holds(check, _usual)))

    def _holds(self, check: Check, values: Callable[[Quantity], Range]) -> list[tuple[Quantity, Range]]:
        """The inputs that a check reads, each with the range of its values, if it holds wherever in these they are."""
        self._now.value = values
        self._now.reads.clear()
        problems = Problems()
        try:
            check(problems)
        except (Undecided, TypeError, AttributeError):  # the last two: what cannot be asked of a range
            return []
        return [] if problems.found else [(of, values(of)) for of in self._now.reads.values()]

    def check(self, value: Callable[[Quantity], float]) -> None:
        """Raises `DrawError` unless the draw in which an input has its `value` holds up."""
        self._now.value = value
        for check, usual in self._checks:
            for of, known in usual:
                if not known.low <= value(of) <= known.high:
                    break
            else:
                if usual:
                    continue
            problems = Problems()
            check(problems)
            if problems.found:
                raise self._error(check)

    def _error(self, check: Check) -> DrawError:
        """What is wrong, in the draw's values: texts of intervals would not say it."""
        for item in self._drawn:
            item.text = text_of(item.of, self._now.value(item.of))
        self._now.reads.clear()
        problems = Problems()
        check(problems)
        reads = dict(self._now.reads)
        for of in self._now.reads.values():  # of what is derived also what it follows from
            reads |= {each.path: each for each in (of.derived.of.values() if of.derived is not None else ())}
        values = {path: text_of(of, self._now.value(of)) for path, of in reads.items()}
        for item in self._drawn:
            item.text = item.of.text
        return DrawError(problems.found, values)

    def _copy(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._copy(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._copy(item) for item in value]
        if not isinstance(value, Spec | Quantity | Timeline):
            return value
        if id(value) not in self._copies:
            self._copies[id(value)] = (self._copy_of(value), value)  # the original stays, and so its identity
        return self._copies[id(value)][0]

    def _copy_of(self, value: Any) -> Any:
        if isinstance(value, Spec):
            return dataclasses.replace(value, values={name: self._copy(item) for name, item in value.values.items()})
        if isinstance(value, Timeline):
            return dataclasses.replace(
                value,
                points=[(day, self._copy(quantity)) for day, quantity in value.points],
                **{name: self._copy(getattr(value, name)) for name in ("before", "then", "every")},
            )
        if not value.varies:
            return value
        made = _Drawn(**{field.name: getattr(value, field.name) for field in dataclasses.fields(Quantity)})
        made.now, made.of = self._now, value
        self._drawn.append(made)
        return made


def _possible(of: Quantity) -> Range:
    """All values that an input can have. Raises Undecided for one that is derived."""
    found = _between(of, FARTHEST)
    room = ROOM * max(abs(found.low), abs(found.high))
    low = found.low - room if of.low is None else max(found.low - room, of.low)
    return Range(low, found.high + room if of.high is None else min(found.high + room, of.high))


def _usual(of: Quantity) -> Range:
    return _between(of, UNUSUAL)


def _between(of: Quantity, tail: float) -> Range:
    if of.distribution is None:
        raise Undecided
    return Range(of.quantile(tail), of.quantile(1.0 - tail))


def _checks(root: Spec, start: float) -> Iterator[Check]:
    """Every check in which numbers are compared. Left out are those of names, and of conditions that never hold."""
    yield partial(end_after_start, root, start)
    world = root.block("world")
    labs = root.blocks("labs")
    for place in [*labs, *([world] if world is not None else [])]:
        for supply in place.blocks("compute"):
            yield partial(ends_after_start, supply, "starts", "until")
            yield partial(growth_from, supply, start)
    for lab in labs:
        for model in lab.blocks("models"):
            yield partial(public_after_internal, model)
        for run in lab.blocks("runs"):
            yield partial(check_numbers, run, root)
            yield partial(check_rules, run, lab, root, start)
        yield partial(check_open, lab)
        yield partial(check_entry, lab, start)
        if follows_research(lab):
            yield partial(check_feedback, lab, root, start)
    for shock in root.blocks("shocks"):
        yield partial(check_shock, shock, root, start)
    yield partial(check_bands, root)
    yield partial(check_alignment, root)
    yield partial(check_interventions, root, start)
    for spec in blocks_in(root, set()):
        yield partial(_extent, root, start, spec, moving(spec))


def _extent(root: Spec, start: float, spec: Spec, items: list[Quantity | Timeline], problems: Problems) -> None:
    end = root.values.get("end")
    if isinstance(end, Quantity) and end.central > start:
        Extent(start, end, problems).block(spec, items)
