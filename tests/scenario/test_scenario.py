"""A scenario as a whole: draws, defaults and what is inherited, inputs, what was used, the effective YAML."""

from __future__ import annotations

import dataclasses
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from sim.base.series import fixed
from sim.model.declare import parameters
from sim.model.draw import Draw
from sim.model.training_run import Training
from sim.scenario import Scenario, ScenarioError, load
from sim.scenario.complete import FEEDBACK_ONLY
from sim.scenario.defaults import default_value
from sim.scenario.quantity import Plain
from sim.scenario.reading import Reading

Again = Callable[[Scenario], Scenario]
FILES = sorted(Path(__file__).parents[2].glob("scenarios/**/*.yaml"))


# Defaults


def test_every_declared_default_can_be_read_and_these_are_derived() -> None:
    derived, seen = set(), set()

    def visit(of: type) -> None:
        if of in seen:
            return
        seen.add(of)
        for name, parameter in parameters(of).items():
            if parameter.of is not None:
                visit(parameter.of)
            if not parameter.required:
                value = default_value(of, name, parameter, parameter.key, Reading())
                if isinstance(value, Plain) and value.value is None:
                    derived.add(f"{of.__name__}.{parameter.key}")

    visit(Draw)
    assert derived == {
        "Fleet.models", "Fleet.domain", "ExistingModel.internal", "Draw.base_date", "Software.feedback_from",
    }  # fmt: skip


def test_defaults_have_the_source_of_their_declaration(base: str) -> None:
    rows = {row.path: row for row in load("f.yaml", text=base).inputs}
    assert rows["human.work_week"].source == "convention"
    assert (rows["human.work_week"].origin, rows["human.work_week"].stated) == ("default", False)
    assert rows["domains.general.quality.slope"].guess
    assert rows["labs.Aurora.runs.public_after"].uncertain


def test_fields_that_follow(base: str) -> None:
    text = base.replace(
        "    runs: ", "    models: [{name: M, public: 2025-06-01, params: 10B, tokens: 1T tokens}]\n    runs: "
    )
    draw = load("f.yaml", text=text).draw()
    lab = draw.labs["Aurora"]
    assert sorted(lab.fleets) == ["research", "serving"]
    assert [lab.fleets[name].models for name in ("research", "serving")] == ["internal", "public"]
    assert [lab.fleets[name].domain for name in ("research", "serving")] == ["ai_research", "general"]
    assert (lab.models[0].internal, lab.models[0].flop) == (-214.0, 6e22)
    assert draw.base_date == 0.0
    assert lab.compute[0].accelerator == "H100e"


def test_a_fleet_named_like_a_domain_works_in_it(base: str) -> None:
    lab = load("f.yaml", text=base.replace("research: 5%", "alignment: 5%")).draw().labs["Aurora"]
    assert lab.fleets["alignment"].domain == "alignment"


def test_flop_params_and_tokens_follow_from_each_other(base: str) -> None:
    for stated, flop, tokens in (
        ("params: 10B, tokens: 1T tokens", 6e22, 1e12),
        ("params: 10B, flop: 6e22", 6e22, 1e12),
        ("tokens: 1T tokens, flop: 6e22", 6e22, 1e12),
    ):
        run = load("f.yaml", text=base.replace("every: 9 months, length: 60 days", f"starts: 2026, name: A, {stated}"))
        found = run.draw().labs["Aurora"].runs[0]
        assert (found.flop, found.params, found.tokens) == pytest.approx((flop, 1e10, tokens))
        models = f"    models: [{{name: M, public: 2025-06-01, {stated}}}]\n    runs: "
        model = load("f.yaml", text=base.replace("    runs: ", models)).draw().labs["Aurora"].models[0]
        assert (model.flop, model.params, model.tokens) == pytest.approx((flop, 1e10, tokens))


