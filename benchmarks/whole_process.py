"""How long a user waits: whole processes of `sim`, against a bare Python start in the same run."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def seconds(arguments: tuple[str, ...], compiled: Path) -> tuple[float, float]:
    """Wall and processor time of a Python process that keeps what it compiles, as a user's does."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(compiled)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True, env=environment)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    """The claims: `sim --help` in 0.3 s, `sim run` of one-lab with pictures in 2.5 s, on a machine with nothing else
    to do. Where others work on it, processor time says more.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "run")
        one_lab, frontier = "scenarios/one-lab.yaml", "scenarios/frontier.yaml"
        cases = {
            "python -c pass": ("-c", "pass"),
            "sim --help": ("-m", "sim", "--help"),
            "sim validate one-lab": ("-m", "sim", "validate", one_lab),
            "sim show one-lab": ("-m", "sim", "show", one_lab),
            "sim run one-lab, tables only": ("-m", "sim", "run", one_lab, "--no-pictures", "--out", out),
            "sim run one-lab": ("-m", "sim", "run", one_lab, "--out", out),
            "sim run frontier": ("-m", "sim", "run", frontier, "--out", out),
        }
        compiled = Path(folder) / "compiled"
        bare = 0.0
        for name, arguments in cases.items():
            seconds(arguments, compiled)
            walls, used = zip(*(seconds(arguments, compiled) for _ in range(5)), strict=True)
            wall, processor = sorted(walls)[2], sorted(used)[2]
            bare = bare or wall
            spread = f"median {wall:.2f} s (min {min(walls):.2f}, max {max(walls):.2f})"
            print(f"{name:30s} {spread}; processor {processor:.2f} s; {wall / bare:.1f} bare Python starts")


if __name__ == "__main__":
    main()
