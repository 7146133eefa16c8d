"""The row above the lanes: which song, stage switch, comparison, export."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.view.actions import Actions
from app.view.pages import quality_name
from app.view.widgets import ElidedLabel, silently
from app.viewmodel.display import format_time
from app.viewmodel.mixer import MixerModel
from app.viewmodel.queue import Song
from app.viewmodel.signals import stage_name
from app.viewmodel.status import rate_words
from app.viewmodel.strips import MixerState
from app.words import tr
from engine.api import STAGES, Separation, Stage

_NARROW_PX = 760


class StageSwitch(QFrame):
    """Two buttons, one for each stage; none is down while the stems differ."""

    def __init__(self, mixer: MixerModel) -> None:
        super().__init__()
        self.setObjectName("segments")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(2)
        self._buttons: dict[int, QPushButton] = {}
        for stage, key in zip(STAGES, "AB", strict=True):
            button = QPushButton(f"{key}  " + tr("Stage {number}").format(number=stage))
            button.setObjectName("segment")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(tr("Hear stage {number} of all stems").format(number=stage))
            tip = tr("Hear stage {number}: {name} ({key}); X switches back and forth")
            button.setToolTip(tip.format(number=stage, name=stage_name(stage), key=key))
            button.clicked.connect(partial(_choose, mixer, stage))
            layout.addWidget(button)
            self._buttons[stage] = button
        mixer.changed.connect(self._present)

    def _present(self, state: MixerState) -> None:
        for stage, button in self._buttons.items():
            with silently(button):
                button.setChecked(state.stage == stage)
            button.setEnabled(stage in state.stages)


def _choose(mixer: MixerModel, stage: Stage, _checked: bool = False) -> None:
    mixer.set_stage(stage)


class Header(QFrame):
    """Shows one song by name, and its main actions."""

    def __init__(self, actions: Actions, mixer: MixerModel) -> None:
        super().__init__()
        self.setObjectName("header")
        self._title = ElidedLabel("", "title")
        self._facts = ElidedLabel("", "small", sentence=True)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self._title)
        names.addWidget(self._facts)
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 7, 12, 7)
        layout.setSpacing(10)
        layout.addLayout(names, 1)
        layout.addWidget(StageSwitch(mixer))
        self._compare = _text_tool(actions.display.compare)
        layout.addWidget(self._compare)
        layout.addWidget(_export_button(actions.export))

    def add(self, widget: QWidget) -> None:
        """Put something behind the song's name."""
        self._row.insertWidget(1, widget)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave room for the song's name: beside a list in a small window, one button makes do with its picture."""
        super().resizeEvent(event)
        beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        narrow = self.width() < _NARROW_PX
        self._compare.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly if narrow else beside)

    def present(self, song: Song, separation: Separation) -> None:
        """Show this song."""
        artist = separation.tags.artist
        self._title.setText(f"{artist} – {song.name}" if artist else song.name)
        facts = [format_time(separation.duration_seconds, 0), f"{separation.sample_rate / 1000:g} kHz"]
        facts.append(_channels(separation.channels))
        facts.append(tr("quality {name}").format(name=quality_name(separation.quality)))
        facts += filter(None, [rate_words(separation.sample_rate)])
        self._facts.setText("  ·  ".join(facts))


def _channels(count: int) -> str:
    if count > 2:
        return tr("%n channels", "", count)
    return tr("mono") if count == 1 else tr("stereo")


def _text_tool(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(18, 18))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(action.text().replace("&", ""))
    return button


def _export_button(action: QAction) -> QPushButton:
    button = QPushButton(tr("Export…"))
    button.setObjectName("primary")
    button.setToolTip(action.toolTip())
    button.setAccessibleName(tr("Export stems"))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(action.trigger)
    action.changed.connect(lambda: _follow(button, action))
    return button


def _follow(button: QPushButton, action: QAction) -> None:
    button.setEnabled(action.isEnabled())
    button.setToolTip(action.toolTip())
