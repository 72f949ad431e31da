"""Changed worlds against a base, draw by draw: the chance that a change helps, and how much it buys."""

from __future__ import annotations

import hashlib
import html
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.leaky import leaky
from sim.analysis.pair import Pair, pairs_of
from sim.analysis.paired import BASE, PairPlan, pair_plan, samplers
from sim.analysis.paired_cost import costs_of, costs_table
from sim.analysis.paired_summary import levels_of, work_of
from sim.analysis.paired_too_fast import beyond_of, warnings
from sim.analysis.paired_until import parse_pairs_until
from sim.analysis.worlds import Change, Changed, named, worlds
from sim.base.words import plural
from sim.comparison_files import file_name
from sim.draw_options import PAIRS, DrawOptions, asked, takes_options
from sim.ensemble.changes import changes, differences
from sim.ensemble.kept import Chunks
from sim.ensemble.program import CELLS, program
from sim.ensemble.run import central_record, spec_of
from sim.ensemble.store import Store
from sim.ensemble.until_missed import missed, until_facts
from sim.ensemble_facts import facts_of
from sim.ensemble_folder import Draws
from sim.ensemble_making import Making, place, spreading, unfinished
from sim.output import json_text, write_text
from sim.pairs_table import chances_table
from sim.scenario import Scenario, load
from sim.scenario.files import EFFECTIVE
from sim.scenario.support import NONE_AMONG, Support, support_of
from sim.tables.rates import Rates
from sim.tables.table import Table, units_csv

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.show.facts import PictureFacts

KIND = "comparison"


@takes_options(PAIRS)
def compare_many(
    base: Scenario | str | os.PathLike[str],
    scenarios: Mapping[str, Changed] | Change | Sequence[Change],
    n: int,
    *,
    sets: Sequence[str] = (),
    policies: Mapping[str, str] | None = None,
    **options: Any,
) -> PairedComparison:
    """Simulate draws 0 to n − 1 of a base, and each of them with every change, and set them side by side.

    A draw has the same inputs and the same named random numbers in all worlds; inputs that a change adds are appended
    to the map, so that the base's draws are those of `run_ensemble`. base, scenarios, sets, policies: as in `compare`.
    {options}
    Raises what `compare` and `run_ensemble` raise, and ValueError where a world has no level in common with the base.
    """
    given = asked(n, options, PAIRS)
    if not scenarios:
        raise ValueError("a comparison needs at least one changed world: compare(base, {'name': 'overlay.yaml'})")
    whole = base if isinstance(base, Scenario) else load(base)
    first, others = worlds(whole, named(scenarios), sets, policies)
    return comparison_of(first, others, given)


def comparison_of(base: Scenario, changed: dict[str, Scenario], options: DrawOptions) -> PairedComparison:
    """As `compare_many`, of worlds that are loaded: name -> changed world."""
    folder, temporary = place(options, PAIRS)
    mine = samplers(base, changed, options.seed, options.method)
    central = central_pairs(base, changed, mine[BASE].seed, options.most_events)
    plan = pair_plan(base, changed, mine, central, options.most_events, options.keep)
    made = _Making(base, changed, plan, central, options, folder)
    with spreading(options) as spread:
        made.make(spread)
    return PairedComparison(folder, temporary)


def central_pairs(base: Scenario, changed: Mapping[str, Scenario], seed: int, most_events: int) -> list[Pair]:
    """The central case of the base with that of each changed world."""
    rates = {name: Rates(central_record(scenario, seed, most_events))
             for name, scenario in {BASE: base, **changed}.items()}  # fmt: skip
    return pairs_of(rates.pop(BASE), rates)


