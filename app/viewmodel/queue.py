"""What may be split, and the songs of this window."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from app.errors import Problem
from app.words import one_line, tr
from engine.api import AUDIO_SUFFIXES, Progress, Separation, Spans, Unfinished, on_disk, song_folder_name

SongPhase = Literal["checking", "waiting", "running", "ready", "failed", "stopped"]

# A whole disk dropped by accident must not hold up the window.
_FOLDER_ENTRIES = 20_000
_LONGEST_SHORT_NAME = 36


@dataclass(frozen=True)
class Refusal:
    """A dropped file or folder that cannot be split, and why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Song:
    """One song of this window.

    Attributes:
        key: Its number, unique in this window.
        source: The file.
        phase: Where it stands. `checking`: whether its stems are in the library is not known yet.
        progress: Of the running job.
        separation: The stems, once it is ready.
        problem: Why it failed.
        entry: The library's entry that held its stems when the window was open last; only while it is checked.
        seconds: Its length, as soon as it is known.
        stopping: Whether the engine was told to let go of it.
        unfinished: Its stems as far as they are made, while it is being split.
        model: The model to split it with; empty for that of the preferences.
    """

    key: int
    source: Path
    phase: SongPhase = "checking"
    progress: Progress | None = None
    separation: Separation | None = None
    problem: Problem | None = None
    entry: str = ""
    seconds: float | None = None
    stopping: bool = False
    unfinished: Unfinished | None = None
    model: str = ""

    @property
    def anew(self) -> Song:
        """The same song, of which nothing is known yet."""
        return Song(self.key, self.source, model=self.model)

    @property
    def pending(self) -> bool:
        """Whether there is still something to do for it."""
        return self.phase in ("checking", "waiting", "running")

    @property
    def curable(self) -> bool:
        """Whether it failed, and something can be done about it but to change its file."""
        return self.phase == "failed" and self.problem is not None and self.problem.remedy != "none"

    @property
    def audible(self) -> Separation | None:
        """Its stems, also those that are being made, once there is something to hear of them."""
        if self.separation is not None or self.unfinished is None:
            return self.separation
        return self.unfinished.separation if self.unfinished.ready else None

    @property
    def ready(self) -> Spans:
        """Which samples can be heard."""
        if self.separation is not None:
            return ((0, self.separation.samples),)
        return self.unfinished.ready if self.unfinished is not None else ()

    @property
    def name(self) -> str:
        """What to call the song: its title tag where there is one, else the file's name without suffix."""
        return shown_name(self.audible.tags.title if self.audible else "", self.source)

    @property
    def short_name(self) -> str:
        """The name, without its middle where it would be too long for a sentence."""
        name, half = self.name, _LONGEST_SHORT_NAME // 2
        return name if len(name) <= _LONGEST_SHORT_NAME else f"{name[:half]}…{name[-half:]}"


@dataclass(frozen=True)
class Songs:
    """An ordered list of songs; every change gives a new list."""

    items: tuple[Song, ...] = ()

    def find(self, key: int | None) -> Song | None:
        """The song with this key, if it is there."""
        return next((song for song in self.items if song.key == key), None)

    def first(self, phase: SongPhase) -> Song | None:
        """The first song that stands there."""
        return next((song for song in self.items if song.phase == phase), None)

    def running(self) -> Song | None:
        """The song that is being split."""
        return self.first("running")

    def pending(self) -> tuple[Song, ...]:
        """The songs that there is still something to do for."""
        return tuple(song for song in self.items if song.pending)

    def place(self, key: int) -> int:
        """Where a song stands in the list.

        Raises:
            ValueError: There is no such song.
        """
        return [song.key for song in self.items].index(key)

    def moved(self, key: int, place: int) -> Songs:
        """Put a song elsewhere in the list, at most at its ends."""
        song = self.items[self.place(key)]
        others = self.without(key).items
        place = min(max(place, 0), len(others))
        return replace(self, items=(*others[:place], song, *others[place:]))

    def with_song(self, song: Song) -> Songs:
        """Replace the song of the same key, or append it."""
        if self.find(song.key) is None:
            return replace(self, items=(*self.items, song))
        return replace(self, items=tuple(song if old.key == song.key else old for old in self.items))

    def without(self, key: int) -> Songs:
        """Leave one song out."""
        return replace(self, items=tuple(song for song in self.items if song.key != key))

    def neighbour(self, key: int) -> int | None:
        """The key to show when this song leaves the list: the next one, else the one before."""
        keys = [song.key for song in self.items]
        place = self.place(key)
        others = keys[place + 1 :] + keys[:place][::-1]
        return others[0] if others else None


def collect(paths: Iterable[Path]) -> tuple[tuple[Path, ...], tuple[Refusal, ...]]:
    """Find the songs in files and folders, each once, and say what is refused and why."""
    songs: dict[Path, None] = {}
    refused: list[Refusal] = []
    for path in paths:
        try:
            found, reason = _songs_in(path)
        except OSError as error:
            found, reason = [], tr("it cannot be opened ({reason})").format(reason=error.strerror or error)
        songs.update(dict.fromkeys(found))
        if reason:
            refused.append(Refusal(path, reason))
    return tuple(songs), tuple(refused)


def shown_name(title: str, source: Path) -> str:
    """The title tag of a song in one line; where there is none, the file's name without suffix."""
    return one_line(title) or one_line(source.stem) or source.name


def is_gone(path: Path) -> bool:
    """Whether a file is no longer there; not if the disk does not say, as that of a server which does not answer."""
    try:
        return not on_disk(path)
    except OSError:
        return False


def _songs_in(path: Path) -> tuple[list[Path], str]:
    if path.is_dir():
        found = sorted(entry for entry in _walk(path) if _is_song(entry))
        return found, "" if found else tr("there are no songs in this folder")
    if not path.exists():
        return [], tr("it is not there")
    if not path.is_file():
        return [], tr("it is not a file")
    if path.suffix.lower() not in AUDIO_SUFFIXES:
        words = tr("{suffix} is not a sound format Bandsaw knows")
        return [], words.format(suffix=path.suffix or tr("a file without suffix"))
    if not os.access(path, os.R_OK):
        return [], tr("reading it is not allowed")
    return [path], ""


def _is_song(path: Path) -> bool:
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")


def _walk(folder: Path) -> Iterator[Path]:
    """The files in a folder, but not in folders that exports made: those with the name of a song beside them."""
    seen = 0
    for parent, folders, files in os.walk(folder):
        made = {song_folder_name(Path(name)) for name in files if _is_song(Path(name))}
        folders[:] = sorted({*folders} - made)
        for name in sorted(files):
            seen += 1
            if seen > _FOLDER_ENTRIES:
                return
            yield Path(parent) / name
