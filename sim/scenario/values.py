"""One number as it may be written: `80 GB`, `2 to 8`, `{value: …, source: …}`, `{normal: …}`; a date; a recurrence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sim.base.units import DAYS_PER_MONTH, SECONDS_PER_DAY
from sim.model.declare import Parameter, parameters
from sim.model.intervention import Intervention
from sim.scenario import distribution as families
from sim.scenario.dates import (
    DATE_EXAMPLE,
    LONGEST_DAYS,
    LONGEST_RECURRENCE_DAYS,
    RECURRENCE_EXAMPLE,
    looks_like_date,
    parse_date,
    parse_recurrence,
)
from sim.scenario.distribution import Distribution
from sim.scenario.problem import Unreadable, nearest, quoted
from sim.scenario.quantity import Quantity
from sim.scenario.reading import Facts, Reading
from sim.scenario.shape import FACT_KEYS, FAMILIES, PERCENTILES, WRAPPER_KEYS, is_distribution, is_wrapper
from sim.scenario.units import LONGEST_TEXT, check_size, expected, parse_amount, parse_number
from sim.scenario.yaml_tree import Node

Tagged = tuple[float, str | None]
"""A number with the accelerator, or the recurrence's unit, that its text names."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How a number of one unit is read from text.

    one: a single value. spread: a standard deviation. wanted: in words. interval: of `a to b`.
    """

    one: Callable[[str], Tagged]
    spread: Callable[[str], float]
    wanted: str
    interval: Callable[[float, float], Distribution]


def measure_of(unit: str, reading: Reading) -> Measure:
    """The measure of a canonical unit, or of `date` or `recurrence`."""
    if unit == "date":
        return Measure(
            lambda text: (parse_date(text), None),
            lambda text: parse_amount(text, "day").value,
            DATE_EXAMPLE,
            families.normal_interval,
        )
    if unit == "recurrence":
        return Measure(parse_recurrence, lambda text: parse_recurrence(text)[0], RECURRENCE_EXAMPLE, families.interval)

    def one(text: str) -> Tagged:
        amount = parse_amount(text, unit, reading.accelerators)
        if amount.high is not None:
            raise Unreadable(f"expected one number, got the range {quoted(text)}")
        return amount.value, amount.accelerator

    return Measure(one, lambda text: one(text)[0], expected(unit), families.interval)


def unwrap(node: Node, path: str, facts: Facts, reading: Reading) -> tuple[Node, Facts]:
    """The value inside `{value: …, source: …, note: …, guess: …}`, with its facts; any other node as it is."""
    if not is_wrapper(node):
        return node, facts
    reading.unknown_keys(node, path, WRAPPER_KEYS, "a value with its source")
    return node.entries["value"], reading.facts(node, facts, path)


def read_quantity(node: Node, parameter: Parameter, path: str, facts: Facts, reading: Reading) -> Quantity | None:
    """The quantity that a node writes; None, with its problems reported, if it cannot be read or is out of bounds."""
    outer = node
    node, facts = unwrap(node, path, facts, reading)
    measure = measure_of(parameter.unit, reading)
    quantity = Quantity(
        path=path,
        unit=parameter.unit,
        text="",
        source=facts.source,
        note=facts.note,
        guess=facts.guess,
        origin=reading.origin_of(node.place),
        stated=reading.stated(node.place),
        place=outer.place,
        recurs=parameter.unit == "recurrence",
        above=parameter.above,
        low=parameter.low,
        high=parameter.high,
    )
    try:
        if node.is_scalar and not node.is_null:
            quantity.text = node.text
            ends = _scalar(node.text, parameter.unit, measure, quantity, reading)
        elif is_distribution(node):
            facts = reading.facts(node, facts, path)
            quantity.source, quantity.note, quantity.guess = facts.source, facts.note, facts.guess
            ends = _distribution(node, path, measure, quantity, reading)
        else:
            raise _no_number(node, measure)
        for end in ends:
            check_bounds(end, parameter, quantity.text)
        if parameter.unit == "recurrence":
            _check_recurrence(ends, quantity)
    except Unreadable as error:
        reading.bad(node, path, _share_instead(error, node, parameter))
        return None
    return quantity


def _share_instead(error: Unreadable, node: Node, parameter: Parameter) -> Unreadable:
    """An error that names the field beside it which takes a share, for a share given as a number of accelerators."""
    share = f"{parameter.key}_share"
    if parameter.unit == "accelerators" and share in parameters(Intervention) and node.is_scalar and "%" in node.text:
        return Unreadable(f"{error.message}; a share is stated as `{share}`")
    return error


def _no_number(node: Node, measure: Measure) -> Unreadable:
    """What to say of a list or mapping that stands for one number."""
    if any(looks_like_date(key) for key in node.entries):
        return Unreadable(f"expected {measure.wanted}; this number does not change with time, so it takes no dates")
    if not node.is_map or not node.entries:
        return Unreadable(f"expected {measure.wanted}, got {node.what()}")
    key, inner = next(iter(node.entries.items()))
    message, near = f"expected {measure.wanted}, got a mapping of {quoted(key)}", nearest(key, FAMILIES)
    if not inner.is_scalar and not near:
        message += f" (distributions are {', '.join(FAMILIES)}, or p10, p50 and p90)"
    return Unreadable(message, near)


def _scalar(text: str, unit: str, measure: Measure, quantity: Quantity, reading: Reading) -> list[float]:
    """Fills in the value or the interval of a text; returns the numbers that must be within bounds."""
    if len(text) > LONGEST_TEXT:
        raise Unreadable(f"expected {measure.wanted}, got a text of {len(text):,} characters")
    parts = re.split(r"\s+to\s+", text.strip())
    if len(parts) == 1:
        number, tag = measure.one(text)
        quantity.value = number
        _tag(quantity, tag)
        return [number]
    if unit in ("date", "recurrence"):
        if len(parts) > 2:
            raise Unreadable(f"expected {measure.wanted}, got {quoted(text)}")
        if unit == "recurrence" and re.fullmatch(r"[0-9.,_eE+]+", parts[0]):
            parts[0] += " " + re.sub(r"^[0-9.,_eE+]+", "", parts[1]).strip()
        ends, tag = _agree([measure.one(part) for part in parts])
    else:
        amount = parse_amount(text, unit, reading.accelerators)
        assert amount.high is not None
        ends, tag = [amount.value, amount.high], amount.accelerator
    _tag(quantity, tag)
    if not ends[0] < ends[1]:
        raise Unreadable(f"the low end of the range {quoted(text)} must be below its high end")
    quantity.distribution = measure.interval(*ends)
    return ends


def _agree(numbers: list[Tagged]) -> tuple[list[float], str | None]:
    """Numbers with one tag: months beside days become days; accelerators must be the same."""
    tags = {tag for _, tag in numbers}
    if tags == {"month", "day"}:
        return [n * DAYS_PER_MONTH if tag == "month" else n for n, tag in numbers], "day"
    if len(tags) > 1:
        raise Unreadable("all numbers of a distribution must name the same accelerator")
    return [n for n, _ in numbers], next(iter(tags), None)


def _tag(quantity: Quantity, tag: str | None) -> None:
    if tag in ("month", "day"):
        quantity.unit = tag
    else:
        quantity.accelerator = tag


def _distribution(node: Node, path: str, measure: Measure, quantity: Quantity, reading: Reading) -> list[float]:
    quantity.text = _flow(node)
    if any(key in node.entries for key in PERCENTILES):
        return _percentiles(node, path, measure, quantity, reading)
    named = [key for key in FAMILIES if key in node.entries]
    if len(named) > 1:
        raise Unreadable(f"a distribution has one family, got {' and '.join(named)}")
    family = named[0]
    inner = node.entries[family]
    if family == "discrete":
        return _discrete(inner, measure, quantity)
    names = FAMILIES[family]
    if inner.is_list:
        texts = [_text(item, measure.wanted) for item in inner.items]
        shape = names if family != "lognormal" else ("p5", "p95")
        if len(texts) != len(shape):
            raise Unreadable(f"{family} takes [{', '.join(shape)}], got {len(texts)} numbers")
    elif inner.is_map:
        for key in inner.entries:
            if key not in names:
                known = ", ".join(names)
                raise Unreadable(f"{family} takes {known}; unknown key {quoted(key)}", nearest(key, names))
        missing = [name for name in names if name not in inner.entries]
        if missing:
            raise Unreadable(f"{family} needs {' and '.join(missing)}")
        texts = [_text(inner.entries[name], measure.wanted) for name in names]
    else:
        raise Unreadable(f"{family} takes {{{', '.join(name + ': …' for name in names)}}}, got {inner.what()}")
    if family == "normal" or (family == "lognormal" and inner.is_map):
        middle, tag = measure.one(texts[0])
        _tag(quantity, tag)
        if family == "normal":
            quantity.distribution = families.Normal(middle, measure.spread(texts[1]))
        else:
            quantity.distribution = families.LogNormal(middle, parse_amount(texts[1], "x").value)
        return [middle]
    ends, tag = _agree([measure.one(text) for text in texts])
    _tag(quantity, tag)
    quantity.distribution = _family(family, ends)
    return ends


def _family(family: str, ends: list[float]) -> Distribution:
    if family == "uniform":
        return families.Uniform(*ends)
    if family == "loguniform":
        return families.LogUniform(*ends)
    if family == "triangular":
        return families.Triangular(*ends)
    if ends[0] <= 0:
        raise Unreadable("both ends of a lognormal must be above 0")
    return families.interval(*ends)


def _percentiles(node: Node, path: str, measure: Measure, quantity: Quantity, reading: Reading) -> list[float]:
    reading.unknown_keys(node, path, {*PERCENTILES, "family", *FACT_KEYS}, "percentiles")
    missing = [key for key in PERCENTILES if key not in node.entries]
    if missing:
        raise Unreadable(f"percentiles are p10, p50 and p90; {' and '.join(missing)} is missing")
    ends, tag = _agree([measure.one(_text(node.entries[key], measure.wanted)) for key in PERCENTILES])
    _tag(quantity, tag)
    family = node.entries.get("family")
    if family is not None and family.text not in ("normal", "lognormal"):
        near = nearest(family.text, ("normal", "lognormal"))
        raise Unreadable(f"the family of percentiles is normal or lognormal, got {family.what()}", near)
    log = family.text == "lognormal" if family is not None else ends[0] > 0 and parameter_is_number(measure)
    quantity.distribution = families.Percentiles(ends[0], ends[1], ends[2], log)
    return ends


def parameter_is_number(measure: Measure) -> bool:
    """Whether a ratio scale is measured (a date has no zero)."""
    return measure.wanted != DATE_EXAMPLE


def _discrete(inner: Node, measure: Measure, quantity: Quantity) -> list[float]:
    if not inner.is_map or not inner.entries:
        raise Unreadable(f"discrete takes {{value: weight, …}}, got {inner.what()}")
    values, tag = _agree([measure.one(key) for key in inner.entries])
    _tag(quantity, tag)
    weights = [parse_amount(_text(node, "a weight such as 0.5"), "share").value for node in inner.entries.values()]
    quantity.distribution = families.Discrete(tuple(values), tuple(weights))
    return values


def _text(node: Node, wanted: str) -> str:
    if node.is_scalar and not node.is_null:
        return node.text
    raise Unreadable(f"expected {wanted}, got {node.what()}")


def _flow(node: Node) -> str:
    """A distribution on one line, without its source."""
    if node.is_scalar:
        return node.text
    if node.is_list:
        return f"[{', '.join(_flow(item) for item in node.items)}]"
    inner = ", ".join(f"{key}: {_flow(item)}" for key, item in node.entries.items() if key not in FACT_KEYS)
    return f"{{{inner}}}"


def check_bounds(value: float, parameter: Parameter, text: str) -> None:
    """Raises `Unreadable` if a value is outside the declared bounds."""
    if parameter.unit not in ("date", "recurrence"):
        check_size(value, text)
    if parameter.unit == "day" and abs(value) > LONGEST_DAYS:
        raise Unreadable(f"must be at most 10,000 years, got {quoted(text)}")
    for bound, fails, words in (
        (parameter.above, lambda b: value <= b, "above"),
        (parameter.low, lambda b: value < b, "at least"),
        (parameter.high, lambda b: value > b, "at most"),
    ):
        if bound is not None and fails(bound):
            near = ""
            if parameter.unit == "share" and 1.0 < value <= 100.0 and _bare(text):
                near = text + "%"
            raise Unreadable(f"must be {words} {_bound(bound, parameter.unit)}, got {quoted(text)}", near)


def _bare(text: str) -> bool:
    try:
        parse_number(text)
    except Unreadable:
        return False
    return True


def _bound(bound: float, unit: str) -> str:
    if unit == "share":
        return f"{bound * 100:g}%"
    if unit in ("x", "x/year"):
        return f"{bound:g}" + ("x" if bound else "")
    return f"{bound:g}" if unit == "1" or not bound else f"{bound:g} {unit}"


def _check_recurrence(ends: list[float], quantity: Quantity) -> None:
    if min(ends) <= 0:
        raise Unreadable(f"a recurrence must be longer than 0, got {quoted(quantity.text)}")
    shortest = 1e-3 if quantity.unit == "month" else 1.0 / SECONDS_PER_DAY
    if min(ends) < shortest:
        raise Unreadable(f"a recurrence must be at least a second, got {quoted(quantity.text)}")
    if max(ends) * (DAYS_PER_MONTH if quantity.unit == "month" else 1.0) > LONGEST_RECURRENCE_DAYS:
        raise Unreadable(f"a recurrence is at most 1000 years, got {quoted(quantity.text)}")
