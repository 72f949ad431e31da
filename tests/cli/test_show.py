"""`sim show`: every input with its value, unit, source, place, and whether it mattered."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from sim import load, simulate
from tests.cli.command import ROOT, SMALL, here, sim

SOURCED = """\
question: What is shown?
start: 2026-01-01
end: 2027-06-01
sources: {me: "A. Author, A Book, 2025"}
labs:
  A:
    compute:
      stock: {2026-01-01: 1e5 H100e, interpolate: exponential, then: {value: 2x per year, guess: yes, note: as ever}}
    use: {training: {value: 10%, source: me}, serving: {2026-01-01: 20%, 2027-01-01: 30%, source: me}}
    fleets: {serving: {ramp: 9 days}}
    runs: [{name: GPT-3.5, starts: 2026-02-01, length: 30 to 60 days}]
"""


def written(folder: Path, text: str = SOURCED) -> Path:
    path = folder / "my.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def shown(folder: Path, *arguments: str) -> list[list[str]]:
    """The rows of `sim show`, cut at runs of two spaces or more."""
    done = here("show", "my.yaml", *arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in done.stdout.splitlines()]


def table(folder: Path, *arguments: str) -> dict[str, dict[str, str]]:
    done = here("show", "my.yaml", "--csv", *arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    return {row["input"]: row for row in csv.DictReader(io.StringIO(done.stdout))}


def test_stated_inputs_are_grouped_by_block_with_unit_source_and_place(tmp_path: Path) -> None:
    written(tmp_path)
    lines = shown(tmp_path)
    assert lines[0] == ["value", "unit", "read", "from", "source or guess"]
    at = lines.index(["labs.A.use"])
    assert lines[at + 1] == ["serving.2026-01-01", "20%", "share", "yes", "my.yaml:9:69", "A. Author, A Book, 2025"]
    assert lines[at + 3] == ["training", "10%", "share", "yes", "my.yaml:9:29", "A. Author, A Book, 2025"]
    assert ["stock.then", "2x per year", "x/year", "yes", "my.yaml:8:78", "guess: as ever"] in lines
    assert lines[lines.index(["labs.A.runs.GPT-3.5"]) + 1][0] == "name"
    assert ["length", "30 to 60 days", "day", "yes", "my.yaml:11:56", "no source"] in lines


def test_what_nothing_read_is_said(tmp_path: Path) -> None:
    written(tmp_path)
    assert ["ramp", "9 days", "day", "no", "my.yaml:10:30", "no source"] in shown(tmp_path)
    rows = table(tmp_path)
    assert rows["labs.A.fleets.serving.ramp"]["read"] == "no"
    assert rows["question"]["read"] == ""


def test_columns_are_aligned(tmp_path: Path) -> None:
    written(tmp_path)
    lines = here("show", "my.yaml", "--all", cwd=tmp_path).stdout.splitlines()
    at = lines[0].index("from")
    origins = [line[at:] for line in lines[1:] if line.startswith("  ")]
    assert len(origins) > 50
    assert all(origin.startswith(("my.yaml:", "default", "catalog")) for origin in origins)


def test_all_adds_defaults_with_their_sources(tmp_path: Path) -> None:
    written(tmp_path)
    stated, everything = table(tmp_path), table(tmp_path, "--all")
    assert set(stated) < set(everything)
    assert {row["stated"] for row in stated.values()} == {"yes"}
    default = everything["training.whole_run_mfu"]
    assert default["origin"] == "default" and default["stated"] == "no" and "Llama 3" in default["source"]
    assert everything["accelerators.H100e.memory"]["origin"] == "catalog"
    assert everything["inference.generating_share"]["guess"] == "yes"


def test_csv_has_every_column_uncut(tmp_path: Path) -> None:
    written(tmp_path, SOURCED.replace("What is shown?", "What is shown, " * 20))
    row = table(tmp_path)["labs.A.compute.stock.then"]
    assert row == {
        "input": "labs.A.compute.stock.then", "value": "2x per year", "unit": "x/year", "uncertain": "no",
        "source": "", "note": "as ever", "guess": "yes", "origin": "my.yaml:8:78", "stated": "yes", "read": "yes",
        "mattered": "", "effect": "",
        "meaning": "accelerators in the cluster, all told", "parameter": "labs.A.compute.stock",
    }  # fmt: skip
    assert len(table(tmp_path)["question"]["value"]) > 200


def test_a_setting_is_shown_with_its_option_as_origin(tmp_path: Path) -> None:
    written(tmp_path, SMALL)
    row = table(tmp_path, "--set", "labs.Aurora.use.training=20%")["labs.Aurora.use.training"]
    assert (row["value"], row["origin"]) == ("20%", "--set labs.Aurora.use.training")


def test_a_bad_scenario_is_refused_as_by_validate(tmp_path: Path) -> None:
    written(tmp_path, SMALL.replace("labs:", "lbas:"))
    done = here("show", "my.yaml", cwd=tmp_path)
    assert done.returncode == 2 and not done.stdout
    assert done.stderr == here("validate", "my.yaml", cwd=tmp_path).stderr


def test_a_run_that_stops_is_still_shown(tmp_path: Path) -> None:
    written(tmp_path, SMALL.replace("stock: 1e5 H100e", "stock: 1e40 H100e"))
    assert here("run", "my.yaml", cwd=tmp_path).returncode == 2
    done = here("show", "my.yaml", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.startswith("sim: what was read is not known: stopped on ")
    assert "1e40 H100e" in done.stdout


def test_nothing_is_written(tmp_path: Path) -> None:
    written(tmp_path)
    assert sim("show", "my.yaml", cwd=tmp_path).stdout == here("show", "my.yaml", cwd=tmp_path).stdout
    assert [path.name for path in tmp_path.iterdir()] == ["my.yaml"]


@pytest.mark.parametrize("name", ["frontier.yaml", "finnveden-copies.yaml"])
def test_shipped_scenarios_are_shown(name: str, tmp_path: Path) -> None:
    done = here("show", ROOT / "scenarios" / name, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) > 20


def test_effects_say_what_ten_percent_more_moves(tmp_path: Path) -> None:
    """Held against runs of one's own with the value changed by --set."""
    (tmp_path / "my.yaml").write_text((ROOT / "scenarios" / "one-lab.yaml").read_text(encoding="utf-8"))
    rows = table(tmp_path, "--all", "--effects")
    base = simulate(load(tmp_path / "my.yaml"))
    for path, text in {
        "labs.Aurora.runs.length": "66 to 132 days",
        "labs.Aurora.use.training": "11%",
        "labs.Aurora.compute.stock": "1.32e6 H100e",
        "domains.ai_research.quality.slope": "1.32",
        "human.work_week": "44 hours/week",
    }.items():
        other = simulate(load(tmp_path / "my.yaml", sets=[f"{path}={text}"]))
        changes: list[tuple[float, str]] = []
        days: list[float] = []
        for column in base.windows.select_dtypes(float):
            ratio = other.windows[column] / base.windows[column] - 1.0
            if column.endswith("length_days"):
                days += list((other.windows[column] - base.windows[column]).dropna())
            else:
                changes += [(change, f"{column} Aurora/{model}") for change, model in
                            zip(ratio, base.windows["model"], strict=False) if np.isfinite(change)]  # fmt: skip
        grown = other.models["effective_flop"] / base.models["effective_flop"] - 1.0
        changes += [(change, f"effective_flop Aurora/{model}") for change, model in
                    zip(grown, base.models["model"], strict=False)]  # fmt: skip
        most = max((change for change, _ in changes), key=abs)
        largest = [what for change, what in changes if abs(change - most) < 1e-9 * abs(most)]
        assert rows[path]["mattered"] == "yes"
        assert rows[path]["effect"].startswith(tuple(f"{100 * most:+.2g}% {what}" for what in largest)), path
        if max(map(abs, days)) > 1e-6 and path != "labs.Aurora.runs.length":
            assert f"{max(days, key=abs):+.3g} days length_days Aurora/" in rows[path]["effect"]
    for path in ("labs.Aurora.fleets.research.ramp", "training.size.flop_exponent", "stronger_by"):
        assert (rows[path]["mattered"], rows[path]["effect"]) == ("no", "")
    assert rows["labs.Aurora.policy"]["mattered"] == "", "a choice is not tried"


def test_effects_stand_in_place_of_read(tmp_path: Path) -> None:
    written(tmp_path, SMALL)
    lines = shown(tmp_path, "--effects")
    assert lines[0] == ["value", "unit", "+10% moves", "from", "source or guess"]
    assert any("%" in cell and cell.startswith(("+", "-")) for line in lines for cell in line)
    assert "+10% moves: the largest change of a headline number" in " ".join(cell for line in lines for cell in line)
