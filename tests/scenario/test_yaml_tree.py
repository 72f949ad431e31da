"""YAML as located nodes: what is read, and everything that is refused with its line and column."""

from __future__ import annotations

import re
import time

import pytest

from sim.scenario import yaml_tree
from sim.scenario.problem import ScenarioError
from sim.scenario.yaml_tree import Node, node_of, parse


def refused(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        parse(text, "f.yaml")
    return str(caught.value).splitlines()


def tree(text: str) -> Node:
    root = parse(text, "f.yaml")
    assert root is not None
    return root


def test_nodes_know_their_place() -> None:
    root = tree("a: 1\nb:\n  - x\n  - {c: 'y'}\n")
    item = root.entries["b"].items[1]
    assert str(root.keys["b"]) == "f.yaml:2:1"
    assert str(item.entries["c"].place) == "f.yaml:4:9"
    assert (item.entries["c"].text, item.entries["c"].plain) == ("y", False)


def test_scalars_keep_their_text() -> None:
    root = tree("a: 1e26\nb: NO\nc: 2026-01-01\nd: 0x10\n2026: year\n1.0: one\nyes: y\n")
    assert [node.text for node in root.entries.values()] == ["1e26", "NO", "2026-01-01", "0x10", "year", "one", "y"]
    assert list(root.entries)[-3:] == ["2026", "1.0", "yes"]


@pytest.mark.parametrize("text", ["a:", "a: ~", "a: null", "a: Null", "a: NULL"])
def test_nulls(text: str) -> None:
    root = tree(text)
    assert root.entries["a"].is_null
    assert root.get("a") is None


@pytest.mark.parametrize("text", ["a: ''", "a: 'null'", 'a: "~"', "a: nULL", "a: none"])
def test_not_null(text: str) -> None:
    assert not tree(text).entries["a"].is_null


def test_anchors_and_merge_keys() -> None:
    root = tree("x-a: &a {p: 1, q: 2}\nb: *a\nc:\n  <<: *a\n  q: 3\n")
    assert root.entries["b"] is root.entries["x-a"]
    assert {key: node.text for key, node in root.entries["c"].entries.items()} == {"p": "1", "q": "3"}


def test_empty_text_is_no_tree() -> None:
    assert parse("", "f.yaml") is None
    assert parse("# only a comment\n", "f.yaml") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: a: key 'a' is stated twice (first on line 1)"),
        ("p:\n  q: {a: 1, a: 2}\n", "f.yaml:2:13: p.q.a: key 'a' is stated twice (first on line 2)"),
        (
            "a: !!python/object/apply:os.system [ls]\n",
            "f.yaml:1:4: a: YAML tags are not allowed: 'tag:yaml.org,2002:python/object/apply:os.system'",
        ),
        ("a: !!str 3\n", "f.yaml:1:4: a: YAML tags are not allowed: 'tag:yaml.org,2002:str'"),
        ("- !x 3\n", "f.yaml:1:3: [0]: YAML tags are not allowed: '!x'"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document begins here; a file holds one scenario"),
        ("a: *b\n", "f.yaml:1:4: a: alias *b has no anchor &b before it"),
        ("a: &a [*a]\n", "f.yaml:1:8: a[0]: alias *a stands inside its own anchor"),
        ("? [1]\n: 2\n", "f.yaml:1:3: a key must be a plain text"),
        ("'': 2\n", "f.yaml:1:1: a key is empty"),
        ("<<: 3\n", "f.yaml:1:1: the merge key << takes an alias of a mapping"),
        ("a: b\nc: \x07\n", "f.yaml:2:4: holds the character U+0007, which is no text"),
        ("a: \ud800\n", "f.yaml:1:4: holds the character U+D800, which is no text"),
        ("? " + "k" * 501 + "\n: 1\n", "f.yaml:1:3: a key is longer than 500 characters"),
    ],
)
def test_refused_in_one_line(text: str, message: str) -> None:
    assert refused(text) == [message]


@pytest.mark.parametrize("text", ["a: [1, 2\nb: }", "a: {b: 1", "a: 'b", "a:\n\t- b", "@a", "a: b: c", "%X 1\n"])
def test_what_is_no_yaml_is_one_line(text: str) -> None:
    (line,) = refused(text)
    assert re.match(r"f\.yaml:\d+:\d+: this is not YAML: \w", line)


@pytest.mark.parametrize(
    "text", ["[" * 5000, "{a: " * 5000, "\n".join(" " * i + "a:" for i in range(5000)), "- " * 5000]
)
def test_five_thousand_levels(text: str) -> None:
    began = time.process_time()
    assert [line.split(": ", 1)[1] for line in refused(text)] == ["nested deeper than 100 levels"]
    assert time.process_time() - began < 1.0


def test_python_reader_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: &x {b: [1, 'two', ~]}\nc: *x\n"

    def flat(node: Node) -> object:
        inner = [flat(item) for item in node.items] + [(k, flat(n)) for k, n in node.entries.items()]
        return (node.kind, node.text, node.plain, str(node.place), inner)

    fast = flat(tree(text))
    monkeypatch.setattr(yaml_tree, "_LOADER", "SafeLoader")
    assert flat(tree(text)) == fast
    assert refused("[" * 5000) == ["f.yaml:1:101: nested deeper than 100 levels"]


def test_a_hundred_levels_are_read() -> None:
    assert tree("[" * 100 + "]" * 100).is_list
    assert refused("[" * 101 + "]" * 101)


def test_billion_laughs() -> None:
    text = "a: &a [l,l,l,l,l,l,l,l,l,l]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        text += f"{name}: &{name} [{','.join(['*' + before] * 10)}]\n"
    began = time.process_time()
    assert refused(text) == ["f.yaml:5:8: more than 20,000 keys and values, aliases expanded"]
    assert time.process_time() - began < 1.0


def test_as_many_values_without_aliases() -> None:
    assert refused("[" + "1," * 20_001 + "]")[0].endswith("more than 20,000 keys and values, aliases expanded")


def test_options_have_no_line() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse("a: 1\na: 2", "--set x", located=False)
    assert str(caught.value) == "--set x: a: key 'a' is stated twice"


def test_node_of_python_values() -> None:
    node = node_of({"a": [1, 2.5], "b": True, "c": "x"})
    assert [item.text for item in node.entries["a"].items] == ["1", "2.5"]
    assert node.entries["b"].text == "yes"
