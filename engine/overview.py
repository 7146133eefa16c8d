"""Drawing data of a finished separation: one file per signal, beside the signal it belongs to.

    folder/source.overview.npz
    folder/<stem>.<stage>.overview.npz

Built in blocks, so that a signal never is in memory as a whole; read by mapping, so that opening one costs nothing.
"""

from __future__ import annotations

import os
import struct
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.dsp.peaks import PeakBuilder, PeakColumns, PeakPyramid, exact_columns
from engine.dsp.spectrogram import HOP, SpectrogramBuilder, SpectrogramPyramid
from engine.errors import WriteError
from engine.progress import JobControl, Progress, ProgressCallback, Stopwatch, ignore_progress
from engine.separation import Separation, SignalKey, key_path
from engine.signals import signal_blocks, signal_keys

__all__ = [
    "Overview",
    "OverviewRequest",
    "PeakColumns",
    "build_overviews",
    "exact_columns",
    "load_overview",
]

BLOCK_SAMPLES = 512 * HOP  # six seconds at 44.1 kHz: a few megabytes, and a prompt answer to a cancel
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
    keys = [key for key in signal_keys(separation) if not _overview_path(separation, key).exists()]
    total = len(keys) * separation.duration_seconds
    stopwatch = Stopwatch()
    lock = threading.Lock()
    done = 0.0

    def advance(samples: int) -> None:
        nonlocal done
        with lock:
            done += samples / separation.sample_rate
            on_progress(Progress("draw", done, total, stopwatch.eta_seconds(done, total)))
        control.checkpoint()

    def draw(key: SignalKey) -> None:
        _save(_build(separation, key, advance), _overview_path(separation, key))

    # Threads help because numpy's transforms run without the interpreter's lock.
    threads = min(os.cpu_count() or 1, max(1, SAMPLES_AT_ONCE // separation.samples))
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(draw, keys):
            pass


def load_overview(separation: Separation, key: SignalKey) -> Overview:
    """Map the overview of one signal, such as `("vocals", 2)` or `("source", 0)`, from disk.

    Raises:
        FileNotFoundError: It has not been built.
        ValueError: The file is damaged.
    """
    path = _overview_path(separation, key)
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


def _overview_path(separation: Separation, key: SignalKey) -> Path:
    return key_path(separation.folder, key).with_suffix(".overview.npz")


def _build(separation: Separation, key: SignalKey, advance: Callable[[int], None]) -> Overview:
    peaks = PeakBuilder()
    spectrogram = SpectrogramBuilder(separation.channels, separation.samples, separation.sample_rate)
    for block in signal_blocks(separation, key, BLOCK_SAMPLES):
        peaks.add(block)
        spectrogram.add(block)
        advance(block.shape[1])
    return Overview(separation.sample_rate, separation.samples, peaks.finish(), spectrogram.finish())


def _save(overview: Overview, path: Path) -> None:
    arrays: dict[str, NDArray[Any]] = {"frequencies_hz": overview.spectrogram.frequencies_hz}
    arrays |= {f"peaks_{index}": level for index, level in enumerate(overview.peaks.levels)}
    arrays |= {f"cells_{index}": level for index, level in enumerate(overview.spectrogram.levels)}
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        part.replace(path)
    except OSError as error:
        raise WriteError(path, error.strerror or str(error)) from error
    finally:
        part.unlink(missing_ok=True)


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
