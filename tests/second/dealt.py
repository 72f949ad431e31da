"""Deals between labs in the second simulator: pools, security and spent leads together."""

from __future__ import annotations

from tests.second.pooled import Pooled
from tests.second.secured import Secured
from tests.second.spent import SpendsLead


class DealtLab(Pooled, Secured):
    """A lab in a world of deals."""


class Dealt(SpendsLead):
    lab = DealtLab  # type: ignore[assignment]
