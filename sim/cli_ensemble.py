"""`sim run -n`: parsing and printing only."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sim.base.limits import MOST_DRAWS
from sim.cli_progress import ProgressLine

if TYPE_CHECKING:
    from sim.ensemble.counting import Progress
    from sim.ensembles import Ensemble
    from sim.result import Result
    from sim.scenario import Scenario

ONLY_MANY = ("workers", "on", "resume", "keep", "until", "since")
"""Options that make no sense without -n."""
WORDS = {"since": "from"}


def add_ensemble(run: argparse.ArgumentParser) -> None:
    """The arguments of `sim run` for many draws."""
    many = run.add_argument_group("many draws of the uncertain inputs")
    many.add_argument("-n", dest="draws", metavar="DRAWS", help="simulate so many draws instead of the central case")
    many.add_argument("--draw", type=int, metavar="K", help="only draw number K, with all tables and pictures")
    many.add_argument("--from", dest="since", metavar="DATE",
                      help="with --draw and -n: keep the past of that draw until DATE, draw anew what comes after")
    add_spreading(many)
    many.add_argument("--keep", metavar="WHAT",
                      help="examples: trajectory and events of the first 100 draws (default); all: of all; "
                           "summary: no rows, only counts, the same size for any number of draws")  # fmt: skip
    many.add_argument("--until", metavar="RESULT=ERROR",
                      help="end early, once the Monte Carlo error of a result's median is as small as this, as in "
                           "own_window_median_days=2%%")  # fmt: skip


def add_spreading(many: argparse._ArgumentGroup) -> None:
    """Who simulates draws, and which points they are."""
    many.add_argument("--workers", type=int, metavar="N",
                      help="processes (default: one for each processor); they change no number")  # fmt: skip
    many.add_argument("--on", metavar="WHERE",
                      help="dask (a cluster on this machine) or a Dask scheduler's address, tcp://...")  # fmt: skip
    many.add_argument("--resume", action="store_true",
                      help="go on with what was interrupted, or add draws to what is finished there")  # fmt: skip
    many.add_argument("--method", metavar="POINTS", help="sobol (default), latin or random")


def check_spreading(options: argparse.Namespace) -> None:
    """Raises UsageError for what makes no sense."""
    from sim.cli_errors import UsageError
    from sim.ensemble.sampler import METHODS

    if options.method is not None and options.method not in METHODS:
        raise UsageError(f"--method {options.method}: expected {' or '.join(METHODS)}")
    if options.workers is not None and options.workers < 1:
        raise UsageError(f"--workers {options.workers}: expected a number above 0")


def run_many(options: argparse.Namespace) -> int:
    """Simulate the draws, keep them, print what they say."""
    from sim.cli_errors import UsageError
    from sim.cli_options import load_scenario, tell_of_code
    from sim.cli_pictures import settle_matplotlib
    from sim.ensemble.run import KEPT, SUMMARY
    from sim.ensemble.sampler import METHODS
    from sim.ensemble_report import report_text
    from sim.output import check_folder, command_line, default_folder

    if options.draw is not None and options.since is None:
        raise UsageError("-n and --draw: one of them, or with --from DATE: worlds that share that draw's past")
    draws = number_of_draws(options.draws)
    if options.keep is not None and options.keep not in KEPT:
        raise UsageError(f"--keep {options.keep}: expected {' or '.join(KEPT)}")
    check_spreading(options)
    scenario = load_scenario(options)
    if not scenario.uncertain and options.since is None:
        print(f"sim: no input of {options.scenario} is uncertain: draws differ by random events only", file=sys.stderr)
    folder = Path(options.out) if options.out else default_folder(name_of_many(options, scenario))
    check_folder(folder)
    tell_of_code(scenario)
    settle_matplotlib()
    with told_of_draws(folder, options) as told:
        found = maker(options)(
            scenario, n=draws, seed=options.seed, workers=options.workers, out=folder, on=options.on,
            resume=options.resume, keep=options.keep or KEPT[0], method=options.method or METHODS[0],
            until=options.until, most_events=options.max_events, progress=told, pictures=options.pictures,
            svg=options.svg, command=command_line(),
        )  # fmt: skip
    print(report_text(found.summary))
    files = "reduced-*.parquet" if options.keep == SUMMARY else "windows-*.parquet, outcomes-*.parquet"
    print(f"\nTables and summary: {folder}/ ({files}, fan.csv, summary.json, ...)")
    if options.pictures:
        from sim.show.many import pictures_of

        print(f"Pictures: {', '.join(f'{folder}/{name}.png' for name in pictures_of(found))}")
    return 0


def name_of_many(options: argparse.Namespace, scenario: Scenario) -> str:
    """What the folder of many draws is called. Raises UsageError for --from without a draw to branch from."""
    from sim.cli_errors import UsageError

    if options.since is None:
        return f"ensemble-{scenario.name}"
    if options.draw is None:
        raise UsageError("--from: with --draw K, the draw whose past is kept")
    return f"branch-{scenario.name}-draw-{check_number(options)}"


def check_number(options: argparse.Namespace) -> int:
    """The number of the draw. Raises UsageError."""
    from sim.cli_errors import UsageError

    number: int = options.draw
    if not 0 <= number < MOST_DRAWS:
        raise UsageError(f"--draw {number}: draws are numbered from 0 to {MOST_DRAWS - 1:,}")
    return number


def maker(options: argparse.Namespace) -> Callable[..., Ensemble]:
    """What makes the draws: all of the scenario's, or a branch."""
    if options.since is None:
        from sim.ensembles import run_ensemble

        return run_ensemble
    from sim.branching import branch

    return partial(branch, draw=options.draw, date=options.since)


