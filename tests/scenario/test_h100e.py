"""H100-equivalents of a stated type become accelerators, by the definition that is named."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim

FILE = """
start: 2026-01-01
end: 2027-01-01
labs:
  A:
    compute: [{supply}]
    use: {{serving: 100%}}
"""


def supply(tmp_path: Path, text: str, more: str = "") -> sim.Scenario:
    file = tmp_path / "s.yaml"
    file.write_text(FILE.format(supply=text) + more, encoding="utf-8")
    return sim.load(file)


@pytest.mark.parametrize(
    ("text", "accelerators"),
    [
        # By hand: an A100 is 312/989.4 H100e in dense bf16; Epoch AI's tables count it as 624/1979 = 0.315.
        ("{accelerator: A100, count: 1000 H100e}", 1000 * 989.4 / 312),
        ("{accelerator: A100, count: 1000 H100e, h100e: dense bf16}", 1000 * 989.4 / 312),
        ("{accelerator: A100, count: 1000 H100e, h100e: 8-bit}", 1000 / 0.315),
        ("{accelerator: TPU v4, count: 139 H100e, h100e: 8-bit}", 1000.0),
        ("{accelerator: H800, count: 1000 H100e, h100e: 8-bit}", 1000.0),  # 1979/1979
        ("{accelerator: H100e, count: 1000 H100e}", 1000.0),
        ("{accelerator: A100, count: 1000}", 1000.0),
    ],
)
def test_a_number_in_h100e_becomes_accelerators(tmp_path: Path, text: str, accelerators: float) -> None:
    (found,) = supply(tmp_path, text).draw().labs["A"].compute
    assert found.count == pytest.approx(accelerators, rel=1e-12)


def test_a_dated_stock_keeps_its_growth(tmp_path: Path) -> None:
    text = (
        "{accelerator: A100, stock: {2026-01-01: 312 H100e, 2026-07-01: 624 H100e, then: 3x per year,"
        " interpolate: exponential}}"
    )
    (found,) = supply(tmp_path, text).draw().labs["A"].compute
    (plain,) = supply(tmp_path, text.replace("A100", "H100e")).draw().labs["A"].compute
    for day in (0.0, 90.0, 181.0, 364.0):
        assert found.stock.at(day) == pytest.approx(plain.stock.at(day) * 989.4 / 312, rel=1e-12)


def test_an_interval_is_converted_at_every_quantile(tmp_path: Path) -> None:
    scenario = supply(tmp_path, "{accelerator: TPU v4, count: 139 to 1390 H100e, h100e: 8-bit}")
    (path,) = [name for name in scenario.uncertain if name.endswith("count")]
    for quantile, factor in ((0.05, 1.0), (0.95, 10.0)):
        (found,) = scenario.draw({path: quantile}).labs["A"].compute
        assert found.count == pytest.approx(1000.0 * factor, rel=1e-9)


def test_an_own_type_states_what_it_is_by_8_bit(tmp_path: Path) -> None:
    own = "accelerators: {V100: {h100e_8bit: 0.05}}"
    scenario = supply(tmp_path, "{accelerator: V100, count: 100 H100e, h100e: 8-bit}", own)
    (found,) = scenario.draw().labs["A"].compute
    assert found.count == pytest.approx(2000.0, rel=1e-12)
