"""Writes what libsndfile knows: WAV, FLAC, MP3, Ogg Vorbis and Opus."""

from __future__ import annotations

import dataclasses
from typing import BinaryIO, cast

import numpy as np
import soundfile

from engine.audio.cover import flac_picture
from engine.audio.fileio import CallbackFile, insert_bytes
from engine.audio.formats import stored_places
from engine.audio.id3 import id3_tag
from engine.audio.target import AudioFile, Encodable
from engine.separation import Tags

# The size fields of a WAV end at 4 GiB, some readers' at less; RF64 has 64 bits.
RF64_ABOVE_BYTES = 3_900_000_000
# Its name and its first block, which must stay the first.
_FLAC_HEAD_BYTES = 4 + 4 + 34


class SoundFileEncoder:
    """One file behind libsndfile."""

    def __init__(self, file: BinaryIO, target: AudioFile) -> None:
        """Write the header and the tags.

        Raises:
            OSError: The disk does not take them.
            soundfile.SoundFileError: The encoder does not take this signal.
        """
        kind = target.format
        self._file = file
        # libsndfile writes MP3 tags in Latin-1 only, and no pictures, so they are ours.
        tag = id3_tag(target.tags, target.cover) if kind.container == "MP3" else b""
        self._picture = flac_picture(target.cover) if kind.container == "FLAC" and target.cover else b""
        file.write(tag)
        self._callbacks = CallbackFile(file, len(tag))
        self._sound = soundfile.SoundFile(
            cast("BinaryIO", self._callbacks),
            "w",
            samplerate=target.sample_rate,
            channels=target.channels,
            format="RF64" if kind.container == "WAV" and target.most_bytes > RF64_ABOVE_BYTES else kind.container,
            subtype=kind.subtype,
            bitrate_mode=kind.bitrate_mode,
            compression_level=kind.compression_level,
        )
        # Which channel is written where: the other way round.
        self._channels = np.argsort(stored_places(kind.subtype, target.channels))
        if not tag:
            _set_tags(self._sound, target.tags)

    def write(self, block: Encodable) -> None:
        """Append a block (C, n).

        Raises:
            OSError: The disk does not take it.
            soundfile.SoundFileError: The encoder fails.
        """
        self._sound.write(block[self._channels].T)
        self._callbacks.check()

    def close(self) -> None:
        """Complete the file; may be called again.

        Raises:
            OSError: The disk does not take the rest.
            soundfile.SoundFileError: The encoder fails.
        """
        try:
            self._sound.close()
        finally:
            self._callbacks.check()
        picture, self._picture = self._picture, b""
        if picture:
            insert_bytes(self._file, _FLAC_HEAD_BYTES, picture)


def verify_sound_file(file: BinaryIO, target: AudioFile) -> bool:
    """Whether the header says what was written, and the last sample it promises is there.

    Raises:
        soundfile.SoundFileError: It is no audio file at all.
    """
    with soundfile.SoundFile(cast("BinaryIO", CallbackFile(file))) as sound:
        found = (sound.frames, sound.samplerate, sound.channels)
        sound.seek(max(0, sound.frames - 1))
        last = len(sound.read(1))
    return found == (target.samples, target.sample_rate, target.channels) and last == 1


def _set_tags(sound: soundfile.SoundFile, tags: Tags) -> None:
    for name, text in dataclasses.asdict(tags).items():
        if text:
            setattr(sound, "tracknumber" if name == "track" else name, text)
