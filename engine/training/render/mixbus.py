"""The mix bus: levels, bus compression, soft clip and limiter.

Everything that changes the mixture is a gain curve that multiplies every stem, so the stems always sum to the mixture.

Shapes: S stems, C = 2 channels, N samples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.separation import Samples
from engine.training.render import recipe
from engine.training.render.draw import Rng, chance, gain, log_uniform, uniform
from engine.training.render.dynamics import Gains, compressor_gains, limiter_gains, soft_clip_gains
from engine.training.render.effects import active_level, peak_of

Stems = NDArray[np.float32]
# The sum of rounded stems may exceed the limiter's ceiling by a few steps of float32.
HEADROOM = 1 - 1e-5
PIECE_SAMPLES = 32_768
RESIDUE_BLOCK = 1024


def mixture_of(stems: Stems) -> Samples:
    """The mixture (C, N) of stems (S, C, N): their sum in float32, from the first to the last."""
    total = stems[0] + stems[1]
    for stem in stems[2:]:
        total += stem
    return total


def balance(stems: Stems, rng: Rng) -> Gains:
    """Gains (S,) that bring every stem that sounds to a level near that of real songs."""
    levels = [active_level(stem) for stem in stems]
    wanted = [gain(recipe.LEVEL_DB[name] + recipe.LEVEL_SIGMA_DB * rng.standard_normal()) for name in recipe.STEMS]
    return np.array([to / level if level > 0 else 0.0 for to, level in zip(wanted, levels, strict=True)], np.float32)


def master(stems: Stems, gains: Gains, rng: Rng) -> Stems:
    """Send stems with these gains (S,) through the bus; the mixture of what comes out is within full scale."""
    mixture = np.einsum("s,scn->cn", gains, stems)
    top = peak_of(mixture)
    if top == 0:
        return np.zeros_like(stems)
    mixture *= np.float32(1 / top)
    curve = np.full((1, mixture.shape[1]), 1 / top, np.float32)
    if chance(rng, recipe.BUS_COMPRESS_P):
        times = log_uniform(rng, (0.005, 0.05)), log_uniform(rng, (0.08, 0.6))
        reduction = compressor_gains(mixture, uniform(rng, (-12, -3)), uniform(rng, (1.3, 3)), *times)
        mixture *= reduction
        curve *= reduction
    if chance(rng, recipe.SOFT_CLIP_P):
        reduction = soft_clip_gains(mixture, gain(uniform(rng, recipe.SOFT_CLIP_DB)))
        mixture *= reduction
        curve = curve * reduction
    ceiling = gain(uniform(rng, recipe.FINAL_DB)) * HEADROOM
    drive = gain(uniform(rng, recipe.LIMITER_DRIVE_DB)) if chance(rng, recipe.LIMITER_P) else 1.0
    up = np.float32(drive * ceiling / peak_of(mixture))
    mixture *= up
    curve *= limiter_gains(mixture, ceiling, log_uniform(rng, (0.02, 0.3))) * up
    return _scaled(stems, gains, curve)


def _scaled(stems: Stems, gains: Gains, curve: Samples) -> Stems:
    """All stems times their gains (S,) and a common curve (1 or C, N); in pieces that stay in the cache."""
    out = np.empty_like(stems)
    for start in range(0, stems.shape[2], PIECE_SAMPLES):
        piece = slice(start, start + PIECE_SAMPLES)
        for stem, level, target in zip(stems, gains, out, strict=True):
            part = target[:, piece]
            np.multiply(stem[:, piece], curve[:, piece] * level, out=part)
            _silence_residue(part)
    return out


def _silence_residue(part: Samples) -> None:
    """Make blocks exactly silent, in place, in which nothing can be heard."""
    length = part.shape[1]
    peaks = np.maximum.reduceat(np.abs(part), np.arange(0, length, RESIDUE_BLOCK), axis=1).max(axis=0)
    sounding = peaks > gain(recipe.SILENCE_DB)
    if not sounding.all():
        part *= np.repeat(sounding, RESIDUE_BLOCK)[:length]
