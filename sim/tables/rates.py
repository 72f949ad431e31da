"""How fast a model runs where, and what its tokens are worth: shared by all tables of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.base.calendar import DateTexts
from sim.base.growth import Growth
from sim.base.places import up_to
from sim.base.units import SECONDS_PER_HOUR
from sim.model.domain import Domain
from sim.model.inference import Inference
from sim.model.throughput import Serving, flop_per_token, quality_multiplier
from sim.model.worth import Worth, quality, share_doable, tokens_per_human_hour
from sim.physics.throughput import Throughput
from sim.tables.closings import sorted_models
from sim.tables.fleet_lines import FleetUse, Span, fleet_lines
from sim.tables.fleet_rates import FleetRates, ModelRates
from sim.tables.parts import Parts
from sim.world.own_calendar import own_day, world_day
from sim.world.record import ModelRecord, RunRecord

if TYPE_CHECKING:
    from sim.tables.alignment_work import AlignmentWork

Holding = dict[str, float]


class _Served:
    """How fast models run on one type of accelerators, as asked for; by their ids."""

    __slots__ = ("law", "known")

    def __init__(self, law: Serving) -> None:
        self.law = law
        self.known: dict[int, Throughput] = {}


class Rates:
    """Cached throughput and worth of the models of one record."""

    def __init__(self, record: RunRecord) -> None:
        self.record = record
        self.draw = record.draw
        self.models = {(model.lab, model.name): model for model in record.models} | record.foreign
        self.fleets = fleet_lines(record)
        """lab -> fleet -> what it ran which models on."""
        self._parts: dict[tuple[str, str], Parts] = {}
        self._of_lab: dict[str, list[Parts]] = {}
        self._served: dict[int, dict[str, _Served]] = {}
        """Id of settings -> type of accelerators, and where there are tricks the lab and how many have begun."""
        self._tricks: dict[tuple[int, str], list[float]] = {}
        self._domains = [domain for _, domain in sorted(self.draw.domains.items())]
        self._places = {name: place for place, name in enumerate(sorted(self.draw.domains))}
        self._stands = record.standstills
        self._worth: dict[float, list[Worth]] = {}
        """Thinking -> the law of each domain."""
        self._worths: dict[tuple[int, int, int, float], list[float]] = {}
        self._fleets: dict[str, list[FleetRates]] = {}
        self._ordered: list[ModelRecord] | None = None
        self.dates = DateTexts(self.draw.start)
        """How days are written."""
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
        return up_to(days, day) if days else 0

    def stands(self, lab: str, day: float) -> bool:
        """Whether everything stands still at a lab on a day."""
        stands = self._stands.get(lab)
        return stands is not None and any(since <= day < until for since, until in stands)

    def _dated(self, lab: str, day: float) -> float:
        """What a lab's own calendar, which standstills hold up, shows on a day: tricks go by it."""
        return own_day(self._stands[lab], day) if lab in self._stands else day

    def each(self, model: ModelRecord, kind: str, inference: Inference, day: float) -> Throughput:
        """Throughput on one accelerator at inference efficiency 1, with the tricks of that day."""
        served = self._served.get(id(inference))
        if served is None:
            served = self._served[id(inference)] = {}
        on = kind if not inference.tricks else f"{kind}/{self._epoch(inference, model.lab, day)}/{model.lab}"
        serving = served.get(on)
        if serving is None:
            law = Serving(self.draw.accelerators[kind], inference, self._dated(model.lab, day))
            serving = served[on] = _Served(law)
        found = serving.known.get(id(model))
        if found is None:
            found = serving.known[id(model)] = serving.law.of(model)
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

    def parts_of(self, lab: str) -> list[Parts]:
        """The same of all of a lab's fleets."""
        found = self._of_lab.get(lab)
        if found is None:
            found = self._of_lab[lab] = [self.parts(lab, name) for name in self.draw.labs[lab].fleets]
        return found

    def place(self, domain: str) -> int:
        """A domain's place in the order of their names."""
        return self._places[domain]

    @property
    def ordered(self) -> list[ModelRecord]:
        """Models by lab, then by the day from which the lab can use them."""
        if self._ordered is None:
            self._ordered = sorted_models(self.record)
        return self._ordered

    def _find_parts(self, lab: str, fleet: str) -> Parts:
        growth, demand = self.record.inference_efficiency[lab], self.record.demand.get((lab, fleet))
        for found in self.fleets_of(lab):
            if found.name == fleet:
                if found.tricks or demand or lab in self._stands or len(found.line.types) > 1:
                    return self._parts_by_day(found, growth)
                return self._parts_of_uses(found, growth)
        return Parts(growth, demand, 0, [], [])

    def _parts_of_uses(self, fleet: FleetRates, growth: Growth) -> Parts:
        """Where nothing but the accelerators changes, and these are of one type: each use is a part."""
        line = fleet.line
        name = ""
        tokens_on_one = copies_on_one = worth_of_one = 0.0
        for use in line.uses:
            if use.model != name:
                name = use.model
                of = self.of_fleet(self.models[fleet.lab, name], fleet, 0.0)
                tokens_on_one, copies_on_one, worth_of_one = of.tokens_per_s[0], of.copies[0], of.worth[fleet.domain]
            count = use.count
            use.tokens, use.copies, use.worth = count * tokens_on_one, count * copies_on_one, worth_of_one
        return Parts(growth, fleet.demand, fleet.domain, line.spans, line.uses)

    def _parts_by_day(self, fleet: FleetRates, growth: Growth) -> Parts:
        """From each day on which accelerators, tricks or demand change or a standstill begins or ends."""
        lab, line, tricks = fleet.lab, fleet.line, fleet.tricks
        stands = self._stands.get(lab, [])
        changes = {*tricks, *(span.day for span in line.spans), *(day for day, _ in fleet.demand or ())}
        changes.update(day for stand in stands for day in stand)
        spans: list[Span] = []
        uses: list[FleetUse] = []
        known: dict[str, ModelRates] = {}  # until new tricks begin
        epoch, n, last = 0, -1, len(line.spans) - 1
        for day in sorted(changes):
            while n < last and line.spans[n + 1].day <= day:
                n += 1
            if tricks and (now := up_to(tricks, day)) != epoch:
                epoch = now
                known.clear()
            made, span = None, Span(day, len(uses))
            spans.append(span)
            if n >= 0 and not self.stands(lab, day):
                held = line.spans[n]
                for use in line.uses[held.first : held.over]:
                    place = line.types.index(use.kind)
                    of = known.get(use.model)
                    if of is None:
                        of = known[use.model] = self.of_fleet(self.models[lab, use.model], fleet, day)
                    if made is None or use.model != made.model:  # uses stand by model
                        made = FleetUse(use.model, "", 0.0)
                        made.worth = of.worth[fleet.domain]
                        uses.append(made)
                    made.count += use.count
                    made.tokens += use.count * of.tokens_per_s[place]
                    made.copies += use.count * of.copies[place]
            span.over = len(uses)
        return Parts(growth, fleet.demand, fleet.domain, spans, uses)

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
        worths = self.worths(model, inference, day, think_x)
        return worths[self._places[domain.name]]

    def worths(self, model: ModelRecord, inference: Inference, day: float, think_x: float) -> list[float]:
        """The same in each domain, in the order of their names."""
        key = (id(model), id(inference), self._epoch(inference, model.lab, day), think_x)
        found = self._worths.get(key)
        if found is None:
            found = self._worths[key] = self._find_worths(model, inference, day, think_x)
        return found

    def _find_worths(self, model: ModelRecord, inference: Inference, day: float, think_x: float) -> list[float]:
        laws = self._worth.get(think_x)
        if laws is None:
            laws = self._worth[think_x] = [Worth(domain, self.draw.human, think_x) for domain in self._domains]
        quality_x = quality_multiplier(inference, self._dated(model.lab, day))
        if model.in_domain:
            return [laws[place].of(model.capability(name), quality_x) for name, place in self._places.items()]
        return [law.of(model.effective_flop, quality_x) for law in laws]

    def fleets_of(self, lab: str) -> list[FleetRates]:
        """A lab's fleets that ever had accelerators, by name."""
        found = self._fleets.get(lab)
        if found is None:
            found, specs, demands = [], self.draw.labs[lab].fleets, self.record.demand
            for name, line in self.fleets.get(lab, {}).items():
                spec = specs[name]
                tricks, domain = self.trick_days(spec.inference, lab), self._places[spec.domain]
                made = FleetRates(lab, spec, domain, line, demands.get((lab, name)), tricks)
                for other in found:
                    if other.does_as(made):
                        made.known = other.known
                found.append(made)
            self._fleets[lab] = found
        return found

    def of_fleet(self, model: ModelRecord, fleet: FleetRates, day: float) -> ModelRates:
        """How fast a model of the fleet's lab runs in a fleet, and what that is worth, with a day's tricks."""
        known = fleet.known[up_to(fleet.tricks, day) if fleet.tricks else 0]
        found = known.get(model.name)
        if found is None:
            inference = fleet.inference
            each = [self.each(model, kind, inference, day) for kind in fleet.line.types]
            found = known[model.name] = ModelRates(each, self._find_worths(model, inference, day, fleet.think))
        return found

    @property
    def human_tokens_per_s(self) -> float:
        """Speed of a thinking human, tokens/s."""
        return (self.draw.human.tokens_per_human_hour_thinking or 0.0) / SECONDS_PER_HOUR
