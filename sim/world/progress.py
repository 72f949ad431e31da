"""What drives software that follows research: quantised steps of dA/dt = g0·A^(1−β)·R^λ, each an exact piece.

Between events R moves only as AI labour grows with inference efficiency. It is held at its value at the predicted
middle of a stretch, which ends at the next step of A, at the lab's next known dated event, or when an input changes;
then it is predicted again. So the efficiencies are closed-form pieces, and every table integrates them exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop
from math import exp, expm1, inf, log, log1p
from typing import TYPE_CHECKING, Any

from sim.base.calendar import tick
from sim.base.limits import MOST_EFFICIENCY
from sim.base.series import Piece, Tail
from sim.base.units import DAYS_PER_YEAR
from sim.model.domain import RESEARCH
from sim.physics.software import NEGLIGIBLE_RETURNS
from sim.world.agenda import Order
from sim.world.recorded_efficiencies import Efficiencies
from sim.world.research import Research, Speed, research_of
from sim.world.run import Holding, RunError

if TYPE_CHECKING:
    from sim.world.diffusion import Sources
    from sim.world.lab import LabState

SHORTEST_STEP_DAYS = 1e-6
"""A step shorter than this is an explosion: growth ends there."""

ROUNDING = 1e-12
"""Relative difference of two efficiencies that is rounding."""

SERIES = Order.SERIES
VALUE, RATE = Piece._fields.index("value"), Piece._fields.index("rate")
"""Looked up once: they are asked for at every step."""

new_tuple = tuple.__new__
"""Makes a `Piece` in half the time that its class takes: one is made at every step."""

TRAINING = "training_efficiency"
"""The subject of events about software."""


class Progress:
    """The software of one lab: its efficiencies, what drives them, and when it is looked at again."""

    __slots__ = (
        "lab", "world", "law", "efficiencies", "research", "speed", "sources", "rank", "followers", "causes", "event",
        "steps", "mark", "mark_day", "known", "version", "started", "ended", "stale", "changed", "beta", "power",
        "factor", "whole", "half", "limit", "labour", "begins", "shown", "agenda", "name", "drive", "end", "aim",
        "researchers", "held", "worths", "moved", "pace", "until",
    )  # fmt: skip

    def __init__(self, lab: LabState, begins: float) -> None:
        law = lab.spec.software
        self.lab = lab
        self.world = lab.world
        self.law = law
        self.begins = begins
        self.name = lab.name
        self.agenda = lab.world.agenda
        self.end = lab.world.end
        self.efficiencies = Efficiencies(lab)
        self.beta = law.returns or 0.0
        self.power = 0.0 if self.beta < NEGLIGIBLE_RETURNS else 1.0 / self.beta
        self.factor = law.step or 1.1
        self.limit = min(law.limit or inf, MOST_EFFICIENCY ** (1.0 / max(1.0, self.efficiencies.exponent)))
        self.whole = self._way(1.0, self.factor)
        self.half = Piece(0.0, 1.0, 1.0, self.power).at(self.whole / 2.0)
        """How far a whole step goes (see `predict`), and the growth in the first half of its time."""
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
            self.efficiencies.jump(self.agenda.day, value / self.now)
            return
        self.causes.append(cause)
        before = self.efficiencies.pieces[-1].moved(self.agenda.day)
        self._put(before._replace(value=value))  # as fast as before, until it is predicted at the end of the instant
        self.mark, self.mark_day, self.drive = value, self.agenda.day, -1.0
        self.look_again()

    def stand(self, day: float, tell: bool) -> None:
        """From today on everything here stands still. tell: those who learn from here, as they go on."""
        self.efficiencies.stand(day)
        self.moved = False
        if tell:
            self.tell_followers(day)

    def go_on(self, day: float, tell: bool) -> None:
        """From today on all goes on where it stood still."""
        since = self.efficiencies.go_on(day, self.started)
        if self.begins > since:
            self.begins += day - since
        if self.mark_day >= since:  # nothing has grown since then
            self.mark_day = day
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
        self.causes.append(cause)
        self.efficiencies.improve_inference(self.agenda.day, factor)
        self.drive = -1.0
        self.look_again()

    @property
    def now(self) -> float:
        """Training efficiency today."""
        return self.efficiencies.pieces[-1].at(self.agenda.day)

    # The law

    def begin(self, _: Any = None) -> None:
        """From today on software follows research, at first at the stated rate."""
        self.look_again()

    def _start(self, day: float) -> None:
        lab, law = self.lab, self.law
        self.started = True
        self.mark = efficiency = lab.world.record.training_efficiency[lab.name].at(day)
        self.mark_day = day
        research = self.research = research_of(lab, self.worths)
        labour = research.labour(self.efficiencies.inference(efficiency, day))
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

    def predict(self) -> None:
        """Lay the piece from today on, and look again at its end."""
        self.stale = False
        day = self.agenda.day
        if self.ended or day < self.begins:
            return
        efficiencies = self.efficiencies
        if efficiencies.stood is not None:
            self.moved = True
            return
        if self.changed:
            self._look_at_research(day)
        research, mark, sources, own = self.research, self.mark, self.sources, efficiencies.own_inference
        labour_of, drive_of = research.labour, self.speed.drive
        efficiency = mark if day == self.mark_day else efficiencies.pieces[-1].at(day)
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
            horizon = efficiencies.own_horizon(day, horizon, self.factor)
        if sources is not None:
            horizon, copied = sources.outlook(day, efficiency, horizon)
        scale = efficiency**-self.beta
        drive = self.drive
        if drive < 0.0:
            self.labour = labour_of(efficiencies.inference(efficiency, day))
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
                if efficiencies.exponent != 1.0:
                    inferred **= efficiencies.exponent
                inferred *= efficiencies.gain
            self.labour = labour = labour_of(inferred)
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
        if efficiencies.add(piece) and self.followers:
            self.tell_followers(day)
        self.version = version = self.version + 1
        self.aim = target
        self.until = until = day + (span if span < horizon else horizon)
        if until < self.end:
            happen = self._step if span <= horizon else self._look
            self.agenda.put(tick(until), SERIES, self.name, happen, version)

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
        """Lay a piece from today on, and tell those who learn from here."""
        if self.efficiencies.add(piece) and self.followers:
            self.tell_followers(piece[0])

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
        day, piece, efficiency, sources = self.agenda.day, self.efficiencies.pieces[-1], self.aim, self.sources
        if type(piece) is Tail:
            piece = piece.origin
        if sources is None or sources.now[1] is None:
            rate = piece[RATE] * (piece[VALUE] / efficiency) ** self.beta
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


def _order(progress: Progress) -> tuple[int, str]:
    return progress.rank, progress.lab.name
