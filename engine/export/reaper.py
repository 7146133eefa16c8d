"""A REAPER project with every exported file on a track of its own, all from the start, in the stems' colours.

The format is text: `<NAME` opens a block, `>` closes it, and every other line is a word with its values.
Source: projects as REAPER 7 saves them, and "REAPER: RPP file format", wiki.cockos.com.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

# A track's colour is its own only with this bit.
_CUSTOM_COLOR = 0x1000000


@dataclass(frozen=True)
class ProjectTrack:
    """One file as a track.

    Attributes:
        name: Of the track.
        file: A WAV or FLAC beside the project.
        color: As `#rrggbb`; empty for REAPER's own.
        muted: For what would double other tracks.
    """

    name: str
    file: Path
    color: str
    muted: bool


def project_text(tracks: Sequence[ProjectTrack], seconds: float, sample_rate: int) -> str:
    """The project. It says nothing of tempo, and items keep their place in time if somebody sets one."""
    return "\n".join(_lines(tracks, seconds, sample_rate)) + "\n"


def quoted(text: str) -> str:
    """A value as the format wants it: in quotes that it does not contain itself."""
    line = " ".join(text.split())
    for mark in ('"', "'"):
        if mark not in line:
            return f"{mark}{line}{mark}"
    return "`" + line.replace("`", "'") + "`"


def _lines(tracks: Sequence[ProjectTrack], seconds: float, sample_rate: int) -> Iterator[str]:
    yield '<REAPER_PROJECT 0.1 "7.0" 0'
    yield "  TIMELOCKMODE 0"
    yield f"  SAMPLERATE {sample_rate} 1 0"
    for track in tracks:
        yield "  <TRACK"
        yield f"    NAME {quoted(track.name)}"
        if track.color:
            yield f"    PEAKCOL {_native_color(track.color)}"
        yield f"    MUTESOLO {int(track.muted)} 0 0"
        yield "    <ITEM"
        yield "      POSITION 0"
        yield f"      LENGTH {seconds:.12f}"
        yield "      LOOP 0"
        yield f"      NAME {quoted(track.file.stem)}"
        yield f"      <SOURCE {'FLAC' if track.file.suffix == '.flac' else 'WAVE'}"
        yield f"        FILE {quoted(track.file.name)}"
        yield "      >"
        yield "    >"
        yield "  >"
    yield ">"


def _native_color(color: str) -> int:
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return _CUSTOM_COLOR | blue << 16 | green << 8 | red
