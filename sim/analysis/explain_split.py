"""Why one model is stronger than another: the gain in effective FLOP split exactly into its parts.

Effective FLOP is G · Σ over phases (cluster · share · peak · utilisation · days · software). Each phase of one model
is set against the same phase of the other; a part's share of ln(gain) is Σ over phases of w · ln(its ratio) with
w = L(x₁, x₀)/L(E₁, E₀) and L(a, b) = (a − b)/ln(a/b), the logarithmic mean. The parts add up to ln(gain) exactly and
do not depend on an order. (LMDI-I: Ang 2005, "The LMDI approach to decomposition analysis", Energy Policy 33.)
"""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.base.units import H100E_FLOP_PER_S, SECONDS_PER_DAY
from sim.model.training_run import TrainingRun
from sim.tables.run_spec import spec_named
from sim.tables.steps import value_at
from sim.world.record import ModelRecord, RunLog, RunRecord

PARTS = {
    "chips": "cluster's H100e at the start",
    "share": "share of the cluster",
    "precision": "peak used over bf16 peak",
    "utilisation": "FLOP per peak FLOP",
    "duration": "days of work",
    "flop": "training FLOP, run not simulated",
    "software": "training efficiency",
    "post-training": "G, and post-training of one only",
    "other phases": "pretraining of one only",
    "stated": "effective FLOP as stated, or of continuous training",
}


class Term(NamedTuple):
    """One phase's contribution to Σ FLOP · efficiency: its value, and factors whose product it is.

    since: the day at which its software efficiency is taken.
    """

    key: tuple[str, int]
    value: float
    factors: dict[str, float]
    flop: float
    since: float


class Part(NamedTuple):
    """One part of a gain: the factor by which it alone multiplies, its share of ln(gain), and both sides' values."""

    name: str
    factor: float
    log_share: float
    before: float | None
    after: float | None


def log_mean(a: float, b: float) -> float:
    """(a − b)/ln(a/b); a if they are equal, 0 if one is 0."""
    if a <= 0.0 or b <= 0.0:
        return 0.0
    x = math.log(a / b)
    return b * (math.expm1(x) / x) if x else a


def run_of(record: RunRecord, model: ModelRecord) -> RunLog | None:
    """The training run that made a model."""
    if model.existing:
        return None
    return next((run for run in record.runs if (run.lab, run.name) == (model.lab, model.name)), None)


def spec_of(record: RunRecord, model: ModelRecord) -> tuple[int, TrainingRun] | None:
    """Number among the lab's declared runs, and declaration, of the run that made a model."""
    return None if model.existing else spec_named(record, model.lab, model.name, model.base)


def chain(record: RunRecord, model: ModelRecord) -> list[ModelRecord]:
    """A model's bases, oldest first, and the model."""
    by_name = {other.name: other for other in record.models if other.lab == model.lab}
    result = [model]
    while result[0].base is not None and result[0].base in by_name and by_name[result[0].base] not in result:
        result.insert(0, by_name[result[0].base])
    return result


def terms(record: RunRecord, model: ModelRecord) -> list[Term]:
    """Every training phase that went into a model, those of its bases included. Their values add up to Σ FLOP · A."""
    counts: dict[str, int] = {}
    result = []
    for link in chain(record, model):
        for phase, value, factors, flop, since in _own_terms(record, link):
            counts[phase] = counts.get(phase, 0) + 1
            result.append(Term((phase, counts[phase]), value, factors, flop, since))
    return result


def _own_terms(record: RunRecord, model: ModelRecord) -> list[tuple[str, float, dict[str, float], float, float]]:
    law = record.training_efficiency[model.lab]
    log = run_of(record, model)
    if log is None:
        if model.training_flop is None:
            whole = model.flop_times_efficiency
            return [("pretraining", whole, {"stated": whole}, 0.0, model.internal)]
        found = spec_of(record, model)
        if found is not None and found[1].continuous:  # each FLOP counted with its own day's software
            whole = model.flop_times_efficiency
            return [("pretraining", whole, {"stated": whole}, model.training_flop, model.internal)]
        software = law.at(model.internal)
        value = model.training_flop * software
        factors = {"flop": model.training_flop, "software": software}
        return [("pretraining", value, factors, model.training_flop, model.internal)]
    found = spec_of(record, model)
    stated = found[1].phases if found is not None else None
    phases = []
    for n, (name, since, until, held) in enumerate(log.phases):
        trains = not stated or (stated[n].length_days is None and bool(stated[n].flop_share))
        work = _work(record, model, since, until, held) if trains and until is not None and until > since else None
        if work is not None:
            phases.append((name, since, work))
    total = sum(work["flop"] for _, _, work in phases)
    result = []
    for name, since, work in phases:
        flop = work.pop("flop")
        exact = flop / total * (model.training_flop or 0.0)
        work["duration"] *= exact / flop
        software = law.at(since)
        result.append((name, exact * software, {**work, "software": software}, exact, since))
    return result


