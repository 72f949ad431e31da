"""`sim schema`: parsing and printing only."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from sim.cli_errors import USER_ERROR


def add_schema(sub: argparse.ArgumentParser) -> None:
    """The arguments of `sim schema`."""
    sub.add_argument("--out", metavar="FILE", help="write it there instead")
    sub.add_argument("--markdown", action="store_true", help="a reference to read instead")


def run_schema(options: argparse.Namespace) -> int:
    """Print or write the schema, or the reference."""
    from sim.ensemble.files import replace_file
    from sim.scenario.reference import markdown
    from sim.scenario.schema import schema_text

    made = markdown() if options.markdown else schema_text()
    if not options.out:
        print(made, end="")
        return 0
    try:
        if os.path.exists(options.out) and not os.path.isfile(options.out):  # a pipe or a terminal
            Path(options.out).write_bytes(made.encode())
        else:
            replace_file(Path(os.path.realpath(options.out)), made.encode())
    except OSError as error:
        print(f"sim schema: cannot write {options.out} ({error.strerror})", file=sys.stderr)
        return USER_ERROR
    return 0
