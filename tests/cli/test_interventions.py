"""The shipped interventions: each runs alone over the scenario that it names, starts, and says where it comes from."""

from __future__ import annotations

import io
import math
from pathlib import Path

import pytest

import sim
from sim.base.calendar import date_text
from sim.base.units import DAYS_PER_MONTH
from sim.report import print_report
from sim.show.page import footer
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests import shipped
from tests.cli.command import SCENARIOS

FOLDER = SCENARIOS / "interventions"
FILES = sorted(path.name for path in FOLDER.glob("*.yaml"))


def record_of(name: str) -> RunRecord:
    return shipped.record(f"interventions/{name.removesuffix('.yaml')}")


@pytest.mark.parametrize("name", FILES)
def test_each_starts_and_answers_a_question(name: str) -> None:
    record = record_of(name)
    assert "?" in record.draw.question
    assert record.interventions and all(labs for _, _, _, labs in record.interventions)
    assert not [text for *_, text in record.warnings if "never" in text and "intervention" in text]
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert text.startswith("# ") and "over: ../" in text and ("source" in text or "guess" in text)


def test_the_time_that_pauses_buy_until_the_expert_researcher() -> None:
    """A stop of everything buys its length; another more or less, as models are discrete."""
    base = shipped.record("frontier-2032")

    def bought(name: str) -> float:
        return record_of(name).levels["expert_researcher", ""][0] - base.levels["expert_researcher", ""][0]

    six = 6 * DAYS_PER_MONTH
    assert bought("everything-stops.yaml") == pytest.approx(six, abs=1e-6)
    assert 0.0 < bought("training-pause.yaml") < bought("six-month-pause.yaml")
    assert 0.0 <= bought("leader-spends-its-lead.yaml") < bought("six-month-pause.yaml")
    assert bought("half-speed-research.yaml") > 0.0


def test_the_report_and_a_model_s_explanation_say_what_was_stopped() -> None:
    result = shipped.result("interventions/six-month-pause")
    (told,) = result.summary["interventions"]
    assert (told["name"], told["starts"][:7], told["ends"][:7]) == ("pause", "2028-06", "2028-12")
    assert len(told["binds"]) == 5
    out = io.StringIO()
    print_report(result, Path("out"), out)
    assert "Intervention pause: from 2028-06-01 to 2028-12-01; binds every lab" in out.getvalue()
    (event,) = [event for event in result.record.events if event[2] == "run_suspended"]
    limits = result.explain(f"{event[1]}/{event[3]}").limits
    assert "suspended: the intervention pause" in [limit.what for limit in limits]
    # A run that would have been due before it ended is due then.
    limits = result.explain("OpenAI/G-7").limits
    assert [limit.what for limit in limits][:2] == ["no run starts: the intervention pause",
                                                    "due: by rule, `cluster_grows`"]  # fmt: skip
    assert limits[0].until == limits[1].since == result.record.interventions[0][2]


# The numbers to read at the head of a file are those that come out.


def day_of(record: RunRecord, level: str = "expert_researcher", lab: str = "") -> float:
    return record.levels[level, lab][0]


def on(record: RunRecord, day: float) -> str:
    return date_text(day, record.draw.start)[:10]


def head(name: str) -> str:
    return " ".join(line.removeprefix("#").strip() for line in (FOLDER / name).read_text("utf-8").splitlines())


def test_numbers_to_read_of_the_cap_and_the_deal() -> None:
    cap = record_of("flop-cap.yaml")
    before = max(model.effective_flop for model in cap.models if (model.training_flop or 0.0) > 1e24)
    again = min(model.internal for model in cap.models if model.training_flop == pytest.approx(1e24)
                and model.effective_flop >= before)  # fmt: skip
    assert f"{before:.2g}" == "2.6e+28" and on(cap, again) == "2030-03-18"
    assert "(2.6e28 effective FLOP): in 2030, three years later" in head("flop-cap.yaml")
    assert ("automated_coder", "") not in cap.levels and "June 2028" in head("flop-cap.yaml")
    deal = record_of("deal-that-breaks.yaml")
    assert deal.interventions[0][2] is None and ("expert_researcher", "") not in deal.levels
    base = shipped.record("frontier-2032")
    assert base.end - day_of(base) > 3 * 365.25 and on(base, day_of(base, "automated_coder"))[:7] == "2028-06"


