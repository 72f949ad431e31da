"""Random scenarios for the comparison: dates on whole hours, amounts of FLOP that end when they like."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from sim.base.calendar import Recurrence
from sim.base.series import Series, fixed
from sim.model.cluster import Supply
from sim.model.domain import Domain, Logistic, Thinking
from sim.model.draw import Draw
from sim.model.fleet import Fleet
from sim.model.lab import Lab
from sim.model.level import Level, Milestone
from sim.model.policy import Conditions, PolicyPhase
from sim.model.programme import StartRule
from sim.model.software import ABSOLUTE, RELATIVE, Diffusion, Software, Theft
from sim.model.training_run import TrainingRun
from sim.model.variant import Distilled, Tuning
from tests.world.build import after, draw, existing, fleet, inference, lab, phase, run, stock

START, END = date(2026, 1, 1), 400.0
FLOP_PER_DAY = 1.013 * 1e15 * 0.4 * 86_400.0
"""What a little more than one H100 does in a day: no multiple of it ends on a whole hour by accident."""

DAYS = st.integers(0, 3140).map(lambda k: k / 8)
KINDS = st.sampled_from(["H100", "TPU"])
COUNTS = st.integers(20, 900).map(float)
EVERY = st.sampled_from(
    [Recurrence(months=3.0), Recurrence(months=6.0), Recurrence(days=47.0), Recurrence(days=110.25)]
)
PAST = st.sampled_from([-3.5, -20.0])
SHARES = st.sampled_from([1.0, 1.0, 0.5, 0.2])


def some(values: Any) -> Any:
    return st.one_of(st.none(), values)


@st.composite
def supplies(pick: Any) -> Supply:
    kind, count = pick(KINDS), pick(COUNTS)
    life = pick(some(st.integers(60, 3300).map(lambda k: k / 8)))
    form = pick(st.sampled_from(["batch", "batch", "deliveries", "stock", "dated"]))
    if form == "batch":
        return stock(count, kind, on=pick(some(st.one_of(st.just(-35.25), DAYS))), life_days=life)
    if form == "deliveries":
        grow = pick(st.sampled_from([None, 0.5, 20.0]))
        return Supply(accelerator=kind, deliver=count / 4, deliveries_grow=grow, every=pick(EVERY), life_days=life,
                      starts=pick(some(DAYS)), until=pick(some(st.just(260.0))))  # fmt: skip
    if form == "stock":
        return Supply(accelerator=kind, stock=fixed(count), grows=pick(st.sampled_from([0.3, 10.0])), every=pick(EVERY))
    points = pick(st.lists(st.tuples(DAYS, COUNTS), min_size=1, max_size=3, unique_by=lambda item: item[0]))
    return Supply(accelerator=kind, stock=Series(tuple(sorted(points))), every=pick(EVERY))


@st.composite
def phases(pick: Any) -> Any:
    part = pick(st.sampled_from([0.5, 0.8, 0.9]))
    found = [
        phase("pretraining", flop_share=part, accelerators_share=pick(SHARES)),
        phase("post-training", flop_share=1.0 - part, accelerators_share=pick(SHARES)),
        phase("evaluation", length_days=pick(st.sampled_from([6.0, 28.25])), accelerators_share=pick(SHARES)),
    ]
    return pick(st.permutations(found))[: pick(st.integers(2, 3))] if part == 0.5 else pick(st.permutations(found))


@st.composite
def runs(
    pick: Any, name: str, fleets: list[str], models: list[str], style: str = "mixed", variants: bool = False
) -> TrainingRun:
    """`style`: `elastic` runs share what there is, `crowded` ones hold most of it and grow from phase to phase."""
    work = pick(st.floats(200.0, 130_000.0)) * FLOP_PER_DAY * (1.0 + ord(name[-1]) / 970.0)  # no two alike
    length = pick(st.one_of(st.sampled_from([47.0, 110.25]), st.integers(53, 1600).map(lambda k: k / 8)))
    some_of = {pick(KINDS): pick(COUNTS) / 2 for _ in range(pick(st.integers(1, 2)))}
    early = st.integers(0, 1060).map(lambda k: k / 8)
    starts = pick(early if style == "crowded" else st.one_of(DAYS, early, early, st.just(0.0), PAST))
    form = pick(st.sampled_from({"elastic": ["elastic"], "crowded": ["share and length", "share and flop"]}.get(
        style, FORMS)))  # fmt: skip
    size: dict[str, Any] = {
        "flop": {"flop": work},
        "params": {"params": (work / 120.0) ** 0.5},
        "params and tokens": {"params": work**0.5 / 10.0, "tokens": work**0.5 / 0.6},
        "length": {"length_days": length},
        "accelerators and length": {"accelerators": some_of, "length_days": length},
        "accelerators and flop": {"accelerators": some_of, "flop": work / 10.0},
        "share and length": {"share": pick(st.sampled_from([0.1, 0.4, 0.95])), "length_days": length},
        "accelerators and flop, pinned": {"accelerators": some_of, "flop": work / 40.0, "internal": starts + 160.0},
        "share and flop": {"share": pick(st.sampled_from([0.2, 0.6])), "flop": work},
        "flop and length": {"flop": work, "length_days": length},
        "flop and internal": {"flop": work, "internal": starts + 130.0},
        "elastic": {"flop": work, "elastic": True},
        "elastic share": {"share": pick(st.sampled_from([0.2, 0.6])), "flop": work, "elastic": True},
    }[form]
    size["starts"] = starts
    staged = style == "crowded" or "pinned" in form
    stages = None if form == "flop and internal" else pick(phases() if staged else some(phases()))
    if form == "accelerators and flop, pinned":
        size["starts"] = None  # when it has to start to be finished then
    elif pick(st.integers(0, 2)) == 0:
        every = pick(EVERY)
        exact = every.occurrence(pick(st.integers(1, 3)), starts, START)  # until the date of a run, or just any
        size.update(every=every, until=pick(st.sampled_from([None, exact, starts + 200.0])))
        if "flop" in size and form != "flop and internal":
            size["flop_grows"] = pick(st.sampled_from([None, 3.0]))
    elif form == "accelerators and length" and starts > 100.0:
        size.update(starts=None, internal=starts + length + sum(each.length_days or 0.0 for each in stages or ()))
    elif pick(st.integers(0, 5)) == 0:
        size["internal"] = size.get("internal", starts + length + pick(st.sampled_from([0.0, 30.5])))
    rule = None
    if fleets and (style == "crowded" or pick(st.booleans())):
        rule = after(pick(st.sampled_from(fleets)), move=pick(st.sampled_from([1.0, 1.0, 0.4])),
                     firm=style == "crowded" or pick(st.integers(0, 2)) == 0, until=pick(some(DAYS)),
                     for_days=pick(some(st.sampled_from([14.0, 61.125, 200.0]))))  # fmt: skip
    base = pick(st.sampled_from(models)) if models and pick(st.booleans()) else None
    plain = form in ("share and length", "accelerators and length", "flop", "elastic")
    if variants and plain and pick(st.integers(0, 2)) == 0:
        base = "each"
        dated = ("starts", "every", "until", "flop_grows", "internal")
        size = {key: value for key, value in size.items() if key not in dated}
        size["after_days"] = pick(st.sampled_from([0.0, 16.5]))
    kind = pick(st.sampled_from(["", "tuned", "distilled"])) if base and variants else ""
    return run(
        name,
        base=base,
        tuned=Tuning(domain=pick(st.sampled_from(["ai_research", "general"])), there_x=7.0, elsewhere_x=0.4)
        if kind == "tuned"
        else None,
        distilled=Distilled(params_share=0.25, effective_flop_share=0.6, closes_windows=pick(st.booleans()))
        if kind == "distilled"
        else None,
        gain=pick(st.sampled_from([1.0, 3.0])),
        phases=stages,
        after_training=rule,
        public_after_days=pick(st.sampled_from([0.0, 10.0, 80.0])),
        internal_only=pick(st.integers(0, 5)) == 0,
        effective_flop=None if kind == "distilled" else pick(st.sampled_from([None] * 5 + [work])),
        **size,
    )


FORMS = ["flop", "flop", "params", "params and tokens", "length", "accelerators and length", "accelerators and flop",
         "share and length", "share and flop", "flop and length", "flop and internal", "elastic",
         "elastic share", *["accelerators and flop, pinned"] * 3]  # fmt: skip


@st.composite
def purposes(pick: Any, name: str, mixed: bool = False) -> Fleet:
    how = inference(throughput="flop", precision=pick(st.sampled_from(["fp8", "bf16"])), speed_tokens_per_s=1.0)
    demand = pick(some(st.tuples(DAYS, st.floats(1e4, 1e7), st.floats(1e4, 1e7))))
    asked = None if demand is None else Series(((0.0, demand[1]), (demand[0] + 0.125, demand[2])))
    replace = pick(st.sampled_from(["at once", "at once", "ramp", "beside"])) if mixed else "at once"
    return fleet(name, inference=how, demand_tokens_per_s=asked, replace=replace,
                 ramp_days=60.0, beside_share=pick(some(st.just(0.3))))  # fmt: skip


SPANS = st.sampled_from([20.0, 76.5, 170.0, 268.25])
FACTORS = st.sampled_from([0.5, 1.5, 4.0])
CONDITIONS = {
    "run": st.sampled_from(["due", "in progress", "none in progress"]), "earmark": st.booleans(),
    "released_within_days": SPANS, "no_release_days": SPANS, "rival_released_within_days": SPANS,
    "no_rival_release_days": SPANS, "behind": FACTORS, "ahead": FACTORS, "since": DAYS, "before": DAYS,
    "h100e_at_least": COUNTS, "h100e_below": COUNTS,
}  # fmt: skip


@st.composite
def rules(pick: Any, uses: list[str]) -> PolicyPhase:
    when = {key: pick(CONDITIONS[key]) for key in pick(st.lists(st.sampled_from(sorted(CONDITIONS)), max_size=2))}
    weights = pick(st.lists(st.integers(0, 20), min_size=5, max_size=5).filter(any))
    use = {key: weight / sum(weights) for key, weight in zip(uses, weights, strict=False)}
    return PolicyPhase(
        name="p",
        when=Conditions(**when),
        use=pick(st.sampled_from([use, use, {}])),
        starts_runs=pick(st.integers(0, 3)) > 0,
        training_first=pick(st.integers(0, 5)) == 0,
    )


@st.composite
def labs(pick: Any, name: str, variants: bool = False) -> Lab:
    weights = pick(st.lists(st.integers(1, 20), min_size=5, max_size=5))
    whole = sum(weights) if pick(st.booleans()) else sum(weights[:4])  # with the fifth idle, or without
    names = ("training", "experiments", "research", "serving")
    use: dict[str, Any] = {key: weight / whole for key, weight in zip(names, weights, strict=False)}
    use.pop(pick(st.sampled_from(["", "", "research", "serving", "experiments"])), None)
    if pick(st.booleans()):
        key = pick(st.sampled_from(sorted(use)))
        use[key] = Series(((0.0, use[key]), (pick(DAYS) + 0.125, use[key] * pick(st.sampled_from([0.0, 0.5])))))
    fleets = [key for key in use if key in ("research", "serving")]
    olds = [
        existing(f"{name}-old{k}", pick(st.integers(-200, 270)) * 1.0 + k / 2,
                 10 ** pick(st.floats(21.0, 25.0)), pick(st.sampled_from([None, 271.0])))
        for k in range(pick(st.integers(0, 2)))
    ]  # fmt: skip
    if olds and pick(st.booleans()):
        olds[0].flop, olds[0].effective_flop = olds[0].effective_flop, None
    known, planned = [old.name for old in olds], []
    style = pick(st.sampled_from(["mixed", "mixed", "elastic", "crowded", "crowded"]))
    for k in range(pick(st.integers(3 if style == "crowded" else 1, 4))):
        planned.append(pick(runs(f"{name}{k}", fleets, known, style, variants)))
        if planned[-1].every is None and planned[-1].base != "each":
            known.append(f"{name}{k}")
    growth = pick(st.sampled_from([1.0, 30.0]))
    steps = Series(((0.0, 1.0), (pick(DAYS) + 0.125, 2.5)))
    return lab(
        name,
        use=use,
        compute=[stock(pick(COUNTS)), *pick(st.lists(supplies(), max_size=3))],
        runs=planned,
        models=olds,
        policy=pick(st.sampled_from(["shares", "shares", "training_first", "phases", "phases"])),
        phases=[*pick(st.lists(rules(["training", "experiments", *fleets]), max_size=4)), PolicyPhase(name="else")],
        fleets={key: pick(purposes(key, variants)) for key in fleets},
        inference=inference(throughput="flop"),
        software=pick(st.sampled_from([
            Software(training_growth=growth), Software(training_growth=growth, inference_growth=5.0),
            Software(training_efficiency=steps, inference_exponent=0.5)])),
    )  # fmt: skip


@st.composite
def scenarios(pick: Any) -> Draw:
    names = pick(st.sampled_from([["A"], ["A"], ["A", "B"]]))
    return draw(
        *(pick(labs(name)) for name in names),
        start=START,
        end=END,
        stronger_by=pick(st.sampled_from([1.97, 1.13, 9.7])),
    )  # no ratio of round numbers


# Races: software that follows research


@st.composite
def followers(pick: Any) -> Software:
    """Software that follows research; small steps, so that it is the second simulator's that count."""
    return Software(
        feedback=True,
        feedback_from=pick(st.sampled_from([None, None, 60.0])),
        training_growth=pick(st.sampled_from([1.5, 10.0, 60.0])),
        returns=pick(st.sampled_from([0.0, 0.25, 1.0])),
        parallel_penalty=pick(st.sampled_from([0.3, 0.6, 1.0])),
        labour_share=pick(st.sampled_from([0.3, 0.5, 1.0])),
        research_substitution=pick(st.sampled_from([0.0, -0.5, 0.5])),
        experiments_count=pick(st.sampled_from([ABSOLUTE, RELATIVE])),
        inference_exponent=pick(st.sampled_from([1.0, 0.5])),
        inference_growth=pick(st.sampled_from([None, None, 5.0])),
        limit=pick(st.sampled_from([1e16, 1e16, 4.0])),
        step=1.01,
    )


