"""Speed, pitch, click and count-in, on a card over the lanes that stays open while one plays along."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFormLayout, QFrame, QSizePolicy, QSpinBox, QWidget

from app.playback.pace import SEMITONES, SPEEDS_PERCENT
from app.view.actions import Actions
from app.view.keyboard import claims
from app.view.metronome import MetronomeRows
from app.view.widgets import button, number_box, silently
from app.viewmodel.metronome import MetronomeModel
from app.viewmodel.transport import TransportModel, TransportState
from app.words import tr

_GAP = 12


class PracticePopover(QFrame):
    """What is chosen is heard at once. Esc closes it.

    Args:
        actions: Know the keys.
        transport: Whose pace is changed.
        metronome: What clicks.
        anchor: The button above which it opens.
    """

    def __init__(self, actions: Actions, transport: TransportModel, metronome: MetronomeModel, anchor: QWidget) -> None:
        super().__init__(anchor)
        self.hide()
        self._anchor = anchor
        self._metronome = metronome
        self.setObjectName("popover")
        self.setAccessibleName(tr("Practice tools"))
        self._speed = _number(tr("Speed"), SPEEDS_PERCENT, 5, tr("Slower or faster at the same pitch (-, +)"))
        self._speed.setSuffix(" %")
        self._pitch = _number(tr("Pitch"), SEMITONES, 1, tr("Higher or lower at the same speed (Alt+-, Alt++)"))
        self._pitch.setSuffix(" " + tr("semitones"))
        self._speed.valueChanged.connect(transport.set_speed)
        self._pitch.valueChanged.connect(transport.set_pitch)
        self._reset = button(tr("Normal speed and pitch"), tip=actions.transport.reset_pace.toolTip())
        self._reset.clicked.connect(transport.reset_pace)
        form = QFormLayout(self)
        form.setContentsMargins(16, 14, 16, 14)
        form.setSpacing(10)
        form.addRow(tr("Spee&d"), self._speed)
        form.addRow(tr("P&itch"), self._pitch)
        form.addRow("", self._reset)
        line = QFrame()
        line.setObjectName("rule")
        form.addRow(line)
        self._click = MetronomeRows(actions.metronome, metronome, form)
        for at in range(form.rowCount()):
            item = form.itemAt(at, QFormLayout.ItemRole.LabelRole)
            name = item.widget() if item is not None else None
            if name is not None:  # in the middle of its row; Qt leaves it nearer to the top
                name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
        transport.changed.connect(self._present)
        self._present(transport.state)

    def toggle(self) -> None:
        """Open it, with the speed ready to be typed, or close it."""
        if self.isVisible():
            self._close()
            return
        self.setParent(self._anchor.window())
        self.place()
        self.show()
        self.raise_()
        self._metronome.search()  # its card asks for the tempo
        self._speed.setFocus()
        self._speed.selectAll()

    def place(self) -> None:
        """Stay above the button, whatever the size of the window."""
        self.adjustSize()
        above = QPoint(self._anchor.width() - self.width(), -self.height() - _GAP)
        self.move(self._anchor.mapTo(self._anchor.window(), above))

    def event(self, event: QEvent) -> bool:
        """Claim Esc, which elsewhere stops playing."""
        return claims(event, Qt.Key.Key_Escape) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def _close(self) -> None:
        self.hide()
        self._anchor.setFocus()

    def _present(self, state: TransportState) -> None:
        with silently(self._speed, self._pitch):
            self._speed.setValue(state.pace.speed_percent)
            self._pitch.setValue(state.pace.semitones)
        self._reset.setEnabled(not state.pace.plain)
        if not state.samples:  # there is nothing to practise any more
            self.hide()


def _number(name: str, limits: tuple[int, int], step: int, tip: str) -> QSpinBox:
    made = number_box(name, limits, tip)
    made.setSingleStep(step)
    made.setKeyboardTracking(False)  # a number that is being typed is not meant yet
    return made
