"""Pixels as a PNG file."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

LEVEL = 3
"""Of compression: more takes twice the time for a twentieth of the bytes."""


def png(pixels: Any, dpi: float) -> bytes:
    """A PNG file of rows of opaque pixels (red, green, blue, and opacity, which is left out), 0 to 255 each."""
    file = BytesIO()
    image = Image.fromarray(np.ascontiguousarray(pixels[..., :3]))
    image.save(file, "PNG", compress_level=LEVEL, dpi=(dpi, dpi))
    return file.getvalue()
