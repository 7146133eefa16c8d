"""The line below the lanes: what is under the pointer or at the playhead, and what the colours mean."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.view.colors import difference_colors, level_colors
from app.view.theme import Theme
from app.view.widgets import ElidedLabel, tabular
from app.viewmodel.display import DisplayState
from app.viewmodel.look import Compare, Look
from app.viewmodel.pictures import DIFFERENCE_RANGE_DB
from app.words import number_text, tr

_BAR_PX, _BAR_HEIGHT = 64, 8
_GAP = 6


class Legend(QWidget):
    """A colour bar with its two ends in words."""

    def __init__(self, theme: Theme, what: str) -> None:
        """Args: what: Whose colours these are, in words."""
        super().__init__()
        self._theme = theme
        self._what = what
        self._low, self._high = "", ""
        self._colors = [0]
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setObjectName("legend")

    def present(self, low: str, high: str, colors: list[int]) -> None:
        """Show these colours between these words."""
        self._low, self._high, self._colors = low, high, colors
        self.setAccessibleName(tr("{what}, from {low} to {high}").format(what=self._what, low=low, high=high))
        self.setToolTip(self.accessibleName())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Both words and the bar."""
        width = sum(self.fontMetrics().horizontalAdvance(text) for text in (self._low, self._high))
        return QSize(width + _BAR_PX + 2 * _GAP, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the words and one line per colour."""
        del event
        painter = QPainter(self)
        left = self.fontMetrics().horizontalAdvance(self._low) + _GAP
        top = (self.height() - _BAR_HEIGHT) / 2
        painter.setPen(self._theme.color("muted"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._low)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._high)
        for x in range(_BAR_PX):
            color = self._colors[x * (len(self._colors) - 1) // (_BAR_PX - 1)]
            painter.fillRect(QRectF(left + x, top, 1, _BAR_HEIGHT), QColor(color))
        painter.setPen(self._theme.color("faint"))
        painter.drawRect(QRectF(left - 0.5, top - 0.5, _BAR_PX, _BAR_HEIGHT))


class ReadoutLine(QWidget):
    """Always in the same place; a screen reader finds the text by its name."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._explained: tuple[Look, Compare] | None = None
        self._text = ElidedLabel("", "small", sentence=True)  # half a number would be another number
        self._text.setFont(tabular(self._text.font()))
        self._levels = Legend(theme, tr("Colours of the spectrogram"))
        self._differences = Legend(theme, tr("Colours of the difference: B softer or louder than A"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 0, 2, 0)
        layout.setSpacing(14)
        layout.addWidget(self._text, 1)
        for legend in (self._levels, self._differences):
            layout.addWidget(legend)
        theme.changed.connect(self._present_legends)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def present_text(self, text: str) -> None:
        """Say this."""
        self._text.setText(text)
        self._text.setAccessibleName(tr("Read-out"))
        self._text.setAccessibleDescription(text)

    def present(self, view: DisplayState) -> None:
        """Explain the colours that are on show."""
        if (view.look, view.compare) != self._explained:  # not at every step of a zoom
            self._explained = view.look, view.compare
            self._present_legends()

    def _present_legends(self) -> None:
        if self._explained is None:
            return
        look, compare = self._explained
        colors = level_colors(self._theme, look, self._theme.color("source"))
        low, high = (f"{number_text(end_db)} dB" for end_db in (look.floor_db, look.ceiling_db))
        self._levels.present(low, high, colors)
        self._levels.setVisible(look.parts != "waveform" and compare != "difference")
        span = f"{DIFFERENCE_RANGE_DB:.0f} dB"
        self._differences.present(f"−{span}", f"+{span}", difference_colors(self._theme)[1:])
        self._differences.setVisible(compare in ("stacked", "difference"))
