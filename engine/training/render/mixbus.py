"""The mix bus: levels, bus compression, soft clip and limiter.

Everything that changes the mixture is a gain curve that multiplies every stem, so the stems always sum to the mixture.

Shapes: S stems, C = 2 channels, N samples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.separation import Samples
from engine.training.render import loops, recipe
from engine.training.render.draw import Rng, chance, gain, log_uniform, uniform
from engine.training.render.dynamics import Gains, compressor_gains, limiter_gains, soft_clip_gains
from engine.training.render.effects import active_level, peak_of

Stems = NDArray[np.float32]
# The sum of rounded stems may exceed the limiter's ceiling by a few steps of float32.
HEADROOM = 1 - 1e-5


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
    mixture = loops.mixed(stems, gains)
    top = peak_of(mixture)
    if top == 0:
        return np.zeros_like(stems)
    reductions: list[Samples] = []
    if chance(rng, recipe.BUS_COMPRESS_P):
        times = log_uniform(rng, (0.005, 0.05)), log_uniform(rng, (0.08, 0.6))
        reductions.append(compressor_gains(mixture, uniform(rng, (-12, -3)), uniform(rng, (1.3, 3)), *times)[None])
        mixture *= reductions[-1]
    if chance(rng, recipe.SOFT_CLIP_P):
        reductions.append(soft_clip_gains(mixture, gain(uniform(rng, recipe.SOFT_CLIP_DB)) / top))
        mixture *= reductions[-1]
    ceiling = gain(uniform(rng, recipe.FINAL_DB)) * HEADROOM
    drive = gain(uniform(rng, recipe.LIMITER_DRIVE_DB)) if chance(rng, recipe.LIMITER_P) else 1.0
    up = drive * ceiling / peak_of(mixture)
    curve = limiter_gains(mixture, ceiling / up, log_uniform(rng, (0.02, 0.3)))[None]
    for reduction in reductions:
        curve = curve * reduction
    return loops.scaled(stems, gains * np.float32(up), curve, np.float32(gain(recipe.SILENCE_DB)))
