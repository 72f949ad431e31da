"""Interventions that cap, tax, slow or ask for a minimum, by cases worked by hand."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from sim.base.series import fixed
from sim.model.cluster import Supply
from sim.model.shock import Shock
from sim.model.training_run import AfterTraining
from sim.tables.cut_runs import cut_runs, cut_runs_text
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import after, draw, existing, fleet, lab, phase, run, stock
from tests.world.observe import FLOP_PER_DAY, assert_sound, days, events, held, model, only, tables, uses
from tests.world.test_intervention import pause, under, yearly
from tests.world.worlds import busy


@pytest.mark.parametrize(
    "cap",
    [
        {"cap_run_flop": 1e40},
        {"cap_training": 1e12},
        {"cap_training_share": 1.0},
        {"cap_research": 1e12},
        {"cap_research_share": 1.0},
        {"tax": 0.0},
        {"slow_deliveries": 1.0},
        {"release_interval": 0.0},
        {"research_models_older_than": 0.0},
        {"minimum_shares": {"serving": 0.0}},
        {"cap_run_flop": 1.0, "holds": 0.0},
    ],
)
def test_a_cap_above_everything_changes_no_byte_but_its_own_rows(cap: dict[str, Any]) -> None:
    plain, text = tables(simulate(busy())), tables(under(busy(), pause(starts=100.0, **cap)))
    lines = [line for line in text.pop("events").splitlines() if "/pause/" not in line]
    assert lines == plain["events"].splitlines()
    assert text == {name: value for name, value in plain.items() if name != "events"}


# Runs

SIZES = {
    "length": {"share": 0.1, "length_days": 40.0},  # 100 H100 for 40 days: 4000 H100-days
    "accelerators": {"accelerators": {"H100": 100.0}, "flop": 4000.0 * FLOP_PER_DAY},
    "flop and length": {"flop": 4000.0 * FLOP_PER_DAY, "length_days": 40.0},
    "elastic": {"flop": 4000.0 * FLOP_PER_DAY, "elastic": True},
}


@pytest.mark.parametrize("form", sorted(SIZES))
@pytest.mark.parametrize("starts", [20.0, 50.0])
def test_a_run_is_cut_to_the_cap_before_it_starts_or_while_it_is_in_progress(form: str, starts: float) -> None:
    """Of 40 days from day 30 on, the cap of 3000 H100-days leaves 30; a run that has not started takes fewer
    accelerators for 40 days, unless it is elastic."""
    world = yearly(runs=[run("M", starts=30.0, **SIZES[form])], compute=[stock(1000.0)])
    record = under(world, pause(starts=starts, cap_run_flop=3000.0 * FLOP_PER_DAY))
    made = model(record)
    assert made.training_flop == pytest.approx(3000.0 * FLOP_PER_DAY)
    fewer = form != "elastic" and starts == 20.0
    assert made.finished == pytest.approx(70.0 if fewer else 60.0)
    assert held(record, "training", 35.0) == pytest.approx(75.0 if fewer else 100.0)
    told = only(events(record, "run_cut"))
    assert (told[0], told[3], told[4]) == (max(30.0, starts), "M", pytest.approx(3000.0 * FLOP_PER_DAY))
    left = {"training_days_left": pytest.approx(10.0)} if starts == 50.0 else {}
    assert told[6] == {"interventions": ["pause"], "planned_flop": pytest.approx(4000.0 * FLOP_PER_DAY),
                       "accelerators_share": pytest.approx(0.75 if fewer else 1.0), **left}  # fmt: skip
    assert [record.events[n][2] for n in told[7]] == ["run_due", "intervention_start"]
    assert_sound(record)


def test_a_run_that_has_nearly_what_it_may_stops_training_within_minutes_and_is_evaluated_as_planned() -> None:
    """100 H100 from day 30 on, 20 of 40 days done; the cap leaves 10 minutes more, of which 8 are pretraining."""
    stages = [phase("pretraining", flop_share=0.9), phase("post-training", flop_share=0.1),
              phase("evaluation", length_days=5.0)]  # fmt: skip
    world = yearly(runs=[run("M", starts=30.0, phases=stages, **SIZES["length"])], compute=[stock(1000.0)])
    minutes = 10.0 / 24.0 / 60.0
    record = under(world, pause(starts=50.0, cap_run_flop=100.0 * (20.0 + minutes) * FLOP_PER_DAY))
    cut = only(events(record, "run_cut"))
    assert cut[6]["training_days_left"] == pytest.approx(minutes, rel=1e-6)
    started = [event[0] for event in events(record, "phase_started")]
    assert started == [30.0, pytest.approx(50.0 + 0.8 * minutes, abs=1e-8), pytest.approx(50.0 + minutes, abs=1e-8)]
    assert model(record).finished == pytest.approx(55.0 + minutes, abs=1e-8)
    assert held(record, "training", 50.0 + minutes / 2.0) == 100.0
    told = cut_runs_text(cut_runs(record)["pause"])
    assert told == "1 run cut: A/M to 50% of its FLOP (in progress: it trains for 10 more minutes)"


@pytest.mark.parametrize("form", sorted(SIZES))
def test_a_later_cap_does_not_enlarge_a_run_that_one_has_cut(form: str) -> None:
    """Cut to 2000 H100-days on day 40, it is within the cap of 3000 of day 45, also where runs over that wait."""
    world = yearly(runs=[run("M", starts=30.0, **SIZES[form])], compute=[stock(1000.0)])
    first = pause(name="a", starts=40.0, lasts=3.0, cap_run_flop=2000.0 * FLOP_PER_DAY)
    later = pause(name="b", starts=45.0, cap_run_flop=3000.0 * FLOP_PER_DAY)
    for over_cap in ("cut", "wait"):
        made = model(under(world, first, dataclasses.replace(later, over_cap=over_cap)))
        assert made.training_flop == pytest.approx(2000.0 * FLOP_PER_DAY)
        assert made.finished == pytest.approx(50.0)


def test_a_run_over_the_cap_waits_or_is_suspended_if_it_has_passed_it() -> None:
    world = yearly(runs=[run("M", starts=30.0, **SIZES["length"])], compute=[stock(1000.0)])
    cap = pause(starts=20.0, lasts=50.0, cap_run_flop=3000.0 * FLOP_PER_DAY, over_cap="wait")
    record = under(world, cap)
    assert days(record, "run_started") == [70.0]
    assert "pause caps runs at" in events(record, "run_waits")[0][6]["reason"]
    assert days(under(world, dataclasses.replace(cap, starts=40.0)), "run_suspended") == [40.0]
    past = under(world, dataclasses.replace(cap, starts=65.0, over_cap="cut"))
    assert (days(past, "run_suspended"), days(past, "run_finished")) == ([65.0], [120.0])


def test_only_what_limits_a_run_says_what_becomes_of_it() -> None:
    world = yearly(runs=[run("M", starts=30.0, **SIZES["length"])], compute=[stock(1000.0)])
    cap = pause(name="cap", starts=20.0, cap_run_flop=3000.0 * FLOP_PER_DAY)
    share = pause(name="share", starts=20.0, cap_training_share=0.06)
    stop = pause(name="stop", starts=50.0, lasts=10.0, stops=["training"])
    other = pause(starts=10.0, continues={"experiments": 0.5}, over_cap="wait", suspended="destroy")
    assert model(under(world, cap, other)).finished == pytest.approx(70.0)
    assert held(under(world, share, other), "training", 35.0) == pytest.approx(60.0)
    assert model(under(world, stop, other)).finished == pytest.approx(80.0)
    wide = dataclasses.replace(other, continues={}, cap_run_flop=1e40, cap_training_share=0.5)
    assert model(under(world, cap, stop, wide)).finished == pytest.approx(80.0)
    tight = dataclasses.replace(other, continues={}, cap_training_share=0.09)
    assert days(under(world, dataclasses.replace(tight, starts=40.0)), "run_given_up") == [40.0]
    assert not days(under(world, share, tight), "run_started")


def test_a_cap_that_holds_by_half_cuts_half() -> None:
    world = yearly(runs=[run("M", starts=30.0, **SIZES["length"])], compute=[stock(1000.0)])
    record = under(world, pause(cap_run_flop=3000.0 * FLOP_PER_DAY, holds=0.5))
    assert model(record).training_flop == pytest.approx(3500.0 * FLOP_PER_DAY)


# Clusters


def test_caps_on_training() -> None:
    world = yearly(runs=[run("M", starts=30.0, length_days=40.0)], compute=[stock(1000.0)])
    for cap in ({"cap_training": 60.0 * 1e15 / 989.4e12}, {"cap_training_share": 0.06}, {"tax": 0.4}):
        record = under(world, pause(**cap))
        assert held(record, "training", 35.0) == pytest.approx(60.0)
    assert held(under(world, pause(cap_training_share=0.06, holds=0.5)), "training", 35.0) == pytest.approx(80.0)


def test_a_cluster_that_shrinks_suspends_a_run_that_is_then_over_a_cap() -> None:
    """150 of 1000 H100 are within a cap of 20%; of the 500 that a loss on day 50 leaves it is 100, of 800 from day 90
    on it is 160: the run goes on. A loss that leaves 900 suspends nothing, nor one under a cap of 200 H100e."""
    runs = [run("M", starts=30.0, share=0.15, length_days=40.0)]
    world = yearly(runs=runs, compute=[stock(1000.0), stock(300.0, on=90.0)])

    def course(lost: float, **cap: Any) -> list[tuple[float, str]]:
        shock = {"loss": Shock(name="loss", on=50.0, cluster_lost=lost, binds=[])}
        record = under(dataclasses.replace(world, shocks=shock), pause(**cap))
        assert_sound(record)
        kinds = ("run_started", "run_suspended", "run_given_up", "run_resumed", "run_finished")
        return [(round(e[0], 6), e[2]) for e in record.events if e[2] in kinds]

    whole = [(30.0, "run_started"), (70.0, "run_finished")]
    assert course(0.5) == course(0.1, cap_training_share=0.2) == course(0.5, cap_training=200.0) == whole
    broken = [(30.0, "run_started"), (50.0, "run_suspended")]
    assert course(0.5, cap_training_share=0.2) == [*broken, (90.0, "run_resumed"), (110.0, "run_finished")]
    assert course(0.5, cap_training_share=0.2, suspended="destroy") == [*broken, (50.0, "run_given_up")]


def test_a_cap_on_research_counts_training_experiments_and_ai() -> None:
    """Of 1000: training 100, experiments 500, research 100, serving 300. At most 350 leaves 250 beside the run, in
    the same proportion; serving gets the rest."""
    world = yearly(runs=[run("M", starts=30.0, length_days=40.0)], compute=[stock(1000.0)])
    record = under(world, pause(cap_research_share=0.35))
    found = uses(record, 35.0)
    assert found == pytest.approx(
        {"training": 100.0, "experiments": 250 * 5 / 6, "research": 250 / 6, "serving": 650.0}
    )
    before = uses(record, 20.0)  # no run: 350 for the two, lent shares in proportion
    assert before == pytest.approx({"experiments": 350 * 5 / 6, "research": 350 / 6, "serving": 650.0})
    assert_sound(record)


def test_a_tax_on_training_takes_as_much_of_each_run_as_it_says() -> None:
    """Declared are 7%, but a run takes 10% of 1000: with a tax of a fifth, 80, and four fifths of the FLOP."""
    use = {"training": 0.07, "experiments": 0.63, "serving": 0.3}

    def record(*interventions: Any, **values: Any) -> Any:
        each = run("M", starts=30.0, share=0.1, length_days=40.0, **values)
        return under(yearly(runs=[each], compute=[stock(1000.0)], use=use, fleets={"serving": fleet("serving")}),
                     *interventions)  # fmt: skip

    whole = model(record()).training_flop
    for part in ({"tax": 0.2}, {"continues": {"training": 0.8}}, {"stops": ["training"], "holds": 0.2}):
        found = record(pause(**part))
        assert held(found, "training", 35.0) == pytest.approx(80.0)
        assert model(found).training_flop == pytest.approx(0.8 * whole)
        assert_sound(found)
    # One that is in progress cannot shrink: it waits until the tax is over.
    late = record(pause(starts=40.0, lasts=10.0, tax=0.2))
    assert days(late, "run_suspended") == [40.0] and days(late, "run_resumed") == [50.0]


def test_where_runs_state_less_than_is_declared_a_tax_is_of_what_is_declared() -> None:
    """Declared are 20%, of which four fifths are left: enough for a run of 10%, not for two of 10% and 9%."""
    runs = [run("M", starts=30.0, share=0.1, length_days=40.0), run("N", starts=31.0, share=0.09, length_days=40.0)]
    use = {"training": 0.2, "experiments": 0.5, "serving": 0.3}
    world = yearly(runs=runs, compute=[stock(1000.0)], use=use, fleets={"serving": fleet("serving")})
    record = under(world, pause(tax=0.2))
    assert held(record, "training", 30.5) == pytest.approx(100.0)
    assert days(record, "run_started") == [30.0, 70.0]
    assert days(record, "run_started", "N") == [70.0]


def test_a_tax_goes_to_a_fleet() -> None:
    fleets = {key: fleet(key) for key in ("research", "serving")} | {
        "alignment": fleet("alignment", domain="alignment")
    }
    use = {"training": 0.2, "experiments": 0.4, "research": 0.1, "serving": 0.2, "alignment": 0.1}
    runs = [run("M", starts=30.0, length_days=40.0)]
    world = yearly(runs=runs, compute=[stock(1000.0)], use=use, fleets=fleets)
    record = under(world, pause(tax=0.2, freed="alignment"))
    assert uses(record, 35.0) == pytest.approx(
        {"training": 160.0, "experiments": 320.0, "research": 80.0, "serving": 200.0, "alignment": 240.0}
    )
    assert_sound(record)


def test_minimum_shares() -> None:
    """Serving 70%: the run may have 30%, and what is left of the rest goes on in proportion."""
    world = yearly(runs=[run("M", starts=30.0, length_days=40.0)], compute=[stock(1000.0)])
    record = under(world, pause(minimum_shares={"serving": 0.7}))
    assert uses(record, 35.0) == pytest.approx(
        {"training": 100.0, "serving": 700.0, "experiments": 200 * 5 / 6, "research": 200 / 6}
    )
    larger = yearly(runs=[run("M", starts=30.0, share=0.5, length_days=40.0)], compute=[stock(1000.0)])
    assert held(under(larger, pause(minimum_shares={"serving": 0.7})), "training", 35.0) == pytest.approx(300.0)
    assert held(under(larger, pause(minimum_shares={"serving": 0.7}, holds=0.0)), "training", 35.0) == 500.0
    assert_sound(record)


def test_slower_deliveries_are_lost_or_come_at_the_end() -> None:
    """10, 20, 30 … H100 on days 10, 20, 30 …: of those on days 30 and 40, 40% come."""
    batches = [stock(10.0 * k, on=10.0 * k) for k in range(1, 7)]
    batches.append(Supply(accelerator="TPU", count=50.0, on=35.0, life_days=20.0))
    world = draw(lab(compute=[stock(1000.0), *batches]), end=100.0)
    stop = pause(starts=25.0, lasts=20.0, slow_deliveries=0.4)
    record = under(world, stop)
    assert [e[4] for e in events(record, "delivery", "H100")] == pytest.approx([10.0, 20.0, 12.0, 16.0, 50.0, 60.0])
    assert [(e[0], e[4]) for e in events(record, "retirement", "TPU")] == [(55.0, pytest.approx(20.0))]
    banked = under(world, dataclasses.replace(stop, withheld="banked"))
    released = [(e[0], e[3], e[4]) for e in events(banked, "delivery_released")]
    assert [(day, kind) for day, kind, _ in released] == [(45.0, "H100"), (45.0, "TPU"), (45.0, "H100")]
    assert [count for *_, count in released] == pytest.approx([18.0, 30.0, 24.0])
    assert banked.clusters["A", "H100"][-1][1] == pytest.approx(simulate(world).clusters["A", "H100"][-1][1])
    assert [(e[0], e[4]) for e in events(banked, "retirement", "TPU")] == [
        (55.0, pytest.approx(20.0)), (65.0, pytest.approx(30.0)),
    ]  # fmt: skip
    shock = {"cut": Shock(name="cut", on=5.0, for_days=90.0, deliveries_lost=0.5, binds=[])}
    both = under(dataclasses.replace(world, shocks=shock), stop)
    assert [e[4] for e in events(both, "delivery", "H100")] == pytest.approx([5.0, 10.0, 6.0, 8.0, 25.0, 30.0])


# Models


def test_releases_keep_their_distance() -> None:
    """Runs end on days 80, 180, …, public 30 days later: 110, 210, … The last model was public on day -5."""
    world = yearly()
    record = under(world, pause(release_interval=140.0))
    assert days(record, "model_public")[:5] == [135.0, 275.0, 415.0, 555.0, 695.0]
    assert days(record, "model_internal") == days(simulate(world), "model_internal")
    half = under(world, pause(release_interval=140.0, starts=115.0, lasts=200.0))
    assert days(half, "model_public")[:4] == [110.0, 250.0, 315.0, 410.0]


@pytest.mark.parametrize("since", [50.0, 105.0, 115.0, 230.0])
def test_while_everything_stands_still_no_time_passes_between_releases(since: float) -> None:
    """Public on days 135, 275, 415 without it: what comes after its start comes 70 days later, and nothing else."""
    apart = pause(release_interval=140.0, starts=20.0)
    stop = pause(name="stop", starts=since, lasts=70.0, stops=["everything"])
    plain = days(under(yearly(), apart), "model_public")
    assert plain[:3] == [135.0, 275.0, 415.0]
    found = days(under(yearly(), apart, stop), "model_public")
    expected = [day + 70.0 if day > since else day for day in plain]
    assert found == [day for day in expected if day < 1000.0]


def test_research_with_old_models() -> None:
    """Models come on days 80, 180, …; with an age of 60 days research takes them up on days 140, 240, …"""
    old = existing("Old", -100.0, 1e20, -90.0)
    world = yearly(models=[old])
    record = under(world, pause(starts=10.0, lasts=300.0, research_models_older_than=60.0))
    taken = [(e[0], e[3]) for e in events(record, "fleet_model") if e[3].startswith("research:")]
    assert taken[:4] == [
        (0.0, "research:Old"), (140.0, "research:M-1"), (240.0, "research:M-2"), (310.0, "research:M-3")
    ][: len(taken[:4])]  # fmt: skip
    serving = [(e[0], e[3]) for e in events(record, "fleet_model") if e[3].startswith("serving:")]
    assert serving == [(e[0], e[3]) for e in events(simulate(world), "fleet_model") if e[3].startswith("serving:")]
    assert_sound(record)


def test_without_a_model_that_is_old_enough_research_has_no_ai() -> None:
    world = yearly(models=[existing("Old", -10.0, 1e20, -5.0)], runs=[], compute=[stock(1000.0)])
    record = under(world, pause(starts=5.0, research_models_older_than=60.0))
    assert held(record, "research", 4.0) > 100.0
    assert held(record, "research", 20.0) == 0.0
    assert held(record, "research", 50.0) == pytest.approx(1000.0 / 9.0)
    assert math.fsum(uses(record, 20.0).values()) == pytest.approx(1000.0)
    assert [e[3] for e in events(record, "fleet_model")] == ["research:Old", "serving:Old"]


def earmarked(models: list[Any], rule: AfterTraining | None = None, **values: Any) -> RunRecord:
    """A run holds 200 of 1000 H100 from day 20 to 80, which then go to research for 30 days; models must be 60 old."""
    spec = run("M", starts=20.0, accelerators={"H100": 200.0}, length_days=60.0)
    world = draw(lab(runs=[spec], models=models, after_training=rule or after("research", for_days=30.0)), end=300.0)
    record = under(world, pause(**{"starts": 10.0, "research_models_older_than": 60.0, **values}))
    assert_sound(record)
    return record


def test_an_earmark_for_research_waits_until_the_model_is_old_enough() -> None:
    old = [existing("Old", -100.0, 1e20, -90.0)]
    record = earmarked(old)
    assert (days(record, "earmark_started"), days(record, "earmark_ended")) == ([140.0], [170.0])
    shared = held(record, "research", 100.0)
    assert held(record, "research", 150.0, model="M") > 200.0 > shared == pytest.approx(1000.0 / 9.0)
    over = earmarked(old, lasts=90.0)  # it may use all of them again on day 100
    assert (days(over, "earmark_started"), days(over, "earmark_ended")) == ([100.0], [130.0])
    dated = earmarked(old, after("research", until=120.0))
    assert not days(dated, "earmark_started")
    assert "ended before the fleet might use the model" in dated.warnings[0][3]


def test_an_earmark_in_force_gives_way_where_no_model_is_old_enough_any_more() -> None:
    """It began on day 80 for the lab's only model, which from day 100 on is too young."""
    record = earmarked([], starts=100.0)
    assert (days(record, "earmark_started"), days(record, "earmark_ended")) == ([80.0], [100.0])
    assert events(record, "earmark_ended")[0][6]["reason"] == "no model is old enough for AI research"
    assert held(record, "research", 90.0) > 200.0 and held(record, "research", 120.0) == 0.0
    assert held(record, "research", 150.0) > 0.0


def test_a_model_that_is_too_new_is_put_back_for_an_older_one() -> None:
    models = [existing("Old", -100.0, 1e20, -90.0), existing("New", -10.0, 1e21, -5.0)]
    record = under(yearly(models=models, runs=[]), pause(starts=5.0, research_models_older_than=60.0))
    taken = [(e[0], e[3]) for e in events(record, "fleet_model") if e[3].startswith("research:")]
    assert taken == [(0.0, "research:Old"), (0.0, "research:New"), (5.0, "research:Old"), (50.0, "research:New")]


def test_people_of_a_world_without_limits_are_as_they_were() -> None:
    assert under(yearly(staff={"ai_research": fixed(5.0)}), pause(cap_training_share=0.1)).staff[
        "A", "ai_research"
    ] == [(0.0, 5.0)]
