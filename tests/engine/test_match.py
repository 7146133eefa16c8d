"""Two mixes made equally loud: by the samples that a listener gets, not by the code under test."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Cancelled, SilentRangeError
from engine.match import MatchRequest, match_levels
from engine.mix import Gains, Mixer
from engine.progress import JobControl
from engine.separation import Samples, SignalKey
from tests.support.separations import noise

RATE = 8_000
SAMPLES = 2 * RATE
ONE, TWO = ("vocals", 1), ("vocals", 2)


def level_db(signals: dict[SignalKey, Samples], gains: Gains, start: int, stop: int) -> float:
    """RMS of what is heard, summed by hand from signals of one or two channels."""
    heard = np.zeros((2, stop - start))
    for key, sides in gains.items():
        heard += np.broadcast_to(signals[key][:, start:stop], heard.shape) * np.array(sides)[:, None]
    return float(10 * np.log10(np.mean(np.square(heard))))


@given(
    channels=st.sampled_from([1, 2]),
    seed=st.integers(0, 1000),
    louder_db=st.floats(-30, 30),
    start=st.integers(0, SAMPLES - RATE),
    length=st.integers(RATE // 10, RATE),
    pan=st.floats(0, 1),
)
def test_after_matching_both_are_within_a_tenth_of_a_decibel(
    channels: int, seed: int, louder_db: float, start: int, length: int, pan: float
) -> None:
    # A swell makes the level of the range differ from that of the song.
    swell = np.linspace(0.01, 1, SAMPLES, dtype=np.float32)
    factor = np.float32(10 ** (louder_db / 20))
    signals = {
        ONE: noise(channels, SAMPLES, 0.1, seed) * swell,
        TWO: noise(channels, SAMPLES, 0.1, seed + 1) * factor,
        ("bass", 1): noise(channels, SAMPLES, 0.05, seed + 2),
    }
    request = MatchRequest(
        signals, RATE, {ONE: (1.0, pan), ("bass", 1): (0.5, 0.5)}, {TWO: (pan, 1.0)}, start, start + length
    )
    a, b = match_levels(request)
    difference = level_db(signals, a, start, start + length) - level_db(signals, b, start, start + length)
    # 0.1 dB is what the ear may not be given; float32 sums of squares leave far less.
    assert abs(difference) < 0.01
    assert all(side <= given for gains, asked in ((a, request.a), (b, request.b)) for key in gains
               for side, given in zip(gains[key], asked[key], strict=True))  # fmt: skip
    assert a == request.a or b == request.b


def test_a_player_with_these_gains_plays_both_equally_loud() -> None:
    # Measured in two blocks, a long one and a short one, in which one of them is much louder.
    samples = 70_000
    signals = {ONE: noise(2, samples, 0.1, 1), TWO: noise(2, samples, 0.1, 2)}
    signals[ONE][:, 66_000:] *= 8
    levels: list[float] = []
    for gains in match_levels(MatchRequest(signals, RATE, {ONE: (1, 1)}, {TWO: (1, 1)}, 0, samples)):
        mixer = Mixer(signals, RATE)
        mixer.set_gains(gains)
        levels.append(float(np.sqrt(np.mean(np.square(mixer.render(samples))))))
    assert levels[0] == pytest.approx(levels[1], rel=1e-4)


def test_what_is_silent_in_the_range_cannot_be_matched() -> None:
    quiet = noise(2, SAMPLES, 0.1, 2)
    quiet[:, :RATE] = 0
    signals = {ONE: noise(2, SAMPLES, 0.1, 1), TWO: quiet}
    with pytest.raises(SilentRangeError):
        match_levels(MatchRequest(signals, RATE, {ONE: (1, 1)}, {TWO: (1, 1)}, 0, RATE))


@pytest.mark.parametrize(("start", "stop"), [(-1, 10), (10, 10), (0, SAMPLES + 1)])
def test_a_range_outside_the_song_is_refused(start: int, stop: int) -> None:
    signals = {ONE: noise(2, SAMPLES, 0.1, 1)}
    with pytest.raises(ValueError, match="no range"):
        match_levels(MatchRequest(signals, RATE, {ONE: (1, 1)}, {ONE: (1, 1)}, start, stop))


def test_matching_can_be_cancelled() -> None:
    control = JobControl()
    control.cancel()
    signals = {ONE: noise(2, SAMPLES, 0.1, 1)}
    with pytest.raises(Cancelled):
        match_levels(MatchRequest(signals, RATE, {ONE: (1, 1)}, {ONE: (1, 1)}, 0, SAMPLES), control)
