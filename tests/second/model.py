"""Models of the second simulator: what a run leaves, which one a fleet runs, and who closes a window."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from tests.second.run import NONE, Job, up


@dataclass(eq=False)
class Model:
    """`total`: FLOP times efficiency, without the gain. `there`: effective FLOP in domains in which it is another."""

    lab: str
    name: str
    started: float | None
    finished: float | None
    internal: float
    public: float | None
    params: float
    flop: float | None
    effective: float
    total: float
    closes: bool = True
    there: dict[str, float] = field(default_factory=dict)

    def since(self, fleet: Any) -> float:
        """The first day on which a fleet may use it."""
        return self.internal if fleet.models == "internal" else math.inf if self.public is None else self.public


def new_model(lab: str, job: Job, base: Model | None, now: float) -> Model:
    """The model of a run that is finished."""
    spec, small = job.spec, job.spec.distilled
    internal = now if spec.internal is None else max(now, up(spec.internal))
    public = None if spec.internal_only else up(internal + spec.public_after_days)
    total = job.total + (base.total if base else 0.0)
    model = Model(lab, job.name, job.started, now, internal, public,
                  spec.params or (base.params if base else math.sqrt(job.done / 120.0)), job.done,
                  spec.effective_flop or total * spec.gain, total)  # fmt: skip
    if small and base:
        share, model.closes, model.total = small.effective_flop_share, small.closes_windows, 0.0
        model.total, model.params = share * base.total, spec.params or small.params_share * base.params
        if not spec.effective_flop:
            model.effective = share * base.effective
            model.there = {name: share * flop for name, flop in base.there.items()}
    if spec.tuned:
        model.there = {spec.tuned.domain: model.effective * spec.tuned.there_x}
        model.effective *= spec.tuned.elsewhere_x
    return model


def in_use(models: list[Model], fleet: Any, now: float) -> tuple[Model, Model | None, float] | None:
    """The model of a fleet, the one before, and since when: a new one that is at least as strong takes over."""
    best, old, since = None, None, 0.0
    for model in sorted(models, key=lambda model: model.since(fleet)):
        value, other = (m.there.get(fleet.domain, m.effective) if m else 0.0 for m in (model, best))
        if model.since(fleet) <= now and value >= other * (1.0 - NONE):
            best, old, since = model, best, max(0.0, model.since(fleet))
    return None if best is None else (best, old, since)


def window(model: Model, models: list[Model], own: bool, stronger_by: float, end: float) -> tuple[float, str | None]:
    """Length of a model's window and who closes it."""
    closers = [(m.internal, m.lab, m.name) for m in models
               if m is not model and m.closes and m.internal < end and (m.lab == model.lab or not own)
               and m.effective >= stronger_by * model.effective]  # fmt: skip
    day, lab, name = min(closers, default=(end, "", ""))
    return max(0.0, day - model.internal), (name if own else f"{lab}/{name}") if closers else None
