"""One lab in the kernel: its cluster, what uses it, and the decision that follows each change."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from sim.base.calendar import tick
from sim.model.alignment import ALIGNMENT
from sim.model.lab import Lab
from sim.model.policy import PHASES, SHARES, UserPolicy
from sim.model.training_run import TrainingRun
from sim.world import deployment, run_length, training
from sim.world import policy as built_in
from sim.world.agenda import Order
from sim.world.clock import Clock
from sim.world.errors import PolicyError
from sim.world.fleet import Earmark, FleetState
from sim.world.idle import idle_of
from sim.world.own_policy import OwnPolicy
from sim.world.phase_policy import PhasePolicy
from sim.world.policy import ONLY_SHARES, POLICIES, SHARED_OUT, Decision, Policy
from sim.world.record import ModelRecord, Steps
from sim.world.run import NOTHING, Holding, Run
from sim.world.split import OF_EXPERIMENTS, OF_IDLE, Deployed, Use, deployed_of, nothing
from sim.world.view import View

if TYPE_CHECKING:
    from sim.world import release
    from sim.world.deliveries import Banked
    from sim.world.limits import Limits
    from sim.world.progress import Progress
    from sim.world.standstill import Standstill
    from sim.world.trust import TrustState
    from sim.world.world import World


class LabState:
    """A lab's present state. Holdings are accelerators by type, always."""

    __deletable__ = ("policy",)
    """For the compiler: `dismantle` lets go of it."""
    __slots__ = (
        "world", "spec", "name", "place", "total", "stock", "shares", "fleets", "fleet_named", "public_fleets",
        "internal_fleets", "due", "running", "earmarks", "models", "usable", "types", "uses",
        "policy", "view", "causes", "dirty", "retiring", "released", "moves", "generation", "reviews", "split",
        "before", "for_each", "own_policy", "phases", "tight", "releases", "ramps", "earmark_ends", "review_dates",
        "progress", "entry", "cuts", "lost", "losses", "demand", "demand_factors", "standstill", "late",
        "public_releases", "limits", "people", "hires", "withheld", "banks", "banked", "let_through", "model_age",
        "barred", "released_on", "postponed", "trust", "there", "awaited", "unsized", "by_shares",
    )  # fmt: skip

    def __init__(self, world: World, spec: Lab, policy: Policy | None = None) -> None:
        self.world = world
        self.spec = spec
        self.name = spec.name
        self.place = 0
        """Its place among the labs, which are in the order of their names."""
        self.total: Holding = {}
        self.stock: dict[str, Steps] = {}
        """Accelerators of each type until now, as they are recorded."""
        self.entry = spec.entry if spec.covert else tick(spec.entry)
        self.there = not spec.covert
        """False for a covert project before it begins, and again once it is dissolved."""
        self.awaited = False
        """Whether a deal that has started is to make it begin."""
        self.standstill: Standstill | None = None
        self.late = 0.0
        """Days that everything here has stood still for: by so much its own calendar is behind the world's."""
        self.limits: Limits | None = None
        """What interventions allow; None while none binds the lab."""
        self.withheld = 0.0
        """Share of deliveries that interventions hold back."""
        self.banks: dict[str, float] = {}
        """Share of each delivery that those interventions let come which keep the rest until they are over."""
        self.let_through = 1.0
        """Share that the others let come: the rest is lost."""
        self.banked: list[Banked] = []
        self.model_age = 0.0
        """Days for which the lab must have had a model that does AI research."""
        self.barred: set[str] = set()
        """Fleets in AI research that have no model so old."""
        self.postponed: dict[str, release.Release] = {}
        """Models whose release interventions have put off."""
        self.released_on = -inf
        """Day of the lab's last public release."""
        self.people: dict[str, float] = {}
        """People by domain, as stated: those who would work if all of them might, and nobody else was hired."""
        self.hires: dict[str, list[tuple[float, float]]] = {}
        """(factor, people besides) of interventions that hire in a domain."""
        self.cuts: list[float] = []
        """Shares of deliveries that shocks cut off at present."""
        self.lost = 0.0
        """Share of each delivery that never comes, by all of them."""
        self.losses: dict[str, list[float]] = {}
        """Share of the accelerators of a type that each loss by a shock has left, in order."""
        self.demand: dict[str, float] = {}
        """Tokens/s asked of a fleet, before shocks."""
        self.demand_factors: dict[str, list[float]] = {}
        """Factors of shocks on the demand for a fleet."""
        self.shares = {use: series.at(0.0) for use, series in sorted(spec.use.items())}
        asks = spec.alignment is not None and spec.alignment.trust is not None
        self.fleets = [
            FleetState(spec.fleets[name], asks and spec.fleets[name].domain == ALIGNMENT)
            for name in sorted(spec.fleets)
            if name in spec.use
        ]
        for n, fleet in enumerate(self.fleets):
            fleet.place = n + 1
        self.fleet_named = {fleet.name: fleet for fleet in self.fleets}
        self.public_fleets = [fleet for fleet in self.fleets if fleet.public]
        self.internal_fleets = [fleet for fleet in self.fleets if not fleet.public]
        self.trust: TrustState | None = None
        self.due: list[Run] = []
        self.unsized: list[Run] = []
        """Of these, those whose length follows progress: found when all else of the instant of their start is over."""
        self.running: list[Run] = []
        self.earmarks: list[Earmark] = []
        self.models: dict[str, ModelRecord] = {}
        self.usable: set[str] = set()
        self.types: list[str] = []
        """Of accelerators, that it has had until its last decision."""
        self.uses: list[Use] = []
        """Experiments, then each fleet with its model, as long as each runs one; empty if that is to be seen anew."""
        self.own_policy = policy is not None
        self.by_shares = policy is None and spec.policy == SHARES
        """Whether its policy is the simplest, which has nothing to say but shares while no run is due or elastic."""
        self.phases: PhasePolicy | None = None
        self.causes: list[int] = []
        self.dirty = False
        self.retiring: Holding = {}
        self.released: list[ModelRecord] = []
        self.moves: list[tuple[int, bool, Run, Holding]] = []
        self.generation = 0
        self.tight = False
        self.reviews: set[float] = set()
        self.for_each: list[tuple[TrainingRun, Clock]] = []
        """Runs of which each new general model gets its own, with the clock that they are due by."""
        self.releases = world.clock("releases", Order.RELEASE, spec.name)
        self.public_releases = world.clock("public releases", Order.RELEASE, spec.name)
        self.ramps = world.clock("ramps", Order.SERIES, spec.name)
        self.earmark_ends = world.clock("earmarks", Order.INTERVENTION_END, spec.name)
        self.review_dates = world.clock("reviews", Order.DECISION, spec.name)
        self.progress: Progress | None = None
        self.split: tuple[Any, ...] = nothing(spec.name)
        """What it last gave to its uses, runs apart: a `Split`, compiled as the one object that it is recorded as."""
        self.before: tuple[Any, ...] | None = None
        """The split before the moves of this instant, if there are any."""
        self.view = View(self)
        self.view.weigh()
        self.policy = self._policy(policy)

    def _policy(self, own: Policy | None) -> Policy:
        """The policy that decides: one of the user's own in place of the declared one."""
        if own is not None:
            return OwnPolicy(self, own)
        declared = self.spec.policy
        if isinstance(declared, UserPolicy):
            raise PolicyError(f"the policy of {self.name} is code, {declared}: pass its function to simulate")
        if declared == PHASES:
            self.phases = PhasePolicy(self)
            return self.phases
        return POLICIES[declared]

    def changed(self, cause: int) -> None:
        """Something happened that the lab has to decide about; `cause` is the event's index."""
        self.causes.append(cause)
        if not self.dirty:
            self.dirty = True
            self.world.dirty.append(self)

    def notice(self, event: int) -> None:
        """Something happened, outside of the lab or in time, that its policy may want to know."""
        if self.phases is None:
            self.changed(event)
            return
        self.phases.notices.append(event)
        if not self.dirty:
            self.dirty = True
            self.world.dirty.append(self)

    def declare_share(self, use: str, value: float) -> None:
        """A declared share has a new value, which holds unless the policy puts another in its place."""
        if isinstance(self.policy, PhasePolicy | OwnPolicy):
            self.policy.declare(use, value)
            return
        self.shares[use] = value
        self.view.weigh()

    def dismantle(self) -> None:
        """Let go of what refers back to the lab, so that all but the record is freed at once."""
        del self.policy
        self.phases = self.trust = None
        if self.progress is not None:
            self.progress.dismantle()
            self.progress = None
        for run in (*self.running, *self.due):
            run.rule = run.checkpoints = None
        self.limits = self.standstill = None

    def deployed_by(self, fleet: FleetState) -> list[Deployed]:
        """What a fleet runs."""
        return deployed_of(self.split, fleet.name)

    # The decision

    def decide(self) -> None:
        """Ask the policy, start and resize what it says, and share out the rest."""
        limits = self.limits
        if limits is not None:
            limits.keep_to_caps()
        self.dirty = False
        if not self.tight and self._only_shares():  # the commonest
            self._apply(built_in.share_out(self.view))
            self.causes.clear()
            return
        starts, waits, uses, review = self._ask()
        rounds = 0
        while starts or (self.tight and deployment.fit_earmarks(self)):
            rounds += 1
            if rounds > 100:
                runs = ", ".join(sorted({run.name for run, _ in starts}))
                raise PolicyError(
                    f"the policy of {self.name} goes on starting and resizing runs at one instant: {runs}"
                )
            if self.earmarks:
                training.make_room_for_resized(self, starts)
            for run, held in starts:
                training.start_or_resize(self, run, held)
            starts, waits, uses, review = self._ask()
        for run, why in waits:
            training.note_wait(self, run, why)
        if uses is SHARED_OUT:
            self._apply(built_in.share_out(self.view))
        else:
            self._apply(self._in_order(uses))
        if review is not None:
            self._plan_review(review)
        self.causes.clear()

    def _only_shares(self) -> bool:
        """Whether its policy, asked about the lab as it is now, has nothing to say but its shares."""
        self.view.look()
        return self.by_shares and not self.due and self.limits is None and not self.view.elastic

    def _ask(self) -> Decision:
        """What the policy decides about the lab as it is now."""
        if self._only_shares():
            return ONLY_SHARES
        view, policy, limits = self.view, self.policy, self.limits
        if not self.unsized:
            return policy(view) if limits is None else limits.decide(policy)
        run_length.hold_back(self)
        if limits is not None:
            return limits.decide(policy)
        decision = policy(view)
        return policy(view) if run_length.hold_start(self, decision.starts) else decision

    def _plan_review(self, day: float) -> None:
        if not isfinite(day):
            raise PolicyError(f"the policy of {self.name} asks for a review on day {day}")
        day = tick(day)
        if day >= self.view.day:
            clock = self.review_dates
            day -= self.view.day - clock.now
            if day not in self.reviews:
                self.reviews.add(day)
                clock.at(day, self._review)

    def _review(self, _: Any) -> None:
        """The review that its policy asked for."""
        self.reviews.discard(self.review_dates.now)
        self.notice(self.world.event(self.name, "review", self.name, None, "", None, ()))

    def _in_order(self, uses: dict[str, Holding]) -> list[float]:
        """What a policy gives to uses, as `share_out` does."""
        counts = []
        for use in self.view.uses:
            held = uses.get(use) or NOTHING
            counts += [held.get(kind, 0.0) for kind in self.total]
        return counts

    def _uses(self) -> list[Use]:
        """Experiments and each fleet with its model; nothing if one has no model yet, or several."""
        found = [OF_EXPERIMENTS]
        for fleet in self.fleets:
            alone = fleet.alone
            if alone is None:
                return []
            found.append((fleet.name, alone))
        return found

    def _apply(self, shares: list[float]) -> None:
        """Give experiments and each fleet what is theirs besides earmarks: of each type for one after the other."""
        world, view = self.world, self.view
        if self.moves and self.before is None:
            world.moved.append(self)
            self.before = self.split
        if len(self.types) != len(self.total):
            self.types = list(self.total)
        uses, counts, types = self.uses or self._uses(), shares, self.types
        self.uses = uses
        if uses:
            for mark in self.earmarks:
                if mark.active:
                    deployment.add_earmark(mark, types, counts, mark.fleet.place)
        else:
            uses, counts = deployment.deal(self, shares)
        # The built-in policies share out everything, to rounding, unless idle is declared or nothing has work.
        if self.own_policy or view.idle_share or not view.owed_share or self.limits is not None:
            idle = idle_of(self, counts)
            if idle:
                uses, counts = [*uses, OF_IDLE], counts + idle
        if self.progress is not None:
            self.progress.see(uses, types, counts)
        if uses is not self.uses and uses == self.split[2]:
            uses = self.split[2]
        split: tuple[Any, ...] = (world.agenda.today, self.name, uses, types, counts)
        self.split = split
        world.record.splits.append(split)
