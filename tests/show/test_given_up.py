"""AI work that an alignment fleet adds is told apart from what it takes from the rest."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.pairs import compare_many
from sim.pairs_report import report_text
from sim.report_compare_short import in_short
from sim.show.given_up import until_the_end
from sim.show.post import post
from tests.show.reading import words

WORLD = """\
start: 2026-01-01
end: 2028-01-01
levels: {near: {effective_flop: 1e25 FLOP}, far: {effective_flop: 1e26 FLOP}}
labs:
  Aurora:
    compute: {stock: 1e5 H100e}
    models: [{name: Old, effective_flop: 5e24 FLOP, params: 1e11, internal: 2025-06-01, public: 2025-06-01}]
    use: {training: 20%, research: 10%, serving: 70%, alignment: 0%}
    runs: {every: 6 months, length: 90 days, public_after: 1 month}
"""


@pytest.fixture(scope="module")
def found() -> Any:
    return sim.compare(sim.load("world.yaml", text=WORLD), {"shift": "labs.Aurora.use.alignment=30%"})


def test_the_rest_is_all_domains_but_alignment(found: Any) -> None:
    """At a level that every model has reached the rest is the sum over the other domains."""
    base = sim.load("world.yaml", text=WORLD.replace("1e25 FLOP}", "1e20 FLOP}"))
    cost = sim.compare(base, {"shift": "labs.Aurora.use.alignment=30%"}).cost
    whole = cost[cost["lab"].isna()].set_index(["what", "of"])
    for side in ("base", "value"):
        by_domain = whole.loc["ai_work", side]
        assert whole.loc[("ai_work_by", "near"), side] == pytest.approx(by_domain.sum(), rel=1e-9)
        assert whole.loc[("other_work_by", "near"), side] == pytest.approx(by_domain.drop("alignment").sum(), rel=1e-9)
    assert whole.loc[("ai_work", "alignment"), "value"] > 0.0


def test_it_is_said_in_the_table_in_short_and_in_the_title(found: Any) -> None:
    (pair,) = found.pairs
    given = until_the_end(found, pair)
    assert given.others is not None and given.of_alignment
    change, base = given.others
    share = f"{change / base:+.0%}".replace("-", "−")
    assert change < 0.0 < given.work[0] - change
    cell = post(found)[1][1][-2]
    assert cell.endswith(f"; {share} without alignment's)")
    assert f"with that of alignment's own fleets, {share} without" in in_short(found)[0]
    assert f"{share} without alignment's" in words(found.plot("over_time"), "title").replace("\n", " ")


def test_a_world_without_such_fleets_says_nothing_of_them() -> None:
    text = WORLD.replace(", alignment: 0%", "")
    plain = sim.compare(sim.load("world.yaml", text=text), {"more": "labs.Aurora.use.training=30%"})
    assert "other_work_by" not in set(plain.cost["what"])
    assert "alignment's" not in " ".join([*in_short(plain), *post(plain)[2]])


def test_draws_in_pairs_say_it_too() -> None:
    made = compare_many(sim.load("world.yaml", text=WORLD), {"shift": "labs.Aurora.use.alignment=30%"}, 2, workers=1)
    lines = report_text(made.summary).splitlines()
    (line,) = [line for line in lines if "of it all but alignment's" in line]
    row = made.costs.query("what == 'other_work_by' and of == 'near'").iloc[0]
    assert "−" in line and row["change_median"] < 0.0
