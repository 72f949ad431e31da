"""The compiled simulation gives the same tables to the bit, and is used only while it is of the same sources.

Compiling takes a minute: `make test-compiled` runs these, `make test` leaves them out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim import compiled, compiling
from tests.faults.test_stopped import ABSURD

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "scenarios").rglob("*.yaml"))
"""All that ship."""

TABLES = """
import hashlib, pickle, sys
from sim import compiled
from sim.scenario import load
from sim.scenario.policy_code import simulate_draw
from sim.tables.tabulate import tables_of, tabulate
print(compiled.state())
for name in sys.argv[1:]:
    draw = load(name).draw()
    record = simulate_draw(pickle.loads(pickle.dumps(draw)))
    tables = {table: tabulate(record, table) for table in tables_of(record)}
    for table, made in tables.items():
        print(name, table, len(made.rows), hashlib.sha256(repr(made.rows).encode()).hexdigest())
    assert pickle.loads(pickle.dumps(record)).events == record.events, name
"""

pytestmark = [pytest.mark.compiles, pytest.mark.xdist_group("compiled")]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program whose simulation is compiled (without the compiler's optimisation, which takes longest)."""
    try:
        compiling.check()
    except compiling.CompileError as error:
        pytest.skip(f"nothing can be compiled here: {error}")
    folder = tmp_path_factory.mktemp("compiled")
    ignored = shutil.ignore_patterns("__pycache__", "_compiled")
    for name in ("sim", "scenarios"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    done = run(folder, "-m", "sim.compiling", "--level", "0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Compiled in" in done.stdout
    return folder


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python on the copy in a folder."""
    outer = {key: value for key, value in os.environ.items() if key not in (compiled.SWITCH, "PYTHONPATH")}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env={**outer, **environment}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def lines(folder: Path, *names: str, **environment: str) -> list[str]:
    """What the tables of scenarios are, the first line saying which simulation made them."""
    done = run(folder, "-c", TABLES, *names, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_scenario_has_the_same_tables(checkout: Path) -> None:
    state, *made = lines(checkout, *SCENARIOS)
    assert state == "compiled"
    state, *expected = lines(checkout, *SCENARIOS, **{compiled.SWITCH: "no"})
    assert state == "interpreted: MANYCOPIES_COMPILED is no"
    assert len(expected) >= 10 * len(SCENARIOS)
    assert made == expected


def test_a_user_s_policy_gets_and_gives_the_same(checkout: Path) -> None:
    """It calls the built-in ones, which are compiled, with what it sees."""
    (checkout / "own.py").write_text(
        "from sim.policy import Decision, share_rest, start_in_order\n\n\n"
        "def own(view):\n"
        "    offered = {kind: 0.5 * count for kind, count in view.total.items()}\n"
        "    starts, waits = start_in_order(view, offered)\n"
        "    return Decision(starts, waits, {} if starts else share_rest(view))\n"
    )
    (checkout / "own.yaml").write_text(
        "question: q\nstart: 2026-01-01\nend: 2028-01-01\nlabs:\n  A:\n    compute: {count: 10000 H100}\n"
        "    runs: {every: 4 months, length: 60 days, public_after: 1 month}\n    policy: own.py:own\n"
    )
    made, expected = (lines(checkout, "own.yaml", **switch)[1:] for switch in ({}, {compiled.SWITCH: "no"}))
    assert len(made) > 1
    assert made == expected


def test_draws_are_the_same_bytes(checkout: Path) -> None:
    for folder, environment in (("compiled", {}), ("interpreted", {compiled.SWITCH: "no"})):
        done = run(checkout, "-m", "sim", "run", "scenarios/one-lab.yaml", "-n", "8", "--workers", "2", "--out",
                   f"outputs/{folder}", "--no-pictures", **environment)  # fmt: skip
        assert done.returncode == 0, done.stderr
    made = {path.relative_to(checkout / "outputs/compiled"): path.read_bytes()
            for path in sorted((checkout / "outputs/compiled").rglob("*.parquet"))}  # fmt: skip
    assert made
    for name, content in made.items():
        assert content == (checkout / "outputs/interpreted" / name).read_bytes(), name


def test_a_file_that_stops_says_the_same(checkout: Path) -> None:
    (checkout / "large.yaml").write_text(ABSURD["1e40 accelerators"])
    told = [run(checkout, "-m", "sim", "run", "large.yaml", **environment).stderr
            for environment in ({}, {compiled.SWITCH: "no"})]  # fmt: skip
    assert "computes with at most" in told[0]
    assert told[0] == told[1]


def test_changed_sources_are_what_runs(checkout: Path) -> None:
    """The last test of these: it changes the copy."""
    source = checkout / "sim" / "world" / "errors.py"
    source.write_text(source.read_text() + "\nCHANGED = True\n")
    done = run(checkout, "-m", "sim", "--version")
    assert "interpreted: sources have changed since `make compile`" in done.stdout
    done = run(checkout, "-c", "from sim.world.errors import CHANGED; print(CHANGED)")
    assert done.stdout == "True\n"


def test_no_compiler_is_told_of_and_nothing_lost(tmp_path: Path) -> None:
    """PATH without a compiler: what to install, and that all works without."""
    shutil.copytree(ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__", "_compiled"))
    done = run(tmp_path, "-m", "sim.compiling", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "takes a C compiler" in done.stderr
    assert "Everything works without" in done.stderr
    assert "has not been run" in run(tmp_path, "-m", "sim", "--version").stdout
