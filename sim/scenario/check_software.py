"""Contradictions about software: what its growth follows, how it spreads, and what is stolen."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise

from sim.base.units import DAYS_PER_YEAR
from sim.model.declare import parameters
from sim.model.domain import RESEARCH
from sim.model.lab import EXPERIMENTS
from sim.scenario.check_names import no_such
from sim.scenario.problem import Place, Problems, join
from sim.scenario.quantity import Plain, Quantity, Timeline
from sim.scenario.spec import Spec


def check_software(root: Spec, start: float | None, problems: Problems) -> None:
    """Adds a problem for each contradiction about software in a complete scenario."""
    labs = {lab.name: lab for lab in root.blocks("labs")}
    following = [name for name, lab in labs.items() if follows_research(lab)]
    for name in following:
        check_feedback(labs[name], root, start, problems)
    for lab in labs.values():
        check_open(lab, problems)
    _diffusion(root, list(labs), following, problems)
    for theft in root.blocks("thefts"):
        _theft(theft, list(labs), following, problems)


def check_open(lab: Spec, problems: Problems) -> None:
    """Weights cannot be open before the model is there, nor open of a run whose models are never public."""
    for model in lab.blocks("models"):
        since, opened = model.values.get("internal"), model.values.get("opened")
        if not isinstance(since, Quantity):
            since = model.values.get("public")
        if isinstance(since, Quantity) and isinstance(opened, Quantity) and opened.central < since.central:
            problems.add(opened.place, opened.path, f"its weights cannot be open before it is there, on {since.text}")
    for run in lab.blocks("runs"):
        declared = parameters(run.of)
        for one, other in (("opened", "open_after_days"), ("opened", "every"), ("open_after_days", "internal_only")):
            if run.has(one) and (run.has(other) if other != "internal_only" else bool(run.plain(other))):
                key, second = declared[one].key, declared[other].key
                problems.add(run.where(one), join(run.path, key), f"state either `{key}` or `{second}`, not both")


def follows_research(lab: Spec) -> bool:
    """Whether a lab's software has `feedback`."""
    software = lab.block("software")
    return software is not None and bool(software.plain("feedback"))


def check_feedback(lab: Spec, root: Spec, start: float | None, problems: Problems) -> None:
    """Adds a problem for each contradiction in a lab's software that follows its research."""
    software = lab.block("software")
    assert software is not None

    def tell(field_name: str, key: str, message: str, spec: Spec = software) -> None:
        problems.add(_place(spec, field_name), join(spec.path, key), message)

    if software.has("training_efficiency"):
        tell("feedback", "feedback", "with `feedback` research makes training efficiency: state its growth at first as "
             "`training`, not a series `training_efficiency`")  # fmt: skip
        return
    growth = software.values.get("training_growth")
    if isinstance(growth, Quantity) and growth.central < 1.0:
        message = f"with `feedback` research makes progress: at least 1x per year, got {growth.text}"
        problems.add(growth.place, growth.path, message)
    base = root.values.get("base_date")
    base_day = base.central - start if isinstance(base, Quantity) and start is not None else 0.0
    begins, text = max(0.0, base_day), "its first day"
    stated = software.values.get("feedback_from")
    if isinstance(stated, Quantity) and start is not None:
        begins, text = stated.central - start, stated.text
        if begins < 0.0:
            message = f"research is simulated from the start on: `feedback_from` cannot be before, on {text}"
            problems.add(stated.place, stated.path, message)
    limit = software.values.get("limit")
    if isinstance(limit, Quantity) and isinstance(growth, Quantity):
        then = growth.central ** ((begins - base_day) / DAYS_PER_YEAR)
        if limit.central <= then:
            tell("limit", "limit", f"training efficiency is {then:.3g} on {text}, beyond the limit {limit.text}")
    share = software.number("labour_share")
    if share is None or share > 0.0:
        staff = lab.values.get("staff")
        people = staff.get(RESEARCH) if isinstance(staff, dict) else None
        if people is None and "staff" not in lab.broken:
            message = f"`feedback` needs the people who do research: state `{RESEARCH}` in `staff:`"
            problems.add(lab.where("staff"), join(lab.path, "staff"), message)
        elif isinstance(people, Timeline) and start is not None:
            if people.series(start, lambda quantity: quantity.central).at(begins) <= 0.0:
                problems.add(people.place, people.path, f"`feedback` needs people who do research on {text}")
    if share is None or share < 1.0:
        use = lab.values.get("use")
        line = use.get(EXPERIMENTS) if isinstance(use, dict) else None
        if isinstance(use, dict) and line is None:
            message = f"`feedback` needs a share for `{EXPERIMENTS}`: research is labour and experiments"
            problems.add(lab.where("use"), join(lab.path, "use"), message)


