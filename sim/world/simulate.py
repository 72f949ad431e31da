"""One draw, simulated: sets the world up, lets it run, and hands back the record."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import simpy

from sim.base.calendar import Recurrence, tick
from sim.base.series import Growth, Series, growth_from, steps_of
from sim.base.units import DAYS_PER_YEAR
from sim.model.ai_model import ExistingModel
from sim.model.cluster import Batch
from sim.model.draw import Draw
from sim.model.inference import Inference
from sim.model.lab import Lab
from sim.model.software import Software
from sim.model.throughput import throughput
from sim.model.training_run import TrainingRun
from sim.physics.capability import effective_flop
from sim.physics.scaling import params_for_tokens
from sim.physics.throughput import Throughput
from sim.world import deployment, training
from sim.world.agenda import Agenda, LoopError, Order
from sim.world.clock import Clock
from sim.world.frontier import Frontier
from sim.world.hazard import HazardState
from sim.world.lab import LabState, PolicyError
from sim.world.policy import Policy
from sim.world.record import ModelRecord, RunRecord, step
from sim.world.run import Run, RunError
from sim.world.supply import WorldStock, batches, shared_batches, world_stock

MONTHLY = Recurrence(months=1.0)


class SimulationError(RuntimeError):
    """A run of the kernel could not go on. `record` holds what happened until then, `day` when it stopped."""

    def __init__(self, message: str, record: RunRecord, day: float) -> None:
        super().__init__(message)
        self.record = record
        self.day = day


def simulate(draw: Draw, policies: Mapping[str, Policy] | None = None) -> RunRecord:
    """Simulate a draw from its start to its end.

    policies: lab -> a policy of the user's own, in place of the declared one.
    Raises SimulationError, with the record so far, when events loop at one instant, a policy gives out
    accelerators that are not there, or a run in progress would have ended before the start.
    """
    world = World(draw, policies or {})
    try:
        world.set_up()
        env = simpy.Environment()
        env.process(world.agenda.run(env, world.end, world.decide, world.settled))
        env.run()
    except (LoopError, PolicyError, RunError) as error:
        raise SimulationError(str(error), world.record, world.agenda.day) from error
    for lab in world.labs:
        training.close(lab)
    return world.record


class World:
    """All labs, the agenda and the record of one run."""

    def __init__(self, draw: Draw, policies: Mapping[str, Policy]) -> None:
        self.draw = draw
        self.end = tick(draw.end)
        self.agenda = Agenda()
        self.record = RunRecord(draw)
        self.dirty: list[LabState] = []
        self.moved: list[LabState] = []
        self.clocks: dict[tuple[str, str], list[Clock]] = {}
        self.public_models: list[ModelRecord] = []
        self.labs = [LabState(self, draw.labs[name], policies.get(name)) for name in sorted(draw.labs)]
        self.frontier = Frontier(self)
        self._happened = self.record.events
        self.peaks = {kind: accelerator.peak("bf16") for kind, accelerator in draw.accelerators.items()}
        self._on_hand: list[tuple[float, str, str, Any, Any]] = []
        self._throughput: dict[tuple[int, str, int], Throughput] = {}
        self._settings = _alike(
            [lab.spec.inference for lab in self.labs]
            + [fleet.spec.inference for lab in self.labs for fleet in lab.fleets]
        )

    def event(
        self, lab: str, kind: str, subject: str, value: float | None, unit: str, details: dict[str, Any] | None,
        causes: tuple[int, ...],
    ) -> int:  # fmt: skip
        """Record an event of today and return its index."""
        events = self._happened
        events.append((self.agenda.day, lab, kind, subject, value, unit, details, causes))
        return len(events) - 1

    def clock(self, process: str, order: int, lab: str) -> Clock:
        """A clock for a dated process of a lab (or, lab empty, of the world), kept with the others of its kind."""
        made = Clock(self.agenda, order, lab)
        self.clocks.setdefault((lab, process), []).append(made)
        return made

    def warn(self, lab: str, subject: str, message: str) -> None:
        """Record what a user should be told about this run."""
        self.record.warnings.append((self.agenda.day, lab, subject, message))

    def decide(self) -> None:
        """Every lab at which something changed decides once."""
        dirty, self.dirty = self.dirty, []
        if len(dirty) > 1:
            dirty.sort(key=lambda lab: lab.name)
        for lab in dirty:
            lab.decide()

    def settled(self) -> None:
        """An instant is over: tell where the accelerators of finished and started runs went."""
        if self.moved:
            moved, self.moved = self.moved, []
            for lab in sorted(moved, key=lambda lab: lab.name):
                deployment.tell_moves(lab)

    def throughput(self, model: ModelRecord, kind: str, inference: Inference) -> Throughput:
        """Throughput of a model on one accelerator today, at inference efficiency 1."""
        if inference.tricks:
            return throughput(model, self.draw.accelerators[kind], inference, self.agenda.day)
        key = (id(model), kind, self._settings[id(inference)])
        found = self._throughput.get(key)
        if found is None:
            found = self._throughput[key] = throughput(model, self.draw.accelerators[kind], inference, 0.0)
        return found

    def sparsity(self, lab: Lab, day: float) -> float:
        """Total over active parameters of a model that is finished on `day` and states none."""
        series = lab.inference.sparsity
        return 1.0 if series is None else series.at(day)

    # Setting up

    def set_up(self) -> None:
        draw = self.draw
        world_batches = []
        if draw.world is not None:
            for supply in draw.world.compute:
                world_batches.extend(batches(supply, self.end, draw.start))
            self._keep_world(world_batches)
        shared = world_stock(world_batches)
        for lab in self.labs:
            self._set_up_software(lab)
            self._set_up_cluster(lab, shared)
            self._set_up_series(lab)
            for existing in sorted(lab.spec.models, key=lambda model: (model.internal, model.name)):
                self._add_existing(lab, existing)
            for spec in sorted(lab.spec.runs, key=lambda run: run.name or ""):
                self._add_runs(lab, spec)
            lab.changed(-1)
            lab.causes.clear()
        for _, _, _, release, what in sorted(self._on_hand, key=lambda item: item[:3]):
            self.agenda.at(0.0, Order.RELEASE, "", release, what)
        self.agenda.at(0.0, Order.DECISION, "", _nothing)
        for name in sorted(draw.hazards):
            hazard = draw.hazards[name]
            state = HazardState(self, name, hazard.lab or "", hazard.rate.at(0.0))
            clock = self.clock("hazards", Order.SERIES, hazard.lab or "")
            for day, rate in steps_of(hazard.rate, self.end, draw.start, MONTHLY):
                clock.at(day, state.set_rate, rate)

    def _keep_world(self, world_batches: list[Batch]) -> None:
        changes: dict[str, list[tuple[float, float]]] = {}
        for batch in world_batches:
            since = max(0.0, tick(batch.day))
            changes.setdefault(batch.accelerator, []).append((since, batch.count))
            if batch.retires_after_days is not None:
                changes[batch.accelerator].append((max(0.0, tick(batch.day + batch.retires_after_days)), -batch.count))
        for kind, line in sorted(changes.items()):
            stock = 0.0
            for day, change in sorted(line):
                stock += change
                step(self.record.world, kind, day, stock)

    def _set_up_software(self, lab: LabState) -> None:
        law = lab.spec.software
        trained = efficiency(law.training_efficiency, law.training_growth, self.draw.base_date)
        self.record.training_efficiency[lab.name] = trained
        self.record.inference_efficiency[lab.name] = inference_law(law, trained, self.draw.base_date)

    def _set_up_cluster(self, lab: LabState, world: WorldStock) -> None:
        draw = self.draw
        on_hand: dict[str, float] = {}
        for supply in lab.spec.compute:
            clock = self.clock("deliveries", Order.DELIVERY, lab.name)
            if supply.share_of_world is not None:
                coming = shared_batches(supply, world, self.end, draw.start)
            else:
                coming = batches(supply, self.end, draw.start)
            for batch in coming:
                if batch.day <= 0.0:
                    life = batch.retires_after_days
                    if life is not None and batch.day + life <= 0.0:
                        continue
                    on_hand[batch.accelerator] = on_hand.get(batch.accelerator, 0.0) + batch.count
                    self._plan_retirement(lab, batch)
                elif batch.day < self.end:
                    clock.at(tick(batch.day), self._deliver, (lab, batch))
        kinds = {supply.accelerator for supply in lab.spec.compute if supply.accelerator}
        if any(supply.share_of_world is not None for supply in lab.spec.compute):
            kinds.update(kind for kind, _ in (world[-1][1] if world else ()))
        for kind in sorted(kinds):
            count = on_hand.get(kind, 0.0)
            lab.resize(kind, count)
            if count:
                event = self.event(lab.name, "on_hand", kind, count, "accelerators", None, ())
                if self.frontier.by_cluster:
                    self.frontier.cluster_changed(lab, event)

    def _plan_retirement(self, lab: LabState, batch: Batch, late: float = 0.0, delivered: int = -1) -> None:
        """Put a batch's retirement on a clock that is as late as its delivery was."""
        if batch.retires_after_days is not None and batch.count > 0.0:
            day = tick(batch.day + batch.retires_after_days)
            if day + late < self.end:
                clock = self.clock("retirement", Order.RETIREMENT, lab.name)
                clock.behind = late
                clock.at(day, self._retire, (lab, batch, delivered))

    def _set_up_series(self, lab: LabState) -> None:
        spec, record = lab.spec, self.record
        for use in sorted(spec.use):
            self._follow(lab, f"use:{use}", spec.use[use], self._set_share, (lab, use))
        for domain in sorted(spec.staff):
            step(record.staff, (lab.name, domain), 0.0, spec.staff[domain].at(0.0))
            self._follow(
                lab, f"staff:{domain}", spec.staff[domain], self._set_primitive, (record.staff, lab.name, domain)
            )
        for fleet in lab.fleets:
            demand = fleet.spec.demand_tokens_per_s
            if demand is not None:
                step(record.demand, (lab.name, fleet.name), 0.0, demand.at(0.0))
                self._follow(
                    lab, f"demand:{fleet.name}", demand, self._set_primitive, (record.demand, lab.name, fleet.name)
                )
            for trick in fleet.spec.inference.tricks or ():
                if trick.since is not None and 0.0 < trick.since < self.end:
                    clock = self.clock("tricks", Order.SERIES, lab.name)
                    clock.at(tick(trick.since), self._trick, (lab.name, fleet.name, trick.name))

    def _follow(self, lab: LabState, subject: str, series: Series, take: Any, what: Any) -> None:
        if series.constant:
            return
        clock = self.clock(subject, Order.SERIES, lab.name)
        for day, value in steps_of(series, self.end, self.draw.start, MONTHLY):
            clock.at(day, self._step_series, (lab, subject, take, what, value))

    def _add_existing(self, lab: LabState, existing: ExistingModel) -> None:
        day = existing.internal
        efficiency_then = self.record.training_efficiency[lab.name].at(day)
        sparsity = self.sparsity(lab.spec, day)
        effective = existing.effective_flop
        sum_effective = effective_flop([(existing.flop or 0.0, efficiency_then)])
        if effective is None:
            effective = sum_effective
        params, tokens = existing.params, existing.tokens
        if params is None:
            size = lab.spec.training.size
            flop = existing.flop if existing.flop is not None else effective / efficiency_then
            if tokens is not None:
                params = params_for_tokens(flop, tokens)
            else:
                found = training.size_of(flop, size, sparsity)
                params, tokens = found.params, found.tokens
        total = existing.total_params or params * sparsity
        lab.generation += 1
        model = ModelRecord(
            lab=lab.name, name=existing.name, generation=lab.generation, base=None, started=None, finished=None,
            internal=tick(day), public=None if existing.public is None else tick(existing.public), params=params,
            total_params=total, tokens=tokens, kv_bytes_per_token=existing.kv_bytes_per_token,
            training_flop=existing.flop, effective_flop=effective, stated=existing.effective_flop is not None,
            flagship=existing.flagship, flop_times_efficiency=sum_effective or effective, existing=True,
        )  # fmt: skip
        lab.models[model.name] = model
        self.record.models.append(model)
        for since, release in ((model.internal, self.internal_release), (model.public, self.public_release)):
            if since is not None and since > 0.0:
                self.agenda.at(since, Order.RELEASE, lab.name, release, (lab, model, -1))
            elif since is not None:
                self._on_hand.append((since, lab.name, model.name, release, (lab, model, -1)))

    def _add_runs(self, lab: LabState, spec: TrainingRun) -> None:
        if spec.every is None:
            due = training.start_of(spec, lab)
            if due < self.end:
                flop = training.flop_of(spec, lab, due if spec.internal is None else spec.internal)
                run = Run(spec, spec.name or lab.name, 0, due, flop, lab.name)
                self.clock("runs", Order.SERIES, lab.name).at(max(0.0, due), self._due, (lab, run))
            return
        clock = self.clock("runs", Order.SERIES, lab.name)
        first = 0.0 if spec.starts is None else spec.starts
        self._plan_next(clock, lab, spec, first, 0)

    def _plan_next(self, clock: Clock, lab: LabState, spec: TrainingRun, first: float, k: int) -> None:
        assert spec.every is not None
        due = spec.every.occurrence(k, first, self.draw.start)
        while due < 0.0:
            k += 1
            due = spec.every.occurrence(k, first, self.draw.start)
        if due < self.end and (spec.until is None or due < spec.until):
            clock.at(due, self._cadence, (clock, lab, spec, first, k, due))

    # What happens

    def _cadence(self, what: tuple[Clock, LabState, TrainingRun, float, int, float]) -> None:
        clock, lab, spec, first, k, _ = what
        flop = training.flop_of(spec, lab, self.agenda.day)
        if flop is not None and spec.flop_grows is not None:
            flop *= spec.flop_grows**k
        run = Run(spec, f"{spec.name or lab.name}-{k + 1}", k + 1, self.agenda.day, flop, lab.name)
        training.become_due(lab, run)
        self._plan_next(clock, lab, spec, first, k + 1)

    def _due(self, what: tuple[LabState, Run]) -> None:
        training.become_due(*what)

    def _deliver(self, what: tuple[LabState, Batch]) -> None:
        lab, batch = what
        if batch.count < 0.0:
            lab.lose(batch.accelerator, -batch.count, "withdrawal")
            return
        event = self.event(lab.name, "delivery", batch.accelerator, batch.count, "accelerators", None, ())
        lab.receive(batch.accelerator, batch.count, event)
        if batch.retires_after_days is not None:
            self._plan_retirement(lab, batch, self.agenda.day - tick(batch.day), event)
        if self.frontier.by_cluster:
            self.frontier.cluster_changed(lab, event)

    def _retire(self, what: tuple[LabState, Batch, int]) -> None:
        lab, batch, delivered = what
        lab.lose(batch.accelerator, batch.count, "retirement", (delivered,) if delivered >= 0 else ())

    def phase_ended(self, what: tuple[LabState, Run, int]) -> None:
        """A projected end of a phase."""
        training.end_phase(*what)

    def internal_release(self, what: tuple[LabState, ModelRecord, int]) -> None:
        """A model can be used inside its lab."""
        lab, model, cause = what
        kind = "model_internal" if cause >= 0 or model.internal > 0.0 else "model_on_hand"
        causes = (cause,) if cause >= 0 else ()
        event = self.event(lab.name, kind, model.name, model.effective_flop, "FLOP", None, causes)
        model.released = cause >= 0 or model.internal > 0.0
        lab.usable.add(model.name)
        self.frontier.available(lab, model, event)
        deployment.take_up(lab, model, False, event)

    def public_release(self, what: tuple[LabState, ModelRecord, int]) -> None:
        """A model can be used by all."""
        lab, model, cause = what
        assert model.public is not None
        kind = "model_public" if cause >= 0 or model.public > 0.0 else "model_public_on_hand"
        causes = (cause,) if cause >= 0 else ()
        event = self.event(lab.name, kind, model.name, model.effective_flop, "FLOP", None, causes)
        self.public_models.append(model)
        deployment.take_up(lab, model, True, event)

    def _step_series(self, what: tuple[LabState, str, Any, Any, float]) -> None:
        lab, subject, take, args, value = what
        event = self.event(lab.name, "series_value", subject, value, SERIES_UNITS[subject.split(":")[0]], None, ())
        take(args, value, event)

    def _set_share(self, what: tuple[LabState, str], value: float, event: int) -> None:
        lab, use = what
        lab.shares[use] = value
        lab.weigh()
        lab.changed(event)

    def _set_primitive(self, what: tuple[Any, str, str], value: float, event: int) -> None:
        steps, lab, name = what
        step(steps, (lab, name), self.agenda.day, value)

    def _trick(self, what: tuple[str, str, str]) -> None:
        lab, fleet, name = what
        self.event(lab, "trick", f"{fleet}:{name}", None, "", None, ())


