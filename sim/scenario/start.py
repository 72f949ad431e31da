"""The first day of a scenario: the one key that is not declared, as everything else counts from it."""

from __future__ import annotations

import re
from datetime import date

from sim.model.declare import parameters
from sim.model.draw import Draw
from sim.scenario.dates import DATE_EXAMPLE, parse_date
from sim.scenario.problem import Unreadable, nearest, quoted
from sim.scenario.reading import Facts, Reading
from sim.scenario.spec import Input
from sim.scenario.values import unwrap
from sim.scenario.yaml_tree import Node


def read_start(tree: Node, reading: Reading) -> date | None:
    """The day; None if there is none, or none that can be read (which is reported)."""
    node = tree.get("start")
    if node is None:
        known = ("start", *(parameter.key for parameter in parameters(Draw).values()))
        if not any(key not in known and nearest(key, known) == "start" for key in tree.entries):  # misspelt: told there
            reading.problems.add(tree.place, "start", "`start` is missing: the first day of the simulation")
        return None
    node, _ = unwrap(node, "start", Facts(), reading)
    try:
        if not node.is_scalar:
            what = "a CSV series" if node.from_csv else node.what()
            raise Unreadable(f"expected {DATE_EXAMPLE}, got {what}")
        if re.search(r"\sto\s", node.text):
            raise Unreadable(f"the start is one day, not a range, got {quoted(node.text)}")
        day = parse_date(node.text)
        if day != int(day):
            raise Unreadable(f"the start is a whole day, got {quoted(node.text)}")
    except Unreadable as error:
        reading.bad(node, "start", error)
        return None
    return date.fromordinal(int(day))


def start_input(tree: Node) -> Input:
    """It as an input among the others."""
    reading = Reading()
    node, facts = unwrap(tree.entries["start"], "start", Facts(), reading)
    return Input(
        path="start",
        text=node.text,
        unit="date",
        source=facts.source,
        note=facts.note,
        guess=facts.guess,
        origin=reading.origin_of(node.place),
        stated=True,
        uncertain=False,
        parameter="start",
        meaning="first day of the simulation",
    )
