"""Labs that pool what they find in software: at once each has the best of them, and moves with whoever is fastest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.software import Diffusion
from sim.world import diffusion
from sim.world.diffusion import Sources
from sim.world.lever import Lever
from sim.world.link import Link

if TYPE_CHECKING:
    from sim.world.intervention import InterventionState
    from sim.world.progress import Progress
    from sim.world.world import World


class Pool(Lever):
    """Links the labs that it binds to each other, without any lag, while it lasts."""

    __slots__ = ("state", "links")

    def __init__(self, state: InterventionState) -> None:
        self.state = state
        self.links: list[tuple[Progress, Link]] = []
        """(who learns, from whom)."""

    def begin(self) -> None:
        state = self.state
        labs = [lab for lab in state.labs if lab.progress is not None or len(state.labs) > 1]
        if len(labs) < 2:
            state.world.warn("", state.spec.name, "pools nothing: it binds one lab")
            return
        rule = Diffusion(lag_days=0.0, how="published")
        for lab in labs:
            learner = lab.progress
            if learner is None:
                continue  # its software is given, whatever others find
            if learner.sources is None:
                learner.sources = Sources([])
            for other in labs:
                if other is not lab:
                    link = Link(other.name, state.world, other.progress, rule)
                    link.pooled = True
                    learner.sources.links.append(link)
                    if other.progress is not None:
                        other.progress.followers.append((0.0, learner))
                    self.links.append((learner, link))
            event = state.world.event(lab.name, "software_pooled", state.spec.name, None, "", None, (state.event,))
            learner.touch((event,))
        _rank(state.world)

    def end(self) -> None:
        for learner, link in self.links:
            assert learner.sources is not None
            learner.sources.links.remove(link)
            if learner.sources.now[1] is link:
                learner.sources.now = ("", None)
            if not learner.sources.links:
                learner.sources = None
            if link.progress is not None:
                link.progress.followers.remove((0.0, learner))
            learner.touch((self.state.event,))
        self.links = []
        _rank(self.state.world)


def _rank(world: World) -> None:
    """Find anew in which order labs are looked at on one day: those whose findings reach others at once come first."""
    progress = {lab.name: lab.progress for lab in world.labs if lab.progress is not None}
    for each in progress.values():
        each.rank = 0
    diffusion.rank_all(
        progress, {name: each.sources.links for name, each in progress.items() if each.sources is not None}
    )
