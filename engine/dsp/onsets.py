"""How strongly something begins at each moment of a signal.

The spectrum of short windows is folded to bands, compressed by a logarithm, and what grew from one window to the next
is added up over all bands.
Sources: Ellis, "Beat Tracking by Dynamic Programming", J. New Music Research 36(1), 2007; the compression
log(1 + g x) is that of Müller, "Fundamentals of Music Processing", 2015, chapter 6.

Shapes: C channels, n samples of a block, T frames, F bins, B bands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from engine.separation import Samples

_FRAMES_PER_SECOND = 200  # as close to it as whole samples allow
_WINDOW_SECONDS = 0.023  # short enough for a drum, long enough for the lowest bands
_BANDS = 24
_LOWEST_HZ, _HIGHEST_HZ = 40.0, 16_000.0
# Of the compression; a window of a sine at full scale has a magnitude of 1.
_COMPRESSION = 1000.0
_FRAMES_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class Onsets:
    """How strongly something begins at each moment.

    Attributes:
        strength: (T,) float32, zero or more; frame t stands for t / frames_per_second.
        frames_per_second: About 200.
    """

    strength: NDArray[np.float32]
    frames_per_second: float


class OnsetBuilder:
    """Builds the envelope of a signal that comes in blocks.

    Args:
        sample_rate: In Hz.
    """

    def __init__(self, sample_rate: int) -> None:
        self._hop = max(1, round(sample_rate / _FRAMES_PER_SECOND))
        self._frames_per_second = sample_rate / self._hop
        self._size = 2 * round(_WINDOW_SECONDS * sample_rate / 2)
        self._window = (np.hanning(self._size) * 4 / self._size).astype(np.float32)
        self._bands = _band_matrix(self._size, sample_rate)
        # Half a window of silence, so that frame t is centred on sample t * hop.
        self._rest = np.zeros(self._size // 2, np.float32)
        self._last = np.zeros((1, self._bands.shape[1]), np.float32)
        self._parts: list[NDArray[np.float32]] = []

    def add(self, block: Samples) -> None:
        """Take the next samples (C, n), which are averaged over the channels."""
        signal = np.concatenate([self._rest, block.mean(axis=0, dtype=np.float32)])
        count = max(0, (len(signal) - self._size) // self._hop + 1)
        for first in range(0, count, _FRAMES_AT_ONCE):
            frames = min(_FRAMES_AT_ONCE, count - first)
            part = signal[first * self._hop : (first + frames - 1) * self._hop + self._size]
            self._parts.append(self._flux(sliding_window_view(part, self._size)[:: self._hop]))
        self._rest = signal[count * self._hop :]

    def finish(self) -> Onsets:
        """The onsets of all that was added."""
        self.add(np.zeros((1, self._size // 2), np.float32))
        return Onsets(np.concatenate([*self._parts, np.zeros(0, np.float32)]), self._frames_per_second)

    def _flux(self, frames: Samples) -> NDArray[np.float32]:
        levels = np.log1p(_COMPRESSION * (np.abs(np.fft.rfft(frames * self._window)).astype(np.float32) @ self._bands))
        before = np.concatenate([self._last, levels[:-1]])
        self._last = levels[-1:]
        return np.asarray(np.maximum(levels - before, 0).mean(axis=1), np.float32)


def _band_matrix(size: int, sample_rate: int) -> Samples:
    """Means (F, B) over bands whose edges are spread evenly over the logarithm of the frequency."""
    bins = np.fft.rfftfreq(size, 1 / sample_rate)
    highest = min(_HIGHEST_HZ, 0.45 * sample_rate)
    band = np.floor(np.log(np.maximum(bins, 1e-9) / _LOWEST_HZ) / np.log(highest / _LOWEST_HZ) * _BANDS)
    matrix = (band[:, None] == np.arange(_BANDS)).astype(np.float32)
    matrix = matrix[:, matrix.any(axis=0)]  # low bands may be narrower than a bin
    return np.asarray(matrix / matrix.sum(axis=0), np.float32)
