"""Songs held in memory, on the device that trains, as 16-bit integers.

Shapes: P places for songs, S sources, C = 2 channels, N samples of a song, n samples of an item.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.training.pool import Rng, sent

Integers = NDArray[np.int16]
Power = NDArray[np.float32]

_FULL_SCALE = 32_767.0
# A stem that is quieter than this over a whole item counts as silent: -54 dB of full scale.
_SILENT_RMS = 0.002
_TRIES = 20
_STEP_SAMPLES = 4_410


class MemoryPool:
    """A `StemPool` with room for P songs of N samples each; a new song may replace an old one at any time.

    Attributes:
        places: P.
        filled: How many places hold a song.
    """

    def __init__(self, places: int, sources: int, samples: int, device: torch.device) -> None:
        self._songs = torch.zeros(places, sources, 2, samples, dtype=torch.int16, device=device)
        # To find places where a stem plays without asking the device.
        self._power = np.zeros((places, sources, samples // _STEP_SAMPLES), np.float32)
        self.places, self.filled = places, 0
        self._next = 0

    def add(self, song: Integers, power: Power | None = None) -> None:
        """Put a song (S, C, N) in the next place, in turn, with its `power_of`, which is computed if need be."""
        place = self._next
        self._songs[place].copy_(sent(song, self._songs.device))
        self._power[place] = power_of(song) if power is None else power
        self._next = (place + 1) % self.places
        self.filled = max(self.filled, place + 1)

    def together(self, rng: Rng, samples: int) -> Tensor:
        """See `StemPool`."""
        place, start = self._draw(rng, slice(None), samples)
        return self._songs[place, :, :, start : start + samples].float() / _FULL_SCALE

    def alone(self, rng: Rng, source: int, samples: int) -> Tensor:
        """See `StemPool`."""
        place, start = self._draw(rng, slice(source, source + 1), samples)
        return self._songs[place, source, :, start : start + samples].float() / _FULL_SCALE

    def _draw(self, rng: Rng, sources: slice, samples: int) -> tuple[int, int]:
        """A song and a start at which one of the sources plays; after some tries, any."""
        place = start = 0
        for _try in range(_TRIES):
            place = int(rng.integers(self.filled))
            start = int(rng.integers(self._songs.shape[-1] - samples + 1))
            first, last = start // _STEP_SAMPLES, max(start // _STEP_SAMPLES + 1, (start + samples) // _STEP_SAMPLES)
            power = self._power[place, sources, first:last].mean(axis=-1)
            if np.sqrt(power.max()) > _SILENT_RMS:
                break
        return place, start


def power_of(song: Integers) -> Power:
    """Mean square of every tenth of a second of a song's stems (S, steps)."""
    steps = song.shape[-1] // _STEP_SAMPLES
    cut = song[..., : steps * _STEP_SAMPLES].astype(np.float32) / _FULL_SCALE
    return np.square(cut).reshape(*song.shape[:2], steps, -1).mean(axis=(1, 3), dtype=np.float32)


def to_integers(stems: NDArray[np.float32]) -> Integers:
    """Round stems (S, C, N) of full scale 1.0 to 16 bits."""
    return np.rint(np.clip(stems, -1.0, 1.0) * _FULL_SCALE).astype(np.int16)
