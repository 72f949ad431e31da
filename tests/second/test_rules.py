"""The kernel and the second simulator agree about random races with shocks, chance, late labs, rules and milestones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sim.model.training_run import TrainingRun
from sim.tables.leads import _row as row
from sim.world import run_length
from sim.world.chance import unit_of
from sim.world.continuous import Checkpoints
from sim.world.deliveries import Brought
from sim.world.hazard import HazardState
from sim.world.lab import LabState
from sim.world.pause_rule import PauseState
from sim.world.run import Run
from sim.world.run_length import length_of
from sim.world.shocks import jump
from sim.world.start_rule import RuleState
from sim.world.supply import batches
from sim.world.watch import Threshold, Watch, quantity_of
from sim.world.world import World
from tests.second.batch import batch_of, mutants, of_batch
from tests.second.compare import differences
from tests.second.rule_scenarios import ruled
from tests.second.rules import Ruled

BATCHES = (2000, 2002, 2004, 2005, 2006, 2008)
"""Of many, those that tell the most mutants."""


@pytest.mark.parametrize("number", [of_batch(number) for number in BATCHES])
def test_they_agree(number: int) -> None:
    worlds = batch_of(ruled, Ruled, number).worlds
    found = {n: differences(world)[:5] for n, world in enumerate(worlds)}
    assert {n: what for n, what in found.items() if what} == {}
    assert sum(world.tells or world.impossible for world in worlds) >= 7


# Length of runs


def stays_as_stated(spec: TrainingRun, lab: Any, day: float) -> float | None:
    return spec.length_days


def no_floor(spec: TrainingRun, lab: Any, day: float) -> float | None:
    """As short as progress makes it."""
    rule = spec.length_rule
    return length_of(replace(spec, length_rule=rule and replace(rule, floor_days=0.0)), lab, day)


def by_the_rate_itself(spec: TrainingRun, lab: Any, day: float) -> float | None:
    rule = spec.length_rule
    return length_of(replace(spec, length_rule=rule and replace(rule, exponent=1.0)), lab, day)


def before_all_else(lab: LabState) -> None:
    """Runs get their lengths as soon as they are due, by what software did before that instant."""
    lab.view.due = lab.due
    lab.unsized = [run for run in lab.unsized if run.started is None and run in lab.due]
    run_length._size(lab, run_length._to_size(lab))


def when_due(lab: LabState) -> list[Run]:
    """A run that waits keeps the length that it had when it was due."""
    return [run for run in lab.unsized if run.sized_on is None]


def software_of_its_start(self: Checkpoints) -> None:
    self.key = self.key or self.project()


begin_checkpoints = Checkpoints.__init__


def from_nothing(self: Checkpoints, lab: Any, run: Any) -> None:
    """Continuous training goes on from no model."""
    begin_checkpoints(self, lab, run)
    self.effective = 0.0


# Shocks


def all_that_was_planned(self: Brought, planned: float, left: Any) -> float:
    return planned


def inference_alone(lab: Any, factor: float, kind: str, cause: int, inference: bool = False) -> None:
    """No breakthrough is one of training."""
    if inference:
        jump(lab, factor, kind, cause, inference)


def training_alone(lab: Any, factor: float, kind: str, cause: int, inference: bool = False) -> None:
    if not inference:
        jump(lab, factor, kind, cause, inference)


def whatever_has_gone(numbers: Any) -> float:
    """Batches retire as if nothing of them had been lost."""
    return 1.0


def without_end(*what: Any) -> None:
    """It never ends."""


# Chance


def the_same_again(world: World, stream: str, k: int) -> float:
    return unit_of(world, stream, 0)


def at_the_first_rate(self: HazardState, rate_per_year: float) -> None:
    """The rate stays what it was at the start."""


set_rate = HazardState.set_rate


def begins_anew(self: HazardState, rate_per_year: float) -> None:
    """What has added up is forgotten when the rate changes."""
    set_rate(self, rate_per_year)
    self.integrated = 0.0
    self._project()


def nothing_is_stolen(*what: Any) -> None:
    """Thieves never come at random."""


# Late labs


def from_the_first_day(supply: Any, end: float, start: Any, entry: float = 0.0) -> Any:
    return batches(supply, end, start)


def staff_from_the_first_day(lab: LabState, subject: str, unit: str, series: Any, take: Any, what: Any) -> None:
    """People and demand that never change after the start."""


# Rules of programmes


def nobody_remembers(self: RuleState) -> None:
    """What happens while a rule's run trains starts no other."""


latch = RuleState._latch


def whoever_it_was(self: RuleState, why: str, name: str, by: str | None) -> Any:
    return latch(self, why, name, None)


def as_soon_as_possible(self: RuleState) -> None:
    """The shortest time between two starts is none."""
    if self.run is None and self.why is not None:
        self.clock.at(self.clock.now, self._fire)


def never_low(self: PauseState, what: Any) -> None:
    """No programme ever pauses."""


wait = PauseState._wait
turn = PauseState._turn


def once_for_all(self: PauseState, what: Any) -> None:
    """A programme that has paused does not go on."""
    if not self.paused:
        wait(self, what)