def test_the_size_of_a_cadence_whose_flop_grows_is_left_to_each_run(base: str) -> None:
    text = base.replace("length: 60 days", "flop: 6e22, flop_grows: 2x, params: 10B")
    run = load("f.yaml", text=text).draw().labs["Aurora"].runs[0]
    assert (run.flop, run.params, run.tokens) == (6e22, 1e10, None)


def test_a_post_trained_model_keeps_the_parameters_of_its_base(base: str) -> None:
    models = "    models: [{name: M, public: 2025-06-01, flop: 6e22}]\n    runs: "
    one = "name: T, base: M, starts: 2026-02-01, flop: 6e21, tokens: 1B tokens"
    text = base.replace("    runs: ", models).replace("every: 9 months, length: 60 days", one)
    assert load("f.yaml", text=text).draw().labs["Aurora"].runs[0].params is None


def test_the_midpoint_counts_in_flop_of_the_base_date(base: str) -> None:
    text = (
        base + "software: {training: 4x per year}\ndomains: {general: {quality: {midpoint: 1e28, as_of: 2024-01-02}}}\n"
    )
    text = text.replace("use: ", "fleets: {research: {domain: general}}\n    use: ")
    quality = load("f.yaml", text=text).draw().domains["general"].quality
    years = 730 / 365.25  # 2024-01-02 to 2026-01-01
    assert quality.midpoint_flop == pytest.approx(1e28 / 4.0**years)
    later = load("f.yaml", text=text + "base_date: 2027-01-01\n").draw()
    assert later.domains["general"].quality.midpoint_flop == pytest.approx(1e28 / 4.0 ** (1095 / 365.25))
    assert later.base_date == 365.0


# Inheritance


def test_blocks_inherit_field_by_field(base: str) -> None:
    text = base.replace(
        "{every: 9 months, length: 60 days}",
        (
            "[{name: A, starts: 2026, length: 9 days}, {name: B, starts: 2026, length: 9 days,"
            " training: {size: {rule: chinchilla}}, after_training: {move: 50%}}]"
        ),
    )
    text = text.replace(
        "use: ", "after_training: {to: serving, for: 30 days}\n    training: {mfu: 40%, goodput: 90%}\n    use: "
    )
    text = text.replace("use: ", "fleets: {serving: {inference: {context: 8000 tokens}}}\n    use: ")
    text += "training: {precision: fp8, size: {tokens_per_param: 33}}\ninference: {precision: bf16}\n"
    lab = load("f.yaml", text=text).draw().labs["Aurora"]
    first, second = lab.runs
    assert (first.training.precision, first.training.size.tokens_per_param, first.training.size.rule) == (
        "fp8",
        33.0,
        "tokens_per_param",
    )
    assert (second.training.precision, second.training.size.tokens_per_param, second.training.size.rule) == (
        "fp8",
        33.0,
        "chinchilla",
    )
    assert first.training.utilisation == pytest.approx(0.36)
    assert second.after_training is not None
    assert (second.after_training.to, second.after_training.move, second.after_training.for_days) == (
        "serving",
        0.5,
        30.0,
    )
    serving, research = lab.fleets["serving"].inference, lab.fleets["research"].inference
    assert (serving.context_tokens, serving.precision) == (8000.0, "bf16")
    assert (research.context_tokens, research.precision) == (200000.0, "bf16")


def test_the_nearer_of_two_ways_to_say_it_holds(base: str) -> None:
    text = base.replace(
        "use: ",
        "training: {whole_run_mfu: 20%}\n    software: {training: 2x per year, inference: 3x per year}\n    use: ",
    )
    text += "training: {mfu: 50%, goodput: 90%}\n"
    text += "software: {training_efficiency: {2026-01-01: 1x, then: 9x per year}, inference_efficiency: 2x}\n"
    draw = load("f.yaml", text=text).draw()
    lab = draw.labs["Aurora"]
    assert (lab.training.mfu, lab.training.utilisation, draw.training.utilisation) == (None, 0.2, 0.45)
    assert (lab.software.training_efficiency, lab.software.training_growth) == (None, 2.0)
    assert (lab.software.inference_efficiency, lab.software.inference_growth) == (None, 3.0)
    assert draw.software.inference_efficiency == fixed(2.0)


