"""A developer of models."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Final

from sim.base.series import Series
from sim.model.ai_model import ExistingModel
from sim.model.alignment import Alignment
from sim.model.cluster import Supply
from sim.model.declare import block, blocks, dated_numbers, flag, named, policy, text, when
from sim.model.fleet import Fleet
from sim.model.inference import Inference
from sim.model.policy import BUILT_IN, PolicyPhase, UserPolicy
from sim.model.software import Software
from sim.model.training_run import AfterTraining, Training, TrainingRun

TRAINING: Final = "training"
EXPERIMENTS: Final = "experiments"
IDLE: Final = "idle"
"""Declared idle: counts towards 100%, and is what nothing uses."""

NOT_FLEETS = (TRAINING, EXPERIMENTS, IDLE)


@dataclass(slots=True, kw_only=True)
class Lab:
    name: str
    bloc: str | None = text("bloc", "the bloc that the lab belongs to", default=None)
    covert: bool = flag(
        "covert", "a covert project: it begins only as the `covert` lab of a deal (`interventions`), and has no "
        "`compute` and no `models` of its own", default=False, source="this program's choice: no",
    )  # fmt: skip
    compute: list[Supply] = blocks(
        "compute", Supply, "the lab's cluster: what is on hand and what arrives", unless="covert"
    )
    use: dict[str, Series] = dated_numbers(
        "use",
        "share",
        "share of the cluster for `training`, `experiments` and each fleet; what is left, or `idle`, is idle",
        default={"training": "10%", "experiments": "55%", "serving": "35%"},
        also=("shares", "allocation"),
        source="OpenAI 2024: final runs 7%, other R&D 64%, inference 29% of spend (Epoch AI 2025); rounded",
        low=0.0,
        high=1.0,
    )
    policy: str | UserPolicy = policy(
        "policy",
        BUILT_IN,
        "shares: each use its declared share; training_first: a run that is due takes the whole cluster; "
        "phases: by the rules in `phases`; or a function in a Python file of your own (docs/policies.md)",
        default="shares",
        source="this program's definition (docs/model.md)",
    )
    fleets: dict[str, Fleet] = named("fleets", Fleet, "details of the fleets named in `use`", default={})
    runs: list[TrainingRun] = blocks(
        "runs", TrainingRun, "the training programme: explicit runs and cadences", default=[]
    )
    models: list[ExistingModel] = blocks("models", ExistingModel, "models that the lab has at the start", default=[])
    after_training: AfterTraining | None = block(
        "after_training", AfterTraining, "where a finished run's accelerators go", default=None
    )
    enters: float | None = when(
        "enters", "date on which the lab begins: it has nothing before, and what states no date counts from it",
        default=None,
    )  # fmt: skip
    phases: list[PolicyPhase] = blocks(
        "phases", PolicyPhase, "for `policy: phases`, in order: the first whose conditions hold applies", default=[]
    )
    staff: dict[str, Series] = dated_numbers(
        "staff", "people", "humans who work at the lab, by domain", default={}, low=0.0,
        also=("humans", "people", "researchers"),
    )  # fmt: skip
    alignment: Alignment | None = block("alignment", Alignment, "this lab's alignment work", default={}, inherits=True)
    software: Software = block("software", Software, "this lab's software efficiencies", default={}, inherits=True)
    training: Training = block("training", Training, "how this lab's runs use accelerators", default={}, inherits=True)
    inference: Inference = block("inference", Inference, "throughput at this lab", default={}, inherits=True)

    @property
    def entry(self) -> float:
        """Day on which the lab begins: not before the start; infinite if only a deal makes it begin."""
        if self.covert:
            return inf
        return max(0.0, self.enters or 0.0)