def _work(
    record: RunRecord, model: ModelRecord, since: float, until: float, held: dict[str, float]
) -> dict[str, float] | None:
    """FLOP of a phase and its factors. Cluster: on the day when the accelerators were taken, weighted by days."""
    accelerators = record.draw.accelerators
    steps = [(day, by_kind) for day, lab, name, by_kind in record.gangs if (lab, name) == (model.lab, model.name)]
    pieces: list[tuple[float, float, float, dict[str, float]]] = []
    if since < 0.0:
        pieces.append((0.0, since, min(0.0, until), held))
    for n, (day, by_kind) in enumerate(steps):
        end = steps[n + 1][0] if n + 1 < len(steps) else until
        left, right = max(day, since, 0.0), min(end, until)
        if right > left and any(by_kind.values()):
            pieces.append((day, left, right, by_kind))
    days = sum(right - left for _, left, right, _ in pieces)
    cluster = taken = peak = 0.0
    for day, left, right, by_kind in pieces:
        span = right - left
        cluster += span * sum(value_at(line, day) * accelerators[kind].h100e
                              for (lab, kind), line in record.clusters.items() if lab == model.lab)  # fmt: skip
        taken += span * sum(count * accelerators[kind].h100e for kind, count in by_kind.items())
        peak += span * sum(count * accelerators[kind].peak(model.precision) for kind, count in by_kind.items())
    if not (cluster and taken and peak and model.utilisation):
        return None
    return {
        "chips": cluster / days,
        "share": taken / cluster,
        "precision": peak / (taken * H100E_FLOP_PER_S),
        "utilisation": model.utilisation,
        "duration": days,
        "flop": peak * model.utilisation * SECONDS_PER_DAY,
    }


def gain_of(record: RunRecord, model: ModelRecord) -> float:
    """G: effective FLOP over Σ FLOP · efficiency."""
    return model.effective_flop / model.flop_times_efficiency


def by_flop(record: RunRecord, model: ModelRecord) -> bool:
    """Whether effective FLOP is what the FLOP of its phases gives: not as stated, nor a share of a larger model's."""
    return not model.stated and all(link.kind != "distilled" for link in chain(record, model))


def split(
    record: RunRecord, model: ModelRecord, closer: ModelRecord, world: RunRecord | None = None
) -> list[Part]:
    """The parts of closer's effective FLOP over model's; their factors multiply to it, exactly.

    world: the record that has closer, if it is another.
    """
    world = world or record
    gain = math.log(closer.effective_flop / model.effective_flop)
    if not (by_flop(record, model) and by_flop(world, closer)):
        return [Part("stated", math.exp(gain), 1.0, model.effective_flop, closer.effective_flop)]
    old = {term.key: term for term in terms(record, model)}
    new = {term.key: term for term in terms(world, closer)}
    g_old, g_new = gain_of(record, model), gain_of(world, closer)
    whole = log_mean(closer.effective_flop, model.effective_flop)
    logs: dict[str, float] = {}
    for key in dict.fromkeys([*old, *new]):
        before, after = old.get(key), new.get(key)
        x0 = g_old * before.value if before else 0.0
        x1 = g_new * after.value if after else 0.0
        if before is None or after is None:
            name = "post-training" if key[0] == "post-training" else "other phases"
            logs[name] = logs.get(name, 0.0) + (x1 - x0) / whole
            continue
        weight = log_mean(x1, x0) / whole
        logs["post-training"] = logs.get("post-training", 0.0) + weight * math.log(g_new / g_old)
        left, right = _common(before, after)
        for name in left:
            logs[name] = logs.get(name, 0.0) + weight * math.log(right[name] / left[name])
    result = []
    for name in PARTS:
        if name in logs and (name != "precision" or abs(logs[name]) > 1e-12):
            sides = _sides(name, old, new, g_old, g_new)
            result.append(Part(name, math.exp(logs[name]), logs[name] / gain if gain else 0.0, *sides))
    return result


def _common(before: Term, after: Term) -> tuple[dict[str, float], dict[str, float]]:
    """Factors that both have: all, or FLOP and software, or only the value."""
    if "stated" in before.factors or "stated" in after.factors:
        return {"stated": before.value}, {"stated": after.value}
    if "flop" in before.factors or "flop" in after.factors:
        return tuple({"flop": term.flop, "software": term.factors["software"]} for term in (before, after))  # type: ignore[return-value]
    return before.factors, after.factors


def _sides(
    name: str, old: dict[tuple[str, int], Term], new: dict[tuple[str, int], Term], g_old: float, g_new: float
) -> tuple[float | None, float | None]:
    """What the part was on either side, where both have one phase or it is the same number in all."""
    if name == "post-training":
        return g_old, g_new
    values = []
    for side in (old, new):
        found = {term.factors.get(name, term.flop if name == "flop" else None) for term in side.values()}
        values.append(found.pop() if len(found) == 1 else None)
    return values[0], values[1]