def test_what_is_inherited_is_one_input(base: str) -> None:
    scenario = load("f.yaml", text=base)
    paths = [row.path for row in scenario.inputs]
    assert len(paths) == len(set(paths))
    assert [path for path in paths if path.endswith("whole_run_mfu")] == ["training.whole_run_mfu"]
    draw = scenario.draw({"training.whole_run_mfu": 0.95})
    assert draw.labs["Aurora"].runs[0].training.whole_run_mfu == pytest.approx(0.35)


# Draws


def test_the_central_case_takes_medians_and_draws_repeat(base: str) -> None:
    scenario = load("f.yaml", text=base)
    assert scenario.draw() == scenario.draw(dict.fromkeys(scenario.uncertain, 0.5))
    assert scenario.draw(dict.fromkeys(scenario.uncertain, 0.9)) != scenario.draw()
    draw = scenario.draw(seed=5, index=3)
    assert (draw.seed, draw.draw, draw.uncertain) == (5, 3, tuple(scenario.uncertain))


def test_quantiles_of_what_is_not_uncertain(base: str) -> None:
    scenario = load("f.yaml", text=base)
    with pytest.raises(
        ValueError, match=r"'training.whole_run_mfx' is no uncertain input .*did you mean 'training.whole_run_mfu'"
    ):
        scenario.draw({"training.whole_run_mfx": 0.3})
    for q in (0.0, 1.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="a quantile lies between 0 and 1"):
            scenario.draw({"training.whole_run_mfu": q})


def test_every_field_of_a_draw_is_filled(base: str) -> None:
    """Required fields and fields with a default are never None, except those that the scenario takes away."""

    def visit(thing: object, path: str) -> list[str]:
        missing = []
        if isinstance(thing, dict):
            return [m for key, item in thing.items() for m in visit(item, f"{path}.{key}")]
        if isinstance(thing, list):
            return [m for index, item in enumerate(thing) for m in visit(item, f"{path}[{index}]")]
        if dataclasses.is_dataclass(thing) and parameters(type(thing)):
            for name, parameter in parameters(type(thing)).items():
                value = getattr(thing, name)
                if value is None and parameter.default is not None:
                    missing.append(f"{path}.{name}")
                missing += visit(value, f"{path}.{name}")
        return missing

    follows = base + "alignment: {}\nsoftware: {feedback: on, feedback_from: 2026-02-01}\n"
    follows = follows.replace("    use:", "    staff: {ai_research: 100}\n    use:", 1)
    assert visit(load("f.yaml", text=follows).draw(), "") == []
    # What is no input without feedback, or without alignment work, is taken away.
    away = {item.rsplit(".", 1)[1] for item in visit(load("f.yaml", text=base).draw(), "")}
    assert away == {*FEEDBACK_ONLY, "alignment"}


def test_the_order_of_keys_does_not_matter(base: str) -> None:
    def shuffled(thing: object, dice: random.Random) -> object:
        if isinstance(thing, dict):
            keys = list(thing)
            dice.shuffle(keys)
            return {key: shuffled(thing[key], dice) for key in keys}
        return [shuffled(item, dice) for item in thing] if isinstance(thing, list) else thing

    text = base.replace("use: ", "source: s\n    use: ") + (
        "  Borealis: {compute: [{count: 5 A100}, {stock: {2026-01-01: 3 H100, 2025-01-01: 2 H100}}]}\n"
        "levels: {b: {effective_flop: 1e27}, a: {effective_flop: 1e26}}\nsources: {s: long}\n"
    )
    plain = load("f.yaml", text=text)
    for seed in range(5):
        data = shuffled(yaml.load(text, Loader=yaml.BaseLoader), random.Random(seed))
        other = load("f.yaml", text=yaml.dump(data, sort_keys=False, default_style='"').replace("!!float ", ""))
        assert other.draw() == plain.draw()
        assert list(other.draw().labs) == ["Aurora", "Borealis"]
        assert other.inputs[0].path == "start"
        assert [row.path for row in other.inputs] == [row.path for row in plain.inputs]


