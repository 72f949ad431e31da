"""Scenario and quantiles -> `Draw`: every field filled with plain numbers, days counted from the start."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from sim.base.series import Series
from sim.base.units import DAYS_PER_YEAR
from sim.model.ai_model import ExistingModel
from sim.model.cluster import Supply
from sim.model.declare import parameters
from sim.model.domain import RESEARCH, Logistic
from sim.model.draw import Draw
from sim.model.fleet import Fleet
from sim.model.intervention import PAUSE, Intervention
from sim.model.lab import IDLE, Lab
from sim.model.policy import PolicyPhase
from sim.model.programme import CONTINUOUS
from sim.model.training_run import TrainingRun
from sim.physics.scaling import flop_for_tokens, params_for_tokens, tokens_for_params
from sim.scenario.complete import IN_ACCELERATORS, in_h100e, supply_type
from sim.scenario.derive import derived_value, draw_error
from sim.scenario.draw_error import DrawError, text_of
from sim.scenario.drawn_shares import ROUNDING, kept_total, kept_totals, most_at_once
from sim.scenario.problem import Problem, Unreadable, join
from sim.scenario.quantity import CENTRAL, Plain, Quantity, Timeline, recurrence
from sim.scenario.spec import Spec, read_with, sourced
from sim.scenario.track import Seen, Watch, watched

OTHER_DOMAIN = "general"

Also = dict[str, tuple[str, ...]]
"""Field -> others of the same block from which it follows."""


class MovedShares(NamedTuple):
    """Shares of one whole of which some are drawn. by: what moves them. certain: those that nothing moves.

    central: all of them in the central case.
    """

    by: list[Quantity]
    certain: list[str]
    central: dict[str, Any]


class Resolver:
    """Makes one draw. quantiles: path -> quantile in (0, 1); 0.5 where none is given.

    adjust: path -> what is done to the number that would be taken (in its canonical unit; dates as ordinals).
    """

    def __init__(
        self,
        root: Spec,
        accelerators: Mapping[str, Spec],
        start: date,
        quantiles: Mapping[str, float],
        seen: Seen | None = None,
        adjust: Mapping[str, Callable[[float], float]] | None = None,
    ) -> None:
        self._values: dict[str, float] = {}
        self.root, self.start, self.quantiles, self.seen = root, start, quantiles, seen
        self.accelerators = accelerators
        self.drawn = bool(quantiles)
        self.adjust = adjust or {}
        self.start_ordinal = float(start.toordinal())
        domains = root.values.get("domains")
        self.domains = frozenset(domains) if isinstance(domains, dict) else frozenset()

    def value(self, quantity: Quantity) -> float:
        """The number that this draw takes for a quantity."""
        if quantity.derived is None:
            value = quantity.quantile(self.quantiles.get(quantity.path, CENTRAL))
        else:
            value = self._derived(quantity)
        change = self.adjust.get(quantity.path)
        if change is None:
            return value
        value = change(value)
        return value if quantity.high is None else min(value, quantity.high)

    def _derived(self, quantity: Quantity) -> float:
        """What the formula of a quantity comes to, worked out once. Raises `DrawError` where its field cannot have it.

        Where numbers are changed (`adjust`) its bounds are not checked.
        """
        value = self._values.get(quantity.path)
        if value is None:
            try:
                value = derived_value(quantity, self.value, check=not self.adjust)
            except Unreadable as error:
                raise draw_error(quantity, error, self.value) from None
            self._values[quantity.path] = value
        return value

    def draw(self, seed: int | None, index: int, uncertain: tuple[str, ...]) -> Draw:
        """The draw, with only the accelerators given."""
        draw: Draw = self._stated(self.root)
        draw.accelerators = {name: self.build(spec) for name, spec in sorted(self.accelerators.items())}
        if draw.base_date is None:
            draw.base_date = 0.0
        if seed is not None:
            draw.seed = seed
        draw.draw, draw.uncertain = index, uncertain
        if self.seen is not None:
            draw = self._watched(draw, self.root, {})
            self.seen.on = True
        return draw

    def build(self, spec: Spec) -> Any:
        """The dataclass object of one block."""
        return self._build(spec)

    def _build(self, spec: Spec) -> Any:
        made = self._stated(spec)
        rule = rule_of(spec.of)
        also = {} if rule is None else rule.do(self, spec, made)
        return made if self.seen is None else self._watched(made, spec, also)

    def _stated(self, spec: Spec) -> Any:
        """The object of a block whose fields are as stated; and its name."""
        fields = {name: self.plain(spec.values.get(name)) for name in parameters(spec.of)}
        if "name" not in fields and _has_name(spec.of):
            fields["name"] = spec.name
        if spec is self.root:
            fields["start"] = self.start
        return spec.of(**fields)

    def plain(self, value: Any) -> Any:
        """A field's value as a draw has it."""
        make = _PLAIN.get(type(value))
        return value if make is None else make(self, value)

    def _number(self, quantity: Quantity) -> Any:
        if quantity.unit == "date":
            return self.value(quantity) - self.start_ordinal
        return recurrence(quantity, self.value) if quantity.recurs else self.value(quantity)

    def _watched(self, made: Any, spec: Spec, also: Also) -> Any:
        """An object like `made` that remembers what is read of it."""
        assert self.seen is not None
        paths = {name: tuple(read_with(value)) for name, value in spec.values.items()}
        for name, others in also.items():
            paths[name] = paths.get(name, ()) + tuple(path for other in others for path in paths.get(other, ()))
        if issubclass(spec.of, Logistic):
            software = self.root.block("software")
            names = ("training_growth", "training_efficiency") if software is not None else ()
            growth = [software.values.get(name) for name in names] if software is not None else []
            paths["midpoint_flop"] += tuple(item.path for value in growth for item in sourced(value))
        fields = {field.name: getattr(made, field.name) for field in dataclasses.fields(made)}
        return watched(spec.of, fields, Watch(self.seen, paths))

    def _fleet(self, spec: Spec, fleet: Fleet) -> Also:
        if fleet.models is None:
            fleet.models = "public" if spec.name == "serving" else "internal"
        if fleet.domain is None:
            fleet.domain = default_domain(spec.name, self.domains)
        return {}

    def _uses(self, spec: Spec, lab: Lab | PolicyPhase) -> Also:
        use: dict[str, Any] = lab.use
        if self.drawn:
            use = self._kept_total(spec, use)
        lab.use = {name: share for name, share in use.items() if name != IDLE}  # what is left of 100%
        return {}

    def _kept_total(self, spec: Spec, use: dict[str, Any]) -> dict[str, Any]:
        """Shares of which some were drawn, with the total of the central case. Raises `DrawError` above 100%."""
        moved = self._moved_shares(spec)
        if not moved.by:
            return use
        if spec.of is PolicyPhase:
            return kept_total(use, moved.central, moved.certain)
        kept = kept_totals(use, moved.central, moved.certain)
        most, ago = most_at_once(kept)
        if most > 1.0 + ROUNDING:
            when = (self.start + timedelta(days=-ago)).isoformat()
            message = f"the shares add up to {100.0 * most:.4g}% on {when}; at most 100%"
            place = spec.where("use")
            problem = Problem(place.file, place.line, place.column, join(spec.path, "use"), message)
            raise DrawError([problem], {q.path: text_of(q, self.value(q)) for q in moved.by})
        return kept

    def _moved_shares(self, spec: Spec) -> MovedShares:
        stated: dict[str, Quantity | Timeline] = spec.values["use"]
        by = {name: [q for q in _quantities(line) if q.varies] for name, line in stated.items()}
        certain = [name for name, found in by.items() if not found]
        if len(certain) == len(stated):
            return MovedShares([], certain, {})
        central = Resolver(self.root, self.accelerators, self.start, {}, None, self.adjust)
        shares = {name: central.plain(line) for name, line in stated.items()}
        return MovedShares([q for found in by.values() for q in found], certain, shares)

    def _supply(self, spec: Spec, supply: Supply) -> Also:
        supply.accelerator, of_h100e = self._supplied(spec)
        return self._from_h100e(supply) if of_h100e else {}

    def _supplied(self, spec: Spec) -> tuple[str | None, bool]:
        """The accelerator type of a supply, and whether its numbers are in H100-equivalents."""
        return supply_type(spec), in_h100e(spec)

    def _from_h100e(self, supply: Supply) -> Also:
        """Accelerators of the stated type in place of H100-equivalents."""
        assert supply.accelerator is not None
        each = self.build(self.accelerators[supply.accelerator]).h100e_by(supply.h100e)
        for name in IN_ACCELERATORS:
            value = getattr(supply, name)
            if isinstance(value, Series):
                points = tuple((day, number / each) for day, number in value.points)
                setattr(supply, name, Series(points, value.exponential, value.every, value.growth_per_day))
            elif value is not None:
                setattr(supply, name, value / each)
        return dict.fromkeys(IN_ACCELERATORS, ("h100e",))

    def _intervention(self, spec: Spec, intervention: Intervention) -> Also:
        intervention.name = spec.name or PAUSE
        return {}

    def _existing_model(self, spec: Spec, model: ExistingModel) -> Also:
        if model.internal is None:
            model.internal = model.public
        also: Also = {"internal": ("public",)}
        if model.flop or model.effective_flop is None:
            also |= _size(model)
        return also

    def _training_run(self, spec: Spec, run: TrainingRun) -> Also:
        if run.length_rule is not None and run.length_rule.rule == CONTINUOUS:
            run.elastic = True  # it grows with the cluster
            return {}
        if run.flop_grows is not None or (run.base is not None and run.params is None):
            return {}  # each run of a cadence has its own size, and a post-trained model that of its base
        return _size(run)

    def _logistic(self, spec: Spec, curve: Logistic) -> Also:
        """The midpoint in base-date FLOP: algorithms of `as_of` are more efficient by the growth since then."""
        if curve.midpoint_flop is not None and curve.as_of is not None:
            curve.midpoint_flop *= self._efficiency_since(curve.as_of)
        return {"midpoint_flop": ("as_of",)}

    def _efficiency_since(self, as_of: float) -> float:
        """Training efficiency on a day, by the software of all labs, over that of the base date."""
        software = self.root.block("software")
        if software is None:
            return 1.0
        base = self.plain(self.root.values.get("base_date"))
        base_day = base if base is not None else 0.0
        efficiency = software.values.get("training_efficiency")
        growth = software.values.get("training_growth")
        if isinstance(efficiency, Timeline):
            series: Series = efficiency.series(self.start_ordinal, self.value)
            return series.at(as_of) / series.at(base_day)
        if isinstance(growth, Quantity):
            factor: float = self.value(growth) ** ((as_of - base_day) / DAYS_PER_YEAR)
            return factor
        return 1.0


