"""The list of songs; shown as soon as there is more than one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.view.widgets import ElidedLabel, label, silently
from app.viewmodel.queue import Song
from app.viewmodel.session import SessionState

_WIDTH = 196
_ROW_HEIGHT = 46


class _SongRow(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._name = ElidedLabel("", "")
        self._state = ElidedLabel("", "small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 4, 8, 4)
        layout.setSpacing(0)
        layout.addWidget(self._name)
        layout.addWidget(self._state)

    def present(self, song: Song) -> str:
        """Show the song; returns its state in words."""
        state = _state_text(song)
        self._name.setText(song.name)
        self._state.setText(state)
        return state


class SongsPanel(QFrame):
    """Choose which song is on show."""

    select_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("songs")
        self.setFixedWidth(_WIDTH)
        self._list = QListWidget()
        self._list.setAccessibleName("Songs")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.currentRowChanged.connect(self._on_row)
        self._keys: list[int] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 10, 6, 8)
        layout.setSpacing(6)
        layout.addWidget(label(" SONGS", "section"))
        layout.addWidget(self._list)

    def present(self, state: SessionState) -> None:
        """Show these songs."""
        songs = state.songs.items
        self.setVisible(len(songs) > 1)
        with silently(self._list):
            keys = [song.key for song in songs]
            if keys != self._keys:
                self._keys = keys
                self._list.clear()
                for _song in songs:
                    item = QListWidgetItem(self._list)
                    item.setSizeHint(QSize(0, _ROW_HEIGHT))
                    self._list.setItemWidget(item, _SongRow())
            for index, song in enumerate(songs):
                item = self._list.item(index)
                view = self._list.itemWidget(item)
                if isinstance(view, _SongRow):
                    words = view.present(song)
                    item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{song.name}: {words}")
                    item.setToolTip(f"{song.source}\n{words}")
            if state.selected in self._keys:
                self._list.setCurrentRow(self._keys.index(state.selected))

    def _on_row(self, index: int) -> None:
        if 0 <= index < len(self._keys):
            self.select_wanted.emit(self._keys[index])


def _state_text(song: Song) -> str:
    if song.phase == "running":
        if song.progress is None or song.progress.phase == "load":
            return "Starting…"
        return f"Splitting, {song.progress.share:.0%}" if song.progress.phase == "separate" else "Drawing…"
    return {"waiting": "Waiting", "ready": "Ready", "failed": "Failed"}[song.phase]
