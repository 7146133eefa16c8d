"""Drawing data that is made while a song is being split, so that the lanes fill along with the stems.

Every signal has a growing file in the separation's folder while the song is being split, and its overview at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

from engine.overview import Drawing, growing_bytes, growing_path, save_overview
from engine.separation import Separation, SignalKey, Spans
from engine.signals import open_signal, signal_keys

# Drawing data takes a byte per sample until it is saved: half a gigabyte for all signals of a song.
MOST_SAMPLES = 2**29


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

    def __exit__(self, *_error: object) -> None:
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
            save_overview(sketch.drawing.overview(), self._separation, sketch.key)
            growing_path(self._separation, sketch.key).unlink()

    def _draw(self, ready: Spans) -> None:
        for span in ready:
            for sketch in self._sketches:
                for _piece in sketch.draw(*span):
                    if self._stopped:
                        return


class _Sketch:
    """One signal: its drawing data in memory, and in a file as far as it is drawn."""

    def __init__(self, separation: Separation, key: SignalKey) -> None:
        self.key = key
        self._files = ExitStack()
        self.drawing = Drawing(open_signal(separation, key, self._files), separation.sample_rate)
        self._file = self._files.enter_context(growing_path(separation, key).open("wb"))
        self._file.truncate(growing_bytes(separation.samples))

    def __enter__(self) -> _Sketch:
        return self

    def __exit__(self, *_error: object) -> None:
        self._files.close()

    def draw(self, start: int, stop: int) -> Iterator[None]:
        """Draw what of [start, stop) is not drawn yet, piece by piece."""
        for place, columns in self.drawing.draw(start, stop):
            self._file.seek(place)
            self._file.write(columns.tobytes())
            self._file.flush()
            yield
