"""One number of a scenario, with its source: `80 GB`, `2 to 8`, `{value: …, source: …}`; a date; a recurrence."""

from __future__ import annotations

from sim.base.units import DAYS_PER_MONTH, SECONDS_PER_DAY
from sim.model.declare import Parameter, parameters
from sim.model.intervention import Intervention
from sim.scenario.dates import LONGEST_DAYS, LONGEST_RECURRENCE_DAYS
from sim.scenario.problem import Unreadable, quoted
from sim.scenario.quantity import Quantity
from sim.scenario.reading import Facts, Reading
from sim.scenario.shape import FACT_KEYS, WRAPPER_KEYS, is_distribution, is_wrapper
from sim.scenario.spread import bound_text, check_spread
from sim.scenario.uncertain import measure_of, read_written
from sim.scenario.units import check_size, parse_number
from sim.scenario.yaml_tree import Node


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
    if is_distribution(node):
        facts = reading.facts(node, facts, path)
    quantity = Quantity(
        path=path,
        unit=parameter.unit,
        text=_flow(node),
        source=facts.source,
        note=facts.note,
        guess=facts.guess,
        origin=reading.origin_of(node.place),
        stated=reading.stated(node.place),
        place=outer.place,
        recurs=parameter.unit == "recurrence",
        low=parameter.low,
        high=parameter.high,
    )
    try:
        found = read_written(node, measure_of(parameter.unit, reading), reading)
        quantity.value, quantity.distribution = found.value, found.distribution
        if found.tag in ("month", "day"):
            quantity.unit = found.tag
        else:
            quantity.accelerator = found.tag
        for number in found.numbers:
            check_bounds(number, parameter, quantity.text)
        if quantity.recurs:
            _check_recurrence(found.numbers, quantity)
        if quantity.distribution is not None:
            check_spread(quantity, quantity.distribution, parameter)
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
            raise Unreadable(f"must be {words} {bound_text(bound, parameter.unit)}, got {quoted(text)}", near)


def _bare(text: str) -> bool:
    try:
        parse_number(text)
    except Unreadable:
        return False
    return True


def _check_recurrence(ends: list[float], quantity: Quantity) -> None:
    if min(ends) <= 0:
        raise Unreadable(f"a recurrence must be longer than 0, got {quoted(quantity.text)}")
    shortest = 1e-3 if quantity.unit == "month" else 1.0 / SECONDS_PER_DAY
    if min(ends) < shortest:
        raise Unreadable(f"a recurrence must be at least a second, got {quoted(quantity.text)}")
    longest = LONGEST_RECURRENCE_DAYS / (DAYS_PER_MONTH if quantity.unit == "month" else 1.0)
    if max(ends) > longest:
        raise Unreadable(f"a recurrence is at most 1000 years, got {quoted(quantity.text)}")
    quantity.low, quantity.high = shortest, longest
