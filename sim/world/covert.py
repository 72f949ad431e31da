"""Covert projects: a lab that begins some time after a deal, with a share of the world's compute, and may be found."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Final

from sim.base.calendar import tick
from sim.base.growth import Growth
from sim.base.piece import Piece
from sim.model.covert import BREAKS, DISSOLVED
from sim.model.covert import Covert as Spec
from sim.model.intervention import SOFTWARE
from sim.world import cluster, dated, diffusion, programme, training, uptake, weights
from sim.world.agenda import Order
from sim.world.efficiency import check_growth, inference_law, training_law
from sim.world.hazard import HazardState
from sim.world.intervention import limit
from sim.world.lever import Lever
from sim.world.run import Holding
from sim.world.secret import SECRET, reveal
from sim.world.standstill import go_on, laws_of, stand_still

if TYPE_CHECKING:
    from sim.world.intervention import InterventionState
    from sim.world.lab import LabState
    from sim.world.progress import Progress
    from sim.world.world import World

BY: Final = "covert project"

FOR_OTHERS = {BY, "thefts", "hazards"}
"""Clocks of a lab that go on when it is no more: what they bring finds that it is not there, and says so."""


class Covert(Lever):
    """The covert project behind one deal: it waits, works in secret, and is found, or the deal is over before."""

    __slots__ = ("state", "spec", "lab", "event", "hazard", "over")

    def __init__(self, state: InterventionState, spec: Spec) -> None:
        self.state = state
        self.spec = spec
        self.lab = next(lab for lab in state.world.labs if lab.name == spec.lab)
        self.event = -1
        """By which it began; negative until then."""
        self.hazard: HazardState | None = None
        self.over = False
        """Whether it was found, or the deal is over."""

    def begin(self) -> None:
        world = self.state.world
        clock = world.clock(BY, Order.DELIVERY, self.lab.name)
        wait = self.spec.after_days or 0.0
        clock.at(tick(clock.now + wait), self._start)
        self.lab.awaited = tick(world.agenda.day + wait) < world.end
        if not self.lab.awaited:
            world.warn(self.lab.name, self.state.spec.name, "the covert project would begin after the end")
        if self.lab.standstill is not None and not self.lab.standstill.holders:  # it only stood as the world does
            go_on(world, [self.lab])

    def _start(self, _: Any) -> None:
        """The lab begins: it gets its accelerators and what it knows."""
        if self.over or ends_on(self.state) <= self.state.world.agenda.day:
            return
        world, lab, spec, state = self.state.world, self.lab, self.spec, self.state
        lab.there, lab.awaited = True, False
        got = self._takes()
        signatories = state.labs or [other for other in world.labs if other.name not in world.secret]
        laws, day = world.record.training_efficiency, world.agenda.day
        best = min(signatories, key=lambda other: (-laws[other.name].at(day), other.name))
        details = {"accelerators": got, "software_of": best.name, "software_share": spec.software}
        self.event = world.event(
            lab.name, "covert_start", state.spec.name, world.h100e(got), "H100e", details, (state.event,)
        )
        lab.entry = day
        world.run_clocks(lab.name, "public releases", 0.0, SECRET)
        for kind, count in got.items():
            told = world.event(lab.name, "covert_delivery", kind, count, "accelerators", None, (self.event,))
            cluster.receive(lab, kind, count, told)
        if world.frontier.by_cluster:
            world.frontier.cluster_changed(lab, self.event)
        assert world.interventions is not None
        if world.interventions.binding(lab) != ([] if lab.limits is None else lab.limits.specs):
            limit(world, lab, self.event)  # one began or ended while it only stood as the world did
        know(lab, signatories, spec.software, self.event)
        for use, series in lab.spec.use.items():
            lab.declare_share(use, series.at(day - lab.late))
        dated.follow_all(lab)
        uptake.plan_choices(lab)
        weights.adopt_all_open(lab, self.event)
        for run in sorted(lab.spec.runs, key=lambda run: run.name or ""):
            programme.plan(lab, run)
        for other in world.interventions.states:
            for lever in other.levers if other.in_force and lab in other.labs else ():
                lever.entered(lab)
        if spec.found is not None:
            stream = f"intervention/{state.spec.name}/found"
            self.hazard = HazardState(world, stream, lab.name, spec.found, self._found)

    def _takes(self) -> Holding:
        """The accelerators that it gets: its share of the world's, at most what no lab has where `world:` is stated."""
        world, lab, by, share = self.state.world, self.lab, self.state.spec.name, self.spec.compute
        there = in_the_world(world)
        got = {kind: share * count for kind, count in sorted(there.items()) if count > 0.0}
        if not got:
            world.warn(lab.name, by, "the covert project gets nothing: there are no accelerators anywhere")
        for kind, count in list(got.items()) if world.draw.world is not None else ():
            rest = max(0.0, there[kind] - sum(other.total.get(kind, 0.0) for other in world.labs))
            if rest < count * (1.0 - cluster.ROUNDING):
                why = f"labs have all but {rest:.4g} of the world's {there[kind]:.4g} {kind}"
                world.warn(lab.name, by, f"the covert project gets less than its {count:.4g} {kind}: {why}")
                got[kind] = rest
        return {kind: count for kind, count in got.items() if count > 0.0}

    def _found(self, _: int) -> None:
        """It is found."""
        world, state, rule = self.state.world, self.state, self.spec.on_found
        assert rule is not None
        causes = (self.event, state.event)
        found = world.event(self.lab.name, "covert_found", state.spec.name, rule.loses, "share", None, causes)
        self._no_longer_sought()
        if rule.loses == 1.0:
            dissolve(self.lab, found)
        else:
            for kind, count in sorted(self.lab.total.items()):
                cluster.lose(self.lab, kind, rule.loses * count, "loss", (found,))
            reveal(world, self.lab, found)
        if rule.deal == BREAKS:
            state.break_now((found,))

    def end(self) -> None:
        world, state = self.state.world, self.state
        if self.over:
            return
        self._no_longer_sought()
        causes = tuple(event for event in (self.event, state.event) if event >= 0)
        if self.event < 0:
            world.event(self.lab.name, "covert_given_up", state.spec.name, None, "", None, causes)
            return
        then = {"then": self.spec.when_over}
        over = world.event(self.lab.name, "covert_over", state.spec.name, None, "", then, causes)
        if self.spec.when_over == DISSOLVED:
            dissolve(self.lab, over)
        else:
            reveal(world, self.lab, over)

    def _no_longer_sought(self) -> None:
        self.over = True
        self.lab.awaited = False
        world = self.state.world
        world.at_rest.append(lambda: stand_still(world, []))  # if all others do
        if self.hazard is not None:
            self.hazard.scale(0.0)


