"""Rows of tables as columns of arrays, and those as Parquet: without pandas, the same bytes however rows were made."""

from __future__ import annotations

import io
import json
import math
import struct
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.amounts import amounts_of
from sim.tables.table import Column

if TYPE_CHECKING:
    import pyarrow

WHOLE, NUMBER, FLAG, DATE, TEXT, JSON = "whole", "number", "flag", "date", "text", "json"

DRAW = Column("draw", "", "number of the draw")


@lru_cache(maxsize=4096)
def kind_of(column: Column) -> str:
    """What a column's values are: by its unit, and its meaning where it has none."""
    if column == DRAW:
        return WHOLE
    if column.meaning.endswith("(JSON)") or "(JSON," in column.meaning:
        return JSON
    if column.unit == "date":
        return DATE
    if column.unit == "true/false" or (not column.unit and column.meaning.startswith("true if")):
        return FLAG
    return NUMBER if column.unit or column.name == "value" else TEXT


class Texts(NamedTuple):
    """A column of texts: which of `words` each is; -1 for none."""

    codes: NDArray[np.int32]
    words: Sequence[str]


Values = NDArray[Any] | Texts
"""Whole: int64. Number: float64, nan for none. Flag: int8, -1 for none. Date: datetime64[s], NaT for none. Texts."""


def encode(kind: str, values: Sequence[Any]) -> Values:
    """A column's values as arrays; None is none."""
    if kind == NUMBER:
        return _numbers(values)
    if kind == WHOLE:
        return np.frombuffer(struct.pack(f"{len(values)}q", *values), dtype=np.int64)
    if kind == FLAG:
        return np.frombuffer(bytes([_NEITHER if value is None else value for value in values]), dtype=np.int8)
    if kind == DATE:
        return _dates(values)
    if kind == JSON:
        amounts = amounts_of(values)
        return _texts(_json_texts(values)) if amounts is None else _each(values, amounts)
    return _texts(values)


_NEITHER = 255
"""The byte of -1."""


_NEVER = -(2**63)
"""The number of NaT."""


def _dates(values: Sequence[str | int | None]) -> NDArray[np.datetime64]:
    """Each a text, or seconds since 1970."""
    form = f"{len(values)}q"
    try:
        data = struct.pack(form, *values)
    except struct.error:
        if str in map(type, values):
            return np.array(["NaT" if value is None else value for value in values], dtype="datetime64[s]")
        data = struct.pack(form, *[_NEVER if value is None else value for value in values])
    return np.frombuffer(data, dtype="datetime64[s]")


def _numbers(values: Sequence[float | None]) -> NDArray[np.float64]:
    """Written as bytes at once: NumPy looks at each value two times, at several times the price."""
    form = f"{len(values)}d"
    try:
        data = struct.pack(form, *values)
    except struct.error:
        data = struct.pack(form, *[math.nan if value is None else value for value in values])
    return np.frombuffer(data, dtype=np.float64)


def _texts(values: Sequence[str | None]) -> Texts:
    codes: dict[str | None, Any] = dict.fromkeys(values)
    codes.pop(None, None)
    words: list[Any] = list(codes)
    for n, word in enumerate(words):
        codes[word] = n
    codes[None] = -1
    data = struct.pack(f"{len(values)}i", *map(codes.__getitem__, values))
    return Texts(np.frombuffer(data, dtype=np.int32), words)


def _each(values: Sequence[Any], words: Sequence[str]) -> Texts:
    """Those that are not None, each a word of its own."""
    known = np.array([value is not None for value in values])
    return Texts(np.where(known, np.cumsum(known) - 1, -1).astype(np.int32), words)


_json = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode

_BETWEEN = "\0between"


def _json_texts(values: Sequence[Any]) -> list[str | None]:
    """Each as JSON; None as it is. All are written at once, which takes a fifth of the time, and cut apart again."""
    known = [value for value in values if value is not None]
    if not known:
        return [None] * len(values)
    parts = [_BETWEEN] * (2 * len(known) - 1)
    parts[::2] = known
    texts = _json(parts)[1:-1].split(f",{_json(_BETWEEN)},")
    if len(texts) != len(known):  # a value has that very text
        texts = [_json(value) for value in known]
    written = iter(texts)
    return [None if value is None else next(written) for value in values]


def join(parts: Iterable[Values]) -> Values:
    """Columns one after another, as if all their values had been encoded at once."""
    parts = list(parts)
    if not isinstance(parts[0], Texts):
        return np.concatenate(parts)  # type: ignore[arg-type]
    words: dict[str, int] = {}
    codes = []
    for part in parts:
        assert isinstance(part, Texts)
        new = np.array([*(words.setdefault(word, len(words)) for word in part.words), -1], dtype=np.int32)
        codes.append(new[part.codes])
    return Texts(np.concatenate(codes), list(words))


