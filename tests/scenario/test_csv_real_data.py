"""Epoch AI's counts of chips, read as they come: a lab's compute from a CSV file, by staircase and exponential.

The data lie beside the project (`../shared/data`), they are no part of it; without them there is nothing to test.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from sim import load, simulate
from sim.scenario import Scenario
from sim.tables.steps import value_at
from tests.cli.command import ROOT

DATA = ROOT.parent / "shared" / "data" / "epoch-ai-chip-counts"
NVIDIA, AMD = "nvidia_owners_cumulative_totals.csv", "amd_owners_cumulative_totals.csv"
START = date(2022, 1, 1)

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the data do not lie beside the project ({DATA})")

TEXT = """\
question: What did Microsoft's chips come to?
start: 2022-01-01
end: 2026-04-01
labs:
  Microsoft:
    compute: [{supplies}]
    use: {{training: 50%, experiments: 50%}}
    runs: {{name: M, starts: 2025-01-01, share: 50%, length: 60 days}}
"""


def supply(file: str, more: str = "") -> str:
    columns = "date: End date, dates: month/day/year, value: Compute estimate in H100e (median)"
    return (f"{{stock: {{csv: ../shared/data/epoch-ai-chip-counts/{file}, {columns}, where: {{Owner: Microsoft}},"
            f" unit: H100e, source: Epoch AI{more}}}, every: 1 month}}")  # fmt: skip


def scenario(*supplies: str) -> Scenario:
    return load(ROOT / "microsoft.yaml", text=TEXT.format(supplies=", ".join(supplies)))


def epoch(file: str) -> dict[date, float]:
    """Microsoft's stock at the end of each quarter, H100e, read without this program."""
    found = {}
    with (DATA / file).open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["Owner"] == "Microsoft":
                month, day, year = map(int, row["End date"].split("/"))
                found[date(year, month, day)] = float(row["Compute estimate in H100e (median)"])
    return found


def test_the_stock_is_that_of_the_file_on_each_of_its_dates() -> None:
    record = simulate(scenario(supply(NVIDIA), supply(AMD))).record
    nvidia, amd = epoch(NVIDIA), epoch(AMD)
    assert len(nvidia) >= 17 and len(amd) >= 8
    held = record.clusters["Microsoft", "H100e"]
    for end, count in nvidia.items():
        day = float((end - START).days)
        if day < record.draw.end:
            other = [n for quarter, n in amd.items() if quarter <= end][-1:]  # AMD's end a quarter earlier
            assert value_at(held, day) == pytest.approx(sum(other) + count, rel=1e-12), end
            before = [[n for quarter, n in line.items() if quarter < end][-1:] for line in (nvidia, amd)]
            assert value_at(held, day - 0.5) == pytest.approx(sum(map(sum, before)), abs=1e-9)


def test_between_the_dates_it_grows_if_it_is_exponential() -> None:
    record = simulate(scenario(supply(NVIDIA, ", interpolate: exponential"))).record
    held, stock = record.clusters["Microsoft", "H100e"], epoch(NVIDIA)
    first, last = date(2023, 3, 31), date(2023, 6, 30)
    for step in (date(2023, 4, 1), date(2023, 5, 1), date(2023, 6, 1)):
        part = (step - first) / (last - first)
        grown = stock[first] * (stock[last] / stock[first]) ** part
        assert value_at(held, (step - START).days) == pytest.approx(grown)
    assert value_at(held, (last - START).days) == pytest.approx(stock[last])


def test_training_takes_half_of_what_the_file_has_then() -> None:
    run = simulate(scenario(supply(NVIDIA), supply(AMD))).models.set_index("model").loc["M"]
    half = 0.5 * (epoch(NVIDIA)[date(2024, 12, 31)] + epoch(AMD)[date(2024, 12, 31)])
    assert run["h100e"] == pytest.approx(half)
    assert run["training_flop"] == pytest.approx(half * 989.4e12 * (0.28 * 0.35) ** 0.5 * 60 * 86_400)


def test_its_inputs_say_from_which_line_they_come() -> None:
    found = scenario(supply(NVIDIA))
    lines = (DATA / NVIDIA).read_text(encoding="utf-8-sig").splitlines()
    rows = [row for row in found.inputs if row.path.startswith("labs.Microsoft.compute") and "2022-12-31" in row.path]
    assert len(rows) == 1 and rows[0].source == "Epoch AI" and rows[0].text == "64868 H100e"
    name, line = rows[0].origin.rsplit(":", 2)[:2]
    assert Path(name).name == NVIDIA
    assert ",Microsoft," in lines[int(line) - 1] and "12/31/2022,64868" in lines[int(line) - 1]
