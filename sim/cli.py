"""The command line: parsing and printing only."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.base import interrupt
from sim.base.limits import MOST_EVENTS
from sim.cli_compare import COMPARE_EXAMPLE, add_compare, run_compare
from sim.cli_ensemble import add_ensemble, name_of_run, run_many, run_single
from sim.cli_sensitivity import SENSITIVITY_EXAMPLE, add_sensitivity, run_sensitivity
from sim.cli_sweep import SWEEP_EXAMPLE, add_sweep, run_sweep

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.world.simulate import SimulationError

USER_ERROR, OUR_ERROR = 2, 1
MOST_DRAWN = 1000
"""Models above which there are no pictures: they would take minutes, and nobody could read them."""

DESCRIPTION = """\
How many copies of a new AI model can run after each training run, how fast the AI
workforce grows, and how long the window lasts before a stronger model comes.

  sim run scenarios/frontier.yaml        simulate; tables and pictures go to outputs/frontier
  sim validate my.yaml                   check a scenario without running it
  sim compare my.yaml pause.yaml         what time an intervention buys, and what it costs
  sim sweep my.yaml --over PATH=VALUES   the same over a list or range of an input
  sim sensitivity my.yaml -n 300         which uncertain inputs a result goes with
  sim explain outputs/frontier GPT-4     derive a model's numbers; why its windows closed
  sim show my.yaml                       every input: value, source or guess, and whether it mattered
  sim list                               what scenarios there are, and what each answers
"""

STATUSES = """\
exit status:
  0    done
  1    a fault in this program (please report it)
  2    something to change: a file, the command, a folder that cannot be written, or a run
       that could not go on to its end (its tables up to then are written, and marked)
  130  stopped by Ctrl-C
"""


class UsageError(Exception):
    """An option that makes no sense."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status (see `STATUSES`)."""
    outer = sys.exc_info()[1]
    interrupt.stands()
    _prepare_streams()
    debug = False
    try:
        parser = _parser()
        options = parser.parse_args(arguments)
        if not hasattr(options, "command"):
            parser.print_help()
            status = 0
        else:
            debug = options.debug
            status = int(options.command(options))
        _flush()
        return status
    except KeyboardInterrupt:
        return _stopped()
    except Exception as error:
        if interrupt.interrupted(error, outer):
            return _stopped()
        if isinstance(error, BrokenPipeError):  # `sim … | head`: the reader has had enough
            _give_up_stdout()
            return 0
        if debug:
            import traceback

            traceback.print_exc()
        return _explain(error)


def _stopped() -> int:
    print(interrupt.told(), file=sys.stderr)
    return interrupt.STATUS


