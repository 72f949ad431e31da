"""A bloc influences the answer where it tells labs apart, also if no intervention names it."""

from __future__ import annotations

import sim

TWO = """\
start: 2026-01-01
end: 2026-12-01
labs:
  A: {bloc: US, compute: {stock: 1e5 H100e}, runs: {every: 3 months, length: 60 days}}
  B: {bloc: China, compute: {stock: 5e4 H100e}, runs: {every: 3 months, length: 60 days}}
levels: {near: {effective_flop: 1e24 FLOP}}
"""


def unused(text: str) -> list[str]:
    return [path for path in sim.simulate(sim.load("two.yaml", text=text), track=True).unused if "bloc" in path]


def test_two_blocs_are_told_apart_and_one_says_nothing() -> None:
    assert unused(TWO) == []
    assert unused(TWO.replace("China", "US")) == ["labs.A.bloc", "labs.B.bloc"]
