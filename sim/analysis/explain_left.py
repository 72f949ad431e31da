"""What an intervention left of the accelerators that training was meant to have, of a run that started under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sim.analysis.explain_step import percent
from sim.model.intervention import TRAINING, Intervention
from sim.tables.chance import interventions
from sim.world.record import RunRecord

SAME = 1e-9
"""Relative difference of two shares that is rounding."""

Mark = Callable[..., str]


class Left(NamedTuple):
    """`10% [3] × 20%` of the cluster, and `pause leaves 20% of training = 1 − 80% [4]`."""

    product: str
    why: str


def left_of_training(record: RunRecord, lab: str, day: float) -> Intervention | None:
    """The intervention that left a lab least of training on a day; None if none limited it."""
    specs = interventions(record.draw)
    bound = [specs[name] for name, since, until, labs in record.interventions
             if lab in labs and since <= day and (until is None or day < until)]  # fmt: skip
    found = min(bound, key=lambda spec: (spec.share(TRAINING), spec.name), default=None)
    return found if found is not None and found.share(TRAINING) < 1.0 else None


def left(
    record: RunRecord, lab: str, day: float, share: float, declared: tuple[float, str], mark: Mark
) -> Left | None:
    """How a share of the cluster follows from what training was meant to have and an intervention; None if not so.

    declared: training's share on that day, and how it is cited. Training is meant to have that, or the largest share
    that a run states, if that is more.
    """
    spec = left_of_training(record, lab, day)
    if spec is None:
        return None
    stated = [(run.share, mark("labs", lab, "runs", n, "share"))
              for n, run in enumerate(record.draw.labs[lab].runs) if run.share is not None]  # fmt: skip
    meant, cited = max([declared, *stated], key=lambda item: item[0])
    part = spec.share(TRAINING)
    if abs(meant * part - share) > SAME * share:
        return None
    pause = record.draw.pause
    path = ("pause",) if pause is not None and pause.name == spec.name else ("interventions", spec.name)
    why = f"{spec.name} leaves {percent(part)} of training = {_part(spec, path, mark)}"
    return Left(f"{percent(meant)}{cited} × {percent(part)}", why)


def _part(spec: Intervention, path: tuple[str, ...], mark: Mark) -> str:
    """1 − holds × what it takes, with the inputs."""
    goes_on = spec.continues.get(TRAINING, 0.0 if TRAINING in spec.stops else 1.0)
    holds = f"{percent(spec.holds)}{mark(*path, 'holds')}"
    if spec.tax is not None and 1.0 - spec.tax <= goes_on:
        return f"1 − {holds} × {percent(spec.tax)}{mark(*path, 'tax')}"
    if not goes_on:
        return f"1 − {holds}"
    return f"1 − {holds} × (1 − {percent(goes_on)}{mark(*path, 'continues', TRAINING)})"
