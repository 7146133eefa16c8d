"""Drawing data of a finished separation: one file per signal, beside the signal it belongs to.

    folder/source.overview
    folder/<stem>.<stage>.overview  all levels of the waveform, then of the spectrogram, as raw numbers: the signal's
                                    length tells how many
    folder/<stem>.<stage>.growing   the same while the song is being split, filled as it comes

Built in blocks, so that a signal never is in memory as a whole; read by mapping, so that opening one costs nothing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.dsp.growing import PEAK_LEVELS, GrowingLevels, Level, cell_levels
from engine.dsp.peaks import BASE_SAMPLES, PeakPyramid, peak_columns
from engine.dsp.spectrogram import (
    HOP,
    ColumnMaker,
    SpectrogramPyramid,
    Transform,
    column_samples,
    numpys_transform,
    row_frequencies_hz,
    window_samples,
)
from engine.progress import JobControl, Progress, ProgressCallback, Stopwatch, ignore_progress
from engine.separation import Separation, SignalKey
from engine.signals import AudioSignal, open_signal, signal_keys
from engine.whole_file import whole_file

BLOCK_COLUMNS = 512  # of the spectrogram, six seconds at 44.1 kHz: a few megabytes, and a prompt answer to a cancel
BLOCK_SAMPLES = BLOCK_COLUMNS * HOP
SAMPLES_AT_ONCE = 2**29  # drawing data takes two bytes per sample, so all threads together hold a gigabyte at most


@dataclass(frozen=True)
class Overview:
    """Everything needed to draw one signal.

    Attributes:
        peaks: Its waveform.
        spectrogram: Its levels over time and frequency.
    """

    peaks: PeakPyramid
    spectrogram: SpectrogramPyramid


class Drawing:
    """Draws a signal piece by piece, in any order.

    Args:
        signal: (C, N).
        sample_rate: In Hz.
        transform: See `ColumnMaker`.
    """

    def __init__(self, signal: AudioSignal, sample_rate: int, transform: Transform = numpys_transform) -> None:
        self._signal = signal
        self._rate, self._samples = sample_rate, signal.shape[1]
        self._hop, self._window = column_samples(sample_rate), window_samples(sample_rate)
        # Before the first whole window: the distance from its start to the start of the column it is centred on.
        self._padding = (self._window - self._hop) // 2
        self._maker = ColumnMaker(sample_rate, transform)
        # What the file holds.
        self.raw = np.zeros(drawing_bytes(self._samples, sample_rate), np.uint8)
        self._peaks = GrowingLevels(PEAK_LEVELS, self._samples, self.raw)
        self._cells = GrowingLevels(cell_levels(sample_rate), self._samples, self.raw[self._peaks.nbytes :])
        self._missing = np.ones(len(self._cells.levels[0]), np.bool_)

    def draw(self, start: int, stop: int) -> Iterator[tuple[int, Level]]:
        """Draw what of final samples [start, stop) is not drawn yet; yields where it lies in a growing file, and it.

        Columns whose window reaches beyond final samples are left until these are final, too.
        """
        first = -(-(start + self._padding) // self._hop) if start else 0
        after = self._window - self._padding
        last = (stop - after) // self._hop + 1 if stop < self._samples else len(self._missing)
        missing = first + np.flatnonzero(self._missing[first : max(first, last)])
        while len(missing):
            at = int(missing[0])
            count = int(missing[np.searchsorted(missing, at + BLOCK_COLUMNS) - 1]) + 1 - at
            yield from self._draw(at, count)
            self._missing[at : at + count] = False
            missing = missing[missing >= at + count]

    def _draw(self, first: int, count: int) -> Iterator[tuple[int, Level]]:
        """Draw so many of the spectrogram's finest columns, and the peaks of what they span."""
        begin, end = first * self._hop, min((first + count) * self._hop, self._samples)
        # By channel, with zeros outside of the song.
        part = np.zeros((self._signal.shape[0], (count - 1) * self._hop + self._window), np.float32)
        at = begin - self._padding
        start, stop = max(0, at), min(at + part.shape[1], self._samples)
        part[:, start - at : stop - at] = self._signal[:, start:stop]
        yield from self._peaks.put(begin // BASE_SAMPLES, peak_columns(part[:, begin - at : end - at]).T)
        for place, columns in self._cells.put(first, self._maker.columns(part)):
            yield self._peaks.nbytes + place, columns

    def overview(self) -> Overview:
        """The drawing data, when all is drawn."""
        return _overview_in(self.raw, self._rate, self._samples)


@dataclass(frozen=True)
class OverviewRequest:
    """Draw every signal of a separation."""

    separation: Separation


def build_overviews(
    request: OverviewRequest,
    on_progress: ProgressCallback = ignore_progress,
    control: JobControl | None = None,
) -> None:
    """Write the overviews that are not there yet, starting with the source and the last stage, as these show first.

    Args:
        request: What to draw.
        on_progress: Told once per block, in seconds of audio over all signals; one call at a time, from any thread.
        control: Cancels or pauses between blocks.

    Raises:
        WriteError: The disk stands in the way; the file in question is not left behind.
        Cancelled: `control` asked for it; finished overviews stay.
    """
    separation = request.separation
    control = control or JobControl()
    keys = [key for key in signal_keys(separation) if not overview_path(separation, key).exists()]
    total = len(keys) * separation.duration_seconds
    stopwatch = Stopwatch(control)
    lock = threading.Lock()
    done = 0.0

    def advance(samples: int) -> None:
        nonlocal done
        with lock:
            done += samples / separation.sample_rate
            on_progress(Progress("draw", done, total, stopwatch.eta_seconds(done, total)))
        control.checkpoint()

    def draw(key: SignalKey) -> None:
        _draw(separation, key, advance)

    # Threads help because numpy's transforms run without the interpreter's lock.
    threads = min(os.cpu_count() or 1, max(1, SAMPLES_AT_ONCE // separation.samples))
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(draw, keys):
            pass


def overviews_ready(separation: Separation) -> bool:
    """Whether every signal has been drawn; a damaged drawing is removed, so that `build_overviews` makes it anew."""
    missing, damaged = list[SignalKey](), list[SignalKey]()
    for key in signal_keys(separation):
        try:
            load_overview(separation, key)
        except FileNotFoundError:
            missing.append(key)
        except ValueError:
            damaged.append(key)
    for key in damaged:  # not above, where the error still has the file mapped, which Windows then does not remove
        overview_path(separation, key).unlink()
    return not (missing or damaged)


def build_overview(separation: Separation, key: SignalKey, control: JobControl) -> None:
    """Write the overview of one signal, in place of the one that is there.

    Raises:
        WriteError: The disk stands in the way.
        Cancelled: `control` asked for it.
    """
    _draw(separation, key, lambda _samples: control.checkpoint())


def load_overview(separation: Separation, key: SignalKey) -> Overview:
    """Map the overview of one signal, such as `("vocals", 2)` or `("source", 0)`, from disk.

    Raises:
        FileNotFoundError: It has not been built.
        ValueError: The file is damaged.
    """
    return _mapped(overview_path(separation, key), separation)


def load_growing_overview(separation: Separation, key: SignalKey) -> Overview:
    """Map the overview of one signal of a song that is being split. It is silent where it is not drawn yet, and fills.

    Raises:
        FileNotFoundError: It is not being drawn.
    """
    return _mapped(growing_path(separation, key), separation)


def drawing_bytes(samples: int, sample_rate: int) -> int:
    """The size of the drawing data of a signal of so many samples."""
    return PEAK_LEVELS.bytes_of(samples) + cell_levels(sample_rate).bytes_of(samples)


def growing_path(separation: Separation, key: SignalKey) -> Path:
    """Where the overview of a signal grows."""
    return separation.path(key).with_suffix(".growing")


def overview_path(separation: Separation, key: SignalKey) -> Path:
    """Where the overview of a signal lies."""
    return separation.path(key).with_suffix(".overview")


def _draw(separation: Separation, key: SignalKey, advance: Callable[[int], None]) -> None:
    """Draw one signal; on an error no file is left behind."""
    with ExitStack() as stack:
        drawing = Drawing(open_signal(separation, key, stack), separation.sample_rate)
        for start in range(0, separation.samples, BLOCK_SAMPLES):
            stop = min(start + BLOCK_SAMPLES, separation.samples)
            for _columns in drawing.draw(0, stop):
                pass
            advance(stop - start)
    with whole_file(overview_path(separation, key)) as part:
        part.write_bytes(drawing.raw.data)


def _mapped(path: Path, separation: Separation) -> Overview:
    size = drawing_bytes(separation.samples, separation.sample_rate)
    if path.stat().st_size != size:
        raise ValueError(f"{path} is damaged: it has not the size it should have")
    raw = np.asarray(np.memmap(path, np.uint8, "r", shape=(size,)))
    return _overview_in(raw, separation.sample_rate, separation.samples)


def _overview_in(raw: NDArray[np.uint8], rate: int, samples: int) -> Overview:
    peaks = PEAK_LEVELS.levels_in(raw, samples)
    cells = cell_levels(rate).levels_in(raw[PEAK_LEVELS.bytes_of(samples) :], samples)
    return Overview(
        PeakPyramid(samples, tuple(level.T for level in peaks)),
        SpectrogramPyramid(samples, row_frequencies_hz(rate), tuple(cells), column_samples(rate)),
    )
