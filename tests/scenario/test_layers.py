"""`extends`, overlays (`over`, --with) and how trees are merged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario import describe, load
from sim.scenario.emit import emit
from sim.scenario.merge import lay
from sim.scenario.problem import Problems
from sim.scenario.yaml_tree import parse

Folder = Callable[..., Path]
Lines = Callable[..., list[str]]


def merged(base: str, over: str) -> str:
    below, above, problems = parse(base, "b"), parse(over, "o"), Problems()
    assert below is not None
    assert above is not None
    result = lay(below, above, problems)
    assert not problems.found, problems.found
    return emit(result)


@pytest.mark.parametrize(
    ("base", "over", "result"),
    [
        ("a: {p: 1, q: 2}", "a: {q: 3, r: 4}", "a: {p: 1, q: 3, r: 4}"),
        ("a: [1, 2]", "a: [3]", "a: [3]"),
        ("a: 1", "a: {b: 2}", "a: {b: 2}"),
        ("a: {b: 2}", "a: 1", "a: 1"),
        ("a: {value: 1, source: s}", "a: 2", "a: 2"),
        ("a: {value: 1, source: s}", "a: {value: 2}", "a: {value: 2}"),
        ("a: {value: 1, source: s}", "a: {note: n}", "a: {value: 1, source: s, note: n}"),
        ("a: {2022: 1, 2023: 2}", "a: {2022: 5}", "a: {2022: 5}"),
        ("a: {2022: 1, source: s}", "a: {normal: [1, 2]}", "a: {normal: [1, 2]}"),
        ("a: {uniform: [1, 2]}", "a: {p10: 1, p50: 2, p90: 3}", "a: {p10: 1, p50: 2, p90: 3}"),
        ("a: {p: 1, q: 2}", "a: {p: null}", "a: {q: 2}"),
        ("a: {p: 1}", "a: null", "{}"),
        ("a: [{name: x, p: 1}, {name: y, p: 2}]", "a: {y: {p: 3}}", "a: [{name: x, p: 1}, {name: y, p: 3}]"),
        ("a: [{name: x, p: 1}, {p: 2}]", "a: {1: {p: 3}}", "a: [{name: x, p: 1}, {p: 3}]"),
        ("a: [{name: x, p: 1}, {name: y, p: 2}]", "a: {x: null}", "a: [{name: y, p: 2}]"),
        ("a: [{name: x}]", "a: {every: 3, length: 4}", "a: {every: 3, length: 4}"),
        ("a: {every: 3}", "a: {length: 4}", "a: {every: 3, length: 4}"),
    ],
)
def test_laying_one_tree_on_another(base: str, over: str, result: str) -> None:
    expected = parse(result, "r")
    assert expected is not None
    assert merged(base, over) == emit(expected)


def test_a_name_that_is_not_in_the_list(folder: Folder, lines: Lines, base: str) -> None:
    text = base.replace("{every: 9 months, length: 60 days}", "[{name: GPT-4, starts: 2026, length: 9 days}]")
    folder({"b.yaml": text, "o.yaml": "over: b.yaml\nlabs:\n  Aurora:\n    runs:\n      GPT-5: {length: 3 days}\n"})
    assert lines(path="o.yaml") == [
        "o.yaml:5:7: labs.Aurora.runs.GPT-5: the list below has no item 'GPT-5' (its items are GPT-4)"
        " (did you mean 'GPT-4'?)"
    ]


def test_extends_chains_over_folders(folder: Folder, base: str) -> None:
    folder(
        {
            "a/base.yaml": base + "name: Base\nquestion: why\n",
            "b/mid.yaml": "extends: ../a/base.yaml\nlabs: {Aurora: {runs: {length: 30 days}}}\n",
            "top.yaml": "extends: b/mid.yaml\nend: 2030-01-01\n",
        }
    )
    scenario = load("top.yaml")
    draw = scenario.draw()
    assert (scenario.name, scenario.question) == ("top", "why")  # a name is a file's own
    assert (draw.labs["Aurora"].runs[0].length_days, draw.end) == (30.0, 1461.0)
    origins = {row.path: row.origin for row in scenario.inputs}
    assert origins["labs.Aurora.runs.length"] == "b/mid.yaml:2:32"
    assert origins["labs.Aurora.runs.every"] == "a/base.yaml:7:19"


def test_circles_are_refused(folder: Folder, lines: Lines) -> None:
    folder(
        {
            "a.yaml": "extends: b.yaml\n",
            "b.yaml": "\nextends: c.yaml\n",
            "c.yaml": "over: a.yaml\n",
            "s.yaml": "extends: s.yaml\n",
        }
    )
    assert lines(path="a.yaml") == [
        "c.yaml:1:7: over: files extend each other in a circle: a.yaml -> b.yaml -> c.yaml -> a.yaml"
        " [extended by b.yaml:2]"
    ]
    assert lines(path="s.yaml") == ["s.yaml:1:10: extends: files extend each other in a circle: s.yaml -> s.yaml"]


def test_problems_in_an_extended_file_name_who_extends_it(folder: Folder, lines: Lines, base: str) -> None:
    folder(
        {
            "base.yaml": base.replace("60 days", "60 dayz"),
            "bad.yaml": "a: [",
            "empty.yaml": "",
            "one.yaml": "question: q\nextends: base.yaml\n",
            "two.yaml": "\nextends: bad.yaml\n",
            "three.yaml": "extends: empty.yaml\n",
            "four.yaml": "extends: bse.yaml\n",
            "five.yaml": "extends: [a]\n",
            "six.yaml": "extends: a\nover: b\n",
        }
    )
    assert lines(path="one.yaml") == [
        "base.yaml:7:37: labs.Aurora.runs.length: unknown unit 'dayz' (did you mean 'days'?) [extended by one.yaml:2]"
    ]
    assert lines(path="two.yaml")[0].endswith("[extended by two.yaml:2]")
    empty = "empty.yaml: the file is empty: a scenario needs `start`, `end` and `labs`"
    assert lines(path="three.yaml") == [f"{empty} [extended by three.yaml:1]"]
    assert lines(path="four.yaml") == ["four.yaml:1:10: bse.yaml: no such file (did you mean 'base.yaml'?)"]
    assert lines(path="five.yaml") == ["five.yaml:1:10: extends: expected the name of a file, got a list"]
    assert lines(path="six.yaml") == ["six.yaml:2:1: over: a file either extends another or lies over one, not both"]


def test_an_overlay_runs_alone_and_on_another(folder: Folder, base: str) -> None:
    folder(
        {
            "base.yaml": base,
            "other.yaml": base.replace("60 days", "99 days").replace("2032", "2040"),
            "short.yaml": "name: Short\nover: base.yaml\nlabs: {Aurora: {runs: {length: 30 days}}}\n",
            "end.yaml": "over: base.yaml\nend: 2029-01-01\n",
        }
    )
    alone = load("short.yaml")
    assert (alone.name, alone.draw().labs["Aurora"].runs[0].length_days, alone.draw().end) == ("Short", 30.0, 2191.0)
    laid = load("other.yaml", overlays=["short.yaml"])
    assert (laid.name, laid.draw().labs["Aurora"].runs[0].length_days) == ("other + Short", 30.0)
    assert laid.draw().end == 5113.0  # of other.yaml: what the overlay lies over alone plays no part
    both = load("other.yaml", overlays=["short.yaml", "end.yaml"], sets=["labs.Aurora.runs.length=5 days"])
    assert (both.draw().labs["Aurora"].runs[0].length_days, both.draw().end) == (5.0, 1096.0)


def test_an_overlay_does_not_inherit_the_old_numbers_source(folder: Folder, base: str) -> None:
    sourced = base.replace("runs: {every", "source: measured\n    guesses: [policy]\n    runs: {every")
    folder({"b.yaml": sourced, "o.yaml": "over: b.yaml\nlabs: {Aurora: {runs: {length: 30 days}, policy: shares}}\n"})
    scenario = load("o.yaml")
    again = load("effective.yaml", text=scenario.effective_yaml())
    for found in (scenario, again):
        rows = {row.path: (row.source, row.guess) for row in found.inputs}
        assert rows["labs.Aurora.runs.every"] == ("measured", False)
        assert rows["labs.Aurora.runs.length"] == ("", False)
        assert rows["labs.Aurora.policy"] == ("", False)
    assert again.effective_yaml() == scenario.effective_yaml()


def test_describe_is_cheap(folder: Folder) -> None:
    folder(
        {
            "b.yaml": "question: How many?\nlabs: nonsense\n",
            "o.yaml": "over: b.yaml\nname: Mine\n",
            "c.yaml": "extends: c.yaml\n",
            "n.yaml": "start: 2020\n",
        }
    )
    assert describe("b.yaml") == ("b", "How many?")
    assert describe("o.yaml") == ("Mine", "How many?")
    assert describe("n.yaml") == ("n", "")
    with pytest.raises(Exception, match="files extend each other in a circle at 'c.yaml'"):
        describe("c.yaml")
