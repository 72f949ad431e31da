"""Random races with late entries, shocks and chance, rules of programmes, and milestones."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sim.base.calendar import Recurrence
from sim.base.series import Series
from sim.model.draw import Draw
from sim.model.level import Milestone
from sim.model.programme import LengthRule, PauseRule, StartRule
from sim.model.shock import Shock
from sim.model.software import Software, Theft
from tests.second.scenarios import DAYS, races, some
from tests.world.build import run

END = 110.0
ODD = st.integers(10, 1300).map(lambda k: k / 8 + 1 / 24)
"""Days at which nothing else is dated: which of two things of one instant is first is not to be told here."""


@st.composite
def shocks(pick: Any, name: str) -> Shock:
    what = pick(st.sampled_from(["deliveries", "cluster", "demand", "demand", "breakthrough", "inference"]))
    effect: dict[str, Any] = {
        "deliveries": {"deliveries_lost": pick(st.sampled_from([0.3, 1.0]))},
        "cluster": {"cluster_lost": pick(st.sampled_from([0.2, 0.7]))},
        "demand": {"demand": pick(st.sampled_from([0.1, 5.0])), "fleet": pick(st.sampled_from([None, "research"]))},
        "breakthrough": {"training_efficiency": pick(st.sampled_from([0.7, 1.9]))},
        "inference": {"inference_efficiency": 2.3},
    }[what]
    when: dict[str, Any] = {"on": pick(ODD)}
    if pick(st.integers(0, 2)) == 0:
        when = {"rate": Series(((0.0, pick(st.sampled_from([1.0, 6.0]))), (pick(DAYS) + 0.125, 0.5)))}
    for_days = pick(st.sampled_from([None, 40.125, 90.5])) if what in ("deliveries", "demand") else None
    return Shock(name=name, for_days=for_days, binds=pick(st.sampled_from([[], ["A"]])), **when, **effect)


SPANS: dict[str, tuple[float, float]] = {
    "h100e": (2.3, 3.4), "experiments_h100e": (1.3, 2.8), "fleet_h100e": (1.3, 2.8), "tokens_per_s": (4.0, 7.5),
    "copies": (4.0, 7.5), "human_equivalents": (1.0, 5.5), "demand_tokens_per_s": (4.0, 7.5), "people": (2.0, 4.0),
    "effective_flop": (22.0, 25.0), "public_effective_flop": (22.0, 25.0), "models": (0.2, 1.1),
    "training_efficiency": (0.0, 0.7), "inference_efficiency": (0.0, 0.7),
}
"""log10 of the least and the largest number for which a milestone waits."""


@st.composite
def stones(pick: Any, name: str, fleets: list[str]) -> Milestone:
    key = pick(st.sampled_from(["level", "shock", *sorted(SPANS)]))
    if key in ("level", "shock"):
        level = pick(st.sampled_from(["strong", "able"])) if key == "level" else None
        shock = "one" if key == "shock" else None
        return Milestone(name=name, lab=pick(some(st.just("A"))) if level else None, level=level, shock=shock)
    fleet = key in ("fleet_h100e", "tokens_per_s", "copies", "demand_tokens_per_s") and fleets
    lab = pick(some(st.just("A")))
    added_up = key.removeprefix("public_") not in ("effective_flop", "training_efficiency", "inference_efficiency")
    return Milestone(
        name=name, lab=lab, **{key: 10 ** pick(st.floats(*SPANS[key]))},
        fleet=pick(some(st.sampled_from(fleets))) if fleet else None,
        domain=pick(some(st.just("ai_research"))) if key in ("people", "human_equivalents") else None,
        together=added_up and lab is None and pick(st.booleans()), below=pick(st.integers(0, 3)) == 0,
    )  # fmt: skip


@st.composite
def starts(pick: Any, rivals: bool) -> StartRule:
    conditions: dict[str, Any] = {"cluster_grows": 1.2, "efficiency_grows": 1.3, "rival_releases": "any",
                                  "latest_days": 30.5, "level": pick(st.sampled_from(["strong", "able"])),
                                  "milestone": pick(st.sampled_from(["red", "blue"]))}  # fmt: skip
    stated = pick(st.lists(st.sampled_from(sorted(conditions)), min_size=1, max_size=3, unique=True))
    by = pick(st.sampled_from([None, "any", "A", "B" if rivals else "A"])) if "level" in stated else None
    return StartRule(**{key: conditions[key] for key in stated}, by=by, apart_days=pick(st.sampled_from([0.0, 21.0])),
                     times=pick(some(st.just(2))))  # fmt: skip


@st.composite
def ruled(pick: Any) -> Draw:
    draw = pick(races())
    draw.end, draw.seed = END, pick(st.integers(0, 999))
    draw.shocks = {name: pick(shocks(name)) for name in ("one", "two", "three")[: pick(st.integers(1, 3))]}
    fleets = sorted({name for lab in draw.labs.values() for name in lab.fleets})
    colours = ("red", "blue", "green", "grey", "pink", "black", "white", "brown")
    draw.milestones = {name: pick(stones(name, fleets)) for name in colours}
    for spec in draw.milestones.values():
        if spec.shock is not None and spec.shock not in draw.shocks:
            spec.shock, spec.models = None, 3.0
    for lab in draw.labs.values():
        growth = pick(st.sampled_from([1.5, 10.0, 60.0]))
        if pick(st.integers(0, 2)) == 0:
            bent = Series(((0.0, 1.0), (50.0, growth**0.05), (pick(st.sampled_from([90.0, 120.5])), growth**0.5)), True)
            lab.software = pick(st.sampled_from([
                Software(training_growth=growth, inference_exponent=0.5), *([] if draw.diffusion else [
                    Software(training_efficiency=bent, inference_growth=4.0), Software(training_efficiency=bent)])]))
        lab.software.step = 1.005
        for each in lab.phases[:-1]:
            of = pick(st.sampled_from(["level", "rival_level", "milestone", ""]))
            if of:
                names = ["red", "blue"] if of == "milestone" else ["strong", "able"]
                setattr(each.when, of, pick(st.sampled_from(names)))
        programme(pick, draw, lab)
    for k in range(pick(st.integers(0, 2)) if len(draw.labs) > 1 else 0):
        thief, victim = pick(st.sampled_from([("A", "B"), ("B", "A")]))
        what = pick(st.sampled_from(["model", "software"])) if draw.labs[thief].software.feedback else "model"
        rate = Series(((0.0, pick(st.sampled_from([2.0, 8.0]))), (pick(DAYS) + 0.125, 1.0)))
        draw.thefts[f"R{k}"] = Theft(name=f"R{k}", thief=thief, victim=victim, what=what, rate=rate)
    for theft in draw.thefts.values():
        if not draw.labs[theft.thief].software.feedback:
            theft.what = "model"
    if pick(st.integers(0, 2)) == 0:
        late(pick, pick(st.sampled_from(sorted(draw.labs.values(), key=lambda lab: lab.name))))
    return draw


def programme(pick: Any, draw: Draw, lab: Any) -> None:
    """Rules for the runs that a lab has, and more runs by rules."""
    asked = [name for name, fleet in lab.fleets.items() if fleet.demand_tokens_per_s]
    rule = pick(starts(len(draw.labs) > 1))
    small = {"share": 0.1, "length_days": pick(st.sampled_from([9.25, 24.25])), "public_after_days": 5.0}
    lab.runs.append(run(f"{lab.name}S", start_when=rule, starts=pick(st.sampled_from([None, 0.0, 20.5])), **small))
    every = pick(st.sampled_from([Recurrence(days=17.0), Recurrence(days=31.25)]))
    lab.runs.append(run(f"{lab.name}E", every=every, starts=pick(st.sampled_from([None, 0.0, 8.25])), **small))
    for each in lab.runs:
        if each.every is None and each.start_when is None:
            continue
        if asked and pick(st.booleans()):
            each.pause_when = PauseRule(
                fleet=pick(st.sampled_from(asked)), apart_days=pick(st.sampled_from([0.0, 30.0])),
                demand_below=pick(st.sampled_from([0.2, 0.9])),
            )  # fmt: skip
        if each.length_days is not None and pick(st.booleans()):
            each.length_rule = LengthRule(
                rule="shorter with progress", floor_days=pick(st.sampled_from([5.0, 40.5])),
                reference_growth=pick(st.sampled_from([None, 1.2, 3.0])), exponent=pick(st.sampled_from([0.5, 1.0])),
            )  # fmt: skip
    olds = [old for old in lab.models if old.internal <= 0.0 and (old.flop or old.effective_flop)]
    if olds and pick(st.integers(0, 2)) == 0:
        endless = LengthRule(rule="continuous", release_each=pick(st.sampled_from([1.97, 5.3])))
        lab.runs.append(run(f"{lab.name}C", share=pick(st.sampled_from([0.1, 0.4])), length_rule=endless,
                            elastic=True, base=pick(st.sampled_from([None, olds[0].name])),
                            public_after_days=20.0, starts=pick(st.sampled_from([0.0, 40.5, 110.125]))))  # fmt: skip


def late(pick: Any, lab: Any) -> None:
    """The lab enters late: nothing that it dates is before."""
    lab.enters = day = pick(st.sampled_from([12.25, 40.0]))
    for supply in lab.compute:
        supply.on = None if supply.on is None or pick(st.booleans()) else max(day, supply.on)
        supply.starts = None if supply.starts is None else max(day, supply.starts)
    for each in lab.runs:
        each.starts = None if each.starts is None else max(day, each.starts)
        if each.internal is not None:
            each.internal = max(each.internal, day + 140.0)
    for old in lab.models:
        old.internal = max(day, old.internal)
        old.public = None if old.public is None else max(old.internal, old.public)
        old.opened = None if old.opened is None else old.internal + 40.0
