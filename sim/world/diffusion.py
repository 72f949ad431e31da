"""What a lab finds in software reaches others: whole after a lag, or a fraction of the leader's speed while behind.

A lag passes on the leader's pieces, so that a follower follows in closed form. A fraction c of the leader's growth
rate, held at the middle of the follower's stretch, adds c·A to its law; a follower that has drawn level moves with the
leader if its own research alone is slower.
"""

from __future__ import annotations

from math import exp, inf, log
from typing import TYPE_CHECKING, Any, Final

from sim.base.calendar import tick
from sim.base.piece import MOST_LOG, Piece
from sim.physics.software import law_piece
from sim.world.agenda import Order
from sim.world.link import Link
from sim.world.progress import SHORTEST_STEP_DAYS, Progress
from sim.world.stretch import HELD

if TYPE_CHECKING:
    from sim.world.world import World

LEVEL: Final = 1e-8
"""Relative difference of two efficiencies below which one lab has drawn level with the other."""

JUMP: Final = 1e-6
"""Relative jump of an efficiency that is told of as an event."""


class Sources:
    """All that one lab learns from, and from whom it does at present."""

    __slots__ = ("links", "now")

    def __init__(self, links: list[Link]) -> None:
        self.links = links
        self.now: tuple[str, Link | None] = ("", None)
        """("follows" or "copies", from whom), or nobody."""

    def catch_up(self, follower: Progress, efficiency: float) -> float:
        """The follower's efficiency today, raised to what has reached it."""
        day = follower.lab.world.agenda.day
        most, by = efficiency, None
        for link in self.links:
            if link.lag is not None and (value := link.reached(day).value) > most:
                most, by = value, link
        if by is not None and most > efficiency * (1.0 + JUMP):
            self._tell(follower, "follows", by, most, most / efficiency)
            self.now = ("follows", by)
        return most

    def matter(self, follower: Progress) -> bool:
        """Whether what has come here until today can move the follower before it is looked at next.

        Else that would find its course anew, tell those who learn from it, and so, where labs learn from each other in
        a circle, come back a lag later, again and again.
        """
        day, until = follower.agenda.day, min(follower.until, follower.end)
        if self.now[1] is not None or follower.efficiencies.stood is not None or until <= day:
            return True
        own = follower.efficiencies.pieces[-1].moved(day)
        for link in self.links:
            if link.lag is None:
                return True
            curve, span = link.reached(day), until - day
            if curve.value >= own.value * (1.0 - LEVEL) or _crossing(own, curve, span) < span:
                return True
        return False

    def outlook(self, day: float, efficiency: float, horizon: float) -> tuple[float, float]:
        """Days (at most `horizon`) until the lab whose speed comes here is looked at again, and what comes of it today.

        What is held at the middle of a stretch must not be held at the middle of a longer one.
        """
        found = []
        for link in self.links:
            if link.fraction:
                curve = link.reached(day)
                alone = link.progress is None or link.progress.sources is None  # else two may wait for each other
                if curve.value > efficiency * (1.0 - LEVEL if alone else 1.0 + LEVEL):
                    found.append((link, curve))
        if not found:
            return horizon, 0.0
        leader, curve = _furthest(found)
        days = min(_held_for(curve), leader.next_look(day) - day)
        if days > SHORTEST_STEP_DAYS:
            horizon = min(horizon, days)
        return horizon, _given(leader, curve)

    def combine(
        self, follower: Progress, own: Piece, horizon: float, target: float
    ) -> tuple[Piece, float]:
        """The follower's piece from today on, its own law being `own`, and the days for which it can hold."""
        day, efficiency = own.day, own.value
        curves = [(link, link.reached(day)) for link in self.links]
        at_least, at_most = efficiency * (1.0 - LEVEL), efficiency * (1.0 + LEVEL)
        level = [(curve.rate, n) for n, (_, curve) in enumerate(curves) if at_least <= curve.value <= at_most]
        ahead = [(link, curve) for link, curve in curves if link.fraction and curve.value > at_most]
        piece, fastest = own, 0.0
        now: tuple[str, Link | None] = ("", None)
        if ahead:
            link, curve = _furthest(ahead)
            piece, now = self._copied(follower, own, horizon, target, link, curve), ("copies", link)
        for _, n in sorted(level, reverse=True):
            link, curve = curves[n]
            if curve.rate <= piece.rate:
                break
            if _moved_by(link, follower) or (link.pooled and _led(link, self.links)):
                continue  # it moves with this lab itself
            if link.fraction:
                copied = self._copied(follower, own, horizon, target, link, curve)
                if copied.rate < curve.rate:  # it will not keep up: it falls behind all that are as fast
                    first = now[0] != "copies"
                    if not ahead and (first or (curve.rate >= fastest and copied.rate > piece.rate)):
                        piece, now, fastest = copied, ("copies", link), curve.rate * (1.0 - LEVEL)
                    continue
            leaves = _leaves(own, curve)
            if leaves > SHORTEST_STEP_DAYS:
                piece, now, horizon = curve, ("follows", link), min(horizon, leaves)
            break
        if now != self.now:
            self.now = now
            if now[1] is not None:
                self._tell(follower, now[0], now[1], piece.value, 1.0)
        span = min(horizon, piece.days_to(target))
        for link, curve in curves:
            if link is not now[1] or now[0] != "follows":
                span = min(span, _crossing(piece, curve, span))
        return piece, min(horizon, span)

    def _copied(
        self, follower: Progress, own: Piece, horizon: float, target: float, link: Link, curve: Piece
    ) -> Piece:
        """The law with a fraction of the leader's rate, held at the middle of the stretch."""
        returns = 1.0 / own.power if own.power else 0.0
        first = law_piece(own.day, own.value, own.rate, returns, _given(link, curve))
        span = min(horizon, first.days_to(target), _held_for(curve))
        return law_piece(own.day, own.value, own.rate, returns, _given(link, curve.moved(own.day + span / 2.0)))

    def _tell(self, follower: Progress, word: str, link: Link, value: float, jump: float) -> None:
        details: dict[str, Any] = {word: link.name, "how": link.how}
        if link.lag is None:
            details["fraction"] = link.fraction
        else:
            details["lag_days"] = link.lag
        if jump > 1.0:
            details["jump_x"] = jump
        world = follower.lab.world
        event = world.event(
            follower.lab.name, "software_diffusion", link.name, value, "effective per physical FLOP", details,
            link.last_step(world.agenda.day),
        )  # fmt: skip
        follower.causes.append(event)

    def explain(self, day: float, details: dict[str, Any]) -> tuple[int, ...]:
        """What a step of the follower owes to others: said in `details`, and their steps that caused it."""
        word, link = self.now
        if link is None:
            return ()
        details[word] = link.name
        return link.last_step(day)


