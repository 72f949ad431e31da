"""A scenario: what is assumed, with sources and uncertainty; and the one function that makes a draw of it."""

from __future__ import annotations

import hashlib
import html
import os
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date
from functools import cached_property
from typing import Any

from sim.model.draw import Draw
from sim.model.policy import UserPolicy
from sim.scenario.check_draw import DrawChecks
from sim.scenario.correlation import Pairs
from sim.scenario.emit import emit
from sim.scenario.input_order import as_they_stand, of_any_scenario, with_input_order
from sim.scenario.layers import lay_files
from sim.scenario.listing import WORDS, html_table, rows
from sim.scenario.many_draws import ManyDraws
from sim.scenario.one_change import OneChange
from sim.scenario.problem import Problems, nearest
from sim.scenario.quantity import Plain, Sourced
from sim.scenario.resolve import Resolver
from sim.scenario.spec import Input, Spec, all_inputs
from sim.scenario.start import start_input
from sim.scenario.track import Seen, watch_of
from sim.scenario.yaml_tree import Node


class Scenario:
    """A valid scenario. Make one with `load`.

    name, path: its name, and the file that it was read from. start: its first day. correlations: of uncertain inputs,
    between their normal scores (see `sim.scenario.correlation`).
    """

    def __init__(
        self, path: str, tree: Node, root: Spec, start: date, accelerators: Mapping[str, Spec],
        known: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """known: inputs that come before others in `input_order`."""
        self.path = path
        self.start = start
        self._tree = tree
        self._root = root
        self._accelerators = dict(accelerators)
        self.correlations: Pairs = {}
        own, defaults = as_they_stand(tree, self.blocks), of_any_scenario()
        self.input_order = tuple(path for path in dict.fromkeys((*known, *own)) if path not in defaults)
        """Paths of inputs, but for the defaults of any scenario, in the order in which they came to be known. Some may
        be certain here, or not there: their dimensions stay empty."""
        drawn = set(own)
        self.uncertain = [path for path in (*self.input_order, *defaults) if path in drawn]
        """Paths of the inputs that are distributions, in that order, then defaults: the keys of `draw(quantiles=…)`."""
        self._tree = with_input_order(tree, self.input_order)

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
        for row in [start_input(self._tree), *all_inputs(self._root)]:
            found.setdefault(row.path, row)
        for spec in self._accelerators.values():
            for row in all_inputs(spec):
                found.setdefault(row.path, row)
        return list(found.values())

    @property
    def blocks(self) -> tuple[Spec, ...]:
        """What was read: the root block, and the accelerators that are used."""
        return (self._root, *self._accelerators.values())

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
                if any(row.path == path and row.derived for row in self.inputs):
                    hint = ": it follows from others"
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
        from sim.scenario.loading import finish

        problems = Problems()
        tree, name = lay_files(self._tree, self.name, [os.fspath(overlay) for overlay in overlays], problems)
        return finish(self.path, tree, name, sets, policies, problems, self.input_order)

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
