"""An error that was asked for and is not reached: what it came to, and how many draws it would take."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.ensemble.until import Until
from sim.ensemble.until_missed import draws_needed, missed, until_facts
from tests.cli.command import here


@pytest.mark.parametrize(("asked", "error", "draws", "needed"), [
    (0.01, 0.04, 256, 4096),  # a quarter of the error: 16 times as many
    (2.0, 3.0, 512, 1280),  # 9/4 of 512 are 1,152: at the end of the next 256
    (5.0, 1.0, 32, 256),  # small enough, of draws too few to be believed
    (5.0, None, 32, None),
])  # fmt: skip
def test_the_error_falls_as_the_square_root_of_the_draws(
    asked: float, error: float | None, draws: int, needed: int | None
) -> None:
    assert draws_needed(asked, error, draws) == needed
    until = Until("models", asked, False, "models")
    facts = {"result": "models", "error": asked, "relative": False}
    assert until_facts(until, error, draws) == {**facts, "reached": False, "came_to": error, "draws_needed": needed}
    (text,) = missed(until, error, draws)
    assert ("do not tell its error" if needed is None else f"about {needed:,} draws") in text


def test_no_error_is_a_share_of_a_median_of_0() -> None:
    of = np.array([0.0] * 9 + [1.0] * 8)
    until = Until("models", 0.02, True, "models")
    error = until.error_among(of)
    assert until.error_among(of[:5]) == 0.0 and until_facts(until, error, 17)["came_to"] is None
    (text,) = missed(until, error, 17)
    assert text.endswith("the median of 17 draws is 0, of which no error is a share; ask for it in models")


def test_nothing_is_said_where_it_is_reached_or_not_asked() -> None:
    assert not missed(None, None, 32) and not missed(Until("models", 2.0, False, "models"), 2.0, 256)


@pytest.mark.parametrize("kept", ["examples", "summary"])
def test_the_shell_says_so(kept: str, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text(
        "start: 2026-01-01\nend: 2027-01-01\nlabs:\n  A:\n    compute: {stock: 1000 to 4000 H100e}\n"
        "    runs: {every: 3 months, length: 30 to 60 days}\n", encoding="utf-8")  # fmt: skip
    told = here("run", "w.yaml", "-n", "4", "--until", "own_window_median_days=0.1%", "--keep", kept, "--workers", "1",
                "--no-pictures", cwd=tmp_path)  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert "warning: `until` own_window_median_days=0.1% is not reached: its error of 4 draws is " in told.stdout
