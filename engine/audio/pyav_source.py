"""Reads what FFmpeg knows and libsndfile does not: AAC, ALAC, WMA, Matroska, WavPack and the sound of videos."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError

from engine.audio.fileio import CallbackFile
from engine.audio.source import AudioInfo, DamagedAudioError
from engine.separation import Samples, Tags

# Demuxers that read one file of audio or video. Playlists and concatenation scripts, which open other files, stay out.
_FORMATS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,matroska,mov,mp3,mpc,mpc8,mpeg,mpegts,ogg,rm,tak,"
    "tta,w64,wav,wv"
)
_INTEGER_SUBTYPES = {"u8": "PCM_U8", "s16": "PCM_16", "s32": "PCM_24"}
# By the first letter of FFmpeg's name of a sample format, such as `s16p`.
_NUMPY_KINDS = {"u": "u", "s": "i", "f": "f", "d": "f"}
_LONGEST_PAGE_BYTES = 65_307  # of Ogg
# FFmpeg's own MP4 writer rounds the play length to milliseconds, so a smaller excess is no padding.
_EXCESS_SECONDS = 0.001


class PyavSource:
    """An open file whose first audio stream is read through FFmpeg."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        """Open what `file` holds and decode its first frame.

        Raises:
            ValueError: There is no audio that FFmpeg can decode.
            OSError: The file cannot be read.
        """
        self._file = CallbackFile(file)
        self._container = open_container(self._file)
        self._damaged = False
        self.cut_short = False
        with ExitStack() as on_failure:
            on_failure.callback(self._container.close)
            if not self._container.streams.audio:
                raise ValueError("there is no audio stream")
            self._stream = self._container.streams.audio[0]
            self._frames = self._decode()
            first = next(self._frames, None)
            if first is None:
                raise self._file.error or ValueError("nothing can be decoded")
            on_failure.pop_all()
        self._first: av.AudioFrame = first
        self._rate = first.sample_rate
        self.info = AudioInfo(
            path=path,
            sample_rate=first.sample_rate,
            channels=first.layout.nb_channels,
            samples=None,
            duration_seconds=_duration_seconds(self._container, self._stream),
            subtype=_INTEGER_SUBTYPES.get(first.format.name.removesuffix("p"), self._stream.codec_context.name.upper()),
            tags=_tags(self._container),
        )

    def chunks(self) -> Iterator[Samples]:
        """Yield all samples in order as blocks (C, n), n > 0, without the padding an encoder added.

        Raises:
            DamagedAudioError: The rest cannot be decoded.
            OSError: The rest cannot be read.
        """
        count = 0
        held = self._first
        for frame in self._frames:
            count += held.samples
            yield _to_float(held)
            held = frame
            if (frame.sample_rate, frame.layout.nb_channels) != (self._rate, self.info.channels):
                raise DamagedAudioError
        self._file.check()
        keep = self._without_padding(held, count)
        self.cut_short = self._damaged or self._lacks(count + keep)
        if keep > 0:
            yield _to_float(held)[:, :keep]

    def close(self) -> None:
        """Release the decoder."""
        self._container.close()

    def _decode(self) -> Iterator[av.AudioFrame]:
        """Decode frame by frame, and go on after a broken packet only to learn whether the song goes on, too.

        A recording that was cut off ends in a broken packet, and one that was cut out of a broadcast begins with one.
        """
        packets = self._container.demux(self._stream)
        started = False
        while True:
            try:
                packet = next(packets, None)
                frames = packet.decode() if packet is not None else []
            except FFmpegError:
                self._damaged = started
                continue
            if packet is None:
                return
            if frames and self._damaged:
                raise DamagedAudioError
            for frame in frames:
                if frame.samples:
                    started = True
                    yield frame

    def _promised_samples(self) -> int | None:
        """The play length where the container counts in samples, as MP4 does."""
        if self._stream.duration is None or self._stream.time_base != Fraction(1, self._rate):
            return None
        return self._stream.duration

    def _without_padding(self, last: av.AudioFrame, before: int) -> int:
        """How much of the last frame is music, given the number of samples `before` it."""
        promised = self._promised_samples()
        if promised is None:
            return last.samples
        if 0 < last.duration < last.samples:
            return last.duration
        excess = before + last.samples - promised
        return last.samples if excess <= _EXCESS_SECONDS * self._rate else max(0, last.samples - excess)

    def _lacks(self, count: int) -> bool:
        """Whether the container promises clearly more than `count` samples; only some say it reliably."""
        container = self._container.format.name
        if container == "ogg":
            return _ends_within_page(self._file)
        if "matroska" in container and not self._container.streams.video:
            promised_seconds = self.info.duration_seconds or 0.0
        elif container == "caf" and self._stream.codec_context.name.startswith("pcm"):
            promised_seconds = self._stream.frames / self._rate  # its header counts them, not FFmpeg
        else:
            promised_seconds = (self._promised_samples() or 0) / self._rate
        return count / self._rate < promised_seconds - 0.1


def _ends_within_page(file: CallbackFile) -> bool:
    """Whether an Ogg file ends before its last page does, which begins with the lengths of its parts; RFC 3533."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST_PAGE_BYTES))
    end = file.read()
    page = end[end.rfind(b"OggS") :] if b"OggS" in end else b""
    parts = sum(page[26:27])
    return 0 < len(page) < 27 + parts + sum(page[27 : 27 + parts])


def open_container(file: CallbackFile) -> InputContainer:
    """Let FFmpeg open a file by its content.

    Raises:
        ValueError: It is nothing that FFmpeg reads.
        OSError: The file cannot be read.
    """
    try:
        return av.open(file, mode="r", options={"format_whitelist": _FORMATS}, metadata_errors="replace")
    except FFmpegError as error:
        raise file.error or ValueError(str(error)) from error


def read_tags(file: BinaryIO) -> Tags:
    """The text tags that FFmpeg finds in a file with sound, from where it is; none where it does not know the file."""
    try:
        with open_container(CallbackFile(file)) as container:
            return _tags(container)
    except (OSError, ValueError, IndexError):
        return Tags()


def _duration_seconds(container: InputContainer, stream: av.AudioStream) -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else container.duration / av.time_base


def _to_float(frame: av.AudioFrame) -> Samples:
    """Samples (C, n) of a frame in any of FFmpeg's sample formats."""
    channels, kind = frame.layout.nb_channels, frame.format
    # PyAV's own `to_ndarray` takes what lies behind the eighth plane for one more, and the process dies.
    dtype = np.dtype(f"{_NUMPY_KINDS[kind.name[0]]}{kind.bytes}")
    if kind.is_planar:
        data = np.stack([np.frombuffer(bytes(plane), dtype, frame.samples) for plane in frame.planes[:channels]])
    else:
        data = np.frombuffer(bytes(frame.planes[0]), dtype, frame.samples * channels).reshape(-1, channels).T
    if dtype == np.uint8:
        return (data.astype(np.float32) - 128.0) / 128.0
    scale = 1.0 if dtype.kind == "f" else 2.0 ** (1 - 8 * dtype.itemsize)
    return np.ascontiguousarray(data * scale, dtype=np.float32)


def _tags(container: InputContainer) -> Tags:
    metadata = {**container.streams.audio[0].metadata, **container.metadata}
    values = {name.lower(): value for name, value in metadata.items()}
    return Tags(**{field.name: values.get(field.name, "") for field in fields(Tags)})
