"""The row above the lanes: which song, what sounds of it, comparison, export."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from app.view.actions import Actions
from app.view.drag_out import DragHandles
from app.view.sides import SideSwitch
from app.view.widgets import ElidedLabel, tool
from app.viewmodel.display import format_time
from app.viewmodel.queue import Song
from app.viewmodel.sides import quality_name
from app.viewmodel.status import rate_words
from app.words import one_line, tr
from engine.api import Comparison, Separation

_NARROW_PX = 860


class Header(QFrame):
    """Shows one song by name, and its main actions."""

    def __init__(self, actions: Actions, handles: DragHandles, switch: SideSwitch) -> None:
        super().__init__()
        self.setObjectName("header")
        self._switch = switch
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
        layout.addWidget(handles)
        layout.addWidget(switch)
        self._compare = tool(actions.display.compare, size=18)
        layout.addWidget(self._compare)
        layout.addWidget(_export_button(actions.export))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave room for the song's name: beside a list in a small window, the buttons make do with less."""
        super().resizeEvent(event)
        beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        narrow = self.width() < _NARROW_PX
        self._switch.present_room(self.width())
        self._row.setSpacing(5 if narrow else 10)
        self._compare.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly if narrow else beside)

    def present(self, song: Song, separation: Separation) -> None:
        """Show this song."""
        artist = one_line(separation.tags.artist)
        self._title.setText(f"{artist} – {song.name}" if artist else song.name)
        rate = QLocale().toString(separation.sample_rate / 1000, "g", 6)
        facts = [format_time(separation.duration_seconds, 0), f"{rate} kHz", _channels(separation.channels)]
        if not isinstance(separation, Comparison):  # whose sides may differ in it
            facts.append(tr("quality {name}").format(name=quality_name(separation.quality)))
        facts += filter(None, [rate_words(separation.sample_rate)])
        self._facts.setText("  ·  ".join(facts))


def _channels(count: int) -> str:
    if count > 2:
        return tr("%n channels", "", count)
    return tr("mono") if count == 1 else tr("stereo")


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
