"""Small widgets that several views share."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from html import escape
from typing import TypeVar

from PySide6.QtCore import QObject, QSignalBlocker, QSize, Qt, SignalInstance
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAction,
    QFont,
    QPainter,
    QPaintEvent,
    QValidator,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.words import MINUS, tr
from engine.api import AUDIO_SUFFIXES

_Layout = TypeVar("_Layout", bound=QLayout)

_UNITS = 1000  # of a progress bar


def label(text: str, name: str = "", *, wrap: bool = False) -> QLabel:
    """A text; `name` picks its look in the style sheet."""
    made = QLabel(text)
    made.setObjectName(name)
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def button(text: str, *, primary: bool = False, tip: str = "") -> QPushButton:
    """A push button that keyboard users reach with Tab and that leaves the focus alone when clicked."""
    made = QPushButton(text)
    made.setObjectName("primary" if primary else "")
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setToolTip(tip)
    made.setAccessibleName(text.replace("&", ""))
    return made


def tool(action: QAction, name: str = "", size: int = 20) -> QToolButton:
    """A button with the icon of an action; `name` picks its look in the style sheet."""
    made = QToolButton()
    made.setObjectName(name)
    made.setDefaultAction(action)
    made.setIconSize(QSize(size, size))
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setAccessibleName(action.text().replace("&", "").rstrip("…"))
    return made


def plain_tip(text: str) -> str:
    """A tooltip that shows a text as it is, also one that Qt would take for HTML, such as the name of a file."""
    return f"<p>{escape(text)}</p>".replace("\n", "<br>") if "<" in text else text


def announce(source: QWidget, text: str) -> None:
    """Let a screen reader say what has happened away from the focus."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(source, text))


class News:
    """What stands somewhere in a dialog; a screen reader says it whenever it becomes something else."""

    def __init__(self, source: QWidget) -> None:
        self._source = source
        self._said = ""

    def present(self, text: str) -> None:
        """Take what stands there now, which may be nothing."""
        if text and text != self._said:
            announce(self._source, text)
        self._said = text


class NumberBox(QSpinBox):
    """A field for a whole number that has a minus where it is less than nothing, as in all other texts.

    Qt writes a hyphen; one that is typed becomes a minus.
    """

    def textFromValue(self, val: int) -> str:
        """The number as it is shown."""
        return super().textFromValue(val).replace("-", MINUS)

    def valueFromText(self, text: str) -> int:
        """What a text means."""
        return super().valueFromText(text.replace(MINUS, "-"))

    def validate(self, input: str, pos: int) -> tuple[QValidator.State, str, int]:
        """Whether a text is a number, or the beginning of one; and that text as it is shown."""
        state, text, place = super().validate(input.replace(MINUS, "-"), pos)
        return state, text.replace("-", MINUS), place


class ConsideredBox(NumberBox):
    """A field whose number does something at once that is not undone, so that the wheel passes over it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to what is around."""
        event.ignore()


def number_box(name: str, limits: tuple[int, int], tip: str, kind: type[NumberBox] = NumberBox) -> NumberBox:
    """A field of this kind for a whole number within these limits."""
    made = kind()
    made.setAccessibleName(name)
    made.setRange(*limits)
    made.setToolTip(tip)
    made.lineEdit().setTextMargins(7, 0, 0, 0)  # a style sheet's padding does not reach this text
    return made


def all_files() -> str:
    """The last entry of a file dialog's filters."""
    return tr("All files (*)")


def audio_files(name: str) -> str:
    """The filters of a file dialog for songs, which are called so."""
    patterns = " ".join(f"*{suffix}" for suffix in sorted(AUDIO_SUFFIXES))
    return f"{name} ({patterns});;{all_files()}"


def once_split() -> str:
    """Why something cannot be done with a song that is still being split."""
    return tr("Possible once the whole song is split")


