"""What is explained: a scenario file, or the folder of a run, whose effective scenario gives the same run again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.base.limits import MOST_EVENTS
from sim.scenario import Problem, Scenario, ScenarioError, load
from sim.scenario.files import EFFECTIVE

MANIFEST = "run.json"


@dataclass(frozen=True, slots=True)
class Source:
    """A scenario to simulate again. seed: the run's. origins: path -> where an input was first written."""

    scenario: Scenario
    seed: int | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    windows_sha256: str | None = None
    most_events: int = MOST_EVENTS

    def agrees(self, windows_csv: str) -> bool:
        """Whether the run's windows.csv was this text."""
        return hashlib.sha256(windows_csv.encode()).hexdigest() == self.windows_sha256


def read_run(path: Path, **changes: Any) -> Source:
    """The scenario in a file or in a run's folder. Raises ScenarioError if there is none.

    changes: what `load` lays over a file (overlays, sets, policies); a folder is read as it is.
    """
    if not path.is_dir():
        return Source(load(path, **changes))
    if not (path / EFFECTIVE).is_file():
        message = f"is a folder without {EFFECTIVE}: not the output of a finished run"
        raise ScenarioError([Problem(str(path), 0, 0, "", message)])
    scenario = load(path / EFFECTIVE)
    manifest = _manifest(path / MANIFEST)
    if manifest.get("scenario_hash") != scenario.hash:
        return Source(scenario)
    if manifest.get("draw") is not None:
        message = f"is draw {manifest['draw']} of an ensemble; only a central case is explained: run it without --draw"
        raise ScenarioError([Problem(str(path), 0, 0, "", message)])
    seed = manifest.get("seed")
    rows = manifest.get("inputs")
    origins = {str(row["path"]): str(row["origin"]) for row in rows if isinstance(row, dict) and "origin" in row
               and "path" in row} if isinstance(rows, list) else {}  # fmt: skip
    hashes = manifest.get("sha256")
    windows = hashes.get("windows.csv") if isinstance(hashes, dict) else None
    most = manifest.get("max_events")
    return Source(scenario, seed if isinstance(seed, int) else None, origins, windows,
                  most if isinstance(most, int) else MOST_EVENTS)  # fmt: skip


def _manifest(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
