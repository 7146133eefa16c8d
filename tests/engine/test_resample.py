"""Sample rate conversion of a stream: exact length, and the same samples as in one piece."""

from __future__ import annotations

import numpy as np
import soxr
from hypothesis import given
from hypothesis import strategies as st

from engine.audio.resample import StreamResampler, resampled_length
from engine.separation import Samples
from tests.support.separations import noise

RATES = st.integers(8_000, 384_000)


def _in_pieces(signal: Samples, rate_in: int, rate_out: int, pieces: int) -> Samples:
    resampler = StreamResampler(rate_in, rate_out, signal.shape[0])
    blocks = np.array_split(signal, pieces, axis=1)
    return np.concatenate([resampler.push(block, last=i == pieces - 1) for i, block in enumerate(blocks)], axis=1)


@given(
    samples=st.integers(1, 5_000), rate_in=RATES, rate_out=RATES, channels=st.integers(1, 8), pieces=st.integers(1, 6)
)
def test_a_stream_becomes_what_soxr_makes_of_the_whole(
    samples: int, rate_in: int, rate_out: int, channels: int, pieces: int
) -> None:
    signal = noise(channels, samples, 0.5, seed=samples)
    streamed = _in_pieces(signal, rate_in, rate_out, pieces)
    whole = np.asarray(soxr.resample(signal.T, rate_in, rate_out, "VHQ")).T
    length = resampled_length(samples, rate_in, rate_out)
    assert streamed.shape == (channels, length)
    # float32 rounding of samples below 1; soxr drops a signal that rounds to nothing.
    np.testing.assert_allclose(streamed[:, : whole.shape[1]], whole, rtol=0, atol=1e-6)
    assert abs(length * rate_in - samples * rate_out) <= rate_in / 2 or length == 1


@given(samples=st.integers(1, 2_000), rate=RATES, pieces=st.integers(1, 6))
def test_equal_rates_change_nothing(samples: int, rate: int, pieces: int) -> None:
    signal = noise(2, samples, 0.5, seed=samples)
    np.testing.assert_array_equal(_in_pieces(signal, rate, rate, pieces), signal)


def test_a_tone_keeps_its_pitch_and_place() -> None:
    seconds = np.arange(48_000) / 48_000
    tone = np.sin(2 * np.pi * 997 * seconds)[None].astype(np.float32)
    expected = np.sin(2 * np.pi * 997 * np.arange(44_100) / 44_100)
    # The filter rings at the two edges; in between its ripple is below -100 dB.
    np.testing.assert_allclose(_in_pieces(tone, 48_000, 44_100, 5)[0, 2000:-2000], expected[2000:-2000], atol=1e-5)


def test_one_sample_never_becomes_none() -> None:
    assert resampled_length(1, 384_000, 8_000) == 1
    assert _in_pieces(np.ones((1, 1), np.float32), 384_000, 8_000, 1).shape == (1, 1)


def test_an_empty_signal_stays_empty() -> None:
    assert resampled_length(0, 44_100, 48_000) == 0
    assert _in_pieces(np.zeros((2, 0), np.float32), 44_100, 48_000, 1).shape == (2, 0)
