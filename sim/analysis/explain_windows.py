"""Why a window closed when it did: who closed it, by how much, what it had waited for, and who came near before."""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.analysis.explain_held import delays, while_it_worked
from sim.analysis.explain_interrupted import besides
from sim.analysis.explain_length import ruled_length
from sim.analysis.explain_notes import Cited, Notes
from sim.analysis.explain_split import Part, run_of, spec_of, split
from sim.base.calendar import date_text, tick
from sim.tables.closings import Closing, Closings
from sim.tables.table import Column, Table
from sim.world.record import ModelRecord, RunRecord

COLUMNS = [
    Column("scope", "", "own: by a model of the same lab; frontier: of any lab"),
    Column("opens", "date", "the model is usable inside its lab"),
    Column("closes", "date", "one stronger by `stronger_by` is; empty if none before the end"),
    Column("length_days", "days", "length, to the end if it is open"),
    Column("closed_by", "", "lab/model"),
    Column("gain", "x", "effective FLOP of the closer over the model's"),
    Column("part", "", "part of the gain"),
    Column("factor", "x", "what it multiplies effective FLOP by; the factors multiply to the gain"),
    Column("log_share", "share", "its share of ln(gain); they add up to 1"),
    Column("before", "", "the model's value, where it is one number"),
    Column("after", "", "the closer's"),
]


class Limit(NamedTuple):
    """What held the closing model back in a stretch of time."""

    since: float
    until: float | None
    what: str
    inputs: tuple[Cited, ...] = ()


class Window(NamedTuple):
    """One window explained. `near`: the strongest model before the closing that was not strong enough."""

    scope: str
    found: Closing
    gain: float | None
    parts: list[Part]
    limits: list[Limit]
    near: tuple[ModelRecord, float] | None


def windows(record: RunRecord, model: ModelRecord, notes: Notes) -> list[Window]:
    """The own and the frontier window of a model."""
    draw = record.draw
    result = []
    for scope in ("own", "frontier"):
        found = Closings(record).closing(model, draw.stronger_by, scope, "internal")
        if found is None:
            continue
        if found.by is None:
            result.append(Window(scope, found, None, [], [], _near(record, model, scope, found)))
            continue
        gain = found.by.effective_flop / model.effective_flop
        parts, held_back = split(record, model, found.by), limits(record, found.by, notes)
        result.append(Window(scope, found, gain, parts, held_back, _near(record, model, scope, found)))
    return result


def _near(record: RunRecord, model: ModelRecord, scope: str, found: Closing) -> tuple[ModelRecord, float] | None:
    until = record.end if found.closes is None else found.closes
    others = [(other, other.effective_flop / model.effective_flop) for other in record.models
              if other is not model and other is not found.by and other.internal < until
              and (scope == "frontier" or other.lab == model.lab)]  # fmt: skip
    others = [(other, ratio) for other, ratio in others if 1.0 < ratio < record.draw.stronger_by]
    return max(others, key=lambda item: item[1], default=None)


def limits(record: RunRecord, model: ModelRecord, notes: Notes) -> list[Limit]:
    """What bound a model's date: what interventions delayed, when its run was due, waits, caps, work, release."""
    log, found = run_of(record, model), spec_of(record, model)
    if log is None and found is not None and found[1].continuous:
        return [Limit(model.internal, None, "training without end had then grown by the factor that makes a model")]
    if log is None or found is None:
        return [Limit(model.internal, None, "it was there at the start, or its date is stated")]
    index, spec = found

    def cite(*fields: str) -> tuple[Cited, ...]:
        found = [notes.find("labs", model.lab, "runs", index, *name.split(".")) for name in fields]
        return tuple(cited for cited in found if cited is not None)

    result = [Limit(*held) for held in delays(record, log, spec)]
    if spec.every is not None:
        result.append(Limit(log.due, None, "due: the cadence of runs", cite("every", "starts")))
    elif spec.start_when is not None:
        why = next((details["rule"] for _, lab, kind, subject, _, _, details, _ in record.events
                    if (lab, kind, subject) == (model.lab, "run_due", model.name) and details), "latest")  # fmt: skip
        field = {"latest": "latest_days"}.get(why, why)
        result.append(Limit(log.due, None, f"due: by rule, `{why}`", cite(f"start_when.{field}")))
    elif spec.starts is not None:
        result.append(Limit(log.due, None, "due: stated start", cite("starts")))
    else:
        result.append(Limit(log.due, None, "due: pinned date less the length that the work needs", cite("internal")))
    for since, until, why in log.waits:
        result.append(Limit(since, until, f"waits: {why}", cite("base") if "base" in why else ()))
    stops: list[tuple[float, float]] = []
    for day, lab, kind, subject, _, _, _, causes in record.events:
        if kind == "run_suspended" and (lab, subject) == (model.lab, model.name):
            resumed = [at for at, owner, name, held in record.gangs
                       if (owner, name) == (lab, subject) and at > day and held]  # fmt: skip
            by = next((record.events[n][3] for n in causes if record.events[n][2] == "suspended"), None)
            why = "its next phase needs more than others leave" if by is None else f"the intervention {by}"
            result.append(Limit(day, resumed[0] if resumed else None, f"suspended: {why}"))
            stops.append((day, resumed[0] if resumed else record.end))
    result += [Limit(*held) for held in while_it_worked(record, log)]
    if log.started is not None and log.finished is not None:
        also = besides(log, stops)
        ruled = ruled_length(record, model)
        if ruled is not None:
            what, inputs = f"trains {ruled.days:,.1f} days{also}: {ruled.text}", cite("length_days")
        elif spec.length_days is not None and spec.flop is not None and not spec.accelerators and spec.share is None:
            what, inputs = f"trains{also}: length stated, accelerators as FLOP needs", cite("length_days", "flop")
        elif spec.length_days is not None:
            what, inputs = f"trains{also}: length stated", cite("length_days")
        elif spec.flop is not None or spec.params is not None:
            what = f"trains{also}: FLOP over its accelerators' rate"
            inputs = cite("flop", "params", "share", "accelerators", "training.whole_run_mfu")
        else:
            what, inputs = f"trains{also}: its dates", cite("starts", "internal")
        result.append(Limit(log.started, log.finished, what, inputs))
        if model.internal > log.finished:
            result.append(Limit(log.finished, model.internal, "finished, held to its pinned date", cite("internal")))
        elif spec.internal is not None and model.internal == tick(spec.internal):
            result.append(Limit(model.internal, None, "released: pinned date", cite("internal")))
        elif spec.internal is not None:
            late = model.internal - spec.internal
            result.append(Limit(model.internal, None, f"released {late:.0f} days after its pinned date",
                                cite("internal")))  # fmt: skip
        else:
            result.append(Limit(model.internal, None, "released: the run ended"))
    return result


def windows_table(found: list[Window], record: RunRecord) -> Table:
    """A row for each part of each window's gain; one row with empty parts if it is open."""
    start = record.draw.start
    rows: list[tuple[Any, ...]] = []
    for window in found:
        close = window.found
        by = f"{close.by.lab}/{close.by.name}" if close.by is not None else None
        closes = None if close.closes is None else date_text(close.closes, start)
        head = (window.scope, date_text(close.opens, start), closes, close.length, by, window.gain)
        rows += [(*head, *part) for part in window.parts]
        if not window.parts:
            rows.append((*head, None, None, None, None, None))
    return Table("explained_windows", COLUMNS, rows)
