"""What `sim run` prints, read as a user would: aligned, and nothing said twice."""

from __future__ import annotations

import io
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

import sim
from sim.report import WIDTH, print_report
from tests import shipped

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def printed(name: str, folder: Path) -> list[str]:
    out = io.StringIO()
    print_report(shipped.result(name.removesuffix(".yaml")), folder, out)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("name", ["one-lab.yaml", "finnveden-copies.yaml"])
def test_columns_are_aligned_and_texts_fit(tmp_path, name) -> None:
    lines = printed(name, tmp_path)
    table = lines[2 : lines.index("", 2)]
    assert len({len(line) for line in table[1:]}) == 1  # the last column is of numbers, flush right
    ends = [[match.end() for match in re.finditer(r"\S+(?: \S+)*(?=  |$)", line)] for line in table[1:]]
    assert all(row[4:] == ends[0][4:] for row in ends)  # after lab, model and two dates: numbers, all flush right
    texts = [line for line in lines[len(table) + 2 :] if not line.startswith("  ") and str(tmp_path) not in line]
    assert texts and all(len(line) <= WIDTH for line in texts)


def test_speed_is_a_column_only_where_it_differs(tmp_path) -> None:
    same, differing = (printed(name, tmp_path) for name in ("one-lab.yaml", "finnveden-copies.yaml"))
    assert "speed of a copy" not in same[2]
    assert any(line.startswith("Each copy runs at 48.7 tokens/s, 13.5 times a human's thinking speed") for line in same)
    assert "speed of a copy" in differing[2]
    assert {line.split()[-3] for line in differing[4:6]} == {"10", "100"}


def test_pictures_are_named_with_their_folder_once(tmp_path) -> None:
    for name in ("copies.png", "windows.png"):
        (tmp_path / name).touch()
    assert printed("one-lab.yaml", tmp_path)[-1] == f"Pictures: {tmp_path}/ (copies.png, windows.png)"


def test_where_estimates_differ_each_is_said_of_its_labs(tmp_path) -> None:
    text = " ".join(printed("finnveden-deepseek-v3.yaml", tmp_path))
    assert "input (estimate `flop`) at Decode nodes, Formula, Whole fleet; set by the chips' memory" in text
    assert "(estimate `memory`) at Memory." in text


def test_the_answer_in_short_is_what_the_titles_of_the_pictures_say(tmp_path) -> None:
    from sim.show.page import title_of

    result = sim.simulate(sim.load(SCENARIOS / "one-lab.yaml"))
    lines = printed("one-lab.yaml", tmp_path)
    said = " ".join(" ".join(lines[lines.index(next(line for line in lines if line.startswith("In short"))) :]).split())
    for name in ("copies", "windows", "workforce"):
        assert title_of(result.plot(name)).replace("\u00a0", " ") + "." in said


def test_unsourced_numbers_are_counted_but_not_those_that_only_ask(tmp_path) -> None:
    result = shipped.result("one-lab")
    paths = {item.partition(": ")[0] for item in result.unsourced}
    assert "labs.Aurora.compute.stock" in paths and not {"start", "end"} & paths
    sourced = {item.path for item in result.scenario.inputs if item.source or item.guess}
    assert not paths & sourced


def test_of_many_models_each_labs_newest_are_printed_and_those_that_were_the_strongest_anywhere(tmp_path) -> None:
    lines = printed("discrete-runs.yaml", tmp_path)
    more = next(n for n, line in enumerate(lines) if line.startswith("... and "))
    table = lines[4:more]
    result = shipped.result("discrete-runs")
    assert len(result.windows) == len(table) + int(lines[more].split()[2]) > 60
    newest_rows = set(result.windows.groupby("lab", sort=False).tail(1).index)
    led = set(result.windows.index[result.windows["frontier_length_days"] > 0.0])
    assert len(table) == len(newest_rows | led) < 60  # those with a frontier window of 0 days are not among them
    newest = result.windows.groupby("lab", sort=False)["model"].last()
    assert all(any(line.startswith(lab) and f" {model} " in line for line in table) for lab, model in newest.items())


def test_work_since_the_start_is_not_said_to_be_since_a_level_reached_before_it(tmp_path) -> None:
    text = " ".join(" ".join(printed("alignment.yaml", tmp_path)).split())
    assert "days since the start (2026-01-01) alone" in text and "since useful_assistant" not in text
    assert "since automated_coder alone" in text  # later levels begin their dwells themselves
    assert "there can be more of them than days in the calendar" in text


