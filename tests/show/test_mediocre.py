"""Picture 6: its lines are bands.csv, its dots parity.csv, its dashed line the first expert-level model."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest

from sim.model.domain import ExpertLevel
from sim.model.variant import Tuning
from sim.result import Result, simulate
from sim.scenario import load
from sim.show.mediocre import work_by_domain
from sim.show.page import title_of
from sim.show.pictures import figure
from sim.show.simulated import EPOCH
from tests.cli.command import SMALL
from tests.world import build


def world(**values: Any) -> Result:
    coder = build.existing("Coder", 100.0, 1e26, tuned=Tuning(domain="ai_research", there_x=30.0, elsewhere_x=0.5))
    models = [build.existing("Old", -9.0, 1e25, public=-5.0), coder, build.existing("All", 300.0, 1e40)]
    draw = build.draw(build.lab(models=models), end=600.0, expert_level=ExpertLevel(quality=0.9, share_doable=0.9))
    for name, people in values.items():
        draw.domains[name].workforce = people
    return simulate(draw)


def lines(axes: Any) -> dict[str, Any]:
    return {line.get_gid(): line for line in axes.lines if line.get_gid()}


def test_lines_are_the_table() -> None:
    drawn = figure(world(), "mediocre")
    made = work_by_domain(world())
    assert [t.get_text() for axes in drawn.axes for t in axes.texts[:1]] == ["AI research", "general"]
    for axes, (_, mine) in zip(drawn.axes, made.items(), strict=True):
        found = lines(axes)
        assert {gid for gid in found if gid.startswith("work:")} == {f"work:{b}:{k}" for b, k in mine.lines}
        for (band, kind), line in mine.lines.items():
            ys = [y for y in found[f"work:{band}:{kind}"].get_ydata()[:-1] if not math.isnan(y)]
            assert ys == pytest.approx([line[x] for x in sorted(line)])


def test_no_line_where_no_work_is_done() -> None:
    """A pause of AI use in research from March to June: no month between is bridged by the last value before."""
    text = SMALL + "pause: {starts: 2026-03-15, lasts: 3 months, stops: [ai_use_in_research]}\n"
    result = simulate(load("my.yaml", text=text))
    axes = next(a for a in figure(result, "mediocre").axes if a.texts and a.texts[0].get_text() == "AI research")
    total = lines(axes)["total"]
    idle = [y for x, y in zip(total.get_xdata(), total.get_ydata(), strict=True)
            if date(2026, 4, 1).toordinal() <= x + EPOCH < date(2026, 6, 1).toordinal()]  # fmt: skip
    assert len(idle) == 2
    assert all(math.isnan(y) for y in idle)


def test_dots_and_the_expert_level_model() -> None:
    from sim.base.series import fixed

    result = world(ai_research=fixed(3e4))
    drawn = figure(result, "mediocre")
    found = lines(drawn.axes[0])
    start = result.record.draw.start.toordinal() - EPOCH
    assert found["expert:ai_research"].get_xdata()[0] == start + 300.0
    names = [column.name for column in result.table("parity").columns]
    rows = [dict(zip(names, row, strict=True)) for row in result.table("parity").rows]
    dots = {gid: line.get_ydata()[0] for gid, line in found.items() if gid.startswith("parity:")}
    assert dots == {f"parity:ai_research:world:{r['share']}": r["human_equivalents"] for r in rows if r["date"]}
    assert dots
    assert found["people:world"].get_ydata()[0] == 3e4


def test_the_title_says_what_came_before_the_expert_level_model() -> None:
    from sim.base.series import fixed

    result = world(ai_research=fixed(1e3), general=fixed(1e12))
    names = [column.name for column in result.table("parity").columns]
    rows = [dict(zip(names, row, strict=True)) for row in result.table("parity").rows]
    best = max((r for r in rows if r["date"] and r["days_before_expert_level"] > 0.0), key=lambda r: r["share"])
    title = title_of(figure(result, "mediocre"))
    words = best["domain"].replace("ai_", "AI ")
    assert title.startswith(f"AI work in {words}, on the tasks it can do, equals")
    assert f"{best['days_before_expert_level']:.0f} days before any model is expert-level" in title


def test_without_fleets_it_says_so() -> None:
    empty = simulate(build.draw(build.lab(use={"experiments": 1.0}), end=50.0))
    assert "No AI work was done" in title_of(figure(empty, "mediocre"))
