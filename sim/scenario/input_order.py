"""The order in which uncertain inputs came to be known: each keeps its Sobol dimension, whatever is added later.

Those of the file come first, as they stand in it, the quantities that it names last; then what is laid over it adds.
Where a scenario is written in one piece that order is no longer seen in the text, and is stated:

    input_order: [labs.Aurora.runs.length, labs.Aurora.compute.grows, ...]

Those that any scenario has by default are not among them: each has a dimension of its own, used or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from sim.model.draw import Draw
from sim.scenario.named import KEY as QUANTITIES
from sim.scenario.problem import NOWHERE, Place, Problems, Unreadable, quoted
from sim.scenario.quantity import Quantity, Timeline
from sim.scenario.reader import read_block
from sim.scenario.reading import Facts, Reading
from sim.scenario.spec import Spec, quantities_in
from sim.scenario.yaml_tree import Node, scalar

KEY = "input_order"


def read_input_order(node: Node | None, problems: Problems) -> list[str]:
    """The paths that a scenario states; a problem for what is no list of different paths."""
    if node is None:
        return []
    found: dict[str, None] = {}
    try:
        if not node.is_list:
            raise Unreadable(f"expected a list of inputs' paths, as in [software.training]; got {node.what()}")
        for item in node.items:
            if not item.is_scalar or item.is_null:
                raise Unreadable(f"expected the path of an input, got {item.what()}")
            if item.text in found:
                raise Unreadable(f"{quoted(item.text)} is listed twice")
            found[item.text] = None
    except Unreadable as error:
        problems.add(node.place, KEY, error.message)
    return list(found)


def with_input_order(tree: Node, order: Sequence[str]) -> Node:
    """A tree that states an order; the tree itself where there is none to state."""
    if len(order) < 2:
        return tree
    stated = Node("list", tree.place, items=[scalar(path) for path in order])
    return Node("map", tree.place, entries={**tree.entries, KEY: stated}, keys={**tree.keys, KEY: tree.place})


@cache
def of_any_scenario() -> dict[str, None]:
    """Paths of the inputs that are uncertain by default in every scenario, in the order of the declarations."""
    root = read_block(Draw, None, "", NOWHERE, Facts(), Reading(), start=0.0)
    return {item.path: None for item in quantities_in(root) if item.uncertain}


def dimensions(order: Sequence[str]) -> dict[str, int]:
    """Path -> Sobol dimension, counted from 0, of inputs in an order and of the defaults of any scenario.

    They take turns, so that both have low ones: pairs of these are spread most evenly.
    """
    defaults = of_any_scenario()
    found = {path: 2 * k + 1 for k, path in enumerate(defaults)}
    for k, path in enumerate(order):
        found[path] = k + min(k, len(defaults))
    return found


def as_they_stand(tree: Node, blocks: Sequence[Spec]) -> list[str]:
    """Paths of the uncertain inputs of what was read from a tree, in its order; a default stands where its block does.

    What stands nowhere in the tree (of a catalog) comes after that, and last the quantities that the scenario names:
    one that is named draws nothing else anew, though names stand first in many a file.
    """
    places: dict[Place, int] = {}
    for node in _walk(tree):
        places.setdefault(node.place, len(places))
    found: dict[str, int] = {}
    for block in blocks:
        for item, place in _placed(block, places, len(places)):
            if item.uncertain:
                found.setdefault(item.path, place)
    return sorted(found, key=lambda path: (path.startswith(f"{QUANTITIES}."), found[path]))


def _walk(tree: Node) -> Iterator[Node]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed([*node.entries.values(), *node.items])


def _placed(value: object, places: dict[Place, int], outer: int) -> Iterator[tuple[Quantity, int]]:
    if isinstance(value, Quantity):
        yield value, places.get(value.place, outer)
    elif isinstance(value, Timeline):
        for quantity in value.quantities():
            yield quantity, places.get(quantity.place, outer)
    elif isinstance(value, Spec):
        yield from _placed(value.values, places, places.get(value.place, outer))
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _placed(each, places, outer)
