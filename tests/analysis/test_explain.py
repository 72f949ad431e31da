"""Explanations: every number equals the tables', the split of a gain is exact, causes end at roots."""

from __future__ import annotations

import html
import math
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim import load, simulate
from sim.analysis import explain_days
from sim.analysis.explain_events import NotFound, causes, causes_text
from sim.analysis.explain_split import gain_of, split, terms
from sim.result import Result
from sim.tables.closings import Closings
from sim.tables.events import event_ids
from tests.cli.command import SCENARIOS, SMALL, here

HAND = """\
question: A gain that can be worked out by hand.
start: 2026-01-01
end: 2029-01-01
labs:
  Aurora:
    compute: {stock: {2026-01-01: 1000 H100e, 2027-01-01: 3000 H100e}}
    use: {training: 20%, experiments: 50%, serving: 30%}
    runs:
      - {name: A, starts: 2026-01-01, share: 20%, length: 100 days, gain: 1x}
      - {name: B, starts: 2027-01-01, share: 10%, length: 200 days, gain: 2x, training: {whole_run_mfu: 0.4}}
training: {whole_run_mfu: 0.2}
software: {training_efficiency: {2026-01-01: 1x, 2026-12-01: 5x}, inference: 2x per year}
"""

PHASES = """\
start: 2026-01-01
end: 2030-01-01
labs:
  Aurora:
    compute: {stock: 1e5 H100, grows: 3x per year, every: 3 months}
    use: {training: 20%, experiments: 50%, research: 5%, serving: 25%}
    runs:
      - name: A
        starts: 2026-03-01
        share: 20%
        length: 100 days
        gain: 2x
        phases: [{phase: pretraining, flop: 80%}, {phase: post-training, flop: 20%, accelerators: 50%},
                 {phase: evaluation, length: 10 days}]
      - {name: A2, starts: 2026-10-01, base: A, flop: 1e25 FLOP, length: 30 days, gain: 4x}
      - {name: B, starts: 2027-03-01, share: 30%, flop: 5e26 FLOP, elastic: yes}
      - {name: C, starts: 2028-01-01, length: 50 days, gain: 3x}
      - {name: D, base: C, starts: 2028-03-10, length: 60 days, gain: 9x, effective_flop: 1e30 FLOP}
software: {training: 3x per year}
"""


def made(folder: Path, text: str) -> Result:
    path = folder / "made.yaml"
    path.write_text(text, encoding="utf-8")
    return simulate(load(path))


@pytest.fixture(scope="module")
def frontier() -> Result:
    return simulate(load(SCENARIOS / "frontier.yaml"))


def row_of(result: Result, table: str, model: Any) -> dict[str, Any]:
    found = result.table(table)
    names = [column.name for column in found.columns]
    rows = [dict(zip(names, row, strict=True)) for row in found.rows]
    return next(row for row in rows if (row["lab"], row["model"]) == (model.lab, model.name))


def check_against_tables(result: Result) -> int:
    """Every derived number that a table has equals it; how many were compared."""
    compared = 0
    for model in result.record.models:
        if model.internal >= result.record.draw.end:
            continue
        explanation = result.explain(f"{model.lab}/{model.name}")
        known = {**row_of(result, "models", model), **row_of(result, "windows", model)}
        known["speed of a copy"] = known["speed_tokens_per_s"]
        derived = {row[0]: row[1] for row in explanation.steps_table.rows}
        for name in ("effective_flop", "copies_at_open", "length_days", "frontier_length_days", "params"):
            assert name in derived
        for name, value in derived.items():
            if known.get(name) is not None and name != "accelerators":
                assert value == pytest.approx(known[name], rel=1e-9), (model.name, name)
                compared += 1
        if known["h100e"] and "accelerators" in derived and not known["base"]:
            assert derived["training_flop"] == pytest.approx(known["training_flop"], rel=1e-9)
    return compared


