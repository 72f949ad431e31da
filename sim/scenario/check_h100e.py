"""Numbers in H100-equivalents of a stated type, and the definition that they are converted by."""

from __future__ import annotations

from sim.model.accelerator import H100E_DEFINITIONS
from sim.scenario.complete import accelerator_spec, in_h100e
from sim.scenario.problem import join
from sim.scenario.reading import Reading
from sim.scenario.spec import Spec


def check_h100e(supply: Spec, root: Spec, reading: Reading) -> None:
    """A number in H100e of a stated type is converted by a definition that this type has a peak for."""
    place, path = supply.where("h100e"), join(supply.path, "h100e")
    definition = str(supply.plain("h100e"))
    if not in_h100e(supply):
        if "h100e" in supply.stated and "h100e" not in supply.broken:
            message = "converts '1000 H100e' of a stated type: state `accelerator`, and the number in H100e"
            reading.problems.add(place, path, message)
        return
    kind = str(supply.plain("accelerator"))
    spec = accelerator_spec(root, kind, reading)
    peaks = spec.values.get("peak_flop_per_s") if spec is not None else None
    if spec is None or definition != H100E_DEFINITIONS[1] or not isinstance(peaks, dict):
        return
    if "fp8" not in peaks and not spec.has("h100e_8bit"):
        message = f"{kind} has no 8-bit peak to convert by: state accelerators.{kind}.h100e_8bit, or a number of {kind}"
        reading.problems.add(place, path, message)
