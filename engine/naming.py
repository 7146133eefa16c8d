"""Names for folders, made from the names of songs, that every file system takes."""

from __future__ import annotations

import re
from pathlib import Path

from pathvalidate import sanitize_filename

from engine.audio.decode import AUDIO_SUFFIXES

# Most file systems end at 255 bytes; the rest is room for what is appended, such as " (2)" or ".part".
MAX_NAME_BYTES = 200
# They reorder the characters around them, so that a name reads as something else. Source: Unicode UAX #9, table 1.
_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What Python puts for bytes of a file name that are no text.
_SURROGATES = re.compile("[\ud800-\udfff]")


def song_folder_name(source: Path) -> str:
    """Name the folder of a song's stems after its file, in any script, without what a file system may refuse."""
    name = source.stem if source.suffix.lower() in AUDIO_SUFFIXES else source.name
    name = _SURROGATES.sub("_", _BIDI_CONTROLS.sub("", name))
    # Dots and spaces: at the end Windows drops them, and a dot at the start hides the folder.
    name = sanitize_filename(name.strip(". "), replacement_text="_", platform="universal")
    name = name.encode("utf-8")[:MAX_NAME_BYTES].decode("utf-8", "ignore")
    return name.strip(". ") or "song"
