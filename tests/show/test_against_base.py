"""Pictures of a comparison show what its tables say and no more; a lab has its colour whoever else is there."""

from __future__ import annotations

from math import log10
from pathlib import Path

import pytest

import sim
from sim.base.units import DAYS_PER_MONTH
from sim.report_compare_short import in_short
from sim.show.compared import span
from sim.show.simulated import rows, span_of
from sim.show.style import LABS, SMALL, lab_colours, number, text_width
from sim.show.workforce import ROOM, form_of
from tests.show.reading import tagged, texts

PAUSE = """\
over: one-lab.yaml
pause: {starts: 2027-06-01, lasts: 6 months, stops: [training]}
labs: {Aurora: {use: {alignment: 1%, serving: 39%}, staff: {alignment: 10}, fleets: {alignment: {domain: alignment}}}}
levels: {good: {effective_flop: 1e28 FLOP}, better: {effective_flop: 1e29 FLOP}}
"""


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> sim.Comparison:
    folder: Path = tmp_path_factory.mktemp("compared")
    (folder / "one-lab.yaml").write_text(Path("scenarios/one-lab.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "pause.yaml").write_text(PAUSE, encoding="utf-8")
    whole = sim.load(folder / "pause.yaml")
    return sim.compare(whole.changed(sets=["pause.lasts=0 days"]), {"pause": whole})


def test_time_bought_is_drawn_at_each_strength_and_nowhere_else(compared: sim.Comparison) -> None:
    drawn = compared.plot("time_bought")
    ladder = compared.ladder
    lines = [line for axes in drawn.axes for line in axes.lines if line.get_gid() == "bought:pause"]
    assert lines
    months = {round(days / DAYS_PER_MONTH, 6) for days in ladder.time_bought_days[ladder.bound == "exact"]}
    places = [log10(flop) for flop in ladder.effective_flop]
    for line in lines:
        assert line.get_drawstyle() == "steps-pre"
        assert {round(y, 6) for y in line.get_ydata()} <= months
        assert all(min(abs(x - place) for place in places) < 1e-9 for x in line.get_xdata())
    assert 0.0 in months and len(months) > 1


@pytest.mark.parametrize("most", [100.0, 0.0])
def test_the_length_of_an_intervention_is_in_the_legend_only_where_it_is_drawn(
    most: float, compared: sim.Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.show.time_bought.MOST_LENGTH", most)
    drawn = compared.plot("time_bought")
    (axes,) = [each for each in drawn.axes if tagged(drawn, "bought:pause") and each.get_xlabel()]
    places = [line.get_ydata()[0] for line in tagged(drawn, "in force:pause")]
    said = any("as long as the intervention" in text.get_text() for text in texts(drawn))
    assert said == bool(places) == bool(most)
    assert all(axes.get_ylim()[0] < place < axes.get_ylim()[1] for place in places)


def test_the_answer_in_short_is_that_of_the_tables(compared: sim.Comparison) -> None:
    told = in_short(compared)[0].replace("\u00a0", " ")
    assert told.startswith("pause: ") and "(in force for 6.0 months)" in told
    for level, days in compared.levels.set_index("level").time_bought_days.items():
        if str(compared.base.levels.set_index("level").date[level])[:10] > "2026-01-01":
            assert level in told
            assert abs(days) < 0.5 or f"{span(abs(days))} {'later' if days > 0 else 'sooner'} at" in told
    work = compared.alignment.set_index(["level", "by"]).loc[("better", "all")]
    new, old = number(work.researcher_years), number(work.researcher_years_base)
    assert f"Alignment work before better: {new} researcher-years, {old} in the base" in told


def test_at_least_stands_at_the_world_that_does_not_get_there(compared: sim.Comparison) -> None:
    dates = compared.levels.set_index("level").loc["better"]
    base = compared.base.scenario
    both = ((dates["date_base"], base), (dates["date"], base.changed(sets=["pause.lasts=6 months"])))
    (first, soon), (last, late) = sorted(both, key=lambda each: each[0])
    between, early = first + (last - first) / 2, first - (last - first)
    for one, other, end, here, there in (
        (soon, late, between, "at least ", ""), (late, soon, between, "", "at least "),
        (soon, late, early, "at least ", "at least "),
    ):  # fmt: skip
        sets = [f"end={end:%Y-%m-%d}"]
        found = sim.compare(one.changed(sets=sets), {"x": other.changed(sets=sets)})
        work = found.alignment.set_index(["level", "by"]).loc[("better", "all")]
        new, old = number(work.researcher_years), number(work.researcher_years_base)
        told = in_short(found)[0]
        assert f"before better: {here}{new} researcher-years, {there}{old} in the base" in told
        assert f"{old} in the base (" not in told


def test_the_table_has_what_alignment_work_is_enough_for(compared: sim.Comparison) -> None:
    told = " ".join(text.get_text() for text in texts(compared.plot("table"))).replace("- ", "-")
    assert "enough before better: researcher-years" in told and "serial days" in told
    assert told.count("pause") >= 2


def test_names_in_a_strip_have_one_form() -> None:
    result = sim.simulate(sim.load("scenarios/one-lab.yaml"))
    steps = [row for row in rows(result, "windows") if row["lab"] == "Aurora"]
    start, end = span_of(result)
    assert form_of(steps, start, end, 100.0) == 0
    narrow = text_width("Aurora-5", SMALL - 0.5) + ROOM - 0.01
    least = min((min(end, row["closes"] or end) - max(start, row["opens"])) / (end - start) for row in steps)
    assert form_of(steps, start, end, narrow / least) > 0


def test_a_lab_has_its_colour_whoever_else_is_there() -> None:
    few = lab_colours(["OpenAI", "xAI"])
    many = lab_colours(["Alibaba", "Anthropic", "DeepSeek", "Hidden", "OpenAI", "xAI"])
    assert {lab: many[lab] for lab in few} == few
    assert len(set(many.values())) == len(many)
    assert lab_colours(["Aurora", "Borealis"]) == {"Aurora": LABS[0], "Borealis": LABS[1]}
