"""What docs/ and the README say of a field between backticks, as in `runs: {every: 9 to 15 months}`, can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from sim.model.declare import Parameter, parameters
from sim.model.draw import Draw
from sim.scenario import catalog
from sim.scenario.problem import Problems
from sim.scenario.reader import read_value
from sim.scenario.reading import Facts, Reading
from sim.scenario.yaml_tree import Node, parse
from tests.cli.command import ROOT

START = float(date(2026, 1, 1).toordinal())


def declared(of: type, seen: set[type]) -> Iterator[Parameter]:
    """Every parameter of a block and of the blocks in it."""
    if of not in seen:
        seen.add(of)
        for parameter in parameters(of).values():
            yield parameter
            if parameter.of is not None:
                yield from declared(parameter.of, seen)


def why_not(node: Node, parameter: Parameter) -> str:
    """Why a value cannot be read as that of a parameter; empty if it can."""
    reading = Reading(Problems(), {}, tuple(catalog.names()))
    read_value(node, parameter, parameter.key, Facts(), reading, START, fill=False)
    return reading.problems.found[0].message if reading.problems.found else ""


def test_values_of_fields_in_running_text_can_be_read() -> None:
    known: dict[str, list[Parameter]] = {}
    for parameter in declared(Draw, set()):
        known.setdefault(parameter.key, []).append(parameter)
    found = 0
    for page in (*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"):
        text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for written in re.findall(r"`(\w+: [^`]*\d[^`]*)`", text):
            if re.search(r"\.\.\.|…|\b(NAME|LEVEL|LAB|DATE|FILE|COLUMN|TEXT|UNIT)\b", written):
                continue  # something is left out, or stands for something else
            tree = parse("{" + " ".join(written.split()) + "}", page.name)
            assert tree is not None
            for key, node in tree.entries.items():
                told = [why_not(node, parameter) for parameter in known.get(key, ())]
                assert not (told and all(told)), f"{page.name}: `{written}`: {told[0]}"
                found += bool(told)
    assert found >= 15
