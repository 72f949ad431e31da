"""Which worlds a comparison sets against its base: whole scenario files, overlays laid on it, settings of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import cast

from sim.scenario import Scenario, ScenarioError, is_overlay, load
from sim.scenario.files import readable
from sim.scenario.layers import base_of
from sim.scenario.problem import Problem

Part = str | os.PathLike[str]
"""A file, or a setting such as `labs.Aurora.use.training=20%`."""

Changed = Scenario | Part | Sequence[Part]
"""A changed world: a scenario, or what makes it: files and settings, in the order in which they are laid on."""

Change = Scenario | Part
"""A changed world without a name: a scenario, or what an argument of `sim compare` names."""

JOINED = " + "

BLOCKS = ("pause", "interventions")
"""Blocks that buy time: a setting of one concerns the worlds that have it."""


class OtherBase(ScenarioError):
    """Overlays cannot be laid on a base, as they are written for another. over: that; files: the overlays."""

    def __init__(self, problems: Sequence[Problem], over: str, files: Sequence[str]) -> None:
        super().__init__(problems)
        self.over = over
        self.files = list(files)


def is_setting(part: Part) -> bool:
    """Whether a text is a setting of one value and no file."""
    text = os.fspath(part)
    return "=" in text and not os.path.exists(text) and not text.split("=")[0].strip().endswith((".yaml", ".yml"))


def parts_of(text: str) -> list[str]:
    """What one argument names: `a.yaml + pause.lasts=3 months` is two things."""
    return [part.strip() for part in text.split(JOINED) if part.strip()]


def name_of(parts: Sequence[Part]) -> str:
    """What a changed world is called if nobody says: its files without ending, and its settings."""
    return JOINED.join(
        os.fspath(part) if is_setting(part) else readable(PurePath(os.fspath(part)).stem) for part in parts
    )


def named(changes: Mapping[str, Changed] | Change | Sequence[Change]) -> dict[str, Changed]:
    """Changed worlds by name; those that come without one are named by their files and settings.

    Raises `ScenarioError` for what is no change, and for two of the same name.
    """
    if isinstance(changes, Mapping):
        found: dict[str, Changed] = dict(changes)
        for name, value in found.items():
            for part in value if isinstance(value, list | tuple) else [value]:
                _check_change(part, f"'{name}': ")
        return found
    found = {}
    for change in changes if isinstance(changes, list | tuple) else [changes]:
        _check_change(change)
        parts = change if isinstance(change, Scenario) else parts_of(os.fspath(cast("Part", change)))
        name = parts.name if isinstance(parts, Scenario) else name_of(parts)
        if name in found:
            raise ScenarioError([Problem(name, 0, 0, "", "is given twice: give each world a name, {'name': change}")])
        found[name] = parts
    return found


def _check_change(change: object, where: str = "") -> None:
    if not isinstance(change, Scenario | str | os.PathLike) or change == "":
        message = f"{where}expected a file, a setting PATH=VALUE, a scenario, or a list of these, got {change!r}"
        raise ScenarioError([Problem("compare", 0, 0, "", message)])


def changed(base: Scenario, change: Changed, sets: Sequence[str] = ()) -> Scenario:
    """The base with a change laid on it; a whole scenario file takes its place. sets: made last.

    Raises `ScenarioError` with what is wrong in the files or settings.
    """
    if isinstance(change, Scenario):
        return change.changed(sets=sets) if sets else change
    parts = [change] if isinstance(change, str | os.PathLike) else list(change)
    files = [part for part in parts if not is_setting(part)]
    own = [os.fspath(part) for part in parts if is_setting(part)]
    if files and not is_overlay(files[0]):
        base, files = load(files[0]), files[1:]
    for file in files:
        if not is_overlay(file):
            message = "is a whole scenario: it cannot be laid on another"
            raise ScenarioError([Problem(os.fspath(file), 0, 0, "", message)])
    try:
        return base.changed(overlays=files, sets=[*own, *sets])
    except ScenarioError as error:
        others = _other_bases(base, files)
        if others:
            over = base_of(others[0].file)
            assert over is not None
            raise OtherBase([*error.problems, *others], over, [each.file for each in others]) from None
        _check_blocks(base.changed(overlays=files), own)
        raise


def _other_bases(base: Scenario, files: Sequence[Part]) -> list[Problem]:
    """What to compare overlays with that name another base by `over:`, where they cannot be laid on this one."""
    found = []
    for file in files:
        over = base_of(file)
        if over is not None and os.path.realpath(over) != os.path.realpath(base.path):
            message = (f"it changes {os.path.relpath(over)}, and cannot be laid on {base.name}: compare it with that, "
                       "or leave it out")  # fmt: skip
            found.append(Problem(os.fspath(file), 0, 0, "", message))
    return found


def _check_blocks(scenario: Scenario, sets: Sequence[str]) -> None:
    """Raises `ScenarioError` if one setting alone is about an intervention that there is not."""
    blocks = [block_of(text) for text in sets]
    problems = [
        Problem(f"--set {text.partition('=')[0].strip()}", 0, 0, "", f"there is no intervention `{block[-1]}` here")
        for text, block in zip(sets, blocks, strict=True)
        if block and blocks.count(block) == 1 and not scenario.states(*block)
    ]
    if problems:
        raise ScenarioError(problems) from None


def block_of(setting: str) -> tuple[str, ...]:
    """The intervention that a setting is about, as steps from the top; () if it is about none."""
    steps = setting.partition("=")[0].strip().split(".")
    if steps[0] == "interventions" and len(steps) > 2:
        return steps[0], steps[1]
    return (steps[0],) if steps[0] == "pause" and len(steps) > 1 else ()


def worlds(
    base: Scenario,
    changes: Mapping[str, Changed],
    sets: Sequence[str] = (),
    policies: Mapping[str, str] | None = None,
) -> tuple[Scenario, dict[str, Scenario]]:
    """The base and each changed world, all with the settings and policies.

    A setting of an intervention is made in the worlds that have it. Raises `ScenarioError`: also if none has.
    """
    bare: dict[str, Scenario] = {}
    wrong: list[Problem] = []
    unfit: list[OtherBase] = []
    for name, change in changes.items():
        try:
            bare[name] = changed(base, change)
        except ScenarioError as error:
            wrong += error.problems
            if isinstance(error, OtherBase):
                unfit.append(error)
    if wrong:
        from sim.analysis.unfit import advice

        raise ScenarioError([*wrong, *advice(unfit, base.name, len(changes))])
    used = dict.fromkeys(sets, False)

    def with_sets(scenario: Scenario) -> Scenario:
        mine = [text for text in sets if not block_of(text) or scenario.states(*block_of(text))]
        used.update(dict.fromkeys(mine, True))
        return scenario.changed(sets=mine, policies=policies) if mine or policies else scenario

    found = with_sets(base), {name: with_sets(scenario) for name, scenario in bare.items()}
    problems = [
        Problem(f"--set {text}", 0, 0, ".".join(block_of(text)), "none of the worlds that are compared has this")
        for text, was in used.items() if not was
    ]  # fmt: skip
    if problems:
        raise ScenarioError(problems)
    return found
