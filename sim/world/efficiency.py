"""The two software efficiencies of a lab whose software follows a stated rate or series."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.base.calendar import tick
from sim.base.growth import Growth, growth_from
from sim.base.limits import MOST_EFFICIENCY, too_large
from sim.base.piece import piece_of
from sim.base.series import Series
from sim.base.units import DAYS_PER_YEAR
from sim.model.software import Software
from sim.world.agenda import Order

if TYPE_CHECKING:
    from sim.world.lab import LabState


def training_law(law: Software, base_date: float) -> Growth:
    """Training efficiency: the stated series, else growth at the stated rate from 1 at the base date."""
    return _law(law.training_efficiency, law.training_growth, base_date)


def inference_law(law: Software, trained: Growth, base_date: float) -> Growth:
    """Inference efficiency: its own series or rate, else training efficiency to the power iota."""
    if law.inference_efficiency is not None or law.inference_growth is not None:
        return _law(law.inference_efficiency, law.inference_growth, base_date)
    power = 1.0 if law.inference_exponent is None else law.inference_exponent
    return Growth(tuple([piece.raised(power) for piece in trained.pieces]))


def day_beyond(law: Growth, most: float, end: float) -> float | None:
    """The first day in [0, end) on which a law is above `most`; None if it never is."""
    pieces = law.pieces
    for n, piece in enumerate(pieces):
        since = max(0.0, piece.day) if n else 0.0
        until = min(end, pieces[n + 1].day) if n + 1 < len(pieces) else end
        if since >= until:
            continue
        crossed = piece.day + piece.days_to(most)
        if piece.value > most and not piece.rate > 0.0:
            crossed = since
        if piece.rate > 0.0 or piece.value > most:
            day = max(since, crossed)
            if day < until:
                return day
    return None


def check_growth(lab: LabState, trained: Growth, inference: Growth) -> None:
    """Let the run stop on the day on which an efficiency of a lab is more than can be computed with, as stated."""
    world = lab.world
    progress = lab.progress
    for what, grown in (("training", trained), ("inference", inference)):
        given = world.end if progress is None or progress.efficiencies.own_inference is grown else progress.begins
        day = day_beyond(grown, MOST_EFFICIENCY, given)
        if day is not None:
            world.agenda.at(tick(day), Order.SERIES, lab.name, _too_efficient, f"{lab.name}: {what} efficiency")


def _too_efficient(what: str) -> None:
    raise too_large(f"{what} becomes larger", MOST_EFFICIENCY)


def _law(series: Series | None, growth_per_year: float | None, base_date: float) -> Growth:
    if series is not None:
        return growth_from(series)
    rate = math.log(growth_per_year or 1.0) / DAYS_PER_YEAR
    return Growth((piece_of(base_date, 1.0, rate),))
