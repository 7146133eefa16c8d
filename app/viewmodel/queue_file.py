"""The list of songs on disk, so that it outlives the window however that ends."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, cast

from app.errors import Problem
from app.settings import write_json
from app.viewmodel.queue import Song
from engine.api import WriteError, checked, from_json_text

KeptPhase = Literal["waiting", "ready", "failed", "stopped"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class KeptSong:
    """What is remembered of a song.

    Attributes:
        source: The file.
        phase: Where it stood; a song that was being split waits again.
        entry: The library's entry with its stems, if it was ready.
        problem: Why it failed.
        model: What it is split with; empty for the model of the preferences.
    """

    source: str
    phase: KeptPhase
    entry: str = ""
    problem: Problem | None = None
    model: str = ""


@dataclass(frozen=True)
class KeptQueue:
    """What is remembered of the list.

    Attributes:
        songs: In their order.
        selected: Place of the song on show; None without one.
    """

    songs: tuple[KeptSong, ...] = ()
    selected: int | None = None


class QueueFile:
    """Keeps the list in one JSON file; writes only what changed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._saved = KeptQueue()

    def load(self) -> KeptQueue:
        """Read it back; what cannot be read is left out, with a line in the log."""
        try:
            stored: object = from_json_text(self._file.read_text(encoding="utf-8"))
            self._saved = _queue(stored)
        except FileNotFoundError:
            return KeptQueue()
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.warning("the list of songs was not read: %r", error)
        return self._saved

    def save(self, songs: Sequence[Song], selected: int | None) -> None:
        """Write the list; a folder that cannot be written to is logged, not raised."""
        keys = [song.key for song in songs]
        kept = KeptQueue(tuple(map(_keep, songs)), keys.index(selected) if selected in keys else None)
        if kept == self._saved:
            return
        self._saved = kept
        try:
            write_json(self._file, _json(kept))
        except WriteError as error:
            _log.warning("the list of songs was not saved: %s", error)


def _keep(song: Song) -> KeptSong:
    kept = KeptSong(str(song.source), "stopped" if song.phase == "stopped" else "waiting", model=song.model)
    if song.separation is not None:
        return replace(kept, phase="ready", entry=song.separation.folder.name)
    if song.entry:
        return replace(kept, phase="ready", entry=song.entry)
    return replace(kept, phase="failed", problem=song.problem) if song.problem is not None else kept


def _json(queue: KeptQueue) -> dict[str, object]:
    values = asdict(queue)
    for song in values["songs"]:
        if song["problem"] is not None:
            del song["problem"]["file"]  # the song's own
    return values


def _queue(stored: object) -> KeptQueue:
    """The songs that can be read. Raises ValueError, KeyError or TypeError for what is no list of songs."""
    values = cast("dict[str, Any]", stored)
    songs = [_song(entry) for entry in values["songs"]]
    selected = values.get("selected")
    shown = songs[selected] if type(selected) is int and 0 <= selected < len(songs) else None
    kept = tuple(song for song in songs if song is not None)
    return KeptQueue(kept, kept.index(shown) if shown is not None else None)


def _song(values: object) -> KeptSong | None:
    """One song, without what only a later version notes of it; None if it cannot be read."""
    try:
        song = KeptSong(**_fields(KeptSong, values))
        if song.problem is not None:
            problem: dict[str, Any] = {**_fields(Problem, song.problem), "file": Path(song.source)}
            song = replace(song, problem=Problem(**problem))
        return checked(song)
    except (ValueError, TypeError) as error:
        _log.warning("a song of the list was not read: %r", error)
        return None


def _fields(kind: type[KeptSong | Problem], stored: object) -> dict[str, Any]:
    """What was stored of the fields of a dataclass."""
    values = cast("dict[str, Any]", stored)
    return {field.name: values[field.name] for field in fields(kind) if field.name in values}
