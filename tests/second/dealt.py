"""Deals between labs in the second simulator: pools, security, spent leads and covert projects together."""

from __future__ import annotations

from tests.second.hidden import Covertly, Hidden
from tests.second.pooled import Pooled
from tests.second.secured import Secured
from tests.second.spent import SpendsLead


class DealtLab(Hidden, Pooled, Secured):
    """A lab in a world of deals."""


class Dealt(SpendsLead, Covertly):
    lab = DealtLab  # type: ignore[assignment]
