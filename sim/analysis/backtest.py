"""Predicted against real closings of the windows of flagships, by public dates.

Real: the lab's next flagship (own), or any lab's (frontier). Predicted: the first release whose effective
FLOP is larger by `stronger_by`. Where inputs of effective FLOP are ranges, the prediction is an interval:
all of them at their 5% and 95% ends.
"""

from __future__ import annotations

from statistics import median
from typing import Any, NamedTuple

from sim.base.calendar import date_text
from sim.scenario import Scenario
from sim.scenario.policy_code import simulate_draw
from sim.tables.table import Column, Table
from sim.world.record import ModelRecord, RunRecord

CAPABILITY_INPUTS = ("flop", "gain", "params", "tokens", "effective_flop")
"""Keys of the inputs that a model's effective FLOP rests on."""

HIT_DAYS = 30.0
"""A prediction within so many days of the real closing is a hit."""

OUTCOMES = {
    "hit": f"within {HIT_DAYS:.0f} days of the real closing, or by the same model",
    "early": "predicted before the real closing",
    "late": "predicted after it",
    "already": "really closed later, but predicted to be surpassed on its first day",
    "missed": "really closed, but no model so strong before the end",
    "premature": "predicted to close (or to be surpassed on its first day), but no flagship followed",
    "open": "neither",
}
NOT_CLOSED = ("premature", "open")
"""Outcomes of windows that really did not close: the others add up to those that did."""

COLUMNS = [
    Column("lab", "", "whose flagship"),
    Column("flagship", "", "the model"),
    Column("scope", "", "own: the lab's next flagship; frontier: any lab's"),
    Column("public", "date", "the flagship is public"),
    Column("effective_flop", "FLOP", "central"),
    Column("effective_flop_low", "FLOP", "with uncertain inputs at their 5% ends"),
    Column("effective_flop_high", "FLOP", "with uncertain inputs at their 95% ends"),
    Column("actual_closed_by", "", "the next flagship"),
    Column("actual_closes", "date", "its public date"),
    Column("actual_days", "days", "actual length of the window"),
    Column("predicted_closed_by", "", "first model larger by `stronger_by`, central"),
    Column("predicted_closes", "date", "its public date; empty: none before the end"),
    Column("predicted_days", "days", "predicted length of the window"),
    Column("predicted_earliest", "date", "if this model were at its low end and the others at their high ends"),
    Column("predicted_latest", "date", "if this model were at its high end and the others at their low ends"),
    Column("error_days", "days", "predicted minus actual closing; empty if one is missing"),
    Column("outcome", "", "; ".join(f"{name}: {meaning}" for name, meaning in OUTCOMES.items())),
    Column("flop_known", "", "true if neither this model's nor the real closer's effective FLOP rests on a range"),
]


class Range(NamedTuple):
    """Effective FLOP of a model: low, central, high."""

    low: float
    central: float
    high: float

    @property
    def known(self) -> bool:
        """Whether no uncertain input moves it."""
        return self.high <= self.low * (1.0 + 1e-9)


class Row(NamedTuple):
    """One flagship and scope, with the models that close its window."""

    flagship: ModelRecord
    scope: str
    actual: ModelRecord | None
    predicted: ModelRecord | None
    earliest: ModelRecord | None
    latest: ModelRecord | None
    error_days: float | None
    outcome: str
    flop_known: bool


def backtest(scenario: Scenario, record: RunRecord) -> tuple[Table, dict[str, Any]]:
    """The table of closings, and counts: errors, misses, and pairs of flagships in the wrong order."""
    ranges = effective_ranges(scenario, record)
    released = sorted(
        (model for model in record.models if model.public is not None and model.public < record.end),
        key=lambda model: (_public(model), model.lab, model.name),
    )
    flagships = [model for model in released if model.flagship]
    rows = [
        _row(model, scope, released, flagships, ranges, record.draw.stronger_by)
        for model in flagships
        for scope in ("own", "frontier")
    ]
    start = record.draw.start

    def text(model: ModelRecord | None) -> str | None:
        return None if model is None else date_text(_public(model), start)

    def length(row: Row, closer: ModelRecord | None) -> float | None:
        return None if closer is None else max(0.0, _public(closer) - _public(row.flagship))

    cells = [
        (
            row.flagship.lab, row.flagship.name, row.scope, text(row.flagship), ranges[_key(row.flagship)].central,
            ranges[_key(row.flagship)].low, ranges[_key(row.flagship)].high, _name(row.actual), text(row.actual),
            length(row, row.actual), _name(row.predicted), text(row.predicted), length(row, row.predicted),
            text(row.earliest), text(row.latest), row.error_days, row.outcome, row.flop_known,
        )
        for row in rows
    ]  # fmt: skip
    return Table("backtest", COLUMNS, cells), _counts(rows, flagships, ranges)


