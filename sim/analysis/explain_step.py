"""One step of a derivation: a number, and the formula with the numbers filled in."""

from __future__ import annotations

from typing import NamedTuple

from sim.analysis.explain_notes import Notes
from sim.analysis.explain_split import spec_of
from sim.tables.rates import Rates
from sim.tables.table import Column
from sim.world.record import ModelRecord

COLUMNS = [
    Column("quantity", "", "what is derived; column of windows.csv or models.csv, or a step towards one"),
    Column("value", "", "its value, in `unit`"),
    Column("unit", "", "unit"),
    Column("formula", "", "how it follows; [n] refers to the inputs"),
]


class Step(NamedTuple):
    """One derived number."""

    quantity: str
    value: float
    unit: str
    formula: str


def num(value: float, figures: int = 4) -> str:
    """A number to read: some significant figures, thousands with commas, powers beyond ten million."""
    if value != 0.0 and not 1e-3 <= abs(value) < 1e7:
        mantissa, exponent = f"{value:.{figures - 1}e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    if abs(value) >= 1000.0:
        return f"{value:,.0f}"
    return f"{value:.{figures}g}"


def percent(value: float) -> str:
    """A share in percent."""
    return f"{100.0 * value:.3g}%"


class Steps:
    """The steps of one model so far, and the inputs that they refer to."""

    def __init__(self, rates: Rates, model: ModelRecord, notes: Notes) -> None:
        self.rates, self.model, self.notes = rates, model, notes
        self.record, self.draw = rates.record, rates.draw
        self.lab = self.draw.labs[model.lab]
        self.start = max(0.0, model.internal)
        self.steps: list[Step] = []
        self._where: dict[int, str] = {}
        found = spec_of(self.record, model)
        self.run: tuple[str | int, ...] = ()
        if found is not None:
            self.run = ("labs", model.lab, "runs", found[0])
        elif model.existing:
            index = next(n for n, item in enumerate(self.lab.models) if item.name == model.name)
            self.run = ("labs", model.lab, "models", index)

    def add(self, quantity: str, value: float, unit: str, formula: str) -> float:
        self.steps.append(Step(quantity, value, unit, formula))
        return value

    def once(self, quantity: str, value: float, unit: str, formula: str) -> None:
        """Add a step unless it is there."""
        if all(step.quantity != quantity for step in self.steps):
            self.add(quantity, value, unit, formula)

    def mark(self, *steps: str | int, day: float | None = None) -> str:
        return self.notes.mark(*steps, day=day)
