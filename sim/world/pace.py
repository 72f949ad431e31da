"""Software that an intervention lets progress at a share of its speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.base.growth import Growth
from sim.world import diffusion

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.progress import Progress


class Pace:
    """The laws of one lab that no research drives, as they would be at full speed, and where they stand."""

    __slots__ = ("lab", "laws")

    def __init__(self, lab: LabState) -> None:
        self.lab = lab
        self.laws: dict[str, tuple[Growth, float, float, float]] = {}
        """Efficiency -> (its law at full speed, its own day, on a day of the world, and its pace since then)."""

    def set(self, pace: float, event: int) -> None:
        """From today on software progresses at a share of what it otherwise would."""
        lab, record = self.lab, self.lab.world.record
        if lab.progress is not None:
            lab.progress.run_at(pace, event)
            if not lab.progress.started:
                self._slow_until_it_follows(lab.progress, pace)
            efficiencies = lab.progress.efficiencies
            if efficiencies.own_inference is not None:
                self._slow("inference", record.inference_efficiency, pace)
                efficiencies.own_inference = record.inference_efficiency[lab.name]
            return
        self._slow("training", record.training_efficiency, pace)
        self._slow("inference", record.inference_efficiency, pace)
        diffusion.pass_on(lab.world, lab.name)

    def begin_anew(self, pace: float, event: int) -> None:
        """A lab begins today, by other laws than those that were slowed until now."""
        self.laws.clear()
        if pace != 1.0:
            self.set(pace, event)

    def _slow_until_it_follows(self, progress: Progress, pace: float) -> None:
        """The same for the stated rate of software that does not follow research yet."""
        efficiencies = progress.efficiencies
        for what, pieces in (("training", efficiencies.pieces), ("inference", efficiencies.raised)):
            if pieces is not None:
                pieces[:] = self._slowed(what, Growth(tuple(pieces)), pace).pieces
        progress.tell_followers(self.lab.world.agenda.day)

    def _slow(self, what: str, laws: dict[str, Growth], pace: float) -> None:
        laws[self.lab.name] = self._slowed(what, laws[self.lab.name], pace)

    def _slowed(self, what: str, present: Growth, pace: float) -> Growth:
        day = self.lab.world.agenda.day
        law, own, since, before = self.laws.get(what, (present, day, day, 1.0))
        own += (day - since) * before
        self.laws[what] = law, own, day, pace
        return present.then(day, law.at_pace(own, day, pace))

    def stood(self, days: float) -> None:
        """Everything stood still for some days until now."""
        self.laws = {what: (law, own, day + days, pace) for what, (law, own, day, pace) in self.laws.items()}

    def jumped(self, subject: str, factor: float, alone: bool) -> None:
        """A shock makes an efficiency larger by a factor: also as it would be at full speed. alone: not the other."""
        if alone and subject not in self.laws and "training" in self.laws:
            self.laws[subject] = self.laws["training"]  # the two have been the same until now
        if subject in self.laws:
            law, own, day, pace = self.laws[subject]
            stand = self.lab.standstill
            today = self.lab.world.agenda.day if stand is None else stand.since
            own += (today - day) * pace
            self.laws[subject] = law.jumped(own, factor), own, today, pace
