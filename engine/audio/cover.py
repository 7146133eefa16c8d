"""The picture that comes with a song, read from its file.

Source of the layout in FLAC: RFC 9639, section 8.8.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.audio.fileio import CallbackFile

# By FFmpeg's name of how a picture is stored; others are rare, and few players show them.
_MIME = {"mjpeg": "image/jpeg", "png": "image/png"}
# A FLAC picture ends at 16 MB, and a larger one makes every stem larger than it needs to be.
_MAX_BYTES = 8_000_000
_FRONT_COVER = 3
_FLAC_PICTURE = 6


@dataclass(frozen=True)
class Cover:
    """A picture as it lies in the file.

    Attributes:
        data: A whole JPEG or PNG.
        mime: `image/jpeg` or `image/png`.
    """

    data: bytes
    mime: str


def read_cover(path: Path) -> Cover | None:
    """The picture of a song; None where there is none that can be used, or the file is gone."""
    from av.error import FFmpegError

    try:
        with path.open("rb") as file:
            return _read(file)
    except (OSError, ValueError, FFmpegError):
        return None


def flac_picture(cover: Cover) -> bytes:
    """The metadata block that holds the picture, which is not the last block of its file."""
    mime = cover.mime.encode()
    no_text_size_or_depth = struct.pack(">5I", 0, 0, 0, 0, 0)
    body = struct.pack(">2I", _FRONT_COVER, len(mime)) + mime + no_text_size_or_depth
    body += struct.pack(">I", len(cover.data)) + cover.data
    return bytes([_FLAC_PICTURE]) + len(body).to_bytes(3, "big") + body


def _read(file: BinaryIO) -> Cover | None:
    from av.stream import Disposition

    from engine.audio.pyav_source import open_container

    with open_container(CallbackFile(file)) as container:
        for stream in container.streams.video:
            mime = _MIME.get(stream.codec_context.name)
            if mime is None or not stream.disposition & Disposition.attached_pic:
                continue
            packet = next(container.demux(stream), None)
            data = bytes(packet) if packet is not None else b""
            if 0 < len(data) <= _MAX_BYTES:
                return Cover(data, mime)
    return None