def test_every_number_of_frontier_equals_the_tables(frontier: Result) -> None:
    assert check_against_tables(frontier) > 46 * 12


def test_every_number_of_the_other_scenarios_equals_the_tables(tmp_path: Path) -> None:
    for name in ("one-lab", "finnveden", "finnveden-copies", "finnveden-deepseek-v3", "finnveden-1e15"):
        assert check_against_tables(simulate(load(SCENARIOS / f"{name}.yaml"))) > 5
    check_against_tables(made(tmp_path, PHASES))
    check_against_tables(made(tmp_path, HAND))


def check_splits(result: Result) -> set[str]:
    """The parts of every pair of models multiply to the gain; the names that occurred."""
    record, seen = result.record, set()
    for model in record.models:
        if not model.stated:
            total = gain_of(record, model) * sum(term.value for term in terms(record, model))
            assert total == pytest.approx(model.effective_flop, rel=1e-9), model.name
        for other in record.models:
            parts = split(record, model, other)
            gain = math.log(other.effective_flop / model.effective_flop)
            assert sum(math.log(part.factor) for part in parts) == pytest.approx(gain, abs=1e-9 * (1 + abs(gain)))
            if gain:
                assert sum(part.log_share for part in parts) == pytest.approx(1.0, abs=1e-8 / min(1.0, abs(gain)))
            seen |= {part.name for part in parts}
    return seen


def test_the_split_is_exact(frontier: Result, tmp_path: Path) -> None:
    seen = check_splits(frontier)
    assert seen >= {"chips", "share", "duration", "utilisation", "software", "post-training", "stated", "flop"}
    check_splits(made(tmp_path, PHASES))
    check_splits(simulate(load(SCENARIOS / "one-lab.yaml")))


def test_the_split_turns_round(tmp_path: Path) -> None:
    record = made(tmp_path, PHASES).record
    a, b = record.models[0], record.models[2]
    there, back = split(record, a, b), split(record, b, a)
    assert {p.name: p.factor for p in there} == pytest.approx({p.name: 1.0 / p.factor for p in back})


def test_a_split_worked_out_by_hand(tmp_path: Path) -> None:
    result = made(tmp_path, HAND)
    a, b = result.record.models
    parts = {part.name: part.factor for part in split(result.record, a, b)}
    # cluster 1000 to 3000, share 20% to 10%, utilisation 0.2 to 0.4, 100 to 200 days, software 1 to 5, gain 1 to 2
    expected = {"chips": 3.0, "share": 0.5, "utilisation": 2.0, "duration": 2.0, "software": 5.0, "post-training": 2.0}
    assert parts == pytest.approx(expected)
    assert a.effective_flop == pytest.approx(200 * 989.4e12 * 0.2 * 100 * 86400)
    assert b.effective_flop / a.effective_flop == pytest.approx(60.0)


def test_logarithmic_mean_over_two_phases_by_hand(tmp_path: Path) -> None:
    """A2 is A's two phases with gain 4 for 2, and a phase of its own: the base's phases carry ln 2 by their weight."""
    record = made(tmp_path, PHASES).record
    a, a2 = record.models[0], record.models[1]
    old, new = a.effective_flop, a2.effective_flop
    parts = {part.name: math.log(part.factor) for part in split(record, a, a2)}
    assert parts["post-training"] == pytest.approx(math.log(new / old))
    assert all(abs(parts[name]) < 1e-12 for name in ("chips", "share", "duration", "software"))
    pre_old, pre_new = 2.0 * terms(record, a)[0].value, 3.0 * terms(record, record.models[3])[0].value
    mean = (pre_new - pre_old) / math.log(pre_new / pre_old)
    whole = (record.models[3].effective_flop - old) / math.log(record.models[3].effective_flop / old)
    factors, later = terms(record, a)[0].factors, terms(record, record.models[3])[0].factors
    chips = mean / whole * math.log(later["chips"] / factors["chips"])
    found = {part.name: math.log(part.factor) for part in split(record, a, record.models[3])}
    assert found["chips"] == pytest.approx(chips)


