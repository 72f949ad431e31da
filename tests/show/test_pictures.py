"""All pictures of all worlds: complete, readable, and the same bytes each time."""

from __future__ import annotations

import math
import warnings
from types import SimpleNamespace

import matplotlib
import pytest

from sim.show.facts import PictureFacts
from sim.show.pictures import PICTURES, draw_all, figure, save
from sim.show.style import TALLEST, WIDTH, styled
from tests.show.reading import boxes, texts, words
from tests.show.worlds import WORLDS

FACTS = PictureFacts(
    question="How many?",
    name="the scenario",
    draws=256,
    token_basis="task: 100,000 tokens",
    h100e="H100e: dense bf16 peak",
    sourcing="3 of 9 stated inputs are guesses",
)


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("name", WORLDS)
def test_every_world_can_be_drawn_whole_and_readable(world, drawing, name, picture) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = drawing(name, picture)
        with styled():
            drawn.canvas.draw()
    assert words(drawn, "title")
    page = drawn.bbox
    for text, box in boxes(drawn, texts(drawn)):
        assert box.x0 >= page.x0 - 1 and box.x1 <= page.x1 + 1 and box.y0 >= page.y0 - 1 and box.y1 <= page.y1 + 1, text
    assert min(text.get_fontsize() for text in texts(drawn)) >= 7.9
    across, up = drawn.get_size_inches()
    assert across == WIDTH and up <= TALLEST + 0.01
    for axes in drawn.axes:
        assert all(math.isfinite(limit) for limit in (*axes.get_xlim(), *axes.get_ylim()))


@pytest.mark.parametrize("picture", PICTURES)
def test_page_texts_do_not_cover_each_other(world, drawing, picture) -> None:
    for name in ("one_lab", "three_labs", "demand", "odd_names"):
        drawn = drawing(name, picture)
        page = boxes(drawn, [text for text in drawn.texts if text.get_gid()])
        for n, (text, box) in enumerate(page):
            for other, around in page[:n]:
                assert not (box.y0 < around.y1 - 3 and around.y0 < box.y1 - 3), f"{text!r} covers {other!r}"


@pytest.mark.parametrize("picture", PICTURES)
def test_every_picture_carries_the_facts(world, picture) -> None:
    result = world("three_labs")
    carried = SimpleNamespace(record=result.record, rates=result.rates, facts=FACTS, table=result.table)
    foot = words(figure(carried, picture), "footer")
    for fact in (FACTS.question, FACTS.name, "256 draws", FACTS.token_basis, FACTS.h100e, FACTS.sourcing, "could run"):
        assert fact in foot


@pytest.mark.parametrize("picture", PICTURES)
def test_value_axes_have_units(world, drawing, picture) -> None:
    drawn = drawing("aligned" if picture == "alignment" else "three_labs", picture)
    labels = {axes.get_ylabel() for axes in drawn.axes}
    units = {"copies": "copies (log scale)", "workforce": "humans (log)", "compute": "share of compute",
             "mediocre": "full-time humans (log)", "alignment": "researcher-years a year"}  # fmt: skip
    if picture in units:
        assert units[picture] in labels
    else:
        assert "days" in words(drawn, "subtitle") or any("days" in text.get_text() for text in drawn.axes[0].texts)


def test_same_bytes_whatever_the_users_settings(world, tmp_path) -> None:
    plain = [name for name in PICTURES if name != "alignment"]  # this world counts no alignment work
    for folder, changed in (("a", {}), ("b", {"font.size": 30.0, "axes.facecolor": "red", "svg.hashsalt": "other"})):
        (tmp_path / folder).mkdir()
        with matplotlib.rc_context(changed):
            written = draw_all(world("steady"), tmp_path / folder, svg=True)
        assert [path.name for path in written] == [f"{name}.{kind}" for name in plain for kind in ("png", "svg")]
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == sorted(path.name for path in written)


def test_an_unknown_picture_is_refused_with_the_names(world, drawing) -> None:
    with pytest.raises(ValueError, match="copies, workforce, compute, windows, gantt, mediocre"):
        drawing("one_lab", "pie")


def test_a_failed_write_leaves_nothing(world, drawing, tmp_path) -> None:
    with pytest.raises(ValueError):
        save(drawing("one_model", "gantt"), tmp_path / "it.nonsense")
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_can_show_a_figure(world, drawing) -> None:
    assert drawing("one_model", "copies")._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]


def test_nothing_loads_pyplot_or_pandas() -> None:
    import subprocess
    import sys

    code = "import sim.show.pictures, sys; sys.exit('matplotlib.pyplot' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_name_that_no_picture_has_is_told_the_nearest() -> None:
    result = SimpleNamespace()
    for name, near in (("window", "windows"), ("gannt", "gantt"), ("copys", "copies")):
        with pytest.raises(ValueError, match=rf"no picture is called '{name}' \(did you mean '{near}'\?\); there are"):
            figure(result, name)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"no picture is called 'xyz'; there are copies, workforce,"):
        figure(result, "xyz")  # type: ignore[arg-type]
