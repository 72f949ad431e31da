"""Cases: a good scenario's text, or its tree, with a few things in it changed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from sim.model.declare import parameters
from sim.model.draw import Draw
from sim.scenario.yaml_tree import Node, parse

SCENARIOS = Path(__file__).parents[2] / "scenarios"

EVERYTHING = """\
question: why
start: 2026-01-01
end: 2032-01-01
seed: 7
sources: {epoch: "Epoch AI, 2026"}
quantities: {wait: 1 to 4 months, life: {formula: 3 * year + 6 * wait}, share: {formula: "min(wait / (40 months), 6%)"},
  ends: {value: {formula: 2030-10-01 + 2 * wait}, source: epoch}, demand: {formula: 1e7 tokens/s * life / year}}
labs:
  Aurora: &aurora
    compute:
      - {stock: {2026-01-01: 1e5 H100, 2028-01-01: {value: 2e5 to 8e5 H100, source: epoch}}, life: life}
      - {deliver: 500 A100, every: 3 months, deliveries_grow: 2x per year, until: ends}
      - {share_of_world: 10%}
    use: {training: 10%, serving: {2026-01-01: 30%, interpolate: exponential, 2027-01-01: 40%, every: 1 month}}
    policy: training_first
    models: [{name: M0, public: 2025-01-01, flop: 1e25, guesses: [flop], flagship: yes}]
    staff: {ai_research: {2026-01-01: 100, then: 1.3x per year}}
    runs:
      - {name: A, starts: 2026-02-01, flop: 2.1e25, accelerators: 250 H100, after_training: {to: serving}}
      - {name: B, starts: 2026-03-01, flop: 2e24, base: M0, gain: 2x, phases: [{phase: post-training, flop: 90%},
         {phase: evaluation, length: 20 days}, {phase: pretraining, flop: 10%, accelerators: 50%}], elastic: yes}
      - {every: 9 to 15 months, length: {normal: {mean: 60 days, sd: 9 days}}, public_after: wait}
    fleets: {serving: {replace: ramp, demand: 1e9 tokens/s}}
  Borealis:
    compute: {stock: 2e5 H100e, grows: 2.5x per year}
    runs: {every: 6 months, params: 100B, training: {size: {rule: power}}}
    after_training: {move: 100%, to: serving, for: 60 days}
    inference: {throughput: flop, tricks: [{name: t, from: 2027-01-01, flop: 0.5x}]}
    software: {training_efficiency: {2026-01-01: 1, 2028-01-01: 8, interpolate: exponential, then: 2x per year}}
  Corona:
    enters: 2027-03-01
    bloc: Y
    compute: {count: 1e5 H100e}
    fleets: {serving: {demand: {2026-01-01: demand, 2030-01-01: {formula: 2 * demand}}}}
    models: {name: C0, public: 2027-06-01, flop: 1e25}
    runs:
      - {name: R, share: 10%, length: 60 days, length_rule: {rule: shorter with progress, floor: 20 days}, start_when:
         {cluster_grows: 2x, rival_releases: any, milestone: cut, apart: 3 months, latest: 1 year, times: 5}}
      - {name: C, length_rule: {rule: continuous, release_each: 3x}, share: share}
      - {every: 8 months, share: 5%, length: 30 days, pause_when: {demand_below: 50%, fleet: serving, apart: 9 days}}
world: {compute: {deliver: 5e5 H100e, every: 3 months, deliveries_grow: 2.3x per year}}
software: {training: {p10: 2x per year, p50: 3x per year, p90: 7x per year}}
levels: {auto: {share_doable: 90%, domain: ai_research}, big: {effective_flop: 1e28}}
milestones: {first: {level: auto}, chips: {h100e: 1e6, lab: Aurora}, cut: {shock: cut}, many: {copies: 1e7,
  fleet: serving, together: yes}, good: {training_efficiency: 5x}, few: {people: 50, domain: ai_research, below: yes}}
shocks: {cut: {on: 2028-01-01, deliveries_lost: 40%, for: 6 months, binds: Y}, leap: {rate: 0.2 per year,
  training_efficiency: 2x, cluster_lost: 5%}, rush: {on: 2029-01-01, demand: 3x, fleet: serving, for: 1 year}}
