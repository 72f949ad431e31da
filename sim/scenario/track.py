"""Which declared fields of a draw were read: dataclasses that remember, for naming inputs without influence."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from contextlib import suppress
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
    """What reading each field of one object means: the paths of its inputs. It has the values until they are read."""

    __slots__ = ("fields", "seen", "values")

    def __init__(self, seen: Seen, fields: Mapping[str, tuple[str, ...]]) -> None:
        self.seen = seen
        self.fields = fields
        self.values: dict[str, Any] = {}


def watched(of: type, values: dict[str, Any], watch: Watch) -> Any:
    """An `of` with `values`, whose reads `watch` hears of. It is an instance of a subclass of the same fields."""
    made = _watched_class(of)(**values)
    for name in parameters(of):
        watch.values[name] = getattr(made, name)
        object.__delattr__(made, name)
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
    """A subclass whose fields are empty until they are read: only the first reading of each costs anything."""
    if of not in _classes:

        def __getattr__(self: Any, name: str) -> Any:
            watch = None if name == "_watch" else watch_of(self)
            if watch is None or name not in watch.values:
                raise AttributeError(f"{of.__name__!r} object has no attribute {name!r}", name=name, obj=self)
            value = watch.values[name]
            if watch.seen.on:
                watch.seen.paths.update(watch.fields.get(name, ()))
                object.__setattr__(self, name, value)
            return value

        def __setattr__(self: Any, name: str, value: Any) -> None:
            watch = watch_of(self)
            if watch is not None and name in watch.values:
                watch.values[name] = value
                with suppress(AttributeError):
                    object.__delattr__(self, name)
            else:
                object.__setattr__(self, name, value)

        def __reduce__(self: Any) -> tuple[Any, ...]:
            # Made again by its declared class, which a pickle can name; pickling is no reading.
            watch = watch_of(self)
            assert watch is not None, "what is watched has a watch"
            kept = watch.values
            values = {field.name: kept[field.name] if field.name in kept else getattr(self, field.name)
                      for field in dataclasses.fields(of)}  # fmt: skip
            return watched, (of, values, Watch(watch.seen, watch.fields))

        body = {
            "__slots__": ("_watch",),
            "__getattr__": __getattr__,
            "__setattr__": __setattr__,
            "__reduce__": __reduce__,
            "__module__": of.__module__,
        }
        made = type(of.__name__, (of,), body)
        made.__qualname__ = of.__qualname__
        _classes[of] = made
    return _classes[of]