def row(*widgets: QWidget | int, spacing: int = 8) -> QHBoxLayout:
    """Widgets next to each other; a number is a stretch, and texts that can be shortened take what is left."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for widget in widgets:
        if isinstance(widget, int):
            layout.addStretch(widget)
        else:
            layout.addWidget(widget, 1 if isinstance(widget, ElidedLabel | ElidedCombo) else 0)
    return layout


def column(
    *parts: QWidget | QLayout | int, margins: tuple[int, int, int, int] = (0, 0, 0, 0), spacing: int = 8
) -> QVBoxLayout:
    """Widgets and rows below each other; a number is a stretch. Margins are left, top, right, bottom."""
    layout = QVBoxLayout()
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    for part in parts:
        if isinstance(part, int):
            layout.addStretch(part)
        elif isinstance(part, QLayout):
            layout.addLayout(part)
        else:
            layout.addWidget(part)
    return layout


def combo(name: str, entries: Iterable[tuple[str, object]], chosen: object = None) -> QComboBox:
    """A box with these words and what they stand for."""
    made = QComboBox()
    made.setAccessibleName(name)
    for text, value in entries:
        made.addItem(text, value)
        if value == chosen:
            made.setCurrentIndex(made.count() - 1)
    return made


class ProgressBar(QProgressBar):
    """A bar without words, for a share of 0 to 1."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setTextVisible(False)
        self.setRange(0, _UNITS)

    def present(self, share: float, *, known: bool = True) -> None:
        """Show a share; one that is not known only moves."""
        self.setRange(0, _UNITS if known else 0)
        self.setValue(round(share * _UNITS))


def on(signal: SignalInstance, act: Callable[[], object]) -> None:
    """Act whenever a button or an action is used, without the `checked` that Qt would pass."""
    signal.connect(lambda _checked: act())


def restyle(widget: QWidget) -> None:
    """Let the style sheet see a name or a property that has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def seamless(layout: _Layout) -> _Layout:
    """The layout without margins and gaps."""
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout


def card(name: str = "card") -> QFrame:
    """A raised area."""
    frame = QFrame()
    frame.setObjectName(name)
    return frame


def tabular(font: QFont) -> QFont:
    """The font with digits of equal width, so that running numbers do not jitter."""
    made = QFont(font)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


@contextmanager
def silently(*objects: QObject) -> Generator[None]:
    """Change widgets to match a snapshot without them reporting it as the user's wish."""
    blockers = [QSignalBlocker(each) for each in objects]
    try:
        yield
    finally:
        for blocker in blockers:
            blocker.unblock()


class ElidedCombo(QComboBox):
    """A box whose chosen entry loses its middle when there is no room, and is then whole in its tooltip."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def paintEvent(self, e: QPaintEvent) -> None:
        """Draw what fits."""
        del e
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width()
        text = self.currentText()
        option.currentText = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room)
        self.setToolTip(plain_tip(text) if option.currentText != text else "")
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class ElidedLabel(QLabel):
    """A text that loses its middle when there is no room, or a sentence its end, and is then whole in its tooltip."""

    def __init__(self, text: str = "", name: str = "", *, sentence: bool = False) -> None:
        super().__init__(text)
        self._mode = Qt.TextElideMode.ElideRight if sentence else Qt.TextElideMode.ElideMiddle
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(24)

    def setText(self, text: str) -> None:
        """Show this text."""
        super().setText(text)
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        """As wide as the whole text."""
        margins = self.contentsMargins()
        width = self.fontMetrics().horizontalAdvance(self.text()) + margins.left() + margins.right()
        return QSize(width + 2, super().sizeHint().height())

    def shown_text(self) -> str:
        """What fits, with an ellipsis where something is left out."""
        return self.fontMetrics().elidedText(self.text(), self._mode, self.contentsRect().width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        del event
        shown = self.shown_text()
        self.setToolTip(plain_tip(self.text()) if shown != self.text() else "")
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(self.contentsRect(), int(self.alignment()), shown)
