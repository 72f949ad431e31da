"""The folder of a run: every file complete, the folder replaced whole, nothing finished ever lost."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import platform
import shlex
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.aside import MANIFEST, MARK, Busy, folder_aside, is_junk, listed, locked, take_place
from sim.base import interrupt
from sim.scenario.files import EFFECTIVE, readable
from sim.tables.table import units_csv

if TYPE_CHECKING:
    from sim.result import Result
    from sim.scenario import Scenario

LIBRARIES = ("manycopies", "simpy", "numpy", "pandas", "matplotlib", "pint")
LONGEST_NAME = 150
"""Bytes of a default folder's name; file systems take 255, and a folder aside needs some more."""


class OutputError(Exception):
    """A folder cannot be written; the message says why and what to do."""


def save(result: Result, folder: Path, *, pictures: bool = True, svg: bool = False, command: str = "") -> Path:
    """Write a run to `folder`: tables, units.csv, summary.json, run.json, effective.yaml, pictures.

    Whole or not at all, as `write_whole` does. Raises OutputError when the folder holds files that no run wrote, or
    cannot be written.
    """
    return write_whole(folder, lambda aside: _write_all(result, aside, pictures, svg, command))


def write_whole(folder: Path, write: Callable[[Path], None]) -> Path:
    """Let `write` fill a new folder beside `folder`, which then takes its place; returns the folder.

    `write` leaves a manifest (`run.json`) of its files. What is in the folder is replaced only then; what dead runs
    left beside it is swept before. Raises OutputError when the folder holds files that no run wrote, or cannot be
    written.
    """
    folder = Path(folder)
    place = _place(folder)
    check_folder(folder)
    made = None
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with folder_aside(place) as aside:
            os.chmod(aside, 0o777 & ~_umask())
            write(aside)
            made = os.stat(aside)
            with locked(place.parent):
                _refuse_foreign(folder)
                interrupt.check()
                take_place(aside, place)
            interrupt.stands(f"the new results are whole in {folder}")
        return folder
    except OSError as error:
        why = error.strerror or str(error)
        raise OutputError(
            f"{folder}: could not be written ({why}); earlier results are as they were: {remedy(error)}"
        ) from error
    except KeyboardInterrupt as stop:
        if made is not None and place.is_dir() and os.path.samestat(made, os.stat(place)):
            interrupt.note(stop, f"the new results are whole in {folder}")
        raise


def remedy(error: OSError) -> str:
    """What a user can do about an error in writing."""
    if isinstance(error, Busy):
        return "run it again when the other has ended"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "free some space, or choose another folder with --out"
    if error.errno == errno.ENAMETOOLONG:
        return "choose a shorter name with --out"
    if error.errno in (errno.EBUSY, errno.EXDEV):
        return "choose a folder inside it with --out"
    return "choose another folder with --out"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _place(folder: Path) -> Path:
    """Where a folder really is: what a link points to is replaced, not the link."""
    return Path(os.path.realpath(folder))


def check_folder(folder: Path) -> None:
    """Raise OutputError now if `folder` could not take a run's results later."""
    try:
        place = _place(folder)
        if place.is_dir() and place.samefile("."):
            raise OutputError(f"{folder}: is the current folder; choose one inside it with --out")
        parent = place.parent
        while not parent.exists():
            parent = parent.parent
        is_folder = parent.is_dir()
        with locked(parent):  # nobody replaces what is being looked at
            _refuse_foreign(folder)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be read ({error.strerror}); {remedy(error)}") from error
    if not is_folder:
        raise OutputError(f"{folder}: {parent} is a file; choose another folder with --out")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise OutputError(f"{folder}: no permission to write in {parent}; choose another folder with --out")


def holds_complete_run(folder: Path) -> bool:
    """Whether `folder` holds a run that went on to its end."""
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8")).get("complete") is not False
    except (OSError, ValueError, AttributeError):
        return False


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: is a file, not a folder; choose another with --out")
    if not folder.is_dir():
        return
    there = {path.name for path in folder.iterdir() if not is_junk(path.name)}
    if not there:
        return
    known = listed(folder)
    if not known:
        raise OutputError(f"{folder}: holds files, but no run of this program; choose another folder with --out")
    foreign = sorted(there - known)
    if foreign:
        raise OutputError(
            f"{folder}: holds {foreign[0]}, which no run wrote; move it away or choose another folder with --out"
        )


