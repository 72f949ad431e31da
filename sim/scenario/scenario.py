"""A scenario: what is assumed, with sources and uncertainty; and the one function that makes a draw of it."""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date
from functools import cached_property
from typing import Any

from sim.model.declare import parameters
from sim.model.draw import Draw
from sim.model.policy import UserPolicy
from sim.scenario import catalog
from sim.scenario.check import check
from sim.scenario.check_circles import check_circles, rests_on_models
from sim.scenario.check_draw import DrawChecks
from sim.scenario.check_extent import blocks_in, check_extent
from sim.scenario.check_start import begun_before, check_start
from sim.scenario.complete import accelerator_spec, complete, types_used
from sim.scenario.correlation import KEY as CORRELATIONS
from sim.scenario.correlation import Pairs, read_correlations
from sim.scenario.csv_series import inline
from sim.scenario.dates import DATE_EXAMPLE, parse_date
from sim.scenario.emit import emit
from sim.scenario.files import LARGEST_BYTES
from sim.scenario.layers import LAYER_KEYS, lay_files, named, read_layers
from sim.scenario.listing import WORDS, html_table, rows
from sim.scenario.many_draws import ManyDraws
from sim.scenario.one_change import OneChange
from sim.scenario.policy_source import inline_policies
from sim.scenario.problem import Place, Problems, Unreadable, join, nearest, quoted
from sim.scenario.quantity import Plain, Sourced, Timeline
from sim.scenario.reader import read_block
from sim.scenario.reading import Facts, Reading
from sim.scenario.resolve import Resolver
from sim.scenario.setting import apply
from sim.scenario.spec import Input, Spec, inputs_of, sourced
from sim.scenario.track import Seen, watch_of
from sim.scenario.values import unwrap
from sim.scenario.yaml_tree import MOST_NODES, Node

ROOT_KEYS = ("start", "sources", CORRELATIONS, *LAYER_KEYS)
"""Keys of a scenario besides the declared ones."""


