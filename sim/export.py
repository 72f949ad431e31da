"""A result's tables as files for other programs: CSV, and Parquet with units in the columns' metadata."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.aside import folder_aside
from sim.output import OutputError
from sim.tables.table import units_csv

if TYPE_CHECKING:
    from sim.result import Result


def to_csv(result: Result, folder: str | os.PathLike[str]) -> Path:
    """`NAME.csv` for each table, and `units.csv` with the unit and meaning of each column. See `Result.to_csv`."""
    tables = result.tables()
    texts = {f"{table.name}.csv": table.to_csv() for table in tables}
    texts["units.csv"] = units_csv(tables)

    def writer(text: str) -> Callable[[Path], None]:
        return lambda path: _text(path, text)

    return _write(Path(folder), {name: writer(text) for name, text in texts.items()})


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def to_parquet(result: Result, folder: str | os.PathLike[str]) -> Path:
    """`NAME.parquet` for each table. See `Result.to_parquet`."""
    import pyarrow
    import pyarrow.parquet as parquet

    from sim.frames import frame

    def writer(table: Any) -> Callable[[Path], None]:
        made = frame(table)
        for column in table.columns:
            values = made[column.name]
            if any(isinstance(value, dict | list) for value in values):
                made[column.name] = [None if value is None else json.dumps(value, sort_keys=True) for value in values]
        arrow = pyarrow.Table.from_pandas(made, preserve_index=False)
        fields = []
        for field, column in zip(arrow.schema, table.columns, strict=True):
            if pyarrow.types.is_null(field.type):  # a column without any value has no type of its own
                words = {"": pyarrow.string(), "date": pyarrow.string(), "true/false": pyarrow.bool_()}
                empty = words.get(column.unit, pyarrow.float64())
                field = field.with_type(empty)
            elif pyarrow.types.is_large_string(field.type):
                field = field.with_type(pyarrow.string())
            fields.append(field.with_metadata({"unit": column.unit, "meaning": column.meaning}))
        arrow = arrow.cast(pyarrow.schema(fields, metadata=arrow.schema.metadata))
        return lambda path: parquet.write_table(arrow, path)

    return _write(Path(folder), {f"{table.name}.parquet": writer(table) for table in result.tables()})


def _write(folder: Path, files: dict[str, Callable[[Path], None]]) -> Path:
    """Writes all files beside their places, then moves them there: an interrupted call leaves each file old or new."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with folder_aside(folder / "tables") as aside:
            for name, write in files.items():
                write(aside / name)
            for name in files:
                os.replace(aside / name, folder / name)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror or error})") from error
    return folder
