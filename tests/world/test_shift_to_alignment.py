"""Compute shifted to alignment, by cases worked by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from sim.model.draw import Draw
from sim.model.level import Level
from sim.world.simulate import simulate
from tests.world.build import fleet, run, stock
from tests.world.observe import assert_sound, days, events, held, tables, uses
from tests.world.test_intervention import pause, under, yearly
from tests.world.worlds import busy

USE = {"training": 0.1, "experiments": 0.4, "research": 0.1, "serving": 0.3, "alignment": 0.1}


def world(**values: Any) -> Draw:
    names = [use for use in USE if use not in ("training", "experiments")]
    fleets = {name: fleet(name, domain="alignment" if name == "alignment" else "general") for name in names}
    fleets["research"] = fleet("research")
    rest: dict[str, Any] = {"runs": [], "compute": [stock(1000.0)], "use": USE, "fleets": fleets}
    return yearly(**{**rest, **values})


def test_a_share_of_the_cluster_comes_from_experiments_and_the_other_fleets_in_proportion() -> None:
    """Of 900 declared for four uses, and training's 100 lent: 444, 111, 333 and 111. Of the 889 of the first three,
    200 go to the last."""
    record = under(world(), pause(starts=10.0, lasts=20.0, shift_to_alignment=0.2))
    plain = {"experiments": 4e3 / 9, "research": 1e3 / 9, "serving": 3e3 / 9, "alignment": 1e3 / 9}
    left = 1.0 - 200.0 / (8e3 / 9)
    assert uses(record, 5.0) == uses(record, 30.0) == pytest.approx(plain)
    shifted = {use: count * left for use, count in plain.items()} | {"alignment": 1e3 / 9 + 200.0}
    assert uses(record, 20.0) == pytest.approx(shifted)
    half = under(world(), pause(starts=10.0, shift_to_alignment=0.2, holds=0.5))
    assert held(half, "alignment", 20.0) == pytest.approx(1e3 / 9 + 100.0)
    some = uses(under(world(), pause(starts=10.0, shift_to_alignment=0.2, shift_from=["serving"])), 20.0)
    assert some == pytest.approx(plain | {"serving": 3e3 / 9 - 200.0, "alignment": 1e3 / 9 + 200.0})
    assert_sound(record)


def test_a_run_keeps_what_it_has_and_there_is_no_more_than_the_others_hold() -> None:
    busy_lab = world(runs=[run("M", starts=5.0, share=0.6, length_days=50.0)])
    found = uses(under(busy_lab, pause(starts=10.0, shift_to_alignment=0.5)), 20.0)
    assert found == pytest.approx({"training": 600.0, "alignment": 400.0})


def test_a_fleet_without_a_share_of_its_own_gets_it_too() -> None:
    use = {**USE, "experiments": 0.5, "alignment": 0.0}
    record = under(world(use=use), pause(starts=10.0, shift_to_alignment=0.2))
    assert (held(record, "alignment", 5.0), held(record, "alignment", 20.0)) == (0.0, pytest.approx(200.0))
    least = under(world(use=use), pause(starts=10.0, minimum_shares={"alignment": 0.3}))
    assert held(least, "alignment", 20.0) == pytest.approx(300.0)


def test_a_share_of_what_is_freed() -> None:
    """AI in research and training stop: 100 of each are free. Half goes to alignment, half by the shares 4:3:1."""
    stop = pause(starts=10.0, stops=["training", "ai_use_in_research"], shift_to_alignment=0.5, shift_of="freed")
    found = uses(under(world(), stop), 20.0)
    assert found == pytest.approx({"experiments": 450.0, "serving": 337.5, "alignment": 212.5})
    idle = uses(under(world(), dataclasses.replace(stop, freed="idle")), 20.0)
    assert idle == pytest.approx({"experiments": 400.0, "serving": 300.0, "alignment": 200.0, "idle": 100.0})


def test_from_one_level_to_the_next() -> None:
    """Models come on days 80, 180 and 280; the second and third reach levels."""
    one = yearly().labs["A"]
    grows = world(runs=one.runs, compute=one.compute)
    plain = simulate(grows)
    flops = {model.name: model.effective_flop for model in plain.models}
    levels = {name: Level(name=name, effective_flop=flops[f"M-{n}"]) for name, n in (("two", 2), ("three", 3))}
    base = dataclasses.replace(grows, levels=levels)
    record = under(base, pause(starts=10.0, shift_to_alignment=0.05, shift_from_level={"three": 0.1, "two": 0.3}))
    told = [(event[0], event[4]) for event in events(record, "compute_shifted")]
    days = [model.internal for model in record.models if model.name in ("M-2", "M-3")]
    assert told == [(10.0, 0.05), (days[0], 0.3), (days[1], 0.1)]
    before = simulate(base)
    for day, share in ((50.0, 0.05), (days[0] + 1.0, 0.3), (days[1] + 1.0, 0.1)):
        more = held(record, "alignment", day) - held(before, "alignment", day)
        assert more == pytest.approx(share * sum(uses(record, day).values()))
    late = under(base, pause(starts=days[0] + 5.0, shift_from_level={"three": 0.1, "two": 0.3}))
    assert [(event[0], event[4]) for event in events(late, "compute_shifted")] == [
        (days[0] + 5.0, 0.3), (days[1], 0.1),
    ]  # fmt: skip
    for event in events(record, "compute_shifted")[1:]:
        assert [record.events[cause][2] for cause in event[7]] == ["level_reached", "intervention_start"]


@pytest.mark.parametrize("high", ["a", "c"])
def test_of_levels_reached_on_one_day_the_highest_counts(high: str) -> None:
    one = yearly().labs["A"]
    grows = world(runs=one.runs, compute=one.compute)
    first = next(model for model in simulate(grows).models if model.name == "M-1")
    levels = {name: Level(name=name, effective_flop=first.effective_flop * part)
              for name, part in (("b", 0.5), (high, 0.9))}  # fmt: skip
    shift = pause(starts=10.0, shift_from_level={"b": 0.3, high: 0.1})
    record = under(dataclasses.replace(grows, levels=levels), shift)
    assert days(record, "level_reached") == [first.internal] * 2
    assert events(record, "compute_shifted")[-1][4] == 0.1


@pytest.mark.parametrize("values", [{"shift_to_alignment": 0.0}, {"shift_to_alignment": 0.5, "shift_of": "freed"}])
def test_nothing_shifted_changes_no_byte_but_its_own_rows(values: dict[str, Any]) -> None:
    for base in (world(), busy()):
        plain, text = tables(simulate(base)), tables(under(base, pause(starts=10.0, **values)))
        lines = [line for line in text.pop("events").splitlines() if "/pause/" not in line]
        assert lines == plain["events"].splitlines()
        assert text == {name: value for name, value in plain.items() if name != "events"}


def test_unbound_labs_are_as_they_were() -> None:
    one = world(runs=yearly().labs["A"].runs).labs["A"]
    both = dataclasses.replace(world(), labs={"A": one, "B": dataclasses.replace(one, name="B")})
    plain, record = simulate(both), under(both, pause(binds=["B"], starts=50.0, shift_to_alignment=0.5))
    assert held(record, "alignment", 60.0, lab="B") > held(plain, "alignment", 60.0, lab="B")
    for name in ("models", "trajectory"):
        rows = [[line for line in tables(item)[name].splitlines() if ",A," in f",{line}"] for item in (plain, record)]
        assert rows[0] == rows[1] and rows[0]
