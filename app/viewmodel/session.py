"""The songs of this window: what is split next, what is shown, what went wrong."""

from __future__ import annotations

import logging
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal

from app.errors import describe
from app.jobs.runner import JobRunner
from app.jobs.worker import Engine, Worker, split
from app.settings import SettingsStore
from app.viewmodel.queue import Song, Songs, collect
from engine.api import Progress, Separation, SeparationRequest

Page = Literal["empty", "running", "ready", "error"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SessionState:
    """What the window shows.

    Attributes:
        songs: In the order they were added.
        selected: Key of the song on show; None without songs.
    """

    songs: Songs = field(default_factory=Songs)
    selected: int | None = None

    @property
    def song(self) -> Song | None:
        """The song on show."""
        return self.songs.find(self.selected)

    @property
    def page(self) -> Page:
        """Which page the window shows."""
        song = self.song
        if song is None:
            return "empty"
        if song.phase == "ready":
            return "ready"
        return "error" if song.phase == "failed" else "running"


class Session(QObject):
    """Splits songs one after another, and keeps what came out until the window closes."""

    changed = Signal(object)  # SessionState
    opened = Signal(object)  # Separation | None: what the lanes and the player show from now on
    refused = Signal(object)  # tuple[Refusal, ...]
    noticed = Signal(str)  # one line for the status bar

    def __init__(self, engine: Engine, runner: JobRunner, settings: SettingsStore, folder: Path) -> None:
        """Separations go to a folder of this session's own below `folder`."""
        super().__init__()
        self._engine = engine
        self._runner = runner
        self._settings = settings
        self._home = folder / uuid.uuid4().hex
        self._state = SessionState()
        self._opened: Separation | None = None
        self._keys = 0
        self._worker: Worker | None = None
        self._closing = False

    @property
    def state(self) -> SessionState:
        """The current snapshot."""
        return self._state

    def add(self, paths: Sequence[Path]) -> None:
        """Queue songs and folders of songs; the first one is shown if nothing else is."""
        found, refusals = collect(paths)
        songs, first = self._state.songs, self._keys + 1
        for source in found:
            self._keys += 1
            songs = songs.with_song(Song(self._keys, source))
        idle = self._state.page in ("empty", "error") or len(found) == 1
        self._set(songs, first if found and idle else self._state.selected)
        if refusals:
            self.refused.emit(refusals)
        self._start_next()

    def select(self, key: int) -> None:
        """Show another song."""
        if self._state.songs.find(key) is not None:
            self._set(self._state.songs, key)

    def step(self, by: int) -> None:
        """Show the song `by` places further down the list, as far as it goes."""
        keys = [song.key for song in self._state.songs.items]
        if self._state.selected in keys:
            place = keys.index(self._state.selected) + by
            self.select(keys[min(max(place, 0), len(keys) - 1)])

    def cancel(self, key: int) -> None:
        """Stop splitting a song; it leaves the list at once, or as soon as the engine lets go of it."""
        song = self._state.songs.find(key)
        if song is None:
            return
        if song.phase == "running" and self._worker is not None:
            self.noticed.emit(f"Stopping “{song.name}”…")
            self._worker.cancel()
        else:
            self.remove(key)

    def remove(self, key: int) -> None:
        """Take a song that is not being split off the list, and delete its stems."""
        song = self._state.songs.find(key)
        if song is None or song.phase == "running":
            return
        selected = self._state.selected
        self._set(self._state.songs.without(key), self._state.songs.neighbour(key) if selected == key else selected)
        if song.separation is not None:
            _delete(song.separation.folder)

    def retry(self, key: int) -> None:
        """Split a song that failed once more, with the settings of now."""
        song = self._state.songs.find(key)
        if song is not None and song.phase == "failed":
            self._put(Song(song.key, song.source))
            self._start_next()

    def close(self) -> None:
        """Forget the songs and delete their stems; call it when no job runs any more."""
        self._closing = True
        self._set(Songs(), None)
        _delete(self._home)

    def _start_next(self) -> None:
        song = self._state.songs.next_waiting()
        if song is None or self._worker is not None or self._closing:
            return
        chosen = self._settings.value
        request = SeparationRequest(
            source=song.source,
            folder=self._home / uuid.uuid4().hex,
            model=chosen.model,
            stages=chosen.stages,
            quality=chosen.quality,
            device=chosen.device,
        )
        worker = self._runner.prepare(split(self._engine, request))
        worker.progressed.connect(self._on_progress)
        worker.succeeded.connect(self._on_success)
        worker.failed.connect(self._on_failure)
        worker.cancelled.connect(self._on_cancelled)
        worker.done.connect(self._on_done)
        self._worker = worker
        self._request = request
        self._put(replace(song, phase="running"))
        self._runner.start(worker)

    def _on_progress(self, progress: Progress) -> None:
        song = self._state.songs.running()
        if song is not None:
            self._put(replace(song, progress=progress))
            if progress.message:
                self.noticed.emit(progress.message)

    def _on_success(self, separation: Separation) -> None:
        song = self._state.songs.running()
        if song is not None:
            song = replace(song, phase="ready", progress=None, separation=separation)
            self._put(song)
            self.noticed.emit(" ".join((f"“{song.name}” is ready.", *separation.warnings)))

    def _on_failure(self, error: Exception) -> None:
        song = self._state.songs.running()
        if song is not None:
            problem = describe(error, song.source)
            self._put(replace(song, phase="failed", progress=None, problem=problem))
        _delete(self._request.folder)

    def _on_cancelled(self) -> None:
        song = self._state.songs.running()
        if song is not None:
            self._put(replace(song, phase="waiting"))
            self.remove(song.key)
            self.noticed.emit(f"Stopped “{song.name}”; nothing was kept")
        _delete(self._request.folder)

    def _on_done(self) -> None:
        self._worker = None
        self._start_next()

    def _put(self, song: Song) -> None:
        self._set(self._state.songs.with_song(song), self._state.selected)

    def _set(self, songs: Songs, selected: int | None) -> None:
        self._state = SessionState(songs, selected)
        song = self._state.song
        separation = song.separation if song is not None else None
        if separation != self._opened:
            self._opened = separation
            self.opened.emit(separation)
        self.changed.emit(self._state)


def _delete(folder: Path) -> None:
    def log(_call: object, path: str, error: object) -> None:
        _log.warning("not deleted: %s (%s)", path, error)

    if folder.exists():
        shutil.rmtree(folder, onerror=log)
