"""Interventions: what is laid over a world to buy time. Whom it binds, when, what it stops, and what may go on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from sim.model.covert import Covert
from sim.model.declare import GUESS, block, choice, names, number, numbers, text, trigger

TRAINING: Final = "training"
EXPERIMENTS: Final = "experiments"
AI_USE: Final = "ai_use_in_research"
HUMANS: Final = "human_research"
RELEASES: Final = "releases"
DELIVERIES: Final = "deliveries"
SOFTWARE: Final = "software"
EVERYTHING: Final = "everything"

STOPPABLE = (TRAINING, EXPERIMENTS, AI_USE, HUMANS, RELEASES, DELIVERIES, SOFTWARE)
"""What an intervention can stop, or let go on at a share."""

ALL, LEADER = "all", "leader"
"""Words for whom an intervention binds."""

RESUME, RESTART, DESTROY = "resume", "restart", "destroy"
SHARES, IDLE = "shares", "idle"
CUT, WAIT = "cut", "wait"
LOST, BANKED = "lost", "banked"
RELEASED, DESTROYED = "released", "destroyed"
CLUSTER, FREED = "cluster", "freed"
UNTIL_CAUGHT_UP, ITS_LENGTH = "until caught up", "its length"

ENDS, BREAKS = "ends", "breaks"

TAXED = (TRAINING, EXPERIMENTS, AI_USE)

PAUSE: Final = "pause"
"""The name of the one intervention that a scenario may have at its top level."""

_REACHES = re.compile(r"\s*when\s+(?P<lab>.+?)\s+reaches\s+(?P<level>.+?)\s*")
_AT = re.compile(r"\s*at\s+(?P<milestone>.+?)\s*")
_OVER = re.compile(r"\s*when\s+(?P<intervention>.+?)\s+(?P<how>ends|breaks)\s*")
_ANY = re.compile(r"any(\s+lab)?|anyone")


class Trigger(NamedTuple):
    """What an intervention waits for: a level (of one lab, or of the first), a milestone, or that another is over."""

    level: str | None = None
    lab: str | None = None
    milestone: str | None = None
    intervention: str | None = None
    how: str | None = None
    """`ends`, as it was to, or `breaks`."""


def trigger_of(words: str) -> Trigger | None:
    """What such words say; None for others.

    `when LAB reaches LEVEL`, `when any lab reaches LEVEL`, `at MILESTONE`, `when INTERVENTION ends`, `… breaks`.
    """
    found = _REACHES.fullmatch(words)
    if found is not None:
        lab = found["lab"]
        return Trigger(level=found["level"], lab=None if _ANY.fullmatch(lab) else lab)
    found = _OVER.fullmatch(words)
    if found is not None:
        return Trigger(intervention=found["intervention"], how=found["how"])
    found = _AT.fullmatch(words)
    return None if found is None else Trigger(milestone=found["milestone"])


@dataclass(slots=True, kw_only=True)
class Breaks:
    """How an intervention ends before its time, if it does: at random, on a date, or when something happens."""

    rate: float | None = number(
        "rate", "1/year", "expected times a year, from its start on, until it breaks", default=None, low=0.0
    )
    when: float | str | None = trigger("when", "what breaks it", default=None)


@dataclass(slots=True, kw_only=True)
class OnBreak:
    """What becomes of what an intervention held back when it breaks."""

    suspended: str = choice(
        "suspended", (RESUME, RESTART, DESTROY), "of runs that it interrupted", default=RESUME, source=GUESS
    )
    banked: str = choice(
        "banked", (RELEASED, DESTROYED), "of deliveries that were `withheld: banked`", default=RELEASED, source=GUESS
    )
    hidden: float = number(
        "hidden", "share", "software that was found in secret and comes out at once: so much of the growth, at the "
        "rate of the day on which it started, that there was not", default="0%", source=GUESS, low=0.0, high=1.0,
    )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Intervention:
    """A change laid over a scenario to buy time, to be compared with the same world without it.

    While it lasts, what it `stops` stands still for the labs that it `binds`, and what `continues` goes on at a share.
    Several at once combine: for each lab and each thing the stricter share counts, in whatever order they are written.
    """

    name: str
    starts: float | str | None = trigger("starts", "when it begins; at the scenario's start if absent", default=None)
    ends: float | str | None = trigger(
        "ends", "when it ends; with neither `ends` nor `lasts` it goes on to the end of the simulation", default=None
    )
    lasts: float | None = number(
        "lasts", "day", "how long it lasts from its start; 0 days: it does not happen", default=None, low=0.0
    )
    binds: list[str] = names(
        "binds",
        "names of labs or blocs, or `all`, or `leader`: the lab whose best model is the strongest when it starts",
        default=[ALL],
    )
    holds: float = number(
        "holds",
        "share",
        "how well it holds: the share of what is stopped that really stops",
        default="100%",
        source=GUESS,
        low=0.0,
        high=1.0,
    )
    stops: list[str] = names(
        "stops",
        "what stops: `training` (no run starts, those in progress are suspended, the programme's dates wait), "
        "`experiments`, `ai_use_in_research` (fleets of the domain ai_research), `human_research`, `releases` (to the "
        "public), `deliveries` (they come later), `software` (efficiencies stay as they are); or `everything`: "
        "all clocks, as if the time had not passed",
        default=[],
    )
    continues: dict[str, float] = numbers(
        "continues",
        "share",
        "what goes on at a share, by the same words: experiments and fleets with so much of their declared share of "
        "the accelerators, training with as much of its own (or of the largest share that a run states, if that is "
        "more); people, deliveries, releases and software at so much of "
        "their speed",
        default={},
        low=0.0,
        high=1.0,
    )
    cap_run_flop: float | None = number(
        "cap_run_flop", "FLOP", "no training run is larger; it counts a run's own FLOP, not those of a base that it "
        "starts from", default=None, above=0.0,
    )  # fmt: skip
    cap_training: float | None = number(
        "cap_training", "accelerators", "a lab trains with at most so many H100e", default=None, low=0.0
    )
    cap_training_share: float | None = number(
        "cap_training_share", "share", "a lab trains with at most this share of its accelerators", default=None,
        low=0.0, high=1.0,
    )  # fmt: skip
    cap_research: float | None = number(
        "cap_research", "accelerators", "a lab's training, experiments and AI in research together use at most so many "
        "H100e", default=None, low=0.0,
    )  # fmt: skip
    cap_research_share: float | None = number(
        "cap_research_share", "share", "the same, as a share of its accelerators", default=None, low=0.0, high=1.0
    )
    tax: float | None = number(
        "tax", "share", "share of what training, experiments and AI in research are meant to have that goes to `freed`",
        default=None, low=0.0, high=1.0,
    )  # fmt: skip
    minimum_shares: dict[str, float] = numbers(
        "minimum_shares", "share", "shares of a lab's accelerators that fleets or experiments get at least, once they "
        "have work", default={}, low=0.0, high=1.0,
    )  # fmt: skip
    minimum_shares_from: dict[str, float] = numbers(
        "minimum_shares_from", "share", "what these shares are when it starts, where they rise to those stated",
        default={}, low=0.0, high=1.0,
    )  # fmt: skip
    minimum_shares_over: float | None = number(
        "minimum_shares_over", "day", "time in which they do, in ten equal steps", default=None, above=0.0
    )
    slow_deliveries: float | None = number(
        "slow_deliveries", "share", "share of each delivery that comes; the rest is lost or `withheld`", default=None,
        low=0.0, high=1.0,
    )  # fmt: skip
    withheld: str = choice(
        "withheld", (LOST, BANKED), "what becomes of the rest: it never comes, or all of it when the intervention ends",
        default=LOST, source=GUESS,
    )  # fmt: skip
    release_interval: float | None = number(
        "release_interval", "day", "a lab makes no model public sooner after the last", default=None, low=0.0
    )
    research_models_older_than: float | None = number(
        "research_models_older_than", "day", "AI research uses only models that a lab has had for so long",
        default=None, low=0.0,
    )  # fmt: skip
    cap_capability: float | None = number(
        "cap_capability", "x", "no run makes a model more than so many times as strong as the strongest that is "
        "cleared", default=None, above=0.0,
    )  # fmt: skip
    cleared_after: float | None = number(
        "cleared_after", "day", "for how long a lab must have had a model for it to be cleared", default="0 days",
        source=GUESS, low=0.0,
    )  # fmt: skip
    cap_growth: float | None = number(
        "cap_growth", "x/year", "controlled scaling: no run makes a model stronger than the strongest that is known "
        "when it starts, times what this growth has come to since, in steps of a month", default=None, low=1.0,
    )  # fmt: skip
    cap_growth_after: float | None = number(
        "cap_growth_after", "day", "time from the start for which the cap of `cap_growth` does not grow yet",
        default="0 days", source="this program's choice: it grows from the start on", low=0.0,
    )  # fmt: skip
    hold_at: str | None = text("hold_at", "no run makes a model that reaches this level", default=None)
    breaks: Breaks | None = block("breaks", Breaks, "how it may end before its time: a deal that breaks", default=None)
    on_break: OnBreak | None = block("on_break", OnBreak, "what becomes then of what it held back", default=None)
    covert: Covert | None = block(
        "covert", Covert, "a lab that goes behind the deal: it begins in secret some time after the start", default=None
    )
    shift_to_alignment: float | None = number(
        "shift_to_alignment", "share", "share of a lab's accelerators that goes to its fleet `alignment`, besides what "
        "that has, from experiments and the other fleets in proportion; runs keep theirs", default=None,
        low=0.0, high=1.0,
    )  # fmt: skip
    shift_from_level: dict[str, float] = numbers(
        "shift_from_level", "share", "the same share through each dwell: level -> share from the day on which any lab "
        "first reaches it, until the next of them is reached", default={}, low=0.0, high=1.0,
    )  # fmt: skip
    shift_from: list[str] = names(
        "shift_from", "fleets (or `experiments`) that give what is shifted; all others if absent", default=[]
    )
    shift_of: str = choice(
        "shift_of", (CLUSTER, FREED), "what `shift_to_alignment` is a share of: the lab's accelerators, or what "
        "interventions free there", default=CLUSTER, source="this program's definition (docs/interventions.md)",
    )  # fmt: skip
    hire: dict[str, float] = numbers(
        "hire", "x", "people of a domain at a lab, as a multiple of those that it would have: `{alignment: 3x}`",
        default={}, low=1.0,
    )  # fmt: skip
    hire_people: dict[str, float] = numbers(
        "hire_people", "people", "people of a domain at each lab besides those that it would have", default={}, low=0.0
    )
    hire_over: float | None = number(
        "hire_over", "day", "time in which they come, in ten equal steps; when it ends they leave at once",
        default="0 days", source="this program's choice: at once", low=0.0,
    )  # fmt: skip
    spend_lead: str | None = choice(
        "spend_lead", (UNTIL_CAUGHT_UP, ITS_LENGTH),
        "for one lab that leads: it ends when the lead over the next lab is"
        " spent, as others catch up, or after the length that the lead has when it starts", default=None,
    )  # fmt: skip
    lead_left: float | None = number(
        "lead_left", "day", "spend_lead: lead that is kept", default="0 days",
        source="this program's choice: the lead is spent whole", low=0.0,
    )  # fmt: skip
    pool: str | None = choice(
        "pool", (SOFTWARE,), "labs share what they find in software, at once: each has the best of them; research "
        "itself is not done together", default=None,
    )  # fmt: skip
    slow_diffusion: float | None = number(
        "slow_diffusion", "x", "security: what a lab finds in software takes so many times as long to reach others, or "
        "gives them a fraction so many times smaller", default=None, low=1.0,
    )  # fmt: skip
    slow_thefts: float | None = number(
        "slow_thefts", "share", "security: share of their rate at which thefts from a lab go on (those with a date "
        "happen all the same)", default=None, low=0.0, high=1.0,
    )  # fmt: skip
    safety_tax: float | None = number(
        "safety_tax", "share", "capability realised below what could be: models finished meanwhile have so much less "
        "effective FLOP", default=None, low=0.0, high=1.0,
    )  # fmt: skip
    suspended: str = choice(
        "suspended",
        (RESUME, RESTART, DESTROY),
        "what becomes of runs that it interrupts: they go on from their checkpoints, start anew, or are given up",
        default=RESUME,
        source=GUESS,
    )
    over_cap: str = choice(
        "over_cap",
        (CUT, WAIT),
        "what becomes of a run that is larger than allowed when it is to start: it is cut to what is allowed, or waits",
        default=CUT,
        source="this program's choice",
    )
    freed: str | None = text(
        "freed",
        "where the accelerators go that it frees: `idle`, or a fleet; to the other uses, by their shares, if absent "
        "or `shares`",
        default=None,
    )

    def share(self, what: str) -> float:
        """At what share something goes on where the intervention holds as well as it does."""
        stated = self.continues.get(what, 0.0 if what in self.stops else 1.0)
        if self.tax is not None and what in TAXED:
            stated = min(stated, 1.0 - self.tax)
        return 1.0 - self.holds * (1.0 - stated)

    def held_to(self, cap: float, wanted: float) -> float:
        """Accelerators or FLOP under a cap, if there were `wanted` without it: between the two, by how it holds."""
        if wanted <= cap:
            return wanted
        return cap + (1.0 - self.holds) * (wanted - cap)  # exactly the cap, where it holds wholly

    @property
    def stops_everything(self) -> bool:
        """Whether all clocks of those whom it binds stand still."""
        return EVERYTHING in self.stops and self.holds > 0.0
