"""Where the alignment work of a dwell comes from: one lab on the first day of it, then the dwell, then the world."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from sim.analysis.explain_events import NotFound, nearest_names
from sim.analysis.explain_notes import Notes
from sim.analysis.explain_step import COLUMNS, Step, num, percent
from sim.analysis.explain_text import WIDE, inputs_text
from sim.base.calendar import date_text
from sim.base.units import DAYS_PER_YEAR, HOURS_PER_WEEK, SECONDS_PER_HOUR
from sim.model.alignment import ALIGNMENT
from sim.model.domain import Logistic
from sim.model.throughput import quality_multiplier
from sim.model.worth import thought
from sim.physics.alignment import work_rate
from sim.scenario import Scenario
from sim.tables.alignment import alignment_work, dwells, enough
from sim.tables.alignment_done import HUMANS, WORLD
from sim.tables.alignment_pieces import LabPiece, Source
from sim.tables.alignment_work import AlignmentWork, counts_alignment
from sim.tables.rates import Rates
from sim.tables.steps import value_at
from sim.tables.table import Table

if TYPE_CHECKING:
    import pandas as pd


class AlignmentExplanation:
    """The alignment work of one dwell explained. Printed, it is a text of at most 100 columns.

    dwell, until: the levels that it lies between (`start`, None: the end). lab: the lab that is derived.
    """

    def __init__(
        self, scenario: Scenario, rates: Rates, dwell: tuple[str, str | None, float, float], lab: str | None,
        origins: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.rates, self.record, self.draw = rates, rates.record, rates.record.draw
        self.work: AlignmentWork = alignment_work(self.record, rates)
        self.dwell, self.until, self.start, self.end = dwell
        self.notes = Notes(scenario, origins)
        self.steps_found: list[Step] = []
        self.lab = lab or max(self.work.labs, key=self._done, default="")
        if self.lab:
            self._lab()
        self._world()
        order = self.notes.renumber([step.formula for step in self.steps_found])
        rows = [(*step[:3], text) for step, text in zip(self.steps_found, order, strict=True)]
        self.steps_table = Table("steps", COLUMNS, rows)

    @cached_property
    def steps(self) -> pd.DataFrame:
        """A row for each derived number: quantity, value, unit, formula; [n] in it is a row of `inputs`."""
        from sim.frames import frame

        return frame(self.steps_table)

    @cached_property
    def inputs(self) -> pd.DataFrame:
        """A row for each input of the derivation: its value as written, where, and its source or that it is a guess."""
        from sim.frames import frame

        return frame(self.notes.table())

    def __str__(self) -> str:
        until = f"until {self.until}" if self.until else "until the end"
        lines = [f"Alignment work from {self.dwell} {until}: {self._date(self.start)} to {self._date(self.end)}", ""]
        rows = self.steps_table.rows
        left = max(len(row[0]) for row in rows)
        values = [f"{num(row[1])} {row[2]}".rstrip() for row in rows]
        middle = max(map(len, values))
        for row, value in zip(rows, values, strict=True):
            head = f"  {row[0]:<{left}}  {value:>{middle}}  = "
            if len(head) > WIDE - 30:
                lines.append(f"  {row[0]}: {value}")
                head = "      = "
            lines += textwrap.wrap(row[3], WIDE, initial_indent=head, subsequent_indent=" " * len(head),
                                   break_long_words=False, break_on_hyphens=False)  # fmt: skip
        return "\n".join([*lines, "", *inputs_text(self.notes.cited)]) + "\n"

    def __repr__(self) -> str:
        return str(self)

    def _date(self, day: float) -> str:
        return date_text(day, self.draw.start)[:10]

    def _done(self, lab: str) -> float:
        return sum(self.work.between(self.start, self.end, lab).work.values())

    def _add(self, quantity: str, value: float, unit: str, formula: str) -> float:
        self.steps_found.append(Step(quantity, value, unit, formula))
        return value

    def _mark(self, scope: str, name: str) -> str:
        """The input of a lab's setting, or of the world's."""
        if scope == WORLD:
            return self.notes.mark("alignment", name)
        return self.notes.mark("labs", scope, "alignment", name)

    def _lab(self) -> None:
        lab, day, work = self.lab, self.start, self.work
        piece = work.piece(lab, day)
        efficiency = piece.efficiency.at(day)
        law = work.law(lab)
        staff = value_at(self.record.staff.get((lab, ALIGNMENT), []), day)
        verifying = value_at(self.record.verifiers.get(lab, []), day)
        text = f"{num(staff)}{self.notes.mark('labs', lab, 'staff', ALIGNMENT, day=day)}"
        if verifying:
            text += f" - {num(verifying)} who verify a model"
        text += f" on {self._date(day)}"
        if piece.people != staff - verifying:
            text += "; all stands still"
        people = self._add(f"H, people at {lab}", piece.people, "humans", text)
        oversight, v = law.oversight or 0.0, law.verified_per_human or 0.0
        raws = [self._source(source, efficiency, day) for source in piece.sources]
        used = work.used(lab, piece, efficiency)
        if raws:
            kept = self._add("after oversight", (1.0 - oversight) * sum(raws), "humans",
                             f"(1 - {percent(oversight)}{self._mark(lab, 'oversight')}) × ({_sum(raws)})")  # fmt: skip
            limit = self._add("v·H, what they can verify", v * people, "humans",
                              f"{num(v)}{self._mark(lab, 'verified_per_human')} × {num(people)}")  # fmt: skip
            widest = " (the widest share doable first)" if len(raws) > 1 and kept > limit else ""
            self._add("W, AI work that counts", sum(used), "humans",
                      f"the smaller of {num(kept)} and {num(limit)}{widest}")  # fmt: skip
        labour = self._labour(piece, used)
        base, penalty = work.base[lab], law.parallel_penalty if law.parallel_penalty is not None else 1.0
        mark = self._mark(lab, "parallel_penalty")
        self._add("N0", base, "humans", f"N of {lab} on the base date, or when it first had any")
        rate = work_rate(labour, base, penalty)
        self._add("work on that day", rate, "researcher-years a year", _power(base, labour, penalty, mark))
        self._add("of it by humans alone", work_rate(people, base, penalty), "researcher-years a year",
                  _power(base, people, penalty, mark))  # fmt: skip
        self._dwell(lab)
        self._speed(piece, *work.fastest(lab, {lab: piece}, 0.0))

    def _source(self, source: Source, efficiency: float, day: float) -> float:
        """One model in one fleet: its share doable, its quality, and its work on the day."""
        model, domain = source.model, self.draw.domains[ALIGNMENT]
        fleet, name = self.draw.labs[self.lab].fleets[source.fleet], model.name
        think, tricks = fleet.think_x or 1.0, quality_multiplier(fleet.inference, day)
        laws: tuple[tuple[str, Logistic, float], ...] = (
            ("share_doable", domain.share_doable, source.doable), ("quality", domain.quality, source.quality),
        )  # fmt: skip
        for what, law, value in laws:
            ceiling, slope, midpoint = (
                f"{num(getattr(law, field) or 0.0)}{self.notes.mark('domains', ALIGNMENT, what, field)}"
                for field in ("ceiling", "slope", "midpoint_flop")
            )
            effective = num(model.capability(ALIGNMENT) * thought(domain, think, what))
            text = f"{ceiling} / (1 + e ^ (-{slope} × (log10 {effective} - log10 {midpoint})))"
            if what == "quality" and tricks != 1.0:
                text += f" × {num(tricks)}"
            self._add(f"{what.replace('_', ' ')} of {name}", value, "", text)
        per_hour, hours = self.rates.tokens_per_human_hour(domain) * think, self.draw.human.work_hours_per_week or 40.0
        each = SECONDS_PER_HOUR / per_hour * (HOURS_PER_WEEK / hours) * source.quality
        tokens = source.at(efficiency) / each if each else 0.0
        basis = (self.notes.mark("human", "tokens_per_human_hour_thinking") if domain.token_basis == "thinking"
                 else self.notes.mark("domains", ALIGNMENT, "tokens_per_human_hour_task"))  # fmt: skip
        held = " (held to demand)" if source.most < efficiency else ""
        return self._add(f"work of {name}", source.at(efficiency), "humans",
                         f"{num(tokens)} tokens/s{held} × 3600 / {num(per_hour)}{basis} × 168 / {num(hours)}"
                         f"{self.notes.mark('human', 'work_hours_per_week')} × {num(source.quality)}")  # fmt: skip

    def _labour(self, piece: LabPiece, used: list[float]) -> float:
        labour = self.work.joint(piece, used)
        shares = sorted({source.doable for source, some in zip(piece.sources, used, strict=True) if some > 0.0})
        people, ai, rho = piece.people, sum(used), self.work.substitution
        mark = self.notes.mark("human", "task_substitution")
        if not shares or not people:
            text = f"{num(people)}: no AI work counts"
        elif len(shares) > 1:
            text = f"{num(people)} and {num(ai)} levelled over tasks nested by share doable, rho {num(rho)}{mark}"
        elif labour >= (people + ai) * (1.0 - 1e-9):
            text = f"{num(people)} + {num(ai)}: W is below s·H/(1-s)"
        else:
            s = shares[0]
            text = (f"[{num(s)} ^ {num(1.0 - rho)} × {num(ai)} ^ {num(rho)}{mark} + {num(1.0 - s)} ^ {num(1.0 - rho)}"
                    f" × {num(people)} ^ {num(rho)}] ^ (1/{num(rho)}): W is above s·H/(1-s)")  # fmt: skip
        return self._add("N, labour", labour, "humans", text)

    def _dwell(self, scope: str) -> None:
        """The dwell's work from its mean rate, which is the exact integral; the rates of both ends bracket it."""
        done, days = self.work.between(self.start, self.end, scope), self.end - self.start
        years = sum(done.work.values()) / DAYS_PER_YEAR
        penalty = self.work.law(scope).parallel_penalty
        ends = [work_rate(self.work.labour_at(scope, day), self.work.base[scope], 1.0 if penalty is None else penalty)
                for day in (self.start, max(self.start, self.end - 2.0**-20))]  # fmt: skip
        self._add(f"work in the dwell, {scope}", years, "researcher-years",
                  f"{num(years / days * DAYS_PER_YEAR)} a year on the mean (from {num(ends[0])} on its first day to "
                  f"{num(ends[1])} on its last) × {num(days)} days / 365.25")  # fmt: skip
        counted = sum(done.counted.values()) / DAYS_PER_YEAR
        if counted != years:
            marks = "".join(self.notes.mark("alignment", "relevance", level) for level in self.work.spec.relevance)
            self._add(f"of it counts, {scope}", counted, "researcher-years",
                      f"{percent(counted / years)} × {num(years)}, by `relevance`{marks}")  # fmt: skip

    def _speed(self, piece: LabPiece, by: tuple[str, str], speed: float) -> None:
        if by == HUMANS:
            wanted = f"{percent(self.work.law(self.lab).good_enough or 0.0)}{self._mark(self.lab, 'good_enough')}"
            text = f"a human's: no AI worker is faster and of quality {wanted} or more"
            self._add("serial speed on that day", speed, "x", text if speed else "nobody is at work")
            return
        source = next(item for item in piece.sources if item.model.name == by[1] and item.speed == speed)
        self._add("serial speed on that day", speed, "x",
                  f"{num(source.work)} humans' work / {num(source.workers)} AI workers; those of {by[1]} in"
                  f" {source.fleet}, both at inference efficiency 1")  # fmt: skip

    def _world(self) -> None:
        work, day = self.work, self.start
        each = [work.labour_at(lab, day) for lab in work.labs]
        others = work.elsewhere(day)
        text = _sum(each) if each else "0"
        if others:
            text += f" + {num(others)}{self.notes.mark('alignment', 'elsewhere', day=day)} elsewhere"
        labour = self._add("N of the world", work.labour_at(WORLD, day), "humans", text)
        base = work.base[WORLD]
        penalty = 1.0 if work.spec.parallel_penalty is None else work.spec.parallel_penalty
        self._add("N0 of the world", base, "humans", "the same on the base date")
        self._add("work on that day, world", work_rate(labour, base, penalty), "researcher-years a year",
                  _power(base, labour, penalty, self._mark(WORLD, "parallel_penalty")))  # fmt: skip
        self._dwell(WORLD)
        done = work.between(self.start, self.end)
        serial = sum(done.serial.values())
        days = self.end - self.start
        text = f"{num(serial / days)} on the mean × {num(days)} days"
        self._add("serial days in it, world", serial, "days", text)
        years, most, waits = enough(work, 0.0, self.end)
        why = f"; its share of the job waits for {waits}" if waits else ""
        what = f"all work from the start until {self._date(self.end)}, by `relevance` and `needs`{why}"
        self._add("break-even at its end", years, "researcher-years", what)
        self._add("of which at most", most, "serial days", "the same for serial days")


