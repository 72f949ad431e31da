"""Reading drawn figures back: artists by their tag, texts, boxes."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Annotation, Text

from sim.show.style import styled


def tagged(figure: Figure, tag: str, *, start: bool = False) -> list[Any]:
    """Artists of all axes with a gid (or with one that starts so)."""
    found = []
    for axes in figure.axes:
        for artist in [*axes.lines, *axes.patches, *axes.collections, *axes.texts]:
            gid = artist.get_gid() or ""
            if gid.startswith(tag) if start else gid == tag:
                found.append(artist)
    return found


def dots(figure: Figure, tag: str) -> list[tuple[float, float]]:
    """(x, y) of all points of lines with a tag."""
    found = []
    for line in tagged(figure, tag):
        assert isinstance(line, Line2D)
        found += [(float(x), float(y)) for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)]
    return sorted(found)


def words(figure: Figure, tag: str) -> str:
    """Texts of the page with a tag, as one."""
    return " ".join(text.get_text() for text in figure.texts if text.get_gid() == tag).replace("\u00a0", " ")


def texts(figure: Figure) -> list[Text]:
    """All visible texts that are not empty."""
    found = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_visible()]
    return [text for text in found if text.get_text().strip()]


def boxes(figure: Figure, some: list[Text]) -> list[tuple[str, Any]]:
    """The words and the box (pixels) of texts, leader lines left out."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    with styled():
        for text in some:
            if isinstance(text, Annotation):
                text.update_positions(renderer)
        return [(text.get_text(), Text.get_window_extent(text, renderer)) for text in some]
