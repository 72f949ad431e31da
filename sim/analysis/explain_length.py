"""How long a run was, where a rule made it shorter than stated: the rule's sum with its numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from sim.analysis.explain_split import run_of, spec_of, terms
from sim.analysis.explain_step import num
from sim.base.units import DAYS_PER_YEAR
from sim.model.programme import SHORTER
from sim.world.record import ModelRecord, RunRecord

SAME = 1e-6
"""Relative difference of two lengths that is rounding."""

MOST_GROWTH = 700.0
"""ln of the largest growth a year that is written."""


class RuledLength(NamedTuple):
    """Days of training work of a run whose length a rule gave, the rule's name, and how it gave them."""

    days: float
    rule: str
    text: str


def ruled_length(
    record: RunRecord, model: ModelRecord, mark: Callable[..., str] = lambda *_: ""
) -> RuledLength | None:
    """The length of the run that made a model, if a rule gave it; None if it is as stated or follows otherwise.

    mark: steps from the run's block to an input -> how that is cited. The rate of progress is the one that the rule
    read: it follows from the length.
    """
    log, found = run_of(record, model), spec_of(record, model)
    if log is None or found is None:
        return None
    index, spec = found
    rule, stated = spec.length_rule, spec.length_days
    if rule is None or rule.rule != SHORTER or stated is None or not log.phases:
        return None
    earlier = terms(record, model)
    own = [term for term in earlier if term.since >= log.phases[0][1]]
    days = math.fsum(term.factors.get("duration", 0.0) for term in own)
    if days <= 0.0:
        return None
    at = ("labs", model.lab, "runs", index)
    length = mark(*at, "length_days")
    if rule.reference_growth is not None:
        rate = math.log(rule.reference_growth) / DAYS_PER_YEAR
        at_reference = f"{_yearly(rate)} a year in the reference{mark(*at, 'length_rule', 'reference_growth')}"
    else:
        rate = record.training_efficiency[model.lab].rate_at(0.0)
        at_reference = f"{_yearly(rate)} a year at the scenario's start"
    power = 1.0 if rule.exponent is None else rule.exponent
    floor = min(stated, rule.floor_days or 0.0)
    named = f"by the rule `{rule.rule}`{mark(*at, 'length_rule', 'rule')}"
    if days >= stated * (1.0 - SAME) or rate <= 0.0 or power <= 0.0:
        text = f"{num(stated)} days{length}, no less {named}: software grew no faster when the run started than "
        return RuledLength(days, rule.rule, text + at_reference)
    floored = days <= floor * (1.0 + SAME)
    then = rate * (stated / (floor if floored else days)) ** (1.0 / power)
    cut = f"× ln {_yearly(rate, '')} / ln {_yearly(then, '')}"
    cut = cut if power == 1.0 else f"× (ln {_yearly(rate, '')} / ln {_yearly(then, '')}) ^ {num(power)}"
    grew = f"software grew {'by at least ' if floored else ''}{_yearly(then)} a year when the run started, and "
    if floored:
        text = (f"the floor{mark(*at, 'length_rule', 'floor_days')}, {named}: {grew}{at_reference}; {num(stated)} "
                f"days{length} {cut} are {num(floor)}")  # fmt: skip
    else:
        text = f"{num(stated)} days{length} {cut}, {named}: {grew}{at_reference}"
    return RuledLength(days, rule.rule, text)


def _yearly(rate: float, unit: str = "x") -> str:
    """A rate a day as growth a year."""
    return f"{num(math.exp(min(MOST_GROWTH, rate * DAYS_PER_YEAR)))}{unit}"
