"""A policy of the user's own: what it sees, which it cannot change, and whether its answer makes sense."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from sim.model.lab import EXPERIMENTS, IDLE, TRAINING
from sim.world.errors import PolicyError
from sim.world.frozen import Frozen, frozen, thawed
from sim.world.policy import Decision, Shares, by_shares
from sim.world.run import Holding, Run

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.view import View

ROUNDING: Final = 1e-9
"""Share of a cluster below which too many accelerators are rounding."""


class OwnView:
    """What a user's policy sees of its lab at one instant, and of its rivals' public models. Nothing of it can be set.

    Mappings are by accelerator type unless said otherwise, days count from the scenario's start.

    day, date: now. lab: the lab's name. total: its cluster. free: what neither runs nor firm earmarks hold.
    in_training: what runs in progress hold. taken: what they and earmarks hold. shares: declared share by use, now.
    due: runs that are due (or suspended) and wait; running: runs in progress; elastic: those that can be resized.
    earmarks: `active` ones hold accelerators. models: the lab's models that it can use, oldest first; usable_models:
    their names. rivals: other labs' public models, in the order of release. levels: level -> day on which the lab
    reached it. milestones: milestone -> day on which it was reached. accelerators: type -> its properties.
    The rest is what the built-in policies read: see `sim.world.view.View`.
    """

    if TYPE_CHECKING:
        lab: str
        date: date
        _of: View

    __slots__ = (
        "day", "date", "lab", "total", "free", "in_training", "taken", "shares", "training_share", "idle_share",
        "parts", "owed_share", "experiments_share", "fleet_parts", "due", "running", "elastic", "earmarks", "models",
        "usable_models", "rivals", "levels", "milestones", "accelerators", "_of",
    )  # fmt: skip

    def __init__(self, **seen: Any) -> None:
        for name, value in seen.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name!r} cannot be set: what a policy sees is read-only")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{name!r} cannot be deleted: what a policy sees is read-only")

    def __repr__(self) -> str:
        return f"<view of {self.lab} on {self.date}>"


def kernels_view(view: OwnView) -> View:
    """What a user's policy sees, as the built-in policies read it."""
    return view._of