class _Making(Making):
    """Draws in pairs that are being made beside their place."""

    def __init__(
        self, base: Scenario, changed: dict[str, Scenario], plan: PairPlan, central: list[Pair], options: DrawOptions,
        folder: Path,
    ) -> None:  # fmt: skip
        until = None if options.until is None else parse_pairs_until(options.until, central)
        files = {name: EFFECTIVE if not n else f"effective-{n}-{file_name(name)}.yaml"
                 for n, name in enumerate([BASE, *changed])}  # fmt: skip
        self.worlds = {BASE: base, **changed}
        told = [{"name": name, "file": files[name], "hash": scenario.hash} for name, scenario in self.worlds.items()]
        of = hashlib.sha256("".join(f"{world['name']}\n{world['hash']}\n" for world in told).encode()).hexdigest()
        spec = spec_of(base, plan.worlds[BASE], options.n, options.most_events, options.keep)
        spec = {"kind": KIND, **spec, "program": program(CELLS), "scenario_hash": of, "worlds": told}
        kept = Chunks(plan, unfinished(folder))
        texts = {files[name]: of.effective_yaml() for name, of in self.worlds.items()}
        super().__init__(kept, spec, options, folder, texts, until)
        self.central = central

    def different(self, store: Store) -> list[str]:
        found = store.spec or {}
        before = {world["name"]: world for world in found.get("worlds", ())}
        if before and list(before) != list(self.worlds):
            names = [", ".join(list(each)[1:]) for each in (before, self.worlds)]
            return [f"changed worlds: {names[0]}, now {names[1]}"]
        told = []
        for name, scenario in self.worlds.items():
            if before[name]["hash"] != scenario.hash:
                told += [f"{name}: {text}" for text in differences(store.folder / before[name]["file"], scenario)]
        same = {**self.spec, "scenario_hash": found.get("scenario_hash")}
        return told + changes(store, same, self.worlds[BASE])

    def write(self, aside: Path, tables: list[Table]) -> None:
        found = self._summary()
        read = [chances_table(found), costs_table(found)]
        for table in read:
            write_text(aside / f"{table.name}.csv", table.to_csv())
        write_text(aside / "units.csv", units_csv([*tables, *read]))
        write_text(aside / "summary.json", json_text(found))
        if self.options.pictures:
            from sim.show.paired import draw_all

            made = PairedComparison(aside)
            made.central = self.central
            draw_all(made, aside, self.options.svg)

    def _summary(self) -> dict[str, Any]:
        base = self.worlds[BASE]
        levels, work = levels_of(self.store, self.central), work_of(self.store, self.central)
        costs = costs_of(self.store, self.central)
        able = {pair.name: pair.able_level for pair in self.central}
        beyond = beyond_of(self.store, self.central)
        uncertain = {item.path: support_of(item.guess, item.source) for scenario in self.worlds.values()
                     for item in scenario.inputs if item.uncertain}  # fmt: skip
        return {
            "base": base.name,
            "question": base.question,
            "draws": self.draws,
            "failed": sum(int(chunk["failed"]) for chunk in self.store.chunks()),
            "seed": self.spec["seed"],
            "method": self.spec["method"],
            "until": None if self.until is None else until_facts(self.until, self.error, self.draws),
            "uncertain_inputs": len(uncertain),
            "guesses_among_them": sum(each is Support.GUESS for each in uncertain.values()),
            NONE_AMONG: sum(each is Support.NONE for each in uncertain.values()),
            "models_beyond_peak": beyond,
            "warnings": [*missed(self.until, self.error, self.draws), *leaky(self.central), *warnings(beyond)],
            "scenarios": {
                name: {"name": self.worlds[name].name, "able_level": able[name], "levels": levels[name],
                       "work": work[name], "cost": costs[name]}
                for name in levels
            },
        }


class PairedComparison(Draws):
    """Draws of a base and the same draws with each change, in a folder. Tables are DataFrames with a column `draw`.

    folder: where they are. draws: how many. failed: how many could not be simulated in all worlds (see `failures`).
    Tables: inputs, outcomes, levels, work, leads, cost, failures, and alignment where it is counted; `frame(NAME)` has
    these, and windows, ladder, rebound, over_time and break_even of the draws of which they are kept.
    """

    _kind = KIND

    @property
    def worlds(self) -> list[str]:
        """Names of the changed worlds."""
        return list(self.summary["scenarios"])

    @property
    def outcomes(self) -> pd.DataFrame:
        """A row for each draw: time bought by each changed world at each level (days), and how well it is known."""
        return self.frame("outcomes")

    @property
    def levels(self) -> pd.DataFrame:
        """A row for each draw, changed world and level: dates, time and dwell bought (days), and how well known."""
        return self.frame("levels")

    @property
    def work(self) -> pd.DataFrame:
        """AI work by domain until each level and in the dwell after it (human-years): each world's own, and bought."""
        return self.frame("work")

    @property
    def alignment(self) -> pd.DataFrame:
        """Alignment work until each level and in the dwell after it. Raises KeyError where no world counts it."""
        return self.frame("alignment")

    @property
    def leads(self) -> pd.DataFrame:
        """A row for each draw, changed world and level: which lab is first in both worlds, and its lead (days)."""
        return self.frame("leads")

    @property
    def cost(self) -> pd.DataFrame:
        """What each draw gives up until the end: compute, tokens and AI work, of all labs together and of each."""
        return self.frame("cost")

    @cached_property
    def costs(self) -> pd.DataFrame:
        """A row for each changed world and amount of `cost` of all labs: quantiles of what changes, and its share."""
        from sim.frames import frame

        return frame(costs_table(self.summary))

    @cached_property
    def chances(self) -> pd.DataFrame:
        """A row for each changed world and level: the chance that it helps, and quantiles of what it buys (days)."""
        from sim.frames import frame

        return frame(chances_table(self.summary))

    @cached_property
    def central(self) -> list[Pair]:
        """The central case of the base with that of each changed world: simulated when first asked for."""
        files = {world["name"]: self.folder / world["file"] for world in self.spec["worlds"]}
        found = {name: load(file.name, text=file.read_text(encoding="utf-8")) for name, file in files.items()}
        return central_pairs(found.pop(BASE), found, self.spec["seed"], self.spec["max_events"])

    @cached_property
    def facts(self) -> PictureFacts:
        """What every picture carries."""
        import dataclasses

        facts = facts_of(self.summary, self.central[0].base.record.draw)
        return dataclasses.replace(facts, name=f"{facts.name} against {', '.join(self.worlds)}")

    def plot(self, name: str | None = None) -> Figure | dict[str, Figure]:
        """A picture by name (time_bought, dwell), or all in a dict.

        Raises ValueError, with the names that there are, for another name.
        """
        from sim.show.paired import figure, pictures_of

        return figure(self, name) if name is not None else {each: figure(self, each) for each in pictures_of(self)}

    def __repr__(self) -> str:
        failed = f", {self.failed:,} failed" if self.failed else ""
        draws = plural(self.draws, "draw")
        return f"<Comparison of {self.summary['base']} with {', '.join(self.worlds)}: {draws}{failed}>"

    def _repr_html_(self) -> str:
        from sim.pairs_report import report_text

        return f"<b>{html.escape(repr(self))}</b><pre>{html.escape(report_text(self.summary))}</pre>"
