"""A safety tax, by cases worked by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from sim.model.draw import Draw
from sim.model.level import Level
from sim.model.variant import Distilled, Tuning
from sim.world.simulate import simulate
from tests.world.build import draw, existing, lab, run
from tests.world.observe import FLOP_PER_DAY, assert_sound, days, events, model, tables
from tests.world.test_intervention import pause, under, yearly
from tests.world.worlds import busy

USE = {"training": 0.3, "experiments": 0.2, "research": 0.2, "serving": 0.3}


def one(*runs: Any, **values: Any) -> Draw:
    base = existing("Base", -10.0, 1e25, public=-5.0, params=1e11, total_params=8e11)
    return draw(lab(use=USE, runs=list(runs), models=[base], **values), end=300.0)


def test_models_finished_meanwhile_have_so_much_less_and_everything_else_comes_as_it_would() -> None:
    """Runs end on days 80, 180, …: a tax of 30% from day 150 to 300 takes three tenths of the second and third."""
    world = yearly()
    plain, record = simulate(world), under(world, pause(starts=150.0, lasts=150.0, safety_tax=0.3))
    for name, part in (("M-1", 1.0), ("M-2", 0.7), ("M-3", 0.7), ("M-4", 1.0)):
        assert model(record, name).effective_flop == pytest.approx(part * model(plain, name).effective_flop, rel=1e-12)
        assert model(record, name).training_flop == model(plain, name).training_flop
    assert days(record, "run_finished") == days(plain, "run_finished")
    told = events(record, "capability_forgone")
    assert [(event[0], event[3], event[4]) for event in told] == [
        (180.0, "M-2", pytest.approx(0.3)), (280.0, "M-3", pytest.approx(0.3)),
    ]  # fmt: skip
    assert [record.events[cause][2] for cause in told[0][7]] == ["run_finished", "suspended"]
    half = under(world, pause(starts=150.0, safety_tax=0.3, holds=0.5))
    assert model(half, "M-2").effective_flop == pytest.approx(0.85 * model(plain, "M-2").effective_flop, rel=1e-12)
    assert_sound(record)


def test_a_level_is_reached_by_the_first_model_that_is_strong_enough_after_the_tax() -> None:
    """The cluster grows by half each 90 days from 1000: models of 1, 1.5, 2, 2.5 … in chips. With a tax of 40%, what
    the third reaches (2.0) is reached by the sixth (3.5 · 0.6 = 2.1), not by the fifth (3.0 · 0.6 = 1.8)."""
    world = yearly()
    plain = simulate(world)
    flops = {f"M-{n}": model(plain, f"M-{n}").effective_flop for n in range(1, 8)}
    assert flops["M-5"] * 0.6 < flops["M-3"] < flops["M-6"] * 0.6
    world = dataclasses.replace(world, levels={"three": Level(name="three", effective_flop=flops["M-3"])})
    assert simulate(world).levels["three", ""][1] == "A/M-3"
    assert under(world, pause(safety_tax=0.4)).levels["three", ""][1] == "A/M-6"


def test_a_later_post_training_without_it_realises_all() -> None:
    first = run("First", base="Base", starts=10.0, share=0.2, length_days=30.0)
    then = run("Then", base="First", starts=100.0, share=0.2, length_days=30.0)
    record = under(one(first, then), pause(lasts=50.0, safety_tax=0.5))
    each = 200.0 * 30.0 * FLOP_PER_DAY
    assert model(record, "First").effective_flop == pytest.approx((1e25 + each) / 2.0, rel=1e-12)
    assert model(record, "Then").effective_flop == pytest.approx(1e25 + 2.0 * each, rel=1e-12)


@pytest.mark.parametrize("tax,paid", [(0.5, 0.5), (0.2, 0.5), (0.6, 0.4)])
def test_a_distilled_model_pays_once(tax: float, paid: float) -> None:
    """Its base has paid 50%; it pays what a higher tax asks besides."""
    there = Tuning(domain="ai_research", there_x=4.0, elsewhere_x=0.5)
    first = run("First", base="Base", starts=10.0, share=0.2, length_days=30.0, tuned=there)
    small = run("Small", base="First", starts=100.0, share=0.1, length_days=10.0,
                distilled=Distilled(params_share=0.25, effective_flop_share=0.4))  # fmt: skip
    taxes = [pause(name="a", lasts=50.0, safety_tax=0.5), pause(name="b", starts=50.0, safety_tax=tax)]
    found, plain = under(one(first, small), *taxes), simulate(one(first, small))
    assert_sound(found)
    for name, part in (("First", 0.5), ("Small", paid)):
        for domain in ("ai_research", "general"):
            assert model(found, name).capability(domain) == pytest.approx(part * model(plain, name).capability(domain))


def test_stated_models_pay_too_and_the_highest_tax_counts() -> None:
    world = yearly(runs=[run("M", starts=20.0, share=0.1, length_days=60.0, effective_flop=1e26)])
    taxes = [pause(name=name, safety_tax=tax) for name, tax in (("a", 0.1), ("b", 0.4), ("c", 0.2))]
    assert model(under(world, *taxes), "M").effective_flop == pytest.approx(6e25)


@pytest.mark.parametrize("values", [{"safety_tax": 0.0}, {"safety_tax": 0.5, "holds": 0.0}])
def test_no_tax_changes_no_byte_but_its_own_rows(values: dict[str, Any]) -> None:
    plain, text = tables(simulate(busy())), tables(under(busy(), pause(starts=100.0, **values)))
    lines = [line for line in text.pop("events").splitlines() if "/pause/" not in line]
    assert lines == plain["events"].splitlines()
    assert text == {name: value for name, value in plain.items() if name != "events"}


def test_unbound_labs_are_as_they_were() -> None:
    plain, record = simulate(busy()), under(busy(), pause(binds=["Corona"], starts=50.0, safety_tax=0.5))
    found = [[(m.name, m.effective_flop) for m in item.models if m.lab != "Corona"] for item in (plain, record)]
    taxed = [[m.effective_flop for m in item.models if m.lab == "Corona"] for item in (plain, record)]
    assert found[0] == found[1] and taxed[0] != taxed[1]
