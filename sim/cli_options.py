"""Options that several commands have, and the scenario that they name."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from sim.cli_errors import UsageError

if TYPE_CHECKING:
    from sim.scenario import Scenario


def add_scenario(sub: argparse.ArgumentParser, what: str = "a YAML file (see scenarios/)") -> None:
    """The arguments of every command on a scenario. what: it is."""
    sub.add_argument("scenario", help=what)
    add_changes(sub)


def add_changes(sub: argparse.ArgumentParser) -> None:
    """The options that change a scenario for one command."""
    sub.add_argument("--set", dest="sets", action="append", default=[], metavar="PATH=VALUE",
                     help="change one value, e.g. labs.Aurora.use.training=20%%; repeat for more")  # fmt: skip
    sub.add_argument("--with", dest="overlays", action="append", default=[], metavar="OVERLAY",
                     help="lay another YAML file over it; repeat for more")  # fmt: skip
    sub.add_argument("--policy", dest="policies", action="append", default=[], metavar="LAB=POLICY",
                     help="a lab's policy: a built-in one, or FILE.py:FUNCTION; repeat for more")  # fmt: skip


def load_scenario(options: argparse.Namespace) -> Scenario:
    """The scenario that the options name."""
    from sim.scenario import load

    return load(options.scenario, overlays=options.overlays, sets=options.sets, policies=policies_of(options))


def changes_of(options: argparse.Namespace) -> list[str]:
    """What was typed to change the scenario, as it was typed."""
    typed = (("--with", options.overlays), ("--set", options.sets), ("--policy", options.policies))
    return [word for option, values in typed for value in values for word in (option, value)]


def policies_of(options: argparse.Namespace) -> dict[str, str]:
    """Lab -> the policy that `--policy` gives it."""
    policies = {}
    for text in options.policies:
        lab, equals, policy = text.partition("=")
        if not (lab.strip() and equals and policy.strip()):
            raise UsageError(f"--policy {text}: expected LAB=POLICY, as in --policy Aurora=my_policy.py:allocate")
        policies[lab.strip()] = policy.strip()
    return policies


def code_of(scenario: Scenario) -> str:
    """The Python files of users' policies that simulating a scenario runs; "" if there are none."""
    return "; ".join(
        f"{policy} for {lab}, named at {origin}" for lab, (policy, origin) in scenario.user_policies.items()
    )


def tell_of_code(scenario: Scenario) -> None:
    """Say whose code is about to run, if any is."""
    code = code_of(scenario)
    if code:
        print(f"sim: runs the code of a policy: {code}", file=sys.stderr)
