"""Linear effects as kernels: equalisers and cabinets as minimum-phase filters, rooms as noise that decays.

Shapes: C channels, N samples, K samples of a kernel, F = 1025 magnitudes from 0 to half the sample rate.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.separation import Samples
from engine.training.render.draw import Rng, gain, uniform
from engine.training.render.recipe import SAMPLE_RATE

Magnitudes = NDArray[np.float32]

BINS = 1025
FREQUENCIES_HZ = np.linspace(0, SAMPLE_RATE / 2, BINS, dtype=np.float32)
KERNEL_SAMPLES = 1024
SMALLEST_BLOCK = 1 << 14
# Longer blocks fall out of the processor's cache and gain nothing.
LARGEST_BLOCK = 1 << 18
LOWEST_DB = -80.0
# A room is cut off 42 dB down: it is mixed in well below its source, and long kernels are what costs most.
TAIL_SHARE = 0.7

# NumPy computes an unscaled float32 transform in double precision; with its "ortho" scaling it stays in float32, which
# takes a third of the time.
NORM = "ortho"
# It computes several rows in one vector register, which halves the time.
BLOCKS_AT_ONCE = 4


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
    return np.pad(response, ((0, 0), (1 + delay, 0)))


def convolve(signal: Samples, kernel: Samples, sides: Samples | None = None) -> Samples:
    """Filter a signal in blocks; the tail after N is cut off.

    Args:
        signal: Shape (C, N).
        kernel: Shape (K,), or (2, K) with one kernel for each side of the result, where C may be 1.
        sides: Gains (2, 2) from filtered to resulting sides, so that width and swaps cost no pass of their own.

    Returns:
        Shape (C, N), or (2, N) for a kernel of two sides.
    """
    length, taps = signal.shape[1], kernel.shape[-1]
    size = SMALLEST_BLOCK
    while size < LARGEST_BLOCK and size < 3 * taps:
        size *= 2
    size = max(size, 1 << (2 * taps - 1).bit_length())
    hop = size - taps + 1
    response = np.fft.rfft(kernel, size).astype(np.complex64)
    output = np.empty((max(len(signal), response.ndim), length), np.float32)
    blocks = np.zeros((BLOCKS_AT_ONCE, len(signal), size), np.float32)
    for first in range(0, length, hop * BLOCKS_AT_ONCE):
        starts = range(first, min(length, first + hop * BLOCKS_AT_ONCE), hop)
        for block, start in zip(blocks, starts, strict=False):
            _fill(block, signal, start - taps + 1)
        spectra = np.fft.rfft(blocks[: len(starts)], norm=NORM)
        filtered = np.fft.irfft(spectra * response, size, norm=NORM)
        for block, start in zip(filtered, starts, strict=True):
            stop = min(length, start + hop)
            part = block[:, taps - 1 : taps - 1 + stop - start]
            output[:, start:stop] = part if sides is None else sides @ part
    return output


def _fill(block: Samples, signal: Samples, start: int) -> None:
    """Copy a signal (C, N) from `start` on into a block (C, n); before the signal and after it there is silence."""
    size, length = block.shape[1], signal.shape[1]
    before, count = max(0, -start), min(length, start + size) - max(0, start)
    block[:, :before] = 0
    block[:, before : before + count] = signal[:, max(0, start) : max(0, start) + count]
    block[:, before + count :] = 0
