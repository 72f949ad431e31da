"""The JSON Schema of scenario files, held against a real validator and against the loader."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from sim.model.declare import Parameter, parameters
from sim.model.draw import Draw
from sim.scenario import ScenarioError, load
from sim.scenario.schema import DIALECT, json_schema, schema_text
from tests.scenario.as_json import as_json

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").rglob("*.yaml"))

HEAD = "start: 2026-01-01\nend: 2032-01-01\n"
LAB = "labs: {A: {compute: {count: 1000 H100}}}\n"


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(json_schema())


def errors(validator: Draft202012Validator, text: str) -> list[str]:
    found = validator.iter_errors(as_json(text))
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in found]


def once(schema: Any, known: set[str] | None = None) -> Any:
    """The schema with each of its parts that stands in several places where it first does: enough to be checked."""
    seen = set() if known is None else known
    if isinstance(schema, list):
        return [once(item, seen) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {}
    for key, value in schema.items():
        if key in ("properties", "$defs") and isinstance(value, dict):
            parts = {name: json.dumps(part, sort_keys=True) for name, part in value.items()}
            fresh = {name: value[name] for name, text in parts.items() if text not in seen}
            seen |= set(parts.values())
            found[key] = {name: once(part, seen) for name, part in fresh.items()}
        else:
            found[key] = once(value, seen)
    return found


def test_it_is_a_schema_of_draft_2020_12_and_the_same_each_time() -> None:
    schema = json_schema()
    assert schema["$schema"] == DIALECT
    Draft202012Validator.check_schema(once(schema))
    assert json.loads(schema_text()) == schema
    assert schema_text() == schema_text()


def test_every_reference_leads_somewhere_and_every_definition_is_used() -> None:
    schema = json_schema()
    used: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "$ref" in value:
                used.add(value["$ref"].removeprefix("#/$defs/"))
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk(schema)
    assert used == set(schema["$defs"])


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name)
def test_every_shipped_scenario_validates_as_it_is_and_in_effect(path: Path, validator: Draft202012Validator) -> None:
    assert errors(validator, path.read_text(encoding="utf-8")) == []
    assert errors(validator, load(str(path)).effective_yaml()) == []


def lab(text: str) -> str:
    return f"{HEAD}labs: {{A: {{compute: {{count: 1000 H100}}, {text}}}}}\n"


ACCEPTED = {
    "quantities and what follows from them": HEAD
    + """quantities:
  note: of this test
  base: {uniform: [2x, 4x]}
  ratio: 20 to 100 tokens/parameter
  bare: 3
  launch: {value: 2027-01-01 to 2028-01-01, source: a paper}
  double: {formula: 2 * base, guess: yes}
stronger_by: {formula: 1 + base}
base_date: launch
trajectory: {value: {formula: 1 month * bare}, note: each quarter}
labs:
  A:
    compute: {stock: {2026-01-01: 1e5 H100, 2027-01-01: {formula: 1e5 H100 * bare}, then: double}}
    use: {training: {formula: 10% * bare}}
    runs: {every: 6 months, length: {formula: 90 days / bare, source: a paper}}
