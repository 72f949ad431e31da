"""Contradictions between fields, each at its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.scenario import load
from sim.world.simulate import simulate
from tests.world.observe import uses

Lines = Callable[..., list[str]]

RUNS = """\
start: 2026-01-01
end: 2032-01-01
labs:
  Aurora:
    compute: [{count: 25000 A100}, {stock: {2026-01-01: 1e5 H100, 2028-01-01: 1e6 H100}}]
    models: [{name: M0, public: 2025-01-01, flop: 1e25}]
    runs:
"""
LAB = "start: 2026-01-01\nend: 2032-01-01\nlabs:\n  A:\n"
CHIPS = "    compute: {count: 5 H100}\n"


def runs(*texts: str) -> str:
    return RUNS + "".join(f"      - {text}\n" for text in texts)


@pytest.mark.parametrize(
    "text",
    [
        "{name: A, starts: 2026-02-01, flop: 2.1e25, accelerators: 25000 A100}",
        "{name: A, starts: 2026-02-01, flop: 2.1e25, share: 10%}",
        "{name: A, starts: 2026-02-01, share: 10%, length: 90 days}",
        "{name: A, starts: 2026-02-01, length: 90 days}",
        "{name: A, internal: 2026-05-01, length: 90 days}",
        "{name: A, internal: 2026-05-01, flop: 2.1e25, accelerators: 25000 A100}",
        "{name: A, starts: 2026-02-01, internal: 2026-05-01}",
        "{name: A, starts: 2026-02-01, internal: 2026-05-02, length: 90 days}",
        "{name: A, starts: 2026-02-01, flop: 2.1e25, params: 280B}",
        "{name: A, starts: 2026-02-01, flop: 2.184e25, params: 280B, tokens: 13T tokens}",
        "{name: A, starts: 2026-02-01, params: 280B}",
        "{name: A, starts: 2025-11-01, length: 90 days, base: M0, gain: 2x}",
        "{every: 9 months, flop: 1e25, flop_grows: 4x, until: 2030-01-01}",
        "{name: A, starts: 2026-02-01, flop: 1e25, phases: [{phase: pretraining, flop: 90%},"
        " {phase: post-training, flop: 10%, accelerators: 50%}, {phase: evaluation, length: 20 days}]}",
        # 25,000 A100 · 312e12 FLOP/s · 0.3124 · 95 days · 86,400 s = 2.0e25 FLOP
        "{name: A, starts: 2026-02-01, flop: 2.0e25, accelerators: 25000 A100, length: 95 days,"
        " training: {whole_run_mfu: 0.3124}}",
        # half of the FLOP on half of the chips takes 1.5 times as long
        "{name: A, starts: 2026-02-01, flop: 2.0e25, accelerators: 25000 A100, length: 142.5 days,"
        " training: {mfu: 0.3905, goodput: 80%}, phases: [{phase: pretraining, flop: 50%},"
        " {phase: post-training, flop: 50%, accelerators: 50%}]}",
    ],
)
def test_runs_that_are_fine(text: str) -> None:
    load("f.yaml", text=runs(text))


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "{name: GPT-4, starts: 2026-02-01, flop: 2.1e25, accelerators: 25000 A100, length: 95 days}",
            [
                "43: labs.Aurora.runs.GPT-4: stated three times over: `flop` is 2.1e+25 FLOP, but the"
                " accelerators in 95 days"
                " at a utilisation of 0.313 give 2.004e+25 FLOP: leave one out"
                " (training.whole_run_mfu: 0.328 would make them agree)"
            ],
        ),
        (
            "{name: A, starts: 2026-02-01, internal: 2026-06-01, flop: 2.1e25, accelerators: 25000 A100}",
            [
                "61: labs.Aurora.runs.A: stated three times over: `flop` is 2.1e+25 FLOP, but the accelerators"
                " in 120 days"
                " at a utilisation of 0.313 give 2.532e+25 FLOP: leave one out"
                " (training.whole_run_mfu: 0.26 would make them agree)"
            ],
        ),
        (
            "{name: A, starts: 2026-02-01, internal: 2026-06-01, length: 95 days}",
            [
                "49: labs.Aurora.runs.A.internal: internal on 2026-06-01, but `starts` and `length` give 2026-05-07:"
                " leave one of the three out"
            ],
        ),
        (
            "{name: A, internal: 2026-05-01, starts: 2026-06-01}",
            ["29: labs.Aurora.runs.A.internal: internal on 2026-05-01, before it starts on 2026-06-01"],
        ),
        (
            "{name: G, starts: 2026-02-01, flop: 2.1e25, share: 10%, length: 95 days}",
            [
                "53: labs.Aurora.runs.G.share: `flop`, `share` and `length` are one too many: state two, the"
                " third follows"
            ],
        ),
        (
            "{name: A, starts: 2026-05-01, share: 10%, accelerators: 5 A100}",
            ["39: labs.Aurora.runs.A.share: state either `accelerators` or `share`, not both"],
        ),
        # 6 · 20 · (280e9)^2 = 9.408e24
        (
            "{name: G, starts: 2026-02-01, flop: 2.1e25, params: 280B, training: {size: {rule: chinchilla}}}",
            [
                "39: labs.Aurora.runs.G.flop: `flop` is 2.1e+25 FLOP, but `params` at 20 tokens a parameter give"
                " 9.408e+24 FLOP:"
                " leave one out"
            ],
        ),
        (
            "{name: G, starts: 2026-02-01, flop: 2.1e25, params: 280B, training: {size: {tokens_per_param: 100}}}",
            [
                "39: labs.Aurora.runs.G.flop: `flop` is 2.1e+25 FLOP, but `params` at 100 tokens a parameter"
                " give 4.704e+25 FLOP:"
                " leave one out"
            ],
        ),
        (
            "{name: G, starts: 2026-02-01, flop: 2.1e25, params: 280B, tokens: 13T tokens}",
            [
                "39: labs.Aurora.runs.G.flop: `flop` is 2.1e+25 FLOP, but 6 · params · tokens give 2.184e+25"
                " FLOP: leave one out"
            ],
        ),
        (
            "{starts: 2026-02-01, flop: 2.1e25}",
            ["9: labs.Aurora.runs[0]: an explicit run needs a `name:` (with `every:` it is a cadence)"],
        ),
        (
            "{name: X}",
            [
                "9: labs.Aurora.runs.X: state when the run `starts:`, when it is `internal:`, or `every:` how often",
                "9: labs.Aurora.runs.X: state the run's size: one or two of `flop` (or `params`), `accelerators`"
                " (or `share`)"
                " and `length`",
            ],
        ),
        (
            "{every: 9 months, length: 60 days, internal: 2026-05-01, public: 2027-01-01}",
            [
                "44: labs.Aurora.runs[0].internal: a cadence (`every`) makes many models; it takes no `internal` date",
                "66: labs.Aurora.runs[0].public: a cadence (`every`) makes many models; it takes no `public` date",
            ],
        ),
        (
            "{name: A, starts: 2026-02-01, flop_grows: 4x, length: 60 days}",
            [
                "39: labs.Aurora.runs.A.flop_grows: `flop_grows` needs `every:`",
                "39: labs.Aurora.runs.A.flop_grows: `flop_grows` needs `flop:`",
            ],
        ),
        (
            "{name: A, starts: 2026-02-01, length: 60 days, until: 2027}",
            ["56: labs.Aurora.runs.A.until: `until` ends a cadence; state `every:` too"],
        ),
        (
            "{name: A, internal: 2026-05-01, share: 10%}",
            [
                "29: labs.Aurora.runs.A.internal: its start cannot be found from `internal`: state `starts`, or"
                " `length`,"
                " or `flop` and `accelerators`"
            ],
        ),
        (
            "{name: A, internal: 2026-05-01, length: 10 days, public: 2026-04-01}",
            ["66: labs.Aurora.runs.A.public: public on 2026-04-01, before it is internal on 2026-05-01"],
        ),
        (
            "{name: A, starts: 2026-05-01, length: 10 days, public: 2026-08-01, public_after: 3 days}",
            ["90: labs.Aurora.runs.A.public_after: `public` and `public_after` both say when it is public: state one"],
        ),
        (
            "{name: M0, starts: 2026-05-01, length: 10 days}",
            ["16: labs.Aurora.runs.M0: the lab has two models 'M0' (first at f.yaml:6:21)"],
        ),
        (
            "{name: A, starts: 2026-05-01, length: 10 days, base: M1}",
            ["62: labs.Aurora.runs.A.base: there is no model 'M1' to start from; the lab's models are M0"],
        ),
        (
            "{name: A, starts: 2026-05-01, length: 10 days, base: A}",
            ["62: labs.Aurora.runs.A.base: a model cannot be its own base"],
        ),
        (
            "{name: A, starts: 2026-05-01, accelerators: {H200: 10, H10: 5, A100: 3}, length: 9 days}",
            [
                "60: labs.Aurora.runs.A.accelerators.H200: the lab never has 'H200'; its compute is A100, H100"
                " (did you mean 'H100'?)",
                "69: labs.Aurora.runs.A.accelerators.H10: unknown accelerator 'H10' (did you mean 'H100'?)",
            ],
        ),
        (
            "{name: B, starts: 2026-05-01, accelerators: 25000, length: 9 days}",
            ["53: labs.Aurora.runs.B.accelerators: name the accelerator, as in '25000 H100'"],
        ),
        (
            "{name: C, starts: 2026-05-01, accelerators: 25000 H20, length: 9 days}",
            [
                "53: labs.Aurora.runs.C.accelerators: expected a number of accelerators such as '1000 H100', got"
                " '25000 H20':"
                " 'H20' is no known type (did you mean 'H200'?)"
            ],
        ),
        (
            "{name: A, starts: 2026-05-01, flop: 1e25, phases: [{phase: pretraining, flop: 90%},"
            " {phase: evaluation, flop: 1%, length: 3 days}, {phase: evaluation}]}",
            [
                "51: labs.Aurora.runs.A.phases: the phases' shares of the FLOP add up to 91%, not 100%",
                "93: labs.Aurora.runs.A.phases[1]: a phase states either its share of the `flop` or its `length`",
                "140: labs.Aurora.runs.A.phases[2]: a phase states either its share of the `flop` or its `length`",
            ],
        ),
        (
            "{name: A, starts: 2026-05-01, length: 10 days, after_training: {move: 50%}}",
            ["72: labs.Aurora.runs.A.after_training.to: `to` is missing: the fleet that gets them"],
        ),
        (
            "{name: A, starts: 2026-05-01, length: 10 days, after_training: {to: servin}}",
            [
                "77: labs.Aurora.runs.A.after_training.to: there is no fleet 'servin' in the lab's `use`"
                " (did you mean 'serving'?)"
            ],
        ),
        (
            "{name: A, starts: 2026-05-01, length: 10 days, after_training: {to: training}}",
            [
                "77: labs.Aurora.runs.A.after_training.to: there is no fleet 'training' in the lab's `use`;"
                " its fleets are serving"
            ],
        ),
        (
            "{name: A, starts: 2026-05-01, length: 10 days, training: {mfu: 40%, whole_run_mfu: 30%}}",
            ["67: labs.Aurora.runs.A.training.mfu: state either `mfu` or `whole_run_mfu`, not both"],
        ),
        (
            "{name: A, starts: 2026-05-01, length: 10 days, training: {goodput: 90%}}",
            ["67: labs.Aurora.runs.A.training.goodput: `goodput` is used with `mfu`; state `mfu` too"],
        ),
    ],
)
def test_runs(lines: Lines, text: str, messages: list[str]) -> None:
    assert lines(runs(text)) == [f"f.yaml:8:{message}" for message in messages]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "    compute: [{count: 5 H100, stock: 5 H100}, {accelerator: H100}]\n",
            [
                "5:15: labs.A.compute[0]: state exactly one of `count`, `deliver`, `stock` and `share_of_world`;"
                " got `count` and `stock`",
                "5:47: labs.A.compute[1]: state exactly one of `count`, `deliver`, `stock` and `share_of_world`;"
                " got none",
            ],
        ),
        (
            "    compute: [{accelerator: H1000, count: 5}, {accelerator: H100, count: 5 A100}, {deliver: 5}]\n",
            [
                "5:29: labs.A.compute[0].accelerator: unknown accelerator 'H1000' (did you mean 'H100'?)",
                "5:74: labs.A.compute[1].count: the number names 'A100', but `accelerator` is 'H100'",
                "5:93: labs.A.compute[2].deliver: name the accelerator, as in '5 H100'",
            ],
        ),
        (
            "    compute: [{count: 5 H100, grows: 2x per year, deliveries_grow: 3x per year}]\n",
            [
                "5:31: labs.A.compute[0].grows: `grows` needs `stock`",
                "5:51: labs.A.compute[0].deliveries_grow: `deliveries_grow` needs `deliver`",
            ],
        ),
        (
            "    compute: {stock: {2026-01-01: 3 H100}, grows: 3x per year}\n",
            [
                "5:44: labs.A.compute.grows: a dated stock does not take `grows`; state its growth after the"
                " last date as `then:`",
            ],
        ),
        (
            "    compute: {share_of_world: 10%}\n",
            [
                "5:15: labs.A.compute.share_of_world: a share of the world needs `world:` with its compute",
            ],
        ),
        (
            CHIPS + "    use: {training: 60%, serving: {2026-01-01: 30%, 2028-01-01: 50%}}\n",
            [
                "6:5: labs.A.use: the shares add up to 110% on 2028-01-01 (serving 0.5 + training 0.6); at most 100%",
            ],
        ),
        (
            CHIPS + "    use: {training: 60%, serving: {2026-01-01: 30%, then: 2x per year}}\n",
            [
                "6:5: labs.A.use: the shares add up to 1978% on 2032-01-01 (serving 19.18 + training 0.6); at"
                " most 100%",
            ],
        ),
        (
            CHIPS + "    use: {training: 10%, serving: 10%}\n    fleets: {research: {}, serving: {domain: genral}}\n",
            [
                "7:14: labs.A.fleets.research: fleet 'research' has no share in `use:`",
                "7:46: labs.A.fleets.serving.domain: there is no domain 'genral' (did you mean 'general'?)",
            ],
        ),
        (
            CHIPS + "    staff: {ai_reserch: 3 people}\n",
            [
                "6:25: labs.A.staff.ai_reserch: there is no domain 'ai_reserch' (did you mean 'ai_research'?)",
            ],
        ),
        (
            CHIPS + "domains: {coding: {}}\n",
            [
                "4:3: labs.A.fleets.serving: its work counts in 'general', which is not among `domains:`; state"
                " its `domain:`, or add `general: {}` there",
            ],
        ),
        (
            CHIPS + "    models: [{name: A, flop: 1e25}, {name: B, public: 2025-01-01}, {public: 2025, flop: 1}]\n",
            [
                "6:14: labs.A.models.A: state the date of `public:` or of `internal:`",
                "6:37: labs.A.models.B: state `flop:` or `effective_flop:` (or `params:` and `tokens:`)",
                "6:68: labs.A.models[2].name: `name` is missing: the model's name",
            ],
        ),
        (
            CHIPS + "    models: {name: D, public: 2025-01-01, internal: 2025-06-01, flop: 1e25}\n",
            [
                "6:31: labs.A.models.public: public on 2025-01-01, before it is internal on 2025-06-01",
            ],
        ),
        (
            CHIPS
            + "levels: {a: {effective_flop: 1e26, share_doable: 10%}, b: {share_doable: 10%, domain: x}, c: {}}\n",
            [
                "6:10: levels.a: state exactly one of `effective_flop` and `share_doable`; got `effective_flop`"
                " and `share_doable`",
                "6:10: levels.a: `share_doable` needs a `domain:`",
                "6:87: levels.b.domain: there is no domain 'x'; known: ai_research, alignment, general, software",
                "6:91: levels.c: state exactly one of `effective_flop` and `share_doable`; got none",
            ],
        ),
        (
            CHIPS + "milestones: {m: {lab: B, level: auto}, n: {}}\nhazards: {h: {rate: 0.1 per year, lab: Aa}}\n",
            [
                "6:23: milestones.m.lab: there is no lab 'B'; known: A",
                "6:33: milestones.m.level: there is no level 'auto'; known: none",
                "6:40: milestones.n: state exactly one condition: a `level`, a `shock` or a quantity such as `h100e`;"
                " got none",
                "7:40: hazards.h.lab: there is no lab 'Aa' (did you mean 'A'?)",
            ],
        ),
        (
            CHIPS + "accelerators: {New: {memory: 5 GB}, H100: {peak: {bf17: 3 FLOP/s}}}\n",
            [
                "6:16: accelerators.New.bandwidth: `bandwidth` is missing: memory bandwidth of one accelerator",
                "6:16: accelerators.New.peak: `peak` is missing: dense peak by precision (fp4, fp8, bf16), of"
                " one accelerator",
                "6:57: accelerators.H100.peak.bf17: unknown precision 'bf17' (known: fp4, fp8, bf16) (did you"
                " mean 'bf16'?)",
            ],
        ),
        (
            CHIPS + "software: {training: 3x per year, training_efficiency: 2x, inference: 2x per year,"
            " inference_exponent: 0.5, inference_efficiency: 2x}\n",
            [
                "6:12: software.training: state either `training` or `training_efficiency`, not both",
                "6:60: software.inference: state either `inference` or `inference_efficiency`, not both",
                "6:60: software.inference: state either `inference` or `inference_exponent`, not both",
                "6:84: software.inference_exponent: state either `inference_exponent` or `inference_efficiency`,"
                " not both",
            ],
        ),
        (
            CHIPS + "world: {compute: {share_of_world: 10%}}\n",
            ["6:19: world.compute.share_of_world: the world cannot be a share of itself"],
        ),
    ],
)
def test_labs_and_the_rest(lines: Lines, text: str, messages: list[str]) -> None:
    assert lines(LAB + text) == [f"f.yaml:{message}" for message in messages]


def test_a_share_of_the_world_brings_its_types(lines: Lines) -> None:
    text = LAB + "    compute: {share_of_world: 10%}\n"
    text += "    runs: {name: R, starts: 2026-02-01, flop: 1, accelerators: 5 TPU v4}\n"
    text += "world: {compute: [{count: 5e5 TPU v4}, {count: 1e6 H100}]}\n"
    assert list(load("f.yaml", text=text).draw().accelerators) == ["H100", "TPU v4"]


# Idle


def test_a_use_named_idle_is_declared_idle() -> None:
    use = "    use: {training: 10%, idle: 30%, serving: 30%}\n"
    draw = load("f.yaml", text=LAB + CHIPS + use).draw()
    lab = draw.labs["A"]
    assert sorted(lab.use) == ["serving", "training"]
    assert sorted(lab.fleets) == ["serving"]


def test_what_is_declared_idle_stays_idle() -> None:
    # 100% - 10% - 30% = 60% of 5 H100 are idle, be they named or not; training has no run and lends its 10%.
    for idle in ("", "idle: 30%, ", "idle: 60%, "):
        text = LAB + CHIPS + f"    use: {{training: 10%, {idle}experiments: 30%}}\n"
        assert uses(simulate(load("f.yaml", text=text).draw()), 0.0) == pytest.approx({"idle": 3.0, "experiments": 2.0})


def test_idle_counts_towards_the_shares(lines: Lines) -> None:
    load("f.yaml", text=LAB + CHIPS + "    use: {training: 10%, idle: 30%, serving: 60%}\n")
    assert lines(LAB + CHIPS + "    use: {training: 10%, idle: 31%, serving: 60%}\n") == [
        "f.yaml:6:5: labs.A.use: the shares add up to 101% on 2026-01-01 (idle 0.31 + serving 0.6 + training 0.1);"
        " at most 100%"
    ]


@pytest.mark.parametrize("name", ["idle", "training", "experiments"])
def test_no_fleet_has_the_name_of_another_use(name: str, lines: Lines) -> None:
    use = "    use: {training: 10%, experiments: 30%, idle: 30%}\n"
    (line,) = lines(LAB + CHIPS + use + f"    fleets: {{{name}: {{domain: general}}}}\n")
    assert f"labs.A.fleets.{name}: '{name}' is a use of its own, not a fleet: a fleet needs another name" in line


def test_a_setting_may_make_idle(base: str) -> None:
    use = load("f.yaml", text=base, sets=["labs.Aurora.use.idle=50%"]).draw().labs["Aurora"].use
    # The others are halved, so that the total stays 100%.
    assert {name: series.at(0.0) for name, series in use.items()} == pytest.approx(
        {"training": 0.05, "experiments": 0.225, "research": 0.025, "serving": 0.2}
    )


# Names of models


@pytest.mark.parametrize(
    ("texts", "name", "field"),
    [
        (("{every: 9 months, length: 60 days}", "{every: 6 months, length: 9 days}"), "Aurora", "runs"),
        (("{name: D, every: 9 months, length: 60 days}", "{name: D, every: 6 months, length: 9 days}"), "D", "runs"),
        (("{every: 9 months, length: 60 days}", "{name: Aurora, every: 6 months, length: 9 days}"), "Aurora", "runs"),
    ],
)
def test_two_cadences_of_one_name(texts: tuple[str, ...], name: str, field: str, lines: Lines) -> None:
    (line,) = lines(runs(*texts))
    assert f"the lab has two cadences '{name}' (first at f.yaml:8:9), whose models would have the same names" in line


def test_no_model_has_the_name_of_a_cadence_s_model(lines: Lines) -> None:
    cadence, one = "{every: 9 months, length: 60 days}", "{name: Aurora-2, starts: 2026-02-01, length: 9 days}"
    (line,) = lines(runs(cadence, one))
    assert "'Aurora-2' is what the cadence 'Aurora' (f.yaml:8:9) calls one of its models: choose another name" in line
    (line,) = lines(runs(cadence).replace("name: M0", "name: Aurora-1"))
    assert "labs.Aurora.models.Aurora-1.name: 'Aurora-1' is what the cadence 'Aurora'" in line
    for fine in ("Aurora", "Aurora-0", "Aurora-02", "Aurora-x", "Dawn-1"):
        load("f.yaml", text=runs(cadence, one.replace("Aurora-2", fine)))
    load("f.yaml", text=runs(cadence, "{name: Side, every: 6 months, length: 9 days}"))


# Sizes


POWER = "training: {size: {rule: power, flop_exponent: 0}}"


def test_params_that_the_rule_makes_of_any_flop(lines: Lines) -> None:
    (line,) = lines(runs(f"{{name: A, starts: 2026-02-01, params: 1T, {POWER}}}"))
    assert (
        "labs.Aurora.runs.A.params: `params` alone does not fix the FLOP under the `power` rule with"
        " `flop_exponent: 0`: state `flop` or `tokens` too" in line
    )
    load("f.yaml", text=runs(f"{{name: A, starts: 2026-02-01, params: 1T, tokens: 1T tokens, {POWER}}}"))
    load("f.yaml", text=runs("{name: A, starts: 2026-02-01, params: 1T, training: {size: {rule: power}}}"))


def test_flop_and_params_on_a_stock_of_tokens(lines: Lines) -> None:
    # 20 * 1e11 = 2e12 tokens, of which there are 5e11: 6 * 1e11 * 5e11 = 3e23 FLOP.
    size = "training: {size: {rule: chinchilla, token_stock: 500B tokens}}"
    load("f.yaml", text=runs(f"{{name: A, starts: 2026-02-01, flop: 3e23, params: 100B, {size}}}"))
    (line,) = lines(runs(f"{{name: A, starts: 2026-02-01, flop: 1.2e24, params: 100B, {size}}}"))
    assert "`flop` is 1.2e+24 FLOP, but `params` on the `token_stock` give 3e+23 FLOP: leave one out" in line


def test_a_growing_cadence_states_params_or_tokens(lines: Lines) -> None:
    cadence = "{every: 9 months, flop: 6e22, flop_grows: 2x, params: 10B, tokens: 1T tokens}"
    (line,) = lines(runs(cadence))
    assert "with `flop_grows` state `params` or `tokens`, not both" in line


# Growth of a stock


def test_a_stock_cannot_have_grown_before_the_start(lines: Lines) -> None:
    stock = "compute: {{stock: 5 H100, grows: 2x per year, from: {}}}\n"
    for fine in ("2026-01-01", "2027-01-01"):
        load("f.yaml", text=LAB + "    " + stock.format(fine))
    message = "a stock that `grows` is the stock at the start: its growth cannot begin before, on 2025-12-31"
    (line,) = lines(LAB + "    " + stock.format("2025-12-31"))
    assert "labs.A.compute.from: " + message in line
    world = LAB + "    compute: {share_of_world: 10%}\nworld: {" + stock.format("2025-12-31").strip() + "}\n"
    (line,) = lines(world)
    assert "world.compute.from: " + message in line
    load("f.yaml", text=LAB + "    compute: {deliver: 5 H100, from: 2025-06-01}\n")
