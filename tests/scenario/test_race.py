"""Levels from the catalog, and what a rule or a shock says, as scenarios write them."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date

import pytest

import sim
from sim.base.series import Series
from sim.scenario import Scenario, ScenarioError, catalog, load
from sim.tables.rates import Rates
from sim.tables.summary import uplift
from sim.tables.trajectory import labour_at
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests import shipped
from tests.cli.command import SCENARIOS

RACE = """\
start: 2026-01-01
end: 2029-01-01
levels: {automated_coder: , mine: {effective_flop: 1e27 FLOP}}
milestones:
  coder: {level: automated_coder}
  cut: {shock: cut}
shocks:
  cut: {on: 2027-01-01, deliveries_lost: 40%, for: 6 months, binds: US}
labs:
  Aurora:
    bloc: US
    compute: {stock: 1.2e6 H100e, grows: 3x per year}
    models: {name: A0, public: 2025-06-01, flop: 1e26}
    runs:
      name: A
      start_when: {cluster_grows: 2x, rival_releases: any, milestone: cut, apart: 3 months, latest: 1 year, times: 5}
      length: 90 days
      length_rule: {rule: shorter with progress, floor: 20 days}
  Borealis:
    enters: 2027-01-01
    compute: {stock: 1e6 H100e, grows: 3x per year}
    use: {training: 30%, experiments: 40%, serving: 30%}
    fleets: {serving: {demand: 1e6 tokens/s}}
    runs: {every: 9 months, length: 60 days, pause_when: {demand_below: 50%, fleet: serving}}
  Corona:
    compute: {count: 1e5 H100e}
    models: {name: C0, public: 2025-06-01, flop: 1e26}
    runs: {length_rule: {rule: continuous, release_each: 1.5x}}
"""


def test_a_race_is_read_simulated_and_read_back(again: Callable[[Scenario], Scenario]) -> None:
    scenario = load("f.yaml", text=RACE)
    draw = scenario.draw()
    run = draw.labs["Aurora"].runs[0]
    assert run.start_when is not None and run.length_rule is not None
    assert (run.start_when.cluster_grows, run.start_when.times) == (2.0, 5)
    assert run.start_when.apart_days == pytest.approx(3 * 30.4375)
    assert (run.length_rule.rule, run.length_rule.floor_days) == ("shorter with progress", 20.0)
    assert draw.labs["Borealis"].entry == 365.0
    assert draw.labs["Corona"].runs[0].elastic
    assert draw.shocks["cut"].binds == ["US"]
    record = simulate(draw)
    assert record.milestones["cut"] == 365.0
    kinds = {event[2] for event in record.events}
    assert {"lab_enters", "deliveries_lost", "checkpoint", "shock_over", "programme_paused"} <= kinds
    assert simulate(again(scenario).draw()).events == record.events


def test_levels_of_the_catalog_are_the_speed_ups_of_their_sources() -> None:
    # 1/(1 - s)^1.5 bounds research labour; its power 0.3 software speed.
    for name, labour in (("useful_assistant", 1.6), ("automated_coder", 5 ** (1 / 0.3)),
                         ("expert_researcher", 10 ** (1 / 0.3))):  # fmt: skip
        spec = catalog.level(name)
        assert spec is not None
        share = spec.number("share_doable")
        assert share is not None and (1 - share) ** -1.5 == pytest.approx(labour, rel=0.06)
    assert catalog.level("automated") is None
    assert sorted(catalog.level_names()) == ["automated_coder", "expert_researcher", "useful_assistant"]


def test_a_level_of_the_catalog_may_be_stated_anew() -> None:
    draw = load("f.yaml", text=RACE.replace("automated_coder: ,", "automated_coder: {effective_flop: 1e28},")).draw()
    assert draw.levels["automated_coder"].effective_flop == 1e28
    assert draw.levels["automated_coder"].share_doable is None
    assert load("f.yaml", text=RACE).draw().levels["automated_coder"].share_doable == 0.972


def test_a_level_that_nobody_knows_needs_its_size(lines: Callable[..., list[str]]) -> None:
    text = RACE.replace("automated_coder: ,", "automatd_coder: ,").replace("level: automated_coder", "level: mine")
    found = lines(text)
    assert found == [
        "f.yaml:3:10: levels.automatd_coder: state exactly one of `effective_flop` and `share_doable`; got none"
    ]


def test_discrete_runs_shows_what_its_head_says() -> None:
    """Training without end is first everywhere; the others' gap to it closes where progress is fast and runs short."""
    result = shipped.result("discrete-runs")
    leads = result.leads[result.leads["what"] == "level"]
    first = leads.groupby("level").first()
    assert set(first["lab"]) == {"Continuous"}
    frontier = result.leads[result.leads["what"] == "frontier model"]
    assert set(frontier["lab"][frontier["date"] > "2026-02-01"]) == {"Continuous"}
    last = leads[leads["level"] == "effective_1e30"]["lab"].tolist()
    assert last == ["Continuous", "Shorter with progress", "Runs of 100 days"]


def test_a_run_of_constant_growth_against_training_without_end() -> None:
    """With compute·software growing at rate g, training without end is worth a run of 1/g from nothing."""
    text = """\
start: 2026-01-01
end: 2028-01-01
base_date: 2026-01-01
software: {training: 20x per year, inference: 1x per year}
labs:
  A:
    compute: {count: 1e6 H100e}
    use: {training: 10%, experiments: 90%}
    models: {name: A0, public: 2025-06-01, flop: 1e20, effective_flop: 1e20 FLOP}
    runs: {name: C, length_rule: {rule: continuous, release_each: 1.01x}}
"""
    record = simulate(load("f.yaml", text=text).draw())
    best = record.models[-1]
    rate = record.draw.labs["A"].runs[0].training.utilisation * 1e5 * 989.4e12 * 86_400
    g = math.log(20.0) / 365.25
    software = math.exp(g * best.internal)
    assert best.effective_flop == pytest.approx(rate * software / g, rel=0.005)


