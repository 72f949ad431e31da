"""Many draws of one scenario, simulated and kept in a folder; their tables as DataFrames."""

from __future__ import annotations

import html
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.aside import Busy, discard, working
from sim.base import interrupt
from sim.base.limits import MOST_EVENTS
from sim.ensemble import summary as summaries
from sim.ensemble.bands import Band, read_bands
from sim.ensemble.central import with_central
from sim.ensemble.changes import changes
from sim.ensemble.estimate import Estimate, Ordered, quantile
from sim.ensemble.files import holds_only
from sim.ensemble.kept import kept_of, store_of
from sim.ensemble.outcomes import MAIN, outcome_row
from sim.ensemble.part import FAILURES, OUTCOMES, Plan
from sim.ensemble.reduced_store import ReducedStore
from sim.ensemble.run import KEPT, SUMMARY, Progress, central_record, check_draws, plan_of, spec_of
from sim.ensemble.sampler import Sampler
from sim.ensemble.store import SPEC, Store, chunks_of, link
from sim.ensemble.until import Until, parse_until
from sim.ensemble.workers import Spread, spread
from sim.ensemble_facts import facts_of
from sim.output import OutputError, check_folder, json_text, write_manifest, write_text, write_whole
from sim.result import Result
from sim.scenario import Scenario, load
from sim.scenario.files import EFFECTIVE
from sim.tables.rates import Rates
from sim.tables.table import units_csv
from sim.tables.windows import windows_table
from sim.world.record import RunRecord

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.sensitivities import Sensitivity
    from sim.show.facts import PictureFacts

UNFINISHED = ".unfinished"
"""What the folder beside the results is called as long as an ensemble is not finished, behind their name."""


def run_ensemble(
    scenario: Scenario | str | os.PathLike[str],
    n: int,
    *,
    seed: int | None = None,
    workers: int | None = None,
    out: str | os.PathLike[str] | None = None,
    on: str | None = None,
    resume: bool = False,
    keep: str = KEPT[0],
    method: str = "sobol",
    until: str | None = None,
    most_events: int = MOST_EVENTS,
    progress: Callable[[Progress], None] | None = None,
    pictures: bool = False,
    svg: bool = False,
    command: str = "",
) -> Ensemble:
    """Simulate draws 0 to n − 1 of a scenario's uncertain inputs, and keep them in a folder.

    scenario: loaded, or its file. seed: in place of the scenario's. workers: processes (default: one for each
    processor); they change no number. out: the folder; a temporary one, gone with the Ensemble, if None. on: "dask" (a
    cluster of Dask workers on this machine) or the address of a Dask scheduler (`tcp://...`), in place of processes.
    resume: go on with what was interrupted in that folder, or add draws to what is finished there. keep: "examples"
    (trajectory and events of the first 100 draws), "all" (of every draw) or "summary" (no rows: workers count
    values in bins, and neither memory nor disk grow with the draws). method: sobol, random or latin. until: end early
    once the Monte Carlo error of the median of a result is small enough, as in `own_window_median_days=2%`.
    most_events: as in `simulate`, of each draw. progress: called as draws are done. pictures: also put the pictures
    into the folder, as PNG; svg: also as SVG. command: what `run.json` says was typed.
    Raises ValueError for arguments that make no sense, `sim.ensemble.run.TooManyFailures` if more than 1% of the draws
    fail, `sim.output.OutputError` if the folder cannot be written, holds something else, or an ensemble that draws
    cannot be added to, `sim.ensemble.cluster.ClusterError` if there is no such cluster, and
    `sim.world.simulate.SimulationError` if nothing of the central case can be simulated.
    """
    draws = check_draws(n)
    if workers is not None and workers < 1:
        raise ValueError(f"expected a number of workers above 0, got {workers}")
    whole = scenario if isinstance(scenario, Scenario) else load(scenario)
    temporary = tempfile.TemporaryDirectory(prefix="sim-ensemble-") if out is None else None
    folder = Path(temporary.name) / "ensemble" if temporary is not None else Path(str(out))
    check_folder(folder)
    seed = whole.draw(listed=False).seed if seed is None else seed
    sampler = Sampler(whole, seed, method)
    central = central_record(whole, seed, most_events)
    plan = plan_of(whole, sampler, central, most_events=most_events, keep=keep)
    ending = None if until is None else parse_until(until, plan.columns[OUTCOMES])
    spec = spec_of(whole, sampler, draws, most_events, keep)
    if keep == SUMMARY:
        spec["until"] = until  # what was counted cannot be taken back
    made = _Making(whole, plan, central, spec, folder, ending, command, (pictures, svg))
    with _spreading(on, workers) as spread_it:
        return made.ensemble(spread_it, resume, progress, temporary)


@contextmanager
def _spreading(on: str | None, workers: int | None) -> Iterator[Spread]:
    """How the work is spread."""
    if on is None:
        yield partial(spread, workers=workers or os.cpu_count() or 1)
        return
    from sim.ensemble.cluster import on_dask

    with on_dask(on, workers) as found:
        yield found


