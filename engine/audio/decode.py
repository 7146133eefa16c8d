"""Songs in: any audio or video file becomes a stream of float32 blocks, or one clear error.

libsndfile reads what it knows, FFmpeg the rest. Blocks are read as they are asked for, so memory does not grow with the
song. Shapes: C channels, n samples of one block.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile

from engine.audio.soundfile_source import SoundFileSource
from engine.audio.source import AudioInfo, DamagedAudioError, Source
from engine.errors import DecodeError
from engine.said import say
from engine.separation import Samples

MAX_CHANNELS = 8
MIN_RATE_HZ = 8_000
MAX_RATE_HZ = 384_000
# Larger samples are no sound, not even one in the units of 32-bit integers, and their squares soon are infinite.
MAX_SAMPLE = 1e12


class AudioReader:
    """An open song, read once from start to end.

    Attributes:
        info: What is known of it.
    """

    def __init__(self, source: Source, file: BinaryIO) -> None:
        """Read `source`, which reads `file`."""
        self.info = source.info
        self._source = source
        self._file = file
        self._written = _written(file)
        self._warnings: list[str] = []

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know, one sentence each; complete after the last block."""
        return tuple(self._warnings)

    def blocks(self, size: int = 65_536) -> Iterator[Samples]:
        """Yield the song as blocks (C, size), the last one shorter.

        Samples that are no numbers, or beyond `MAX_SAMPLE`, become silence.

        Raises:
            DecodeError: The song is damaged, or the file can no longer be read or is being written.
        """
        rate = self.info.sample_rate
        count = bad = first_bad = 0
        silent = True
        for raw in _in_blocks(self._decoded(), size):
            usable = np.abs(raw) <= MAX_SAMPLE
            block = np.where(usable, raw, np.float32(0.0))
            if not usable.all():
                if not bad:
                    first_bad = count + int(np.argmin(usable.all(axis=0)))
                bad += usable.size - int(np.count_nonzero(usable))
            silent = silent and not block.any()
            count += block.shape[1]
            yield block
        if self._source.cut_short:
            self._warnings.append(
                say("The file is cut short: only its first {time} could be read.", time=_clock(count / rate))
            )
        if bad:
            self._warnings.append(
                say(
                    "{count} samples are not numbers, or far too large, and were replaced by silence, "
                    "the first at {time}.",
                    count=bad,
                    time=_clock(first_bad / rate),
                )
            )
        if silent:
            self._warnings.append(say("The file is silent from start to end."))

    def _decoded(self) -> Iterator[Samples]:
        count = 0
        try:
            for chunk in self._source.chunks():
                yield chunk
                count += chunk.shape[1]
        except DamagedAudioError as error:
            at = _clock(count / self.info.sample_rate)
            reason = say("it is damaged and cannot be read on from about {time}", time=at)
            raise DecodeError(self.info.path, reason) from error
        except OSError as error:
            raise unreadable(self.info.path, error) from error
        if _written(self._file) != self._written:
            raise DecodeError(self.info.path, say("it was written to while it was read; wait until that is done"))
        if count == 0:
            raise DecodeError(self.info.path, say("it holds no samples"))


@contextmanager
def open_audio(path: Path) -> Generator[AudioReader]:
    """Open a song.

    Raises:
        DecodeError: It is missing, unreadable, not audio, or outside 1-8 channels or 8-384 kHz.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise DecodeError(path, say("it is a folder"))
        if not stat.S_ISREG(mode):
            raise DecodeError(path, say("it is not an ordinary file"))
        file = path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error
    with file, closing(_open_source(path, file)) as source:
        _check(source.info)
        yield AudioReader(source, file)


def song_seconds(path: Path) -> float | None:
    """A song's length as its header tells it; None where it does not, or where there is no song."""
    try:
        with open_audio(path) as reader:
            return reader.info.duration_seconds
    except DecodeError:
        return None


def _open_source(path: Path, file: BinaryIO) -> Source:
    """Open by content: libsndfile first, FFmpeg for what it refuses, finds empty or would not find the end of."""
    reason = say("no audio that can be read was found in it")
    try:
        if not file.read(1):
            raise DecodeError(path, say("it is empty"))
        file.seek(0)
        try:
            source = SoundFileSource(path, file)
        except soundfile.SoundFileError:
            pass
        else:
            if source.info.samples:
                return source
            source.close()
            if source.info.samples == 0:
                reason = say("it holds no samples")
        file.seek(0)
        # FFmpeg's libraries are large, and most songs do not need them.
        from engine.audio.pyav_source import PyavSource

        return PyavSource(path, file)
    except OSError as error:
        raise unreadable(path, error) from error
    except ValueError as error:
        raise DecodeError(path, reason) from error


def _check(info: AudioInfo) -> None:
    if not 1 <= info.channels <= MAX_CHANNELS:
        words = say(
            "it has {channels} channels, and at most {most} can be used", channels=info.channels, most=MAX_CHANNELS
        )
        raise DecodeError(info.path, words)
    if not MIN_RATE_HZ <= info.sample_rate <= MAX_RATE_HZ:
        words = say(
            "its sample rate of {rate} Hz is outside {least}-{most} kHz",
            rate=info.sample_rate,
            least=MIN_RATE_HZ // 1000,
            most=MAX_RATE_HZ // 1000,
        )
        raise DecodeError(info.path, words)


def _in_blocks(chunks: Iterator[Samples], size: int) -> Iterator[Samples]:
    """Cut and join chunks (C, n) of any length into blocks (C, size), the last one shorter."""
    held: list[Samples] = []
    length = 0
    for chunk in chunks:
        held.append(chunk)
        length += chunk.shape[1]
        if length >= size:
            joined = np.concatenate(held, axis=1)
            whole = length - length % size
            for start in range(0, whole, size):
                yield joined[:, start : start + size]
            held, length = [joined[:, whole:]], length - whole
    if length:
        yield np.concatenate(held, axis=1)


def _written(file: BinaryIO) -> tuple[int, int]:
    """What changes when an open file is written to: its length, and when that was."""
    state = os.fstat(file.fileno())
    return state.st_size, state.st_mtime_ns


def unreadable(path: Path, error: OSError) -> DecodeError:
    """Say in our words why the system does not let a file be read."""
    if isinstance(error, FileNotFoundError):
        return DecodeError(path, say("it does not exist"))
    if isinstance(error, PermissionError):
        return DecodeError(path, say("there is no permission to read it"))
    return DecodeError(path, say("it cannot be read ({words})", words=error.strerror or str(error)))


def _clock(seconds: float) -> str:
    """Minutes and seconds, such as 3:07.25."""
    return say("{minutes}:{seconds:05.2f}", minutes=int(seconds // 60), seconds=seconds % 60)
