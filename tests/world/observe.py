"""What a test reads off a record: holdings on a day, events of a kind, and the laws that always hold."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
from typing import Any

from sim.tables import TABLES, tabulate
from sim.world.record import Event, RunRecord, Steps

FLOP_PER_DAY = 1e15 * 0.4 * 86_400.0
"""Training FLOP that one H100 of `build` does in a day: 3.456e19."""


def value_on(steps: Steps, day: float) -> float:
    """Value of a step function after what happened on `day`; 0 before its first step."""
    value = 0.0
    for since, now in steps:
        if since > day:
            break
        value = now
    return value


def held(
    record: RunRecord, use: str, day: float, *, lab: str = "A", model: str | None = None, kind: str | None = None
) -> float:
    """Accelerators of a use on a day, after what happened on it."""
    return math.fsum(
        value_on(steps, day)
        for (owner, of, name, accelerator), steps in record.holdings.items()
        if owner == lab and of == use and model in (None, name) and kind in (None, accelerator)
    )


def uses(record: RunRecord, day: float, lab: str = "A") -> dict[str, float]:
    """Use -> accelerators on a day; uses that hold none are left out."""
    names = {use for owner, use, _, _ in record.holdings if owner == lab}
    found = {use: held(record, use, day, lab=lab) for use in names}
    return {use: count for use, count in found.items() if abs(count) > 1e-9}


def cluster(record: RunRecord, day: float, kind: str = "H100", lab: str = "A") -> float:
    return value_on(record.clusters.get((lab, kind), []), day)


def events(record: RunRecord, kind: str, subject: str | None = None, lab: str | None = None) -> list[Event]:
    return [e for e in record.events if e[2] == kind and subject in (None, e[3]) and lab in (None, e[1])]


def days(record: RunRecord, kind: str, subject: str | None = None, lab: str | None = None) -> list[float]:
    return [event[0] for event in events(record, kind, subject, lab)]


def only(items: list[Any]) -> Any:
    assert len(items) == 1, items
    return items[0]


def model(record: RunRecord, name: str = "M", lab: str = "A") -> Any:
    return only([m for m in record.models if m.name == name and m.lab == lab])


def log(record: RunRecord, name: str = "M", lab: str = "A") -> Any:
    return only([r for r in record.runs if r.name == name and r.lab == lab])


def tables(record: RunRecord) -> dict[str, str]:
    """Every table as CSV text."""
    return {name: tabulate(record, name).to_csv() for name in TABLES}


def rows(record: RunRecord, name: str) -> list[dict[str, Any]]:
    """A table's rows as Python values by column."""
    table = tabulate(record, name)
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def assert_conserved(record: RunRecord) -> None:
    """By type, uses sum to the cluster and none is negative, after every change."""
    by_cluster: dict[tuple[str, str], list[Steps]] = {key: [] for key in record.clusters}
    for (lab, _, _, kind), steps in record.holdings.items():
        by_cluster.setdefault((lab, kind), []).append(steps)
    for (lab, kind), lines in by_cluster.items():
        total = record.clusters.get((lab, kind), [])
        for day in sorted({day for line in [total, *lines] for day, _ in line}):
            have = value_on(total, day)
            counts = [value_on(line, day) for line in lines]
            assert all(count >= -1e-9 * max(1.0, have) for count in counts), (lab, kind, day, counts)
            assert math.fsum(counts) == math.fsum([have]) or abs(math.fsum(counts) - have) <= 1e-8 * max(1.0, have), (
                f"{lab}: on day {day} uses hold {math.fsum(counts)} of {have} {kind}"
            )


def assert_sound(record: RunRecord) -> None:
    """What holds of every record: conservation, days in order, causes before effects, exact targets."""
    assert_conserved(record)
    last = 0.0
    for n, (day, _, kind, subject, value, _, details, causes) in enumerate(record.events):
        assert day >= last, (kind, subject, day, last)
        assert (day * 2.0**30).is_integer() or day == record.draw.end, (kind, day)
        assert all(-1 <= cause < n for cause in causes), (kind, subject, causes)
        assert value is None or math.isfinite(value)
        json.dumps(details, allow_nan=False)
        last = day
    for steps in record.holdings.values():
        assert all(a[0] < b[0] for a, b in itertools.pairwise(steps))


def assert_ids_exist(text: str) -> None:
    """In events.csv ids are unique and every `caused_by` names one that stands earlier in the file."""
    seen: set[str] = set()
    for row in read_csv(text):
        assert row["id"] not in seen
        for cause in filter(None, row["caused_by"].split(";")):
            assert cause in seen, (row["id"], cause)
        seen.add(row["id"])


def assert_trajectory_conserves(text: str) -> None:
    """From trajectory.csv alone: in every interval the means of the uses sum to the cluster's, by type."""
    sums: dict[tuple[str, str, str], float] = {}
    clusters: dict[tuple[str, str, str], float] = {}
    for row in read_csv(text):
        key = (row["date"], row["lab"], row["accelerator"])
        if row["series"] == "accelerators":
            sums[key] = sums.get(key, 0.0) + float(row["value"])
        elif row["series"] == "cluster" and row["lab"] != "world":
            clusters[key] = float(row["value"])
    assert clusters
    for key in {*sums, *clusters}:
        have = clusters.get(key, 0.0)
        assert abs(sums.get(key, 0.0) - have) <= 1e-8 * max(1.0, have), (key, sums.get(key), have)
