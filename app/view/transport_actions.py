"""The actions of menu Play about the loop, speed and pitch, and the practice card."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.playback.pace import Pace
from app.view.action_maker import ActionMaker
from app.viewmodel.display import format_ends
from app.viewmodel.transport import TransportModel, TransportState
from app.words import number_text, tr

_SPEED_STEP_PERCENT = 5


class TransportActions:
    """The practice card is opened by whoever shows it."""

    def __init__(self, make: ActionMaker, transport: TransportModel) -> None:
        def faster(percent: int) -> Callable[[], None]:
            return lambda: transport.set_speed(transport.state.pace.speed_percent + percent)

        def higher(semitones: int) -> Callable[[], None]:
            return lambda: transport.set_pitch(transport.state.pace.semitones + semitones)

        self.stop = make(tr("St&op"), "Esc", do=transport.stop)
        self.loop = make(tr("&Loop on or off"), "L", do=transport.toggle_loop, icon="loop", checkable=True)
        self.play_loop = make(tr("Play the loop from its star&t"), "Shift+Space", do=transport.play_loop)
        self.loop_in = make(tr("Loop from &here"), "I", do=transport.loop_in)
        self.loop_out = make(tr("Loop &up to here"), "O", do=transport.loop_out)
        self.clear_loop = make(tr("&Forget the loop"), do=transport.clear_loop)
        tools = tr("Speed, pitch, click and count-in; no file is changed")
        self.practice = make(tr("Practice tools…"), "P", icon="pace", tip=tools)
        self.slower = make(tr("Slo&wer by 5 %"), "-", do=faster(-_SPEED_STEP_PERCENT))
        self.faster = make(tr("F&aster by 5 %"), "+", "=", do=faster(_SPEED_STEP_PERCENT))
        self.lower = make(tr("Lower by a &semitone"), "Alt+-", do=higher(-1))
        self.higher = make(tr("H&igher by a semitone"), "Alt++", "Alt+=", do=higher(1))
        self.reset_pace = make(tr("&Normal speed and pitch"), "0", do=transport.reset_pace)
        transport.changed.connect(self._present)

    def song_actions(self) -> list[QAction]:
        """Those that need a finished song on show."""
        return [
            self.stop, self.loop, self.play_loop, self.loop_in, self.loop_out, self.clear_loop,
            self.practice, self.slower, self.faster, self.lower, self.higher, self.reset_pace,
        ]  # fmt: skip

    def fill_menu(self, menu: QMenu) -> None:
        """Add everything to menu Play."""
        menu.addActions([self.stop, self.play_loop, self.loop, self.loop_in, self.loop_out, self.clear_loop])
        menu.addSeparator()
        menu.addAction(self.practice)
        pace = [self.slower, self.faster, self.lower, self.higher, self.reset_pace]
        menu.addMenu(tr("Speed a&nd pitch")).addActions(pace)

    def _present(self, state: TransportState) -> None:
        self.loop.setChecked(state.looping)
        self.loop.setIconText(loop_text(state))
        self.practice.setIconText(pace_text(state.pace))


def loop_text(state: TransportState) -> str:
    """Where the loop is; empty without one."""
    if state.loop is None:
        return ""
    return " – ".join(format_ends(state.loop, state.sample_rate))


def pace_text(pace: Pace) -> str:
    """Speed, and pitch if it is not the song's own."""
    text = f"{pace.speed_percent} %"
    return f"{text}, {number_text(pace.semitones, signed=True)}" if pace.semitones else text
