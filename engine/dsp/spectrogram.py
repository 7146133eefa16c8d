"""Spectrogram drawing data: one byte per cell, on a logarithmic frequency axis, as a pyramid over time.

The byte 0 stands for -100 dB and below, 255 for 0 dB, the level of a sine at full scale. Column k covers samples
[512 k, 512 k + 512); its window of 2048 samples is centred on them. Above 48 kHz both are two, four or eight times as
long, so that they last as long and low notes are told apart as well. A coarser level takes the louder of two columns,
so that a short sound never vanishes from view. Of several channels the loudest counts, so that neither side can hide.

Shapes: C channels, N samples of the song, T columns, F bins, R rows from low to high.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Cells = NDArray[np.uint8]
"""Levels (T, R); the time comes first, so that a visible range is one piece of memory."""

Transform = Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[np.complexfloating]]
"""Frames (..., n), which stay as they are, and a window (n,) to the spectra (..., F) of windowed frames."""

N_FFT = 2048
HOP = 512
ROWS = 384
LOWEST_HZ = 30.0  # below the lowest note of a five-string bass
FLOOR_DB = -100.0
SMALLEST_LEVEL = 256

# Frames per transform: temporary arrays of half a megabyte stay in the processor's cache.
BLOCK_FRAMES = 64

_USUAL_RATE = 48_000  # the highest at which a window has `N_FFT` samples and a column `HOP`


@dataclass(frozen=True)
class SpectrogramColumns:
    """The part of a spectrogram that is to be drawn.

    Attributes:
        start: The first sample of the first column; at or before the start that was asked for.
        samples_per_column: How many samples one column spans.
        cells: Levels (T, R) as bytes; a view, not a copy.
    """

    start: int
    samples_per_column: int
    cells: Cells


@dataclass(frozen=True)
class SpectrogramPyramid:
    """Levels over time and frequency of one signal.

    Attributes:
        samples: N.
        frequencies_hz: The centre of each row, (R,), ascending.
        levels: One array (T, R) for each column width, finest first; each is half as long as the one before.
        hop: How many samples one column of the finest level spans.
    """

    samples: int
    frequencies_hz: NDArray[np.float32]
    levels: tuple[Cells, ...]
    hop: int = HOP

    def columns(self, start: int, stop: int, width: int) -> SpectrogramColumns:
        """Levels of samples [start, stop), from the coarsest level that still has `width` columns for them.

        The range is widened to whole tiles of 256 columns, so that small moves ask for the same columns again.

        Raises:
            ValueError: The range holds none of the samples, or the width is not positive.
        """
        start, stop = max(0, start), min(stop, self.samples)
        if start >= stop or width < 1:
            raise ValueError(f"nothing to draw in [{start}, {stop}) at a width of {width}")
        level = 0
        while level + 1 < len(self.levels) and (stop - start) >= width * self.hop * 2 ** (level + 1):
            level += 1
        size, tile = self.hop * 2**level, 256
        first, last = start // (size * tile) * tile, -(-stop // (size * tile)) * tile
        return SpectrogramColumns(first * size, size, self.levels[level][first:last])

    def level_db(self, start: int, stop: int, hz: float) -> float:
        """The highest level of samples [start, stop) in the row nearest to a frequency.

        Raises:
            ValueError: The range holds none of the samples.
        """
        row = np.abs(np.log(self.frequencies_hz / hz)).argmin()
        return float(to_db(self._finest(start, stop)[:, row].max()))

    def loudest(self, sample: int) -> tuple[float, float]:
        """The frequency of the loudest row at a sample, and its level in dB.

        Where rows are narrower than the distance of two bins, the frequency is that of a parabola through the loudest
        bin and its neighbours, which is right to a few hundredths of that distance for a steady tone. Of the lowest
        bin, which has no row below it, it follows from how much weaker the next is in a Hann window.

        Raises:
            ValueError: The song has no such sample.
        """
        levels_db = to_db(self._finest(sample, sample + 1)[0])
        row = int(levels_db.argmax())
        found_hz, step = float(self.frequencies_hz[row]), float(self.frequencies_hz[1] / self.frequencies_hz[0])
        bin_hz = float(self.frequencies_hz[-1]) * step**0.5 * 2 * HOP / (N_FFT * self.hop)
        if found_hz * (step - 1) < bin_hz:
            lowest_hz, loudest = float(self.frequencies_hz[0]), round(found_hz / bin_hz)
            around = [np.abs(self.frequencies_hz - bin_hz * (loudest + by)).argmin() for by in (-1, 0, 1)]
            below, peak, above = (float(levels_db[place]) for place in around)
            curve = below - 2 * peak + above
            beside = 0.5 * (below - above) / curve if curve < 0 else 0.0
            if loudest == round(lowest_hz / bin_hz):
                share = 10 ** ((above - peak) / 20)
                beside = (2 * share - 1) / (share + 1)
            found_hz = max(bin_hz * (loudest + beside), lowest_hz)
        return found_hz, float(levels_db[row])

    def _finest(self, start: int, stop: int) -> Cells:
        """The columns (T, R) of samples [start, stop) at the finest level."""
        start, stop = max(0, start), min(stop, self.samples)
        if start >= stop:
            raise ValueError(f"no samples in [{start}, {stop})")
        return self.levels[0][start // self.hop : -(-stop // self.hop)]


def numpys_transform(frames: NDArray[np.float32], window: NDArray[np.float32]) -> NDArray[np.complexfloating]:
    """A `Transform` without any other library."""
    return np.fft.rfft(frames * window)


@dataclass(frozen=True)
class RowSpans:
    """Successive rows, each of which is two spans of bins; these overlap or are the same.

    Attributes:
        first: The first bin of each row's first span.
        last: The first bin of each row's last span.
    """

    first: NDArray[np.intp]
    last: NDArray[np.intp]


RowFold = tuple[RowSpans, ...]
"""Which bins make up each row: those with spans of one bin, of two, of four, ..."""


class ColumnMaker:
    """Makes columns from samples.

    Args:
        sample_rate: In Hz.
        transform: Windows and transforms.
    """

    def __init__(self, sample_rate: int, transform: Transform = numpys_transform) -> None:
        self._hop = column_samples(sample_rate)
        window = np.hanning(window_samples(sample_rate) + 1)[:-1]
        # Scaled so that a sine at full scale has a magnitude of 1 in its bin.
        self._window = (window * 2 / window.sum()).astype(np.float32)
        self._fold = row_fold(sample_rate)
        self._transform = transform

    def columns(self, samples: NDArray[np.float32]) -> Cells:
        """The levels (T, R) of all whole frames of samples (C, n)."""
        frames = sliding_window_view(samples, len(self._window), axis=1, writeable=True)[:, :: self._hop]
        made = np.empty((frames.shape[1], ROWS), np.uint8)
        for first in range(0, len(made), BLOCK_FRAMES):
            block = slice(first, first + BLOCK_FRAMES)
            power = reduce(np.maximum, (self._power(channel[block]) for channel in frames))
            made[block] = to_cells(fold(power, self._fold))
        return made

    def _power(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        """The power spectra (T, F) of the frames of a channel."""
        spectrum = self._transform(frames, self._window)
        power = np.square(spectrum.real)
        power += np.square(spectrum.imag)
        return power


def column_samples(sample_rate: int) -> int:
    """How many samples a column of the finest level spans at a sample rate."""
    return HOP * 2 ** max(0, math.ceil(math.log2(sample_rate / _USUAL_RATE)))


def window_samples(sample_rate: int) -> int:
    """How many samples a column's window has at a sample rate."""
    return column_samples(sample_rate) * N_FFT // HOP