def parquet(columns: Sequence[Column], parts: Iterable[Sequence[Values]]) -> bytes:
    """A Parquet file of columns; the unit and meaning of each are in its metadata.

    parts: the columns' values, a row group after another; at least one.
    """
    import pyarrow as pa
    from pyarrow import parquet as pq

    out = io.BytesIO()
    writer = None
    for values in parts:
        arrays = [_arrow(kind_of(column), each) for column, each in zip(columns, values, strict=True)]
        fields = [
            pa.field(column.name, array.type, metadata={"unit": column.unit, "meaning": column.meaning})
            for column, array in zip(columns, arrays, strict=True)
        ]
        table = pa.Table.from_arrays(arrays, schema=pa.schema(fields))
        if writer is None:
            texts = [field.name for field in fields if field.type in (pa.string(), pa.bool_())]
            writer = pq.ParquetWriter(out, table.schema, compression="zstd", compression_level=1, use_dictionary=texts)
        writer.write_table(table)
    assert writer is not None
    writer.close()
    return out.getvalue()


def _arrow(kind: str, values: Values) -> pyarrow.Array:
    """An Arrow array made of buffers: `pyarrow.array` would import pandas."""
    import pyarrow as pa

    if isinstance(values, Texts):
        known = values.codes >= 0
        words = [word.encode() for word in values.words]
        ends = np.cumsum([0, *map(len, words)]).astype(np.int32)
        buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(words))]
        places = pa.py_buffer(values.codes if known.all() else np.maximum(values.codes, 0))
        each = pa.Array.from_buffers(pa.int32(), len(known), [_validity(known), places])
        return _function()("take", [pa.Array.from_buffers(pa.string(), len(words), buffers), each])
    if kind == FLAG:
        data = pa.py_buffer(np.packbits(values > 0, bitorder="little").tobytes())
        return pa.Array.from_buffers(pa.bool_(), len(values), [_validity(values >= 0), data])
    if kind == WHOLE:
        return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(values)])
    if kind == DATE:
        known = ~np.isnat(values)
        return pa.Array.from_buffers(pa.timestamp("s"), len(values), [_validity(known), _seconds(values)])
    return pa.Array.from_buffers(pa.float64(), len(values), [_validity(~np.isnan(values)), pa.py_buffer(values)])


def _function() -> Any:
    """`pyarrow.compute.call_function`, where it is found without all that pyarrow.compute makes when it is imported:
    that takes a tenth of the time of a hundred draws.
    """
    try:
        from pyarrow._compute import call_function
    except ImportError:
        from pyarrow.compute import call_function
    return call_function


def _seconds(values: NDArray[Any]) -> pyarrow.Buffer:
    import pyarrow as pa

    return pa.py_buffer(values.astype("datetime64[s]", copy=False).view(np.int64))


def _validity(known: NDArray[np.bool_]) -> pyarrow.Buffer | None:
    import pyarrow as pa

    return None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little").tobytes())


def decode(column: pyarrow.ChunkedArray) -> Values:
    """A column that was read from such a file, texts read as dictionaries: the arrays that it was made of."""
    import pyarrow as pa

    parts = [_decode(chunk, pa) for chunk in column.chunks if len(chunk)]
    if parts:
        return join(parts)
    kind = column.type
    if pa.types.is_dictionary(kind):
        return Texts(np.zeros(0, dtype=np.int32), [])
    if pa.types.is_timestamp(kind):
        return np.zeros(0, dtype="datetime64[s]")
    types: dict[Any, Any] = {pa.int64(): np.int64, pa.bool_(): np.int8}
    return np.zeros(0, dtype=types.get(kind, np.float64))


def _decode(array: pyarrow.Array, pa: Any) -> Values:
    n, offset = len(array), array.offset
    mask, data = array.buffers()[:2] if not pa.types.is_dictionary(array.type) else array.indices.buffers()[:2]
    known = np.ones(n, dtype=bool) if mask is None else _bits(mask, offset, n)
    if pa.types.is_dictionary(array.type):
        codes = np.where(known, np.frombuffer(data, dtype=np.int32, count=n, offset=4 * offset), -1)
        return Texts(codes.astype(np.int32), array.dictionary.to_pylist())
    if pa.types.is_boolean(array.type):
        return np.where(known, _bits(data, offset, n), -1).astype(np.int8)
    raw = np.frombuffer(data, dtype=np.int64, count=n, offset=8 * offset)
    if pa.types.is_timestamp(array.type):
        # Parquet has no seconds: what was written as such comes back in milliseconds.
        return np.where(known, raw.view(f"datetime64[{array.type.unit}]"), np.datetime64("NaT")).astype("datetime64[s]")
    return raw.copy() if pa.types.is_integer(array.type) else np.where(known, raw.view(np.float64), np.nan)


def _bits(buffer: pyarrow.Buffer, offset: int, n: int) -> NDArray[np.bool_]:
    bits = np.unpackbits(np.frombuffer(buffer, dtype=np.uint8), bitorder="little")
    return bits[offset : offset + n].astype(bool)
