"""One lane: a mixer strip and its pictures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from app.view.canvas import LaneCanvas
from app.view.strip import StripView
from app.view.theme import Theme
from app.viewmodel.pictures import Shown

GAP = 4
_MOST_PICTURES = 4


class Lane(QWidget):
    """A strip and one to four pictures, next to each other or on top of each other."""

    def __init__(self, theme: Theme, strip: StripView) -> None:
        super().__init__()
        self.strip = strip
        self.canvases = tuple(LaneCanvas(theme) for _ in range(_MOST_PICTURES))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(strip)
        self._pictures = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pictures.setSpacing(GAP)
        layout.addLayout(self._pictures, 1)
        for canvas in self.canvases:
            self._pictures.addWidget(canvas, 1)

    def present(self, pictures: Sequence[Shown], *, stacked: bool) -> None:
        """Show these pictures."""
        direction = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        self._pictures.setDirection(direction)
        self._pictures.setSpacing(1 if stacked else GAP)
        for canvas, shown in zip(self.canvases, (*pictures, *[None] * _MOST_PICTURES), strict=False):
            canvas.setVisible(shown is not None)
            if shown is not None:
                canvas.present_picture(shown, self.strip.color)
