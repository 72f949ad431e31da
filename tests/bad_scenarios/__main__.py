"""Writes into every transcript what is printed now: `python -m tests.bad_scenarios [PART-OF-NAME …]`."""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.bad_scenarios.transcript import FOLDER, PROMPT, lay_out, read, run

SECONDS = 60
wanted = sys.argv[1:]


def _late(*_: Any) -> None:
    sys.exit(f"not done in {SECONDS} s")


signal.signal(signal.SIGALRM, _late)
with tempfile.TemporaryDirectory() as folder:
    bad = lay_out(Path(folder))
    for name, commands in groupby(read(), lambda typed: typed.file):
        if wanted and not any(part in name for part in wanted):
            continue
        parts = []
        for typed in commands:
            signal.alarm(SECONDS)
            began = time.perf_counter()
            status, printed = run(typed, bad)
            signal.alarm(0)
            took = time.perf_counter() - began
            if status != 2 or took > 2.0:
                print(f"{typed}: exit status {status}, {took:.1f} s", file=sys.stderr)
            parts.append(f"{PROMPT}{typed.command}\n{printed}\n")
        (FOLDER / name).write_text("\n".join(parts), encoding="utf-8")
