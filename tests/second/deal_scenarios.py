"""Random worlds with pools, security and spent leads, from a seed: software that follows research and spreads.

Labs get models of stated strength all along, so that leads shrink; what is found takes days, so that security that
begins and ends is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sim.base.series import Series, fixed
from sim.model.domain import Logistic
from sim.model.draw import Draw
from sim.model.software import ABSOLUTE, Diffusion, Software, Theft
from tests.second.laid_over import Dice, laid, runner, world
from tests.world.build import existing

END = 60.0

DEALS: dict[str, Callable[[Dice], dict[str, Any]]] = {
    "pool": lambda dice: {"pool": "software"},
    "slow_diffusion": lambda dice: {"slow_diffusion": dice.choice([1.5, 3.0])},
    "slow_thefts": lambda dice: {"slow_thefts": dice.choice([0.0, 0.3]), "slow_diffusion": dice.choice([None, 2.0])},
    "spend_lead": lambda dice: {"spend_lead": dice.choice(["until caught up", "until caught up", "its length"]),
                                "lead_left": dice.choice([0.0, 0.0, 12.5]), "stops": ["training"]},
}  # fmt: skip


def follows(dice: Dice, alone: bool) -> Software:
    """alone: without experiments."""
    return Software(
        feedback=True, training_growth=dice.choice([10.0, 60.0, 200.0]), returns=0.25, parallel_penalty=0.6,
        labour_share=1.0 if alone else 0.5, research_substitution=0.0, experiments_count=ABSOLUTE,
        inference_exponent=1.0, inference_growth=dice.choice([None, None, 5.0]),
        limit=dice.choice([1e16, 1e16, 4.0]), step=1.01,
    )  # fmt: skip


def spreads(dice: Dice) -> list[Diffusion]:
    kinds: list[dict[str, Any]] = [{"lag_days": 5.0}, {"lag_days": 8.0, "sources": ["A"]}, {"lag_days": 0.0},
                                   {"fraction": 0.5, "sources": ["A"]},
                                   {"fraction": 0.8, "sources": ["B"]}]  # fmt: skip
    return [Diffusion(how="published", **{"sources": [], "receivers": [], **dice.choice(kinds)})]


def dealing(seed: int, kinds: list[str]) -> Draw:
    """A world of two or three labs, with one or two of these deals."""
    dice = Dice(seed)
    found = world(seed, ["safety_tax"], most=1)
    names = list("AB" if dice.often(0.6) else "ABC")
    found.end = END
    found.labs = {name: runner(dice, name, bloc, False) for name, bloc in zip(names, ("west", "east", "east"),
                                                                              strict=False)}  # fmt: skip
    law = Logistic(ceiling=1.0, midpoint_flop=10 ** dice.uniform(22.0, 24.0), slope=1.0)
    found.domains["ai_research"].share_doable = found.domains["ai_research"].quality = law
    given = dice.choice(names) if dice.often(0.2) else ""
    for name, each in found.labs.items():
        each.staff = {"ai_research": fixed(dice.uniform(10.0, 2000.0))}
        if name != given:
            each.software = follows(dice, "experiments" not in each.use)
        if len(each.runs) > 2:
            each.runs = each.runs[:2]
        for k, (low, high) in enumerate(((-300, -5), (-20, 0), (1, 45), (1, 45))):
            at = dice.day(low, high) + 1 / 24
            each.models.append(existing(f"{name}-then{k}", at, 10 ** dice.uniform(22.0 + 0.5 * k, 24.5), None))
    chosen = [dice.choice(kinds) for _ in range(dice.choice([1, 1, 2]))]
    found.interventions = {}
    for k, kind in enumerate(chosen):
        values = {"stops": [], "continues": {}, "withheld": "lost", "shift_of": "cluster", **DEALS[kind](dice)}
        item = laid(dice, f"{k}-{kind}", "safety_tax", names, alone=True)
        item.starts, item.lasts = dice.day(5, 25), dice.choice([None, dice.day(10, 25), dice.day(10, 25)])
        binds = dice.choice([["all"], ["all"], ["A"], ["A", "B"], ["east"]])
        if kind == "spend_lead":
            binds = dice.choice([["leader"], ["leader"], ["A"]])
            item.starts, item.lasts = dice.day(2, 15), dice.choice([None, None, 40.0])
        found.interventions[item.name] = replace(item, safety_tax=None, binds=binds, breaks=None, **values)
    following = [name for name in names if name != given]
    if {"slow_diffusion", "slow_thefts"} & set(chosen) or dice.often(0.5):
        found.diffusion = spreads(dice)
        for rule in found.diffusion:
            rule.receivers = [name for name in rule.receivers or following if name in following]
            if not rule.receivers:
                found.diffusion = []
    for k in range(dice.randint(1, 2) if "slow_thefts" in chosen else 0):
        thief, victim = dice.sample(names, 2)
        rate = Series(((0.0, dice.choice([6.0, 20.0])), (dice.day(20, 60) + 0.125, 12.0)))
        what = dice.choice(["model", "software"]) if thief in following else "model"
        found.thefts[f"R{k}"] = Theft(name=f"R{k}", thief=thief, victim=victim, what=what, rate=rate)
    return found
