"""What a changed world gives up until the end, or has more of: AI work, how much of it is alignment's, and training."""

from __future__ import annotations

from typing import NamedTuple

from sim.analysis.pair import Pair
from sim.base.units import DAYS_PER_YEAR
from sim.show.compared import Compared, rows_of
from sim.show.style import number

NOTHING = 5e-4
"""Share of the base's below which a change is written as 0."""
MOST_PERCENT = 4.0
"""Changes of more than this share are written as times."""
TIMES = " times as much"
"""Behind what is written so."""
NOTICED = 0.02
"""Share of the base's AI work by which that of alignment's fleets must change to be told apart from the rest."""

Change = tuple[float, float]
"""The changed world's amount less the base's, and the base's."""


class GivenUp(NamedTuple):
    """work: AI work in human-years, of models at `Pair.able_level`. others: of that all but alignment's, where fleets
    work on it. training: in H100e-years.
    """

    work: Change
    others: Change | None
    training: Change

    @property
    def of_alignment(self) -> bool:
        """Whether what changes is to a part that matters the work of alignment's own fleets."""
        if self.others is None:
            return False
        return abs(self.work[0] - self.others[0]) > NOTICED * abs(self.work[1])


def without(given: GivenUp) -> str:
    """The share by which AI work changes besides that of alignment's own fleets: `−52% without alignment's`, or empty
    where these do not matter.
    """
    if given.others is None or not given.of_alignment or not given.others[1]:
        return ""
    return f"{percent(*given.others)} without alignment's"


def until_the_end(comparison: Compared, pair: Pair) -> GivenUp:
    """What a pair's changed world gives up."""
    work = training = (0.0, 0.0)
    others: Change | None = None
    for row in rows_of(comparison, "cost", pair.name):
        if row["lab"] is not None:
            continue
        change = row["change"], row["base"]
        key = row["what"], row["of"]
        if pair.able_level is None and row["what"] == "ai_work":
            work = work[0] + change[0], work[1] + change[1]
        elif key == ("ai_work_by", pair.able_level):
            work = change
        elif key == ("other_work_by", pair.able_level):
            others = change
        elif key == ("compute", "training"):
            training = change[0] / DAYS_PER_YEAR, change[1] / DAYS_PER_YEAR
    return GivenUp(work, others, training)


def percent(value: float, of: float) -> str:
    """A change as a share: +36%, −0.4%, 20 times as much where it is more than doubled several times over."""
    share = value / of
    if share > MOST_PERCENT:
        return f"{number(1.0 + share)}{TIMES}"
    digits = 0 if abs(share) >= 0.0095 else 1
    plus = "+" if share > 0.0 else ""
    return f"{plus}{share:.{digits}%}".replace("-", "−")