@pytest.mark.parametrize(
    ("model", "threshold", "starts"),
    [
        ("effective_flop: 1e26", "effective_flop: 0.99e26", True),
        ("effective_flop: 1e26", "effective_flop: 1.01e26", False),
        # at its midpoint, stated as of the base date, a model can do half of the ceiling
        ("effective_flop: 1e27", "share_doable: 49%, domain: ai_research", True),
        ("effective_flop: 1e27", "share_doable: 51%, domain: ai_research", False),
    ],
)
def test_a_rule_waits_for_a_level_that_a_model_at_the_start_reaches(model: str, threshold: str, starts: bool) -> None:
    text = f"""\
start: 2026-01-01
end: 2028-01-01
domains: {{general: {{}}, ai_research: {{share_doable: {{midpoint: 1e27, as_of: 2026-01-01}}}}}}
levels: {{there: {{{threshold}}}}}
labs:
  Aurora:
    compute: {{stock: 1e6 H100e}}
    models: {{name: A0, public: 2025-06-01, {model}}}
    runs: {{length: 60 days, start_when: {{level: there}}}}
"""
    if starts:
        record = simulate(load("f.yaml", text=text).draw())
        assert [run.due for run in record.runs] == [0.0]
        return
    with pytest.raises(ScenarioError, match="only later runs of its own lab could bring about"):
        load("f.yaml", text=text)


def test_two_blocs_shows_what_its_head_says() -> None:
    """Months between the blocs at both levels; the gap in strength closes as China's clusters grow faster."""
    record = shipped.record("two-blocs")
    for level in ("coder", "researcher"):
        assert 60.0 < record.milestones[f"china_{level}"] - record.milestones[f"us_{level}"] < 240.0
    models, blocs = record.models, {name: lab.bloc for name, lab in record.draw.labs.items()}

    def ahead(month: date) -> float:
        """How many times as strong the best US model is as the best Chinese one."""
        day = (month - date(2026, 1, 1)).days
        there = [model for model in models if model.internal <= day]
        best = {
            bloc: max(model.effective_flop for model in there if blocs[model.lab] == bloc) for bloc in ("US", "China")
        }
        return best["US"] / best["China"]

    months = [date(year, month, 1) for year in range(2026, 2032) for month in range(1, 13)]
    before = [ahead(month) for month in months if month < date(2029, 5, 1)]
    after = [ahead(month) for month in months if month >= date(2030, 1, 1)]
    assert sum(2.7 < factor < 40.0 for factor in before) == len(before) - 1  # all but after Alibaba's first run
    assert min(after) < 1.0 and max(after) < 9.0


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        ((), 1.10),
        (("share_doable.midpoint=3e28 FLOP",), 1.16),
        (("share_doable.midpoint=8e28 FLOP",), 1.10),
        (("share_doable.midpoint=2e29 FLOP",), 1.06),
        (("share_doable.midpoint=3e28 FLOP", "software.labour_share=30%"), 1.09),
        (("share_doable.midpoint=3e28 FLOP", "human.task_substitution=-5"), 1.12),
    ],
)
def test_uplift_backcast_shows_what_its_head_says(sets: tuple[str, ...], expected: float) -> None:
    found = _uplift(*sets)
    assert f"{found:.2f}" == f"{expected:.2f}"
    if not sets:  # neither how many tokens an hour's work takes nor how good it is decides 2025
        for other in ("token_basis=thinking", "quality.midpoint=3e29 FLOP"):
            assert _uplift(other) == pytest.approx(found, abs=1e-3)


def _uplift(*sets: str) -> float:
    paths = [text if text.startswith(("software", "human")) else f"domains.ai_research.{text}" for text in sets]
    result = sim.simulate(sim.load(str(SCENARIOS / "uplift-backcast.yaml"), sets=paths), track=True)
    low, high = result.summary["observed"]["implied_uplift"]["2025"]
    found: float = result.summary["implied_uplift"]["2025"]
    assert sets or low <= found <= high
    return found


def test_the_labs_of_the_backcast_slow_down_by_their_uplift_when_ai_in_research_stops() -> None:
    """Nobody asks the research fleets for anything any more; they keep their chips, so that experiments go on alike."""
    sets = ["software.feedback=on", "software.feedback_from=2026-01-01"]
    scenario = load(SCENARIOS / "uplift-backcast.yaml", sets=sets)

    def without(share: float) -> RunRecord:
        draw = scenario.draw()
        draw.end = day + 1.0
        for lab in draw.labs.values():
            lab.fleets["research"].demand_tokens_per_s = Series(((0.0, 1e30), (day, 1e30 * share)))
        return simulate(draw)

    day = float((date(2026, 1, 2) - date(2022, 1, 1)).days)
    busy, idle = without(0.5), without(1e-39)
    assert set(busy.draw.labs) == {"Anthropic", "Google DeepMind", "Meta", "OpenAI", "xAI"}
    for lab in busy.draw.labs:
        one, other = busy.training_efficiency[lab], idle.training_efficiency[lab]
        humans, labour = labour_at(busy, Rates(busy), lab, "ai_research", day)
        slower = one.rate_at(day) / other.rate_at(day)
        assert slower == pytest.approx(uplift(busy, lab, humans, labour, day), rel=1e-4) and slower > 1.01
        assert one.at(day) == pytest.approx(other.at(day), rel=1e-9)
