"""`policy: phases`, worked out by hand in small worlds: what holds when, from which instant, and what caused it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from sim.base.series import Series
from sim.model.level import Level, Milestone
from sim.model.policy import Conditions, PolicyPhase
from sim.world import RunRecord, simulate
from tests.world.build import after, draw, existing, lab, run, stock
from tests.world.observe import assert_sound, days, events, held, log, only, tables, uses
from tests.world.test_inert import without
from tests.world.worlds import busy

USE = {"training": 0.5, "experiments": 0.5}
"""What the lab declares for itself; the last phase of these tests states no shares and so has these."""


def phased(*phases: PolicyPhase, **values: Any) -> Any:
    return lab(policy="phases", phases=[*phases, PolicyPhase(name="else")], **{"use": USE, **values})


def phase(name: str, training: float | None = None, **options: Any) -> PolicyPhase:
    """A phase that gives `training` to training and the rest to experiments."""
    keys = ("starts_runs", "training_first")
    rest = {key: options.pop(key) for key in keys if key in options}
    use = {} if training is None else {"training": training, "experiments": 1.0 - training}
    return PolicyPhase(name=name, when=Conditions(**options), use=use, **rest)


def entered(record: RunRecord, owner: str = "A") -> list[tuple[float, str]]:
    return [(event[0], event[3]) for event in events(record, "policy_phase", lab=owner)]


def causes(record: RunRecord, name: str, number: int = 0) -> list[tuple[str, str]]:
    """(kind, subject) of what caused the entry of a phase."""
    event = events(record, "policy_phase", name)[number]
    return [(record.events[index][2], record.events[index][3]) for index in event[7]]


def test_a_date_changes_the_phase_at_its_instant_and_not_before() -> None:
    early = phase("early", 0.2, before=10.25)
    late = phase("late", 0.8, since=100.5)
    # One run a phase: each takes training's share of the day on which it starts.
    runs = [run(f"M{day}", starts=float(day), length_days=1.0) for day in (5, 50, 200)]
    record = simulate(draw(phased(early, late, runs=runs)))
    assert entered(record) == [(0.0, "early"), (10.25, "else"), (100.5, "late")]
    assert days(record, "review") == [10.25, 100.5]
    assert causes(record, "late") == [("review", "A")]
    assert [held(record, "training", day + 0.5) for day in (5, 50, 200)] == pytest.approx([200.0, 500.0, 800.0])
    assert_sound(record)


def test_a_run_s_state_three_phases_at_one_instant() -> None:
    due, busy_ = phase("due", 0.6, run="due"), phase("busy", 0.1, run="in progress")
    record = simulate(draw(phased(due, busy_, runs=[run(starts=10.0, length_days=20.0)])))
    # At day 10 the run is due, takes what that phase gives it, and is in progress within the same decision.
    assert entered(record) == [(0.0, "else"), (10.0, "due"), (10.0, "busy"), (30.0, "else")]
    assert causes(record, "due") == [("run_due", "M")]
    assert causes(record, "busy") == [("run_started", "M")]
    assert causes(record, "else", 1)[0] == ("run_finished", "M")
    assert held(record, "training", 15.0) == pytest.approx(600.0)
    assert held(record, "experiments", 15.0) == pytest.approx(400.0)
    assert_sound(record)


def test_none_in_progress_is_the_opposite_of_in_progress() -> None:
    idle = phase("idle", 0.0, run="none in progress")
    record = simulate(draw(phased(idle, runs=[run(starts=10.0, length_days=20.0, share=0.25)])))
    assert entered(record) == [(0.0, "idle"), (10.0, "else"), (30.0, "idle")]


def test_days_since_the_last_own_release() -> None:
    fresh = phase("fresh", 0.1, released_within_days=60.0)
    stale = phase("stale", 0.9, no_release_days=200.0)
    # Public on day -20 and on day 300 (finished on 270, public 30 days later).
    item = phased(fresh, stale, models=[existing("O", -50.0, 1e24, -20.0)],
                  runs=[run(starts=260.0, length_days=10.0)])  # fmt: skip
    record = simulate(draw(item, end=600.0))
    assert entered(record) == [
        (0.0, "fresh"), (40.0, "else"), (180.0, "stale"), (300.0, "fresh"), (360.0, "else"), (500.0, "stale"),
    ]  # fmt: skip
    assert ("model_public", "M") in causes(record, "fresh", 1)
    # The run starts in the stale phase, with 90% of the cluster.
    assert held(record, "training", 265.0) == pytest.approx(900.0)


def test_a_lab_that_never_released_has_no_release_for_any_time() -> None:
    record = simulate(draw(phased(phase("fresh", 0.1, released_within_days=900.0), phase("none", no_release_days=5.0))))
    assert entered(record) == [(0.0, "none")]


def test_behind_a_rival_from_the_instant_of_its_release() -> None:
    behind = phase("behind", 0.9, behind=2.0)
    rival = lab("B", models=[existing("P", -5.0, 3.9e24, 10.0), existing("Q", -5.0, 4e24, 30.0)])
    item = phased(
        behind, models=[existing("O", -5.0, 2e24)], runs=[run(starts=25.0, length_days=50.0, effective_flop=1e25)],
    )  # fmt: skip
    record = simulate(draw(item, rival, end=200.0))
    # 3.9e24 is 1.95 times 2e24; 4e24 is twice. M, of 1e25, ends it on the day on which it is internal.
    assert entered(record) == [(0.0, "else"), (30.0, "behind"), (75.0, "else")]
    assert causes(record, "behind") == [("model_public", "Q")]
    assert not any(event[2] == "policy_phase" for event in record.events if event[1] == "B")


def test_ahead_of_rivals_public_models() -> None:
    ahead = phase("ahead", 0.1, ahead=2.0)
    rival = lab("B", models=[existing("P", -5.0, 1e25, 30.0)])
    item = phased(ahead, models=[existing("O", -5.0, 1.9e25, None), existing("N", 50.0, 2e25, None)])
    record = simulate(draw(item, rival, end=100.0))
    assert entered(record) == [(0.0, "ahead"), (30.0, "else"), (50.0, "ahead")]


def test_rivals_releases_and_levels_count_when_they_are_public() -> None:
    near = phase("near", 0.9, rival_released_within_days=7.0)
    passed = phase("passed", 0.7, rival_level="L")
    quiet = phase("quiet", 0.2, no_rival_release_days=5.0)
    rival = lab("B", models=[existing("P", -5.0, 1e25, 20.0), existing("Q", -5.0, 1e23, 10.0)])
    levels = {"L": Level(name="L", effective_flop=1e25)}
    record = simulate(draw(phased(near, passed, quiet), rival, end=100.0, levels=levels))
    assert entered(record) == [(0.0, "quiet"), (10.0, "near"), (17.0, "quiet"), (20.0, "near"), (27.0, "passed")]


def test_own_level_milestone_and_cluster() -> None:
    first = phase("level", 0.1, level="L")
    second = phase("milestone", 0.2, milestone="m")
    third = phase("large", 0.3, h100e_at_least=1500.0)
    fourth = phase("small", 0.4, h100e_below=1200.0)
    rival = lab("B", compute=[stock(100.0), stock(100.0, on=40.0)])
    item = phased(
        first, second, third, fourth, models=[existing("O", 50.0, 1e25)],
        compute=[stock(1000.0), stock(300.0, on=10.0), stock(300.0, on=20.0, life_days=10.0)],
    )  # fmt: skip
    world = draw(
        item, rival, end=100.0, levels={"L": Level(name="L", effective_flop=1e25)},
        milestones={"m": Milestone(name="m", lab="B", h100e=150.0)},
    )  # fmt: skip
    ratio = world.accelerators["H100"].h100e
    assert ratio == pytest.approx(1e15 / 989.4e12)
    record = simulate(world)
    assert entered(record) == [
        (0.0, "small"), (10.0, "else"), (20.0, "large"), (30.0, "else"), (40.0, "milestone"), (50.0, "level"),
    ]  # fmt: skip
    assert causes(record, "milestone") == [("milestone", "m")]
    assert causes(record, "large") == [("delivery", "H100")]
    assert_sound(record)


def test_an_earmark_and_its_end() -> None:
    use = {"training": 0.5, "experiments": 0.3, "research": 0.2}
    marked = PolicyPhase(name="marked", when=Conditions(earmark=True), use={"training": 0.1, "experiments": 0.9})
    item = phased(marked, use=use, runs=[run(starts=0.0, length_days=10.0)],
                  after_training=after("research", for_days=20.0))  # fmt: skip
    record = simulate(draw(item, end=100.0))
    assert entered(record) == [(0.0, "else"), (10.0, "marked"), (30.0, "else")]
    # The earmark holds what the run had; the phase gives the rest to experiments, where the shares gave research some.
    assert uses(record, 20.0) == pytest.approx({"research": 500.0, "experiments": 500.0})
    assert uses(record, 50.0) == pytest.approx({"research": 400.0, "experiments": 600.0})
    assert_sound(record)


def test_an_earmark_that_a_starting_run_ends_changes_the_phase_in_the_same_decision() -> None:
    use = {"training": 0.5, "experiments": 0.3, "research": 0.2}
    marked = PolicyPhase(name="marked", when=Conditions(earmark=True), use={"training": 0.6, "experiments": 0.4})
    runs = [run("M", starts=0.0, length_days=10.0), run("N", starts=42.0, length_days=10.0)]
    record = simulate(draw(phased(marked, use=use, runs=runs, after_training=after("research")), end=45.0))
    assert entered(record) == [(0.0, "else"), (10.0, "marked"), (42.0, "else")]
    assert {kind for kind, _ in causes(record, "else", 1)} == {"run_started", "earmark_ended"}
    assert uses(record, 43.0) == pytest.approx({"training": 600.0, "experiments": 200.0, "research": 200.0})
    assert_sound(record)


def test_runs_wait_for_a_phase_that_starts_them() -> None:
    quiet = phase("quiet", 0.5, before=50.0, starts_runs=False)
    runs = [run("M", starts=-5.0, length_days=10.0), run("N", starts=10.0, length_days=10.0)]
    record = simulate(draw(phased(quiet, runs=runs)))
    assert log(record, "M").started == -5.0, "a run in progress at the start goes on"
    assert log(record, "N").started == 50.0
    assert log(record, "N").waits == [(10.0, 50.0, "the policy starts no run in phase quiet")]
    start = only(events(record, "run_started", "N"))
    assert "policy_phase" in {record.events[cause][2] for cause in start[7]}


def test_training_first_in_a_phase() -> None:
    rush = phase("rush", 0.1, since=20.0, training_first=True)
    runs = [run("M", starts=5.0, length_days=10.0), run("N", starts=30.0, length_days=10.0)]
    record = simulate(draw(phased(rush, runs=runs)))
    assert held(record, "training", 6.0) == pytest.approx(500.0)
    assert held(record, "training", 31.0) == pytest.approx(1000.0)


def test_uses_that_a_phase_does_not_name_get_nothing_and_what_it_leaves_is_idle() -> None:
    use = {"training": 0.2, "experiments": 0.4, "research": 0.4}
    only_research = PolicyPhase(name="r", when=Conditions(since=10.0), use={"research": 0.7})
    record = simulate(draw(phased(only_research, use=use, models=[existing("O", -5.0, 1e24)]), end=50.0))
    assert uses(record, 5.0) == pytest.approx({"experiments": 500.0, "research": 500.0})
    assert uses(record, 20.0) == pytest.approx({"research": 700.0, "idle": 300.0})


def test_a_dated_share_moves_under_a_phase_that_states_none() -> None:
    declared = {"training": 0.2, "experiments": Series(((0.0, 0.8), (30.0, 0.4), (60.0, 0.6)))}
    fixed_ = phase("fixed", 0.5, since=20.0, before=40.0)
    record = simulate(draw(phased(fixed_, use=declared, models=[existing("O", -5.0, 1e24)]), end=100.0))
    assert [held(record, "idle", day) for day in (10.0, 35.0, 50.0, 70.0)] == pytest.approx([0.0, 0.0, 400.0, 200.0])


def test_a_phase_whose_review_has_been_overtaken_does_nothing() -> None:
    """Two releases: the date that the first one set for `no_release_for` passes without a change of phase."""
    stale = phase("stale", 0.9, no_release_days=50.0)
    item = phased(stale, models=[existing("O", -5.0, 1e24, 0.0), existing("P", -5.0, 1e24, 30.0)])
    record = simulate(draw(item, end=100.0))
    assert entered(record) == [(0.0, "else"), (80.0, "stale")]
    assert days(record, "review") == [50.0, 80.0]


def alike(item: Any) -> list[PolicyPhase]:
    """Phases of all kinds of conditions which all give what the lab declares."""
    stated = all(series.constant for series in item.use.values())
    use = {name: series.at(0.0) for name, series in item.use.items()} if stated else {}
    conditions = [
        Conditions(since=40.0, before=41.0),
        Conditions(run="due"),
        Conditions(run="in progress", earmark=True),
        Conditions(released_within_days=20.0, behind=1.5),
        Conditions(rival_released_within_days=11.0),
        Conditions(no_release_days=33.0, no_rival_release_days=20.0),
        Conditions(ahead=1.1, h100e_at_least=300.0),
        Conditions(earmark=False, h100e_below=2000.0),
    ]
    phases = [PolicyPhase(name=f"p{k}", when=when, use=use) for k, when in enumerate(conditions)]
    return [*phases, PolicyPhase(name="else", use=use)]


def test_phases_that_all_equal_the_shares_give_the_same_bytes_but_for_their_own_rows() -> None:
    plain, phases = busy(), busy()
    for world in (plain, phases):
        for item in world.labs.values():
            item.policy = "shares"
    for item in phases.labs.values():
        item.policy, item.phases = "phases", alike(item)
    record = simulate(phases)
    assert len(entered(record, "Aurora")) > 10 and len({name for _, name in entered(record, "Aurora")}) >= 5
    assert_sound(record)
    found, wanted = tables(record), tables(simulate(plain))
    assert without(found.pop("events"), "/policy_phase/", "/review/") == wanted.pop("events")
    assert found == wanted


def test_phases_that_differ_give_other_bytes() -> None:
    """The comparison above can fail."""
    plain, phases = busy(), busy()
    for item in phases.labs.values():
        item.policy, item.phases = "phases", [PolicyPhase(name="else", use={"experiments": 1.0})]
    assert tables(simulate(plain))["trajectory"] != tables(simulate(phases))["trajectory"]


def test_a_policy_without_a_last_phase_is_told() -> None:
    item = dataclasses.replace(phased(), phases=[phase("never", since=1e6)])
    with pytest.raises(Exception, match="no phase of A's policy holds"):
        simulate(draw(item))
