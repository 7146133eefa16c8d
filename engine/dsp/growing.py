"""The levels of a pyramid, drawn wherever a signal is final; what is missing is zero.

Shapes: C channels, W numbers in a column, n columns of a level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from engine.dsp import peaks, spectrogram
from engine.separation import Samples
from engine.signals import AudioSignal

Level = NDArray[Any]

# At once, so that little is in memory and a cancelled job need not wait.
_COLUMNS = 1024


@dataclass(frozen=True)
class LevelKind:
    """What the levels of one kind of pyramid are.

    Attributes:
        base_samples: How many samples a column of the finest level spans.
        factor: How many columns make one of the next level.
        smallest: A level of so many columns, or fewer, is the last.
        width: W.
        dtype: Of a number.
        join: Makes a level (n, W) one level coarser.
        before: How many samples before the first of a column it depends on.
        window: On how many samples a column depends.
    """

    base_samples: int
    factor: int
    smallest: int
    width: int
    dtype: DTypeLike
    join: Callable[[Level], Level]
    before: int
    window: int

    def bytes_of(self, samples: int) -> int:
        """How large all levels of a signal of so many samples are."""
        return sum(self._counts(samples)) * self.width * np.dtype(self.dtype).itemsize

    def levels_in(self, raw: NDArray[np.uint8], samples: int) -> list[Level]:
        """The levels (n, W) of a signal of so many samples, finest first, which lie one after the other in memory."""
        columns = raw[: self.bytes_of(samples)].view(self.dtype).reshape(-1, self.width)
        return np.split(columns, np.cumsum(self._counts(samples))[:-1])

    def _counts(self, samples: int) -> list[int]:
        counts = [-(-samples // self.base_samples)]
        while counts[-1] > self.smallest:
            counts.append(-(-counts[-1] // self.factor))
        return counts


PEAK_LEVELS = LevelKind(
    *(peaks.BASE_SAMPLES, peaks.FACTOR, peaks.SMALLEST_LEVEL, 2, np.dtype("<f4"), peaks.pool_peaks),
    before=0,
    window=peaks.BASE_SAMPLES,
)
CELL_LEVELS = LevelKind(
    *(spectrogram.HOP, 2, spectrogram.SMALLEST_LEVEL, spectrogram.ROWS, np.dtype(np.uint8), spectrogram.halve),
    before=spectrogram.PADDING,
    window=spectrogram.N_FFT,
)


class GrowingLevels:
    """All levels of one kind of a signal, one after the other in a file.

    Args:
        kind: Of the levels.
        signal: What is drawn.
        make: Makes so many columns (n, W) of the finest level from the samples (C, ...) that they depend on.
    """

    def __init__(self, kind: LevelKind, signal: AudioSignal, make: Callable[[Samples, int], Level]) -> None:
        self._kind = kind
        self._signal = signal
        self._make = make
        self.nbytes = kind.bytes_of(signal.shape[1])
        self.levels = kind.levels_in(np.zeros(self.nbytes, np.uint8), signal.shape[1])
        self._missing = np.ones(len(self.levels[0]), np.bool_)

    def draw(self, start: int, stop: int) -> Iterator[tuple[int, Level]]:
        """Draw missing columns of final samples [start, stop).

        Yields:
            Where new columns lie, in bytes from the start of all levels, and the columns.
        """
        base, before, samples = self._kind.base_samples, self._kind.before, self._signal.shape[1]
        first = -(-(start + before) // base) if start else 0
        last = (stop - (self._kind.window - before)) // base + 1 if stop < samples else len(self._missing)
        missing = first + np.flatnonzero(self._missing[first : max(first, last)])
        while len(missing):
            at = int(missing[0])
            count = int(np.searchsorted(missing, at + _COLUMNS))
            count = int(missing[count - 1]) + 1 - at
            yield from self._put(at, self._make(self._part(at, count), count))
            self._missing[at : at + count] = False
            missing = missing[missing >= at + count]

    def _put(self, first: int, columns: Level) -> Iterator[tuple[int, Level]]:
        """Set columns of the finest level from `first` on, and what they change in the others."""
        factor, stop, offset = self._kind.factor, first + len(columns), 0
        for number, level in enumerate(self.levels):
            if number:
                first, stop = first // factor, -(-stop // factor)
                columns = self._kind.join(self.levels[number - 1][first * factor : stop * factor])
            level[first:stop] = columns
            yield offset + first * level.strides[0], columns
            offset += level.nbytes

    def _part(self, first: int, count: int) -> Samples:
        """The samples that columns depend on; zeros outside of the song where that is more than the columns span."""
        begin = first * self._kind.base_samples - self._kind.before
        end = begin + (count - 1) * self._kind.base_samples + self._kind.window
        samples = self._signal.shape[1]
        part = self._signal[:, max(0, begin) : min(end, samples)]
        if not self._kind.before:
            return np.asarray(part)
        return np.pad(part, ((0, 0), (max(0, -begin), max(0, end - samples))))
