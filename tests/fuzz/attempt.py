"""What must hold of every case: a scenario or a `ScenarioError` with well-formed problems; and if it loads, a record
or a plain `SimulationError`; soon, and without a written file."""

from __future__ import annotations

import contextlib
import re
import signal
import sys
import traceback
from collections.abc import Iterator
from typing import Any, ClassVar

from sim.scenario import Problem, ScenarioError, load
from sim.tables.tabulate import TABLES, tabulate
from sim.world.simulate import SimulationError, simulate

SECONDS = 2.0
"""Processor time of reading a case, and again of running it."""

DAYS = 250.0
"""Of a case that loads, so much is simulated at most."""


BREAKS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What begins a new line for a YAML reader."""


class Failure(AssertionError):
    """Something that must not be. key: the same for cases that fail at the same place."""

    def __init__(self, key: str, details: str = "") -> None:
        super().__init__(f"{key}\n{details}")
        self.key = key


class _Hang(BaseException):
    pass


def _hang(*_: Any) -> None:
    raise _Hang


class _Watch:
    """What is written while it is on."""

    on = False
    written: ClassVar[list[str]] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if not _Watch.on:
        return
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        _Watch.written.append(str(arguments[0]))
    elif event in ("os.mkdir", "os.remove", "os.rename", "os.system", "subprocess.Popen"):
        _Watch.written.append(f"{event} {arguments[0]}")


sys.addaudithook(_watch)


@contextlib.contextmanager
def guarded(stage: str) -> Iterator[None]:
    """Turns whatever goes wrong inside into a `Failure`."""
    before = signal.signal(signal.SIGVTALRM, _hang)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    _Watch.written.clear()
    _Watch.on = True
    try:
        yield
    except Failure:
        raise
    except _Hang as error:
        raise Failure(f"{stage}: not done in {SECONDS} s", _where(error)) from None
    except Exception as error:
        last = [frame for frame in traceback.extract_tb(error.__traceback__) if "/sim/" in frame.filename][-1:]
        place = f"{last[0].filename.rpartition('/sim/')[2]}:{last[0].name}" if last else ""
        raise Failure(f"{stage}: {type(error).__name__} in {place}", "".join(traceback.format_exc()[-1500:])) from None
    finally:
        _Watch.on = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)
    if _Watch.written:
        raise Failure(f"{stage}: writes", str(_Watch.written))


def _where(error: BaseException) -> str:
    return "".join(traceback.format_tb(error.__traceback__)[-6:])


def attempt(path: str, text: str, sets: tuple[str, ...] = (), tables: bool = False) -> str:
    """How a case ends: `refused`, `stopped` or `ran`. Raises `Failure` if anything does not hold.

    tables: whether the tables are made too.
    """
    with guarded("load"):
        try:
            scenario = load(path, text=text, sets=sets)
        except ScenarioError as error:
            check_problems(error, path, text)
            return "refused"
    with guarded("read again"):
        draw = scenario.draw()
        effective = scenario.effective_yaml()
        again = load("effective.yaml", text=effective)
        if again.effective_yaml() != effective or again.draw() != draw:
            raise Failure("read again: the effective scenario is another", effective)
        scenario.draw(dict.fromkeys(scenario.uncertain, 0.999))
    with guarded("simulate"):
        draw.end = min(draw.end, DAYS)
        try:
            record = simulate(draw)
        except SimulationError as error:
            if not str(error) or "\n" in str(error):
                raise Failure("simulate: no plain message", str(error)) from None
            return "stopped"
    if tables:
        with guarded("tables"):
            for name in TABLES:
                tabulate(record, name)
    return "ran"


def check_problems(error: ScenarioError, path: str, text: str) -> None:
    """Each problem is one line with a place that is inside the file."""
    if not error.problems:
        raise Failure("load: an error without problems")
    lines = BREAKS.split(text.removeprefix("\ufeff"))
    for problem in error.problems:
        _check_problem(problem, path, lines)


def _check_problem(problem: Problem, path: str, lines: list[str]) -> None:
    shown = str(problem)
    if not problem.message.strip() or not problem.file or not shown.isprintable():
        raise Failure("load: a problem without words", repr(problem))
    if "Error" in problem.message or "Traceback" in problem.message or "None" in problem.message.split():
        raise Failure("load: a problem in a programmer's words", shown)
    if problem.file == path and problem.line:
        inside = problem.line <= len(lines) + 1
        width = len(lines[problem.line - 1]) + 1 if problem.line <= len(lines) else 1
        if not inside or not 1 <= problem.column <= width:
            raise Failure("load: a place outside of the file", shown)
