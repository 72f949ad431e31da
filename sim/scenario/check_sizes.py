"""The size of a training run: FLOP, accelerators and length stated too often, in contradiction, or not at all."""

from __future__ import annotations

from sim.base.units import SECONDS_PER_DAY
from sim.model.accelerator import Accelerator
from sim.model.programme import CONTINUOUS
from sim.physics.scaling import CHINCHILLA_TOKENS_PER_PARAM, flop_for_tokens, flop_of_run, training_flop
from sim.scenario.complete import accelerator_spec
from sim.scenario.problem import Problems, join
from sim.scenario.quantity import Plain, Quantity
from sim.scenario.reading import Reading
from sim.scenario.spec import Spec

AGREE_WITHIN = 0.01
"""Two statements of one number may differ by this share."""


def check_size(run: Spec, root: Spec, problems: Problems) -> None:
    """Adds a problem for each contradiction in how the size of a run is stated."""
    flop = run.has("flop") or run.has("params")
    held = run.has("accelerators") or run.has("share")
    length = run.has("length_days") or (run.has("starts") and run.has("internal"))
    if not (flop or held or length or endless(run)):
        message = "state the run's size: one or two of `flop` (or `params`), `accelerators` (or `share`) and `length`"
        problems.add(run.place, run.path, message)
    elif not (flop or length or endless(run) or run.has("internal") or (run.has("accelerators") and run.has("share"))):
        key = "accelerators" if run.has("accelerators") else "share"
        message = f"`{key}` alone says not how long it trains: state `flop` (or `params`) or `length` too"
        problems.add(run.where(key), join(run.path, key), message)
    if run.has("accelerators") and run.has("share"):
        problems.add(run.where("share"), join(run.path, "share"), "state either `accelerators` or `share`, not both")
    _flop_and_params(run, problems)
    _params_alone(run, problems)
    if flop and run.has("share") and run.has("length_days"):
        message = "`flop`, `share` and `length` are one too many: state two, the third follows"
        problems.add(run.where("share"), join(run.path, "share"), message)
    if flop and run.has("accelerators") and length:
        _flop_and_chips(run, root, problems)


def endless(run: Spec) -> bool:
    """Whether training is continuous: it then takes what the policy gives, or a share."""
    rule = run.block("length_rule")
    return rule is not None and rule.plain("rule") == CONTINUOUS


def _flop_and_params(run: Spec, problems: Problems) -> None:
    """FLOP and parameters both: they must fit the tokens, or the size rule if that is stated."""
    flop, params, tokens = run.number("flop"), run.number("params"), run.number("tokens")
    if flop is None or params is None:
        return
    if tokens is not None:
        _agree(run, flop, flop_for_tokens(params, tokens), "6 · params · tokens", problems)
        return
    training = run.block("training")
    size = training.block("size") if training is not None else None
    rule = size.values.get("rule") if size is not None else None
    ratio = size.values.get("tokens_per_param") if size is not None else None
    horizon = size.number("horizon_tokens") if size is not None else None
    if run.has("base") or not isinstance(rule, Plain) or horizon is None:
        return
    if rule.value == "chinchilla" and rule.stated:
        tokens_per_param = CHINCHILLA_TOKENS_PER_PARAM
    elif rule.value == "tokens_per_param" and isinstance(ratio, Quantity) and ratio.stated:
        tokens_per_param = ratio.central
    else:
        return  # nothing stated is contradicted: the tokens follow
    follows, how = (
        training_flop(params, tokens_per_param, horizon),
        f"`params` at {tokens_per_param:g} tokens a parameter",
    )
    stock = size.number("token_stock") if size is not None else None
    if stock is not None and flop_for_tokens(params, stock) < follows:
        follows, how = flop_for_tokens(params, stock), "`params` on the `token_stock`"
    _agree(run, flop, follows, how, problems)


