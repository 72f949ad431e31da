"""When models are surpassed: by 2, 10 and 100 times, own and frontier, by internal and by public dates."""

from __future__ import annotations

from sim.base.calendar import date_text
from sim.base.places import below
from sim.physics.capability import times_as_strong
from sim.tables.table import Column, Table
from sim.world.record import ModelRecord, RunRecord

FACTORS = (2.0, 10.0, 100.0)
SCOPES = ("own", "frontier")
DATES = ("internal", "public")


class Closing:
    """A window. `closes` and `by` are None if it is open at the end; `length` then runs to the end."""

    __slots__ = ("opens", "closes", "by", "length")

    def __init__(self, opens: float, closes: float | None, by: ModelRecord | None, length: float) -> None:
        self.opens, self.closes, self.by, self.length = opens, closes, by, length


def opening(model: ModelRecord, dates: str) -> float | None:
    """Day from which a model is available, by internal or public dates."""
    return model.internal if dates == "internal" else model.public


class Closings:
    """Finds by whom models are surpassed: models by the day they open, with the strongest so far."""

    def __init__(self, record: RunRecord) -> None:
        self._end = record.end
        self._labs: dict[str | None, list[ModelRecord]] = {None: record.models}
        for model in record.models:
            self._labs.setdefault(model.lab, []).append(model)
        self._lines: dict[str, dict[str | None, tuple[list[ModelRecord], list[float]]]] = {dates: {} for dates in DATES}

    def _line(self, dates: str, lab: str | None) -> tuple[list[ModelRecord], list[float]]:
        """Models (of all labs if None) by (day, lab, generation), and the most effective FLOP so far."""
        lines = self._lines[dates]
        found = lines.get(lab)
        if found is None:
            opened = []
            for place, model in enumerate(self._labs.get(lab, ())):
                since = opening(model, dates)
                if model.closes_windows and since is not None and since < self._end:
                    opened.append((since, model.lab, model.generation, place, model))
            opened.sort()
            line, most, strongest = [], [], 0.0
            for _, _, _, _, model in opened:
                strongest = max(strongest, model.effective_flop)
                line.append(model)
                most.append(strongest)
            found = lines[lab] = line, most
        return found

    def closing(self, model: ModelRecord, factor: float, scope: str, dates: str) -> Closing | None:
        """The window of a model: to the first model `factor` times as strong. None if it never opens before the end."""
        opens = opening(model, dates)
        if opens is None or opens >= self._end:
            return None
        line, most = self._line(dates, model.lab if scope == "own" else None)
        needed = times_as_strong(factor, model.effective_flop)
        # The first at which the strongest so far is strong enough is itself the first that is.
        for position in range(below(most, needed), len(line)):
            by = line[position]
            if by is model or by.effective_flop < needed:
                continue
            since = opening(by, dates)
            assert since is not None
            closes = max(opens, since)
            return Closing(opens, closes, by, closes - opens)
        return Closing(opens, None, None, self._end - opens)


COLUMNS = [
    Column("lab", "", "whose model"),
    Column("model", "", "the model"),
    Column("factor", "x", "how much larger the effective FLOP of the model that closes the window is"),
    Column("scope", "", "own: by a model of the same lab; frontier: of any lab"),
    Column("dates", "", "internal: usable inside the lab; public: usable by all"),
    Column("opens", "date", "the model is available"),
    Column("closes", "date", "a model so much stronger is available; empty if none before the end"),
    Column("closed_by", "", "lab/model that closes it"),
    Column("censored", "", "true if the window is open at the end"),
    Column("length_days", "days", "length of the window, to the end if censored"),
]


def closings_table(record: RunRecord) -> Table:
    """closings.csv: a row for each model, factor, scope and kind of dates."""
    start = record.draw.start
    closings = Closings(record)
    rows = []
    for model in sorted_models(record):
        for factor in FACTORS:
            for scope in SCOPES:
                for dates in DATES:
                    found = closings.closing(model, factor, scope, dates)
                    if found is None:
                        continue
                    closes = None if found.closes is None else date_text(found.closes, start)
                    by = None if found.by is None else f"{found.by.lab}/{found.by.name}"
                    rows.append((
                        model.lab, model.name, factor, scope, dates, date_text(found.opens, start), closes, by,
                        found.closes is None, found.length,
                    ))  # fmt: skip
    return Table("closings", COLUMNS, rows)


def sorted_models(record: RunRecord) -> list[ModelRecord]:
    """Models by lab, then by the day from which the lab can use them."""
    found = [(model.lab, model.internal, model.generation, n) for n, model in enumerate(record.models)]
    return [record.models[n] for _, _, _, n in sorted(found)]
