"""What a scenario names: its blocks, accelerators and keys; and what is said of a name that nothing has."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sim.model.declare import parameters
from sim.scenario import catalog
from sim.scenario.problem import Place, Problems, nearest, quoted
from sim.scenario.quantity import Plain
from sim.scenario.spec import Spec


def names_of(root: Spec, field_name: str) -> list[str]:
    """Names of the blocks of a mapping."""
    value = root.values.get(field_name)
    return list(value) if isinstance(value, dict) else []


def key_of(spec: Spec, field_name: str) -> str:
    """The YAML key of a field."""
    return parameters(spec.of)[field_name].key


def one_of(spec: Spec, fields: Sequence[str], problems: Problems) -> None:
    """A problem unless exactly one of the fields is stated."""
    stated = [name for name in fields if spec.has(name)]
    if len(stated) == 1:
        return
    keys = [f"`{key_of(spec, name)}`" for name in fields]
    listed = ", ".join(keys[:-1]) + f" and {keys[-1]}"
    got = "none" if not stated else " and ".join(f"`{key_of(spec, name)}`" for name in stated)
    problems.add(spec.place, spec.path, f"state exactly one of {listed}; got {got}")


def known_name(spec: Spec, field_name: str, valid: Collection[str], what: str, problems: Problems) -> None:
    """A problem if a text names nothing that exists."""
    value = spec.values.get(field_name)
    if not isinstance(value, Plain) or value.value is None or str(value.value) in valid:
        return
    name = str(value.value)
    known = ", ".join(list(valid)[:20]) or "none"
    near = nearest(name, valid)
    more = "" if near else f"; known: {known}"
    problems.add(value.place, value.path, f"there is no {what} {quoted(name)}{more}", near)


def known_types(root: Spec) -> list[str]:
    """Accelerator types that a scenario may name."""
    return sorted({*catalog.names(), *names_of(root, "accelerators")})


def known_type(name: str, place: Place, path: str, root: Spec, problems: Problems) -> None:
    """A problem if there is no accelerator of that name."""
    types = known_types(root)
    if name not in types:
        near = nearest(name, types)
        more = "" if near else f"; known: {', '.join(types)}"
        problems.add(place, path, f"unknown accelerator {quoted(name)}{more}", near)