def ends_on(state: InterventionState) -> float:
    """The day on which a deal that nothing ends before is over, as far as it is dated; infinite if it is not."""
    spec = state.spec
    dates = [state.since + spec.lasts] if spec.lasts is not None else []
    stated = (spec.ends, None if spec.breaks is None else spec.breaks.when)
    dates += [date for date in stated if date is not None and not isinstance(date, str)]
    return tick(min(dates)) if dates else inf


def in_the_world(world: World) -> Holding:
    """Accelerators in the world today, by type: those of `world:`, or those that all labs have."""
    result: Holding = {}
    if world.draw.world is not None:
        for kind, line in world.record.world.items():
            result[kind] = next((count for day, count in reversed(line) if day <= world.agenda.day), 0.0)
        return result
    for lab in world.labs:
        for kind, count in lab.total.items():
            result[kind] = result.get(kind, 0.0) + count
    return result


def know(lab: LabState, others: list[LabState], share: float, event: int) -> None:
    """From today on a lab's efficiencies are a share of the best of others', and go on by its own law."""
    world, record = lab.world, lab.world.record
    day, law = world.agenda.day, lab.spec.software
    best = {
        name: share * max(laws[other.name].at(day) for other in others)
        for name, laws in (("training", record.training_efficiency), ("inference", record.inference_efficiency))
    }
    trained = training_law(law, world.draw.base_date)
    inference = inference_law(law, trained, world.draw.base_date)
    if lab.late:  # by its own calendar
        trained, inference = _later(trained, lab.late), _later(inference, lab.late)
    own = law.inference_efficiency is not None or law.inference_growth is not None
    if not own:
        best["inference"] = best["training"] ** (1.0 if law.inference_exponent is None else law.inference_exponent)
    progress = lab.progress
    if progress is None:
        trained = record.training_efficiency[lab.name] = _from(
            record.training_efficiency[lab.name], trained, day, best["training"]
        )
    else:
        progress.begins = max(day, (law.feedback_from or 0.0) + lab.late)
        if progress.begins > day:  # until then as stated
            before, value = record.training_efficiency[lab.name], min(best["training"], progress.limit)
            progress.efficiencies.state(_from(before, trained, day, value).pieces)
            progress.tell_followers(day)
        else:
            progress.raise_to(best["training"], event)
        progress.causes.append(event)
    if progress is None or own:
        inference = record.inference_efficiency[lab.name] = _from(
            record.inference_efficiency[lab.name], inference, day, best["inference"]
        )
        if progress is not None:
            progress.efficiencies.own_inference = inference
    if progress is not None:
        world.agenda.at(tick(progress.begins), Order.SERIES, lab.name, progress.begin)
    if lab.limits is not None:
        lab.limits.pace.begin_anew(lab.limits.share(SOFTWARE), event)
    check_growth(lab, record.training_efficiency[lab.name], inference)
    if progress is None:
        diffusion.pass_on(world, lab.name)
        for piece in record.training_efficiency[lab.name].pieces:
            if day < piece.day < world.end:
                world.agenda.at(tick(piece.day), Order.SERIES, lab.name, _passes_on, lab)


