"""Many draws of one scenario, simulated and kept in a folder; their tables as DataFrames."""

from __future__ import annotations

import html
import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.base.words import plural
from sim.draw_options import DRAWS, DrawOptions, asked, takes_options
from sim.ensemble import summary as summaries
from sim.ensemble.bands import Band, read_bands
from sim.ensemble.estimate import Estimate, Ordered, quantile
from sim.ensemble.part import OUTCOMES
from sim.ensemble.reduced_store import ReducedStore
from sim.ensemble.run import central_record, plan_of
from sim.ensemble.sampler import Sampler
from sim.ensemble_facts import facts_of
from sim.ensemble_folder import Draws
from sim.ensemble_making import place, spreading
from sim.ensemble_writing import EnsembleMaking
from sim.result import Result
from sim.scenario import Scenario, load
from sim.scenario.problem import nearest
from sim.tables.outcomes import MAIN

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.reweighting import Given
    from sim.sensitivities import Sensitivity
    from sim.show.facts import PictureFacts


@takes_options(DRAWS)
def run_ensemble(scenario: Scenario | str | os.PathLike[str], n: int, **options: Any) -> Ensemble:
    """Simulate draws 0 to n − 1 of a scenario's uncertain inputs, and keep them in a folder.

    scenario: loaded, or its file.
    {options}
    Raises ValueError for arguments that make no sense, `sim.ensemble.counting.TooManyFailures` if more than 1% of the
    draws fail, `sim.output.OutputError` if the folder cannot be written, holds something else, or an ensemble that
    draws cannot be added to, `sim.ensemble.cluster.ClusterError` if there is no such cluster, and
    `sim.world.simulate.SimulationError` if nothing of the central case can be simulated.
    """
    return ensemble_of(scenario if isinstance(scenario, Scenario) else load(scenario), asked(n, options, DRAWS))


def ensemble_of(scenario: Scenario, options: DrawOptions) -> Ensemble:
    """As `run_ensemble`."""
    folder, temporary = place(options, DRAWS)
    sampler = Sampler(scenario, options.seed, options.method)
    central = central_record(scenario, sampler.seed, options.most_events)
    plan = plan_of(scenario, sampler, central, most_events=options.most_events, keep=options.keep)
    made = EnsembleMaking(scenario, plan, central, options, folder)
    with spreading(options) as spread:
        made.make(spread)
    return Ensemble(folder, temporary)


