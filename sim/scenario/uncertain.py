"""How one number is written, certain or not: `80 GB`, `2 to 8`, `{normal: …}`, `{truncate: 2 to 8, max: 10}`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sim.base.units import DAYS_PER_MONTH
from sim.scenario import between, compound
from sim.scenario import distribution as families
from sim.scenario.dates import DATE_EXAMPLE, RECURRENCE_EXAMPLE, looks_like_date, parse_date, parse_recurrence
from sim.scenario.distribution import Distribution
from sim.scenario.problem import Unreadable, nearest, quoted
from sim.scenario.reading import Reading
from sim.scenario.shape import FACT_KEYS, FAMILIES, LIMITS, OPTIONAL, PERCENTILES, is_distribution
from sim.scenario.units import LONGEST_TEXT, expected, parse_amount, parse_number
from sim.scenario.yaml_tree import Node

Tagged = tuple[float, str | None]
"""A number with the accelerator, or the recurrence's unit, that its text names."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How a number of one unit is read from text.

    one: a single value. spread: a standard deviation. wanted: in words. interval: of `a to b`. ratio: whether it has a
    zero, so that factors of it have a meaning (a date has none).
    """

    unit: str
    one: Callable[[str], Tagged]
    spread: Callable[[str], Tagged]
    wanted: str
    interval: Callable[[float, float], Distribution]
    ratio: bool = True


@dataclass(frozen=True, slots=True)
class Written:
    """What a text or mapping says: a value, or a distribution.

    numbers: those that are written and must lie within the bounds of the field. tag: see `Tagged`.
    """

    numbers: list[float]
    tag: str | None
    value: float | None = None
    distribution: Distribution | None = None


def measure_of(unit: str, reading: Reading) -> Measure:
    """The measure of a canonical unit, or of `date` or `recurrence`."""
    if unit == "date":
        return Measure(
            unit,
            lambda text: (parse_date(text), None),
            lambda text: (parse_amount(text, "day").value, None),
            DATE_EXAMPLE,
            families.normal_interval,
            ratio=False,
        )
    if unit == "recurrence":
        return Measure(unit, parse_recurrence, parse_recurrence, RECURRENCE_EXAMPLE, families.interval)

    def one(text: str) -> Tagged:
        amount = parse_amount(text, unit, reading.accelerators)
        if amount.high is not None:
            raise Unreadable(f"expected one number, got the range {quoted(text)}")
        return amount.value, amount.accelerator

    return Measure(unit, one, one, expected(unit), families.interval)


def read_written(node: Node, measure: Measure, reading: Reading) -> Written:
    """What a node says. Raises `Unreadable`."""
    if node.is_scalar and not node.is_null:
        return _scalar(node.text, measure, reading)
    if is_distribution(node):
        return _distribution(node, measure, reading)
    raise _no_number(node, measure)


def _no_number(node: Node, measure: Measure) -> Unreadable:
    """What to say of a list or mapping that stands for one number."""
    if node.is_unreadable:
        return Unreadable("")
    if any(looks_like_date(key) for key in node.entries):
        return Unreadable(f"expected {measure.wanted}; this number does not change with time, so it takes no dates")
    if not node.is_map or not node.entries:
        return Unreadable(f"expected {measure.wanted}, got {node.what()}")
    key, inner = next(iter(node.entries.items()))
    message, near = f"expected {measure.wanted}, got a mapping of {quoted(key)}", nearest(key, FAMILIES)
    if not inner.is_scalar and not near:
        message += f" (distributions are {', '.join(FAMILIES)}, or p10, p50 and p90)"
    return Unreadable(message, near)


def _scalar(text: str, measure: Measure, reading: Reading) -> Written:
    if len(text) > LONGEST_TEXT:
        raise Unreadable(f"expected {measure.wanted}, got a text of {len(text):,} characters")
    parts = re.split(r"\s+to\s+", text.strip())
    if len(parts) == 1:
        number, tag = measure.one(text)
        return Written([number], tag, value=number)
    if measure.unit in ("date", "recurrence"):
        if len(parts) > 2:
            raise Unreadable(f"expected {measure.wanted}, got {quoted(text)}")
        if measure.unit == "recurrence" and re.fullmatch(r"[0-9.,_eE+]+", parts[0]):
            parts[0] += " " + re.sub(r"^[0-9.,_eE+]+", "", parts[1]).strip()
        ends, tag = _agree([measure.one(part) for part in parts])
    else:
        amount = parse_amount(text, measure.unit, reading.accelerators)
        assert amount.high is not None
        ends, tag = [amount.value, amount.high], amount.accelerator
    if not ends[0] < ends[1]:
        raise Unreadable(f"the low end of the range {quoted(text)} must be below its high end")
    return Written(ends, tag, distribution=measure.interval(*ends))


def _agree(numbers: list[Tagged]) -> tuple[list[float], str | None]:
    """Numbers with one tag: months beside days become days; accelerators must be the same."""
    tags = {tag for _, tag in numbers}
    if tags == {"month", "day"}:
        return [n * DAYS_PER_MONTH if tag == "month" else n for n, tag in numbers], "day"
    if len(tags) > 1:
        raise Unreadable("all numbers of a distribution must name the same accelerator")
    return [n for n, _ in numbers], next(iter(tags), None)


def _distribution(node: Node, measure: Measure, reading: Reading) -> Written:
    if any(key in node.entries for key in PERCENTILES):
        return _percentiles(node, measure)
    named = [key for key in FAMILIES if key in node.entries]
    if len(named) > 1:
        raise Unreadable(f"a distribution has one family, got {' and '.join(named)}")
    family = named[0]
    inner = node.entries[family]
    if family == "truncate":
        return _truncated(node, measure, reading)
    if family == "discrete":
        return _discrete(inner, measure)
    if family == "mixture":
        return _mixture(inner, measure, reading)
    if family == "empirical":
        return _empirical(inner, measure)
    if family in ("lognormal", "loguniform") and not measure.ratio:
        raise Unreadable(f"a date has no zero, so it cannot be {family}: take normal, uniform or triangular")
    texts = _parameters(family, inner, measure)
    if family == "beta":
        return _beta(texts, measure)
    if family == "normal" or (family == "lognormal" and inner.is_map):
        middle, tag = measure.one(texts[0])
        if family == "normal":
            spread, spread_tag = measure.spread(texts[1])
            (middle, spread), tag = _agree([(middle, tag), (spread, spread_tag or tag)])
            return Written([middle], tag, distribution=families.Normal(middle, spread))
        return Written([middle], tag, distribution=families.LogNormal(middle, parse_amount(texts[1], "x").value))
    ends, tag = _agree([measure.one(text) for text in texts])
    return Written(ends, tag, distribution=_family(family, ends))


def _parameters(family: str, inner: Node, measure: Measure) -> list[str]:
    """The texts of a family's parameters, in their order."""
    names, optional = FAMILIES[family], OPTIONAL.get(family, ())
    if inner.is_list:
        texts = [_text(item, measure.wanted) for item in inner.items]
        shape = names if family != "lognormal" else ("p5", "p95")
        if len(texts) not in (len(shape), len(shape) + len(optional)):
            raise Unreadable(f"{family} takes [{', '.join(shape)}], got {len(texts)} numbers")
        return texts
    if not inner.is_map:
        raise Unreadable(f"{family} takes {{{', '.join(name + ': …' for name in names)}}}, got {inner.what()}")
    known = (*names, *optional)
    for key in inner.entries:
        if key not in known:
            message = f"{family} takes {', '.join(known)}; unknown key {quoted(key)}"
            raise Unreadable(message, nearest(key, known))
    wanted = known if any(name in inner.entries for name in optional) else names
    missing = [name for name in wanted if name not in inner.entries]
    if missing:
        raise Unreadable(f"{family} needs {' and '.join(missing)}")
    return [_text(inner.entries[name], measure.wanted) for name in wanted]