"""
    ,
    "smallest": HEAD + LAB,
    "start with a source": "start: {value: 2026-01-01, source: me}\nend: 2032-01-01\n" + LAB,
    "years": "start: 2026\nend: 2032\n" + LAB,
    "quoted dates": "start: '2026-01-01'\nend: '2032-01-01 12:00'\n" + LAB,
    "free keys": HEAD + "x-anything: [1, {a: b}]\n" + LAB,
    "sources": HEAD + "sources: {a: 'A, 2020'}\nstronger_by: {value: 3x, source: a, note: n, guess: no}\n" + LAB,
    "block facts": HEAD + "source: all of it\nguess: yes\nnote: n\n" + LAB,
    "guesses": HEAD + "software: {training: 3x per year, guesses: [training]}\nguesses: end\n" + LAB,
    "nothing stated": HEAD + "world:\nseed: null\nlevels: {}\n" + LAB,
    "flags": HEAD + "backtest: Yes\n" + LAB,
    "flags as booleans": HEAD + "backtest: true\n" + LAB,
    "flags with a source": HEAD + "backtest: {value: off, source: me}\n" + LAB,
    "numbers as texts": HEAD + 'seed: "12"\nstronger_by: "2.5"\n' + LAB,
    "hexadecimal": HEAD + "seed: 0x10\n" + LAB,
    "thousands": lab("runs: {every: 1 year, flop: 1e25, accelerators: {H100: '1,000'}}"),
    "accelerators in one text": lab("runs: {every: 1 year, flop: 1e25, accelerators: 20 to 40 H100}"),
    "accelerators with a source": lab("runs: {every: 1 year, flop: 1, accelerators: {value: {H100: 20}, source: me}}"),
    "range": HEAD + "software: {training: 2 to 8x per year}\n" + LAB,
    "range of growth over months": HEAD + "software: {training: 1.5x / 6 months}\n" + LAB,
    "range of dates": lab("runs: {name: M, starts: 2027-01-01 to 2027-06-01, length: 90 days}"),
    "range of recurrences": lab("runs: {every: 9 to 15 months, length: 1 to 3 months}"),
    "range with bare numbers": HEAD + "stronger_by: 1.5 to 3\n" + LAB,
    "share in three ways": lab("use: {training: 10%, experiments: 0.4, serving: {value: 5 %, guess: yes}}"),
    "normal": HEAD + "human: {work_week: {normal: {mean: 40 hours/week, sd: 2 hours/week}}}\n" + LAB,
    "normal as a list": HEAD + "human: {work_week: {normal: [40 hours/week, 2 hours/week], source: me}}\n" + LAB,
    "lognormal": HEAD + "stronger_by: {lognormal: {median: 3x, gsd: 1.2}}\n" + LAB,
    "lognormal by its interval": HEAD + "stronger_by: {lognormal: [2, 4]}\n" + LAB,
    "uniform": HEAD + "stronger_by: {uniform: [2, 4]}\n" + LAB,
    "loguniform": HEAD + "stronger_by: {value: {loguniform: [2, 4]}, source: me}\n" + LAB,
    "triangular": HEAD + "stronger_by: {triangular: [2, 3, 4]}\n" + LAB,
    "discrete": HEAD + "stronger_by: {discrete: {2: 0.5, 3: 50%}}\n" + LAB,
    "correlations": HEAD
    + "stronger_by: 2 to 4\ntraining: {whole_run_mfu: 30% to 40%}\ncorrelations:\n"
    + "- {inputs: [stronger_by, training.whole_run_mfu], correlation: -50%, source: me}\n"
    + LAB,
    "a matrix of correlations": HEAD
    + "stronger_by: 2 to 4\ntraining: {whole_run_mfu: 30% to 40%}\ncorrelations:\n"
    + "- {inputs: [stronger_by, training.whole_run_mfu], matrix: [[1, 0.5], [50%, 1]]}\n"
    + LAB,
    "series that goes with itself in time": lab("use: {training: {2026: 5% to 9%, 2027: 5% to 8%, correlation: 90%}}"),
    "PERT": HEAD + "stronger_by: {pert: [2, 3, 4]}\n" + LAB,
    "PERT by name": HEAD + "stronger_by: {pert: {low: 2x, mode: 3x, high: 4x}}\n" + LAB,
    "beta": HEAD + "training: {whole_run_mfu: {beta: {alpha: 4, beta: 6}}}\n" + LAB,
    "beta between ends": HEAD + "stronger_by: {beta: [2, 2, 2x, 4x], source: me}\n" + LAB,
    "beta between named ends": HEAD + "stronger_by: {beta: {alpha: 2, beta: 2, low: 2x, high: 4x}}\n" + LAB,
    "mixture": HEAD + "stronger_by: {mixture: {2 to 4: 70%, 10: 30%}}\n" + LAB,
    "mixture of families": HEAD
    + "stronger_by: {mixture: [{value: {uniform: [2, 3]}, weight: 70%}, {value: 4 to 5, weight: 1}]}\n"
    + LAB,
    "truncated": HEAD + "stronger_by: {truncate: 2 to 4, min: 2x, guess: yes}\n" + LAB,
    "truncated family": HEAD + "stronger_by: {value: {truncate: {normal: [3, 1]}, min: 2, max: 4x}}\n" + LAB,
    "empirical": HEAD + "stronger_by: {empirical: [2x, 3, 2.5], note: three}\n" + LAB,
    "empirical from a file": lab("runs: {every: 1 year, length: {empirical: {csv: e.csv, value: days, unit: days}}}"),
    "empirical dates": lab("runs: {name: M, starts: {empirical: [2027-01-01, 2027-03-01]}, length: 90 days}"),
    "series of percentiles": HEAD
    + "labs: {A: {compute: {stock: {csv: p.csv, p10: low, p50: mid, p90: high, family: lognormal, unit: H100e}}}}\n",
    "percentiles": HEAD + "stronger_by: {p10: 2, p50: 3, p90: 4, family: normal, guess: yes}\n" + LAB,
    "normal of a date": lab("runs: {name: M, starts: {normal: [2027-01-01, 60 days]}, length: 90 days}"),
    "series": lab("use: {training: {2026-01-01: 10%, 2027: {value: 5% to 8%, guess: yes}, source: me}}"),
    "series with settings": lab(
        "staff: {general: {2027-01-01: 100, interpolate: exponential, every: 6 months, then: 2x per year, before: 9}}"
    ),
    "series in a value": lab("use: {training: {value: {2026-01-01: 10%, 2027-01-01: 5%}, source: me}}"),
    "series of distributions": lab("use: {training: {2026-01-01: {uniform: [5%, 10%]}}}"),
    "use with a source": lab("use: {training: 10%, serving: 20%, source: me, note: n}"),
    "use in a value": lab("use: {value: {training: 10%, serving: 20%}, source: me}"),
    "a stock": HEAD + "labs: {A: {compute: {stock: 1e5 H100e, grows: 2x per year, every: 3 months}}}\n",
    "a stock with dates": HEAD + "labs: {A: {compute: [{stock: {2026-01-01: 1e5 H100e, then: 2x per year}}]}}\n",
    "two supplies": HEAD
    + "labs: {A: {compute: [{count: 10, accelerator: H100}, {deliver: 5 TPU v5p, until: 2028}]}}\n",
    "a catalog type, changed": HEAD + "accelerators: {H100: {memory: 96 GB}}\n" + LAB,
    "an own type": HEAD
    + "accelerators: {Mine: {peak: {bf16: 1e15 FLOP/s}, memory: 80 GB, bandwidth: 3 TB/s}}\n"
    + "labs: {A: {compute: {count: 10 Mine}}}\n",
    "a domain of defaults": HEAD + "domains: {general: , mine: {quality: {midpoint: 1e27 FLOP}}}\n" + LAB,
    "inherited block without what it requires": lab(
        "after_training: {to: serving}, runs: {every: 1 year, length: 9 days, after_training: {for: 30 days}}"
    ),
    "phases": lab(
        "runs: {every: 1 year, length: 90 days, phases: [{phase: pretraining, flop: 90%}, "
        "{phase: post-training, flop: 10%, accelerators: 50%}]}"
    ),
    "a choice with a source": HEAD + "inference: {throughput: {value: flop, source: me}}\n" + LAB,
    "a number for a name": HEAD + "name: 5\nquestion: true\n" + LAB,
    "a rate": HEAD + "hazards: {theft: {rate: 0.5 per year, lab: A}, fire: {rate: 10%/year}}\n" + LAB,
    "dated CSV": HEAD
    + "labs: {A: {compute: {stock: {csv: s.csv, date: quarter, value: n, where: {lab: A}, unit: H100e, "
    + "interpolate: exponential, source: me}}}}\n",
    "dated CSV in a value": HEAD + "labs: {A: {compute: {stock: {value: {csv: t.csv, unit: H100}, source: me}}}}\n",
    "a built-in policy": lab("policy: phases, phases: [{name: a}]"),
    "a policy with a source": lab("policy: {value: training_first, source: me}"),
    "a policy of one's own": lab("policy: mine.py:allocate"),
    "a policy of one's own in a value": lab("policy: {value: mine.py:allocate, guess: yes}"),
    "a policy with options": lab("policy: {file: mine.py, function: allocate, options: {a: [1, b]}, source: me}"),
    "a policy with its text": lab("policy: {file: gone.py, function: f, text: 'def f(view): return {}'}"),
    "phases of a policy": lab(
        "policy: phases, phases: [{name: a, when: {run: due, earmark: no, released_within: 2 months, behind: 2x, "
        "from: 2027-01-01, h100e_below: 1e6}, use: {training: 50%, serving: 1 to 2%}, starts_runs: no}, {name: b}]"
    ),
    "observed by year": HEAD + "observed_uplift: {2024: 1.1x, 2025: 1.1 to 1.3x}\n" + LAB,
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_every_written_form_that_the_loader_accepts_validates(
    name: str, folder: Callable[..., Path], validator: Draft202012Validator
) -> None:
    folder({"s.csv": "quarter,n,lab\n2026-01-01,5,A\n2026-04-01,9,A\n", "t.csv": "date,value\n2026-01-01,5\n",
            "e.csv": "run,days\na,60\nb,75\nc,90\n", "p.csv": "date,low,mid,high\n2026-01-01,4,5,7\n",
            "mine.py": "def allocate(view, a=()): return {}\n"})  # fmt: skip
    load("f.yaml", text=ACCEPTED[name])
    assert errors(validator, ACCEPTED[name]) == []


def deepest(found: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """The errors, and those of the alternatives that each of them tells of."""
    for error in found:
        yield error
        yield from deepest(error.context or ())


BASED = {
    "extends": "extends: base.yaml\nend: 2030-01-01\n",
    "over": "over: base.yaml\nname: Later\nlabs: {A: {use: {training: 20%}}}\n",
    "items of a list by name": "over: base.yaml\nlabs: {A: {runs: {M: {length: 50 days}}}}\n",
    "an item by number": "over: base.yaml\nlabs: {A: {runs: {0: {length: 50 days}}}}\n",
    "removed": "over: base.yaml\nlabs: {A: {runs: {M: null}, use: null}}\n",
    "only a source": "over: base.yaml\nstronger_by: {source: me}\n",
    "a part of a required block": "extends: base.yaml\nlabs: {A: {after_training: {for: 30 days}}}\n",
}


@pytest.mark.parametrize("name", BASED)
def test_a_file_on_another_states_what_it_likes(
    name: str, folder: Callable[..., Path], validator: Draft202012Validator
) -> None:
    base = (
        HEAD + "stronger_by: {value: 3x, source: you}\nlabs: {A: {compute: {count: 1000 H100}, "
        "use: {training: 5%, serving: {2026-01-01: 10%, 2027-01-01: 20%}}, after_training: {to: serving}, "
        "runs: [{name: M, starts: 2026-06-01, length: 90 days}, {name: N, starts: 2027-06-01, length: 90 days}]}}\n"
    )
    folder({"base.yaml": base, "f.yaml": BASED[name]})
    load("f.yaml")
    assert errors(validator, base) == errors(validator, BASED[name]) == []


REFUSED = {
    "empty": ("{}", ""),
    "a list": ("[1, 2]", ""),
    "no start": ("end: 2032-01-01\n" + LAB, ""),
    "start of nothing": ("start:\nend: 2032-01-01\n" + LAB, "start"),
    "no labs": (HEAD, ""),
    "no compute": (HEAD + "labs: {A: {use: {training: 10%}}}\n", "labs.A"),
    "a lab of nothing": (HEAD + "labs: {A: }\n", "labs.A"),
    "unknown key": (HEAD + "ende: 2030-01-01\n" + LAB, ""),
    "unknown key in a lab": (lab("polcy: shares"), "labs.A"),
    "unknown key in a value": (HEAD + "stronger_by: {value: 2x, sauce: me}\n" + LAB, "stronger_by"),
    "unknown key in a series": (lab("use: {training: {2026-01-01: 1%, befor: 1%}}"), "labs.A.use"),
    "unknown key in a list": (lab("runs: [{every: 1 year, lenght: 9 days}]"), "labs.A.runs"),
    "unknown choice": (lab("policy: share"), "labs.A.policy"),
    "unknown key in a policy": (lab("policy: {file: a.py, functoin: f}"), "labs.A.policy"),
    "a policy that is no Python": (lab("policy: mine:allocate"), "labs.A.policy"),
    "unknown condition": (lab("phases: [{name: a, when: {rum: due}}, {name: b}]"), "labs.A.phases"),
    "unknown state of runs": (lab("phases: [{name: a, when: {run: over}}, {name: b}]"), "labs.A.phases"),
    "a phase without a name": (lab("phases: [{use: {training: 5%}}]"), "labs.A.phases"),
    "unknown family": (HEAD + "stronger_by: {gamma: [1, 2]}\n" + LAB, "stronger_by"),
    "two families": (HEAD + "stronger_by: {uniform: [2, 3], normal: [2, 1]}\n" + LAB, "stronger_by"),
    "percentiles without a middle": (HEAD + "stronger_by: {p10: 2, p90: 3}\n" + LAB, "stronger_by"),
    "uniform of three": (HEAD + "stronger_by: {uniform: [2, 3, 4]}\n" + LAB, "stronger_by"),
    "a text for a number": (HEAD + "stronger_by: two times\n" + LAB, "stronger_by"),
    "a formula that is a list": (HEAD + "stronger_by: {formula: [2]}\n" + LAB, "stronger_by"),
    "a formula with a key more": (HEAD + "stronger_by: {formula: 2 + 1, min: 2}\n" + LAB, "stronger_by"),
    "a quantity with a dash in its name": (HEAD + "quantities: {half-time: 3 days}\n" + LAB, "quantities"),
    "a list for a number": (HEAD + "stronger_by: [1, 2]\n" + LAB, "stronger_by"),
    "a number for a list": (lab("runs: 5"), "labs.A.runs"),
    "a list for a mapping": (HEAD + "labs: [A, B]\n", "labs"),
    "no unit": (lab("runs: {every: 1 year, length: 90}"), "labs.A.runs"),
    "no unit in a text": (lab("runs: {every: 1 year, length: '90'}"), "labs.A.runs"),
    "no growth": (HEAD + "software: {training: 3x}\n" + LAB, "software.training"),
    "a date for a length": (lab("after_training: {to: serving, for: true}"), "labs.A.after_training.for"),
    "a length for a date": ("start: 2026-01-01\nend: 90 days\n" + LAB, "end"),
    "a share above one": (lab("use: {training: 10}"), "labs.A.use"),
    "a number below its bound": (HEAD + "stronger_by: 0.5\n" + LAB, "stronger_by"),
    "not yes or no": (HEAD + "backtest: maybe\n" + LAB, "backtest"),
    "a part of a whole": (HEAD + "seed: 1.5\n" + LAB, "seed"),
    "an unknown precision": (HEAD + "accelerators: {H100: {peak: {bf17: 1 FLOP/s}}}\n" + LAB, "accelerators.H100"),
    "required in a list": (lab("runs: {every: 1 year, phases: [{flop: 10%}]}"), "labs.A.runs"),
    "required in a block": (lab("after_training: {for: 9 days}"), "labs.A.after_training"),
    "guesses of no key": (HEAD + "software: {training: 3x per year, guesses: [trainig]}\n" + LAB, "software.guesses"),
    "a name with a slash": (HEAD + "labs: {A/B: {compute: {count: 1000 H100}}}\n", "labs"),
    "dates in CSV keys": (lab("use: {training: {csv: a.csv, 2026-01-01: 5%}}"), "labs.A.use"),
    "unknown key on another file": ("over: base.yaml\nlabs: {A: {polcy: shares}}\n", "labs.A"),
    "wrong type on another file": ("extends: base.yaml\nstronger_by: [1]\n", "stronger_by"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_loader_refuses_is_refused_at_its_place(
    name: str, folder: Callable[..., Path], validator: Draft202012Validator
) -> None:
    text, place = REFUSED[name]
    folder({"base.yaml": HEAD + LAB, "a.csv": "date,value\n2026-01-01,5%\n"})
    with pytest.raises(ScenarioError):
        load("f.yaml", text=text)
    places = [".".join(map(str, error.absolute_path)) for error in deepest(validator.iter_errors(as_json(text)))]
    assert any(found.startswith(place) for found in places), places


def blocks(of: type, seen: dict[str, type]) -> Iterator[tuple[str, Parameter]]:
    """(name of the block, declaration) of all parameters."""
    if of.__name__ in seen:
        return
    seen[of.__name__] = of
    for parameter in parameters(of).values():
        yield of.__name__, parameter
        if parameter.of is not None:
            yield from blocks(parameter.of, seen)


ALL = list(blocks(Draw, {}))


@pytest.mark.parametrize(("block", "parameter"), ALL, ids=[f"{block}.{p.key}" for block, p in ALL])
def test_hovering_shows_meaning_unit_default_and_source(block: str, parameter: Parameter) -> None:
    shown = json_schema_of(block)["properties"][parameter.key]["description"]
    assert parameter.meaning[1:] in shown
    if parameter.unit in ("FLOP", "share", "token/s"):
        assert {"FLOP": "1e25 FLOP", "share": "10%", "token/s": "50 tokens/s"}[parameter.unit] in shown
    if isinstance(parameter.default, str) and parameter.default:
        assert f"Default: {parameter.default}." in shown
        assert not parameter.source or parameter.source in shown or "guess" in shown
    for choice in parameter.choices:
        assert f"`{choice}`" in shown


def json_schema_of(block: str, made: dict[str, Any] = {}) -> dict[str, Any]:  # noqa: B006
    """The definition of a block; the schema is made once."""
    made.update({} if made else json_schema()["$defs"])
    definition: dict[str, Any] = made[block]
    return definition


def test_completion_offers_names_that_are_known() -> None:
    assert {"training", "experiments", "serving"} <= set(
        json_schema_of("Lab")["properties"]["use"]["anyOf"][0]["properties"]
    )
    types = json_schema_of("Draw")["properties"]["accelerators"]["anyOf"][0]["properties"]
    assert {"H100", "H100e", "TPU v5p"} <= set(types)
