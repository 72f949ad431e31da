"""A draw: one set of concrete values for everything a scenario says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sim.base.calendar import Recurrence
from sim.model.accelerator import Accelerator
from sim.model.alignment import Alignment
from sim.model.cluster import Supply
from sim.model.declare import block, blocks, every, flag, named, number, numbers, text, when, whole
from sim.model.domain import Domain, ExpertLevel, Human
from sim.model.inference import Inference
from sim.model.intervention import Intervention
from sim.model.lab import Lab
from sim.model.level import Hazard, Level, Milestone
from sim.model.shock import Shock
from sim.model.software import Diffusion, Software, Theft
from sim.model.training_run import Training


@dataclass(slots=True, kw_only=True)
class World:
    """The world's accelerators, where the scenario's labs are not all of it."""

    compute: list[Supply] = blocks("compute", Supply, "accelerators in the world: on hand and produced")


@dataclass(frozen=True, slots=True)
class Branch:
    """What happens by chance from a day on (since the start) is drawn anew, from streams named by `key`."""

    day: float
    key: str


@dataclass(slots=True, kw_only=True)
class Draw:
    """A whole scenario as plain numbers. Days count from `start`."""

    start: date
    labs: dict[str, Lab] = named("labs", Lab, "the labs, by name")
    end: float = when("end", "date on which the simulation stops (exclusive)")
    name: str = text("name", "name of the scenario", default="")
    question: str = text("question", "the question that the scenario answers", default="")
    note: str = text("note", "what a reader should know", default="")
    base_date: float = when("base_date", "date at which relative quantities are 1", default="the start")
    seed: int = whole("seed", "seed of all random numbers", default=0)
    stronger_by: float = number(
        "stronger_by",
        "x",
        "a model is stronger if its effective FLOP is larger by this factor",
        default="2x",
        source="this program's definition (docs/model.md)",
        above=1.0,
    )
    trajectory: Recurrence = every(
        "trajectory", "interval of trajectory.csv", default="1 month", source="this program's choice"
    )
    accelerators: dict[str, Accelerator] = named(
        "accelerators", Accelerator, "types besides (or instead of) the catalog's", default={}
    )
    world: World | None = block("world", World, "the world's accelerators; the sum of the labs if absent", default=None)
    software: Software = block("software", Software, "software efficiencies of every lab", default={})
    training: Training = block("training", Training, "how training uses accelerators", default={})
    inference: Inference = block("inference", Inference, "how deployed models use accelerators", default={})
    human: Human = block("human", Human, "the human that AI work is compared with", default={})
    domains: dict[str, Domain] = named(
        "domains", Domain, "kinds of work", default={"ai_research": {}, "alignment": {}, "general": {}, "software": {}}
    )
    quality_bands: dict[str, float] = numbers(
        "quality_bands",
        "share",
        "bands of quality that AI work is counted in: name, and the quality from which it holds; one begins at 0%",
        default={"poor": "0%", "mediocre": "30%", "expert": "100%"},
        source="this program's choice (docs/model.md)",
        low=0.0,
    )
    expert_level: ExpertLevel | None = block(
        "expert_level", ExpertLevel, "from where on a model counts as expert-level in a domain", default={}
    )
    levels: dict[str, Level] = named("levels", Level, "named levels of capability", default={})
    milestones: dict[str, Milestone] = named("milestones", Milestone, "conditions whose first date is kept", default={})
    hazards: dict[str, Hazard] = named(
        "hazards", Hazard, "random events at a rate, recorded when they happen", default={}
    )
    shocks: dict[str, Shock] = named("shocks", Shock, "what befalls labs from outside", default={})
    interventions: dict[str, Intervention] = named(
        "interventions", Intervention, "what is laid over the world to buy time", default={}
    )
    pause: Intervention | None = block(
        "pause", Intervention, "one more intervention, named `pause`, as most scenarios need one only", default=None
    )
    diffusion: list[Diffusion] = blocks("diffusion", Diffusion, "how findings in software spread", default=[])
    thefts: dict[str, Theft] = named("thefts", Theft, "models or software that a lab takes from another", default={})
    alignment: Alignment | None = block("alignment", Alignment, "alignment work: who may do it, and what holds it down",
                                        default={})  # fmt: skip
    backtest: bool = flag(
        "backtest", "hold predicted closings of flagships against the dates of the real next ones", default=False
    )
    observed_uplift: dict[str, float] = numbers(
        "observed_uplift",
        "x",
        "what AI was observed to add to the speed of AI research, by year, to hold the implied uplift against",
        default={"2024": "1.02x to 1.10x", "2025": "1.02x to 1.10x", "2026": "1.1x to 1.6x"},
        source="2024-25: AI 2027 timelines inputs (2025); 2026: upper end the AI Futures Model's "
        "1.6x on software engineering, lower end a guess",
        low=0.0,
    )
    quantities: dict[str, float] = numbers(
        "quantities",
        "any",
        "numbers with a name of their own, for several places to share and formulas to refer to",
        default={},
    )
    draw: int = 0
    branch: Branch | None = None
    uncertain: tuple[str, ...] = field(default=())