def _family(family: str, ends: list[float]) -> Distribution:
    if family == "uniform":
        return between.Uniform(*ends)
    if family == "loguniform":
        return between.LogUniform(*ends)
    if family == "triangular":
        return between.Triangular(*ends)
    if family == "pert":
        return between.pert(*ends)
    if ends[0] <= 0:
        raise Unreadable("both ends of a lognormal must be above 0")
    return families.interval(*ends)


def _beta(texts: list[str], measure: Measure) -> Written:
    alpha, beta = parse_number(texts[0]), parse_number(texts[1])
    if len(texts) == 2:
        if measure.unit not in ("share", "1"):
            raise Unreadable("a beta lies between 0 and 1: for this field state its `low` and `high` too")
        return Written([], None, distribution=between.Beta(alpha, beta))
    ends, tag = _agree([measure.one(text) for text in texts[2:]])
    return Written(ends, tag, distribution=between.Beta(alpha, beta, *ends))


def _percentiles(node: Node, measure: Measure) -> Written:
    known = (*PERCENTILES, "family", *FACT_KEYS)
    for key in node.entries:
        if key not in known:
            raise Unreadable(f"unknown key {quoted(key)} in percentiles", nearest(key, known))
    missing = [key for key in PERCENTILES if key not in node.entries]
    if missing:
        raise Unreadable(f"percentiles are p10, p50 and p90; {' and '.join(missing)} is missing")
    ends, tag = _agree([measure.one(_text(node.entries[key], measure.wanted)) for key in PERCENTILES])
    family = node.entries.get("family")
    if family is not None and family.text not in ("normal", "lognormal"):
        near = nearest(family.text, ("normal", "lognormal"))
        raise Unreadable(f"the family of percentiles is normal or lognormal, got {family.what()}", near)
    if family is not None and family.text == "lognormal" and not measure.ratio:
        raise Unreadable("a date has no zero, so it cannot be lognormal: leave `family` out")
    log = family.text == "lognormal" if family is not None else ends[0] > 0 and measure.ratio
    return Written(ends, tag, distribution=families.Percentiles(ends[0], ends[1], ends[2], log))


