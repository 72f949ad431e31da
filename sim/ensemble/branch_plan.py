"""What is asked of every draw of a branch: a world with the past that it is to have, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import islice

from sim.ensemble.branch import BranchError
from sim.ensemble.branch_sampler import BranchSampler
from sim.ensemble.part import SERIES, Part, Plan, Rows, collected, rows_of
from sim.ensemble.past import Past, lost_series
from sim.model.draw import Draw
from sim.scenario.policy_code import simulate_draw

MOST_RUNS = 50
"""Of worlds whose past is another: several inputs together may change what none of them does alone."""


@dataclass(frozen=True)
class BranchPlan(Plan):
    """What is asked of every draw of a branch. past: what each is to have. rows: of the draw that it branches from."""

    past: Past
    rows: Rows

    @property
    def dates_past(self) -> Sequence[str]:
        """The dates of `series` before the branch."""
        return [text for day, text in self.dates.items() if day < self.past.day]

    def simulate(self, span: tuple[int, int]) -> Part:
        """Draws `span` (start, stop), simulated: what they have before the day is held against the past."""
        start, stop = span
        sampler = self.sampler
        assert isinstance(sampler, BranchSampler)
        quantiles = sampler.quantiles(start, stop)

        def one(i: int) -> Rows:
            lost, found = self.tried(sampler.draw(i, quantiles[i - start]), i)
            for row in islice(sampler.again(i) if lost else (), MOST_RUNS):
                lost, found = self.tried(sampler.draw(i, row), i)
                if not lost:
                    quantiles[i - start] = row
                    break
            if lost:
                raise BranchError(f"{MOST_RUNS} worlds in succession have another past: {lost}")
            return found

        return collected(self, span, one, lambda: self.encoded(sampler.values(quantiles)))

    def tried(self, draw: Draw, i: int) -> tuple[str, Rows]:
        """What a draw has lost of the past (empty: nothing), and its rows."""
        record = simulate_draw(draw, self.most_events)
        lost = self.past.lost(record)
        if lost:
            return lost, {}
        found = rows_of(self, record, i < self.examples)
        return lost_series(self.rows, found, self.dates_past), found


def branch_plan(plan: Plan, sampler: BranchSampler, past: Past, rows: Rows) -> BranchPlan:
    """A plan whose draws are those of a branch."""
    known = {each.name: getattr(plan, each.name) for each in fields(plan)}
    return BranchPlan(**{**known, "sampler": sampler}, past=past, rows={SERIES: rows[SERIES]})


def check_chance(plan: BranchPlan) -> None:
    """Raises BranchError unless random events alone leave the past as it is: that would be this program's fault."""
    sampler = plan.sampler
    assert isinstance(sampler, BranchSampler)
    lost = plan.past.lost(simulate_draw(sampler.draw(0, sampler.row), plan.most_events))
    if lost:
        raise BranchError(f"random events after {sampler.place.on} changed what was before: {lost}")