hazards: {theft: {rate: 0.3 per year, lab: Aurora}}
accelerators: {Mine: {peak: {bf16: 1 PFLOP/s}, memory: 10 GB, bandwidth: 1 TB/s}}
"""
"""A little of everything that a scenario may have, in few lines."""

VALUES = [
    "", "null", "~", "yes", "no", "0", "-1", "1", "0.5", "1e-9", "1e9", "1e60", "1e300", "1e999", "-1e40", ".nan",
    ".inf", "0x10", "9" * 400, "100%", "250%", "1e-40%", "2x", "3x per year", "1e50x per year", "1e-50x per year",
    "10x per day", "90 days", "1 second", "1e6 years", "9 months", "0 days", "1e9 tokens/s", "80 GB", "1e-50 B",
    "1e25 FLOP", "1e-50 FLOP", "1e60 FLOP", "1 FLOP/s", "5 H100", "1e60 H100", "1e-60 H100e", "2 to 8",
    "1e-50 to 1e50", "8 to 2", "-5 to 5", "2026-01-01", "0001-01-01", "9999-12-31", "2026-02-30",
    "2026-06-01 12:30:59", "1900-01-01 to 2100-01-01", "[]", "{}", "[1, 2]", "{a: 1}", "{value: 3}",
    "{value: 1, source: x}", "{normal: [1, 2]}", "{normal: {mean: 1, sd: 1e50}}", "{p10: 1, p50: 2, p90: 3}",
    "{discrete: {1: 1, 2: 0}}", "{mixture: {1: 1, 2 to 8: 2}}", "{truncate: 2 to 8, max: 3}", "{beta: [2, 2]}",
    "{empirical: [1, 2]}", "{empirical: {csv: x.csv}}", "{pert: [1, 2, 3]}",
    "{uniform: [-1e60, 1e60]}", "{loguniform: [1e-60, 1e60]}", "{2026-01-01: 1}",
    "{2026-01-01: 0, 2030-01-01: 1, interpolate: exponential}", "{2026-01-01: 1, then: 1e9x per year}",
    "{csv: x.csv}", "{csv: .}", "*aurora", "training", "serving", "idle", "Aurora", "A", "M0", "H100", "é", "a/b",
    "a;b", "wait", "{formula: 2 * wait}", "{formula: 1 / (wait - wait)}", "{formula: }", "{formula: 9 ** 9 ** 9}",
    "{formula: share + wait}", "x" * 300, "public", "ramp", "power", "flop", "fp4", "one-lab.yaml",
    "frontier.yaml", "source", "guess",
]  # fmt: skip
"""Texts that may stand for any value."""

SYNTAX = [
    ": ", "- ", "? ", ", ", "[", "]", "{", "}", "#", "&a ", "*a", "*aurora", "<<: *aurora", "!!str ", "!x ",
    "!!python/name:x ", "|\n", ">\n", "'", '"', "%", "@", "`", "---\n", "...\n", "\t", "\n", "  ", "\r", "\x00",
    "\x07", "\u2028", "\ufeff", "\ud800", "extends: one-lab.yaml\n", "over: one-lab.yaml\n", "x-a: 1\n",
    "source: a\n", "guess: yes\n", "guesses: [end]\n",
]  # fmt: skip
"""YAML's own signs, and keys that have a meaning anywhere."""

TOKEN = re.compile(r"[\w.%/+-]+|[^\w\s]")


@lru_cache(maxsize=1)
def goods() -> dict[str, str]:
    """Path -> text of the scenarios that are changed; the small ones come more often, as they are read fast."""
    texts = {str(path): path.read_text(encoding="utf-8") for path in sorted(SCENARIOS.glob("*.yaml"))}
    return {str(SCENARIOS / "everything.yaml"): EVERYTHING, **texts}


@lru_cache(maxsize=1)
def keys() -> list[str]:
    """Every key that is declared anywhere."""
    found: set[str] = set()
    waiting: list[type] = [Draw]
    seen: set[type] = set()
    while waiting:
        of = waiting.pop()
        if of in seen:
            continue
        seen.add(of)
        for parameter in parameters(of).values():
            found.add(parameter.key)
            if parameter.of is not None:
                waiting.append(parameter.of)
    return sorted(found | {"start", "source", "note", "guess", "value", "interpolate", "then", "before", "2027-01-01"})


def case(seed: int, number: int) -> tuple[str, str]:
    """Path and text of one case."""
    rng = random.Random(f"{seed}/{number}")
    texts = goods()
    names = list(texts)
    weights = [300 if name.endswith("everything.yaml") else 20_000 / len(texts[name]) for name in names]
    name = rng.choices(names, weights)[0]
    text = texts[name]
    if rng.random() < 0.5:
        for _ in range(rng.choice([1, 1, 1, 2, 3, 6])):
            text = rng.choice(TEXT)(rng, text)
        return name, text
    tree = [_plain(_tree(name))]
    for _ in range(rng.choice([1, 1, 1, 2, 3, 6])):
        rng.choice(TREE)(rng, tree)
    return name, yaml.safe_dump(tree[0], sort_keys=False, allow_unicode=True, width=100)


# Changes of a text


