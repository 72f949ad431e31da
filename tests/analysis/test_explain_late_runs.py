"""The cause of a run that is due later than its programme says: interventions that stopped its clock, and how long."""

from __future__ import annotations

import sim
from sim.analysis.explain_events import causes_text
from sim.world.record import RunRecord

ROOT = "(a root: nothing in the simulation caused it)"

WORLD = """\
start: 2026-01-01
end: 2028-01-01
labs:
  Aurora: {compute: {stock: 1e5 H100e}, runs: {name: Aurora, every: 6 months, length: 30 days}}
  Borealis: {compute: {stock: 1e5 H100e}, runs: {name: One, starts: 2026-06-01, length: 30 days}}
interventions:
  halt: {starts: 2026-03-01, lasts: 100 days, stops: training, binds: [Aurora]}
  freeze: {starts: 2026-05-30, lasts: 20 days, stops: everything, binds: [Aurora]}
  slow: {starts: 2026-02-01, lasts: 200 days, continues: {training: 50%}, binds: [Borealis]}
"""


LOW_DEMAND = """\
start: 2026-01-01
end: 2027-01-01
labs:
  Aurora:
    compute: {stock: 1000 H100e}
    models: {name: Old, public: 2025-06-01, flop: 1e25 FLOP}
    use: {training: 50%, serving: 50%}
    runs:
      - {name: Aurora, every: 6 months, length: 10 days,
         pause_when: {fleet: serving, demand_below: 50%, apart: 1 day}}
    fleets: {serving: {demand: {2026-01-01: 1e9 tokens/s, 2026-04-01: 1 tokens/s, 2026-05-01: 1e9 tokens/s}}}
"""


def _made(text: str) -> tuple[RunRecord, dict[str, str]]:
    """Its record, and event -> what events.csv says caused it."""
    result = sim.simulate(sim.load("halt.yaml", text=text))
    return result.record, dict(zip(result.events["id"], result.events["caused_by"], strict=True))


def test_a_run_says_which_interventions_stopped_its_clock_and_for_how_long() -> None:
    """The halt is from 1 March to 9 June (100 days), the freeze from 30 May to 19 June: 110 days in all, as 10 are in
    both. 1 July and 110 days is 19 October; 1 January 2027 and 110 days is 21 April.
    """
    record, caused_by = _made(WORLD)
    late = "(its clock stood still for 110 days: interventions/halt, interventions/freeze)"
    starts = ["/intervention_start/halt/1", "/intervention_start/freeze/1"]
    told = [line.strip() for line in causes_text(record, "Aurora/run_started/Aurora-2/1").splitlines() if "<-" in line]
    assert told == [
        f"<- 2026-10-19  Aurora/run_due/Aurora-2/1  {late}",
        f"<- 2026-03-01  {starts[0]}  {ROOT}",
        f"<- 2026-05-30  {starts[1]}  {ROOT}",
    ]
    last = causes_text(record, "Aurora/run_due/Aurora-3/1").splitlines()[0]
    assert last == f"2027-04-21  Aurora/run_due/Aurora-3/1  {late}"
    assert [caused_by[f"Aurora/run_due/Aurora-{k}/1"] for k in (1, 2, 3)] == ["", ";".join(starts), ";".join(starts)]


def test_a_run_whose_clock_nothing_stopped_is_a_root() -> None:
    record, caused_by = _made(WORLD)
    assert causes_text(record, "Aurora/run_due/Aurora-1/1").endswith(f"{ROOT}\n")
    assert causes_text(record, "Borealis/run_due/One/1") == f"2026-06-01  Borealis/run_due/One/1  {ROOT}\n"
    assert caused_by["Borealis/run_due/One/1"] == ""


def test_a_run_says_that_low_demand_stopped_its_clock() -> None:
    """Demand is low in April, for 30 days: the run of 1 July is due on 31 July."""
    record, caused_by = _made(LOW_DEMAND)
    found = causes_text(record, "Aurora/run_due/Aurora-2/1").splitlines()
    assert found[0] == "2026-07-31  Aurora/run_due/Aurora-2/1  (its clock stood still for 30 days: `pause_when`)"
    assert found[1].strip() == "<- 2026-04-01  Aurora/programme_paused/Aurora/1"
    assert caused_by["Aurora/run_due/Aurora-2/1"] == "Aurora/programme_paused/Aurora/1"
