"""Continuous training: E' = training rate × software efficiency, and a model each time E has grown by a factor."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.base.calendar import TICKS_PER_DAY, tick
from sim.base.growth import Growth
from sim.base.integral import RunningIntegral
from sim.physics.scaling import tokens_for_params
from sim.world import new_model, release, safety_tax
from sim.world.agenda import Order
from sim.world.crossing import first_day
from sim.world.record import ModelRecord
from sim.world.run import Run, RunError

if TYPE_CHECKING:
    from sim.world.lab import LabState


class Checkpoints:
    """The effective FLOP of training that never ends, and when the next model comes out of it."""

    __slots__ = ("lab", "run", "law", "base", "effective", "target", "number", "key", "worked")

    def __init__(self, lab: LabState, run: Run) -> None:
        spec = run.spec
        if spec.base is not None:
            base = lab.models[spec.base]
        else:
            usable = [lab.models[name] for name in sorted(lab.usable) if lab.models[name].kind == "general"]
            if not usable:
                raise RunError(f"{lab.name}: continuous training {run.name} goes on from a model, and there is none")
            base = max(usable, key=lambda model: model.effective_flop)
        self.lab = lab
        self.run = run
        self.law: Growth = lab.world.record.training_efficiency[lab.name]
        self.base = base
        self.effective = base.effective_flop
        self.target = base.effective_flop * self._each
        self.number = 0
        self.key: object = None
        self.worked = RunningIntegral(run.anchor)
        """Of training efficiency since the run's anchor."""
        lab.world.watching().each(lab.name, self.refresh)

    @property
    def _each(self) -> float:
        rule = self.run.spec.length_rule
        assert rule is not None
        return rule.release_each or 2.0

    def settle(self, flop_rate: float, since: float, until: float) -> None:
        """Add FLOP × efficiency of the day, over [since, until)."""
        self.effective += flop_rate * self._since(since).until(self.law, until)

    def _since(self, anchor: float) -> RunningIntegral:
        if self.worked.start != anchor:
            self.worked = RunningIntegral(anchor)
        return self.worked

    def refresh(self) -> None:
        """Take the law as it now is (its past is the same), and project anew if it, or the rate, has changed."""
        if self.lab.standstill is not None:
            return
        law = self.lab.world.record.training_efficiency[self.lab.name]
        if (len(law.pieces), law.pieces[-1], self.run.version) != self.key:
            self.law = law
            self.project()

    def project(self) -> None:
        """Put the day of the next model on the agenda."""
        run, lab = self.run, self.lab
        run.version += 1
        law = self.law = lab.world.record.training_efficiency[lab.name]
        self.key = (len(law.pieces), law.pieces[-1], run.version)
        if run.flop_rate <= 0.0:
            return
        day = self._next_day(lab.world.agenda.day, lab.world.end)
        if day is not None:
            lab.world.agenda.at(day, Order.COMPLETION, lab.name, self._come_out, run.version)

    def _next_day(self, today: float, end: float) -> float | None:
        """The first tick from today on, before the end, on which the next model is as strong as it has to be."""
        law, rate, target = self.law, self.run.flop_rate, self.target
        worked = self._since(self.run.anchor)
        worked.move_on(law, today)
        total, since, until = worked.total, worked.since, end
        for left, right, piece in law.segments(since, end):
            after = total + piece.integral(right - left)
            if self.effective + rate * after >= target:
                until = right
                break
            total, since = after, right
        else:
            return None

        def grown(day: float) -> float:
            return self.effective + rate * (total + law.integral(since, day))

        left = max(today, math.floor(since * TICKS_PER_DAY) / TICKS_PER_DAY)
        right = min(end, (math.ceil(until * TICKS_PER_DAY) + 1) / TICKS_PER_DAY)
        return first_day(grown, lambda value: value >= target, target, left, right)

    def _come_out(self, version: int) -> None:
        run, lab = self.run, self.lab
        if version != run.version:
            return
        world = lab.world
        day = world.agenda.day
        run.settle(day)
        self.effective = self.target  # exactly, as a completed run has exactly its target
        self.target *= self._each
        self.number += 1
        model = self._model(day)
        event = world.event(
            lab.name, "checkpoint", model.name, run.phase_flop, "FLOP",
            {"accelerators": run.held, "effective_flop": model.effective_flop}, (run.event,),
        )  # fmt: skip
        run.event = event
        safety_tax.tell(lab, model, event)
        release.plan_release(lab, model, event)
        self.project()

    def _model(self, day: float) -> ModelRecord:
        run, lab, base = self.run, self.lab, self.base
        spec, world = run.spec, lab.world
        sparsity = world.sparsity(lab.spec, day - lab.late)
        flop = run.phase_flop + (base.training_flop or 0.0)
        found = new_model.size_of(world, flop, spec.training.size, sparsity)
        params = spec.params or found.params
        lab.generation += 1
        model = ModelRecord(
            lab=lab.name, name=f"{run.name}-{self.number}", generation=lab.generation, base=None,
            started=run.started, finished=day, internal=day,
            public=None if spec.internal_only else tick(day + (spec.public_after_days or 0.0)),
            params=params, total_params=spec.total_params or params * sparsity,
            tokens=found.tokens if spec.params is None else tokens_for_params(flop, params),
            kv_bytes_per_token=spec.kv_bytes_per_token, training_flop=flop, effective_flop=self.effective,
            stated=False, flagship=spec.flagship, flop_times_efficiency=self.effective, accelerators=dict(run.held),
            pretraining_end=day, goodput=spec.training.goodput, utilisation=spec.training.utilisation,
            precision=spec.training.precision,
        )  # fmt: skip
        safety_tax.pay(lab, model)
        new_model.check_model(model)
        lab.models[model.name] = model
        world.record.models.append(model)
        return model