def _prepare_streams() -> None:
    """A letter that the terminal's encoding does not have is printed as its escape."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _flush() -> None:
    if sys.stdout is not None:  # it is None when the shell closed it (`>&-`)
        sys.stdout.flush()


def _give_up_stdout() -> None:
    """Nothing more can be printed: let what is still buffered go nowhere, or Python would complain at its end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        pass


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sim",
        description=DESCRIPTION,
        epilog=STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, function: Any, short: str, example: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            help=short,
            description=f"{short[0].upper()}{short[1:]}.",
            epilog=f"example:  {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.add_argument("--debug", action="store_true", help="show the traceback of an error")
        sub.set_defaults(command=function)
        return sub

    def scenario(sub: argparse.ArgumentParser, what: str = "a YAML file (see scenarios/)") -> None:
        sub.add_argument("scenario", help=what)
        sub.add_argument("--set", dest="sets", action="append", default=[], metavar="PATH=VALUE",
                         help="change one value, e.g. labs.Aurora.use.training=20%%; repeat for more")  # fmt: skip
        sub.add_argument("--with", dest="overlays", action="append", default=[], metavar="OVERLAY",
                         help="lay another YAML file over it; repeat for more")  # fmt: skip
        sub.add_argument("--policy", dest="policies", action="append", default=[], metavar="LAB=POLICY",
                         help="a lab's policy: a built-in one, or FILE.py:FUNCTION; repeat for more")  # fmt: skip

    run = command(
        "run",
        _run,
        "simulate a scenario",
        "sim run scenarios/one-lab.yaml --set labs.Aurora.use.training=20% --out outputs/mine\n"
        "          sim run scenarios/one-lab.yaml -n 1000",
    )
    scenario(run)
    run.add_argument("--out", metavar="FOLDER", help="where the results go (default: outputs/NAME)")
    run.add_argument("--seed", type=int, help="seed of the random events, in place of the scenario's")
    run.add_argument("--max-events", type=_count, default=MOST_EVENTS, metavar="N",
                     help=f"stop after N events (default: {MOST_EVENTS:,}; 2 to 3 GB of memory a million)")  # fmt: skip
    run.add_argument("--svg", action="store_true", help="pictures also as SVG")
    run.add_argument("--no-pictures", dest="pictures", action="store_false", help="tables only")
    add_ensemble(run)
    compared = command("compare", run_compare, "set changed worlds against a scenario: what time an intervention buys",
                       COMPARE_EXAMPLE)  # fmt: skip
    scenario(compared)
    add_compare(compared)
    swept = command("sweep", run_sweep, "simulate a scenario over a list or range of one or more inputs",
                    SWEEP_EXAMPLE)  # fmt: skip
    scenario(swept)
    add_sweep(swept)
    sensitive = command("sensitivity", run_sensitivity, "which uncertain inputs a result goes with, over many draws",
                        SENSITIVITY_EXAMPLE)  # fmt: skip
    scenario(sensitive, "an ensemble's folder (sim run FILE -n 300), or a YAML file")
    add_sensitivity(sensitive)
    validate = command("validate", _validate, "check a scenario without running it", "sim validate my.yaml")
    scenario(validate)
    explain = command(
        "explain",
        _explain_model,
        "derive a model's numbers step by step, or show what caused an event, or what an intervention bought",
        "sim explain scenarios/frontier.yaml GPT-4\n"
        "          sim explain outputs/frontier --event OpenAI/window_closed/GPT-4/1\n"
        "          sim explain scenarios/alignment.yaml --alignment automated_coder\n"
        "          sim explain scenarios/interventions/six-month-pause.yaml --intervention pause",
    )
    explain.add_argument("run", help="a run's output folder, or a scenario (YAML file)")
    explain.add_argument("model", nargs="?", help="a model: its name, or Lab/name")
    explain.add_argument("--event", metavar="ID", help="show what caused this event (id as in events.csv)")
    explain.add_argument("--alignment", metavar="LEVEL",
                         help="derive the alignment work in the dwell from this level (or `start`)")  # fmt: skip
    explain.add_argument("--lab", help="with --alignment: whose work is derived (default: the lab with the most)")
    explain.add_argument("--intervention", metavar="NAME",
                         help="what it stopped, what went on meanwhile, and the days bought, as a sum")  # fmt: skip
    show = command("show", _show, "list a scenario's inputs", "sim show scenarios/one-lab.yaml --effects")
    scenario(show)
    show.add_argument("--all", action="store_true", help="also the inputs that the scenario leaves at their defaults")
    more = "what 10%% more of each input moves, by a run for each (half a minute for frontier)"
    show.add_argument("--effects", action="store_true", help=more)
    show.add_argument("--priors", action="store_true", help="only the uncertain inputs: 5%%, 50%% and 95%% of each")
    show.add_argument("--out", metavar="DIR", help="with --priors: also draw them, as DIR/priors.png")
    show.add_argument("--csv", action="store_true", help="as CSV, with notes and meanings, nothing cut")
    listing = command("list", _list, "say what each scenario is for", "sim list")
    listing.add_argument("folder", nargs="?", default="scenarios", help="folder with scenarios (default: scenarios)")
    schema = command("schema", _schema, "print the JSON Schema of scenario files, for editors",
                     "sim schema --out scenario.schema.json")  # fmt: skip
    schema.add_argument("--out", metavar="FILE", help="write it there instead")
    schema.add_argument("--markdown", action="store_true", help="a reference to read instead")
    completion = command("completion", _completion, "print a script that completes sim on Tab",
                         'eval "$(sim completion bash)"')  # fmt: skip
    completion.add_argument("shell", choices=["bash", "zsh", "fish"], help="the shell that it is for")
    return parser


