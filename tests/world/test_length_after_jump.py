"""A run that is due because software jumps is as long as the rate of progress makes it, not as if there were none."""

from __future__ import annotations

import pytest

from sim.base.series import fixed
from sim.model.programme import LengthRule, StartRule
from sim.model.shock import Shock
from sim.model.software import Software
from sim.world.simulate import simulate
from tests.world.build import draw, lab, run
from tests.world.observe import only


@pytest.mark.parametrize("feedback", [False, True])
def test_a_breakthrough_that_makes_a_run_due_does_not_make_it_long(feedback: bool) -> None:
    """At 4x a year runs are half as long as at 2x; people alone do research, so that the rate stays what it is."""
    law = Software(training_growth=4.0, feedback=feedback, labour_share=1.0, returns=0.0, parallel_penalty=1.0,
                   research_substitution=0.0, step=1.1)  # fmt: skip
    spec = run("R", share=0.1, length_days=40.0, start_when=StartRule(efficiency_grows=3.0, times=1, apart_days=0.0),
               length_rule=LengthRule(rule="shorter with progress", reference_growth=2.0, exponent=1.0,
                                      floor_days=1.0))  # fmt: skip
    site = lab("A", software=law, staff={"ai_research": fixed(100.0)}, runs=[spec],
               use={"training": 0.5, "experiments": 0.5})  # fmt: skip
    jump = Shock(name="jump", on=50.0, training_efficiency=3.0)
    log = only(simulate(draw(site, end=100.0, shocks={"jump": jump})).runs)
    assert log.started == 50.0 and log.finished == pytest.approx(70.0, abs=1e-6)
