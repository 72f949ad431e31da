"""Predicted against real closings of the windows of flagships, by public dates.

Real: the lab's next flagship (own), or any lab's (frontier). Predicted: the first release whose effective
FLOP is larger by `stronger_by`. Where inputs of effective FLOP are ranges, the prediction is an interval:
all of them at their 5% and 95% ends.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.base.calendar import date_text
from sim.scenario import Scenario
from sim.tables.table import Column, Table
from sim.world import simulate
from sim.world.record import ModelRecord, RunRecord

CAPABILITY_INPUTS = ("flop", "gain", "params", "tokens", "effective_flop")
"""Keys of the inputs that a model's effective FLOP rests on."""

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
    Column("outcome", "", "hit (within 30 days, or the same model), early, late, missed (no prediction), open (neither), premature"),
]
HIT_DAYS = 30.0


class Range(NamedTuple):
    """Effective FLOP of a model: low, central, high."""

    low: float
    central: float
    high: float


def backtest(scenario: Scenario, record: RunRecord) -> tuple[Table, dict[str, Any]]:
    """The table of closings, and counts: errors, misses, and pairs of flagships in the wrong order."""
    ranges = effective_ranges(scenario, record)
    start, end = record.draw.start, record.draw.end
    factor = record.draw.stronger_by
    public = sorted(
        (model for model in record.models if model.public is not None and model.public < end),
        key=lambda model: (model.public, model.lab, model.name),
    )
    flagships = [model for model in public if model.flagship]
    rows: list[tuple[Any, ...]] = []

    def first(model: ModelRecord, scope: str, mine: float, other: int) -> ModelRecord | None:
        for rival in public:
            if rival is not model and (scope == "frontier" or rival.lab == model.lab):
                assert rival.public is not None and model.public is not None
                strong = ranges[rival.lab, rival.name][other] >= factor * mine
                if strong and (rival.public >= model.public or scope == "frontier"):
                    return rival
        return None

    def text(model: ModelRecord | None) -> str | None:
        return None if model is None or model.public is None else date_text(model.public, start)

    for model in flagships:
        assert model.public is not None
        low, central, high = ranges[model.lab, model.name]
        for scope in ("own", "frontier"):
            later = [m for m in flagships if m.public is not None and m.public > model.public]
            actual = next((m for m in later if scope == "frontier" or m.lab == model.lab), None)
            predicted = first(model, scope, central, 1)
            error = None
            if actual is not None and predicted is not None:
                assert actual.public is not None and predicted.public is not None
                error = max(predicted.public, model.public) - actual.public
            rows.append((
                model.lab, model.name, scope, text(model), central, low, high,
                _name(actual), text(actual), None if actual is None else (actual.public or 0.0) - model.public,
                _name(predicted), text(predicted),
                None if predicted is None else max(0.0, (predicted.public or 0.0) - model.public),
                text(first(model, scope, low, 2)), text(first(model, scope, high, 0)),
                error, _outcome(actual, predicted, error),
            ))  # fmt: skip
    return Table("backtest", COLUMNS, rows), _counts(rows, flagships, ranges)


def effective_ranges(scenario: Scenario, record: RunRecord) -> dict[tuple[str, str], Range]:
    """(lab, model) -> effective FLOP with the uncertain inputs of capability at 5%, 50% and 95%."""
    paths = [path for path in scenario.uncertain if path.rsplit(".", 1)[-1] in CAPABILITY_INPUTS]
    ends = []
    for quantile in (0.05, 0.95):
        draw = scenario.draw(dict.fromkeys(paths, quantile))
        ends.append({(model.lab, model.name): model.effective_flop for model in simulate(draw).models})
    result = {}
    for model in record.models:
        key = (model.lab, model.name)
        values = [ends[0].get(key, model.effective_flop), model.effective_flop, ends[1].get(key, model.effective_flop)]
        result[key] = Range(min(values), values[1], max(values))
    return result


def _name(model: ModelRecord | None) -> str | None:
    return None if model is None else f"{model.lab}/{model.name}"


def _outcome(actual: ModelRecord | None, predicted: ModelRecord | None, error: float | None) -> str:
    if error is None:
        if actual is None:
            return "open" if predicted is None else "premature"
        return "missed"
    if actual is predicted or abs(error) <= HIT_DAYS:
        return "hit"
    return "early" if error < 0.0 else "late"


def _counts(rows: list[tuple[Any, ...]], flagships: list[ModelRecord], ranges: dict[tuple[str, str], Range]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for scope in ("own", "frontier"):
        mine = [row for row in rows if row[2] == scope]
        errors = sorted(abs(row[15]) for row in mine if row[15] is not None)
        counts = {outcome: sum(1 for row in mine if row[16] == outcome)
                  for outcome in ("hit", "early", "late", "missed", "premature", "open")}  # fmt: skip
        inside = sum(1 for row in mine if row[8] and row[13] and row[13] <= row[8] <= (row[14] or "9999"))
        result[scope] = {
            **counts,
            "with_actual_closing": sum(1 for row in mine if row[8]),
            "actual_inside_predicted_interval": inside,
            "median_absolute_error_days": errors[len(errors) // 2] if errors else None,
        }
    wrong, pairs = [], 0
    for n, first in enumerate(flagships):
        for second in flagships[n + 1 :]:
            if first.lab == second.lab and first.public != second.public:
                pairs += 1
                if ranges[second.lab, second.name].central < ranges[first.lab, first.name].central:
                    wrong.append(f"{first.lab}: {second.name} comes out below {first.name}")
    result["pairs_of_flagships"] = pairs
    result["pairs_in_wrong_order"] = wrong
    return result
