"""A run that is cut and looked at again: by other interventions, at its phases, as it resumes, as it is resized."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from sim.model.intervention import Intervention
from sim.model.level import Level
from sim.model.shock import Shock
from sim.tables.cut_runs import cut_runs
from sim.world.record import RunRecord
from tests.world.build import draw, lab, phase, run, stock
from tests.world.observe import FLOP_PER_DAY, assert_sound, days, events, log, only
from tests.world.test_intervention import pause, under

USE = {"training": 0.5, "experiments": 0.5}


def cut(*interventions: Intervention, of: Any = None, delivered: tuple[tuple[float, float], ...] = (),
        **values: Any) -> RunRecord:  # fmt: skip
    """A run from day 20 on 500 of 1000 H100, for 60 days if nothing else is said: 30,000 H100-days."""
    run_of = run("R", **{"starts": 20.0, "share": 0.5, "length_days": 60.0, **(of or {})})
    compute = [stock(1000.0), *(stock(count, on=day) for day, count in delivered)]
    level = Level(name="weak", effective_flop=10_000.0 * FLOP_PER_DAY)
    record = under(draw(lab("A", compute=compute, use=USE, runs=[run_of]), end=300.0, levels={"weak": level}, **values),
                   *interventions)  # fmt: skip
    assert_sound(record)
    return record


def told(record: RunRecord) -> list[tuple[float, float]]:
    """(day, H100-days that are left) of each cut."""
    return [(event[0], round(event[4] / FLOP_PER_DAY, 1)) for event in events(record, "run_cut")]


def size(record: RunRecord) -> float:
    return log(record, "R").flop / FLOP_PER_DAY


def others(*starts: float) -> list[Intervention]:
    """Interventions that do nothing to runs, but let them be looked at."""
    return [pause(name=f"other-{day}", starts=day, slow_deliveries=0.5) for day in starts]


CAPS = ({"cap_run_flop": 10_000.0 * FLOP_PER_DAY}, {"hold_at": "weak"})


@pytest.mark.parametrize("cap", CAPS)
@pytest.mark.parametrize("starts", [0.0, 25.0])
def test_a_cap_that_holds_by_half_is_eased_from_what_was_meant_to_be(cap: dict[str, Any], starts: float) -> None:
    """Half of the way from 10,000 to 30,000 is 20,000, however often it is looked at."""
    eased = pause(name="cap", starts=starts, holds=0.5, **cap)
    for more in ([], others(40.0), others(40.0, 41.0, 42.0)):
        record = cut(eased, *more)
        assert size(record) == pytest.approx(20_000.0, rel=2e-6)
        assert told(record) == [(max(20.0, starts), 20_000.0)]


@pytest.mark.parametrize("cap", CAPS)
def test_nor_is_it_cut_more_at_each_of_its_phases(cap: dict[str, Any]) -> None:
    eased = pause(name="cap", starts=0.0, holds=0.5, **cap)
    for n in (2, 4):
        record = cut(eased, of={"phases": [phase(f"p{k}", flop_share=1.0 / n) for k in range(n)]})
        assert size(record) == pytest.approx(20_000.0, rel=2e-6)
        assert told(record) == [(20.0, 20_000.0)]


def test_nor_while_it_is_suspended() -> None:
    """Suspended on day 30 with 5,000 done, looked at as the cluster grows: from day 130 it has 15,000 to do."""
    short = pause(name="share", starts=30.0, lasts=100.0, cap_training_share=0.01)
    eased = pause(name="cap", starts=30.0, cap_run_flop=10_000.0 * FLOP_PER_DAY, holds=0.5)
    record = cut(eased, short, delivered=((70.0, 100.0), (75.0, 100.0)))
    assert days(record, "run_finished") == [pytest.approx(160.0)]
    assert told(record) == [(30.0, 20_000.0)]


def test_one_that_cuts_a_run_in_two_ways_is_named_once() -> None:
    """A cap of 20,000 takes a third of its 500 H100, a cap on the share 200 of 1000: two fifths in all."""
    record = cut(pause(name="cap", cap_run_flop=20_000.0 * FLOP_PER_DAY, cap_training_share=0.2))
    assert only(events(record, "run_cut"))[6]["interventions"] == ["cap"]
    row = cut_runs(record)["cap"]["A/R"]
    assert row["accelerators_share"] == pytest.approx(0.4)
    assert row["flop"] == pytest.approx(12_000.0 * FLOP_PER_DAY)


# Elastic runs that work for 60 days, with 500 H100 at first

LOST = {"lost": Shock(name="lost", on=30.0, cluster_lost=0.9, binds=[])}
SIZES: dict[str, tuple[dict[str, Any], dict[str, Any], list[float], float, float]] = {
    # 5,000 by day 30, then 1,000 a day
    "larger": ({"cap_run_flop": 10_000.0}, {"delivered": ((30.0, 1000.0),)}, [20.0], 35.0, 10_000.0),
    "over": ({"cap_run_flop": 10_000.0, "lasts": 25.0}, {"delivered": ((30.0, 1000.0),)}, [20.0], 35.0, 10_000.0),
    "too large later": ({"cap_run_flop": 40_000.0}, {"delivered": ((30.0, 1000.0),)}, [30.0], 65.0, 40_000.0),
    # in 50 days more on 50 H100 it has 2,500 more
    "smaller": ({"cap_run_flop": 10_000.0}, {"shocks": LOST}, [20.0], 80.0, 7_500.0),
    "no longer": ({"cap_run_flop": 10_000.0, "starts": 25.0}, {"shocks": LOST}, [25.0], 80.0, 7_500.0),
    "back": ({"cap_run_flop": 10_000.0}, {"shocks": LOST, "delivered": ((40.0, 900.0),)}, [20.0], 49.0, 10_000.0),
    # of 30,000 it loses half, for good: that it is larger from day 30 on only makes it sooner
    "eased": ({"cap_run_flop": 0.0, "holds": 0.5, "starts": 25.0},
              {"delivered": ((30.0, 1000.0),)}, [25.0], 40.0, 15_000.0),
}  # fmt: skip


@pytest.mark.parametrize("which", SIZES)
@pytest.mark.parametrize("n", [1, 2])
def test_an_elastic_run_has_no_more_than_it_may_at_any_size_nor_works_longer(which: str, n: int) -> None:
    cap, values, cuts, ends, made = SIZES[which]
    shares = [phase(f"p{k}", flop_share=1.0 / n) for k in range(n)]
    flop = cap["cap_run_flop"] * FLOP_PER_DAY
    cap = {"starts": 0.0, **cap, "cap_run_flop": flop}
    record = cut(pause(**cap), of={"elastic": True, "phases": shares}, **values)
    assert days(record, "run_finished") == [pytest.approx(ends)]
    assert size(record) == pytest.approx(made)
    assert size(record) <= made * (1.0 + 1e-12)
    assert [day for day, _ in told(record)] == cuts


def test_all_that_cut_a_run_equally_are_named() -> None:
    """Of 30,000 the caps `a` and `b` leave 20,000 each, `c` more; so once an elastic one has grown."""
    caps = [pause(name=name, starts=0.0, cap_run_flop=flop * FLOP_PER_DAY)
            for name, flop in (("c", 25_000.0), ("b", 20_000.0), ("a", 20_000.0))]  # fmt: skip
    grows: dict[str, Any] = {"of": {"elastic": True, "length_days": 30.0}, "delivered": ((30.0, 1000.0),)}
    for record in (cut(*caps), cut(*caps, **grows)):
        assert only(events(record, "run_cut"))[6]["interventions"] == ["a", "b"]
        assert set(cut_runs(record)) == {"a", "b"}
    waits = cut(*(dataclasses.replace(cap, over_cap="wait") for cap in caps))
    assert "a and b cap runs at" in events(waits, "run_waits")[0][6]["reason"]
