"""The cause of a run that is due later than its programme says: interventions that stopped its clock, and how long."""

from __future__ import annotations

import sim
from sim.analysis.explain_events import causes_text

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


def _line(event: str) -> str:
    record = sim.simulate(sim.load("halt.yaml", text=WORLD)).record
    return causes_text(record, event).splitlines()[-1].strip()


def test_a_run_says_which_interventions_stopped_its_clock_and_for_how_long() -> None:
    """The halt is from 1 March to 9 June (100 days), the freeze from 30 May to 19 June: 110 days in all, as 10 are in
    both. 1 July and 110 days is 19 October; 1 January 2027 and 110 days is 21 April."""
    late = "(its clock stood still for 110 days: interventions/halt, interventions/freeze)"
    assert _line("Aurora/run_started/Aurora-2/1") == f"<- 2026-10-19  Aurora/run_due/Aurora-2/1  {late}"
    assert _line("Aurora/run_due/Aurora-3/1") == f"2027-04-21  Aurora/run_due/Aurora-3/1  {late}"


def test_a_run_whose_clock_nothing_stopped_is_a_root() -> None:
    root = "(a root: nothing in the simulation caused it)"
    assert _line("Aurora/run_due/Aurora-1/1").endswith(root)
    assert _line("Borealis/run_due/One/1") == f"2026-06-01  Borealis/run_due/One/1  {root}"
