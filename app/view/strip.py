"""A mixer strip: the left end of a lane."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QToolButton, QVBoxLayout, QWidget

from app.view.drag_out import PressAndMove
from app.view.fader import Fader
from app.view.meter import Meter
from app.view.pan import PanControl
from app.view.theme import Theme
from app.view.widgets import ElidedLabel, label, restyle, row, silently, tabular
from app.viewmodel.mixer import MixerModel
from app.viewmodel.signals import stem_name
from app.viewmodel.strips import MixerState, Strip, format_db, format_pan
from app.words import number_text, tr
from engine.api import Level

STRIP_WIDTH = 248
_EDGE = 5


class StripView(QFrame):
    """Name, stage, solo, mute, fader and meter of one stem."""

    drag_wanted = Signal()
    reference_wanted = Signal()  # to read about it

    def __init__(self, theme: Theme, mixer: MixerModel, stem: str, number: int) -> None:
        """Args: number: The digit key that focuses this strip."""
        super().__init__()
        self.setObjectName("strip")
        self.setFixedWidth(STRIP_WIDTH)
        self._color = QColor()
        self._mixer, self._stem, self._place = mixer, stem, number - 1
        self._motion = PressAndMove()
        name = stem_name(stem)
        self._name = name
        self._label = ElidedLabel(name, "stem")
        self._label.setMinimumWidth(90)
        tip = tr("{stem}: click or press {number} to focus, then M mutes and S solos; drag it out as a file")
        self.setToolTip(tip.format(stem=name, number=number))
        self.setAccessibleName(tr("{stem} strip").format(stem=name))
        self._stage = QToolButton()
        self._stage.setObjectName("stage")
        self._stage.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        place = self._stage.sizePolicy()
        place.setRetainSizeWhenHidden(True)
        self._stage.setSizePolicy(place)
        self._solo = _letter_button("S", "solo")
        tip = tr("Hear only {stem} and other soloed lanes (S, Shift+{number})\nCtrl+click: only this one")
        self._solo.setToolTip(tip.format(stem=name, number=number))
        self._solo.setAccessibleName(tr("Solo {stem}").format(stem=name))
        self._mute = _letter_button("M", "mute")
        self._mute.setToolTip(tr("Silence {stem} (M, Alt+{number})").format(stem=name, number=number))
        self._mute.setAccessibleName(tr("Mute {stem}").format(stem=name))
        self._fader = Fader(theme)
        self._fader.setToolTip(tr("Level: drag, or wheel in steps of 1 dB (Shift 0.1 dB); double-click is 0 dB"))
        self._fader.setAccessibleName(tr("{stem} level").format(stem=name))
        self._value = label("", "value")
        self._value.setFont(tabular(self._value.font()))
        self._value.setFixedWidth(56)
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._pan = PanControl(theme)
        self._pan.setAccessibleName(tr("{stem} pan").format(stem=name))
        self._meter = Meter(theme)
        self._meter.setAccessibleName(tr("{stem} meter").format(stem=name))
        self._reference = QToolButton()
        self._reference.setObjectName("reference")
        self._reference.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._reference.hide()
        self._reference.clicked.connect(self.reference_wanted)
        self._build()
        self._solo.clicked.connect(self._on_solo)
        self._mute.clicked.connect(lambda: mixer.toggle_mute(stem))
        self._stage.clicked.connect(lambda: mixer.toggle_stage(stem))
        self._fader.gain_wanted.connect(partial(mixer.set_gain, stem))
        self._pan.pan_wanted.connect(partial(mixer.set_pan, stem))
        self.set_color(theme.stem_color(stem, self._place))

    @property
    def controls(self) -> Sequence[QWidget]:
        """What Tab reaches, in the order in which one reads."""
        return (self._stage, self._solo, self._mute, self._fader, self._pan, self._reference)

    @property
    def color(self) -> QColor:
        """The stem's colour."""
        return self._color

    def set_color(self, color: QColor) -> None:
        """Take the stem's colour in the current theme."""
        self._color = color
        self._meter.set_color(color)
        self.update()

    def present(self, strip: Strip, state: MixerState, *, focused: bool) -> None:
        """Show the strip's part of the mixer."""
        heard = state.audible(strip)
        with silently(self._solo, self._mute):
            self._solo.setChecked(strip.soloed)
            self._mute.setChecked(strip.muted)
        self._fader.present(strip.gain_db, self._color)
        self._value.setText(format_db(strip.gain_db))
        self._pan.present(strip.pan, self._color)
        tip = tr("Pan {pan}: drag, or wheel; double-click is the middle")
        self._pan.setToolTip(tip.format(pan=format_pan(strip.pan)))
        self._label.setEnabled(heard)
        self._present_take(strip, state)
        if self.property("focused") != focused:
            self.setProperty("focused", focused)
            restyle(self)

    def present_reference(self, line: str) -> None:
        """Show how close the stages come to the true stem; nothing without one."""
        self._reference.setText(line)
        self._reference.setVisible(bool(line))
        name = tr("Reference of {stem}: {facts}").format(stem=self._name, facts=line)
        self._reference.setAccessibleName(name)
        self._reference.setToolTip(line + "\n" + tr("Click to read more; Lanes, Remove reference takes it away"))

    def present_level(self, level: Level | None) -> None:
        """Move the meter."""
        self._meter.present(level)

    @property
    def level_words(self) -> str:
        """The stem and its highest peak."""
        return f"{self._name}: {self._meter.words}"

    def put_out_clip_light(self) -> None:
        """Put the meter's clip light out."""
        self._meter.put_out()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Focus the strip."""
        self._motion.press(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._mixer.focus(self._place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the stem out."""
        if self._motion.becomes_drag(event):
            self.drag_wanted.emit()

    def minimumSizeHint(self) -> QSize:
        """Low enough for all lanes of a small window; a reference needs a line of its own."""
        line = 0 if self._reference.isHidden() else self._reference.sizeHint().height()
        return QSize(STRIP_WIDTH, 70 + line)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the stem's colour along the left edge."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(0, 0, 18, self.height()), 8, 8)
        painter.setClipRect(0, 0, _EDGE, self.height())
        painter.fillPath(shape, self._color)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_EDGE + 9, 4, 10, 5)
        layout.setSpacing(2)
        layout.addStretch(1)
        layout.addLayout(row(self._label, self._stage))
        layout.addLayout(row(self._solo, self._mute, self._fader, self._value, spacing=5))
        layout.addLayout(row(self._pan, self._meter, spacing=7))
        layout.addWidget(self._reference)
        layout.addStretch(1)

    def _present_take(self, strip: Strip, state: MixerState) -> None:
        side = state.sides.get(strip.stage)  # the original has none
        not_there = side is not None and state.lacks(strip)
        words = {
            "stage": (tr("Not in {side}").format(side=side.inline) if not_there else side.short) if side else "",
            "delta": tr("Delta {gain} dB").format(gain=number_text(state.delta_gain_db, signed=True)),
            "comp": tr("Comp"),
            "reference": tr("Reference"),
        }[strip.take]
        self._stage.setVisible(not strip.is_source)
        self._stage.setText(words)
        self._stage.setEnabled(len(state.stages) > 1 or strip.take != "stage")
        if side is None:
            self._stage.setAccessibleName(self._name)  # it is not shown
            return
        after = side if strip.take != "stage" else state.sides[3 - strip.stage]
        detail = f" ({side.detail})" if strip.take == "stage" else ""
        name = tr("{stem} sounds as {what}").format(stem=self._name, what=words)
        self._stage.setAccessibleName(name)
        self._stage.setToolTip(tr("{facts}; click for {side}").format(facts=name + detail, side=after.inline))

    def _on_solo(self) -> None:
        ctrl = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier
        self._mixer.toggle_solo(self._stem, exclusive=bool(ctrl))


def _letter_button(letter: str, role: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName("lane")
    button.setProperty("role", role)
    button.setText(letter)
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
