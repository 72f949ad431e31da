"""What a run leaves behind: events and primitives as step functions. Everything else is tabulated from it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Final

from sim.base.calendar import date_text
from sim.base.growth import Growth
from sim.model.draw import Draw
from sim.world.split import Split, Use, held_by

Steps = list[tuple[float, float]]
"""A step function: (day, value from that day on), days ascending."""

Event = tuple[float, str, str, str, float | None, str, dict[str, Any] | None, tuple[int, ...]]
"""(day, lab, kind, subject, value, unit, details, indices of the causing events)."""


WORTH: Final = "worth"
"""Key of an event's details: (model, fleet or None), whose FLOP/s, tokens/s and copies on `accelerators` the tables
work out and put in its place."""

Moved = tuple[bool, Split, Split, list[tuple[bool, dict[str, float]]]]
"""(whether a run takes, its lab's split before the instant and after it, [(takes, accelerators)] of all moves then).

The last is empty if there was but one.
"""

MOVED: Final = "moved"
"""Key of an event's details: `Moved`, from which the tables work out where accelerators came from and went."""


@dataclass(slots=True, init=False)
class ModelRecord:
    """One model. Days since the start; None where there is no such date (yet)."""

    lab: str
    name: str
    generation: int
    base: str | None
    started: float | None
    finished: float | None
    internal: float
    public: float | None
    params: float
    total_params: float
    tokens: float | None
    kv_bytes_per_token: float | None
    training_flop: float | None
    effective_flop: float
    stated: bool
    flagship: bool
    flop_times_efficiency: float
    accelerators: dict[str, float]
    pretraining_end: float | None
    goodput: float | None
    utilisation: float | None
    precision: str
    existing: bool
    released: bool
    opened: float | None
    """Day from which every lab may run it."""
    event: int
    """Index of the event by which it became usable inside its lab."""
    kind: str
    """general, specialised (tuned for a domain) or distilled."""
    in_domain: dict[str, float]
    """domain -> effective FLOP there, where it is not `effective_flop`."""
    closes_windows: bool
    realised: float
    """Part of the effective FLOP that it could have, where a safety tax takes the rest."""

    # Written out: compiled, it takes a tenth of the time that one made by `dataclass` takes.
    def __init__(
        self, lab: str, name: str, generation: int, base: str | None, started: float | None, finished: float | None,
        internal: float, public: float | None, params: float, total_params: float, tokens: float | None,
        kv_bytes_per_token: float | None, training_flop: float | None, effective_flop: float, stated: bool,
        flagship: bool, flop_times_efficiency: float, accelerators: dict[str, float] | None = None,
        pretraining_end: float | None = None, goodput: float | None = None, utilisation: float | None = None,
        precision: str = "bf16", existing: bool = False, released: bool = False, opened: float | None = None,
        event: int = -1, kind: str = "general", in_domain: dict[str, float] | None = None, closes_windows: bool = True,
        realised: float = 1.0,
    ) -> None:  # fmt: skip
        self.lab = lab
        self.name = name
        self.generation = generation
        self.base = base
        self.started = started
        self.finished = finished
        self.internal = internal
        self.public = public
        self.params = params
        self.total_params = total_params
        self.tokens = tokens
        self.kv_bytes_per_token = kv_bytes_per_token
        self.training_flop = training_flop
        self.effective_flop = effective_flop
        self.stated = stated
        self.flagship = flagship
        self.flop_times_efficiency = flop_times_efficiency
        self.accelerators = {} if accelerators is None else accelerators
        self.pretraining_end = pretraining_end
        self.goodput = goodput
        self.utilisation = utilisation
        self.precision = precision
        self.existing = existing
        self.released = released
        self.opened = opened
        self.event = event
        self.kind = kind
        self.in_domain = {} if in_domain is None else in_domain
        self.closes_windows = closes_windows
        self.realised = realised

    def __reduce__(self) -> tuple[Any, ...]:
        return ModelRecord, _values(self)

    def capability(self, domain: str) -> float:
        """Effective FLOP that the model counts for in a domain."""
        return self.in_domain.get(domain, self.effective_flop)


@dataclass(slots=True, init=False)
class RunLog:
    """One training run: when it was due, waited, worked and ended."""

    lab: str
    name: str
    due: float
    started: float | None
    finished: float | None
    phases: list[tuple[str, float, float | None, dict[str, float]]]
    """(phase, from, to, accelerators): of the last try, if it was begun anew; open at the end only in progress."""
    lost: list[tuple[str, float, float | None, dict[str, float]]]
    """The same of tries whose work was lost."""
    waits: list[tuple[float, float | None, str]]
    flop: float

    def __init__(
        self, lab: str, name: str, due: float, started: float | None = None, finished: float | None = None,
        phases: list[tuple[str, float, float | None, dict[str, float]]] | None = None,
        lost: list[tuple[str, float, float | None, dict[str, float]]] | None = None,
        waits: list[tuple[float, float | None, str]] | None = None, flop: float = 0.0,
    ) -> None:  # fmt: skip
        self.lab = lab
        self.name = name
        self.due = due
        self.started = started
        self.finished = finished
        self.phases = [] if phases is None else phases
        self.lost = [] if lost is None else lost
        self.waits = [] if waits is None else waits
        self.flop = flop

    def __reduce__(self) -> tuple[Any, ...]:
        return RunLog, _values(self)


def _values(record: ModelRecord | RunLog) -> tuple[Any, ...]:
    """What a record is made of, for its copy in another process."""
    return tuple([getattr(record, each.name) for each in fields(record)])


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a run could not go on to its end. day: since the start; of that day nothing may be complete."""

    day: float
    reason: str

    def __reduce__(self) -> tuple[Any, ...]:
        return Stop, (self.day, self.reason)  # frozen: nothing may be set on a copy that is made empty


@dataclass(slots=True)
class RunRecord:
    """Events and primitives of one simulated draw."""

    draw: Draw
    events: list[Event] = field(default_factory=list)
    gangs: list[tuple[float, str, str, dict[str, float]]] = field(default_factory=list)
    """(day, lab, run, accelerators by type that it holds from then on), as it happened."""
    splits: list[Split] = field(default_factory=list)
    """What each decision of a lab gave to its other uses, changed or not, as it happened."""
    clusters: dict[tuple[str, str], Steps] = field(default_factory=dict)
    """(lab, accelerator) -> accelerators in the cluster."""
    models: list[ModelRecord] = field(default_factory=list)
    runs: list[RunLog] = field(default_factory=list)
    staff: dict[tuple[str, str], Steps] = field(default_factory=dict)
    """(lab, domain) -> people."""
    elsewhere: dict[str, Steps] = field(default_factory=dict)
    """domain -> people outside of the labs, where the scenario states any."""
    verifiers: dict[str, Steps] = field(default_factory=dict)
    """lab -> people of its alignment staff who verify a model that waits to be cleared, where its rules ask for it."""
    trusted: dict[tuple[str, str], float] = field(default_factory=dict)
    """(lab, model) -> day from which it trusts the model with alignment work, where it has rules for that."""
    demand: dict[tuple[str, str], Steps] = field(default_factory=dict)
    """(lab, fleet) -> tokens/s asked for."""
    training_efficiency: dict[str, Growth] = field(default_factory=dict)
    inference_efficiency: dict[str, Growth] = field(default_factory=dict)
    research_base: dict[str, float] = field(default_factory=dict)
    """lab -> research labour, in humans, when its software began to follow research (labs with `feedback` only)."""
    research_compute: dict[str, Steps] = field(default_factory=dict)
    """lab -> experiment compute as it counts, relative to the same day (labs with `feedback` only)."""
    foreign: dict[tuple[str, str], ModelRecord] = field(default_factory=dict)
    """(lab, its owner/its name) -> another lab's model that the lab may run: open, or stolen."""
    world: dict[str, Steps] = field(default_factory=dict)
    """accelerator -> accelerators in the world, where the scenario gives `world:`."""
    levels: dict[tuple[str, str], tuple[float, str]] = field(default_factory=dict)
    """(level, lab) -> day of the first crossing, and the model."""
    milestones: dict[str, float] = field(default_factory=dict)
    standstills: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """lab -> (from, to) of each time in which everything there stood still."""
    interventions: list[tuple[str, float, float | None, list[str]]] = field(default_factory=list)
    """(name, day on which it started, day on which it ended or None, names of the labs that it bound)."""
    warnings: list[tuple[float, str, str, str]] = field(default_factory=list)
    """(day, lab, subject, message)."""
    stopped: Stop | None = None
    expected: dict[str, float] = field(default_factory=dict)
    """Stream of random events -> how many were to be expected, where a run was only asked for its past."""
    _holdings: dict[tuple[str, str, str, str], Steps] = field(default_factory=dict)
    _kinds: dict[tuple[str, str, str], dict[str, float]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<RunRecord {self.draw.name or 'unnamed'}: {len(self.models)} models, {len(self.events)} events>"

    @property
    def end(self) -> float:
        """Day on which this record ends (exclusive): the draw's end, or where the run stopped before."""
        return self.draw.end if self.stopped is None else min(self.stopped.day, self.draw.end)

    @property
    def stop_text(self) -> str:
        """`stopped on DATE: reason`, or nothing if the run went on to its end."""
        if self.stopped is None:
            return ""
        return f"stopped on {date_text(self.stopped.day, self.draw.start)}: {self.stopped.reason}"

    @property
    def holdings(self) -> dict[tuple[str, str, str, str], Steps]:
        """(lab, use, model, accelerator) -> accelerators held, as step functions."""
        if not self._holdings:
            for day, lab, run, held in self.gangs:
                self._hold(day, (lab, "training", run), held)
            before: dict[str, dict[Use, dict[str, float]]] = {}
            for day, lab, uses, types, counts in self.splits:
                last = before.get(lab, {})
                now = before[lab] = {use: held_by(types, counts, n) for n, use in enumerate(uses)}
                for use in last:
                    if use not in now:
                        self._hold(day, (lab, *use), {})
                for use, held in now.items():
                    if held != last.get(use):  # what is as it was before is no step
                        self._hold(day, (lab, *use), held)
        return self._holdings

    def _hold(self, day: float, use: tuple[str, str, str], held: dict[str, float]) -> None:
        known = self._kinds.setdefault(use, {})
        for kind, count in held.items():
            if count or kind in known:
                known[kind] = count
                step(self._holdings, (*use, kind), day, count)
        if len(known) > len(held):
            for kind in known:
                if kind not in held:
                    step(self._holdings, (*use, kind), day, 0.0)


def step(steps: dict[Any, Steps], key: Any, day: float, value: float) -> None:
    """Append to a step function, keeping one entry a day and none that changes nothing."""
    line = steps.get(key)
    if line is None:
        steps[key] = [(day, value)]
    else:
        go_on(line, day, value)


def go_on(line: Steps, day: float, value: float) -> None:
    """As `step`, with a step function that has begun."""
    last_day, last = line[-1]
    if last_day == day:
        line.pop()
        if not line or line[-1][1] != value:
            line.append((day, value))
    elif last != value:
        line.append((day, value))
