"""When something begins or ends: a date, or words such as `when any lab reaches automated_coder` or `at deal`."""

from __future__ import annotations

from dataclasses import replace

from sim.model.declare import Parameter
from sim.model.intervention import trigger_of
from sim.scenario.dates import DATE_EXAMPLE
from sim.scenario.plain import read_plain
from sim.scenario.problem import Unreadable, quoted
from sim.scenario.quantity import Plain, Quantity
from sim.scenario.reading import Facts, Reading
from sim.scenario.values import read_quantity, unwrap
from sim.scenario.yaml_tree import Node

FORMS = ("`when any lab reaches LEVEL`, `when LAB reaches LEVEL`, `at MILESTONE`, `when INTERVENTION ends` or `when "
         "INTERVENTION breaks`")  # fmt: skip


def read_trigger(
    node: Node, parameter: Parameter, path: str, facts: Facts, reading: Reading
) -> Quantity | Plain | None:
    """The date or the words that a node writes; None, with its problem reported, if it is neither."""
    inner, _ = unwrap(node, path, facts, Reading())
    words = inner.is_scalar and not inner.is_null and inner.text[:1].isalpha() and inner.text not in reading.names
    if not words:
        return read_quantity(node, parameter, path, facts, reading)
    if trigger_of(inner.text) is None:
        message = f"expected {DATE_EXAMPLE}, {FORMS}; got {quoted(inner.text)}"
        reading.bad(inner, path, Unreadable(message))
        return None
    return read_plain(node, replace(parameter, kind="text"), path, facts, reading)
