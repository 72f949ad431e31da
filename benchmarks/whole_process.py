"""How long a user waits: whole processes of `sim`, against a bare Python start in the same run."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def seconds(*arguments: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """The claims: `sim --help` in 0.3 s, `sim run` of one-lab with pictures in 3 s."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "run")
        cases = {
            "python -c pass": ("-c", "pass"),
            "sim --help": ("-m", "sim", "--help"),
            "sim validate one-lab": ("-m", "sim", "validate", "scenarios/one-lab.yaml"),
            "sim run one-lab, tables only": (
                "-m",
                "sim",
                "run",
                "scenarios/one-lab.yaml",
                "--no-pictures",
                "--out",
                out,
            ),
            "sim run one-lab": ("-m", "sim", "run", "scenarios/one-lab.yaml", "--out", out),
            "sim run frontier": ("-m", "sim", "run", "scenarios/frontier.yaml", "--out", out),
        }
        bare = 0.0
        for name, arguments in cases.items():
            times = sorted(seconds(*arguments) for _ in range(5))
            bare = bare or times[2]
            spread = f"median {times[2]:.2f} s (min {times[0]:.2f}, max {times[4]:.2f})"
            print(f"{name:30s} {spread}; {times[2] / bare:.1f} bare Python starts")


if __name__ == "__main__":
    main()
