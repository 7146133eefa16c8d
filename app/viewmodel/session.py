"""The songs of this window: what is split next, what is shown, what went wrong."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal

from app.errors import Problem, describe
from app.jobs.runner import JobRunner
from app.jobs.task import Task
from app.jobs.worker import Engine, Lookup, look_up, split
from app.settings import SettingsStore
from app.viewmodel.overall import overall
from app.viewmodel.queue import Refusal, Song, SongPhase, Songs, collect, is_gone
from app.viewmodel.queue_file import KeptSong, QueueFile
from app.viewmodel.session_state import SessionState
from app.viewmodel.view_model import ViewModel
from app.words import told, tr
from engine.api import Progress, Result, ResultsLibrary, Separation, SeparationRequest

RECENT = 12

# Whether stems are on show while they are made. Windows would not let a folder be renamed with files in it in use.
_EARLY = sys.platform != "win32"

# Before what is wanted first, so that sound can fade in there.
_LEAD_SECONDS = 0.1

_log = logging.getLogger(__name__)


class Session(ViewModel[SessionState]):
    """Splits songs one after another, unless the library has their stems; remembers the list in a file."""

    refused = Signal(object)  # tuple[Refusal, ...]
    noticed = Signal(str)  # one line for the status bar
    finished = Signal(object)  # Song: it was split, or failed
    removed = Signal(object)  # tuple[tuple[Song, int], ...]: each with its place when those before were gone
    moved = Signal(int, int, int)  # key, old place, new place

    def __init__(
        self, engine: Engine, runner: JobRunner, settings: SettingsStore, library: ResultsLibrary, file: QueueFile
    ) -> None:
        """Nothing happens before `restore` or `add`."""
        super().__init__(SessionState())
        self._engine = engine
        self._settings = settings
        self._library = library
        self._file = file
        self._keys = 0
        self._splitting = Task(runner)
        self._splitting.progressed.connect(self._on_progress)
        self._splitting.succeeded.connect(self._on_success)
        self._splitting.failed.connect(self._on_failure)
        self._splitting.cancelled.connect(self._on_cancelled)
        self._splitting.ended.connect(self._advance)
        self._seeking = Task(runner)
        self._seeking.succeeded.connect(self._on_looked_up)
        self._seeking.failed.connect(self._on_not_looked_up)
        self._seeking.ended.connect(self._advance)
        self._sought = 0
        self._batch: frozenset[int] = frozenset()
        self._pace: float | None = None
        self._frozen = False

    def restore(self) -> None:
        """Bring back the songs of last time: finished ones open from the library, the others are split."""
        kept = self._file.load()
        gone = [song for song in kept.songs if song.phase != "ready" and is_gone(Path(song.source))]
        back = [song for song in kept.songs if song not in gone]
        songs = [self._kept_song(song) for song in back]
        selected = None
        if songs:
            shown = kept.songs[kept.selected] if kept.selected is not None else None
            selected = songs[back.index(shown) if shown in back else 0].key
        self._count(songs)
        self._change(Songs((*self._state.songs.items, *songs)), selected)
        if gone:
            self.refused.emit(tuple(Refusal(Path(song.source), tr("it is no longer there")) for song in gone))
        self._advance()

    def expect_songs(self) -> None:
        """Get the engine ready for songs that may be added in a moment, such as those that are dragged over."""
        self._engine.expect_song()

    def add(self, paths: Sequence[Path], *, behind: bool = False) -> None:
        """Queue songs and folders of songs; the first one is shown if nothing else is, or if it is the only one.

        Args:
            paths: Files and folders.
            behind: Whether the song on show stays there, because a dialog is open that may be about it.
        """
        found, refusals = collect(paths)
        self._remember(paths, found)
        listed = {song.source: song for song in self._state.songs.items if song.phase != "ready" and not song.model}
        new = [self._new_song(source) for source in found if source not in listed]
        again = [listed[source] for source in found if source in listed]
        shown = self._state.song
        gives_way = shown is None or (not behind and (len(found) == 1 or shown.phase in ("failed", "stopped")))
        show = [*new, *again][0].key if found and gives_way else self._state.selected
        self._count(new)
        self._change(Songs((*self._state.songs.items, *new)), show)
        for song in again:
            self.retry(song.key)
        if refusals:
            self.refused.emit(refusals)
        self._advance()

    def open_entry(self, entry: Result) -> None:
        """Put an entry of the library on show."""
        song = replace(self._new_song(entry.separation.source), entry=entry.key)
        self._append(song, song.key)

    def split_also(self, source: Path, model: str) -> None:
        """Queue a song, which may be on the list, to be split with this model; what is on show stays."""
        self._append(self._new_song(source, model), self._state.selected)

    def select(self, key: int) -> None:
        """Show another song."""
        if self._state.songs.find(key) is not None:
            self._change(self._state.songs, key)

    def step(self, by: int) -> None:
        """Show the song `by` places further down the list, as far as it goes."""
        keys = [song.key for song in self._state.songs.items]
        if self._state.selected in keys:
            place = keys.index(self._state.selected) + by
            self.select(keys[min(max(place, 0), len(keys) - 1)])

    def move(self, key: int, place: int) -> None:
        """Put a song elsewhere in the list, which is the order of splitting."""
        if self._state.songs.find(key) is not None:
            before = self._state.songs.place(key)
            self._change(self._state.songs.moved(key, place), self._state.selected)
            self.moved.emit(key, before, self._state.songs.place(key))

    def pause(self, on: bool) -> None:
        """Hold splitting at the current segment, or go on there."""
        control = self._splitting.control
        (control.pause if on else control.resume)()
        self._state = replace(self._state, paused=on)
        self._change(self._state.songs, self._state.selected)
        self._advance()

    def want(self, sample: int) -> None:
        """Go on from this sample of the song on show, if it is being split; what is before it comes afterwards."""
        song = self._state.song
        if song is not None and song.unfinished is not None:
            lead = round(_LEAD_SECONDS * song.unfinished.separation.sample_rate)
            self._splitting.control.want(max(0, sample - lead))

    def cancel(self, key: int) -> None:
        """Stop splitting a song, at once or as soon as the engine lets go of it; it stays in the list."""
        song = self._state.songs.find(key)
        if song is None or not song.pending:
            return
        if song.phase == "running":
            self._put(replace(song, stopping=True))
            self._splitting.control.cancel()
        else:
            self._put(replace(song, phase="stopped", entry=""))

    def retry(self, key: int, *, as_preferred: bool = False) -> None:
        """Split a song that failed or was stopped, with the settings of now.

        Args:
            key: Of the song.
            as_preferred: Whether with the model of the preferences, also if it was to be split with another one.
        """
        song = self._state.songs.find(key)
        if song is not None and song.phase in ("failed", "stopped"):
            model = "" if as_preferred else song.model
            waiting = replace(song.anew, phase="waiting", seconds=song.seconds, model=model)
            self._count([waiting])
            self._put(waiting)
            self._advance()

    def retry_all(self) -> None:
        """Split all songs again that failed for a reason that is not in their files."""
        for song in self._state.songs.items:
            if song.curable:
                self.retry(song.key)

    def find_again(self, key: int) -> None:
        """Look anew for the stems of a song that had them; one whose stems are gone from the library is split again."""
        song = self._state.songs.find(key)
        if song is not None and song.separation is not None:
            self._library.release(song.separation)
            self._count([song.anew])
            self._put(song.anew)
            words = tr("The stems of “{song}” are no longer there: it is split again")
            self.noticed.emit(words.format(song=song.short_name))
            self._advance()

    def remove(self, *keys: int) -> None:
        """Take songs off the list; their stems stay in the library. The engine lets go of them."""
        songs, selected, gone = self._state.songs, self._state.selected, list[tuple[Song, int]]()
        for key in keys:
            song = songs.find(key)
            if song is not None:
                gone.append((song, songs.place(key)))
                selected = songs.neighbour(key) if selected == key else selected
                songs = songs.without(key)
        if not gone:
            return
        if any(song.phase == "running" for song, _place in gone):
            self._splitting.control.cancel()
        self._batch -= set(keys)
        self._change(songs, selected)
        for song, _place in gone:
            if song.separation is not None:
                self._library.release(song.separation)
        self.removed.emit(tuple(gone))

    def remove_done(self) -> None:
        """Take all songs off the list that are split."""
        self.remove(*(song.key for song in self._state.songs.items if song.phase == "ready"))

    def put_back(self, gone: Sequence[tuple[Song, int]]) -> None:
        """Take songs that were removed into the list again; their stems open from the library, if they are there."""
        songs, back = self._state.songs, list[Song]()
        for song, place in reversed(gone):
            entry = song.separation.folder.name if song.separation is not None else song.entry
            back.append(song if song.phase in ("failed", "stopped") else replace(song.anew, entry=entry))
            songs = songs.with_song(back[-1]).moved(song.key, place)
        self._count(back)
        self._change(songs, back[-1].key)
        self._advance()

    def remove_entry(self, entry: str) -> None:
        """Take every song off the list whose stems are this entry of the library."""
        made = ((song.key, song.separation) for song in self._state.songs.items)
        self.remove(*(key for key, separation in made if separation is not None and separation.folder.name == entry))

    def freeze(self) -> None:
        """Start nothing any more and leave the remembered list as it is; call it before jobs are cancelled."""
        self._frozen = True

    def close(self) -> None:
        """Forget the songs; call it when no job runs any more."""
        self.freeze()
        self._change(Songs(), None)

    def _new_song(self, source: Path, model: str = "") -> Song:
        self._keys += 1
        return Song(self._keys, source, model=model)

    def _kept_song(self, kept: KeptSong) -> Song:
        song = self._new_song(Path(kept.source), kept.model)
        if kept.phase == "failed":
            return replace(song, phase="failed", problem=kept.problem)
        return replace(song, phase="stopped") if kept.phase == "stopped" else replace(song, entry=kept.entry)

    def _append(self, song: Song, selected: int | None) -> None:
        self._count([song])
        self._change(Songs((*self._state.songs.items, song)), selected)
        self._advance()

    def _count(self, songs: Sequence[Song]) -> None:
        """Let songs count in the overall progress, which starts anew when nothing was left to do."""
        batch = self._batch if self._state.songs.pending() else frozenset[int]()
        self._batch = batch | {song.key for song in songs if song.pending}

    def _remember(self, paths: Sequence[Path], found: Sequence[Path]) -> None:
        """Note what was added and gave songs, the newest first."""
        used = [str(path) for path in paths if any(song == path or path in song.parents for song in found)]
        if used:
            recent = dict.fromkeys((*used, *self._settings.value.recent))
            self._settings.update(recent=tuple(recent)[:RECENT])

    def _advance(self) -> None:
        """Start what is due: one split and, beside it, one look into the library."""
        if self._frozen:
            return
        song = self._state.songs.first("checking")
        if song is not None and not self._seeking.running:
            self._sought = song.key
            self._seeking.start(look_up(self._library, self._request(song), song.entry))
        song = self._state.songs.first("waiting")
        if song is not None and not self._splitting.running and not self._state.paused:
            self._splitting.start(split(self._engine, self._library, self._request(song)))
            self._put(replace(song, phase="running"))

    def _request(self, song: Song) -> SeparationRequest:
        chosen = self._settings.value
        return SeparationRequest(
            source=song.source,
            folder=self._library.folder,
            model=song.model or chosen.model,
            stages=chosen.stages,
            quality=chosen.quality,
            device=chosen.device,
            precision=chosen.precision,
        )

    def _on_looked_up(self, found: Lookup) -> None:
        song = self._state.songs.find(self._sought)
        wanted = song is not None and song.phase == "checking"
        if song is None or not wanted:
            if found.separation is not None:
                self._library.release(found.separation)
        elif found.separation is not None:
            self._open_found(song, found.separation)
        else:
            self._put(replace(song, phase="waiting", entry="", seconds=found.seconds))

    def _open_found(self, song: Song, separation: Separation) -> None:
        """Show what the library had, once for each file."""
        self._batch -= {song.key}
        twins = [
            other
            for other in self._state.songs.items
            if other.separation is not None
            and (other.separation.folder, other.source) == (separation.folder, song.source)
        ]
        if twins:
            self._library.release(separation)
            shown = self._state.selected
            self._change(self._state.songs.without(song.key), twins[0].key if shown == song.key else shown)
            self.noticed.emit(tr("“{song}” is in the list already").format(song=twins[0].short_name))
            return
        found = replace(song, phase="ready", separation=separation, entry="")
        self._put(found)
        if not song.entry:
            words = tr("“{song}” was split before; its stems are from the library")
            self.noticed.emit(words.format(song=found.short_name))

    def _on_not_looked_up(self, error: Exception) -> None:
        _log.info("not looked for in the library: %s", error)  # splitting it will say the same to the user
        song = self._state.songs.find(self._sought)
        if song is not None and song.phase == "checking":
            self._put(replace(song, phase="waiting", entry=""))

    def _on_progress(self, progress: Progress) -> None:
        song = self._state.songs.running()
        if song is not None:
            seconds = progress.total if progress.phase == "separate" and progress.total > 0 else song.seconds
            unfinished = progress.unfinished if _EARLY else None
            self._put(replace(song, progress=progress, seconds=seconds, unfinished=unfinished or song.unfinished))
            if progress.message:
                self.noticed.emit(told(progress.message))

    def _on_success(self, separation: Separation) -> None:
        if self._state.songs.running() is None:  # it was removed too late to be stopped
            self._library.release(separation)
        self._pace = separation.elapsed_seconds / separation.duration_seconds
        self._end("ready", tr("“{song}” is ready."), separation=separation)

    def _on_failure(self, error: Exception) -> None:
        song = self._state.songs.running()
        self._end("failed", tr("“{song}” could not be split"), problem=describe(error, song.source if song else None))

    def _on_cancelled(self) -> None:
        self._end("stopped", tr("Stopped “{song}”"))

    def _end(self, phase: SongPhase, text: str, **outcome: Separation | Problem) -> None:
        """Note how the running song ended, unless it was removed."""
        song = self._state.songs.running()
        if song is None:
            return
        done = replace(song, phase=phase, progress=None, stopping=False, unfinished=None)
        song = replace(done, **outcome)  # type: ignore[arg-type]
        self._put(song)
        notes = song.separation.warnings if song.separation is not None else ()
        self.noticed.emit(" ".join((text.format(song=song.short_name), *map(told, notes))))
        if phase != "stopped":
            self.finished.emit(song)

    def _put(self, song: Song) -> None:
        self._change(self._state.songs.with_song(song), self._state.selected)

    def _change(self, songs: Songs, selected: int | None) -> None:
        if not self._frozen:
            self._file.save(songs.items, selected)
        self._set(SessionState(songs, selected, self._state.paused, overall(songs, self._batch, self._pace)))
