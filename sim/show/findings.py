"""The answer to a scenario's question in a few sentences: the titles of the pictures that show it."""

from __future__ import annotations

from statistics import median

from sim.base.words import plural
from sim.show.closing_strips import Strip, at_once, closed, strips
from sim.show.deployed import Workforce, summed, workforces
from sim.show.openings import Point, best, points, shown
from sim.show.simulated import Simulated, month, start_of
from sim.show.style import brief, number
from sim.tables.beyond_peak import beyond_peak
from sim.tables.closings import FACTORS

BEYOND = ", more than its chips can at peak"
TOO_FAST = f"{BEYOND} (see the warnings)"


def findings(result: Simulated) -> list[str]:
    """How many copies, how long the windows, how large the workforce; none of what there is nothing to say about."""
    found = []
    models = shown(points(result))
    if any(point.known for point in models):
        found.append(copies_headline(models) + TOO_FAST * beyond(result, models))
    windows = strips(result)
    if windows:
        found.append(windows_headline(windows, start_of(result)))
    labs = workforces(result)
    if labs:
        found.append(workforce_headline(labs))
    return [f"{text}." for text in found]


def sentence(text: str) -> str:
    """A warning as a sentence: with a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def beyond(result: Simulated, models: list[Point]) -> bool:
    """Whether the model whose copies are told makes more tokens/s than its parameters allow at its chips' peak."""
    top = best(models)
    return top is not None and (top.lab, top.model) in beyond_peak(result.rates)


def ends_beyond(result: Simulated, labs: dict[str, Workforce]) -> bool:
    """Whether at the end a model runs that makes more tokens/s than its parameters allow at its chips' peak."""
    fast = beyond_peak(result.rates)
    last = max((x for mine in labs.values() for x in mine.total), default=0.0)
    return any(mine.copies.get(model, {}).get(last, 0.0) > 0.0 for lab, mine in labs.items()
               for owner, model in fast if owner == lab)  # fmt: skip


def copies_headline(found: list[Point]) -> str:
    """The finding: the strongest model's copies, from its training chips alone and from the lab's inference fleets."""
    top = best(found)
    if top is None:
        return "No copies could run: no fleet holds accelerators when a model opens"
    model, lab = brief(top.model), brief(top.lab)
    if not top.training:
        return f"{model}: {lab}'s fleets could run {number(top.fleet)} copies the day that it opened"
    alone = f"{model}'s training chips alone could run {number(top.training)} copies"
    if not top.fleet or number(top.fleet) == number(top.training):
        return f"{alone} ({number(top.training_tokens_per_s)} tokens/s)"
    return f"{alone}; {lab}'s inference fleets {number(top.fleet)}"


def windows_headline(found: list[Strip], start: float) -> str:
    """The finding: median closed windows at the first factor, own and frontier."""
    factor = FACTORS[0]
    own, anywhere = (closed(found, scope, start) for scope in ("own", "frontier"))
    besides = [at_once(found, scope, start) for scope in ("own", "frontier")]
    if not own and not anywhere:
        ends = [(strip.closings["frontier", factor], brief(strip.name)) for strip in found]
        still = [(length, name) for (_, is_open, length), name in ends if is_open]
        length, longest = max(still)  # the strongest of all is among them
        days = f"{number(length, 3)}\u00a0days"
        if len(found) == 1:
            return f"{longest}'s window is still open after {days}"
        none = "No window has closed" if len(still) == len(found) else "No new model has been surpassed"
        if any(besides):
            none = f"{plural(max(besides), 'new model')} surpassed on the first day, no other since"
        return f"{none}: {longest} has gone unsurpassed for {days}"
    if len({strip.lab for strip in found}) == 1:
        left = f", besides {besides[0]} surpassed on their first day" if besides[0] else ""
        return f"A model twice as strong came after {_days(own)} (median of {plural(len(own), 'closed window')}{left})"
    parts = []
    for values, count, where in ((own, besides[0], "the same lab"), (anywhere, besides[1], "any lab")):
        left = f" (besides {count} of {len(values) + count} surpassed on their first day)" if count else ""
        parts += [f"{_days(values)} at {where}{left}"] if values else []
    return f"Median time until a model twice as strong: {', '.join(parts)}"


def _days(values: list[float]) -> str:
    return f"{median(values):,.0f}\u00a0days"


def workforce_headline(labs: dict[str, Workforce]) -> str:
    """The finding: copies and human-equivalents in the first and the last interval that has any."""
    copies = summed({lab: mine.busy or mine.total for lab, mine in labs.items()})
    equivalents = summed({lab: summed(mine.equivalents) for lab, mine in labs.items()})
    some = [x for x, value in copies.items() if value > 0.0]
    who = f"{brief(next(iter(labs)))}'s" if len(labs) == 1 else f"{len(labs)} labs'"
    first, last = some[0], some[-1]
    worth = equivalents.get(last, 0.0)
    more = f", worth {number(worth)} humans on the tasks they can do" if worth > 0.0 else ""
    if first == last:
        return f"{who} accelerators ran {number(copies[last])} copies{more}"
    since, until = month(first), month(last)
    return f"{who} AI workforce: {number(copies[first])} copies in {since}, {number(copies[last])} in {until}{more}"
