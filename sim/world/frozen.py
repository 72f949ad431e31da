"""Read-only views of the kernel's objects, for code that is not part of this program."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from types import BuiltinMethodType, MappingProxyType, MethodType
from typing import Any

from sim.base.calendar import Recurrence
from sim.base.growth import Growth
from sim.base.series import Series

READ_ONLY_METHODS = frozenset(("needs_length", "peak", "may_use"))
"""Methods that change nothing."""

PLAIN = (str, int, float, bool, type(None), date, Enum, Series, Growth, Recurrence)


class Frozen:
    """Shows an object's attributes and lets none be set; what is inside is frozen too. Two of one object are equal."""

    __slots__ = ("_of",)

    def __init__(self, of: Any) -> None:
        object.__setattr__(self, "_of", of)

    def __getattr__(self, name: str) -> Any:
        of = object.__getattribute__(self, "_of")
        if name.startswith("_"):
            raise AttributeError(f"{type(of).__name__} shows nothing called {name!r}")
        try:
            value = getattr(of, name)
        except AttributeError:
            raise AttributeError(f"{type(of).__name__} has nothing called {name!r}") from None
        if isinstance(value, MethodType | BuiltinMethodType):
            if name in READ_ONLY_METHODS:
                return value
            raise AttributeError(f"{type(of).__name__}.{name} is the kernel's to call")
        return frozen(value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name!r} cannot be set: what a policy sees is read-only")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{name!r} cannot be deleted: what a policy sees is read-only")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frozen) and thawed(self) is thawed(other)

    def __hash__(self) -> int:
        return id(thawed(self))

    def __repr__(self) -> str:
        of = thawed(self)
        return f"<{type(of).__name__} {getattr(of, 'name', '')}>"


def frozen(value: Any) -> Any:
    """`value` such that nothing of it can be changed: mappings, tuples and `Frozen` objects all the way down."""
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, Mapping):
        return MappingProxyType({key: frozen(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return tuple(frozen(item) for item in value)
    if isinstance(value, set | frozenset):
        return frozenset(value)
    return value if isinstance(value, Frozen) else Frozen(value)


def thawed(value: Any) -> Any:
    """What a `Frozen` shows; for the kernel."""
    return object.__getattribute__(value, "_of") if isinstance(value, Frozen) else value
