"""Small worlds to draw: one lab, three, twelve, and odd ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sim.base.calendar import Recurrence
from sim.base.series import Series, fixed
from sim.model.alignment import Trust
from sim.model.cluster import Supply
from sim.model.draw import Draw
from sim.model.lab import Lab
from sim.model.level import Level
from sim.model.software import Software
from tests.world import build
from tests.world.test_trust import alignment

GROWING = Software(training_growth=3.0, inference_growth=1.5)


def growing(count: float, grows: float = 3.0, kind: str = "H100") -> Supply:
    return Supply(accelerator=kind, stock=fixed(count), grows=grows, every=Recurrence(months=3.0))


def lab(name: str, count: float = 20_000.0, *, every: float = 9.0, grows: float = 3.0, **values: Any) -> Lab:
    runs = [
        build.run(
            None,
            every=Recurrence(months=every),
            starts=20.0,
            share=0.2,
            length_days=90.0,
            phases=[
                build.phase("pretraining", flop_share=0.9),
                build.phase("post-training", flop_share=0.1),
                build.phase("evaluation", length_days=10.0, accelerators_share=0.2),
            ],
        )
    ]
    rest: dict[str, Any] = {
        "compute": [growing(count, grows)],
        "software": GROWING,
        "runs": runs,
        "after_training": build.after("research", for_days=60.0),
        "models": [build.existing(f"{name}-0", -60.0, 1e25, public=-30.0)],
        "staff": {"ai_research": fixed(300.0)},
    }
    return build.lab(name, **{**rest, **values})


def one_lab() -> Draw:
    return build.draw(lab("Aurora"), end=1500.0, software=GROWING)


def steady() -> Draw:
    """A cluster that does not grow: compute on one scale."""
    return build.draw(lab("Steady", compute=[build.stock(9000.0), build.stock(3000.0, "TPU")]), end=900.0)


def three_labs() -> Draw:
    return build.draw(
        lab("Aurora"), lab("Borealis", 9000.0, every=7.0), lab("Cirrus", 2000.0, every=11.0, grows=5.0), end=1826.0
    )


def many_models() -> Draw:
    """120 models in 10 years."""
    return build.draw(lab("Prolific", every=1.0, grows=2.0), end=3652.0)


def no_models() -> Draw:
    return build.draw(lab("Empty", models=[], runs=[]), end=400.0)


def one_model() -> Draw:
    return build.draw(lab("Single", runs=[]), end=400.0)


def no_fleets() -> Draw:
    return build.draw(lab("Trainer", use={"training": 0.4, "experiments": 0.6}, after_training=None), end=700.0)


def all_open() -> Draw:
    models = [build.existing("First", 10.0, 1e25, public=40.0), build.existing("Second", 90.0, 1.5e25)]
    return build.draw(lab("Open", models=models, runs=[]), end=300.0)


def old_models() -> Draw:
    models = [build.existing(f"Old {n}", -400.0 * n, 1e25 / 3.0**n, public=-400.0 * n + 60.0) for n in range(1, 8)]
    return build.draw(lab("Past", models=models), end=500.0)


def single_day() -> Draw:
    return build.draw(lab("Brief"), end=1.0)


def far_future() -> Draw:
    return build.draw(lab("Far"), end=1500.0, start=date(2426, 1, 1))


def long() -> Draw:
    return build.draw(lab("Long", every=24.0, grows=1.2), end=50 * 365.25)


def no_accelerators() -> Draw:
    return build.draw(lab("Nothing", compute=[], after_training=None), end=300.0)


def waiting() -> Draw:
    runs = [
        build.run("Large", starts=10.0, accelerators={"H100": 30_000.0}, length_days=60.0),
        build.run("Too large", starts=20.0, accelerators={"H100": 9e9}, length_days=60.0),
        build.run("Unfinished", starts=800.0, share=0.1, length_days=600.0),
    ]
    return build.draw(lab("Patient", runs=runs), end=900.0)


def many_events() -> Draw:
    daily = Supply(accelerator="H100", deliver=50.0, every=Recurrence(days=1.0))
    return build.draw(lab("Daily", compute=[build.stock(1000.0), daily]), end=3000.0)


def demand() -> Draw:
    asked = Series(((0.0, 1e5), (200.0, 4e6)))
    fleets = {
        "research": build.fleet("research", inference=build.inference(speed_tokens_per_s=90.0)),
        "serving": build.fleet("serving", demand_tokens_per_s=asked, replace="ramp", ramp_days=40.0),
        "red_teaming": build.fleet("red_teaming"),
    }
    use = {"training": 0.15, "experiments": 0.4, "research": 0.1, "serving": 0.25, "red_teaming": 0.1}
    return build.draw(lab("Asked", fleets=fleets, use=use), end=900.0, question="Is it busy?")


def odd_names() -> Draw:
    name = "$Lab_1$ & <b>Ümlaut</b> 模型 " + "very " * 30 + "long"
    return build.draw(
        lab(name, runs=[build.run("M$_{x}$", starts=5.0, share=0.3, length_days=50.0)]),
        end=400.0,
        question="100% " * 90,
    )


def twelve_labs() -> Draw:
    return build.draw(*(lab(f"Laboratory {n:02d}", 3000.0 * (n + 1), every=6.0 + n % 5) for n in range(12)), end=1500.0)


def crowd() -> Draw:
    """Five labs, fifty models, some on the same days: the hardest to label."""
    return build.draw(*(lab(name, 9000.0, every=5.0, grows=4.0) for name in "ABCDE"), end=1600.0)


def none_finished() -> Draw:
    return build.draw(lab("Hopeful", models=[]), end=60.0)


def long_name() -> Draw:
    return build.draw(lab("The Extraordinarily Long Named Laboratory of Artificial Minds"), lab("B"), end=1000.0)


def cut_earmark() -> Draw:
    """The second run needs what the first one freed for its model."""
    runs = [
        build.run("First", starts=10.0, accelerators={"H100": 10_000.0}, length_days=60.0),
        build.run("Second", starts=90.0, accelerators={"H100": 6000.0}, length_days=60.0),
    ]
    return build.draw(lab("Hasty", runs=runs, compute=[build.stock(20_000.0)]), end=400.0)


def aligned() -> Draw:
    """Two labs that do alignment work with models that they come to trust, people elsewhere, and levels close by."""
    law = alignment(Trust(cleared_after_days=90.0), parallel_penalty=0.5, oversight=0.2,
                    elsewhere=Series(((0.0, 300.0), (500.0, 500.0))))  # fmt: skip
    labs = [
        lab(name, alignment=law, staff={"ai_research": fixed(300.0), "alignment": fixed(60.0)},
            use={"training": 0.2, "experiments": 0.4, "research": 0.1, "alignment": 0.1, "serving": 0.2},
            fleets={use: build.fleet(use, domain="alignment" if use == "alignment" else "general")
                    for use in ("research", "alignment", "serving")})
        for name in ("Aurora", "Borealis")
    ]  # fmt: skip
    levels = {name: Level(name=name, effective_flop=flop) for name, flop in (("coder", 3e26), ("researcher", 2e27))}
    return build.draw(*labs, end=1500.0, software=GROWING, alignment=law, levels=levels)


WORLDS: dict[str, Callable[[], Draw]] = {
    make.__name__: make
    for make in (
        one_lab,
        steady,
        three_labs,
        many_models,
        no_models,
        one_model,
        no_fleets,
        all_open,
        old_models,
        single_day,
        far_future,
        long,
        no_accelerators,
        waiting,
        many_events,
        demand,
        odd_names,
        twelve_labs,
        crowd,
        none_finished,
        long_name,
        cut_earmark,
        aligned,
    )
}
"""Name -> a world."""
