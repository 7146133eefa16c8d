"""Boxes that FFmpeg does not write: the picture, and what Native Instruments' players read of a stem file.

An MP4 is boxes within boxes: four bytes of size, four of name, then the content. FFmpeg writes `moov`, the box with
all the rest of the metadata, last, so it may grow without anything moving.
Source: ISO/IEC 14496-12, 4.2; the place and the content of `stem` as in files of NI's Stem Creator.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from engine.audio.cover import Cover
from engine.audio.target import StemTrack

_HEADER_BYTES = 8
# Well-known types of iTunes' `data` box.
_ITUNES_TYPES = {"image/jpeg": 13, "image/png": 14}
# Neutral: players shall not treat the sum of the stems in any way.
_NO_MASTERING = {
    "compressor": {
        "enabled": False,
        "ratio": 3,
        "output_gain": 0.5,
        "release": 0.3,
        "attack": 0.003,
        "input_gain": 0.5,
        "threshold": 0,
        "hp_cutoff": 300,
        "dry_wet": 50,
    },
    "limiter": {"enabled": False, "release": 0.05, "threshold": 0, "ceiling": -0.35},
}


def add_boxes(file: BinaryIO, cover: Cover | None, stems: Sequence[StemTrack]) -> None:
    """Add the picture and the names and colours of stems, where there are any, to a whole MP4 of FFmpeg.

    Raises:
        ValueError: `moov` is not the last box.
        OSError: The file cannot be read or written.
    """
    if not cover and not stems:
        return
    start = _last_box(file)
    file.seek(start)
    moov = file.read()
    if moov[4:8] != b"moov":
        raise ValueError("moov is not the last box")
    if cover:
        kind = _ITUNES_TYPES[cover.mime].to_bytes(4, "big")
        picture = _box(b"covr", _box(b"data", kind + bytes(4) + cover.data))
        moov = _with_child(moov, (b"udta", b"meta", b"ilst"), picture)
    if stems:
        moov = _with_child(moov, (b"udta",), _box(b"stem", _stem_json(stems)))
    file.seek(start)
    file.write(moov)


def _stem_json(stems: Sequence[StemTrack]) -> bytes:
    tracks = [{"name": stem.name, "color": stem.color.upper()} for stem in stems]
    return json.dumps({"mastering_dsp": _NO_MASTERING, "version": 1, "stems": tracks}).encode()


def _last_box(file: BinaryIO) -> int:
    """Where the last box of the file starts."""
    end = file.seek(0, os.SEEK_END)
    start = following = 0
    while following < end:
        start = following
        file.seek(start)
        size = int.from_bytes(file.read(4), "big")
        if size == 1:  # too large for four bytes: it is in the eight after the name
            file.seek(4, os.SEEK_CUR)
            size = int.from_bytes(file.read(8), "big")
        following = start + max(size, _HEADER_BYTES)
    return start


def _box(name: bytes, content: bytes) -> bytes:
    return (_HEADER_BYTES + len(content)).to_bytes(4, "big") + name + content


def _with_child(box: bytes, path: tuple[bytes, ...], child: bytes) -> bytes:
    """The box with `child` at the end of the box that `path` leads to; what is missing on the way is made."""
    name, content = box[4:8], box[_HEADER_BYTES:]
    if not path:
        return _box(name, content + child)
    for start, end in _children(name, content):
        if content[start + 4 : start + 8] == path[0]:
            changed = _with_child(content[start:end], path[1:], child)
            return _box(name, content[:start] + changed + content[end:])
    return _box(name, content + _with_child(_box(path[0], b""), path[1:], child))


def _children(name: bytes, content: bytes) -> Iterator[tuple[int, int]]:
    """Where each box in the content of another starts and ends."""
    start = 4 if name == b"meta" else 0  # its version and flags
    while start + _HEADER_BYTES <= len(content):
        end = start + max(int.from_bytes(content[start : start + 4], "big"), _HEADER_BYTES)
        yield start, end
        start = end
