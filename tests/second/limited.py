"""A lab of the second simulator under interventions: its clocks, what comes to it, and how strict what binds it is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.second.plan import HOURS, NEVER, NONE, Job, Model, batches, efficiencies
from tests.second.race import Racer

if TYPE_CHECKING:
    from tests.second.interventions import Laid

THREE = ("training", "experiments", "ai_use_in_research")


class Local:
    """The world as a lab sees it: by its own time."""

    def __init__(self, world: Laid) -> None:
        self.world, self.stood, self.stands, self.soon = world, 0, False, False
        """Hours that it stood; whether it does, or will when the instant is over."""
        self.spells: list[tuple[float, int]] = []
        """Its time when it began to stand, and for how many hours it then did."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.world, name)

    @property
    def hour(self) -> int:
        return int(self.world.hour - self.stood)

    @property
    def now(self) -> float:
        return float(self.world.now - self.stood / HOURS)

    @property
    def dated(self) -> Local:
        return self

    def add(self, hour: int) -> None:
        """Notes an hour of its own, to look again then."""
        self.world.dated.add(hour + self.stood)

    def past(self, day: float) -> bool:
        if not self.stands:
            return bool(self.world.past(day + self.stood / HOURS))
        return math.floor(day * HOURS + NONE) <= self.hour

    def of_world(self, day: float) -> float:
        """The world's date of a day of the lab's."""
        return day + sum(hours for since, hours in self.spells if since < day - NONE) / HOURS


