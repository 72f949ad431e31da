"""Which uncertain inputs go together: rank correlations of a Gaussian copula, and of a series with itself in time.

    correlations:
      - {inputs: [labs.A.compute.grows, labs.B.compute.grows], correlation: 70%}
      - {inputs: [a, b, c], matrix: [[1, 0.5, 0.2], [0.5, 1, 0], [0.2, 0, 1]]}

A correlation is Spearman's: of the ranks of the two inputs over many draws; each input keeps its own distribution. At
100% both have the same quantile in every draw: one quantity that stands in two places. The normal scores of the ranks
then have the correlation 2·sin(π·ρ/6) (Pearson 1907).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

from sim.base.units import DAYS_PER_YEAR
from sim.scenario.problem import Place, Problems, Unreadable, nearest, quoted
from sim.scenario.quantity import Timeline
from sim.scenario.shape import FACT_KEYS
from sim.scenario.units import parse_amount
from sim.scenario.yaml_tree import Node

KEY = "correlations"
Pairs = dict[tuple[str, str], float]
"""Two inputs, in the order of their names, and the correlation of their normal scores."""

ROUNDING = 1e-9


def read_correlations(
    node: Node | None,
    uncertain: Sequence[str],
    series: Sequence[Timeline],
    problems: Problems,
    derived: Collection[str] = (),
) -> Pairs:
    """The correlations that a scenario states, those of its series among them; a problem for each that cannot be.

    derived: inputs that follow from others.
    """
    pairs = {_pair(a, b): rho for line in series for a, b, rho in _in_time(line)}
    place = node.place if node is not None else series[0].place if series else Place("")
    if node is not None and not node.is_null:
        if not node.is_list:
            message = "expected a list, as in [{inputs: [A, B], correlation: 50%}]"
            problems.add(node.place, KEY, f"{message}; got {node.what()}")
            return pairs
        for index, item in enumerate(node.items):
            _item(item, f"{KEY}[{index}]", uncertain, pairs, problems, derived)
    if pairs and not problems.found:
        paths = sorted({path for pair in pairs for path in pair}, key=list(uncertain).index)
        matrix = matrix_of(paths, pairs)
        if factor(matrix) is None:
            problems.add(place, KEY, _impossible(paths, matrix, pairs))
    return pairs


def _in_time(line: Timeline) -> Iterator[tuple[str, str, float]]:
    """Of values a year apart the correlation of normal scores is as stated, of those t years apart its t-th power."""
    points = [(day, quantity.path) for day, quantity in line.points if quantity.uncertain and day is not None]
    rho = line.correlation
    for index, (day, path) in enumerate(points) if rho else ():
        for later, other in points[index + 1 :]:
            yield path, other, rho ** ((later - day) / DAYS_PER_YEAR)


def _item(item: Node, path: str, uncertain: Sequence[str], pairs: Pairs, problems: Problems,
          derived: Collection[str]) -> None:  # fmt: skip
    known = ("inputs", "correlation", "matrix", *FACT_KEYS)
    for key in item.entries:
        if key not in known:
            problems.add(item.keys[key], f"{path}.{key}", f"unknown key {quoted(key)}", nearest(key, known))
    inputs = item.get("inputs") if item.is_map else None
    stated = [key for key in ("correlation", "matrix") if item.is_map and key in item.entries]
    if inputs is None or not inputs.is_list or len(inputs.items) < 2 or len(stated) != 1:
        message = "expected {inputs: [A, B], correlation: 50%}, or inputs with a `matrix` of their correlations"
        problems.add(item.place, path, message)
        return
    names = [node.text for node in inputs.items]
    unknown = [node for node in inputs.items if node.text not in uncertain]
    for node in unknown:
        message, near = f"there is no uncertain input {quoted(node.text)}", nearest(node.text, uncertain)
        if node.text in derived:
            message, near = f"{quoted(node.text)} follows from others: say of those how they go together", ""
        problems.add(node.place, f"{path}.inputs", message, near)
    if len(set(names)) < len(names):
        problems.add(inputs.place, f"{path}.inputs", "an input is named twice")
    elif not unknown:
        node = item.entries[stated[0]]
        try:
            found = _matrix(node, len(names)) if stated == ["matrix"] else _constant(node, len(names))
        except Unreadable as error:
            problems.add(node.place, f"{path}.{stated[0]}", error.message)
            return
        for row, name in enumerate(names):
            for column in range(row):
                pair = _pair(name, names[column])
                if pair in pairs:
                    message = f"the correlation of {pair[0]} and {pair[1]} is stated twice"
                    problems.add(item.place, path, message)
                pairs[pair] = 2.0 * math.sin(math.pi * found[row][column] / 6.0)


def _constant(node: Node, count: int) -> list[list[float]]:
    return [[_correlation(node)] * count] * count


def _matrix(node: Node, count: int) -> list[list[float]]:
    rows = [row.items for row in node.items]
    if len(rows) != count or any(len(row) != count for row in rows):
        raise Unreadable(f"expected {count} rows of {count} numbers, as many as `inputs`")
    found = [[_correlation(item) for item in row] for row in rows]
    for row in range(count):
        if found[row][row] != 1.0:
            raise Unreadable(f"an input goes with itself: number {row + 1} of row {row + 1} is 1")
        for column in range(row):
            if found[row][column] != found[column][row]:
                one, other = f"{found[row][column]:g}", f"{found[column][row]:g}"
                raise Unreadable(f"rows and columns must agree: {one} in row {row + 1}, {other} in row {column + 1}")
    return found


def _correlation(node: Node) -> float:
    if not node.is_scalar or node.is_null:
        raise Unreadable(f"expected a correlation such as 50%, got {node.what()}")
    amount = parse_amount(node.text, "share")
    if amount.high is not None or not -1.0 <= amount.value <= 1.0:
        raise Unreadable(f"a correlation is one number from -100% to 100%, got {quoted(node.text)}")
    return amount.value


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def matrix_of(paths: Sequence[str], pairs: Pairs) -> list[list[float]]:
    """The correlations of the normal scores as a matrix, 0 where nothing is stated."""
    return [[1.0 if a == b else pairs.get(_pair(a, b), 0.0) for b in paths] for a in paths]


def factor(matrix: list[list[float]]) -> list[list[float]] | None:
    """L, lower triangular, with L·Lᵀ the matrix (Cholesky; some may be fully determined by others); None if none is."""
    size = len(matrix)
    lower = [[0.0] * size for _ in range(size)]
    for j in range(size):
        left = matrix[j][j] - math.fsum(x * x for x in lower[j][:j])
        if left < -ROUNDING:
            return None
        pivot = math.sqrt(left) if left > ROUNDING else 0.0
        lower[j][j] = pivot
        for i in range(j + 1, size):
            rest = matrix[i][j] - math.fsum(a * b for a, b in zip(lower[i][:j], lower[j][:j], strict=True))
            if pivot:
                lower[i][j] = rest / pivot
            elif abs(rest) > math.sqrt(ROUNDING):
                return None
    return lower


def nearest_valid(matrix: list[list[float]]) -> list[list[float]]:
    """The correlation matrix nearest to one that is none (alternating projections, Higham 2002)."""
    import numpy as np

    given = np.array(matrix)
    found, correction = given.copy(), np.zeros_like(given)
    for _ in range(1000):
        shifted = found - correction
        values, vectors = np.linalg.eigh(shifted)
        inside = (vectors * np.maximum(values, 1e-6)) @ vectors.T
        correction = inside - shifted
        before, found = found, inside.copy()
        np.fill_diagonal(found, 1.0)
        if abs(found - before).max() < 1e-10:
            break
    rows: list[list[float]] = found.tolist()
    return rows


def _impossible(paths: Sequence[str], matrix: list[list[float]], pairs: Pairs) -> str:
    offered = _offered(nearest_valid(matrix))
    changed = []
    for i, one in enumerate(paths):
        for j in range(i):
            if _pair(one, paths[j]) in pairs or offered[i][j]:
                changed.append(f"{paths[j]} and {one} {offered[i][j]:.2f} (not {rank_correlation(matrix[i][j]):.2f})")
    return f"these correlations cannot all be: the nearest that can are {', '.join(changed)}"


def _offered(near: list[list[float]]) -> list[list[float]]:
    """Rank correlations of two digits, cut towards 0 as far as it takes for them to be valid themselves."""
    for percent in range(100, -1, -1):
        ranks = [[math.trunc(percent * rank_correlation(score)) / 100.0 for score in row] for row in near]
        scores = [[2.0 * math.sin(math.pi * rank / 6.0) for rank in row] for row in ranks]
        for index, row in enumerate(scores):
            row[index] = 1.0
        if factor(scores) is not None:
            break
    return ranks


def rank_correlation(score: float) -> float:
    """The rank correlation of a correlation of normal scores."""
    return 6.0 / math.pi * math.asin(max(-1.0, min(1.0, score)) / 2.0)
