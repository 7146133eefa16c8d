"""Gains that follow the level: compressor, limiter, soft clip and saturation.

Gains are computed for blocks of 64 samples and drawn as straight lines between the blocks' borders.

Shapes: C channels, N samples, B blocks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.separation import Samples
from engine.training.render import loops
from engine.training.render.recipe import SAMPLE_RATE

Gains = NDArray[np.float32]

BLOCK = 64
BLOCKS_PER_SECOND = SAMPLE_RATE / BLOCK
SILENCE_DB = -120.0


def gain_curve(block_gains: Gains, length: int) -> Gains:
    """Per-sample gains (N,) that in no block exceed the gain of that block."""
    edges = np.minimum(np.append(block_gains, block_gains[-1]), np.insert(block_gains, 0, block_gains[0]))
    return loops.lines(edges, BLOCK, length)


def smooth_db(target_db: Gains, attack_seconds: float, release_seconds: float) -> Gains:
    """The highest curve (B,) below the target that falls and rises no faster than 12 dB in these times.

    The fall comes before the peak, as with a compressor that looks ahead.
    """
    steps = np.arange(len(target_db), dtype=np.float64)
    up = 12 / max(1.0, release_seconds * BLOCKS_PER_SECOND) * steps
    down = 12 / max(1.0, attack_seconds * BLOCKS_PER_SECOND) * steps
    released = np.minimum.accumulate(target_db - up) + up
    return (np.minimum.accumulate((released + down)[::-1])[::-1] - down).astype(np.float32)


def compressor_gains(
    signal: Samples, threshold_db: float, ratio: float, attack_seconds: float, release_seconds: float
) -> Gains:
    """Gains (N,) that reduce what exceeds a threshold, which is given beside the loudest block."""
    peaks = loops.peaks(signal, BLOCK)
    level_db = 20 * np.log10(np.maximum(peaks, 1e-6))
    over_db = np.maximum(0.0, level_db - (level_db.max() + threshold_db))
    reduced = smooth_db((-over_db * (1 - 1 / ratio)).astype(np.float32), attack_seconds, release_seconds)
    return gain_curve((10 ** (reduced / 20)).astype(np.float32), signal.shape[1])


def limiter_gains(signal: Samples, ceiling: float, release_seconds: float) -> Gains:
    """Gains (N,) that keep |signal| at or below a ceiling."""
    wanted = np.minimum(1.0, ceiling / np.maximum(loops.peaks(signal, BLOCK), 1e-9))
    reduced = smooth_db((20 * np.log10(wanted)).astype(np.float32), 0.002, release_seconds)
    # The way through decibels rounds; what is wanted still holds exactly.
    return gain_curve(np.minimum(wanted, 10 ** (reduced / 20)).astype(np.float32), signal.shape[1])


def soft_clip_gains(signal: Samples, drive: float) -> Samples:
    """Gains (C, N) that turn a signal into tanh(drive * signal) / drive."""
    # Near zero both vanish; the ratio there is 1, which a tiny offset keeps finite.
    driven = signal * np.float32(drive)
    driven += np.float32(1e-12)
    gains = np.tanh(driven)
    gains /= driven
    return gains


def saturate(signal: Samples, drive: float) -> Samples:
    """Bend a signal (C, N) with a tanh that is driven by `drive`; a peak of 1 stays at 1."""
    bent = signal * np.float32(drive)
    np.tanh(bent, out=bent)
    bent *= np.float32(1 / np.tanh(drive))
    return bent