# What was used


def test_what_nothing_read(base: str) -> None:
    text = base.replace("length: 60 days", "length: 60 days, flagship: yes") + (
        "human: {work_week: 50 hours/week}\nquestion: why\n"
        "training: {mfu: 50%}\naccelerators: {Unused: {peak: {bf16: 1 PFLOP/s}, memory: 10 GB, bandwidth: 1 TB/s}}\n"
    )
    scenario = load("f.yaml", text=text)
    draw = scenario.draw(track=True)
    everything = scenario.unused(draw)
    assert {"human.work_week", "training.mfu", "labs.Aurora.use.training", "end"} <= set(everything)
    assert not {"question", "start", "human.task_substitution", "seed"} & set(everything)
    lab = draw.labs["Aurora"]
    assert lab.runs[0].training.utilisation == 0.5  # of the scenario's block, read through the run's
    _ = lab.use["serving"]  # a mapping counts as a whole
    _ = draw.human.work_hours_per_week
    unused = scenario.unused(draw)
    assert not {"human.work_week", "training.mfu", "labs.Aurora.use.training"} & set(unused)
    assert {"end", "labs.Aurora.runs.flagship", "accelerators.Unused.memory", "labs.Aurora.compute.stock"} <= set(
        unused
    )


def test_a_tracked_draw_is_like_any_other(base: str) -> None:
    scenario = load("f.yaml", text=base)
    plain, tracked = scenario.draw(), scenario.draw(track=True)
    assert isinstance(tracked, Draw)
    assert isinstance(tracked.labs["Aurora"].training, Training)
    assert repr(tracked) == repr(plain)
    copy = dataclasses.replace(tracked.labs["Aurora"].runs[0], length_days=1.0)
    assert copy.length_days == 1.0
    with pytest.raises(ValueError, match="track=True"):
        scenario.unused(plain)


def test_a_field_that_is_set_is_noted_when_it_is_read(base: str) -> None:
    scenario = load("f.yaml", text=base)
    draw = scenario.draw(track=True)
    draw.stronger_by = 3.0
    assert "stronger_by" not in scenario.read(draw)
    assert (draw.stronger_by, draw.stronger_by) == (3.0, 3.0)
    assert "stronger_by" in scenario.read(draw)
    draw.stronger_by = 4.0
    assert draw.stronger_by == 4.0


# The effective scenario


