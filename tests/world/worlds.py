"""One busy world for tests that change something which must not matter: three labs, most kinds of things."""

from __future__ import annotations

from datetime import date
from typing import Any

from sim.base.calendar import Recurrence
from sim.base.series import Series, fixed
from sim.model.cluster import Supply
from sim.model.draw import Draw
from sim.model.inference import Trick
from sim.model.lab import Lab
from sim.model.level import Hazard, Level, Milestone
from sim.model.software import Software
from tests.world.build import H100, TPU, after, draw, existing, fleet, inference, lab, phase, run, stock, training

QUARTER, NINETY = Recurrence(months=3.0), Recurrence(days=90.0)


def software() -> Software:
    return Software(training_growth=3.0, inference_growth=2.0, labour_share=0.5, parallel_penalty=0.6)


def aurora(by_calendar: bool) -> Lab:
    every = QUARTER if by_calendar else NINETY
    phases = [
        phase("pretraining", flop_share=0.9),
        phase("post-training", flop_share=0.1, accelerators_share=0.5),
        phase("evaluation", length_days=14.0, accelerators_share=0.1),
    ]
    return lab(
        "Aurora",
        use={"training": 0.2, "experiments": 0.4, "research": 0.1, "serving": 0.25},
        compute=[
            Supply(accelerator="H100", stock=fixed(20_000.0), grows=3.0, every=every),
            stock(3_000.0, "TPU", life_days=400.0),
            Supply(accelerator="TPU", deliver=500.0, deliveries_grow=2.0, every=every, life_days=500.0),
        ],
        runs=[
            run(
                "Dawn",
                starts=20.0,
                every=Recurrence(months=5.0) if by_calendar else Recurrence(days=150.0),
                length_days=100.0,
                phases=phases,
                public_after_days=40.0,
            ),
            run("Side", starts=300.0, accelerators={"TPU": 777.7, "H100": 333.3}, flop=3e24, params=2e11),
            run("Tuned", base="Dawn-1", starts=210.0, share=0.05, length_days=20.0, gain=3.0),
        ],
        models=[existing("Old", -200.0, 1e25, -100.0, params=1e11)],
        after_training=after("research", for_days=60.0),
        staff={"ai_research": Series(((0.0, 500.0), (365.0, 800.0))), "general": fixed(100.0)},
        software=software(),
        fleets={
            "research": fleet("research", replace="ramp", ramp_days=20.0),
            "serving": fleet(
                "serving",
                demand_tokens_per_s=Series(((0.0, 4e5), (400.0, 3e6))),
                inference=inference(tricks=[Trick(name="fast", since=500.0, speed_x=1.5, quality_x=0.9)]),
            ),
        },
    )


def borealis(by_calendar: bool) -> Lab:
    return lab(
        "Borealis",
        use={"training": 0.5, "experiments": 0.3, "serving": 0.2},
        policy="training_first",
        compute=[stock(8_000.0), stock(12_000.0, on=333.3)],
        runs=[
            run("Glow", starts=-30.0, share=0.5, length_days=90.0),
            run(
                "Shine",
                starts=250.0,
                flop=4e25,
                elastic=True,
                training=training(whole_run_mfu=None, mfu=0.5, goodput=0.9),
            ),
        ],
        after_training=after("serving", move=0.5),
        software=software(),
        fleets={"serving": fleet("serving", replace="beside", beside_share=0.6)},
    )


def corona(by_calendar: bool) -> Lab:
    return lab(
        "Corona",
        use={
            "training": 0.3,
            "experiments": Series(((0.0, 0.5), (450.0, 0.3))),
            "alignment": Series(((0.0, 0.1), (450.0, 0.3))),
        },
        compute=[stock(1_000.0), Supply(accelerator="TPU", deliver=800.0, every=QUARTER if by_calendar else NINETY)],
        runs=[run("Ray", starts=60.0, every=Recurrence(days=200.0), flop=2e23, flop_grows=3.0, until=700.0)],
        after_training=after("alignment", firm=True, for_days=30.0),
        software=software(),
        fleets={"alignment": fleet("alignment", domain="alignment", inference=inference(throughput="flop"))},
    )


def busy(*labs: Lab, by_calendar: bool = True, **values: Any) -> Draw:
    """All three labs unless others are given; about two years."""
    rest: dict[str, Any] = {
        "end": 760.0,
        "start": date(2026, 1, 31),
        "levels": {
            "low": Level(name="low", effective_flop=2e25),
            "mid": Level(name="mid", effective_flop=2e26),
            "most": Level(name="most", share_doable=0.6, domain="general"),
        },
        "milestones": {"mid": Milestone(name="mid", level="mid"), "size": Milestone(name="size", h100e=30_000.0)},
        "hazards": {"quake": Hazard(name="quake", rate=Series(((0.0, 1.0), (300.0, 4.0))))},
        "accelerators": {"H100": H100, "TPU": TPU},
        "trajectory": Recurrence(months=1.0) if by_calendar else Recurrence(days=30.0),
    }
    return draw(*(labs or (aurora(by_calendar), borealis(by_calendar), corona(by_calendar))), **{**rest, **values})