def _sum(values: list[float]) -> str:
    return " + ".join(map(num, values))


def _power(base: float, labour: float, penalty: float, mark: str) -> str:
    if penalty == 1.0:
        return f"{num(labour)}: lambda is 1{mark}"
    return f"{num(base)} × ({num(labour)} / {num(base)}) ^ {num(penalty)}{mark}"


def explain_alignment(
    scenario: Scenario, rates: Rates, dwell: str, lab: str | None = None, origins: Mapping[str, str] | None = None
) -> AlignmentExplanation:
    """Explain the alignment work of the dwell that begins with a level, or with `start`.

    lab: whose work is derived in detail; that of most work in the dwell, if None.
    Raises NotFound, with the nearest names, for a dwell or lab that is not there.
    """
    record = rates.record
    if not counts_alignment(record):
        raise NotFound("no alignment work is counted here: state `staff: {alignment: ...}` or an `alignment:` block")
    found = {name: (name, until, left, right) for name, until, left, right in dwells(record)}
    if dwell not in found:
        near = nearest_names(dwell, list(found))
        raise NotFound(f"no dwell begins with '{dwell}' in this run; {'nearest' if near else 'there are'}: "
                       f"{', '.join(near or found)}")  # fmt: skip
    labs = alignment_work(record, rates).labs
    if lab is not None and lab not in labs:
        raise NotFound(f"no lab '{lab}' does alignment work; there are: {', '.join(labs) or 'none'}")
    return AlignmentExplanation(scenario, rates, found[dwell], lab, origins or {})
