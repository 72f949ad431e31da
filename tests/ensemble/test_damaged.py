"""A file of finished draws that is missing, cut short or changed is named, not taken for a fault, and made anew."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sim.cli import main
from sim.ensemble.store import Damaged
from sim.ensembles import Ensemble, run_ensemble
from tests.ensemble.worlds import bytes_of, scenario, small_chunks


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    """40 draws in chunks of 16, 16 and 8."""
    with pytest.MonkeyPatch.context() as patch:
        small_chunks(patch)
        return run_ensemble(scenario(), 40, workers=1, out=tmp_path_factory.mktemp("many") / "one")


def hurt(file: Path, how: str) -> None:
    """Let a file come to grief."""
    data = file.read_bytes()
    if how == "missing":
        file.unlink()
    else:
        half = len(data) // 2
        rest = b"" if how == "cut short" else bytes([data[half] ^ 1]) + data[half + 1 :]
        file.write_bytes(data[:half] + rest)


@pytest.mark.parametrize(("name", "how", "told"), [
    ("outcomes-00001.parquet", "missing", "is missing"),
    ("outcomes-00001.parquet", "cut short", r"is cut short \([0-9,]+ of [0-9,]+ bytes\)"),
    ("outcomes-00000.parquet", "changed", "is not as it was written"),
    ("chunk-00001.json", "missing", "is missing"),
    ("chunk-00002.json", "cut short", "cannot be read"),
])  # fmt: skip
def test_it_is_named_and_made_anew(
    name: str, how: str, told: str, made: Ensemble, small: pytest.MonkeyPatch, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    folder = tmp_path / "hurt"
    shutil.copytree(made.folder, folder)
    hurt(folder / name, how)
    with pytest.raises(Damaged, match=f"hurt: {name} {told}.*with --resume"):
        _ = Ensemble(folder).outcomes
    with pytest.raises(Damaged, match=name):
        Ensemble(folder).quantiles("models")
    assert main(["sensitivity", str(folder), "--out", str(tmp_path / "s")]) == 2
    said = capsys.readouterr().err
    assert f"{folder}: {name} is" in said.replace("cannot be read", "is") and "with --resume" in said
    assert "fault in this program" not in said and not (tmp_path / "s").exists()
    run_ensemble(scenario(), 40, workers=1, out=folder, resume=True)
    assert bytes_of(folder) == bytes_of(made.folder)


@pytest.mark.parametrize("name", ["reduced-00000020.parquet", "reduced.json", "summary.json"])
def test_so_where_only_the_summary_is_kept(name: str, tmp_path: Path) -> None:
    many = run_ensemble(scenario(), 20, workers=1, keep="summary", out=tmp_path / "sum")
    before = bytes_of(many.folder)
    hurt(many.folder / name, "cut short")
    with pytest.raises(Damaged, match=f"sum: {name} is not as it was written"):
        _ = Ensemble(many.folder).summary
    run_ensemble(scenario(), 20, workers=1, keep="summary", out=many.folder, resume=True)
    assert bytes_of(many.folder) == before