def _lines(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    what = rng.randrange(4)
    if what == 0:
        del lines[i : i + rng.choice([1, 1, 2, 5])]
    elif what == 1:
        lines.insert(j, lines[i])
    elif what == 2:
        lines[i], lines[j] = lines[j], lines[i]
    else:
        lines = lines[: i + 1]
    return "\n".join(lines)


def _indent(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    i = rng.randrange(len(lines))
    for k in range(i, min(len(lines), i + rng.choice([1, 1, 3]))):
        lines[k] = rng.choice([" ", "  ", "\t", "    - "]) + lines[k] if rng.random() < 0.5 else lines[k].lstrip(" ")
    return "\n".join(lines)


def _tokens(rng: random.Random, text: str) -> str:
    spans = [match.span() for match in TOKEN.finditer(text)]
    if not spans:
        return text
    a, b = rng.choice(spans)
    c, d = rng.choice(spans)
    what = rng.randrange(4)
    if what == 0:
        return text[:a] + text[b:]
    if what == 1:
        return text[:b] + " " + text[a:b] + text[b:]
    return text[:a] + (text[c:d] if what == 2 else rng.choice([*VALUES, *keys()])) + text[b:]


def _scalar(rng: random.Random, text: str) -> str:
    spans = [match.span(1) for match in re.finditer(r": *([^\s{\[,}\]#][^,}\]\n#]*)", text)]
    if not spans:
        return text
    a, b = rng.choice(spans)
    return text[:a] + rng.choice(VALUES) + text[b:]


def _syntax(rng: random.Random, text: str) -> str:
    i = rng.randrange(len(text) + 1)
    return text[:i] + rng.choice(SYNTAX) + text[i:]


def _characters(rng: random.Random, text: str) -> str:
    i, n = rng.randrange(len(text) + 1), rng.choice([1, 1, 3, 20])
    return (
        text[:i] + text[i + n :]
        if rng.random() < 0.5
        else text[:i] + chr(rng.choice([32, 48, 58, 233, 127])) + text[i:]
    )


TEXT: list[Callable[[random.Random, str], str]] = [_lines, _indent, _tokens, _scalar, _scalar, _syntax, _characters]


# Changes of a tree: a list of one, so that the whole can be replaced too


@lru_cache(maxsize=32)
def _tree(name: str) -> Node:
    root = parse(goods()[name], name)
    assert root is not None
    return root


def _plain(node: Node) -> Any:
    if node.is_map:
        return {key: _plain(item) for key, item in node.entries.items()}
    return [_plain(item) for item in node.items] if node.is_list else node.text


Spot = tuple[Any, Any]
"""A container and a key or number in it."""


def _spots(tree: Any) -> list[Spot]:
    found: list[Spot] = []
    waiting = [tree]
    while waiting:
        container = waiting.pop()
        inside = list(container) if isinstance(container, dict) else range(len(container))
        for key in inside:
            found.append((container, key))
            if isinstance(container[key], dict | list):
                waiting.append(container[key])
    return found


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _replace(rng: random.Random, tree: list[Any]) -> None:
    container, key = rng.choice(_spots(tree))
    container[key] = yaml.safe_load(text) if (text := rng.choice(VALUES))[:1] in ("[", "{") else text


def _graft(rng: random.Random, tree: list[Any]) -> None:
    (container, key), (other, name) = rng.choice(_spots(tree)), rng.choice(_spots(tree))
    container[key] = _copy(other[name])


def _delete(rng: random.Random, tree: list[Any]) -> None:
    spots = [spot for spot in _spots(tree) if spot[0] is not tree]
    if spots:
        container, key = rng.choice(spots)
        del container[key]


def _add(rng: random.Random, tree: list[Any]) -> None:
    maps = [spot[0][spot[1]] for spot in _spots(tree) if isinstance(spot[0][spot[1]], dict)]
    if maps:
        other, name = rng.choice(_spots(tree))
        rng.choice(maps)[rng.choice(keys())] = rng.choice([*VALUES[:60], _copy(other[name])])


def _rename(rng: random.Random, tree: list[Any]) -> None:
    spots = [spot for spot in _spots(tree) if isinstance(spot[0], dict)]
    if spots:
        container, key = rng.choice(spots)
        items = [(rng.choice(keys()) if name == key else name, value) for name, value in container.items()]
        container.clear()
        container.update(items)


def _wrap(rng: random.Random, tree: list[Any]) -> None:
    container, key = rng.choice(_spots(tree))
    inner = container[key]
    container[key] = rng.choice([[inner], [inner, _copy(inner)], {"value": inner}, {rng.choice(keys()): inner}])


def _flatten(rng: random.Random, tree: list[Any]) -> None:
    container, key = rng.choice(_spots(tree))
    inner = container[key]
    if isinstance(inner, dict) and inner:
        container[key] = rng.choice(list(inner.values()))
    elif isinstance(inner, list) and inner:
        container[key] = rng.choice(inner)


TREE: list[Callable[[random.Random, list[Any]], None]] = [
    _replace, _replace, _replace, _graft, _graft, _delete, _add, _add, _rename, _wrap, _flatten,
]  # fmt: skip
