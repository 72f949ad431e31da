"""What single values cannot show: contradictions between fields of a scenario, each reported at its place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sim.model.accelerator import PRECISIONS
from sim.model.lab import NOT_FLEETS
from sim.scenario import catalog
from sim.scenario.check_alignment import check_alignment
from sim.scenario.check_capability import check_bands, check_thinking, check_variants
from sim.scenario.check_h100e import check_h100e
from sim.scenario.check_intervention import check_interventions
from sim.scenario.check_names import key_of, known_name, known_type, names_of, no_such, one_of
from sim.scenario.check_policy import check_policy
from sim.scenario.check_race import check_race
from sim.scenario.check_runs import check_runs, efficiencies, ends_after_start
from sim.scenario.check_software import check_software
from sim.scenario.complete import accelerator_spec, fleet_names, in_h100e, report_missing, supply_type
from sim.scenario.problem import Problems, join, nearest, quoted
from sim.scenario.quantity import Plain, Quantity, Timeline
from sim.scenario.reading import Reading
from sim.scenario.resolve import default_domain
from sim.scenario.spec import Spec

ROUNDING = 1e-9


def check(root: Spec, start: float | None, reading: Reading) -> None:
    """Adds a problem for each contradiction in a complete scenario."""
    problems = reading.problems
    end_after_start(root, start, problems)
    _accelerators(root, reading)
    domains = names_of(root, "domains")
    labs = names_of(root, "labs")
    if not labs and "labs" not in root.broken:
        problems.add(root.where("labs"), "labs", "a scenario needs at least one lab")
    for block in (root, *root.blocks("labs")):
        efficiencies(block, problems)
    world = root.block("world")
    for supply in world.blocks("compute") if world is not None else []:
        _supply(supply, world, root, problems, in_world=True)
        check_h100e(supply, root, reading)
        growth_from(supply, start, problems)
    for lab in root.blocks("labs"):
        for supply in lab.blocks("compute"):
            _supply(supply, world, root, problems)
            check_h100e(supply, root, reading)
            growth_from(supply, start, problems)
        if start is not None:
            _shares(lab, start, root.number("end"), problems)
        _fleets(lab, domains, problems)
        _staff(lab, domains, problems)
        check_runs(lab, root, problems)
        check_policy(lab, root, start, problems)
        check_thinking(lab, root, problems)
        check_variants(lab, domains, problems)
    check_bands(root, problems)
    for level in root.blocks("levels"):
        one_of(level, ("effective_flop", "share_doable"), problems)
        if level.has("share_doable") and not level.has("domain"):
            problems.add(level.place, level.path, "`share_doable` needs a `domain:`")
        known_name(level, "domain", domains, "domain", problems)
    check_alignment(root, problems)
    check_race(root, start, problems)
    check_software(root, start, problems)
    check_interventions(root, start, problems)
    for hazard in root.blocks("hazards"):
        known_name(hazard, "lab", labs, "lab", problems)


def end_after_start(root: Spec, start: float | None, problems: Problems) -> None:
    """A problem if nothing lies between the start and the end."""
    end = root.values.get("end")
    if start is not None and isinstance(end, Quantity) and end.central <= start:
        problems.add(end.place, "end", f"the end, {end.text}, must be after the start")


def _accelerators(root: Spec, reading: Reading) -> None:
    problems = reading.problems
    stated = root.values.get("accelerators")
    for name, own in stated.items() if isinstance(stated, dict) else ():
        peaks = own.values.get("peak_flop_per_s")
        for precision, quantity in peaks.items() if isinstance(peaks, dict) else ():
            if precision not in PRECISIONS:
                message = f"unknown precision {quoted(precision)} (known: {', '.join(PRECISIONS)})"
                problems.add(quantity.place, quantity.path, message, nearest(precision, PRECISIONS))
        if isinstance(peaks, dict) and not peaks:
            problems.add(
                own.where("peak_flop_per_s"), join(own.path, "peak"), "state a peak, as in {bf16: 989e12 FLOP/s}"
            )
        if catalog.accelerator(name) is None:
            whole = accelerator_spec(root, name, reading)
            assert whole is not None
            report_missing(whole, own, reading)


def _supply(supply: Spec, world: Spec | None, root: Spec, problems: Problems, in_world: bool = False) -> None:
    forms = ("count", "deliver", "stock", "share_of_world")
    one_of(supply, forms, problems)
    ends_after_start(supply, "starts", "until", problems)
    stated = supply.values.get("accelerator")
    if isinstance(stated, Plain):
        known_type(str(stated.value), stated.place, stated.path, root, problems)
    for field_name in forms[:3]:
        value = supply.values.get(field_name)
        if not isinstance(value, Quantity | Timeline):
            continue
        named = value.accelerator
        if supply_type(supply) is None and "accelerator" not in supply.broken:
            message = f"name the accelerator, as in '{_first_number(value)} H100'"
            problems.add(value.place, value.path, message)
        elif named is not None and named != supply_type(supply) and not in_h100e(supply):
            message = f"the number names {quoted(named)}, but `accelerator` is {quoted(str(supply_type(supply)))}"
            problems.add(value.place, value.path, message)
    for field_name, needs in (("deliveries_grow", "deliver"), ("grows", "stock")):
        if supply.has(field_name) and not supply.has(needs):
            key = key_of(supply, field_name)
            problems.add(supply.where(field_name), join(supply.path, key), f"`{key}` needs `{needs}`")
    stock = supply.values.get("stock")
    if isinstance(stock, Timeline) and not stock.constant and supply.has("grows"):
        message = "a dated stock does not take `grows`; state its growth after the last date as `then:`"
        problems.add(supply.where("grows"), join(supply.path, "grows"), message)
    if supply.has("share_of_world"):
        place, path = supply.where("share_of_world"), join(supply.path, "share_of_world")
        if in_world:
            problems.add(place, path, "the world cannot be a share of itself")
        elif world is None:
            problems.add(place, path, "a share of the world needs `world:` with its compute")


def growth_from(supply: Spec, start: float | None, problems: Problems) -> None:
    """The stock stated is that of the start, so it cannot have begun to grow before."""
    begins = supply.values.get("starts")
    if start is not None and isinstance(begins, Quantity) and supply.has("grows") and begins.central < start:
        message = f"a stock that `grows` is the stock at the start: its growth cannot begin before, on {begins.text}"
        problems.add(begins.place, begins.path, message)


def _first_number(value: Quantity | Timeline) -> str:
    inner = value if isinstance(value, Quantity) else value.points[0][1]
    return inner.text


def _shares(lab: Spec, start: float, end: float | None, problems: Problems) -> None:
    use = lab.values.get("use")
    if not isinstance(use, dict):
        return
    lines = {name: line.series(start, lambda quantity: quantity.central) for name, line in use.items()}
    last = (end or start) - start
    days = sorted({0.0, last, *(day for line in lines.values() for day, _ in line.points if 0.0 < day < last)})
    for day in days:
        total = sum(line.at(day) for line in lines.values())
        if total > 1.0 + ROUNDING:
            when = date.fromordinal(int(start + day)).isoformat()
            parts = " + ".join(f"{name} {line.at(day):.4g}" for name, line in sorted(lines.items()))
            message = f"the shares add up to {total * 100:.4g}% on {when} ({parts}); at most 100%"
            problems.add(lab.where("use"), join(lab.path, "use"), message)
            return


def _fleets(lab: Spec, domains: Collection[str], problems: Problems) -> None:
    names = frozenset(fleet_names(lab))
    if "use" in lab.broken:
        return
    for fleet in lab.blocks("fleets"):
        if fleet.name in NOT_FLEETS:
            message = f"{quoted(fleet.name)} is a use of its own, not a fleet: a fleet needs another name"
            problems.add(fleet.place, fleet.path, message)
            continue
        if fleet.name not in names:
            message = f"fleet {quoted(fleet.name)} has no share in `use:`"
            problems.add(fleet.place, fleet.path, message, nearest(fleet.name, names))
            continue
        stated = fleet.plain("domain")
        if stated is not None:
            known_name(fleet, "domain", domains, "domain", problems)
        elif (domain := default_domain(fleet.name, frozenset(domains))) not in domains and domains:
            message = (f"its work counts in {quoted(domain)}, which is not among `domains:`; state its `domain:`, or "
                       f"add `{domain}: {{}}` there")  # fmt: skip
            problems.add(fleet.place, fleet.path, message, nearest(fleet.name, domains))


def _staff(lab: Spec, domains: Collection[str], problems: Problems) -> None:
    staff = lab.values.get("staff")
    for name, line in staff.items() if isinstance(staff, dict) else ():
        if name not in domains:
            no_such("domain", name, domains, line.place, line.path, problems)
