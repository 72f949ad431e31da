"""`sim compare`: parsing and printing only."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli_draws import add_draws, check_no_draws, draw_options, told_of_draws
from sim.draw_options import PAIRS

if TYPE_CHECKING:
    from sim.analysis.worlds import Changed
    from sim.scenario import Scenario

COMPARE_EXAMPLE = (
    "sim compare scenarios/frontier-2032.yaml scenarios/slow-software.yaml scenarios/fast-feedback.yaml\n"
    "          sim compare scenarios/one-lab.yaml 'labs.Aurora.use.training=20%' --out outputs/more-training\n"
    "          sim compare scenarios/frontier-2032.yaml scenarios/interventions/six-month-pause.yaml -n 200"
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
    sub.add_argument("--skip-unfit", action="store_true",
                     help="leave out overlays that are written for another scenario and cannot be laid on this one, "
                          "and say so")  # fmt: skip
    sub.add_argument("--svg", action="store_true", help="pictures also as SVG")
    sub.add_argument("--no-pictures", dest="pictures", action="store_false", help="tables only")
    many = sub.add_argument_group("many draws of the uncertain inputs, each with and without the change")
    add_draws(many, PAIRS, "so many draws instead of the central case: the chance that a change helps")


def run_compare(options: argparse.Namespace) -> int:
    """Compare, write the folder, print the table."""
    from sim.cli_options import policies_of
    from sim.cli_pictures import settle_matplotlib
    from sim.comparison import compare
    from sim.output import check_folder, command_line, default_folder
    from sim.report_compare import print_comparison

    if options.draws is not None:
        return _run_many(options)
    check_no_draws(options)
    base, changes, left_out = _worlds(options)
    folder = Path(options.out) if options.out else default_folder(f"compare-{base.name}")
    check_folder(folder)
    comparison = compare(base, changes, sets=options.sets, policies=policies_of(options), seed=options.seed)
    if options.split:
        comparison.table("returned")
    settle_matplotlib()
    comparison.save(folder, pictures=options.pictures, svg=options.svg, command=command_line())
    print_comparison(comparison, folder, sys.stdout, options.pictures)
    _tell(left_out)
    return 0


def _tell(left_out: str) -> None:
    """Say what was left out, if anything."""
    if left_out:
        print(f"\n{left_out}")


def _worlds(options: argparse.Namespace) -> tuple[Scenario, Mapping[str, Changed], str]:
    """The base, what makes each changed world, and what is told of those left out. Raises UsageError."""
    from sim.analysis.unfit import fitting, told
    from sim.analysis.worlds import name_of, parts_of
    from sim.cli_errors import UsageError
    from sim.scenario import load

    base = load(options.scenario, overlays=options.overlays)
    changes: dict[str, Changed] = {}
    for text in options.changes:
        parts = parts_of(text)
        name = name_of(parts)
        if not parts or name in changes:
            raise UsageError(f"{text}: {'is given twice' if parts else 'expected a file or PATH=VALUE'}")
        changes[name] = parts
    if not options.skip_unfit:
        return base, changes, ""
    fit, unfit = fitting(base, changes)
    if not fit:
        raise UsageError(f"--skip-unfit leaves nothing to compare. {told(unfit, base.name)}")
    return base, fit, told(unfit, base.name) if unfit else ""


def _run_many(options: argparse.Namespace) -> int:
    """Compare draw by draw, print the chances."""
    from sim.analysis.together import NotComparable
    from sim.analysis.worlds import worlds
    from sim.cli_errors import UsageError
    from sim.cli_options import policies_of
    from sim.cli_pictures import settle_matplotlib
    from sim.output import check_folder, command_line, default_folder
    from sim.pairs import comparison_of
    from sim.pairs_report import report_text

    if options.split:
        raise UsageError("--split: only without -n: it says where one pair's days come from")
    asked = draw_options(options, PAIRS, command_line())
    base, changes, left_out = _worlds(options)
    folder = Path(options.out) if options.out else default_folder(f"compare-{base.name}-draws")
    check_folder(folder)
    settle_matplotlib()
    try:
        with told_of_draws(folder, options, "time bought") as told:
            whole, changed = worlds(base, changes, options.sets, policies_of(options))
            found = comparison_of(whole, changed, replace(asked, out=folder, progress=told))
    except NotComparable as error:
        raise UsageError(str(error)) from None
    print(report_text(found.summary))
    what = "Tables and pictures" if options.pictures else "Tables"
    picture = "time_bought.png, " if options.pictures else ""
    print(f"\n{what}: {folder}/ (chances.csv, {picture}levels-*.parquet, work-*.parquet, summary.json, ...)")
    _tell(left_out)
    return 0