class Ensemble(Draws):
    """Draws of one scenario in a folder. Tables are DataFrames with a column `draw`, read when first asked for.

    folder: where they are. draws: how many. failed: how many of them could not be simulated (see `failures`). Tables:
    inputs, outcomes, windows, models, levels, trajectory, events, series and failures, also as `frame(NAME)`.
    """

    @property
    def outcomes(self) -> pd.DataFrame:
        """A row for each draw: medians of windows, most copies, dates of levels and milestones."""
        return self.frame(OUTCOMES)

    @property
    def windows(self) -> pd.DataFrame:
        """A row for each draw and model's window, as in a single run."""
        return self.frame("windows")

    @property
    def models(self) -> pd.DataFrame:
        """A row for each draw and model, as in a single run."""
        return self.frame("models")

    @property
    def levels(self) -> pd.DataFrame:
        """A row for each draw and level, as in a single run."""
        return self.frame("levels")

    @property
    def trajectory(self) -> pd.DataFrame:
        """The trajectory of the first 100 draws, or of all if so kept, as in a single run."""
        return self.frame("trajectory")

    @property
    def events(self) -> pd.DataFrame:
        """The events of the first 100 draws, or of all if so kept, as in a single run."""
        return self.frame("events")

    @property
    def series(self) -> pd.DataFrame:
        """A row for each draw and date: compute by use, copies, AI work, all labs together."""
        return self.frame("series")

    @cached_property
    def fan(self) -> pd.DataFrame:
        """Quantiles across draws of each of `series`, on each date."""
        import pandas as pd

        return pd.read_csv(self.folder / "fan.csv", parse_dates=["date"])

    @cached_property
    def bands(self) -> dict[str, Band]:
        """Each of `series` -> its quantiles across draws on each date, as arrays, and the central case."""
        with open(self.folder / "fan.csv", encoding="utf-8", newline="") as lines:
            return read_bands(lines)

    @cached_property
    def central(self) -> Result:
        """The central case, every input at its median: simulated when first asked for. Of a branch: the draw itself."""
        if self.drawn is not None:
            from sim.branching import draw_of

            return draw_of(self.scenario, self.spec)
        record = central_record(self.scenario, self.spec["seed"], self.spec["max_events"])
        return Result(record, self.scenario, self.spec["max_events"])

    @cached_property
    def facts(self) -> PictureFacts:
        """What every picture carries."""
        return facts_of(self.summary, self.central.record.draw)

    def plot(self, name: str | None = None) -> Figure | dict[str, Figure]:
        """A picture by name (workforce, compute, windows, levels), or all in a dict.

        Raises ValueError, with the names that there are, for another name.
        """
        from sim.show.many import figure, pictures_of

        return figure(self, name) if name is not None else {each: figure(self, each) for each in pictures_of(self)}

    def quantiles(self, name: str, at: tuple[float, ...] = summaries.QUANTILES) -> dict[float, Estimate]:
        """Quantiles of a column of `outcomes`, each with its Monte Carlo error; dates as days since 1970-01-01.

        name: of the column. at: which quantiles. Raises KeyError for a column that is not there, ValueError for a
        quantile outside (0, 1).
        """
        if not all(0.0 < q < 1.0 for q in at):
            raise ValueError(f"a quantile lies between 0 and 1, got {at}")
        dated = {"level": self.summary["levels"], "milestone": self.summary["milestones"]}
        known = [*self.summary["results"], *(f"{kind}[{each}]" for kind in dated for each in dated[kind]), "end"]
        if name not in known:
            near = nearest(name, known)
            raise KeyError(f"no draw gives {name!r}" + (f" (did you mean {near!r}?)" if near else
                           f"; there are {', '.join(known)}"))  # fmt: skip
        values: Ordered
        if isinstance(self.store, ReducedStore):
            values = self.store.values(OUTCOMES, name)
        else:
            values = summaries.ordered(summaries.gathered(self.store, OUTCOMES, [name])[name])
        return {q: quantile(values, q) for q in at}

    def sensitivity(
        self, of: str = MAIN, method: str = "rank", *, points: int = 128, most_runs: int = 10_000,
        workers: int | None = None,
    ) -> Sensitivity:  # fmt: skip
        """Which uncertain inputs a result hangs on, the strongest first.

        of: the result: a column of `outcomes` (`level[NAME]`, `own_window_median_days`), one of `windows` of a lab's
        K-th new model (`length_days[LAB/2]`), one of `series` on a day (`copies@2029-01-01`), or `dwell_days[LEVEL]`.
        method: `rank` or `pawn`, from these draws; `tornado` or `sobol`, which make runs of their own.
        points, most_runs, workers: as of `sim.sensitivity`, of those runs.
        Raises ValueError for another method or result, and if the draws are too few to say anything.
        """
        from sim.sensitivities import sensitivity

        return sensitivity(self, of, method, points=points, most_runs=most_runs, workers=workers)

    @property
    def drawn(self) -> list[str] | None:
        """Of a branch: the uncertain inputs that are drawn anew. None: all are drawn."""
        branch = self.spec.get("branch")
        return None if branch is None else list(branch["ranges"])

    def branch(self, draw: int, date: str, n: int, **options: Any) -> Ensemble:
        """Simulate n worlds that share the past of one of these draws before a date, and are drawn anew from there on.

        options: as of `sim.branch`. Raises what that raises, and ValueError for a branch of a branch.
        """
        from sim.branching import branch

        if self.drawn is not None:
            raise ValueError(f"{self.folder}: is a branch of draw {self.spec['branch']['draw']}: branch from a draw of "
                             "the scenario")  # fmt: skip
        same = {"seed": self.spec["seed"], "method": self.spec["method"], "most_events": self.spec["max_events"]}
        return branch(self.scenario, draw, date, n, **{**same, **options})

    def reweight(self, *facts: str) -> Given:
        """The same draws weighted by how likely facts are in each: what is known since, or supposed.

        facts: `NAME <= VALUE` (or >=), `NAME = LOW to HIGH`, or `NAME = VALUE ± ERROR` (observed with a normal standard
        error), in the unit of the result, or dates (their error in days). NAME: as in `sensitivity`, or the path of an
        uncertain input. Raises ValueError for a fact that cannot be read, another name, facts that leave draws worth
        fewer than ten, and where only the summary was kept.
        """
        from sim.reweighting import given

        return given(self.spec["name"], self.store, self.draws, facts)

    def __repr__(self) -> str:
        failed = f", {self.failed:,} failed" if self.failed else ""
        return f"<Ensemble of {self.spec['name']}: {plural(self.draws, 'draw')}{failed}>"

    def _repr_html_(self) -> str:
        from sim.ensemble_report import report_text

        return f"<b>{html.escape(repr(self))}</b><pre>{html.escape(report_text(self.summary))}</pre>"
