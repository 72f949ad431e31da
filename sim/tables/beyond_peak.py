"""Models that make more tokens/s than their parameters allow on their chips: inference efficiency has grown too far."""

from __future__ import annotations

from sim.tables.rates import Rates


def beyond_peak(rates: Rates) -> dict[tuple[str, str], float]:
    """(lab, model) -> tokens/s that a new model makes over those that its parameters allow at its chips' peak.

    Only models for which that is more than 1, on the day that their lab has them; on the worst of the types of
    accelerators that trained them. A token takes 2 FLOP a parameter, times what tricks of inference make of both.
    """
    record = rates.record
    draw, end, found = record.draw, record.end, {}
    peaks: dict[str, dict[str, float]] = {}
    for model in record.models:
        day = model.internal
        if not 0.0 <= day < end or not model.accelerators:
            continue
        inference, most = draw.labs[model.lab].inference, 0.0
        of_lab = peaks.get(model.lab)
        if of_lab is None:
            of_lab = peaks[model.lab] = {}
        for kind in model.accelerators:
            if kind not in of_lab:
                of_lab[kind] = draw.accelerators[kind].peak(inference.precision)
            most = max(most, rates.each(model, kind, inference, day).tokens_per_s / of_lab[kind])
        times = most * record.inference_efficiency[model.lab].at(day) * rates.flop_per_token(model, inference, day)
        if times > 1.0:
            found[model.lab, model.name] = times
    return found
