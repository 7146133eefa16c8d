"""Bars along the foot of a picture: which stage a comp takes where, and where a stem is muted; borders are dragged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import QApplication, QMenu

from app.view.keyboard import claims
from app.view.time_axis import TimeAxis
from app.viewmodel.ranges import SILENT, RangeKind, Ranges
from app.viewmodel.sides import Sides, stage_sides
from app.words import tr

_HEIGHT_PX = 13
_ROOM_PX = 6  # beside the words of a range; with less room they are left out
_GRIP_PX = 5
_HANDLE_PX = 3
_SHADE_ALPHA, _HATCH_ALPHA = 150, 110
_FILLS = {1: "raised", 2: "accent_soft"}


@dataclass(frozen=True)
class _Drag:
    """A border on its way: where it was taken, and the ranges as they would be now."""

    kind: RangeKind
    index: int
    pressed: QPointF
    before: Ranges
    now: Ranges


class RangeBars(QObject):
    """Draws the ranges of one picture, and finds out what the mouse does to them."""

    border_wanted = Signal(str, int, int)  # kind, which range's start, sample
    removal_wanted = Signal(str, int)  # kind, which range
    clearing_wanted = Signal(str)  # kind

    def __init__(self, axis: TimeAxis) -> None:
        super().__init__(axis)
        self._axis = axis
        self._ranges: dict[RangeKind, Ranges] = {}
        self._sides = stage_sides()
        self._drag: _Drag | None = None
        self._application = cast("QApplication", QApplication.instance())

    def present(self, comp: Ranges, gaps: Ranges, sides: Sides) -> None:
        """Show these ranges; a drag of others ends."""
        self._sides = sides
        ranges: dict[RangeKind, Ranges] = {"comp": comp, "gaps": gaps}
        if ranges != self._ranges:
            self.give_up()
            self._ranges = ranges

    def draw(self, painter: QPainter) -> None:
        """Draw what is visible over the picture."""
        font, width = painter.font(), float(self._axis.width())
        font.setPixelSize(10)
        painter.setFont(font)
        for kind, ranges, top in self._bars():
            for index, (start, stop, choice) in enumerate(ranges.stretches(self._axis.view.samples)):
                left, right = (min(max(self._axis.x_of(edge), 0.0), width) for edge in (start, stop))
                box = QRectF(left, top, right - left, _HEIGHT_PX)
                if kind == "gaps" and choice == SILENT and not box.isEmpty():
                    self._draw_gap(painter, box)
                elif kind == "comp" and not box.isEmpty():
                    painter.fillRect(box, self._axis.theme.color(_FILLS[choice]))
                    self._write(painter, box, self._sides[choice].mark)
                if index and 0 < left < width:
                    handle = QRectF(left - _HANDLE_PX / 2, top, _HANDLE_PX, _HEIGHT_PX)
                    painter.fillRect(handle, self._axis.theme.color("accent"))

    def on_border(self, place: QPointF) -> bool:
        """Whether there is a border to take hold of."""
        return self._border_at(place) is not None

    def press(self, place: QPointF) -> bool:
        """Take hold of a border, if there is one; from then on Esc is for this."""
        found = self._border_at(place)
        if found is None:
            return False
        kind, index = found
        self._drag = _Drag(kind, index, place, self._ranges[kind], self._ranges[kind])
        self._application.installEventFilter(self)  # whichever widget has the keyboard
        return True

    def move(self, place: QPointF) -> None:
        """Show the border that is held where it would be."""
        drag, view = self._drag, self._axis.view
        if drag is not None:
            by = self._axis.sample_at(place) - self._axis.sample_at(drag.pressed)
            wanted = round(drag.before.starts[drag.index][0] + by)
            now = drag.before.with_border(drag.index, wanted, view.samples, view.sample_rate)
            self._drag = _Drag(drag.kind, drag.index, drag.pressed, drag.before, now)
            self._axis.redraw()

    def release(self) -> None:
        """Let go of the border where it is."""
        drag = self._drag
        self.give_up()
        if drag is not None and drag.now != drag.before:
            self.border_wanted.emit(drag.kind, drag.index, drag.now.starts[drag.index][0])

    def give_up(self) -> None:
        """Let go of the border and leave it where it was."""
        if self._drag is not None:
            self._drag = None
            self._application.removeEventFilter(self)
            self._axis.redraw()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While a border is held: Esc gives it up, and so does a picture that is no longer shown."""
        if claims(event, Qt.Key.Key_Escape):
            return True
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        pressed = escape and event.type() == QEvent.Type.KeyPress
        if pressed or (event.type() == QEvent.Type.Hide and watched is self._axis):
            self.give_up()
        return pressed

    def double_click(self, place: QPointF) -> bool:
        """Remove the range there, if there is one."""
        found = self._range_at(place)
        if found is None:
            return False
        self.removal_wanted.emit(*found)
        return True

    def open_menu(self, place: QPointF, corner: QPoint) -> bool:
        """Show what can be done with the range there, if there is one."""
        found = self._range_at(place)
        if found is None:
            return False
        kind, index = found
        menu = QMenu(self._axis)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if kind == "gaps":
            words, clear = tr("&Let it sound again here"), tr("Clear t&he lane's muted ranges")
        else:
            start = self._ranges[kind].starts[index][0]
            after = self._ranges[kind].without(index)
            side = self._sides[after.starts[after.index_at(start)][1]].inline
            words = tr("&Remove this range ({side} here)").format(side=side)
            clear = tr("&Clear the lane's comp")
        menu.addAction(words, lambda: self.removal_wanted.emit(kind, index))
        menu.addAction(clear, lambda: self.clearing_wanted.emit(kind))
        menu.popup(corner)
        return True

    def _bars(self) -> Iterator[tuple[RangeKind, Ranges, float]]:
        """Each bar that there is with its upper edge, from below."""
        top = float(self._axis.height())
        for kind, ranges in self._ranges.items():
            if ranges.starts:
                top -= _HEIGHT_PX
                held = self._drag is not None and self._drag.kind == kind
                yield kind, self._drag.now if self._drag is not None and held else ranges, top

    def _bar_at(self, place: QPointF) -> tuple[RangeKind, Ranges] | None:
        bars = self._bars()
        return next((bar[:2] for bar in bars if bar[2] <= place.y() < bar[2] + _HEIGHT_PX), None)

    def _border_at(self, place: QPointF) -> tuple[RangeKind, int] | None:
        bar = self._bar_at(place)
        if bar is None or len(bar[1].starts) < 2:
            return None
        distances = [abs(self._axis.x_of(at) - place.x()) for at, _choice in bar[1].starts[1:]]
        nearest = min(distances)
        return (bar[0], distances.index(nearest) + 1) if nearest <= _GRIP_PX else None

    def _range_at(self, place: QPointF) -> tuple[RangeKind, int] | None:
        """A range of the comp, or a muted one."""
        bar = self._bar_at(place)
        if bar is None:
            return None
        kind, ranges = bar
        index = ranges.index_at(int(self._axis.sample_at(place)))
        return (kind, index) if kind == "comp" or ranges.starts[index][1] == SILENT else None

    def _draw_gap(self, painter: QPainter, bar: QRectF) -> None:
        """Dim and hatch the picture, and write below what that means."""
        theme = self._axis.theme
        picture = QRectF(bar.left(), 0, bar.width(), bar.top())
        shade, lines = theme.color("canvas"), theme.color("text")
        shade.setAlpha(_SHADE_ALPHA)
        lines.setAlpha(_HATCH_ALPHA)
        painter.fillRect(picture, shade)
        painter.fillRect(picture, QBrush(lines, Qt.BrushStyle.BDiagPattern))
        painter.fillRect(bar, theme.color("raised"))
        self._write(painter, bar, tr("muted"))

    def _write(self, painter: QPainter, box: QRectF, text: str) -> None:
        if QFontMetricsF(painter.font()).horizontalAdvance(text) + _ROOM_PX <= box.width():
            painter.setPen(self._axis.theme.color("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
