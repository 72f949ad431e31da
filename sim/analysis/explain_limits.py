"""What an intervention limits besides what it stops: each cap, level, tax or delay that is stated, in words."""

from __future__ import annotations

from sim.model.declare import parameters
from sim.model.intervention import Intervention

WHEN = ("starts", "ends", "lasts", "continues", "freed")
"""Fields that are told otherwise, or say what becomes of what is freed."""


def limits(spec: Intervention) -> list[str]:
    """`cap run flop: 1e+27 FLOP`, one for each limit that is stated, in the order of their declaration."""
    lines = []
    for name, declared in parameters(Intervention).items():
        value = getattr(spec, name)
        if (declared.default is not None and declared.default != {}) or name in WHEN:
            continue
        if not isinstance(value, float | str | dict) or value == {}:
            continue
        items: dict[str, float | str] = value if isinstance(value, dict) else {"": value}
        told = ", ".join(f"{key} {_shown(item, declared.unit)}".strip() for key, item in sorted(items.items()))
        lines.append(f"{declared.key.replace('_', ' ')}: {told}")
    return lines


def _shown(value: float | str, unit: str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:.4g} {'days' if unit == 'day' else 'of it' if unit == 'share' else unit}".strip()
