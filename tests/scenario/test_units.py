"""Quantities as text, against conversions worked by hand."""

from __future__ import annotations

import math

import pytest

from sim.scenario.problem import Unreadable
from sim.scenario.unit_names import KNOWN
from sim.scenario.units import Amount, by_pint, parse_amount, parse_number

TYPES = ("H100", "H100e", "A100", "TPU v4")


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("90 days", "day", 90.0),
        ("1 day", "day", 1.0),
        ("90d", "day", 90.0),
        ("3 months", "day", 91.3125),
        ("2 years", "day", 730.5),
        ("2160 hours", "day", 90.0),
        ("36 h", "day", 1.5),
        ("2 weeks", "day", 14.0),
        ("90 min", "day", 0.0625),
        ("86400 s", "day", 1.0),
        ("1e21 FLOP/s", "FLOP/s", 1e21),
        ("989.4 TFLOP/s", "FLOP/s", 989.4e12),
        ("1.5 PFLOPs / second", "FLOP/s", 1.5e15),
        ("60 FLOP per minute", "FLOP/s", 1.0),
        ("2.1e25", "FLOP", 2.1e25),
        ("2.1e25 FLOP", "FLOP", 2.1e25),
        ("3 YFLOP", "FLOP", 3e24),
        ("5 QFLOP", "FLOP", 5e30),
        ("1 PFLOP/s*day", "FLOP", 86400e15),
        ("80 GB", "byte", 80e9),
        ("32 GiB", "byte", 34359738368.0),
        ("3.35 TB/s", "byte/s", 3.35e12),
        ("700 W", "W", 700.0),
        ("60 MW", "W", 60e6),
        ("1.2 GW", "W", 1.2e9),
        ("$30,000", "USD", 30000.0),
        ("10%", "share", 0.1),
        ("10 %", "share", 0.1),
        ("0.1", "share", 0.1),
        (".5", "share", 0.5),
        ("2x", "x", 2.0),
        ("2", "x", 2.0),
        ("3x per year", "x/year", 3.0),
        ("3x/year", "x/year", 3.0),
        ("2x per 8 months", "x/year", 2.0**1.5),
        ("2x per month", "x/year", 4096.0),
        ("0.5 per year", "1/year", 0.5),
        ("10% per year", "1/year", 0.1),
        ("1 per 6 months", "1/year", 2.0),
        ("15e12 tokens", "token", 15e12),
        ("15T tokens", "token", 15e12),
        ("50 tokens/s", "token/s", 50.0),
        ("3600 tokens per hour", "token/s", 1.0),
        ("1 token/s", "token/hour", 3600.0),
        ("40 hours/week", "hour/week", 40.0),
        ("70B parameters", "parameters", 70e9),
        ("1.8T", "parameters", 1.8e12),
        ("1.8e12", "parameters", 1.8e12),
        ("1,200,000", "people", 1.2e6),
        ("1_200_000 people", "people", 1.2e6),
        ("256 copies", "copies", 256.0),
        ("0x10", "people", 16.0),
        ("0o17", "people", 15.0),
        ("-2", "1", -2.0),
        ("+1E5", "1", 1e5),
        ("25000", "accelerators", 25000.0),
        ("25000 GPUs", "accelerators", 25000.0),
    ],
)
def test_one_number(text: str, unit: str, value: float) -> None:
    amount = parse_amount(text, unit, TYPES)
    assert amount.value == pytest.approx(value, rel=1e-14)
    assert (amount.high, amount.accelerator) == (None, None)


@pytest.mark.parametrize("hours", [1, 7, 90 * 24, 123 * 24, 365 * 24])
def test_hours_are_days_exactly(hours: int) -> None:
    assert parse_amount(f"{hours} hours", "day").value == hours / 24


@pytest.mark.parametrize(
    ("text", "unit", "low", "high"),
    [
        ("2 to 8", "1", 2.0, 8.0),
        ("60 to 120 days", "day", 60.0, 120.0),
        ("60 days to 4 months", "day", 60.0, 121.75),
        ("3x to 5x per year", "x/year", 3.0, 5.0),
        ("10% to 20%", "share", 0.1, 0.2),
        ("10 to 20%", "share", 0.1, 0.2),
        ("0.1 to 0.2", "share", 0.1, 0.2),
        ("5% to 20% per year", "1/year", 0.05, 0.2),
        ("1e5 to 1e6 tokens/hour", "token/hour", 1e5, 1e6),
        ("-5 to -1", "1", -5.0, -1.0),
    ],
)
def test_a_range(text: str, unit: str, low: float, high: float) -> None:
    amount = parse_amount(text, unit)
    assert amount.value == pytest.approx(low)
    assert amount.high == pytest.approx(high)