class Scenario:
    """A valid scenario. Make one with `load`.

    name, path: its name, and the file that it was read from. start: its first day. correlations: of uncertain inputs,
    between their normal scores (see `sim.scenario.correlation`).
    """

    def __init__(self, path: str, tree: Node, root: Spec, start: date, accelerators: Mapping[str, Spec]) -> None:
        self.path = path
        self.start = start
        self._tree = tree
        self._root = root
        self._accelerators = dict(accelerators)
        self.correlations: Pairs = {}

    @property
    def name(self) -> str:
        """Its name: as stated, else the file's without ending; with overlays, theirs joined by ` + `."""
        return str(self._root.plain("name"))

    @property
    def question(self) -> str:
        """The question that it answers, as stated; "" if it states none."""
        return str(self._root.plain("question"))

    @cached_property
    def inputs(self) -> list[Input]:
        """Every input, stated or default, in the order of the declarations; each once, however often inherited."""
        found: dict[str, Input] = {}
        for row in [*_start_input(self._tree), *_walk(self._root)]:
            found.setdefault(row.path, row)
        for spec in self._accelerators.values():
            for row in _walk(spec):
                found.setdefault(row.path, row)
        return list(found.values())

    @property
    def blocks(self) -> tuple[Spec, ...]:
        """What was read: the root block, and the accelerators that are used."""
        return (self._root, *self._accelerators.values())

    @cached_property
    def uncertain(self) -> list[str]:
        """Paths of the inputs that are distributions: the keys of `draw(quantiles=…)`."""
        return [row.path for row in self.inputs if row.uncertain]

    def draw(
        self,
        quantiles: Mapping[str, float] | None = None,
        seed: int | None = None,
        *,
        index: int = 0,
        track: bool = False,
        listed: bool = True,
        adjust: Mapping[str, Callable[[float], float]] | None = None,
    ) -> Draw:
        """Concrete values for everything: each uncertain input at its quantile, 0.5 where none is given.

        With no quantiles this is the central case. seed: instead of the scenario's. index: number of the draw.
        track: the draw remembers which fields are read, for `unused`. listed: the draw says which inputs are uncertain.
        adjust: path -> what is done to that input's number, in its canonical unit (dates are ordinals), after its
        quantile was taken; not checked again.
        Raises `ValueError` for a path that is not uncertain, or a quantile outside (0, 1); `DrawError`, a kind of it,
        where the values of a draw contradict each other.
        """
        quantiles = quantiles or {}
        known = set(self.uncertain) if listed or quantiles else set()
        for path, quantile in quantiles.items():
            if path not in known:
                near = nearest(path, known)
                hint = f" (did you mean {near!r}?)" if near else ""
                raise ValueError(f"{path!r} is no uncertain input of this scenario{hint}")
            if not 0.0 < quantile < 1.0:
                raise ValueError(f"{path}: a quantile lies between 0 and 1, got {quantile!r}")
        resolver = Resolver(self._root, self._accelerators, self.start, quantiles, Seen() if track else None, adjust)
        if quantiles:
            self._checks.check(resolver.value)
        return resolver.draw(seed, index, tuple(self.uncertain) if listed else ())

    @cached_property
    def _checks(self) -> DrawChecks:
        return DrawChecks(self._root, float(self.start.toordinal()))

    def many_draws(self) -> ManyDraws:
        """What makes many draws of it fast; small, and can be pickled."""
        return ManyDraws(self._root, self.start, self._accelerators, tuple(self.uncertain))

    def one_change(self) -> OneChange:
        """What makes draws of the central case fast in which one thing is changed."""
        return OneChange(self._root, self.start, self._accelerators, tuple(self.uncertain))

    def sourced(self, *steps: str | int) -> Sourced | None:
        """The input at `steps`: declared field names, names and numbers in lists; None if there is no value.

        `scenario.sourced("labs", "Aurora", "runs", 0, "training", "whole_run_mfu")` is the input that this run
        takes, wherever it is inherited from.
        """
        value = self._at(steps)
        return value if isinstance(value, Sourced) else None

    def path_of(self, *steps: str | int) -> str:
        """The path, as in `inputs`, of the block at `steps` (see `sourced`); empty if there is none."""
        value = self._at(steps)
        return value.path if isinstance(value, Spec) else ""

    def _at(self, steps: Sequence[str | int]) -> Any:
        value: Any = self._root
        for step in steps:
            if isinstance(value, Spec):
                value = self._accelerators if step == "accelerators" else value.values.get(str(step))
            elif isinstance(value, Mapping):
                value = value.get(str(step))
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def read(self, draw: Draw) -> set[str]:
        """Paths of the parameters that were read of a draw made with `track=True`; ValueError for another draw."""
        watch = watch_of(draw)
        if watch is None:
            raise ValueError("only a draw made with track=True knows what was read")
        return watch.seen.paths

    def unused(self, draw: Draw) -> list[str]:
        """Paths of stated inputs that nothing has read of a draw made with `track=True`; ValueError for another."""
        return self.unread(self.read(draw))

    def unread(self, seen: Set[str]) -> list[str]:
        """Paths of stated inputs whose parameter is not in `seen`, the paths of parameters that were read."""
        listed = (row for row in self.inputs if row.stated and row.path not in WORDS)
        return list(dict.fromkeys(row.parameter for row in listed if row.parameter not in seen))

    @cached_property
    def user_policies(self) -> dict[str, tuple[UserPolicy, str]]:
        """Lab -> its policy from a user's Python file, and where the scenario names it. Nothing of it has been run."""
        found = {}
        for lab in self._root.blocks("labs"):
            value = lab.values["policy"]
            if isinstance(value, Plain) and isinstance(value.value, UserPolicy):
                found[lab.name] = (value.value, value.origin)
        return dict(sorted(found.items()))

    def changed(
        self,
        *,
        overlays: Sequence[str | os.PathLike[str]] = (),
        sets: Sequence[str] = (),
        policies: Mapping[str, str] | None = None,
    ) -> Scenario:
        """This scenario with overlays laid on it and then settings made, as in `load`.

        overlays, sets, policies: as in `load`; its own files are not read again. Raises `ScenarioError` with every
        problem found.
        """
        problems = Problems()
        tree, name = lay_files(self._tree, self.name, [os.fspath(overlay) for overlay in overlays], problems)
        return _finish(self.path, tree, name, sets, policies, problems)

    def states(self, *steps: str) -> bool:
        """Whether it states a value at `steps`, keys from the top down."""
        node: Node | None = self._tree
        for step in steps:
            node = node.get(step) if node is not None and node.is_map else None
        return node is not None

    def effective_yaml(self) -> str:
        """The scenario in one piece: what it extends, overlays, settings, CSV series and policies' code put in place.

        Loading this text gives the same draw, and the same text.
        """
        return self._effective

    @cached_property
    def _effective(self) -> str:
        return emit(self._tree)

    @cached_property
    def hash(self) -> str:
        """The sha256 of `effective_yaml()`, in hexadecimal."""
        return hashlib.sha256(self._effective.encode()).hexdigest()

    def __getstate__(self) -> dict[str, Any]:
        """Without what is made again where it is used."""
        return {name: value for name, value in self.__dict__.items() if name != "_checks"}

    def __repr__(self) -> str:
        labs = self._root.values["labs"]
        end = date.fromordinal(int(self._root.values["end"].central))
        names = ", ".join(list(labs)[:4]) + (", ..." if len(labs) > 4 else "")
        counts = f"{sum(row.stated for row in self.inputs)} inputs stated, {len(self.uncertain)} uncertain"
        return f"<Scenario {self.name!r}: {self.start} to {end}, labs {names}; {counts}>"

    def _repr_html_(self) -> str:
        """What it is, and a table of the inputs that it states (`inputs` has the defaults too)."""
        head = f"<b>{html.escape(repr(self))}</b><br>{html.escape(self.question)}"
        return head + html_table(rows(self.inputs, defaults=False))


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
    return _finish(path, tree, name, sets, policies, problems)


