"""The chain that a whole stem passes: compression, saturation, chorus, equaliser and room, width, level.

Shapes: C = 2 channels, N samples.
"""

from __future__ import annotations

import numpy as np

from engine.separation import Samples
from engine.training.render import loops, recipe
from engine.training.render.draw import Rng, chance, gain, log_uniform, uniform
from engine.training.render.dynamics import compressor_gains, saturate
from engine.training.render.filters import (
    KERNEL_SAMPLES,
    Magnitudes,
    convolve,
    flat,
    high_pass,
    low_pass,
    minimum_phase,
    peak,
    room,
    tilt,
)
from engine.training.render.recipe import SAMPLE_RATE

# Blocks further below the loudest ones do not count as sounding.
ACTIVE_DB = -35.0
LEVEL_BLOCK = 4096


def stem_chain(signal: Samples, stem: str, rng: Rng, out: Samples | None = None) -> Samples:
    """One stem (1 or 2, N) with a random set of effects on two sides (2, N); silence stays silence.

    The result lies in `out` if that is given.
    """
    top = peak_of(signal)
    if top == 0:
        silence = np.empty((2, signal.shape[1]), np.float32) if out is None else out
        silence[:] = 0
        return silence
    drive = gain(uniform(rng, recipe.SATURATE_DB)) if chance(rng, recipe.SATURATE_P[stem]) else 0.0
    if drive:
        signal = saturate(signal * np.float32(1 / top), drive)
    if chance(rng, recipe.COMPRESS_P[stem]):
        times = log_uniform(rng, (0.002, 0.05)), log_uniform(rng, (0.05, 0.5))
        shape = uniform(rng, recipe.COMPRESS_THRESHOLD_DB), uniform(rng, recipe.COMPRESS_RATIO)
        signal = signal * compressor_gains(signal, *shape, *times)
    if chance(rng, recipe.CHORUS_P[stem]):
        signal = chorus(signal, rng)
    return convolve(signal, stem_kernel(stem, rng), draw_sides(stem, rng), out)


def draw_sides(stem: str, rng: Rng) -> Samples:
    """How the sides are mixed (2, 2): width, a swap of left and right, polarity."""
    width = uniform(rng, recipe.WIDTH) if chance(rng, recipe.WIDTH_P[stem]) else 1.0
    near, far = (1 + width) / 2, (1 - width) / 2
    if chance(rng, recipe.SWAP_P):
        near, far = far, near
    polarity = -1 if chance(rng, recipe.POLARITY_P) else 1
    return np.array([[near, far], [far, near]], np.float32) * np.float32(polarity)


def stem_kernel(stem: str, rng: Rng) -> Samples:
    """Equaliser and room in one kernel: (2, K), or (K,) without a room."""
    tone = minimum_phase(draw_equaliser(rng) * high_pass(20.0))
    if not chance(rng, recipe.REVERB_P[stem]):
        return tone
    wet = room(rng, log_uniform(rng, recipe.REVERB_RT60_SECONDS)) * np.float32(
        gain(uniform(rng, recipe.REVERB_WET_DB[stem]))
    )
    # Rooms are fed little bass.
    wet = convolve(np.pad(wet, ((0, 0), (0, KERNEL_SAMPLES))), tone_of_room(rng))
    wet[:, : len(tone)] += tone[: wet.shape[1]]
    return wet


def tone_of_room(rng: Rng) -> Samples:
    """What a room does to a sound's colour."""
    return minimum_phase(high_pass(uniform(rng, (80, 400))) * low_pass(log_uniform(rng, (3_000, 12_000)), 1))


def draw_equaliser(rng: Rng) -> Magnitudes:
    """A few bells, a tilt and now and then a steep cut of the highs."""
    magnitudes = flat()
    for _ in range(int(rng.integers(recipe.EQ_PEAKS[0], recipe.EQ_PEAKS[1] + 1))):
        db = uniform(rng, (-recipe.EQ_PEAK_DB, recipe.EQ_PEAK_DB))
        magnitudes *= peak(log_uniform(rng, (60, 12_000)), db, uniform(rng, (0.3, 1.5)))
    magnitudes *= tilt(recipe.TILT_DB * rng.standard_normal())
    if chance(rng, recipe.HIGH_CUT_P):
        magnitudes *= low_pass(uniform(rng, recipe.HIGH_CUT_HZ), 16)
    return magnitudes


def chorus(signal: Samples, rng: Rng) -> Samples:
    """Add a copy whose delay swings, on the two sides in opposite phase; the result has two sides."""
    length = signal.shape[1]
    rate = 2 * np.pi * uniform(rng, (0.2, 1.2)) / SAMPLE_RATE
    centre, depth = uniform(rng, (0.008, 0.02)) * SAMPLE_RATE, uniform(rng, (0.001, 0.003)) * SAMPLE_RATE
    swing = np.sin(np.arange(length, dtype=np.float32) * np.float32(rate)) * np.float32(depth)
    level = np.float32(uniform(rng, (0.3, 0.9)))
    mixed = np.empty((2, length), np.float32)
    for side, source, sign in ((mixed[0], signal[0], 1), (mixed[1], signal[-1], -1)):
        loops.with_delayed(side, source, np.float32(centre) + sign * swing, level)
    return mixed


def active_level(signal: Samples) -> float:
    """Root mean square (both sides) of the blocks that sound; 0 for silence."""
    power = loops.powers(signal, LEVEL_BLOCK) / (LEVEL_BLOCK * len(signal))
    top = power.max()
    return float(np.sqrt(power[power >= top * gain(ACTIVE_DB) ** 2].mean())) if top > 0 else 0.0


def peak_of(signal: Samples) -> float:
    """The highest absolute value; nothing has 0."""
    return float(loops.peaks(np.atleast_2d(signal), LEVEL_BLOCK).max(initial=0))