def test_days_of_a_pinned_world(frontier: Result) -> None:
    rows = {row[0]: row for row in frontier.explain("GPT-4").sensitivity_table.rows}
    assert rows["labs.OpenAI.runs.GPT-4.internal"][3:5] == (-30.0, -30.0)
    assert rows["labs.OpenAI.runs.GPT-4o.internal"][3:5] == (30.0, 0.0)
    assert rows["labs.OpenAI.compute.stock"][3:5] == (0.0, 0.0)


def test_days_equal_a_run_with_the_setting(tmp_path: Path) -> None:
    path = SCENARIOS / "one-lab.yaml"
    base = simulate(load(path))
    rows = {row[0]: row for row in base.explain("Aurora-2").sensitivity_table.rows}
    for key, text in (("every", "9.9 to 16.5 months"), ("length", "66 to 132 days")):
        other = simulate(load(path, sets=[f"labs.Aurora.runs.{key}={text}"]))
        lengths = []
        for result in (base, other):
            model = next(m for m in result.record.models if m.name == "Aurora-2")
            found = Closings(result.record).closing(model, 2.0, "own", "internal")
            assert found is not None
            lengths.append(found.length)
        assert rows[f"labs.Aurora.runs.{key}"][3] == pytest.approx(lengths[1] - lengths[0], abs=1e-6)
    assert rows["labs.Aurora.runs.every"][3] > 30.0


def test_shares_are_enlarged_as_by_set() -> None:
    from sim.analysis.explain_worlds import with_larger_share

    scenario = load(SCENARIOS / "one-lab.yaml")
    lab = scenario.draw().labs["Aurora"]
    lab = with_larger_share(lab, "training", 1.1)
    by_set = load(SCENARIOS / "one-lab.yaml", sets=["labs.Aurora.use.training=11%"]).draw().labs["Aurora"]
    assert {use: line.at(0.0) for use, line in lab.use.items()} == pytest.approx(
        {use: line.at(0.0) for use, line in by_set.use.items()})  # fmt: skip


def test_every_chain_ends_at_roots(frontier: Result) -> None:
    record, ids = frontier.record, event_ids(frontier.record)
    for index in range(0, len(ids), 7):
        chain = causes(record, ids[index])
        assert chain[0] == (0, index)
        members = {member for _, member in chain}
        for member in members:
            assert {cause for cause in record.events[member][7] if cause >= 0} <= members
        assert any(not [cause for cause in record.events[member][7] if cause >= 0] for member in members)
    text = causes_text(record, "OpenAI/window_closed/GPT-4/1")
    assert text.splitlines()[0].startswith("2024-04-01  OpenAI/window_closed/GPT-4/1  579 days")
    assert "OpenAI/run_due/GPT-4o/1" in text.splitlines()[-1] and "a root" in text.splitlines()[-1]


def test_unknown_names_offer_the_nearest(frontier: Result) -> None:
    with pytest.raises(NotFound, match=r"GPT-4o"):
        frontier.explain("GPT4o")
    with pytest.raises(NotFound, match=r"OpenAI/window_closed/GPT-4/1"):
        causes(frontier.record, "OpenAI/window_closed/GPT-4")


