"""The actions about the songs in the list; each works on the song on show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QAction, QDesktopServices

from app.view.mix_actions import Look, connect
from app.viewmodel.queue import Song
from app.viewmodel.session import Session
from app.viewmodel.session_state import SessionState
from app.words import tr


class SongActions:
    """Made once with the other actions; `connect_session` lets them work."""

    def __init__(self, make: Callable[[Look], QAction]) -> None:
        self.pause = make(Look(tr("&Pause splitting"), ("Ctrl+P",), "pause", tr("The song goes on where it was held")))
        self.pause.setCheckable(True)
        self.cancel = make(Look(tr("&Stop splitting"), ("Ctrl+.",)))
        self.retry = make(Look(tr("Split a&gain"), ("Ctrl+R",), "", tr("A song that failed or was stopped")))
        self.remove = make(Look(tr("&Remove song from the list"), ("Ctrl+W",), "", tr("Its stems stay in the library")))
        self.move_up = make(Look(tr("Move song &up"), ("Alt+Up",), "", tr("Songs are split in the order of the list")))
        self.move_down = make(
            Look(tr("Move song &down"), ("Alt+Down",), "", tr("Songs are split in the order of the list"))
        )
        self.next_song = make(Look(tr("&Next song"), ("Ctrl+PgDown",)))
        self.previous_song = make(Look(tr("Pre&vious song"), ("Ctrl+PgUp",)))
        self.reveal_source = make(Look(tr("Show the song's &folder")))
        self.reveal_stems = make(Look(tr("Show the folder of its s&tems")))
        self.library = make(
            Look(tr("&Library of split songs…"), ("Ctrl+L",), "", tr("Open, delete, and how large it may get"))
        )

    @property
    def of_one_song(self) -> Sequence[QAction]:
        """What can be done with the song on show."""
        return (
            self.cancel, self.retry, self.move_up, self.move_down, self.reveal_source, self.reveal_stems, self.remove,
        )  # fmt: skip

    def connect_session(self, session: Session) -> None:
        """Let the actions do their work."""

        def with_song(act: Callable[[Song], None]) -> Callable[[], None]:
            def run() -> None:
                song = session.state.song
                if song is not None:
                    act(song)

            return run

        def move(by: int) -> Callable[[], None]:
            return with_song(lambda song: session.move(song.key, session.state.songs.place(song.key) + by))

        for action, slot in (
            (self.cancel, lambda: _stop(session)),
            (self.retry, with_song(lambda song: session.retry(song.key))),
            (self.remove, with_song(lambda song: session.remove(song.key))),
            (self.move_up, move(-1)),
            (self.move_down, move(1)),
            (self.next_song, lambda: session.step(1)),
            (self.previous_song, lambda: session.step(-1)),
            (self.reveal_source, with_song(lambda song: show_folder(song.source.parent))),
            (self.reveal_stems, with_song(_show_stems)),
        ):
            connect(action, slot)
        self.pause.triggered.connect(session.pause)
        session.changed.connect(self._present)
        self._present(session.state)

    def _present(self, state: SessionState) -> None:
        song = state.song
        place = state.songs.place(song.key) if song is not None else 0
        self.pause.setChecked(state.paused)
        self.pause.setEnabled(state.paused or bool(state.songs.pending()))
        self.cancel.setEnabled(_stoppable(state) is not None)
        self.retry.setEnabled(song is not None and song.phase in ("failed", "stopped"))
        self.remove.setEnabled(song is not None)
        self.move_up.setEnabled(song is not None and place > 0)
        self.move_down.setEnabled(song is not None and place < len(state.songs.items) - 1)
        for action in (self.next_song, self.previous_song):
            action.setEnabled(len(state.songs.items) > 1)
        self.reveal_source.setEnabled(song is not None)
        self.reveal_stems.setEnabled(song is not None and song.separation is not None)


def show_folder(folder: Path) -> None:
    """Open a folder in the desktop's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _stoppable(state: SessionState) -> Song | None:
    """The song on show if there is something to stop, else the one that is being split."""
    song = state.song
    return song if song is not None and song.pending else state.songs.running()


def _stop(session: Session) -> None:
    song = _stoppable(session.state)
    if song is not None:
        session.cancel(song.key)


def _show_stems(song: Song) -> None:
    if song.separation is not None:
        show_folder(song.separation.folder)
