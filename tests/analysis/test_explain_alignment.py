"""An alignment number, derived step by step: it equals the tables, and can be worked out again from what is shown."""

from __future__ import annotations

import re
from math import e, log10
from pathlib import Path

import pytest

from sim import load, simulate
from sim.analysis.explain_events import NotFound
from sim.result import Result
from tests.cli.command import here

SCENARIO = """\
question: What do two levels leave time for?
start: 2026-01-01
end: 2029-01-01
levels: {low: {effective_flop: 3e26}, high: {effective_flop: 1e28}}
software: {training: 3x per year, inference: 2x per year}
alignment:
  lambda: 0.5
  verified: 50
  oversight: 25%
  good_enough: 20%
  elsewhere: 300
  trust: {cleared_by: 3}
  relevance: {high: 25%}
  needs: {low: 50%}
labs:
  Aurora:
    compute: {stock: 2e4 H100e, grows: 3x per year, every: 3 months}
    use: {training: 20%, experiments: 40%, research: 5%, serving: 30%, alignment: 5%}
    fleets: {alignment: {think: 2x}}
    staff: {alignment: {2026-01-01: 40, then: 1.5x per year}}
    models:
      - {name: M0, internal: 2025-06-01, effective_flop: 1e26 FLOP, params: 1e11}
      - {name: M1, internal: 2026-09-01, effective_flop: 5e26 FLOP, params: 2e11}
      - {name: M2, internal: 2027-09-01, effective_flop: 2e28 FLOP, params: 3e11}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Result:
    path = tmp_path_factory.mktemp("made") / "made.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return simulate(load(path))


def worked_out(formula: str) -> float | None:
    """The value of a printed formula; None if it is words."""
    text = re.split(r";|: lambda|: W is|, by| on \d{4}-", re.sub(r" \[\d+\]", "", formula))[0]
    if found := re.fullmatch(r"the smaller of (\S+) and (\S+)", text):
        return min(float(value.replace(",", "")) for value in found.groups())
    text = re.sub(r" a year on the mean \(.*\)| days| on the mean| who verify a model| tokens/s| elsewhere| AI workers|"
                  r" humans' work| of it", "", text)  # fmt: skip
    text = text.replace(",", "").replace("×", "*").replace("^", "**").replace("[", "(").replace("]", ")")
    text = re.sub(r"log10 (\S+)", r"log10(\1)", text.replace("%", "/100").replace("))", " ) )")).replace(" )", ")")
    if not re.fullmatch(r"[-\d.e+*/() ]*(log10\([\d.e]+\)|[-\d.e+*/() ])*", text):
        return None
    return float(eval(text, {"log10": log10, "e": e}))


@pytest.mark.parametrize("dwell", ["start", "low", "high"])
def test_each_step_can_be_worked_out_again(made: Result, dwell: str) -> None:
    rows = made.explain_alignment(dwell).steps_table.rows
    counted = 0
    for quantity, value, _, formula in rows:
        again = worked_out(formula)
        if again is not None:
            counted += 1
            assert again == pytest.approx(value, rel=6e-3), (quantity, formula)
    assert counted >= 12


def test_it_equals_the_tables(made: Result) -> None:
    frame = made.alignment
    for dwell in ("start", "low", "high"):
        steps = {row[0]: row[1] for row in made.explain_alignment(dwell).steps_table.rows}
        for lab in ("Aurora", "world"):
            part = frame[(frame["dwell"] == dwell) & (frame["lab"] == lab)]
            assert steps[f"work in the dwell, {lab}"] == pytest.approx(part["researcher_years"].sum())
            counts = steps.get(f"of it counts, {lab}", steps[f"work in the dwell, {lab}"])
            assert counts == pytest.approx(part["counted_researcher_years"].sum())
        row = next(row for row in made.summary["alignment"]["break_even"] if row["dwell"] == dwell)
        assert steps["break-even at its end"] == pytest.approx(row["researcher_years"])
        assert steps["of which at most"] == pytest.approx(row["serial_days"])


def test_the_text_is_narrow_and_says_who_says_so(made: Result) -> None:
    text = str(made.explain_alignment("low"))
    assert max(map(len, text.splitlines())) <= 100
    assert "alignment.verified" in text and "made.yaml:9" in text and "GPT-5 on METR" in text
    assert "who verify a model" in made.explain_alignment("low", "Aurora").steps_table.rows[0][3]
    assert set(made.explain_alignment("low").inputs["input"]) >= {"alignment.lambda", "alignment.oversight"}


def test_unknown_names_offer_the_nearest(made: Result) -> None:
    with pytest.raises(NotFound, match="nearest: low"):
        made.explain_alignment("lw")
    with pytest.raises(NotFound, match="there are: Aurora"):
        made.explain_alignment("low", "Aurra")


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "made.yaml").write_text(SCENARIO, encoding="utf-8")
    done = here("explain", "made.yaml", "--alignment", "low", cwd=tmp_path)
    assert done.returncode == 0 and "Alignment work from low until high" in done.stdout
    none = here("explain", "made.yaml", "--alignment", "medium", cwd=tmp_path)
    assert none.returncode == 2 and "no dwell begins with 'medium'" in none.stderr
    both = here("explain", "made.yaml", "M1", "--alignment", "low", cwd=tmp_path)
    assert both.returncode == 2 and "name a model" in both.stderr