def _count(text: str) -> int:
    """A whole number above 0, as argparse asks for it."""
    try:
        count = float(text.replace(",", ""))
    except ValueError:
        count = 0.0
    if not 1.0 <= count < 1e15 or count != int(count):
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, such as 1e6, got {text!r}")
    return int(count)


def _version() -> str:
    from sim import __version__

    return f"manycopies {__version__}"


def _load(options: argparse.Namespace) -> Scenario:
    """The scenario that the options name."""
    from sim.scenario import load

    return load(options.scenario, overlays=options.overlays, sets=options.sets, policies=policies_of(options))


def policies_of(options: argparse.Namespace) -> dict[str, str]:
    """Lab -> the policy that `--policy` gives it."""
    policies = {}
    for text in options.policies:
        lab, equals, policy = text.partition("=")
        if not (lab.strip() and equals and policy.strip()):
            raise UsageError(f"--policy {text}: expected LAB=POLICY, as in --policy Aurora=my_policy.py:allocate")
        policies[lab.strip()] = policy.strip()
    return policies


def _code(scenario: Scenario) -> str:
    """The Python files of users' policies that simulating a scenario runs; "" if there are none."""
    return "; ".join(
        f"{policy} for {lab}, named at {origin}" for lab, (policy, origin) in scenario.user_policies.items()
    )


def _tell_of_code(scenario: Scenario) -> None:
    code = _code(scenario)
    if code:
        print(f"sim: runs the code of a policy: {code}", file=sys.stderr)


def _run(options: argparse.Namespace) -> int:
    from sim.output import OutputError, check_folder, command_line, default_folder, holds_complete_run
    from sim.report import print_report

    if options.draws is not None:
        return run_many(options)
    scenario = _load(options)
    folder = Path(options.out) if options.out else default_folder(name_of_run(options, scenario))
    check_folder(folder)
    from sim.world.simulate import SimulationError

    _tell_of_code(scenario)
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
    _settle_matplotlib()
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
        return _status_of(stop)
    print_report(result, folder, sys.stdout)
    _flush()
    if stop is None:
        return 0
    if options.debug:
        import traceback

        traceback.print_exception(stop)
    print(f"sim: {stop}\n{folder}/ has what was simulated until then, marked as incomplete"
          + ("; it took the place of a complete run" if replaced else ""), file=sys.stderr)  # fmt: skip
    return _status_of(stop)


def _settle_matplotlib() -> None:
    """Pictures go to files: no display and no other backend is needed, and a cache that cannot be kept is no loss."""
    import logging

    os.environ["MPLBACKEND"] = "agg"
    logging.getLogger("matplotlib").setLevel(logging.ERROR)


def _validate(options: argparse.Namespace) -> int:
    from sim.world import simulate

    scenario = _load(options)
    code = _code(scenario)
    warnings = [] if code else simulate(scenario.draw()).warnings
    stated = [item for item in scenario.inputs if item.stated]
    for _, lab, subject, message in warnings:
        print(f"{options.scenario}: {f'{lab}/' if lab else ''}{subject}: {message}")
    print(f"{options.scenario}: fine ({len(stated)} inputs stated, {len(scenario.uncertain)} uncertain)")
    if code:
        print(f"{options.scenario}: read, not simulated: code is not run here ({code})")
    return 0


