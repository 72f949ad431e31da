"""Why draws cannot be added to an ensemble: what is asked differs from what was."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sim.ensemble.store import Store
from sim.scenario import Scenario, ScenarioError, load
from sim.scenario.files import EFFECTIVE
from sim.scenario.spec import Input

WORDS = {
    "program": "version or code of this program",
    "seed": "seed",
    "method": "method",
    "chunk": "draws of a chunk",
    "keep": "what is kept",
    "max_events": "most events",
    "inputs": "uncertain inputs",
    "blocks": "inputs that go together",
    "until": "when it ends",
}
LISTS = ("inputs", "blocks")
"""What is too long to be told, and goes without saying where the scenario differs."""

TEXTS = ("name", "question", "note")
"""What is said of a scenario: where only this differs, nothing else is told."""

MOST_TOLD = 5


def changes(store: Store, wanted: Mapping[str, Any], scenario: Scenario) -> list[str]:
    """What differs, a text each; empty if draws can be added to the store's."""
    found = store.spec
    if found is None:
        return ["its ensemble.json cannot be read"]
    if found.get("kind") != wanted.get("kind"):
        return [f"{found.get('kind', 'draws')}, now {wanted.get('kind', 'draws')}"]
    told = []
    if found.get("scenario_hash") != wanted["scenario_hash"]:
        told += differences(store.folder / EFFECTIVE, scenario)
    branches = [_branch(each) for each in (found, wanted)]
    if branches[0] != branches[1]:
        return [*told, f"{branches[0]}, now {branches[1]}"]
    for key, words in WORDS.items():
        now = wanted.get(key)
        if found.get(key) != now and not (told and key in LISTS):
            told.append(f"{words}: {found.get(key)}, now {now}" if key not in LISTS else f"other {words}")
    return told


def _branch(spec: Mapping[str, Any]) -> str:
    branch = spec.get("branch")
    return "draws of all" if branch is None else f"draw {branch['draw']} from {branch['from']} on"


def differences(file: Path, scenario: Scenario) -> list[str]:
    """Inputs of the scenario that is stored in a file and of another that are not the same.

    What follows from others by the same formula is left out: those are told.
    """
    try:
        text = file.read_text(encoding="utf-8")
        before = {item.path: item for item in load(EFFECTIVE, text=text).inputs if item.stated}
    except (OSError, UnicodeDecodeError, ScenarioError):
        return ["another scenario"]
    after = {item.path: item for item in scenario.inputs if item.stated}
    paths = [path for path in dict.fromkeys([*after, *before]) if path not in TEXTS
             and not _alike(before.get(path), after.get(path))]  # fmt: skip
    told = [f"{path}: {_told(before.get(path), after.get(path))}" for path in paths]
    more = len(told) - MOST_TOLD
    if not told:
        return ["its name, question, notes or sources"]
    return [*told[:MOST_TOLD], *([f"{more} more input{'s' if more > 1 else ''}"] if more > 0 else [])]


def _alike(one: Input | None, other: Input | None) -> bool:
    """Whether two values are the same, or, as `4.4x per year = growth`, of the same formula."""
    texts = [None if item is None else item.text for item in (one, other)]
    formulas = [(text or "").partition(" = ")[2] for text in texts]
    return texts[0] == texts[1] or formulas[0] == formulas[1] != ""


def _told(one: Input | None, other: Input | None) -> str:
    """`45%, now 40%`."""
    before, now = _written(one), _written(other)
    if before == now and one is not None and other is not None:
        before, now = one.text, other.text
    return f"{_short(before)}, now {_short(now)}"


def _written(item: Input | None) -> str:
    """As a file would say it: a share in percent, also one that was scaled as others were set."""
    if item is None:
        return "not stated"
    if item.unit == "share":
        with suppress(ValueError):
            return f"{100.0 * float(item.text):.4g}%"
    return item.text


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
