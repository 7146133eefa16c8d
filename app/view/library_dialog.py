"""The library of split songs: what is there, how large it is, and what may go."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QSpinBox, QWidget

from app.settings import LIBRARY_GB
from app.view.ask import Question, ask
from app.view.song_actions import show_folder
from app.view.table import Row, Table
from app.view.widgets import ConsideredBox, ProgressBar, button, column, label, number_box, row
from app.viewmodel.library import LibraryModel, LibraryState
from app.viewmodel.queue import shown_name
from app.viewmodel.session import Session
from app.viewmodel.sides import model_name, quality_name
from app.words import size_text, tr, tr_later
from engine.api import Result

_COLUMNS = (
    tr_later("Song"),
    tr_later("Model"),
    tr_later("Quality"),
    tr_later("Stages"),
    tr_later("Size"),
    tr_later("Last opened"),
)
_SIZE = 4


class LibraryDialog(QDialog):
    """Lists the library; opens, deletes, and sets how large it may get."""

    def __init__(self, library: LibraryModel, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Library of split songs"))
        self.resize(760, 460)
        self._library = library
        self._session = session
        self._list = Table(tr("Split songs"), [tr(each) for each in _COLUMNS], numbers=(_SIZE,))
        self._untouched = True
        self._size = label("", "")
        self._bar = ProgressBar(tr("Share of the room that is taken"))
        self._cap = room_box()
        self.open_song = button(tr("Open"), primary=True, tip=tr("Put the song on show (Enter)"))
        self.delete = button(
            tr("Delete stems"), tip=tr("Delete the stems of the chosen song; the song's own file stays")
        )
        self.clear = button(tr("Delete all…"), tip=tr("Delete the stems of all songs; the songs' own files stay"))
        self.reveal = button(tr("Show folder"), tip=tr("Show where the stems lie"))
        self._build()
        self._list.itemSelectionChanged.connect(self._enable)
        self._list.itemActivated.connect(self._open_chosen)
        # Not with every step on the way there: songs that have no room are deleted.
        self._cap.editingFinished.connect(lambda: library.set_cap(self._cap.value()))
        self.open_song.clicked.connect(self._open_chosen)
        self.delete.clicked.connect(lambda: self._with_chosen(lambda entry: library.delete(entry.key)))
        self.clear.clicked.connect(self._ask_to_clear)
        self.reveal.clicked.connect(lambda: show_folder(library.folder))
        library.changed.connect(self._present)
        self._present(library.state)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the disk."""
        super().showEvent(event)
        self._untouched = True  # what is known so far may have another order
        self._library.refresh()

    def _present(self, state: LibraryState) -> None:
        chosen = self._list.chosen
        if self._untouched and state.entries:
            chosen, self._untouched = state.entries[0].key, False  # after a deletion, say, nothing is chosen by itself
        self._list.show_rows(map(_row, state.entries), chosen)
        if not self._cap.hasFocus():
            self._cap.setValue(state.cap_gb)
        count = len(state.entries)
        words = tr("%n songs, {size} of", "", count).format(size=size_text(state.size_bytes))
        words = words if state.known else tr("Looking at the disk…")
        self._size.setText(words if count or not state.known else tr("No song yet; room for"))
        self._bar.present(min(1.0, state.size_bytes / (state.cap_gb * 1e9)))
        self.clear.setEnabled(count > 0)
        self.reveal.setEnabled(self._library.folder.exists())
        self._enable()

    def _enable(self) -> None:
        for made in (self.open_song, self.delete):
            made.setEnabled(self._chosen() is not None)

    def _chosen(self) -> Result | None:
        return next((entry for entry in self._library.state.entries if entry.key == self._list.chosen), None)

    def _with_chosen(self, act: Callable[[Result], None]) -> None:
        entry = self._chosen()
        if entry is not None:
            act(entry)

    def _open_chosen(self) -> None:
        self._with_chosen(self._session.open_entry)
        self.close()

    def _ask_to_clear(self) -> None:
        state = self._library.state
        count = len(state.entries)
        question = Question(
            tr("Delete all stems?"),
            tr("Delete the stems of %n songs ({size})?", "", count).format(size=size_text(state.size_bytes)),
            tr("The songs' own files and what you exported stay. Songs have to be split again to be heard in stems."),
            tr("Delete"),
            tr("Keep"),
        )
        ask(self, question, self._library.clear)

    def _build(self) -> None:
        hint = tr("A song that was split stays here, and opens at once when it is added again with the same model.")
        close = button(tr("Close"), tip=tr("Close this list (Esc)"))
        close.clicked.connect(self.close)
        room = row(self._size, self._cap, 1, self.reveal)
        buttons = row(self.open_song, self.delete, self.clear, 1, close)
        parts = (label(hint, "muted", wrap=True), self._list, room, self._bar, buttons)
        self.setLayout(column(*parts, margins=(18, 16, 18, 16), spacing=10))


def _row(entry: Result) -> Row:
    made = entry.separation
    stages = " + ".join(str(stage) for stage in made.stages)
    used = QDateTime.fromSecsSinceEpoch(int(entry.used_at))
    name = shown_name(made.tags.title, made.source)
    words = (
        name, model_name(made.model), quality_name(made.quality), stages, size_text(entry.size_bytes),
        QLocale().toString(used, QLocale.FormatType.ShortFormat),
    )  # fmt: skip
    return Row(entry.key, words, str(made.source))


def room_box() -> QSpinBox:
    """A field for how much room the library may take."""
    tip = tr("When there is no room, what was not opened for longest is deleted; songs in the list stay")
    box = number_box(tr("Room for the library"), (LIBRARY_GB.start, LIBRARY_GB.stop - 1), tip, ConsideredBox)
    box.setSuffix(" GB")
    return box
