"""`sim explain`: parsing and printing only."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sim.cli_errors import USER_ERROR
from sim.cli_options import tell_of_code

EXPLAIN_EXAMPLE = (
    "sim explain scenarios/frontier.yaml GPT-4\n"
    "          sim explain outputs/frontier --event OpenAI/window_closed/GPT-4/1\n"
    "          sim explain scenarios/alignment.yaml --alignment automated_coder\n"
    "          sim explain scenarios/interventions/six-month-pause.yaml --intervention pause"
)


def add_explain(sub: argparse.ArgumentParser) -> None:
    """The arguments of `sim explain`."""
    sub.add_argument("run", help="a run's output folder, or a scenario (YAML file)")
    sub.add_argument("model", nargs="?", help="a model: its name, or Lab/name")
    sub.add_argument("--event", metavar="ID", help="show what caused this event (id as in events.csv)")
    sub.add_argument("--alignment", metavar="LEVEL",
                     help="derive the alignment work in the dwell from this level (or `start`)")  # fmt: skip
    sub.add_argument("--lab", help="with --alignment: whose work is derived (default: the lab with the most)")
    sub.add_argument("--intervention", metavar="NAME",
                     help="what it stopped, what went on meanwhile, and the days bought, as a sum")  # fmt: skip


def run_explain(options: argparse.Namespace) -> int:
    """Simulate again, print the derivation that is asked for."""
    from sim.analysis.explain_events import NotFound, causes_text
    from sim.analysis.explain_source import read_run

    if sum(what is not None for what in (options.model, options.event, options.alignment, options.intervention)) != 1:
        print("sim explain: name a model, or an event by --event ID (ids are in events.csv), or a level by --alignment"
              " LEVEL, or an intervention by --intervention NAME", file=sys.stderr)  # fmt: skip
        return USER_ERROR
    source = read_run(Path(options.run))
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
            print(result.explain(options.model, origins=source.origins), end="")
    except NotFound as error:
        print(f"sim explain: {error}", file=sys.stderr)
        return USER_ERROR
    return 0
