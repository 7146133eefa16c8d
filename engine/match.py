"""Two mixes of one song made equally loud, so that a blind test compares how they sound and not how loud they are.

What is measured is what will be heard: the same `Mixer` renders it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import SilentRangeError
from engine.mix import FADE_SECONDS, Gains, Mixer
from engine.progress import JobControl
from engine.separation import SignalKey
from engine.signals import AudioSignal

_BLOCK_SAMPLES = 65_536  # a few megabytes, and a prompt answer to a cancel


@dataclass(frozen=True, eq=False)
class MatchRequest:
    """What to compare, and where.

    Attributes:
        signals: Of one song, all of them or those that the mixes need.
        sample_rate: In Hz.
        a: One mix of them.
        b: The other.
        start: First sample of the range.
        stop: The sample after it.
    """

    signals: Mapping[SignalKey, AudioSignal]
    sample_rate: int
    a: Gains
    b: Gains
    start: int
    stop: int


def match_levels(request: MatchRequest, control: JobControl | None = None) -> tuple[Gains, Gains]:
    """Turn the louder of two mixes down until both have one RMS over the range, over both sides together.

    Args:
        request: The mixes and the range.
        control: Cancels between blocks.

    Returns:
        The gains of `a` and `b`, one of them scaled; never up, which could clip.

    Raises:
        SilentRangeError: One of them is silent in the range.
        ValueError: Not 0 <= start < stop <= N, or a mix of nothing.
        KeyError: A gain is of a signal that is not there.
        Cancelled: `control` asked for it.
    """
    control = control or JobControl()
    a_rms, b_rms = (_rms(request, gains, control) for gains in (request.a, request.b))
    if not a_rms or not b_rms:
        raise SilentRangeError
    quieter = min(a_rms, b_rms)
    return _scaled(request.a, quieter / a_rms), _scaled(request.b, quieter / b_rms)


def _rms(request: MatchRequest, gains: Gains, control: JobControl) -> float:
    """The level of one mix over the range; linear, full scale 1.0."""
    mixer = Mixer({key: request.signals[key] for key in gains}, request.sample_rate)
    if not 0 <= request.start < request.stop <= mixer.samples:
        raise ValueError(f"no range within [0, {mixer.samples}): [{request.start}, {request.stop})")
    mixer.set_gains(gains)
    # The mixer fades in where it starts, so it starts a little earlier and that part is not counted.
    before = min(request.start, round(2 * FADE_SECONDS * request.sample_rate))
    mixer.seek(request.start - before)
    if before:
        mixer.render(before)
        mixer.levels()
    energy = 0.0
    for start in range(request.start, request.stop, _BLOCK_SAMPLES):
        control.checkpoint()
        count = min(_BLOCK_SAMPLES, request.stop - start)
        mixer.render(count)
        energy += sum(side * side for side in mixer.levels().master.rms) * count
    return math.sqrt(energy / (2 * (request.stop - request.start)))


def _scaled(gains: Gains, factor: float) -> Gains:
    return {key: (left * factor, right * factor) for key, (left, right) in gains.items()}
