"""What explaining a model costs: as a whole command, and its table of days against one simulation of the scenario.

The claims: the command takes less than a second of CPU time, of a race too, whose table of days is left out unless
`--days` asks for it; and the table of scenarios/frontier.yaml takes less than 15 simulations. The second is a ratio:
the machine cancels.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import sim

ROOT = Path(__file__).parents[1]
COMMANDS = (
    ("one-lab", "Aurora-2"), ("frontier", "GPT-4"), ("frontier", "Claude Opus 4"), ("frontier", "GPT-5.3 Codex"),
    ("frontier-2032", "OpenAI/G-6"), ("interventions/six-month-pause", "OpenAI/G-6"),
)  # fmt: skip
TABLES = (("one-lab", "Aurora-2"), ("frontier", "Claude Opus 4"), ("frontier-2032", "OpenAI/G-6"))


def best(call: Callable[[], object], times: int = 3) -> float:
    """CPU seconds of a call, the best of some."""
    found = float("inf")
    for _ in range(times):
        start = time.process_time()
        call()
        found = min(found, time.process_time() - start)
    return found


def command(scenario: Path, model: str) -> tuple[float, float, bool]:
    """CPU seconds and wall seconds of `sim explain`, the best of three, and whether it printed the table of days."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    call = [sys.executable, "-m", "sim", "explain", str(scenario), model]
    cpu, wall, text = float("inf"), float("inf"), ""
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(4):  # the first may compile modules
            before, start = getrusage(RUSAGE_CHILDREN), time.perf_counter()
            text = subprocess.run(call, cwd=folder, env={**environment, "PYTHONPATH": str(ROOT)}, check=True, text=True,
                                  stdout=subprocess.PIPE).stdout  # fmt: skip
            after = getrusage(RUSAGE_CHILDREN)
            cpu = min(cpu, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
            wall = min(wall, time.perf_counter() - start)
    return cpu, wall, " tried\n" in text


def main() -> None:
    for name, model in COMMANDS:
        cpu, wall, table = command(ROOT / "scenarios" / f"{name}.yaml", model)
        print(f"sim explain scenarios/{name}.yaml {model!r}: {cpu:.2f} s of CPU time, {wall:.2f} s by the clock,"
              f" {'with' if table else 'without'} the table of days")  # fmt: skip
    for name, model in TABLES:
        scenario = sim.load(ROOT / "scenarios" / f"{name}.yaml")
        result = sim.simulate(scenario)
        one = best(lambda scenario=scenario: sim.simulate(scenario).table("windows"))  # type: ignore[misc]
        derived = best(lambda result=result, model=model: result.explain(model))  # type: ignore[misc]
        days = result.explain(model).days
        made = best(days.make, 1)
        asked = "on request" if days.on_request else "unasked"
        print(f"{name}, {model}: one simulation with its windows {one:.3f} s, derivation {derived / one:.1f} of it;"
              f" table of days {made / one:.1f} ({made:.2f} s in one process, {asked}):"
              f" {len(days.table.rows)} worlds")  # fmt: skip


if __name__ == "__main__":
    main()
