"""Labs that pool their software, by cases worked by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from sim.model.draw import Draw
from sim.world.simulate import simulate
from tests.world.observe import events, tables
from tests.world.test_diffusion import given, lagging, slow, world
from tests.world.test_intervention import pause, under
from tests.world.test_progress import YEAR, people, software, with_ai
from tests.world.worlds import busy


def grow(name: str, growth: float) -> Any:
    return people(name, software=software(training_growth=growth, returns=0.0))


def test_each_has_the_best_of_them_while_it_lasts_and_goes_on_alone() -> None:
    """A doubles a year, B trebles, C grows by half: together they treble; afterwards each at its own rate."""
    base = world(grow("A", 2.0), grow("B", 3.0), grow("C", 1.5), grow("D", 1.2))
    record = under(base, pause(binds=["A", "B", "C"], starts=YEAR, lasts=YEAR, pool="software"))
    for name, growth in (("A", 2.0), ("B", 3.0), ("C", 1.5)):
        law = record.training_efficiency[name]
        assert law.at(0.9 * YEAR) == pytest.approx(growth**0.9, rel=1e-7)
        for years in (1.0, 1.3, 1.99):
            assert law.at(years * YEAR) == pytest.approx(3.0**years, rel=1e-7)
        assert law.at(3.5 * YEAR) == pytest.approx(9.0 * growth**1.5, rel=1e-7)
    assert record.training_efficiency["D"] == simulate(base).training_efficiency["D"]
    assert [event[1] for event in events(record, "software_pooled")] == ["A", "B", "C"]
    jump = next(event for event in events(record, "software_diffusion") if event[1] == "A")
    assert (jump[0], jump[6]["follows"]) == (pytest.approx(YEAR), "B")
    assert jump[6]["jump_x"] == pytest.approx(1.5, rel=1e-6)


def test_with_ideas_that_get_harder_to_find() -> None:
    """Afterwards B^β grows evenly, from where the pool has brought it."""
    base = world(with_ai("A"), slow("B"))
    record = under(base, pause(starts=300.0, lasts=300.0, pool="software"))
    leader, law = record.training_efficiency["A"], record.training_efficiency["B"]
    for day in (300.0, 444.0, 599.0):
        assert law.at(day) == pytest.approx(leader.at(day), rel=1e-7)
    grown = law.at(600.0) ** 0.25 + 0.25 * math.log(1.2) / YEAR * 400.0
    assert law.at(1000.0) == pytest.approx(grown**4.0, rel=1e-7)


def test_a_lab_whose_software_is_given_gives_and_gets_nothing() -> None:
    record = under(world(given("A", 4.0), grow("B", 2.0)), pause(starts=YEAR, pool="software"))
    assert record.training_efficiency["B"].at(2.0 * YEAR) == pytest.approx(16.0, rel=1e-7)
    less = under(world(given("A", 2.0), grow("B", 4.0)), pause(starts=YEAR, pool="software"))
    assert less.training_efficiency["A"].at(2.0 * YEAR) == pytest.approx(4.0, rel=1e-12)


def test_what_they_learned_from_others_before_goes_on() -> None:
    """C has what D found 200 days ago, before, in and after a pool with A, which is behind."""
    rule = lagging(200.0, sources=["D"], receivers=["C"])
    base = world(grow("A", 1.1), grow("C", 1.2), given("D", 4.0), rules=(rule,))
    record = under(base, pause(binds=["A", "C"], starts=400.0, lasts=300.0, pool="software"))
    for day in (350.0, 500.0, 900.0):
        found = record.training_efficiency["C"].at(day)
        assert found == pytest.approx(4.0 ** ((day - 200.0) / YEAR), rel=1e-7)
    assert record.training_efficiency["A"].at(600.0) == pytest.approx(4.0 ** (400.0 / YEAR), rel=1e-6)


@pytest.mark.parametrize("values", [{"pool": "software", "lasts": 0.0}, {"pool": "software", "binds": ["Corona"]}])
def test_no_pool_changes_no_byte_but_its_own_rows(values: dict[str, Any]) -> None:
    base: Draw = busy()
    plain, text = tables(simulate(base)), tables(under(base, pause(**{"starts": 100.0, **values})))
    lines = [line for line in text.pop("events").splitlines() if "/pause/" not in line]
    assert lines == plain["events"].splitlines()
    assert text == {name: value for name, value in plain.items() if name != "events"}


@pytest.mark.parametrize("pools", [("AB", "BC", "CD"), ("AB", "BC", "CD", "DA"), ("AC", "CB", "BD")])
def test_what_one_pool_has_the_labs_that_are_in_another_too_carry_on_at_once(pools: tuple[str, ...]) -> None:
    """Without any lag, labs that a chain or a ring of pools links are all where the fastest of them is."""
    growths = {"A": 1.2, "B": 2.0, "C": 1.5, "D": 4.0}
    base = world(*(grow(name, growth) for name, growth in growths.items()))
    stated = {pool: pause(name=pool, binds=list(pool), starts=0.0, pool="software") for pool in pools}
    record = simulate(replace(base, interventions=stated))
    for name in growths:
        for day in (100.0, 400.0, 777.7):
            assert record.training_efficiency[name].at(day) == pytest.approx(4.0 ** (day / YEAR), rel=1e-7)
