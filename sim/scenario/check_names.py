"""What a scenario names: its blocks, accelerators and keys; and what is said of a name that nothing has."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sim.model.declare import parameters
from sim.model.draw import Draw
from sim.scenario import catalog
from sim.scenario.problem import Place, Problems, nearest, quoted
from sim.scenario.quantity import Plain
from sim.scenario.spec import Spec

MOST_NAMED = 20
"""Valid names that a message lists at most."""

USUAL_DOMAINS = frozenset(parameters(Draw)["domains"].default)
"""The domains of a scenario that states none."""


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
    no_such(what, str(value.value), valid, value.place, value.path, problems)


def no_such(what: str, name: str, valid: Collection[str], place: Place, path: str, problems: Problems) -> None:
    """A problem: `name` names no `what` that there is (`valid`)."""
    if what == "domain" and name in USUAL_DOMAINS:
        message = (
            f"`domains:` names all domains that there are, and {quoted(name)} is not one; add `{name}: {{}}` to it"
        )
        problems.add(place, path, message)
        return
    near = nearest(name, valid)
    more = "" if near else f"; known: {', '.join(list(valid)[:MOST_NAMED]) or 'none'}"
    problems.add(place, path, f"there is no {what} {quoted(name)}{more}", near)


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
