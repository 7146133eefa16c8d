"""The levels of a pyramid, set wherever they are known; what is missing is zero.

Shapes: W numbers in a column, n columns of a level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from engine.dsp import peaks, spectrogram

Level = NDArray[Any]


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
    """

    base_samples: int
    factor: int
    smallest: int
    width: int
    dtype: DTypeLike
    join: Callable[[Level], Level]

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


PEAK_LEVELS = LevelKind(*(peaks.BASE_SAMPLES, peaks.FACTOR, peaks.SMALLEST_LEVEL, 2, np.dtype("<f4"), peaks.pool_peaks))


def cell_levels(sample_rate: int) -> LevelKind:
    """The levels of a spectrogram at a sample rate."""
    hop, smallest = spectrogram.column_samples(sample_rate), spectrogram.SMALLEST_LEVEL
    return LevelKind(hop, 2, smallest, spectrogram.ROWS, np.dtype(np.uint8), partial(peaks.by_twos, np.maximum))


class GrowingLevels:
    """All levels of one kind of a signal, one after the other in a file.

    Args:
        kind: Of the levels.
        samples: Of the signal.
        raw: Zeros; where they lie, from the first byte on.
    """

    def __init__(self, kind: LevelKind, samples: int, raw: NDArray[np.uint8]) -> None:
        self._kind = kind
        self.nbytes = kind.bytes_of(samples)
        self.levels = kind.levels_in(raw, samples)

    def put(self, first: int, columns: Level) -> Iterator[tuple[int, Level]]:
        """Set columns (n, W) of the finest level from `first` on, and what they change in the others.

        Yields:
            Where new columns lie, in bytes from the start of all levels, and the columns.
        """
        factor, stop, offset = self._kind.factor, first + len(columns), 0
        for number, level in enumerate(self.levels):
            if number:
                first, stop = first // factor, -(-stop // factor)
                columns = self._kind.join(self.levels[number - 1][first * factor : stop * factor])
            level[first:stop] = columns
            yield offset + first * level.strides[0], columns
            offset += level.nbytes
