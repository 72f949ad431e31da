"""Alignment work over time, integrated exactly between the recorded steps: by humans and models, and what bound it."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from sim.base.series import GAUSS_LEGENDRE, MOST_LOG_GROWTH, Piece
from sim.model.alignment import ALIGNMENT, Alignment
from sim.physics.alignment import verified, work_rate, worker_speed
from sim.physics.labour import joint_labour_nested
from sim.tables.deployed import fleet_pieces
from sim.tables.rates import Rates
from sim.tables.steps import capped_integral, value_at
from sim.world.record import ModelRecord, RunRecord

WORLD = "world"
"""All labs and the people elsewhere together."""

By = tuple[str, str]
"""(lab, model) that did the work; (empty, empty): humans."""

HUMANS: By = ("", "")

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

ACCURACY, DEEPEST = 1e-12, 24
"""Of the integrals that have corners at unknown days: relative error, and how often an interval may be halved."""


class Source(NamedTuple):
    """One model in one fleet, at inference efficiency 1."""

    model: ModelRecord
    fleet: str
    doable: float
    quality: float
    speed: float
    """Of one worker, against a human."""
    work: float
    """Full-time humans."""
    workers: float
    most: float
    """Efficiency from which demand holds it down."""

    def at(self, efficiency: float) -> float:
        """Human-equivalents."""
        return self.work * min(efficiency, self.most)


class LabPiece(NamedTuple):
    """A lab between two days on which nothing but its inference efficiency moves."""

    since: float
    until: float
    people: float
    """Who do alignment work: the staff without those who verify models."""
    efficiency: Piece
    sources: list[Source]
    better: list[Source]
    """The sources if they ran the lab's strongest model on as many tokens; empty if that is trusted."""
    untrusted: bool
    """Whether that is not trusted."""


@dataclass(slots=True)
class Done:
    """Work of some days in one scope: a lab on its own, or the world."""

    work: dict[By, float] = field(default_factory=dict)
    """Researcher-days."""
    counted: dict[By, float] = field(default_factory=dict)
    """Of them what counts, by `relevance`."""
    serial: dict[By, float] = field(default_factory=dict)
    """Serial days, of whoever was the fastest."""
    serial_counted: dict[By, float] = field(default_factory=dict)
    bound: dict[str, float] = field(default_factory=dict)
    """Days that each reason held; of the world: lab-days."""
    workers: dict[By, float] = field(default_factory=dict)
    """Worker-days: people, or AI workers for which there was demand."""
    offered: dict[By, float] = field(default_factory=dict)
    """Human-equivalents · days before oversight and verification."""
    used: dict[By, float] = field(default_factory=dict)
    """Human-equivalents · days after them."""

    def add(self, other: Done) -> None:
        """Add the work of more days."""
        for name in self.__slots__:
            mine, theirs = getattr(self, name), getattr(other, name)
            for key, value in theirs.items():
                mine[key] = mine.get(key, 0.0) + value


