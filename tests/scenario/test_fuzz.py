"""Whatever is done to a good file: a scenario or a `ScenarioError`, soon, and never anything else."""

from __future__ import annotations

import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.scenario import ScenarioError, load

GOOD = """\
question: why
start: 2026-01-01
end: 2032-01-01
labs:
  Aurora: &aurora
    compute:
      - {stock: {2026-01-01: 1e5 H100, 2028-01-01: {value: 2 to 8 H100, source: s}}, life: 4 years}
      - {share_of_world: 10%}
    use: {training: 10%, serving: {2026-01-01: 30%, interpolate: exponential, 2027-01-01: 40%, every: 1 month}}
    models: [{name: M0, public: 2025-01-01, flop: 1e25, guesses: [flop]}]
    runs:
      - {name: A, starts: 2026-02-01, flop: 2.1e25, accelerators: 250 H100, after_training: {to: serving}}
      - {every: 9 to 15 months, length: {normal: {mean: 60 days, sd: 9 days}}, public_after: 1 to 4 months}
    fleets: {serving: {replace: ramp, demand: 1e9 tokens/s}}
world: {compute: {deliver: 5e5 H100e, every: 3 months, deliveries_grow: 2.3x per year}}
software: {training: {p10: 2x per year, p50: 3x per year, p90: 7x per year}}
levels: {auto: {share_doable: 90%, domain: ai_research}}
accelerators: {Mine: {peak: {bf16: 1 PFLOP/s}, memory: 10 GB, bandwidth: 1 TB/s}}
"""
TOKENS = [
    "null",
    "~",
    "",
    "yes",
    "-1",
    "0",
    "1e999",
    ".nan",
    "[]",
    "{}",
    "[a",
    "}",
    ": ",
    "- ",
    "\n",
    "  ",
    "&a ",
    "*aurora",
    "<<: *aurora",
    "!!python/name:x ",
    "---\n",
    "2026-01-01",
    "2 to 8",
    "to",
    "%",
    "3x per year",
    "H100",
    "{value: 3}",
    "{normal: [1, 2]}",
    "{csv: x.csv}",
    "'",
    '"',
    "#",
    "\t",
    "|",
    ">",
    "é",
    "\u2028",
    "extends: f.yaml\n",
    "source: a",
]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = GOOD
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.sampled_from([0, 0, 1, 1, 3, 10, 60]))
        new = draw(st.sampled_from(TOKENS) | st.text(max_size=3) | st.just(text[start : start + length] * 2))
        text = text[:start] + new + text[start + length :]
    return text


def attempt(text: str, sets: list[str]) -> None:
    began = time.perf_counter()
    try:
        scenario = load("f.yaml", text=text, sets=sets)
    except ScenarioError as error:
        assert error.problems
        assert all(line for line in str(error).split("\n"))
    else:
        draw = scenario.draw()
        again = load("g.yaml", text=scenario.effective_yaml())
        assert again.effective_yaml() == scenario.effective_yaml()
        assert again.draw() == draw
        scenario.draw(dict.fromkeys(scenario.uncertain, 0.999))
    assert time.perf_counter() - began < 2.0


QUICK = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def test_the_good_file_is_good() -> None:
    assert load("f.yaml", text=GOOD).uncertain


@QUICK
@given(mutated())
def test_mutated_files(text: str) -> None:
    attempt(text, [])


@QUICK
@given(
    st.sampled_from(
        [
            "labs.Aurora",
            "labs.Aurora.use",
            "labs.Aurora.runs[0]",
            "labs.Aurora.runs.A",
            "world",
            "software.training",
            "labs.Aurora.use.serving",
            "labs.Aurora.models.M0",
            "accelerators.Mine.peak",
            "levels",
            "end",
            "",
        ]
    ),
    st.sampled_from(
        ["", ".flop", ".training", "[0]", ".0", ".value", ".2026-01-01", ".source", ".name", ".", "..", ".use.training"]
    ),
    st.sampled_from(TOKENS) | st.text(max_size=8),
)
def test_any_setting(path: str, more: str, value: str) -> None:
    attempt(GOOD, [f"{path}{more}={value}"])
