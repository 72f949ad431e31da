"""A scenario from its files: layers laid on each other, read, completed and checked."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence

from sim.model.draw import Draw
from sim.scenario import catalog
from sim.scenario.check import check
from sim.scenario.check_circles import check_circles, rests_on_models
from sim.scenario.check_extent import blocks_in, check_extent
from sim.scenario.check_start import begun_before, check_start
from sim.scenario.complete import accelerator_spec, complete, types_used
from sim.scenario.correlation import KEY as CORRELATIONS
from sim.scenario.correlation import read_correlations
from sim.scenario.csv_series import inline
from sim.scenario.emit import emit
from sim.scenario.files import LARGEST_BYTES
from sim.scenario.input_order import KEY as INPUT_ORDER
from sim.scenario.input_order import read_input_order
from sim.scenario.layers import LAYER_KEYS, base_of, named, read_layers
from sim.scenario.named import KEY as QUANTITIES
from sim.scenario.named import read_named
from sim.scenario.policy_source import inline_policies
from sim.scenario.problem import Place, Problems, ScenarioError, join
from sim.scenario.quantity import Timeline
from sim.scenario.reader import read_block
from sim.scenario.reading import Facts, Reading
from sim.scenario.scenario import Scenario
from sim.scenario.setting import apply
from sim.scenario.spec import Spec, sourced
from sim.scenario.start import read_start
from sim.scenario.yaml_tree import MOST_NODES, Node

ROOT_KEYS = ("start", "sources", CORRELATIONS, INPUT_ORDER, *LAYER_KEYS)
"""Keys of a scenario besides the declared ones."""


def load(
    file: str | os.PathLike[str],
    *,
    overlays: Sequence[str | os.PathLike[str]] = (),
    sets: Sequence[str] = (),
    policies: Mapping[str, str] | None = None,
    text: str | None = None,
) -> Scenario:
    """The scenario in a YAML file, with overlays laid on it and then settings made.

    overlays: YAML files, each laid on what is there. sets: changes of one value each, such as
    `labs.Aurora.use.training=20%`; of a lab's `use` the other shares are scaled. policies: lab -> a built-in policy's
    name or `FILE.py:FUNCTION`, in place of the lab's policy. text: the file's content, if it is not to be read (`file`
    then names it, and places what it refers to). Code of policies is read, and run only by `simulate`.
    Raises `ScenarioError` with every problem found.
    """
    path = os.fspath(file)
    problems = Problems()
    tree, name = read_layers(path, [os.fspath(overlay) for overlay in overlays], text, problems)
    below: tuple[str, ...] = ()
    if overlays or sets or policies:
        below = _input_order(path, text)
    elif (base := base_of(path, text, Problems())) is not None:
        below = _input_order(base)
    return finish(path, tree, name, sets, policies, problems, below)


def _input_order(file: str, text: str | None = None) -> tuple[str, ...]:
    """That of what others are laid on; none if it is no scenario by itself."""
    try:
        return load(file, text=text).input_order
    except ScenarioError:
        return ()


def finish(
    path: str, tree: Node, name: str, sets: Sequence[str], policies: Mapping[str, str] | None, problems: Problems,
    below: Sequence[str] = (),
) -> Scenario:  # fmt: skip
    """The scenario of a merged tree, with settings and policies put in place, read and checked.

    below: the `input_order` of what it was before anything was laid on it.
    """
    tree = named(tree, name)
    if sets:
        changed = apply(tree, sets, problems)
        tree = changed if changed.get("name") is not None else named(changed, name)
    for lab, policy in (policies or {}).items():
        setting = f"labs.{lab}.policy={json.dumps(policy, ensure_ascii=False)}"
        tree = apply(tree, [setting], problems, f"--policy {lab}")
    whole = inline_policies(inline(tree, problems), problems)
    if whole is not tree:
        tree = whole
        _check_effective(tree, path, problems)
    reading = Reading(problems, _sources(tree, problems), _types(tree))
    read_named(tree.get(QUANTITIES), reading)
    start = read_start(tree, reading)
    ordinal = float(start.toordinal()) if start is not None else None
    root = read_block(Draw, tree, "", tree.place, Facts(), reading, start=ordinal, extra=ROOT_KEYS)
    complete(root, reading, ordinal)
    check(root, ordinal, reading)
    order = dict.fromkeys((*below, *read_input_order(tree.get(INPUT_ORDER), problems)))
    if ordinal is not None:
        check_extent(root, ordinal, problems)
    accelerators = {}
    for kind in types_used(root):
        spec = accelerator_spec(root, kind, reading)
        if spec is not None:
            accelerators[kind] = spec
    problems.stop_if_any()
    assert start is not None
    scenario = Scenario(path, tree, root, start, accelerators, list(order))
    derived = [row.path for row in scenario.inputs if row.derived]
    scenario.correlations = read_correlations(
        tree.get(CORRELATIONS), scenario.uncertain, _together(root), problems, derived
    )
    problems.stop_if_any()
    day = float(start.toordinal())
    begun, rests = begun_before(root, day), rests_on_models(root, day)
    if (begun or rests) and not scenario.user_policies:  # code is run by `simulate` only
        if begun:
            check_start(begun, scenario.draw(), problems)
        if rests:
            check_circles(root, day, scenario.draw(), problems)
        problems.stop_if_any()
    return scenario


def _check_effective(tree: Node, path: str, problems: Problems) -> None:
    """A problem if the effective scenario could not be read again: a CSV may be larger than a scenario file."""
    text = emit(tree)
    size, values = len(text.encode()), 2 * text.count("\n")
    if size > LARGEST_BYTES or values > MOST_NODES:
        most = f"{LARGEST_BYTES:,} bytes and {MOST_NODES:,} keys and values"
        message = f"with its CSV series and policies in place it has {size:,} bytes and {values:,} keys and values"
        problems.add(Place(path), "", f"{message}; at most {most} can be read again: take fewer rows")
        problems.stop_if_any()


def _types(tree: Node) -> list[str]:
    """Accelerators that the unit of a count may name."""
    own = tree.get("accelerators")
    return [*catalog.names(), *(own.entries if own is not None and own.is_map else ())]


def _sources(tree: Node, problems: Problems) -> dict[str, str]:
    """Short name -> full text, from `sources:`."""
    node = tree.get("sources")
    if node is None:
        return {}
    if not node.is_map:
        problems.add(node.place, "sources", f"expected a mapping of short names to texts, got {node.what()}")
        return {}
    for key, item in node.entries.items():
        if not item.is_scalar:
            problems.add(item.place, join("sources", key), f"expected a text, got {item.what()}")
    return {key: item.text for key, item in node.entries.items() if item.is_scalar}


def _together(spec: Spec) -> list[Timeline]:
    """The series whose values are correlated in time."""
    found: dict[int, Timeline] = {}
    for block in blocks_in(spec, set()):
        for value in block.values.values():
            for item in sourced(value):
                if isinstance(item, Timeline) and item.correlation:
                    found[id(item)] = item
    return list(found.values())
