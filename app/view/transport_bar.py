"""Play, stop, loop and where we are; what is heard; practice tools, device and zoom at the right."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout

from app.view.actions import Actions
from app.view.output_menu import OutputMenu, details
from app.view.practice import PracticePopover
from app.view.theme import Theme
from app.view.transport_actions import loop_text, pace_text
from app.view.widgets import ElidedLabel, label, restyle, tabular, tool
from app.viewmodel.display import format_time
from app.viewmodel.metronome import MetronomeModel, count_in_text
from app.viewmodel.mixer import MixerModel
from app.viewmodel.strips import MixerState
from app.viewmodel.transport import TransportModel, TransportState
from app.words import tr

_LOOP_WORDS_PX = 800


@dataclass(frozen=True)
class Played:
    """What the bar shows and its card changes."""

    transport: TransportModel
    mixer: MixerModel
    metronome: MetronomeModel


class TransportBar(QFrame):
    """The row below the lanes.

    Args:
        actions: What the buttons do.
        played: What is shown.
        outputs: The menu of the button of the sound device.
        theme: Colours its icon.
    """

    def __init__(self, actions: Actions, played: Played, outputs: OutputMenu, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("transport")
        self._transport = transport = played.transport
        self._metronome = played.metronome
        self._clock = label("0:00.0", "clock")
        self._clock.setFont(tabular(self._clock.font()))
        self._clock.setAccessibleName(tr("Position"))
        self._length = label("", "small")
        self._length.setFont(tabular(self._length.font()))
        self._sounding = ""
        self._hearing = ElidedLabel("", "badge", sentence=True)
        self._hearing.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._loop = tool(actions.transport.loop, name="worded")
        self._pace = tool(actions.transport.practice, name="worded")
        self._pace.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._output = _output_button(outputs)
        self._popover = PracticePopover(actions, transport, played.metronome, self._pace)
        actions.transport.practice.triggered.connect(lambda _checked: self._popover.toggle())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 7, 14, 7)
        layout.setSpacing(4)
        layout.addWidget(tool(actions.to_start))
        layout.addWidget(tool(actions.play, name="play", size=24))
        layout.addWidget(tool(actions.to_end))
        layout.addWidget(self._loop)
        layout.addSpacing(6)
        times = QVBoxLayout()
        times.setSpacing(0)
        times.addWidget(self._clock)
        times.addWidget(self._length)
        layout.addLayout(times)
        layout.addSpacing(8)
        layout.addStretch(1)
        layout.addWidget(self._hearing)
        layout.addStretch(1)
        layout.addWidget(self._pace)
        layout.addWidget(self._output)
        layout.addSpacing(6)
        for action in (actions.zoom_out, actions.fit, actions.zoom_in):
            layout.addWidget(tool(action))
        self._theme = theme
        theme.changed.connect(self._set_icon)
        transport.changed.connect(self._present)
        transport.moved.connect(self._present_position)
        played.mixer.changed.connect(self._present_mixer)
        played.metronome.changed.connect(self._present_practice)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the card of the practice tools where its button is."""
        super().resizeEvent(event)
        self._present_loop(self._transport.state)
        if self._popover.isVisible():
            self._popover.place()

    def _present(self, state: TransportState) -> None:
        length = tr("of {length}").format(length=format_time(state.samples / state.sample_rate))
        self._length.setText(length if state.samples else "")
        self._present_loop(state)
        self._present_hearing()
        self._present_practice()
        lines = details(state)
        self._output.setToolTip("\n".join((tr("Output device"), *lines)))
        self._output.setAccessibleDescription(". ".join(lines))

    def _present_practice(self) -> None:
        pace, metronome = self._transport.state.pace, self._metronome.state
        words = [pace_text(pace), *([tr("click")] if metronome.on else [])]
        if metronome.count_in_bars:
            words.append(count_in_text(metronome.count_in_bars))
        self._pace.setAccessibleDescription(", ".join(words))
        mark(self._pace, on=metronome.in_use or not pace.plain)

    def _present_loop(self, state: TransportState) -> None:
        """Where there is little room, what is heard needs it more than the loop, which the ruler shows too."""
        worded = state.loop is not None and self.width() >= _LOOP_WORDS_PX
        style = Qt.ToolButtonStyle
        self._loop.setToolButtonStyle(style.ToolButtonTextBesideIcon if worded else style.ToolButtonIconOnly)
        place = loop_text(state)
        on = tr("On, {loop}") if state.looping else tr("Off, {loop}")
        self._loop.setAccessibleDescription(on.format(loop=place) if place else tr("No loop yet"))

    def _present_mixer(self, state: MixerState) -> None:
        self._sounding = state.sounding()
        self._present_hearing()

    def _present_hearing(self) -> None:
        state = self._transport.state
        words = tr("Hearing: {words}")
        if state.waiting:
            words = tr("Waiting until this part is split")
        elif state.counting:
            words = tr("Counting in…")
        self._hearing.setText(words.format(words=self._sounding))

    def _present_position(self, sample: int) -> None:
        self._clock.setText(format_time(sample / self._transport.state.sample_rate))

    def _set_icon(self) -> None:
        self._output.setIcon(self._theme.icon("speaker"))


def mark(button: QToolButton, *, on: bool) -> None:
    """Let a button look as if it were down, because what it opens is in use."""
    button.setProperty("inUse", on)
    restyle(button)


def _output_button(menu: OutputMenu) -> QToolButton:
    button = QToolButton()
    button.setIconSize(QSize(20, 20))
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(tr("Output device"))
    return button
