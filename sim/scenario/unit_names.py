"""The units that a scenario may use: their definitions for pint, and what they are called in messages."""

from __future__ import annotations

from sim.base.units import DAYS_PER_MONTH, DAYS_PER_YEAR

EXPECTED = {
    "day": ("a length of time", "90 days"),
    "FLOP": ("an amount of computation", "1e25 FLOP"),
    "FLOP/s": ("computation per second", "1e15 FLOP/s"),
    "byte": ("an amount of memory", "80 GB"),
    "byte/s": ("a bandwidth", "3.35 TB/s"),
    "W": ("a power", "700 W"),
    "USD": ("an amount of money", "30000 USD"),
    "token": ("a number of tokens", "2e12 tokens"),
    "token/s": ("tokens per second", "50 tokens/s"),
    "token/hour": ("tokens per hour", "3600 tokens/hour"),
    "hour/week": ("hours per week", "40 hours/week"),
    "share": ("a share", "10%"),
    "x": ("a factor", "2x"),
    "x/year": ("a growth", "3x per year"),
    "1/year": ("a rate", "0.5 per year"),
    "accelerators": ("a number of accelerators", "1000 H100"),
    "copies": ("a number of copies", "256 copies"),
    "people": ("a number of people", "200 people"),
    "parameters": ("a number of parameters", "70B parameters"),
    "1": ("a number", "0.5"),
    "any": ("a number in any unit", "6 months"),
}
"""Canonical unit -> what it measures, and an example, for messages."""

BARE = frozenset(("1", "x", "share", "accelerators", "copies", "people", "parameters", "FLOP"))
"""Units that a bare number may be in."""

SUFFIXES = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
"""May follow a number of parameters or tokens directly: `70B parameters`."""

ACCELERATOR_WORDS = frozenset(("accelerator", "accelerators", "chips", "GPUs", "TPUs"))

DEFINITIONS = f"""
kilo- = 1e3 = k-
mega- = 1e6 = M-
giga- = 1e9 = G-
tera- = 1e12 = T-
peta- = 1e15 = P-
exa- = 1e18 = E-
zetta- = 1e21 = Z-
yotta- = 1e24 = Y-
ronna- = 1e27 = R-
quetta- = 1e30 = Q-
kibi- = 1024 = Ki-
mebi- = 1048576 = Mi-
gibi- = 1073741824 = Gi-
tebi- = 1099511627776 = Ti-
second = [time] = s = sec
minute = 60 * second = min
hour = 3600 * second = h = hr
day = 86400 * second = d
week = 7 * day
month = {DAYS_PER_MONTH!r} * day
year = {DAYS_PER_YEAR!r} * day = yr
FLOP = [computation] = FLOP = flop
byte = [memory] = B
watt = [power] = W
USD = [money] = USD = dollar
token = [token] = token = tok
copy = [copy] = copy = copies
person = [person] = person = people
parameter = [parameter] = parameter = param
"""

KNOWN: dict[tuple[str, str], tuple[float, float]] = {
    ("second", "day"): (1.0, 86400.0),
    ("seconds", "day"): (1.0, 86400.0),
    ("minute", "day"): (1.0, 1440.0),
    ("minutes", "day"): (1.0, 1440.0),
    ("hour", "day"): (1.0, 24.0),
    ("hours", "day"): (1.0, 24.0),
    ("day", "day"): (1.0, 1.0),
    ("days", "day"): (1.0, 1.0),
    ("week", "day"): (7.0, 1.0),
    ("weeks", "day"): (7.0, 1.0),
    ("month", "day"): (DAYS_PER_MONTH, 1.0),
    ("months", "day"): (DAYS_PER_MONTH, 1.0),
    ("year", "day"): (DAYS_PER_YEAR, 1.0),
    ("years", "day"): (DAYS_PER_YEAR, 1.0),
    ("hours/week", "hour/week"): (1.0, 1.0),
    ("FLOP", "FLOP"): (1.0, 1.0),
    ("FLOP/s", "FLOP/s"): (1.0, 1.0),
    ("TFLOP/s", "FLOP/s"): (1e12, 1.0),
    ("PFLOP/s", "FLOP/s"): (1e15, 1.0),
    ("byte", "byte"): (1.0, 1.0),
    ("kB", "byte"): (1e3, 1.0),
    ("MB", "byte"): (1e6, 1.0),
    ("GB", "byte"): (1e9, 1.0),
    ("TB", "byte"): (1e12, 1.0),
    ("GB/s", "byte/s"): (1e9, 1.0),
    ("TB/s", "byte/s"): (1e12, 1.0),
    ("W", "W"): (1.0, 1.0),
    ("kW", "W"): (1e3, 1.0),
    ("MW", "W"): (1e6, 1.0),
    ("GW", "W"): (1e9, 1.0),
    ("USD", "USD"): (1.0, 1.0),
    ("token", "token"): (1.0, 1.0),
    ("tokens", "token"): (1.0, 1.0),
    ("tokens/s", "token/s"): (1.0, 1.0),
    ("tokens/hour", "token/hour"): (1.0, 1.0),
    ("copies", "copies"): (1.0, 1.0),
    ("people", "people"): (1.0, 1.0),
    ("parameters", "parameters"): (1.0, 1.0),
}
"""pint's answers for what most scenarios use, (unit, canonical unit) -> (factor, divisor): pint takes longer to import
than a run of one lab takes to simulate."""

DIMENSIONS = {
    "[time]": "a length of time",
    "[computation]": "an amount of computation",
    "[computation] / [time]": "computation per second",
    "[memory]": "an amount of memory",
    "[memory] / [time]": "a bandwidth",
    "[power]": "a power",
    "[money]": "an amount of money",
    "[token]": "a number of tokens",
    "[token] / [time]": "a rate of tokens",
    "[copy]": "a number of copies",
    "[person]": "a number of people",
    "[parameter]": "a number of parameters",
    "dimensionless": "a pure number",
    "1 / [time]": "a rate",
}

PINT_NAMES = {"1": "", "copies": "copy", "people": "person", "parameters": "parameter", "W": "watt"}

UNIT_NAMES = (
    *("seconds", "minutes", "hours", "days", "weeks", "months", "years"),
    *("tokens", "copies", "people", "parameters", "USD", "W", "kW", "MW", "GW"),
    *(prefix + base for base in ("FLOP", "B") for prefix in ("", *"kMGTPE", "Ki", "Mi", "Gi", "Ti")),
)
"""Names that a message may offer for a unit that is unknown."""
