"""Why a sweep buys no time at a level, whatever is set: nothing that intervenes binds the lab that is first there."""

from __future__ import annotations

from sim.analysis.sweep import Plan, Row, columns
from sim.scenario import ScenarioError
from sim.scenario.policy_code import simulate_draw
from sim.world.record import RunRecord
from sim.world.simulate import SimulationError


def why_nothing(plan: Plan, rows: list[Row]) -> list[str]:
    """A sentence for each level at which time bought is exactly 0 in every cell, of a scenario that intervenes.

    The world of the last cell is simulated once more for it.
    """
    names = [column.name for column in columns(plan)]

    def all_are(name: str, value: object) -> bool:
        at = names.index(name)
        return bool(rows) and all(row[at] == value for row in rows)

    flat = [level for level in plan.levels if plan.base.crossings.get(level, 0.0) > 0.0
            and all_are(f"time_bought[{level}]", 0.0) and all_are(f"bound[{level}]", "exact")]  # fmt: skip
    if not flat:
        return []
    try:
        draw = plan.scenario.changed(sets=plan.sets(plan.cells[-1])).draw(seed=plan.seed, listed=False)
        record = simulate_draw(draw, most_events=plan.most_events)
    except (ScenarioError, SimulationError):
        return []
    told = [(level, _why(record, level)) for level in flat if record.interventions]
    return [f"No time is bought at {level} in any cell: {why}." for level, why in told]


def _why(record: RunRecord, level: str) -> str:
    day, model = record.levels[level, ""]
    lab = model.partition("/")[0]
    begun = [labs for _, since, _, labs in record.interventions if since < day]
    if not begun:
        return "no intervention begins before it is reached"
    if not any(lab in labs for labs in begun):
        return f"no intervention binds {lab}, which is first there"
    return f"{model} reaches it first, on the same day as without intervention"
