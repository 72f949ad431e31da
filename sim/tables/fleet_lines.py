"""What accelerators each fleet ran which models on, from each day on which any of it changed."""

from __future__ import annotations

from sim.world.record import RunRecord
from sim.world.split import Use


class FleetUse:
    """A model on `count` accelerators (none 0) of a type: what a fleet runs, or part of it. Compiled, its numbers are a
    tenth as dear as those of lists.

    What it comes to is filled in once asked for: `tokens` per second and `copies` at inference efficiency 1; `worth`,
    human-equivalents of a token/s in the fleet's domain.
    """

    __slots__ = ("model", "kind", "count", "tokens", "copies", "worth")

    def __init__(self, model: str, kind: str, count: float) -> None:
        self.model, self.kind, self.count = model, kind, count
        self.tokens = self.copies = self.worth = 0.0


class Span:
    """From `day` until that of the next a fleet has its uses `first` to `over` (exclusive).

    count: accelerators of all types. What the uses come to is filled in as that of each: `total`, tokens/s of all of
    them at inference efficiency 1; `done`, tokens/s · days in all of the span.
    """

    __slots__ = ("day", "first", "over", "count", "total", "done")

    def __init__(self, day: float, first: int) -> None:
        self.day, self.first, self.over = day, first, first
        self.count = self.total = self.done = 0.0


def begun(spans: list[Span], day: float) -> int:
    """How many of some spans have begun on a day."""
    low, high = 0, len(spans)
    while low < high:
        middle = (low + high) >> 1
        if day < spans[middle].day:
            high = middle
        else:
            low = middle + 1
    return low


def begun_before(spans: list[Span], day: float) -> int:
    """How many of some spans have begun before a day."""
    low, high = 0, len(spans)
    while low < high:
        middle = (low + high) >> 1
        if spans[middle].day < day:
            low = middle + 1
        else:
            high = middle
    return low


class FleetLine:
    """One fleet: `spans` one after another from day 0 on, and the `uses` of each, which stand by model and type.

    types: of accelerators, that it ever had.
    """

    __slots__ = ("spans", "uses", "types")

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.uses: list[FleetUse] = []
        self.types: list[str] = []

    def held(self, span: Span, place: int) -> float:
        """Accelerators of one of the `types` in a span, whatever models run on them."""
        if len(self.types) == 1:
            return span.count
        total, kind = 0.0, self.types[place]
        for k in range(span.first, span.over):
            use = self.uses[k]
            if use.kind == kind:
                total += use.count
        return total

    def on(self, day: float) -> dict[str, float]:
        """Accelerators by type on a day, whatever models run on them."""
        n = begun(self.spans, day) - 1
        return {kind: self.held(self.spans[n], place) if n >= 0 else 0.0 for place, kind in enumerate(self.types)}


def fleet_lines(record: RunRecord) -> dict[str, dict[str, FleetLine]]:
    """Lab -> fleet -> its line; only fleets that ever had accelerators. By name.

    The days are those of `record.holdings`: a model that came and went within its first day leaves its mark.
    """
    labs: dict[str, _Lab] = {}
    for day, lab, uses, types, counts in record.splits:
        of_lab = labs.get(lab)
        if of_lab is None:
            of_lab = labs[lab] = _Lab()
        of_lab.see(day, uses, types, counts)
    result: dict[str, dict[str, FleetLine]] = {}
    for lab, of_lab in sorted(labs.items()):
        known = record.draw.labs[lab].fleets
        for made in sorted(of_lab.making, key=lambda made: made.fleet):
            if made.fleet in known and (line := made.line()).types:
                result.setdefault(lab, {})[made.fleet] = line
    return result


