"""Models become usable: inside their lab from one date, by all from another, each on a clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.base.calendar import tick
from sim.model.ai_model import ExistingModel
from sim.physics.capability import effective_flop
from sim.physics.scaling import params_for_tokens
from sim.world import new_model, programme, uptake, variant
from sim.world.record import ModelRecord
from sim.world.weights import open_weights

if TYPE_CHECKING:
    from sim.world.lab import LabState

Release = tuple["LabState", ModelRecord, int]
"""(lab, model, the event that brought it about, or -1 if the scenario states it)."""

OnHand = tuple[float, str, str, Callable[[Any], None], Release]
"""(day, lab, model, release, what): a date at or before the start. They are told in this order."""


def plan_release(lab: LabState, model: ModelRecord, cause: int) -> None:
    """Put the internal and public dates of a finished run's model on the lab's clock of releases."""
    late = lab.world.agenda.day - lab.releases.now
    lab.releases.at(model.internal - late, _internal, (lab, model, cause))
    clock = lab.public_releases
    late = lab.world.agenda.day - clock.now
    if model.public is not None:
        clock.at(model.public - late, _public, (lab, model, cause))
    if model.opened is not None:
        clock.at(model.opened - late, open_weights, (lab, model, cause))
    if lab.name in lab.world.secret:
        model.public = model.opened = None  # if ever, when all know of the lab


def add_existing(lab: LabState, existing: ExistingModel) -> list[OnHand]:
    """A model that the lab has at the start, or is stated to get: what is on hand; later dates go on the clock."""
    day = existing.internal
    efficiency_then = lab.world.record.training_efficiency[lab.name].at(day)
    sparsity = lab.world.sparsity(lab.spec, day)
    effective = existing.effective_flop
    sum_effective = effective_flop([(existing.flop or 0.0, efficiency_then)])
    if effective is None:
        effective = sum_effective
    params, tokens = existing.params, existing.tokens
    if params is None:
        flop = existing.flop if existing.flop is not None else effective / efficiency_then
        if tokens is not None:
            params = params_for_tokens(flop, tokens)
        else:
            found = new_model.size_of(lab.world, flop, lab.spec.training.size, sparsity)
            params, tokens = found.params, found.tokens
    lab.generation += 1
    model = ModelRecord(
        lab=lab.name, name=existing.name, generation=lab.generation, base=None, started=None, finished=None,
        internal=tick(day), public=None if existing.public is None else tick(existing.public), params=params,
        total_params=existing.total_params or params * sparsity, tokens=tokens,
        kv_bytes_per_token=existing.kv_bytes_per_token, training_flop=existing.flop, effective_flop=effective,
        stated=existing.effective_flop is not None, flagship=existing.flagship,
        flop_times_efficiency=sum_effective or effective, existing=True,
        opened=None if existing.opened is None else tick(existing.opened),
    )  # fmt: skip
    new_model.check_model(model)
    lab.models[model.name] = model
    lab.world.record.models.append(model)
    if existing.distilled:
        model.kind, model.closes_windows = "distilled", False
    if existing.tuned is not None:
        variant.tune(model, existing.tuned)
    on_hand: list[OnHand] = []
    for since, happen in ((model.internal, _internal), (model.public, _public), (model.opened, open_weights)):
        if since is not None and since > 0.0:
            clock = lab.releases if happen is _internal else lab.public_releases
            clock.at(since, happen, (lab, model, -1))
        elif since is not None:
            on_hand.append((since, lab.name, model.name, happen, (lab, model, -1)))
    return on_hand


def _internal(what: Release) -> None:
    """A model can be used inside its lab."""
    lab, model, cause = what
    world = lab.world
    day = world.agenda.day
    if day > 0.0 and day != model.internal:
        model.internal = day  # its clock was paused
    new = cause >= 0 or model.internal > 0.0
    causes = (cause,) if cause >= 0 else ()
    kind = "model_internal" if new else "model_on_hand"
    event = world.event(lab.name, kind, model.name, model.effective_flop, "FLOP", None, causes)
    model.released, model.event = new, event
    lab.usable.add(model.name)
    world.frontier.available(lab, model, event)
    if lab.name not in world.secret:
        world.ran(model.training_flop or 0.0, event)
    if lab.trust is not None:
        lab.trust.consider(model, event)
    uptake.take_up(lab, model, False, event)
    if lab.for_each and model.kind == "general" and not model.existing:
        programme.follow(lab, model, event)


def forget_held_back(lab: LabState) -> None:
    """At the end: a planned date that passed while it was held back is none."""
    world = lab.world
    for model in lab.models.values():
        if model.lab != lab.name or "/" in model.name:
            continue
        if model.internal < world.end and model.event < 0:
            model.internal = world.end
        if model.public is not None and model.public < world.end:
            if not any(other is model for other in world.public_models):
                model.public = None


def postponed(what: Release) -> None:
    """A model whose release was put off may be released, if it still waits."""
    lab, model, _ = what
    if lab.postponed.pop(model.name, None) is not None:
        _public(what)


def _public(what: Release) -> None:
    """A model can be used by all."""
    lab, model, cause = what
    world = lab.world
    day = world.agenda.day
    if model.public is None:
        model.public = day  # it was kept secret until now
    if day > 0.0:
        if lab.limits is not None and lab.limits.too_soon(what):
            return
    lab.released_on = max(lab.released_on, day - lab.late if day > 0.0 else model.public)
    if day > 0.0 and day != model.public:
        model.public = day
    new = cause >= 0 or model.public > 0.0
    causes = (cause,) if cause >= 0 else ()
    kind = "model_public" if new else "model_public_on_hand"
    event = world.event(lab.name, kind, model.name, model.effective_flop, "FLOP", None, causes)
    world.public_models.append(model)
    uptake.take_up(lab, model, True, event)
    for rival in world.watch_rivals:
        if rival is not lab:
            rival.notice(event)
