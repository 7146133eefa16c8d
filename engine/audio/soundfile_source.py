"""Reads what libsndfile knows: WAV, AIFF, FLAC, MP3, Ogg and their relatives."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import soundfile

from engine.audio.fileio import CallbackFile
from engine.audio.formats import stored_places
from engine.audio.id3 import behind_tags
from engine.audio.mp3 import tells_length
from engine.audio.source import AudioInfo, DamagedAudioError
from engine.separation import Samples, Tags

# Of a FLAC that breaks off libsndfile does not give the last block.
BLOCK_SAMPLES = 16_384

# How libsndfile's log words a chunk whose claimed size does not fit the file.
_CLAIM = re.compile(r": (\d+) \(should be (\d+)\)")
# How it words a chunk with the tags of an MP3, which it does not read; many programs put theirs there in AIFF and WAV.
_ID3_CHUNK = re.compile(r"^[* ]+id3 +:", re.IGNORECASE | re.MULTILINE)
# How WAV and AIFF begin. Of these it loses as many bytes at the end as tags in front of them have.
_COUNTED_FROM_THE_START = (b"RIFF", b"RIFX", b"RF64", b"FORM")
# Sizes as large as this mean "unknown" in files that were streamed, and a few bytes are sloppy book-keeping.
_UNKNOWN_BYTES = 0x7FFF_0000
_SLOPPY_BYTES = 4096
# What libsndfile says of a FLAC whose header does not tell its length.
_UNKNOWN_SAMPLES = 2**63 - 1
# How it words what follows the last page of an Ogg: in a recorded broadcast another song, which it does not read.
_JUNK = "Junk after the last page"


class SoundFileSource:
    """An open file, read through libsndfile."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        """Open what `file` holds.

        Raises:
            soundfile.SoundFileError: libsndfile does not know it.
            OSError: It cannot be read.
        """
        self._file = CallbackFile(file, _start(file))
        self._sound = soundfile.SoundFile(cast("BinaryIO", self._file))
        self.cut_short = _claims_too_much(self._sound.extra_info)
        # An MP3 that does not tell its length is guessed from its first frames, and read no further than that.
        guessed = self._sound.subtype.startswith("MPEG") and not tells_length(file)
        unknown = guessed or self._sound.frames == _UNKNOWN_SAMPLES or _JUNK in self._sound.extra_info
        samples = None if unknown else self._sound.frames
        self.info = AudioInfo(
            path=path,
            sample_rate=self._sound.samplerate,
            channels=self._sound.channels,
            samples=samples,
            duration_seconds=None if samples is None else samples / max(1, self._sound.samplerate),
            subtype=self._sound.subtype,
            tags=_tags(self._sound, file),
        )

    def chunks(self) -> Iterator[Samples]:
        """Yield all samples in order as blocks (C, n), n > 0.

        Raises:
            DamagedAudioError: The rest cannot be decoded.
            OSError: The rest cannot be read.
        """
        places = stored_places(self.info.subtype, self.info.channels)
        count = 0
        while True:
            try:
                block = cast("Samples", self._sound.read(BLOCK_SAMPLES, dtype="float32", always_2d=True))
            except soundfile.SoundFileError as error:
                self._file.check()
                if self._file.at_end and count:
                    break
                raise DamagedAudioError from error
            self._file.check()
            if not len(block):
                break
            count += len(block)
            yield block.T[places]
        self.cut_short = self.cut_short or count < self._sound.frames

    def close(self) -> None:
        """Release the decoder."""
        self._sound.close()


def _claims_too_much(log: str) -> bool:
    """Whether libsndfile's log of the header tells of data that is not in the file."""
    claims = ((int(claimed), int(actual)) for claimed, actual in _CLAIM.findall(log))
    return any(actual + _SLOPPY_BYTES < claimed < _UNKNOWN_BYTES for claimed, actual in claims)


def _start(file: BinaryIO) -> int:
    """Go to where the sound begins, and say where that is: behind tags that libsndfile would take for part of it."""
    start = behind_tags(file)
    start = start if file.read(4) in _COUNTED_FROM_THE_START else 0
    return file.seek(start)


def _tags(sound: soundfile.SoundFile, file: BinaryIO) -> Tags:
    tags = Tags(
        title=sound.title,
        artist=sound.artist,
        album=sound.album,
        date=sound.date,
        track=sound.tracknumber,
        genre=sound.genre,
        comment=sound.comment,
    )
    if not _ID3_CHUNK.search(sound.extra_info):
        return tags
    # FFmpeg's libraries are large, and most songs do not need them.
    from engine.audio.pyav_source import read_tags

    position = file.tell()
    file.seek(0)
    theirs = read_tags(file)
    file.seek(position)
    return Tags(**{name: text or getattr(theirs, name) for name, text in dataclasses.asdict(tags).items()})
