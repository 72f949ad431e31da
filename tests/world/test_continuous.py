"""What continuous training costs, and that its running integral is that of the law."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sim.base.growth import Growth
from sim.base.integral import RunningIntegral
from sim.base.piece import Piece
from sim.base.series import Series
from sim.model.level import Milestone
from sim.model.programme import LengthRule
from sim.model.software import Software
from sim.world.simulate import simulate
from tests.world.build import draw, existing, lab, run, stock
from tests.world.observe import events
from tests.world.test_race_feedback import USE, researching


def endless(each: float) -> Any:
    return run("C", elastic=True, length_rule=LengthRule(rule="continuous", release_each=each))


def counted(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    calls: list[float] = []
    integral = Piece.integral

    def count(piece: Piece, span: float) -> float:
        calls.append(span)
        return integral(piece, span)

    monkeypatch.setattr(Piece, "integral", count)
    return calls


def test_each_step_of_software_is_integrated_a_bounded_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a fixed cluster and no model for years, all pieces since the start count: a sum over them is no work."""
    calls = counted(monkeypatch)
    costs = []
    for step in (1.08, 1.04, 1.02):
        item = researching(compute=[stock(1000.0)], runs=[endless(1e9)])
        item.software = replace(item.software, step=step)
        calls.clear()
        record = simulate(draw(item, end=2000.0))
        steps = len(record.training_efficiency["A"].pieces)
        costs.append(len(calls) / steps)
    assert steps > 200
    assert costs[-1] < 1.1 * costs[0]  # of one step; a sum over all pieces takes four times as many


def test_a_law_that_is_known_ahead_is_walked_along_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dated efficiency of a point a day, and models as often as there are more points."""
    calls = counted(monkeypatch)
    costs = []
    for end in (200.0, 400.0, 800.0):
        dated = Series(tuple((float(day), 1.0 + day / 100.0) for day in range(int(end))))
        item = lab(compute=[stock(1000.0)], models=[existing("A0", -1.0, 1e22)], runs=[endless(1.05)], use=USE,
                   software=Software(training_efficiency=dated, inference_growth=1.0))  # fmt: skip
        calls.clear()
        record = simulate(draw(item, end=end))
        costs.append(len(calls) / (end + len(events(record, "checkpoint"))))
    assert costs[-1] < 1.1 * costs[0]


def test_a_running_integral_is_the_sum_over_the_pieces_to_the_bit() -> None:
    pieces = [Piece(10.0 * k, 1.1**k, 0.009, 5.0 * (k % 3), 0.001 * (k % 2)) for k in range(40)]
    whole = Growth(pieces)
    for start in (0.0, 3.3, 20.0):
        seldom, often = RunningIntegral(start), RunningIntegral(start)
        for day in (20.0, 33.0, 47.5, 50.0, 121.0, 390.0, 500.0):
            for when in range(int(start) + 1, int(day)):
                often.move_on(Growth([piece for piece in pieces if piece.day <= when]), float(when))
            assert often.until(whole, day) == whole.integral(start, day)
        assert seldom.until(whole, 500.0) == whole.integral(start, 500.0)


def test_what_is_only_looked_at_moves_no_model() -> None:
    """Each milestone is an event of the lab, after which the next model's day is looked at."""
    item = researching(runs=[endless(1.5)])
    read = {f"m{k}": Milestone(name=f"m{k}", training_efficiency=1.01**k) for k in range(1, 150)}
    plain, other = simulate(draw(item, end=700.0)), simulate(draw(item, end=700.0, milestones=read))
    made = [(model.name, model.internal, model.effective_flop) for model in plain.models]
    assert len(made) > 5 and len(other.milestones) > 100
    assert made == [(model.name, model.internal, model.effective_flop) for model in other.models]
