"""Policies in a user's own Python file: found, read as text, checked without running anything.

    policy: my_policy.py:allocate
    policy: {file: my_policy.py, function: allocate, options: {patience: 60}}

The file is read relative to the one that names it. In the effective scenario its text stands beside its name, as
`text:`, and the file is not read again. The code runs only when the scenario is simulated (`policy_code`).
"""

from __future__ import annotations

import ast
import dataclasses
import re
import warnings
from collections.abc import Iterator
from typing import Any

from sim.model.declare import Parameter
from sim.model.policy import UserPolicy
from sim.scenario.files import beside, read_text
from sim.scenario.problem import Place, Problems, ScenarioError, Unreadable, join, nearest, quoted
from sim.scenario.quantity import Plain
from sim.scenario.reading import Facts, Reading
from sim.scenario.shape import FACT_KEYS, POLICY_KEYS, is_wrapper
from sim.scenario.units import parse_number
from sim.scenario.values import unwrap
from sim.scenario.yaml_tree import Node, mapping, scalar

LARGEST_BYTES = 200_000
"""A policy file above this is refused unread: its text must fit into an effective scenario."""

_NAMED = re.compile(r"(?P<file>.+\.py):(?P<function>[^:\\/]+)")


def inline_policies(tree: Node, problems: Problems) -> Node:
    """The tree with the text of each lab's policy file put beside its name; the same node if there is none."""
    labs = tree.get("labs")
    if labs is None or not labs.is_map:
        return tree
    changed = dict(labs.entries)
    for name, lab in labs.entries.items():
        node = lab.get("policy") if lab.is_map else None
        made = _inlined(node, problems, f"labs.{name}.policy") if node is not None else None
        if made is not None:
            entries = {**lab.entries, "policy": made}
            changed[name] = Node("map", lab.place, entries=entries, keys=dict(lab.keys))
    if all(changed[name] is lab for name, lab in labs.entries.items()):
        return tree
    new = Node("map", labs.place, entries=changed, keys=dict(labs.keys))
    return Node("map", tree.place, entries={**tree.entries, "labs": new}, keys=dict(tree.keys))


def _inlined(node: Node, problems: Problems, path: str) -> Node | None:
    """The block of a policy file with its text; None if the node names no file (or has its text already)."""
    inner = node.entries["value"] if is_wrapper(node) else node
    made = mapping(node.place)
    named = _NAMED.fullmatch(inner.text) if inner.is_scalar else None
    if named is not None:
        for key in ("file", "function"):
            made.put(key, scalar(named[key], inner.place, plain=False))
    elif inner.is_map and (file := inner.get("file")) is not None and file.is_scalar:
        for key, item in inner.entries.items():
            made.put(key, _moved(item, inner.place), inner.keys[key])
    else:
        return None
    if inner is not node:
        for key in FACT_KEYS:
            if key in node.entries:
                made.put(key, node.entries[key], node.keys[key])
    if "text" not in made.entries:
        place = inner.place if named is not None else inner.entries["file"].place
        via = _via(path, place)
        try:
            text = read_text(beside(place, made.entries["file"].text), place, via, LARGEST_BYTES)
        except ScenarioError as error:
            problems.found.extend(dataclasses.replace(problem, path=path) for problem in error.problems)
            return None
        made.put("text", scalar(text, inner.place, plain=False))
    return made


def _moved(node: Node, place: Place) -> Node:
    """A copy that stands at one place: what says where a policy comes from holds for all of it."""
    items = [_moved(item, place) for item in node.items]
    entries = {key: _moved(item, place) for key, item in node.entries.items()}
    keys = dict.fromkeys(node.keys, place)
    return dataclasses.replace(node, place=place, items=items, entries=entries, keys=keys)


def read_policy(node: Node, parameter: Parameter, path: str, facts: Facts, reading: Reading) -> Plain | None:
    """The name of a built-in policy, or a `UserPolicy`; None, with its problem reported, if it cannot be read."""
    outer = node
    node, facts = unwrap(node, path, facts, reading)
    value: str | UserPolicy | None
    try:
        if node.is_map:
            facts = reading.facts(node, facts, path)
            value = _user_policy(node, path, reading)
        else:
            value = _built_in(node, parameter)
    except Unreadable as error:
        reading.bad(node, path, error)
        return None
    if value is None:
        return None
    text = str(value)
    if isinstance(value, UserPolicy) and value.options:
        text += f" ({', '.join(f'{key}: {option}' for key, option in value.options.items())})"
    return Plain(
        path=path,
        text=text,
        value=value,
        source=facts.source,
        note=facts.note,
        guess=facts.guess,
        origin=reading.origin_of(node.place),
        stated=reading.stated(node.place),
        place=outer.place,
    )