def _place(spec: Spec, field_name: str) -> Place:
    value = spec.values.get(field_name)
    place = getattr(value, "place", None)
    return place if place is not None else spec.where(field_name)


def _diffusion(root: Spec, labs: list[str], following: list[str], problems: Problems) -> None:
    seen: dict[tuple[str, str], Spec] = {}
    at_once: dict[str, list[str]] = {}
    for rule in root.blocks("diffusion"):
        stated = [name for name in ("lag_days", "fraction") if rule.has(name)]
        if len(stated) != 1:
            got = "both" if stated else "neither"
            problems.add(rule.place, rule.path, f"state exactly one of `after` and `fraction`; got {got}")
        sources = _names_of(rule, "sources", labs, "lab", problems)
        receivers = _names_of(rule, "receivers", labs, "lab", problems)
        if sources is None or receivers is None:
            continue
        if not rule.has("receivers"):
            receivers = following
            if not following:
                message = "what is found reaches nobody: no lab has software with `feedback: on`"
                problems.add(rule.place, rule.path, message)
        for receiver in receivers:
            if receiver not in following:
                message = f"{receiver} can learn only if its software has `feedback: on`; its growth is given"
                problems.add(_place(rule, "receivers"), join(rule.path, "to"), message)
        if sources and list(sources) == list(receivers) and len(set(sources)) == 1:
            problems.add(rule.place, rule.path, f"{sources[0]} cannot learn from itself")
        for source, receiver in _pairs(sources or labs, receivers):
            if (source, receiver) in seen:
                first = seen[source, receiver].place.line
                message = f"it is stated twice how what {source} finds reaches {receiver}; first in line {first}"
                problems.add(rule.place, rule.path, message)
                break
            seen[source, receiver] = rule
            lag = rule.number("lag_days")
            if lag == 0.0:
                at_once.setdefault(source, []).append(receiver)
                if circle := _circle(at_once, receiver, source):
                    way = ", ".join(f"{one} reaches {other}" for one, other in pairwise([source, *circle]))
                    message = f"a circle without any lag: what is found at {way}; state a lag (`after: 1 day`)"
                    problems.add(_place(rule, "lag_days"), join(rule.path, "after"), message)
                    at_once[source].pop()
                    break


def _pairs(sources: Collection[str], receivers: Collection[str]) -> Iterator[tuple[str, str]]:
    for source in sources:
        for receiver in receivers:
            if source != receiver:
                yield source, receiver


def _circle(at_once: dict[str, list[str]], first: str, last: str) -> list[str]:
    """A way from one lab to another along what arrives at once; empty if there is none."""
    ways = [[first]]
    known = {first}
    while ways:
        way = ways.pop(0)
        if way[-1] == last:
            return way
        for name in at_once.get(way[-1], ()):
            if name not in known:
                known.add(name)
                ways.append([*way, name])
    return []


def _names_of(spec: Spec, field_name: str, valid: Collection[str], what: str, problems: Problems) -> list[str] | None:
    """A list of names; None, with a problem for each that does not exist."""
    value = spec.values.get(field_name)
    if field_name in spec.broken:
        return None
    if not isinstance(value, Plain) or not isinstance(value.value, list):
        return []
    unknown = [name for name in value.value if name not in valid]
    for name in unknown:
        no_such(what, name, valid, value.place, value.path, problems)
    return None if unknown else value.value


def _theft(theft: Spec, labs: list[str], following: list[str], problems: Problems) -> None:
    stated = [name for name in ("on", "rate") if theft.has(name)]
    if len(stated) != 1:
        got = "both" if stated else "neither"
        problems.add(theft.place, theft.path, f"state exactly one of `on` and `rate`; got {got}")
    names = {}
    for field_name in ("thief", "victim"):
        value = theft.values.get(field_name)
        if isinstance(value, Plain):
            names[field_name] = str(value.value)
            if value.value not in labs:
                no_such("lab", str(value.value), labs, value.place, value.path, problems)
    if len(names) == 2 and names["thief"] == names["victim"]:
        problems.add(theft.place, theft.path, f"{names['thief']} cannot steal from itself")
    elif theft.plain("what") == "software" and names.get("thief") in labs and names["thief"] not in following:
        message = f"{names['thief']} can use stolen software only if its own has `feedback: on`; its growth is given"
        problems.add(theft.where("what"), join(theft.path, "what"), message)
