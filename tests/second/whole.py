"""The second simulator with all that its files add: elastic runs, phases of a policy, runs suspended or in progress."""

from __future__ import annotations

from tests.second.begun import Begun
from tests.second.elastic import Elastic
from tests.second.policy_phases import Phased
from tests.second.simulator import Second
from tests.second.suspended import Suspended


class WholeLab(Elastic, Phased, Suspended, Begun):
    """A lab with the whole repertoire."""


class Whole(Second):
    lab = WholeLab
