"""Tables as pandas DataFrames."""

from __future__ import annotations

import pandas as pd

from sim.tables import Table


def frame(table: Table) -> pd.DataFrame:
    """A DataFrame with datetimes (to the second, for any year) and units in `.attrs["units"]`."""
    names = [column.name for column in table.columns]
    result = pd.DataFrame(table.rows, columns=names)
    for column in table.columns:
        if column.unit == "date":
            values = pd.to_datetime(result[column.name].astype("str"), format="ISO8601", errors="coerce")
            result[column.name] = values.astype("datetime64[s]")
    result.attrs["units"] = {column.name: column.unit for column in table.columns}
    result.attrs["meaning"] = {column.name: column.meaning for column in table.columns}
    return result
