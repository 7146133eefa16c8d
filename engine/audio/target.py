"""What an encoder is asked for, whichever library is behind it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.audio.cover import Cover
from engine.audio.formats import AudioFormat
from engine.separation import Tags

# Room for headers and tags in the check of free space.
OVERHEAD_BYTES = 65_536

Encodable = NDArray[np.float32] | NDArray[np.int16] | NDArray[np.int32]
"""Samples (C, n) as a format stores them: floats, integers of 16 bits, or of 24 in the upper bits of 32."""


@dataclass(frozen=True)
class StemTrack:
    """A track of a stem file after the first, which is the song.

    Attributes:
        name: As people read it.
        color: As `#rrggbb`.
    """

    name: str
    color: str


@dataclass(frozen=True)
class AudioFile:
    """A file to be written.

    Attributes:
        path: Where it is put.
        format: How it is stored.
        sample_rate: In Hz, one that the format holds.
        channels: C of the signal that is given to the writer, of all tracks together.
        samples: N of that signal.
        tags: Text tags.
        cover: The picture, for the formats that hold one: MP3, FLAC and MP4.
        stems: The tracks of a stem file after the song; the signal then has the channels of all tracks in order.
    """

    path: Path
    format: AudioFormat
    sample_rate: int
    channels: int
    samples: int
    tags: Tags
    cover: Cover | None = None
    stems: tuple[StemTrack, ...] = ()

    @property
    def tracks(self) -> int:
        """How many streams of audio the file has."""
        return 1 + len(self.stems)

    @property
    def track_channels(self) -> int:
        """C of one track."""
        return self.channels // self.tracks

    @property
    def most_bytes(self) -> int:
        """An upper limit of its size."""
        return self.samples * self.channels * self.format.sample_bytes + self._picture_bytes + OVERHEAD_BYTES

    @property
    def likely_bytes(self) -> int:
        """About its size."""
        return round(self.samples * self.channels * self.format.typical_bytes) + self._picture_bytes

    @property
    def _picture_bytes(self) -> int:
        return len(self.cover.data) if self.cover else 0


class Encoder(Protocol):
    """An open file that takes samples."""

    def write(self, block: Encodable) -> None:
        """Append a block (C, n)."""
        ...

    def close(self) -> None:
        """Complete the file; may be called again."""
        ...