def test_effective_yaml_is_this(base: str, folder: Callable[..., Path]) -> None:
    folder(
        {
            "base.yaml": base.replace("3x per year", "&g 3x per year") + "x-more: {a: 1}\nsoftware: {training: *g}\n",
            "my.yaml": (
                "over: base.yaml\nname: 'Mine: first'\nnote: 'yes'\nsources: {doc: 'Title, \"2025\"'}\n"
                "labs: {Aurora: {runs: {length: {value: 7.0e1 days, source: doc}}, bloc: '10', use: {serving: null}}}\n"
            ),
        }
    )
    assert (
        load("my.yaml", sets=["seed=0x10"]).effective_yaml()
        == """\
name: "Mine: first"
note: yes
start: 2026-01-01
end: 2032-01-01
seed: 0x10
software:
  training: 3x per year
labs:
  Aurora:
    bloc: "10"
    compute:
      stock: 1.2e6 H100e
      grows: 3x per year
    use:
      experiments: 45%
      research: 5%
      training: 10%
    runs:
      every: 9 months
      length:
        value: 7.0e1 days
        source: doc
sources:
  doc: "Title, \\"2025\\""
"""
    )


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "10",
        "'10'",
        '"1e5"',
        "'null'",
        "'~'",
        "'true'",
        "'a: b'",
        "'# no'",
        "' lead'",
        '"tab\\there"',
        '"two\\nlines"',
        "'größe'",
        '"\\U0001F600"',
        "'- x'",
        "'[x]'",
        "'{x}'",
        "'&a'",
        "'*a'",
        "'!x'",
        "'%x'",
        "'@x'",
        "'`x'",
        "'''q'''",
        "'\"'",
        "'\\\\'",
        "'...'",
        "'---'",
        "'?'",
        "'? x'",
        "':'",
        "','",
        "'x:'",
        "'x #y'",
        "'<<'",
        "'='",
        "'.5'",
        "'-5'",
        "0x1F",
        "'0o17'",
        "2026-01-01",
        "|\n  line one\n  line two\n",
        ">\n  folded\n  text\n",
        '"\\u0085x"',
        '"\\u2028"',
        '"\\ufeffx"',
    ],
)
def test_texts_survive(base: str, again: Again, text: str) -> None:
    scenario = load("f.yaml", text=base + f"question: {text}\nname: {text}\n")
    back = again(scenario)
    assert (back.question, back.name) == (scenario.question, scenario.name)
    assert back.effective_yaml() == scenario.effective_yaml()
    assert back.hash == scenario.hash


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_scenarios_that_we_give_out(path: Path, again: Again) -> None:
    scenario = load(str(path))
    back = again(scenario)
    assert back.effective_yaml() == scenario.effective_yaml()
    assert back.draw() == scenario.draw()
    quantiles = {name: 0.05 + 0.9 * (index % 7) / 6 for index, name in enumerate(scenario.uncertain)}
    assert back.draw(quantiles) == scenario.draw(quantiles)
    assert [(r.path, r.text, r.source, r.note, r.guess) for r in back.inputs] == [
        (r.path, r.text, r.source, r.note, r.guess) for r in scenario.inputs
    ]


def test_hash_and_repr(base: str) -> None:
    scenario = load("f.yaml", text=base)
    assert len(scenario.hash) == 64
    assert scenario.hash == load("f.yaml", text=base.replace("10%, exp", "10%,   exp")).hash
    assert scenario.hash != load("f.yaml", text=base.replace("10%", "11%").replace("40%", "39%")).hash
    assert repr(scenario) == "<Scenario 'f': 2026-01-01 to 2032-01-01, labs Aurora; 10 inputs stated, 21 uncertain>"


# Cost


def test_a_large_scenario_loads_fast(base: str) -> None:
    load("f.yaml", text=base)  # pint and the defaults, once
    lab = "".join(
        f"  Lab {i}:\n    compute: [{{count: {i} A100}}, {{stock: {{2026-01-01: 1e5 H100, 2027-01-01: 2e5 H100}}}}]\n"
        f"    runs:\n"
        + "".join(
            f"      - {{name: M{j}, starts: 2026-0{j + 1}-01, flop: {{value: 1e25 to 3e25, source: s{j}}}}}\n"
            for j in range(9)
        )
        for i in range(50)
    )
    began = time.process_time()
    scenario = load("f.yaml", text=base + lab)
    assert time.process_time() - began < 1.0
    assert len(scenario.effective_yaml().splitlines()) > 600


def test_importing_is_light() -> None:
    heavy = ("pint", "numpy", "pandas", "simpy", "sim.world")
    code = f"import sys, sim.scenario; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_scenario_in_common_units_is_loaded_without_pint() -> None:
    one_lab = next(path for path in FILES if path.name == "one-lab.yaml")
    code = f"import sys, sim; sim.load({str(one_lab)!r}); print([m for m in ('pint', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_error_is_an_exception_with_all_problems() -> None:
    with pytest.raises(ScenarioError) as caught:
        load("f.yaml", text="a: 1\n")
    assert [problem.path for problem in caught.value.problems] == ["a", "end", "labs", "start"]


def test_a_mapping_of_nothing_comes_back_the_same(base: str) -> None:
    scenario = load("f.yaml", text=base + "sources: {epoch: }\nlevels: {auto: {effective_flop: 1e27, domain: }}\n")
    effective = scenario.effective_yaml()
    assert load("g.yaml", text=effective).effective_yaml() == effective
