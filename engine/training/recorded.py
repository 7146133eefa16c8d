"""Songs made of the pack's real ones: excerpts with changed pitch, tempo, dynamics and room, one after the other.

Shapes: S = 4 stems, C = 2 channels, N samples.
"""

from __future__ import annotations

import numpy as np

from engine.training.augment import RANGES, augment, draw_song_effects
from engine.training.pool import Rng
from engine.training.render.assets import Assets
from engine.training.render.mixbus import Stems
from engine.training.render.real import draw_excerpt
from engine.training.render.recipe import SAMPLE_RATE, STEMS

# Before the next excerpt, with other effects, begins.
_PART_SECONDS = 20


def augmented_song(assets: Assets, rng: Rng, samples: int) -> Stems:
    """Stems (S, C, N) of augmented excerpts to train on."""
    parts: list[Stems] = []
    left = samples
    while left:
        size = min(left, _PART_SECONDS * SAMPLE_RATE)
        effects = draw_song_effects(rng, "coherent_varied", len(STEMS), RANGES)
        stems = draw_excerpt(assets, rng, effects[0].samples_in(size))
        parts.append(augment(list(stems), effects, size))
        left -= size
    return np.concatenate(parts, axis=-1)