def _furthest(ahead: list[tuple[Link, Piece]]) -> tuple[Link, Piece]:
    """Of the curves ahead the one furthest so; of several that are level with it the one from which most comes."""
    most = max(curve.value for _, curve in ahead) * (1.0 - LEVEL)
    return max((item for item in reversed(ahead) if item[1].value >= most), key=_comes)


def _given(link: Link, curve: Piece) -> float:
    """What a link's fraction adds to the growth rate of who is behind: nothing from one whose efficiency falls."""
    return link.fraction * max(0.0, curve.rate)


def _held_for(curve: Piece) -> float:
    """Days for which a leader's rate may be held at its middle."""
    return curve.days_to(curve.value * HELD) if curve.rate > 0.0 else inf


def _comes(item: tuple[Link, Piece]) -> float:
    link, curve = item
    return link.fraction * curve.rate


def _led(link: Link, links: list[Link]) -> bool:
    """Whether a lab of a pool moves with another of it, which is among these links: that one is to be followed.

    With a lab of another pool, which one of its own is in too, it moves for all of its own.
    """
    sources = None if link.progress is None else link.progress.sources
    if sources is None or sources.now[0] != "follows" or sources.now[1] is None or not sources.now[1].pooled:
        return False
    return any(other.pooled and other.name == sources.now[1].name for other in links)