@st.composite
def domains(pick: Any) -> dict[str, Domain]:
    found = {}
    for name in ("ai_research", "general"):
        doable = Logistic(ceiling=pick(st.sampled_from([0.95, 1.0])), midpoint_flop=10 ** pick(st.floats(22.0, 25.0)),
                          slope=1.3)  # fmt: skip
        thinking = Thinking(gain=0.7, most_x=10.0, buys=pick(st.sampled_from(["both", "quality", "share_doable"])))
        found[name] = Domain(
            name=name, token_basis=pick(st.sampled_from(["task", "thinking"])), tokens_per_human_hour_task=1e5,
            quality=Logistic(ceiling=1.0, midpoint_flop=10 ** pick(st.floats(22.0, 25.0)), slope=0.9),
            share_doable=doable, thinking=pick(some(st.just(thinking))),
        )  # fmt: skip
    return found


@st.composite
def races(pick: Any) -> Draw:
    names = pick(st.sampled_from([["A"], ["A", "B"], ["A", "B"]]))
    runners = [pick(labs(name, variants=True)) for name in names]
    for item in runners:
        item.software = law = pick(followers())
        if not any(old.internal <= 0.0 and old.flop for old in item.models):
            law.experiments_count = ABSOLUTE
        if "experiments" not in item.use:
            law.labour_share = 1.0
        people = pick(st.floats(1.0, 3000.0))
        item.staff = {"ai_research": Series(((0.0, people), (pick(DAYS) + 0.125, people * 3.0)))}
        for each in item.fleets.values():
            each.think_x = pick(st.sampled_from([1.0, 3.0, 30.0]))
            each.choose = pick(st.sampled_from(["strongest", "strongest", "most_work"]))
            if each.name == "research" and pick(st.booleans()):  # as much as some hundred people do
                asked = 10 ** pick(st.floats(2.0, 5.0))
                each.demand_tokens_per_s = Series(((0.0, asked), (pick(DAYS) + 0.125, asked * 4.0)))
        if pick(st.booleans()):
            conditions = {"cluster_grows": 1.3, "efficiency_grows": 1.2, "rival_releases": "any", "latest_days": 50.5}
            stated = pick(st.lists(st.sampled_from(sorted(conditions)), min_size=1, max_size=2, unique=True))
            rule = StartRule(**{key: conditions[key] for key in stated}, apart_days=pick(st.sampled_from([0.0, 30.0])),
                             times=pick(some(st.just(2))))  # fmt: skip
            item.runs.append(run(f"{item.name}R", share=0.1, length_days=24.25, start_when=rule,
                                 starts=pick(st.sampled_from([0.0, 20.5])), public_after_days=5.0))  # fmt: skip
        for each in item.runs:
            each.open_after_days = pick(st.sampled_from([None, None, 12.5]))
        for old in item.models:
            old.opened = pick(st.sampled_from([None, old.internal + 40.0]))
    spread = [{"lag_days": 20.0}, {"lag_days": 0.0}, {"fraction": 0.5}]
    thefts = [Theft(name=f"T{k}", thief=pick(st.sampled_from(names)), victim="", what=what, on=70.5 + 40.0 * k)
              for k, what in enumerate(pick(st.lists(st.sampled_from(["model", "software"]), max_size=2)))]  # fmt: skip
    for theft in thefts:
        theft.victim = "B" if theft.thief == "A" else "A"
    alone = len(names) == 1
    levels = [Level(name="strong", effective_flop=10 ** pick(st.floats(22.0, 25.0))),
              Level(name="able", share_doable=pick(st.floats(0.02, 0.9)), domain="ai_research")]  # fmt: skip
    stones = [Milestone(name="large", h100e=pick(st.floats(100.0, 2000.0))),
              Milestone(name="fast", training_efficiency=pick(st.floats(1.1, 4.0)), lab="A")]  # fmt: skip
    return draw(
        *runners, start=START, end=180.0, stronger_by=pick(st.sampled_from([1.97, 1.13, 9.7])), domains=pick(domains()),
        diffusion=[Diffusion(**pick(st.sampled_from(spread)))] if not alone and pick(st.booleans()) else [],
        levels={level.name: level for level in levels}, milestones={stone.name: stone for stone in stones},
        thefts={} if alone else {theft.name: theft for theft in thefts},
    )  # fmt: skip