def number_of_draws(text: str) -> int:
    """What `-n` says. Raises UsageError."""
    from sim.cli_errors import UsageError
    from sim.ensemble.run import check_draws

    try:
        return check_draws(float(text.replace(",", "").replace("_", "")))
    except (ValueError, OverflowError) as error:
        why = str(error) if "draws" in str(error) else "expected a whole number of draws above 0, such as 1000"
        raise UsageError(f"-n {text}: {why}") from None


@contextmanager
def told_of_draws(
    folder: Path, options: argparse.Namespace, what: str = "own windows", counted: str = "draws"
) -> Iterator[Callable[[Progress], None]]:
    """What is told while draws are made, and why they could not be, in the words of the command line.

    what: whose running median is told, in days. counted: what is made, in the plural.
    """
    from sim.cli_errors import UsageError
    from sim.ensemble.branch import BranchRefused
    from sim.ensemble.cluster import ClusterError
    from sim.ensemble.counting import TooManyFailures
    from sim.ensemble.until import UntilError
    from sim.ensemble.workers import WorkerLost
    from sim.output import OutputError

    line = ProgressLine(counted)

    def told(now: Progress) -> None:
        median = "" if now.median is None else f"; {what}, median so far: {now.median:,.0f} days"
        line.told(now.done, now.draws, now.seconds, median)

    try:
        yield told
    except BranchRefused as error:
        raise UsageError(f"--from {options.since}: {error}") from None
    except UntilError as error:
        raise UsageError(f"--until {options.until}: {error}") from None
    except TooManyFailures as error:
        if error.ours:
            raise
        done = f"What was done is in {folder}.unfinished/; sim run --draw K makes one draw alone"
        raise OutputError(f"{error}. {done}") from None
    except ClusterError as error:
        raise UsageError(f"--on {options.on}: {error}") from None
    except WorkerLost as error:
        raise OutputError(f"{error}; with fewer --workers each has more memory. Go on with --resume") from None
    finally:
        line.clear()


def name_of_run(options: argparse.Namespace, scenario: Scenario) -> str:
    """What the folder of a single run is called. Raises UsageError for an option that needs many draws."""
    from sim.cli_errors import UsageError

    for name in ONLY_MANY:
        if getattr(options, name):
            raise UsageError(f"--{WORDS.get(name, name)}: only with -n, the number of draws")
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
