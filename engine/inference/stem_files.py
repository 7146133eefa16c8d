"""The stems' files of a song that is being split: at their final length from the start, and filled in any order."""

from __future__ import annotations

from contextlib import ExitStack

from engine.separation import (
    SAMPLE_BYTES,
    Samples,
    Separation,
    Spans,
    append_samples,
    span_end,
    with_span,
)
from engine.stems import Stage


class StemFiles:
    """Files of zeros, so that whoever maps them early sees stems come.

    Args:
        separation: What they are of; its folder is there.
        names: Stem and stage of each of S signals.

    Attributes:
        ready: What has been written of all of them.
    """

    def __init__(self, separation: Separation, names: list[tuple[str, Stage]]) -> None:
        self._samples = separation.samples
        self._sample_bytes = SAMPLE_BYTES * separation.channels
        self._open = ExitStack()
        paths = [separation.path(name) for name in names]
        self._files = [self._open.enter_context(path.open("wb")) for path in paths]
        for file in self._files:
            file.truncate(self._samples * self._sample_bytes)
        self.ready: Spans = ()

    def __enter__(self) -> StemFiles:
        return self

    def __exit__(self, *_error: object) -> None:
        """Close them."""
        self._open.close()

    def write(self, start: int, stems: Samples) -> None:
        """Write samples (S, C, n) of all of them.

        Raises:
            OSError: The disk does not take them.
        """
        for file, stem in zip(self._files, stems, strict=True):
            file.seek(start * self._sample_bytes)
            append_samples(file, stem)
            file.flush()
        self.ready = with_span(self.ready, start, start + stems.shape[-1])

    def next_missing(self, wanted: int | None) -> int | None:
        """The first sample that is missing: from the wanted one on, or where nothing is missing there, of the song."""
        for place in (wanted, 0):
            missing = span_end(self.ready, min(max(0, place), self._samples)) if place is not None else self._samples
            if missing < self._samples:
                return missing
        return None
