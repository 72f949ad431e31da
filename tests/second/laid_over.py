"""Random worlds with interventions, from a seed: small labs in which each of the rules that they touch matters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from sim.base.calendar import Recurrence
from sim.base.series import Series, fixed
from sim.model.cluster import Supply
from sim.model.domain import Logistic
from sim.model.draw import Draw
from sim.model.intervention import Breaks, Intervention, OnBreak
from sim.model.lab import Lab
from sim.model.level import Level, Milestone
from sim.model.software import ABSOLUTE, Software
from sim.model.training_run import TrainingRun
from tests.second.scenarios import FLOP_PER_DAY, START
from tests.world.build import after, draw, existing, fleet, inference, lab, phase, run, stock

END = 120.0


class Dice(Random):
    """Choices of the generator."""

    def day(self, low: float = 0.0, high: float = END) -> float:
        """A whole number of eighths of a day."""
        return self.randint(round(low * 8), round(high * 8)) / 8

    def often(self, part: float) -> bool:
        return self.random() < part


def planned(dice: Dice, name: str, known: list[str], fleets: list[str]) -> TrainingRun:
    work = dice.uniform(200.0, 40_000.0) * FLOP_PER_DAY * (1.0 + ord(name[-1]) / 970.0)
    some = {"H100": dice.uniform(20.0, 300.0)}
    if dice.often(0.3):
        some["TPU"] = dice.uniform(20.0, 200.0)
    length = dice.day(8, 45)
    size: dict[str, Any] = dice.choice([
        {"share": dice.choice([0.1, 0.25]), "length_days": length}, {"share": 0.2, "flop": work},
        {"accelerators": some, "length_days": length}, {"accelerators": some, "flop": work / 5.0},
        {"flop": work}, {"flop": work, "length_days": length}, {"length_days": length},
        {"flop": work, "elastic": True}])  # fmt: skip
    size["starts"] = dice.choice([0.0, dice.day(0, 50), dice.day(0, 100), -7.5])
    if dice.often(0.35):
        size["every"] = Recurrence(days=dice.choice([28.5, 41.25]))
    stages = None
    if dice.often(0.4):
        stages = [phase("pretraining", flop_share=0.8),
                  phase("post-training", flop_share=0.2, accelerators_share=dice.choice([1.0, 0.5])),
                  phase("evaluation", length_days=5.125, accelerators_share=dice.choice([1.0, 0.2]))]  # fmt: skip
        if dice.often(0.3):
            stages.reverse()
    rule = None
    if fleets and dice.often(0.4):
        rule = after(dice.choice(fleets), move=dice.choice([1.0, 0.4]), firm=dice.often(0.3),
                     for_days=dice.choice([None, 14.0, 40.125]))  # fmt: skip
    return run(name, phases=stages, after_training=rule, gain=dice.choice([1.0, 3.0]),
               base=dice.choice(known) if known and dice.often(0.3) else None,
               public_after_days=dice.choice([0.0, 10.0]), internal_only=dice.often(0.1), **size)  # fmt: skip


def runner(dice: Dice, name: str, bloc: str, alignment: bool) -> Lab:
    weights = [dice.randint(1, 20) for _ in range(6)]
    whole = sum(weights) - dice.choice([0, weights[5]])
    uses = ["training", "experiments", "research", "serving"] + ["alignment"] * alignment
    use: dict[str, Any] = {key: weight / whole for key, weight in zip(uses, weights, strict=False)}
    if dice.often(0.3):
        use.pop(dice.choice(["research", "serving", "experiments"]))
    if dice.often(0.4):
        key = dice.choice(sorted(set(use) - {"alignment"}))
        use[key] = Series(((0.0, use[key]), (dice.day(10) + 0.125, use[key] * dice.choice([0.1, 0.5]))))
    fleets = [key for key in use if key not in ("training", "experiments")]
    old = [existing(f"{name}-old{k}", float(dice.randint(-200, -20)) + 60.0 * k, 10 ** dice.uniform(21.0, 24.5),
                    dice.choice([-10.0, 31.0, None])) for k in range(dice.randint(0, 2))]  # fmt: skip
    known: list[str] = []
    runs = []
    for k in range(dice.randint(1, 4)):
        runs.append(planned(dice, f"{name}{k}", known, fleets))
        if runs[-1].every is None:
            known.append(f"{name}{k}")
    compute = [stock(dice.uniform(100.0, 900.0))]
    if dice.often(0.5):
        compute.append(stock(dice.uniform(50.0, 500.0), "TPU", on=dice.choice([None, -35.25, dice.day()])))
    if dice.often(0.7):
        compute.append(Supply(accelerator="H100", deliver=dice.uniform(20.0, 200.0), starts=dice.day(0, 40),
                              every=dice.choice([Recurrence(months=1.0), Recurrence(days=29.25)]),
                              deliveries_grow=dice.choice([None, 4.0]),
                              life_days=dice.choice([None, None, 55.5])))  # fmt: skip
    purposes = {}
    for key in fleets:
        asked = Series(((0.0, dice.uniform(1e4, 1e7)), (dice.day(10) + 0.125, dice.uniform(1e4, 1e7))))
        purposes[key] = fleet(key, inference=inference(throughput="flop", speed_tokens_per_s=1.0),
                              demand_tokens_per_s=asked if dice.often(0.4) else None)  # fmt: skip
        if key == "alignment":
            purposes[key].domain = "alignment"
    growth = dice.choice([1.0, 5.0, 30.0])
    return lab(name, bloc=bloc, use=use, compute=compute, runs=runs, models=old, fleets=purposes,
               policy=dice.choice(["shares", "shares", "training_first"]), inference=inference(throughput="flop"),
               software=dice.choice([Software(training_growth=growth),
                                     Software(training_growth=growth, inference_growth=5.0),
                                     Software(training_efficiency=Series(((0.0, 1.0), (dice.day(5) + 0.125, 2.5))),
                                              inference_exponent=0.5)]))  # fmt: skip


def share(dice: Dice) -> float:
    return dice.choice([0.0, 0.25, 0.5, 0.75])


STOPPED = ("training", "experiments", "ai_use_in_research", "human_research", "releases", "deliveries", "software")


def stops(dice: Dice) -> dict[str, Any]:
    what = dice.sample(STOPPED, dice.randint(1, 4))
    stopped = [each for each in what if dice.often(0.5)]
    return {"stops": stopped, "continues": {each: share(dice) for each in what if each not in stopped}}


def only(word: str) -> Callable[[Dice], dict[str, Any]]:
    return lambda dice: {"stops": [word]} if dice.often(0.5) else {"continues": {word: share(dice)}}


KINDS: dict[str, Callable[[Dice], dict[str, Any]]] = {
    **{word: only(word) for word in STOPPED},
    "several": stops,
    "everything": lambda dice: {"stops": ["everything"]},
    "tax": lambda dice: {"tax": share(dice)},
    "safety_tax": lambda dice: {"safety_tax": dice.choice([0.1, 0.5])},
    "cap_training": lambda dice: {"cap_training": dice.uniform(10.0, 300.0)},
    "cap_training_share": lambda dice: {"cap_training_share": share(dice)},
    "cap_research": lambda dice: {"cap_research": dice.uniform(50.0, 600.0)},
    "cap_research_share": lambda dice: {"cap_research_share": share(dice)},
    "cap_run_flop": lambda dice: {"cap_run_flop": dice.uniform(200.0, 20_000.0) * FLOP_PER_DAY},
    "cap_capability": lambda dice: {"cap_capability": dice.choice([0.7, 1.5, 4.0]),
                                    "cleared_after": dice.choice([0.0, 12.5])},
    "hold_at": lambda dice: {"hold_at": dice.choice(["weak", "strong"])},
    "minimum_shares": lambda dice: {"minimum_shares": {
        dice.choice(["experiments", "alignment", "serving"]): dice.choice([0.4, 0.7])}},
    "slow_deliveries": lambda dice: {"slow_deliveries": share(dice), "withheld": dice.choice(["lost", "banked"])},
    "release_interval": lambda dice: {"release_interval": dice.choice([15.5, 40.0])},
    "research_models_older_than": lambda dice: {"research_models_older_than": dice.choice([10.5, 30.0])},
    "shift_to_alignment": lambda dice: {"shift_to_alignment": dice.choice([0.1, 0.4])},
    "shift_from_level": lambda dice: {"shift_from_level": {"weak": 0.1, "strong": 0.35},
                                      "shift_from": dice.choice([[], ["experiments"], ["serving", "research"]])},
}  # fmt: skip


def laid(dice: Dice, name: str, kind: str, labs: list[str], alone: bool) -> Intervention:
    """`alone`: long, and not at its edges, so that what it does is seen."""
    ends: dict[str, Any] = dice.choice([{}, {"lasts": dice.day(1, 60)}, {"lasts": dice.day(1, 60)},
                                        {"ends": dice.day(60, END)}, {"ends": "at large"}])  # fmt: skip
    if alone:
        ends = dice.choice([{}, {"lasts": dice.day(30, 60)}])
    starts = dice.choice([None, dice.day(0, 60), dice.day(0, 60), dice.day(0, 60), "at large",
                          "when any lab reaches strong", f"when {labs[-1]} reaches weak"])  # fmt: skip
    if alone:
        starts = dice.day(5, 40)
    rest: dict[str, Any] = {"starts": starts,
                            "binds": ["all"] if alone else dice.choice([["all"], [labs[0]], ["west"], ["leader"]]),
                            "holds": dice.choice([1.0, 1.0, 1.0, 0.5]),
                            "suspended": dice.choice(["resume", "resume", "restart", "destroy"]),
                            "over_cap": dice.choice(["cut", "wait"])}  # fmt: skip
    if dice.often(0.4 if kind in ("training", "slow_deliveries") else 0.2):
        rest["breaks"] = Breaks(rate=dice.choice([2.0, 12.0]), when=None)
        rest["on_break"] = OnBreak(suspended=dice.choice(["resume", "restart", "destroy"]),
                                   banked=dice.choice(["released", "destroyed"]), hidden=0.0)  # fmt: skip
    values = {"stops": [], "continues": {}, "withheld": "lost", "shift_of": "cluster", **KINDS[kind](dice)}
    return Intervention(name=name, **{**rest, **ends, **values})


def world(seed: int, kinds: list[str], most: int = 3) -> Draw:
    """A world with some interventions of these kinds."""
    dice = Dice(seed)
    names = dice.choice([["A"], ["A", "B"]])
    runners = [runner(dice, name, bloc, True) for name, bloc in zip(names, ("west", "east"), strict=False)]
    chosen = [dice.choice(kinds) for _ in range(dice.randint(1, most))]
    freed = dice.choice([None, None, "idle", "serving"])
    items = [laid(dice, f"{k}-{kind}", kind, names, most == 1) for k, kind in enumerate(chosen)]
    if freed == "serving" and any("serving" not in item.use for item in runners):
        freed = "idle"
    for item in items:
        item.freed = freed
    levels = [Level(name="weak", effective_flop=10 ** dice.uniform(22.0, 24.0)),
              Level(name="strong", effective_flop=10 ** dice.uniform(23.0, 25.0))]  # fmt: skip
    return draw(*runners, start=START, end=END, stronger_by=dice.choice([1.97, 1.13, 9.7]), seed=seed,
                interventions={item.name: item for item in items}, diffusion=[], thefts={},
                levels={level.name: level for level in levels},
                milestones={"large": Milestone(name="large", h100e=dice.uniform(300.0, 1500.0))})  # fmt: skip


EASED = ["cap_run_flop", "hold_at", "cap_capability", "slow_deliveries", "cap_training_share"]


def eased(seed: int) -> Draw:
    """A world with up to four interventions that all hold by half, most of them caps on runs."""
    found = world(seed, EASED, most=4)
    for name, item in found.interventions.items():
        found.interventions[name] = replace(item, holds=0.5, over_cap="cut" if seed % 2 else item.over_cap)
    return found


FOLLOWING: dict[str, Callable[[Dice], dict[str, Any]]] = {
    **{word: only(word) for word in ("human_research", "software", "experiments", "ai_use_in_research")},
    "hire": lambda dice: {"hire": {"ai_research": dice.choice([2.0, 10.0])}, "hire_over": dice.choice([0.0, 20.0])},
    "hire_people": lambda dice: {"hire_people": {"ai_research": dice.choice([50.0, 2000.0])}, "hire_over": 10.0},
}  # fmt: skip
"""Kinds that matter where software follows research."""


def raced(seed: int, kinds: list[str]) -> Draw:
    """A world in which software follows research, with one or two of these interventions."""
    dice, chosen = Dice(seed), Dice(seed + 1)
    found = world(seed, ["safety_tax"], most=1)
    found.end, found.interventions = 80.0, {}
    law = Logistic(ceiling=1.0, midpoint_flop=10 ** dice.uniform(22.0, 24.0), slope=1.0)
    found.domains["ai_research"].share_doable = found.domains["ai_research"].quality = law
    for each in found.labs.values():
        each.staff = {"ai_research": fixed(dice.uniform(10.0, 2000.0))}
        alone = "experiments" not in each.use
        each.software = Software(
            feedback=True, training_growth=dice.choice([10.0, 60.0]), returns=0.25, parallel_penalty=0.6,
            labour_share=1.0 if alone else 0.5, research_substitution=0.0, experiments_count=ABSOLUTE,
            inference_exponent=1.0, inference_growth=dice.choice([None, 5.0]), limit=1e16, step=1.01,
        )  # fmt: skip
    names = sorted(found.labs)
    for k in range(chosen.randint(1, 2)):
        kind = chosen.choice(kinds)
        values = {"stops": [], "continues": {}, "withheld": "lost", "shift_of": "cluster", **FOLLOWING[kind](chosen)}
        item = laid(chosen, f"{k}-{kind}", "safety_tax", names, alone=True)
        found.interventions[item.name] = replace(item, safety_tax=None, **values)
    return found
