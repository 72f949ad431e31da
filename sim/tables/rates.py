"""How fast a model runs where, and what its tokens are worth: shared by all tables of a run."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from sim.base.units import SECONDS_PER_HOUR
from sim.model.domain import Domain
from sim.model.inference import Inference
from sim.model.throughput import throughput
from sim.model.worth import quality, share_doable, tokens_per_human_hour, worth
from sim.physics.throughput import Throughput
from sim.tables.steps import sweep, total, value_at
from sim.world.own_calendar import own_day, world_day
from sim.world.record import ModelRecord, RunRecord, Steps

if TYPE_CHECKING:
    from sim.tables.alignment_work import AlignmentWork

Holding = dict[str, float]
Part = tuple[str, float, float]
"""(model, tokens/s, copies) at inference efficiency 1."""


class Parts(NamedTuple):
    """What one fleet runs: `parts[n]` from `days[n]` to the next of `days`."""

    days: list[float]
    parts: list[list[Part]]
    where: dict[str, list[int]]
    """model -> the n at which it runs."""


class Rates:
    """Cached throughput and worth of the models of one record."""

    def __init__(self, record: RunRecord) -> None:
        self.record = record
        self.draw = record.draw
        self.models = {(model.lab, model.name): model for model in record.models} | record.foreign
        self._throughput: dict[tuple[int, int, str, int], Throughput] = {}
        self.fleets: dict[str, dict[str, list[tuple[str, str, Steps]]]] = {}
        """lab -> fleet -> (model, accelerator, step function of accelerators)."""
        self._totals: dict[str, dict[str, dict[str, Steps]]] = {}
        self._parts: dict[tuple[str, str], Parts] = {}
        self._tricks: dict[tuple[int, str], list[float]] = {}
        self._stands = record.standstills
        self._worth: dict[tuple[int, int, int, int, float], float] = {}
        self.alignment: AlignmentWork | None = None
        """Alignment work, once a table has asked for it."""
        names = {name: set(lab.fleets) for name, lab in self.draw.labs.items()}
        for (lab, use, model, kind), steps in sorted(record.holdings.items()):
            if use in names[lab]:
                self.fleets.setdefault(lab, {}).setdefault(use, []).append((model, kind, steps))

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
        days = self._tricks.get((id(inference), lab))
        if days is None:
            days = self.trick_days(inference, lab)
        return bisect_right(days, day) if days else 0

    def stands(self, lab: str, day: float) -> bool:
        """Whether everything stands still at a lab on a day."""
        return any(since <= day < until for since, until in self._stands.get(lab, ()))

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

    def on(self, model: ModelRecord, held: Holding, inference: Inference, lab: str, day: float) -> tuple[float, float]:
        """(tokens/s, copies) of a model on some accelerators of a lab on a day, inference efficiency included."""
        tokens = copies = 0.0
        for kind, count in held.items():
            each = self.each(model, kind, inference, day)
            tokens += count * each.tokens_per_s
            copies += count * each.copies
        efficiency = self.record.inference_efficiency[lab].at(day)
        return tokens * efficiency, copies * efficiency

    def totals(self, lab: str) -> dict[str, dict[str, Steps]]:
        """Fleet -> accelerator -> step function of accelerators, whatever models run on them."""
        found = self._totals.get(lab)
        if found is None:
            found = self._totals[lab] = {}
            for fleet, lines in self.fleets.get(lab, {}).items():
                by_kind: dict[str, list[Steps]] = {}
                for _, kind, steps in lines:
                    by_kind.setdefault(kind, []).append(steps)
                found[fleet] = {kind: total(each) for kind, each in by_kind.items()}
        return found

    def fleets_on(self, lab: str, day: float) -> dict[str, Holding]:
        """Accelerators of each fleet of a lab on a day, whatever model runs on them."""
        return {
            fleet: {kind: value_at(steps, day) for kind, steps in kinds.items()}
            for fleet, kinds in self.totals(lab).items()
        }

    def parts(self, lab: str, fleet: str) -> Parts:
        """What a fleet runs (nothing in a standstill), from each day on which accelerators, tricks or demand change."""
        found = self._parts.get((lab, fleet))
        if found is None:
            found = self._parts[lab, fleet] = self._find_parts(lab, fleet)
        return found

    def _find_parts(self, lab: str, fleet: str) -> Parts:
        result = Parts([], [], {})
        lines = self.fleets.get(lab, {}).get(fleet, [])
        if not lines:
            return result
        inference = self.draw.labs[lab].fleets[fleet].inference
        days = {0.0, *self.trick_days(inference, lab), *(day for day, _ in self.record.demand.get((lab, fleet), []))}
        days.update(day for stand in self._stands.get(lab, ()) for day in stand)
        for day, counts in sweep([steps for _, _, steps in lines], days):
            by_model: dict[str, tuple[float, float]] = {}
            for n, count in () if self.stands(lab, day) else counts:
                name, kind, _ = lines[n]
                each = self.each(self.models[lab, name], kind, inference, day)
                tokens, copies = by_model.get(name, (0.0, 0.0))
                by_model[name] = (tokens + count * each.tokens_per_s, copies + count * each.copies)
            for name in by_model:
                result.where.setdefault(name, []).append(len(result.days))
            result.days.append(day)
            result.parts.append([(name, tokens, copies) for name, (tokens, copies) in by_model.items()])
        return result

    def capacity(self, lab: str, model: ModelRecord, day: float) -> tuple[float, float]:
        """(tokens/s, copies) if all accelerators of the lab's fleets on a day ran `model`."""
        tokens = copies = 0.0
        fleets = self.draw.labs[lab].fleets
        for name, held in self.fleets_on(lab, day).items():
            more = self.on(model, held, fleets[name].inference, lab, day)
            tokens += more[0]
            copies += more[1]
        return tokens, copies

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

    @property
    def human_tokens_per_s(self) -> float:
        """Speed of a thinking human, tokens/s."""
        return (self.draw.human.tokens_per_human_hour_thinking or 0.0) / SECONDS_PER_HOUR