_PLAIN: dict[type, Callable[[Resolver, Any], Any]] = {
    Quantity: Resolver._number,
    Timeline: lambda resolver, value: value.series(resolver.start_ordinal, resolver.value),
    Plain: lambda resolver, value: value.value,
    Spec: lambda resolver, value: resolver.build(value),
    dict: lambda resolver, value: {key: resolver.plain(value[key]) for key in sorted(value)},
    list: lambda resolver, value: [resolver.plain(item) for item in value],
}
"""How a field's value is made, by what it is made of; anything else is as it stands."""


class Rule(NamedTuple):
    """What else is to be done to the object of a block of a kind. `do` returns which fields follow from others.

    at: the fields that it looks at or sets; None: it looks at other blocks too.
    """

    do: Callable[[Resolver, Spec, Any], Also]
    at: tuple[str, ...] | None = None


_SIZE = ("flop", "params", "tokens")
_RULES: dict[type, Rule] = {
    Fleet: Rule(Resolver._fleet, ("models", "domain")),
    Lab: Rule(Resolver._uses, ("use",)),
    PolicyPhase: Rule(Resolver._uses, ("use",)),
    Intervention: Rule(Resolver._intervention, ("name",)),
    ExistingModel: Rule(Resolver._existing_model, ("internal", "public", "effective_flop", *_SIZE)),
    Supply: Rule(Resolver._supply),
    TrainingRun: Rule(Resolver._training_run, ("length_rule", "elastic", "flop_grows", "base", *_SIZE)),
}
_OF_LOGISTIC = Rule(Resolver._logistic)


