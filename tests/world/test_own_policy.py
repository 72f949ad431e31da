"""Policies of the user's own: what they see cannot be changed; answers that make no sense are told with their day."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sim.model.level import Level, Milestone
from sim.model.policy import UserPolicy
from sim.policy import Decision, Shares, View, share_rest, shares, start_in_order, training_first
from sim.world import RunRecord, simulate
from sim.world.errors import PolicyError
from sim.world.simulate import SimulationError
from tests.world.build import after, draw, existing, lab, run, stock
from tests.world.observe import assert_conserved, assert_sound, days, events, held, log, only, tables, uses
from tests.world.worlds import busy

USE = {"training": 0.5, "experiments": 0.3, "research": 0.2}


def world(**values: Any) -> Any:
    rest = {"use": USE, "runs": [run("M", starts=10.0, length_days=20.0)], "models": [existing("O", -5.0, 1e24)]}
    return draw(lab(**{**rest, **values}), end=100.0)


def play(policy: Callable[[View], Any], item: Any = None) -> RunRecord:
    return simulate(item or world(), {"A": policy})


def in_parts(view: View) -> Decision:
    """`shares`, of what it is made of."""
    starts, waits = start_in_order(view, {kind: view.training_share * count for kind, count in view.total.items()})
    return Decision(starts, waits, {} if starts else share_rest(view))


@pytest.mark.parametrize(
    ("built_in", "name"), [(shares, "shares"), (training_first, "training_first"), (in_parts, "shares")]
)
def test_a_user_s_policy_that_calls_a_built_in_one_gives_the_same_bytes(
    built_in: Callable[[View], Any], name: str
) -> None:
    plain, own = busy(), busy()
    for item in plain.labs.values():
        item.policy = name
    seen: list[View] = []

    def policy(view: View) -> Any:
        seen.append(view)
        return built_in(view)

    found = tables(simulate(own, dict.fromkeys(own.labs, policy)))
    wanted = tables(simulate(plain))
    assert len(seen) > 100
    # Asked at rivals' releases and at milestones too, it does nothing then; but what it does for another reason at such
    # an instant is told as caused by both. Nothing else differs.
    events = found.pop("events").splitlines(), wanted.pop("events").splitlines()
    assert [line.split(",")[:-1] for line in events[0]] == [line.split(",")[:-1] for line in events[1]]
    assert found == wanted


def test_the_shares_of_a_mapping_hold_like_declared_ones() -> None:
    share = {"training": 0.2, "experiments": 0.5, "research": 0.2}
    mine = world()
    declared = world(use=share)
    found, wanted = tables(play(lambda view: share, mine)), tables(simulate(declared))
    assert found == wanted
    assert found != tables(simulate(world()))


def test_shares_may_hold_runs_back_or_put_training_first() -> None:
    record = play(lambda view: Shares(USE, view.day >= 15.0, review=15.0 if view.day < 15.0 else None))
    assert log(record, "M").started == 15.0
    assert log(record, "M").waits == [(10.0, 15.0, "the policy starts no run now")]
    assert days(record, "review") == [15.0]
    assert held(record, "training", 16.0) == pytest.approx(500.0)
    record = play(lambda view: Shares(USE, training_first=True))
    assert held(record, "training", 16.0) == pytest.approx(1000.0)


def test_what_shares_leave_and_what_is_named_idle_is_idle() -> None:
    record = play(lambda view: {"experiments": 0.25, "idle": 0.75})
    assert uses(record, 5.0) == pytest.approx({"experiments": 250.0, "idle": 750.0})
    assert log(record, "M").started is None


def test_what_a_policy_sees() -> None:
    found: dict[float, View] = {}
    held: dict[float, Any] = {}
    active: dict[float, Any] = {}

    def policy(view: View) -> Any:
        found[view.day] = view
        held[view.day] = [(dict(each.held), each.spec.length_days) for each in view.running]
        active[view.day] = [mark.active for mark in view.earmarks]
        return shares(view)

    rival = lab("B", use=USE, models=[existing("P", -50.0, 1e23, -20.0), existing("Q", -5.0, 1e26),
                                      existing("R", 5.0, 1e25, 40.0)])  # fmt: skip
    mine = world(after_training=after("research", for_days=15.0)).labs["A"]
    levels = {"L": Level(name="L", effective_flop=1e24)}
    milestones = {"m": Milestone(name="m", level="L", lab="B")}
    simulate(draw(mine, rival, end=100.0, levels=levels, milestones=milestones), {"A": policy})
    start, due, marked, released = found[0.0], found[10.0], found[30.0], found[40.0]
    assert (start.lab, start.date, dict(start.total)) == ("A", date(2026, 1, 1), {"H100": 1000.0})
    assert [model.name for model in start.models] == ["O"] and start.usable_models == {"O"}
    assert [(model.lab, model.name) for model in start.rivals] == [("B", "P")]
    assert [model.name for model in released.rivals] == ["P", "R"]
    assert dict(start.levels) == {"L": -5.0} and dict(start.milestones) == {"m": 0.0}
    assert dict(start.shares) == USE
    # At day 10 it is called twice; the second time the run is in progress.
    assert [item.name for item in due.running] == ["M"] and due.due == ()
    assert held[10.0] == [({"H100": 500.0}, 20.0)]
    assert dict(due.in_training) == {"H100": 500.0} and dict(due.free) == {"H100": 500.0}
    assert active[30.0] == [True]
    assert marked.accelerators["H100"].peak("bf16") == 1e15
    assert "A" in repr(start)


CHANGES: dict[str, Callable[[View], Any]] = {
    "a view": lambda view: setattr(view, "day", 0.0),
    "delete": lambda view: delattr(view, "day"),
    "total": lambda view: view.total.update({"H100": 1e9}),
    "an item of total": lambda view: view.total.__setitem__("H100", 1e9),
    "shares": lambda view: view.shares.clear(),
    "due": lambda view: view.due.clear(),
    "a run": lambda view: setattr(view.due[0], "due", 0.0),
    "what a run holds": lambda view: view.running[0].held.__setitem__("H100", 0.0),
    "a run's statement": lambda view: setattr(view.due[0].spec, "length_days", 1.0),
    "a run's phases": lambda view: view.due[0].phases.append(None),
    "a run's work": lambda view: view.running[0].settle(50.0),
    "a model": lambda view: setattr(view.models[0], "effective_flop", 1e30),
    "models": lambda view: view.models.append(None),
    "usable models": lambda view: view.usable_models.add("M"),
    "an earmark": lambda view: view.earmarks[0].take("H100", 100.0),
    "an earmark's fleet": lambda view: setattr(view.earmarks[0].fleet, "best", None),
    "a rival's model": lambda view: setattr(view.rivals[0], "lab", "A"),
    "an accelerator": lambda view: view.accelerators["H100"].peak_flop_per_s.clear(),
    "levels": lambda view: view.levels.clear(),
    "milestones": lambda view: view.milestones.clear(),
}


@pytest.mark.parametrize("what", CHANGES)
def test_nothing_of_the_view_can_be_changed(what: str) -> None:
    runs = [run("M", starts=10.0, length_days=20.0), run("N", starts=31.0, length_days=20.0, share=0.9)]
    item = world(after_training=after("research"), runs=runs)
    item.labs["B"] = lab("B", use=USE, models=[existing("P", -50.0, 1e23, -20.0)])
    refused = []

    def policy(view: View) -> Any:
        try:
            CHANGES[what](view)
        except (AttributeError, TypeError):
            refused.append(view.day)
        except IndexError:
            pass  # there is none yet
        return shares(view)

    record = simulate(item, {"A": policy})
    assert refused
    found, wanted = tables(record), tables(simulate(item))
    assert found == wanted
    assert_sound(record)


def test_views_of_one_object_are_equal() -> None:
    kept: list[Any] = []

    def policy(view: View) -> Any:
        kept.extend(view.running)
        assert all(item in view.running and hash(item) == hash(item) for item in view.running)
        return shares(view)

    play(policy)
    assert len(kept) > 0 and len({hash(item) for item in kept}) == 1


def starts(view: View, *held: dict[str, float]) -> list[Any]:
    return [(item, each) for item in view.due for each in held]


NONSENSE: dict[str, tuple[Callable[[View], Any], float, str]] = {
    "nothing": (lambda view: None, 0.0, "returns None; a policy returns Shares"),
    "a number": (lambda view: 0.5, 0.0, "returns 0.5"),
    "an unknown use": (lambda view: {"reserch": 0.1}, 0.0, "gives a share to 'reserch'; there are experiments, idle,"),
    "more than all": (lambda view: {"experiments": 0.7, "training": 0.4}, 0.0, "gives out 110% of the cluster"),
    "more than all with idle": (lambda view: {"experiments": 0.7, "idle": 0.4}, 0.0, "gives out 110%"),
    "a negative share": (lambda view: {"experiments": -0.1}, 0.0, "gives experiments the share -0.1"),
    "a share of NaN": (lambda view: {"experiments": float("nan")}, 0.0, "the share nan"),
    "a share in words": (lambda view: {"experiments": "10%"}, 0.0, "the share '10%'"),
    "a flag as a share": (lambda view: {"experiments": True}, 0.0, "the share True"),
    "shares of a list": (lambda view: Shares([1, 2]), 0.0, r"gives \[1, 2\] as shares"),
    "uses of a list": (lambda view: Decision([], [], []), 0.0, r"gives \[\] as uses"),
    "a use that is no mapping": (lambda view: Decision([], [], {"research": 5.0}), 0.0, "gives research 5.0, not a"),
    "an unknown type": (lambda view: Decision([], [], {"research": {"Q": 5.0}}), 0.0, "gives out 'Q', which"),
    "training as a use": (lambda view: Decision([], [], {"training": {"H100": 5.0}}), 0.0, "by `starts`"),
    "NaN accelerators": (lambda view: Decision([], [], {"research": {"H100": float("nan")}}), 0.0, "gives nan H100"),
    "endless accelerators": (lambda view: Decision([], [], {"research": {"H100": float("inf")}}), 0.0, "inf H100"),
    "more than there is": (lambda view: Decision([], [], {"research": {"H100": 1001.0}}), 0.0, "gave out 1 H100 that"),
    "more together": (
        lambda view: Decision([], [], {"research": {"H100": 600.0}, "experiments": {"H100": 600.0}}), 0.0,
        "gave out 200 H100 that",
    ),
    "starts that are none": (lambda view: Decision(5, [], {}), 0.0, "gives 5 as `starts`"),
    "a run by its name": (lambda view: Decision([("M", {"H100": 5.0})], [], {}), 0.0, "names 'M', which is no run"),
    "too much for a run": (lambda view: Decision(starts(view, {"H100": 1001.0}), [], {}), 10.0, "1,000 are free"),
    "a run of nothing": (lambda view: Decision(starts(view, {}), [], {}), 10.0, "starts M without accelerators"),
    "a run twice": (lambda view: Decision(starts(view, {"H100": 5.0}, {"H100": 6.0}), [], {}), 10.0, "starts M twice"),
    "started and waiting": (
        lambda view: Decision(starts(view, {"H100": 5.0}), [(item, "no") for item in view.due], {}), 10.0,
        "starts M and leaves it waiting at once",
    ),
    "a reason that is none": (lambda view: Decision([], [(item, 5) for item in view.due], {}), 10.0, "says 5 as the"),
    "waiting in progress": (
        lambda view: shares(view)._replace(waits=[(item, "no") for item in view.running]), 10.0, "lets M wait,",
    ),
    "a gang resized": (
        lambda view: Decision([(item, {"H100": 5.0}) for item in view.running], [], {}) if view.running
        else shares(view), 10.0, "resizes M, which is in progress and not elastic",
    ),
    "a review of NaN": (lambda view: shares(view)._replace(review=float("nan")), 0.0, "asks for a review on day nan"),
    "a review without end": (lambda view: shares(view)._replace(review=float("inf")), 0.0, "review on day inf"),
    "a review in words": (lambda view: shares(view)._replace(review="2027-01-01"), 0.0, "review on day '2027-01-01'"),
}  # fmt: skip


@pytest.mark.parametrize("what", NONSENSE)
def test_an_answer_that_makes_no_sense_is_told_with_lab_day_and_record(what: str) -> None:
    policy, day, message = NONSENSE[what]
    with pytest.raises(SimulationError, match=message) as error:
        play(policy)
    assert "the policy of A" in str(error.value)
    assert error.value.day == day
    record = error.value.record
    assert {event[2] for event in record.events} >= {"on_hand", "model_on_hand"}
    record.gangs = [gang for gang in record.gangs if gang[0] < day]  # the instant itself is half done
    record.splits = [split for split in record.splits if split[0] < day]
    if day > 0.0:
        assert uses(record, day) == uses(record, 0.0) != {}
        assert_conserved(record)


def test_a_run_without_its_base_cannot_be_started() -> None:
    item = world(runs=[run("M", starts=10.0, length_days=20.0), run("N", starts=10.0, length_days=5.0, base="M")])
    with pytest.raises(SimulationError, match="starts N, whose base M is not there yet"):
        play(lambda view: Decision([(each, {"H100": 5.0}) for each in view.due], [], {}), item)


def test_a_run_that_was_started_is_no_longer_there_later() -> None:
    kept: list[Any] = []

    def policy(view: View) -> Any:
        kept.extend(view.due)
        if view.day > 30.0:
            return Decision([(kept[0], {"H100": 5.0})], [], {})
        return shares(view)

    with pytest.raises(SimulationError, match="names <Run M>, which is no run that is due or in progress now"):
        play(policy, world(compute=[stock(1000.0), stock(5.0, on=50.0)]))


def test_an_elastic_run_that_goes_back_and_forth_at_one_instant_is_told() -> None:
    def policy(view: View) -> Any:
        if view.elastic:
            now = view.elastic[0].held.get("H100", 0.0)
            return Decision([(view.elastic[0], {"H100": 300.0 if now == 200.0 else 200.0})], [], {})
        return shares(view)

    item = world(runs=[run("E", starts=10.0, flop=1e25, elastic=True)])
    with pytest.raises(SimulationError, match="the policy of A goes on starting and resizing runs at one instant: E"):
        play(policy, item)


# Reviews


def test_reviews_in_the_past_are_none_and_after_the_end_never_come() -> None:
    called = []

    def policy(view: View) -> Any:
        called.append(view.day)
        return shares(view)._replace(review=-5.0 if view.day == 0.0 else 5.0 if view.day == 10.0 else 1e6)

    record = play(policy)
    assert sorted(set(called)) == [0.0, 10.0, 30.0, 60.0]
    assert events(record, "review") == []


def test_one_day_asked_for_twice_is_one_review() -> None:
    record = play(lambda view: shares(view)._replace(review=50.0 if view.day < 50.0 else None))
    assert days(record, "review") == [50.0]


def test_a_review_may_be_a_date() -> None:
    asked = date(2026, 2, 20)
    record = play(lambda view: shares(view)._replace(review=asked if view.date < asked else None))
    assert days(record, "review") == [50.0]


def test_a_review_at_once_again_and_again_names_the_policy() -> None:
    with pytest.raises(SimulationError, match=r"100 rounds.*again: The review that its policy asked for \(lab A\)"):
        play(lambda view: shares(view)._replace(review=view.day))


def test_a_review_every_day_comes_every_day() -> None:
    record = play(lambda view: shares(view)._replace(review=view.day + 1.0))
    assert days(record, "review") == [float(day) for day in range(1, 100)]


def test_a_rival_s_release_is_a_reason_to_ask_and_a_cause() -> None:
    rival = lab("B", use=USE, models=[existing("P", -50.0, 1e23, 40.5)])
    item = draw(world().labs["A"], rival, end=100.0)
    late = dataclasses.replace(item.labs["A"], runs=[run("M", starts=40.0, length_days=20.0)])
    item.labs["A"] = late
    record = simulate(item, {"A": lambda view: Shares(USE, starts_runs=bool(view.rivals))})
    start = only(events(record, "run_started", "M"))
    assert start[0] == 40.5
    assert "model_public" in {record.events[cause][2] for cause in start[7]}


def test_a_policy_that_is_only_source_cannot_be_simulated_by_the_kernel() -> None:
    item = world(policy=UserPolicy(file="mine.py", function="f", text="def f(view): ..."))
    with pytest.raises(PolicyError, match="the policy of A is code, mine.py:f"):
        simulate(item)
