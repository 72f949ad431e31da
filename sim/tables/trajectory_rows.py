"""The rows of the trajectory, in order: most of what they say is said anew in each interval, so it is kept once."""

from __future__ import annotations

from typing import Any

Label = tuple[str, str | None, str | None, str | None, str | None, str, str, str]
"""What a row is of: (lab, model, use, accelerator, domain, series, unit, kind)"""


class TrajectoryRows:
    """dates: texts of the intervals' first days. labels: what rows are of. places: of each row, that of its label among
    these. values: of each row. ends: how many rows there are by the end of each interval.
    """

    __slots__ = ("dates", "labels", "places", "values", "ends", "_place")

    def __init__(self) -> None:
        self.dates: list[str] = []
        self.labels: list[Label] = []
        self.places: list[int] = []
        self.values: list[float] = []
        self.ends: list[int] = []
        self._place: dict[Label, int] = {}

    def __len__(self) -> int:
        return len(self.places)

    def place(self, label: Label) -> int:
        """The place of a label: for `add`."""
        found = self._place.get(label)
        if found is None:
            found = self._place[label] = len(self.labels)
            self.labels.append(label)
        return found

    def add(self, place: int, value: float) -> None:
        """A row of the interval that is being told."""
        self.places.append(place)
        self.values.append(value)

    def end(self, date: str) -> None:
        """All rows of an interval are there. date: of its first day."""
        self.dates.append(date)
        self.ends.append(len(self.places))

    def rows(self) -> list[tuple[Any, ...]]:
        """Each row with all that it says."""
        result: list[tuple[Any, ...]] = []
        begin = 0
        for date, end in zip(self.dates, self.ends, strict=True):
            for n in range(begin, end):
                lab, model, use, accelerator, domain, series, unit, kind = self.labels[self.places[n]]
                result.append((date, lab, model, use, accelerator, domain, series, self.values[n], unit, kind))
            begin = end
        return result
