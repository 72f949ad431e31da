"""Contradictions in a lab's models and training runs: sizes and dates stated too often or not at all."""

from __future__ import annotations

import re
from datetime import date

from sim.model.training_run import EACH
from sim.scenario.check_names import key_of, known_type, known_types
from sim.scenario.check_sizes import AGREE_WITHIN, check_size, endless, idle_days
from sim.scenario.complete import NOT_FLEETS, fleet_names, supply_type
from sim.scenario.problem import Problems, join, nearest, one_line, quoted
from sim.scenario.quantity import Plain, Quantity
from sim.scenario.spec import Spec


def check_runs(lab: Spec, root: Spec, problems: Problems) -> None:
    """Adds a problem for each contradiction in the models and runs of one lab."""
    runs, models = lab.blocks("runs"), lab.blocks("models")
    _names(lab, problems)
    _base_circle(lab, problems)
    _cadences(lab, problems)
    _after_training(lab, lab, problems)
    for model in models:
        _existing(model, problems)
    named = [spec for spec in (*models, *runs) if spec.plain("name")]
    known = {str(spec.plain("name")): spec for spec in named if spec.plain("base") != EACH}
    for run in runs:
        _programme(run, problems)
        check_numbers(run, root, problems)
        _types(run, lab, root, problems)
        _base(run, known, problems)
        _after_training(run, lab, problems)
        _utilisation(run, problems)


def check_numbers(run: Spec, root: Spec, problems: Problems) -> None:
    """Adds a problem for each contradiction in the size, the dates and the phases of one run."""
    check_size(run, root, problems)
    _dates(run, problems)
    _phases(run, problems)


def many(run: Spec) -> bool:
    """Whether it makes many models: a cadence, a rule, or continuous training."""
    return run.has("every") or run.has("start_when") or endless(run)


def _names(lab: Spec, problems: Problems) -> None:
    first: dict[str, Plain] = {}
    for spec in [*lab.blocks("models"), *(r for r in lab.blocks("runs") if not many(r))]:
        name = spec.values.get("name")
        if not isinstance(name, Plain):
            continue
        before = first.setdefault(str(name.value), name)
        if before is not name:
            problems.add(
                name.place, spec.path, f"the lab has two models {quoted(str(name.value))} (first at {before.place})"
            )


def _cadences(lab: Spec, problems: Problems) -> None:
    """Cadences number their models, so two of one name, or a model named like one of theirs, would be confused."""
    first: dict[str, Spec] = {}
    for run in lab.blocks("runs"):
        if many(run):
            name = str(run.plain("name") or lab.name)
            before = first.setdefault(name, run)
            if before is not run:
                message = f"the lab has two cadences {quoted(name)} (first at {before.place}), whose models would have"
                problems.add(run.where("name"), run.path, f"{message} the same names: give each its own `name:`")
    for spec in [*lab.blocks("models"), *(run for run in lab.blocks("runs") if not many(run))]:
        stated = spec.values.get("name")
        numbered = re.fullmatch(r"(.*)-[1-9][0-9]*", str(stated.value)) if isinstance(stated, Plain) else None
        if isinstance(stated, Plain) and numbered and numbered[1] in first:
            cadence = f"the cadence {quoted(numbered[1])} ({first[numbered[1]].place})"
            message = f"{quoted(str(stated.value))} is what {cadence} calls one of its models: choose another name"
            problems.add(stated.place, stated.path, message)


def _existing(model: Spec, problems: Problems) -> None:
    if not (model.has("public") or _states(model, "internal")):
        problems.add(model.place, model.path, "state the date of `public:` or of `internal:`")
    if not (model.has("flop") or model.has("effective_flop") or (model.has("params") and model.has("tokens"))):
        problems.add(model.place, model.path, "state `flop:` or `effective_flop:` (or `params:` and `tokens:`)")
    public_after_internal(model, problems)


def _states(spec: Spec, field_name: str) -> bool:
    """Whether a date is stated: one that is derived by default is not."""
    return isinstance(spec.values.get(field_name), Quantity) or field_name in spec.broken


