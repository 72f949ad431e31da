"""One interface for how fast a model runs on an accelerator, whatever the estimate behind it.

(model, accelerator, context, wanted speed) -> tokens/s per accelerator, copies, and speed of a copy.
"""

from __future__ import annotations

from typing import Protocol

from sim.model.accelerator import BYTES_PER_PARAMETER, Accelerator
from sim.model.inference import Inference
from sim.physics.scaling import FORWARD_FLOP_PER_PARAM_TOKEN
from sim.physics.throughput import Throughput, by_flop, by_memory


class Architecture(Protocol):
    """What an estimate needs to know of a model."""

    @property
    def params(self) -> float:
        """Active parameters: those that work on a token."""
        ...

    @property
    def total_params(self) -> float:
        """All parameters."""
        ...

    @property
    def kv_bytes_per_token(self) -> float | None:
        """Bytes that a copy keeps for each token of its context; None if that is not known."""
        ...


def throughput(
    model: Architecture,
    accelerator: Accelerator,
    inference: Inference,
    day: float,
    *,
    context_tokens: float | None = None,
    wanted_speed: float | None = None,
) -> Throughput:
    """Tokens/s, copies and speed of a copy on one `accelerator`, at inference efficiency 1.

    day: date (days since the start) that decides which tricks are in use. context_tokens: tokens that a
    copy keeps, where the model states bytes per token; else `context_memory`. wanted_speed: tokens/s of
    a copy; only the `flop` estimate lets it be chosen.
    """
    return Serving(accelerator, inference, day).of(model, context_tokens, wanted_speed)


class Serving:
    """`throughput` of many models on one `accelerator`: what does not depend on the model is worked out once."""

    __slots__ = (
        "_params_x", "_speed_x", "_flop_x", "_peak", "_utilisation", "_speed", "_memory", "_bandwidth", "_bytes",
        "_replica", "_context_bytes", "_context_tokens", "_context_x", "_share", "_gain",
    )  # fmt: skip

    def __init__(self, accelerator: Accelerator, inference: Inference, day: float) -> None:
        weight_x = context_x = flop_x = params_x = speed_x = 1.0
        for trick in inference.tricks or ():
            if trick.since is None or day >= trick.since:
                weight_x *= trick.weight_bytes_x or 1.0
                context_x *= trick.context_bytes_x or 1.0
                flop_x *= trick.flop_x or 1.0
                params_x *= trick.params_x or 1.0
                speed_x *= trick.speed_x or 1.0
        self._params_x, self._flop_x, self._speed_x, self._context_x = params_x, flop_x, speed_x, context_x
        precision = accelerator.usable_precision(inference.precision)
        self._peak = accelerator.peak_flop_per_s[precision]
        self._utilisation: float | None = None
        """None where copies go by memory."""
        self._speed = self._memory = self._bandwidth = self._bytes = self._replica = 0.0
        self._context_bytes = self._share = self._gain = 0.0
        self._context_tokens: float | None = None
        if inference.throughput == "flop":
            assert inference.utilisation is not None and inference.speed_tokens_per_s is not None
            self._utilisation, self._speed = inference.utilisation, inference.speed_tokens_per_s
            return
        assert inference.copies_per_replica is not None and inference.context_bytes is not None
        assert inference.bandwidth_share is not None and inference.decoding_gain is not None
        self._memory, self._bandwidth = accelerator.memory_bytes, accelerator.bandwidth_bytes_per_s
        self._bytes, self._replica = BYTES_PER_PARAMETER[precision] * weight_x, inference.copies_per_replica
        self._context_bytes, self._context_tokens = inference.context_bytes, inference.context_tokens
        self._share, self._gain = inference.bandwidth_share, inference.decoding_gain * speed_x

    def of(
        self, model: Architecture, context_tokens: float | None = None, wanted_speed: float | None = None
    ) -> Throughput:
        """Of one model; see `throughput`."""
        params = model.params * self._params_x
        if self._utilisation is not None:
            return by_flop(
                peak_flop_per_s=self._peak, utilisation=self._utilisation, params=params,
                speed_tokens_per_s=(wanted_speed or self._speed) * self._speed_x, flop_x=self._flop_x,
            )  # fmt: skip
        context_bytes = self._context_bytes
        if model.kv_bytes_per_token is not None:
            tokens = context_tokens or self._context_tokens
            assert tokens is not None
            context_bytes = model.kv_bytes_per_token * tokens
        return by_memory(
            memory_bytes=self._memory, bandwidth_bytes_per_s=self._bandwidth, peak_flop_per_s=self._peak,
            params=params, total_params=model.total_params * self._params_x, bytes_per_param=self._bytes,
            copies_per_replica=self._replica, context_bytes=context_bytes * self._context_x,
            bandwidth_share=self._share, decoding_gain=self._gain, flop_x=self._flop_x,
        )  # fmt: skip


def flop_per_token(model: Architecture, inference: Inference, day: float) -> float:
    """Forward FLOP of a model for a token, with the tricks that are in use on `day`."""
    result = FORWARD_FLOP_PER_PARAM_TOKEN * model.params
    for trick in inference.tricks or ():
        if trick.since is None or day >= trick.since:
            result *= (trick.params_x or 1.0) * (trick.flop_x or 1.0)
    return result


def quality_multiplier(inference: Inference, day: float) -> float:
    """Product of the quality multipliers of the tricks in use on `day`."""
    result = 1.0
    for trick in inference.tricks or ():
        if trick.since is None or day >= trick.since:
            result *= 1.0 if trick.quality_x is None else trick.quality_x
    return result
