"""The ID3v2.4 tag at the start of an MP3, with text in UTF-8.

Source: "ID3 tag version 2.4.0 - Main Structure", id3.org, sections 3 and 4.
"""

from __future__ import annotations

from engine.audio.cover import Cover
from engine.separation import Tags

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


def _frame(name: bytes, data: bytes) -> bytes:
    return name + _size(len(data)) + b"\0\0" + data


def _size(count: int) -> bytes:
    """Four bytes of seven bits each, so that no size looks like the start of an MP3 frame."""
    return bytes((count >> shift) & 0x7F for shift in (21, 14, 7, 0))
