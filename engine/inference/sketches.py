"""Drawing data that is made while a song is being split, so that the lanes fill along with the stems.

Every signal has a growing file in the separation's folder while the song is being split, and its overview at the end.

Shapes: C channels, N samples of the song.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from types import TracebackType

import numpy as np

from engine.dsp.growing import CELL_LEVELS, PEAK_LEVELS, GrowingLevels, Level, LevelKind
from engine.dsp.peaks import BASE_SAMPLES, PeakPyramid, peak_columns
from engine.dsp.spectrogram import N_FFT, PADDING, ColumnMaker, SpectrogramPyramid, row_frequencies_hz
from engine.overview import Overview, growing_bytes, growing_path, save_overview
from engine.separation import Samples, Separation, SignalKey, Spans
from engine.signals import AudioSignal, open_signal, signal_keys

# Drawing data takes a byte per sample until it is saved: half a gigabyte for all signals of a song.
MOST_SAMPLES = 2**29

# At once, so that little is in memory and a cancelled job need not wait.
_COLUMNS = 1024


class Sketches:
    """Draws all signals of a song on a thread of its own, wherever they are final.

    Args:
        separation: The song while it is being split; its signals have their length already.
    """

    def __init__(self, separation: Separation) -> None:
        self._separation = separation
        self._files = ExitStack()
        self._sketches = [self._files.enter_context(_Sketch(separation, key)) for key in signal_keys(separation)]
        self._thread = ThreadPoolExecutor(1, "sketches")
        self._drawing: Future[None] | None = None
        self._stopped = False

    def __enter__(self) -> Sketches:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of what is not drawn yet."""
        self._stopped = True
        self._thread.shutdown()
        self._files.close()

    def draw(self, ready: Spans) -> None:
        """Draw what is final; what becomes so while the thread is busy is drawn with what comes next.

        Raises:
            OSError: The disk stands in the way.
        """
        if self._drawing is not None:
            if not self._drawing.done():
                return
            self._drawing.result()
        self._drawing = self._thread.submit(self._draw, ready)

    def save(self) -> None:
        """Write the drawing data of all signals, all samples of which are final, in place of the growing files.

        Raises:
            WriteError: The disk stands in the way.
        """
        self._thread.submit(self._draw, ((0, self._separation.samples),)).result()
        self._files.close()
        for sketch in self._sketches:
            save_overview(sketch.overview(), self._separation, sketch.key)
            growing_path(self._separation, sketch.key).unlink()

    def _draw(self, ready: Spans) -> None:
        for span in ready:
            for sketch in self._sketches:
                for _piece in sketch.draw(*span):
                    if self._stopped:
                        return


class _Sketch:
    """One signal: its pyramids in memory, and in a file as far as they are drawn."""

    def __init__(self, separation: Separation, key: SignalKey) -> None:
        self.key = key
        samples, rate = separation.samples, separation.sample_rate
        self._samples, self._rate = samples, rate
        self._files = ExitStack()
        signal = open_signal(separation, key, self._files)
        self._peaks = _Drawing(signal, PEAK_LEVELS, 0, BASE_SAMPLES, lambda part, _count: peak_columns(part).T)
        self._cells = _Drawing(signal, CELL_LEVELS, PADDING, N_FFT, ColumnMaker(rate).columns)
        self._file = self._files.enter_context(growing_path(separation, key).open("wb"))
        self._file.truncate(growing_bytes(samples))

    def __enter__(self) -> _Sketch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()

    def draw(self, start: int, stop: int) -> Iterator[None]:
        """Draw what of [start, stop) is not drawn yet, piece by piece."""
        offset = 0
        for drawing in (self._peaks, self._cells):
            for place, level in drawing.draw(start, stop):
                self._file.seek(offset + place)
                self._file.write(level.tobytes())
                self._file.flush()
                yield
            offset += drawing.pyramid.nbytes

    def overview(self) -> Overview:
        """The drawing data, when all is drawn."""
        peaks = tuple(np.ascontiguousarray(level.T) for level in self._peaks.pyramid.levels)
        cells = SpectrogramPyramid(self._samples, row_frequencies_hz(self._rate), tuple(self._cells.pyramid.levels))
        return Overview(self._rate, self._samples, PeakPyramid(self._samples, peaks), cells)


class _Drawing:
    """One pyramid of a signal.

    Args:
        signal: What is drawn.
        kind: Of the levels.
        before: How many samples before the first of a column it depends on.
        window: On how many samples a column depends.
        make: Makes so many columns from the samples that they depend on.
    """

    def __init__(
        self, signal: AudioSignal, kind: LevelKind, before: int, window: int, make: Callable[[Samples, int], Level]
    ) -> None:
        self.pyramid = GrowingLevels(kind, signal.shape[1])
        self._signal = signal
        self._base = kind.base_samples
        self._before = before
        self._window = window
        self._make = make
        self._missing = np.ones(len(self.pyramid.levels[0]), np.bool_)

    def draw(self, start: int, stop: int) -> Iterator[tuple[int, Level]]:
        """Draw missing columns of final samples [start, stop); yields where in bytes something is new, and what."""
        after, samples = self._window - self._before, self._signal.shape[1]
        first = -(-(start + self._before) // self._base) if start else 0
        last = (stop - after) // self._base + 1 if stop < samples else len(self._missing)
        missing = first + np.flatnonzero(self._missing[first : max(first, last)])
        while len(missing):
            at = int(missing[0])
            count = int(np.searchsorted(missing, at + _COLUMNS))
            count = int(missing[count - 1]) + 1 - at
            yield from self.pyramid.put(at, self._make(self._part(at, count), count))
            self._missing[at : at + count] = False
            missing = missing[missing >= at + count]

    def _part(self, first: int, count: int) -> Samples:
        """The samples that columns depend on; zeros outside of the song where that is more than the columns span."""
        begin = first * self._base - self._before
        end = begin + (count - 1) * self._base + self._window
        samples = self._signal.shape[1]
        part = self._signal[:, max(0, begin) : min(end, samples)]
        return np.pad(part, ((0, 0), (max(0, -begin), max(0, end - samples)))) if self._before else np.asarray(part)
