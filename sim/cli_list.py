"""`sim list`: parsing and printing only."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sim.cli_errors import USER_ERROR


def add_list(sub: argparse.ArgumentParser) -> None:
    """The arguments of `sim list`."""
    sub.add_argument("folder", nargs="?", default="scenarios", help="folder with scenarios (default: scenarios)")


def run_list(options: argparse.Namespace) -> int:
    """Print what each scenario of a folder asks."""
    from sim.scenario import ScenarioError, describe

    folder = Path(options.folder)
    files = sorted(folder.rglob("*.yaml"))
    if not files:
        print(f"sim list: no scenarios (*.yaml) in {folder}", file=sys.stderr)
        return USER_ERROR
    width = max(len(str(path)) for path in files)
    for path in files:
        try:
            question = describe(path)[1]
        except ScenarioError as error:
            question = f"(cannot be read: {error.problems[0].message})"
        print(f"{path!s:<{width}}  {question}")
    return 0
