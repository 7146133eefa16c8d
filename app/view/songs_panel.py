"""The list of songs with the progress of each and of all; shown as soon as there is more than one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDropEvent, QFont, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
)

from app.view.keyboard import claims
from app.view.song_actions import SongActions
from app.view.theme import Theme
from app.view.widgets import ElidedLabel, ProgressBar, column, label, plain_tip, row, silently
from app.viewmodel.display import format_left
from app.viewmodel.overall import Overall
from app.viewmodel.queue import Song
from app.viewmodel.session_state import SessionState
from app.viewmodel.sides import model_name
from app.words import number_text, tr, tr_later

_WIDTH = 216
_ROW_HEIGHT = 50
_ICON = 16
_SONG = Qt.ItemDataRole.UserRole
_WORDS = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex


class SongsPanel(QFrame):
    """Choose which song is on show, and in which order songs are split."""

    select_wanted = Signal(int)  # key of a song
    move_wanted = Signal(int, int)  # key of a song, its new place

    def __init__(self, theme: Theme, actions: SongActions) -> None:
        super().__init__()
        self.setObjectName("songs")
        self.setFixedWidth(_WIDTH)
        self._list = _SongList(theme)
        self._list.addActions([*actions.of_one_song, actions.remove_done, actions.retry_all])
        self._list.chosen.connect(self.select_wanted)
        self._list.moved.connect(self.move_wanted)
        self._total = ElidedLabel("", "small")
        self._bar = ProgressBar(tr("Progress of all songs"))
        self._pause = QToolButton()
        self._pause.setDefaultAction(actions.pause)
        self._pause.setAccessibleName(tr("Pause splitting"))
        self._pause.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        across = row(self._bar, self._pause)
        across.setStretch(0, 1)
        self._foot = QFrame()
        self._foot.setLayout(column(self._total, across, margins=(4, 0, 2, 0), spacing=4))
        title = label(" " + tr("SONGS"), "section")
        self.setLayout(column(title, self._list, self._foot, margins=(8, 10, 6, 8), spacing=6))

    def present(self, state: SessionState) -> None:
        """Show these songs."""
        songs = state.songs.items
        self.setVisible(len(songs) > 1)
        with silently(self._list):
            self._list.present(state)
        total = state.overall
        self._foot.setVisible(total is not None)
        if total is not None:
            self._total.setText(_total_words(total, paused=state.paused))
            self._bar.present(total.share)


class _SongList(QListWidget):
    """Rows that are dragged to another place stay where they are until the snapshot says otherwise.

    The left button chooses a song when it is let go, so that dragging one leaves the song alone that is on show.
    """

    moved = Signal(int, int)
    chosen = Signal(int)  # key of a song

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName(tr("Songs"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self.setItemDelegate(_SongRow(theme, self))
        self.setUniformItemSizes(True)
        theme.changed.connect(self.viewport().update)
        self._shown = -1
        self._held = False
        self.currentRowChanged.connect(self._choose)

    def event(self, event: QEvent) -> bool:
        """Claim the plain arrow keys while the list has the focus."""
        return claims(event, Qt.Key.Key_Up, Qt.Key.Key_Down) or super().event(event)

    def present(self, state: SessionState) -> None:
        """Show these songs, and which one is on show."""
        songs = state.songs.items
        while self.count() > len(songs):
            self.takeItem(self.count() - 1)
        while self.count() < len(songs):
            QListWidgetItem(self)
        for index, song in enumerate(songs):
            item = self.item(index)
            left, right = _state_words(song, paused=state.paused)
            words = (f"{model_name(song.model)} · {left}" if song.model else left, right)
            if item.data(_SONG) != song or item.data(_WORDS) != words:
                item.setData(_SONG, song)
                item.setData(_WORDS, words)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{song.name}: {' '.join(words)}")
                item.setToolTip(plain_tip(f"{song.source}\n{' '.join(words)}"))
        self._shown = state.songs.place(state.selected) if state.selected is not None else -1
        self._show_current()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a row; another button than the left one chooses it, for the menu about the song on show."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._held = True
        with silently(self):
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the row that was not dragged."""
        super().mouseReleaseEvent(event)
        self._held = False
        self._choose(self.currentRow())

    def startDrag(self, supportedActions: Qt.DropAction) -> None:  # noqa: N803 - Qt's name
        """Drag a row; then the song on show is the current one again."""
        super().startDrag(supportedActions)
        self._held = False
        self._show_current()

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask for the new place of the dragged row."""
        if event.source() is not self:
            event.ignore()
            return
        old = self.currentRow()
        new = self._place_at(event)
        event.setDropAction(Qt.DropAction.IgnoreAction)  # or Qt would take the row out of the list
        event.accept()
        if new != old:
            self.moved.emit(_song(self.item(old)).key, new)

    def _show_current(self) -> None:
        """Let the song on show be the current row, unless the mouse holds another one."""
        if not self._held:
            with silently(self):
                self.setCurrentRow(self._shown)

    def _choose(self, row: int) -> None:
        if 0 <= row < self.count():
            self.chosen.emit(_song(self.item(row)).key)

    def _place_at(self, event: QDropEvent) -> int:
        """The place in the list without the dragged row."""
        over = self.indexAt(event.position().toPoint())
        if not over.isValid():
            return self.count() - 1
        below = event.position().y() > self.visualRect(over).center().y()
        gap = over.row() + (1 if below else 0)
        return gap - 1 if gap > self.currentRow() else gap


class _SongRow(QStyledItemDelegate):
    """Paints a song: a mark, its name, its state, and how far it is."""

    def __init__(self, theme: Theme, parent: QListWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are alike."""
        del option, index
        return QSize(0, _ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the row."""
        song, words = index.data(_SONG), index.data(_WORDS)
        if not isinstance(song, Song):
            return
        background = QStyleOptionViewItem(option)
        widget = background.widget
        widget.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, background, painter, widget)
        line = option.fontMetrics.height()
        area = option.rect.adjusted(10, (_ROW_HEIGHT - 2 * line) // 2, -8, 0)
        painter.save()
        icon, color = _MARKS[song.phase]
        painter.drawPixmap(area.topLeft(), self._theme.pixmap(icon, color, _ICON))
        beside = QRect(area.left() + _ICON + 8, area.top(), area.width() - _ICON - 8, line)
        _write(painter, option.font, self._theme.color("text"), beside, (song.name, ""))
        small = QFont(option.font)
        small.setPixelSize(12)
        below = beside.translated(0, line)
        _write(painter, small, self._theme.color("muted"), below, words)
        if song.phase == "running":
            self._paint_bar(painter, QRect(beside.left(), option.rect.bottom() - 6, beside.width(), 4), song)
        painter.restore()

    def _paint_bar(self, painter: QPainter, area: QRect, song: Song) -> None:
        share = song.progress.share if song.progress is not None else 0.0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        done = QRect(area.topLeft(), QSize(round(area.width() * share), area.height()))
        for part, color in ((area, "line"), (done, "accent")):
            painter.setBrush(self._theme.color(color))
            painter.drawRoundedRect(part, 2, 2)


_MARKS = {
    "checking": ("step-later", "faint"),
    "waiting": ("step-later", "muted"),
    "running": ("step-now", "accent"),
    "ready": ("step-done", "accent"),
    "failed": ("warning", "danger"),
    "stopped": ("close", "muted"),
}


def _song(item: QListWidgetItem) -> Song:
    song = item.data(_SONG)
    if not isinstance(song, Song):
        raise TypeError("a row without a song")
    return song


def _write(painter: QPainter, font: QFont, color: QColor, area: QRect, words: tuple[str, str]) -> None:
    """Write one text at the left, shortened in its middle where it does not fit, and one at the right."""
    left, right = words
    painter.setFont(font)
    painter.setPen(color)
    metrics = painter.fontMetrics()
    room = area.width() - (metrics.horizontalAdvance(right) + 8 if right else 0)
    flags = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(area, flags, metrics.elidedText(left, Qt.TextElideMode.ElideMiddle, room))
    painter.drawText(area, flags | Qt.AlignmentFlag.AlignRight, right)


def _state_words(song: Song, *, paused: bool) -> tuple[str, str]:
    """A song's state, and the time left where it is known."""
    if song.phase != "running":
        return tr(_STATES[song.phase]), ""
    if song.stopping:
        return tr("Stopping…"), ""
    progress = song.progress
    if progress is None or progress.phase == "load":
        return tr("Paused") if paused else tr("Starting…"), ""
    doing = tr("Paused") if paused else tr("Splitting") if progress.phase == "separate" else tr("Drawing")
    share = f"{number_text(100 * progress.share)} %"
    if progress.eta_seconds is None or paused:
        return f"{doing}, {share}", ""
    return share, format_left(progress.eta_seconds)


_STATES = {
    "checking": tr_later("Looking in the library…"),
    "waiting": tr_later("Waiting"),
    "ready": tr_later("Ready"),
    "failed": tr_later("Failed"),
    "stopped": tr_later("Stopped"),
}


def _total_words(total: Overall, *, paused: bool) -> str:
    text = tr("{done} of {count} done").format(done=total.done, count=total.count)
    if paused:
        return ", ".join((text, tr("paused")))
    return f"{text}, {format_left(total.eta_seconds)}" if total.eta_seconds is not None else text
