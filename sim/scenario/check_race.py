"""Contradictions in what reacts or befalls: milestones, shocks, rules of programmes, entry dates of labs."""

from __future__ import annotations

from sim.model.level import QUANTITIES
from sim.model.programme import ANY, SHORTER
from sim.model.shock import EFFECTS
from sim.scenario.check_circles import report_stuck, stuck
from sim.scenario.check_names import key_of, known_name, names_of, no_such, one_of
from sim.scenario.check_sizes import endless
from sim.scenario.problem import Problems, join, quoted
from sim.scenario.quantity import Plain, Quantity
from sim.scenario.spec import Spec

FLEETS_OF = ("fleet_h100e", "tokens_per_s", "copies", "demand_tokens_per_s")


def check_race(root: Spec, start: float | None, problems: Problems) -> None:
    """Adds a problem for each contradiction."""
    for milestone in root.blocks("milestones"):
        _milestone(milestone, root, problems)
    for shock in root.blocks("shocks"):
        check_shock(shock, root, start, problems)
    for lab in root.blocks("labs"):
        check_entry(lab, start, problems)
        for spec in (lab, *lab.blocks("runs")):
            after = spec.block("after_training")
            if after is not None:
                known_name(after, "until_milestone", names_of(root, "milestones"), "milestone", problems)
        for run in lab.blocks("runs"):
            check_rules(run, lab, root, start, problems)
    if start is not None and "labs" not in root.broken:
        report_stuck(stuck(root, start), root, problems)


def _blocs(root: Spec) -> list[str]:
    return sorted({str(bloc) for lab in root.blocks("labs") if (bloc := lab.plain("bloc")) is not None})


def _fleets(root: Spec) -> list[str]:
    return sorted({fleet.name for lab in root.blocks("labs") for fleet in lab.blocks("fleets")})


def _milestone(milestone: Spec, root: Spec, problems: Problems) -> None:
    conditions = [key_of(milestone, name) for name in ("level", "shock", *QUANTITIES) if milestone.has(name)]
    if len(conditions) != 1:
        keys = "a `level`, a `shock` or a quantity such as `h100e`"
        got = " and ".join(f"`{key}`" for key in conditions) or "none"
        problems.add(milestone.place, milestone.path, f"state exactly one condition: {keys}; got {got}")
    known_name(milestone, "level", names_of(root, "levels"), "level", problems)
    known_name(milestone, "shock", names_of(root, "shocks"), "shock", problems)
    known_name(milestone, "lab", names_of(root, "labs"), "lab", problems)
    known_name(milestone, "bloc", _blocs(root), "bloc", problems)
    known_name(milestone, "fleet", _fleets(root), "fleet", problems)
    known_name(milestone, "domain", names_of(root, "domains"), "domain", problems)
    stated = [name for name in QUANTITIES if milestone.has(name)]
    single = ("level", "shock", "effective_flop", "public_effective_flop", "training_efficiency",
              "inference_efficiency")  # fmt: skip
    for name in single:
        if milestone.has(name) and milestone.plain("together"):
            message = f"`{key_of(milestone, name)}` of several labs cannot be added up: leave `together` out"
            problems.add(milestone.where("together"), join(milestone.path, "together"), message)
    if not stated and milestone.plain("below"):
        message = "`below` needs a quantity, as in `h100e: 1e5`"
        problems.add(milestone.where("below"), join(milestone.path, "below"), message)
    if milestone.has("lab") and (milestone.has("bloc") or milestone.plain("together")):
        other = "bloc" if milestone.has("bloc") else "together"
        message = f"`lab` names one lab: leave `{other}` out"
        problems.add(milestone.where(other), join(milestone.path, other), message)
    if milestone.has("shock") and (milestone.has("lab") or milestone.has("bloc")):
        message = "a shock is a milestone of the world: leave `lab` and `bloc` out (it says itself whom it `binds`)"
        problems.add(milestone.where("shock"), join(milestone.path, "shock"), message)
    for name, owners in (("fleet", FLEETS_OF), ("domain", ("people", "human_equivalents"))):
        if milestone.has(name) and not any(milestone.has(owner) for owner in owners):
            known = " or ".join(f"`{key_of(milestone, owner)}`" for owner in owners)
            message = f"`{name}` goes with {known}"
            problems.add(milestone.where(name), join(milestone.path, name), message)


def check_shock(shock: Spec, root: Spec, start: float | None, problems: Problems) -> None:
    """Adds a problem for each contradiction in one shock."""
    one_of(shock, ("on", "rate"), problems)
    on = shock.values.get("on")
    if start is not None and isinstance(on, Quantity) and on.central < start:
        problems.add(on.place, on.path, f"{on.text} is before the start: it would not happen")
    if not any(shock.has(name) for name in EFFECTS):
        keys = ", ".join(f"`{name}`" for name in EFFECTS)
        problems.add(shock.place, shock.path, f"the shock has no effect: state one or more of {keys}")
    if shock.has("for_days") and not (shock.has("deliveries_lost") or shock.has("demand")):
        message = "`for` is how long `deliveries_lost` or `demand` lasts; the other effects stay"
        problems.add(shock.where("for_days"), join(shock.path, "for"), message)
    known_name(shock, "fleet", _fleets(root), "fleet", problems)
    if shock.has("fleet") and not shock.has("demand"):
        problems.add(shock.where("fleet"), join(shock.path, "fleet"), "`fleet` goes with `demand`")
    stated = shock.values.get("binds")
    binds = stated.value if isinstance(stated, Plain) and isinstance(stated.value, list) else []
    valid = [*names_of(root, "labs"), *_blocs(root)]
    for name in binds:
        if isinstance(stated, Plain) and name not in valid:
            no_such("lab or bloc", name, valid, stated.place, stated.path, problems)
    if shock.has("demand"):
        bound = [lab for lab in root.blocks("labs") if not binds or lab.name in binds or lab.plain("bloc") in binds]
        wanted = shock.plain("fleet")
        if not any(f.has("demand_tokens_per_s") for lab in bound for f in lab.blocks("fleets")
                   if wanted in (None, f.name)):  # fmt: skip
            message = "no fleet that it befalls has a `demand`"
            problems.add(shock.where("demand"), join(shock.path, "demand"), message)


