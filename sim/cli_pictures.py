"""Pictures that a command writes."""

from __future__ import annotations

import os

MOST_DRAWN = 1000
"""Models above which there are no pictures: they would take minutes, and nobody could read them."""


def settle_matplotlib() -> None:
    """Pictures go to files: no display and no other backend is needed, and a cache that cannot be kept is no loss."""
    import logging

    os.environ["MPLBACKEND"] = "agg"
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
