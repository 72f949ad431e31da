"""Fills in what blocks inherit, the fleets that `use` names, and accelerators from the catalog.

After this a `Spec` has everything that a draw needs, each input being one object however often it is inherited.
"""

from __future__ import annotations

from sim.base.units import H100E
from sim.model.accelerator import Accelerator
from sim.model.alignment import ALIGNMENT
from sim.model.declare import parameters
from sim.model.fleet import Fleet
from sim.model.lab import NOT_FLEETS
from sim.model.software import Software
from sim.model.training_run import Training
from sim.scenario import catalog
from sim.scenario.problem import NOWHERE, join
from sim.scenario.quantity import Quantity, Timeline
from sim.scenario.reader import read_block
from sim.scenario.reading import Facts, Reading
from sim.scenario.spec import Spec

ALTERNATIVES: dict[type, tuple[tuple[str, ...], ...]] = {
    Training: (("whole_run_mfu",), ("mfu", "goodput")),
    Software: (("training_growth",), ("training_efficiency",)),
}
"""Groups of fields of which a block that states one does not inherit the others."""

INFERENCE_GROUPS = (("inference_growth",), ("inference_exponent",), ("inference_efficiency",))

FEEDBACK_ONLY = ("feedback_from", "returns", "limit", "step", "experiments_count")
"""Of software, what is no input unless some lab has `feedback`: its defaults are then left out."""

OPTIONAL = frozenset(("mfu", "goodput", "training_efficiency", "inference_growth", "inference_efficiency"))
"""Of these the fields without a default; only they are taken away."""


def complete(root: Spec, reading: Reading, start: float | None) -> None:
    """Completes every lab of a scenario, and the levels that the catalog has, in place."""
    _levels(root)
    for lab in root.blocks("labs"):
        _inherit(lab, root, reading)
        for run in lab.blocks("runs"):
            _inherit(run, lab, reading)
        _fleets(lab, reading, start)
        for fleet in lab.blocks("fleets"):
            _inherit(fleet, lab, reading)
    if not aligns(root):
        for block in (root, *root.blocks("labs")):
            block.values["alignment"] = None
    found = [block.block("software") for block in (root, *root.blocks("labs"))]
    blocks = [block for block in found if block is not None]
    if not any(block.plain("feedback") for block in blocks):
        for block in blocks:
            for field_name in FEEDBACK_ONLY:
                if field_name not in block.stated:
                    block.values[field_name] = None


def aligns(root: Spec) -> bool:
    """Whether a scenario counts alignment work: it has the block, or states staff. Else its defaults are left out."""
    labs = root.blocks("labs")
    if any("alignment" in block.stated for block in (root, *labs)):
        return True
    return any(isinstance(staff := lab.values.get("staff"), dict) and ALIGNMENT in staff for lab in labs)


def _levels(root: Spec) -> None:
    """A level of which nothing is stated is the catalog's of that name."""
    levels = root.values.get("levels")
    if not isinstance(levels, dict):
        return
    for name, own in levels.items():
        listed = catalog.level(name)
        if listed is not None and not own.stated and not own.broken:
            levels[name] = overlay(own, listed)


def _inherit(spec: Spec, up: Spec, reading: Reading) -> None:
    """Completes the blocks of `spec` that inherit from the block of the same key in `up`."""
    for field_name, parameter in parameters(spec.of).items():
        if not parameter.inherits:
            continue
        own, parent = spec.block(field_name), up.block(field_name)
        if own is None:
            if field_name not in spec.broken:
                spec.values[field_name] = parent
            continue
        if parent is None:
            assert parameter.of is not None
            parent = _defaults(parameter.of, own.path, reading)
        merged = overlay(own, parent)
        spec.values[field_name] = merged
        report_missing(merged, own, reading)


def _defaults(of: type, path: str, reading: Reading, name: str = "") -> Spec:
    """A block of which nothing is stated; what it requires is marked broken, not reported."""
    return read_block(of, None, path, NOWHERE, Facts(), Reading(accelerators=reading.accelerators), name=name)


def report_missing(merged: Spec, own: Spec, reading: Reading) -> None:
    """A problem for each required field that no level states."""
    for field_name in sorted(merged.broken - own.broken):
        parameter = parameters(merged.of)[field_name]
        if parameter.required:
            message = f"`{parameter.key}` is missing: {parameter.meaning}"
            reading.problems.add(own.place, join(own.path, parameter.key), message)


