"""The command line: parsing and printing only."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario import Scenario

USER_ERROR, OUR_ERROR = 2, 1

DESCRIPTION = """\
How many copies of a new AI model can run after each training run, how fast the AI
workforce grows, and how long the window lasts before a stronger model comes.

  sim run scenarios/frontier.yaml        simulate; tables and pictures go to outputs/frontier
  sim validate my.yaml                   check a scenario without running it
  sim explain outputs/frontier GPT-4     derive a model's numbers; why its windows closed
  sim show my.yaml                       every input: value, source or guess, and whether it mattered
  sim list                               what scenarios there are, and what each answers
"""


class UsageError(Exception):
    """An option that makes no sense."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0, 2 for a user's mistake, 1 for the program's."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not hasattr(options, "command"):
        parser.print_help()
        return 0
    try:
        return int(options.command(options))
    except KeyboardInterrupt:
        print("\nstopped; earlier results are as they were", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:
        if options.debug:
            raise
        return _explain(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sim", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
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

    def scenario(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("scenario", help="a YAML file (see scenarios/)")
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
        "sim run scenarios/one-lab.yaml --set labs.Aurora.use.training=20% --out outputs/mine",
    )
    scenario(run)
    run.add_argument("--out", metavar="FOLDER", help="where the results go (default: outputs/NAME)")
    run.add_argument("--seed", type=int, help="seed of the random events, in place of the scenario's")
    run.add_argument("--svg", action="store_true", help="pictures also as SVG")
    run.add_argument("--no-pictures", dest="pictures", action="store_false", help="tables only")
    validate = command("validate", _validate, "check a scenario without running it", "sim validate my.yaml")
    scenario(validate)
    explain = command(
        "explain",
        _explain_model,
        "derive a model's numbers step by step, or show what caused an event",
        "sim explain scenarios/frontier.yaml GPT-4\n"
        "          sim explain outputs/frontier --event OpenAI/window_closed/GPT-4/1",
    )
    explain.add_argument("run", help="a run's output folder, or a scenario (YAML file)")
    explain.add_argument("model", nargs="?", help="a model: its name, or Lab/name")
    explain.add_argument("--event", metavar="ID", help="show what caused this event (id as in events.csv)")
    show = command("show", _show, "list a scenario's inputs", "sim show scenarios/one-lab.yaml --effects")
    scenario(show)
    show.add_argument("--all", action="store_true", help="also the inputs that the scenario leaves at their defaults")
    more = "what 10%% more of each input moves, by a run for each (half a minute for frontier)"
    show.add_argument("--effects", action="store_true", help=more)
    show.add_argument("--csv", action="store_true", help="as CSV, with notes and meanings, nothing cut")
    listing = command("list", _list, "say what each scenario is for", "sim list")
    listing.add_argument("folder", nargs="?", default="scenarios", help="folder with scenarios (default: scenarios)")
    schema = command("schema", _schema, "print the JSON Schema of scenario files, for editors",
                     "sim schema --out scenario.schema.json")  # fmt: skip
    schema.add_argument("--out", metavar="FILE", help="write it there instead")
    schema.add_argument("--markdown", action="store_true", help="a reference to read, instead of the schema")
    completion = command("completion", _completion, "print a script that completes sim on Tab",
                         'eval "$(sim completion bash)"')  # fmt: skip
    completion.add_argument("shell", choices=["bash", "zsh", "fish"], help="the shell that it is for")
    return parser


def _version() -> str:
    from sim import __version__

    return f"manycopies {__version__}"


def _load(options: argparse.Namespace) -> Scenario:
    """The scenario that the options name."""
    from sim.scenario import load

    policies = {}
    for text in options.policies:
        lab, equals, policy = text.partition("=")
        if not (lab.strip() and equals and policy.strip()):
            raise UsageError(f"--policy {text}: expected LAB=POLICY, as in --policy Aurora=my_policy.py:allocate")
        policies[lab.strip()] = policy.strip()
    return load(options.scenario, overlays=options.overlays, sets=options.sets, policies=policies)


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
    from sim.output import check_folder, command_line, default_folder
    from sim.report import print_report

    scenario = _load(options)
    folder = Path(options.out) if options.out else default_folder(scenario.name)
    check_folder(folder)
    from sim.result import simulate

    _tell_of_code(scenario)
    result = simulate(scenario, seed=options.seed)
    for setting in options.sets:
        if ".use." in setting.split("=")[0]:
            print(
                f"--set {setting}: the other shares of this lab were scaled, so that their total stays", file=sys.stderr
            )
    result.save(folder, pictures=options.pictures, svg=options.svg, command=command_line())
    print_report(result, folder, sys.stdout)
    return 0


def _validate(options: argparse.Namespace) -> int:
    from sim.world import simulate

    scenario = _load(options)
    code = _code(scenario)
    warnings = [] if code else simulate(scenario.draw()).warnings
    stated = [item for item in scenario.inputs if item.stated]
    for _, lab, subject, message in warnings:
        print(f"{options.scenario}: {lab}/{subject}: {message}")
    print(f"{options.scenario}: fine ({len(stated)} inputs stated, {len(scenario.uncertain)} uncertain)")
    if code:
        print(f"{options.scenario}: read, not simulated: code is not run here ({code})")
    return 0


def _explain_model(options: argparse.Namespace) -> int:
    from sim.analysis.explain_events import NotFound, causes_text
    from sim.analysis.explain_source import read_run

    if (options.model is None) == (options.event is None):
        print("sim explain: name a model, or an event by --event ID (ids are in events.csv)", file=sys.stderr)
        return USER_ERROR
    source = read_run(Path(options.run))
    from sim.result import simulate

    _tell_of_code(source.scenario)
    result = simulate(source.scenario, seed=source.seed)
    if source.windows_sha256 is not None and not source.agrees(result.table("windows").to_csv()):
        print(f"sim: {options.run} was made by another version: its windows.csv differs from what follows",
              file=sys.stderr)  # fmt: skip
    try:
        if options.event is not None:
            print(causes_text(result.record, options.event), end="")
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
    effects = read = None
    code = _code(scenario)
    if code:
        print(f"sim: what was read is not known: code is not run here ({code})", file=sys.stderr)
    try:
        result = None if code else simulate(scenario)
        read = None if result is None else result.read
        if options.effects and result is not None and read is not None:
            moved = effects_of(scenario, result.record, read, _told if sys.stderr.isatty() else None)
            effects = {path: effect_text(effect) for path, effect in moved.items()}
    except SimulationError as error:
        print(f"sim: what was read is not known, as the run stops: {error}", file=sys.stderr)
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
    from sim.scenario.reference import markdown
    from sim.scenario.schema import schema_text

    made = markdown() if options.markdown else schema_text()
    if not options.out:
        print(made, end="")
        return 0
    try:
        Path(options.out).write_text(made, encoding="utf-8", newline="\n")
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
        from sim.base.calendar import date_text

        when = date_text(error.day, error.record.draw.start)
        print(f"sim: stopped on {when}: {error}", file=sys.stderr)
        return USER_ERROR
    print(f"sim: a fault in this program: {type(error).__name__}: {error}\n"
          "Nothing was written. Run again with --debug to see where, and please report it.",
          file=sys.stderr)  # fmt: skip
    return OUR_ERROR
