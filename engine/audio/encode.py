"""Stems out: one file in one of our formats, put in place only when it is whole and was read back.

Shapes: C channels, n samples of one block.
"""

from __future__ import annotations

import dataclasses
import errno
import os
import shutil
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import soundfile
from numpy.typing import NDArray

from engine.audio.fileio import CallbackFile
from engine.audio.formats import AudioFormat
from engine.audio.id3 import id3_tag
from engine.audio.resample import StreamResampler, resampled_length
from engine.errors import WriteError
from engine.separation import Samples, Tags

# libsndfile's Vorbis encoder overflows the stack when it is given much more than this at once.
WRITE_SAMPLES = 16_384
# The size fields of a WAV end at 4 GiB, some readers' at less; RF64 has 64 bits.
RF64_ABOVE_BYTES = 3_900_000_000
# Room for headers and tags in the check of free space.
OVERHEAD_BYTES = 65_536
# libsndfile writes files that it cannot read again when the tags of a WAV pass about 16 KB together.
MAX_TAG_BYTES = 2_000


@dataclass(frozen=True)
class AudioFile:
    """A file to be written.

    Attributes:
        path: Where it is put.
        format: How it is stored.
        sample_rate: In Hz, of the signal that is given to the writer.
        channels: C of that signal.
        samples: N of that signal.
        tags: Text tags.
    """

    path: Path
    format: AudioFormat
    sample_rate: int
    channels: int
    samples: int
    tags: Tags

    @property
    def file_rate(self) -> int:
        """The rate in the file, which differs where the format cannot hold the signal's."""
        return self.format.nearest_rate(self.sample_rate)

    @property
    def file_samples(self) -> int:
        """N in the file."""
        return resampled_length(self.samples, self.sample_rate, self.file_rate)

    @property
    def most_bytes(self) -> int:
        """An upper limit of its size."""
        return self.file_samples * self.channels * self.format.sample_bytes + OVERHEAD_BYTES


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
        needed, free = (f"{count / 1e6:,.0f} MB" for count in (needed_bytes, free_bytes))
        raise WriteError(folder, f"the disk has {free} free, and up to {needed} are needed")


