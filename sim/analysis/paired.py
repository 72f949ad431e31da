"""The same draw with and without a change, draw by draw: what a worker does. It imports no pandas, YAML or plotting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.analysis.compare import TABLES
from sim.analysis.compare_columns import SCENARIO
from sim.analysis.pair import Pair, pairs_of
from sim.analysis.together import NotComparable, joint_correlations
from sim.base.choices import EXAMPLES, SOBOL
from sim.ensemble.encode import Values
from sim.ensemble.inputs import derived_columns, encoded_derived, encoded_inputs, input_columns
from sim.ensemble.part import FAILURE_COLUMNS, FAILURES, INPUTS, OUTCOMES, Part, Rows, collected
from sim.ensemble.run import examples_of
from sim.ensemble.sampler import Sampler
from sim.scenario import Scenario
from sim.scenario.policy_code import simulate_draw
from sim.scenario.quantities import derived_quantities, uncertain_quantities
from sim.scenario.quantity import Quantity
from sim.tables.beyond_peak import beyond_peak
from sim.tables.outcomes import TOO_FAST
from sim.tables.rates import Rates
from sim.tables.table import Column

ALWAYS = ("levels", "work", "alignment", "leads", "cost")
"""Tables of a comparison that are kept of every draw."""

LONG = ("break_even", "windows", "ladder", "rebound", "over_time")
"""Tables that are kept of the first draws only, unless all are asked for."""

OF_ALIGNMENT = ("alignment", "break_even")
"""Of these, those without rows where no world counts alignment work."""

BASE = "base"
"""What the unchanged world is called in `failures`."""


@dataclass(frozen=True, slots=True)
class PairPlan:
    """What is asked of every draw. worlds: name -> its sampler, the base first; all have the same input map.

    inputs: of the map's paths, each from the first world that has it (`owners`: its place among the worlds).
    derived: what follows from them, each with the place of the first world in which it does.
    levels: of both worlds of each pair. examples: the first draws, of which `LONG` are kept.
    """

    worlds: dict[str, Sampler]
    most_events: int
    inputs: tuple[Quantity | None, ...]
    owners: tuple[int, ...]
    derived: tuple[tuple[int, Quantity], ...]
    columns: dict[str, list[Column]]
    main: str
    examples: int

    @property
    def long(self) -> tuple[str, ...]:
        """The tables that are kept of examples only."""
        return LONG

    def simulate(self, span: tuple[int, int]) -> Part:
        """Draws `span` (start, stop), each in every world."""
        values = [sampler.values(sampler.quantiles(*span)) for sampler in self.worlds.values()]

        def one(i: int) -> Rows:
            draws = (sampler.draw_with(i, [column[i - span[0]] for column in columns])
                     for sampler, columns in zip(self.worlds.values(), values, strict=True))  # fmt: skip
            return self._rows(draws, i < self.examples)

        return collected(self, span, one, lambda: self._encoded(values), _failed_in)

    def _rows(self, draws: Any, example: bool) -> Rows:
        rates = {}
        for name in self.worlds:
            try:
                rates[name] = Rates(simulate_draw(next(draws), most_events=self.most_events))
            except Exception as error:
                error.world = name  # type: ignore[attr-defined]
                raise
        base, *changed = rates.items()
        pairs = pairs_of(base[1], dict(changed))
        found = {name: [row for pair in pairs for row in TABLES[name][1](pair)] for name in self.columns
                 if name in TABLES and (example or name not in LONG)}  # fmt: skip
        return {**found, OUTCOMES: [outcome(pairs, self.columns[OUTCOMES])]}

    def _encoded(self, values: list[list[list[float]]]) -> list[Values]:
        found = encoded_inputs(self.inputs, [values[owner][column] for column, owner in enumerate(self.owners)])
        for owner, quantity in self.derived:
            found += encoded_derived([quantity], self.worlds[BASE].paths, values[owner])
        return found


def _failed_in(error: Exception) -> tuple[Any, ...]:
    return (getattr(error, "world", None),)


def bought_column(world: str, level: str) -> str:
    """The column of `outcomes` that has the time bought at a level."""
    return f"time_bought[{world}, {level}]"


def bound_column(world: str, level: str) -> str:
    """The column of `outcomes` that says how well that is known."""
    return f"bound[{world}, {level}]"


def beyond_column(world: str) -> str:
    """The column of `outcomes` that counts models beyond their chips' peak in a world."""
    return f"{TOO_FAST}[{world}]"


