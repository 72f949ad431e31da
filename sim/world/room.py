"""What interventions leave to training and research of a lab's accelerators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.domain import RESEARCH
from sim.model.intervention import TRAINING, Intervention
from sim.model.lab import EXPERIMENTS
from sim.world.claim import SLACK
from sim.world.minimum_shares import minimum_shares
from sim.world.run import Holding

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.limits import Limits
    from sim.world.view import View


def research_fleets(lab: LabState) -> list[str]:
    """Names of the fleets that do AI research."""
    return [fleet.name for fleet in lab.fleets if fleet.spec.domain == RESEARCH]


def has_work(lab: LabState, use: str) -> bool:
    """Whether a use could do something with accelerators: experiments can, a fleet with a model."""
    return use == EXPERIMENTS or any(fleet.name == use and fleet.best is not None for fleet in lab.fleets)


def training_share(lab: LabState) -> float:
    """What training is meant to have: its declared share of the cluster, or the largest that a run states, if more.

    A run takes the share that it states, whatever is declared: a tax of a fifth is a fifth of that.
    """
    return max(lab.view.training_share, *(run.share or 0.0 for run in lab.spec.runs), 0.0)


def room(limits: Limits, view: View, alone: Intervention | None = None) -> Holding:
    """Accelerators that training may hold, of each type. alone: if this intervention were the only one."""
    shares = limits.lab.shares
    if not limits.caps_training:
        return dict(view.total)
    specs = limits.specs if alone is None else [alone]
    total = limits.lab.world.h100e(view.total)
    share, meant = min(spec.share(TRAINING) for spec in specs), training_share(limits.lab)
    research = meant + sum(shares.get(use, 0.0) for use in (EXPERIMENTS, *research_fleets(limits.lab)))
    parts = [share * meant] if share < 1.0 else []
    for spec in specs:
        caps = _parts(spec.cap_training, spec.cap_training_share, total)
        parts += [_held_to(spec, cap, meant) for cap in caps]
        caps = _parts(spec.cap_research, spec.cap_research_share, total)
        parts += [_held_to(spec, cap, research) for cap in caps]
    least = min(parts, default=1.0)
    owed = sum(share for use, share in minima(limits, alone).items() if has_work(limits.lab, use))
    if owed:
        least = min(least, max(0.0, 1.0 - owed))
    return {kind: least * count for kind, count in view.total.items()}


def within_room(limits: Limits, free: Holding) -> Holding:
    """Of what is free, what a run may take for its next phase beside all that runs hold."""
    if not limits.caps_training:
        return free
    left = room(limits, limits.lab.view)
    for run in limits.lab.running:
        for kind, count in run.held.items():
            left[kind] -= count
    return {kind: min(count, left[kind]) for kind, count in free.items()}


def research_room(limits: Limits, view: View) -> Holding | None:
    """Accelerators that training, experiments and AI in research may hold together; None if all."""
    shares = limits.lab.shares
    total = limits.lab.world.h100e(view.total)
    uses = (EXPERIMENTS, *research_fleets(limits.lab))
    meant = view.training_share + sum(shares.get(use, 0.0) for use in uses)
    parts = [
        _held_to(spec, cap, meant)
        for spec in limits.specs
        for cap in _parts(spec.cap_research, spec.cap_research_share, total)
    ]
    if min(parts, default=1.0) >= 1.0:
        return None
    return {kind: min(parts) * count for kind, count in view.total.items()}


def minima(limits: Limits, alone: Intervention | None = None) -> dict[str, float]:
    """Shares that uses get at least. alone: if this intervention were the only one."""
    result: dict[str, float] = {}
    for spec in limits.specs if alone is None else [alone]:
        for use, share in minimum_shares(limits.lab.world, spec).items():
            meant = limits.lab.shares.get(use, 0.0)
            least = share if share <= meant else meant + spec.holds * (share - meant)
            result[use] = max(result.get(use, 0.0), least)
    return result


def too_large(limits: Limits, size: Holding, held: Holding) -> list[Intervention]:
    """Those that leave training too little for a run beside what it holds: alone, else all of them together."""
    view = limits.lab.view

    def fits(most: Holding) -> bool:
        return all(held.get(kind, 0.0) + count <= most[kind] * (1.0 + SLACK) for kind, count in size.items())

    if not limits.caps_training or fits(room(limits, view)):
        return []
    alone = [spec for spec in limits.specs if not fits(room(limits, view, spec))]
    return alone or [spec for spec in limits.specs if caps_training(spec) or spec.share(TRAINING) < 1.0]


def caps_training(spec: Intervention) -> bool:
    """Whether an intervention caps what training may hold."""
    caps = (spec.cap_training, spec.cap_training_share, spec.cap_research, spec.cap_research_share)
    return any(cap is not None for cap in caps) or bool(spec.minimum_shares)


def _parts(h100e: float | None, share: float | None, total: float) -> list[float]:
    """Caps as shares of a cluster of so many H100e."""
    found = [] if share is None else [share]
    if h100e is not None:
        found.append(min(1.0, h100e / total) if total else 1.0)
    return found


def _held_to(spec: Intervention, cap: float, meant: float) -> float:
    """A cap on a share of the cluster, eased by how badly it holds, up to what is meant to be used."""
    return cap + (1.0 - spec.holds) * max(0.0, meant - cap)
