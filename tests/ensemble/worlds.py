"""A small uncertain world, chunks that are small too, and what an ensemble's folder holds."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim

UNCERTAIN = """\
question: How many copies, and for how long?
start: 2026-01-01
end: 2027-10-01
levels: {near: {effective_flop: 5e25 FLOP}, far: {effective_flop: 4e26 FLOP}}
milestones: {early: {lab: Aurora, level: near}}
labs:
  Aurora:
    compute: {stock: 0.5e5 to 2e5 H100e, grows: 2x to 5x per year, every: 3 months}
    use: {training: 10%, experiments: 45%, research: 5%, serving: 40%}
    runs: {every: 4 to 9 months, length: 30 to 90 days, public_after: 1 month}
    after_training: {move: 100%, to: research, for: 60 days}
  Borealis:
    compute: {stock: 1e5 H100e}
    use: {training: 20%, serving: 80%}
    runs: {every: 5 to 10 months, length: 60 days, public_after: 1 month}
"""


def scenario(**changes: str) -> sim.Scenario:
    """The small world, some of its text replaced."""
    text = UNCERTAIN
    for old, new in changes.items():
        text = text.replace(old, new)
    return sim.load("small.yaml", text=text)


def small_chunks(patch: pytest.MonkeyPatch) -> None:
    """Chunks of 16 draws, parts of 3, examples of the first 5: all that can go wrong goes wrong with few draws."""
    patch.setattr("sim.ensemble.store.CHUNK", 16)
    patch.setattr("sim.ensemble.run.CHUNK", 16)
    patch.setattr("sim.ensemble.run_reduced.CHUNK", 16)
    patch.setattr("sim.ensemble.run.PART", 3)
    patch.setattr("sim.ensemble.run.EXAMPLE_DRAWS", 5)


def bytes_of(folder: Path) -> dict[str, bytes]:
    """What is promised to be the same bytes: everything but `run.json`, which has the command and versions."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "run.json"}
