"""Where training items come from: pools of songs, and the mixing of their stems into batches.

Shapes: S sources, C = 2 channels, n samples of an item, B items of a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Rng = np.random.Generator


class StemPool(Protocol):
    """A changing collection of songs whose stems are known."""

    def together(self, rng: Rng, samples: int) -> Tensor:
        """All stems of one song at one place, (S, C, n) float32."""
        ...

    def alone(self, rng: Rng, source: int, samples: int) -> Tensor:
        """One stem of a song at a place of its own, (C, n) float32, not silent if that can be helped."""
        ...


@dataclass(frozen=True)
class Mixing:
    """How items are put together. The mixture of an item is always the sum of its stems.

    Attributes:
        coherent: Share of items whose stems come from one song at one place; the others are drawn one by one.
        drop: Probability of a stem being silenced.
        gain_db: Standard deviation of a stem's gain.
        swap: Probability of a stem's sides being swapped.
        invert: Probability of a stem's polarity being inverted.
        level_db: Range of the whole item's gain.
    """

    coherent: float = 0.5
    drop: float = 0.07
    gain_db: float = 5.0
    swap: float = 0.5
    invert: float = 0.5
    level_db: tuple[float, float] = (-12.0, 3.0)


class Batches:
    """Draws batches from pools by weight; the same seed and pools give the same batches."""

    def __init__(self, pools: Sequence[tuple[StemPool, float]], sources: int, mixing: Mixing, seed: int) -> None:
        if not pools:
            raise ValueError("there is nothing to draw from")
        total = sum(weight for _pool, weight in pools)
        self._pools = [pool for pool, _weight in pools]
        self._shares = [weight / total for _pool, weight in pools]
        self._sources = sources
        self._mixing = mixing
        self._rng = np.random.default_rng(seed)

    def draw(self, items: int, samples: int, device: torch.device) -> Tensor:
        """Draw stems (B, S, C, n) on a device."""
        stems = torch.stack([self._stems(samples, device) for _item in range(items)])
        rng, mixing, shape = self._rng, self._mixing, (items, self._sources)
        gains = 10 ** (rng.normal(0.0, mixing.gain_db, shape) / 20)
        gains *= rng.random(shape) >= mixing.drop
        gains *= np.where(rng.random(shape) < mixing.invert, -1.0, 1.0)
        gains *= 10 ** (rng.uniform(*mixing.level_db, (items, 1)) / 20)
        stems = stems * sent(gains.astype(np.float32), device)[..., None, None]
        swapped = sent(rng.random(shape) < mixing.swap, device)[..., None, None]
        return torch.where(swapped, stems.flip(2), stems)

    def _stems(self, samples: int, device: torch.device) -> Tensor:
        rng = self._rng
        if rng.random() < self._mixing.coherent:
            return self._pool().together(rng, samples).to(device, non_blocking=True)
        drawn = [self._pool().alone(rng, source, samples) for source in range(self._sources)]
        return torch.stack([stem.to(device, non_blocking=True) for stem in drawn])

    def _pool(self) -> StemPool:
        return self._pools[int(self._rng.choice(len(self._pools), p=self._shares))]


def sent(values: NDArray[Any], device: torch.device) -> Tensor:
    """Send an array to a device, without waiting for what the device is doing."""
    tensor = torch.from_numpy(values)
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)