SERIES_UNITS = {"use": "share", "staff": "people", "demand": "tokens/s"}


def _alike(settings: list[Inference]) -> dict[int, int]:
    """id of each of the settings -> number of the first that equals it."""
    kinds: list[Inference] = []
    result = {}
    for item in settings:
        if item not in kinds:
            kinds.append(item)
        result[id(item)] = kinds.index(item)
    return result


def efficiency(series: Series | None, growth_per_year: float | None, base_date: float) -> Growth:
    """The law of an efficiency: the stated series, else growth at a constant rate from 1 at the base date."""
    if series is not None:
        return growth_from(series)
    rate = math.log(growth_per_year or 1.0) / DAYS_PER_YEAR
    return Growth(((base_date, 1.0, rate),))


def inference_law(law: Software, trained: Growth, base_date: float) -> Growth:
    """Inference efficiency: its own series or rate, else training efficiency to the power iota."""
    if law.inference_efficiency is not None or law.inference_growth is not None:
        return efficiency(law.inference_efficiency, law.inference_growth, base_date)
    power = 1.0 if law.inference_exponent is None else law.inference_exponent
    return Growth(tuple((day, value**power, rate * power) for day, value, rate in trained.pieces))


def _nothing(_: Any) -> None:
    """The first decision of every lab, at the start."""
