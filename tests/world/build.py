"""Small worlds built straight from the dataclasses, for tests of the kernel without files."""

from __future__ import annotations

from datetime import date
from typing import Any

from sim.base.calendar import Recurrence
from sim.base.series import Series, fixed
from sim.model.accelerator import Accelerator
from sim.model.ai_model import ExistingModel
from sim.model.cluster import Supply
from sim.model.domain import Domain, Human, Logistic
from sim.model.draw import Draw
from sim.model.fleet import Fleet
from sim.model.inference import Inference
from sim.model.lab import Lab
from sim.model.software import Software
from sim.model.training_run import AfterTraining, Phase, SizeRule, Training, TrainingRun

H100 = Accelerator(
    name="H100", peak_flop_per_s={"bf16": 1e15, "fp8": 2e15}, memory_bytes=80e9, bandwidth_bytes_per_s=3.2e12
)
TPU = Accelerator(name="TPU", peak_flop_per_s={"bf16": 0.5e15}, memory_bytes=32e9, bandwidth_bytes_per_s=1.2e12)


def inference(**changes: Any) -> Inference:
    values: dict[str, Any] = {
        "throughput": "memory",
        "precision": "fp8",
        "utilisation": 0.3,
        "speed_tokens_per_s": 30.0,
        "copies_per_replica": 256.0,
        "context_tokens": 200_000.0,
        "context_bytes": 20e9,
        "bandwidth_share": 0.8,
        "decoding_gain": 1.0,
        "generating_share": 1.0,
        "sparsity": fixed(8.0),
        "tricks": [],
    }
    return Inference(**{**values, **changes})


def training(**changes: Any) -> Training:
    size = SizeRule(rule="tokens_per_param", tokens_per_param=20.0, horizon_tokens=1.0)
    return Training(**{"precision": "bf16", "whole_run_mfu": 0.4, "size": size, **changes})


def run(name: str | None = "M", **values: Any) -> TrainingRun:
    rest: dict[str, Any] = {
        "gain": 1.0,
        "public_after_days": 30.0,
        "training": training(),
        "elastic": False,
        "flagship": False,
    }
    return TrainingRun(name=name, **{**rest, **values})


def phase(kind: str, **values: Any) -> Phase:
    return Phase(phase=kind, **{"accelerators_share": 1.0, **values})


def after(to: str, **values: Any) -> AfterTraining:
    return AfterTraining(to=to, **{"move": 1.0, "firm": False, **values})


def stock(count: float, kind: str = "H100", **values: Any) -> Supply:
    return Supply(accelerator=kind, count=count, **values)


def fleet(name: str, **values: Any) -> Fleet:
    rest = {
        "models": "public" if name == "serving" else "internal",
        "domain": "ai_research" if name == "research" else "general",
        "replace": "at once",
        "inference": inference(),
    }
    return Fleet(name=name, **{**rest, **values})


def existing(
    name: str, internal: float, effective: float | None, public: float | None = None, **values: Any
) -> ExistingModel:
    return ExistingModel(name=name, internal=internal, public=public, effective_flop=effective, **values)


def lab(name: str = "A", **values: Any) -> Lab:
    use = values.pop("use", {"training": 0.1, "experiments": 0.5, "research": 0.1, "serving": 0.3})
    use = {key: share if isinstance(share, Series) else fixed(share) for key, share in use.items()}
    fleets = values.pop("fleets", {key: fleet(key) for key in use if key not in ("training", "experiments")})
    after_training = values.get("after_training")
    runs = values.pop("runs", [])
    for item in runs:
        if item.after_training is None:
            item.after_training = after_training
    rest: dict[str, Any] = {
        "compute": [stock(1000.0)],
        "policy": "shares",
        "models": [],
        "staff": {},
        "software": Software(training_growth=1.0, inference_growth=1.0),
        "training": training(),
        "inference": inference(),
    }
    return Lab(name=name, use=use, fleets=fleets, runs=runs, **{**rest, **values})


def draw(*labs: Lab, end: float = 1000.0, start: date = date(2026, 1, 1), **values: Any) -> Draw:
    logistic = Logistic(ceiling=1.0, midpoint_flop=1e27, slope=1.0)
    domains = {
        name: Domain(
            name=name, token_basis="task", tokens_per_human_hour_task=1e5, quality=logistic, share_doable=logistic
        )
        for name in ("ai_research", "alignment", "general")
    }
    rest: dict[str, Any] = {
        "base_date": 0.0,
        "stronger_by": 2.0,
        "trajectory": Recurrence(months=1.0),
        "accelerators": {"H100": H100, "TPU": TPU},
        "software": Software(training_growth=1.0),
        "training": training(),
        "inference": inference(),
        "human": Human(tokens_per_human_hour_thinking=13_000.0, work_hours_per_week=40.0, task_substitution=-2.0),
        "domains": domains,
        "levels": {},
        "milestones": {},
        "hazards": {},
        "shocks": {},
        "observed_uplift": {},
        "quality_bands": {"poor": 0.0, "mediocre": 0.3, "expert": 1.0},
        "name": "test",
    }
    return Draw(start=start, end=end, labs={item.name: item for item in labs}, **{**rest, **values})
