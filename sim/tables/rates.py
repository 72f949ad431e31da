"""How fast a model runs where, and what its tokens are worth: shared by all tables of a run."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.base.units import SECONDS_PER_HOUR
from sim.model.domain import Domain
from sim.model.fleet import Fleet
from sim.model.inference import Inference
from sim.model.throughput import flop_per_token, throughput
from sim.model.worth import quality, share_doable, tokens_per_human_hour, worth
from sim.physics.throughput import Throughput
from sim.tables.fleet_lines import Held, Use, fleet_lines
from sim.tables.parts import Part, Parts
from sim.world.own_calendar import own_day, world_day
from sim.world.record import ModelRecord, RunRecord

if TYPE_CHECKING:
    from sim.tables.alignment_work import AlignmentWork

Holding = dict[str, float]


@dataclass(frozen=True, slots=True)
class FleetRates:
    """What one model does in one fleet at inference efficiency 1.

    each: by the types of accelerators that the fleet ever has, on one of them. worth: human-equivalents of a token/s,
    by domain in the order of their names.
    """

    each: dict[str, Throughput]
    worth: list[float]


class Rates:
    """Cached throughput and worth of the models of one record."""

    def __init__(self, record: RunRecord) -> None:
        self.record = record
        self.draw = record.draw
        self.models = {(model.lab, model.name): model for model in record.models} | record.foreign
        self._throughput: dict[tuple[int, int, str, int], Throughput] = {}
        self.fleets = fleet_lines(record)
        """lab -> fleet -> what it ran which models on."""
        self._parts: dict[tuple[str, str], Parts] = {}
        self._of_domain: dict[tuple[str, str], list[Parts]] = {}
        self._tricks: dict[tuple[int, str], list[float]] = {}
        self._domains = sorted(self.draw.domains.items())
        self._stands = record.standstills
        self._worth: dict[tuple[int, int, int, int, float], float] = {}
        self._worths: dict[tuple[int, int, int, float], list[float]] = {}
        self._of_fleet: dict[tuple[int, int, int], FleetRates] = {}
        self.alignment: AlignmentWork | None = None
        """Alignment work, once a table has asked for it."""

    def trick_days(self, inference: Inference, lab: str) -> list[float]:
        """Days on which inference tricks of these settings begin at a lab."""
        found = self._tricks.get((id(inference), lab))
        if found is None:
            stands = self._stands.get(lab, [])
            days = {trick.since for trick in inference.tricks or () if trick.since is not None}
            found = self._tricks[id(inference), lab] = sorted(world_day(stands, day) for day in days)
        return found

    def _epoch(self, inference: Inference, lab: str, day: float) -> int:
        """How many days with new tricks have passed: between them, throughput and worth do not change."""
        if not inference.tricks:
            return 0
        days = self._tricks.get((id(inference), lab))
        if days is None:
            days = self.trick_days(inference, lab)
        return bisect_right(days, day) if days else 0

    def stands(self, lab: str, day: float) -> bool:
        """Whether everything stands still at a lab on a day."""
        stands = self._stands.get(lab)
        return stands is not None and any(since <= day < until for since, until in stands)

    def _dated(self, lab: str, day: float) -> float:
        """What a lab's own calendar, which standstills hold up, shows on a day: tricks go by it."""
        return own_day(self._stands[lab], day) if lab in self._stands else day

    def each(self, model: ModelRecord, kind: str, inference: Inference, day: float) -> Throughput:
        """Throughput on one accelerator at inference efficiency 1, with the tricks of that day."""
        key = (id(model), id(inference), kind, self._epoch(inference, model.lab, day))
        found = self._throughput.get(key)
        if found is None:
            day = self._dated(model.lab, day)
            found = self._throughput[key] = throughput(model, self.draw.accelerators[kind], inference, day)
        return found

    def flop_per_token(self, model: ModelRecord, inference: Inference, day: float) -> float:
        """FLOP that a token takes, with the tricks of that day."""
        return flop_per_token(model, inference, self._dated(model.lab, day))

    def on(self, model: ModelRecord, held: Holding, inference: Inference, lab: str, day: float) -> tuple[float, float]:
        """(tokens/s, copies) of a model on some accelerators of a lab on a day, inference efficiency included."""
        tokens = copies = 0.0
        for kind, count in held.items():
            each = self.each(model, kind, inference, day)
            tokens += count * each.tokens_per_s
            copies += count * each.copies
        efficiency = self.record.inference_efficiency[lab].at(day)
        return tokens * efficiency, copies * efficiency

    def fleets_on(self, lab: str, day: float) -> dict[str, Holding]:
        """Accelerators of each fleet of a lab on a day, whatever model runs on them."""
        return {fleet: line.on(day) for fleet, line in self.fleets.get(lab, {}).items()}

    def parts(self, lab: str, fleet: str) -> Parts:
        """What a fleet runs (nothing in a standstill), from each day on which accelerators, tricks or demand change."""
        found = self._parts.get((lab, fleet))
        if found is None:
            found = self._parts[lab, fleet] = self._find_parts(lab, fleet)
        return found

    def parts_of(self, lab: str, domain: str) -> list[Parts]:
        """The same of all of a lab's fleets of a domain."""
        found = self._of_domain.get((lab, domain))
        if found is None:
            fleets = self.draw.labs[lab].fleets
            found = [self.parts(lab, name) for name, fleet in fleets.items() if fleet.domain == domain]
            self._of_domain[lab, domain] = found
        return found

    def _find_parts(self, lab: str, fleet: str) -> Parts:
        demand, growth = self.record.demand.get((lab, fleet)), self.record.inference_efficiency[lab]
        line = self.fleets.get(lab, {}).get(fleet)
        if line is None:
            return Parts([], [], [], growth, demand)
        spec = self.draw.labs[lab].fleets[fleet]
        inference, domain, think = spec.inference, self.draw.domains[spec.domain], spec.think_x or 1.0
        tricks, stands = self.trick_days(inference, lab), self._stands.get(lab, ())
        changes = {0.0, *line.days, *tricks, *(day for day, _ in demand or ())}
        changes.update(day for stand in stands for day in stand)
        days, parts, worths = sorted(changes), [], []
        each: dict[Use, tuple[float, float, float]] = {}
        """tokens/s and copies on one accelerator, worth of a token/s: until new tricks begin."""
        epoch = 0
        before: list[Held] = [] if line.days[0] == 0.0 else [[]]
        plain = len(days) == len(before) + len(line.days)  # nothing but its accelerators changes
        held_on = [*before, *line.held] if plain else [line.held_on(day) for day in days]
        for day, held in zip(days, held_on, strict=True):
            if tricks and (now := bisect_right(tricks, day)) != epoch:
                epoch = now
                each.clear()
            here: list[Part] = []
            worth = []
            name = None
            for use, count in held if not (stands and self.stands(lab, day)) else ():
                one = each.get(use)
                if one is None:
                    model = self.models[lab, use[0]]
                    on_one = self.each(model, use[1], inference, day)
                    one = on_one.tokens_per_s, on_one.copies, self.worth(model, domain, inference, day, think)
                    each[use] = one
                tokens, copies = count * one[0], count * one[1]
                if use[0] == name:  # uses stand by model
                    _, more_tokens, more_copies = here[-1]
                    here[-1] = name, more_tokens + tokens, more_copies + copies
                else:
                    name = use[0]
                    here.append((name, tokens, copies))
                    worth.append(one[2])
            parts.append(here)
            worths.append(worth)
        return Parts(days, parts, worths, growth, demand)

    # What tokens are worth

    def tokens_per_human_hour(self, domain: Domain) -> float:
        """Tokens that stand for an hour of human work, by the domain's token basis."""
        return tokens_per_human_hour(domain, self.draw.human)

    def quality(
        self, model: ModelRecord, domain: Domain, inference: Inference, day: float, think_x: float = 1.0
    ) -> float:
        """Quality of a model's work in a domain, tricks and thinking included."""
        return quality(model, domain, inference, self._dated(model.lab, day), think_x)

    def share_doable(self, model: ModelRecord, domain: Domain, think_x: float = 1.0) -> float:
        """Share of the domain's task-hours that a model can do at all."""
        return share_doable(model, domain, think_x)

    def worth(
        self, model: ModelRecord, domain: Domain, inference: Inference, day: float, think_x: float = 1.0
    ) -> float:
        """Human-equivalents of one token/s of a model in a domain, thinking with `think_x` times the tokens a task."""
        key = (id(model), id(domain), id(inference), self._epoch(inference, model.lab, day), think_x)
        found = self._worth.get(key)
        if found is None:
            day = self._dated(model.lab, day)
            found = self._worth[key] = worth(model, domain, self.draw.human, inference, day, think_x)
        return found

    def of_fleet(self, model: ModelRecord, fleet: Fleet, day: float) -> FleetRates:
        """How fast a model runs in a fleet of its lab, and what that is worth in each domain, with a day's tricks."""
        inference, lab = fleet.inference, model.lab
        epoch = self._epoch(inference, lab, day)
        key = id(model), id(fleet), epoch
        found = self._of_fleet.get(key)
        if found is None:
            think = fleet.think_x or 1.0
            same = id(model), id(inference), epoch, think
            worths = self._worths.get(same)
            if worths is None:
                worths = [self.worth(model, domain, inference, day, think) for _, domain in self._domains]
                self._worths[same] = worths
            each = {kind: self.each(model, kind, inference, day) for kind in self.fleets[lab][fleet.name].totals}
            found = self._of_fleet[key] = FleetRates(each, worths)
        return found

    @property
    def human_tokens_per_s(self) -> float:
        """Speed of a thinking human, tokens/s."""
        return (self.draw.human.tokens_per_human_hour_thinking or 0.0) / SECONDS_PER_HOUR