def test_accelerators_are_named_by_the_unit() -> None:
    assert parse_amount("1.2e6 H100e", "accelerators", TYPES) == Amount(1.2e6, None, "H100e")
    assert parse_amount("4096 TPU v4", "accelerators", TYPES) == Amount(4096.0, None, "TPU v4")
    assert parse_amount("1,000 to 2,000 A100", "accelerators", TYPES) == Amount(1000.0, 2000.0, "A100")


@pytest.mark.parametrize(
    ("text", "unit", "message", "near"),
    [
        ("90", "day", "expected a length of time such as '90 days', got '90' without a unit", ""),
        ("90 GB", "day", "expected a length of time such as '90 days', got an amount of memory ('90 GB')", ""),
        ("90 dayz", "day", "unknown unit 'dayz'", "days"),
        ("80 gb", "byte", "unknown unit 'gb'", "GB"),
        ("80 GB", "byte/s", "expected a bandwidth such as '3.35 TB/s', got an amount of memory ('80 GB')", ""),
        (
            "1e15 FLOP",
            "FLOP/s",
            "expected computation per second such as '1e15 FLOP/s', got an amount of computation ('1e15 FLOP')",
            "",
        ),
        (
            "1e15 FLOPS",
            "FLOP/s",
            "expected computation per second such as '1e15 FLOP/s', got '1e15 FLOPS'",
            "1e15 FLOP/s",
        ),
        ("3", "x/year", "expected a growth such as '3x per year', got '3'", ""),
        ("20% per year", "x/year", "expected a growth such as '3x per year', got '20% per year'", "1.2x per year"),
        ("3x per GB", "x/year", "expected a growth such as '3x per year', got '3x per GB'", ""),
        ("0x per year", "x/year", "a growth is a factor above 0, got '0x per year'", ""),
        ("9x per s", "x/year", "'9x per s' is too large a growth", ""),
        ("10x", "share", "expected a share such as '10%', got a factor ('10x')", ""),
        ("10%", "x", "expected a factor such as '2x', got a share ('10%')", ""),
        ("3x per year", "x", "expected a factor such as '2x', got '3x per year'", ""),
        ("200", "token", "expected a number of tokens such as '2e12 tokens', got '200' without a unit", ""),
        ("15TB", "token", "expected a number of tokens such as '2e12 tokens', got an amount of memory ('15TB')", ""),
        ("hello", "day", "expected a length of time such as '90 days', got 'hello'", ""),
        ("", "1", "expected a number such as '0.5', got ''", ""),
        ("~5", "1", "expected a number such as '0.5', got '~5'", ""),
        (".nan", "1", "'.nan' is not a finite number", ""),
        ("-.inf", "1", "'-.inf' is not a finite number", ""),
        ("inf", "1", "'inf' is not a finite number", ""),
        ("1e999", "1", "'1e999' is not a finite number", ""),
        ("1e300 QFLOP", "FLOP", "'1e300 QFLOP' is not a finite number", ""),
        ("1,5", "1", "'1,5' is no number (commas only between thousands, as in '1,500')", ""),
        ("2 to 8 to 9", "1", "expected one range such as '2 to 8', got '2 to 8 to 9'", ""),
        (
            "5 H10",
            "accelerators",
            "expected a number of accelerators such as '1000 H100', got '5 H10': 'H10' is no known type",
            "H100",
        ),
        (
            "5 h100",
            "accelerators",
            "expected a number of accelerators such as '1000 H100', got '5 h100': 'h100' is no known type",
            "H100",
        ),
        ("5 A100 to 9 H100", "accelerators", "both ends of '5 A100 to 9 H100' must name the same accelerator", ""),
        ("9 s**9", "day", "expected a length of time such as '90 days', got '9 s**9'", ""),
    ],
)
def test_refused(text: str, unit: str, message: str, near: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_amount(text, unit, TYPES)
    assert (caught.value.message, caught.value.nearest) == (message, near)


def test_plain_numbers() -> None:
    assert [parse_number(t) for t in ("1e26", "1E5", ".5", "5.", "0x10", "0o17", "-3")] == [
        1e26,
        1e5,
        0.5,
        5,
        16,
        15,
        -3,
    ]
    for text in ("1 day", "1__0", "1_", "0b1", "e5", "1e", "--1", "1.2.3", "9" * 5000):
        with pytest.raises(Unreadable):
            parse_number(text)
    assert math.isclose(parse_number("9" * 300), 1e300)


@pytest.mark.parametrize("units", KNOWN)
def test_what_is_known_without_pint_is_what_pint_says(units) -> None:
    assert KNOWN[units] == by_pint(*units)
