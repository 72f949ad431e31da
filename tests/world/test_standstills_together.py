"""Standstills that overlap, of one lab and of all, and what happens at a lab while only it stands: dates by hand."""

from __future__ import annotations

import pytest

import sim
from sim.world.record import RunRecord
from tests.world.observe import days, events, only
from tests.world.test_intervention import pause, under
from tests.world.test_security import lagged

TOP = "start: 2026-01-01\nend: 2028-01-01\n"
LAB = """
    compute: {count: 1000 H100}
    use: {training: 50%, experiments: 50%}
    runs: {every: 3 months, length: 30 days}"""


def play(text: str) -> RunRecord:
    return sim.simulate(sim.load("s.yaml", text=TOP + text)).record


def test_a_lab_stands_while_anything_that_binds_it_lasts() -> None:
    record = play("""
labs: {X: &lab {compute: {count: 1000 H100}, use: {training: 50%, experiments: 50%}}, Y: *lab, Z: *lab}
interventions:
  a: {starts: 2026-04-11, lasts: 100 days, stops: [everything]}
  b: {starts: 2026-05-31, lasts: 300 days, stops: [everything], binds: [X]}
""")
    assert record.standstills == {"X": [(100.0, 450.0)], "Y": [(100.0, 200.0)], "Z": [(100.0, 200.0)]}


def test_what_was_stopped_before_goes_on_when_nobody_binds_the_lab_any_more() -> None:
    """X's run due on day 90 is stopped until day 150, but X stands from day 100 to 200. Others stand longer."""
    record = play(f"""
labs:
  X: {LAB}
  Y: {LAB}
  Z: {LAB}
interventions:
  a: {{starts: 2026-04-11, lasts: 100 days, stops: [everything], binds: [X, Y]}}
  b: {{starts: 2026-05-31, lasts: 250 days, stops: [everything], binds: [Y, Z]}}
  c: {{starts: 2026-04-01, lasts: 60 days, stops: [training], binds: [X]}}
""")
    assert record.standstills == {"X": [(100.0, 200.0)], "Y": [(100.0, 400.0)], "Z": [(150.0, 400.0)]}
    assert days(record, "run_started", "X-2") == [200.0]
    assert not record.warnings


def test_the_world_stands_when_all_labs_do_by_whatever_interventions() -> None:
    """X from day 100 to 300, all labs from 200 to 300: the shock of day 220 comes 100 days later."""
    record = play("""
labs: {X: &lab {compute: {count: 1000 H100}, use: {experiments: 100%}}, Y: *lab}
shocks: {q: {on: 2026-08-09, cluster_lost: 10%}}
interventions:
  all: {starts: 2026-07-20, lasts: 100 days, stops: [everything]}
  x: {starts: 2026-04-11, lasts: 200 days, stops: [everything], binds: [X]}
""")
    assert days(record, "shock") == [320.0]


@pytest.mark.parametrize(
    ("leader", "follower", "pairs"),
    [  # both stand for the days 200 to 300: only those are no part of the lag of 100 days
        ((100.0, 300.0), (200.0, 400.0), [(199.0, 99.0), (400.0, 100.0), (450.0, 350.0), (500.0, 400.0)]),
        # ... and here for the days 100 to 200
        ((100.0, 300.0), (100.0, 200.0), [(250.0, 50.0), (290.0, 90.0), (350.0, 100.0), (450.0, 350.0)]),
        ((150.0, 250.0), (100.0, 250.0), [(250.0, 50.0), (300.0, 100.0), (350.0, 150.0), (450.0, 350.0)]),
    ],
)
def test_findings_under_way_stand_only_while_all_do(
    leader: tuple[float, float], follower: tuple[float, float], pairs: list[tuple[float, float]]
) -> None:
    """B has what A had the lag before."""
    stops = {"A": leader, "B": follower}
    pauses = [
        pause(name=lab, binds=[lab], starts=since, lasts=until - since, stops=["everything"])
        for lab, (since, until) in stops.items()
    ]
    record = under(lagged(), *pauses)
    laws = record.training_efficiency
    assert laws["A"].at(leader[1]) == laws["A"].at(leader[0])
    for day, then in pairs:
        assert laws["B"].at(day) == pytest.approx(laws["A"].at(then), rel=1e-8), day


