"""Contradictions in interventions: what binds nobody, stops nothing, or can never start or end."""

from __future__ import annotations

from sim.model.alignment import ALIGNMENT
from sim.model.intervention import ALL, EVERYTHING, IDLE, LEADER, PAUSE, SHARES, STOPPABLE, trigger_of
from sim.model.lab import EXPERIMENTS
from sim.scenario.check_covert import check_covert
from sim.scenario.check_lever import LEVERS, check_levers
from sim.scenario.check_names import key_of, known_name, names_of, no_such
from sim.scenario.problem import Place, Problems, join, nearest, quoted
from sim.scenario.quantity import Plain, Quantity
from sim.scenario.spec import Spec

ACTS = ("stops", "continues", "cap_run_flop", "cap_training", "cap_training_share", "cap_research",
        "cap_research_share", "tax", "minimum_shares", "slow_deliveries", "release_interval",
        "research_models_older_than", "cap_capability", "cap_growth", "hold_at", *LEVERS)  # fmt: skip
"""Fields by which an intervention does something."""


def interventions_of(root: Spec) -> list[Spec]:
    """All interventions of a scenario, the one at the top among them."""
    pause = root.block("pause")
    return [*root.blocks("interventions"), *([pause] if pause is not None and not pause.unreadable else [])]


def check_interventions(root: Spec, start: float | None, problems: Problems) -> None:
    """Adds a problem for each contradiction."""
    named = root.values.get("interventions")
    if root.has("pause") and isinstance(named, dict) and isinstance(twice := named.get(PAUSE), Spec):
        problems.add(twice.place, twice.path, "`pause:` at the top has this name already: give this one another")
    for spec in interventions_of(root):
        _acts(spec, problems)
        _binds(spec, root, problems)
        for field_name in ("starts", "ends"):
            _trigger(spec, field_name, root, problems)
        _dates(spec, start, problems)
        _freed(spec, root, problems)
        _minima(spec, root, problems)
        _breaks(spec, root, problems)
        check_levers(spec, root, problems)
    check_covert(root, interventions_of(root), problems)


def _texts(spec: Spec, field_name: str) -> tuple[Plain | None, list[str]]:
    value = spec.values.get(field_name)
    if isinstance(value, Plain) and isinstance(value.value, list):
        return value, value.value
    return None, []


def _acts(spec: Spec, problems: Problems) -> None:
    listed, stops = _texts(spec, "stops")
    shares = spec.values.get("continues")
    continues = shares if isinstance(shares, dict) else {}
    known = (*STOPPABLE, EVERYTHING)
    for word in stops:
        if listed is not None and word not in known:
            _unknown(word, known, listed.place, listed.path, "nothing that an intervention stops is called", problems)
    for word, share in continues.items():
        if word not in STOPPABLE:
            what = "nothing that can go on at a share is called"
            _unknown(word, STOPPABLE, share.place, share.path, what, problems)
        elif word in stops:
            message = (f"`{word}` is in `stops` too: for it to go on at this share, take it out of `stops`; "
                       f"for it to stop, leave `{word}` out of `continues`")  # fmt: skip
            problems.add(share.place, share.path, message)
    others = [name for name in ACTS if name not in ("stops", "continues") and _states(spec, name)]
    if not others:
        less = [share for share in continues.values() if share.central < 1.0 or share.varies]
        if not stops and not less and not spec.has("covert") and not spec.broken.intersection((*ACTS, "covert")):
            words = ", ".join(known)
            problems.add(spec.place, spec.path, f"it stops nothing: state `stops:`, a list out of {words}")
    if EVERYTHING not in stops or listed is None:
        return
    if len(stops) > 1:
        problems.add(listed.place, listed.path, f"`{EVERYTHING}` includes the rest: state it alone")
    if others:
        key = key_of(spec, others[0])
        message = f"with `{EVERYTHING}` nothing is left to limit: leave `{key}` out"
        problems.add(spec.where(others[0]), join(spec.path, key), message)
    if continues:
        message = f"with `{EVERYTHING}` nothing continues: state what `stops` instead"
        problems.add(spec.where("continues"), join(spec.path, "continues"), message)
    holds = spec.values.get("holds")
    if isinstance(holds, Quantity) and (holds.varies or 0.0 < holds.central < 1.0):
        message = f"`{EVERYTHING}` stands still or does not (100% or 0%): for a part, state what `stops` instead"
        problems.add(holds.place, holds.path, message)


