"""What may be asked of many draws, as options of the shell: made of `sim.draw_options`, where each is said once."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.base.limits import check_draws
from sim.cli_progress import ProgressLine
from sim.draw_options import NAMED, DrawOptions, Kind, OptionError, meaning

if TYPE_CHECKING:
    from sim.ensemble.counting import Progress

ONLY_MANY = tuple(name for name, each in NAMED.items() if each.metadata["flag"])
"""Options that make no sense without -n."""

STORED = {"most_events": "max_events"}
"""Options whose place among those of the shell is called otherwise."""


def add_draws(many: argparse._ArgumentGroup, kind: Kind, draws: str) -> None:
    """How many draws, who simulates them, and what is kept. draws: what -n does."""
    many.add_argument("-n", dest="draws", metavar="DRAWS", help=draws)
    for name in ONLY_MANY:
        each = NAMED[name]
        text = meaning(each, kind).replace("%", "%%")
        flag, metavar = each.metadata["flag"], each.metadata["metavar"]
        if each.default is False:
            many.add_argument(flag, action="store_true", help=text)
        else:
            number = str(each.type).startswith("int")
            many.add_argument(flag, metavar=metavar, type=int if number else str, help=text)


def draw_options(given: argparse.Namespace, kind: Kind, command: str) -> DrawOptions:
    """What the shell says of many draws, but for where they go. Raises UsageError for what makes no sense."""
    from sim.cli_errors import UsageError
    from sim.draw_options import asked

    values: dict[str, Any] = {"out": None, "command": command}
    for name in NAMED:
        value = getattr(given, STORED.get(name, name), None)
        if name not in values and value is not None:
            values[name] = value
    try:
        return asked(number_of_draws(given.draws), values, kind)
    except OptionError as error:
        raise UsageError(f"--{error.name} {error.given}: {error.why}") from None


def check_no_draws(given: argparse.Namespace, but: str = "") -> None:
    """Raises UsageError for an option that makes no sense without -n. but: one that may be there."""
    from sim.cli_errors import UsageError

    for name in ONLY_MANY:
        if name != but and getattr(given, name):
            raise UsageError(f"{NAMED[name].metadata['flag']}: only with -n, the number of draws")


def number_of_draws(text: str) -> int:
    """What `-n` says. Raises UsageError."""
    from sim.cli_errors import UsageError

    try:
        return check_draws(float(text.replace(",", "").replace("_", "")))
    except (ValueError, OverflowError) as error:
        why = str(error) if "draws" in str(error) else "expected a whole number of draws above 0, such as 1000"
        raise UsageError(f"-n {text}: {why}") from None


@contextmanager
def told_of_draws(
    folder: Path, options: argparse.Namespace, what: str = "own windows", counted: str = "draws", alone: bool = False
) -> Iterator[Callable[[Progress], None]]:
    """What is told while draws are made, and why they could not be, in the words of the command line.

    what: whose running median is told, in days. counted: what is made, in the plural. alone: whether `sim run --draw`
    makes one of them alone.
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
        how = "; sim run --draw K makes one draw alone" if alone else ""
        raise OutputError(f"{error}. What was done is in {folder}.unfinished/{how}") from None
    except ClusterError as error:
        raise UsageError(f"--on {options.on}: {error}") from None
    except WorkerLost as error:
        raise OutputError(f"{error}; with fewer --workers each has more memory. Go on with --resume") from None
    finally:
        line.clear()