class _Lab:
    """The lines of a lab's fleets that are being made: those that its splits have named so far."""

    __slots__ = ("making", "_uses", "_placed")

    def __init__(self) -> None:
        self.making: list[_Making] = []
        self._uses: list[Use] = []
        self._placed: list[_Placed] = []
        """Those of the fleets among the uses of the last split, which has them in a list of its own or of those before.
        """

    def see(self, day: float, uses: list[Use], types: list[str], counts: list[float]) -> None:
        """The next of its splits."""
        for made in self.making:
            made.begin(day)
        if uses is not self._uses:
            self._uses = uses
            self._placed = [
                _Placed(self._of_fleet(fleet, day), model, n) for n, (fleet, model) in enumerate(uses) if model
            ]
        for placed in self._placed:
            k = placed.n * len(types)
            for kind in types:
                placed.made.add(placed.model, kind, counts[k])
                k += 1

    def _of_fleet(self, fleet: str, day: float) -> _Making:
        """The line of a fleet; a new one from a day on."""
        for made in self.making:
            if made.fleet == fleet:
                return made
        made = _Making(fleet)
        made.begin(day)
        self.making.append(made)
        return made


class _Placed:
    """A use of a fleet: the n-th of a split."""

    __slots__ = ("made", "model", "n")

    def __init__(self, made: _Making, model: str, n: int) -> None:
        self.made, self.model, self.n = made, model, n


def _order(use: FleetUse) -> tuple[str, str, float]:
    return use.model, use.kind, use.count


class _Making:
    """A line that is being made: changes of one day together."""

    __slots__ = ("fleet", "_line", "_spans", "_uses", "_span", "_known", "_new", "_model", "_kind")

    def __init__(self, fleet: str) -> None:
        self.fleet = fleet
        self._line = FleetLine()
        self._spans, self._uses = self._line.spans, self._line.uses
        self._span = Span(0.0, 0)
        """The last of them."""
        self._spans.append(self._span)
        self._known: dict[str, list[str]] = {}
        """model -> accelerators that it ever had."""
        self._new = False
        """Whether a use is new on the last day."""
        self._model = self._kind = ""
        """The use that was seen last."""

    def begin(self, day: float) -> None:
        """From a day on the fleet has what is added from now on; another call for the same day begins it anew."""
        if day != self._span.day:
            self._close()
            self._span = span = Span(day, len(self._uses))
            self._spans.append(span)
        elif len(self._uses) > self._span.first:
            self._drop()

    def add(self, model: str, kind: str, count: float) -> None:
        """Accelerators of a type on which it runs a model."""
        if count:
            self._uses.append(FleetUse(model, kind, count))
            if model != self._model or kind != self._kind:
                self._see(model, kind)

    def _see(self, model: str, kind: str) -> None:
        self._model, self._kind = model, kind
        kinds = self._known.get(model)
        if kinds is None:
            kinds = self._known[model] = []
        if kind not in kinds:
            kinds.append(kind)
            self._new = True

    def _drop(self) -> None:
        """The uses of the last day."""
        for _ in range(len(self._uses) - self._span.first):
            self._uses.pop()

    def _close(self) -> None:
        """The last day is over: it stays only if it brought anything."""
        span, uses = self._span, self._uses
        first, over = span.first, len(uses)
        if over > first + 1:
            uses[first:] = sorted(uses[first:], key=_order)
        span.over = over
        for k in range(first, over):
            span.count += uses[k].count
        if self._new:
            self._new = False
        elif len(self._spans) > 1 and self._as_before():
            self._drop()
            self._spans.pop()
            self._span = self._spans[-1]

    def _as_before(self) -> bool:
        """Whether the fleet has on the last day what it had on the day before."""
        uses, first, last = self._uses, self._span.first, self._spans[-2]
        before = last.first
        if last.count != self._span.count or len(uses) - first != first - before:
            return False
        for k in range(before, first):
            one, other = uses[k], uses[first + k - before]
            if one.count != other.count or one.model != other.model or one.kind != other.kind:
                return False
        return True

    def line(self) -> FleetLine:
        """All of it; accelerators in the order of the uses."""
        self._close()
        line = self._line
        for model in sorted(self._known):
            for kind in sorted(self._known[model]):
                if kind not in line.types:
                    line.types.append(kind)
        return line
