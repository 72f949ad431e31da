"""A training run in the kernel: a gang of accelerators that works through phases."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING, Any, Final

from sim.base.calendar import tick
from sim.base.units import SECONDS_PER_DAY
from sim.model.accelerator import Accelerator
from sim.model.training_run import AfterTraining, SizeRule, Training, TrainingRun
from sim.physics.scaling import CHINCHILLA_TOKENS_PER_PARAM, flop_for_params, flop_for_tokens, flop_of_run
from sim.world.record import RunLog

if TYPE_CHECKING:
    from sim.world.continuous import Checkpoints
    from sim.world.start_rule import RuleState

Holding = dict[str, float]
"""Accelerators by type. Never changed in place, so that it can be passed on and recorded as it is."""

NOTHING: Final[Holding] = {}


def sum_of(one: Holding, other: Holding) -> Holding:
    """Accelerators by type of two holdings together."""
    if not one:
        return other
    result = one.copy()
    for kind, count in other.items():
        result[kind] = result.get(kind, 0.0) + count
    return result


def count_of(held: Holding) -> float:
    """Accelerators of all types together."""
    if len(held) == 1:
        for count in held.values():
            return count
    return float(sum(held.values()))


class RunError(ValueError):
    """A run cannot be what the scenario says it is. lab, run: names, where it is known whose it is."""

    def __init__(self, message: str, lab: str = "", run: str = "") -> None:
        super().__init__(message, lab, run)  # from these a copy is made in another process
        self.lab = lab
        self.run = run

    def __str__(self) -> str:
        return str(self.args[0])


class PlannedPhase:
    """One phase with its target: FLOP, or days at full work (`timed`)."""

    __slots__ = ("name", "timed", "target", "flop_share", "accelerators_share", "trains")

    def __init__(self, name: str, timed: bool, target: float, flop_share: float, accelerators_share: float) -> None:
        self.name = name
        self.timed = timed
        self.target = target
        self.flop_share = flop_share
        self.accelerators_share = accelerators_share
        self.trains = flop_share > 0.0


def rule_inputs(rule: SizeRule) -> dict[str, Any]:
    """What `physics.scaling` takes of a size rule: numbers that the rule does not use are neutral."""
    return {
        "rule": rule.rule,
        "tokens_per_param": rule.tokens_per_param or CHINCHILLA_TOKENS_PER_PARAM,
        "horizon_tokens": rule.horizon_tokens or 1.0,
        "params_at_reference": rule.params_at_reference or 0.0,
        "flop_at_reference": rule.flop_at_reference or 0.0,
        "flop_exponent": rule.flop_exponent or 0.0,
        "sparsity_exponent": rule.sparsity_exponent or 0.0,
        "sparsity_at_reference": rule.sparsity_at_reference or 1.0,
        "token_stock": rule.token_stock,
    }


def stated_flop(spec: TrainingRun, sparsity: Callable[[float], float], day: float) -> float | None:
    """FLOP that a run's statement fixes: `flop`, or that of `params` (with `tokens`, else by its size rule).

    The power rule needs the model's sparsity: as its total parameters state it, else that of the `day` of the run.
    """
    if spec.flop is not None:
        return spec.flop
    if spec.params is None:
        return None
    if spec.tokens is not None:
        return flop_for_tokens(spec.params, spec.tokens)
    rule, spread = spec.training.size, 1.0
    if rule.rule == "power":
        spread = spec.total_params / spec.params if spec.total_params else sparsity(day)
    try:
        return flop_for_params(spec.params, sparsity=spread, **rule_inputs(rule))
    except ValueError as error:
        raise RunError(f"run {spec.name}: FLOP cannot be found from its `params`: {error}") from error


class Effort:
    """What training makes of accelerators, looked up once in a world for all runs of which the same is stated."""

    __slots__ = ("training", "accelerators", "precision", "utilisation", "_peaks")

    def __init__(self, training: Training, accelerators: dict[str, Accelerator]) -> None:
        self.training = training  # by whose identity it is found: that must stay
        self.accelerators = accelerators
        self.precision = training.precision
        self.utilisation = training.utilisation
        self._peaks: dict[str, float] = {}

    def flop_per_day(self, held: Holding) -> float:
        """Training FLOP a day of accelerators that work together."""
        rate, peaks = 0.0, self._peaks
        for kind, count in held.items():
            peak = peaks.get(kind)
            if peak is None:
                peak = peaks[kind] = self.accelerators[kind].peak(self.precision)
            rate += count * peak
        return flop_of_run(rate, self.utilisation, SECONDS_PER_DAY)


class Run:
    """One run, from the day it is due. What it holds and how fast it works change only at events.

    Its target is days where its length is stated (the FLOP then follows, or is exactly what was stated),
    and FLOP where it is not.
    """

    __slots__ = (
        "name", "number", "spec", "due", "flop", "length", "phases", "phase", "done", "anchor", "rate",
        "flop_rate", "claim", "held", "version", "trained", "flop_done", "phase_flop", "phase_efficiency",
        "log", "started", "pretraining_end", "pretraining_held", "waiting_for", "after_training", "due_event",
        "backdated", "suspended", "event", "phase_waits", "rule", "checkpoints", "sized_on", "uncut_flop",
        "uncut_days", "cut_to", "elastic",
    )  # fmt: skip

    def __init__(self, spec: TrainingRun, name: str, number: int, due: float, flop: float | None, lab: str) -> None:
        self.spec = spec
        self.name = name
        self.number = number
        self.due = due
        self.flop = flop
        self.length = spec.length_days
        if self.length is None and spec.internal is not None and spec.starts is not None and flop is not None:
            if not spec.accelerators and spec.share is None:
                self.length = spec.internal - spec.starts - sum(p.length_days or 0.0 for p in spec.phases or ())
                if self.length <= 0.0:
                    raise RunError(f"{lab}: the stated phases of run {name} leave no time for training between "
                                   "`starts` and `internal`")  # fmt: skip
        if flop is not None and self.length is not None and (spec.accelerators or spec.elastic):
            self.length = None  # consistent with the accelerators (checked when loaded), or to be finished sooner
        self.phases = plan_phases(spec, self.length, flop)
        self.phase = -1
        self.done = 0.0
        self.anchor = due
        self.rate = 0.0
        self.flop_rate = 0.0
        self.claim: Holding = {}
        self.held: Holding = {}
        self.version = 0
        self.trained: list[tuple[float, float]] = []
        # (FLOP, training efficiency at its start) of each phase that is over
        self.flop_done = 0.0
        self.phase_flop = 0.0
        self.phase_efficiency = 1.0
        self.log = RunLog(lab, name, due)
        self.started: float | None = None
        self.pretraining_end: float | None = None
        self.pretraining_held: Holding = {}
        self.waiting_for: str | None = None
        self.after_training: AfterTraining | None = spec.after_training
        self.due_event = -1
        self.event = -1
        self.backdated = 0.0
        self.suspended = False
        self.elastic = False
        """Whether it is one that is resized, and has started."""
        self.phase_waits = False
        self.rule: RuleState | None = None
        self.checkpoints: Checkpoints | None = None
        self.sized_on: float | None = None
        """Day on which its length was last found (`run_length`)."""
        self.uncut_flop: float | None = None
        """FLOP that it was meant to have before interventions cut it; None if none has."""
        self.uncut_days: float | None = None
        self.cut_to: float | None = None
        """Of an elastic one that works for days: how many it was meant to train, and FLOP that it may have."""

    def take_length(self, days: float | None) -> None:
        """Be of another length, before it starts; not if its accelerators or FLOP make it as long as it is."""
        if self.length is not None and days != self.length:
            self.length = days
            self.phases = plan_phases(self.spec, days, self.flop)

    def needs_length(self) -> bool:
        """Whether its accelerators follow from FLOP and length."""
        return (
            self.flop is not None and self.length is not None and not self.spec.accelerators and self.spec.share is None
        )

    def settle(self, day: float) -> None:
        """Add what was done since the anchor; call only when the rate changes."""
        elapsed = day - self.anchor
        if elapsed and self.rate:
            if self.checkpoints is not None:
                self.checkpoints.settle(self.flop_rate, self.anchor, day)
            self.done += self.rate * elapsed
            self.phase_flop += self.flop_rate * elapsed
        self.anchor = day

    def projected_end(self) -> float:
        """Day on which the present phase ends at the present rate."""
        left = self.phases[self.phase].target - self.done
        return tick(self.anchor + left / self.rate) if left > 0.0 else self.anchor


def plan_phases(spec: TrainingRun, length: float | None, flop: float | None) -> list[PlannedPhase]:
    """Phases with targets; training that is continuous has one without end.

    A stated length is split so that the accelerators' rate is the same in each phase.
    """
    stated = spec.phases or []
    if spec.length_rule is not None and spec.continuous:
        return [PlannedPhase("pretraining", False, inf, 1.0, 1.0)]
    if not stated:
        timed = length is not None
        target = tick(length) if length is not None else flop
        assert target is not None
        return [PlannedPhase("pretraining" if spec.base is None else "post-training", timed, target, 1.0, 1.0)]
    work = [0.0, *accumulate((phase.flop_share or 0.0) / (phase.accelerators_share or 1.0) for phase in stated)]
    result = []
    for k, phase in enumerate(stated):
        part = phase.accelerators_share or 1.0
        if phase.length_days is not None:
            result.append(PlannedPhase(phase.phase, True, tick(phase.length_days), 0.0, part))
            continue
        share = phase.flop_share or 0.0
        if length is not None:
            # From date to date: on ticks, and together exactly the length.
            days = tick(length * (work[k + 1] / work[-1])) - tick(length * (work[k] / work[-1]))
            result.append(PlannedPhase(phase.phase, True, days, share, part))
        else:
            assert flop is not None
            result.append(PlannedPhase(phase.phase, False, flop * share, share, part))
    return result
