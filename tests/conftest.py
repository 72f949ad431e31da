"""Settings of all tests: generated examples repeat; every event of any test is of a declared kind; long files first."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Tests are of the sources: some put mutants in the place of functions. tests/packaging has those of `make compile`.
os.environ.setdefault("MANYCOPIES_COMPILED", "no")

from sim.world.kinds import KINDS
from sim.world.record import MOVED, WORTH, Event
from sim.world.world import World

# Else each command that a test runs would compile the whole program anew, and each worker all tests each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# A shell has its background jobs ignore Ctrl-C, and what they start too; commands that tests interrupt must not.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

LONG = (
    "second/test_rules", "show/test_pictures", "docs/test_pages", "ensemble/test_branch", "cli/test_interventions",
    "docs/test_readme", "world/test_random_worlds", "faults/test_surroundings", "cli/test_ensemble",
    "ensemble/test_run_ensemble", "scenario/test_schema", "analysis/test_compare", "scenario/test_fuzz",
    "second/test_interventions", "cli/test_bad_scenarios", "api/test_typing", "analysis/test_sweep",
    "faults/test_interrupted", "cli/test_scenarios", "ensemble/test_dask", "cli/test_sensitivity", "second/test_deals",
    "analysis/test_pairs", "second/test_race",
)  # fmt: skip
"""Files that take the longest, from 30 to 8 seconds."""

HERE = Path(__file__).parent


def worker(config: pytest.Config) -> int | None:
    """The number of this worker among those that share the tests; None if there is but this process."""
    found: str | None = getattr(config, "workerinput", {}).get("workerid")
    return None if found is None else int(found.removeprefix("gw"))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: Any) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Every other worker reads the folders from the last on: of what pytest makes of new files, each makes a part."""
    report = yield
    if collector.path == HERE and (worker(collector.config) or 0) % 2:
        report.result.reverse()
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where workers take one file after the other, the long ones are first: none is alone with one at the end."""
    if worker(config) is not None:
        first = {HERE / f"{name}.py": n for n, name in enumerate(LONG)}
        items.sort(key=lambda item: (first.get(item.path, len(LONG)), item.path))


def pytest_collection_finish() -> None:
    """What has been collected stays: the cyclic garbage collector does not go through it again and again.

    It is not kept frozen: each simulation would count it anew (`sim.world.simulate`), as long as a small world takes.
    """
    gc.collect()
    gc.freeze()
    gc.unfreeze()
    gc.set_threshold(50_000, 20, 1_000)


def pytest_sessionfinish() -> None:
    """Nor when all is over, when pytest has it look for what was not closed."""
    gc.freeze()


settings.register_profile("repeatable", derandomize=True, deadline=None)  # no test asserts a wall time
settings.load_profile("repeatable")

WORTH_OF = {"accelerators_moved": {"flop_per_s", "tokens_per_s", "copies"},
            "earmark_started": {"flop_per_s", "tokens_per_s", "copies"},
            "copies_wound_down": {"tokens_per_s"}}  # fmt: skip
"""What the tables put in the place of WORTH; of wound down copies their number is the value."""


def misfit(event: Event) -> str:
    """How an event differs from the declaration of its kind; empty if it does not."""
    _, _, name, _, value, unit, details, causes = event
    kind = KINDS.get(name)
    if kind is None:
        return f"kind {name!r} is not declared"
    if unit not in kind.units:
        return f"{name}: unit {unit!r}"
    if value is None and unit and WORTH not in (details or {}):
        return f"{name}: no value"
    if value is not None and not unit:
        return f"{name}: a value without a unit"
    keys = set(details or {})
    if WORTH in keys:
        keys = keys - {WORTH} | WORTH_OF[name]
    if MOVED in keys:
        keys = keys - {MOVED} | {"from", "to"}
    if more := sorted(keys - set(kind.details)):
        return f"{name}: details {', '.join(map(repr, more))}"
    if not kind.cause and any(cause >= 0 for cause in causes):
        return f"{name}: a cause"
    return ""


@pytest.fixture(scope="session", autouse=True)
def _events_are_declared() -> Iterator[None]:
    made, known = World.event, set()

    def event(
        world: World, lab: str, kind: str, subject: str, value: float | None, unit: str, details: Any, causes: Any
    ) -> int:
        shape = (kind, value is None, unit, None if details is None else tuple(details), not causes)
        told = world.details or kind not in WORTH_OF  # without details there is nothing to work its value out from
        if told and shape not in known:
            known.add(shape)
            wrong = misfit((0.0, lab, kind, subject, value, unit, details, causes))
            assert not wrong, wrong
        return made(world, lab, kind, subject, value, unit, details, causes)

    World.event = event  # type: ignore[method-assign]
    yield
    World.event = made  # type: ignore[method-assign]
