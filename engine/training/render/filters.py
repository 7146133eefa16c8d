"""Linear effects as kernels: equalisers and cabinets as minimum-phase filters, rooms as noise that decays.

Shapes: C channels, N samples, K samples of a kernel, F = 1025 magnitudes from 0 to half the sample rate.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.separation import Samples
from engine.training.render.draw import Rng, gain, uniform
from engine.training.render.loops import blend
from engine.training.render.recipe import SAMPLE_RATE
from engine.training.render.transforms import convolve_block, sizes_up_to, spectrum_of

Magnitudes = NDArray[np.float32]
Mono = NDArray[np.float32]

BINS = 1025
FREQUENCIES_HZ = np.linspace(0, SAMPLE_RATE / 2, BINS, dtype=np.float32)
KERNEL_SAMPLES = 1024
# Shorter blocks cost more in calls than in numbers; longer ones fall out of the processor's cache.
SMALLEST_BLOCK = 1 << 12
LARGEST_BLOCK = 1 << 18
LOWEST_DB = -80.0
# A room is cut off 42 dB down: it is mixed in well below its source, and long kernels are what costs most.
TAIL_SHARE = 0.7


def flat() -> Magnitudes:
    """No filter."""
    return np.ones(BINS, np.float32)


def peak(centre_hz: float, db: float, octaves: float) -> Magnitudes:
    """A bell on a logarithmic frequency axis."""
    distance = np.log2(np.maximum(FREQUENCIES_HZ, 10) / centre_hz) / octaves
    return (10 ** (db / 20 * np.exp(-(distance**2)))).astype(np.float32)


def tilt(db: float) -> Magnitudes:
    """A straight line over the octaves: `db` more at 10 kHz than at 100 Hz, 0 dB at 1 kHz."""
    octaves = np.log2(np.clip(FREQUENCIES_HZ, 50, 16_000) / 1_000)
    return (10 ** (db / 20 * octaves / np.log2(100))).astype(np.float32)


def low_pass(cutoff_hz: float, order: int = 4) -> Magnitudes:
    """Butterworth magnitudes; `order` 16 is a steep edge as of a lossy codec."""
    return (1 / np.sqrt(1 + (FREQUENCIES_HZ / cutoff_hz) ** (2 * order))).astype(np.float32)


def high_pass(cutoff_hz: float, order: int = 2) -> Magnitudes:
    """Butterworth magnitudes."""
    ratio = (FREQUENCIES_HZ / cutoff_hz) ** (2 * order)
    return np.sqrt(ratio / (1 + ratio)).astype(np.float32)


def minimum_phase(magnitudes: Magnitudes) -> NDArray[np.float32]:
    """The causal filter (K,) with these magnitudes whose energy comes first.

    Folds the real cepstrum. Source: Oppenheim & Schafer, "Discrete-Time Signal Processing", section 12.
    """
    size = 2 * (BINS - 1)
    cepstrum = np.fft.irfft(np.log(np.maximum(magnitudes, gain(LOWEST_DB))), size)
    cepstrum[1 : size // 2] *= 2
    cepstrum[size // 2 + 1 :] = 0
    kernel = np.fft.irfft(np.exp(np.fft.rfft(cepstrum)), size)[:KERNEL_SAMPLES]
    kernel[-64:] *= np.linspace(1, 0, 64)
    return kernel.astype(np.float32)


def room(rng: Rng, rt60_seconds: float) -> Samples:
    """An impulse response (2, K) without its direct sound: sparse echoes, then noise that dies away, the highs first.

    Its energy is 1 per channel.
    """
    samples = int(min(TAIL_SHARE * rt60_seconds, 2.0) * SAMPLE_RATE)
    noise = rng.standard_normal((2, samples), dtype=np.float32)
    time = np.arange(samples, dtype=np.float32) / SAMPLE_RATE
    slope = np.float32(-6.9 / rt60_seconds)
    # The mean of two neighbours is the low half, their difference the high half.
    low = noise.copy()
    low[:, 1:] += noise[:, :-1]
    high = noise - 0.5 * low
    response = low * np.exp(slope * time) + high * np.exp(slope * np.float32(uniform(rng, (1.5, 4))) * time)
    density = np.minimum(1.0, 0.02 + time / 0.06)
    response *= rng.random((2, samples), dtype=np.float32) < density
    delay = int(uniform(rng, (0.0, 0.04)) * SAMPLE_RATE)
    response /= np.sqrt(np.square(response).sum(axis=1, keepdims=True)) + 1e-9
    return np.asarray(np.pad(response, ((0, 0), (1 + delay, 0))), np.float32)


def convolve(signal: Samples, kernel: Samples, sides: Samples | None = None, out: Samples | None = None) -> Samples:
    """Filter a signal in blocks; the tail after N is cut off.

    Args:
        signal: Shape (C, N).
        kernel: Shape (K,), or (2, K) with one kernel for each side of the result, where C may be 1.
        sides: Gains (2, 2) from filtered to resulting sides, so that width and swaps cost no pass of their own.
        out: Where the result goes; else a new array.

    Returns:
        Shape (C, N), or (2, N) for a kernel of two sides or with `sides`.
    """
    length, taps, kernels = signal.shape[1], kernel.shape[-1], np.atleast_2d(kernel)
    size = _block_size(length, taps)
    hop, spectra = size - taps + 1, [spectrum_of(row, size) for row in kernels]
    rows = max(len(signal), len(kernels))
    gains = np.eye(rows, 2, dtype=np.float32) if sides is None else sides
    output = np.empty((len(gains), length), np.float32) if out is None else out
    blocks = np.empty((rows, 2, size), np.float32)
    # A block is two stretches, one after the other.
    for first in range(0, length, 2 * hop):
        for row, block in enumerate(blocks):
            for part, start in zip(block, (first, first + hop), strict=True):
                _fill(part, signal[row % len(signal)], start - taps + 1)
            convolve_block(block[0], block[1], spectra[row % len(kernels)])
        for part, start in enumerate((first, min(length, first + hop))):
            stop = min(length, start + hop)
            filtered = blocks[:, part, taps - 1 : taps - 1 + stop - start]
            for row, side in zip(gains, output, strict=True):
                blend(side[start:stop], filtered[0], filtered[-1], row)
    return output


def _block_size(length: int, taps: int) -> int:
    """The size of block with which the least is computed."""
    sizes = [size for size in sizes_up_to(max(LARGEST_BLOCK, 2 * taps)) if size >= max(SMALLEST_BLOCK, taps)]
    return min(sizes, key=lambda size: math.ceil(length / (2 * (size - taps + 1))) * size)


def _fill(part: Mono, signal: Mono, start: int) -> None:
    """Copy a signal (N,) from `start` on into part of a block (n,); outside the signal there is silence."""
    size, length = len(part), len(signal)
    before = min(size, max(0, -start))
    count = max(0, min(length, start + size) - max(0, start))
    part[:before] = 0
    part[before : before + count] = signal[max(0, start) : max(0, start) + count]
    part[before + count :] = 0
