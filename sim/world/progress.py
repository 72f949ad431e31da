"""Software that follows research: quantised steps of dA/dt = g0·A^(1−β)·R^λ, each an exact piece in the record.

Between events R moves only as AI labour grows with inference efficiency. It is held at its value at the predicted
middle of a stretch, which ends at the next step of A, at the lab's next known dated event, or when an input changes;
then it is predicted again. So the efficiencies are closed-form pieces, and every table integrates them exactly.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from heapq import heappop
from math import exp, expm1, inf, log, log1p
from typing import TYPE_CHECKING, Any

from sim.base.calendar import tick
from sim.base.limits import MOST_EFFICIENCY
from sim.base.series import Growth, Piece, Tail
from sim.base.units import DAYS_PER_YEAR
from sim.model.domain import RESEARCH
from sim.physics.software import NEGLIGIBLE_RETURNS
from sim.world.agenda import Order
from sim.world.research import Research, Speed, research_of
from sim.world.run import Holding, RunError

if TYPE_CHECKING:
    from sim.world.diffusion import Sources
    from sim.world.lab import LabState

SHORTEST_STEP_DAYS = 1e-6
"""A step shorter than this is an explosion: growth ends there."""

ROUNDING = 1e-12
"""Relative difference of two efficiencies that is rounding."""

new_tuple = tuple.__new__
"""Makes a `Piece` in half the time that its class takes: one is made at every step."""

TRAINING = "training_efficiency"
"""The subject of events about software."""


class Progress:
    """The software of one lab: its pieces so far, what drives them, and when it is looked at again."""

    __slots__ = (
        "lab", "world", "law", "pieces", "raised", "exponent", "own_inference", "research", "speed", "sources", "rank",
        "followers", "causes", "event", "steps", "mark", "mark_day", "known", "version", "started", "ended", "stale",
        "changed", "beta", "power", "factor", "whole", "half", "limit", "labour", "begins", "shown", "agenda", "name",
        "drive", "end", "gain", "aim", "researchers", "held", "worths", "stood", "moved", "pace",
        "until",
    )  # fmt: skip

    def __init__(self, lab: LabState, begins: float) -> None:
        law = lab.spec.software
        record = lab.world.record
        self.lab = lab
        self.world = lab.world
        self.law = law
        self.begins = begins
        self.name = lab.name
        self.agenda = lab.world.agenda
        self.end = lab.world.end
        self.gain = 1.0
        """Inference efficiency over training efficiency to the power iota."""
        self.exponent = 1.0 if law.inference_exponent is None else law.inference_exponent
        self.beta = law.returns or 0.0
        self.power = 0.0 if self.beta < NEGLIGIBLE_RETURNS else 1.0 / self.beta
        self.factor = law.step or 1.1
        self.limit = min(law.limit or inf, MOST_EFFICIENCY ** (1.0 / max(1.0, self.exponent)))
        self.whole = self._way(1.0, self.factor)
        self.half = Piece(0.0, 1.0, 1.0, self.power).at(self.whole / 2.0)
        """How far a whole step goes (see `predict`), and the growth in the first half of its time."""
        before = record.training_efficiency[lab.name]
        self.pieces: list[Piece] = _with_past(before.pieces)
        record.training_efficiency[lab.name] = Growth(self.pieces)
        self.own_inference: Growth | None = None
        self.raised: list[Piece] | None = None
        if law.inference_efficiency is not None or law.inference_growth is not None:
            self.own_inference = record.inference_efficiency[lab.name]
        elif self.exponent == 1.0:
            record.inference_efficiency[lab.name] = record.training_efficiency[lab.name]
        else:
            self.raised = _with_past(record.inference_efficiency[lab.name].pieces)
            record.inference_efficiency[lab.name] = Growth(self.raised)
        self.researchers = [fleet.name for fleet in lab.fleets if fleet.spec.domain == RESEARCH]
        self.held: list[object] = []
        """What experiments and research fleets held when the lab last decided."""
        self.worths: dict[tuple[str, str], tuple[float, float]] = {}
        """What research has worked out of its models (see `research_of`)."""
        self.research: Research
        self.speed: Speed
        self.sources: Sources | None = None
        self.followers: list[tuple[float, Progress]] = []
        """(lag, lab that what is found here reaches)."""
        self.rank = 0
        self.causes: list[int] = []
        self.event = -1
        self.steps: list[tuple[float, int]] = []
        """(day, event) of each step, so that a follower can say what it follows."""
        self.mark = 1.0
        self.aim = 1.0
        self.mark_day = -inf
        """Efficiency at the last step, and its day."""
        self.known: list[float] = [self.end]
        """Days of the lab's dated events, a heap; the last is the end."""
        self.version = 0
        self.until = begins
        """Day on which it is looked at next, if nothing happens before."""
        self.labour = 0.0
        self.drive = -1.0
        """What is held at present; negative: to be worked out for a first guess, as the inputs have changed."""
        self.shown = -1.0
        self.stood: tuple[float, list[Piece], list[Piece] | None] | None = None
        """Since when everything here stands still, and the laws as they were; None while it does not."""
        self.pace = 1.0
        """Share of what research makes of it at which software may progress."""
        self.moved = False
        """Whether its course has to be found anew after the standstill."""
        self.started = self.ended = self.stale = False
        self.changed = True

    def dismantle(self) -> None:
        """Let go of those who learn from each other."""
        self.followers.clear()
        self.sources = None

    # What others tell it

    def touch(self, causes: Iterable[int]) -> None:
        """The lab's staff, experiments or AI research changed today, by these events."""
        if self.started:
            self.changed = True
            self.causes += causes
            self.look_again()

    def see(self, experiments: Holding, fleets: dict[str, dict[str, Holding]]) -> None:
        """The lab has decided: its experiments, and each fleet's accelerators by model, may be others now."""
        held = [experiments, *(fleets[name] for name in self.researchers)]
        if held != self.held:
            self.held = held
            self.touch(self.lab.causes)

    def run_at(self, pace: float, cause: int) -> None:
        """From today on software progresses at a share of what research makes of it."""
        self.pace = pace
        if self.started:
            self.speed.run_at(pace, self.research)
            self.touch((cause,))

    def look_again(self) -> None:
        """Predict anew when the instant is over."""
        if not self.stale:
            self.stale = True
            self.world.progressing.append(self)

    def raise_to(self, value: float, cause: int) -> None:
        """The lab comes to know more, at once; nothing lifts its efficiency beyond its limit."""
        value = min(value, self.limit)
        if not self.started:
            if self.stood is not None:
                since, *laws = self.stood
                times = (value / self.now, (value / self.now) ** self.exponent)
                grown = [law and list(Growth(law).jumped(since, x).pieces) for law, x in zip(laws, times, strict=True)]
                self.stood = since, grown[0] or [], grown[1]
            for pieces, factor in ((self.pieces, value / self.now), (self.raised, (value / self.now) ** self.exponent)):
                if pieces is not None:
                    pieces[:] = Growth(pieces).jumped(self.agenda.day, factor).pieces
            return
        self.causes.append(cause)
        self._put(Piece(self.world.agenda.day, value, 0.0))
        self.mark, self.mark_day, self.drive = value, self.agenda.day, -1.0
        self.look_again()

    def stand(self, day: float, tell: bool) -> None:
        """From today on everything here stands still. tell: those who learn from here, as they go on."""
        self.stood = day, list(self.pieces), self.raised and list(self.raised)
        self.moved = False
        for pieces in (self.pieces, self.raised):
            if pieces is not None:
                pieces[:] = Growth(pieces).held(day).pieces
        if tell:
            self.tell_followers(day)

    def go_on(self, day: float, tell: bool) -> None:
        """From today on all goes on where it stood still."""
        assert self.stood is not None
        since, *laws = self.stood
        alike = self.pieces[-1].value == Growth(laws[0] or []).at(since)
        for pieces, before in zip((self.pieces, self.raised), laws, strict=True):
            if pieces is not None and before is not None and (alike or not self.started):
                pieces[:] = Growth(before).stood(since, day).pieces
        self.stood = None
        if self.begins > since:
            self.begins += day - since
        self.mark_day += day - since
        if self.started and (self.moved or (tell and self.sources is not None)):  # others have gone on meanwhile
            self.drive = -1.0
            self.look_again()
        if tell:
            self.tell_followers(day)

    def tell_followers(self, day: float) -> None:
        """Those who learn from here look at it when the piece of today comes to them."""
        for lag, follower in self.followers:
            if lag:
                self.agenda.put(tick(day + lag), Order.SERIES, follower.lab.name, follower.passed_on)
            else:
                follower.look_again()

    def improve_inference(self, factor: float, cause: int) -> None:
        """Inference alone gets better, at once, by a factor that lasts."""
        record, day = self.world.record, self.agenda.day
        self.causes.append(cause)
        if self.own_inference is not None:
            self.own_inference = record.inference_efficiency[self.name] = self.own_inference.jumped(day, factor)
        else:
            self.gain *= factor
            law = record.inference_efficiency[self.name].jumped(day, factor)
            self.raised = list(law.pieces)
            record.inference_efficiency[self.name] = Growth(self.raised)
        self.drive = -1.0
        self.look_again()

    def _raised(self, piece: Piece) -> Piece:
        """The piece of inference efficiency that goes with one of training."""
        made = piece.raised(self.exponent)
        return made if self.gain == 1.0 else made._replace(value=made.value * self.gain)

    @property
    def now(self) -> float:
        """Training efficiency today."""
        return self.pieces[-1].at(self.world.agenda.day)

    # The law

    def begin(self, _: Any = None) -> None:
        """From today on software follows research, at first at the stated rate."""
        self.look_again()

    def _start(self, day: float) -> None:
        lab, law = self.lab, self.law
        self.started = True
        self.mark = efficiency = Growth(self.pieces).at(day)
        self.mark_day = day
        research = self.research = research_of(lab, self.worths)
        labour = research.labour(self._inference(efficiency, day))
        share = 0.5 if law.labour_share is None else law.labour_share
        if (labour <= 0.0 and share > 0.0) or (research.compute <= 0.0 and share < 1.0):
            what = "nobody does research" if labour <= 0.0 and share > 0.0 else (
                "there are no experiments" if research.flop_per_s <= 0.0 else "no run has finished anywhere"
            )  # fmt: skip
            raise RunError(f"{lab.name}: software cannot follow research, as on its first day {what}")
        rate = log(law.training_growth or 1.0) / DAYS_PER_YEAR
        self.speed = Speed(research, labour, rate * efficiency**self.beta, lab)
        if self.pace != 1.0:
            self.speed.run_at(self.pace, research)
        lab.world.record.research_base[lab.name] = labour
        details = {"labour": labour, "humans": research.humans, "experiments_flop_per_s": research.flop_per_s}
        self.event = lab.world.event(
            lab.name, "software_feedback", TRAINING, law.training_growth, "x/year", details, tuple(self.causes)
        )
        self.steps.append((day, self.event))
        self.causes.clear()

    def _inference(self, efficiency: float, day: float) -> float:
        if self.own_inference is not None:
            return self.own_inference.at(day)
        return self.gain * (efficiency if self.exponent == 1.0 else float(efficiency**self.exponent))

    def _horizon(self, day: float, days: float) -> float:
        """`days`, or fewer: until the lab's own law of inference has moved by a step, or goes over to another piece."""
        assert self.own_inference is not None
        pieces = self.own_inference.pieces
        index = bisect_right(pieces, (day, inf))
        if index < len(pieces):
            days = min(days, pieces[index].day - day)
        piece = self.own_inference.piece_at(day)
        return min(days, log(self.factor) / abs(piece.rate)) if piece.rate else days

    def predict(self) -> None:
        """Lay the piece from today on, and look again at its end."""
        self.stale = False
        day = self.agenda.day
        if self.ended or day < self.begins:
            return
        if self.stood is not None:
            self.moved = True
            return
        if self.changed:
            self._look_at_research(day)
        research, mark, sources, own = self.research, self.mark, self.sources, self.own_inference
        labour_with, drive_of = research.labour, self.speed.drive
        efficiency = mark if day == self.mark_day else self.pieces[-1].at(day)
        if sources is not None:
            efficiency = sources.catch_up(self, efficiency)
            if efficiency > mark * self.factor:  # what came at once is more than a step
                self.mark, self.mark_day = efficiency, day
                mark = efficiency
        # y = A^β grows by rate·β·y a day, evenly; `reach` is how far it has to go, in those units.
        target = mark * self.factor
        if efficiency == mark and target < self.limit:  # the commonest: a whole step
            reach, halfway = self.whole, self.half
        else:
            if target > self.limit:
                target = self.limit
                if efficiency >= target * (1.0 - ROUNDING):
                    self._end("software_limit", target, "training efficiency is at its limit")
                    return
            reach, halfway = self._way(efficiency, target), 0.0
        known, copied = self.known, 0.0
        while known[0] <= day:
            heappop(known)
        horizon = known[0] - day
        if own is not None:
            horizon = self._horizon(day, horizon)
        if sources is not None:
            horizon, copied = sources.outlook(day, efficiency, horizon)
        scale = efficiency**-self.beta
        drive = self.drive
        if drive < 0.0:
            self.labour = labour_with(self._inference(efficiency, day))
            drive = drive_of(self.labour)
        rate = drive * scale
        if research.fleets and rate > 0.0:
            span = reach / (rate + copied)
            if own is not None:
                inferred = own.at(day + (span if span < horizon else horizon) / 2.0)
            else:
                if span > horizon or not halfway:
                    ahead, power = (rate + copied) * (span if span < horizon else horizon) / 2.0, self.power
                    grown = power * log1p(ahead / power) if power else ahead
                    inferred = efficiency * exp(grown)
                else:
                    inferred = efficiency * halfway
                if self.exponent != 1.0:
                    inferred **= self.exponent
                inferred *= self.gain
            self.labour = labour = labour_with(inferred)
            drive = drive_of(labour)
            rate = drive * scale
        self.drive = drive
        piece = new_tuple(Piece, (day, efficiency, rate, self.power, 0.0))
        if sources is None:
            span = reach / rate if rate > 0.0 else inf
        else:
            piece, horizon = sources.combine(self, piece, drive, horizon, target)
            rate, span = piece.rate, piece.days_to(target)
        if rate * SHORTEST_STEP_DAYS > self.whole:  # a whole step: the rest of one may be as short as it likes
            self._end("software_explosion", efficiency, "software progress explodes: it takes no time any more")
            return
        self._put(piece)
        self.version = version = self.version + 1
        self.aim = target
        self.until = until = day + (span if span < horizon else horizon)
        if until < self.end:
            happen = self._step if span <= horizon else self._look
            self.agenda.put(tick(until), Order.SERIES, self.name, happen, version)

    def _way(self, efficiency: float, target: float) -> float:
        """(y₁/y₀ − 1)/β with y = A^β: days from one efficiency to another, times the growth rate at the first."""
        grown = log(target / efficiency)
        return expm1(self.beta * grown) / self.beta if self.power else grown

    def _look_at_research(self, day: float) -> None:
        """Something about staff, experiments or AI in research has changed (or it is the first day)."""
        if not self.started:
            self._start(day)
        else:
            self.research = research_of(self.lab, self.worths)
            self.speed.set(self.research)
        self.changed = False
        self.drive = -1.0
        compute = self.speed.compute(self.research)
        if compute != self.shown:
            self.shown = compute
            self.world.record.research_compute.setdefault(self.name, []).append((day, compute))

    def _put(self, piece: Piece) -> None:
        pieces, raised, day = self.pieces, self.raised, piece[0]
        if pieces[-1][0] == day:
            if pieces[-1] == piece:
                return  # nothing new for those who follow
            pieces[-1] = piece
            if raised is not None:
                raised[-1] = self._raised(piece)
        else:
            pieces.append(piece)
            if raised is not None:
                raised.append(self._raised(piece))
        if self.followers:
            self.tell_followers(day)

    def passed_on(self, _: Any) -> None:
        """A piece of the law of a lab that this one learns from has come here."""
        if self.started and not self.ended:
            self.look_again()

    def _look(self, version: int) -> None:
        """Software is looked at again (what was planned before the last look does nothing)."""
        if version == self.version:
            self.look_again()

    def _step(self, version: int) -> None:
        """Software has grown by the factor of a step since the last (what was planned before that does nothing)."""
        if version != self.version:
            return
        day, piece, efficiency, sources = self.agenda.day, self.pieces[-1], self.aim, self.sources
        if type(piece) is Tail:
            piece = piece.origin
        if sources is None or sources.now[1] is None:
            _, value, rate, _, _ = piece
            rate *= (value / efficiency) ** self.beta
        else:
            rate = piece.moved(day).rate
        self.mark, self.mark_day = efficiency, day
        growth = rate * DAYS_PER_YEAR
        details: dict[str, Any] = {
            "x_per_year": exp(growth if growth < 700.0 else 700.0),
            "labour": self.labour,
            "humans": self.research.humans,
            "experiments": self.shown,
        }
        causes: tuple[int, ...] = (self.event,)
        if sources is not None or self.causes:
            following = () if sources is None else sources.explain(day, details)
            causes = tuple(dict.fromkeys((*causes, *self.causes, *following)))
            self.causes.clear()
        self.event = event = self.world.event(
            self.name, "software_step", TRAINING, efficiency, "effective per physical FLOP", details, causes
        )
        self.steps.append((day, event))
        self.look_again()

    def _end(self, kind: str, value: float, why: str) -> None:
        """Growth is over: from today on the efficiency stays as it is."""
        self.ended = True
        self.until = inf
        self.version += 1
        world = self.world
        day = world.agenda.day
        self._put(Piece(day, value, 0.0))
        causes = tuple(dict.fromkeys((self.event, *self.causes)))
        self.event = world.event(
            self.lab.name, kind, TRAINING, value, "effective per physical FLOP", {"reason": why}, causes
        )
        world.warn(self.lab.name, TRAINING, f"{why}; it stays at {value:.4g} from there on")


def settle(progressing: list[Progress]) -> dict[str, int]:
    """Predict anew for every lab whose software has to be looked at; labs that others learn from at once come first.

    Returns those labs, with the last event of the software of each.
    """
    rounds = 0
    moved: dict[str, int] = {}
    while progressing:
        batch = sorted(progressing, key=_order) if len(progressing) > 1 else list(progressing)
        progressing.clear()
        for progress in batch:
            progress.predict()
            moved[progress.name] = progress.event
        rounds += 1
        if rounds > 100:
            names = ", ".join(progress.lab.name for progress in batch)
            raise RunError(f"software of {names} goes on changing at one instant")
    return moved


def _with_past(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, the first of them twice: one holds before its day whatever research makes of the other."""
    return [pieces[0].moved(pieces[0].day - 1.0), *pieces]


def _order(progress: Progress) -> tuple[int, str]:
    return progress.rank, progress.lab.name