def _explain_model(options: argparse.Namespace) -> int:
    from sim.analysis.explain_events import NotFound, causes_text
    from sim.analysis.explain_source import read_run

    if sum(what is not None for what in (options.model, options.event, options.alignment, options.intervention)) != 1:
        print("sim explain: name a model, or an event by --event ID (ids are in events.csv), or a level by --alignment"
              " LEVEL, or an intervention by --intervention NAME", file=sys.stderr)  # fmt: skip
        return USER_ERROR
    source = read_run(Path(options.run))
    from sim.result import simulate
    from sim.world.simulate import SimulationError

    _tell_of_code(source.scenario)
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


def _show(options: argparse.Namespace) -> int:
    from sim.analysis.effects import LEGEND, effect_text
    from sim.analysis.effects import effects as effects_of
    from sim.result import simulate
    from sim.scenario.listing import csv_text, rows, text
    from sim.world.simulate import SimulationError

    scenario = _load(options)
    if options.priors:
        from sim.cli_priors import show_priors

        show_priors(scenario, options.out)
        return 0
    if options.out:
        print("sim show: --out goes with --priors", file=sys.stderr)
        return USER_ERROR
    effects = read = None
    code = _code(scenario)
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


def _schema(options: argparse.Namespace) -> int:
    from sim.ensemble.files import replace_file
    from sim.scenario.reference import markdown
    from sim.scenario.schema import schema_text

    made = markdown() if options.markdown else schema_text()
    if not options.out:
        print(made, end="")
        return 0
    try:
        if os.path.exists(options.out) and not os.path.isfile(options.out):  # a pipe or a terminal
            Path(options.out).write_bytes(made.encode())
        else:
            replace_file(Path(os.path.realpath(options.out)), made.encode())
    except OSError as error:
        print(f"sim schema: cannot write {options.out} ({error.strerror})", file=sys.stderr)
        return USER_ERROR
    return 0


def _completion(options: argparse.Namespace) -> int:
    from sim.completion import script

    print(script(_parser(), options.shell), end="")
    return 0


def _list(options: argparse.Namespace) -> int:
    from sim.scenario import ScenarioError, describe

    folder = Path(options.folder)
    files = sorted(folder.rglob("*.yaml"))
    if not files:
        print(f"sim list: no scenarios (*.yaml) in {folder}", file=sys.stderr)
        return USER_ERROR
    width = max(len(str(path)) for path in files)
    for path in files:
        try:
            question = describe(path)[1]
        except ScenarioError as error:
            question = f"(cannot be read: {error.problems[0].message})"
        print(f"{path!s:<{width}}  {question}")
    return 0


def _status_of(stop: SimulationError) -> int:
    """Whose fault it is that a run could not go on to its end."""
    return OUR_ERROR if stop.ours else USER_ERROR


def _explain(error: Exception) -> int:
    """One clear line or block for an error; whose mistake it was decides the exit status."""
    from sim.output import OutputError
    from sim.scenario import ScenarioError
    from sim.world.simulate import SimulationError

    if isinstance(error, ScenarioError):
        print(error, file=sys.stderr)
        return USER_ERROR
    if isinstance(error, OutputError | UsageError):
        print(f"sim: {error}", file=sys.stderr)
        return USER_ERROR
    if isinstance(error, SimulationError):
        print(f"sim: {error}", file=sys.stderr)
        return _status_of(error)
    if isinstance(error, OSError):  # what a command does not expect of files, pipes and terminals
        what = f"{error.filename}: " if error.filename else "cannot write what was to be printed: "
        _give_up_stdout()
        print(f"sim: {what}{error.strerror or error}", file=sys.stderr)
        return USER_ERROR
    if isinstance(error, MemoryError):
        print("sim: out of memory; earlier results are as they were. End the scenario sooner, or lower --max-events",
              file=sys.stderr)  # fmt: skip
        return USER_ERROR
    print(f"sim: a fault in this program: {type(error).__name__}: {error}\n"
          "Nothing was written. Run again with --debug to see where, and please report it.",
          file=sys.stderr)  # fmt: skip
    return OUR_ERROR
