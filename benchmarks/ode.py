"""How far software that follows research is from SciPy's ODE solver, case by case (the claim: 0.1% and 0.5%).

The cases and the reference are those of tests/world/test_ode.py.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.world.test_ode import CASES, day_of, first_day, kernel, level, reference, values


def main() -> None:
    print(f"{'case':17} {'days':>5} {'A at the end':>12} {'dates':>9} {'levels':>9} {'step halved':>12} {'pieces':>7}")
    for name, case in CASES.items():
        parts, growth, half = reference(case), kernel(case), kernel(case, 1.5**0.5)
        looked = values(parts)
        dates = max(abs(first_day(growth, value) / (day_of(parts, value) or 1.0) - 1.0) for value in looked)
        halved = max(abs(first_day(growth, value) / first_day(half, value) - 1.0) for value in looked)
        last = parts[-1][1]
        days = [float(day) for day in np.linspace(last / 20.0, last * 0.98, 200)]
        levels = max(abs(growth.at(day) / level(parts, day) - 1.0) for day in days)
        top = math.exp(float(parts[-1][2](last)[0]))
        print(f"{name:17} {last:5.0f} {top:12.3g} {dates:9.4%} {levels:9.4%} {halved:12.4%} {len(growth.pieces):7}")


if __name__ == "__main__":
    main()
