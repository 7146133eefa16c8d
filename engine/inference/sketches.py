"""Drawing data that is made while a song is being split, so that the lanes are there as soon as the stems are.

Shapes: C channels, S stems of all stages, n samples of a block.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import numpy as np

from engine.dsp.peaks import PeakBuilder
from engine.dsp.spectrogram import SpectrogramBuilder
from engine.overview import Overview, save_overview
from engine.separation import RESIDUAL, SOURCE_KEY, Samples, SignalKey
from engine.stems import Stage

# Drawing data takes a byte per sample until it is saved: half a gigabyte for all signals of a song.
MOST_SAMPLES = 2**29
_MOST_WAITING = 64


class Sketches:
    """Draws the source, the stems and the residuals of one song, on a thread of its own, as their blocks come.

    Args:
        folder: Of the separation.
        names: Stem and stage of each of the S stems.
        channels: C.
        sample_rate: In Hz.
    """

    def __init__(self, folder: Path, names: Sequence[tuple[str, Stage]], channels: int, sample_rate: int) -> None:
        self._folder = folder
        self._names = list(names)
        self._rate = sample_rate
        residuals = [(RESIDUAL, stage) for stage in dict.fromkeys(stage for _stem, stage in names)]
        keys: list[SignalKey] = [SOURCE_KEY, *self._names, *residuals]
        self._builders = {key: (PeakBuilder(), SpectrogramBuilder(channels, sample_rate)) for key in keys}
        self._ahead = np.zeros((channels, 0), np.float32)  # source samples whose stems are still to come
        self._waiting: deque[Future[None]] = deque()
        self._thread = ThreadPoolExecutor(1, "sketches")

    def __enter__(self) -> Sketches:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of what is not drawn yet."""
        self._thread.shutdown(cancel_futures=True)

    def add_source(self, block: Samples) -> None:
        """Take the next source samples (C, n)."""
        self._ahead = np.concatenate((self._ahead, block), axis=1)
        self._submit(SOURCE_KEY, block)

    def add_stems(self, stems: Samples) -> None:
        """Take the next samples (S, C, n) of all stems, which may lag behind the source."""
        count = stems.shape[-1]
        source, self._ahead = self._ahead[:, :count], self._ahead[:, count:]
        residuals: dict[int, Samples] = {}
        for (stem, stage), block in zip(self._names, stems, strict=True):
            self._submit((stem, stage), block)
            residuals[stage] = residuals.get(stage, source) - block
        for stage, block in residuals.items():
            self._submit((RESIDUAL, stage), block)

    def save(self) -> None:
        """Write the drawing data of all signals, when all their samples are there.

        Raises:
            WriteError: The disk stands in the way.
        """
        while self._waiting:
            self._waiting.popleft().result()
        for key, (peaks, spectrogram) in self._builders.items():
            overview = Overview(self._rate, peaks.samples, peaks.finish(), spectrogram.finish())
            save_overview(overview, self._folder, key)

    def _submit(self, key: SignalKey, block: Samples) -> None:
        while len(self._waiting) >= _MOST_WAITING:  # or blocks would pile up in memory
            self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(self._draw, key, block))

    def _draw(self, key: SignalKey, block: Samples) -> None:
        for builder in self._builders[key]:
            builder.add(block)