def _states(spec: Spec, field_name: str) -> bool:
    value = spec.values.get(field_name)
    return bool(value) if isinstance(value, dict) else spec.has(field_name)


def _minima(spec: Spec, root: Spec, problems: Problems) -> None:
    stated = spec.values.get("minimum_shares")
    minima = stated if isinstance(stated, dict) else {}
    valid = (EXPERIMENTS, *_fleets(root))
    for use, share in minima.items():
        if use not in valid:
            _unknown(use, valid, share.place, share.path, "there is no fleet", problems)
    _rise(spec, minima, problems)
    total = sum(share.central for share in minima.values())
    if total > 1.0 + 1e-9:
        message = f"the minimum shares add up to {100.0 * total:.4g}%: more than there is"
        problems.add(spec.where("minimum_shares"), join(spec.path, "minimum_shares"), message)
    if "withheld" in spec.stated and not spec.has("slow_deliveries"):
        problems.add(spec.where("withheld"), join(spec.path, "withheld"), "`withheld` goes with `slow_deliveries`")


def _rise(spec: Spec, minima: dict[str, Quantity], problems: Problems) -> None:
    stated = spec.values.get("minimum_shares_from")
    first = stated if isinstance(stated, dict) else {}
    for use, share in first.items():
        if use not in minima:
            more = "" if nearest(use, tuple(minima)) else f"; stated: {', '.join(minima) or 'none'}"
            message = f"`minimum_shares` states nothing for {quoted(use)} that its share could rise to{more}"
            problems.add(share.place, share.path, message, nearest(use, tuple(minima)))
    total = sum((first.get(use) or share).central for use, share in minima.items())
    if first and total > 1.0 + 1e-9:
        message = f"at the start the minimum shares add up to {100.0 * total:.4g}%: more than there is"
        problems.add(spec.where("minimum_shares_from"), join(spec.path, "minimum_shares_from"), message)
    pair = ("minimum_shares_from", "minimum_shares_over")
    for field_name, other in (pair, pair[::-1]):
        if _states(spec, field_name) and not _states(spec, other) and other not in spec.broken:
            message = f"`{field_name}` goes with `{other}`"
            problems.add(spec.where(field_name), join(spec.path, field_name), message)


def _unknown(word: str, valid: tuple[str, ...], place: Place, path: str, what: str, problems: Problems) -> None:
    near = nearest(word, valid)
    more = "" if near else f"; known: {', '.join(valid)}"
    problems.add(place, path, f"{what} {quoted(word)}{more}", near)


def _binds(spec: Spec, root: Spec, problems: Problems) -> None:
    listed, names = _texts(spec, "binds")
    if listed is None:
        return
    blocs = sorted({str(bloc) for lab in root.blocks("labs") if (bloc := lab.plain("bloc")) is not None})
    valid = (ALL, LEADER, *names_of(root, "labs"), *blocs)
    if not names:
        problems.add(listed.place, listed.path, f"it binds nobody: name labs or blocs, `{ALL}` or `{LEADER}`")
    for name in names:
        if name not in valid and "labs" not in root.broken:
            _unknown(name, valid, listed.place, listed.path, "there is no lab or bloc", problems)