@pytest.mark.parametrize("name", ["flop-cap", "hold-at-the-coder", "pause-then-scaling", "small-steps"])
def test_capped_runs_take_fewer_accelerators_not_minutes(name: str) -> None:
    """Runs that a cap has cut as they started are no shorter than the floor of their rule, 30 days."""
    record = record_of(f"{name}.yaml")
    cut = {(event[1], event[3]): event for event in record.events if event[2] == "run_cut"}
    lengths, parts = [], []
    for log in record.runs:
        event = cut.get((log.lab, log.name))
        if event is not None and event[0] == log.started and log.finished is not None:
            lengths.append(log.finished - log.started)
            parts.append(event[6]["accelerators_share"] / (event[4] / event[6]["planned_flop"]))
    assert len(lengths) > 15 and min(lengths) >= 30.0
    assert parts == [pytest.approx(1.0)] * len(parts)


def test_the_cap_of_controlled_scaling_reaches_the_researcher_when_its_file_says() -> None:
    record, coder = record_of("pause-then-scaling.yaml"), shipped.record("frontier-2032")
    first = next(model for model in coder.models if (model.lab, model.name) == ("OpenAI", "G-6"))
    law = record.draw.domains["ai_research"].share_doable
    share = record.draw.levels["expert_researcher"].share_doable
    level = law.midpoint_flop * (share / (law.ceiling - share)) ** (math.log(10.0) / law.slope)
    times = level / first.effective_flop
    assert f"{times:.1f} times the first coder, six and a half years" in head("pause-then-scaling.yaml")
    assert 1.0 + math.log(times) / math.log(1.5) == pytest.approx(6.5, abs=0.25)


def test_numbers_to_read_of_the_pause() -> None:
    found = shipped.result("interventions/six-month-pause").explain_intervention("pause")
    told = "183 days in force + 61 by chips − 41 by software − 1 by the rest = 202 days bought"
    assert told in str(found) and "the 183 days buy at `expert_researcher`: 202 days" in head("six-month-pause.yaml")
    assert "gives 41 of them back" in head("six-month-pause.yaml") and "cost 61 more" in head("six-month-pause.yaml")
    runs = {log.name: log for log in found.record.runs if log.lab == "OpenAI"}
    first, then = runs["G-7"], runs["G-8"]
    assert first.started == found.until and first.finished == first.started + 30.0
    assert "which takes 195 days in 2029" in head("six-month-pause.yaml")
    assert round(then.started - first.started) == 195


def test_what_a_pause_buys_hangs_on_which_goes_on_first_but_not_by_how_much(tmp_path: Path) -> None:
    """Training, or the AI in research that makes progress fast: an hour or a day of the latter makes no difference."""
    base = shipped.record("frontier-2032")

    def bought(training: str, research: str) -> float:
        file = tmp_path / f"{training}-{research}.yaml"
        waits = "starts: when any lab reaches automated_coder, lasts:"
        file.write_text(
            f"over: {SCENARIOS / 'frontier-2032.yaml'}\ninterventions:\n"
            f"  training: {{{waits} {training} days, stops: [training]}}\n"
            f"  research: {{{waits} {research} days, stops: [ai_use_in_research]}}\n",
            encoding="utf-8",
        )
        return day_of(simulate(sim.load(str(file)).draw())) - day_of(base)

    paused = day_of(record_of("six-month-pause.yaml")) - day_of(base)
    hour, day, after = (bought("182.625", days) for days in ("182.583", "181.625", "183.625"))
    assert hour == pytest.approx(paused, abs=0.01) and day == pytest.approx(paused, abs=0.1)
    text = head("six-month-pause.yaml")
    assert f"the 183 days buy at `expert_researcher`: {paused:.0f} days" in text and f"buys {after:.0f} days" in text


def test_longer_pauses_do_not_always_buy_more() -> None:
    scenario, base = shipped.scenario("interventions/six-month-pause"), shipped.record("frontier-2032")
    longer = (simulate(scenario.changed(sets=[f"pause.lasts={months} months"]).draw()) for months in (3, 9, 12))
    one, three, four = (round(day_of(record) - day_of(base)) for record in longer)
    assert f"3, 6, 9 and 12 months buy {one}, 202, {three} and {four} days" in head("six-month-pause.yaml")


