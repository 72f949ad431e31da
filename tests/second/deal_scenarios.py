"""Random worlds with pools, security, spent leads and covert projects, from a seed: software that spreads.

Labs get models of stated strength all along, so that leads shrink; what is found takes days, so that security that
begins and ends is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sim.base.series import Series, fixed
from sim.model.covert import Covert, OnFound
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

BEHIND: dict[str, Callable[[Dice], dict[str, Any]]] = {
    "training": lambda dice: {"stops": ["training"]},
    "experiments": lambda dice: {"stops": ["experiments"]},
    "cap_capability": lambda dice: {"cap_capability": 1.5, "cleared_after": 2.5},
    "hold_at": lambda dice: {"hold_at": "strong"},
}
"""Deals behind which a covert project begins."""


def covert(dice: Dice) -> Covert:
    rate = dice.choice([None, Series(((0.0, 3.0), (dice.day(20, 40) + 0.125, 40.0))), fixed(25.0)])
    after = OnFound(loses=dice.choice([1.0, 1.0, 0.4]), deal=dice.choice(["holds", "breaks"]))
    return Covert(lab="H", compute=dice.choice([0.2, 0.7]), after_days=dice.choice([None, dice.day(1, 8) + 1 / 24]),
                  software=dice.choice([0.6, 1.0]), found=rate, on_found=after,
                  when_over=dice.choice(["goes on", "dissolved"]))  # fmt: skip


def behind(seed: int, kinds: list[str]) -> Draw:
    """A world with a deal of one of these kinds and a covert project behind it, and perhaps another intervention."""
    found = dealing(seed, ["pool"])
    dice = Dice(seed + 5)
    lab = runner(dice, "H", "west", False)
    lab.covert, lab.compute, lab.models = True, [], []
    lab.staff = {"ai_research": Series(((0.0, dice.uniform(10.0, 500.0)), (dice.day(20, 40) + 0.125, 700.0)))}
    if dice.often(0.7):
        lab.software = follows(dice, "experiments" not in lab.use)
    for each in lab.runs:
        if each.every is not None and dice.often(0.6):
            each.starts = None
        elif (each.starts or 0.0) < 0.0:
            each.starts = 0.0
    found.labs["H"] = lab
    known = [old.effective_flop for each in found.labs.values() for old in each.models if old.internal <= 0.0]
    found.levels["weak"].effective_flop = 1.3 * max(flop or 0.0 for flop in known)  # nobody has that at the start
    names = ["A", "B"]
    items = [laid(dice, "deal", "safety_tax", names, alone=True)]
    items[0] = replace(items[0], safety_tax=None, starts=dice.choice([dice.day(2, 10), "when any lab reaches weak"]),
                       lasts=dice.choice([None, dice.day(10, 30)]), breaks=None, covert=covert(dice),
                       **{"stops": [], "continues": {}, **BEHIND[dice.choice(kinds)](dice)})  # fmt: skip
    if dice.often(0.5):
        other, when = laid(dice, "other", "safety_tax", names, alone=True), "when any lab reaches strong"
        items.append(replace(other, safety_tax=0.5, starts=dice.choice([dice.day(5, 30), when]),
                             binds=dice.choice([["all"], ["west"], ["H"]]), breaks=None))  # fmt: skip
    found.interventions = {item.name: item for item in items}
    for rule in found.diffusion:
        rule.receivers = [*rule.receivers, *(["H"] if lab.software.feedback and dice.often(0.5) else [])]
    if found.diffusion and dice.often(0.3):
        found.diffusion[0].sources = ["A", "H"]
    return found


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
