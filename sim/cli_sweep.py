"""`sim sweep`: parsing and printing only."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from sim.cli_progress import ProgressLine

SWEEP_EXAMPLE = (
    "sim sweep scenarios/one-lab.yaml --over labs.Aurora.use.training=5:40:5%\n"
    "          sim sweep scenarios/interventions/six-month-pause.yaml --over pause.lasts='0:24:3 months'\n"
    "            --solve 'time_bought[expert_researcher]=6 months' --workers 4"
)
UNFINISHED = ".unfinished"
"""What the folder beside the results is called as long as a sweep is not finished, behind their name."""


def add_sweep(sub: argparse.ArgumentParser) -> None:
    """The arguments of `sim sweep` besides those of every command on a scenario."""
    sub.add_argument("--over", dest="over", action="append", required=True, metavar="PATH=VALUES",
                     help="an input and its values: a list 5%%,10%%,20%% or '0,3,6 months' (the last unit is that "
                          "of all), a range from:to:step as in '0:24:3 months' or 2027-01-01:2029-01-01:6 months, "
                          "factors as in '1e25:1e27:x10 FLOP'; repeat for a grid")  # fmt: skip
    sub.add_argument("--solve", metavar="OUTPUT=VALUE",
                     help="find the smallest value of the one input that reaches this, as in "
                          "'time_bought[expert_researcher]=6 months' (outputs are columns of sweep.csv)")  # fmt: skip
    sub.add_argument("--show", metavar="OUTPUT", help="what the picture shows (default: time bought, or windows)")
    sub.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N",
                     help="processes (default: one for each processor); they change no number")  # fmt: skip
    sub.add_argument("--resume", action="store_true", help="go on with the unfinished sweep in FOLDER.unfinished")
    sub.add_argument("--out", metavar="FOLDER", help="where the results go (default: outputs/sweep-NAME)")
    sub.add_argument("--seed", type=int, help="seed of the random events, in place of the scenario's")
    sub.add_argument("--svg", action="store_true", help="the picture also as SVG")
    sub.add_argument("--no-pictures", dest="pictures", action="store_false", help="tables only")


def run_sweep(options: argparse.Namespace) -> int:
    """Sweep, keep what is done on the way, write the folder, print the answer."""
    from sim.analysis.axis import AxisError, parse_axis
    from sim.analysis.chunks import OtherSweep, alone, go_on, holds_work
    from sim.analysis.solve import TargetError, parse_target
    from sim.analysis.sweep import plan
    from sim.aside import Busy, discard
    from sim.base import interrupt
    from sim.cli_errors import UsageError
    from sim.cli_options import load_scenario
    from sim.cli_pictures import settle_matplotlib
    from sim.output import OutputError, check_folder, command_line, default_folder, remedy
    from sim.show.sweep_outputs import chosen
    from sim.sweeping import Sweep

    axes = []
    for text in options.over:
        try:
            axes.append(parse_axis(text))
        except AxisError as error:
            raise UsageError(f"--over {text}: {error}") from None
    if len({axis.path for axis in axes}) < len(axes):
        raise UsageError("--over: an input is given twice")
    if options.workers < 1:
        raise UsageError(f"--workers {options.workers}: expected a number above 0")
    scenario = load_scenario(options)
    folder = Path(options.out) if options.out else default_folder(f"sweep-{scenario.name}")
    check_folder(folder)
    try:
        made = plan(scenario, axes, seed=options.seed)
        target = parse_target(made, options.solve) if options.solve else None
        if target is not None and (len(axes) > 1 or axes[0].numbers is None):
            raise TargetError("takes one input whose values are numbers of one unit, or dates")
    except AxisError as error:
        raise UsageError(f"--over: {error}") from None
    except TargetError as error:
        raise UsageError(f"--solve: {error}") from None
    try:
        chosen(Sweep(made, []), options.show)
    except ValueError as error:
        raise UsageError(f"--show: {error}") from None
    kept = Path(f"{folder}{UNFINISHED}")
    placed = False
    progress = ProgressLine("cells")
    try:
        kept.mkdir(parents=True, exist_ok=True)
        with alone(kept):
            if not options.resume and holds_work(kept):
                raise OutputError(f"{kept}: is an unfinished sweep; add --resume to go on with it, or delete it")
            rows = go_on(made, kept, options.workers, progress.told)
            found = Sweep(made, rows)
            if options.solve:
                found.solve(options.solve)
            progress.clear()
            settle_matplotlib()
            found.save(folder, pictures=options.pictures, svg=options.svg, output=options.show, command=command_line())
            placed = True
            discard(kept)
    except OtherSweep:
        raise OutputError(f"{kept}: is an unfinished sweep of something else (another scenario, inputs or seed); "
                          "delete it or choose another folder with --out") from None  # fmt: skip
    except Busy:
        raise OutputError(f"{kept}: another sweep is at work there") from None
    except KeyboardInterrupt as stop:
        progress.clear()
        if progress.done and not placed:
            done = f"{progress.done:,} of {len(made.cells):,} cells are kept"
            interrupt.note(stop, f"{done} in {kept}/: go on with --resume")
        raise
    except OSError as error:
        raise OutputError(f"{kept}: cannot be written ({error.strerror or error}); {remedy(error)}") from error
    _print(found, folder, options.pictures)
    return 0


def _print(found: object, folder: Path, pictures: bool) -> None:
    from sim.analysis.bought_nothing import why_nothing
    from sim.show.sweep_outputs import chosen
    from sim.sweeping import Sweep

    assert isinstance(found, Sweep)
    print(f"{found.plan.scenario.name}: {len(found.rows):,} cells")
    if len(found.rows) <= 40:
        _table(found, chosen(found, None))
    for line in why_nothing(found.plan, found.rows):
        print(line)
    if found.solution is not None:
        print(found.solution)
    for problem in found.problems[:10]:
        print(f"warning: {problem}")
    if len(found.problems) > 10:
        print(f"... and {len(found.problems) - 10} more cells with problems, in sweep.csv")
    what, picture = ("Table and picture", "sweep.png, ") if pictures else ("Table", "")
    print(f"\n{what}: {folder}/ (sweep.csv, {picture}...)")


def _table(found: object, outputs: list[str]) -> None:
    """The inputs and the outputs that the picture shows, a line for each cell."""
    from sim.sweeping import Sweep

    assert isinstance(found, Sweep)
    names = [column.name for column in found.table.columns]
    units = {column.name: column.unit for column in found.table.columns}
    paths = [axis.path for axis in found.plan.axes]
    heads = [*paths, *(f"{name}{', ' + units[name] if units[name] else ''}" for name in outputs)]
    lines = []
    for cell, row in zip(found.plan.cells, found.rows, strict=True):
        values = dict(zip(names, row, strict=True))
        shown = [axis.values[n] for axis, n in zip(found.plan.axes, cell, strict=True)]
        for name in outputs:
            kind, _, of = name.partition("[")
            bound = values.get(f"bound[{of}") if kind == "time_bought" else None
            mark = {"at least": "> ", "at most": "< "}.get(bound or "", "")
            value = values[name]
            if units[name] == "days" and isinstance(value, float):
                value = round(value, 1)
            shown.append("unknown" if value is None else f"{mark}{value:,.6g}" if isinstance(value, float) else value)
        lines.append(shown)
    widths = [max(len(line[n]) for line in [heads, *lines]) for n in range(len(heads))]
    for line in [heads, *lines]:
        cells = [text.ljust(width) if n < len(paths) else text.rjust(width)
                 for n, (text, width) in enumerate(zip(line, widths, strict=True))]  # fmt: skip
        print("  ".join(cells).rstrip())
