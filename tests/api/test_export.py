"""`to_csv` and `to_parquet`: the tables for other programs, with units."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.output import OutputError
from sim.tables import TABLES
from tests import shipped
from tests.cli.command import tables

FILLED = [name for name in TABLES if name != "alignment"]
"""The tables of scenarios that count no alignment work."""


@pytest.fixture(scope="module")
def result() -> sim.Result:
    return shipped.result("frontier")


def test_csv_are_the_bytes_that_save_writes(result: sim.Result, tmp_path: Path) -> None:
    saved = tables(result.save(tmp_path / "saved", pictures=False))
    saved.pop("effective.yaml")
    assert result.to_csv(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert tables(tmp_path / "a" / "b") == saved


def test_files_of_others_stay(result: sim.Result, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "models.csv").write_text("old")
    result.to_csv(str(tmp_path))
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert (tmp_path / "models.csv").read_text().startswith("lab,model")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*(f"{n}.csv" for n in FILLED), "mine.txt", "units.csv"]
    )


@pytest.mark.parametrize("name", FILLED)
def test_parquet_reads_back_as_the_table(name: str, result: sim.Result, tmp_path: Path) -> None:
    import pyarrow.parquet as parquet

    result.to_parquet(tmp_path)
    frame, read = result.frame(name), pd.read_parquet(tmp_path / f"{name}.parquet")
    assert list(read.columns) == list(frame.columns)
    assert len(read) == len(frame)
    for column in frame.columns:
        for there, here in zip(read[column], frame[column], strict=True):
            if isinstance(here, dict | list):
                assert json.loads(there) == here
            else:
                assert there == here or (pd.isna(there) and pd.isna(here)), column
    schema = parquet.read_schema(tmp_path / f"{name}.parquet")
    units = {field.name: field.metadata[b"unit"].decode() for field in schema}
    assert units == frame.attrs["units"]
    assert all(field.metadata[b"meaning"] for field in schema)


def test_parquet_of_two_runs_has_the_same_types(result: sim.Result, tmp_path: Path) -> None:
    """Also where one has no value in a column that the other has: files can then be read together."""
    import pyarrow.parquet as parquet

    small = shipped.result("finnveden")
    small.to_parquet(tmp_path / "a")
    result.to_parquet(tmp_path / "b")
    for name in FILLED:
        one, other = (parquet.read_schema(tmp_path / folder / f"{name}.parquet") for folder in "ab")
        types = {field.name: str(field.type) for field in one}
        for field in other:
            if field.name in types:
                assert types[field.name] == str(field.type), (name, field.name)


@pytest.mark.parametrize("method", ["to_csv", "to_parquet"])
def test_a_folder_that_is_a_file(method: str, result: sim.Result, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="file: cannot be written"):
        getattr(result, method)(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"
