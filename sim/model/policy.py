"""How a lab decides who gets its accelerators: built-in policies, phases with conditions, a user's own function."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sim.model.declare import block, choice, flag, number, numbers, text, when

SHARES, TRAINING_FIRST, PHASES = "shares", "training_first", "phases"
BUILT_IN = (SHARES, TRAINING_FIRST, PHASES)
"""Names of the built-in policies. Any other policy is a function in a user's Python file."""

DUE, IN_PROGRESS, NONE_IN_PROGRESS = "due", "in progress", "none in progress"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPolicy:
    """A policy from a user's Python file, as source: data, not yet a function.

    file: its name, for messages. text: the whole file. options: what the function gets besides the view.
    """

    file: str
    function: str
    text: str = field(repr=False)
    options: dict[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.function}"


@dataclass(slots=True, kw_only=True)
class Conditions:
    """When a phase of a policy holds: all conditions that are stated. Rivals' models count when they are public."""

    run: str | None = choice(
        "run",
        (DUE, IN_PROGRESS, NONE_IN_PROGRESS),
        "due: a training run is due, or suspended, and waits for accelerators; in progress: one holds accelerators; "
        "none in progress: none does",
        default=None,
    )
    earmark: bool | None = flag("earmark", "yes: an earmark holds accelerators; no: none does", default=None)
    released_within_days: float | None = number(
        "released_within",
        "day",
        "the lab's last public release was less than this ago",
        default=None,
        above=0.0,
    )
    no_release_days: float | None = number(
        "no_release_for",
        "day",
        "the lab's last public release was at least this ago, or there was none",
        default=None,
        above=0.0,
    )
    rival_released_within_days: float | None = number(
        "rival_released_within", "day", "a rival's last public release was less than this ago", default=None, above=0.0
    )
    no_rival_release_days: float | None = number(
        "no_rival_release_for",
        "day",
        "rivals' last public release was at least this ago, or there was none",
        default=None,
        above=0.0,
    )
    behind: float | None = number(
        "behind",
        "x",
        "the best public model of a rival has at least so many times the effective FLOP of the lab's best internal one",
        default=None,
        above=0.0,
    )
    ahead: float | None = number(
        "ahead",
        "x",
        "the lab's best internal model has at least so many times the effective FLOP of rivals' best public one",
        default=None,
        above=0.0,
    )
    level: str | None = text("level", "a model of the lab has reached this level (by internal dates)", default=None)
    rival_level: str | None = text("rival_level", "a public model of a rival is at this level", default=None)
    milestone: str | None = text("milestone", "this milestone has been reached, by whomever", default=None)
    h100e_at_least: float | None = number(
        "h100e_at_least", "accelerators", "the lab's cluster has at least so many H100e", default=None, above=0.0
    )
    h100e_below: float | None = number(
        "h100e_below", "accelerators", "the lab's cluster has fewer H100e than this", default=None, above=0.0
    )
    since: float | None = when("from", "from this date on", default=None)
    before: float | None = when("before", "until this date (exclusive)", default=None)


@dataclass(slots=True, kw_only=True)
class PolicyPhase:
    """One phase of `policy: phases`. The first whose conditions hold applies; the last one has none."""

    name: str = text("name", "name of the phase, for events")
    when: Conditions | None = block("when", Conditions, "conditions that must all hold; always if absent", default=None)
    use: dict[str, float] = numbers(
        "use",
        "share",
        "share of the cluster for each use in this phase (0 for what is not named); the lab's own `use` if absent",
        default={},
        low=0.0,
        high=1.0,
    )
    starts_runs: bool = flag(
        "starts_runs",
        "no: runs that are due wait for another phase (those in progress go on)",
        default=True,
        source="this program's definition (docs/policies.md)",
    )
    training_first: bool = flag(
        "training_first",
        "yes: a run that is due takes every accelerator that no other run has",
        default=False,
        source="this program's definition (docs/policies.md)",
    )