class AudioWriter:
    """Writes one file as `<name>.part`, and gives it its name only once it is whole.

    The calls in order: `write` for each block, `finish`, `commit`; `discard` instead of any of them, or after them.
    """

    def __init__(self, target: AudioFile) -> None:
        """Create the part file.

        Raises:
            WriteError: The format cannot hold the signal, or the part file cannot be created.
        """
        self._target = target
        self._part = part_path(target.path)
        kind = target.format
        if target.channels > kind.max_channels:
            limit = f"{kind.max_channels} channels, and this song has {target.channels}"
            raise WriteError(target.path, f"{kind.name} holds at most {limit}; choose WAV or FLAC")
        self._resampler = StreamResampler(target.sample_rate, target.file_rate, target.channels)
        # One seed per name: runs repeat, but the dither of the stems does not add up coherently.
        self._random = np.random.default_rng(zlib.crc32(target.path.name.encode("utf-8", "surrogatepass")))
        try:
            if target.path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            self._file = self._part.open("wb")
        except OSError as error:
            raise write_error(target.path, error) from error
        try:
            self._open_encoder()
        except BaseException:
            self._remove_part()
            raise

    def write(self, block: Samples) -> None:
        """Append a block (C, n) of any n.

        Raises:
            WriteError: The disk does not take it.
        """
        self._encode(self._resampler.push(block))

    def finish(self) -> None:
        """Complete the part file, force it to the disk and read it back.

        Raises:
            WriteError: The disk does not take it, or what is there is not what was written.
        """
        self._encode(self._resampler.push(np.zeros((self._target.channels, 0), np.float32), last=True))
        try:
            self._sound.close()
            self._raise_callback_error()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._verify()
        except (OSError, soundfile.SoundFileError) as error:
            raise write_error(self._target.path, self._callbacks.error or error) from error

    def commit(self) -> None:
        """Put the finished file in place, over one that may be there.

        Raises:
            WriteError: It cannot be put there.
        """
        try:
            self._part.replace(self._target.path)
        except OSError as error:
            raise write_error(self._target.path, error) from error

    def discard(self) -> None:
        """Remove the part file, if there is one; never fails and may be called at any time."""
        with suppress(OSError, soundfile.SoundFileError):
            self._sound.close()
        self._remove_part()

    def _remove_part(self) -> None:
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._part.unlink(missing_ok=True)

    def _open_encoder(self) -> None:
        target, kind = self._target, self._target.format
        tags = _fitting(target.tags)
        # libsndfile writes MP3 tags in Latin-1 only, so they are ours.
        tag = id3_tag(tags) if kind.container == "MP3" else b""
        try:
            self._file.write(tag)
            self._callbacks = CallbackFile(self._file, len(tag))
            self._sound = soundfile.SoundFile(
                cast("BinaryIO", self._callbacks),
                "w",
                samplerate=target.file_rate,
                channels=target.channels,
                format="RF64" if kind.container == "WAV" and target.most_bytes > RF64_ABOVE_BYTES else kind.container,
                subtype=kind.subtype,
                bitrate_mode=kind.bitrate_mode,
                compression_level=kind.compression_level,
            )
            if not tag:
                _set_tags(self._sound, tags)
        except (OSError, soundfile.SoundFileError) as error:
            raise write_error(target.path, error) from error

    def _encode(self, block: Samples) -> None:
        for start in range(0, block.shape[1], WRITE_SAMPLES):
            piece = finite(block[:, start : start + WRITE_SAMPLES])
            bits = self._target.format.bits
            try:
                self._sound.write((piece if bits is None else _to_integers(piece, bits, self._random)).T)
                self._raise_callback_error()
            except (OSError, soundfile.SoundFileError) as error:
                raise write_error(self._target.path, self._callbacks.error or error) from error

    def _raise_callback_error(self) -> None:
        if self._callbacks.error:
            raise self._callbacks.error

    def _verify(self) -> None:
        """Check what the header says, and that the last sample it promises is there."""
        target = self._target
        with self._part.open("rb") as file, soundfile.SoundFile(cast("BinaryIO", CallbackFile(file))) as sound:
            found = (sound.frames, sound.samplerate, sound.channels)
            sound.seek(max(0, sound.frames - 1))
            last = len(sound.read(1))
        if found != (target.file_samples, target.file_rate, target.channels) or last != 1:
            raise WriteError(target.path, "what was read back is not what was written; is the disk full or failing?")


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


def part_path(path: Path) -> Path:
    """Where a file is written until it is whole."""
    return path.with_name(path.name + ".part")


def finite(block: Samples) -> Samples:
    """The block with silence instead of what is not a number."""
    return np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)


def write_error(path: Path, error: Exception) -> WriteError:
    """Say in our words why a path could not be written."""
    reasons = {
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "the disk quota is used up",
        errno.EACCES: "there is no permission to write there",
        errno.EPERM: "there is no permission to write there",
        errno.EROFS: "the disk is read-only",
        errno.ENOENT: "its folder is gone",
        errno.ENOTDIR: "its folder is a file",
        errno.EEXIST: "a file of that name is in the way",
        errno.EISDIR: "a folder of that name is in the way",
        errno.ENAMETOOLONG: "the name is too long",
    }
    if not isinstance(error, OSError):
        return WriteError(path, "the encoder failed; is the disk full or failing?")
    return WriteError(path, reasons.get(error.errno or 0, f"the disk reports: {error.strerror or error}"))


def _to_integers(block: Samples, bits: int, random: np.random.Generator) -> NDArray[np.int16] | NDArray[np.int32]:
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


def _set_tags(sound: soundfile.SoundFile, tags: Tags) -> None:
    for name, text in dataclasses.asdict(tags).items():
        if text:
            setattr(sound, "tracknumber" if name == "track" else name, text)
