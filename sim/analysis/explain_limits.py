"""What an intervention limits besides what it stops: each cap, level, tax or delay that is stated, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.analysis.explain_step import num, percent
from sim.model.declare import parameters
from sim.model.intervention import Intervention

WHEN = ("starts", "ends", "lasts", "continues", "freed")
"""Fields that are told otherwise, or say what becomes of what is freed."""


def _each(words: str) -> Callable[[Any], str]:
    """A map of shares: `words`, then `serving 70%, alignment 25%`."""
    return lambda shares: f"{words} {', '.join(f'{key} {percent(share)}' for key, share in sorted(shares.items()))}"


def _days(value: float) -> str:
    return f"{value:,.0f} day{'' if round(value) == 1 else 's'}"


WORDS: dict[str, Callable[[Any], str]] = {
    "cap_run_flop": lambda flop: f"no run has more than {num(flop)} FLOP",
    "cap_training": lambda count: f"training uses at most {num(count)} H100e a lab",
    "cap_training_share": lambda share: f"training uses at most {percent(share)} of a lab's accelerators",
    "cap_research": lambda count: f"training, experiments and AI in research use at most {num(count)} H100e a lab",
    "cap_research_share": lambda share: f"training, experiments and AI in research use at most {percent(share)} of a "
                                        "lab's accelerators",
    "tax": lambda share: f"{percent(share)} of what training, experiments and AI in research are meant to have goes "
                         "elsewhere",
    "minimum_shares": _each("at least these shares of a lab's accelerators:"),
    "minimum_shares_from": _each("these at its start:"),
    "minimum_shares_over": lambda days: f"rising over {_days(days)}",
    "slow_deliveries": lambda share: f"{percent(share)} of each delivery comes",
    "release_interval": lambda days: f"at least {_days(days)} from one public model of a lab to the next",
    "research_models_older_than": lambda days: f"AI research only with models that a lab has had for {_days(days)}",
    "cap_capability": lambda factor: f"no run makes a model more than {num(factor)} times as strong as the strongest "
                                     "that is cleared",
    "cleared_after": lambda days: f"cleared is what a lab has had for {_days(days)}",
    "cap_growth": lambda growth: f"the strongest model may grow {num(growth)}x a year",
    "cap_growth_after": lambda days: f"from {_days(days)} after its start on",
    "hold_at": lambda level: f"no run makes a model that reaches {level}",
    "safety_tax": lambda share: f"new models have {percent(share)} less effective FLOP than they could",
    "shift_to_alignment": lambda share: f"{percent(share)} of a lab's accelerators go to alignment besides",
    "shift_from_level": _each("accelerators that go to alignment besides, from a level on:"),
    "hire": lambda people: ", ".join(f"{num(factor)} times the people in {domain}"
                                     for domain, factor in sorted(people.items())),
    "hire_people": lambda people: ", ".join(f"{num(count)} people more in {domain} at each lab"
                                            for domain, count in sorted(people.items())),
    "hire_over": lambda days: f"coming over {_days(days)}",
    "spend_lead": lambda until: f"it lasts for the lead: {until}",
    "lead_left": lambda days: f"a lead of {_days(days)} is kept",
    "pool": lambda what: f"the labs share what they find in {what}",
    "slow_diffusion": lambda factor: f"what they find in software reaches others {num(factor)} times as late, or "
                                     f"1/{num(factor)} of it",
    "slow_thefts": lambda share: f"thefts from them at {percent(share)} of their rate",
}  # fmt: skip
"""Field -> what it does, in words."""


def limits_by_field(spec: Intervention) -> dict[str, str]:
    """Field -> what it limits in words, of each limit that is stated, in the order of their declaration."""
    found = {}
    for name, declared in parameters(Intervention).items():
        value = getattr(spec, name)
        if name in WHEN or (declared.default is not None and declared.default != {} and not (name in WORDS and value)):
            continue
        if not isinstance(value, float | str | dict) or value == {}:
            continue
        say = WORDS.get(name)
        found[name] = say(value) if say is not None else f"{declared.key.replace('_', ' ')}: {value}"
    return found


def limits(spec: Intervention) -> list[str]:
    """`no run has more than 1e27 FLOP`, one for each limit that is stated."""
    return list(limits_by_field(spec).values())
