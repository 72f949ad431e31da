"""Alignment work over time, integrated exactly between the recorded steps: by humans and models, and what bound it."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import pairwise

from sim.base.piece import MOST_LOG_GROWTH
from sim.model.alignment import ALIGNMENT, Alignment
from sim.physics.alignment import verified, work_rate
from sim.physics.labour import joint_labour_nested
from sim.tables.alignment_done import HUMANS, WORLD, By, Done, Segment
from sim.tables.alignment_pieces import LabPiece, pieces_of, takes_part
from sim.tables.quadrature import integral_of
from sim.tables.rates import Rates
from sim.tables.steps import capped_integral, value_at
from sim.world.record import RunRecord

Labour = tuple[list[float], float]
"""(AI work that counts, source by source; labour of people and AIs), in full-time humans."""

STAFF, VERIFICATION, TRUST, SHARE_DOABLE, DEMAND, COMPUTE = REASONS = (
    "staff", "verification", "trust", "share doable", "demand", "compute",
)  # fmt: skip
"""What holds work down: nobody to do it, or no fleet; what people can verify; that a stronger model is not trusted yet;
tasks that only people can do; too little asked of the fleets; too few accelerators."""

ROUNDING = 1e-9
"""Share by which a number may miss a bound: rounding."""

BEYOND = 1e9
"""As many times the compute as would make it no limit."""


def counts_alignment(record: RunRecord) -> bool:
    """Whether the scenario counts alignment work: it has the block, or states alignment staff."""
    return record.draw.alignment is not None


class AlignmentWork:
    """All alignment work of a record, in segments cut at every day on which anybody asks for a sum."""

    def __init__(self, rates: Rates, days: Iterable[float]) -> None:
        """days: where intervals to be asked for begin or end, besides the levels' first crossings."""
        self.rates = rates
        self.record = record = rates.record
        draw = self.draw = record.draw
        assert draw.alignment is not None
        self.spec = draw.alignment
        self.substitution = -2.0 if draw.human.task_substitution is None else draw.human.task_substitution
        self.labs = [name for name in sorted(draw.labs) if takes_part(rates, name)]
        self.pieces = {lab: pieces_of(rates, lab) for lab in self.labs}
        self._starts = {lab: [piece.since for piece in line] for lab, line in self.pieces.items()}
        self.base = {scope: self._base(scope) for scope in (*self.labs, WORLD)}
        crossings = [day for day, _ in record.levels.values()]
        self._cuts = {min(max(0.0, day), record.end) for day in (0.0, record.end, *days, *crossings)}
        self.segments = self._segments()
        self._since = [segment.since for segment in self.segments]

    def law(self, scope: str) -> Alignment:
        """The settings of a lab, or of the world."""
        if scope == WORLD:
            return self.spec
        return self.draw.labs[scope].alignment or self.spec

    def between(self, start: float, end: float, scope: str = WORLD) -> Done:
        """The work of a scope in [start, end); both must be days that the segments were cut at."""
        result = Done()
        for n in range(bisect_left(self._since, max(0.0, start)), bisect_left(self._since, end)):
            result.add(self.segments[n].done[scope])
        return result

    def crossed(self, level: str, scope: str = WORLD) -> float | None:
        """Day on which a scope first had a model at a level; None if it never had."""
        found = self.record.levels.get((level, "" if scope == WORLD else scope))
        return None if found is None else found[0]

    def elsewhere(self, day: float) -> float:
        """People at work outside of the labs; none while the whole world stands still."""
        if all(self.rates.stands(lab, day) for lab in self.draw.labs):
            return 0.0
        return value_at(self.record.elsewhere.get(ALIGNMENT, []), day)

    def piece(self, lab: str, day: float) -> LabPiece:
        """How a lab is on a day."""
        return self.pieces[lab][max(0, bisect_right(self._starts[lab], day) - 1)]

    # Labour at an instant

    def used(self, lab: str, piece: LabPiece, efficiency: float) -> list[float]:
        """AI work that counts, source by source, in full-time humans."""
        law = self.law(lab)
        ai = [(source.doable, source.at(efficiency)) for source in piece.sources]
        return verified(ai, piece.people, law.verified_per_human or 0.0, law.oversight or 0.0)

    def labour(self, lab: str, piece: LabPiece, efficiency: float) -> float:
        """Labour of a lab's people and AIs, in full-time humans."""
        return self.joint(piece, self.used(lab, piece, efficiency))

    def joint(self, piece: LabPiece, used: list[float]) -> float:
        """Labour of people and of the AI work that counts, source by source, in full-time humans."""
        ai = [(source.doable, work) for source, work in zip(piece.sources, used, strict=True)]
        return joint_labour_nested(piece.people, ai, self.substitution)

    def labour_at(self, scope: str, day: float) -> float:
        """N of a scope on a day."""
        labs = self.labs if scope == WORLD else [scope]
        total = self.elsewhere(day) if scope == WORLD else 0.0
        for lab in labs:
            piece = self.piece(lab, day)
            total += self.labour(lab, piece, piece.efficiency.at(day))
        return total

    def _base(self, scope: str) -> float:
        """N0: N on the base date (the start, if that is not simulated), else on the first day after it with any."""
        base = self.draw.base_date if 0.0 <= self.draw.base_date < self.record.end else 0.0
        value = self.labour_at(scope, base)
        if value > 0.0:
            return value
        days = {day for day, _ in self.record.elsewhere.get(ALIGNMENT, [])} if scope == WORLD else set()
        days.update(day for lab in (self.labs if scope == WORLD else [scope]) for day in self._starts[lab])
        return next((found for day in sorted(days) if day > base and (found := self.labour_at(scope, day)) > 0.0), 0.0)

    # Integrals

    def _segments(self) -> list[Segment]:
        cuts = {*self._cuts, *(day for stands in self.record.standstills.values() for stand in stands for day in stand)}
        cuts.update(day for day, _ in self.record.elsewhere.get(ALIGNMENT, []))
        for lab in self.labs:
            cuts.update(self._starts[lab])
        end, result = self.record.end, []
        for left, right in pairwise(sorted(day for day in cuts if 0.0 <= day <= end)):
            here = {lab: self.piece(lab, left) for lab in self.labs}
            inner = {left, right}
            for lab, piece in here.items():
                inner.update(day for day in self._corners(lab, piece, left) if left < day < right)
            for since, until in pairwise(sorted(inner)):
                result.append(self._segment(here, since, until))
        return result

    def _corners(self, lab: str, piece: LabPiece, left: float) -> list[float]:
        """Days on which a lab's labour has a corner as its efficiency moves: demand, verification, share doable."""
        law = self.law(lab)
        kept = 1.0 - (law.oversight or 0.0)
        if not piece.sources or not piece.efficiency.rate or kept <= 0.0:
            return []
        limit = (law.verified_per_human or 0.0) * piece.people / kept
        shares = sorted({source.doable for source in piece.sources}, reverse=True)
        mosts = sorted({source.most for source in piece.sources if 0.0 < source.most < math.inf})
        targets = [limit]
        if len(shares) == 1 and 0.0 < shares[0] < 1.0:
            targets.append(shares[0] * piece.people / (1.0 - shares[0]) / kept)
        corners = list(mosts)
        for low, high in pairwise([0.0, *mosts, math.inf]):
            for widest in range(1, len(shares) + 1):
                among = [source for source in piece.sources if source.doable in shares[:widest]]
                grows = sum(source.work for source in among if source.most >= high)
                still = sum(source.work * source.most for source in among if source.most < high)
                if grows > 0.0:
                    found = ((target - still) / grows for target in targets)
                    corners += [at for at in found if low < at < high]
        return [left + piece.efficiency.moved(left).days_to(at) for at in corners]

    def _segment(self, here: dict[str, LabPiece], since: float, until: float) -> Segment:
        """Everything that is done in one segment."""
        span, middle = until - since, (since + until) / 2.0
        done = {scope: Done() for scope in (*self.labs, WORLD)}
        elsewhere = self.elsewhere(since)
        keys, held = self._keys(here), self._held(here, since, until)
        panels = self._panels([piece for lab, piece in here.items() if lab not in held], since, until)
        values = integral_of(lambda day: self._rates(here, elsewhere, held, day), since, until, panels)
        for (scope, by), value in zip(keys, values, strict=True):
            if value:
                done[scope].work[by] = done[scope].work.get(by, 0.0) + value
        people = elsewhere
        for lab, piece in here.items():
            mine, all_labs = done[lab], done[WORLD]
            reason = self._reason(lab, piece, piece.efficiency.at(middle))
            used = self._used_days(lab, piece, held.get(lab), since, until)
            people += piece.people
            if piece.people:
                mine.workers[HUMANS] = mine.offered[HUMANS] = mine.used[HUMANS] = piece.people * span
            for source, (raw, kept) in zip(piece.sources, used, strict=True):
                by = (lab, source.model.name)
                for part in (mine, all_labs):
                    part.workers[by] = part.workers.get(by, 0.0) + (raw * source.workers / source.work if source.work
                                                                    else 0.0)  # fmt: skip
                    part.offered[by] = part.offered.get(by, 0.0) + raw
                    part.used[by] = part.used.get(by, 0.0) + kept
            for part in (mine, all_labs):
                part.bound[reason] = part.bound.get(reason, 0.0) + span
        if people:
            done[WORLD].workers[HUMANS] = done[WORLD].offered[HUMANS] = done[WORLD].used[HUMANS] = people * span
        for scope, part in done.items():
            by, speed = self.fastest(scope, here, elsewhere)
            if speed > 0.0:
                part.serial[by] = speed * span
            counts = self.relevance(scope, since)
            part.counted = {key: value * counts for key, value in part.work.items()}
            part.serial_counted = {key: value * counts for key, value in part.serial.items()}
        return Segment(since, until, done)

    def _keys(self, here: dict[str, LabPiece]) -> list[tuple[str, By]]:
        """What `_rates` returns, in order."""
        models = [[(lab, source.model.name) for source in piece.sources] for lab, piece in here.items()]
        keys = [(lab, by) for lab, mine in zip(here, models, strict=True) for by in (HUMANS, *mine)]
        return keys + [(WORLD, HUMANS)] + [(WORLD, by) for mine in models for by in mine]

    def _held(self, here: dict[str, LabPiece], since: float, until: float) -> dict[str, Labour]:
        """What counts of labs' AI work, and their labour, where it does not move: it is held to what people verify."""
        result = {}
        for lab, piece in here.items():
            sources = piece.sources
            alike = len({source.doable for source in sources}) <= 1 and (
                len(sources) <= 1 or all(source.most == math.inf for source in sources)
            )
            if not piece.efficiency.rate or not sources or (alike and self._least(lab, piece, since, until) >= 1.0):
                used = self.used(lab, piece, piece.efficiency.at(since))
                result[lab] = used, self.joint(piece, used)
        return result

    def _least(self, lab: str, piece: LabPiece, since: float, until: float, most: bool = False) -> float:
        """The least (or the most) of a lab's AI work between two days, after oversight, over what people can verify."""
        law = self.law(lab)
        limit = (law.verified_per_human or 0.0) * piece.people
        ends = [sum(source.at(piece.efficiency.at(day)) for source in piece.sources) for day in (since, until)]
        work = (1.0 - (law.oversight or 0.0)) * (max(ends) if most else min(ends))
        return work / limit if limit else math.inf

    def _rates(
        self, here: dict[str, LabPiece], elsewhere: float, held: dict[str, Labour], day: float
    ) -> list[float]:
        """Researcher-years a year on a day: of each lab on its own and of the world, by humans and by each source.

        Humans: what they would do alone. The rest is the AIs': to labs by the labour that each has more than its
        people alone, to its models by the work of each that counts.
        """
        result, added, parts, people = [], [], [], elsewhere
        for lab, piece in here.items():
            if lab in held:
                used, labour = held[lab]
            else:
                used = self.used(lab, piece, piece.efficiency.at(day))
                labour = self.joint(piece, used)
            penalty, base = self._penalty(lab), self.base[lab]
            alone = work_rate(piece.people, base, penalty)
            more, whole = work_rate(labour, base, penalty) - alone, sum(used)
            mine = [work / whole if whole else 0.0 for work in used]
            result += [alone, *(more * share for share in mine)]
            people += piece.people
            added.append(labour - piece.people)
            parts.append(mine)
        penalty, base, more_labour = self._penalty(WORLD), self.base[WORLD], sum(added)
        alone = work_rate(people, base, penalty)
        more = work_rate(people + more_labour, base, penalty) - alone
        result.append(alone)
        for extra, mine in zip(added, parts, strict=True):
            result += [more * (extra / more_labour) * share if more_labour else 0.0 for share in mine]
        return result

    def _penalty(self, scope: str) -> float:
        penalty = self.law(scope).parallel_penalty
        return 1.0 if penalty is None else penalty

    def _panels(self, pieces: list[LabPiece], since: float, until: float) -> int:
        """Parts to integrate in: 0 if nothing moves; negative where there may be corners inside."""
        most, several = 0.0, False
        for piece in pieces:
            if piece.sources and piece.efficiency.rate:
                most = max(most, abs(math.log(piece.efficiency.at(until) / piece.efficiency.at(since))))
                several = several or len({source.doable for source in piece.sources}) > 1
        panels = math.ceil(most / MOST_LOG_GROWTH)
        return -panels if several else panels

    def _used_days(
        self, lab: str, piece: LabPiece, held: Labour | None, since: float, until: float
    ) -> list[tuple[float, float]]:
        """(human-equivalents · days offered, and those that count) of each source of a lab."""
        span, grows = until - since, piece.efficiency.moved(since)
        offered = [source.work * capped_integral(grows, span, source.most) for source in piece.sources]
        if held is not None:
            used = [amount * span for amount in held[0]]
        elif self._least(lab, piece, since, until, most=True) <= 1.0:
            used = [(1.0 - (self.law(lab).oversight or 0.0)) * amount for amount in offered]
        else:
            panels = abs(self._panels([piece], since, until))
            used = integral_of(lambda day: self.used(lab, piece, piece.efficiency.at(day)), since, until, panels)
        return list(zip(offered, used, strict=True))

    def _reason(self, lab: str, piece: LabPiece, efficiency: float) -> str:
        """What holds a lab's work down at an instant: the limit that, lifted alone, would give the most labour."""
        fleets = any(fleet.domain == ALIGNMENT for fleet in self.draw.labs[lab].fleets.values())
        if piece.people <= 0.0 or not fleets:
            return STAFF
        raw = [source.at(efficiency) for source in piece.sources]
        if sum(raw) <= 0.0:
            if any(source.work > 0.0 for source in piece.sources):
                return DEMAND
            return TRUST if piece.untrusted else COMPUTE
        kept, used = 1.0 - (self.law(lab).oversight or 0.0), self.used(lab, piece, efficiency)
        lifted = {}  # of those that give as much the first
        cut = sum(used) < kept * sum(raw) * (1.0 - ROUNDING)
        if cut:
            lifted[VERIFICATION] = self.joint(piece, [kept * work for work in raw])
        if piece.better:
            lifted[TRUST] = self.labour(lab, piece._replace(sources=piece.better), efficiency)
        lifted[SHARE_DOABLE] = piece.people + sum(used)
        if any(source.most < efficiency for source in piece.sources):
            free = [source._replace(most=math.inf) for source in piece.sources]
            lifted[DEMAND] = self.labour(lab, piece._replace(sources=free), efficiency)
        if not cut or len({source.doable for source in piece.sources}) > 1:
            lifted[COMPUTE] = self.labour(lab, piece, efficiency * BEYOND)
        return max(lifted, key=lambda reason: lifted[reason])

    def fastest(self, scope: str, here: dict[str, LabPiece], elsewhere: float) -> tuple[By, float]:
        """Who is the fastest worker that is good enough, and its speed: 1 for a human, 0 if there is nobody."""
        best, speed = HUMANS, 1.0 if scope == WORLD and elsewhere > 0.0 else 0.0
        for lab in here if scope == WORLD else [scope]:
            piece, wanted = here[lab], self.law(lab).good_enough or 0.0
            if piece.people <= 0.0:
                continue  # nobody would verify what an AI does
            speed = max(speed, 1.0)
            for source in piece.sources:
                good = source.quality >= wanted * (1.0 - ROUNDING) and source.work > 0.0 and source.most > 0.0
                if good and source.speed > speed:
                    best, speed = (lab, source.model.name), source.speed
        return best, speed

    def relevance(self, scope: str, day: float) -> float:
        """Share that work of a day counts: the least of those of levels that were not reached then."""
        shares = [1.0]
        for level, part in self.spec.relevance.items():
            crossed = self.crossed(level, scope)
            if crossed is None or crossed > day:
                shares.append(part)
        return min(shares)