def test_the_text_is_narrow_and_says_who_says_so(
    frontier: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = str(frontier.explain("GPT-4"))
    assert max(map(len, text.splitlines())) <= 100
    monkeypatch.setattr(explain_days, "AT_ONCE", 0)  # one table of days will do
    for name in ("GPT-3", "o1", "Claude Opus 4", "xAI/Grok 4", "Llama 4 Maverick"):
        assert max(map(len, str(frontier.explain(name)).splitlines())) <= 100
    for words in ("closed by OpenAI/GPT-4o", "579 days", "frontier.yaml:", "guess", "Epoch AI"):
        assert words in text
    explanation = made(tmp_path, PHASES).explain("A")
    assert list(explanation.windows["scope"].unique()) == ["own", "frontier"]
    assert {"input", "own_days"} <= set(explanation.sensitivity.columns)
    assert len(explanation.steps) and len(explanation.inputs)


def test_html_has_the_tables_with_whole_sources(tmp_path: Path) -> None:
    explanation = made(tmp_path, PHASES.replace("question", "x-note").replace("name: A2", "name: <A2>")).explain("A")
    shown = explanation._repr_html_()
    assert shown.count("<table>") >= 6 and shown.count("<table>") == shown.count("</table>")
    assert "&lt;A2&gt;" in shown and "<A2>" not in shown
    for row in (*explanation.steps_table.rows, *explanation.notes.table().rows):
        assert html.escape(str(row[3])) in shown, row
    assert "Own window: " in shown and "Frontier window: " in shown and "what bound the closer" in shown


def test_waits_are_told(tmp_path: Path) -> None:
    text = HAND.replace("starts: 2027-01-01, share: 10%", "starts: 2026-02-01, share: 90%")
    record_text = str(made(tmp_path, text).explain("A"))
    assert "waits: needs 900 H100e" in record_text


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(SMALL, encoding="utf-8")
    assert here("run", "my.yaml", "--no-pictures", cwd=tmp_path).returncode == 0
    by_file = here("explain", "my.yaml", "Aurora-1", cwd=tmp_path)
    by_folder = here("explain", "outputs/my", "Aurora-1", cwd=tmp_path)
    assert by_file.returncode == 0, by_file.stderr
    assert by_file.stdout == by_folder.stdout  # origins too: those of the first file
    assert not by_folder.stderr and "my.yaml:" in by_folder.stdout
    event = here("explain", "outputs/my", "--event", "Aurora/model_internal/Aurora-1/1", cwd=tmp_path)
    assert event.returncode == 0 and "a root" in event.stdout
    for arguments in (("outputs/my", "Aurora-l"), ("outputs/my", "--event", "Aurora/nothing"), ("outputs/my",),
                      ("outputs", "Aurora-1"), ("none.yaml", "Aurora-1")):  # fmt: skip
        wrong = here("explain", *arguments, cwd=tmp_path)
        assert wrong.returncode == 2 and "Traceback" not in wrong.stderr and not wrong.stdout, arguments
    assert "nearest: Aurora-" in here("explain", "my.yaml", "Aurora-l", cwd=tmp_path).stderr


# What is printed can be worked out again by a reader with a calculator, who knows only what is printed.

WORDS = re.compile(
    r"\[\d+\]|(?<![\w./])(FLOP/s|tokens/s|FLOP|tokens an hour of thinking|tokens a parameter|total per active|tokens|"
    r"copies|H100e|H100|H800|days|years|runs|gain|software|each|s)(?![\w/])"
)
UNWORKED = re.compile(r"^(as stated|those of|of its base|by the size rule|as recorded|no fleet|at |gain .*stated)")


def worked_out(formula: str) -> float | None:
    """The value of a printed formula; None if it is words, or says where the number is stated."""
    if UNWORKED.match(formula):
        return None
    formula = formula.removeprefix("bound by FLOP: ")
    text = re.split(r";| years,| years since| years from| \(mean", formula)[0]
    text = re.sub(r"(lent to it|taken by|by the world's).*", "", text)
    if dates := re.fullmatch(r"(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d) \(.*", text):
        return float((date.fromisoformat(dates[2]) - date.fromisoformat(dates[1])).days)
    text = re.sub(r"([\d.]+)% of", r"\1% ×", WORDS.sub("", text))
    text = re.sub(r"([\d.]+) GB", r"\1e9", re.sub(r"([\d.]+) TB/s", r"\1e12", text))
    for word, sign in ((" B ", " "), (",", ""), ("×", "*"), ("^", "**"), ("%", "/100"), ("√", "sqrt")):
        text = text.replace(word, sign)
    assert re.fullmatch(r"[-\d.e+*/() ]*|[-\d.e+*/() a-z]*(exp|sqrt|log10)[-\d.e+*/() a-z0-9]*", text), (formula, text)
    return float(eval(text.strip(), {"sqrt": math.sqrt, "exp": math.exp, "log10": math.log10}))


@pytest.mark.parametrize("name", ["frontier", "one-lab", "finnveden", "finnveden-copies", "finnveden-deepseek-v3"])
def test_every_printed_derivation_can_be_worked_out_again(name: str) -> None:
    """From the rounded numbers that are shown: to their 3 to 4 figures."""
    result = simulate(load(SCENARIOS / f"{name}.yaml"))
    counted = 0
    for model in result.record.models:
        if model.internal >= result.record.draw.end:
            continue
        for quantity, value, _, formula in result.explain(f"{model.lab}/{model.name}").steps_table.rows:
            again = worked_out(formula)
            if again is None:
                continue
            counted += 1
            off = 1.0 if quantity in ("length_days", "frontier_length_days") else 0.0  # dates are shown without hours
            assert again == pytest.approx(value, rel=6e-3, abs=off), (model.name, quantity, formula)
    assert counted > 20 * len(result.record.models) * (0.5 if name == "finnveden" else 0.6)


def test_every_origin_is_the_line_on_which_the_value_stands(frontier: Result) -> None:
    lines = (SCENARIOS / "frontier.yaml").read_text(encoding="utf-8").splitlines()
    looked_at = set()
    for model in frontier.record.models:
        for cited in frontier.explain(f"{model.lab}/{model.name}").notes.cited:
            if "frontier.yaml" not in cited.origin:
                assert cited.origin in ("default", "catalog"), cited
                continue
            line, column = map(int, cited.origin.rsplit(":", 2)[1:])
            written = cited.text.split(", ")[0]
            assert lines[line - 1][column - 1 :].startswith(written), (cited, lines[line - 1])
            looked_at.add((line, column))
    assert len(looked_at) > 150


VARIANTS = """
question: A general model, a specialised and a distilled one
start: 2026-01-01
end: 2028-01-01
labs:
  A:
    compute: {count: 4e5 H100e}
    use: {training: 20%, experiments: 40%, research: 20%, serving: 20%}
    runs:
      - {name: Big, starts: 2026-01-01, share: 20%, length: 90 days}
      - {name: coder, base: each, share: 10%, length: 30 days, tuned: {domain: software, there: 10x, elsewhere: 0.5x}}
      - {name: mini, base: each, share: 5%, length: 20 days, distilled: {params: 20%, effective_flop: 40%}}
    fleets: {research: {think: 4x}}
software: {training: 3x per year, inference: 1x per year}
"""


@pytest.mark.parametrize("name", ["Big", "Big coder", "Big mini"])
def test_specialised_and_distilled_models_are_worked_out_again(name: str) -> None:
    result = simulate(load("f.yaml", text=VARIANTS))
    steps = {row[0]: row for row in result.explain(name).steps_table.rows}
    windows = result.windows.set_index("model").loc[name]
    for domain in ("software", "ai_research"):
        quantity = f"human_equivalents_at_open_{domain}"
        assert steps[quantity][1] == pytest.approx(windows[quantity], rel=1e-9)
        assert worked_out(steps[quantity][3]) == pytest.approx(windows[quantity], rel=6e-3)
    model = next(each for each in result.record.models if each.name == name)
    assert steps["effective_flop"][1] == pytest.approx(model.effective_flop, rel=1e-12)
    assert worked_out(steps["effective_flop"][3].replace("gain, less what tuning costs elsewhere,", "gain")) in (
        None,
        pytest.approx(model.effective_flop, rel=6e-3),
    )
    if name == "Big coder":
        assert steps["effective_flop in software"][1] == pytest.approx(20.0 * model.effective_flop)
    if name == "Big mini":
        assert steps["params"][3].startswith("0.2")


RULED = """\
start: 2026-01-01
end: 2027-06-01
labs:
  Aurora:
    compute: {count: 1000 H100}
    use: {training: 20%, experiments: 40%, serving: 40%}
    models: {name: Old, public: 2025-06-01, flop: 1e22 FLOP}
    runs:
      - {name: A, starts: 2026-02-01, length: 50 days}
      - {name: B, starts: 2026-08-01, length: 50 days}
      - {name: C, starts: 2026-12-01, length: 50 days}
    policy: phases
    phases:
      - {name: race, when: {from: 2026-11-01}, use: {training: 10%, serving: 20%}, training_first: yes}
      - {name: sell, when: {from: 2026-06-01}, use: {training: 30%, experiments: 20%, serving: 50%}}
      - name: usual
"""


@pytest.mark.parametrize(
    ("name", "trained", "by", "served", "share"),
    [
        ("A", "20% of 1,000", "Aurora.use.training", "40% [", "Aurora.use.serving"),
        ("B", "30% of 1,000", "Aurora.phases.sell.use.training", "50% [", "Aurora.phases.sell.use.serving"),
        ("C", "100% of 1,000", "Aurora.phases.race.training_first", "20% [", "Aurora.phases.race.use.serving"),
    ],
)
def test_shares_are_those_of_the_phase_in_force(
    name: str, trained: str, by: str, served: str, share: str, tmp_path: Path
) -> None:
    explained = made(tmp_path, RULED).explain(name)
    formulas = {row[0]: row[3] for row in explained.steps_table.rows}
    paths = {number: path for number, path, *_ in explained.notes.table().rows}

    def cited(formula: str) -> str:
        found = re.search(r"\[(\d+)\]", formula)
        assert found is not None, formula
        return str(paths[int(found[1])])

    assert formulas["accelerators"].startswith(f"{trained}; given by the policy ")
    assert cited(formulas["accelerators"]).endswith(by)
    assert formulas["H100 at opening, serving"].startswith(served)
    assert cited(formulas["H100 at opening, serving"]).endswith(share)


def test_what_a_function_of_the_user_gives_cites_it_and_no_share(tmp_path: Path) -> None:
    code = "def allocate(view):\n    return {'training': 0.3, 'experiments': 0.5, 'serving': 0.2}\n"
    (tmp_path / "mine.py").write_text(code, encoding="utf-8")
    text = RULED.partition("    policy:")[0] + "    policy: mine.py:allocate\n"
    explained = made(tmp_path, text).explain("B")
    formulas = {row[0]: row[3] for row in explained.steps_table.rows}
    assert re.fullmatch(r"30% of 1,000; given by the policy \[\d+\]", formulas["accelerators"])
    assert re.fullmatch(r"286; given by the policy \[\d+\]|285.7; given by.*", formulas["H100 at opening, serving"])
    paths = [path for _, path, *_ in explained.notes.table().rows]
    assert any(path.endswith("Aurora.policy") for path in paths)
    assert not any(".use." in path for path in paths)


def test_a_run_that_stopped_is_explained_up_to_then(tmp_path: Path) -> None:
    text = RULED.replace("end: 2027-06-01", "end: 2045-01-01").replace(
        "count: 1000 H100", "stock: 1000 H100, grows: 1e4x per year"
    )
    (tmp_path / "my.yaml").write_text(text, encoding="utf-8")
    done = here("explain", "my.yaml", "B", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("sim: stopped on 2033-01-01: ")  # 1e3 × 1e4^t passes 1e30 after 6.75 years
    assert "Days that the windows gain" in done.stdout
    nothing = here("explain", "my.yaml", "Z", cwd=tmp_path)
    assert nothing.returncode == 2 and "sim explain: there is no model 'Z' in this run" in nothing.stderr
