"""What accelerators each fleet ran which models on, from each day on which any of it changed."""

from __future__ import annotations

from sim.base.places import up_to
from sim.world.record import RunRecord


class FleetLine:
    """One fleet: from the n-th of `days` to the next it has its uses `first[n]` to `first[n + 1]` (exclusive).

    A use is a model on a type of accelerators: the k-th has `counts[k]` (none 0) of type `kinds[k]` for `models[k]`;
    those of a day stand by model and type. Flat lists, as all tables of a run walk them. The first day is 0.
    totals: of each of `types`, how many from each of `days` on, whatever models run on them.
    """

    __slots__ = ("days", "first", "models", "kinds", "counts", "types", "totals")

    def __init__(self) -> None:
        self.days = [0.0]
        self.first = [0]
        self.models: list[str] = []
        self.kinds: list[str] = []
        self.counts: list[float] = []
        self.types: list[str] = []
        self.totals: list[list[float]] = []

    def on(self, day: float) -> dict[str, float]:
        """Accelerators by type on a day, whatever models run on them."""
        n = up_to(self.days, day) - 1
        return {kind: self.totals[place][n] if n >= 0 else 0.0 for place, kind in enumerate(self.types)}


def fleet_lines(record: RunRecord) -> dict[str, dict[str, FleetLine]]:
    """Lab -> fleet -> its line; only fleets that ever had accelerators. By name.

    The days are those of `record.holdings`: a model that came and went within its first day leaves its mark.
    """
    making: dict[str, list[_Making]] = {}
    for day, lab, uses, types, counts in record.splits:
        of_lab = making.get(lab)
        if of_lab is None:
            of_lab = making[lab] = []
        for made in of_lab:
            made.begin(day)
        k = 0
        for fleet, model in uses:
            if not model:  # no fleet
                k += len(types)
                continue
            made = _of_fleet(of_lab, fleet, day)
            for kind in types:
                made.add(model, kind, counts[k])
                k += 1
    result: dict[str, dict[str, FleetLine]] = {}
    for lab, of_lab in sorted(making.items()):
        known = record.draw.labs[lab].fleets
        for made in sorted(of_lab, key=lambda made: made.fleet):
            if made.fleet in known and (line := made.line()).types:
                result.setdefault(lab, {})[made.fleet] = line
    return result


def _of_fleet(of_lab: list[_Making], fleet: str, day: float) -> _Making:
    """The line of a fleet; a new one from a day on."""
    for made in of_lab:
        if made.fleet == fleet:
            return made
    made = _Making(fleet)
    made.begin(day)
    of_lab.append(made)
    return made


class _Making:
    """A line that is being made: changes of one day together."""

    __slots__ = ("fleet", "_line", "_known", "_new", "_model", "_kind")

    def __init__(self, fleet: str) -> None:
        self.fleet = fleet
        self._line = FleetLine()
        self._known: dict[str, set[str]] = {}
        """model -> accelerators that it ever had."""
        self._new = False
        """Whether a use is new on the last day."""
        self._model = self._kind = ""
        """The use that was seen last."""

    def begin(self, day: float) -> None:
        """From a day on the fleet has what is added from now on; another call for the same day begins it anew."""
        line = self._line
        if day != line.days[-1]:
            self._close()
            line.days.append(day)
            line.first.append(len(line.counts))
        elif len(line.counts) > line.first[-1]:
            self._drop()

    def add(self, model: str, kind: str, count: float) -> None:
        """Accelerators of a type on which it runs a model."""
        if count:
            line = self._line
            line.models.append(model)
            line.kinds.append(kind)
            line.counts.append(count)
            if model != self._model or kind != self._kind:
                self._see(model, kind)

    def _see(self, model: str, kind: str) -> None:
        self._model, self._kind = model, kind
        kinds = self._known.get(model)
        if kinds is None:
            kinds = self._known[model] = set()
        if kind not in kinds:
            kinds.add(kind)
            self._new = True

    def _drop(self) -> None:
        """The uses of the last day."""
        line = self._line
        for _ in range(len(line.counts) - line.first[-1]):
            line.models.pop()
            line.kinds.pop()
            line.counts.pop()

    def _sort(self) -> None:
        """Put the uses of the last day in order."""
        line = self._line
        first = line.first[-1]
        uses = sorted(zip(line.models[first:], line.kinds[first:], line.counts[first:], strict=True))
        line.models[first:] = [model for model, _, _ in uses]
        line.kinds[first:] = [kind for _, kind, _ in uses]
        line.counts[first:] = [count for _, _, count in uses]

    def _close(self) -> None:
        """The last day is over: it stays only if it brought anything."""
        line = self._line
        if len(line.counts) > line.first[-1] + 1:
            self._sort()
        if self._new:
            self._new = False
        elif len(line.days) > 1 and self._as_before():
            self._drop()
            line.days.pop()
            line.first.pop()

    def _as_before(self) -> bool:
        """Whether the fleet has on the last day what it had on the day before."""
        line = self._line
        before, first = line.first[-2], line.first[-1]
        if len(line.counts) - first != first - before:
            return False
        for k in range(before, first):
            other = first + k - before
            if (
                line.counts[k] != line.counts[other] or line.models[k] != line.models[other]
                or line.kinds[k] != line.kinds[other]
            ):  # fmt: skip
                return False
        return True

    def line(self) -> FleetLine:
        """All of it; accelerators in the order of the uses."""
        self._close()
        line = self._line
        line.first.append(len(line.counts))
        for model in sorted(self._known):
            for kind in sorted(self._known[model]):
                if kind not in line.types:
                    line.types.append(kind)
        totals = line.totals = [[0.0] * len(line.days) for _ in line.types]
        first, kinds, counts = line.first, line.kinds, line.counts
        place, known = 0, line.types[0] if line.types else ""
        for n in range(len(line.days)):
            for k in range(first[n], first[n + 1]):
                kind = kinds[k]
                if kind != known:
                    place, known = line.types.index(kind), kind
                total = totals[place]
                total[n] = total[n] + counts[k]  # compiled, += of an item makes objects
        return line
