"""What stands on given dates, against the record's own step functions and the tables' pieces."""

from __future__ import annotations

from bisect import bisect_right

import pytest

from sim.scenario import load
from sim.tables.deployed import fleet_pieces
from sim.tables.rates import Rates
from sim.tables.series import dates_of, series_columns, series_rows
from sim.tables.steps import value_at
from sim.world import simulate
from tests.cli.command import SCENARIOS


@pytest.mark.parametrize("name", ["two-blocs.yaml", "frontier.yaml"])
def test_against_step_functions_and_pieces(name: str) -> None:
    scenario = load(SCENARIOS / name, sets=["end=2027-06-01", "trajectory=4 months"])
    record = simulate(scenario.draw())
    rates = Rates(record)
    draw = record.draw
    names = ["day", *(column.name for column in series_columns(draw))]
    dates = list(dates_of(record))
    rows = series_rows(record, Rates(record), series_columns(draw), dates)
    assert [row[0] for row in rows] == dates and dates[0] == 0.0
    for values in rows:
        row = dict(zip(names, values, strict=True))
        day = row["day"]
        held: dict[str, float] = {}
        for (_, use, _, kind), steps in record.holdings.items():
            held[use] = held.get(use, 0.0) + value_at(steps, day) * draw.accelerators[kind].h100e
        uses = {key: value for key, value in row.items() if key.startswith("h100e[")}
        assert uses == pytest.approx({f"h100e[{use}]": held.get(use, 0.0) for use in (key[6:-1] for key in uses)})
        assert sum(uses.values()) == pytest.approx(row["h100e"], rel=1e-9)  # uses partition the clusters
        tokens = copies = 0.0
        work = dict.fromkeys((key for key in row if key.startswith("human")), 0.0)
        for lab, spec in draw.labs.items():
            for fleet, found in spec.fleets.items():
                for since, _, law, parts in fleet_pieces(rates, lab, fleet, day, day + 1e-6):
                    here = law.value * sum(part[1] for part in parts)
                    demand = record.demand.get((lab, fleet))
                    used = 1.0 if demand is None or not here else min(1.0, value_at(demand, since) / here)
                    tokens += here
                    copies += law.value * sum(part[2] for part in parts)
                    for model, each, _ in parts:
                        domain = draw.domains[found.domain or ""]
                        think = found.think_x or 1.0
                        worth = rates.worth(rates.models[lab, model], domain, found.inference, since, think)
                        work[f"human_equivalents[{found.domain}]"] += law.value * each * used * worth
                    break
        assert row["tokens_per_s"] == pytest.approx(tokens, rel=1e-9)
        assert row["copies"] == pytest.approx(copies, rel=1e-9)
        assert {key: row[key] for key in work} == pytest.approx(work, rel=1e-9)
        models = sorted((model.internal, model.effective_flop) for model in record.models)
        before = models[: bisect_right([day for day, _ in models], day)]
        assert row["best_effective_flop"] == max((flop for _, flop in before), default=0.0)


def test_a_draw_that_ends_sooner_has_fewer_dates() -> None:
    record = simulate(load(SCENARIOS / "one-lab.yaml", sets=["end=2026-03-15"]).draw())
    rows = series_rows(record, Rates(record), series_columns(record.draw), (0.0, 31.0, 59.0, 90.0))
    assert [row[0] for row in rows] == [0.0, 31.0, 59.0]
