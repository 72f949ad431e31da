"""How inputs of several worlds go together, so that a draw is the same in all of them where they have the same inputs.

Each world states correlations of its own inputs. One copula for all worlds has those of the base and, of inputs that
only changes add, those that the changes state: a change that takes a value out of a series, or pins it, then leaves the
other values of that series as they are in the base's draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.scenario import Scenario
from sim.scenario.correlation import Pairs, factor, matrix_of, rank_correlation


class NotComparable(ValueError):
    """Worlds that draws in pairs say nothing about."""


def joint_correlations(base: Scenario, changed: Mapping[str, Scenario], paths: Sequence[str]) -> Pairs:
    """Correlations of the normal scores of all `paths`: the base's first, then those that changes add.

    An added input and one that its world does not have go together only by what they both go with: given those they
    are independent. Raises NotComparable for a change that restates a correlation, or where not all can be at once.
    """
    stated: Pairs = {}
    by: dict[tuple[str, str], str] = {}
    worlds = {"the base": base, **changed}
    named = {path for scenario in worlds.values() for pair in scenario.correlations for path in pair}
    paths = [path for path in paths if path in named]
    for name, scenario in worlds.items():
        own = set(scenario.uncertain)
        mine = [path for path in paths if path in own]
        for n, one in enumerate(mine):
            for other in mine[n + 1 :]:
                pair = (one, other) if one < other else (other, one)
                rho = scenario.correlations.get(pair, 0.0)
                if stated.setdefault(pair, rho) != rho:
                    raise NotComparable(_restated(name, pair, rho, by[pair], stated[pair]))
                by.setdefault(pair, name)
    found = {pair: rho for pair, rho in stated.items() if rho}
    for n in range(sum(path in named for path in base.uncertain), len(paths)):
        found |= _implied(paths[: n + 1], stated, found)
    if found and factor(matrix_of(paths, found)) is None:
        raise NotComparable("the correlations that the changes state cannot all be at once: compare each with the base "
                            "by itself")  # fmt: skip
    return found


def _implied(paths: Sequence[str], stated: Pairs, found: Pairs) -> Pairs:
    """Correlations of the last of `paths` with those of the others of which no world says how it goes with them."""
    *others, last = paths
    pairs = [(path, last) if path < last else (last, path) for path in others]
    near = [path for path, pair in zip(others, pairs, strict=True) if pair in stated]
    far = [(path, pair) for path, pair in zip(others, pairs, strict=True) if pair not in stated]
    if not far or not any(pair in found for pair in pairs):
        return {}
    whole = np.array(matrix_of([*near, last], found))
    weights = np.linalg.pinv(whole[:-1, :-1], hermitian=True) @ whole[:-1, -1]
    across = np.array(matrix_of([*near, *(path for path, _ in far)], found))[: len(near), len(near) :]
    return {pair: float(rho) for (_, pair), rho in zip(far, weights @ across, strict=True) if abs(rho) > 1e-12}


def _restated(name: str, pair: tuple[str, str], rho: float, before: str, old: float) -> str:
    now, then = (f"{100.0 * rank_correlation(each):.3g}%" for each in (rho, old))
    return (f"{name}: the correlation of {pair[0]} and {pair[1]} is {now}, in {before} {then}: a draw cannot be the "
            "same in both. State it alike in both, or run each alone (sim run FILE -n N) and compare their quantiles")
