"""What drives software that follows research: quantised steps of dA/dt = g0·A^(1−β)·R^λ, each an exact piece.

Between events R moves only as AI labour grows with inference efficiency. Its course is found anew (see `stretch`) at
each step of A and when an input changes. So the efficiencies are closed-form pieces, and every table integrates them
exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop
from math import exp, inf, log
from typing import TYPE_CHECKING, Any, Final

from sim.base.calendar import tick
from sim.base.limits import MOST_EFFICIENCY
from sim.base.piece import Piece
from sim.base.units import DAYS_PER_YEAR
from sim.model.domain import RESEARCH
from sim.model.software import STEP
from sim.world.agenda import Order
from sim.world.recorded_efficiencies import Efficiencies
from sim.world.research import Known, Research, Speed, research_of
from sim.world.run import RunError
from sim.world.split import Use
from sim.world.stretch import HELD, Stretch

if TYPE_CHECKING:
    from sim.world.diffusion import Sources
    from sim.world.lab import LabState

SHORTEST_STEP_DAYS: Final = 1e-6
"""A step shorter than this is an explosion: growth ends there."""

ROUNDING: Final = 1e-12
"""Relative difference of two efficiencies that is rounding."""

SERIES = Order.SERIES
RATE = Piece._fields.index("rate")
"""Looked up once: it is asked for at every step."""

TRAINING: Final = "training_efficiency"
"""The subject of events about software."""


class Progress:
    """The software of one lab: its efficiencies, what drives them, and when it is looked at again."""

    __slots__ = (
        "lab", "world", "law", "efficiencies", "research", "speed", "sources", "rank", "followers", "causes", "event",
        "steps", "mark", "mark_day", "known", "planned", "started", "ended", "stale", "changed", "stretch", "growth",
        "factor", "limit", "begins", "shown", "agenda", "name", "end", "aim", "fleets", "held", "worths", "moved",
        "pace", "until",
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
        self.factor = (law.step or STEP) ** (1.0 / max(1.0, self.efficiencies.exponent))
        self.growth = log(self.factor)
        """Of a whole step."""
        self.stretch = Stretch(self.efficiencies, law.returns or 0.0, self.factor)
        self.limit = min(law.limit or inf, MOST_EFFICIENCY ** (1.0 / max(1.0, self.efficiencies.exponent)))
        domains = lab.world.draw.domains
        self.fleets = [fleet for fleet in lab.fleets if fleet.spec.domain == RESEARCH and RESEARCH in domains]
        """Those in research."""
        self.held: list[Any] = []
        """What experiments and research fleets held when the lab last decided."""
        self.worths: dict[tuple[str, str], Known] = {}
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
        """Days of the lab's dated events, a heap, if it looks ahead to them; the last is the end."""
        self.planned = 0
        """When its next look was put on the agenda, by which it is dropped if it is predicted anew before."""
        self.until = begins
        """Day on which it is looked at next, if nothing happens before."""
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

    @property
    def looks_ahead(self) -> bool:
        """Whether its course depends on when it is looked at next: then the lab's dated events count."""
        copies = self.sources is not None and any(link.fraction for link in self.sources.links)
        return copies or self.efficiencies.own_inference is not None

    # What others tell it

    def touch(self, causes: Iterable[int]) -> None:
        """The lab's staff, experiments or AI research changed today, by these events."""
        if self.started and not self.ended:
            self.changed = True
            self.causes += causes
            if not self.stale:
                self.stale = True
                self.world.progressing.append(self)

    def see(self, uses: list[Use], types: list[str], counts: list[float]) -> None:
        """The lab has decided: its experiments, and research fleets' accelerators by model, may be others now."""
        held: list[Any] = []
        for n, (use, model) in enumerate(uses):
            if n and not any(fleet.name == use for fleet in self.fleets):
                continue
            held.append(use)
            held.append(model)
            for k, kind in enumerate(types):
                count = counts[n * len(types) + k]
                if count:
                    held.append(kind)
                    held.append(count)
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
        self.mark, self.mark_day = value, self.agenda.day
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
        if self.until > since:
            self.until += day - since
        if self.mark_day >= since:  # nothing has grown since then
            self.mark_day = day
        if self.started and (self.moved or (tell and self.sources is not None)):  # others have gone on meanwhile
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
        research = self.research = research_of(lab, self.fleets, self.worths)
        labour = research.labour(self.efficiencies.inference(efficiency, day))
        share = 0.5 if law.labour_share is None else law.labour_share
        if (labour <= 0.0 and share > 0.0) or (research.compute <= 0.0 and share < 1.0):
            what = "nobody does research" if labour <= 0.0 and share > 0.0 else (
                "there are no experiments" if research.flop_per_s <= 0.0 else "no run has finished anywhere"
            )  # fmt: skip
            raise RunError(f"{lab.name}: software cannot follow research, as on its first day {what}")
        rate = log(law.training_growth or 1.0) / DAYS_PER_YEAR
        self.speed = Speed(research, labour, rate * efficiency ** (law.returns or 0.0), lab)
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
        mark, sources = self.mark, self.sources
        efficiency = mark if day == self.mark_day else efficiencies.pieces[-1].at(day)
        if sources is not None:
            efficiency = sources.catch_up(self, efficiency)
            if efficiency > mark * self.factor:  # what came at once is more than a step
                self.mark, self.mark_day = efficiency, day
                mark = efficiency
        target = mark * self.factor
        if target > self.limit:
            target = self.limit
            if efficiency >= target * (1.0 - ROUNDING):
                self._end("software_limit", target, "training efficiency is at its limit")
                return
        own, copied, horizon = efficiencies.own_inference, 0.0, self.end - day
        if own is not None or sources is not None:
            horizon, copied = self._outlook(day, efficiency)
        stretch, drive = self.stretch, self.speed.drive
        if not self.research.fleets:
            piece = stretch.constant(day, efficiency, drive(1.0))
        elif own is None:
            piece = stretch.following(day, efficiency, drive)
        else:
            piece = stretch.held(day, efficiency, drive, target, horizon, copied)
        if sources is not None:
            piece, horizon = sources.combine(self, piece, horizon, target)
        if piece[RATE] * SHORTEST_STEP_DAYS > self.growth:  # a whole step: the rest of one may be as short as it likes
            self._end("software_explosion", efficiency, "software progress explodes: it takes no time any more")
            return
        if efficiencies.add(piece) and self.followers:
            self.tell_followers(day)
        self.aim = target
        span = piece.days_to(target)
        self.until = until = tick(day + (span if span < horizon else horizon))
        if self.planned:
            self.forget_plan()
        if until < self.end:
            happen = self._step if span <= horizon else self._look
            self.planned = self.agenda.put(until, SERIES, self.name, happen)

    def _outlook(self, day: float, efficiency: float) -> tuple[float, float]:
        """Days until it is looked at again in any case, and what others add to its growth rate today."""
        known = self.known
        while known[0] <= day:
            heappop(known)
        horizon = known[0] - day
        if self.efficiencies.own_inference is not None:
            horizon = self.efficiencies.own_horizon(day, horizon, HELD)
        return (horizon, 0.0) if self.sources is None else self.sources.outlook(day, efficiency, horizon)

    def _look_at_research(self, day: float) -> None:
        """Something about staff, experiments or AI in research has changed (or it is the first day)."""
        if not self.started:
            self._start(day)
        else:
            self.research = research_of(self.lab, self.fleets, self.worths)
            self.speed.set(self.research)
        self.changed = False
        compute = self.speed.compute
        if compute != self.shown:
            self.shown = compute
            self.world.record.research_compute.setdefault(self.name, []).append((day, compute))

    def _put(self, piece: Piece) -> None:
        """Lay a piece from today on, and tell those who learn from here."""
        if self.efficiencies.add(piece) and self.followers:
            self.tell_followers(piece[0])

    def passed_on(self, _: Any) -> None:
        """A piece of the law of a lab that this one learns from has come here."""
        if self.started and not self.ended and self.sources is not None and self.sources.matter(self):
            self.look_again()

    def forget_plan(self) -> None:
        """Nothing comes of the look that was planned."""
        if self.planned:
            self.agenda.drop(self.planned)
            self.planned = 0

    def _look(self, _: Any) -> None:
        """Software is looked at again."""
        self.planned = 0
        self.look_again()

    def _step(self, _: Any) -> None:
        """Software has grown by the factor of a step since the last."""
        self.planned = 0
        day, efficiency, sources = self.agenda.day, self.aim, self.sources
        self.mark, self.mark_day = efficiency, day
        growth = self.efficiencies.pieces[-1].rate_where(efficiency) * DAYS_PER_YEAR
        details: dict[str, Any] = {
            "x_per_year": exp(growth if growth < 700.0 else 700.0),
            "labour": self.research.labour(self.efficiencies.inference(efficiency, day)),
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
        self.forget_plan()
        world = self.world
        day = world.agenda.day
        self._put(Piece(day, value, 0.0))
        causes = tuple(dict.fromkeys((self.event, *self.causes)))
        self.event = world.event(
            self.lab.name, kind, TRAINING, value, "effective per physical FLOP", {"reason": why}, causes
        )
        world.warn(self.lab.name, TRAINING, f"{why}; it stays at {value:.4g} from there on")