class Limited(Racer):
    """A lab that interventions bind."""

    def __init__(self, world: Laid, spec: Any) -> None:
        self.local = local = Local(world)
        self.force: list[Any] = []
        """The interventions in force that bind it."""
        self.behind = dict.fromkeys(("training", "deliveries", "releases", "software"), 0.0)
        """Days that clocks have lost."""
        self.pace = dict.fromkeys(self.behind, 1.0)
        self.releasing: list[tuple[float, str]] = []
        """Models that are to become public, and when by the clock of releases."""
        self.released = -NEVER
        super().__init__(local, spec)  # type: ignore[arg-type]
        supplies = [(supply.life_days, *batch) for supply in spec.compute for batch in batches(supply, self.draw)]
        self.leaving, self.coming = [], []
        self.supplies = sorted(supplies, key=lambda item: item[1])
        self.banked: list[tuple[Any, float | None, set[str]]] = []
        for old in list(self.models.values()):
            if old.public is not None and old.public <= 0.0:
                self.released = max(self.released, old.public)
            elif old.public is not None:
                self.releasing.append((old.public, old.name))
                self.models[old.name] = old._replace(public=None)
        self.given_up: list[Job] = []
        self.barred: set[str] = set()
        """Fleets that may run none of their models now."""
        self.any_age = False
        self.had = 0.0
        self.fresh = False
        """Whether other interventions are in force since it last decided."""

    # Strictness

    def at_share(self, item: Any, what: str) -> float:
        stated = item.continues.get(what, 0.0 if what in item.stops else 1.0)
        if what in THREE and item.tax is not None:
            stated = min(stated, 1.0 - item.tax)
        return float(1.0 - item.holds * (1.0 - stated))

    def strictest(self, what: str) -> float:
        return min((self.at_share(item, what) for item in self.force), default=1.0)

    def most_training(self, items: list[Any]) -> Any:
        """What training may hold under some interventions."""
        stated = [each.share for each in self.spec.runs if each.share is not None]
        meant, minima = max([self.shares.get("training", 0.0), *stated]), self.minima(items)
        research = meant + sum(self.shares.get(use, 0.0) for use in self.of_research())
        parts = [self.at_share(item, "training") * meant for item in items if self.at_share(item, "training") < 1.0]
        for item in items:
            parts += [self.eased(item, cap, meant) for cap in self.caps(item, "training")]
            parts += [self.eased(item, cap, research) for cap in self.caps(item, "research")]
        if minima:
            parts.append(max(0.0, 1.0 - sum(minima.values())))
        return self.total * min(parts) if parts else np.full_like(self.total, math.inf)

    def eased(self, item: Any, cap: float, meant: float) -> float:
        """A cap that holds by half takes half of what is above it of what is meant to be had."""
        return float(cap + (1.0 - item.holds) * max(0.0, meant - cap))

    def caps(self, item: Any, what: str) -> list[float]:
        """As shares of the cluster."""
        count, share = getattr(item, f"cap_{what}"), getattr(item, f"cap_{what}_share")
        found = [] if share is None else [share]
        if count is not None and self.h100e():
            found.append(min(1.0, count / self.h100e()))
        return found

    def of_research(self) -> list[str]:
        return ["experiments", *(use for use, fleet in self.fleets.items() if fleet.domain == "ai_research")]

    def minima(self, items: list[Any]) -> dict[str, float]:
        found: dict[str, float] = {}
        for item in items:
            for use, least in (item.minimum_shares or {}).items():
                if use == "experiments" or use in self.line:
                    have = self.shares.get(use, 0.0)
                    found[use] = max(found.get(use, 0.0), have + item.holds * max(0.0, least - have))
        return found

    # Clocks

    def on_clock(self, what: str, day: float) -> bool:
        """Whether a clock shows a day."""
        due = day + self.behind[what]
        pace = self.pace[what]
        if pace > 0.0 and due > self.world.now:
            return bool(self.past(self.world.now + (due - self.world.now) / pace))
        return pace > 0.0

    def efficiency(self, day: float, inference: bool = False) -> float:
        stated = not self.law.feedback or (inference and self.law.inference_growth is not None)
        return super().efficiency(day - self.behind["software"] if stated and day >= 0.0 else day, inference)

    def stated(self, many: int, part: float, inference: bool) -> list[float]:
        days = self.world.now - self.behind["software"] + (np.arange(many) + part) / HOURS
        return efficiencies(self.spec.software, self.draw.base_date, days, inference)

    def turn(self, force: list[Any]) -> None:
        """Other interventions are in force."""
        self.fresh = self.fresh or force != self.force
        self.force = force
        self.pace = {what: self.strictest(what) for what in self.behind}
        self.pace["training"] = float(self.pace["training"] > 0.0)
        stands = any("everything" in item.stops and item.holds > 0.0 for item in force)
        self.local.soon = stands and not self.local.stands
        self.local.stands = stands and self.local.stands

    def settle(self) -> None:
        """An instant is over: where everything is to stand still it does so from now on."""
        if self.local.soon:
            self.local.spells.append((self.world.now, 0))
            self.local.stands, self.local.soon = True, False

    # What happens

    def happen(self) -> None:
        if self.local.stands:
            return
        for date in self.dates:
            self.past(date)
        for life, day, by in [item for item in self.supplies if self.on_clock("deliveries", item[1])]:
            self.supplies = [item for item in self.supplies if item[2] is not by]
            self.delivered(life, max(day, self.world.now) if day > 0.0 else day, by)
        self.release()
        super().happen()
        if self.release():
            super().happen()

    def release(self) -> bool:
        """Models become public; whether one did."""
        known = len(self.releasing)
        for due, name in sorted(self.releasing):
            wait = max((item.release_interval * item.holds for item in self.force if item.release_interval is not None),
                       default=0.0)  # fmt: skip
            if self.on_clock("releases", due) and self.past(self.released + wait):
                self.releasing.remove((due, name))
                self.released = self.world.now
                self.models[name] = self.models[name]._replace(public=self.world.now)
        return len(self.releasing) < known

    def delivered(self, life: float | None, day: float, by: Any) -> None:
        keep: list[tuple[float, Any]] = []
        if day > 0.0:
            for item in [item for item in self.force if item.slow_deliveries is not None]:
                share = 1.0 - item.holds * (1.0 - item.slow_deliveries)
                keep.append((share, item))
        lost = min((share for share, item in keep if item.withheld == "lost"), default=1.0)
        bank = sorted((share, item.name) for share, item in keep if item.withheld == "banked" and share < lost)
        edges = [*(share for share, _ in bank), lost]
        for k in range(len(bank)):
            self.banked.append(((edges[k + 1] - edges[k]) * by, life, {name for _, name in bank[: k + 1]}))
        self.comes(life, day, edges[0] * by)

    def comes(self, life: float | None, day: float, by: Any) -> None:
        self.change(by)
        if life is not None:
            self.leaving.append((day + life, -by))

    def unbank(self, name: str, destroyed: bool) -> None:
        """An intervention holds nothing back any more."""
        for piece in list(self.banked):
            piece[2].discard(name)
            if not piece[2]:
                self.banked.remove(piece)
                if not destroyed:
                    self.comes(piece[1], self.world.now, piece[0])

    def since(self, model: Model, fleet: Any) -> float:
        day = super().since(model, fleet)
        if fleet.domain == "ai_research" and not self.any_age:
            older = max((item.research_models_older_than * item.holds for item in self.force
                         if item.research_models_older_than is not None), default=0.0)  # fmt: skip
            day = max(day, model.internal + older)
        return day

    def best(self, fleet: Any) -> Model | None:
        found = super().best(fleet)
        self.barred.discard(fleet.name)
        had = fleet.name in self.line if self.world.hour else True
        if found is None and had and fleet.domain == "ai_research":  # it has one, but none that is old enough
            self.any_age = True
            found = super().best(fleet)
            self.any_age = False
            if found is not None:
                self.barred.add(fleet.name)
        return found

    def changed(self, job: Job) -> Model:
        model = super().changed(job)
        tax = max((item.safety_tax * item.holds for item in self.force if item.safety_tax is not None), default=0.0)
        model = model._replace(effective=model.effective * (1.0 - tax))
        if model.public is not None:
            self.releasing.append((model.public - self.behind["releases"], model.name))
        return model._replace(public=None)
