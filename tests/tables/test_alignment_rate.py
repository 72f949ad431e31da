"""More compute for alignment: at that instant, with the same models, its work goes no slower."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sim.base.calendar import TICK
from sim.base.series import Series, fixed
from sim.model.alignment import Trust
from sim.physics.labour import joint_labour
from sim.tables.alignment_work import AlignmentWork
from sim.tables.rates import Rates
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.tables.test_alignment import BY_FLOP, HUMAN, world
from tests.world.build import existing, fleet, run
from tests.world.test_intervention import pause, under
from tests.world.test_progress import software
from tests.world.test_trust import alignment

RAISED = 170.0
ALIGNMENT = fleet("alignment", domain="alignment", inference=BY_FLOP, choose="strongest")
SHARES = st.integers(0, 300).map(lambda part: part / 1000.0)


def rates(record: RunRecord) -> tuple[float, float, float]:
    """Researcher-days a day just after the share is raised: of lab A, of the world; and A's training efficiency."""
    assert record.training_efficiency["A"].rate_at(RAISED) > 0.0
    work = AlignmentWork(Rates(record), (RAISED, RAISED + TICK))
    a, everywhere = (sum(work.between(RAISED, RAISED + TICK, scope).work.values()) / TICK for scope in ("A", "world"))
    return a, everywhere, record.training_efficiency["A"].at(RAISED)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow],
          phases=(Phase.explicit, Phase.reuse, Phase.generate))  # fmt: skip
@given(
    first=SHARES, share=SHARES, more=SHARES, by_intervention=st.booleans(), research=st.sampled_from([0.0, 0.1]),
    penalty=st.floats(0.05, 1.0), v=st.sampled_from([0.0, 0.5, 5.0, 1e3]), oversight=st.sampled_from([0.0, 0.2, 1.0]),
    staff=st.just(0.0) | st.floats(0.1, 1e4), elsewhere=st.sampled_from([None, 300.0]),
    models=st.lists(st.tuples(st.floats(-50.0, 160.0), st.floats(24.0, 31.0), st.floats(9.0, 13.0)), min_size=1,
                    max_size=3),
    wait=st.sampled_from([None, 60.0]),
)  # fmt: skip
def test_at_that_instant_a_larger_share_never_does_less(
    first: float, share: float, more: float, by_intervention: bool, research: float, penalty: float, v: float,
    oversight: float, staff: float, elsewhere: float | None, models: list[tuple[float, float, float]],
    wait: float | None,
) -> None:  # fmt: skip
    """With feedback, from experiments or by an intervention from all: people's verification, oversight and diminishing
    returns included."""
    trust = None if wait is None else Trust(cleared_after_days=wait)
    law = alignment(trust, parallel_penalty=penalty, verified_per_human=v, oversight=oversight, good_enough=0.3,
                    elsewhere=None if elsewhere is None else fixed(elsewhere))  # fmt: skip
    known = [existing(f"M{n}", day, 10.0**flop, public=day + 30.0, params=10.0**size)
             for n, (day, flop, size) in enumerate(models)]  # fmt: skip
    fleets = {"alignment": ALIGNMENT, "research": fleet("research", inference=BY_FLOP)}

    def raised(by: float) -> tuple[float, float, float]:
        """The share is `first` of the cluster until it is raised by some."""
        later = fixed(first) if by_intervention else Series(((0.0, first), (RAISED, first + by)))
        rest = fixed(0.95 - first - research) if by_intervention else Series(
            ((0.0, 0.95 - first - research), (RAISED, 0.95 - first - by - research)))  # fmt: skip
        draw = world(law, end=RAISED + 1.0, models=known, fleets=fleets, software=software(),
                     use={"training": 0.05, "experiments": rest, "alignment": later, "research": research},
                     runs=[run("R", starts=20.0, share=0.05, length_days=60.0)],
                     staff={"alignment": fixed(staff), "ai_research": fixed(100.0)})  # fmt: skip
        return rates(under(draw, pause(name="shift", starts=RAISED, shift_to_alignment=by)) if by_intervention
                     else simulate(draw))  # fmt: skip

    few, many = raised(share / 2.0), raised((share + more) / 2.0)
    assert few[2] == many[2], "the same state: software is as it was"
    for less, larger in zip(few[:2], many[:2], strict=True):
        assert larger >= less * (1.0 - 1e-9)


@pytest.mark.parametrize(
    "v, before, after",
    # 10 or 20% of 1000 H100 make 1e5 or 2e5 tokens/s; 20% of their work goes into watching it.
    [(20.0, 0.8 * 1e5 * HUMAN / 2.0, 0.8 * 2e5 * HUMAN / 2.0), (0.5, 500.0, 500.0)],
)
def test_it_does_more_or_as_much_where_people_can_verify_no_more(v: float, before: float, after: float) -> None:
    """1000 people and a model of quality and share doable 50%, which research does not change until day 170."""
    law = alignment(verified_per_human=v, oversight=0.2, parallel_penalty=1.0)

    def raised(share: float) -> float:
        experiments = Series(((0.0, 0.9), (RAISED, 1.0 - share)))
        draw = world(law, end=RAISED + 1.0, fleets={"alignment": ALIGNMENT},
                     software=software(inference_exponent=None, inference_growth=1.0),
                     use={"experiments": experiments, "alignment": Series(((0.0, 0.1), (RAISED, share)))},
                     staff={"alignment": fixed(1000.0), "ai_research": fixed(100.0)})  # fmt: skip
        return rates(simulate(draw))[0]

    for share, work in ((0.1, before), (0.2, after)):
        assert raised(share) == pytest.approx(joint_labour(1000.0, work, 0.5, -2.0), rel=1e-6)
