"""The levels of a pyramid that is filled in any order; what is missing is zero.

Shapes: W numbers in a column, n columns of a level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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

    def shapes(self, samples: int) -> list[tuple[int, int]]:
        """(n, W) of every level of a signal of so many samples, finest first."""
        counts = [-(-samples // self.base_samples)]
        while counts[-1] > self.smallest:
            counts.append(-(-counts[-1] // self.factor))
        return [(count, self.width) for count in counts]


PEAK_LEVELS = LevelKind(peaks.BASE_SAMPLES, peaks.FACTOR, peaks.SMALLEST_LEVEL, 2, np.dtype("<f4"), peaks.pool_peaks)
CELL_LEVELS = LevelKind(
    spectrogram.HOP, 2, spectrogram.SMALLEST_LEVEL, spectrogram.ROWS, np.dtype(np.uint8), spectrogram.halve
)


class GrowingLevels:
    """Levels of one kind for a signal of a known number of samples, one after the other in a file."""

    def __init__(self, kind: LevelKind, samples: int) -> None:
        self._kind = kind
        self.levels: list[Level] = [np.zeros(shape, kind.dtype) for shape in kind.shapes(samples)]

    @property
    def nbytes(self) -> int:
        """Of all levels."""
        return sum(level.nbytes for level in self.levels)

    def put(self, first: int, columns: Level) -> Iterator[tuple[int, Level]]:
        """Set columns (n, W) of the finest level from `first` on.

        Yields:
            For each level where its first new column lies, in bytes from the start of all levels, and the new columns.
        """
        factor, stop, offset = self._kind.factor, first + len(columns), 0
        for number, level in enumerate(self.levels):
            if number:
                first, stop = first // factor, -(-stop // factor)
                columns = self._kind.join(self.levels[number - 1][first * factor : stop * factor])
            level[first:stop] = columns
            yield offset + first * level.strides[0], columns
            offset += level.nbytes
