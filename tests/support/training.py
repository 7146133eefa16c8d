"""A song that is always the same, to train on."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engine.training.pool import Batches, Mixing, Rng

AS_IT_IS = Mixing(coherent=1.0, drop=0.0, gain_db=0.0, swap=0.0, invert=0.0, level_db=(0.0, 0.0))


class OneSong:
    """A pool of one item that never changes."""

    def __init__(self, stems: Tensor) -> None:
        self.stems = stems

    def together(self, rng: Rng, samples: int) -> Tensor:  # noqa: ARG002 - there is nothing to draw
        return self.stems[..., :samples]

    def alone(self, rng: Rng, source: int, samples: int) -> Tensor:  # noqa: ARG002 - there is nothing to draw
        return self.stems[source, :, :samples]


def tones(samples: int = 16_384) -> Tensor:
    """Four tones and noises that share bands but not bins: stems (4, 2, n)."""
    generator = np.random.default_rng(0)
    time = np.arange(samples) / 44_100
    stems = [
        0.2 * np.sin(2 * np.pi * 440 * time + 3 * np.sin(2 * np.pi * 5 * time)),
        0.3 * np.sin(2 * np.pi * 80 * time),
        0.1 * generator.standard_normal(samples) * (np.sin(2 * np.pi * 8 * time) > 0.7),
        0.15 * np.sign(np.sin(2 * np.pi * 261.6 * time)),
    ]
    return torch.tensor(np.stack([np.stack([stem, 0.7 * stem]) for stem in stems]), dtype=torch.float32)


def batches_of_tones(mixing: Mixing = AS_IT_IS, seed: int = 0) -> Batches:
    return Batches([(OneSong(tones()), 1.0)], 4, mixing, seed)
