"""One lab in the kernel: its cluster, what uses it, and the decision that follows each change."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from sim.base.calendar import tick
from sim.base.limits import MOST_ACCELERATORS, check_size
from sim.model.alignment import ALIGNMENT
from sim.model.lab import EXPERIMENTS, TRAINING, Lab
from sim.model.policy import PHASES, UserPolicy
from sim.model.training_run import TrainingRun
from sim.world import deployment, training
from sim.world.agenda import Order
from sim.world.clock import Clock
from sim.world.fleet import Earmark, FleetState
from sim.world.own_policy import OwnPolicy
from sim.world.phase_policy import PhasePolicy
from sim.world.policy import POLICIES, Policy, PolicyError
from sim.world.record import ModelRecord, step
from sim.world.run import NOTHING, Holding, Run, sum_of
from sim.world.view import View

if TYPE_CHECKING:
    from sim.world import release
    from sim.world.deliveries import Banked
    from sim.world.limits import Limits
    from sim.world.progress import Progress
    from sim.world.standstill import Standstill
    from sim.world.trust import TrustState
    from sim.world.world import World

ROUNDING = 1e-9
"""Share of a cluster below which a remainder is rounding, not idle accelerators."""


class LabState:
    """A lab's present state. Holdings are accelerators by type, always."""

    __slots__ = (
        "world", "spec", "name", "total", "shares", "fleets", "fleet_named", "due", "running", "earmarks", "models",
        "usable", "experiments", "idle", "policy", "view", "causes", "dirty", "retiring", "released", "moves",
        "generation", "reviews", "before", "for_each", "own_policy", "phases", "tight", "releases", "ramps",
        "earmark_ends", "review_dates", "progress", "entry", "cuts", "lost", "losses", "demand", "demand_factors",
        "standstill", "late", "public_releases", "limits", "people", "hires", "withheld", "banks", "banked",
        "let_through", "model_age", "barred", "released_on", "postponed", "trust",
    )  # fmt: skip

    def __init__(self, world: World, spec: Lab, policy: Policy | None = None) -> None:
        self.world = world
        self.spec = spec
        self.name = spec.name
        self.total: Holding = {}
        self.entry = tick(spec.entry)
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
        self.fleet_named = {fleet.name: fleet for fleet in self.fleets}
        self.trust: TrustState | None = None
        self.due: list[Run] = []
        self.running: list[Run] = []
        self.earmarks: list[Earmark] = []
        self.models: dict[str, ModelRecord] = {}
        self.usable: set[str] = set()
        self.experiments: Holding = {}
        self.idle: Holding = {}
        self.own_policy = policy is not None
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
        self.before: tuple[Holding, Holding] = ({}, {})
        """What experiments held and what was idle before the moves of this instant."""
        view = self.view = View()
        view.lab = spec.name
        view.total = self.total
        view.shares = self.shares
        view.due = self.due
        view.running = self.running
        view.earmarks = self.earmarks
        view.usable_models = self.usable
        view.accelerators = world.draw.accelerators
        view.public_models = world.public_models
        self.weigh()
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
        self.weigh()

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

    # The cluster

    def resize(self, kind: str, count: float) -> None:
        """Set the number of accelerators of a type."""
        self.total[kind] = count
        step(self.world.record.clusters, (self.name, kind), self.world.agenda.day, count)

    def receive(self, kind: str, count: float, event: int) -> None:
        """Add accelerators of a batch to the cluster."""
        total = self.total.get(kind, 0.0) + count
        check_size(total, MOST_ACCELERATORS, "{}: accelerators of type {}", self.name, kind)
        self.resize(kind, total)
        self.changed(event)

    def lose(self, kind: str, count: float, event_kind: str, causes: tuple[int, ...] = ()) -> None:
        """Take accelerators out of the cluster; those that a run in progress holds follow when it ends."""
        world = self.world
        busy = sum(run.held.get(kind, 0.0) for run in self.running if not run.spec.elastic)
        now = min(count, max(0.0, self.total.get(kind, 0.0) - busy))
        if now > 0.0:
            self.tight = True
            left = self.total[kind] - now
            self.resize(kind, left if left > ROUNDING * now else 0.0)
            event = world.event(self.name, event_kind, kind, now, "accelerators", None, causes)
            self.changed(event)
        if count > now:
            self.retiring[kind] = self.retiring.get(kind, 0.0) + count - now
            world.event(self.name, "retirement_waits", kind, count - now, "accelerators",
                        {"reason": "runs in progress hold them"}, causes)  # fmt: skip

    def _fit_earmarks(self) -> bool:
        """Cut earmarks, those that are not firm first, to what runs in progress leave; whether any was cut."""
        self.tight = cut_any = False
        if not self.earmarks:
            return False
        marks = sorted((mark for mark in self.earmarks if mark.active), key=lambda mark: mark.firm)
        for kind, total in self.total.items():
            over = sum(mark.held.get(kind, 0.0) for mark in marks) + self.view.in_training.get(kind, 0.0) - total
            if over > ROUNDING * total:
                for mark in marks:
                    cut = min(over, mark.held.get(kind, 0.0))
                    if cut > 0.0:
                        mark.take(kind, cut)
                        over -= cut
                        cut_any = True
        if cut_any:
            deployment.settle_cuts(self, marks, tuple(self.causes))
        return cut_any

    def retire_what_waited(self, freed: Mapping[str, float], cause: int) -> None:
        """A gang has freed accelerators: as many of those that were to go, go."""
        for kind in sorted(self.retiring):
            count = min(self.retiring[kind], freed.get(kind, 0.0))
            if count > 0.0:
                self.retiring[kind] -= count
                self.lose(kind, count, "retirement", (cause,))

    # The decision

    def weigh(self) -> None:
        """Work out each use's part anew; called when shares change or a fleet gets its first model."""
        view, shares = self.view, self.shares
        view.training_share = shares.get(TRAINING, 0.0)
        idle = 1.0 - sum(shares.values())
        view.idle_share = idle if idle > 1e-12 else 0.0
        working = [(EXPERIMENTS, shares[EXPERIMENTS])] if shares.get(EXPERIMENTS, 0.0) > 0.0 else []
        working += [(f.name, shares[f.name]) for f in self.fleets if f.best is not None and shares[f.name] > 0.0]
        weight = sum(share for _, share in working)
        view.parts = [(use, share / weight) for use, share in working]
        view.owed_share = weight
        view.experiments_share = shares.get(EXPERIMENTS, 0.0)
        fleets = [(use, share) for use, share in working if use != EXPERIMENTS]
        weight = sum(share for _, share in fleets)
        view.fleet_parts = [(use, share / weight) for use, share in fleets]

    def look(self) -> None:
        """Set what the policy reads to what is the case."""
        view = self.view
        view.day = self.world.agenda.day
        view.elastic = []
        taken = NOTHING
        for run in self.running:
            taken = sum_of(taken, run.held) if taken else run.held
            if run.spec.elastic and not run.suspended:
                view.elastic.append(run)
        view.in_training = taken
        for mark in self.earmarks:
            if mark.active:
                taken = sum_of(taken, mark.held) if taken else mark.held
        view.taken = taken

    def decide(self) -> None:
        """Ask the policy, start and resize what it says, and share out the rest."""
        if self.limits is not None:
            self.limits.keep_to_caps()
        self.dirty = False
        self.look()
        limits = self.limits
        starts, waits, uses, review = self.policy(self.view) if limits is None else limits.decide(self.policy)
        rounds = 0
        while starts or (self.tight and self._fit_earmarks()):
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
            self.look()
            starts, waits, uses, review = self.policy(self.view) if limits is None else limits.decide(self.policy)
        for run, why in waits:
            training.note_wait(self, run, why)
        self._apply(uses)
        if review is not None:
            self._plan_review(review)
        self.causes.clear()

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

    def _apply(self, uses: dict[str, Holding]) -> None:
        world, view, earmarks = self.world, self.view, self.earmarks
        if self.moves and self not in world.moved:
            world.moved.append(self)
            self.before = (self.experiments, self.idle)
            for fleet in self.fleets:
                fleet.before = fleet.held
        fleets = {}
        for fleet in self.fleets:
            name, alone = fleet.name, fleet.alone
            held = uses.get(name) or NOTHING
            if earmarks or alone is None:
                fleet.held = fleets[name] = deployment.hold(fleet, held, earmarks)
            else:
                fleet.held = fleets[name] = {alone: held}
        experiments = self.experiments = uses.get(EXPERIMENTS) or NOTHING
        if self.progress is not None:
            self.progress.see(experiments, fleets)
        # The built-in policies share out everything, to rounding, unless idle is declared or nothing has work.
        some_idle = self.own_policy or view.idle_share or not view.parts or self.limits is not None
        idle = self.idle = self._left() if some_idle else NOTHING
        world.record.splits.append((view.day, self.name, experiments, fleets, idle))

    def _left(self) -> Holding:
        """Accelerators that no use holds. Raises PolicyError if the uses hold more than there is."""
        left = dict(self.total)
        held = [self.view.in_training, self.experiments]
        held += [by_kind for fleet in self.fleets for by_kind in fleet.held.values()]
        for by_kind in held:
            for kind, count in by_kind.items():
                left[kind] -= count
        for kind, count in left.items():
            rounding = ROUNDING * (self.total[kind] + 1.0)
            if -rounding <= count <= rounding:
                left[kind] = 0.0
            elif count < 0.0:
                raise PolicyError(f"the policy of {self.name} gave out {-count:,.6g} {kind} that the lab does not have")
        return left if any(left.values()) else {}