def _finish(
    path: str, tree: Node, name: str, sets: Sequence[str], policies: Mapping[str, str] | None, problems: Problems
) -> Scenario:
    """The scenario of a merged tree, with settings and policies put in place, read and checked."""
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
    start = _start(tree, reading)
    ordinal = float(start.toordinal()) if start is not None else None
    root = read_block(Draw, tree, "", tree.place, Facts(), reading, start=ordinal, extra=ROOT_KEYS)
    complete(root, reading, ordinal)
    check(root, ordinal, reading)
    if ordinal is not None:
        check_extent(root, ordinal, problems)
    accelerators = {}
    for kind in types_used(root):
        spec = accelerator_spec(root, kind, reading)
        if spec is not None:
            accelerators[kind] = spec
    problems.stop_if_any()
    assert start is not None
    scenario = Scenario(path, tree, root, start, accelerators)
    scenario.correlations = read_correlations(tree.get(CORRELATIONS), scenario.uncertain, _together(root), problems)
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


def _start(tree: Node, reading: Reading) -> date | None:
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


def _start_input(tree: Node) -> list[Input]:
    reading = Reading()
    node, facts = unwrap(tree.entries["start"], "start", Facts(), reading)
    return [
        Input(
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
    ]


def _together(spec: Spec) -> list[Timeline]:
    """The series whose values are correlated in time."""
    found: dict[int, Timeline] = {}
    for block in blocks_in(spec, set()):
        for value in block.values.values():
            for item in sourced(value):
                if isinstance(item, Timeline) and item.correlation:
                    found[id(item)] = item
    return list(found.values())


def _walk(spec: Spec) -> list[Input]:
    """All inputs in a block and in the blocks inside it."""
    rows: list[Input] = []
    for field_name, parameter in parameters(spec.of).items():
        value: Any = spec.values.get(field_name)
        rows.extend(inputs_of(value, parameter))
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        for item in items:
            if isinstance(item, Spec):
                rows.extend(_walk(item))
    return rows
