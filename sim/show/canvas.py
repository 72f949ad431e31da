"""What pictures are drawn on: Matplotlib's Agg, with every line of text laid out and drawn once.

Matplotlib draws letter by letter, in Python, on every page anew: half of the time that a picture takes. Pictures
share most of their texts (what stands under them, dates, names), so the pixels of a line are kept and only placed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg, get_hinting_flag
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font

WITHOUT_WIDTH = "\u200b"

OF_MATPLOTLIB = (3, 11)
"""Whose letters these are, to half a pixel: with any other version it draws texts itself, in twice the time."""


class Line(NamedTuple):
    """One line of text: its size and descent in pixels, how much of each pixel it covers (0 to 255, from the lowest
    row up), and how far its lower left pixel is from where its baseline begins, in pixels right and up.
    """

    width: float
    height: float
    descent: float
    covered: Any
    right: int
    up: int


@lru_cache(maxsize=512)
def _file(font: FontProperties) -> str:
    return findfont(font)


@lru_cache(maxsize=2048)
def _line(text: str, file: str, size: float, dpi: float, hinting: Any) -> Line:
    font = get_font(file)
    font.set_size(size, dpi)
    # The image begins with the leftmost pixel. The space without width is the pen's place, so that this is a whole
    # pixel: else all letters but the first are cut down to the one on their left.
    font.set_text(text + WITHOUT_WIDTH, 0.0, flags=hinting)
    font.draw_glyphs_to_bitmap(antialiased=True)
    width, height = font.get_width_height()  # these are in 64ths of a pixel
    descent, (right, _) = font.get_descent(), font.get_bitmap_offset()
    covered = np.array(font.get_image())[::-1]
    up = (height - descent) // 64 + 1 - len(covered)  # the image has an empty row above the highest letter
    return Line(width / 64.0, height / 64.0, descent / 64.0, covered, int(right / 64), up)


class Renderer(RendererAgg):
    """Level lines of plain text begin at whole pixels, and are drawn once for all pictures."""

    def _laid_out(self, text: str, font: FontProperties) -> Line:
        return _line(text, _file(font.copy()), font.get_size_in_points(), self.dpi, get_hinting_flag())

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        """Size and descent of a line in pixels."""
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)
        line = self._laid_out(s, prop)
        return line.width, line.height, line.descent

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        """Place the pixels of a line whose baseline begins at (x, y), y counted from the top."""
        if ismath or angle:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        line = self._laid_out(s, prop)
        image = np.empty((*line.covered.shape, 4), np.uint8)
        image[..., :3] = np.round(255.0 * np.array(to_rgb(gc.get_rgb())))
        image[..., 3] = line.covered
        self.draw_image(gc, round(x) + line.right, round(self.height - y) + line.up, image)


class Canvas(FigureCanvasAgg):
    """Pixels of a picture."""

    def get_renderer(self) -> Renderer:
        """The renderer of a page of this size."""
        across, up = self.get_width_height(physical=True)
        key = across, up, self.figure.dpi
        if self._lastKey != key:
            self._lastKey = key
            self.renderer = Renderer(across, up, self.figure.dpi)
        return self.renderer


def renderer(across: int, up: int, dpi: float) -> RendererAgg:
    """What draws a page of so many pixels."""
    return (Renderer if ours() else RendererAgg)(across, up, dpi)


def canvas(figure: Figure) -> FigureCanvasAgg:
    """What a figure is drawn on."""
    return (Canvas if ours() else FigureCanvasAgg)(figure)


def ours() -> bool:
    """Whether this Matplotlib is the one whose texts are drawn here as it would."""
    return matplotlib.__version_info__[:2] == OF_MATPLOTLIB