def row_edges_hz(sample_rate: int) -> NDArray[np.float64]:
    """The borders of the rows (R + 1,), evenly spaced in pitch up to half the sample rate."""
    return np.geomspace(LOWEST_HZ, sample_rate / 2, ROWS + 1)


def row_frequencies_hz(sample_rate: int) -> NDArray[np.float32]:
    """The centre of each row (R,)."""
    edges_hz = row_edges_hz(sample_rate)
    return np.sqrt(edges_hz[:-1] * edges_hz[1:]).astype(np.float32)


def row_fold(sample_rate: int) -> RowFold:
    """Which bins make up each row at this sample rate.

    A low row, which is narrower than the distance of two bins, is the nearest bin. A row above holds the bins up to the
    next row, the last one all that are left.
    """
    window = window_samples(sample_rate)
    edges = row_edges_hz(sample_rate) / (sample_rate / window)
    narrow = int(np.searchsorted(np.diff(edges), 1.0))
    nearest = np.rint(np.sqrt(edges[:narrow] * edges[1 : narrow + 1]))  # of the rows' centres, as when they are read
    wide = np.ceil(edges[narrow:-1])
    starts = np.append(nearest, wide).astype(np.intp)
    stops = np.concatenate((nearest + 1, wide[1:], [window // 2 + 1])).astype(np.intp)
    # Rows widen, but by rounding one may be narrower by a bin than the one before, which then has narrower spans, too.
    at_least = np.minimum.accumulate((stops - starts)[::-1])[::-1]
    powers = np.log2(at_least).astype(np.intp)
    of_power = [powers == power for power in range(powers[-1] + 1)]
    return tuple(RowSpans(starts[rows], stops[rows] - 2**power) for power, rows in enumerate(of_power))


def fold(power: NDArray[np.float32], rows: RowFold) -> NDArray[np.float32]:
    """Join bins (T, F) into rows (T, R) by their maximum."""
    spans = np.ascontiguousarray(power.T)  # frame by frame, with `reduceat`, it would take three times as long
    folded = np.empty((ROWS, len(power)), np.float32)
    done = 0
    for index, of_size in enumerate(rows):
        if index:
            half = 2 ** (index - 1)
            spans = np.maximum(spans[:-half], spans[half:])
        some = folded[done : done + len(of_size.first)]
        np.maximum(spans.take(of_size.first, axis=0), spans.take(of_size.last, axis=0), out=some)
        done += len(some)
    return folded.T


def to_cells(power: NDArray[np.float32]) -> Cells:
    """Power (1.0 is a sine at full scale) to bytes."""
    cells = np.log(np.maximum(power, 10 ** (FLOOR_DB / 10)))
    cells *= 255 * 10 / math.log(10) / -FLOOR_DB
    cells += 255.5  # so that cutting off what is behind the point rounds
    return np.minimum(cells, 255, out=cells).astype(np.uint8)


def to_db(cells: Cells | np.uint8) -> NDArray[np.float32]:
    """Bytes back to levels in dB."""
    return np.asarray((cells.astype(np.float32) / 255 - 1) * -FLOOR_DB, np.float32)
