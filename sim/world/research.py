"""What a lab's research into software consists of: people, AI labour and experiment compute; and how fast that goes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from sim.model.domain import RESEARCH
from sim.model.software import RELATIVE
from sim.model.worth import share_doable, worth
from sim.physics.labour import joint_labour_nested, labour_with_one
from sim.physics.software import research_input
from sim.world.split import experiments_of

if TYPE_CHECKING:
    from sim.world.fleet import FleetState
    from sim.world.lab import LabState


class FleetWork(NamedTuple):
    """AI labour of one fleet at inference efficiency 1: by model (share doable, human-equivalents)."""

    most: float
    """Inference efficiency from which on demand holds the work down; infinite without `demand`."""
    models: list[tuple[float, float]]


class Research:
    """A lab's research as it is from one event to the next; only AI labour moves on, with inference efficiency."""

    __slots__ = ("humans", "fleets", "flop_per_s", "compute", "substitution", "labour")

    def __init__(self, humans: float, fleets: list[FleetWork], flop_per_s: float, compute: float, rho: float) -> None:
        self.humans = humans
        self.fleets = fleets
        self.flop_per_s = flop_per_s
        self.compute = compute
        """Experiment compute as it counts: FLOP/s of bf16 peak, or those over the frontier run's FLOP."""
        self.substitution = rho
        self.labour = self._labour()
        """Labour of humans and AIs together, in humans, as a function of inference efficiency."""

    def _labour(self) -> Callable[[float], float]:
        humans, fleets, rho = self.humans, self.fleets, self.substitution
        if not fleets:
            return lambda efficiency: humans
        if len(fleets) == 1 and len(fleets[0].models) == 1:
            most, ((share, work),) = fleets[0]
            one = labour_with_one(humans, share, rho, work)
            return one if most == math.inf else lambda efficiency: one(min(efficiency, most))

        def labour(efficiency: float) -> float:
            ai = [(share, work * min(efficiency, most)) for most, models in fleets for share, work in models]
            return joint_labour_nested(humans, ai, rho)

        return labour


Known = tuple[float, float, dict[str, float]]
"""Of a model in a fleet: share doable, human-equivalents of a token/s, and by accelerator tokens/s at efficiency 1."""


def research_of(lab: LabState, fleets: list[FleetState], known: dict[tuple[str, str], Known]) -> Research:
    """The research of a lab as its accelerators, models, staff and demand are today.

    fleets: those in research. known: what has been worked out by (fleet, model), kept from call to call.
    """
    world, name = lab.world, lab.name
    record = world.record
    staff = record.staff.get((name, RESEARCH))
    working: list[FleetWork] = []
    for fleet in fleets:
        tokens = 0.0
        models = []
        for _, model, held in lab.deployed_by(fleet):
            value = known.get((fleet.name, model))
            if value is None:
                value = _known(lab, fleet, model)
                if not fleet.spec.inference.tricks:
                    known[fleet.name, model] = value
            able, each, rates = value
            here = 0.0
            for kind, count in held.items():
                if kind not in rates:
                    rates[kind] = world.throughput(lab.models[model], kind, fleet.spec.inference).tokens_per_s
                here += count * rates[kind]
            tokens += here
            models.append((able, here * each))
        if tokens:
            demand = record.demand.get((name, fleet.name))
            most = math.inf if demand is None else demand[-1][1] / tokens
            working.append(FleetWork(most, models))
    flop_per_s = 0.0
    for kind, count in experiments_of(lab.split).items():
        flop_per_s += count * world.bf16_peak(kind)
    compute = flop_per_s
    if lab.spec.software.experiments_count == RELATIVE:
        compute = flop_per_s / world.largest_run if world.largest_run else 0.0
    rho = world.draw.human.task_substitution
    return Research(staff[-1][1] if staff else 0.0, working, flop_per_s, compute, -2.0 if rho is None else rho)


def _known(lab: LabState, fleet: FleetState, name: str) -> Known:
    """Of a model in a fleet, as it is today."""
    world, spec, model = lab.world, fleet.spec, lab.models[name]
    domain, think = world.draw.domains[RESEARCH], spec.think_x or 1.0
    each = worth(model, domain, world.draw.human, spec.inference, world.agenda.day - lab.late, think)
    return share_doable(model, domain, think), each, {}


class Speed:
    """Drive d of dA/dt = d·A^(1−β): g0·R^λ, R relative to the research of the base date, which gives d = g0."""

    __slots__ = (
        "base", "base_labour", "base_drive", "drive", "compute", "_stated", "_share", "_rho", "_penalty",
        "_labour_power", "_compute_power", "_of_base",
    )  # fmt: skip

    def __init__(self, research: Research, labour: float, drive: float, lab: LabState) -> None:
        law = lab.spec.software
        self.base = research
        self.base_labour = labour
        self.base_drive = self._stated = drive
        self._share = 0.5 if law.labour_share is None else law.labour_share
        self._rho = law.research_substitution or 0.0
        self._penalty = 0.6 if law.parallel_penalty is None else law.parallel_penalty
        self._labour_power = power = self._share * self._penalty
        self._compute_power = (1.0 - self._share) * self._penalty
        self._of_base = labour**-power if power else 1.0
        self.compute = 1.0
        """Today's experiment compute relative to the base date."""
        self.drive: Callable[[float], float]
        """g0·R^λ of the research that `set` took, as a function of inference efficiency."""
        self.set(research)

    def run_at(self, pace: float, research: Research) -> None:
        """Let software progress at a share of what research makes of it."""
        self.base_drive = self._stated * pace
        self.set(research)

    def set(self, research: Research) -> None:
        """Take today's research."""
        compute, before = research.compute, self.base.compute
        self.compute = 1.0 if compute == before else (compute / before if before else 0.0)
        self.drive = self._drive_of_both(research.labour) if self._rho else self._power_law(research.labour)

    def _power_law(self, labour: Callable[[float], float]) -> Callable[[float], float]:
        part = self.compute**self._compute_power if self._share < 1.0 else 1.0
        factor, exponent = self.base_drive * (part * self._of_base), self._labour_power

        def drive(efficiency: float) -> float:
            value: float = factor * labour(efficiency) ** exponent
            return value

        return drive

    def _drive_of_both(self, labour: Callable[[float], float]) -> Callable[[float], float]:
        compute = self.compute

        def drive(efficiency: float) -> float:
            relative = labour(efficiency) / self.base_labour if self.base_labour else 0.0
            return float(self.base_drive * self.input(relative, compute) ** self._penalty)

        return drive

    def input(self, labour: float, compute: float) -> float:
        """R of labour and compute relative to the base date."""
        return research_input(labour, compute, self._share, self._rho)
