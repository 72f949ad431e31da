"""What is asked of many draws is declared once: the functions, their documentation and the shell have it from there."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sim
from sim.cli import _parser
from sim.draw_options import NAMED, DrawOptions, OptionError
from sim.pairs import compare_many
from tests.ensemble.worlds import scenario

FUNCTIONS = [sim.run_ensemble, sim.branch, compare_many]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_each_function_has_every_option_with_its_default_and_meaning(function: Callable[..., Any]) -> None:
    found = inspect.signature(function).parameters
    assert {name: found[name].default for name in NAMED} == {name: of.default for name, of in NAMED.items()}
    assert not any(each.kind is inspect.Parameter.VAR_KEYWORD for each in found.values())
    text = inspect.getdoc(function) or ""
    assert all(f"\n{name}: " in text for name in NAMED) and "{" not in text


@pytest.mark.parametrize("name", ["run", "compare"])
def test_the_shell_has_the_same_options(name: str) -> None:
    commands = next(action for action in _parser()._actions if action.choices and name in action.choices)
    assert isinstance(commands.choices, dict)
    there = {flag for action in commands.choices[name]._actions for flag in action.option_strings}
    assert {of.metadata["flag"] for of in NAMED.values() if of.metadata["flag"]} < there
    assert {"-n", "--seed", "--out", "--svg", "--no-pictures"} < there


@pytest.mark.parametrize(("options", "error", "told"), [
    ({"workers": 0}, OptionError, "workers=0: expected a number above 0"),
    ({"most_events": 0}, OptionError, "most_events=0: expected a number above 0"),
    ({"keep": "some"}, OptionError, "keep='some': expected examples, all or summary"),
    ({"method": "dice"}, OptionError, "method='dice': expected sobol, random or latin"),
    ({"worker": 2}, TypeError, "there is no option 'worker'; did you mean 'workers'?"),
    ({"workers": "x"}, OptionError, "workers='x': expected a number above 0"),
    ({"n": "x"}, ValueError, "expected a whole number of draws above 0, got 'x'"),
    ({"n": None}, ValueError, "expected a whole number of draws above 0, got None"),
    ({"n": True}, ValueError, "expected a whole number of draws above 0, got True"),
    ({"n": float("inf")}, ValueError, "expected a whole number of draws above 0, got inf"),
    ({"n": 2.5}, ValueError, "expected a whole number of draws above 0, got 2.5"),
    ({"n": 1e12}, ValueError, "1e+12 draws are too many"),
    ({"n": 0}, ValueError, "expected a whole number of draws above 0, got 0"),
])  # fmt: skip
def test_what_makes_no_sense_is_told(options: dict[str, Any], error: type[Exception], told: str) -> None:
    given = {"n": 4, **options}
    n = given.pop("n")
    for make in (
        lambda: sim.run_ensemble(scenario(), n, **given),
        lambda: sim.branch(scenario(), 1, "2026-06-01", n, **given),
        lambda: compare_many(scenario(), {"more": "labs.Aurora.use.training=20%"}, n, **given),
    ):
        with pytest.raises(error) as raised:
            make()
        assert str(raised.value).startswith(told)


def test_a_comparison_keeps_rows() -> None:
    with pytest.raises(OptionError, match="keep='summary': expected examples or all"):
        compare_many(scenario(), {"more": "labs.Aurora.use.training=20%"}, 4, keep="summary")


def test_options_are_of_whole_draws() -> None:
    assert DrawOptions(n=1e3).n == 1000  # type: ignore[arg-type]
    assert DrawOptions(n=np.int64(7)).n == 7  # type: ignore[arg-type]


@pytest.mark.parametrize("number", ["x", None, True, -1, 1.5, float("nan")])
def test_the_number_of_a_draw_is_a_number(number: Any) -> None:
    with pytest.raises(ValueError, match=rf"draws are numbered from 0 to 9,999,999, got {number!r}"):
        sim.branch(scenario(), number, "2026-06-01", 4)
