"""The library of split songs: what is there, how large it is, and what may go."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QProgressBar,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.settings import LIBRARY_GB
from app.view.ask import Question, ask
from app.view.song_actions import show_folder
from app.view.widgets import button, label, number_box, row, silently
from app.viewmodel.library import LibraryModel, LibraryState
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
_RESULT = Qt.ItemDataRole.UserRole
_UNITS = 1000


class LibraryDialog(QDialog):
    """Lists the library; opens, deletes, and sets how large it may get."""

    def __init__(self, library: LibraryModel, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Library of split songs"))
        self.resize(760, 460)
        self._library = library
        self._session = session
        self._list = _table()
        self._untouched = True
        self._size = label("", "")
        self._bar = QProgressBar()
        self._bar.setRange(0, _UNITS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Share of the room that is taken"))
        self._cap = room_box()
        self._cap.setKeyboardTracking(False)
        self.open_song = button(tr("Open"), primary=True, tip=tr("Put the song on show (Enter)"))
        self.delete = button(
            tr("Delete stems"), tip=tr("Delete the stems of the chosen song; the song's own file stays")
        )
        self.clear = button(tr("Delete all…"), tip=tr("Delete the stems of all songs; the songs' own files stay"))
        self.reveal = button(tr("Show folder"), tip=tr("Show where the stems lie"))
        self._build()
        self._list.itemSelectionChanged.connect(self._enable)
        self._list.itemActivated.connect(self._open_chosen)
        self._cap.valueChanged.connect(library.set_cap)
        self.open_song.clicked.connect(self._open_chosen)
        self.delete.clicked.connect(lambda: self._with_chosen(lambda entry: library.delete(entry.key)))
        self.clear.clicked.connect(self._ask_to_clear)
        self.reveal.clicked.connect(lambda: show_folder(library.folder))
        library.changed.connect(self._present)
        self._present(library.state)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the disk."""
        super().showEvent(event)
        self._library.refresh()

    def _present(self, state: LibraryState) -> None:
        chosen = self._chosen()
        with silently(self._list, self._cap):
            self._list.clear()
            for entry in state.entries:
                item = _item(entry)
                self._list.addTopLevelItem(item)
                if self._untouched or (chosen is not None and entry.key == chosen.key):
                    self._list.setCurrentItem(item)
                    self._untouched = False  # after a deletion, say, nothing is chosen by itself
            self._cap.setValue(state.cap_gb)
        count = len(state.entries)
        words = tr("%n songs, {size} of", "", count).format(size=size_text(state.size_bytes))
        words = words if state.known else tr("Looking at the disk…")
        self._size.setText(words if count or not state.known else tr("No song yet; room for"))
        self._bar.setValue(round(min(1.0, state.size_bytes / (state.cap_gb * 1e9)) * _UNITS))
        self.clear.setEnabled(count > 0)
        self.reveal.setEnabled(self._library.folder.exists())
        self._enable()

    def _enable(self) -> None:
        for made in (self.open_song, self.delete):
            made.setEnabled(self._chosen() is not None)

    def _chosen(self) -> Result | None:
        items = self._list.selectedItems()
        entry = items[0].data(0, _RESULT) if items else None
        return entry if isinstance(entry, Result) else None

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
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 16)
        layout.setSpacing(10)
        hint = tr("A song that was split stays here, and opens at once when it is added again with the same model.")
        layout.addWidget(label(hint, "muted", wrap=True))
        layout.addWidget(self._list)
        layout.addLayout(row(self._size, self._cap, 1, self.reveal))
        layout.addWidget(self._bar)
        close = button(tr("Close"), tip=tr("Close this list (Esc)"))
        close.clicked.connect(self.close)
        layout.addLayout(row(self.open_song, self.delete, self.clear, 1, close))


def _table() -> QTreeWidget:
    table = QTreeWidget()
    table.setAccessibleName(tr("Split songs"))
    table.setColumnCount(len(_COLUMNS))
    table.setHeaderLabels([tr(each) for each in _COLUMNS])
    table.headerItem().setTextAlignment(4, Qt.AlignmentFlag.AlignRight)
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setAllColumnsShowFocus(True)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    table.header().setStretchLastSection(False)
    table.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return table


def _item(entry: Result) -> QTreeWidgetItem:
    made = entry.separation
    stages = " + ".join(str(stage) for stage in made.stages)
    used = QDateTime.fromSecsSinceEpoch(int(entry.used_at))
    name = made.tags.title or made.source.stem
    words = (
        name, model_name(made.model), quality_name(made.quality), stages, size_text(entry.size_bytes),
        QLocale().toString(used, QLocale.FormatType.ShortFormat),
    )  # fmt: skip
    item = QTreeWidgetItem(list(words))
    item.setData(0, _RESULT, entry)
    item.setTextAlignment(4, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    item.setToolTip(0, str(made.source))
    return item


def room_box() -> QSpinBox:
    """A field for how much room the library may take."""
    tip = tr("When there is no room, what was not opened for longest is deleted; songs in the list stay")
    box = number_box(tr("Room for the library"), (LIBRARY_GB.start, LIBRARY_GB.stop - 1), tip)
    box.setSuffix(" GB")
    return box