def test_the_seed_s_claim_is_answered(tmp_path) -> None:
    """AI work equals shares of the developers, how much is done until a model is expert-level; the days between."""
    lines = printed("mediocre-or-specialised.yaml", tmp_path)
    software = next(line for line in lines if line.startswith("  software (world): "))
    expert = date.fromisoformat(software.rsplit("expert-level ", 1)[1])
    tenth = re.search(r"10% (\S+) \(([\d,]+) days before\)", software)
    assert tenth
    assert (expert - date.fromisoformat(tenth[1])).days == int(tenth[2].replace(",", ""))
    result = shipped.result("mediocre-or-specialised")
    work = result.bands.query("domain == 'software'").groupby("date")["human_equivalents"].sum()  # means over months
    months = [date.fromisoformat(str(day)[:10]) for day in work.index]
    lengths = [(min(after, expert) - month).days for month, after in pairwise([*months, expert]) if month < expert]
    years = sum(length * mean for length, mean in zip(lengths, work, strict=False)) / 365.25
    written = next(line for line in lines if line.startswith("  software: "))
    assert float(re.search(r"software: ([\d.]+)M", written)[1]) * 1e6 == pytest.approx(years, rel=0.01)
    words = r"First expert-level model: (\S+) in software; in every domain (\S+) \(.*\), ([\d,]+) days later"
    last = re.search(words, "\n".join(lines))
    assert last
    assert (date.fromisoformat(last[2]) - date.fromisoformat(last[1])).days == int(last[3].replace(",", ""))


def test_where_the_uplift_is_not_known_the_report_says_why(tmp_path) -> None:
    known, unknown = (" ".join(printed(name, tmp_path)) for name in ("frontier-2032.yaml", "one-lab.yaml"))
    assert "no lab states who does research besides its AI (`staff: {ai_research: ...}`)" in unknown
    assert re.search(r"Implied uplift of software progress by AI labour[^:]*: 2026 \d\.\d\dx", known)


TEN_LINES = """\
start: 2026-01-01
end: 2030-01-01
software: {training: 3x per year}
labs:
  Aurora: {compute: {stock: 1e6 H100e}, runs: {every: 9 months, length: 60 days}}
  Borealis: {compute: {stock: 1e6 H100e}, runs: {every: 9 months, length: 60 days}}
"""


def test_where_inference_follows_training_unasked_the_report_says_so(tmp_path) -> None:
    def told(text: str) -> str:
        out = io.StringIO()
        print_report(sim.simulate(sim.load("f.yaml", text=text), track=True), tmp_path, out)
        lines = " ".join(out.getvalue().split())
        return re.search(r"Inference gets cheaper.*? at the start\.|$", lines)[0]

    told_of_all = told(TEN_LINES)
    assert "as fast as training, as no" in told_of_all
    assert "run 81 times the copies" in told_of_all  # 3^4
    stated = "  Borealis: {software: {inference: 2x per year}, "
    assert "as fast as training at Aurora, as no" in told(TEN_LINES.replace("  Borealis: {", stated))
    for more in ("inference: 2x per year", "inference_exponent: 0.5", "inference_efficiency: {2026-01-01: 1x}"):
        assert not told(TEN_LINES.replace("year}\nlabs", f"year, {more}}}\nlabs")), more


def test_a_level_of_tasks_says_how_good_the_work_is_and_an_input_why_no_model_is_expert_level(tmp_path) -> None:
    text = """\
start: 2026-01-01
end: 2026-03-01
domains:
  general: {}
  ai_research:
    workforce: 1000 people
    quality: {ceiling: 0.8, midpoint: 1e27, as_of: 2026-01-01}
    share_doable: {midpoint: 1e27, as_of: 2026-01-01}
levels: {half: {share_doable: 50%, domain: ai_research}}
labs: {Aurora: {compute: {stock: 1e6 H100e}, models: {name: A0, public: 2025-06-01, effective_flop: 1e27}}}
"""
    for change, why in (
        ((" 0.8,", " 0.8,"), "quality only nears 80% (`domains.ai_research.quality.ceiling`)"),
        ((" 0.8,", " 1.6,"), ""),
        (("0.8, midpoint: 1e27, as_of: 2026-01-01}\n    share_doable: {", "1.6, midpoint: 1e27, as_of: 2026-01-01}\n"
          "    share_doable: {ceiling: 0.6, "), "`domains.ai_research.share_doable.ceiling` is too low"),
    ):  # fmt: skip
        assert change[0] in text
        out = io.StringIO()
        print_report(sim.simulate(sim.load("f.yaml", text=text.replace(*change)), track=True), tmp_path, out)
        lines = " ".join(out.getvalue().split())
        if "0.6" not in change[1]:  # at its midpoint a model has half of the ceiling
            assert f"Aurora/A0 ({50 * float(change[1][1:4]):.1f}% of a human expert's quality)" in lines
        assert (f"none can be expert-level, as {why}" in lines) if why else ("none can be" not in lines)


def test_a_run_that_the_end_cuts_off_is_told_with_how_far_it_came(tmp_path) -> None:
    out = io.StringIO()
    text = TEN_LINES.replace("every: 9 months, length: 60 days", "name: Long, starts: 2026-01-01, length: 60 days")
    scenario = sim.load("f.yaml", text=text.replace("end: 2030-01-01", "end: 2026-01-31"))
    print_report(sim.simulate(scenario, track=True), tmp_path, out)
    told = " ".join(out.getvalue().split())
    assert "finished: Aurora/Long (50% of its pretraining), Borealis/Long (50% of its pretraining)." in told
