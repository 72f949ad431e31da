"""Branches: the past of one draw is kept up to a date, what comes after is drawn anew many times."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date as Date
from functools import cached_property
from typing import Any

from sim.base.limits import check_draw
from sim.draw_options import BRANCH, DrawOptions, asked, takes_options
from sim.ensemble.branch import BranchError, BranchRefused, Place
from sim.ensemble.branch_plan import BranchPlan, branch_plan, check_chance
from sim.ensemble.branch_sampler import BranchSampler
from sim.ensemble.factors import Factor, factors_of
from sim.ensemble.part import rows_of
from sim.ensemble.run import plan_of
from sim.ensemble.sampler import Sampler
from sim.ensemble.screen import Screen, Verdict, parameters_read
from sim.ensemble.workers import Spread
from sim.ensemble_making import place, spreading
from sim.ensemble_writing import EnsembleMaking
from sim.ensembles import Ensemble
from sim.replay import replay
from sim.result import Result
from sim.scenario import Scenario, load
from sim.scenario.draw_error import DrawError, quantile_text
from sim.scenario.spec import Input
from sim.tables.chance import has_chance
from sim.tables.table import Column, Table

KEPT_WORD, PART_WORD, ANEW_WORD = "kept", "in part", "anew"

COLUMNS = [
    Column("input", "", "path in the scenario; of the first, if one quantity stands in several places"),
    Column("also", "", "the other places"),
    Column("drawn", "", "anew: from all of its range; in part: from the part that leaves the past as it is; kept"),
    Column("low", "", "drawn anew: the 5% of its range, or where the part of it begins; kept: its value"),
    Column("high", "", "the same of its 95%, or where the part ends"),
    Column("in_draw", "", "its value in the draw"),
    Column("would_change", "", "what of the past another value would change"),
    Column("moves", "", "drawn anew: true if it moves anything after the date by itself"),
    Column("guess", "", "true if its range is a guess"),
    Column("support", "", "what its range rests on: from a source, a guess, or no source"),
]


@takes_options(BRANCH)
def branch(
    scenario: Scenario | str | os.PathLike[str], draw: int, date: str | Date, n: int, **options: Any
) -> Ensemble:  # fmt: skip
    """Simulate n worlds that share the past of one draw before a date, and are drawn anew from there on.

    Before the date every event and model is that of the draw. Random events are drawn anew from the date on. An
    uncertain input is drawn anew if no value of it would change anything before the date, from the part of its range
    that would not, or is kept (`summary["branch"]` and branch.csv say which, and what it would change). So the worlds
    are draws of the scenario given that past and the inputs that are kept.

    scenario: loaded, or its file. draw: its number, as in `run_ensemble` with the same seed and method. date:
    2028-01-01, after the start and before the draw's end. n: how many worlds.
    {options}
    Raises what `run_ensemble` raises; ValueError for a number that is none; `sim.ensemble.branch.BranchRefused` (a
    ValueError) for a date that is not within the draw, and where nothing would differ between the worlds;
    `sim.ensemble.branch.BranchError` if chance alone changes the past.
    """
    whole = scenario if isinstance(scenario, Scenario) else load(scenario)
    return branch_of(whole, draw, date, asked(n, options, BRANCH))


def branch_of(scenario: Scenario, draw: int, date: str | Date, options: DrawOptions) -> Ensemble:
    """As `branch`."""
    draw = check_draw(draw)
    folder, temporary = place(options, BRANCH)
    method, most_events = options.method, options.most_events
    seed = Sampler(scenario, options.seed, method).seed
    try:
        central = replay(scenario, draw, seed=seed, method=method, most_events=most_events).record
    except DrawError as error:
        raise BranchRefused(f"there is no draw {draw}: {error}") from None
    begins = _place(scenario, draw, date, central.end)
    with spreading(options) as spread:
        found = _screened(scenario, seed, method, begins, most_events, spread)
        chance = has_chance(central.draw) or bool(found.screen.whole.record.expected)
        if not chance and not any(verdict.moves for verdict in found.verdicts):
            raise BranchRefused(f"there is nothing to draw anew: of the {len(found.factors)} uncertain inputs each has "
                                f"shaped what draw {draw} has before then, or moves nothing after it, and nothing "
                                "happens at random")  # fmt: skip
        sampler = BranchSampler(scenario, seed, method, begins, found.ranges)
        plain = plan_of(scenario, sampler, central, most_events=most_events, keep=options.keep)
        plan = branch_plan(plain, sampler, found.past, rows_of(plain, central, False))
        check_chance(plan)
        made = _Making(scenario, plan, central, options, folder)
        made.found = found
        made.spec["branch"] = {"draw": draw, "from": begins.on.isoformat(), "chance": chance, "ranges": found.ranges}
        made.make(spread)
    return Ensemble(folder, temporary)


def draw_of(scenario: Scenario, spec: Mapping[str, Any]) -> Result:
    """The draw that a branch is of."""
    number, method = spec["branch"]["draw"], spec["method"]
    return replay(scenario, number, seed=spec["seed"], method=method, most_events=spec["max_events"])


def _place(scenario: Scenario, draw: int, on: str | Date, end: float) -> Place:
    """Where a branch begins. Raises BranchRefused for a date that is none, or not within the draw."""
    try:
        day = on if isinstance(on, Date) else Date.fromisoformat(on)
    except ValueError:
        raise BranchRefused(f"expected a date such as 2028-01-01, got {on!r}") from None
    since = float(day.toordinal() - scenario.start.toordinal())
    if not 0.0 < since < end:
        last = Date.fromordinal(int(scenario.start.toordinal() + end))
        raise BranchRefused(f"a branch begins after the start and before the draw's end: after {scenario.start} and "
                         f"before {last}, got {day}")  # fmt: skip
    return Place(draw, day, since)


class _Screened:
    """What becomes of each input."""

    def __init__(self, screen: Screen, verdicts: list[Verdict]) -> None:
        self.screen, self.factors, self.verdicts = screen, screen.factors, verdicts
        self.past = screen.past

    @cached_property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Path of each input that is drawn anew -> the quantiles that it is drawn from."""
        found = {}
        for factor, verdict in zip(self.factors, self.verdicts, strict=True):
            if verdict.range is not None:
                low, high = verdict.range
                found[factor.path] = verdict.range
                for path in factor.same:
                    found[path] = verdict.range if factor.follows[path] > 0.0 else (1.0 - high, 1.0 - low)
        return {path: found[path] for path in self.screen.sampler.paths if path in found}

    def table(self) -> Table:
        """A row for each input."""
        place = {path: column for column, path in enumerate(self.screen.sampler.paths)}
        rows = []
        for factor, verdict in zip(self.factors, self.verdicts, strict=True):
            own = _text(factor, float(self.screen.row[place[factor.path]]))
            if verdict.range is None:
                word, low, high = KEPT_WORD, own, own
            else:
                word = ANEW_WORD if verdict.whole else PART_WORD
                low, high = (_text(factor, min(max(q, 0.05), 0.95) if q in (0.0, 1.0) else q) for q in verdict.range)
            rows.append((factor.path, ";".join(factor.same), word, low, high, own, verdict.why, verdict.moves,
                         factor.guess, factor.support.value))  # fmt: skip
        return Table("branch", COLUMNS, rows)


