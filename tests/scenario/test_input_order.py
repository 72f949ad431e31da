"""Inputs keep their quantiles, whatever is added: to a file after them, by what is laid over it, or in its text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.analysis.paired import samplers
from sim.ensemble import Sampler
from sim.scenario import Scenario, ScenarioError
from sim.scenario.input_order import dimensions, of_any_scenario

HEAD = "question: q\nstart: 2026-01-01\nend: 2028-01-01\n"
FILE = HEAD + """software: {inference: 2x per year}
labs:
  Aurora:
    compute: {stock: 1e5 H100e, grows: 2x to 4x per year}
    use: {training: 10%, experiments: 50%, serving: 40%}
    runs: {every: 6 to 12 months, length: 60 to 120 days}
training: {whole_run_mfu: 20% to 50%}
"""
PAUSE = "pause: {starts: 2027-01-01, lasts: 3 to 9 months, stops: [training]}\n"


def quantiles(scenario: Scenario, method: str = "sobol") -> dict[str, list[float]]:
    sampler = Sampler(scenario, 7, method)
    return dict(zip(sampler.paths, sampler.quantiles(3, 40).T.tolist(), strict=True))


def of(text: str, *sets: str) -> dict[str, list[float]]:
    return quantiles(sim.load("f.yaml", text=text, sets=sets))


BEFORE = of(FILE)


@pytest.mark.parametrize(
    "text",
    [
        FILE + PAUSE,
        FILE + "shocks: {s: {rate: 0.1 to 1 per year, cluster_lost: 10%}}\n",
        FILE + "quantities: {z: 1 to 2}\n",
        FILE.replace("training: {whole", "  Borealis: {compute: {stock: 1e5 to 2e5 H100e}}\ntraining: {whole"),
        FILE.replace("20% to 50%", "30% to 40%").replace("120 days", "90 days"),
        FILE.replace("20% to 50%", "30%"),
        FILE + "human: {tokens_per_human_hour_thinking: 9000 to 11000 tokens/hour}\n",
    ],
    ids=["pause", "shock", "quantity", "lab", "other ranges", "a default's place", "a default"],
)
def test_what_a_file_adds_at_its_end_leaves_the_others_alone(text: str) -> None:
    after = of(text)
    both = BEFORE.keys() & after.keys()
    assert len(both) >= len(BEFORE) - 1
    assert {path: after[path] for path in both} == {path: BEFORE[path] for path in both}


def test_the_order_is_that_of_the_file() -> None:
    """Defaults have dimensions between those of the others."""
    scenario = sim.load("f.yaml", text=FILE)
    assert scenario.input_order == (
        "labs.Aurora.compute.grows", "labs.Aurora.runs.public_after", "labs.Aurora.runs.every",
        "labs.Aurora.runs.length",
    ), "a default stands where its block begins"  # fmt: skip
    found = dimensions(scenario.input_order)
    assert [found[path] for path in scenario.input_order] == [0, 2, 4, 6]
    assert [found[path] for path in of_any_scenario()] == [2 * n + 1 for n in range(len(of_any_scenario()))]
    many = dimensions([f"n{n}" for n in range(100)])
    assert sorted(many.values()) == list(range(100 + len(of_any_scenario())))
    every, length = "every: 6 to 12 months", "length: 60 to 120 days"
    turned = sim.load("f.yaml", text=FILE.replace(f"{every}, {length}", f"{length}, {every}"))
    assert turned.input_order[-2:] == ("labs.Aurora.runs.length", "labs.Aurora.runs.every")


@pytest.mark.parametrize(
    "sets",
    [
        ("software.inference=1.5x to 3x per year",),
        ("labs.Aurora.compute.stock=1e5 to 2e5 H100e", "human.tokens_per_human_hour_thinking=1e4 tokens/hour"),
        ("labs.Aurora.compute.grows=3x per year",),
        ("labs.Aurora.runs.every=9 months", "labs.Aurora.runs.length=50 to 60 days"),
        ("labs.Aurora.policy=training_first",),
    ],
)
def test_settings_and_overlays_leave_the_others_alone(sets: tuple[str, ...], tmp_path: Path) -> None:
    """Those that they add come last, the place of one that is certain now stays empty."""
    base = sim.load("f.yaml", text=FILE)
    over = tmp_path / "over.yaml"
    over.write_text(PAUSE)
    both: dict[str, Any] = {"sets": sets, "overlays": [over]}
    for changed in (sim.load("f.yaml", text=FILE, sets=sets), base.changed(sets=sets),
                    sim.load("f.yaml", text=FILE, **both), base.changed(**both)):  # fmt: skip
        after = quantiles(changed)
        assert {p: q for p, q in after.items() if p in BEFORE} == {p: q for p, q in BEFORE.items() if p in after}
        assert changed.input_order[: len(base.input_order)] == base.input_order
        again = sim.load("effective.yaml", text=changed.effective_yaml())
        assert quantiles(again) == after
        assert (again.input_order, again.effective_yaml()) == (changed.input_order, changed.effective_yaml())
        paired = samplers(base, {"changed": changed}, 7)
        assert {world.order for world in paired.values()} == {changed.input_order}
        mine = paired["changed"].quantiles(3, 40).T.tolist()
        assert {p: q for p, q in zip(paired["changed"].paths, mine, strict=True) if p in after} == after


def test_a_file_over_another_leaves_its_inputs_alone(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(FILE)
    over = tmp_path / "over.yaml"
    over.write_text("over: base.yaml\nsoftware: {inference: 1.5x to 3x per year}\n" + PAUSE)
    found = quantiles(sim.load(over))
    assert sorted(found.keys() - BEFORE.keys()) == ["pause.lasts", "software.inference"]
    assert {path: found[path] for path in BEFORE} == BEFORE


def test_an_order_that_is_stated_holds() -> None:
    """So an input can be added in the middle of a file, too: it comes after those that are listed."""
    listed = sim.load("f.yaml", text=FILE).input_order
    middle = FILE.replace("1e5 H100e", "1e5 to 2e5 H100e")
    assert of(middle)["labs.Aurora.runs.every"] != BEFORE["labs.Aurora.runs.every"]
    found = of(middle + f"input_order: [{', '.join(listed)}]\n")
    assert {path: found[path] for path in BEFORE} == BEFORE
    assert [*found.keys() - BEFORE.keys()] == ["labs.Aurora.compute.stock"]


@pytest.mark.parametrize("method", ["random", "latin"])
def test_other_methods_know_no_order(method: str) -> None:
    turned = FILE + "input_order: [labs.Aurora.runs.length, labs.Aurora.gone, labs.Aurora.compute.grows]\n"
    assert quantiles(sim.load("f.yaml", text=turned), method) == quantiles(sim.load("f.yaml", text=FILE), method)


def test_places_beyond_the_table_of_sobol_numbers_are_random() -> None:
    """Gaps count: the columns that are left are where they would be without them."""
    many = ", ".join(f"gone{n}" for n in range(1024 - len(of_any_scenario()) - 1))
    scenario = sim.load("f.yaml", text=FILE + f"input_order: [{many}]\n")
    found, plain = quantiles(scenario), quantiles(scenario, "random")
    last = sim.load("f.yaml", text=FILE).input_order
    assert [found[path] == plain[path] for path in last] == [False, True, True, True]
    whole = [path for path in BEFORE if path in of_any_scenario()]
    assert {path: found[path] for path in whole} == {path: BEFORE[path] for path in whole}
    points = np.sort(np.floor(np.array(of(FILE + f"input_order: [{many}]\n")[last[0]]) * 64))
    assert len(set(points)) > 30, "points 3 to 39 of a Sobol column lie in different cells, nearly all"


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ("software.training", "f.yaml:11:14: input_order: expected a list of inputs' paths, as in [software.training]"),
        ("[a, {b: c}]", "input_order: expected the path of an input, got a mapping"),
        ("[a, null]", "input_order: expected the path of an input, got nothing"),
        ("[a, b, a]", "input_order: 'a' is listed twice"),
    ],
)
def test_refused(stated: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        of(FILE + f"input_order: {stated}\n")
    assert message in str(caught.value)
