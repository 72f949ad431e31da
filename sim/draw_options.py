"""What may be asked of many draws, said once: for draws of a scenario, a branch and pairs, in Python and the shell."""

from __future__ import annotations

import inspect
import os
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sim.base.choices import ALL, EXAMPLE_DRAWS, EXAMPLES, KEPT, METHODS, SOBOL, SUMMARY
from sim.base.limits import MOST_EVENTS, check_draws

if TYPE_CHECKING:
    from sim.ensemble.counting import Progress

Made = TypeVar("Made", bound=Callable[..., Any])


class OptionError(ValueError):
    """An option that makes no sense. name: which. given: what it says. why: what was expected."""

    def __init__(self, name: str, given: object, why: str) -> None:
        super().__init__(f"{name}={given!r}: {why}")
        self.name, self.given, self.why = name, given, why


class Kind(NamedTuple):
    """What the options are of, in the words of their meaning.

    called: a folder of them. kept: what `keep` may be. long: the tables that are long. results: what `until` may say.
    """

    called: str
    kept: tuple[str, ...]
    long: str
    results: str


DRAWS = Kind("ensemble", KEPT, "trajectory and events", "own_window_median_days=2% (of its median)")
BRANCH = DRAWS._replace(called="branch")
PAIRS = Kind("pairs", (EXAMPLES, ALL), "windows, ladder, rebound, over_time and break_even",
             "'time_bought[pause, coder]=5 days' (of the median) or 'helps[pause, coder]=2%' (of the chance)")
KEEPS = {
    EXAMPLES: f"{{long}} of the first {EXAMPLE_DRAWS} draws (default)",
    ALL: "of all",
    SUMMARY: "no rows, only counts, the same size for any number of draws",
}


def option(default: Any, meaning: str, flag: str = "", metavar: str | None = None) -> Any:
    """An option. meaning: with the words of a `Kind`. flag: in the shell, where a single run does not have it too."""
    return field(default=default, metadata={"meaning": meaning, "flag": flag, "metavar": metavar})


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawOptions:
    """How draws 0 to n − 1 are made, and what is kept of them. Raises OptionError, and ValueError for n."""

    n: int
    seed: int | None = option(None, "in place of the scenario's")
    workers: int | None = option(
        None, "processes (default: one for each processor); they change no number", "--workers", "N")  # fmt: skip
    out: str | os.PathLike[str] | None = option(None, "the folder; if None a temporary one, gone with what is returned")
    on: str | None = option(
        None, "dask (a cluster of Dask workers on this machine) or a Dask scheduler's address, tcp://...", "--on",
        "WHERE")  # fmt: skip
    resume: bool = option(
        False, "go on with what was interrupted in the folder, or add draws to what is finished there", "--resume")
    keep: str = option(EXAMPLES, "{keeps}", "--keep", "WHAT")
    method: str = option(SOBOL, "which points the draws are: sobol (default), latin or random", "--method",
                         "POINTS")  # fmt: skip
    until: str | None = option(
        None, "end early, once the Monte Carlo error of a result is as small as this, as in {results}",
        "--until", "RESULT=ERROR")  # fmt: skip
    most_events: int = option(MOST_EVENTS, "as in `simulate`, in each draw")
    progress: Callable[[Progress], None] | None = option(None, "called as draws are done")
    pictures: bool = option(False, "also put the pictures into the folder, as PNG")
    svg: bool = option(False, "the pictures also as SVG")
    command: str = option("", "what `run.json` says was typed")

    def __post_init__(self) -> None:
        object.__setattr__(self, "n", check_draws(self.n))
        for name, given in (("workers", self.workers), ("most_events", self.most_events)):
            if given is not None and (isinstance(given, bool) or not isinstance(given, Real) or not given >= 1):
                raise OptionError(name, given, "expected a number above 0")
        self.one_of("keep", KEPT)
        self.one_of("method", METHODS)

    def one_of(self, name: str, known: tuple[str, ...]) -> None:
        """Raises OptionError unless an option is one of these words."""
        given = getattr(self, name)
        if given not in known:
            raise OptionError(name, given, f"expected {', '.join(known[:-1])} or {known[-1]}")


def asked(n: int, options: Mapping[str, Any], kind: Kind) -> DrawOptions:
    """The options as a caller gives them. Raises TypeError for one that there is not, and what `DrawOptions` raises."""
    for name in options:
        if name not in NAMED:
            from sim.scenario.problem import nearest

            near = nearest(name, list(NAMED))
            raise TypeError(f"there is no option {name!r}; " + (f"did you mean {near!r}?" if near else
                            f"there are {', '.join(NAMED)}"))  # fmt: skip
    found = DrawOptions(n=n, **options)
    found.one_of("keep", kind.kept)
    return found


def meaning(of: Field[Any], kind: Kind) -> str:
    """What an option does."""
    keeps = "; ".join(f"{word}: {KEEPS[word]}" for word in kind.kept)
    text: str = of.metadata["meaning"].replace("{keeps}", keeps)
    return text.format(long=kind.long, results=kind.results)


NAMED: dict[str, Field[Any]] = {each.name: each for each in fields(DrawOptions) if each.name != "n"}
"""All but the number of draws."""


def takes_options(kind: Kind) -> Callable[[Made], Made]:
    """A function whose keyword arguments `**options` are those of `DrawOptions`: its signature and documentation have
    them, the latter where it says `{options}`.
    """

    def given(function: Made) -> Made:
        plain = inspect.signature(function)
        own = [each for each in plain.parameters.values() if each.kind is not inspect.Parameter.VAR_KEYWORD]
        more = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=each.default, annotation=each.type)
                for name, each in NAMED.items()]  # fmt: skip
        function.__signature__ = plain.replace(parameters=[*own, *more])  # type: ignore[attr-defined]
        if function.__doc__:  # not so with python -OO
            lines = [line for name, each in NAMED.items()
                     for line in textwrap.wrap(f"{name}: {meaning(each, kind)}", 112, subsequent_indent="    ",
                                               break_on_hyphens=False, break_long_words=False)]  # fmt: skip
            function.__doc__ = function.__doc__.replace("{options}", "\n    ".join(lines))
        return function

    return given
