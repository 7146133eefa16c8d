"""The small window with the options of the pictures."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QSlider, QWidget

from app.view.display_actions import CHOICES, COMPARE, FOLLOW, Choice
from app.view.keyboard import claims
from app.view.widgets import button, combo, silently
from app.viewmodel.display import DisplayModel, DisplayState
from app.viewmodel.look import LANE_ZOOM_MAX, Look
from app.words import tr

_KEPT = ("compare", "follow")


class PictureOptions(QDialog):
    """Changes how the lanes are drawn at once, and may stay open meanwhile; Esc closes it."""

    def __init__(self, display: DisplayModel, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Tool)  # beside which the keys of the window keep working
        self.setWindowTitle(tr("Pictures"))
        self._display = display
        self._combos = {choice.field: self._combo(choice) for choice in (COMPARE, *CHOICES, FOLLOW)}
        self._share = _slider(tr("Share of the waveform"), 10, 90)
        self._zoom = _slider(tr("Height of the lanes"), 100, round(100 * LANE_ZOOM_MAX))
        self._share.valueChanged.connect(lambda value: display.set_look(wave_share=value / 100))
        self._zoom.valueChanged.connect(lambda value: display.set_look(lane_zoom=value / 100))
        reset = button(tr("As at first"), tip=tr("Draw the pictures as they were when Bandsaw was started"))
        reset.clicked.connect(self._reset)
        form = QFormLayout(self)
        form.setContentsMargins(18, 16, 18, 16)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        for choice in (COMPARE, *CHOICES, FOLLOW):
            form.addRow(choice.name, self._combos[choice.field])
        form.addRow(tr("Waveform's share"), self._share)
        form.addRow(tr("Height of lanes"), self._zoom)
        form.addRow("", reset)
        display.changed.connect(self._present)
        self._present(display.state)

    def open_at(self, place: QPoint) -> None:
        """Show it with its upper left corner there, or as near as the screen allows."""
        self.adjustSize()
        room = self.screen().availableGeometry()
        x = min(place.x(), room.right() - self.width())
        y = min(place.y(), room.bottom() - self.height())
        self.move(max(room.left(), x), max(room.top(), y))
        self.show()
        self.activateWindow()

    def event(self, event: QEvent) -> bool:
        """Claim Esc, which stops the sound elsewhere."""
        return claims(event, Qt.Key.Key_Escape) or super().event(event)

    def _combo(self, choice: Choice) -> QComboBox:
        made = combo(choice.name, ((tr(text).replace("&", ""), value) for value, text in choice.entries))
        made.activated.connect(lambda index: self._display.set_look(**{choice.field: choice.entries[index][0]}))
        return made

    def _present(self, state: DisplayState) -> None:
        with silently(self._share, self._zoom, *self._combos.values()):
            for field, box in self._combos.items():
                box.setCurrentIndex(box.findData(getattr(state.look, field)))
            self._share.setValue(round(100 * state.look.wave_share))
            self._zoom.setValue(round(100 * state.look.lane_zoom))
        self._share.setEnabled(state.look.parts == "both")
        self._combos["compare"].setEnabled(state.comparable)

    def _reset(self) -> None:
        fresh, kept = Look(), self._display.state.look
        self._display.set_look(**{**vars(fresh), **{name: getattr(kept, name) for name in _KEPT}})


def _slider(name: str, low: int, high: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setObjectName("option")
    slider.setRange(low, high)
    slider.setPageStep(10)
    slider.setAccessibleName(name)
    return slider