def outcome_columns(pairs: list[Pair]) -> list[Column]:
    """For each changed world and level the time bought, and how well it is known; for each world what is impossible."""
    meaning = "new models with more tokens/s than their parameters allow at their chips' peak"
    bought = [
        column
        for pair in pairs
        for level in pair.levels
        for column in (
            Column(bought_column(pair.name, level), "days", "time bought at the level; a bound where `bound` says so"),
            Column(bound_column(pair.name, level), "", "how well that is known"),
        )
    ]
    return bought + [Column(beyond_column(name), "models", meaning) for name in (BASE, *(pair.name for pair in pairs))]


def outcome(pairs: list[Pair], columns: list[Column]) -> tuple[Any, ...]:
    """The row of a draw."""
    values: dict[str, Any] = {beyond_column(BASE): len(beyond_peak(pairs[0].base.rates))}
    for pair in pairs:
        values[beyond_column(pair.name)] = len(beyond_peak(pair.world.rates))
        for level in pair.levels:
            found = pair.time_bought(level)
            values[bought_column(pair.name, level)] = found.value
            values[bound_column(pair.name, level)] = found.bound
    return tuple(values.get(column.name) for column in columns)


def samplers(
    base: Scenario, changed: Mapping[str, Scenario], seed: int | None, method: str = SOBOL
) -> dict[str, Sampler]:
    """A sampler for each world, the base first, with one input map: the base's inputs, then those that changes add.

    All apply one copula, so that draw i of the base is what it is without any changed world, and each changed world has
    its inputs. Raises ValueError for another method, and NotComparable where correlations differ.
    """
    first = Sampler(base, seed, method)
    paths = list(first.paths)
    for scenario in changed.values():
        known = set(paths)
        paths += [path for path in scenario.uncertain if path not in known]
    pairs = joint_correlations(base, changed, paths)
    return {name: Sampler(scenario, first.seed, method, paths, pairs, first.order)
            for name, scenario in {BASE: base, **changed}.items()}  # fmt: skip


def pair_plan(
    base: Scenario, changed: Mapping[str, Scenario], worlds: dict[str, Sampler], central: list[Pair],
    most_events: int, keep: str = EXAMPLES,
) -> PairPlan:  # fmt: skip
    """What every draw is asked. worlds: of `samplers`. central: the pairs of the central case. keep: what is kept.

    Raises NotComparable for a changed world that is called like the base, or has no level in common with it.
    """
    if BASE in changed:
        raise NotComparable(f"{BASE!r} is what the unchanged world is called: name the changed world otherwise")
    for pair in central:
        if not pair.levels:
            why = "have no level in common, and time bought by many draws is counted at levels"
            raise NotComparable(f"{pair.name} and the base {why}: state some (levels: {{NAME: {{...}}}})")
    quantities = [uncertain_quantities(scenario) for scenario in (base, *changed.values())]
    paths = worlds[BASE].paths
    owners = tuple(next(n for n, mine in enumerate(quantities) if path in mine) for path in paths)
    inputs = tuple(quantities[owner][path] for path, owner in zip(paths, owners, strict=True))
    derived: dict[str, tuple[int, Quantity]] = {}
    for n, scenario in enumerate((base, *changed.values())):
        for path, quantity in derived_quantities(scenario).items():
            if path not in paths:
                derived.setdefault(path, (n, quantity))
    aligned = any(pair.aligned for pair in central)
    kept = [name for name in (*ALWAYS, *LONG) if name not in OF_ALIGNMENT or aligned]
    columns = {
        INPUTS: [*input_columns(paths, inputs), *derived_columns([each for _, each in derived.values()])],
        OUTCOMES: outcome_columns(central),
        **{name: TABLES[name][0] for name in kept},
        FAILURES: [SCENARIO, *FAILURE_COLUMNS],
    }
    follow = tuple(derived.values())
    return PairPlan(worlds, most_events, inputs, owners, follow, columns, main_column(central), examples_of(keep))


def main_column(central: list[Pair]) -> str:
    """Of the first changed world, time bought at the highest level that the central base reaches after its start."""
    pair = central[0]
    reached = [level for level in pair.levels
               if level in pair.base.crossings and 0.0 < pair.base.crossings[level].day < pair.end]  # fmt: skip
    return bought_column(pair.name, (reached or pair.levels)[-1])
