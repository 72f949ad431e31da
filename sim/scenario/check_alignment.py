"""Contradictions in alignment work: names that nothing has, rules that say nothing, curves that go back in time."""

from __future__ import annotations

from sim.model.alignment import ALIGNMENT, TRUST_RULES, WORLD_ONLY
from sim.scenario.check_names import key_of, known_name, names_of, no_such
from sim.scenario.problem import Problems, join, nearest, quoted
from sim.scenario.quantity import Plain
from sim.scenario.spec import Spec


def check_alignment(root: Spec, problems: Problems) -> None:
    """Adds a problem for each contradiction in the `alignment` blocks of a scenario and its labs."""
    labs, levels = root.blocks("labs"), names_of(root, "levels")
    stated = [(block, block.block("alignment")) for block in (root, *labs) if "alignment" in block.stated]
    domains = names_of(root, "domains")
    for owner, block in stated:
        if block is None:
            continue
        if ALIGNMENT not in domains and "domains" not in root.broken:
            message = (f"alignment work is counted in {quoted(ALIGNMENT)}, which is not among `domains:`; add "
                       f"`{ALIGNMENT}: {{}}` there")  # fmt: skip
            problems.add(block.place, block.path, message, nearest(ALIGNMENT, domains))
        trust = block.block("trust")
        if trust is not None and "trust" in block.stated:
            _trust(trust, labs if owner is root else [owner], labs, levels, problems)
        if owner is root:
            _world(block, levels, problems)
        else:
            for name in WORLD_ONLY:
                if name in block.stated:
                    key = key_of(block, name)
                    message = f"`{key}` is about the world's work: state it in `alignment:` at the top, not for a lab"
                    problems.add(block.where(name), join(block.path, key), message)


def _trust(trust: Spec, owners: list[Spec], labs: list[Spec], levels: list[str], problems: Problems) -> None:
    if not any(trust.has(name) for name in TRUST_RULES):
        keys = ", ".join(f"`{key_of(trust, name)}`" for name in TRUST_RULES[:-1])
        message = f"state a rule by which models are trusted: {keys} or `{key_of(trust, TRUST_RULES[-1])}`"
        problems.add(trust.place, trust.path, message)
    if "verifiers" in trust.stated and not trust.has("cleared_by_years"):
        message = "`verifiers` goes with `cleared_by`, the work that clears a model"
        problems.add(trust.where("verifiers"), join(trust.path, "verifiers"), message)
    known_name(trust, "below", levels, "level", problems)
    listed = trust.values.get("models")
    if isinstance(listed, Plain) and isinstance(listed.value, list):
        for name in listed.value:
            _model(name, listed, owners, labs, problems)


def _model(name: str, listed: Plain, owners: list[Spec], labs: list[Spec], problems: Problems) -> None:
    """A problem if no lab has, or can come to have, a model of that name."""
    of, slash, own = name.partition("/")
    named = [lab for lab in labs if lab.name == of] if slash else owners
    if slash and not named:
        near = nearest(of, [lab.name for lab in labs])
        problems.add(listed.place, listed.path, f"there is no lab {quoted(of)}", f"{near}/{own}" if near else "")
        return
    wanted = own if slash else name
    models = [str(spec.plain("name")) for lab in named for spec in lab.blocks("models")]
    runs = [str(spec.plain("name")) for lab in named for spec in lab.blocks("runs") if spec.has("name")]
    unnamed = any(not spec.has("name") for lab in named for spec in lab.blocks("runs"))
    made = any(wanted == run or wanted.startswith(f"{run}-") or run in wanted.split() for run in runs)
    if wanted not in models and not made and not unnamed:
        known = [*models, *runs]
        near = nearest(wanted, known)
        more = "" if near else f"; there are {', '.join(known[:20]) or 'none'}"
        message = f"there is no model {quoted(name)}, nor a run that makes it{more}"
        problems.add(listed.place, listed.path, message, near)


def _world(block: Spec, levels: list[str], problems: Problems) -> None:
    for name in ("needs", "relevance"):
        value = block.values.get(name)
        for level, share in value.items() if isinstance(value, dict) else ():
            if level not in levels:
                no_such("level", level, levels, share.place, share.path, problems)
    job = block.block("job")
    if job is not None:
        known_name(job, "by", levels, "level", problems)
        if not job.has("researcher_years") and not job.has("serial_days"):
            message = "state what the job takes: `researcher_years`, `serial_days` or both"
            problems.add(job.place, job.path, message)
    for risk in block.blocks("risk"):
        known_name(risk, "level", levels, "level", problems)
        points = risk.blocks("points")
        days = [point.number("at_days") for point in points]
        if not points and "points" not in risk.broken:
            problems.add(risk.where("points"), join(risk.path, "points"), "a curve needs at least one point")
        for point, before, after in zip(points[1:], days, days[1:], strict=False):
            if before is not None and after is not None and after <= before:
                message = f"the points must go up in time: {after:g} days come after {before:g}"
                problems.add(point.where("at_days"), join(point.path, "at"), message)
