"""The command line: parsing and printing only."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from sim.base import interrupt
from sim.cli_compare import COMPARE_EXAMPLE, add_compare, run_compare
from sim.cli_errors import STATUSES, tell
from sim.cli_explain import EXPLAIN_EXAMPLE, add_explain, run_explain
from sim.cli_list import add_list, run_list
from sim.cli_options import add_scenario
from sim.cli_run import RUN_EXAMPLE, add_run, run_scenario
from sim.cli_schema import add_schema, run_schema
from sim.cli_sensitivity import SENSITIVITY_EXAMPLE, add_sensitivity, run_sensitivity
from sim.cli_show import add_show, run_show
from sim.cli_streams import flush, give_up_stdout, prepare_streams
from sim.cli_sweep import SWEEP_EXAMPLE, add_sweep, run_sweep
from sim.cli_validate import run_validate

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

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status (see `STATUSES`)."""
    outer = sys.exc_info()[1]
    interrupt.stands()
    prepare_streams()
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
        flush()
        return status
    except KeyboardInterrupt:
        return _stopped()
    except Exception as error:
        if interrupt.interrupted(error, outer):
            return _stopped()
        if isinstance(error, BrokenPipeError):  # `sim … | head`: the reader has had enough
            give_up_stdout()
            return 0
        if debug:
            import traceback

            traceback.print_exc()
        return tell(error)


def _stopped() -> int:
    print(interrupt.told(), file=sys.stderr)
    return interrupt.STATUS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sim",
        description=DESCRIPTION,
        epilog=STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, function: Command, short: str, example: str) -> argparse.ArgumentParser:
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

    run = command("run", run_scenario, "simulate a scenario", RUN_EXAMPLE)
    add_scenario(run)
    add_run(run)
    compared = command("compare", run_compare, "set changed worlds against a scenario: what time an intervention buys",
                       COMPARE_EXAMPLE)  # fmt: skip
    add_scenario(compared)
    add_compare(compared)
    swept = command("sweep", run_sweep, "simulate a scenario over a list or range of one or more inputs",
                    SWEEP_EXAMPLE)  # fmt: skip
    add_scenario(swept)
    add_sweep(swept)
    sensitive = command("sensitivity", run_sensitivity, "which uncertain inputs a result goes with, over many draws",
                        SENSITIVITY_EXAMPLE)  # fmt: skip
    add_scenario(sensitive, "an ensemble's folder (sim run FILE -n 300), or a YAML file")
    add_sensitivity(sensitive)
    validate = command("validate", run_validate, "check a scenario without running it", "sim validate my.yaml")
    add_scenario(validate)
    what = "derive a model's numbers step by step, or show what caused an event, or what an intervention bought"
    add_explain(command("explain", run_explain, what, EXPLAIN_EXAMPLE))
    show = command("show", run_show, "list a scenario's inputs", "sim show scenarios/one-lab.yaml --effects")
    add_scenario(show)
    add_show(show)
    add_list(command("list", run_list, "say what each scenario is for", "sim list"))
    add_schema(command("schema", run_schema, "print the JSON Schema of scenario files, for editors",
                       "sim schema --out scenario.schema.json"))  # fmt: skip
    completion = command("completion", _completion, "print a script that completes sim on Tab",
                         'eval "$(sim completion bash)"')  # fmt: skip
    completion.add_argument("shell", choices=["bash", "zsh", "fish"], help="the shell that it is for")
    return parser


def _version() -> str:
    from sim import __version__
    from sim.compiled import state

    return f"manycopies {__version__} (simulation {state()})"


def _completion(options: argparse.Namespace) -> int:
    from sim.completion import script

    print(script(_parser(), options.shell), end="")
    return 0