def overlay(own: Spec, parent: Spec) -> Spec:
    """`own` with what it does not state taken from `parent`, field by field, also in blocks inside."""
    merged = Spec(own.of, own.path, own.place, own.name or parent.name, places=dict(own.places))
    merged.stated = set(own.stated)
    dropped = _dropped(own)
    for field_name in parameters(own.of):
        mine, theirs = own.values.get(field_name), parent.values.get(field_name)
        if isinstance(mine, Spec) and isinstance(theirs, Spec):
            merged.values[field_name] = overlay(mine, theirs)
        elif mine is not None or field_name in own.broken:
            merged.values[field_name] = mine
            if field_name in own.broken:
                merged.broken.add(field_name)
        else:
            merged.values[field_name] = None if field_name in dropped else theirs
            if field_name in parent.broken:
                merged.broken.add(field_name)
    return merged


def _dropped(own: Spec) -> set[str]:
    """Fields that a block does not inherit because it states another way to say the same."""
    families = [ALTERNATIVES.get(own.of, ())]
    if own.of is Software:
        families.append(INFERENCE_GROUPS)
    dropped: set[str] = set()
    for groups in families:
        stated = [group for group in groups if any(own.has(name) for name in group)]
        if stated:
            dropped.update(name for group in groups if group not in stated for name in group)
    return dropped & OPTIONAL


def uses(lab: Spec) -> list[str]:
    """Names of the uses that a lab declares shares for."""
    value = lab.values.get("use")
    return sorted(value) if isinstance(value, dict) else []


def fleet_names(lab: Spec) -> list[str]:
    """The uses that are fleets."""
    return [name for name in uses(lab) if name not in NOT_FLEETS]


def _fleets(lab: Spec, reading: Reading, start: float | None) -> None:
    stated = lab.values.get("fleets")
    fleets = dict(stated) if isinstance(stated, dict) else {}
    for name in fleet_names(lab):
        if name not in fleets:
            path = join(join(lab.path, "fleets"), name)
            inner = Reading(accelerators=reading.accelerators)
            fleets[name] = read_block(Fleet, None, path, lab.where("use"), Facts(), inner, name=name, start=start)
    lab.values["fleets"] = dict(sorted(fleets.items()))


IN_ACCELERATORS = ("count", "deliver", "stock")
"""Fields of a supply that are numbers of accelerators."""


def in_h100e(supply: Spec) -> bool:
    """Whether a supply of a stated type gives its numbers in H100-equivalents."""
    values = [supply.values.get(name) for name in IN_ACCELERATORS]
    named = {value.accelerator for value in values if isinstance(value, Quantity | Timeline)}
    return H100E in named and supply.plain("accelerator") not in (None, H100E)


def supply_type(supply: Spec) -> str | None:
    """The accelerator type of a supply: as stated, or as the unit of its count names it."""
    stated = supply.plain("accelerator")
    if stated is not None:
        return str(stated)
    for field_name in IN_ACCELERATORS:
        value = supply.values.get(field_name)
        if isinstance(value, Quantity | Timeline) and value.accelerator:
            return value.accelerator
    return None


def types_used(root: Spec) -> list[str]:
    """Accelerator types that the labs, the world or runs have, by name."""
    found: set[str] = set()
    world = root.block("world")
    places = [*root.blocks("labs"), *([world] if world else [])]
    for place in places:
        found.update(name for supply in place.blocks("compute") if (name := supply_type(supply)))
        for run in place.blocks("runs") if place is not world else []:
            held = run.values.get("accelerators")
            found.update(held if isinstance(held, dict) else ())
    return sorted(found)


def accelerator_spec(root: Spec, name: str, reading: Reading) -> Spec | None:
    """The entry of one type: the scenario's, completed by the catalog's; None if neither has it."""
    stated = root.values.get("accelerators")
    own = stated.get(name) if isinstance(stated, dict) else None
    listed = catalog.accelerator(name)
    if own is None:
        return listed
    parent = listed or _defaults(Accelerator, own.path, reading, name)
    return overlay(own, parent)
