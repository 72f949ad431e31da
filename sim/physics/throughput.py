"""Inference: tokens per second, copies and their speed, per accelerator; and the seed's shortcut from training."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.physics.check import not_negative, positive, positive_share
from sim.physics.scaling import FORWARD_FLOP_PER_PARAM_TOKEN


@dataclass(slots=True, init=False)
class Throughput:
    """What one accelerator gives: tokens/s and copies (may be a fraction of one), and the speed of one copy.

    Shared by all that ask for it: nobody changes it.
    """

    tokens_per_s: float
    copies: float
    speed_tokens_per_s: float

    # Written out: compiled, it takes a tenth of the time that one made by `dataclass` takes.
    def __init__(self, tokens_per_s: float, copies: float, speed_tokens_per_s: float) -> None:
        self.tokens_per_s = tokens_per_s
        self.copies = copies
        self.speed_tokens_per_s = speed_tokens_per_s


def _tokens_per_s_by_flop(peak_flop_per_s: float, params: float, flop_x: float) -> float:
    positive("peak_flop_per_s", peak_flop_per_s)
    positive("params", params)
    positive("flop_x", flop_x)
    return peak_flop_per_s / (FORWARD_FLOP_PER_PARAM_TOKEN * params * flop_x)


def by_flop(
    *,
    peak_flop_per_s: float,
    utilisation: float,
    params: float,
    speed_tokens_per_s: float,
    flop_x: float = 1.0,
) -> Throughput:
    """tokens/s = peak·u/(k·p·x), copies = tokens/s over the given speed. Per accelerator; an upper bound.

    p are active parameters and x multiplies FLOP per token. Raises ValueError unless all are positive.
    (L. Finnveden 2023, "Before smart AI, there will be many mediocre or specialized AIs".)
    """
    positive("utilisation", utilisation)
    positive("speed_tokens_per_s", speed_tokens_per_s)
    tokens_per_s = utilisation * _tokens_per_s_by_flop(peak_flop_per_s, params, flop_x)
    return Throughput(tokens_per_s, tokens_per_s / speed_tokens_per_s, speed_tokens_per_s)


def by_memory(
    *,
    memory_bytes: float,
    bandwidth_bytes_per_s: float,
    peak_flop_per_s: float,
    params: float,
    total_params: float,
    bytes_per_param: float,
    copies_per_replica: float,
    context_bytes: float,
    bandwidth_share: float,
    decoding_gain: float,
    flop_x: float = 1.0,
) -> Throughput:
    """Copies by memory, speed by bandwidth. Per accelerator.

    copies = memory/(total·bytes/B + context), B copies sharing one set of weights;
    speed = share·bandwidth/memory·gain: all memory is read once a step;
    tokens/s = copies·speed, never more than peak/(k·p·x): copies beyond that are cut, at the same speed.

    Raises ValueError if `context_bytes` is negative, `bandwidth_share` is not above 0 and at most 1, total are
    below active parameters, or another input is not positive.
    (R. Dean, "Compute in Plan A", AI Futures Project, July 2026, ai-2040.com; his estimate.)
    """
    positive("memory_bytes", memory_bytes)
    positive("bandwidth_bytes_per_s", bandwidth_bytes_per_s)
    cap = _tokens_per_s_by_flop(peak_flop_per_s, params, flop_x)
    if not params <= total_params < math.inf:
        raise ValueError(f"total_params must be at least params ({params}) and finite, got {total_params}")
    positive("bytes_per_param", bytes_per_param)
    positive("copies_per_replica", copies_per_replica)
    not_negative("context_bytes", context_bytes)
    positive_share("bandwidth_share", bandwidth_share)
    positive("decoding_gain", decoding_gain)
    copies = memory_bytes / (total_params * bytes_per_param / copies_per_replica + context_bytes)
    speed = bandwidth_share * bandwidth_bytes_per_s / memory_bytes * decoding_gain
    tokens_per_s = copies * speed
    if tokens_per_s > cap:
        return Throughput(cap, cap / speed, speed)
    return Throughput(tokens_per_s, copies, speed)


def tokens_per_s_from_training(training_flop: float, seconds: float, params: float, ratio: float = 1.0) -> float:
    """(FLOP/N)/(k·p)·r: tokens/s when all accelerators of a run of FLOP in N `seconds` run the model it made.

    r as in `serving_to_training_ratio`, 1 in the seed. With p sized by m and H this is 3·m·p·H/N.
    Used by tests as the independent form of what a fleet makes of the same accelerators.
    Raises ValueError unless all are positive.
    (L. Finnveden 2023, "Before smart AI, there will be many mediocre or specialized AIs".)
    """
    positive("training_flop", training_flop)
    positive("seconds", seconds)
    positive("params", params)
    positive("ratio", ratio)
    return training_flop / seconds / (FORWARD_FLOP_PER_PARAM_TOKEN * params) * ratio


def serving_to_training_ratio(
    *,
    serving_utilisation: float,
    serving_peak: float,
    inference_efficiency: float,
    training_utilisation: float,
    goodput: float,
    training_peak: float,
) -> float:
    """r = (u_i·peak_i·A_i)/(u_t·goodput·peak_t): useful FLOP/s of the same chips, serving over training.

    Peaks (FLOP/s) at the precision that each uses; A_i is inference efficiency, 1 at the base date. If the
    training utilisation is a whole run's, goodput is in it and must be given as 1.
    Used by tests as the independent form of what a fleet makes of the same accelerators.
    Raises ValueError if training utilisation or goodput is not above 0 and at most 1, or another is not positive.
    """
    positive("serving_utilisation", serving_utilisation)
    positive("serving_peak", serving_peak)
    positive("inference_efficiency", inference_efficiency)
    positive_share("training_utilisation", training_utilisation)
    positive_share("goodput", goodput)
    positive("training_peak", training_peak)
    serving = serving_utilisation * serving_peak * inference_efficiency
    return serving / (training_utilisation * goodput * training_peak)
