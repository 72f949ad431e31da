"""Names of runs over panels of compute: a line straight up from each run to its name, and no line through a name."""

from __future__ import annotations

import pytest

from sim.show.style import styled
from tests.show.reading import boxes, tagged, words


@pytest.mark.parametrize("name", ["three_labs", "crowd", "many_models", "one_lab"])
def test_each_name_stands_over_its_run(world, drawing, name) -> None:
    drawn = drawing(name, "compute")
    with styled():
        drawn.canvas.draw()
    lines, labels = tagged(drawn, "leader"), tagged(drawn, "label")
    assert len(lines) == len(labels) > 1
    for line in lines:
        (x, above), (below, y) = line.get_xdata(), line.get_ydata()
        assert x == pytest.approx(above) and below > y
    named = boxes(drawn, labels)
    for (text, box), own in zip(named, lines, strict=True):
        for line in lines:
            x, (high, low) = line.get_xdata()[0] * drawn.dpi, (y * drawn.dpi for y in line.get_ydata())
            through = box.x0 < x < box.x1 and low < box.y0 and box.y1 < high
            assert not through, f"a line goes through {text!r}"
            if line is own:
                room = 0.08 * drawn.dpi  # half a letter around a name
                assert box.x0 - room <= x <= box.x1 + room
    if name != "many_models":  # where hardly any panel is left above what runs hold
        told = words(drawn, "title").partition(":")[0]
        assert any(text.startswith(f"{told}:") for text, _ in named)  # the run that the title is about
