"""Laws of growth with the numbers filled in: a cluster on a day, and a software efficiency on a day."""

from __future__ import annotations

import math

from sim.analysis.explain_step import Steps, num, percent
from sim.base.calendar import date_text, tick
from sim.base.growth import Growth
from sim.base.piece import Piece
from sim.base.series import Series
from sim.base.units import DAYS_PER_YEAR
from sim.model.cluster import Supply
from sim.model.policy import PHASES, UserPolicy
from sim.tables.steps import value_at
from sim.world.supply import Batch, batches

SAME = 1e-9
"""Relative difference that is rounding."""


class LawSteps(Steps):
    """Steps that follow a law through time."""

    def date(self, day: float) -> str:
        """The calendar date of a day."""
        return date_text(day, self.draw.start)[:10]

    def efficiency(self, growth: Growth, names: tuple[str, ...], what: str, day: float) -> tuple[float, str]:
        """An efficiency on a day, and the mark of its input; where it grows, its law is a step, which has the mark.

        names: fields of the lab's software that could state it, the first that does counts.
        """
        value, mark = growth.at(day), ""
        for name in names:
            mark = mark or self.mark("labs", self.model.lab, "software", name, day=day)
        law = growth.piece_at(day)
        if law.rate and law.day == day:  # it is new, and says nothing of how it has come to this
            earlier = [piece for piece in growth.pieces if piece.day < day]
            if earlier:
                law, old = earlier[-1], earlier[-1].at(day)
                if abs(value / old - 1.0) > SAME:
                    jump = f"{num(old)} × {num(value / old)}, by which it jumps on this day: see events"
                    self.once(f"{what}, {self.date(day)}", value, "x", jump)
                    return value, ""
            elif abs(math.exp(law.rate * (day - self.draw.base_date)) / value - 1.0) < SAME:
                law = Piece(self.draw.base_date, 1.0, law.rate)
        since, first, rate, power, pull = law
        if not rate or since == day:
            return value, mark
        if self.lab.software.feedback and self.record.research_base.get(self.model.lab) and since >= 0.0:
            days = math.expm1(pull * (day - since)) / pull if pull else day - since
            grown = f"(1 + {num(rate / power)} × {num(days)}" if power else ""
            factor = f"{grown} days) ^ {num(power)}" if power else f"e ^ ({num(rate)} × {num(day - since)} days)"
            on = self.mark("labs", self.model.lab, "software", "feedback") + self.mark(
                "labs", self.model.lab, "software", "returns")  # fmt: skip
            self.once(f"{what}, {self.date(day)}", value, "x",
                      f"{num(first)} × {factor} since {self.date(since)}, by research{on}: see `software_step`"
                      " in events")  # fmt: skip
            return value, ""
        base = f"{num(first)} × " if abs(first - 1.0) > SAME else ""
        years = (day - since) / DAYS_PER_YEAR
        self.once(f"{what}, {self.date(day)}", value, "x",
                  f"{base}{num(math.exp(rate * DAYS_PER_YEAR))}{mark} ^ {num(years)} years since"
                  f" {self.date(since)}")  # fmt: skip
        return value, ""

    def cluster(self, day: float) -> float:
        """The lab's cluster on a day in H100e, as a step."""
        total, texts = 0.0, []
        for n, supply in enumerate(self.lab.compute):
            held, text = self._supply(n, supply, day)
            kind = self.draw.accelerators[supply.accelerator].h100e if supply.accelerator else 1.0
            if held:
                total += held * kind
                texts.append(text if abs(kind - 1.0) < SAME else f"({text}) × {num(kind)} H100e each")
        known = sum(value_at(line, day) * self.draw.accelerators[kind].h100e
                    for (lab, kind), line in self.record.clusters.items() if lab == self.model.lab)  # fmt: skip
        text = " + ".join(texts)
        if abs(total - known) > SAME * known:
            sign = "+" if known > total else "-"
            text = f"{text} {sign} {num(abs(known - total))} by the world's stock and retirement"
        self.once(f"cluster, {self.date(day)}", known, "H100e", text)
        return known

    def _supply(self, n: int, supply: Supply, day: float) -> tuple[float, str]:
        """What one supply has brought by a day and has not taken away, and how it follows."""

        def cite(name: str, on: float | None = None) -> str:
            return self.mark("labs", self.model.lab, "compute", n, name, day=on)

        if supply.share_of_world is not None:
            return 0.0, ""
        here = [
            batch
            for batch in batches(supply, self.draw.end, self.draw.start)
            if tick(batch.day) <= day
            and (batch.retires_after_days is None or tick(batch.day + batch.retires_after_days) > day)
        ]
        if not here:
            return 0.0, ""
        held, last = sum(batch.count for batch in here), max(0.0, here[-1].day)
        if supply.count is not None:
            return held, f"{num(held)}{cite('count')}"
        if supply.deliver is not None:
            grow = cite("deliveries_grow") if supply.deliveries_grow else ""
            return held, self._delivered(here, f"{cite('deliver')}{grow}")
        assert supply.stock is not None
        stock = f"{cite('stock', last)}"
        if supply.grows is None:
            return held, _on(supply.stock, last, stock)
        anchor = max(0.0, supply.starts or 0.0)
        if last <= anchor:
            return held, f"{num(held)}{stock}"
        years = (last - anchor) / DAYS_PER_YEAR
        return held, (f"{num(supply.stock.at(0.0))}{stock} × {num(supply.grows)}{cite('grows')} ^ {num(years)} years,"
                      f" to {self.date(last)}")  # fmt: skip

    def _delivered(self, here: list[Batch], marks: str) -> str:
        if len(here) == 1 or here[0].count == here[-1].count:
            return f"{len(here)} × {num(here[0].count)}{marks}"
        whole = num(sum(batch.count for batch in here))
        return f"{whole}; {len(here)} batches, {num(here[0].count)} to {num(here[-1].count)}{marks}"

    def accelerators_of_fleet(self, fleet: str, kind: str, count: float) -> None:
        """What a fleet holds at the opening: its share, with what was lent to it or taken from it."""
        total = value_at(self.record.clusters.get((self.model.lab, kind), []), self.start)
        if isinstance(self.lab.policy, UserPolicy):
            self.once(f"{kind} at opening, {fleet}", count, kind,
                      f"{num(count)}; given by the policy{self.mark('labs', self.model.lab, 'policy')}")  # fmt: skip
            return
        share, mark = self.share(fleet, self.start, self._phase())
        more = count - share * total
        text = f"{percent(share)}{mark} × {num(total)}"
        if abs(more) > SAME * total:
            why = "lent to it or promised by a finished run" if more > 0.0 else "taken by runs"
            text += f" {'+' if more > 0.0 else '-'} {num(abs(more))} {why}"
        self.once(f"{kind} at opening, {fleet}", count, kind, text)

    def share(self, use: str, day: float, phase: int | None) -> tuple[float, str]:
        """The share of a use that holds on a day, and the mark of its input: a phase's, or the lab's own."""
        stated = None if phase is None else (self.lab.phases or [])[phase].use
        if stated:
            return stated.get(use, 0.0), self.mark("labs", self.model.lab, "phases", phase or 0, "use", use)
        line = self.lab.use.get(use)
        mark = self.mark("labs", self.model.lab, "use", use, day=day)
        return 0.0 if line is None else line.at(day), mark

    def _phase(self, starts: bool = False) -> int | None:
        """Number of the policy's phase in force at the opening, or when the run started; None without phases."""
        if self.lab.policy != PHASES:
            return None
        name, model = None, self.model
        for day, lab, kind, subject, *_ in self.record.events:
            if day > self.start or (starts and (lab, kind, subject) == (model.lab, "run_started", model.name)):
                break
            if (lab, kind) == (model.lab, "policy_phase"):
                name = subject
        names = [phase.name for phase in self.lab.phases or ()]
        return names.index(name) if name in names else None


def _on(series: Series, day: float, mark: str) -> str:
    """A dated series on a day, with the points between which it grows."""
    earlier = [n for n, (since, _) in enumerate(series.points) if since <= day] or [0]
    since, value = series.points[earlier[-1]]
    if earlier[-1] + 1 == len(series.points):
        years = (day - since) / DAYS_PER_YEAR
        growth = math.exp(series.growth_per_day * DAYS_PER_YEAR)
        return f"{num(value)}{mark}" + (f" × {num(growth)} ^ {num(years)} years" if years and growth != 1.0 else "")
    if not series.exponential or day <= since:
        return f"{num(value)}{mark}"
    until, after = series.points[earlier[-1] + 1]
    return f"{num(value)}{mark} × ({num(after)} / {num(value)}) ^ ({num(day - since)} / {num(until - since)} days)"
