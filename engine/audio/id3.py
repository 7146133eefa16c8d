"""ID3v2 tags at the start of a file: the one of version 4 that an MP3 gets, with text in UTF-8, and where others end.

Source: "ID3 tag version 2.4.0 - Main Structure", id3.org, sections 3 and 4.
"""

from __future__ import annotations

from typing import BinaryIO

from engine.audio.cover import Cover
from engine.separation import Tags

_HEADER_BYTES = 10
_UTF8 = b"\x03"
_FRONT_COVER = b"\x03"


def id3_tag(tags: Tags, cover: Cover | None = None) -> bytes:
    """Build the tag; empty bytes when there is nothing to say."""
    texts = {
        b"TIT2": tags.title,
        b"TPE1": tags.artist,
        b"TALB": tags.album,
        b"TDRC": tags.date,
        b"TRCK": tags.track,
        b"TCON": tags.genre,
    }
    frames = [_frame(name, _UTF8 + text.encode()) for name, text in texts.items() if text]
    if tags.comment:
        unknown_language, no_description = b"XXX", b"\0"
        frames.append(_frame(b"COMM", _UTF8 + unknown_language + no_description + tags.comment.encode()))
    if cover:
        no_description = b"\0"
        frames.append(_frame(b"APIC", _UTF8 + cover.mime.encode() + b"\0" + _FRONT_COVER + no_description + cover.data))
    body = b"".join(frames)
    return b"ID3\x04\x00\x00" + _size(len(body)) + body if body else b""


def behind_tags(file: BinaryIO) -> int:
    """Go to what follows the tags at the start, and say where that is.

    Raises:
        OSError: The file cannot be read.
    """
    start = 0
    while True:
        file.seek(start)
        header = file.read(_HEADER_BYTES)
        if len(header) < _HEADER_BYTES or header[:3] != b"ID3":
            break
        size = sum((byte & 0x7F) << shift for byte, shift in zip(header[6:], (21, 14, 7, 0), strict=True))
        start += _HEADER_BYTES + size
    return file.seek(start)


def _frame(name: bytes, data: bytes) -> bytes:
    return name + _size(len(data)) + b"\0\0" + data


def _size(count: int) -> bytes:
    """Four bytes of seven bits each, so that no size looks like the start of an MP3 frame."""
    return bytes((count >> shift) & 0x7F for shift in (21, 14, 7, 0))