def public_after_internal(spec: Spec, problems: Problems) -> None:
    """A problem if a model is public before it is internal."""
    internal, public = spec.values.get("internal"), spec.values.get("public")
    if isinstance(internal, Quantity) and isinstance(public, Quantity) and public.central < internal.central:
        problems.add(public.place, public.path, f"public on {public.text}, before it is internal on {internal.text}")


def _programme(run: Spec, problems: Problems) -> None:
    """What distinguishes an explicit run from a cadence."""
    if many(run):
        what = (
            "a cadence (`every`)" if run.has("every") else "a rule" if run.has("start_when") else "continuous training"
        )
        for field_name in ("internal", "public"):
            if run.has(field_name):
                message = f"{what} makes many models; it takes no `{field_name}` date"
                problems.add(run.where(field_name), join(run.path, field_name), message)
    else:
        if not run.has("name"):
            problems.add(run.place, run.path, "an explicit run needs a `name:` (with `every:` it is a cadence)")
        if not (run.has("starts") or run.has("internal") or run.plain("base") == EACH):
            message = "state when the run `starts:`, when it is `internal:`, or `every:` how often"
            problems.add(run.place, run.path, message)
        if run.has("until") and run.plain("base") != EACH:
            problems.add(run.where("until"), join(run.path, "until"), "`until` ends a cadence; state `every:` too")
    ends_after_start(run, "starts", "until", problems)
    if run.has("flop_grows"):
        for needed, there in (("every", many(run)), ("flop", run.has("flop"))):
            if not there:
                message = f"`flop_grows` needs `{needed}:`"
                problems.add(run.where("flop_grows"), join(run.path, "flop_grows"), message)
        if run.has("params") and run.has("tokens"):
            message = "with `flop_grows` state `params` or `tokens`, not both: the other follows for each run"
            problems.add(run.where("flop_grows"), join(run.path, "flop_grows"), message)


def ends_after_start(spec: Spec, starts: str, until: str, problems: Problems) -> None:
    """A problem for something dated that ends before it starts: it would never happen."""
    first, last = spec.values.get(starts), spec.values.get(until)
    if isinstance(first, Quantity) and isinstance(last, Quantity) and last.central <= first.central:
        message = f"ends on {last.text}, before it starts on {first.text}: nothing would happen"
        problems.add(last.place, last.path, message)


def _dates(run: Spec, problems: Problems) -> None:
    public_after_internal(run, problems)
    if many(run):
        return
    internal, starts = run.values.get("internal"), run.values.get("starts")
    after = run.values.get("public_after_days")
    if run.has("public") and isinstance(after, Quantity) and after.stated:
        message = "`public` and `public_after` both say when it is public: state one"
        problems.add(after.place, after.path, message)
    if not isinstance(internal, Quantity):
        return
    flop = run.has("flop") or run.has("params")
    if not (run.has("starts") or run.has("length_days") or (flop and run.has("accelerators"))):
        message = "its start cannot be found from `internal`: state `starts`, or `length`, or `flop` and `accelerators`"
        problems.add(internal.place, internal.path, message)
    if not isinstance(starts, Quantity):
        return
    if starts.central >= internal.central:
        problems.add(internal.place, internal.path, f"internal on {internal.text}, before it starts on {starts.text}")
        return
    length = run.number("length_days")
    if length is None:
        sized = run.has("accelerators") or run.has("share")
        if flop and not sized and internal.central - starts.central <= idle_days(run):
            message = "the stated phases leave no time for training between `starts` and `internal`"
            problems.add(internal.place, internal.path, message)
        return
    finish = starts.central + length + idle_days(run)
    if abs(finish - internal.central) > max(1.0, AGREE_WITHIN * length):
        when = date.fromordinal(int(finish)).isoformat()
        message = f"internal on {internal.text}, but `starts` and `length` give {when}: leave one of the three out"
        problems.add(internal.place, internal.path, message)


def _phases(run: Spec, problems: Problems) -> None:
    phases = run.blocks("phases")
    if not phases:
        return
    for phase in phases:
        if phase.has("flop_share") == phase.has("length_days"):
            problems.add(phase.place, phase.path, "a phase states either its share of the `flop` or its `length`")
    if any("flop_share" in phase.broken for phase in phases):
        return
    total = sum(phase.number("flop_share") or 0.0 for phase in phases)
    if abs(total - 1.0) > 1e-6:
        problems.add(
            run.where("phases"),
            join(run.path, "phases"),
            f"the phases' shares of the FLOP add up to {total * 100:.4g}%, not 100%",
        )