def _later(law: Growth, days: float) -> Growth:
    return Growth(tuple(piece.later(days) for piece in law.pieces))


def _passes_on(lab: LabState) -> None:
    """The law of a lab takes the next of its courses."""
    diffusion.pass_on(lab.world, lab.name)


def _from(before: Growth, stated: Growth, day: float, value: float) -> Growth:
    """A law until a day, and from there on a stated one, but for a factor that gives it a value on that day."""
    after = stated.jumped(day, value / stated.at(day))
    return before.then(day, Growth(tuple(piece for piece in after.pieces if piece.day >= day)))


def dissolve(lab: LabState, event: int) -> None:
    """A lab is no more: its runs are given up, its accelerators lost, its people leave, nobody has its models."""
    world = lab.world
    lab.there = False
    own = {process for name, process in world.clocks if name == lab.name}
    for process in sorted({"runs", "pauses", "releases", "public releases"} | own - FOR_OTHERS):
        world.run_clocks(lab.name, process, 0.0, BY)
    for run in sorted(lab.running, key=lambda run: run.name):
        if not run.suspended:
            training.suspend(lab, run, event)
    for run in list(lab.due):
        training.give_up(lab, run, event)
    for kind, count in sorted(lab.total.items()):
        cluster.lose(lab, kind, count, "loss", (event,))
    for domain in sorted(lab.people):
        lab.people[domain] = 0.0
        dated.tell_staff(lab, domain, event)
    for fleet in sorted(lab.demand):
        lab.demand[fleet] = 0.0
        dated.tell_demand(lab, fleet, event)
    lab.usable.clear()
    for what, laws in laws_of(lab).items():
        laws[lab.name] = laws[lab.name].held(world.agenda.day)
        if lab.standstill is not None:  # what would go on afterwards
            lab.standstill.laws[what] = lab.standstill.laws[what].held(lab.standstill.since)
    if lab.progress is None:
        diffusion.pass_on(world, lab.name)
    else:
        _end_progress(lab.progress)


def _end_progress(progress: Progress) -> None:
    """Nobody works on software any more: it stays as it is, or never comes to follow research."""
    day, efficiencies = progress.agenda.day, progress.efficiencies
    if efficiencies.stood is not None:
        efficiencies.never_go_on()
    else:
        if progress.started:
            efficiencies.add(Piece(day, progress.now, 0.0))
        else:
            efficiencies.state(Growth(efficiencies.pieces).held(day).pieces)
        progress.tell_followers(day)
    if efficiencies.own_inference is not None:
        efficiencies.own_inference = progress.world.record.inference_efficiency[progress.name]
    progress.ended = True
    progress.forget_plan()
    if progress.shown > 0.0:
        progress.world.record.research_compute[progress.name].append((day, 0.0))