def _built_in(node: Node, parameter: Parameter) -> str | None:
    if not node.is_scalar or node.is_null:
        raise Unreadable(f"expected a policy, got {node.what()}")
    if node.text in parameter.choices:
        return node.text
    if _NAMED.fullmatch(node.text):
        return None  # its file could not be read, and that was said
    options = ", ".join(parameter.choices)
    message = f"expected one of {options}, or FILE.py:FUNCTION; got {quoted(node.text)}"
    raise Unreadable(message, nearest(node.text, parameter.choices))


def _user_policy(node: Node, path: str, reading: Reading) -> UserPolicy | None:
    reading.unknown_keys(node, path, (*POLICY_KEYS, *FACT_KEYS), "a policy")
    texts = {}
    for key in ("file", "function", "text"):
        item = node.get(key)
        if item is None or not item.is_scalar:
            if key == "text" and "file" in texts:
                return None  # the file could not be read, and that was said
            raise Unreadable(f"a policy of your own needs `{key}:`, as in {{file: my_policy.py, function: allocate}}")
        texts[key] = item.text
    options = node.get("options")
    if options is not None and not options.is_map:
        reading.problems.add(options.place, join(path, "options"), f"expected a mapping, got {options.what()}")
        return None
    chosen = {key: _option(item) for key, item in sorted(options.entries.items())} if options is not None else {}
    policy = UserPolicy(file=texts["file"], function=texts["function"], text=texts["text"], options=chosen)
    place = node.entries["function"].place
    problem = _mistake(policy)
    if problem is None:
        return policy
    line, column, message, near = problem
    where = Place(policy.file, line, column, _via(path, place)) if line else place
    reading.problems.add(where, path, message, near)
    return None


def _via(path: str, place: Place) -> str:
    return f"policy of {path.removesuffix('.policy')}, named at {place}"


def _option(node: Node) -> Any:
    """The Python value of an option: number, flag, text, tuple or dict."""
    if node.is_list:
        return tuple(map(_option, node.items))
    if node.is_map:
        return {key: _option(item) for key, item in node.entries.items()}
    if not node.plain:
        return node.text
    if node.is_null:
        return None
    if node.text.lower() in ("true", "false"):
        return node.text.lower() == "true"
    try:
        number = parse_number(node.text)
    except Unreadable:
        return node.text
    return int(number) if re.fullmatch(r"[-+]?[0-9]+", node.text) else number


def _mistake(policy: UserPolicy) -> tuple[int, int, str, str] | None:
    """What is wrong with a policy's text as far as reading shows: (line, column, message, nearest), line 0 for none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(policy.text, policy.file)
    except SyntaxError as error:
        line = error.lineno or 1
        return line, error.offset or 1, f"{error.msg}, in: {source_line(policy.text, line)}", ""
    except (ValueError, RecursionError, MemoryError) as error:
        return 1, 1, f"this is not Python: {error}", ""
    bound = dict(_bound(tree))
    if policy.function not in bound:
        functions = [name for name, node in bound.items() if isinstance(node, ast.FunctionDef)]
        known = f"; its functions are {', '.join(functions) or 'none'}"
        near = nearest(policy.function, functions)
        return 0, 0, f"{policy.file} has no function {quoted(policy.function)}{'' if near else known}", near
    made = bound[policy.function]
    return _misfit(made, policy) if isinstance(made, ast.FunctionDef) else None


def _misfit(made: ast.FunctionDef, policy: UserPolicy) -> tuple[int, int, str, str] | None:
    """Whether a function cannot be called with a view and the options."""
    args = made.args
    positional = [arg.arg for arg in (*args.posonlyargs, *args.args)]
    here = f", in: {source_line(policy.text, made.lineno)}"
    if not positional and args.vararg is None:
        return made.lineno, made.col_offset + 1, f"a policy takes a view of its lab as its first argument{here}", ""
    named = [*(arg.arg for arg in args.args if arg.arg != (positional or [""])[0]), *(a.arg for a in args.kwonlyargs)]
    for key in policy.options:
        if key not in named and args.kwarg is None:
            near = nearest(key, named)
            return made.lineno, made.col_offset + 1, f"{policy.function} takes no option {quoted(key)}{here}", near
    without = positional[1 : len(positional) - len(args.defaults)]
    without += [arg.arg for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default is None]
    missing = [name for name in without if name not in policy.options]
    if missing:
        message = f"{policy.function} needs the option {quoted(missing[0])}: state it in `options:`"
        return made.lineno, made.col_offset + 1, message + here, ""
    return None


def _bound(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Names that the file's own level gives a value, also inside `if` and `try`."""
    todo: list[ast.AST] = list(tree.body)
    while todo:
        node = todo.pop(0)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name, node) for alias in node.names)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node
        todo.extend(ast.iter_child_nodes(node))


def source_line(text: str, line: int) -> str:
    """One line of a policy's text, for a message."""
    lines = text.splitlines()
    return lines[line - 1].strip() if 0 < line <= len(lines) else ""
