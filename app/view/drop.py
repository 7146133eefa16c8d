"""Dropping songs anywhere on the window."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.view.lanes import LanesPage
from app.view.references import References
from app.view.widgets import label
from app.viewmodel.session import Session
from app.viewmodel.signals import stem_name
from app.words import tr

_MARGIN = 14


def dropped_paths(data: QMimeData) -> list[Path]:
    """The local files and folders of a drag; empty if it holds none."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class DropOverlay(QFrame):
    """Covers its parent while songs are dragged over the window, or only the lane that a file could belong to."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("overlay")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._headline = label("", "headline")
        self._headline.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint = label("", "muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addStretch(1)
        layout.addWidget(self._headline)
        layout.addWidget(self._hint)
        layout.addStretch(1)
        self.hide()

    def present(self, count: int, lane: QWidget | None = None, name: str = "") -> None:
        """Say what a drop does.

        Args:
            count: How many files and folders there are.
            lane: Where one file could be the reference of a stem; None covers the window.
            name: Of the stem, in words.
        """
        parent = self.parentWidget()
        if parent is None:
            return
        if lane is None:
            self._headline.setText(tr("Drop to split these %n items", "", count))
            self._hint.setText(tr("Files or folders; songs are split one after another"))
            self.setGeometry(parent.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN))
        else:
            self._headline.setText(tr("Drop as the reference for {stem}").format(stem=name))
            self._hint.setText(tr("or to split it: the next question decides"))
            self.setGeometry(QRect(lane.mapTo(parent, QPoint()), lane.size()))
        self.raise_()
        self.show()


class Drops(QObject):
    """Takes what is dragged over a window, as an event filter of it: songs to split, or the reference of a stem."""

    def __init__(self, body: QWidget, lanes: LanesPage, references: References, session: Session) -> None:
        """Args: body: What is covered meanwhile."""
        super().__init__(body)
        self._lanes = lanes
        self._references = references
        self._session = session
        self._overlay = DropOverlay(body)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle the four events of a drag."""
        if event.type() == QEvent.Type.DragEnter:
            self._enter(cast("QDragEnterEvent", event))
        elif event.type() == QEvent.Type.DragMove:
            self._move(cast("QWidget", watched), cast("QDropEvent", event))
        elif event.type() == QEvent.Type.DragLeave:
            self._overlay.hide()
        elif event.type() == QEvent.Type.Drop:
            self._drop(cast("QWidget", watched), cast("QDropEvent", event))
        else:
            return False
        return True

    def _enter(self, event: QDragEnterEvent) -> None:
        from_here = cast("QObject | None", event.source()) is not None  # dragged out, and back by mistake
        paths = dropped_paths(event.mimeData())
        if paths and not from_here:
            event.acceptProposedAction()
            self._session.expect_songs()
            self._overlay.present(len(paths))

    def _move(self, window: QWidget, event: QDropEvent) -> None:
        event.acceptProposedAction()
        paths, stem = self._aim(window, event)
        self._overlay.present(len(paths), self._lanes.lane_of(stem), stem_name(stem))

    def _drop(self, window: QWidget, event: QDropEvent) -> None:
        self._overlay.hide()
        event.acceptProposedAction()
        paths, stem = self._aim(window, event)
        split = partial(self._session.add, paths)
        if stem:
            self._references.take_drop(stem, paths[0], split)
        else:
            split()

    def _aim(self, window: QWidget, event: QDropEvent) -> tuple[list[Path], str]:
        """What is dragged, and the stem whose reference it could be here; empty if none's."""
        paths = dropped_paths(event.mimeData())
        stem = self._lanes.stem_at(window.childAt(event.position().toPoint()))
        return paths, stem if stem and self._references.can_take(stem, paths) else ""
