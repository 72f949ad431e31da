"""What a user might write: checked by `mypy --strict` in a test, and run."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import sim


def longest(result: sim.Result) -> tuple[str, float]:
    """The model with the longest own window, and its days."""
    windows: pd.DataFrame = result.windows
    row = windows.sort_values("length_days").iloc[-1]
    return str(row["model"]), float(row["length_days"])


def study(path: Path, folder: Path) -> list[tuple[str, float]]:
    """The same question of two scenarios; tables go to `folder`."""
    found: list[tuple[str, float]] = []
    for sets in ([], ["labs.Aurora.use.training=20%"]):
        try:
            scenario: sim.Scenario = sim.load(path, sets=sets)
        except sim.ScenarioError as error:
            raise SystemExit(str(error)) from error
        result = sim.simulate(scenario, seed=1)
        model, days = longest(result)
        why = result.explain(model)
        steps: pd.DataFrame = why.steps
        saved: Path = result.to_csv(folder / f"{len(found)}")
        found.append((f"{saved.name} {model} {len(steps)} steps {len(result.unused)} unused", days))
    return found


if __name__ == "__main__":
    import sys

    for name, days in study(Path(sys.argv[1]), Path(sys.argv[2])):
        print(f"{days:.1f} {name}")
