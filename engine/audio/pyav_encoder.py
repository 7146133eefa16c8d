"""Writes MP4 through FFmpeg: AAC and ALAC, one stream of audio or, in a stem file, five."""

from __future__ import annotations

import dataclasses
from typing import BinaryIO, cast

import av
import numpy as np
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError

from engine.audio.fileio import CallbackFile
from engine.audio.mp4 import add_boxes
from engine.audio.pyav_source import open_container
from engine.audio.target import AudioFile, Encodable
from engine.separation import Samples

_SAMPLE_FORMATS = {None: "fltp", 16: "s16p", 24: "s32p"}
_AAC_CHANNEL_BITRATE = 128_000


class PyavEncoder:
    """One file behind FFmpeg."""

    def __init__(self, file: BinaryIO, target: AudioFile) -> None:
        """Write the header.

        Raises:
            OSError: The disk does not take it, or the encoder does not take this signal (`av.FFmpegError`).
        """
        self._file = file
        self._target = target
        self._callbacks = CallbackFile(file)
        # Play lengths in samples rather than milliseconds: they say where AAC's padding ends.
        options = {"movie_timescale": str(target.sample_rate)}
        self._container: OutputContainer = av.open(
            self._callbacks, "w", format=target.format.container, options=options
        )
        self._layout = "mono" if target.track_channels == 1 else "stereo"
        self._sample_format = _SAMPLE_FORMATS[target.format.bits]
        self._streams = [self._add_stream(name) for name in ("", *(stem.name for stem in target.stems))]
        tags = cast("dict[str, str]", dataclasses.asdict(target.tags))
        self._container.metadata.update({name: text for name, text in tags.items() if text})
        self._samples = 0
        self._closed = False

    def write(self, block: Encodable) -> None:
        """Append a block (C, n), C of all tracks together.

        Raises:
            OSError: The disk does not take it, or the encoder fails.
        """
        # Floats or integers: the sample format has said which.
        tracks = cast("list[Samples]", np.split(block, len(self._streams)))
        for stream, track in zip(self._streams, tracks, strict=True):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(track), self._sample_format, self._layout)
            frame.sample_rate, frame.pts = self._target.sample_rate, self._samples
            self._container.mux(stream.encode(frame))
        self._samples += block.shape[1]
        self._callbacks.check()

    def close(self) -> None:
        """Complete the file; may be called again.

        Raises:
            OSError: The disk does not take the rest, or the encoder fails.
        """
        if self._closed:
            return
        self._closed = True
        try:
            for stream in self._streams:
                self._container.mux(stream.encode(None))
        finally:
            self._container.close()
            self._callbacks.check()
        add_boxes(self._file, self._target.cover, self._target.stems)

    def _add_stream(self, name: str) -> av.AudioStream:
        stream = self._container.add_stream(self._target.format.subtype, self._target.sample_rate, layout=self._layout)
        if not isinstance(stream, av.AudioStream):
            raise TypeError(f"{self._target.format.subtype} is no audio codec")
        stream.codec_context.format = av.AudioFormat(self._sample_format)
        if self._target.format.bits is None:
            stream.bit_rate = self._target.track_channels * _AAC_CHANNEL_BITRATE
        if name:
            stream.metadata["handler_name"] = name
        return stream


def verify_mp4(file: BinaryIO, target: AudioFile) -> bool:
    """Whether every track has the length that was written and all its packets are there.

    Raises:
        ValueError: It is no audio file at all.
        OSError: It cannot be read.
    """
    with open_container(CallbackFile(file)) as container:
        streams = container.streams.audio
        expected = (target.samples, target.sample_rate, target.track_channels)
        found = [(stream.duration, stream.rate, stream.channels) for stream in streams]
        return found == [expected] * target.tracks and _has_all_packets(container, target)


def _has_all_packets(container: InputContainer, target: AudioFile) -> bool:
    """Read the file through without decoding it; FFmpeg ends early where data is missing."""
    held = dict.fromkeys(range(target.tracks), 0)
    try:
        for packet in container.demux(audio=tuple(range(target.tracks))):
            held[packet.stream.index] += packet.duration or 0
    except FFmpegError:
        return False
    # AAC begins with a packet that is there only to be thrown away.
    return all(count >= target.samples for count in held.values())
