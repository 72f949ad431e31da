"""All labs, the agenda and the record of one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sim.base.calendar import tick
from sim.base.errors import LimitError
from sim.base.limits import MOST_EVENTS
from sim.model.draw import Draw
from sim.model.inference import Inference
from sim.model.lab import Lab
from sim.model.software import Theft
from sim.model.throughput import throughput
from sim.model.training_run import Training
from sim.physics.scaling import Size
from sim.physics.throughput import Throughput
from sim.world import deployment, run_length
from sim.world.agenda import Agenda
from sim.world.clock import Clock
from sim.world.frontier import Frontier
from sim.world.lab import LabState
from sim.world.policy import Policy
from sim.world.progress import Progress
from sim.world.record import ModelRecord, RunRecord
from sim.world.run import Effort
from sim.world.settle import settle
from sim.world.watch import Watch

if TYPE_CHECKING:
    from sim.world.chance import Random
    from sim.world.hazard import HazardState
    from sim.world.interventions import Interventions
    from sim.world.new_model import Terms
    from sim.world.standstill import Standstill


def _in_order(labs: list[LabState]) -> None:
    """Sort labs by name: mostly they are already."""
    for n in range(1, len(labs)):
        lab, k = labs[n], n
        while k and labs[k - 1].place > lab.place:
            labs[k] = labs[k - 1]
            k -= 1
        labs[k] = lab


class World:
    """All labs, the agenda and the record of one run."""

    __deletable__ = ("frontier",)
    """For the compiler: `dismantle` lets go of it."""

    def __init__(
        self, draw: Draw, policies: Mapping[str, Policy], most_events: int = MOST_EVENTS, details: bool = True
    ) -> None:  # fmt: skip
        self.draw = draw
        self.details = details
        """Whether events are told with their details: those that happen most often ask before they look them up."""
        self.most_events = most_events
        self.end = tick(draw.end)
        self.agenda = Agenda()
        self.record = RunRecord(draw)
        self._events = self.record.events
        self.dirty: list[LabState] = []
        self.moved: list[LabState] = []
        self.clocks: dict[tuple[str, str], list[Clock]] = {}
        self.slowed: dict[tuple[str, str], dict[str, float]] = {}
        """(lab, process) -> who slows its clocks, and at what speed they run."""
        self.late: dict[str, float] = {}
        """Lab -> days that everything there has stood still for, if it has."""
        self.standing: dict[str, Standstill] = {}
        """Lab (or, if all labs stand, empty for the world around them) -> its present standstill."""
        self.public_models: list[ModelRecord] = []
        self.labs = [LabState(self, draw.labs[name], policies.get(name)) for name in sorted(draw.labs)]
        for n, lab in enumerate(self.labs):
            lab.place = n
        self.secret = {lab.name for lab in self.labs if lab.spec.covert}
        """Labs of which no other knows: covert projects, until they are found or their deal is over."""
        self.watch_rivals = [lab for lab in self.labs if lab.own_policy or (lab.phases and lab.phases.rivals_matter)]
        """Labs whose policy is asked when a rival's model becomes public."""
        self.watch_milestones = [
            lab for lab in self.labs if lab.own_policy or (lab.phases and lab.phases.milestones_matter)
        ]
        self.frontier = Frontier(self)
        self.watch: Watch | None = None
        """What rules and milestones wait for; None if the scenario has none that need it."""
        self.progressing: list[Progress] = []
        self.stands: list[tuple[float, float]] = []
        """(from, to) of each time in which everything everywhere stood still."""
        self.interventions: Interventions | None = None
        self.thefts: list[tuple[Theft, HazardState]] = []
        """Thefts at a rate."""
        self.random: list[Random] = []
        """Streams of random events, as they began."""
        self.at_rest: list[Callable[[], None]] = []
        """What is done once, when all of an instant is over."""
        self.to_size: dict[LabState, list[int]] = {}
        """Labs with runs that have yet to be sized today, and what else made them decide."""
        self.largest_run = 0.0
        """FLOP of the largest run of which any lab has the model."""
        self.relative: list[Progress] = []
        """Software of labs whose experiments count relative to that."""
        self.model_terms: dict[int, Terms] = {}
        """id of a run's statement -> what it says of its models (see `new_model.make_model`)."""
        self.size_laws: dict[int, Callable[[float, float], Size]] = {}
        """id of a size rule -> parameters and tokens by FLOP and sparsity (see `new_model.size_of`)."""
        self._efforts: dict[int, Effort] = {}
        self._throughput: dict[tuple[int, str, int], Throughput] = {}
        self._settings: dict[int, int] = {}
        self._h100e: dict[str, float] = {}
        self._bf16_peaks: dict[str, float] = {}

    def clock(self, process: str, order: int, lab: str, foreseen: bool = True) -> Clock:
        """A clock for a dated process of a lab (or, lab empty, of the world), kept with the others of its kind.

        foreseen: see `Clock`.
        """
        made = Clock(self.agenda, order, lab, foreseen)
        key = (lab, process)
        others = self.clocks.get(key)
        if others is None:
            self.clocks[key] = [made]
        else:
            others.append(made)
        if self.late:
            made.behind = self.late.get(lab, 0.0)
        if self.slowed:
            for by, speed in self.slowed.get(key, {}).items():
                made.run(speed, by)
        if self.standing and lab in self.standing:
            stand = self.standing[lab]
            made.stand(stand.since, stand.held)
        return made

    def run_clocks(self, lab: str, process: str, speed: float, by: str) -> None:
        """Let the clocks of a process, and those that are made later, run at a share of the world's speed."""
        self.slowed.setdefault((lab, process), {})[by] = speed
        for clock in self.clocks.get((lab, process), ()):
            clock.run(speed, by)

    def event(
        self, lab: str, kind: str, subject: str, value: float | None, unit: str, details: dict[str, Any] | None,
        causes: tuple[int, ...],
    ) -> int:  # fmt: skip
        """Record an event of today and return its index."""
        if not self.details:
            details = None
        events: list[Any] = self._events
        events.append((self.agenda.today, lab, kind, subject, value, unit, details, causes))
        return len(events) - 1

    def warn(self, lab: str, subject: str, message: str) -> None:
        """Record what a user should be told about this run."""
        self.record.warnings.append((self.agenda.day, lab, subject, message))

    def decide(self) -> None:
        """Every lab at which something changed decides once."""
        if not self.dirty and self.watch is None:
            return
        dirty, self.dirty = self.dirty, []
        _in_order(dirty)
        # What rules and milestones look at may move without an event: what made each lab decide is the cause.
        decided = None if self.watch is None else {lab.name: lab.causes[-1] for lab in dirty if lab.causes}
        for lab in dirty:
            if lab.standstill is None:
                lab.decide()
            else:
                lab.standstill.dirty = True
        if self.watch is not None:
            self.watch.look(decided)
            if self.dirty:  # what rules and milestones brought about: a further round
                self.agenda.another_round()

    def watching(self) -> Watch:
        """The watch, made when first asked for."""
        if self.watch is None:
            self.watch = Watch(self)
        return self.watch

    def h100e(self, held: Mapping[str, float]) -> float:
        """H100-equivalents of some accelerators."""
        each = self._h100e
        if not each:
            each.update((kind, accelerator.h100e) for kind, accelerator in self.draw.accelerators.items())
        return sum([count * each[kind] for kind, count in held.items()])

    def bf16_peak(self, kind: str) -> float:
        """Dense bf16 peak of an accelerator in FLOP/s."""
        peak = self._bf16_peaks.get(kind)
        if peak is None:
            peak = self._bf16_peaks[kind] = self.draw.accelerators[kind].peak("bf16")
        return peak

    def settled(self) -> None:
        """An instant is over: tell where the accelerators of finished and started runs went.

        Raises LimitError after too many events.
        """
        if len(self._events) > self.most_events:
            self._too_many()
        if self.moved and not self.to_size:
            moved, self.moved = self.moved, []
            _in_order(moved)
            for lab in moved:
                deployment.tell_moves(lab)
        progressing = self.progressing
        if progressing and len(progressing) == 1 and self.watch is None:
            progressing.pop().predict()  # the commonest; it may make others look again
        if progressing:
            courses = settle(progressing)
            if self.watch is not None:
                self.watch.look(courses=courses)
                if self.dirty:
                    self.agenda.another_round()
        if self.to_size and self.agenda.next_day > self.agenda.day:
            run_length.size_all(self)
        if self.at_rest and self.agenda.next_day > self.agenda.day:
            at_rest, self.at_rest = self.at_rest, []
            for act in at_rest:
                act()

    def ran(self, flop: float, event: int) -> None:
        """A model of so much training FLOP is there: experiments that count relative to the frontier run count less."""
        if flop > self.largest_run:
            self.largest_run = flop
            for progress in self.relative:
                progress.touch((event,))

    def _too_many(self) -> None:
        counts = Counter((lab, kind) for _, lab, kind, *_ in self.record.events)
        (lab, kind), count = counts.most_common(1)[0]
        raise LimitError(
            f"more than {self.most_events:,} events, of which {count:,} are {lab or 'world'}/{kind}: make what repeats "
            "less often (`every`, a rate), `end` earlier, or raise --max-events (2 to 3 GB of memory a million)"
        )

    def dismantle(self) -> None:
        """Take apart what refers to each other, so that all but the record is freed at once."""
        self.agenda.clear()
        for lab in self.labs:
            lab.dismantle()
        for clocks in self.clocks.values():
            for clock in clocks:
                clock.clear()
        if self.watch is not None:
            self.watch.dismantle()
        self.interventions = None
        self.thefts = []
        self.random = []
        self.at_rest = []
        self.to_size = {}
        self.clocks = {}
        self.labs = []
        self.dirty = []
        self.moved = []
        self.watch = None
        self.relative = []
        self.watch_rivals = []
        self.watch_milestones = []
        del self.frontier

    def effort(self, training: Training) -> Effort:
        """What training makes of accelerators by one of the draw's statements."""
        found = self._efforts.get(id(training))
        if found is None:
            found = self._efforts[id(training)] = Effort(training, self.draw.accelerators)
        return found

    def throughput(self, model: ModelRecord, kind: str, inference: Inference) -> Throughput:
        """Throughput of a model on one accelerator today, at inference efficiency 1."""
        if inference.tricks:
            late = next(lab.late for lab in self.labs if lab.name == model.lab)
            return throughput(model, self.draw.accelerators[kind], inference, self.agenda.day - late)
        if not self._settings:
            labs, fleets = self.labs, [fleet for lab in self.labs for fleet in lab.fleets]
            self._settings = _alike([of.spec.inference for of in labs] + [of.spec.inference for of in fleets])
        key = (id(model), kind, self._settings[id(inference)])
        found = self._throughput.get(key)
        if found is None:
            found = self._throughput[key] = throughput(model, self.draw.accelerators[kind], inference, 0.0)
        return found

    def sparsity(self, lab: Lab, day: float) -> float:
        """Total over active parameters of a model that is finished on `day` and states none."""
        series = lab.inference.sparsity
        return 1.0 if series is None else series.at(day)


def _alike(settings: list[Inference]) -> dict[int, int]:
    """id of each of the settings -> number of the first that equals it."""
    kinds: list[Inference] = []
    result = {}
    for item in settings:
        if item not in kinds:
            kinds.append(item)
        result[id(item)] = kinds.index(item)
    return result
