"""Runs the code of policies in a user's own Python file: the one place where a scenario's code is executed.

Nothing is executed before a scenario that names such a policy is simulated. Each simulation runs the file afresh, so
that nothing is carried from one run to the next.
"""

from __future__ import annotations

import copy
import linecache
from collections.abc import Callable
from types import ModuleType
from typing import Any

from sim.base.limits import MOST_EVENTS
from sim.model.draw import Draw
from sim.model.policy import UserPolicy
from sim.scenario.policy_source import source_line
from sim.scenario.problem import Problem, ScenarioError
from sim.world import RunRecord, simulate
from sim.world.errors import PolicyError


def simulate_draw(
    draw: Draw, most_events: int = MOST_EVENTS, until: Callable[[RunRecord], bool] | None = None,
    past: float | None = None, details: bool = True,
) -> RunRecord:  # fmt: skip
    """Simulate a draw with the policies that it names, those from a user's file too.

    most_events: rows of events.csv after which the run stops. until: asked of the record so far after every instant;
    from its first yes on nothing happens. past, details: as in `sim.world.simulate.simulate`.
    Raises ScenarioError for a file that cannot be run, and `sim.world.simulate.SimulationError` as the kernel does.
    """
    return simulate(draw, policies_of(draw), most_events=most_events, until=until, past=past, details=details)


def policies_of(draw: Draw) -> dict[str, PolicyFunction]:
    """Lab -> its policy from a user's file, ready to be called. Runs the code of each file."""
    found = {name: lab.policy for name, lab in sorted(draw.labs.items())}
    return {name: load(policy, name) for name, policy in found.items() if isinstance(policy, UserPolicy)}


class PolicyFunction:
    """A user's function. An error in it is told with the file, the line and its text."""

    __slots__ = ("policy", "lab", "function", "options", "where")

    def __init__(self, policy: UserPolicy, lab: str, function: Any) -> None:
        self.policy = policy
        self.lab = lab
        self.function = function
        self.options = copy.deepcopy(policy.options)
        code = getattr(function, "__code__", None)
        line = code.co_firstlineno if code is not None and code.co_filename == policy.file else 0
        self.where = _where(policy, line)

    def __call__(self, view: Any) -> Any:
        try:
            return self.function(view, **self.options)
        except (Exception, SystemExit) as error:
            line = _line(error, self.policy)
            raise PolicyError(f"{_where(self.policy, line)}the policy of {self.lab} fails: {_named(error)}") from error


def load(policy: UserPolicy, lab: str) -> PolicyFunction:
    """Run a policy's file and take its function. Raises ScenarioError, with the line, if that fails."""
    lines = policy.text.splitlines(keepends=True)
    # For tracebacks: the text that runs, which need not be what the file holds now.
    linecache.cache[policy.file] = (len(policy.text), None, lines, policy.file)
    module = ModuleType("sim_policy")
    module.__file__ = policy.file
    path = f"labs.{lab}.policy"
    try:
        exec(compile(policy.text, policy.file, "exec", dont_inherit=True), module.__dict__)
    except (Exception, SystemExit) as error:
        line = _line(error, policy)
        text = source_line(policy.text, line)
        message = f"{_named(error)}{', in: ' if text else ''}{text}"
        raise ScenarioError([Problem(policy.file, line, 1 if line else 0, path, message)]) from error
    function = getattr(module, policy.function, None)
    if not callable(function):
        message = f"{policy.function} is no function, but {type(function).__name__}"
        raise ScenarioError([Problem(policy.file, 0, 0, path, message)])
    return PolicyFunction(policy, lab, function)


def _line(error: BaseException, policy: UserPolicy) -> int:
    """The innermost line of the policy's file that an error passed through; 0 if none."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == policy.file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _where(policy: UserPolicy, line: int) -> str:
    """`my_policy.py:12: in "return view.totl": `, to begin a message."""
    text = source_line(policy.text, line)
    return f"{policy.file}:{line}: in {text!r}: " if text else f"{policy.file}: "


def _named(error: BaseException) -> str:
    """An error's type and message, on one line."""
    try:
        message = " ".join(str(error).split())
    except Exception:
        message = ""
    return f"{type(error).__name__}: {message}" if message else type(error).__name__
