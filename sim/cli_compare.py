"""`sim compare`: parsing and printing only."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

COMPARE_EXAMPLE = (
    "sim compare scenarios/frontier-2032.yaml scenarios/slow-software.yaml scenarios/fast-feedback.yaml\n"
    "          sim compare scenarios/one-lab.yaml 'labs.Aurora.use.training=20%' --out outputs/more-training"
)


def add_compare(sub: argparse.ArgumentParser) -> None:
    """The arguments of `sim compare` besides those of every command on a scenario."""
    sub.add_argument("changes", nargs="+", metavar="CHANGE",
                     help="what is set against the base: an overlay, a scenario, or PATH=VALUE; several joined "
                          "by ' + ' are one world")  # fmt: skip
    sub.add_argument("--out", metavar="FOLDER", help="where the results go (default: outputs/compare-NAME)")
    sub.add_argument("--seed", type=int, help="seed of the random events in all worlds, in place of the scenario's")
    sub.add_argument("--split", action="store_true",
                     help="split what came back after an intervention into days by chips, software and the rest, by "
                          "three more runs for each (returned.csv)")  # fmt: skip
    sub.add_argument("--svg", action="store_true", help="pictures also as SVG")
    sub.add_argument("--no-pictures", dest="pictures", action="store_false", help="tables only")


def run_compare(options: argparse.Namespace) -> int:
    """Compare, write the folder, print the table."""
    from sim.analysis.worlds import name_of, parts_of
    from sim.cli_errors import UsageError
    from sim.cli_options import policies_of
    from sim.cli_pictures import settle_matplotlib
    from sim.comparison import compare
    from sim.output import check_folder, command_line, default_folder
    from sim.report_compare import print_comparison
    from sim.scenario import load

    base = load(options.scenario, overlays=options.overlays)
    changes: dict[str, list[str]] = {}
    for text in options.changes:
        parts = parts_of(text)
        name = name_of(parts)
        if not parts or name in changes:
            raise UsageError(f"{text}: {'is given twice' if parts else 'expected a file or PATH=VALUE'}")
        changes[name] = parts
    folder = Path(options.out) if options.out else default_folder(f"compare-{base.name}")
    check_folder(folder)
    comparison = compare(base, changes, sets=options.sets, policies=policies_of(options), seed=options.seed)
    if options.split:
        comparison.table("returned")
    settle_matplotlib()
    comparison.save(folder, pictures=options.pictures, svg=options.svg, command=command_line())
    print_comparison(comparison, folder, sys.stdout, options.pictures)
    return 0
