"""What models can do: contradictions, each one message at its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.scenario import load

Lines = Callable[..., list[str]]

HEAD = "start: 2026-01-01\nend: 2032-01-01\n"
LAB = """\
labs:
  A:
    compute: {count: 5e5 H100}
    models: {name: M0, public: 2025-06-01, flop: 1e26}
"""
RUN = f"{HEAD}{LAB}    runs:\n      - "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("quality_bands: {low: 10%, high: 100%}\n",
         "f.yaml:3:1: quality_bands: one band must begin at 0%: it holds the poorest work"),
        ("quality_bands: {poor: 0%, a: 30%, b: 0.3}\n",
         "f.yaml:3:38: quality_bands.b: begins at 0.3, where 'a' begins too"),
        ("quality_bands: {poor: -10%, a: 0%}\n",
         "f.yaml:3:23: quality_bands.poor: must be at least 0%, got '-10%'"),
        ("domains: {general: {workforce: -5 people}}\n",
         "f.yaml:3:32: domains.general.workforce: must be at least 0, got '-5 people'"),
        ("domains: {general: {thinking: {buys: speed}}}\n",
         "f.yaml:3:38: domains.general.thinking.buys: expected one of both, quality, share_doable; got 'speed'"),
        ("domains: {general: {thinking: {most: 0.5x}}}\n",
         "f.yaml:3:38: domains.general.thinking.most: must be at least 1x, got '0.5x'"),
        ("expert_level: {share_doable: 120%}\n",
         "f.yaml:3:30: expert_level.share_doable: must be at most 100%, got '120%'"),
    ],
)  # fmt: skip
def test_bands_domains_and_expert_level(lines: Lines, text: str, message: str) -> None:
    assert lines(HEAD + text + LAB) == [message]


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ("{name: C, starts: 2026-02-01, share: 5%, length: 9 days, base: M0, tuned: {domain: sofware}}",
         "f.yaml:8:85: labs.A.runs.C.tuned.domain: there is no domain 'sofware' (did you mean 'software'?)"),
        ("{name: C, starts: 2026-02-01, share: 5%, length: 9 days, base: M0, tuned: {there: 5x}}",
         "f.yaml:8:76: labs.A.runs.C.tuned.domain: `domain` is missing: the domain that it is tuned for"),
        ("{name: C, starts: 2026-02-01, share: 5%, length: 9 days, base: M0, tuned: {domain: general, there: 0.5x}}",
         "f.yaml:8:101: labs.A.runs.C.tuned.there: must be at least 1x, got '0.5x'"),
        ("{name: S, starts: 2026-02-01, share: 5%, length: 9 days, distilled: {params: 10%}}",
         "f.yaml:8:59: labs.A.runs.S.distilled: a distilled model needs a `base:`"),
        ("{name: S, starts: 2026-02-01, share: 5%, length: 9 days, base: M0, gain: 2x, distilled: {params: 10%}}",
         "f.yaml:8:75: labs.A.runs.S.gain: a distilled model takes its capability from its base: `gain` has no"
         " meaning"),
        ("{name: S, starts: 2026-02-01, share: 5%, length: 9 days, base: M0, effective_flop: 1e26, distilled: {}}",
         "f.yaml:8:69: labs.A.runs.S.effective_flop: `effective_flop` is stated both here and as a share in"
         " `distilled`: leave one out"),
        ("{name: S, starts: 2026-02-01, share: 5%, length: 9 days, base: M0, distilled: {params: 110%}}",
         "f.yaml:8:89: labs.A.runs.S.distilled.params: must be at most 100%, got '110%'"),
        ("{name: C, starts: 2026-02-01, share: 5%, length: 9 days, base: each}",
         "f.yaml:8:11: labs.A.runs.C.starts: with `base: each` a run is due for each new model; it takes no `starts`"),
        ("{name: C, every: 3 months, share: 5%, length: 9 days, base: each}",
         "f.yaml:8:11: labs.A.runs.C.every: with `base: each` a run is due for each new model; it takes no `every`"),
        ("{name: C, starts: 2026-02-01, share: 5%, length: 9 days, base: M0, after: 9 days}",
         "f.yaml:8:69: labs.A.runs.C.after: `after` counts from a base's date; it needs `base: each`"),
        ("{name: each, starts: 2026-02-01, share: 5%, length: 9 days}",
         "f.yaml:8:9: labs.A.runs.each: 'each' has a meaning as `base`: choose another name"),
    ],
)  # fmt: skip
def test_runs(lines: Lines, run: str, message: str) -> None:
    found = lines(RUN + run + "\n")
    assert [line.split(": ", 1)[1] for line in found] == [message.split(": ", 1)[1]]
    assert found[0].startswith("f.yaml:8:")


def test_a_run_of_each_model_is_no_base(lines: Lines) -> None:
    runs = "{name: C, share: 5%, length: 9 days, base: each}\n"
    runs += "      - {name: D, starts: 2026-02-01, share: 5%, length: 9 days, base: C}\n"
    assert lines(RUN + runs) == [
        "f.yaml:9:72: labs.A.runs.D.base: there is no model 'C' to start from; the lab's models are M0"
    ]


def test_thinking_longer_than_gains_anything(lines: Lines) -> None:
    fleets = "    fleets: {research: {think: 200x}}\n    use: {research: 50%}\n"
    assert lines(HEAD + LAB + fleets) == [
        "f.yaml:7:32: labs.A.fleets.research.think: 200x is more than gains anything in 'ai_research'"
        " (`thinking.most` is 100x)"
    ]


def test_a_distilled_model_that_a_lab_has_and_tuned_ones_are_fine() -> None:
    models = "    models:\n      - {name: mini, public: 2025-06-01, flop: 1e25, params: 1e10, distilled: yes}\n"
    models += "      - {name: coder, public: 2025-06-01, flop: 1e25, tuned: {domain: software}}\n"
    text = HEAD + LAB.replace("    models: {name: M0, public: 2025-06-01, flop: 1e26}\n", models)
    found = load("f.yaml", text=text).draw().labs["A"].models
    assert [(model.name, model.distilled, model.tuned is not None) for model in found] == [
        ("mini", True, False),
        ("coder", False, True),
    ]
