"""Reading by the declarations: unknown and missing keys, wrong types, and all problems at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.scenario import ScenarioError, load
from sim.scenario.problem import MOST_SHOWN, Problem, one_line


def test_every_problem_at_once_in_the_order_of_the_file(base: str, lines: Callable[..., list[str]]) -> None:
    text = (
        base.replace("1.2e6 H100e", "1.2e6 H10e")
        .replace("3x per year", "3 days")
        .replace("10%", "10 GB")
        .replace("60 days", "60")
        .replace("2032-01-01", "2032-02-30")
        + "stronger: 2x\nseed: 1.5\nhuman: [a]\n"
    )
    assert lines(text) == [
        "f.yaml:2:6: end: there is no date '2032-02-30'",
        "f.yaml:5:22: labs.Aurora.compute.stock: expected a number of accelerators such as '1000 H100', got"
        " '1.2e6 H10e':"
        " 'H10e' is no known type (did you mean 'H100e'?)",
        "f.yaml:5:41: labs.Aurora.compute.grows: expected a growth such as '3x per year', got a length of time"
        " ('3 days')",
        "f.yaml:6:21: labs.Aurora.use.training: expected a share such as '10%', got an amount of memory ('10 GB')",
        "f.yaml:7:37: labs.Aurora.runs.length: expected a length of time such as '90 days', got '60' without a unit",
        "f.yaml:8:1: stronger: unknown key 'stronger' in a scenario (did you mean 'stronger_by'?)",
        "f.yaml:9:7: seed: expected a whole number, got '1.5'",
        "f.yaml:10:8: human: expected a mapping with keys such as tokens_per_human_hour_thinking, work_week,"
        " task_substitution; got a list",
    ]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "a: 1\n",
            [
                "f.yaml:1:1: end: `end` is missing: date on which the simulation stops (exclusive)",
                "f.yaml:1:1: labs: `labs` is missing: the labs, by name",
                "f.yaml:1:1: start: `start` is missing: the first day of the simulation",
            ],
        ),
        ("start: 2026\nend: 2027\nlabs: {}\n", ["f.yaml:3:1: labs: a scenario needs at least one lab"]),
        (
            "start: 2026\nend: 2027\nlabs: [1]\n",
            ["f.yaml:3:7: labs: expected names, each with its own keys (`NAME: {bloc: …}`), got a list"],
        ),
        (
            "start: 2026\nend: 2027\nlabs: {A: }\n",
            ["f.yaml:3:8: labs.A.compute: `compute` is missing: the lab's cluster: what is on hand and what arrives"],
        ),
        (
            "start: 2026\nend: 2027\nlabs: {A: 3}\n",
            [
                "f.yaml:3:11: labs.A: expected a mapping with keys such as bloc, covert, compute, use, policy,"
                " fleets; got '3'"
            ],
        ),
        (
            "start: 2026-01-01 12:00\nend: 2027\nlabs: {A: {compute: {count: 1 H100}}}\n",
            ["f.yaml:1:8: start: the start is a whole day, got '2026-01-01 12:00'"],
        ),
        (
            "start: [1]\nend: {a: 1}\nlabs: {A: {compute: {count: 1 H100}}}\n",
            [
                "f.yaml:1:8: start: expected a date such as 2026-03-01, got a list",
                "f.yaml:2:6: end: expected a date such as 2026-03-01, got a mapping of 'a'",
            ],
        ),
    ],
)
def test_missing_and_wrong_types(lines: Callable[..., list[str]], text: str, messages: list[str]) -> None:
    assert [line for line in lines(text) if "unknown key" not in line] == messages


def test_unknown_keys_name_the_nearest_or_all(base: str, lines: Callable[..., list[str]]) -> None:
    text = base.replace("length: 60", "lenght: 60") + "human: {zzz: 1}\nx-free: {anything: [goes]}\n"
    assert lines(text) == [
        "f.yaml:7:29: labs.Aurora.runs.lenght: unknown key 'lenght' in `runs` (did you mean 'length'?)",
        "f.yaml:8:9: human.zzz: unknown key 'zzz' in `human`; known are task_substitution,"
        " tokens_per_human_hour_thinking, work_week",
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("10%", "110%", "f.yaml:6:21: labs.Aurora.use.training: must be at most 100%, got '110%'"),
        ("10%", "10", "f.yaml:6:21: labs.Aurora.use.training: must be at most 100%, got '10' (did you mean '10%'?)"),
        ("10%", "-10%", "f.yaml:6:21: labs.Aurora.use.training: must be at least 0%, got '-10%'"),
        ("10%", "5% to 120%", "f.yaml:6:21: labs.Aurora.use.training: must be at most 100%, got '5% to 120%'"),
        ("60 days", "0 days", "f.yaml:7:37: labs.Aurora.runs.length: must be above 0, got '0 days'"),
        ("60 days", "-60 days", "f.yaml:7:37: labs.Aurora.runs.length: must be above 0, got '-60 days'"),
        ("60 days", ".inf", "f.yaml:7:37: labs.Aurora.runs.length: '.inf' is not a finite number"),
        ("60 days", ".nan days", "f.yaml:7:37: labs.Aurora.runs.length: '.nan days' is not a finite number"),
        (
            "9 months",
            "0 months",
            "f.yaml:7:19: labs.Aurora.runs.every: a recurrence must be longer than 0, got '0 months'",
        ),
        (
            "9 months",
            "1e-9 days",
            "f.yaml:7:19: labs.Aurora.runs.every: a recurrence must be at least a second, got '1e-9 days'",
        ),
        (
            "9 months",
            "9",
            "f.yaml:7:19: labs.Aurora.runs.every: expected how often, such as '3 months' or '90 days', got '9'",
        ),
        (
            "runs:",
            "policy: first\n    runs:",
            "f.yaml:7:13: labs.Aurora.policy: expected one of shares, training_first, phases, or FILE.py:FUNCTION; "
            "got 'first'",
        ),
        (
            "runs:",
            "policy: training_frst\n    runs:",
            "f.yaml:7:13: labs.Aurora.policy: expected one of shares, training_first, phases, or FILE.py:FUNCTION; "
            "got 'training_frst'"
            " (did you mean 'training_first'?)",
        ),
        (
            "60 days",
            "60 days, elastic: maybe",
            "f.yaml:7:55: labs.Aurora.runs.elastic: expected yes or no, got 'maybe'",
        ),
        ("60 days", "60 days, base: {a: 1}", "f.yaml:7:52: labs.Aurora.runs.base: expected a text, got a mapping"),
        ("1.2e6 H100e", "1.2e6", "f.yaml:5:22: labs.Aurora.compute.stock: name the accelerator, as in '1.2e6 H100'"),
        ("end: 2032-01-01", "end: 2020-01-01", "f.yaml:2:6: end: the end, 2020-01-01, must be after the start"),
    ],
)
def test_bounds_choices_and_types(base: str, lines: Callable[..., list[str]], old: str, new: str, message: str) -> None:
    assert lines(base.replace(old, new)) == [message]


def test_names_that_cannot_be_in_ids(base: str, lines: Callable[..., list[str]]) -> None:
    text = base.replace("Aurora:", '"A/B":').replace("every: 9 months", 'starts: 2026, name: "a;\\nb"')
    assert lines(text) == [
        "f.yaml:4:3: labs.A/B: a name holds no '/', ';' or control character, got 'A/B'",
        "f.yaml:7:32: labs.A/B.runs.name: a name holds no '/', ';' or control character, got 'a;\\nb'",
    ]
    assert lines(base.replace("Aurora:", "' A':"))[0].endswith("a name does not begin or end with a space, got ' A'")
    assert lines(base.replace("Aurora:", f"{'A' * 201}:"))[0].endswith("a name has at most 200 characters, got 201")


def test_many_problems_are_held_but_not_all_printed(base: str) -> None:
    text = base.replace("runs:", "staff: {" + ", ".join(f"d{i}: x" for i in range(250)) + "}\n    runs:")
    with pytest.raises(ScenarioError) as caught:
        load("f.yaml", text=text)
    assert len(caught.value.problems) == 250
    shown = str(caught.value).splitlines()
    assert len(shown) == MOST_SHOWN + 1
    assert shown[-1] == "... and 50 more problems"


def test_a_problem_is_one_line_that_a_terminal_can_show() -> None:
    problem = Problem("a\nb.yaml", 1, 2, "p\x1b[31m", "what\tis\u2028wrong", "near")
    assert str(problem) == "a\\nb.yaml:1:2: p\\x1b[31m: what\\tis\\u2028wrong (did you mean 'near'?)"
    assert one_line("x" * 100, 10) == "xxxxxxxxxx..."


def test_a_list_of_one_may_be_written_as_a_mapping(base: str) -> None:
    listed = base.replace("{every: 9 months, length: 60 days}", "[{every: 9 months, length: 60 days}]")
    assert load("f.yaml", text=listed).draw().labs == load("f.yaml", text=base).draw().labs
