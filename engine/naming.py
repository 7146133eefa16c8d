"""Names of song files, and names for the folders of their stems that every file system takes."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pathvalidate import sanitize_filename

from engine.said import say
from engine.separation import RESIDUAL, SOURCE_KEY

# What a walk through a folder picks up; a file that is named is tried whatever its suffix.
AUDIO_SUFFIXES = frozenset(
    f".{name}"
    for name in (
        *("aac", "ac3", "aif", "aifc", "aiff", "amr", "ape", "au", "caf", "dsf", "dts", "eac3", "flac", "m4a", "m4b"),
        *("mka", "mp2", "mp3", "mpc", "oga", "ogg", "opus", "rf64", "snd", "tak", "tta", "w64", "wav", "wma", "wv"),
        *("3gp", "asf", "avi", "flv", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "ogv", "webm", "wmv"),
    )
)

# Most file systems end at 255 bytes; the rest is room for what is appended, such as " (2)" or ".part".
MAX_NAME_BYTES = 200
# They reorder the characters around them, so that a name reads as something else. Source: Unicode UAX #9, table 1.
_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def song_folder_name(source: Path) -> str:
    """Name the folder of a song's stems after its file."""
    return safe_name(song_name(source)) or "song"


def song_name(source: Path) -> str:
    """The name of a song file without what tells its kind; it may still hold what a file system refuses."""
    return source.stem if source.suffix.lower() in AUDIO_SUFFIXES else source.name


def safe_name(text: str) -> str:
    """The text as the name of a file or folder, in any script, without what a file system may refuse; may be empty."""
    # What names cannot hold here: bytes that are no text and, on old systems, all but a few characters.
    encoding = sys.getfilesystemencoding()
    name = _BIDI_CONTROLS.sub("", text).encode(encoding, "replace").decode(encoding)
    # Dots and spaces: at the end Windows drops them, and a dot at the start hides the folder.
    name = sanitize_filename(name.strip(". "), replacement_text="_", platform="universal")
    return name.encode("utf-8")[:MAX_NAME_BYTES].decode("utf-8", "ignore").strip(". ")


def fault_of_names(stems: tuple[str, ...], outputs: int) -> str:
    """What is wrong with the names of so many outputs, as the end of a sentence; empty if nothing is."""
    names = {stem.casefold() for stem in stems}  # some disks do not tell upper from lower case
    if len(stems) != outputs or len(names) != outputs:
        return say("names {count} stems for {outputs} outputs", count=len(names), outputs=outputs)
    for stem in stems:
        # Files are named after stems, and nobody else may say where files are written.
        if stem != safe_name(stem) or not stem or stem.casefold() in (RESIDUAL, SOURCE_KEY[0]):
            return say("has a stem named {stem!r}, which cannot be a file's name", stem=stem)
    return ""
