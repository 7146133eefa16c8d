"""Waveform drawing data: the lowest and highest sample of every column of pixels, at any zoom.

A pyramid holds them for columns of 64, 256, 1024, ... samples, so that drawing an hour costs no more than a second.
A lane shows one outline for all its channels: the lowest of the lows and the highest of the highs.

Shapes: C channels, N samples of the song, n columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.signals import AudioSignal

Columns = NDArray[np.float32]
"""Lows and highs, (2, n)."""

BASE_SAMPLES = 64
FACTOR = 4

# A level this short draws at once, so a coarser one would gain nothing.
SMALLEST_LEVEL = 256


@dataclass(frozen=True)
class PeakColumns:
    """The part of a waveform that is to be drawn.

    Attributes:
        start: The first sample of the first column; at or before the start that was asked for.
        samples_per_column: How many samples one column spans; the last column may hold fewer.
        lows: The lowest sample of each column, (n,), full scale 1.0.
        highs: The highest sample of each column, (n,).
    """

    start: int
    samples_per_column: int
    lows: NDArray[np.float32]
    highs: NDArray[np.float32]


@dataclass(frozen=True)
class PeakPyramid:
    """Lows and highs of one signal.

    Attributes:
        samples: N.
        levels: One array (2, n) for each column size, finest first.
    """

    samples: int
    levels: tuple[Columns, ...]

    def columns(self, start: int, stop: int, width: int) -> PeakColumns:
        """Lows and highs of samples [start, stop) in `width` to 2 * `width` columns.

        There are fewer where a column would be narrower than 64 samples; `exact_columns` reads those from the signal.

        Raises:
            ValueError: The range holds none of the samples, or the width is not positive.
        """
        step, start, stop = _view(self.samples, start, stop, width)
        level = 0
        while level + 1 < len(self.levels) and BASE_SAMPLES * FACTOR ** (level + 1) <= step:
            level += 1
        size = BASE_SAMPLES * FACTOR**level
        group = max(1, step // size)
        first, last = start // (size * group), -(-stop // (size * group))
        lows, highs = _pool(self.levels[level][:, first * group : last * group], group)
        return PeakColumns(first * size * group, size * group, lows, highs)


def peak_columns(samples: NDArray[np.float32]) -> Columns:
    """Lows and highs (2, n) of a signal (C, N), in columns of 64 samples of which the last may be shorter."""
    lows, highs = reduce(np.minimum, samples), reduce(np.maximum, samples)
    # By twos: three times as quick as a minimum along so short an axis.
    for _ in range(BASE_SAMPLES.bit_length() - 1):
        lows, highs = by_twos(np.minimum, lows), by_twos(np.maximum, highs)
    return np.stack((lows, highs))


def pool_peaks(columns: NDArray[np.float32]) -> NDArray[np.float32]:
    """Join every four rows (n, 2) of low and high into one; the last may have fewer."""
    return _pool(columns.T, FACTOR).T


def exact_columns(signal: AudioSignal, start: int, stop: int, width: int) -> PeakColumns:
    """The same as `PeakPyramid.columns`, from the signal (C, N) itself: for views closer than 64 samples per column.

    Raises:
        ValueError: The range holds none of the samples, or the width is not positive.
    """
    step, start, stop = _view(signal.shape[1], start, stop, width)
    first = start // step * step
    part = signal[:, first : -(-stop // step) * step]
    # Channel by channel: thirty times as quick as a minimum along so short an axis.
    lows, highs = _pool(np.stack((reduce(np.minimum, part), reduce(np.maximum, part))), step)
    return PeakColumns(first, step, lows, highs)


def _view(samples: int, start: int, stop: int, width: int) -> tuple[int, int, int]:
    """Samples per column, and the range limited to the song."""
    start, stop = max(0, start), min(stop, samples)
    if start >= stop or width < 1:
        raise ValueError(f"nothing to draw in [{start}, {stop}) at a width of {width}")
    return max(1, (stop - start) // width), start, stop


def _pool(columns: Columns, group: int) -> Columns:
    """Join every `group` columns (2, n) into one; the last may have fewer."""
    if group == 1:
        return columns
    starts = np.arange(0, columns.shape[1], group, dtype=np.intp)
    return np.stack((np.minimum.reduceat(columns[0], starts), np.maximum.reduceat(columns[1], starts)))


def by_twos(join: np.ufunc, values: NDArray[Any]) -> NDArray[Any]:
    """Join every two values (n,) or rows (n, W); an odd last one stays."""
    pairs = len(values) // 2  # `reduceat` would take forty times as long
    joined = join(values[: 2 * pairs : 2], values[1 : 2 * pairs : 2])
    return joined if len(values) == 2 * pairs else np.concatenate((joined, values[-1:]))