def _moved_by(link: Link, lab: Progress) -> bool:
    """Whether the curve of a link is, without any lag, the lab's own."""
    seen: set[str] = set()
    at: Link | None = link
    while at is not None and not at.lag and at.progress is not None and at.name not in seen:
        if at.progress is lab:
            return True
        seen.add(at.name)
        sources = at.progress.sources
        at = sources.now[1] if sources is not None and sources.now[0] == "follows" else None
    return False


def _leaves(own: Piece, curve: Piece) -> float:
    """Days until the own law of a lab that follows a curve makes it faster than that; infinite if it never does.

    Both are level at first, the own law slower. Its speed goes by A alone, and so does the curve's without a pull.
    """
    if own.rate <= 0.0 or curve.rate <= 0.0:
        return inf
    if curve.pull:
        return _leaves_pulled(own, curve)
    bend = (1.0 / curve.power if curve.power else 0.0) - (1.0 / own.power if own.power else 0.0)
    if bend <= 0.0:
        return inf
    log_growth = log(curve.rate / own.rate) / bend
    return curve.days_to(curve.value * exp(log_growth)) if log_growth < MOST_LOG else inf


def _leaves_pulled(own: Piece, curve: Piece) -> float:
    """The same where the curve has a pull, over the days in which it grows by a step."""

    def slower(days: float) -> bool:
        there = curve.moved(curve.day + days)
        return own.rate_where(there.value) < there.rate

    low, high = 0.0, _held_for(curve)
    if slower(high):
        return inf
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if slower(middle) else (low, middle)
    return high


def _crossing(own: Piece, other: Piece, span: float) -> float:
    """Days from `own.day` on, below `span`, at which two curves cross; `span` if they do not."""

    def lead(days: float) -> float:
        return own.at(own.day + days) - other.at(own.day + days)

    first, last = lead(0.0), lead(span)
    rounding = 0.0
    if abs(first) <= LEVEL * own.value:  # level: they part, and may cross later
        first, rounding = own.rate - other.rate, LEVEL * own.value
    if not first or first * last >= -abs(first) * rounding:
        return span
    low, high = 0.0, span
    for _ in range(60):
        middle = (low + high) / 2.0
        if lead(middle) * first > -abs(first) * rounding:
            low = middle
        else:
            high = middle
    return high


def set_up(world: World) -> None:
    """Link the labs as the draw's rules say; put on the agenda when pieces that are known from the start arrive."""
    progress = {lab.name: lab.progress for lab in world.labs if lab.progress is not None}
    links: dict[str, list[Link]] = {}
    for rule in world.draw.diffusion:
        for name in rule.receivers or sorted(progress):
            follower = progress[name]
            for source in rule.sources or [lab.name for lab in world.labs if not lab.spec.covert]:
                if source == name:
                    continue
                leader = progress.get(source)
                link = Link(source, world, leader, rule)
                links.setdefault(name, []).append(link)
                if leader is not None:
                    leader.followers.append((link.lag or 0.0, follower))
                for piece in link.laws[source].pieces[1:]:  # the first holds before its day too
                    day = tick(piece.day + (link.lag or 0.0))
                    if 0.0 < day < world.end:
                        world.agenda.put(day, Order.SERIES, name, follower.passed_on)
    for name, found in links.items():
        progress[name].sources = Sources(found)
    rank_all(progress, links)


def pass_on(world: World, source: str) -> None:
    """The law of a lab that no research drives takes another course today: tell those who learn from it, in time."""
    for lab in world.labs:
        if lab.progress is not None and lab.progress.sources is not None:
            for link in lab.progress.sources.links:
                if link.name == source and link.progress is None:
                    day = tick(world.agenda.day + (link.lag or 0.0))
                    world.agenda.put(day, Order.SERIES, lab.name, lab.progress.passed_on)


def rank_all(progress: dict[str, Progress], links: dict[str, list[Link]]) -> None:
    """Labs whose findings reach others at once are predicted before those, however many stand in a row."""
    at_once = {name: [link.name for link in found if link.lag == 0.0] for name, found in links.items()}
    for _ in progress:
        changed = False
        for name, sources in at_once.items():
            rank = max((progress[source].rank + 1 for source in sources if source in progress), default=0)
            if rank > progress[name].rank:
                progress[name].rank, changed = rank, True
        if not changed:
            break
