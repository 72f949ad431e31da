"""One number of a scenario, with its source: `80 GB`, `2 to 8`, `{value: …, source: …}`; a date; a recurrence."""

from __future__ import annotations

from sim.model.declare import Parameter, parameters
from sim.model.intervention import Intervention
from sim.scenario.bounds import check_bounds, check_recurrence
from sim.scenario.derive import RestsOnUnreadable, as_name, formula_meant, read_formula
from sim.scenario.problem import Unreadable, nearest
from sim.scenario.quantity import Quantity
from sim.scenario.reading import Facts, Reading
from sim.scenario.shape import FACT_KEYS, FORMULA, WRAPPER_KEYS, is_distribution, is_formula, is_wrapper
from sim.scenario.spread import check_spread
from sim.scenario.uncertain import measure_of, read_written
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
    if is_distribution(node) or is_formula(node):
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
    if is_formula(node) or as_name(node, reading):
        return _derived(quantity, node, parameter, path, reading)
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
            check_recurrence(found.numbers, quantity, quantity.text)
        if quantity.distribution is not None:
            check_spread(quantity, quantity.distribution, parameter)
    except Unreadable as error:
        reading.bad(node, path, _meant(_share_instead(error, node, parameter), node, reading))
        return None
    return quantity


def _derived(quantity: Quantity, node: Node, parameter: Parameter, path: str, reading: Reading) -> Quantity | None:
    """The quantity with its formula; None, with its problem reported, if that does not hold in the central case."""
    if node.is_map:
        rest = [key for key, inner in node.entries.items() if key not in (FORMULA, *FACT_KEYS) and inner.is_null]
        if rest:  # {formula: min(a, b)}
            whole = ", ".join([node.entries[FORMULA].text, *rest])
            message = f"in {{ }} a comma ends a text: put the formula in quotes, as in {{formula: \"{whole}\"}}"
            reading.problems.add(node.entries[FORMULA].place, path, message)
            return None
        reading.unknown_keys(node, path, (FORMULA, *FACT_KEYS), "a formula")
        node = node.entries[FORMULA]
    try:
        read_formula(quantity, node, parameter, reading)
    except RestsOnUnreadable:
        return None  # which is reported where it stands
    except Unreadable as error:
        reading.bad(node, path, error)
        return None
    return quantity


def _meant(error: Unreadable, node: Node, reading: Reading) -> Unreadable:
    """An error that names the quantity under `quantities:` which a word that is no number probably means, or says how
    a formula of them is written.
    """
    if node.is_scalar and not error.nearest and (formula := formula_meant(node.text, reading)):
        return Unreadable(error.message, formula)
    if error.nearest or not node.is_scalar or not node.text.replace("_", "a").isalnum() or node.text[:1].isdigit():
        return error
    return Unreadable(error.message, nearest(node.text, reading.names))


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
