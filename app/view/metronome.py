"""The part of the practice card about the click: whether, how loud, where, and how long is counted in."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QFormLayout, QHBoxLayout, QLabel, QWidget

from app.view.metronome_actions import MetronomeActions
from app.view.widgets import ElidedLabel, button, label, number_box, row, silently
from app.viewmodel.metronome import CLICK_DB, COUNT_IN_BARS, MetronomeModel, MetronomeState
from app.words import tr
from engine.api import BEATS_PER_BAR, BPM_LIMITS, SHIFT_LIMIT_SECONDS

_SHIFT_STEP_MS = 5


class MetronomeRows:
    """Rows of a form.

    Args:
        actions: Know the keys.
        metronome: What is changed.
        form: Where the rows go.
    """

    def __init__(self, actions: MetronomeActions, metronome: MetronomeModel, form: QFormLayout) -> None:
        self._on = QCheckBox(tr("Clic&k along"))
        self._on.setToolTip(actions.click.toolTip())
        self._level = number_box(tr("Level of the click"), CLICK_DB, tr("How loud the click is; no file has it"))
        self._level.setSuffix(" dB")
        self._count_in = QComboBox()
        self._count_in.setAccessibleName(tr("Count-in"))
        self._count_in.setToolTip(tr("Clicks before the song plays, or a loop from its start (Shift+K)"))
        self._count_in.addItems([tr("None", "count-in"), tr("1 bar"), tr("2 bars")])
        self._bpm = _tempo_box()
        self._per_bar = number_box(tr("Beats per bar"), BEATS_PER_BAR, tr("How many beats make a bar"))
        limit = round(1000 * SHIFT_LIMIT_SECONDS)
        self._shift = number_box(tr("Shift of the clicks"), (-limit, limit), tr("Moves all clicks later or sooner"))
        self._shift.setSuffix(" ms")
        self._shift.setSingleStep(_SHIFT_STEP_MS)
        self._line = ElidedLabel("", "small", sentence=True)
        tap = button(tr("T&ap"), tip=actions.tap.toolTip())
        half = button("½", tip=actions.halve.toolTip())
        half.setAccessibleName(tr("Half as many beats"))
        twice = button("×2", tip=actions.double.toolTip())
        twice.setAccessibleName(tr("Twice as many beats"))
        one = button(tr("&Begins here"), tip=actions.one.toolTip())
        self._follow = button(tr("As f&ound"), tip=actions.follow.toolTip())
        form.addRow(self._on, self._level)
        form.addRow(tr("Cou&nt-in"), self._count_in)
        form.addRow(_named(tr("Te&mpo"), self._bpm), row(self._bpm, tap, half, twice, spacing=6))
        form.addRow(_named(tr("Beats per ba&r"), self._per_bar), _halves(self._per_bar, one))
        form.addRow(_named(tr("Shif&t"), self._shift), _halves(self._shift, self._follow))
        form.addRow(self._line)
        self._fields = (self._on, self._level, self._count_in, self._bpm, self._per_bar, self._shift)
        self._buttons = (tap, half, twice, one)
        self._on.clicked.connect(metronome.toggle)
        self._level.valueChanged.connect(metronome.set_level)
        self._count_in.activated.connect(lambda index: metronome.set_count_in(COUNT_IN_BARS[index]))
        self._bpm.valueChanged.connect(metronome.set_bpm)
        self._per_bar.valueChanged.connect(metronome.set_per_bar)
        self._shift.valueChanged.connect(metronome.set_shift)
        tap.pressed.connect(metronome.tap)  # not when it is let go, which is late
        half.clicked.connect(lambda: metronome.scale(-1))
        twice.clicked.connect(lambda: metronome.scale(1))
        one.clicked.connect(metronome.start_bar_here)
        self._follow.clicked.connect(metronome.follow)
        metronome.changed.connect(self._present)
        self._present(metronome.state)

    def _present(self, state: MetronomeState) -> None:
        with silently(*self._fields):
            self._on.setChecked(state.on)
            self._level.setValue(state.level_db)
            self._count_in.setCurrentIndex(COUNT_IN_BARS.index(state.count_in_bars))
            self._bpm.setValue(state.bpm)
            if state.beats is not None:
                self._per_bar.setValue(state.beats.metre.per_bar)
                self._shift.setValue(round(1000 * state.beats.metre.shift_seconds))
        for widget in (*self._fields, *self._buttons):
            widget.setEnabled(state.ready)
        self._follow.setEnabled(state.changed_from_found)
        self._line.setText(state.line())


def _named(text: str, field: QWidget) -> QLabel:
    """The name of a field that shares its row."""
    made = label(text)
    made.setBuddy(field)
    return made


def _halves(field: QWidget, beside: QWidget) -> QHBoxLayout:
    layout = row(field, beside, spacing=6)
    layout.setStretch(0, 1)
    layout.setStretch(1, 1)
    return layout


def _tempo_box() -> QDoubleSpinBox:
    made = QDoubleSpinBox()
    made.setAccessibleName(tr("Tempo"))
    # One below the slowest stands for none.
    made.setRange(BPM_LIMITS[0] - 1, BPM_LIMITS[1])
    made.setSpecialValueText("–")
    made.setDecimals(1)
    made.setSuffix(" " + tr("bpm"))
    made.setToolTip(tr("Beats per minute; a number that is typed makes the beats even"))
    made.setKeyboardTracking(False)
    made.lineEdit().setTextMargins(7, 0, 0, 0)
    return made
