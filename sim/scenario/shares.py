"""Changing one share of a mapping of shares: the others are scaled so that their total stays."""

from __future__ import annotations

from sim.scenario.problem import Place, Problems, Unreadable, join
from sim.scenario.shape import FACT_KEYS, is_wrapper
from sim.scenario.units import parse_amount
from sim.scenario.yaml_tree import Node, scalar

ROUNDING = 1e-9


def scale(old: Node, new: Node, changed: set[str], place: Place, path: str, problems: Problems) -> Node:
    """`new` with every share that is not in `changed` scaled, so that the total is that of `old`.

    Shares that are dated, uncertain or derived cannot be scaled: that is a problem, unless all are in `changed`.
    """
    names = [key for key in new.entries if key not in FACT_KEYS]
    others = [key for key in names if key not in changed]
    if not others or not new.is_map or not old.is_map:
        return new
    before = {key: _share(node) for key, node in old.entries.items() if key not in FACT_KEYS}
    after = {key: _share(new.entries[key]) for key in changed if key in new.entries}
    moving = [key for key in sorted({*before, *after}) if (after if key in changed else before).get(key, 0.0) is None]
    moving += [key for key in sorted(changed & set(before)) if before[key] is None and key not in moving]
    if moving:
        which = " and ".join(f"`{key}`" for key in moving)
        verb = "is" if len(moving) == 1 else "are"
        everything = ", ".join(f"`{key}`" for key in names)
        why = f"{which} {verb} dated, uncertain or derived"
        message = f"the other shares cannot be scaled, since {why}: set all of {everything}"
        problems.add(place, path, message)
        return new
    total = sum(value or 0.0 for value in before.values())
    rest = sum(before.get(key) or 0.0 for key in others)
    wanted = sum(value or 0.0 for value in after.values())
    if wanted > total + ROUNDING:
        message = f"{wanted:.4g} is more than the shares' total of {total:.4g}, which stays; set the others too"
        problems.add(place, path, message)
        return new
    factor = max(0.0, total - wanted) / rest if rest > 0.0 else 1.0
    scaled = Node("map", new.place, entries=dict(new.entries), keys=dict(new.keys))
    for key in others:
        share = before.get(key)
        assert share is not None
        scaled.entries[key] = _scaled(new.entries[key], share * factor, share, place)
    return scaled


def _share(node: Node) -> float | None:
    """The share that a node states; None if it is dated, uncertain or unreadable."""
    node = node.entries["value"] if is_wrapper(node) else node
    if not node.is_scalar:
        return None
    try:
        amount = parse_amount(node.text, "share")
    except Unreadable:
        return None
    return None if amount.high is not None else amount.value


def _scaled(node: Node, share: float, before: float, place: Place) -> Node:
    result = Node("map", place, entries=dict(node.entries), keys=dict(node.keys)) if is_wrapper(node) else None
    if result is None:
        result = Node("map", place)
    result.put("value", scalar(repr(share), place), place)
    note = f"scaled from {before:.6g} by {join(place.file, '')}".rstrip(".")
    result.put("note", scalar(note, place, plain=False), place)
    return result
