"""What a result is sensitive to: tables, pictures, files."""

from __future__ import annotations

import dataclasses
import html
import os
import tempfile
from collections.abc import Callable, Collection
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.ranking import PAWN, RANK, Ranking, SensitivityError, ranking
from sim.analysis.tornado import TORNADO, Tornado, tornado, tornado_rows
from sim.analysis.variance import SOBOL, Variance
from sim.ensemble.counting import Progress
from sim.ensemble.design import Stated, plan_of_stated, run_pairs
from sim.ensemble.estimate import Floats
from sim.ensemble.factors import Factor, acting, compared_only, factors_of
from sim.ensemble.observed import NoneHere, Results
from sim.ensemble.store import Store
from sim.saltelli import MOST_RUNS, POINTS, sobol_indices
from sim.scenario import Scenario, load
from sim.scenario.support import each_kind
from sim.tables import Table
from sim.tables.outcomes import MAIN

if TYPE_CHECKING:
    import pandas as pd

    from sim.ensembles import Ensemble
    from sim.show.facts import PictureFacts
    from sim.show.page import Picture

FROM_DRAWS = (RANK, PAWN)
METHODS = (*FROM_DRAWS, TORNADO, SOBOL)


def sensitivity(
    what: Ensemble | Scenario | str | os.PathLike[str],
    of: str = MAIN,
    method: str = RANK,
    *,
    points: int = POINTS,
    most_runs: int = MOST_RUNS,
    seed: int | None = None,
    workers: int | None = None,
    folder: str | os.PathLike[str] | None = None,
    resume: bool = False,
    say: Callable[[str], None] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Sensitivity:
    """What one result is sensitive to: a row for each uncertain input, the strongest first.

    what: an ensemble, or its folder; for `tornado` and `sobol`, which make runs of their own, a scenario or its file
    does too.
    of: the result: a column of `outcomes` (`level[NAME]`, `own_window_median_days`), one of `windows` of a lab's
    K-th new model (`length_days[LAB/2]`), one of `series` on a day (`copies@2029-01-01`), or `dwell_days[LEVEL]`.
    method: `rank` (Spearman's correlation) or `pawn` (the PAWN index), from the ensemble's draws; `tornado` (one input
    at a time at its 10% and 90%: two runs each); `sobol` (shares of the variance: points · (inputs + 2) runs).
    points, most_runs: of `sobol`: its points, and the runs that it may take. say: is told how many runs `sobol` will
    take before it begins. seed: in place of the scenario's. workers: processes; they change no number. folder, resume:
    where `sobol` keeps its runs on the way, and whether to go on with those; it is gone when all is done.
    progress: called as the runs of `sobol` are done.
    Raises ValueError: for another method, `sim.ensemble.observed.NoSuchResult`, `sim.saltelli.TooManyRuns`, and
    `sim.analysis.ranking.SensitivityError` if the draws cannot say.
    """
    if method not in METHODS:
        raise ValueError(f"the method is one of {', '.join(METHODS)}; got {method!r}")
    from sim.ensembles import Ensemble

    if isinstance(what, str | os.PathLike) and Path(what).is_dir():
        what = Ensemble(what)
    if isinstance(what, Ensemble):
        scenario, seed = what.scenario, what.spec["seed"] if seed is None else seed
    elif method in FROM_DRAWS:
        raise ValueError(f"{method} is made from draws: give an ensemble, such as run_ensemble(scenario, 300)")
    else:
        scenario = what if isinstance(what, Scenario) else load(what)
        seed = scenario.draw(listed=False).seed if seed is None else seed
    assert seed is not None
    drawn = what.drawn if isinstance(what, Ensemble) else None
    if drawn is not None and method not in FROM_DRAWS:
        ask = " or ".join(FROM_DRAWS)
        raise SensitivityError(f"{method} makes runs of its own, which are none of a branch: ask for {ask}")
    factors = acting(factors_of(scenario, drawn))
    if not factors:
        raise ValueError(f"no input of {scenario.name} is uncertain: there is nothing to be sensitive to")
    if isinstance(what, Ensemble) and method in FROM_DRAWS:
        if not what.store.has_rows:
            raise SensitivityError(f"{what.folder}: only the summary of its draws was kept; sensitivity needs their "
                                   "rows, made without --keep summary")  # fmt: skip
        results = Results(what.store, what.draws)
        inputs = results.inputs([factor.path for factor in factors])
        found: Findings = ranking(factors, inputs, results.observed(of), method, seed)
        return Sensitivity(found, scenario, seed, what.draws, inputs, drawn)
    check_result(scenario, of, seed)
    if method == TORNADO:
        pairs = _tornado(scenario, of, seed, workers)
        return Sensitivity(pairs, scenario, seed, pairs.runs, None)
    shares, inputs = sobol_indices(
        scenario, of, seed, points=points, most_runs=most_runs, workers=workers,
        folder=None if folder is None else Path(folder), resume=resume, say=say, told=progress,
    )  # fmt: skip
    return Sensitivity(shares, scenario, seed, shares.runs, inputs)


def check_result(scenario: Scenario, of: str, seed: int) -> None:
    """Raises NoSuchResult for a name that no draw of a scenario can give, by its central case alone."""
    paths = scenario.uncertain
    with tempfile.TemporaryDirectory(prefix="sim-result-") as kept:
        try:
            _stated(scenario, seed, tornado_rows(paths, ()), Store(Path(kept)), 1)[0].observed(of)
        except NoneHere:
            pass  # other draws may have it


def _tornado(scenario: Scenario, of: str, seed: int, workers: int | None) -> Tornado:
    factors = acting(factors_of(scenario))
    with tempfile.TemporaryDirectory(prefix="sim-tornado-") as kept:
        rows = tornado_rows(scenario.uncertain, factors)
        results, failed = _stated(scenario, seed, rows, Store(Path(kept)), workers)
        if 0 in failed:
            raise SensitivityError(f"with all inputs at their medians the run fails: {failed[0]}")
        return tornado(factors, results.observed(of), failed)


def _stated(
    scenario: Scenario, seed: int, rows: Floats, store: Store, workers: int | None
) -> tuple[Results, dict[int, str]]:
    """Results of runs at stated quantiles, all with the random events of the central case; those that fail, and why."""
    import numpy as np

    sampler = Stated(scenario, seed, rows, np.zeros(len(rows), dtype=np.int64))
    failed = run_pairs(plan_of_stated(scenario, sampler), len(rows), store, workers)
    return Results(store, len(rows)), failed


Findings = Ranking | Tornado | Variance


class Sensitivity:
    """What one result is sensitive to: a row for each uncertain input, the strongest first.

    found: what was found, and the result in each run. scenario: whose inputs they are. seed: of its draws. draws: how
    many there were, or how many runs were made.
    """

    def __init__(
        self, found: Findings, scenario: Scenario, seed: int, draws: int, inputs: Floats | None,
        drawn: Collection[str] | None = None,
    ) -> None:  # fmt: skip
        self.found, self.scenario, self.seed, self.draws = found, scenario, seed, draws
        self._inputs, self._drawn = inputs, drawn

    @property
    def method(self) -> str:
        """How it was found: rank, pawn, tornado or sobol."""
        return self.found.method

    @property
    def of(self) -> str:
        """The result that was asked about."""
        return self.found.observed.name

    @property
    def table(self) -> Table:
        """What was found as plain rows, with the unit and meaning of each column."""
        return self.found.table

    @cached_property
    def indices(self) -> pd.DataFrame:
        """What was found: a row for each input, the strongest first (units in `.attrs["units"]`)."""
        from sim.frames import frame

        return frame(self.table)

    @property
    def unmoved(self) -> list[str]:
        """Inputs that move nothing; of `rank` and `pawn` those not told apart from chance or from a stronger input."""
        return [factor.path for factor in self.found.unmoved]

    @property
    def _moving(self) -> list[Factor]:
        """Inputs of which it is seen that they move it, the strongest first."""
        if isinstance(self.found, Tornado):
            return self.found.moving
        unmoved = set(self.unmoved)
        return [factor for factor in self.found.factors if factor.path not in unmoved]

    @cached_property
    def _central(self) -> Any:
        from sim.result import simulate
        from sim.world.simulate import SimulationError

        try:
            return simulate(self.scenario, seed=self.seed, track=True)
        except SimulationError as error:
            return error.result

    @cached_property
    def unread(self) -> list[str]:
        """Uncertain inputs that nothing reads in the central case: they can influence nothing there."""
        read = self._central.read
        return [factor.path for factor in self.found.factors
                if read is not None and factor.input.parameter not in read]  # fmt: skip

    @property
    def left_out(self) -> list[str]:
        """Uncertain inputs that no simulation reads (`observed_uplift`): they are not ranked."""
        return compared_only(factors_of(self.scenario, self._drawn))

    @cached_property
    def facts(self) -> PictureFacts:
        """What the pictures carry."""
        facts: PictureFacts = self._central.facts
        among = self._resting if self._moving else ""
        sourcing = "; ".join(filter(None, [among, facts.sourcing]))
        made = "" if self.method in FROM_DRAWS else f"{self.draws:,} runs by design, not draws"
        return dataclasses.replace(facts, draws=self.draws, made=made, sourcing=sourcing)

    @property
    def _resting(self) -> str:
        """What the ranges of the inputs that move it rest on; of `rank` and `pawn`: those told apart from chance."""
        strong = self._moving
        one = len(strong) == 1
        what = f"{'is' if one else 'are'} told apart from chance" if self.method in FROM_DRAWS else (
            f"{'moves' if one else 'move'} it")  # fmt: skip
        return f"{len(strong)} input{'' if one else 's'} {what}: {each_kind(factor.support for factor in strong)}"

    @property
    def pictures(self) -> list[str]:
        """Names of its pictures."""
        if self.method == TORNADO:
            return ["tornado"]
        return ["sensitivity", "scatter"] if self._inputs is not None else ["sensitivity"]

    def plot(self, name: str | None = None) -> Picture:
        """A picture: `sensitivity` (inputs ranked), `scatter` (the two strongest against the result), or `tornado`.

        name: of one of `pictures`; the first if None. Raises ValueError for another.
        """
        found, name = self.found, self.pictures[0] if name is None else name
        if name not in self.pictures:
            raise ValueError(f"no picture is called {name!r}; there is {', '.join(self.pictures)}")
        if name == "scatter":
            return self._scatter()
        if isinstance(found, Tornado):
            from sim.show.tornado import figure as draw_tornado

            return draw_tornado(found, self.facts)
        if isinstance(found, Variance):
            from sim.show.variance import figure as draw_variance

            return draw_variance(found, self.facts)
        from sim.show.ranking import figure as draw_ranking

        return draw_ranking(found, self.facts)

    def _scatter(self) -> Picture:
        from sim.show.scatter import figure

        assert self._inputs is not None
        observed = self.found.observed
        if isinstance(self.found, Variance):
            observed = observed.every(len(self.found.blocks) + 2)
        columns = {factor.path: n for n, factor in enumerate(acting(factors_of(self.scenario, self._drawn)))}
        moving = self._moving
        strongest = [*moving, *(factor for factor in self.found.factors if factor not in moving)][:2]
        return figure(observed, strongest, [self._inputs[:, columns[each.path]] for each in strongest], self.facts)

    def save(self, folder: str | Path, *, pictures: bool = True, svg: bool = False, command: str = "") -> Path:
        """Write the table, units, summary, the scenario and pictures to `folder`, whole or not at all.

        pictures: as PNG; svg: also as SVG. command: what `run.json` says was typed. Returns the folder. Raises
        `sim.output.OutputError` if it cannot be written, or holds files that no run wrote.
        """
        from sim.output import json_text, write_manifest, write_text, write_whole
        from sim.scenario.files import EFFECTIVE
        from sim.tables.table import units_csv

        def write(aside: Path) -> None:
            write_text(aside / f"{self.table.name}.csv", self.table.to_csv())
            write_text(aside / "units.csv", units_csv([self.table]))
            write_text(aside / "summary.json", json_text(self.summary))
            write_text(aside / EFFECTIVE, self.scenario.effective_yaml())
            if pictures:
                from sim.show.pictures import save_all

                save_all(((name, self.plot(name)) for name in self.pictures), aside, svg)
            write_manifest(aside, {
                "name": self.scenario.name, "command": command, "complete": True, "seed": self.seed,
                "draws": self.draws, "scenario_hash": self.scenario.hash,
            })  # fmt: skip

        return write_whole(Path(folder), write)

    @property
    def summary(self) -> dict[str, Any]:
        """What summary.json says."""
        found = self.found
        chance = {"noise": found.noise, "dummy": found.dummy.value, "drawn_together": [
            {"input": path, "stronger": other.stronger.path, "correlation": other.correlation}
            for path, other in found.together.items()
        ]} if isinstance(found, Ranking) else {}  # fmt: skip
        alone = {"alone": found.alone, "alone_low": found.alone - found.alone_half,
                 "alone_high": found.alone + found.alone_half} if isinstance(found, Variance) else {}  # fmt: skip
        failed = {"failed_runs": len(found.failed)} if isinstance(found, Tornado) else {}
        return {
            "name": self.scenario.name,
            "question": self.scenario.question,
            "result": self.of,
            "unit": found.observed.column.unit,
            "method": self.method,
            "draws": self.draws,
            "seed": self.seed,
            "open_at_end": found.observed.open_share,
            "without_result": found.observed.lacking,
            **chance,
            **failed,
            **alone,
            "strongest": [{"input": factor.path, "guess": factor.guess, "support": factor.support.value}
                          for factor in self._moving],
            "unmoved": self.unmoved,
            "read_by_nothing": self.unread,
            "left_out": self.left_out,
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"<Sensitivity of {self.of} ({self.method}): {len(self.found.factors)} inputs, {self.draws:,} draws>"

    def __str__(self) -> str:
        from sim.sensitivity_report import report_text

        return report_text(self)

    def _repr_html_(self) -> str:
        return f"<b>{html.escape(repr(self))}</b><pre>{html.escape(str(self))}</pre>"