def _write_all(result: Result, folder: Path, pictures: bool, svg: bool, command: str) -> None:
    tables = result.tables()
    for table in tables:
        write_text(folder / f"{table.name}.csv", table.to_csv())
    write_text(folder / "units.csv", units_csv(tables))
    write_text(folder / "summary.json", json_text(result.summary))
    if result.scenario is not None:
        write_text(folder / EFFECTIVE, result.scenario.effective_yaml())
    if pictures:
        try:
            from sim.show.pictures import draw_all
        except OSError as error:
            raise OutputError(f"pictures cannot be drawn ({error}); --no-pictures writes the tables alone") from error

        draw_all(result, folder, svg=svg)
    files = sorted(path.name for path in folder.iterdir() if path.name != MARK)
    write_text(folder / MANIFEST, json_text(provenance(result, [*files, MANIFEST], folder, command)))


def write_text(path: Path, text: str) -> None:
    """A file of the folder that is being made."""
    # A file's name that is no text stands in run.json by its bytes, escaped.
    path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def json_text(value: Any) -> str:
    """JSON as the files have it."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def provenance(result: Result, files: list[str], folder: Path, command: str) -> dict[str, Any]:
    """What run.json says: seed, versions, hash, command, and where every input came from."""
    draw = result.record.draw
    scenario = result.scenario
    return {
        "name": draw.name,
        "command": command,
        "complete": result.stopped is None,
        "stopped": result.stopped,
        "max_events": result.most_events,
        "seed": draw.seed,
        **({} if result.number is None else {"draw": result.number}),
        "scenario_hash": scenario.hash if scenario is not None else None,
        "versions": versions(),
        **_policies(scenario),
        "events": len(result.record.events),
        "files": files,
        "sha256": digests(folder, files),
        "inputs": [
            {"path": item.path, "value": item.text, "unit": item.unit, "source": item.source, "note": item.note,
             "guess": item.guess, "origin": item.origin}
            for item in (scenario.inputs if scenario is not None else [])
        ],
    }  # fmt: skip


def versions() -> dict[str, str | None]:
    """Python's and the libraries' versions."""
    return {"python": platform.python_version(), **{name: _version(name) for name in LIBRARIES}}


def digests(folder: Path, files: Sequence[str]) -> dict[str, str]:
    """The sha256 of each table and scenario among the files of a folder."""
    return {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in files
        if name.endswith((".csv", ".yaml"))
    }


def write_manifest(folder: Path, found: dict[str, Any]) -> None:
    """`run.json`: `found`, with versions and the files of the folder as they are now, itself among them."""
    files = sorted([*(path.name for path in folder.iterdir() if path.name != MARK), MANIFEST])
    there = {"versions": versions(), "files": files, "sha256": digests(folder, files)}
    write_text(folder / MANIFEST, json_text({**found, **there}))


def _policies(scenario: Scenario | None) -> dict[str, Any]:
    """The code of users' policies that ran, by lab; nothing where there was none."""
    if scenario is None or not scenario.user_policies:
        return {}
    return {
        "policies": {
            lab: {"file": policy.file, "function": policy.function, "options": policy.options, "named_at": origin,
                  "sha256": hashlib.sha256(policy.text.encode()).hexdigest()}
            for lab, (policy, origin) in scenario.user_policies.items()
        }
    }  # fmt: skip


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def default_folder(name: str) -> Path:
    """outputs/NAME, with what a file name cannot hold replaced, and cut where it is too long."""
    joined = name.replace(" + ", "+")
    safe = "".join(letter if letter.isalnum() or letter in "-_.+ " else "-" for letter in joined)
    cut = safe.encode("utf-8", "replace")[:LONGEST_NAME].decode("utf-8", "ignore").strip(". ") or "run"
    try:
        os.fsencode(cut)
    except UnicodeEncodeError:  # a locale whose names are ASCII: the bytes that any other locale writes
        cut = os.fsdecode(cut.encode("utf-8"))
    return Path("outputs") / cut


def command_line() -> str:
    """The command, as it could be typed again."""
    return shlex.join(["sim", *(readable(word) for word in sys.argv[1:])])
