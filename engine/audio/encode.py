"""Stems out: one file in one of our formats, put in place only when it is whole and was read back.

Shapes: C channels, n samples of one block.
"""

from __future__ import annotations

import dataclasses
import errno
import os
import shutil
import sys
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import cast

import numpy as np
import soundfile

from engine.audio.formats import AudioFormat
from engine.audio.soundfile_encoder import SoundFileEncoder, verify_sound_file
from engine.audio.target import AudioFile, Encodable, Encoder
from engine.claim import HeldError, open_alone
from engine.errors import WriteError, write_error
from engine.said import say
from engine.separation import Samples, Tags
from engine.whole_file import part_path, patiently

# libsndfile's Vorbis encoder overflows the stack when it is given much more than this at once.
WRITE_SAMPLES = 16_384
# libsndfile writes files that it cannot read again when the tags of a WAV pass about 16 KB together.
MAX_TAG_BYTES = 2_000

# What the libraries raise; FFmpeg's errors are OSErrors and ValueErrors.
_LIBRARY_ERRORS = (OSError, ValueError, soundfile.SoundFileError)


def require_space(folder: Path, files: Iterable[AudioFile]) -> None:
    """Check that a folder's disk has room for all the files.

    Raises:
        WriteError: It has not, or the folder is gone.
    """
    needed_bytes = sum(file.most_bytes for file in files)
    try:
        free_bytes = shutil.disk_usage(folder).free
    except OSError as error:
        raise write_error(folder, error) from error
    if free_bytes < needed_bytes:
        raise WriteError(
            folder,
            say(
                "the disk has {free:,.0f} MB free, and up to {needed:,.0f} MB are needed",
                free=free_bytes / 1e6,
                needed=needed_bytes / 1e6,
            ),
        )


def require_channels(path: Path, kind: AudioFormat, channels: int) -> None:
    """Check that a format can hold a song.

    Raises:
        WriteError: It has more channels than that.
    """
    if channels > kind.max_channels:
        words = say(
            "{format} holds at most {most} channels, and this song has {channels}; choose WAV or FLAC",
            format=kind.name,
            most=kind.max_channels,
            channels=channels,
        )
        raise WriteError(path, words)


class AudioWriter:
    """Writes one file as `<name>.part`, and gives it its name only once it is whole.

    The calls in order: `write` for each block, `finish`, `commit`; `discard` instead of any of them, or after them.
    """

    def __init__(self, target: AudioFile) -> None:
        """Create the part file, which is locked until it has its name.

        Raises:
            WriteError: The format cannot hold the signal, or the part file cannot be created or is being written.
        """
        self._target = target
        self._part = part_path(target.path)
        self._committed = False
        require_channels(target.path, target.format, target.track_channels)
        # One seed per name: runs repeat, but the dither of the stems does not add up coherently.
        self._random = np.random.default_rng(zlib.crc32(target.path.name.encode("utf-8", "surrogatepass")))
        try:
            if target.path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            self._file = open_alone(self._part)  # also read, where a picture is added at the end
            self._file.truncate()
        except HeldError as error:
            raise WriteError(target.path, say("another program is writing it; wait until that is done")) from error
        except OSError as error:
            raise write_error(target.path, error) from error
        try:
            self._encoder = self._open_encoder()
        except _LIBRARY_ERRORS as error:
            self._remove_part()
            raise write_error(target.path, error) from error

    def write(self, block: Samples) -> None:
        """Append a block (C, n) of any n.

        Raises:
            WriteError: The disk does not take it.
        """
        for start in range(0, block.shape[1], WRITE_SAMPLES):
            piece = finite(block[:, start : start + WRITE_SAMPLES])
            bits = self._target.format.bits
            try:
                self._encoder.write(piece if bits is None else _to_integers(piece, bits, self._random))
            except _LIBRARY_ERRORS as error:
                raise write_error(self._target.path, error) from error

    def finish(self) -> None:
        """Complete the part file, force it to the disk and read it back.

        Raises:
            WriteError: The disk does not take it, or what is there is not what was written.
        """
        try:
            self._encoder.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            if sys.platform == "win32":
                self._file.close()  # Windows lets nobody read or rename what is locked
            whole = self._verify()
        except _LIBRARY_ERRORS as error:
            raise write_error(self._target.path, error) from error
        if not whole:
            reason = say("what was read back is not what was written; is the disk full or failing?")
            raise WriteError(self._target.path, reason)

    def commit(self) -> None:
        """Put the finished file in place, over one that may be there.

        Raises:
            WriteError: It cannot be put there.
        """
        try:
            patiently(self._part.replace, self._target.path)
        except OSError as error:
            raise write_error(self._target.path, error) from error
        self._file.close()
        self._committed = True

    def discard(self) -> None:
        """Remove the part file, if there is one; never fails and may be called at any time."""
        if self._committed:
            return  # and a part file of that name is somebody else's
        with suppress(*_LIBRARY_ERRORS):
            self._encoder.close()
        self._remove_part()

    def _remove_part(self) -> None:
        with suppress(OSError):
            if sys.platform == "win32":
                self._file.close()  # Windows does not remove a file that is open
            self._part.unlink(missing_ok=True)
        with suppress(OSError):
            self._file.close()

    def _open_encoder(self) -> Encoder:
        target = dataclasses.replace(self._target, tags=_fitting(self._target.tags))
        if target.format.library == "ffmpeg":
            from engine.audio.pyav_encoder import PyavEncoder

            return PyavEncoder(self._file, target)
        return SoundFileEncoder(self._file, target)

    def _verify(self) -> bool:
        with self._part.open("rb") as file:
            if self._target.format.library == "ffmpeg":
                from engine.audio.pyav_encoder import verify_mp4

                return verify_mp4(file, self._target)
            return verify_sound_file(file, self._target)


def write_audio(target: AudioFile, blocks: Iterable[Samples]) -> None:
    """Write one file from blocks (C, n), whole or not at all.

    Raises:
        WriteError: The format cannot hold the signal, or the disk does not take it.
    """
    writer = AudioWriter(target)
    try:
        for block in blocks:
            writer.write(block)
        writer.finish()
        writer.commit()
    finally:
        writer.discard()


def finite(block: Samples) -> Samples:
    """The block with silence instead of what is not a number."""
    return np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)


def _to_integers(block: Samples, bits: int, random: np.random.Generator) -> Encodable:
    """Round to integers of 16 or 24 bits; the latter fill the upper bits of 32.

    Our own, as libsndfile rounds down. 16 bits get triangular dither of +-1 step, which turns distortion into noise;
    at 24 bits the step is below the noise of any converter.
    """
    scale = float(2 ** (bits - 1))
    steps = block.astype(np.float64) * scale
    if bits == 16:
        steps += random.random(block.shape) - random.random(block.shape)
    whole = np.clip(np.rint(steps), -scale, scale - 1)
    return whole.astype(np.int16) if bits == 16 else whole.astype(np.int32) << 8


def _fitting(tags: Tags) -> Tags:
    """The tags as text that every format can hold: valid UTF-8 of limited length."""
    texts = cast("dict[str, str]", dataclasses.asdict(tags))
    fitting = {name: text.encode("utf-8", "replace")[:MAX_TAG_BYTES] for name, text in texts.items()}
    return Tags(**{name: text.decode("utf-8", "ignore") for name, text in fitting.items()})
