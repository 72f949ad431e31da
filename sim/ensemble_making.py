"""Draws that are being made beside their place: gone on with after an interruption, put in place whole."""

from __future__ import annotations

import errno
import os
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sim.aside import Busy, discard, working
from sim.base import interrupt
from sim.base.words import plural, plural_is
from sim.draw_options import DrawOptions, Kind
from sim.ensemble.counting import Progress
from sim.ensemble.files import holds_only
from sim.ensemble.kept import Draws, store_of
from sim.ensemble.store import SPEC, Store, chunks_of, link
from sim.ensemble.until import Ending
from sim.ensemble.workers import Spread, spread
from sim.output import OutputError, check_folder, remedy, write_manifest, write_whole
from sim.tables.table import Table

UNFINISHED = ".unfinished"
"""What the folder beside the results is called as long as an ensemble is not finished, behind their name."""


@contextmanager
def spreading(options: DrawOptions) -> Iterator[Spread]:
    """How the work is spread."""
    if options.on is None:
        yield partial(spread, workers=options.workers or os.cpu_count() or 1)
        return
    from sim.ensemble.cluster import on_dask

    with on_dask(options.on, options.workers) as found:
        yield found


def place(options: DrawOptions, kind: Kind) -> tuple[Path, Any]:
    """The folder, and what keeps it if it is a temporary one. Raises OutputError if it cannot be one of results."""
    if options.out is not None:
        folder = Path(options.out)
        check_folder(folder)
        return folder, None
    temporary = tempfile.TemporaryDirectory(prefix=f"sim-{kind.called}-")
    return Path(temporary.name) / kind.called, temporary


def unfinished(folder: Path) -> Path:
    """Where what is not finished is kept."""
    return Path(f"{folder}{UNFINISHED}")


def _untold(now: Progress) -> None:
    """Nobody asks how far it is."""


class Making(ABC):
    """Draws that are being made. spec: what is asked, besides `options.until`. scenarios: name of a file -> text that
    is kept in the folder from the beginning. until: of `options`.

    What the files of the finished folder are besides, and what of a stored folder differs, say those that build on it.
    """

    def __init__(
        self, draws: Draws, spec: dict[str, Any], options: DrawOptions, folder: Path, scenarios: dict[str, str],
        until: Ending | None,
    ) -> None:  # fmt: skip
        self.made, self.spec, self.options, self.folder = draws, spec, options, folder
        self.scenarios, self.until = scenarios, until
        self.store = draws.store
        self.draws: int = spec["draws"]
        self.least = 0
        """Draws of a finished folder to which these are added: they stay, whatever `until` says."""

    @property
    def error(self) -> float | None:
        """The error to which the draws came, of what `until` asks."""
        return None if self.until is None else self.made.error_of(self.until, self.draws)

    @abstractmethod
    def different(self, store: Store) -> list[str]:
        """What of a stored folder differs from what is asked; empty if draws can be added to it."""

    @abstractmethod
    def write(self, aside: Path, tables: list[Table]) -> None:
        """Write all but the chunks. tables: what is in these, without rows."""

    def make(self, spread: Spread) -> None:
        """Raises OutputError, and what `run_draws` raises."""
        resume, told = self.options.resume, self.options.progress or _untold
        kept = self.store.folder
        placed = False
        try:
            kept.mkdir(parents=True, exist_ok=True)
            with working(kept):
                if not resume and self._holds_work():
                    raise OutputError(f"{kept}: is an unfinished ensemble; add --resume to go on with it, or delete it")
                self._begin(resume)
                self.draws = self.made.run(self.draws, spread, told, self.until, self.least)
                self._finish()
                placed = True
                discard(kept)
        except Busy:
            raise OutputError(f"{kept}: another is at work there") from None
        except KeyboardInterrupt as stop:
            if not placed and self._kept():
                draws = f"{self._kept():,} of {plural_is(self.draws, 'draw')} kept"
                interrupt.note(stop, f"{draws} in {kept}/: go on with --resume")
            raise
        except OSError as error:
            raise OutputError(f"{kept}: cannot be written ({error.strerror or error}); {self._then(error)}") from error

    def _then(self, error: OSError) -> str:
        """What can be done about an error in writing."""
        if not self.store.folder.is_dir():
            return remedy(error)
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return (f"{self._kept():,} of {plural_is(self.draws, 'draw')} kept there: "
                f"{'free some space' if full else 'mend what is wrong'}, and go on with --resume")  # fmt: skip

    def _holds_work(self) -> bool:
        """Whether there is anything in the folder but what was begun and has nothing done yet."""
        return not holds_only(self.store.folder, {SPEC, *self.scenarios})

    def _begin(self, resume: bool) -> None:
        """The folder of what is to be done, with what is there already."""
        before = store_of(self.folder, self.spec["keep"]) if resume and (self.folder / SPEC).exists() else None
        if self._holds_work():
            self._agree(self.store)
        elif before is not None:
            self._agree(before)
            self.store.begin(self.spec, self.scenarios)
            self.store.take(self.folder)
        if before is not None and before.spec is not None and not self.different(before):
            self.least = before.spec["draws"]
        self.store.begin(self.spec, self.scenarios)

    def _agree(self, store: Store) -> None:
        """Raises OutputError unless draws can be added to a store's."""
        different = self.different(store)
        if different:
            raise OutputError(f"{store.folder}: holds draws of something else, to which none can be added ("
                              f"{'; '.join(different)}). Delete it, or choose another folder with --out")  # fmt: skip
        most = max((chunk["draws"][1] for chunk in store.chunks()), default=0)
        if most > self.draws:
            raise OutputError(f"{store.folder}: holds {plural(most, 'draw')} already, more than {self.draws:,}; "
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
        tables = self.made.tables()

        def write(aside: Path) -> None:
            for name in [SPEC, *self.scenarios, *store.files()]:
                link(store.folder / name, aside / name)
            self.write(aside, tables)
            facts = {key: self.spec[key] for key in ("name", "draws", "seed", "scenario_hash", "max_events")}
            write_manifest(aside, {"complete": True, **facts, "command": self.options.command})

        write_whole(self.folder, write)
