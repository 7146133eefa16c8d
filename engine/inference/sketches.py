"""Drawing data that is made while a song is being split, so that the lanes fill along with the stems.

Every signal has a growing file in the separation's folder while the song is being split, which is its overview then.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from threading import Barrier

import numpy as np
import torch
from numpy.typing import NDArray

from engine.overview import Drawing, drawing_bytes, growing_path, overview_path
from engine.separation import Separation, SignalKey, Spans
from engine.signals import open_signal, signal_keys
from engine.whole_file import patiently

# Drawing data takes a byte per sample until it is saved: half a gigabyte for all signals of a song.
MOST_SAMPLES = 2**29
# More would wait for Python's lock, and let the one wait that keeps a GPU busy.
MOST_THREADS = 4


class Sketches:
    """Draws all signals of a song on threads of its own, wherever they are final.

    Args:
        separation: The song while it is being split; its signals have their length already.
        threads: How many at most.
    """

    def __init__(self, separation: Separation, threads: int = 1) -> None:
        self._separation = separation
        self._files = ExitStack()
        self._sketches = [self._files.enter_context(_Sketch(separation, key)) for key in signal_keys(separation)]
        self._threads = _threads(min(threads, len(self._sketches)))
        self._drawing: list[Future[None]] = []
        self._stopped = False

    def __enter__(self) -> Sketches:
        return self

    def __exit__(self, *_error: object) -> None:
        """Let go of what is not drawn yet."""
        self._stopped = True
        self._threads.shutdown(cancel_futures=True)
        self._files.close()

    def draw(self, ready: Spans) -> None:
        """Draw what is final; what becomes so while the threads are busy is drawn with what comes next.

        Raises:
            OSError: The disk stands in the way.
        """
        if all(signal.done() for signal in self._drawing):
            self._finish_drawing()
            self._drawing = [self._threads.submit(self._draw, sketch, ready) for sketch in self._sketches]

    def save(self) -> None:
        """Complete the drawing data of all signals, all samples of which are final.

        Raises:
            OSError: The disk stands in the way.
        """
        self._finish_drawing()
        for _ in self._threads.map(self._save, self._sketches):
            pass

    def _finish_drawing(self) -> None:
        for signal in self._drawing:
            signal.result()

    def _draw(self, sketch: _Sketch, ready: Spans) -> None:
        for span in ready:
            for _piece in sketch.draw(*span):
                if self._stopped:
                    return

    def _save(self, sketch: _Sketch) -> None:
        self._draw(sketch, ((0, self._separation.samples),))
        sketch.close()
        growing = growing_path(self._separation, sketch.key)
        patiently(growing.replace, overview_path(self._separation, sketch.key))


class _Sketch:
    """One signal: its drawing data in memory, and in a file as far as it is drawn."""

    def __init__(self, separation: Separation, key: SignalKey) -> None:
        self.key = key
        self._files = ExitStack()
        self.drawing = Drawing(open_signal(separation, key, self._files), separation.sample_rate, transform)
        self._file = self._files.enter_context(growing_path(separation, key).open("wb"))
        self._file.truncate(drawing_bytes(separation.samples, separation.sample_rate))

    def __enter__(self) -> _Sketch:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files."""
        self._files.close()

    def draw(self, start: int, stop: int) -> Iterator[None]:
        """Draw what of [start, stop) is not drawn yet, piece by piece."""
        for place, columns in self.drawing.draw(start, stop):
            self._file.seek(place)
            self._file.write(columns.tobytes())
            self._file.flush()
            yield


def _threads(count: int) -> ThreadPoolExecutor:
    """Threads, each of which computes with PyTorch by itself, not with as many others as the network does."""
    networks = torch.get_num_threads()
    threads = ThreadPoolExecutor(count, "sketches", _compute_alone)
    all_there = Barrier(count)
    wait([threads.submit(all_there.wait) for _ in range(count)])
    torch.set_num_threads(networks)  # or threads that begin later would compute alone, too
    return threads


def _compute_alone() -> None:
    torch.get_num_threads()  # without this, a thread's first computation would undo the next line
    torch.set_num_threads(1)


def transform(frames: NDArray[np.float32], window: NDArray[np.float32]) -> NDArray[np.complex64]:
    """A `Transform` that takes a tenth of the time of numpy's."""
    return torch.fft.rfft(torch.from_numpy(frames) * torch.from_numpy(window)).numpy()
