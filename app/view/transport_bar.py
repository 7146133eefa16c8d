"""Play, stop and where we are; what is heard; zoom at the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from app.view.actions import Actions
from app.view.widgets import label, tabular
from app.viewmodel.display import format_time
from app.viewmodel.mixer import MixerModel
from app.viewmodel.strips import MixerState
from app.viewmodel.transport import TransportModel, TransportState


class TransportBar(QFrame):
    """The row below the lanes."""

    def __init__(self, actions: Actions, transport: TransportModel, mixer: MixerModel) -> None:
        super().__init__()
        self.setObjectName("transport")
        self._transport = transport
        self._clock = label("0:00.0", "clock")
        self._clock.setFont(tabular(self._clock.font()))
        self._clock.setAccessibleName("Position")
        self._length = label("", "muted")
        self._hearing = label("", "badge")
        self._hearing.setToolTip("What is sounding now (A and B choose the stage, X switches)")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 7, 14, 7)
        layout.setSpacing(6)
        layout.addWidget(_tool(actions.to_start))
        layout.addWidget(_tool(actions.play, name="play", size=24))
        layout.addWidget(_tool(actions.to_end))
        layout.addSpacing(10)
        layout.addWidget(self._clock)
        layout.addWidget(self._length)
        layout.addStretch(1)
        layout.addWidget(self._hearing, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addStretch(1)
        for action in (actions.zoom_out, actions.fit, actions.zoom_in):
            layout.addWidget(_tool(action))
        transport.changed.connect(self._present)
        transport.moved.connect(self._present_position)
        mixer.changed.connect(self._present_mixer)

    def _present(self, state: TransportState) -> None:
        self._length.setText(f"/ {format_time(state.samples / state.sample_rate)}" if state.samples else "")

    def _present_mixer(self, state: MixerState) -> None:
        self._hearing.setText(f"Hearing: {state.sounding()}")

    def _present_position(self, sample: int) -> None:
        self._clock.setText(format_time(sample / self._transport.state.sample_rate))


def _tool(action: QAction, name: str = "", size: int = 20) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setDefaultAction(action)
    button.setIconSize(QSize(size, size))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(action.text().replace("&", ""))
    return button
