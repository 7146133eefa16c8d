"""The master: level of the whole mix, and whether it is the song."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.view.meter import Meter
from app.view.theme import Theme
from app.view.widgets import label, restyle, row, tabular
from app.viewmodel.metering import NullState, null_state
from app.viewmodel.mixer import MixerModel
from app.viewmodel.transport import TransportModel
from app.words import tr
from engine.api import Levels

_BADGE_WIDTH = 104
_READING_SECONDS = 0.25  # a number that changes with every block cannot be read


class MasterView(QWidget):
    """A meter and a badge that compares what plays with the original, live."""

    def __init__(
        self,
        theme: Theme,
        mixer: MixerModel,
        transport: TransportModel,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._clock = clock
        self._kind = ""
        self._next_reading = 0.0
        self._mixer = mixer
        self._transport = transport
        self._badge = label("", "sum")
        self._badge.setFont(tabular(self._badge.font()))
        self._badge.setFixedWidth(_BADGE_WIDTH)
        self._badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._meter = Meter(theme)
        self._meter.setAccessibleName(tr("Master meter"))
        layout = row(self._badge, self._meter, spacing=7)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        transport.metered.connect(self._present_levels)
        transport.changed.connect(self._present_idle)
        mixer.changed.connect(self._present_idle)
        theme.changed.connect(self._present_theme)
        self._present_idle()

    @property
    def level_words(self) -> str:
        """The highest peak of the whole mix."""
        return tr("Master: {level}").format(level=self._meter.words)

    def put_out_clip_light(self) -> None:
        """Put the meter's clip light out."""
        self._meter.put_out()

    def _present_theme(self) -> None:
        self._meter.set_color(self._theme.color("meter_low"))

    @property
    def _sounding(self) -> bool:
        """Whether there is a mix to compare: silence before a part that is not split yet is not the song."""
        state = self._transport.state
        return state.playing and not (state.waiting or state.counting)

    def _present_levels(self, levels: Levels) -> None:
        self._meter.present(levels.master if self._transport.state.playing else None)
        if self._sounding:
            state = null_state(self._mixer.state, levels)
            now = self._clock()
            if state.kind != self._kind or now >= self._next_reading:
                self._next_reading = now + _READING_SECONDS
                self._present(state)

    def _present_idle(self) -> None:
        if not self._transport.state.playing:
            self._meter.present(None)
        if not self._sounding:
            self._present(null_state(self._mixer.state, None))

    def _present(self, state: NullState) -> None:
        self._kind = state.kind
        if self._badge.text() == state.text:
            return
        self._badge.setText(state.text)
        self._badge.setToolTip(state.explanation)
        self._badge.setAccessibleName(state.explanation)
        self._badge.setProperty("kind", state.kind)
        restyle(self._badge)
