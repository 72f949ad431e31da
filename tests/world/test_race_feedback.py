"""Races whose software follows research: crossings, training without end and lengths are those of the recorded law."""

from __future__ import annotations

import math

import pytest

from sim.base.calendar import Recurrence
from sim.base.series import Series, fixed
from sim.model.cluster import Supply
from sim.model.lab import Lab
from sim.model.level import Milestone
from sim.model.programme import LengthRule, StartRule
from sim.model.shock import Shock
from sim.model.software import Software
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import draw, existing, lab, run
from tests.world.observe import FLOP_PER_DAY, assert_sound, days, events, log, only

USE = {"training": 0.3, "experiments": 0.7}


def researching(name: str = "A", **values: object) -> Lab:
    """A lab whose staff and cluster grow, so that its software speeds up."""
    software = Software(
        feedback=True, training_growth=3.0, inference_growth=1.0, parallel_penalty=0.6, labour_share=0.5, returns=0.2,
        research_substitution=0.0, experiments_count="absolute", limit=1e12, step=1.1,
    )  # fmt: skip
    rest = {
        "use": USE,
        "compute": [Supply(accelerator="H100", stock=fixed(1000.0), grows=4.0, every=Recurrence(days=30.0))],
        "staff": {"ai_research": Series(((0.0, 100.0), (200.0, 400.0), (400.0, 1600.0)))},
        "software": software,
        "models": [existing("A0", -1.0, 1e24)],
    }
    return lab(name, **{**rest, **values})


def test_an_efficiency_is_crossed_when_the_recorded_law_does() -> None:
    milestones = {f"m{k}": Milestone(name=f"m{k}", training_efficiency=1.5**k) for k in range(1, 9)}
    record = simulate(draw(researching(), milestones=milestones, end=900.0))
    assert_sound(record)
    law = record.training_efficiency["A"]
    assert len(record.milestones) >= 6
    for name, day in record.milestones.items():
        assert law.at(day) == pytest.approx(1.5 ** int(name[1:]), rel=1e-9)


def test_training_without_end_counts_each_day_s_software() -> None:
    item = researching(runs=[run("C", elastic=True, length_rule=LengthRule(rule="continuous", release_each=1.5))])
    record = simulate(draw(item, end=700.0))
    law = record.training_efficiency["A"]
    chips = [(day, 0.3 * count) for day, count in record.clusters["A", "H100"]]
    made = [model for model in record.models if not model.existing]
    assert len(made) >= 8
    for model in made:
        gained = math.fsum(
            count * FLOP_PER_DAY * law.integral(day, min(until, model.internal))
            for (day, count), (until, _) in zip(chips, [*chips[1:], (math.inf, 0.0)], strict=True)
            if day < model.internal
        )
        assert model.effective_flop == pytest.approx(1e24 + gained, rel=1e-7)


def test_runs_get_shorter_with_the_recorded_speed() -> None:
    """Each is as long as the law makes it of the same world, that day's deliveries and people included, without it."""
    rule = LengthRule(rule="shorter with progress", floor_days=5.0, exponent=1.0)

    def world(until: float | None = None) -> RunRecord:
        spec = run("M", every=Recurrence(days=100.0), share=0.2, length_days=60.0, length_rule=rule, until=until)
        return simulate(draw(researching(runs=[spec]), end=800.0))

    record, lengths = world(), []
    for made in [model for model in record.models if not model.existing]:
        started = log(record, made.name).started
        assert started is not None and made.finished is not None
        lengths.append(made.finished - started)
        if started:
            law = world(until=started).training_efficiency["A"]
            assert lengths[-1] == pytest.approx(60.0 * law.rate_at(0.0) / law.rate_at(started), rel=1e-9)
    assert lengths[0] == 60.0 and lengths[-1] < 45.0


def test_a_run_starts_when_software_has_grown_by_a_factor() -> None:
    rule = StartRule(efficiency_grows=2.0, apart_days=0.0)
    record = simulate(draw(researching(runs=[run("M", share=0.2, length_days=10.0, start_when=rule)]), end=700.0))
    law, last = record.training_efficiency["A"], 0.0
    due = days(record, "run_due")
    assert len(due) >= 3
    for day in due:
        assert law.at(day) / law.at(last) == pytest.approx(2.0, rel=1e-9)
        last = day


def test_a_breakthrough_lifts_software_that_follows_research() -> None:
    shocks = {"s": Shock(name="s", on=250.0, training_efficiency=3.0, binds=[])}
    plain, lifted = simulate(draw(researching(), end=300.0)), simulate(draw(researching(), shocks=shocks, end=300.0))
    for record in (plain, lifted):
        assert_sound(record)
    one, other = plain.training_efficiency["A"], lifted.training_efficiency["A"]
    assert other.at(249.9) == pytest.approx(one.at(249.9), rel=1e-12)
    assert other.at(250.0) == pytest.approx(3.0 * one.at(250.0), rel=1e-9)
    # Ideas are then harder to find: it goes on at a lower rate, by A^(-0.2).
    assert other.rate_at(251.0) == pytest.approx(one.rate_at(251.0) * 3.0**-0.2, rel=0.02)
    assert [record[4] for record in events(lifted, "breakthrough", "training")] == [3.0]
    assert only(days(lifted, "breakthrough", "training")) == 250.0