def _discrete(inner: Node, measure: Measure) -> Written:
    if not inner.is_map or not inner.entries:
        raise Unreadable(f"discrete takes {{value: weight, …}}, got {inner.what()}")
    values, tag = _agree([measure.one(key) for key in inner.entries])
    return Written(values, tag, distribution=compound.Discrete(values, _weights(list(inner.entries.values()))))


ROUNDED = 0.01
"""So far from 100% may percentages add up that somebody rounded: 33%, 33%, 33%."""


def _weights(nodes: list[Node]) -> list[float]:
    """Weights, of which the ratio counts; where all are percentages somebody means shares of a whole."""
    texts = [_text(node, "a weight such as 0.5") for node in nodes]
    weights = [parse_amount(text, "share").value for text in texts]
    total = sum(weights)
    if total > 0.0 and abs(total - 1.0) > ROUNDED + 1e-9 and all(text.strip().endswith("%") for text in texts):
        raise Unreadable(f"the weights add up to {100.0 * total:.6g}%, not to 100%; as plain numbers, such as 7 and 3, "
                         "only their ratio counts")  # fmt: skip
    return weights


def _empirical(inner: Node, measure: Measure) -> Written:
    if not inner.is_list:
        raise Unreadable(f"empirical takes a list of values or {{csv: FILE, value: COLUMN}}, got {inner.what()}")
    found = []
    for item in inner.items:
        try:
            found.append(measure.one(_text(item, measure.wanted)))
        except Unreadable as error:  # which of many values, and on which line of a CSV file
            raise Unreadable(error.message, error.nearest, item.place) from None
    values, tag = _agree(found)
    return Written(values, tag, distribution=compound.Empirical(values))


def _mixture(inner: Node, measure: Measure, reading: Reading) -> Written:
    """`{2 to 8: 70%, 20 to 80: 30%}`, or a list of `{value: …, weight: …}`."""
    parts: list[Written] = []
    if inner.is_map and inner.entries:
        parts = [_scalar(key, measure, reading) for key in inner.entries]
        weights = _weights(list(inner.entries.values()))
    elif inner.is_list and inner.items:
        for item in inner.items:
            if not item.is_map or set(item.entries) != {"value", "weight"}:
                raise Unreadable(f"each part of a mixture is {{value: …, weight: …}}, got {_flow_short(item)}")
            parts.append(read_written(item.entries["value"], measure, reading))
        weights = _weights([item.entries["weight"] for item in inner.items])
    else:
        raise Unreadable(f"mixture takes {{2 to 8: 70%, 20 to 80: 30%}}, got {inner.what()}")
    tags = {part.tag for part in parts}
    if len(tags) > 1:
        raise Unreadable("all parts of a mixture must name the same unit or accelerator")
    distributions = [part.distribution or compound.Certain(part.numbers[0]) for part in parts]
    numbers = [number for part in parts for number in part.numbers]
    return Written(numbers, tags.pop(), distribution=compound.Mixture(distributions, weights))


def _truncated(node: Node, measure: Measure, reading: Reading) -> Written:
    """`{truncate: 2 to 8, min: 1, max: 10}`: of what is written, only what lies between."""
    limits = [key for key in LIMITS if key in node.entries]
    if not limits:
        raise Unreadable("truncate needs `min`, `max` or both, beside it")
    inner = read_written(node.entries["truncate"], measure, reading)
    if inner.distribution is None:
        raise Unreadable("truncate takes a distribution, such as 2 to 8; one number has nothing to cut off")
    found = {"min": -float("inf"), "max": float("inf")}
    for key in limits:
        number, tag = measure.one(_text(node.entries[key], measure.wanted))
        if tag != inner.tag and tag is not None:
            raise Unreadable(f"`{key}` must be in the unit of what it cuts off")
        found[key] = number
    low, high = found["min"], found["max"]
    numbers = [min(high, max(low, number)) for number in inner.numbers]
    return Written(numbers, inner.tag, distribution=compound.Truncated(inner.distribution, low, high))


def _text(node: Node, wanted: str) -> str:
    if node.is_scalar and not node.is_null:
        return node.text
    raise Unreadable(f"expected {wanted}, got {node.what()}")


def _flow_short(node: Node) -> str:
    return f"a mapping of {', '.join(node.entries)}" if node.is_map else node.what()
