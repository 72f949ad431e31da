"""`sim explain`: parsing and printing only."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sim.base import interrupt
from sim.cli_errors import USER_ERROR, UsageError
from sim.cli_options import add_changes, changes_of, policies_of, tell_of_code
from sim.cli_progress import ProgressLine
from sim.cli_streams import flush

if TYPE_CHECKING:
    from sim.analysis.explain import Explanation

EXPLAIN_EXAMPLE = (
    "sim explain scenarios/frontier.yaml GPT-4\n"
    "          sim explain scenarios/frontier-2032.yaml OpenAI/G-6 --days\n"
    "          sim explain outputs/frontier --event OpenAI/window_closed/GPT-4/1\n"
    "          sim explain scenarios/alignment.yaml --alignment automated_coder\n"
    "          sim explain scenarios/interventions/six-month-pause.yaml --intervention pause --set pause.lasts=90days"
)


def add_explain(sub: argparse.ArgumentParser) -> None:
    """The arguments of `sim explain`."""
    sub.add_argument("run", help="a run's output folder, or a scenario (YAML file)")
    sub.add_argument("model", nargs="?", help="a model: its name, or Lab/name")
    days = sub.add_mutually_exclusive_group()
    days.add_argument("--days", action="store_true", default=None,
                      help="make the table of days per +10%% of each input, however many worlds it takes (default: "
                           "where they have few events; those of a race have too many)")  # fmt: skip
    days.add_argument("--no-days", dest="days", action="store_false", help="leave that table out")
    sub.add_argument("--workers", type=int, metavar="N",
                     help="with --days: processes (default: one for each processor); no number changes")  # fmt: skip
    sub.add_argument("--event", metavar="ID", help="show what caused this event (id as in events.csv)")
    sub.add_argument("--alignment", metavar="LEVEL",
                     help="derive the alignment work in the dwell from this level (or `start`)")  # fmt: skip
    sub.add_argument("--lab", help="with --alignment: whose work is derived (default: the lab with the most)")
    sub.add_argument("--intervention", metavar="NAME",
                     help="what it stopped, what went on meanwhile, and the days bought, as a sum")  # fmt: skip
    add_changes(sub)


def run_explain(options: argparse.Namespace) -> int:
    """Simulate again, print the derivation that is asked for."""
    from sim.analysis.explain_events import NotFound, causes_text
    from sim.analysis.explain_source import read_run

    if sum(what is not None for what in (options.model, options.event, options.alignment, options.intervention)) != 1:
        print("sim explain: name a model, or an event by --event ID (ids are in events.csv), or a level by --alignment"
              " LEVEL, or an intervention by --intervention NAME", file=sys.stderr)  # fmt: skip
        return USER_ERROR
    if options.model is None and (options.days is not None or options.workers is not None):
        raise UsageError("--days, --no-days and --workers: only with a model")
    if options.workers is not None and options.workers < 1:
        raise UsageError(f"--workers {options.workers}: expected a number above 0")
    changes = changes_of(options)
    if changes and Path(options.run).is_dir():
        raise UsageError(f"{changes[0]}: {options.run} is a run that was made; only a scenario can be changed")
    source = read_run(Path(options.run), overlays=options.overlays, sets=options.sets, policies=policies_of(options))
    from sim.result import simulate
    from sim.world.simulate import SimulationError

    tell_of_code(source.scenario)
    try:
        result = simulate(source.scenario, seed=source.seed, most_events=source.most_events)
    except SimulationError as error:
        if error.day <= 0.0:
            raise  # nothing was simulated
        print(f"sim: {error}; what follows is explained up to then", file=sys.stderr)
        result = error.result
    if source.windows_sha256 is not None and not source.agrees(result.table("windows").to_csv()):
        print(f"sim: {options.run} was made by another version: its windows.csv differs from what follows",
              file=sys.stderr)  # fmt: skip
    try:
        if options.event is not None:
            print(causes_text(result.record, options.event), end="")
        elif options.alignment is not None:
            print(result.explain_alignment(options.alignment, options.lab, origins=source.origins), end="")
        elif options.intervention is not None:
            print(result.explain_intervention(options.intervention), end="")
        else:
            _print_model(result.explain(options.model, origins=source.origins), options)
    except NotFound as error:
        print(f"sim explain: {error}", file=sys.stderr)
        return USER_ERROR
    return 0


def _print_model(found: Explanation, options: argparse.Namespace) -> None:
    """The derivation at once, then the table of days, which may take longer."""
    from sim.analysis.explain_text import days_text, derivation_text

    print(derivation_text(found), end="")
    if options.days is False:
        return
    print()
    if options.days or not found.days.on_request:
        interrupt.stands("what is printed above is whole, only the table of days is missing")
        flush()
        line = ProgressLine("worlds")
        started = time.monotonic()
        workers = options.workers or (os.cpu_count() or 1 if found.days.on_request else 1)
        try:
            found.days.make(workers, lambda done, whole: line.told(done, whole, time.monotonic() - started))
        finally:
            line.clear()
        interrupt.stands()
    command = shlex.join(["sim", "explain", options.run, options.model, *changes_of(options), "--days"])
    print(days_text(found, command), end="")