@cache
def rule_of(of: type) -> Rule | None:
    """The rule of a kind of block, if it has one."""
    return _OF_LOGISTIC if issubclass(of, Logistic) else _RULES.get(of)


def _quantities(value: Quantity | Timeline) -> list[Quantity]:
    return [value] if isinstance(value, Quantity) else list(value.quantities())


@cache
def _has_name(of: type) -> bool:
    """Whether blocks of this kind have a name."""
    return any(field.name == "name" for field in dataclasses.fields(of))


def default_domain(fleet: str, domains: frozenset[str]) -> str:
    """The domain that a fleet's work counts in where none is stated."""
    if fleet in domains:
        return fleet
    return RESEARCH if fleet == "research" else OTHER_DOMAIN


def _size(of: ExistingModel | TrainingRun) -> Also:
    """FLOP = 6·params·tokens: of the three, the one that is not stated follows from the other two."""
    flop, params, tokens = of.flop, of.params, of.tokens
    if flop is None and params and tokens:
        of.flop = flop_for_tokens(params, tokens)
        return {"flop": ("params", "tokens")}
    if params is None and flop and tokens:
        of.params = params_for_tokens(flop, tokens)
        return {"params": ("flop", "tokens")}
    if tokens is None and flop and params:
        of.tokens = tokens_for_params(flop, params)
        return {"tokens": ("flop", "params")}
    return {}