def _types(run: Spec, lab: Spec, root: Spec, problems: Problems) -> None:
    held = run.values.get("accelerators")
    has = {supply_type(supply) for supply in lab.blocks("compute")}
    world = root.block("world")
    if world is not None and any(supply.has("share_of_world") for supply in lab.blocks("compute")):
        has |= {supply_type(supply) for supply in world.blocks("compute")}
    for name, quantity in held.items() if isinstance(held, dict) else ():
        if name not in known_types(root):
            known_type(name, quantity.place, quantity.path, root, problems)
        elif name not in has and "compute" not in lab.broken:
            types = sorted(kind for kind in has if kind)
            message = f"the lab never has {quoted(name)}; its compute is {', '.join(types) or 'not readable'}"
            problems.add(quantity.place, quantity.path, message, nearest(name, types))


def _base(run: Spec, known: dict[str, Spec], problems: Problems) -> None:
    base = run.values.get("base")
    if not isinstance(base, Plain) or base.value == EACH:
        return
    if str(base.value) == str(run.plain("name")):
        problems.add(base.place, base.path, "a model cannot be its own base")
        return
    if str(base.value) not in known:
        names = [name for name in known if name != str(run.plain("name"))]
        near = nearest(str(base.value), names)
        more = "" if near else f"; the lab's models are {', '.join(names) or 'none'}"
        problems.add(base.place, base.path, f"there is no model {quoted(str(base.value))} to start from{more}", near)


def _base_circle(lab: Spec, problems: Problems) -> None:
    """A problem, once, for runs that start from each other's models."""
    runs = {str(run.plain("name")): run for run in lab.blocks("runs") if run.plain("base") and run.plain("name")}
    seen: set[str] = set()
    for first in runs:
        chain: list[str] = []
        name = first
        while name in runs and name not in seen:
            seen.add(name)
            chain.append(name)
            name = str(runs[name].plain("base"))
        if name in chain[:-1]:
            circle = chain[chain.index(name) :]
            base = runs[circle[0]].values["base"]
            problems.add(base.place, base.path, f"bases in a circle: {' <- '.join([*circle, name])}")


def _after_training(spec: Spec, lab: Spec, problems: Problems) -> None:
    after = spec.block("after_training")
    to = after.values.get("to") if after is not None else None
    names = fleet_names(lab)
    if not isinstance(to, Plain) or "use" in lab.broken or str(to.value) in names:
        return
    near = nearest(str(to.value), names)
    more = "" if near else f"; its fleets are {', '.join(names) or 'none'}"
    if not near and str(to.value) not in NOT_FLEETS:
        more += f" (add `{one_line(str(to.value))}: 0%` for one that has only what runs leave it)"
    problems.add(to.place, to.path, f"there is no fleet {quoted(str(to.value))} in the lab's `use`{more}", near)


def efficiencies(block: Spec, problems: Problems) -> None:
    """A problem for each pair of fields that say the same in two ways on one level."""
    training, software = block.block("training"), block.block("software")
    for spec, first, second in (
        (training, "mfu", "whole_run_mfu"),
        (training, "goodput", "whole_run_mfu"),
        (software, "training_growth", "training_efficiency"),
        (software, "inference_growth", "inference_efficiency"),
        (software, "inference_growth", "inference_exponent"),
        (software, "inference_exponent", "inference_efficiency"),
    ):
        if spec is not None and first in spec.stated and second in spec.stated:
            one, other = key_of(spec, first), key_of(spec, second)
            path = join(spec.path, one)
            problems.add(spec.where(first), path, f"state either `{one}` or `{other}`, not both")
    if training is not None and "goodput" in training.stated and not training.has("mfu"):
        problems.add(
            training.where("goodput"), join(training.path, "goodput"), "`goodput` is used with `mfu`; state `mfu` too"
        )


def _utilisation(run: Spec, problems: Problems) -> None:
    efficiencies(run, problems)