def _params_alone(run: Spec, problems: Problems) -> None:
    """Parameters alone fix the FLOP by the size rule, unless it makes them the same for any FLOP."""
    if not run.has("params") or run.has("flop") or run.has("tokens"):
        return
    training = run.block("training")
    size = training.block("size") if training is not None else None
    if size is not None and size.plain("rule") == "power" and size.number("flop_exponent") == 0.0:
        message = "`params` alone does not fix the FLOP under the `power` rule with `flop_exponent: 0`"
        problems.add(run.where("params"), join(run.path, "params"), f"{message}: state `flop` or `tokens` too")


def _agree(run: Spec, flop: float, follows: float, how: str, problems: Problems) -> None:
    if abs(flop - follows) > AGREE_WITHIN * max(flop, follows):
        message = f"`flop` is {flop:.4g} FLOP, but {how} give {follows:.4g} FLOP: leave one out"
        problems.add(run.where("flop"), join(run.path, "flop"), message)


def _flop(run: Spec) -> float | None:
    """FLOP as stated, or as parameters and tokens give it."""
    flop, params, tokens = run.number("flop"), run.number("params"), run.number("tokens")
    if flop is None and params is not None and tokens is not None:
        return flop_for_tokens(params, tokens)
    return flop


def _flop_and_chips(run: Spec, root: Spec, problems: Problems) -> None:
    flop, days, rate = _flop(run), _training_days(run), _flop_per_s(run, root)
    utilisation = _utilised(run)
    if flop is None or days is None or rate is None or utilisation is None or days <= 0:
        return
    follows = flop_of_run(rate, utilisation, days * SECONDS_PER_DAY) / _slowdown(run)
    if abs(flop - follows) > AGREE_WITHIN * max(flop, follows):
        fits = utilisation * flop / follows
        hint = f" (training.whole_run_mfu: {fits:.3g} would make them agree)" if fits <= 1.0 else ""
        message = (
            f"stated three times over: `flop` is {flop:.4g} FLOP, but the accelerators in {days:.4g} days at a"
            f" utilisation of {utilisation:.3g} give {follows:.4g} FLOP: leave one out{hint}"
        )
        problems.add(run.where("flop") if run.has("flop") else run.place, run.path, message)


def _training_days(run: Spec) -> float | None:
    """Days of the phases that train: as stated, or from the dates."""
    length = run.number("length_days")
    starts, internal = run.number("starts"), run.number("internal")
    if length is not None or starts is None or internal is None:
        return length
    return internal - starts - idle_days(run)


def idle_days(run: Spec) -> float:
    """Days of the phases that train nothing."""
    return sum(phase.number("length_days") or 0.0 for phase in run.blocks("phases"))


def _slowdown(run: Spec) -> float:
    """By how much longer training takes because phases hold fewer accelerators."""
    parts = [
        (phase.number("flop_share") or 0.0) / (phase.number("accelerators_share") or 1.0)
        for phase in run.blocks("phases")
    ]
    return sum(parts) or 1.0


def _utilised(run: Spec) -> float | None:
    training = run.block("training")
    if training is None:
        return None
    mfu, goodput = training.number("mfu"), training.number("goodput")
    if mfu is not None:
        return mfu * (goodput if goodput is not None else 1.0)
    return training.number("whole_run_mfu")


def _flop_per_s(run: Spec, root: Spec) -> float | None:
    """Peak FLOP/s of the run's accelerators at its precision; None if something is missing."""
    held, training = run.values.get("accelerators"), run.block("training")
    precision = training.plain("precision") if training is not None else None
    if not isinstance(held, dict) or precision is None:
        return None
    total = 0.0
    for name, quantity in held.items():
        spec = accelerator_spec(root, name, Reading())
        peaks = spec.values.get("peak_flop_per_s") if spec is not None else None
        if not isinstance(peaks, dict):
            return None
        chip = Accelerator(
            name=name,
            peak_flop_per_s={key: q.central for key, q in peaks.items()},
            memory_bytes=0.0,
            bandwidth_bytes_per_s=0.0,
        )
        try:
            total += quantity.central * chip.peak(precision)
        except ValueError:
            return None
    return total
