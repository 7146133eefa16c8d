"""The actions about the songs in the list; each works on the song on show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QApplication

from app.view.action_maker import ActionMaker
from app.view.ask import message_box
from app.viewmodel.queue import Song
from app.viewmodel.session import Session
from app.viewmodel.session_state import SessionState
from app.words import tr


class SongActions:
    """Each of `of_one_song` works on the song on show."""

    def __init__(self, make: ActionMaker, session: Session) -> None:
        def on_song(act: Callable[[Song], None]) -> Callable[[], None]:
            def run() -> None:
                song = session.state.song
                if song is not None:
                    act(song)

            return run

        def move(by: int) -> Callable[[], None]:
            return on_song(lambda song: session.move(song.key, session.state.songs.place(song.key) + by))

        retry, remove = on_song(lambda song: session.retry(song.key)), on_song(lambda song: session.remove(song.key))
        show_source = on_song(lambda song: show_folder(song.source.parent))
        held, order = tr("The song goes on where it was held"), tr("Songs are split in the order of the list")
        self.pause = make(tr("&Pause splitting"), "Ctrl+P", icon="pause", tip=held, checkable=True)
        self.cancel = make(tr("&Stop splitting"), "Ctrl+.", do=lambda: _stop(session))
        self.retry = make(tr("Split a&gain"), "Ctrl+R", do=retry, tip=tr("A song that failed or was stopped"))
        self.retry_all = make(
            tr("Sp&lit all failed songs again"),
            "Ctrl+Shift+R",
            do=session.retry_all,
            tip=tr("If their files can be read"),
        )
        self.remove = make(
            tr("&Remove song from the list"), "Ctrl+W", do=remove, tip=tr("Its stems stay in the library")
        )
        self.remove_done = make(
            tr("Remov&e all songs that are ready"),
            "Ctrl+Shift+W",
            do=session.remove_done,
            tip=tr("Their stems stay in the library"),
        )
        self.move_up = make(tr("Move song &up"), "Alt+Up", do=move(-1), tip=order)
        self.move_down = make(tr("Move song &down"), "Alt+Down", do=move(1), tip=order)
        self.next_song = make(tr("&Next song"), "Ctrl+PgDown", do=lambda: session.step(1))
        self.previous_song = make(tr("Pre&vious song"), "Ctrl+PgUp", do=lambda: session.step(-1))
        self.reveal_source = make(tr("Show the song's &folder"), do=show_source)
        self.reveal_stems = make(tr("Show the folder of its s&tems"), do=on_song(_show_stems))
        self.pause.triggered.connect(session.pause)
        session.changed.connect(self._present)
        self._present(session.state)

    @property
    def of_one_song(self) -> Sequence[QAction]:
        """What can be done with the song on show."""
        return (
            self.cancel, self.retry, self.move_up, self.move_down, self.reveal_source, self.reveal_stems, self.remove,
        )  # fmt: skip

    def _present(self, state: SessionState) -> None:
        song = state.song
        place = state.songs.place(song.key) if song is not None else 0
        self.pause.setChecked(state.paused)
        self.pause.setEnabled(state.paused or bool(state.songs.pending()))
        self.cancel.setEnabled(_stoppable(state) is not None)
        self.retry.setEnabled(song is not None and song.phase in ("failed", "stopped"))
        self.remove_done.setEnabled(any(each.phase == "ready" for each in state.songs.items))
        self.retry_all.setEnabled(any(each.curable for each in state.songs.items))
        self.remove.setEnabled(song is not None)
        self.move_up.setEnabled(song is not None and place > 0)
        self.move_down.setEnabled(song is not None and place < len(state.songs.items) - 1)
        for action in (self.next_song, self.previous_song):
            action.setEnabled(len(state.songs.items) > 1)
        self.reveal_source.setEnabled(song is not None)
        self.reveal_stems.setEnabled(song is not None and song.separation is not None)


def show_folder(folder: Path) -> None:
    """Open a folder in the desktop's file manager; where there is none, say which folder it is."""
    window = QApplication.activeWindow()
    if QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))) or window is None:
        return
    box = message_box(window, tr("Show folder"), tr("No program was found that shows folders."), str(folder))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
    box.open()


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
