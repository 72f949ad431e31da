"""`sim show`: parsing and printing only."""

from __future__ import annotations

import argparse
import sys

from sim.cli_errors import USER_ERROR
from sim.cli_options import code_of, load_scenario


def add_show(sub: argparse.ArgumentParser) -> None:
    """The arguments of `sim show` besides those of every command on a scenario."""
    sub.add_argument("--all", action="store_true", help="also the inputs that the scenario leaves at their defaults")
    more = "what 10%% more of each input moves, by a run for each (half a minute for frontier)"
    sub.add_argument("--effects", action="store_true", help=more)
    sub.add_argument("--priors", action="store_true", help="only the uncertain inputs: 5%%, 50%% and 95%% of each")
    sub.add_argument("--out", metavar="DIR", help="with --priors: also draw all, DIR/priors.png, priors-2.png, ...")
    sub.add_argument("--csv", action="store_true", help="as CSV, with notes and meanings, nothing cut")


def run_show(options: argparse.Namespace) -> int:
    """List the inputs, with what is asked of them."""
    from sim.analysis.effects import LEGEND, effect_text
    from sim.analysis.effects import effects as effects_of
    from sim.result import simulate
    from sim.scenario.listing import csv_text, rows, text
    from sim.world.simulate import SimulationError

    scenario = load_scenario(options)
    if options.priors:
        from sim.cli_priors import show_priors

        show_priors(scenario, options.out)
        return 0
    if options.out:
        print("sim show: --out goes with --priors", file=sys.stderr)
        return USER_ERROR
    effects = read = None
    code = code_of(scenario)
    if code:
        print(f"sim: what was read is not known: code is not run here ({code})", file=sys.stderr)
    try:
        # What is tracked is slower.
        result = None if code else simulate(scenario, track=not options.effects)
        read = None if result is None else result.read
        if options.effects and result is not None and read is not None:
            moved = effects_of(scenario, result.record, read, _told if sys.stderr.isatty() else None)
            effects = {path: effect_text(effect) for path, effect in moved.items()}
    except SimulationError as error:
        print(f"sim: what was read is not known: {error}", file=sys.stderr)
        read = None
    listed = rows(scenario.inputs, read, defaults=options.all, effects=effects)
    if options.csv:
        print(csv_text(listed), end="")
        return 0
    print(text(listed, effects=effects is not None), end="")
    if effects is not None:
        print(LEGEND)
    return 0


def _told(tried: int, whole: int) -> None:
    """Progress on a terminal, in one line that is then gone."""
    print(f"\r{tried} of {whole} inputs" if tried < whole else "\r\033[K", end="", file=sys.stderr, flush=True)
