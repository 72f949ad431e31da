"""The model that a finished run leaves: its size, dates and effective FLOP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.base.calendar import tick
from sim.base.limits import MOST_FLOP, MOST_OTHER, check_size
from sim.model.training_run import SizeRule, TrainingRun
from sim.physics.capability import effective_flop
from sim.physics.scaling import Size, params_for_tokens, size_law, tokens_for_params
from sim.world import safety_tax, variant
from sim.world.record import ModelRecord
from sim.world.run import Run, rule_inputs

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.world import World


class Terms:
    """What a run's statement says of the model that comes of it: looked up once for all runs of a statement.

    Only what is asked for is read: what a draw's reader has not asked for counts as an input without influence.
    """

    __slots__ = (
        "spec", "training", "base", "gain", "params", "total_params", "tokens", "distilled", "tuned", "kv_bytes",
        "effective_flop", "flagship", "internal", "internal_only", "public", "public_after", "opened", "open_after",
        "goodput", "utilisation", "precision",
    )  # fmt: skip

    def __init__(self, spec: TrainingRun) -> None:
        self.spec = spec
        self.training = training = spec.training
        self.base = spec.base
        self.gain = 1.0 if spec.gain is None else spec.gain
        self.params = spec.params
        self.total_params = spec.total_params
        self.tokens = spec.tokens
        self.distilled = spec.distilled
        self.tuned = spec.tuned
        self.kv_bytes = spec.kv_bytes_per_token
        self.effective_flop = spec.effective_flop
        self.flagship = spec.flagship
        self.internal = spec.internal
        self.internal_only = spec.internal_only
        self.public = spec.public
        dated = self.internal_only or self.public is not None
        self.public_after = 0.0 if dated else spec.public_after_days or 0.0
        self.opened = spec.opened
        self.open_after = spec.open_after_days if self.opened is None else None
        self.goodput = training.goodput
        self.utilisation = training.utilisation
        self.precision = training.precision


def make_model(lab: LabState, run: Run, day: float) -> ModelRecord:
    """The model of a finished run, with its size by the run's rule and its effective FLOP."""
    world = lab.world
    spec = world.model_terms.get(id(run.spec))
    if spec is None:
        spec = world.model_terms[id(run.spec)] = Terms(run.spec)
    base = lab.models.get(spec.base) if spec.base is not None else None
    gain = spec.gain
    work = [*run.trained, (base.flop_times_efficiency, 1.0)] if base else run.trained
    params, total_params, tokens = spec.params, spec.total_params, spec.tokens
    sparsity = world.sparsity(lab.spec, day - lab.late)
    if spec.distilled is not None and base is not None and params is None:
        smaller = spec.distilled.params_share or 1.0
        params, total_params = smaller * base.params, total_params or smaller * base.total_params
    elif base is not None and params is None:
        params, total_params = base.params, total_params or base.total_params
        tokens = tokens or base.tokens
    if params is None and tokens is not None:
        params = params_for_tokens(run.flop_done, tokens)
    elif params is None or (tokens is None and base is None):
        found = size_of(world, run.flop_done, spec.training.size, sparsity)
        if params is None:
            params, total_params = found.params, total_params or found.total_params
            tokens = found.tokens
        else:
            tokens = tokens_for_params(run.flop_done, params)
    plain = effective_flop(work)
    lab.generation += 1
    late = day - lab.releases.now  # what a pause of releases has moved stated dates by
    held_back = day - lab.public_releases.now
    internal = day if spec.internal is None else max(day, tick(spec.internal) + late)
    model = ModelRecord(
        lab=lab.name,
        name=run.name,
        generation=lab.generation,
        base=spec.base,
        started=run.started,
        finished=day,
        internal=internal,
        public=_public_day(spec, internal, held_back),
        params=params,
        total_params=total_params or params * sparsity,
        tokens=tokens,
        kv_bytes_per_token=spec.kv_bytes or (base.kv_bytes_per_token if base else None),
        training_flop=run.flop_done,
        effective_flop=spec.effective_flop or gain * plain,
        stated=spec.effective_flop is not None,
        flagship=spec.flagship,
        flop_times_efficiency=plain,
        accelerators=run.pretraining_held,
        pretraining_end=run.pretraining_end,
        goodput=spec.goodput,
        utilisation=spec.utilisation,
        precision=spec.precision,
    )
    if spec.distilled is not None and base is not None:
        variant.distil(model, spec.distilled, base)
    if spec.tuned is not None:
        variant.tune(model, spec.tuned)
    safety_tax.pay(lab, model, base if spec.distilled is not None and not model.stated else None)
    check_model(model)
    model.opened = _open_day(spec, model, held_back)
    lab.models[model.name] = model
    world.record.models.append(model)
    if spec.internal is not None and internal - late > tick(spec.internal):
        after = internal - late - spec.internal
        world.warn(lab.name, run.name, f"ends {after:.1f} days after its pinned internal date")
    if spec.public is not None and model.public is not None and model.public - held_back > tick(spec.public):
        after = model.public - held_back - spec.public
        world.warn(lab.name, run.name, f"is public {after:.1f} days after its pinned public date")
    return model


def check_model(model: ModelRecord) -> None:
    """Raises LimitError if a model is larger than can be computed with."""
    flop, trained, params = model.effective_flop, model.training_flop or 0.0, model.total_params
    if flop <= MOST_FLOP and trained <= MOST_FLOP and params <= MOST_OTHER:
        return
    lab, name = model.lab, model.name
    check_size(flop, MOST_FLOP, "effective FLOP of model {}/{}", lab, name)
    check_size(trained, MOST_FLOP, "training FLOP of model {}/{}", lab, name)
    check_size(params, MOST_OTHER, "parameters of model {}/{}", lab, name)


def _open_day(spec: Terms, model: ModelRecord, late: float) -> float | None:
    if spec.opened is not None:
        return max(model.internal, tick(spec.opened) + late)
    if spec.open_after is None or model.public is None:
        return None
    return tick(model.public + spec.open_after)


def size_of(world: World, flop: float, rule: SizeRule, sparsity: float) -> Size:
    """Parameters and tokens of a model of given FLOP by its size rule, which is worked out once in a world."""
    law = world.size_laws.get(id(rule))
    if law is None:
        law = world.size_laws[id(rule)] = size_law(**rule_inputs(rule))
    return law(flop, sparsity)


def _public_day(spec: Terms, internal: float, late: float) -> float | None:
    if spec.internal_only:
        return None
    if spec.public is not None:
        return max(internal, tick(spec.public) + late)
    return tick(internal + spec.public_after)