def at_once(self: PauseState, lab: str, cause: int) -> None:
    """It may change its mind at any time."""
    rule, self.rule = self.rule, replace(self.rule, apart_days=0.0)
    turn(self, lab, cause)
    self.rule = rule


def as_demand_was(self: PauseState, lab: str, event: int) -> bool:
    return True


# Milestones


def of_everything(watch: Watch, lab: LabState, name: str, of: str | None) -> Any:
    """Of all fleets and domains."""
    return quantity_of(watch, lab, name, None)


def by_half(*quantities: str) -> Callable[..., Any]:
    """Some quantities seem larger than they are."""

    def larger(watch: Watch, lab: LabState, name: str, of: str | None) -> Any:
        times = 1.5 if name in quantities else 1.0
        return [(base * times, law) for base, law in quantity_of(watch, lab, name, of)]

    larger.__name__ = f"more_{'_'.join(quantities)}"
    return larger


def never_below(self: Threshold, value: float) -> bool:
    return value >= self.target


def what_it_makes(watch: Watch, lab: LabState, name: str, of: str | None) -> Any:
    """Of its own models only."""
    if name != "effective_flop":
        return quantity_of(watch, lab, name, of)
    own = [lab.models[model].effective_flop for model in lab.usable if "/" not in model]
    return [(max(own, default=0.0), None)]


def now_or_never(*what: Any) -> None:
    """What grows to a number between events is not seen."""


def never_at_levels(*what: Any) -> bool:
    """No milestone is one of a level or of a lab's cluster."""
    return False


def of_any_lab(milestone: Any, lab: Any) -> bool:
    return True


def alone(watch: Watch, labs: list[LabState], *rest: Any) -> None:
    """What is to be summed over labs is that of the first."""
    begin_threshold(watch, labs[:1], *rest)


begin_threshold = Threshold.__init__


# Leads


def until_the_end(record: Any, what: str, level: str, first: Any, after: Any) -> Any:
    """Nobody catches up."""
    return row(record, what, level, first, None)


@mutants({
    2000: [
        ("sim.world.deliveries.Brought.withdraw", all_that_was_planned),
        ("sim.world.deliveries.math.prod", whatever_has_gone),
        ("sim.world.watch.quantity_of", by_half("experiments_h100e")),
    ],
    2002: [
        ("sim.world.lab.run_length.hold_back", before_all_else),
    ],
    2004: [
        ("sim.world.run_length.length_of", stays_as_stated),
        ("sim.world.run_length.length_of", no_floor),
        ("sim.world.shocks.jump", inference_alone),
        ("sim.world.deliveries.batches", from_the_first_day),
        ("sim.world.dated._follow", staff_from_the_first_day),
        ("sim.world.pause_rule.PauseState._wait", never_low),
        ("sim.world.watch.quantity_of", of_everything),
        ("sim.world.watch.quantity_of", by_half("tokens_per_s")),
        ("sim.world.watch.quantity_of", by_half("training_efficiency")),
        ("sim.world.watch.Threshold.met", never_below),
        ("sim.world.watch.Threshold.__init__", alone),
        ("sim.world.frontier._binds", never_at_levels),
        ("sim.tables.leads._row", until_the_end),
        ("sim.world.shocks.ShockState._end", without_end),
        ("sim.world.shocks.jump", training_alone),
        ("sim.world.watch.quantity_of", by_half("effective_flop")),
        ("sim.world.watch.quantity_of", by_half("inference_efficiency")),
        ("sim.world.watch.Watch._cross", now_or_never),
        ("sim.world.start_rule.RuleState._plan", as_soon_as_possible),
        ("sim.world.watch.quantity_of", by_half("copies")),
        ("sim.world.watch.quantity_of", by_half("fleet_h100e")),
        ("sim.world.shocks.ShockState._supply", without_end),
    ],
    2005: [
        ("sim.world.run_length.length_of", by_the_rate_itself),
        ("sim.world.start_rule.RuleState._use_latch", nobody_remembers),
        ("sim.world.watch.quantity_of", by_half("models")),
        ("sim.world.continuous.Checkpoints.__init__", from_nothing),
        ("sim.world.watch.quantity_of", by_half("people")),
        ("sim.world.start_rule.RuleState._latch", whoever_it_was),
        ("sim.world.hazard.HazardState.set_rate", begins_anew),
    ],
    2006: [
        ("sim.world.run_length._to_size", when_due),
        ("sim.world.hazard.unit_of", the_same_again),
        ("sim.world.shocks.ShockState._demand", without_end),
        ("sim.world.hazard.HazardState.set_rate", at_the_first_rate),
        ("sim.world.pause_rule.PauseState._wait", once_for_all),
        ("sim.world.pause_rule.PauseState._demand", as_demand_was),
        ("sim.world.pause_rule.PauseState._turn", at_once),
        ("sim.world.frontier._binds", of_any_lab),
    ],
    2008: [
        ("sim.world.weights._stolen", nothing_is_stolen),
        ("sim.world.continuous.Checkpoints.refresh", software_of_its_start),
        ("sim.world.watch.quantity_of", what_it_makes),
    ],
})
def test_a_broken_kernel_is_found_out(number: int, place: str, broken: Any) -> None:
    assert batch_of(ruled, Ruled, number).find_out(place, broken)