def _text(factor: Factor, q: float) -> str:
    return quantile_text(factor.quantity, q)


def _screened(
    scenario: Scenario, seed: int, method: str, place: Place, most_events: int, spread: Spread
) -> _Screened:  # fmt: skip
    """Ask of each input whether it has shaped the past."""
    sampler = Sampler(scenario, seed, method)
    factors = tuple(factors_of(scenario))
    row = sampler.quantiles(place.number, place.number + 1)[0]
    screen = Screen(sampler, place, row, most_events, factors,
                    parameters_read(scenario, sampler, place, most_events))  # fmt: skip
    found = dict(spread(screen.verdict, range(len(factors))))
    return _Screened(screen, [found[n] for n in range(len(factors))])


class _Making(EnsembleMaking):
    """A branch that is being made beside its place."""

    plan: BranchPlan
    found: _Screened

    def drawn_inputs(self) -> list[Input]:
        return [item for item in super().drawn_inputs() if item.path in self.found.ranges]

    def more_tables(self) -> list[Table]:
        return [self.found.table()]

    def more_summary(self) -> dict[str, Any]:
        table = self.found.table()
        names = [column.name for column in table.columns]
        return {
            "branch": {
                "draw": self.spec["branch"]["draw"],
                "from": self.spec["branch"]["from"],
                "chance": self.spec["branch"]["chance"],
                "inputs": [dict(zip(names, row, strict=True)) for row in table.rows],
            }
        }


__all__ = ["BranchError", "branch", "draw_of"]
