"""The program `sim`, also as `python -m sim`: the command line, ended well by an interrupt at any moment.

Nothing is imported before interrupts are taken care of. What Python does before it comes here nobody can care for.
"""

from __future__ import annotations

import os
import sys


def start() -> None:
    """Run the command line and end the process with its status."""
    status: object = None
    try:
        from sim.base import interrupt

        # numpy's linear algebra would start a thread for each processor, which spins: no matrix here is large, and
        # processes of an ensemble share the processors.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        try:
            interrupt.watch()
            try:
                from sim.cli import main

                status = main()
            except SystemExit as stop:  # of argparse: --help, or a command that it cannot read
                status = stop.code
            interrupt.ignore()
        except BaseException as error:
            if status is None:
                if not interrupt.interrupted(error):
                    raise
                status = interrupt.STATUS
                print(interrupt.told(), file=sys.stderr)
        if status == interrupt.STATUS:
            interrupt.leave()
        interrupt.ignore()
    except KeyboardInterrupt:
        os._exit(130)
    raise SystemExit(status)


if __name__ == "__main__":
    start()
