"""The catalog of accelerators, against peaks and memories of the data sheets."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.base.units import H100E, H100E_FLOP_PER_S
from sim.model.accelerator import Accelerator
from sim.scenario import Scenario, catalog, load
from sim.scenario.spec import inputs_of

SHEETS = {
    # name: (bf16, fp8, fp4 in 1e12 FLOP/s, memory in bytes, bandwidth in TB/s, watts)
    "H100e": (989.4, 1979.0, None, 80e9, 3.35, 700.0),
    "V100": (125.0, None, None, 32e9, 0.90, 300.0),
    "A100": (312.0, None, None, 80e9, 2.04, 400.0),
    "H100": (989.4, 1979.0, None, 80e9, 3.35, 700.0),
    "H800": (989.0, 1979.0, None, 80e9, 3.36, 700.0),
    "H200": (989.5, 1979.0, None, 141e9, 4.8, 700.0),
    "B200": (2250.0, 4500.0, 9000.0, 180e9, 7.7, 1000.0),
    "GB200": (2500.0, 5000.0, 10000.0, 186e9, 8.0, 1200.0),
    "GB300": (2500.0, 5000.0, 15000.0, 279e9, 8.0, 1400.0),
    "TPU v4": (275.0, None, None, 32 * 2.0**30, 1.2, 340.0),
    "TPU v5e": (197.0, None, None, 16e9, 0.82, 225.0),
    "TPU v5p": (459.0, 459.0, None, 95e9, 2.77, 540.0),
    "TPU v6e": (918.0, 918.0, None, 32e9, 1.64, 380.0),
    "TPU v7": (2307.0, 4614.0, None, 192 * 2.0**30, 7.37, 960.0),
    "MI300X": (1307.4, 2614.9, None, 192e9, 5.3, 750.0),
    "Trainium2": (667.0, 1299.0, None, 96 * 2.0**30, 2.9, 500.0),
}


def drawn(base: str, name: str) -> Accelerator:
    return load("f.yaml", text=base.replace("H100e", name)).draw().accelerators[name]


def test_the_catalog_has_these_types() -> None:
    assert sorted(catalog.names()) == sorted(SHEETS)


@pytest.mark.parametrize("name", SHEETS)
def test_peaks_memory_bandwidth_power(base: str, name: str) -> None:
    bf16, fp8, fp4, memory, bandwidth, power = SHEETS[name]
    found = drawn(base, name)
    peaks = {"bf16": bf16, "fp8": fp8, "fp4": fp4}
    assert found.peak_flop_per_s == pytest.approx({key: peak * 1e12 for key, peak in peaks.items() if peak})
    assert (found.name, found.memory_bytes, found.power_w) == (name, memory, power)
    assert found.bandwidth_bytes_per_s == pytest.approx(bandwidth * 1e12)


@pytest.mark.parametrize("name", SHEETS)
def test_every_number_has_a_source(name: str) -> None:
    spec = catalog.accelerator(name)
    assert spec is not None
    from sim.model.declare import parameters

    rows = [row for field, p in parameters(Accelerator).items() for row in inputs_of(spec.values[field], p)]
    assert len(rows) >= 4
    for row in rows:
        assert row.origin == "catalog"
        assert len(row.source) > 30
        assert any(year in row.source for year in ("2025", "2026"))


def test_h100e_is_the_unit_it_is_named_for(base: str) -> None:
    assert drawn(base, H100E).peak("bf16") == H100E_FLOP_PER_S
    assert drawn(base, H100E).h100e == 1.0


def test_names_with_spaces_count(base: str, again: Callable[[Scenario], Scenario]) -> None:
    text = base.replace("1.2e6 H100e", "4096 TPU v4")
    scenario = load("f.yaml", text=text)
    draw = scenario.draw()
    assert (draw.labs["Aurora"].compute[0].accelerator, list(draw.accelerators)) == ("TPU v4", ["TPU v4"])
    assert again(scenario).draw() == draw


def test_a_scenario_completes_changes_and_adds_types(base: str) -> None:
    text = base + (
        "accelerators:\n"
        "  H100e: {power: 650 W, source: measured}\n"
        "  My chip: {peak: {bf16: 1 PFLOP/s}, memory: 10 GB, bandwidth: 1 TB/s}\n"
        "  Idle chip: {peak: {bf16: 1 PFLOP/s}, memory: 10 GB, bandwidth: 1 TB/s}\n"
    )
    text = text.replace("{stock: 1.2e6 H100e, grows: 3x per year}", "[{stock: 5 H100e}, {count: 7 My chip}]")
    scenario = load("f.yaml", text=text)
    draw = scenario.draw()
    assert list(draw.accelerators) == ["H100e", "My chip"]  # only those in use
    assert (draw.accelerators["H100e"].power_w, draw.accelerators["H100e"].memory_bytes) == (650.0, 80e9)
    assert draw.accelerators["My chip"].peak_flop_per_s == {"bf16": 1e15}
    origins = {row.path: row.origin for row in scenario.inputs}
    assert origins["accelerators.H100e.power"] == "f.yaml:9:18"
    assert origins["accelerators.H100e.memory"] == "catalog"