def test_numbers_to_read_of_a_leader_s_lead() -> None:
    base = shipped.record("frontier-2032")
    scenario = shipped.scenario("interventions/leader-spends-its-lead")
    for months, day in ((2, "2029-02-10"), (9, "2029-11-03")):
        record = simulate(scenario.changed(sets=[f"pause.lasts={months} months"]).draw())
        assert record.interventions[0][3] == ["OpenAI"] and day_of(record) == day_of(base)
        assert on(record, day_of(record, lab="OpenAI")) == day
        assert day in head("leader-spends-its-lead.yaml")
    assert on(base, day_of(base, lab="OpenAI")) == "2029-02-10"


def test_numbers_to_read_of_two_blocs() -> None:
    base = shipped.record("two-blocs")

    def ahead(record: RunRecord) -> int:
        return round(record.milestones["china_researcher"] - record.milestones["us_researcher"])

    paused, paced = record_of("one-bloc-pauses.yaml"), record_of("pacing-one-country.yaml")
    assert (ahead(base), ahead(paused), ahead(paced)) == (126, -76, 59)
    assert round(day_of(paused) - day_of(base)) == 126
    assert on(paced, day_of(paced)) == "2029-03-01"
    followed = record_of("pacing-both-countries.yaml")
    assert (on(followed, day_of(followed)), ahead(followed)) == ("2029-03-01", 207)
    assert round(day_of(followed) - day_of(base)) == 67
    over = "interventions.pacing.minimum_shares_over=1 day"
    at_once = [
        simulate(shipped.scenario(f"interventions/pacing-{who}").changed(sets=[over]).draw())
        for who in ("one-country", "both-countries")
    ]
    assert ahead(at_once[0]) == -93
    assert [on(record, day_of(record)) for record in at_once] == ["2029-04-29", "2029-07-31"]
    for text in ("59, with 2029-03-01; without pacing by 126", "2029-04-29, 93 days before the US"):
        assert text in head("pacing-one-country.yaml")
    for text in ("on 2029-03-01, 67 days later", "207, against 126", "nobody is there before 2029-07-31"):
        assert text in head("pacing-both-countries.yaml")
    assert "Chinese one: not 126, but 76 after it" in head("one-bloc-pauses.yaml")


def test_numbers_to_read_of_labs_that_are_one() -> None:
    scenario = shipped.scenario("labs-as-one")
    apart = scenario.changed(sets=["labs.US project.software.training=4.17x per year"])
    for each, days in ((scenario, "2027-08-27 and 2028-01-08"), (apart, "2027-12-20 and 2028-09-06")):
        record = simulate(each.draw())
        found = [on(record, record.levels[level, ""][0]) for level in ("automated_coder", "expert_researcher")]
        assert " and ".join(found) == days and days in head("../labs-as-one.yaml")


def test_a_deal_that_breaks_at_random_says_that_chance_decided() -> None:
    """With seed 1 the shipped deal breaks early; half of such deals break within ln 2 / 3% = 23.1 years."""
    path = str(FOLDER / "deal-that-breaks.yaml")
    result = sim.simulate(sim.load(path, sets=["seed=1"]), track=True)
    day = next(day for day, _, kind, *_ in result.record.events if kind == "intervention_breaks")
    text = (f"deal broke on {date_text(day, result.record.draw.start)[:10]}: one random draw (seed 1); half of such "
            "deals break within 23.1 years")  # fmt: skip
    assert text in result.summary["warnings"]
    whole = shipped.result("interventions/deal-that-breaks")
    since = whole.record.interventions[0][1]
    share = 1.0 - math.exp(-0.03 * (whole.record.end - since) / 365.25)
    assert f"{share:.0%}" == "10%"
    told = "deal did not break at random until 2032-01-01: one random draw (seed 0); 10% of such deals do by then"
    assert told in whole.summary["warnings"]
    assert "one draw of chance (seed 0)" in " ".join(footer(whole.facts, []))


def test_what_happens_behind_a_deal_reads_well() -> None:
    told = str(shipped.result("interventions/pause-then-scaling").explain_intervention("deal"))
    assert "2029-06-01  Hidden: covert start: 2,271,126 H100e\n" in told
    assert "2030-02-05  Hidden: covert found: 100%\n" in told