def _trigger(spec: Spec, field_name: str, root: Spec, problems: Problems) -> None:
    value = spec.values.get(field_name)
    words = value.value if isinstance(value, Plain) else None
    found = trigger_of(words) if isinstance(words, str) else None
    if found is None or value is None:
        return
    for kind, name, names in (
        ("lab", found.lab, names_of(root, "labs")),
        ("level", found.level, names_of(root, "levels")),
        ("milestone", found.milestone, names_of(root, "milestones")),
        ("intervention", found.intervention, [other.name or PAUSE for other in interventions_of(root)]),
    ):
        if name is not None and name not in names:
            no_such(kind, name, names, value.place, value.path, problems)
    if found.intervention == (spec.name or PAUSE):
        problems.add(value.place, value.path, "it cannot wait for itself")
    _, stops = _texts(spec, "stops")
    _, binds = _texts(spec, "binds")
    if field_name == "ends" and EVERYTHING in stops and ALL in binds:
        message = "where everything stands still, nothing can happen that would end it: state a date, or `lasts`"
        problems.add(value.place, value.path, message)


def _breaks(spec: Spec, root: Spec, problems: Problems) -> None:
    known_name(spec, "hold_at", names_of(root, "levels"), "level", problems)
    if "cleared_after" in spec.stated and not spec.has("cap_capability"):
        message = "`cleared_after` goes with `cap_capability`"
        problems.add(spec.where("cleared_after"), join(spec.path, "cleared_after"), message)
    if "cap_growth_after" in spec.stated and not spec.has("cap_growth"):
        message = "`cap_growth_after` goes with `cap_growth`"
        problems.add(spec.where("cap_growth_after"), join(spec.path, "cap_growth_after"), message)
    breaks = spec.block("breaks")
    if breaks is not None:
        if not breaks.has("rate") and not breaks.has("when"):
            problems.add(breaks.place, breaks.path, "it says neither at what `rate` nor `when` it breaks")
        _trigger(breaks, "when", root, problems)
    elif spec.has("on_break") and "breaks" not in spec.broken:
        message = "it never breaks: state `breaks: {rate: …}` or `breaks: {when: …}` too"
        problems.add(spec.where("on_break"), join(spec.path, "on_break"), message)


def _dates(spec: Spec, start: float | None, problems: Problems) -> None:
    if spec.has("ends") and spec.has("lasts"):
        message = "state either `lasts` or `ends`, not both"
        problems.add(spec.where("lasts"), join(spec.path, key_of(spec, "lasts")), message)
    starts, ends = spec.values.get("starts"), spec.values.get("ends")
    if isinstance(starts, Quantity) and start is not None and starts.central < start:
        problems.add(starts.place, starts.path, f"{starts.text} is before the scenario's start: it could never start")
    if not isinstance(ends, Quantity):
        return
    if isinstance(starts, Quantity) and ends.central < starts.central:
        problems.add(ends.place, ends.path, f"it ends on {ends.text}, before it starts on {starts.text}")
    elif not spec.has("starts") and start is not None and ends.central < start:
        problems.add(ends.place, ends.path, f"it ends on {ends.text}, before the scenario's start, when it starts")


def _fleets(root: Spec) -> list[str]:
    return sorted({fleet.name for lab in root.blocks("labs") for fleet in lab.blocks("fleets")})


def _freed(spec: Spec, root: Spec, problems: Problems) -> None:
    value = spec.values.get("freed")
    fleets = _fleets(root)
    if isinstance(value, Plain) and value.value is not None and str(value.value) not in (SHARES, IDLE, *fleets):
        valid = (SHARES, IDLE, *fleets)
        if value.value == ALIGNMENT:
            more = f"state its share in a lab's `use`, e.g. `use: {{{ALIGNMENT}: 0%}}`"
            message = f"no lab has a fleet `{ALIGNMENT}`: {more}"
            problems.add(value.place, value.path, message)
            return
        _unknown(str(value.value), valid, value.place, value.path, "there is no fleet", problems)
