"""Training: FLOP, parameters and tokens of a run, each from the others."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sim.physics.check import not_negative, positive, share

FORWARD_FLOP_PER_PARAM_TOKEN: Final = 2.0
"""k: FLOP of a forward pass per active parameter and token (a multiply and an add). Kaplan et al. 2020,
arXiv:2001.08361, eq. 2.2."""

TRAINING_FLOP_PER_PARAM_TOKEN: Final = 3.0 * FORWARD_FLOP_PER_PARAM_TOKEN
"""3k: the backward pass costs twice the forward pass."""

CHINCHILLA_TOKENS_PER_PARAM: Final = 20.0
"""m of the `chinchilla` rule: Hoffmann et al. 2022, arXiv:2203.15556."""

SIZE_RULES = ("chinchilla", "tokens_per_param", "power")


@dataclass(slots=True, init=False)
class Size:
    """Size of a model: active and total parameters, and the tokens that it is trained on."""

    params: float
    total_params: float
    tokens: float

    def __init__(self, params: float, total_params: float, tokens: float) -> None:
        self.params = params
        self.total_params = total_params
        self.tokens = tokens


def training_flop(params: float, tokens_per_param: float, horizon_tokens: float = 1.0) -> float:
    """FLOP = 3·k·m·H·p²: training FLOP of p active parameters on m·p data points of H token-equivalents.

    Raises ValueError unless all three are positive.
    (L. Finnveden 2023, "Before smart AI, there will be many mediocre or specialized AIs".)
    """
    positive("params", params)
    positive("tokens_per_param", tokens_per_param)
    positive("horizon_tokens", horizon_tokens)
    return TRAINING_FLOP_PER_PARAM_TOKEN * tokens_per_param * horizon_tokens * params * params


def flop_for_tokens(params: float, tokens: float) -> float:
    """FLOP = 3·k·p·D: training FLOP of p active parameters on D tokens.

    Raises ValueError unless both are positive. (Kaplan et al. 2020, arXiv:2001.08361: C = 6ND.)
    """
    positive("params", params)
    positive("tokens", tokens)
    return TRAINING_FLOP_PER_PARAM_TOKEN * params * tokens


def params_for_tokens(flop: float, tokens: float) -> float:
    """p = FLOP/(3·k·D): active parameters that `flop` trains on D tokens; the inverse of `flop_for_tokens`.

    Raises ValueError unless both are positive. (Source as for `flop_for_tokens`.)
    """
    positive("flop", flop)
    positive("tokens", tokens)
    return flop / (TRAINING_FLOP_PER_PARAM_TOKEN * tokens)


def tokens_for_params(flop: float, params: float) -> float:
    """D = FLOP/(3·k·p): tokens on which `flop` trains p active parameters; the inverse of `flop_for_tokens`.

    Raises ValueError unless both are positive. (Source as for `flop_for_tokens`.)
    """
    positive("flop", flop)
    positive("params", params)
    return flop / (TRAINING_FLOP_PER_PARAM_TOKEN * params)


def flop_for_params(
    params: float,
    *,
    rule: str,
    tokens_per_param: float,
    horizon_tokens: float,
    sparsity: float,
    params_at_reference: float,
    flop_at_reference: float,
    flop_exponent: float,
    sparsity_exponent: float,
    sparsity_at_reference: float,
    token_stock: float | None,
) -> float:
    """FLOP of a run that makes p active parameters by a size rule: the inverse of `size_law`.

    `chinchilla`, `tokens_per_param`: 3·k·p·min(m·p·H, stock). `power`: C0·(p·s/(P0·(s/s0)^b))^(1/a).
    Raises ValueError for an unknown rule, a sparsity below 1, an exponent b below 0, if under `power` a is 0 (the
    parameters then do not depend on FLOP) or FLOP has no bound, or if another input of the rule is not positive.
    (Sources as for `size_law`.)
    """
    positive("params", params)
    if rule == "power":
        if not 1.0 <= sparsity < math.inf:
            raise ValueError(f"sparsity (total over active parameters) must be at least 1, got {sparsity}")
        positive("params_at_reference", params_at_reference)
        positive("flop_at_reference", flop_at_reference)
        positive("sparsity_at_reference", sparsity_at_reference)
        positive("flop_exponent", flop_exponent)
        not_negative("sparsity_exponent", sparsity_exponent)
        spread = sparsity_exponent * math.log(sparsity / sparsity_at_reference)
        growth = math.log(params) + math.log(sparsity) - math.log(params_at_reference) - spread
        try:
            return math.exp(math.log(flop_at_reference) + growth / flop_exponent)
        except OverflowError:
            raise ValueError(f"the power rule gives unbounded FLOP for {params} parameters") from None
    if rule == "chinchilla":
        tokens_per_param = CHINCHILLA_TOKENS_PER_PARAM
    elif rule != "tokens_per_param":
        raise ValueError(f"unknown size rule {rule!r}; rules are {', '.join(SIZE_RULES)}")
    flop = training_flop(params, tokens_per_param, horizon_tokens)
    if token_stock is not None:
        positive("token_stock", token_stock)
        flop = min(flop, flop_for_tokens(params, token_stock))
    return flop


def size_law(
    *,
    rule: str,
    tokens_per_param: float,
    horizon_tokens: float,
    params_at_reference: float,
    flop_at_reference: float,
    flop_exponent: float,
    sparsity_exponent: float,
    sparsity_at_reference: float,
    token_stock: float | None,
) -> Callable[[float, float], Size]:
    """Parameters and tokens of a run as a function of its FLOP C and its model's sparsity s = total/active parameters.

    `chinchilla`: p = √(C/(3·k·20·H)), tokens = 20·p·H. (Hoffmann et al. 2022, arXiv:2203.15556.)
    `tokens_per_param`: the same with m as given.
    In both total = p·s, and if the tokens exceed `token_stock` then tokens = stock and p = C/(3·k·stock).
    `power`: total = P0·(C/C0)^a·(s/s0)^b, p = total/s, tokens = C/(3·k·p); the stock does not bind.
    (R. Dean, "Compute in Plan A", AI Futures Project, July 2026, ai-2040.com; his estimate.)

    Inputs that the rule does not use may have any value. Raises ValueError for an unknown rule, an exponent below 0, or
    another input of the rule that is not positive; the function does for FLOP that is not, or a sparsity below 1.
    """
    if rule == "power":
        positive("params_at_reference", params_at_reference)
        positive("flop_at_reference", flop_at_reference)
        positive("sparsity_at_reference", sparsity_at_reference)
        not_negative("flop_exponent", flop_exponent)
        not_negative("sparsity_exponent", sparsity_exponent)

        def by_power(flop: float, sparsity: float) -> Size:
            _check_run(flop, sparsity)
            growth = math.exp(flop_exponent * math.log(flop / flop_at_reference))
            spread = math.exp(sparsity_exponent * math.log(sparsity / sparsity_at_reference))
            total = params_at_reference * growth * spread
            params = total / sparsity
            return Size(params, total, tokens_for_params(flop, params))

        return by_power
    if rule == "chinchilla":
        tokens_per_param = CHINCHILLA_TOKENS_PER_PARAM
    elif rule != "tokens_per_param":
        raise ValueError(f"unknown size rule {rule!r}; rules are {', '.join(SIZE_RULES)}")
    of_one = training_flop(1.0, tokens_per_param, horizon_tokens)
    stock = math.inf if token_stock is None else token_stock
    if token_stock is not None:
        positive("token_stock", token_stock)

    def by_tokens(flop: float, sparsity: float) -> Size:
        _check_run(flop, sparsity)
        params = math.sqrt(flop / of_one)
        tokens = tokens_per_param * params * horizon_tokens
        if tokens > stock:
            tokens, params = stock, params_for_tokens(flop, stock)
        return Size(params, params * sparsity, tokens)

    return by_tokens


def _check_run(flop: float, sparsity: float) -> None:
    positive("flop", flop)
    if not 1.0 <= sparsity < math.inf:
        raise ValueError(f"sparsity (total over active parameters) must be at least 1, got {sparsity}")


def flop_of_run(accelerators_flop_per_s: float, utilisation: float, seconds: float) -> float:
    """FLOP = peak·u·t: what accelerators of summed peak FLOP/s do in `seconds` at `utilisation` (MFU × goodput).

    Raises ValueError if the peak or the time is negative, or the utilisation outside 0 to 1.
    (Chowdhery et al. 2022, arXiv:2204.02311, appendix B: model FLOP utilisation.)
    """
    not_negative("accelerators_flop_per_s", accelerators_flop_per_s)
    share("utilisation", utilisation)
    not_negative("seconds", seconds)
    return accelerators_flop_per_s * utilisation * seconds
