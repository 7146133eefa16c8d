"""What every decoder offers, whichever library is behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from engine.separation import Samples, Tags


@dataclass(frozen=True)
class AudioInfo:
    """What is known of a song before it is decoded.

    Attributes:
        path: The file.
        sample_rate: In Hz.
        channels: C of every block.
        samples: N; None when the container does not say it reliably.
        duration_seconds: An estimate, good enough for a progress bar; None when there is none.
        subtype: How a sample is stored, in libsndfile's words where it has one (`PCM_16`, `FLOAT`, `MPEG_LAYER_III`).
        tags: Text tags.
    """

    path: Path
    sample_rate: int
    channels: int
    samples: int | None
    duration_seconds: float | None
    subtype: str
    tags: Tags


class DamagedAudioError(Exception):
    """A decoder met data in the middle of a song that it cannot decode."""


class Source(Protocol):
    """An open file with audio in it.

    Attributes:
        info: What is known before decoding.
        cut_short: After the last chunk, whether the file holds less than it promises.
    """

    info: AudioInfo
    cut_short: bool

    def chunks(self) -> Iterator[Samples]:
        """Yield all samples in order as blocks (C, n) of any n > 0."""
        ...

    def close(self) -> None:
        """Release the decoder."""
        ...