class _Making:
    """An ensemble that is being made beside its place."""

    def __init__(
        self, scenario: Scenario, plan: Plan, central: RunRecord, spec: dict[str, Any], folder: Path,
        until: Until | None, command: str, drawn: tuple[bool, bool],
    ) -> None:  # fmt: skip
        self.scenario, self.plan, self.central, self.spec = scenario, plan, central, spec
        self.folder, self.until, self.command = folder, until, command
        self.pictures, self.svg = drawn
        labs = tuple(sorted(central.draw.labs))
        self.kept = kept_of(plan, labs, Path(f"{folder}{UNFINISHED}"), spec["keep"])
        self.store = self.kept.store
        self.draws: int = spec["draws"]

    def ensemble(
        self, spread: Spread, resume: bool, progress: Callable[[Progress], None] | None, temporary: Any
    ) -> Ensemble:
        kept = self.store.folder
        done, placed = 0, False

        def told(now: Progress) -> None:
            nonlocal done
            done = now.done
            if progress is not None:
                progress(now)

        try:
            kept.mkdir(parents=True, exist_ok=True)
            with working(kept):
                if not resume and self._holds_work():
                    raise OutputError(f"{kept}: is an unfinished ensemble; add --resume to go on with it, or delete it")
                self._begin(resume)
                self.draws = self.kept.run(self.draws, spread, told, self.until)
                self._finish()
                placed = True
                discard(kept)
        except Busy:
            raise OutputError(f"{kept}: another is at work there") from None
        except KeyboardInterrupt as stop:
            if not placed and self._kept():
                draws = f"{self._kept():,} of {self.draws:,} draws are kept"
                interrupt.note(stop, f"{draws} in {kept}/: go on with --resume")
            raise
        except OSError as error:
            raise OutputError(f"{kept}: cannot be written ({error.strerror or error}); {self._kept():,} of "
                              f"{self.draws:,} draws are kept there: free some space, or mend what is wrong, and go "
                              "on with --resume") from error  # fmt: skip
        return Ensemble(self.folder, temporary)

    def _holds_work(self) -> bool:
        """Whether there is anything in the folder but an ensemble that was begun and has nothing done yet."""
        return not holds_only(self.store.folder, {SPEC, EFFECTIVE})

    def _begin(self, resume: bool) -> None:
        """The folder of what is to be done, with what is there already."""
        if self._holds_work():
            self._agree(self.store)
        elif resume and (self.folder / SPEC).exists():
            self._agree(store_of(self.folder, self.spec["keep"]))
            self.store.begin(self.spec, self.scenario.effective_yaml())
            self.store.take(self.folder)
        self.store.begin(self.spec, self.scenario.effective_yaml())

    def _agree(self, store: Store) -> None:
        """Raises OutputError unless draws can be added to a store's."""
        different = changes(store, self.spec, self.scenario)
        if different:
            raise OutputError(f"{store.folder}: holds draws of something else, to which none can be added ("
                              f"{'; '.join(different)}). Delete it, or choose another folder with --out")  # fmt: skip
        most = max((chunk["draws"][1] for chunk in store.chunks()), default=0)
        if most > self.draws:
            raise OutputError(f"{store.folder}: holds {most:,} draws already, more than {self.draws:,}; "
                              f"ask for {most:,} or more, or choose another folder with --out")  # fmt: skip

    def _kept(self) -> int:
        """Draws whose chunks are whole on the disk."""
        return sum(chunk["draws"][1] - chunk["draws"][0] for chunk in self.store.chunks())

    def _finish(self) -> None:
        """Everything in its place at once."""
        store = self.store
        store.drop_after(chunks_of(self.draws))
        self.spec["draws"] = self.draws
        store.write_spec(self.spec)
        fan = with_central(self.kept.fan(self.draws), self.central, self.plan)
        found = self._summary()

        def write(aside: Path) -> None:
            for name in [SPEC, EFFECTIVE, *store.files()]:
                link(store.folder / name, aside / name)
            write_text(aside / "fan.csv", fan.to_csv())
            write_text(aside / "units.csv", units_csv([*self.kept.tables(), fan]))
            write_text(aside / "summary.json", json_text(found))
            if self.pictures:
                from sim.show.many import draw_all

                many = Ensemble(aside)
                many.central = Result(self.central, self.scenario, self.spec["max_events"])
                draw_all(many, aside, self.svg)
            write_manifest(aside, {
                "name": self.scenario.name, "command": self.command, "complete": True, "draws": self.draws,
                "seed": self.spec["seed"], "scenario_hash": self.scenario.hash, "max_events": self.spec["max_events"],
            })  # fmt: skip

        write_whole(self.folder, write)

    def _summary(self) -> dict[str, Any]:
        columns = self.plan.columns[OUTCOMES]
        of_central = windows_table(self.central, Rates(self.central))
        row = outcome_row(self.central, of_central, columns)
        central = {column.name: value for column, value in zip(columns, row, strict=True)}
        numbers, dates = self.kept.results(central)
        inputs = [item for item in self.scenario.inputs if item.uncertain]
        return {
            "name": self.scenario.name,
            "question": self.scenario.question,
            "draws": self.draws,
            "failed": sum(int(chunk["failed"]) for chunk in self.store.chunks()),
            "seed": self.spec["seed"],
            "method": self.spec["method"],
            **({"keep": SUMMARY} if self.spec["keep"] == SUMMARY else {}),
            "until": None if self.until is None else {"result": self.until.name, "error": self.until.error,
                                                      "relative": self.until.relative},
            "end": central["end"],
            "stronger_by": self.central.draw.stronger_by,
            "uncertain_inputs": len(inputs),
            "guesses_among_them": sum(item.guess for item in inputs),
            "results": numbers,
            **dates,
            "dwell": self.kept.dwell(central),
            "windows": self.kept.windows(of_central),
        }  # fmt: skip


