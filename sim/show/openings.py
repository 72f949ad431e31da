"""Each model on the day its window opens: copies on its training chips, the lab's fleets, the world; and its speed."""

from __future__ import annotations

from dataclasses import dataclass

from sim.show.simulated import Row, Simulated, rows, span_of, start_of
from sim.tables.steps import value_at


@dataclass(frozen=True)
class Point:
    """One model at its opening. Copies are 0 where they are unknown."""

    lab: str
    model: str
    x: float
    training_tokens_per_s: float
    training: float
    fleet: float
    peak: float
    world: float
    speed: float | None
    vs_human: float | None
    strength: float
    length_days: float
    flagship: bool
    before_start: bool
    post_training: bool = False

    @property
    def known(self) -> list[float]:
        """The numbers of copies that there are."""
        return [value for value in (self.training, self.fleet, self.peak, self.world) if value > 0.0]


def points(result: Simulated) -> list[Point]:
    """A point for each row of windows.csv; models older than the scenario stand at its start."""
    start, _ = span_of(result)
    made = {(model.lab, model.name): model for model in result.record.models}
    found = []
    for row in rows(result, "windows"):
        model = made[row["lab"], row["model"]]
        found.append(
            Point(
                row["lab"],
                row["model"],
                max(row["opens"], start),
                row["tokens_per_s_from_training_compute"] or 0.0,
                row["copies_from_training_compute"] or 0.0,
                row["copies_at_open"] or 0.0,
                row["copies_peak"] or 0.0,
                world_copies(result, row),
                row["speed_tokens_per_s"],
                row["speed_vs_human"],
                model.effective_flop,
                row["length_days"],
                model.flagship,
                bool(row["opened_before_start"]),
                model.base is not None,
            )
        )
    return found


def world_copies(result: Simulated, row: Row) -> float:
    """Copies of a model if all accelerators of the world ran it on the day its window opens."""
    record, rates = result.record, result.rates
    day = max(0.0, row["opens"] - start_of(result))
    if record.world:
        held = {kind: value_at(steps, day) for kind, steps in record.world.items()}
    else:
        held = {}
        for (_, kind), steps in sorted(record.clusters.items()):
            held[kind] = held.get(kind, 0.0) + value_at(steps, day)
    held = {kind: count for kind, count in held.items() if count > 0.0}
    model = rates.models[row["lab"], row["model"]]
    return rates.on(model, held, record.draw.labs[model.lab].inference, model.lab, day)[1] if held else 0.0


def world_words(result: Simulated) -> str:
    """What "the world" is in this scenario."""
    if result.record.world:
        return "the world's accelerators"
    return "all labs' accelerators" if len(result.record.draw.labs) > 1 else "the lab's whole cluster"


def shown(found: list[Point]) -> list[Point]:
    """Points without what the labs had already surpassed: of models older than the start only the best."""
    best: dict[str, Point] = {}
    for point in found:
        if point.before_start and (point.lab not in best or point.strength > best[point.lab].strength):
            best[point.lab] = point
    return [point for point in found if not point.before_start or best[point.lab] is point]


def best(found: list[Point]) -> Point | None:
    """The strongest model with copies on its training chips and on the fleets, or on either.

    Of a whole training run, if there is one: a post-training run holds only some of the chips.
    """
    both = [point for point in found if point.training and point.fleet]
    both = [point for point in both if not point.post_training] or both
    some = both or [point for point in found if point.fleet] or [point for point in found if point.training]
    return max(some, key=lambda point: (point.strength, point.x)) if some else None
