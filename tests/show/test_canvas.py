"""Pixels: texts against Matplotlib's own renderer, PNG files against Pillow's reading of them."""

from __future__ import annotations

from io import BytesIO

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from PIL import Image

from sim.show.canvas import Renderer, renderer
from sim.show.png import png
from sim.show.style import styled

WORDS = ("x", "HH", "2028", "gjpq,", "jolly (log)", "100 million", "'", "—", "Question: How many?", "ÀÉ·×")


def ink(renderer: RendererAgg, text: str, x: float, y: float, font: FontProperties) -> tuple[float, float, float]:
    """How much is drawn of a text, and where its middle is."""
    context = renderer.new_gc()
    context.set_foreground("black")
    renderer.draw_text(context, x, y, text, font, 0.0)
    drawn = np.asarray(renderer.buffer_rgba())[..., 3].astype(float)
    down, across = np.mgrid[: drawn.shape[0], : drawn.shape[1]]
    return drawn.sum(), (drawn * across).sum() / drawn.sum(), (drawn * down).sum() / drawn.sum()


@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("size", [8.0, 8.5, 14.5])
def test_a_line_is_drawn_as_matplotlib_draws_it_to_half_a_pixel(size, weight) -> None:
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    with styled():
        for text in WORDS:
            for x, y in ((30.0, 40.0), (30.3, 40.7), (29.6, 40.4)):
                ours, theirs = (ink(kind(500, 80, 160.0), text, x, y, font) for kind in (Renderer, RendererAgg))
                assert ours[0] == pytest.approx(theirs[0], rel=0.05), text
                assert abs(ours[1] - theirs[1]) <= 0.55 and abs(ours[2] - theirs[2]) <= 0.55, text


def test_a_line_has_the_size_that_matplotlib_says() -> None:
    font = FontProperties(family="DejaVu Sans", size=9.5)
    with styled():
        for text in WORDS:
            ours, theirs = (
                kind(9, 9, 160.0).get_text_width_height_descent(text, font, False) for kind in (Renderer, RendererAgg)
            )
            assert ours[0] == theirs[0], text
            assert ours[1] - ours[2] == theirs[1] - theirs[2], text  # above the baseline
            assert ours[2] == max(theirs[2], 0.0), text  # a text above its baseline stands on it


def test_the_colour_is_what_was_asked_for() -> None:
    renderer = Renderer(200, 40, 160.0)
    context = renderer.new_gc()
    context.set_foreground("#d55e00")
    font = FontProperties(family="DejaVu Sans", size=12.0)
    renderer.draw_text(context, 5.0, 30.0, "HHHHHHHH", font, 0.0)
    drawn = np.array(renderer.buffer_rgba())
    assert tuple(drawn[drawn[..., 3] == 255][0][:3]) == (0xD5, 0x5E, 0x00)


def test_a_file_holds_the_same_pixels() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (37, 53, 4), np.uint8)
    image = Image.open(BytesIO(png(pixels, 160.0)))
    assert np.array_equal(np.asarray(image), pixels[..., :3])
    assert image.info["dpi"] == pytest.approx((160.0, 160.0), abs=0.02)


def test_another_matplotlib_draws_its_texts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert type(renderer(9, 9, 160.0)) is Renderer  # the locked version is the one that this is tested with
    monkeypatch.setattr(matplotlib, "__version_info__", (3, 8, 0, "final", 0))
    assert type(renderer(9, 9, 160.0)) is RendererAgg
