"""Why what an intervention gave back is split at no level."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sim.analysis.derivation import BACK
from sim.analysis.not_split import not_split

KNOWN = dict.fromkeys((name for name, _ in BACK), 0.0)
OPEN = dict.fromkeys(KNOWN, None)


@pytest.mark.parametrize(("spent", "parts", "bound", "told"), [
    (None, [], [], "no intervention is in force"),
    (30.0, [], [], "no level is reached in both worlds"),
    (30.0, [KNOWN], [False], "a lab is first whom it does not bind"),
    (30.0, [KNOWN, OPEN], [False, True], "only where an intervention holds in full"),
    (30.0, [OPEN, KNOWN], [True, True], ""),
    (30.0, [KNOWN], [None], ""),
])  # fmt: skip
def test_the_reason(spent: float | None, parts: list[dict[str, Any]], bound: list[bool | None], told: str) -> None:
    pair: Any = SimpleNamespace(end=100.0, world=SimpleNamespace(intervened=lambda day: spent))
    returned = [{"level": str(n), **of} for n, of in enumerate(parts)]
    why = not_split(pair, returned, [{"level": str(n), "binds_first": of} for n, of in enumerate(bound)])
    assert told in why and bool(why) == bool(told)
