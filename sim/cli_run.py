"""`sim run`: parsing and printing only."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sim.base import interrupt
from sim.base.limits import MOST_EVENTS
from sim.cli_ensemble import add_ensemble, name_of_run, run_many, run_single
from sim.cli_errors import status_of
from sim.cli_options import load_scenario, tell_of_code
from sim.cli_pictures import MOST_DRAWN, settle_matplotlib
from sim.cli_streams import flush

RUN_EXAMPLE = (
    "sim run scenarios/one-lab.yaml --set labs.Aurora.use.training=20% --out outputs/mine\n"
    "          sim run scenarios/one-lab.yaml -n 1000"
)


def add_run(sub: argparse.ArgumentParser) -> None:
    """The arguments of `sim run` besides those of every command on a scenario."""
    sub.add_argument("--out", metavar="FOLDER",
                     help="where the results go (default: outputs/NAME; with -n outputs/ensemble-NAME; with --draw K "
                          "outputs/NAME-draw-K; with both outputs/branch-NAME-draw-K)")  # fmt: skip
    sub.add_argument("--seed", type=int, help="seed of the random events, in place of the scenario's")
    sub.add_argument("--max-events", type=count, default=MOST_EVENTS, metavar="N",
                     help=f"stop after N events (default: {MOST_EVENTS:,}; 2 to 3 GB of memory a million)")  # fmt: skip
    sub.add_argument("--svg", action="store_true", help="pictures also as SVG")
    sub.add_argument("--no-pictures", dest="pictures", action="store_false", help="tables only")
    add_ensemble(sub)


def count(text: str) -> int:
    """A whole number above 0, as argparse asks for it."""
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        number = 0.0
    if not 1.0 <= number < 1e15 or number != int(number):
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, such as 1e6, got {text!r}")
    return int(number)


def run_scenario(options: argparse.Namespace) -> int:
    """Simulate, write the folder, print the report."""
    from sim.output import OutputError, check_folder, command_line, default_folder, holds_complete_run
    from sim.report import print_report

    if options.draws is not None:
        return run_many(options)
    scenario = load_scenario(options)
    name = name_of_run(options, scenario)
    folder = Path(options.out) if options.out else default_folder(name)
    check_folder(folder)
    from sim.world.simulate import SimulationError

    tell_of_code(scenario)
    stop = None
    try:
        result = run_single(options, scenario)
    except SimulationError as error:
        if error.day <= 0.0:
            raise  # nothing was simulated, so nothing is written
        stop, result = error, error.result
    for setting in options.sets:
        if ".use." in setting.split("=")[0]:
            print(
                f"--set {setting}: the other shares of this lab were scaled, so that their total stays", file=sys.stderr
            )
    settle_matplotlib()
    drawn = options.pictures
    if drawn and len(result.record.models) > MOST_DRAWN:
        print(f"sim: no pictures, as {len(result.record.models):,} models are too many to draw", file=sys.stderr)
        drawn = False
    replaced = stop is not None and holds_complete_run(folder)
    try:
        result.save(folder, pictures=drawn, svg=options.svg, command=command_line())
    except Exception as error:
        if stop is None or isinstance(error, OutputError) or interrupt.interrupted(error):
            raise
        print(f"sim: {stop}\nWhat was simulated until then cannot be tabulated ({error}); nothing was written.",
              file=sys.stderr)  # fmt: skip
        return status_of(stop)
    print_report(result, folder, sys.stdout)
    flush()
    if stop is None:
        return 0
    if options.debug:
        import traceback

        traceback.print_exception(stop)
    print(f"sim: {stop}\n{folder}/ has what was simulated until then, marked as incomplete"
          + ("; it took the place of a complete run" if replaced else ""), file=sys.stderr)  # fmt: skip
    return status_of(stop)
