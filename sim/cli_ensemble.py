"""`sim run -n`: parsing and printing only."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.base.choices import SUMMARY
from sim.base.limits import MOST_DRAWS, check_draw
from sim.cli_draws import add_draws, check_no_draws, draw_options, told_of_draws
from sim.draw_options import BRANCH, DRAWS, DrawOptions

if TYPE_CHECKING:
    from sim.ensembles import Ensemble
    from sim.result import Result
    from sim.scenario import Scenario


def add_ensemble(run: argparse.ArgumentParser) -> None:
    """The arguments of `sim run` for many draws."""
    many = run.add_argument_group("many draws of the uncertain inputs")
    add_draws(many, DRAWS, "simulate so many draws instead of the central case")
    many.add_argument("--draw", type=_draw, metavar="K", help="only draw number K, with all tables and pictures")
    many.add_argument("--from", dest="since", metavar="DATE",
                      help="with --draw and -n: keep the past of that draw until DATE, draw anew what comes after")


def _draw(text: str) -> float:
    """What `--draw` says, as argparse asks for it; whether there is such a draw is seen later."""
    try:
        number = float(text.replace(",", "").replace("_", ""))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected the number of a draw, such as 137, got {text!r}") from None
    return int(number) if number.is_integer() else number


def run_many(options: argparse.Namespace) -> int:
    """Simulate the draws, keep them, print what they say."""
    from sim.cli_errors import UsageError
    from sim.cli_options import load_scenario, tell_of_code
    from sim.cli_pictures import settle_matplotlib
    from sim.ensemble_report import report_text
    from sim.output import check_folder, command_line, default_folder

    if options.draw is not None and options.since is None:
        raise UsageError("-n and --draw: one of them, or with --from DATE: worlds that share that draw's past")
    if options.since is not None:
        check_branch(options)
    asked = draw_options(options, DRAWS if options.since is None else BRANCH, command_line())
    scenario = load_scenario(options)
    if not scenario.uncertain and options.since is None:
        print(f"sim: no input of {options.scenario} is uncertain: draws differ by random events only", file=sys.stderr)
    folder = Path(options.out) if options.out else default_folder(name_of_many(options, scenario))
    check_folder(folder)
    tell_of_code(scenario)
    settle_matplotlib()
    with told_of_draws(folder, options, alone=options.since is None) as told:
        found = made(options, scenario, replace(asked, out=folder, progress=told))
    print(report_text(found.summary))
    files = "reduced-*.parquet" if asked.keep == SUMMARY else "windows-*.parquet, outcomes-*.parquet"
    print(f"\nTables and summary: {folder}/ ({files}, fan.csv, summary.json, ...)")
    if options.pictures:
        from sim.show.many import pictures_of

        print(f"Pictures: {', '.join(f'{folder}/{name}.png' for name in pictures_of(found))}")
    return 0


def name_of_many(options: argparse.Namespace, scenario: Scenario) -> str:
    """What the folder of many draws is called."""
    if options.since is None:
        return f"ensemble-{scenario.name}"
    return f"branch-{scenario.name}-draw-{options.draw}"


def check_branch(options: argparse.Namespace) -> None:
    """Raises UsageError for --from without a draw to branch from."""
    from sim.cli_errors import UsageError

    if options.draw is None:
        raise UsageError("--from: with --draw K, the draw whose past is kept")
    check_number(options)


def check_number(options: argparse.Namespace) -> int:
    """The number of the draw. Raises UsageError."""
    from sim.cli_errors import UsageError

    try:
        return check_draw(options.draw)
    except ValueError:
        raise UsageError(f"--draw {options.draw}: draws are numbered from 0 to {MOST_DRAWS - 1:,}") from None


def made(options: argparse.Namespace, scenario: Scenario, asked: DrawOptions) -> Ensemble:
    """The draws of a scenario, or those of a branch."""
    if options.since is None:
        from sim.ensembles import ensemble_of

        return ensemble_of(scenario, asked)
    from sim.branching import branch_of

    return branch_of(scenario, options.draw, options.since, asked)


def name_of_run(options: argparse.Namespace, scenario: Scenario) -> str:
    """What the folder of a single run is called. Raises UsageError for an option that needs many draws."""
    from sim.cli_errors import UsageError

    check_no_draws(options, but="method")
    if options.since:
        raise UsageError("--from: only with -n, the number of draws")
    if options.draw is None:
        if options.method:
            raise UsageError("--method: only with -n or --draw")
        return scenario.name
    return f"{scenario.name}-draw-{check_number(options)}"


def run_single(options: argparse.Namespace, scenario: Scenario) -> Result:
    """The central case, or the draw that the options name."""
    if options.draw is None:
        from sim.result import simulate

        return simulate(scenario, seed=options.seed, track=True, most_events=options.max_events)
    from sim.cli_errors import UsageError
    from sim.replay import replay
    from sim.scenario.draw_error import DrawError

    try:
        return replay(scenario, options.draw, seed=options.seed, method=options.method or "sobol",
                      most_events=options.max_events)  # fmt: skip
    except DrawError as error:
        raise UsageError(f"--draw {options.draw}: {error}") from None
