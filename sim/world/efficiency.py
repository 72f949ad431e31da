"""The two software efficiencies of a lab whose software follows a stated rate or series."""

from __future__ import annotations

import math

from sim.base.series import Growth, Piece, Series, growth_from
from sim.base.units import DAYS_PER_YEAR
from sim.model.software import Software


def training_law(law: Software, base_date: float) -> Growth:
    """Training efficiency: the stated series, else growth at the stated rate from 1 at the base date."""
    return _law(law.training_efficiency, law.training_growth, base_date)


def inference_law(law: Software, trained: Growth, base_date: float) -> Growth:
    """Inference efficiency: its own series or rate, else training efficiency to the power iota."""
    if law.inference_efficiency is not None or law.inference_growth is not None:
        return _law(law.inference_efficiency, law.inference_growth, base_date)
    power = 1.0 if law.inference_exponent is None else law.inference_exponent
    return Growth(tuple(piece.raised(power) for piece in trained.pieces))


def _law(series: Series | None, growth_per_year: float | None, base_date: float) -> Growth:
    if series is not None:
        return growth_from(series)
    rate = math.log(growth_per_year or 1.0) / DAYS_PER_YEAR
    return Growth((Piece(base_date, 1.0, rate),))
