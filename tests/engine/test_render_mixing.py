from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal as scipy_signal

from engine.separation import Samples
from engine.training.render import dynamics, filters
from engine.training.render.draw import gain, weighted
from engine.training.render.effects import stem_chain
from engine.training.render.mixbus import balance, master, mixture_of
from engine.training.render.recipe import STEMS

LENGTH = 50_000


def noise(seed: int, channels: int = 2, length: int = LENGTH) -> Samples:
    return np.random.default_rng(seed).standard_normal((channels, length), dtype=np.float32)


def bursts(seed: int) -> Samples:
    """Noise whose level rises and falls by 40 dB."""
    level = 10 ** (np.sin(np.linspace(0, 40, LENGTH)) - 1)
    return (noise(seed) * level).astype(np.float32)


@given(seed=st.integers(0, 10_000), ceiling_db=st.floats(-20, 0), release_seconds=st.floats(0.001, 1))
def test_a_limiter_never_lets_the_peak_pass(seed: int, ceiling_db: float, release_seconds: float) -> None:
    signal = bursts(seed)
    gains = dynamics.limiter_gains(signal, gain(ceiling_db), release_seconds)
    assert gains.max() <= 1
    assert gains.min() > 0
    # Two roundings to float32.
    assert np.abs(signal * gains).max() <= gain(ceiling_db) * (1 + 3e-7)


def test_a_limiter_leaves_what_is_below_its_ceiling_alone() -> None:
    np.testing.assert_array_equal(dynamics.limiter_gains(noise(0) * np.float32(0.01), 1.0, 0.1), 1)


def test_a_compressor_lowers_loud_parts_by_its_ratio() -> None:
    signal = np.ones((2, 88_200), np.float32)
    signal[:, :44_100] *= np.float32(gain(-30))
    gains = dynamics.compressor_gains(signal, -20.0, 4.0, 0.001, 0.05)
    assert gains[10_000] == pytest.approx(1)  # 30 dB below the top is under the threshold
    assert gains[80_000] == pytest.approx(gain(-15), rel=1e-4)  # 20 dB over it become 5


@given(drive=st.floats(0.1, 20))
def test_soft_clip_gains_are_a_tanh(drive: float) -> None:
    signal = bursts(1)[:, :2_000]
    signal[:, :10] = 0
    clipped = signal * dynamics.soft_clip_gains(signal, drive)
    np.testing.assert_allclose(clipped, np.tanh(drive * signal) / drive, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("taps", [1, 100, 1024, 30_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_block_convolution_agrees_with_the_direct_one(taps: int, channels: int) -> None:
    signal, kernel = noise(2, channels), noise(3, 2, taps) / np.float32(taps**0.5)
    expected = [scipy_signal.fftconvolve(signal[side % channels], kernel[side])[:LENGTH] for side in range(2)]
    # float32 transforms of up to 2**17 samples.
    np.testing.assert_allclose(filters.convolve(signal, kernel), expected, atol=2e-5)


def test_sides_are_mixed_after_the_filter() -> None:
    signal, kernel = noise(4), noise(5, 2, 50)
    sides = np.array([[0.0, 1.0], [-0.5, 0.25]], np.float32)
    np.testing.assert_allclose(
        filters.convolve(signal, kernel, sides), sides @ filters.convolve(signal, kernel), atol=1e-5
    )


def test_a_minimum_phase_filter_has_the_magnitudes_that_were_asked_for_and_is_early() -> None:
    wanted = filters.peak(1_000, 9, 0.8) * filters.tilt(4) * filters.low_pass(9_000)
    kernel = filters.minimum_phase(wanted)
    response = np.fft.rfft(kernel, 2 * (filters.BINS - 1))
    audible = wanted > gain(-40)
    # The kernel is cut off at 1,024 samples.
    np.testing.assert_allclose(20 * np.log10(np.abs(response[audible]) / wanted[audible]), 0, atol=0.3)
    energy = np.cumsum(np.square(kernel)) / np.square(kernel).sum()
    assert np.argmax(energy > 0.9) < 30


def test_a_room_dies_away_as_fast_as_it_should() -> None:
    response = filters.room(np.random.default_rng(0), 1.0)[0]
    level_db = [10 * np.log10(np.square(response[at : at + 4_410]).mean()) for at in (6_000, 6_000 + 17_640)]
    assert level_db[0] - level_db[1] == pytest.approx(24, abs=3)  # 60 dB in 1 s is 24 dB in 0.4 s; noise varies


@pytest.mark.parametrize("stem", STEMS)
def test_the_effects_keep_silence_silent_and_give_two_sides(stem: str) -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        silent = stem_chain(np.zeros((1 + seed % 2, LENGTH), np.float32), stem, rng)
        assert silent.shape == (2, LENGTH)
        assert not silent.any()
        loud = stem_chain(bursts(seed)[: 1 + seed % 2], stem, rng)
        assert loud.shape == (2, LENGTH)
        assert np.isfinite(loud).all()
        assert loud.any()


def test_the_bus_multiplies_all_stems_by_one_curve() -> None:
    for seed in range(30):
        stems = np.stack([bursts(seed + index) for index in range(4)])
        stems[seed % 4] = 0
        gains = balance(stems, np.random.default_rng(seed))
        mixed = master(stems, gains, np.random.default_rng(seed))
        assert not mixed[seed % 4].any()
        assert np.abs(mixture_of(mixed)).max() <= 1
        first, second, _ = (index for index in range(4) if index != seed % 4)
        # Where both sound, their ratio is what it was: a*d = b*c, to a few roundings.
        np.testing.assert_allclose(
            mixed[first] * (stems[second] * gains[second]),
            mixed[second] * (stems[first] * gains[first]),
            rtol=1e-5,
            atol=1e-6,  # blocks below -120 dB are made silent
        )


def test_a_bus_with_nothing_on_it_is_silent() -> None:
    stems = np.zeros((4, 2, LENGTH), np.float32)
    rng = np.random.default_rng(0)
    assert not master(stems, balance(stems, rng), rng).any()


def test_what_cannot_be_heard_becomes_exact_silence() -> None:
    stems = np.stack([bursts(index) for index in range(4)])
    stems[1, :, 20_000:30_000] *= np.float32(1e-8)
    mixed = master(stems, np.ones(4, np.float32), np.random.default_rng(0))
    assert not mixed[1, :, 20_480:29_696].any()  # whole blocks of 1,024 samples
    assert mixed[0, :, 20_480:29_696].any()


def test_weighted_draws_are_as_frequent_as_their_weights() -> None:
    rng = np.random.default_rng(0)
    drawn = [weighted(rng, {"a": 3.0, "b": 0.0, "c": 1.0}) for _ in range(4_000)]
    # Three standard deviations of a binomial.
    assert drawn.count("a") == pytest.approx(3_000, abs=3 * (4_000 * 0.75 * 0.25) ** 0.5)
    assert "b" not in drawn