class OwnPolicy:
    """Calls a user's function with a view that is read-only, and turns its answer into a `Decision` or an error."""

    __slots__ = ("lab", "function", "declared", "_rivals", "_seen", "_accelerators")

    def __init__(self, lab: LabState, function: Callable[[Any], Any]) -> None:
        self.lab = lab
        self.function = function
        self.declared = dict(lab.shares)
        self._rivals: tuple[Frozen, ...] = ()
        self._seen = 0
        self._accelerators = frozen(lab.world.draw.accelerators)

    def __call__(self, view: View) -> Decision:
        self._take(self.declared)
        answer = self.function(self._view(view))
        try:
            if isinstance(answer, Decision):
                return self._decision(answer, view)
            if isinstance(answer, Shares):
                return self._shares(answer, view)
            if isinstance(answer, Mapping):
                return self._shares(Shares(answer), view)
            raise Refused(
                f"returns {_shown(answer)}; a policy returns Shares, a mapping of uses to shares, or a Decision"
            )
        except Refused as error:
            where = getattr(self.function, "where", "")
            raise PolicyError(f"{where}the policy of {self.lab.name} {error}") from None

    def declare(self, use: str, value: float) -> None:
        """A declared share has a new value."""
        self.declared[use] = value

    def _take(self, shares: Mapping[str, float]) -> None:
        """Make shares those of the lab."""
        lab = self.lab
        if lab.shares != shares:
            lab.shares.clear()
            lab.shares.update(sorted(shares.items()))
            lab.view.weigh()

    def _view(self, view: View) -> OwnView:
        lab, world = self.lab, self.lab.world
        public = world.public_models
        if len(public) != self._seen:
            self._rivals += tuple(Frozen(model) for model in public[self._seen :] if model.lab != lab.name)
            self._seen = len(public)
        levels = {level: day for (level, who), (day, _) in world.record.levels.items() if who == lab.name}
        usable = sorted((lab.models[name] for name in lab.usable), key=lambda model: (model.internal, model.name))
        return OwnView(
            _of=view,
            day=view.day,
            date=world.draw.start + timedelta(days=math.floor(view.day)),
            lab=lab.name,
            total=frozen(view.total),
            free=frozen(view.free),
            in_training=frozen(view.in_training),
            taken=frozen(view.taken),
            shares=frozen(view.shares),
            training_share=view.training_share,
            idle_share=view.idle_share,
            parts=tuple(view.parts),
            owed_share=view.owed_share,
            experiments_share=view.experiments_share,
            fleet_parts=tuple(view.fleet_parts),
            due=frozen(view.due),
            running=frozen([run for run in view.running if not run.suspended]),
            elastic=frozen(view.elastic),
            earmarks=frozen(view.earmarks),
            models=frozen(usable),
            usable_models=frozenset(view.usable_models),
            rivals=self._rivals,
            levels=MappingProxyType(levels),
            milestones=MappingProxyType(dict(world.record.milestones)),
            accelerators=self._accelerators,
        )

    # Answers

    def _shares(self, answer: Shares, view: View) -> Decision:
        if not isinstance(answer.uses, Mapping):
            raise Refused(f"gives {_shown(answer.uses)} as shares, not a mapping of uses to numbers")
        fleets = [fleet.name for fleet in self.lab.fleets]
        shares = dict.fromkeys((TRAINING, EXPERIMENTS, *fleets), 0.0)
        for use, share in answer.uses.items():
            if use not in shares and use != IDLE:
                raise Refused(f"gives a share to {use!r}; there are {', '.join(sorted((*shares, IDLE)))}")
            number = _number(share)
            if not 0.0 <= number <= 1.0:
                raise Refused(f"gives {use} the share {_shown(share)}; a share lies between 0 and 1")
            if use != IDLE:
                shares[use] = number
        total = math.fsum(shares.values()) + _number(answer.uses.get(IDLE, 0.0))
        if not total <= 1.0 + ROUNDING:
            raise Refused(f"gives out {total * 100.0:.6g}% of the cluster")
        self._take(shares)
        hold = "" if answer.starts_runs else "the policy starts no run now"
        return by_shares(view, bool(answer.training_first), hold)._replace(review=self._review(answer.review))

    def _decision(self, answer: Decision, view: View) -> Decision:
        starts = self._starts(answer.starts, view)
        waits: list[tuple[Run, str]] = []
        for item in _pairs(answer.waits, "waits"):
            run = self._run(item[0], view)
            if not isinstance(item[1], str):
                raise Refused(f"says {_shown(item[1])} as the reason why {run.name} waits, not a text")
            if any(run is other for other, _ in starts):
                raise Refused(f"starts {run.name} and leaves it waiting at once")
            if run not in view.due:
                raise Refused(f"lets {run.name} wait, which is in progress")
            waits.append((run, item[1]))
        return Decision(starts, waits, self._uses(answer.uses), self._review(answer.review))

    def _starts(self, answer: Any, view: View) -> list[tuple[Run, Holding]]:
        starts: list[tuple[Run, Holding]] = []
        free = view.free
        for item in _pairs(answer, "starts"):
            run = self._run(item[0], view)
            if any(run is other for other, _ in starts):
                raise Refused(f"starts {run.name} twice at once")
            if run not in view.due and run not in view.elastic:
                raise Refused(f"resizes {run.name}, which is in progress and not elastic")
            base = run.spec.base
            if base is not None and base not in view.usable_models:
                raise Refused(f"starts {run.name}, whose base {base} is not there yet")
            held = self._holding(item[1], run.name)
            if run in view.due and not any(held.values()):
                raise Refused(f"starts {run.name} without accelerators")
            for kind, count in run.held.items():
                free[kind] = free.get(kind, 0.0) + count
            starts.append((run, held))
        for run, held in starts:
            for kind, count in held.items():
                left = free.get(kind, 0.0) - count
                if left < -ROUNDING * (self.lab.total[kind] + 1.0):
                    raise Refused(
                        f"gives {count:,.6g} {kind} to {run.name}; {max(0.0, free.get(kind, 0.0)):,.6g} are free"
                    )
                free[kind] = left
        return starts

    def _uses(self, answer: Any) -> dict[str, Holding]:
        if not isinstance(answer, Mapping):
            raise Refused(f"gives {_shown(answer)} as uses, not a mapping of uses to accelerators by type")
        known = {EXPERIMENTS, *(fleet.name for fleet in self.lab.fleets)}
        uses = {}
        for use, held in answer.items():
            if use == IDLE:
                continue  # what is not given out is idle
            if use not in known:
                raise Refused(
                    f"names the use {use!r}; there are {', '.join(sorted(known))} (runs get theirs by `starts`)"
                )
            uses[use] = self._holding(held, use)
        return uses

    def _run(self, item: Any, view: View) -> Run:
        run = thawed(item)
        if not isinstance(run, Run) or not any(run is other for other in (*view.due, *view.running)):
            raise Refused(f"names {_shown(item)}, which is no run that is due or in progress now")
        return run

    def _holding(self, held: Any, use: str) -> Holding:
        if not isinstance(held, Mapping):
            raise Refused(f"gives {use} {_shown(held)}, not a mapping of types to accelerators")
        found = {}
        for kind, count in held.items():
            if kind not in self.lab.total:
                raise Refused(f"gives out {kind!r}, which the lab has never had")
            number = _number(count)
            if not 0.0 <= number < math.inf:
                raise Refused(f"gives {_shown(count)} {kind} to {use}")
            found[str(kind)] = number
        return found

    def _review(self, day: Any) -> float | None:
        if day is None:
            return None
        if isinstance(day, date):
            return float((date(day.year, day.month, day.day) - self.lab.world.draw.start).days)
        number = _number(day)
        if not math.isfinite(number):
            raise Refused(f"asks for a review on day {_shown(day)}")
        return number


class Refused(Exception):
    """An answer that makes no sense, as the end of a sentence about the policy."""


def _number(value: Any) -> float:
    """A number as a float; NaN for what is none."""
    if isinstance(value, bool) or not hasattr(value, "__float__") or isinstance(value, str):
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _shown(value: Any) -> str:
    """A value for a message, short."""
    try:
        text = repr(value)
    except Exception:
        text = f"a {type(value).__name__}"
    return text if len(text) <= 80 else text[:77] + "..."


def _pairs(answer: Any, name: str) -> list[tuple[Any, Any]]:
    if not isinstance(answer, list | tuple) or not all(isinstance(item, tuple) and len(item) == 2 for item in answer):
        raise Refused(f"gives {_shown(answer)} as `{name}`, not a list of pairs (run, ...)")
    return list(answer)