class Segment(NamedTuple):
    """The work of all scopes between two days."""

    since: float
    until: float
    done: dict[str, Done]


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
        self.labs = [name for name in sorted(draw.labs) if self._takes_part(name)]
        self.pieces = {lab: self._pieces(lab) for lab in self.labs}
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

    # What each lab has

    def _takes_part(self, lab: str) -> bool:
        fleets = self.draw.labs[lab].fleets.values()
        return (lab, ALIGNMENT) in self.record.staff or any(fleet.domain == ALIGNMENT for fleet in fleets)

    def _pieces(self, lab: str) -> list[LabPiece]:
        rates, record, spec = self.rates, self.record, self.draw.labs[lab]
        end = record.end
        staff = record.staff.get((lab, ALIGNMENT), [])
        verifiers = record.verifiers.get(lab, [])
        lines = []
        for name, fleet in sorted(spec.fleets.items()):
            if fleet.domain == ALIGNMENT:
                found = list(fleet_pieces(rates, lab, name, 0.0, end))
                lines.append((name, [since for since, *_ in found], found))
        untrusted = self._untrusted(lab)
        cuts = {0.0, *(day for steps in (staff, verifiers) for day, _ in steps), *(day for day, _ in untrusted)}
        cuts.update(day for stand in record.standstills.get(lab, ()) for day in stand)
        cuts.update(day for _, _, found in lines for since, until, *_ in found for day in (since, until))
        growth, result = record.inference_efficiency[lab], []
        for left, right in pairwise(sorted({day for day in cuts if 0.0 <= day < end} | {end})):
            sources, better = [], []
            place = bisect_right(untrusted, left, key=lambda item: item[0]) - 1
            stronger = untrusted[place][1] if place >= 0 else None
            for name, starts, found in lines:
                n = bisect_right(starts, left) - 1
                if n >= 0 and left < found[n][1]:
                    mine = self._sources(lab, name, left, found[n][3])
                    sources += mine
                    if stronger is not None:
                        better += [self._better(source, stronger, lab, name, left) for source in mine]
            people = value_at(staff, left) - value_at(verifiers, left)
            if rates.stands(lab, left):
                people = 0.0
            efficiency = growth.piece_at(left).moved(left)
            result.append(LabPiece(left, right, people, efficiency, sources, better, stronger is not None))
        return result

    def _sources(self, lab: str, name: str, day: float, parts: list[tuple[str, float, float]]) -> list[Source]:
        rates, fleet, human = self.rates, self.draw.labs[lab].fleets[name], self.draw.human
        domain, think, inference = self.draw.domains[ALIGNMENT], fleet.think_x or 1.0, fleet.inference
        demand, total = self.record.demand.get((lab, name)), sum(tokens for _, tokens, _ in parts)
        if total <= 0.0:
            return []
        most = math.inf if demand is None else value_at(demand, day) / total
        generating, hours = inference.generating_share or 1.0, human.work_hours_per_week or 40.0
        result = []
        for model_name, tokens, copies in parts:
            model = rates.models[lab, model_name]
            quality = rates.quality(model, domain, inference, day, think)
            per_hour = rates.tokens_per_human_hour(domain) * think
            result.append(Source(
                model, name, rates.share_doable(model, domain, think), quality,
                worker_speed(tokens / copies, generating, per_hour, hours, quality) if copies else 0.0,
                tokens * rates.worth(model, domain, inference, day, think), copies / generating, most,
            ))  # fmt: skip
        return result

    def _better(self, source: Source, stronger: ModelRecord, lab: str, name: str, day: float) -> Source:
        """A source as it would be with another model on as many tokens."""
        fleet, domain = self.draw.labs[lab].fleets[name], self.draw.domains[ALIGNMENT]
        think = fleet.think_x or 1.0
        quality = self.rates.quality(stronger, domain, fleet.inference, day, think)
        work = source.work * quality / source.quality if source.quality else 0.0
        doable = self.rates.share_doable(stronger, domain, think)
        return source._replace(model=stronger, doable=doable, quality=quality, work=work)

    def _untrusted(self, lab: str) -> list[tuple[float, ModelRecord | None]]:
        """(day, the lab's strongest model from then on, or None if it trusts one as strong)."""
        spec = self.draw.labs[lab].alignment
        if spec is None or spec.trust is None:
            return []
        mine = [model for (owner, _), model in sorted(self.rates.models.items()) if owner == lab]
        since = {id(model): self.record.trusted.get((lab, model.name), math.inf) for model in mine}
        result: list[tuple[float, ModelRecord | None]] = []
        for day in sorted({max(0.0, m.internal) for m in mine} | {day for day in since.values() if day < math.inf}):
            here = [model for model in mine if model.internal <= day]
            best = max(here, key=lambda model: model.capability(ALIGNMENT))
            most = max((m.capability(ALIGNMENT) for m in here if since[id(m)] <= day), default=0.0)
            result.append((day, best if best.capability(ALIGNMENT) > most else None))
        return result

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
        values = _integral(lambda day: self._rates(here, elsewhere, held, day), since, until, panels)
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
            used = _integral(lambda day: self.used(lab, piece, piece.efficiency.at(day)), since, until, panels)
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


def _integral(rate: Callable[[float], list[float]], start: float, end: float, panels: int) -> list[float]:
    """∫ of several rates over [start, end): exact where nothing moves (panels 0), else by quadrature, to rounding.

    panels negative: there may be corners inside, and each part is halved until that changes nothing.
    """
    if not panels:
        return [value * (end - start) for value in rate((start + end) / 2.0)]
    width = (end - start) / abs(panels)
    total: list[float] = []
    for k in range(abs(panels)):
        left = start + width * k
        part = _gauss(rate, left, left + width)
        if panels < 0:
            part = _halved(rate, left, left + width, part, ACCURACY * sum(map(abs, part)), DEEPEST)
        total = [a + b for a, b in zip(total, part, strict=True)] if total else part
    return total


def _gauss(rate: Callable[[float], list[float]], left: float, right: float) -> list[float]:
    width, total = right - left, None
    for place, weight in GAUSS_LEGENDRE:
        values = [weight * width * value for value in rate(left + width * place)]
        total = values if total is None else [a + b for a, b in zip(total, values, strict=True)]
    assert total is not None
    return total


def _halved(
    rate: Callable[[float], list[float]], left: float, right: float, whole: list[float], error: float, deepest: int
) -> list[float]:
    """The integral again in halves, until that changes it by no more than `error`, which is of the whole part."""
    middle = (left + right) / 2.0
    one, two = _gauss(rate, left, middle), _gauss(rate, middle, right)
    halves = [a + b for a, b in zip(one, two, strict=True)]
    changed = sum(abs(a - b) for a, b in zip(halves, whole, strict=True))
    if changed <= error or not deepest or not left < middle < right:
        return halves
    return [a + b for a, b in zip(_halved(rate, left, middle, one, error, deepest - 1),
                                  _halved(rate, middle, right, two, error, deepest - 1), strict=True)]  # fmt: skip
