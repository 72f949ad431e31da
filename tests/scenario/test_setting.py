"""`--set path=value`: through blocks, names with dots, lists; and shares that keep their total."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.model.draw import Draw
from sim.scenario import Scenario, load

TEXT = """\
start: 2026-01-01
end: 2032-01-01
labs:
  OpenAI:
    compute: {count: 1e6 H100e}
    source: a report
    runs:
      - {name: GPT-4, starts: 2026-02-01, flop: 2.1e25}
      - {name: GPT-4.5, starts: 2026-05-01, flop: 2.1e26}
      - {name: GPT 5.1 mini, starts: 2026-06-01, flop: 2.1e26}
  Dated:
    compute: {count: 1e6 H100e}
    use: {training: {2026-01-01: 10%, 2027-01-01: 20%}, serving: 30%, research: {value: 10%, source: x}}
    runs: {every: 9 months, length: 60 days}
"""
Again = Callable[[Scenario], Scenario]


def changed(*sets: str) -> Scenario:
    return load("f.yaml", text=TEXT, sets=sets)


def flops(draw: Draw) -> list[float | None]:
    return [run.flop for run in draw.labs["OpenAI"].runs]


def shares(draw: Draw, lab: str = "OpenAI") -> dict[str, float]:
    return {name: series.at(0.0) for name, series in draw.labs[lab].use.items()}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("labs.OpenAI.runs.GPT-4.flop", [3e25, 2.1e26, 2.1e26]),
        ("labs.OpenAI.runs.GPT-4.5.flop", [2.1e25, 3e25, 2.1e26]),
        ("labs.OpenAI.runs.GPT 5.1 mini.flop", [2.1e25, 2.1e26, 3e25]),
        ("labs.OpenAI.runs[0].flop", [3e25, 2.1e26, 2.1e26]),
        ("labs.OpenAI.runs.2.flop", [2.1e25, 2.1e26, 3e25]),
    ],
)
def test_through_lists(path: str, expected: list[float], again: Again) -> None:
    scenario = changed(f"{path}=3e25 FLOP")
    assert flops(scenario.draw()) == expected
    assert again(scenario).draw() == scenario.draw()


@pytest.mark.parametrize("path", ["runs.length", "runs[0].length", "runs.0.length"])
def test_through_one_block_in_place_of_a_list(path: str) -> None:
    assert changed(f"labs.Dated.{path}=30 days").draw().labs["Dated"].runs[0].length_days == 30.0


def test_null_removes_and_mappings_merge() -> None:
    assert [run.name for run in changed("labs.OpenAI.runs.GPT-4=null").draw().labs["OpenAI"].runs] == [
        "GPT-4.5",
        "GPT 5.1 mini",
    ]
    run = changed("labs.OpenAI.runs.GPT-4={flop: 1e20, length: 3 days}").draw().labs["OpenAI"].runs[0]
    assert (run.name, run.flop, run.length_days) == ("GPT-4", 1e20, 3.0)
    assert "Dated" not in changed("labs.Dated=").draw().labs


def test_what_is_declared_but_absent_is_made(again: Again) -> None:
    scenario = changed(
        "labs.OpenAI.training.mfu=0.4",
        "training.size.rule=chinchilla",
        "seed=3",
        "name=Mine",
        "labs.OpenAI.fleets.serving.models=internal",
        "accelerators.H100e.power=600 W",
        "labs.OpenAI.runs.GPT-4.accelerators.H100e=50",
    )
    draw = scenario.draw()
    assert draw.labs["OpenAI"].runs[0].training.utilisation == 0.4
    assert (draw.training.size.rule, draw.seed, scenario.name) == ("chinchilla", 3, "Mine")
    assert draw.labs["OpenAI"].fleets["serving"].models == "internal"
    assert draw.accelerators["H100e"].power_w == 600.0
    assert draw.accelerators["H100e"].memory_bytes == 80e9
    assert draw.labs["OpenAI"].runs[0].accelerators == {"H100e": 50.0}
    assert again(scenario).draw() == draw


def test_one_of_the_defaults_is_changed_and_the_others_stay() -> None:
    draw = changed(
        "domains.general.token_basis=thinking", "observed_uplift.2025=1.5x", "inference.sparsity.2026-01-01=9"
    ).draw()
    assert sorted(draw.domains) == ["ai_research", "alignment", "general", "software"]
    assert (draw.domains["general"].token_basis, draw.domains["alignment"].token_basis) == ("thinking", "task")
    assert sorted(draw.observed_uplift) == ["2024", "2025", "2026"]
    assert draw.observed_uplift["2025"] == 1.5
    sparsity = draw.inference.sparsity
    assert sparsity is not None
    assert (sparsity.at(-900.0), sparsity.at(0.0)) == (6.0, 9.0)


def test_the_other_shares_keep_the_total(again: Again) -> None:
    scenario = changed("labs.OpenAI.use.training=0.2")  # of the defaults 10%, 55%, 35%
    found = shares(scenario.draw())
    assert found == pytest.approx({"training": 0.2, "experiments": 0.55 * 8 / 9, "serving": 0.35 * 8 / 9})
    assert sum(found.values()) == pytest.approx(1.0, abs=1e-15)
    rows = {row.path: row for row in scenario.inputs}
    assert rows["labs.OpenAI.use.training"].origin == "--set labs.OpenAI.use.training"
    assert rows["labs.OpenAI.use.serving"].note == "scaled from 0.35 by --set labs.OpenAI.use.training"
    assert rows["labs.OpenAI.use.serving"].source == ""
    back = again(scenario)
    assert back.draw() == scenario.draw()
    assert {row.path: (row.source, row.note) for row in back.inputs} == {
        row.path: (row.source, row.note) for row in scenario.inputs
    }


def test_several_shares_and_new_ones() -> None:
    two = changed("labs.OpenAI.use.training=20%", "labs.OpenAI.use.serving=20%")
    assert shares(two.draw()) == pytest.approx({"training": 0.2, "experiments": 0.6, "serving": 0.2})
    new = changed("labs.OpenAI.use.alignment=20%")
    assert shares(new.draw()) == pytest.approx(
        {"alignment": 0.2, "training": 0.08, "experiments": 0.44, "serving": 0.28}
    )
    everything = changed("labs.Dated.use.training=20%", "labs.Dated.use.serving=20%", "labs.Dated.use.research=20%")
    assert shares(everything.draw(), "Dated") == {"training": 0.2, "serving": 0.2, "research": 0.2}
    assert shares(changed("labs.OpenAI.use={training: 50%, serving: 50%}").draw()) == {"training": 0.5, "serving": 0.5}
    dated = changed("labs.Dated.use.training.2027-01-01=25%")
    assert dated.draw().labs["Dated"].use["training"].points == ((0.0, 0.1), (365.0, 0.25))


def refused(lines: Callable[..., list[str]], *sets: str) -> list[str]:
    return lines(TEXT, sets=sets)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (
            "labs.OpenAI.runs.GPT-7.flop=3",
            "--set labs.OpenAI.runs.GPT-7.flop: labs.OpenAI.runs.GPT-7: `labs.OpenAI.runs` has nothing called 'GPT-7'"
            " (did you mean 'GPT-4'?)",
        ),
        (
            "labs.OpenAI.runs[7].flop=3",
            "--set labs.OpenAI.runs[7].flop: labs.OpenAI.runs[7]: `labs.OpenAI.runs` has nothing called '[7]'"
            " (known: GPT-4, GPT-4.5, GPT 5.1 mini, 0, 1, 2)",
        ),
        (
            "OpenAI.use.training=20%",
            "--set OpenAI.use.training: OpenAI: a scenario has nothing called 'OpenAI' (did you mean 'labs.OpenAI'?)",
        ),
        (
            "labs.OpenAi.policy=shares",
            "--set labs.OpenAi.policy: labs.OpenAi: `labs` has nothing called 'OpenAi' (did you mean 'OpenAI'?)",
        ),
        (
            "labs.OpenAI.runs[0].flopp=3",
            "--set labs.OpenAI.runs[0].flopp: `labs.OpenAI.runs[0]` has nothing called 'flopp' (did you mean 'flop'?)",
        ),
        (
            "labs.OpenAI.runs.GPT-4.flop.x=3",
            "--set labs.OpenAI.runs.GPT-4.flop.x: `labs.OpenAI.runs.GPT-4.flop` has nothing called 'x' (it is"
            " one value)",
        ),
        (
            "labs.OpenAI.models.X.flop=3",
            "--set labs.OpenAI.models.X.flop: labs.OpenAI.models.X: `labs.OpenAI.models` has nothing called 'X'"
            " (it has no items)",
        ),
        (
            "labs.OpenAI.use.trainin=10%",
            "--set labs.OpenAI.use.trainin: `labs.OpenAI.use` has nothing called 'trainin' (did you mean 'training'?)",
        ),
        (
            "zzz=3",
            "--set zzz: a scenario has nothing called 'zzz' (known: start, end, labs, name, question, note,"
            " base_date, seed,"
            " stronger_by)",
        ),
        ("foo", "--set foo: expected path=value, as in labs.Aurora.use.training=20%"),
        ("=3", "--set =3: expected path=value, as in labs.Aurora.use.training=20%"),
        ("end=: x: [", "--set end: this is not YAML: "),
        ("stronger_by=0.5", "--set stronger_by: must be above 1x, got '0.5'"),
        (
            "stronger_by=!!python/object:x 3",
            "--set stronger_by: YAML tags are not allowed: 'tag:yaml.org,2002:python/object:x'",
        ),
        (
            "labs.OpenAI.runs.GPT-4.length=9 dayz",
            "--set labs.OpenAI.runs.GPT-4.length: unknown unit 'dayz' (did you mean 'days'?)",
        ),
        (
            "labs.OpenAI.use.training=5% to 20%",
            "--set labs.OpenAI.use.training: the other shares cannot be scaled, since `training` is dated, "
            "uncertain or derived:"
            " set all of `training`, `experiments`, `serving`",
        ),
        (
            "labs.Dated.use.serving=20%",
            "--set labs.Dated.use.serving: the other shares cannot be scaled, since `training` is dated, "
            "uncertain or derived:"
            " set all of `training`, `serving`, `research`",
        ),
        (
            "labs.OpenAI.use.serving=110%",
            "--set labs.OpenAI.use.serving: 1.1 is more than the shares' total of 1, which stays; set the others too",
        ),
    ],
)
def test_refused(lines: Callable[..., list[str]], setting: str, message: str) -> None:
    (found,) = refused(lines, setting)
    shown = [line for line in found.split("\n") if line]
    assert shown[0].startswith(message.split(" (known: start", maxsplit=1)[0])


def test_all_settings_problems_at_once(lines: Callable[..., list[str]]) -> None:
    assert len(refused(lines, "zz=1", "labs.Nobody.use=1", "bare")) == 3
