"""Dragging stems, the mix and the loop out of the window as files.

The file is written first, with its progress beside the pointer; the drag begins when it is there and the button is
still down. Where the button was let go before, the file waits, and the next drag of the same sound begins at once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QCursor, QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QToolButton, QWidget

from app.errors import Problem
from app.view.theme import Theme
from app.view.widgets import label, once_split
from app.viewmodel.drag import DragModel
from app.viewmodel.export_form import SongOnShow
from app.viewmodel.queue import Song
from app.words import tr

_BELOW = QPoint(12, 12)  # the pointer

SongNow = Callable[[], SongOnShow | None]


class DragOut(QObject):
    """Turns wishes to drag into drags."""

    said = Signal(str)  # for the status line

    def __init__(self, model: DragModel, song_now: SongNow) -> None:
        """Args: song_now: Gives what can be dragged at the moment; None while no finished song is on show."""
        super().__init__()
        self._model = model
        self._song_now = song_now
        self._widget: QWidget | None = None
        self._chip: QLabel | None = None
        model.progressed.connect(self._on_progress)
        model.ready.connect(self._on_ready)
        model.failed.connect(self._on_failed)

    def drag_lane(self, widget: QWidget, stem: str) -> None:
        """Drag what a lane sounds as."""
        song = self._song_now()
        if song is None:
            self.said.emit(once_split())
        strip = next((strip for strip in song.strips if strip.stem == stem), None) if song else None
        if song is not None and strip is not None:
            self._hold(widget)
            self._model.prepare_lane(song, strip)
            self._say_what_takes_so_long()

    def drag_mix(self, widget: QWidget, *, loop_only: bool) -> None:
        """Drag the mix as heard, or the loop of it."""
        song = self._song_now()
        if song is not None and not (loop_only and song.loop is None):
            self._hold(widget)
            self._model.prepare_mix(song, loop_only=loop_only)
            self._say_what_takes_so_long()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While the file is being written: stay with the pointer, and notice that it is let go or its widget goes."""
        if self._chip is not None and event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._move_chip(event.globalPosition().toPoint())
        if event.type() == QEvent.Type.Hide:  # another song is on show
            self._let_go()
        elif event.type() == QEvent.Type.MouseButtonRelease and self._widget is not None:
            self._let_go()
            self.said.emit(tr("The file is not ready yet: drag again in a moment"))
        return super().eventFilter(watched, event)

    def _hold(self, widget: QWidget) -> None:
        """Wait for the file with the button down."""
        self._let_go()
        self._widget = widget
        QApplication.setOverrideCursor(Qt.CursorShape.BusyCursor)
        widget.installEventFilter(self)

    def _say_what_takes_so_long(self) -> None:
        if self._model.busy and self._widget is not None:
            self._chip = label("", "badge")
            self._chip.setParent(self._widget.window())
            self._on_progress(0.0)
            self._move_chip(QCursor.pos())
            self._chip.show()
            self.said.emit(tr("Writing the file: keep hold of it, or drag again in a moment"))

    def _let_go(self) -> None:
        if self._widget is not None:
            self._widget.removeEventFilter(self)
            self._widget = None
            if self._chip is not None:
                self._chip.setParent(None)
                self._chip = None
            QApplication.restoreOverrideCursor()

    def _on_progress(self, share: float) -> None:
        if self._chip is not None:
            self._chip.setText(tr("Writing the file: {percent} %").format(percent=round(100 * share)))
            self._chip.adjustSize()

    def _move_chip(self, pointer: QPoint) -> None:
        """Where the file's name will hang as soon as it is dragged."""
        if self._chip is not None:
            self._chip.move(self._chip.window().mapFromGlobal(pointer) + _BELOW)

    def _on_ready(self, path: Path) -> None:
        widget = self._widget
        self._let_go()
        if widget is None:
            self.said.emit(tr("{file} is ready to be dragged").format(file=path.name))
            return
        self.said.emit(tr("Drop {file} on another program or a folder").format(file=path.name))
        drag = QDrag(widget)
        files = QMimeData()
        files.setUrls([QUrl.fromLocalFile(str(path))])
        drag.setMimeData(files)
        chip = label(path.name, "badge")
        chip.adjustSize()
        drag.setPixmap(chip.grab())
        drag.setHotSpot(-_BELOW)
        drag.exec(Qt.DropAction.CopyAction)

    def _on_failed(self, problem: Problem) -> None:
        self._let_go()
        self.said.emit(f"{problem.text} {problem.advice}")


class PressAndMove:
    """Tells when a press of the left button has become a drag, once for each press."""

    def __init__(self) -> None:
        self._pressed: QPointF | None = None

    def press(self, event: QMouseEvent) -> None:
        """A button went down."""
        self._pressed = event.position() if event.button() == Qt.MouseButton.LeftButton else None

    def becomes_drag(self, event: QMouseEvent) -> bool:
        """The pointer moved: whether that makes it a drag."""
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return False
        moved = (event.position() - self._pressed).manhattanLength()
        if moved < QApplication.startDragDistance():
            return False
        self._pressed = None
        return True


class DragHandle(QToolButton):
    """A small thing to take hold of; a click, or Enter, asks for the dialog instead."""

    drag_wanted = Signal()

    def __init__(self, text: str, tip: str) -> None:
        super().__init__()
        self._motion = PressAndMove()
        self.setObjectName("handle")
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(tr("Drag out: {what}").format(what=text))
        self.setIconSize(QSize(14, 14))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        self._motion.press(event)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn the press into a drag."""
        if self._motion.becomes_drag(event):
            self.setDown(False)  # else letting go would count as a click
            self.drag_wanted.emit()
        elif self.isDown():  # while it is dragged it is not
            super().mouseMoveEvent(event)


class DragHandles(QWidget):
    """The handles of the mix and, where there is one, of the loop."""

    clicked = Signal()

    def __init__(self, theme: Theme, drag_out: DragOut) -> None:
        super().__init__()
        self._theme = theme
        click = tr("A click opens the export (Ctrl+Shift+E)")
        mix = tr("Drag the mix as heard to another program or a folder")
        loop = tr("Drag the mix of the loop to another program or a folder")
        self._mix = DragHandle(tr("Mix"), f"{mix}\n{click}")
        self._loop = DragHandle(tr("Loop"), f"{loop}\n{click}")
        self._tips = {handle: handle.toolTip() for handle in (self._mix, self._loop)}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for handle, loop_only in ((self._mix, False), (self._loop, True)):
            layout.addWidget(handle)
            handle.clicked.connect(self.clicked)
            handle.drag_wanted.connect(partial(drag_out.drag_mix, handle, loop_only=loop_only))
        theme.changed.connect(self._set_icons)
        self._loop.hide()

    def present(self, *, has_loop: bool) -> None:
        """Show what there is to drag."""
        self._loop.setVisible(has_loop)

    def present_song(self, song: Song | None) -> None:
        """Let nobody take hold of a song that is not whole."""
        whole = song is not None and song.separation is not None
        for handle, tip in self._tips.items():
            handle.setEnabled(whole)
            handle.setToolTip(tip if whole else f"{tip}\n{once_split()}")

    def _set_icons(self) -> None:
        for handle in (self._mix, self._loop):
            handle.setIcon(self._theme.icon("drag", "muted"))
