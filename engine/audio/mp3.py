"""Whether an MP3 tells how long it is, which it does in its first frame or not at all.

Source: the "Xing" and "Info" headers as LAME writes them, http://gabriel.mp3-tech.org/mp3infotag.html.
"""

from __future__ import annotations

import os
import re
from typing import BinaryIO

from engine.audio.id3 import behind_tags

# Of the longest frame and of what may lie before it.
_HEAD_BYTES = 8192
# The name, then what is counted (1: frames, 2: bytes), then the counts.
_COUNTS = re.compile(rb"(?:Xing|Info)\0\0\0(.)(.{4})(.{4})", re.DOTALL)
_FRAMES, _BYTES = 1, 2
# A file may be longer than it counts, by tags at its end; FFmpeg, too, takes more than this for files joined to one.
_LONGER_SHARE = 1 / 16


def tells_length(file: BinaryIO) -> bool:
    """Whether the header counts the frames of the whole file; leaves the file where it is.

    Raises:
        OSError: It cannot be read.
    """
    position = file.tell()
    try:
        start = behind_tags(file)
        counts = _COUNTS.search(file.read(_HEAD_BYTES))
        length = file.seek(0, os.SEEK_END) - start
    finally:
        file.seek(position)
    if counts is None or not counts[1][0] & _FRAMES:
        return False
    counted = int.from_bytes(counts[3], "big") if counts[1][0] & _BYTES else length
    return length <= counted * (1 + _LONGER_SHARE)
