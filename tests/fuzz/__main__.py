"""Tries many cases: `python -m tests.fuzz [--cases N] [--seed S] [--case K]`. Exit status 1 if one fails."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.attempt import Failure, attempt
from tests.fuzz.mutate import case

TRIES = 400
"""Attempts at making a failing case smaller."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=None, help="default: another one each time")
    parser.add_argument("--case", type=int, default=None, help="print this case alone, and try it")
    parser.add_argument("--out", type=Path, default=Path("outputs/fuzz"), help="where failing cases are saved")
    options = parser.parse_args()
    seed = random.randrange(10**6) if options.seed is None else options.seed
    if options.case is not None:
        path, text = case(seed, options.case)
        print(text)
        print(attempt(path, text, tables=True))
        return 0
    print(f"seed {seed}, {options.cases:,} cases", flush=True)
    ends: Counter[str] = Counter()
    failures: Counter[str] = Counter()
    began, slowest = time.process_time(), (0.0, 0)
    for number in range(options.cases):
        path, text = case(seed, number)
        since = time.process_time()
        try:
            ends[attempt(path, text, tables=number % 4 == 0)] += 1
        except Failure as failure:
            failures[failure.key] += 1
            if failures[failure.key] == 1:
                saved = save(options.out, seed, number, path, smallest(path, text, failure.key))
                print(f"case {number}: {failure}saved as {saved}\n", flush=True)
        if number % 1000 == 999:
            print(f"{number + 1:6,} cases", flush=True)
        slowest = max(slowest, (time.process_time() - since, number))
    counts = ", ".join(f"{count:,} {end}" for end, count in sorted(ends.items()))
    took = time.process_time() - began
    print(f"{counts}; {sum(failures.values()):,} failed ({took:.0f} s; slowest {slowest[0]:.2f} s, case {slowest[1]})")
    for key, count in failures.most_common():
        print(f"{count:6} {key}")
    return 1 if failures else 0


def fails(path: str, text: str, key: str) -> bool:
    try:
        attempt(path, text, tables=True)
    except Failure as failure:
        return failure.key == key
    return False


def smallest(path: str, text: str, key: str) -> str:
    """The text with as many lines taken away as it can lose and still fail in the same way."""
    lines, tries, size = text.split("\n"), 0, 1 << 10
    while size:
        at = 0
        while at < len(lines) and tries < TRIES:
            fewer = lines[:at] + lines[at + size :]
            tries += 1
            if fails(path, "\n".join(fewer), key):
                lines = fewer
            else:
                at += size
        size //= 2
    return "\n".join(lines)


def save(folder: Path, seed: int, number: int, path: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    saved = folder / f"{Path(path).stem}-{seed}-{number}.yaml"
    saved.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    return saved


if __name__ == "__main__":
    sys.exit(main())