THEFT = """
labs:
  X: {compute: {count: 1000 H100}, use: {experiments: 100%}}
  Y:
    compute: {count: 1000 H100}
    use: {experiments: 100%}
    models: {name: Y0, internal: 2025-06-01, flop: 1e24 FLOP}
thefts: {th: {by: X, from: Y, what: model, rate: 2 per year}}
interventions:
"""


def test_chance_that_changes_meanwhile_strikes_when_all_goes_on() -> None:
    """The thief stands for 300 days from day 40: a theft after day 60 comes so much later, slowed meanwhile or not."""
    none = days(play(THEFT + "  s: {starts: 2026-03-02, slow_thefts: 99.99%, binds: [Y]}"), "model_stolen")
    plain = play(THEFT + "  x: {starts: 2026-02-10, lasts: 300 days, stops: [everything], binds: [X]}")
    slowed = play(
        THEFT
        + "  x: {starts: 2026-02-10, lasts: 300 days, stops: [everything], binds: [X]}\n"
        + "  s: {starts: 2026-03-02, slow_thefts: 99.99%, binds: [Y]}"
    )
    assert none[0] > 60.0
    assert days(slowed, "model_stolen")[0] == pytest.approx(none[0] + 300.0, abs=0.01)
    assert days(plain, "model_stolen")[0] == pytest.approx(none[0] + 300.0, abs=0.01)


def test_what_a_lab_gets_meanwhile_is_looked_at_when_all_goes_on() -> None:
    """Y's weights open on day 150; X stands from day 100 to 300 and looks at them for 60 days of its own."""
    record = play("""
labs:
  X:
    compute: {count: 1000 H100}
    use: {experiments: 50%, alignment: 50%}
    staff: {alignment: 10}
    alignment: {trust: {cleared_after: 60 days}}
  Y:
    compute: {count: 1000 H100}
    use: {experiments: 100%}
    models: {name: Y0, internal: 2025-06-01, public: 2025-07-01, open: 2026-05-31, flop: 1e24 FLOP}
interventions:
  x: {starts: 2026-04-11, lasts: 200 days, stops: [everything], binds: [X]}
""")
    assert only(days(record, "model_trusted")) == 360.0


def test_a_breakthrough_meanwhile_lasts_though_software_is_slowed() -> None:
    """Software grows by 2x a year, at half that up to day 210 but not at all on the days 100 to 200; doubled once."""
    record = play("""
software: {training: 2x per year, inference: 2x per year}
labs: {X: &lab {compute: {count: 1000 H100}, use: {experiments: 100%}}, Y: *lab}
shocks: {q: {on: 2026-05-31, training_efficiency: 2x, binds: X}}
interventions:
  slow: {starts: 2026-01-01, ends: 2026-07-30, continues: {software: 50%}, binds: [X]}
  p: {starts: 2026-04-11, lasts: 100 days, stops: [everything], binds: [X]}
""")
    law = record.training_efficiency["X"]
    for day, own in ((209.0, 54.5), (210.0, 55.0), (230.0, 75.0), (400.0, 245.0)):
        assert law.at(day) == pytest.approx(2.0 * 2.0 ** (own / 365.25), rel=1e-12)


def test_nothing_is_hidden_while_a_lab_stands() -> None:
    """A deal on training that does not hold software up breaks on day 200; all stood on the days 31 to 131."""
    text = """
software: {training: 2x per year, inference: 2x per year}
labs: {X: {compute: {count: 1000 H100}, use: {training: 50%, experiments: 50%}}}
interventions:
  a: {starts: 2026-01-01, lasts: 400 days, stops: [STOPPED], on_break: {hidden: 100%}, breaks: {when: 2026-07-20}}
  p: {starts: 2026-02-01, lasts: 100 days, stops: [everything]}
"""
    kept, slowed = (play(text.replace("STOPPED", what)) for what in ("training", "software"))
    assert not events(kept, "hidden_progress")
    # Software stood still for the 100 days on which not everything did: that is what was found in secret.
    assert events(slowed, "hidden_progress")[0][4] == pytest.approx(2.0 ** (100.0 / 365.25))
