"""Which declared fields of a draw were read: dataclasses that remember, for naming inputs without influence."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from sim.model.declare import parameters

_classes: dict[type, type] = {}


class Seen:
    """Paths of the parameters that were read while `on`."""

    __slots__ = ("on", "paths")

    def __init__(self) -> None:
        self.on = False
        self.paths: set[str] = set()


class Watch:
    """What reading each field of one object means: the paths of its inputs."""

    __slots__ = ("fields", "seen")

    def __init__(self, seen: Seen, fields: Mapping[str, tuple[str, ...]]) -> None:
        self.seen = seen
        self.fields = fields

    def read(self, name: str) -> None:
        if self.seen.on:
            self.seen.paths.update(self.fields.get(name, ()))


def watched(of: type, values: dict[str, Any], watch: Watch) -> Any:
    """An `of` with `values`, whose reads `watch` hears of. It is an instance of a subclass of the same fields."""
    made = _watched_class(of)(**values)
    object.__setattr__(made, "_watch", watch)
    return made


def watch_of(made: Any) -> Watch | None:
    """The watch of an object; None if it has none."""
    try:
        watch: Watch = object.__getattribute__(made, "_watch")
        return watch
    except AttributeError:
        return None


def unwatch(made: Any) -> None:
    """Take note no more of what is read of an object, and of all that was made with it."""
    watch = watch_of(made)
    if watch is not None:
        watch.seen.on = False


def _watched_class(of: type) -> type:
    if of not in _classes:
        names = frozenset(parameters(of))
        get: Callable[[Any, str], Any] = object.__getattribute__

        def __getattribute__(self: Any, name: str) -> Any:
            if name in names:
                watch = watch_of(self)
                if watch is not None:
                    watch.read(name)
            return get(self, name)

        def __reduce__(self: Any) -> tuple[Any, ...]:
            # Made again by its declared class, which a pickle can name; pickling is no reading.
            values = {field.name: get(self, field.name) for field in dataclasses.fields(of)}
            return watched, (of, values, get(self, "_watch"))

        body = {
            "__slots__": ("_watch",),
            "__getattribute__": __getattribute__,
            "__reduce__": __reduce__,
            "__module__": of.__module__,
        }
        made = type(of.__name__, (of,), body)
        made.__qualname__ = of.__qualname__
        _classes[of] = made
    return _classes[of]
