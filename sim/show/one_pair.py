"""What one pair of worlds cannot tell, in a sentence: models come one by one, so that time bought jumps."""

from __future__ import annotations

from sim.analysis.pair import World
from sim.show.compared import Compared, span, words_of_level


def one_pair(comparison: Compared) -> str:
    """Why the days bought are those of one pair of worlds only, how far apart models come, and what shows more."""
    apart = _apart(comparison.pairs[0].base)
    example = f" (in the base {apart})" if apart else ""
    each = " for each change" if len(comparison.pairs) > 1 else ""
    return (f"One pair of worlds{each}: models come one by one{example}, so the days bought jump with where runs fall; "
            "`-n 100` gives their spread, `sim sweep` the jumps.")  # fmt: skip


def _apart(base: World) -> str:
    """Who is first at the last level that the base reaches after its start, and how long after its own model before."""
    found = [(crossing.day, level) for level, crossing in base.crossings.items() if base.later < crossing.day]
    if not found:
        return ""
    day, level = max(found)
    first = base.crossings[level]
    before = [model.internal + base.later for model in base.record.models
              if model.lab == first.lab and model.kind == "general" and model.internal + base.later < day]  # fmt: skip
    if not before:
        return ""
    apart = span(day - max(before)).replace("\u00a0", " ")
    return f"the first at {words_of_level(level)}, {first.lab}/{first.model}, comes {apart} after that lab's one before"
