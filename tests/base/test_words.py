"""Numbers in sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.base.words import plural, plural_is
from tests.cli.command import here

ONE = """\
start: 2026-01-01
end: 2026-06-01
labs:
  A:
    compute: {stock: 1000 to 4000 H100e}
    runs: {every: 3 months, length: 30 days}
levels: {near: {effective_flop: 1e23 FLOP}}
"""


def test_one_is_no_plural() -> None:
    assert [plural(n, "draw") for n in (0, 1, 2, 1000)] == ["0 draws", "1 draw", "2 draws", "1,000 draws"]
    assert [plural_is(n, "input") for n in (1, 2)] == ["1 input is", "2 inputs are"]


@pytest.mark.parametrize("command", [["run", "one.yaml"], ["compare", "one.yaml", "stronger_by=3x"]])
def test_one_draw_is_told_as_one(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(ONE, encoding="utf-8")
    done = here(*command, "-n", "1", "--workers", "1", "--no-pictures", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 draw (" in done.stdout and "1 draws" not in done.stdout
