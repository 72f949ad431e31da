"""Named quantities and formulas from a shell: the tables of a file in which a person has worked them out."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from tests.cli.command import here

NAMED = """start: 2026-01-01
end: 2028-01-01
quantities:
  chips: 2e5 H100
  wait: {value: 4 to 16 months, guess: yes}
  share: 12%
  lag: {formula: 30 days + wait / 8 months * 1 day}
labs:
  Aurora:
    models: {name: Aurora-0, public: {formula: 2026-01-01 - 4 * lag}, flop: 1e26 FLOP}
    compute: {stock: chips, grows: {formula: 2 ** (year / 6 months)}, every: 3 months}
    use: {training: share, experiments: 48%, serving: {formula: 52% - share}}
    runs: {every: {formula: wait + 1 month}, length: 60 days, public_after: lag}
  Borealis:
    compute: {stock: {formula: chips / 4}}
    runs: {every: {formula: 2 * wait}, length: 60 days, public_after: lag}
"""
WORKED_OUT = """start: 2026-01-01
end: 2028-01-01
labs:
  Aurora:
    models: {name: Aurora-0, public: 2025-08-30, flop: 1e26 FLOP}
    compute: {stock: 2e5 H100, grows: 4x per year, every: 3 months}
    use: {training: 12%, experiments: 48%, serving: 40%}
    runs: {every: 9 months, length: 60 days, public_after: 31 days}
  Borealis:
    compute: {stock: 5e4 H100}
    runs: {every: 16 months, length: 60 days, public_after: 31 days}
"""
TABLES = ("models.csv", "windows.csv", "events.csv", "trajectory.csv", "levels.csv")


def test_a_run_is_that_of_the_numbers_worked_out_by_hand(tmp_path: Path) -> None:
    (tmp_path / "named.yaml").write_text(NAMED)
    (tmp_path / "worked.yaml").write_text(WORKED_OUT)
    for name in ("named", "worked"):
        done = here("run", f"{name}.yaml", "--no-pictures", "--out", name, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    for table in TABLES:
        one, other = ((tmp_path / name / table).read_bytes() for name in ("named", "worked"))
        assert one.replace(b"named", b"worked") == other, table


def test_show_lists_the_formula_its_central_value_and_what_it_follows_from(tmp_path: Path) -> None:
    (tmp_path / "named.yaml").write_text(NAMED)
    done = here("show", "named.yaml", "--csv", "--set", "quantities.share=20%", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = {row["input"]: row for row in csv.DictReader(io.StringIO(done.stdout))}
    lag = rows["labs.Aurora.runs.public_after"]
    assert (lag["value"], lag["uncertain"], lag["read"]) == ("31 days = lag", "derived", "yes")
    assert lag["source"] == "follows from lag: 30 days + wait / 8 months * 1 day; wait: 4 to 16 months, a guess"
    wait = rows["quantities.wait"]
    assert (wait["uncertain"], wait["guess"], wait["read"]) == ("yes", "yes", "yes")
    assert rows["labs.Aurora.use.serving"]["value"] == "32% = 52% - share"
    assert rows["labs.Aurora.use.serving"]["uncertain"] == "no"


def test_draws_that_fail_are_told_with_their_world_and_made_alone_only_where_they_can_be(tmp_path: Path) -> None:
    """`sim run FILE --draw K` is draw K of the file, and not of a changed world."""
    (tmp_path / "named.yaml").write_text(NAMED + "levels: {coder: {effective_flop: 1e25 FLOP}}\n")
    fails = "labs.Borealis.runs.length={formula: wait - 150 days}"
    less = ("--set", "end=2026-07-01", "-n", "16", "--workers", "1", "--no-pictures", "--out")
    told = "labs.Borealis.runs.length: must be above 0, got "
    for arguments, world, alone in (
        (("run", "named.yaml", "--set", fails), "", True),
        (("compare", "named.yaml", fails), f"{fails}: ", False),
    ):
        done = here(*arguments, *less, arguments[0] + str(alone), cwd=tmp_path)
        assert done.returncode == 2 and f": {world}{told}" in done.stderr, done.stderr
        assert ("sim run --draw K makes one draw alone" in done.stderr) == alone
