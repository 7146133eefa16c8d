"""The renderer's compiled loops and transforms, against NumPy."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.training.render import loops
from engine.training.render.transforms import TILE, convolve_block, sizes_up_to, spectrum_of

Floats = NDArray[np.float32]


def noise(seed: int, *shape: int) -> Floats:
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def added(length: int, sound: Floats, start: int) -> Floats:
    """A sound on a silent track, by way of a track that is long enough on both sides."""
    margin = abs(start) + len(sound)
    wide = np.zeros(length + 2 * margin, np.float32)
    wide[margin + start : margin + start + len(sound)] = sound
    return wide[margin : margin + length]


@pytest.mark.parametrize("size", sizes_up_to(1 << 16))
@pytest.mark.parametrize("taps", [1, 3, TILE])
def test_a_block_is_convolved_in_a_circle_and_its_parts_stay_apart(size: int, taps: int) -> None:
    parts, kernel = noise(0, 2, size), noise(1, min(taps, size)) / np.float32(taps**0.5)
    expected = np.fft.irfft(np.fft.rfft(parts.astype(np.float64)) * np.fft.rfft(kernel.astype(np.float64), size), size)
    convolve_block(parts[0], parts[1], spectrum_of(kernel, size))
    np.testing.assert_allclose(parts, expected, atol=1e-5)  # float32 over 16 doublings


@given(longest=st.integers(1, 1 << 20))
def test_sizes_of_blocks_quadruple_until_the_longest_fits(longest: int) -> None:
    sizes = sizes_up_to(max(TILE, longest))
    assert sizes[0] >= TILE
    assert sizes[-1] >= longest > sizes[-1] // 4 or sizes[-1] < 4 * TILE
    assert all(following == 4 * size for size, following in pairwise(sizes))


@given(start=st.integers(-80, 120), length=st.integers(0, 90))
def test_what_lies_outside_a_track_is_not_added(start: int, length: int) -> None:
    sound, track = noise(2, length), np.ones(100, np.float32)
    loops.add(track, sound, start, np.float32(0.5))
    np.testing.assert_allclose(track, 1 + added(100, sound * np.float32(0.5), start), atol=1e-6)


@given(start=st.integers(-80, 120), sounding=st.integers(0, 90), held=st.integers(1, 90), release=st.integers(0, 40))
def test_a_note_is_held_and_then_fades(start: int, sounding: int, held: int, release: int) -> None:
    tone, fade, track = noise(3, sounding), np.linspace(1, 0, release, dtype=np.float32), np.zeros(100, np.float32)
    loops.add_note(track, tone, fade, (start, held), np.float32(0.5))
    level = np.concatenate([np.ones(held, np.float32), fade, np.zeros(sounding, np.float32)])[:sounding]
    np.testing.assert_allclose(track, added(100, tone * level * np.float32(0.5), start), atol=1e-6)


@given(length=st.integers(1, 700), block=st.integers(1, 200), channels=st.integers(1, 2))
def test_peaks_and_powers_are_those_of_blocks(length: int, block: int, channels: int) -> None:
    signal = noise(length, channels, length)
    starts = range(0, length, block)
    np.testing.assert_array_equal(
        loops.peaks(signal, block), [np.abs(signal[:, start : start + block]).max() for start in starts]
    )
    whole = [signal[:, start : start + block] for start in starts if start + block <= length]
    np.testing.assert_allclose(loops.powers(signal, block), [np.square(part).sum() for part in whole], rtol=1e-5)


def test_peaks_are_found_in_every_second_sample_too() -> None:
    signal = noise(4, 2, 1_000)
    np.testing.assert_array_equal(loops.peaks(signal[:, ::2], 500), [np.abs(signal[:, ::2]).max()])


@given(length=st.integers(1, 300))
def test_lines_lead_from_value_to_value(length: int) -> None:
    edges = noise(5, -(-length // 64) + 1)
    expected = np.interp(np.arange(length) / 64, np.arange(len(edges)), edges)
    np.testing.assert_allclose(loops.lines(edges, 64, length), expected, atol=1e-6)


def test_a_delayed_copy_is_read_between_samples() -> None:
    signal, delay = noise(6, 2_000), (30 + 20 * np.sin(np.arange(2_000) / 50)).astype(np.float32)
    out = np.empty_like(signal)
    loops.with_delayed(out, signal, delay, np.float32(0.5))
    late = np.interp(np.arange(2_000) - delay.astype(np.float64), np.arange(2_000), signal)
    first = int(delay.max()) + 2
    np.testing.assert_array_equal(out[:first], signal[:first])
    np.testing.assert_allclose(out[first:], (signal + 0.5 * late)[first:], atol=1e-5)


def test_a_delay_longer_than_the_signal_adds_nothing() -> None:
    signal = noise(7, 10)
    out = np.empty_like(signal)
    loops.with_delayed(out, signal, np.full(10, 40, np.float32), np.float32(0.5))
    np.testing.assert_array_equal(out, signal)


@pytest.mark.parametrize("channels", [1, 2])
def test_integers_become_samples(channels: int) -> None:
    recorded = np.array([[-32768, 0, 16384], [1, -1, 32767]], np.int16).T[:, :channels]
    np.testing.assert_array_equal(loops.from_pcm(recorded), recorded.T / np.float32(32768))
