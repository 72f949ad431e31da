"""What `import sim` offers: each name documented and typed, with a repr that a notebook can show."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pytest

import sim
from tests.cli.command import SCENARIOS


def members() -> Iterator[tuple[str, Any]]:
    for name in sim.__all__:
        value = getattr(sim, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            yield name, value
        if inspect.isclass(value):
            for home in value.__mro__:
                for key, member in vars(home).items() if home.__module__.startswith("sim.") else ():
                    if not key.startswith("_"):
                        yield f"{name}.{key}", member


MEMBERS = dict(members())


def function_of(member: Any) -> Any:
    if isinstance(member, property):
        return member.fget
    return member.func if isinstance(member, cached_property) else member


def test_the_names() -> None:
    assert {"load", "simulate", "Scenario.draw", "Scenario.inputs", "Result.windows", "Result.to_csv"} <= set(MEMBERS)
    assert set(sim.__all__) <= set(dir(sim))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        sim.nothing  # noqa: B018


@pytest.mark.parametrize("name", MEMBERS)
def test_it_is_documented(name: str) -> None:
    text = inspect.getdoc(function_of(MEMBERS[name]))
    assert text and len(text) > 20 and text[0].isupper(), name


@pytest.mark.parametrize("name", [name for name, member in MEMBERS.items() if not inspect.isclass(member)])
def test_it_is_typed_and_its_options_are_explained(name: str) -> None:
    function = function_of(MEMBERS[name])
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty, name
    text = inspect.getdoc(function) or ""
    for parameter in signature.parameters.values():
        if parameter.name == "self":
            continue
        assert parameter.annotation is not inspect.Parameter.empty, f"{name}({parameter.name})"
        assert parameter.name in text, f"{name}: {parameter.name} is not explained"
    source = inspect.getsource(function)
    for error in ("ValueError", "ScenarioError"):
        if f"raise {error}" in source:
            assert error in text, f"{name} does not say that it raises {error}"


def test_reprs_say_what_it_is() -> None:
    scenario = sim.load(SCENARIOS / "one-lab.yaml")
    result = sim.simulate(scenario)
    assert repr(result).startswith("<Result one-lab: ")
    assert repr(result.record).startswith("<RunRecord one-lab: ")
    assert len(repr(scenario)) < 300


def test_html_of_a_scenario_has_its_inputs_with_their_meaning() -> None:
    text = "question: a <b> & c?\nstart: 2026-01-01\nend: 2027-01-01\n"
    text += "labs: {A: {compute: {count: {value: 5 H100, source: '<me>'}}}}\n"
    shown = sim.load("f.yaml", text=text)._repr_html_()
    assert "&lt;Scenario" in shown and "a &lt;b&gt; &amp; c?" in shown and "&lt;me&gt;" in shown
    assert '<td style="text-align:left">labs.A.compute.count</td>' in shown
    assert 'title="accelerators in one batch"' in shown
    assert "f.yaml:4" in shown
    assert "whole_run_mfu" not in shown, "defaults are left out"


def test_html_of_a_result_has_its_windows() -> None:
    shown = sim.simulate(sim.load(SCENARIOS / "one-lab.yaml"))._repr_html_()
    assert "&lt;Result one-lab" in shown and "<table" in shown and "Aurora-1" in shown
    assert "How many copies can one growing lab run" in shown


def test_inputs_of_a_result_tell_what_was_read() -> None:
    inputs = sim.simulate(sim.load(SCENARIOS / "one-lab.yaml")).inputs.set_index("input")
    assert inputs.loc["labs.Aurora.use.training", "read"] == "yes"
    assert inputs.loc["labs.Aurora.use.training", "unit"] == "share"
    assert inputs.loc["labs.Aurora.fleets.research.ramp", "read"] == "no"
    assert set(inputs["stated"]) == {"yes", "no"}


def test_a_draw_knows_no_inputs() -> None:
    result = sim.simulate(sim.load(SCENARIOS / "one-lab.yaml").draw())
    for name in ("inputs", "read", "backtest"):
        with pytest.raises(ValueError, match="simulate\\(load\\(FILE\\)\\)"):
            getattr(result, name)
