"""The folder of a run: every file complete, the folder replaced whole, nothing finished ever lost."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.tables.table import units_csv

if TYPE_CHECKING:
    from sim.result import Result
    from sim.scenario import Scenario

MANIFEST = "run.json"
LIBRARIES = ("manycopies", "simpy", "numpy", "pandas", "matplotlib", "pint")
PREFIX = ".sim-"
LEFTOVERS = (".DS_Store", "Thumbs.db", "desktop.ini", ".~lock.*#", "~$*", ".ipynb_checkpoints")
"""What file managers, spreadsheets and notebooks leave in a folder; it goes when the folder is replaced."""


class OutputError(Exception):
    """A folder cannot be written; the message says why and what to do."""


def save(result: Result, folder: Path, *, pictures: bool = True, svg: bool = False, command: str = "") -> Path:
    """Write a run to `folder`: tables, units.csv, summary.json, run.json, effective.yaml, pictures.

    Everything is written to a new folder beside it, which then takes its place; an earlier run there is
    replaced only then. Raises OutputError when the folder holds files that no run wrote, or cannot be written.
    """
    folder = Path(folder)
    _refuse_foreign(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot write there ({error.strerror}); choose another folder with --out"
        ) from error
    try:
        os.chmod(aside, 0o777 & ~_umask())
        _write_all(result, aside, pictures, svg, command)
        _take_place(aside, folder)
    except OSError as error:
        why = error.strerror or str(error)
        raise OutputError(f"{folder}: could not be written ({why}); earlier results are as they were") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def check_folder(folder: Path) -> None:
    """Raise OutputError now if `folder` could not take a run's results later."""
    _refuse_foreign(folder)
    parent = folder.parent
    while not parent.exists():
        parent = parent.parent
    if not parent.is_dir():
        raise OutputError(f"{folder}: {parent} is a file; choose another folder with --out")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise OutputError(f"{folder}: no permission to write in {parent}; choose another folder with --out")


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: is a file, not a folder; choose another with --out")
    if not folder.is_dir():
        return
    there = {path.name for path in folder.iterdir() if not _leftover(path.name)}
    if not there:
        return
    manifest = folder / MANIFEST
    try:
        known = set(json.loads(manifest.read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        raise OutputError(
            f"{folder}: holds files, but no run of this program; choose another folder with --out"
        ) from None
    foreign = sorted(there - known)
    if foreign:
        raise OutputError(
            f"{folder}: holds {foreign[0]}, which no run wrote; move it away or choose another folder with --out"
        )


def _leftover(name: str) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in LEFTOVERS)


def _write_all(result: Result, folder: Path, pictures: bool, svg: bool, command: str) -> None:
    tables = result.tables()
    for table in tables:
        _write(folder / f"{table.name}.csv", table.to_csv())
    _write(folder / "units.csv", units_csv(tables))
    _write(folder / "summary.json", _json(result.summary))
    if result.scenario is not None:
        _write(folder / "effective.yaml", result.scenario.effective_yaml())
    if pictures:
        from sim.show.pictures import draw_all

        draw_all(result, folder, svg=svg)
    files = sorted(path.name for path in folder.iterdir())
    _write(folder / MANIFEST, _json(provenance(result, [*files, MANIFEST], folder, command)))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def provenance(result: Result, files: list[str], folder: Path, command: str) -> dict[str, Any]:
    """What run.json says: seed, versions, hash, command, and where every input came from."""
    draw = result.record.draw
    scenario = result.scenario
    return {
        "name": draw.name,
        "command": command,
        "seed": draw.seed,
        "scenario_hash": scenario.hash if scenario is not None else None,
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in LIBRARIES}},
        **_policies(scenario),
        "events": len(result.record.events),
        "files": files,
        "sha256": {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for name in files
            if name.endswith((".csv", ".yaml"))
        },
        "inputs": [
            {"path": item.path, "value": item.text, "unit": item.unit, "source": item.source, "note": item.note,
             "guess": item.guess, "origin": item.origin}
            for item in (scenario.inputs if scenario is not None else [])
        ],
    }  # fmt: skip


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


def _take_place(aside: Path, folder: Path) -> None:
    """Rename `aside` to `folder`; an earlier folder steps aside for the moment between two renames."""
    old = None
    if folder.exists():
        old = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{folder.name}-old-", dir=folder.parent))
        os.rename(folder, old / "run")
    try:
        os.rename(aside, folder)
    except OSError:
        if old is not None:
            os.rename(old / "run", folder)
        raise
    finally:
        if old is not None:
            shutil.rmtree(old, ignore_errors=True)


def default_folder(name: str) -> Path:
    """outputs/NAME, with what a file name cannot hold replaced."""
    joined = name.replace(" + ", "+")
    safe = "".join(letter if letter.isalnum() or letter in "-_.+ " else "-" for letter in joined).strip(". ")
    return Path("outputs") / (safe or "run")


def command_line() -> str:
    """The command as it was typed."""
    return " ".join(["sim", *sys.argv[1:]])
