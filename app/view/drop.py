"""Dropping songs anywhere on the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.view.widgets import label
from app.words import tr

_MARGIN = 14


def dropped_paths(data: QMimeData) -> list[Path]:
    """The local files and folders of a drag; empty if it holds none."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class DropOverlay(QFrame):
    """Covers its parent while songs are dragged over the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("overlay")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._headline = label("", "headline")
        self._headline.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint = label(tr("Files or folders; songs are split one after another"), "muted")
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(self._headline)
        layout.addWidget(hint)
        layout.addStretch(1)
        self.hide()

    def present(self, count: int) -> None:
        """Cover the window and say what a drop does."""
        self._headline.setText(tr("Drop to split these %n items", "", count))
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN))
        self.raise_()
        self.show()
