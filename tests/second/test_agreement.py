"""The kernel and a second simulator that shares nothing with it agree about random scenarios."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings

from sim.base.calendar import date_text
from sim.model.draw import Draw
from sim.world.lab import LabState, View
from sim.world.new_model import make_model
from sim.world.policy import share_rest
from sim.world.simulate import SimulationError, simulate
from tests.second.scenarios import scenarios
from tests.second.simulator import Impossible, Second
from tests.world.observe import rows

lose = LabState.lose

DAY = 1e-6
"""Days by which two dates may differ: some of the kernel's ticks."""

QUICK: dict[str, Any] = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
    "phases": (Phase.generate,),
}


def close(one: float | None, two: float | None, within: float) -> bool:
    if one is None or two is None:
        return one is two
    return abs(one - two) <= within


def differences(draw: Draw) -> list[str]:
    """What the two simulators do not agree about, as text."""
    try:
        record = simulate(draw)
    except SimulationError as error:
        with pytest.raises(Impossible):
            Second(draw)
        told = ("before the scenario starts", "no time for training", "is in progress at the start, but")
        return [] if any(words in str(error) for words in told) else [str(error)]
    second = Second(draw)
    found: list[str] = []

    def compare(what: str, one: dict[Any, Any], two: dict[Any, Any], relative: float, absolute: float) -> None:
        for key in sorted({*one, *two}, key=str):
            mine, other = one.get(key, 0.0), two.get(key, 0.0)
            if abs(mine - other) > relative * max(abs(mine), abs(other)) + absolute:
                found.append(f"{what} {key}: kernel {mine}, second {other}")

    # Models: dates, FLOP, effective FLOP.
    models = {(model.lab, model.name): model for model in record.models}
    if set(models) != set(second.models):
        found.append(f"models: kernel {sorted(models)}, second {sorted(second.models)}")
    for key in sorted(set(models) & set(second.models)):
        one, two = models[key], second.models[key]
        for date in ("started", "finished", "internal", "public"):
            if not close(getattr(one, date), getattr(two, date), DAY):
                found.append(f"{date} of {key}: kernel {getattr(one, date)}, second {getattr(two, date)}")
        amounts = [("training FLOP", one.training_flop, two.flop), ("parameters", one.params, two.params)]
        for name, mine, other in (*amounts, ("effective FLOP", one.effective_flop, two.effective)):
            if not close(mine, other, 1e-6 * (mine or 0.0)):
                found.append(f"{name} of {key}: kernel {mine}, second {other}")
    flop = {(log.lab, log.name): log.flop for log in record.runs if log.started is not None}
    compare("FLOP done by", flop, second.flop() if not found else flop, 1e-6, 1.0)

    # Windows, from the table.
    for row in rows(record, "windows"):
        model = second.models.get((row["lab"], row["model"]))
        for own, length, by in (
            (True, "length_days", "closed_by"),
            (False, "frontier_length_days", "frontier_closed_by"),
        ):
            days, closer = second.window(model, own) if model else (math.nan, None)
            if closer != row[by] or not abs(days - row[length]) <= DAY:
                found.append(f"window of {row['model']}: kernel {row[length]} {row[by]}, second {days} {closer}")

    # The trajectory, from the table: accelerators by use, clusters, tokens and what of them is busy; and the totals.
    dates = {date_text(day, draw.start): k for k, day in enumerate(second.bounds)}
    table: dict[str, dict[Any, float]] = {
        name: {} for name in ("accelerators", "cluster", "tokens_per_s", "copies_busy")
    }
    for row in rows(record, "trajectory"):
        if row["series"] in table:
            parts = [row[name] for name in ("lab", "use", "model", "accelerator")]
            if row["series"] != "accelerators":
                parts = [part for part in parts if part is not None]
            table[row["series"]][dates[row["date"]], *(part or "" for part in parts)] = row["value"]
    mine = {"accelerators": second.accelerators, "cluster": second.cluster, "tokens_per_s": second.tokens,
            "copies_busy": second.busy}  # fmt: skip
    for series, values in table.items():
        compare(series, values, mine[series], 1e-5, 1e-4)
        totals: list[dict[Any, float]] = [defaultdict(float), defaultdict(float)]
        for total, by_key in zip(totals, (values, mine[series]), strict=True):
            for (k, owner, *_), value in by_key.items():
                total[owner] += value * (second.bounds[k + 1] - second.bounds[k])
        compare(f"total {series}", *totals, 1e-5, 1e-2)
    return found


@settings(max_examples=300, **QUICK)
@given(scenarios())
def test_they_agree(draw: Draw) -> None:
    assert differences(draw) == []


# A comparison that cannot fail proves nothing: the kernel, broken in one rule, must be found out.


def nothing_lent(view: View) -> dict[str, dict[str, float]]:
    return {
        use: {kind: min(count, view.shares[use] * view.total[kind]) for kind, count in held.items()}
        for use, held in share_rest(view).items()
    }


def fleets_first(view: View) -> dict[str, dict[str, float]]:
    """Experiments keep their share, and the fleets give way."""
    uses = share_rest(view)
    for kind, total in view.total.items():
        have = sum(held.get(kind, 0.0) for held in uses.values())
        if "experiments" in uses and have < view.owed_share * total:
            kept = min(have, view.experiments_share * total)
            for use, part in view.fleet_parts:
                uses[use][kind] = (have - kept) * part
            uses["experiments"][kind] = kept
    return uses


def gain_on_gain(lab: Any, run: Any, day: float) -> Any:
    """A post-training keeps the gain of its base."""
    model = make_model(lab, run, day)
    model.flop_times_efficiency = model.effective_flop
    return model


def whole_batches_retire(lab: Any, kind: str, count: float, event_kind: str, causes: Any = ()) -> None:
    """What a gang holds back is forgotten."""
    lose(lab, kind, count, event_kind, causes)
    lab.retiring = {}


def never_ends(what: Any) -> None:
    """An earmark whose time is over stays."""


@pytest.mark.parametrize(
    ("place", "broken"),
    [
        ("sim.world.policy.share_rest", nothing_lent),
        ("sim.world.policy.share_rest", fleets_first),
        ("sim.world.training.make_model", gain_on_gain),
        ("sim.world.lab.LabState.lose", whole_batches_retire),
        ("sim.world.deployment._expire", never_ends),
    ],
)
def test_a_broken_kernel_is_found_out(monkeypatch: pytest.MonkeyPatch, place: str, broken: Callable[..., Any]) -> None:
    monkeypatch.setattr(place, broken)
    # The same examples in every run: `find` does not take that from its settings.
    find(
        scenarios(),
        lambda draw: differences(draw) != [],
        settings=settings(max_examples=600, **QUICK),
        random=Random(1),
    )