class Ensemble:
    """Draws in a folder. Tables are DataFrames with a column `draw`, read when first asked for.

    folder: where they are. draws: how many. failed: how many of them could not be simulated (see `failures`).
    """

    def __init__(self, folder: str | os.PathLike[str], temporary: Any = None) -> None:
        """Raises `sim.output.OutputError` if the folder holds no finished ensemble."""
        self.folder = Path(folder)
        self._temporary = temporary
        spec = Store(self.folder).spec
        if spec is None or not (self.folder / "summary.json").exists():
            raise OutputError(f"{self.folder}: holds no finished ensemble")
        self.spec = spec
        self.store = store_of(self.folder, spec["keep"])
        self.draws: int = spec["draws"]
        self._frames: dict[str, pd.DataFrame] = {}

    @cached_property
    def summary(self) -> dict[str, Any]:
        """What summary.json says: results with their errors, levels, milestones, windows by generation."""
        found: dict[str, Any] = json.loads((self.folder / "summary.json").read_text(encoding="utf-8"))
        return found

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario as it was run."""
        text = (self.folder / EFFECTIVE).read_text(encoding="utf-8")
        return load(f"{self.spec['name']}.yaml", text=text)

    @property
    def failed(self) -> int:
        """Draws that could not be simulated to their end."""
        return int(self.summary["failed"])

    def frame(self, name: str) -> pd.DataFrame:
        """A table of all draws, with units in `.attrs["units"]`.

        name: inputs, outcomes, windows, models, levels, trajectory, events, series or failures. Raises KeyError for
        another, and for any where only the summary was kept. A large ensemble may not fit into memory: read its Parquet
        files one by one then.
        """
        if name not in self._frames:
            import pyarrow as pa
            from pyarrow import parquet as pq

            files = sorted(self.folder.glob(f"{name}-*.parquet"))
            if not files:
                raise KeyError(name)
            table = pa.concat_tables([pq.read_table(file) for file in files])
            found = table.to_pandas()
            for key in ("unit", "meaning"):
                of = {field.name: (field.metadata or {}).get(key.encode(), b"").decode() for field in table.schema}
                found.attrs["units" if key == "unit" else key] = of
            self._frames[name] = found
        return self._frames[name]

    @property
    def inputs(self) -> pd.DataFrame:
        """A row for each draw: the value of every uncertain input, in its canonical unit."""
        return self.frame("inputs")

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

    @property
    def failures(self) -> pd.DataFrame:
        """A row for each draw that could not be simulated: the error and its traceback."""
        return self.frame(FAILURES)

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
        """The central case, every input at its median: simulated when first asked for."""
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
        values: Ordered
        if isinstance(self.store, ReducedStore):
            values = self.store.values(OUTCOMES, name)
        else:
            values = summaries.ordered(summaries.gathered(self.store, OUTCOMES, [name])[name])
        return {q: quantile(values, q) for q in at}

    def sensitivity(self, of: str = MAIN, method: str = "rank") -> Sensitivity:
        """Which uncertain inputs a result goes with, the strongest first, and what chance alone gives.

        of: the result: a column of `outcomes` (`level[NAME]`, `own_window_median_days`), one of `windows` of a lab's
        K-th new model (`length_days[LAB/2]`), one of `series` on a day (`copies@2029-01-01`), or `dwell_days[LEVEL]`.
        method: rank (Spearman's correlation) or pawn (the PAWN index).
        Raises ValueError for another method or result, and if the draws are too few to say anything.
        """
        from sim.sensitivities import from_draws

        return from_draws(self.store, self.draws, self.scenario, self.spec["seed"], of, method)

    def __repr__(self) -> str:
        failed = f", {self.failed:,} failed" if self.failed else ""
        return f"<Ensemble of {self.spec['name']}: {self.draws:,} draws{failed}>"

    def _repr_html_(self) -> str:
        from sim.ensemble_report import report_text

        return f"<b>{html.escape(repr(self))}</b><pre>{html.escape(report_text(self.summary))}</pre>"
