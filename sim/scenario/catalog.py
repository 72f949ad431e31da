"""The catalog of accelerators and levels for every scenario, read like a scenario but with origin `catalog`."""

from __future__ import annotations

import functools
from importlib import resources

from sim.model.accelerator import Accelerator
from sim.model.declare import parameters
from sim.model.draw import Draw
from sim.model.level import Level
from sim.scenario.problem import ScenarioError
from sim.scenario.reader import read_value
from sim.scenario.reading import Facts, Reading
from sim.scenario.spec import Spec
from sim.scenario.yaml_tree import Node, parse

FILE = "catalog.yaml"


@functools.lru_cache(maxsize=1)
def _tree() -> Node:
    text = resources.files("sim.scenario").joinpath(FILE).read_text(encoding="utf-8")
    root = parse(text, FILE)
    assert root is not None
    return root


@functools.lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Names of the catalog's accelerators."""
    return tuple(_tree().entries["accelerators"].entries)


@functools.lru_cache(maxsize=1)
def level_names() -> tuple[str, ...]:
    """Names of the catalog's levels of capability."""
    return tuple(_tree().entries["levels"].entries)


@functools.lru_cache(maxsize=16)
def level(name: str) -> Spec | None:
    """The catalog's entry of one level of capability; None if it has none."""
    return _entry("levels", name, Level) if name in level_names() else None


@functools.lru_cache(maxsize=64)
def accelerator(name: str) -> Spec | None:
    """The catalog's entry of one accelerator; None if it has none."""
    return _entry("accelerators", name, Accelerator) if name in names() else None


def _entry(kind: str, name: str, of: type) -> Spec:
    """An entry of one of the catalog's mappings, read as in a scenario."""
    tree = _tree()
    entry = tree.entries[kind].entries[name]
    sources = {key: node.text for key, node in tree.entries["sources"].entries.items()}
    reading = Reading(sources=sources, origin="catalog")
    named = Node("map", entry.place, entries={name: entry}, keys={name: entry.place})
    found = read_value(named, parameters(Draw)[kind], kind, Facts(), reading, None)
    if reading.problems.found:
        raise ScenarioError(reading.problems.found)
    spec: Spec = found[name]
    assert spec.of is of
    return spec
