"""Drawing data of a finished separation: one file per signal, beside the signal it belongs to.

    folder/source.overview.npz
    folder/<stem>.<stage>.overview.npz
    folder/<stem>.<stage>.growing       while the song is being split: all levels as raw numbers, filled as they come

Built in blocks, so that a signal never is in memory as a whole; read by mapping, so that opening one costs nothing.
"""

from __future__ import annotations

import os
import struct
import threading
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.dsp.growing import CELL_LEVELS, PEAK_LEVELS, GrowingLevels, Level
from engine.dsp.peaks import BASE_SAMPLES, PeakPyramid, peak_columns
from engine.dsp.spectrogram import (
    HOP,
    N_FFT,
    PADDING,
    ColumnMaker,
    SpectrogramPyramid,
    Transform,
    numpys_transform,
    row_frequencies_hz,
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
        sample_rate: In Hz.
        samples: N.
        peaks: Its waveform.
        spectrogram: Its levels over time and frequency.
    """

    sample_rate: int
    samples: int
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
        self._maker = ColumnMaker(sample_rate, transform)
        self._peaks = GrowingLevels(PEAK_LEVELS, self._samples)
        self._cells = GrowingLevels(CELL_LEVELS, self._samples)
        self._missing = np.ones(len(self._cells.levels[0]), np.bool_)

    def draw(self, start: int, stop: int) -> Iterator[tuple[int, Level]]:
        """Draw what of final samples [start, stop) is not drawn yet; yields where it lies in a growing file, and it.

        Columns whose window reaches beyond final samples are left until these are final, too.
        """
        first = -(-(start + PADDING) // HOP) if start else 0
        last = (stop - (N_FFT - PADDING)) // HOP + 1 if stop < self._samples else len(self._missing)
        missing = first + np.flatnonzero(self._missing[first : max(first, last)])
        while len(missing):
            at = int(missing[0])
            count = int(missing[np.searchsorted(missing, at + BLOCK_COLUMNS) - 1]) + 1 - at
            yield from self._draw(at, count)
            self._missing[at : at + count] = False
            missing = missing[missing >= at + count]

    def _draw(self, first: int, count: int) -> Iterator[tuple[int, Level]]:
        """Draw so many of the spectrogram's finest columns, and the peaks of what they span."""
        begin, end = first * HOP, min((first + count) * HOP, self._samples)
        # By channel, with zeros outside of the song.
        part = np.zeros((self._signal.shape[0], (count - 1) * HOP + N_FFT), np.float32)
        at = begin - PADDING
        start, stop = max(0, at), min(at + part.shape[1], self._samples)
        part[:, start - at : stop - at] = self._signal[:, start:stop]
        yield from self._peaks.put(begin // BASE_SAMPLES, peak_columns(part[:, begin - at : end - at]).T)
        for place, columns in self._cells.put(first, self._maker.columns(part)):
            yield self._peaks.nbytes + place, columns

    def overview(self) -> Overview:
        """The drawing data, when all is drawn."""
        peaks = tuple(np.ascontiguousarray(level.T) for level in self._peaks.levels)
        cells = SpectrogramPyramid(self._samples, row_frequencies_hz(self._rate), tuple(self._cells.levels))
        return Overview(self._rate, self._samples, PeakPyramid(self._samples, peaks), cells)


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
        save_overview(_build(separation, key, advance), separation, key)

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
    save_overview(_build(separation, key, lambda _samples: control.checkpoint()), separation, key)


def load_overview(separation: Separation, key: SignalKey) -> Overview:
    """Map the overview of one signal, such as `("vocals", 2)` or `("source", 0)`, from disk.

    Raises:
        FileNotFoundError: It has not been built.
        ValueError: The file is damaged.
    """
    path = overview_path(separation, key)
    arrays = _map_arrays(path)
    try:
        return Overview(
            separation.sample_rate,
            separation.samples,
            PeakPyramid(separation.samples, _levels(arrays, "peaks")),
            SpectrogramPyramid(separation.samples, arrays["frequencies_hz"], _levels(arrays, "cells")),
        )
    except KeyError as error:
        raise ValueError(f"{path} lacks {error}") from error


def load_growing_overview(separation: Separation, key: SignalKey) -> Overview:
    """Map the overview of one signal of a song that is being split. It is silent where it is not drawn yet, and fills.

    Raises:
        FileNotFoundError: It is not being drawn.
    """
    samples, rate = separation.samples, separation.sample_rate
    raw = np.asarray(np.memmap(growing_path(separation, key), np.uint8, "r", shape=(growing_bytes(samples),)))
    peaks = PEAK_LEVELS.levels_in(raw, samples)
    cells = CELL_LEVELS.levels_in(raw[PEAK_LEVELS.bytes_of(samples) :], samples)
    return Overview(
        rate,
        samples,
        PeakPyramid(samples, tuple(level.T for level in peaks)),
        SpectrogramPyramid(samples, row_frequencies_hz(rate), tuple(cells)),
    )


def growing_bytes(samples: int) -> int:
    """The size of a growing overview of a signal of so many samples."""
    return PEAK_LEVELS.bytes_of(samples) + CELL_LEVELS.bytes_of(samples)


def growing_path(separation: Separation, key: SignalKey) -> Path:
    """Where the overview of a signal grows."""
    return separation.path(key).with_suffix(".growing")


def overview_path(separation: Separation, key: SignalKey) -> Path:
    """Where the overview of a signal lies."""
    return separation.path(key).with_suffix(".overview.npz")


def _build(separation: Separation, key: SignalKey, advance: Callable[[int], None]) -> Overview:
    with ExitStack() as stack:
        drawing = Drawing(open_signal(separation, key, stack), separation.sample_rate)
        for start in range(0, separation.samples, BLOCK_SAMPLES):
            stop = min(start + BLOCK_SAMPLES, separation.samples)
            for _columns in drawing.draw(0, stop):
                pass
            advance(stop - start)
        return drawing.overview()


def save_overview(overview: Overview, separation: Separation, key: SignalKey) -> None:
    """Write the overview of one signal.

    Raises:
        WriteError: The disk stands in the way; no file is left behind.
    """
    path = overview_path(separation, key)
    arrays: dict[str, NDArray[Any]] = {"frequencies_hz": overview.spectrogram.frequencies_hz}
    arrays |= {f"peaks_{index}": level for index, level in enumerate(overview.peaks.levels)}
    arrays |= {f"cells_{index}": level for index, level in enumerate(overview.spectrogram.levels)}
    with whole_file(path) as part, part.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def _levels(arrays: dict[str, NDArray[Any]], name: str) -> tuple[NDArray[Any], ...]:
    """The arrays `name`_0, `name`_1, ... of which at least the first is needed."""
    count = sum(key.startswith(f"{name}_") for key in arrays)
    return tuple(arrays[f"{name}_{index}"] for index in range(max(1, count)))


def _map_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Map every array of an uncompressed .npz, which `np.load` would read as a whole.

    Source: PKZIP APPNOTE 4.3.7: a local header is 30 bytes, the lengths of name and extra field in its last four.
    """
    arrays: dict[str, NDArray[Any]] = {}
    try:
        raw = np.memmap(path, np.uint8, "r")
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            for entry in archive.infolist():
                file.seek(entry.header_offset + 26)
                file.seek(sum(struct.unpack("<HH", file.read(4))), os.SEEK_CUR)
                np.lib.format.read_magic(file)
                shape, _, dtype = np.lib.format.read_array_header_1_0(file)
                size = int(np.prod(shape)) * dtype.itemsize
                data = np.asarray(raw[file.tell() : file.tell() + size])
                arrays[entry.filename.removesuffix(".npy")] = data.view(dtype).reshape(shape)
    except (zipfile.BadZipFile, struct.error, ValueError) as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    return arrays
