"""How strongly something begins at each moment of a signal.

The spectrum of short windows is folded to bands, compressed by a logarithm, and what grew from one window to the next
is added up over groups of bands. Slower and finer, the spectrum tells where the harmony changes.
Sources: Ellis, "Beat Tracking by Dynamic Programming", J. New Music Research 36(1), 2007; the compression
log(1 + g x) is that of Müller, "Fundamentals of Music Processing", 2015, chapter 6; Davies & Plumbley, "A spectral
difference approach to downbeat extraction in musical audio", EUSIPCO 2006, for changes of the spectrum.

Shapes: C channels, n samples of a block, T frames, F bins, B bands, G groups of bands, S spectra, H of their bins.
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
# Kick and bass; snare, voices and chords; cymbals.
_GROUPS_HZ = ((0.0, 200.0), (200.0, 3_000.0), (5_000.0, 20_000.0))
# Of the spectra whose means before and after are compared.
_HARMONY_HZ = 4_000.0
_CHANGE_SECONDS = 0.35
_FRAMES_AT_ONCE = 256
_FRAMES_PER_SPECTRUM = 4


@dataclass(frozen=True, eq=False)
class Onsets:
    """How strongly something begins at each moment, and how much the spectrum changes.

    Attributes:
        groups: (T, 3) float32 of low, middle and high bands, zero or more; frame t stands for t / frames_per_second.
        change: (T,) float32, how far the mean spectra before and after differ; 0 close to the ends.
        frames_per_second: About 200.
    """

    groups: NDArray[np.float32]
    change: NDArray[np.float32]
    frames_per_second: float

    @property
    def strength(self) -> NDArray[np.float32]:
        """Of all groups together (T,)."""
        return self.groups.sum(axis=1)


class OnsetBuilder:
    """Finds the onsets of a signal that comes in blocks.

    Args:
        sample_rate: In Hz.
    """

    def __init__(self, sample_rate: int) -> None:
        self._hop = max(1, round(sample_rate / _FRAMES_PER_SECOND))
        self._frames_per_second = sample_rate / self._hop
        self._size = 2 * round(_WINDOW_SECONDS * sample_rate / 2)
        self._window = (np.hanning(self._size) * 4 / self._size).astype(np.float32)
        self._bands, self._groups = _band_matrices(self._size, sample_rate)
        self._harmony_bins = int(_HARMONY_HZ * self._size / sample_rate)
        # Half a window of silence, so that frame t is centred on sample t * hop.
        self._rest = np.zeros(self._size // 2, np.float32)
        self._last = np.zeros((1, self._bands.shape[1]), np.float32)
        self._parts = [np.zeros((0, len(_GROUPS_HZ)), np.float32)]
        self._spectra = [np.zeros((0, self._harmony_bins), np.float16)]
        self._frames = 0

    def add(self, block: Samples) -> None:
        """Take the next samples (C, n), which are averaged over the channels."""
        signal = np.concatenate([self._rest, block.mean(axis=0, dtype=np.float32)])
        count = max(0, (len(signal) - self._size) // self._hop + 1)
        for first in range(0, count, _FRAMES_AT_ONCE):
            frames = min(_FRAMES_AT_ONCE, count - first)
            part = signal[first * self._hop : (first + frames - 1) * self._hop + self._size]
            self._transform(sliding_window_view(part, self._size)[:: self._hop])
        self._rest = signal[count * self._hop :]

    def finish(self) -> Onsets:
        """The onsets of all that was added."""
        self.add(np.zeros((1, self._size // 2), np.float32))
        spectra = np.concatenate(self._spectra)
        reach = round(_CHANGE_SECONDS * self._frames_per_second / _FRAMES_PER_SPECTRUM)
        change = np.repeat(_change(spectra, reach), _FRAMES_PER_SPECTRUM)[: self._frames]
        return Onsets(np.concatenate(self._parts), change, self._frames_per_second)

    def _transform(self, frames: Samples) -> None:
        magnitudes = np.abs(np.fft.rfft(frames * self._window)).astype(np.float32)
        levels = np.log1p(_COMPRESSION * (magnitudes @ self._bands))
        grown = np.maximum(levels - np.concatenate([self._last, levels[:-1]]), 0)
        self._last = levels[-1:]
        self._parts.append(grown @ self._groups)
        few = magnitudes[-self._frames % _FRAMES_PER_SPECTRUM :: _FRAMES_PER_SPECTRUM, : self._harmony_bins]
        self._spectra.append(np.log1p(_COMPRESSION * few).astype(np.float16))
        self._frames += len(frames)


def _band_matrices(size: int, sample_rate: int) -> tuple[Samples, Samples]:
    """Means over bands (F, B), whose edges are spread evenly in pitch, and over groups of these (B, G)."""
    bins = np.fft.rfftfreq(size, 1 / sample_rate)
    highest = min(_HIGHEST_HZ, 0.45 * sample_rate)
    band = np.floor(np.log(np.maximum(bins, 1e-9) / _LOWEST_HZ) / np.log(highest / _LOWEST_HZ) * _BANDS)
    matrix = band[:, None] == np.arange(_BANDS)
    matrix = matrix[:, matrix.any(axis=0)]  # low bands may be narrower than a bin
    matrix = matrix / matrix.sum(axis=0)
    centres = bins @ matrix
    groups = np.stack([(low <= centres) & (centres < high) for low, high in _GROUPS_HZ], axis=1)
    return matrix.astype(np.float32), (groups / np.maximum(groups.sum(axis=0), 1)).astype(np.float32)


def _change(spectra: NDArray[np.float16], reach: int) -> NDArray[np.float32]:
    """How far the means of as many spectra before each (S, H) and from it on differ (S,), averaged over bins."""
    change = np.zeros(len(spectra), np.float32)
    sums = np.cumsum(np.pad(spectra, ((1, 0), (0, 0))), axis=0, dtype=np.float32)
    if len(spectra) >= 2 * reach:
        change[reach : len(spectra) - reach + 1] = (
            np.abs(sums[2 * reach :] - 2 * sums[reach:-reach] + sums[: -2 * reach]).mean(axis=1) / reach
        )
    return change
