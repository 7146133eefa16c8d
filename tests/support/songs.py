"""Writes song files for tests, as libsndfile, FFmpeg or a liar would, and reads them back."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import numpy as np
import soundfile

from engine.audio.decode import open_audio
from engine.audio.source import AudioInfo
from engine.separation import Samples

# FFmpeg's names, in whose order the channels are: front left and right, centre, subwoofer, back, sides.
_LAYOUTS = {2: "stereo", 3: "3.0", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}


def write_song(path: Path, signal: Samples, rate: int, container: str = "WAV", subtype: str = "FLOAT") -> Path:
    """Encode a signal (C, N) with libsndfile, in small blocks as large ones crash its Vorbis encoder."""
    with soundfile.SoundFile(path, "w", rate, signal.shape[0], subtype, format=container) as file:
        for start in range(0, signal.shape[1], 16_384):
            file.write(signal[:, start : start + 16_384].T)
    return path


def write_with_ffmpeg(path: Path, signal: Samples, rate: int, codec: str, container: str, **options: str) -> Path:
    """Encode a signal (C, N) with FFmpeg; C is one of `_LAYOUTS`."""
    layout = _LAYOUTS[signal.shape[0]]
    with av.open(str(path), "w", format=container, options=options) as output:
        stream = output.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        for start in range(0, signal.shape[1], 4096):
            # One after the other, as PyAV cannot take apart eight planes.
            block = np.ascontiguousarray(signal[:, start : start + 4096].T).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="flt", layout=layout)
            frame.sample_rate, frame.pts = rate, start
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def wav_bytes(data: bytes, channels: int = 2, rate: int = 44_100, claimed_bytes: int | None = None) -> bytes:
    """A 16-bit WAV with a header that may lie."""
    claimed = len(data) if claimed_bytes is None else claimed_bytes
    layout = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2 % 2**32, channels * 2, 16)
    chunks = b"WAVEfmt " + struct.pack("<I", len(layout)) + layout + b"data" + struct.pack("<I", claimed)
    return b"RIFF" + struct.pack("<I", min(2**32 - 1, claimed + len(chunks))) + chunks + data


def read_song(path: Path, size: int = 65_536) -> tuple[Samples, AudioInfo, tuple[str, ...]]:
    """Decode a whole file; also what is known of it and the warnings."""
    with open_audio(path) as reader:
        return np.concatenate(list(reader.blocks(size)), axis=1), reader.info, reader.warnings


def tones(channels: int) -> Samples:
    """A second (C, 48,000) with a tone of its own on every channel; the fourth is one for a subwoofer."""
    frequencies = np.array([400, 700, 1000, 50, 1300, 1600, 1900, 2200][:channels])
    return (0.2 * np.sin(2 * np.pi * frequencies[:, None] * np.arange(48_000) / 48_000)).astype(np.float32)


def loudest_hz(signal: Samples) -> list[int]:
    """The frequency of each of `tones`, heard for half a second in the middle."""
    return [2 * int(np.argmax(np.abs(np.fft.rfft(channel)))) for channel in signal[:, 12_000:36_000]]
