"""Which stage a comp takes where: a bar along the lower edge of a picture, with the number of each stretch's stage."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.view.theme import Theme
from app.viewmodel.comp import CompRanges
from app.viewmodel.display import DisplayState

_HEIGHT_PX = 13
_DIGIT_PX = 14  # less room than this shows no number
_FILLS = {1: "raised", 2: "accent_soft"}


def draw_comp(painter: QPainter, area: QRectF, view: DisplayState, comp: CompRanges, theme: Theme) -> None:
    """Draw the stretches that are visible in a picture's area."""
    font = painter.font()
    font.setPixelSize(10)
    painter.setFont(font)
    top = area.bottom() - _HEIGHT_PX
    for start, stop, stage in comp.stretches(view.samples):
        left, right = (min(max(view.share_of(edge), 0.0), 1.0) * area.width() for edge in (start, stop))
        box = QRectF(area.left() + left, top, right - left, _HEIGHT_PX)
        if box.isEmpty():
            continue
        painter.fillRect(box, theme.color(_FILLS.get(stage, "raised")))
        painter.setPen(QPen(theme.color("accent"), 1))
        painter.drawLine(box.topLeft(), box.bottomLeft())
        if box.width() >= _DIGIT_PX:
            painter.setPen(theme.color("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(stage))