def check_entry(lab: Spec, start: float | None, problems: Problems) -> None:
    """Nothing that a lab dates may lie before it begins."""
    enters = lab.values.get("enters")
    if not isinstance(enters, Quantity) or start is None:
        return
    dated = [(spec, name) for spec in lab.blocks("models") for name in ("internal", "public")]
    dated += [(spec, name) for spec in lab.blocks("runs") for name in ("starts", "internal")]
    dated += [(spec, name) for spec in lab.blocks("compute") for name in ("on", "starts")]
    for spec, name in dated:
        value = spec.values.get(name)
        if isinstance(value, Quantity) and value.stated and value.central < max(start, enters.central):
            message = f"{value.text} is before the lab enters, on {enters.text}"
            problems.add(value.place, value.path, message)


def check_rules(run: Spec, lab: Spec, root: Spec, start: float | None, problems: Problems) -> None:
    """Adds a problem for each contradiction in when a run starts, pauses and ends."""
    when, pause, length = (run.block(name) for name in ("start_when", "pause_when", "length_rule"))
    if when is not None:
        _start_rule(when, run, lab, root, problems)
    if pause is not None:
        if not (run.has("every") or when is not None):
            message = "`pause_when` needs a cadence (`every`) or a rule (`start_when`)"
            problems.add(run.where("pause_when"), join(run.path, "pause_when"), message)
        fleets = [fleet.name for fleet in lab.blocks("fleets")]
        known_name(pause, "fleet", fleets, "fleet", problems)
        named = pause.plain("fleet")
        for fleet in lab.blocks("fleets"):
            if fleet.name == named and not fleet.has("demand_tokens_per_s"):
                message = f"the fleet {quoted(fleet.name)} has no `demand` that could fall"
                problems.add(pause.where("fleet"), join(pause.path, "fleet"), message)
    if endless(run):
        _continuous(run, lab, start, problems)
    elif length is not None and length.plain("rule") == SHORTER:
        if not run.has("length_days"):
            message = "`shorter with progress` needs the `length:` that runs have at the reference growth"
            problems.add(run.where("length_rule"), join(run.path, "length_rule"), message)
        if not (run.has("every") or when is not None):
            message = "`shorter with progress` needs a cadence (`every`) or a rule (`start_when`)"
            problems.add(run.where("length_rule"), join(run.path, "length_rule"), message)
    if when is not None and run.has("every"):
        message = "state either `every` or `start_when` (with `latest`), not both"
        problems.add(run.where("start_when"), join(run.path, "start_when"), message)


def _start_rule(when: Spec, run: Spec, lab: Spec, root: Spec, problems: Problems) -> None:
    conditions = ("cluster_grows", "efficiency_grows", "rival_releases", "level", "milestone", "latest_days")
    if not any(when.has(name) for name in conditions):
        keys = "`cluster_grows`, `efficiency_grows`, `rival_releases`, `level`, `milestone` or `latest`"
        problems.add(when.place, when.path, f"the rule has no condition: state {keys}")
    labs = names_of(root, "labs")
    rivals = [ANY, *(name for name in labs if name != lab.name)]
    if when.plain("rival_releases") == lab.name:
        message = f"{quoted(lab.name)} is the lab itself, not a rival"
        problems.add(when.where("rival_releases"), join(when.path, "rival_releases"), message)
    else:
        known_name(when, "rival_releases", rivals, "lab", problems)
    known_name(when, "by", [ANY, *labs], "lab", problems)
    known_name(when, "level", names_of(root, "levels"), "level", problems)
    known_name(when, "milestone", names_of(root, "milestones"), "milestone", problems)
    if when.has("by") and not when.has("level"):
        problems.add(when.where("by"), join(when.path, "by"), "`by` says who must reach the `level`")
    times = when.plain("times")
    if times is not None and times < 1:
        problems.add(when.where("times"), join(when.path, "times"), f"at least one run, got {times}")
    apart, latest = when.number("apart_days"), when.number("latest_days")
    if apart is not None and latest is not None and latest < apart:
        message = f"`latest` ({latest:g} days) is before `apart` ({apart:g} days) allows a run"
        problems.add(when.where("latest_days"), join(when.path, "latest"), message)


def _continuous(run: Spec, lab: Spec, start: float | None, problems: Problems) -> None:
    """What training that never ends cannot have."""
    for name in ("every", "start_when", "flop", "length_days", "accelerators", "phases", "tokens", "effective_flop",
                 "until", "flop_grows"):  # fmt: skip
        if run.has(name):
            key = key_of(run, name)
            message = f"continuous training takes no `{key}`: it takes what the policy gives, or a `share`, without end"
            problems.add(run.where(name), join(run.path, key), message)
    for name in ("gain", "after_training"):
        if name in run.stated:
            problems.add(run.where(name), join(run.path, name), f"continuous training takes no `{name}`: it never ends")
    if not run.has("base") and not lab.blocks("models"):
        message = "continuous training goes on from a model: state its `base:`, or `models:` that the lab has"
        problems.add(run.where("length_rule"), join(run.path, "length_rule"), message)
    starts = run.values.get("starts")
    if start is not None and isinstance(starts, Quantity) and starts.central < start:
        problems.add(starts.place, starts.path, f"continuous training cannot start before the start, on {starts.text}")