def _row(
    model: ModelRecord,
    scope: str,
    released: list[ModelRecord],
    flagships: list[ModelRecord],
    ranges: dict[tuple[str, str], Range],
    factor: float,
) -> Row:
    def first(mine: float, end: str) -> ModelRecord | None:
        for rival in released:
            if rival is not model and (scope == "frontier" or rival.lab == model.lab):
                if getattr(ranges[_key(rival)], end) >= factor * mine:
                    return rival
        return None

    low, central, high = ranges[_key(model)]
    later = [other for other in flagships if _public(other) > _public(model)]
    actual = next((other for other in later if scope == "frontier" or other.lab == model.lab), None)
    predicted = first(central, "central")
    error = None
    if actual is not None and predicted is not None:
        error = max(_public(predicted), _public(model)) - _public(actual)
    known = ranges[_key(model)].known and (actual is None or ranges[_key(actual)].known)
    outcome = _outcome(model, actual, predicted, error)
    return Row(model, scope, actual, predicted, first(low, "high"), first(high, "low"), error, outcome, known)


def effective_ranges(scenario: Scenario, record: RunRecord) -> dict[tuple[str, str], Range]:
    """(lab, model) -> effective FLOP with the uncertain inputs of capability at 5%, 50% and 95%."""
    paths = [path for path in scenario.uncertain if path.rsplit(".", 1)[-1] in CAPABILITY_INPUTS]
    ends = []
    for quantile in (0.05, 0.95):
        draw = scenario.draw(dict.fromkeys(paths, quantile))
        ends.append({_key(model): model.effective_flop for model in simulate_draw(draw).models})
    result = {}
    for model in record.models:
        central = model.effective_flop
        values = [central, *(end.get(_key(model), central) for end in ends)]
        result[_key(model)] = Range(min(values), central, max(values))
    return result


def _key(model: ModelRecord) -> tuple[str, str]:
    return model.lab, model.name


def _public(model: ModelRecord) -> float:
    assert model.public is not None
    return model.public


def _name(model: ModelRecord | None) -> str | None:
    return None if model is None else f"{model.lab}/{model.name}"


def _outcome(model: ModelRecord, actual: ModelRecord | None, predicted: ModelRecord | None, error: float | None) -> str:
    if actual is None:
        return "open" if predicted is None else "premature"
    if predicted is None:
        return "missed"
    if _public(predicted) <= _public(model):
        return "already"
    assert error is not None
    if actual is predicted or abs(error) <= HIT_DAYS:
        return "hit"
    return "early" if error < 0.0 else "late"


def _counts(rows: list[Row], flagships: list[ModelRecord], ranges: dict[tuple[str, str], Range]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for scope in ("own", "frontier"):
        mine = [row for row in rows if row.scope == scope]
        result[scope] = _score(mine)
        result[f"{scope}, where FLOP is known"] = _score([row for row in mine if row.flop_known])
    wrong, pairs = [], 0
    for n, first in enumerate(flagships):
        for second in flagships[n + 1 :]:
            if first.lab == second.lab and first.public != second.public:
                pairs += 1
                if ranges[_key(second)].central < ranges[_key(first)].central:
                    wrong.append(f"{first.lab}: {second.name} comes out below {first.name}")
    result["pairs_of_flagships"] = pairs
    result["pairs_in_wrong_order"] = wrong
    return result


def _score(rows: list[Row]) -> dict[str, Any]:
    closed = [row for row in rows if row.actual is not None]
    errors = [abs(row.error_days) for row in closed if row.error_days is not None]
    return {
        "really_closed": len(closed),
        **{outcome: sum(1 for row in rows if row.outcome == outcome) for outcome in OUTCOMES},
        "real_closing_inside_interval": sum(1 for row in closed if _inside(row)),
        "median_absolute_error_days": median(errors) if errors else None,
    }


def _inside(row: Row) -> bool:
    if row.actual is None or row.earliest is None:
        return False
    when = _public(row.actual)
    return max(_public(row.earliest), _public(row.flagship)) <= when and (
        row.latest is None or when <= max(_public(row.latest), _public(row.flagship))
    )
