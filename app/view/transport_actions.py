"""The actions of menu Play about the loop, speed and pitch, and the practice card."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.playback.pace import Pace
from app.view.mix_actions import Look, connect
from app.viewmodel.display import format_ends
from app.viewmodel.transport import TransportModel, TransportState
from app.words import number_text, tr

_SPEED_STEP_PERCENT = 5


class TransportActions:
    """Made with the words, keys and icons of the window's other actions, by the same function."""

    def __init__(self, make: Callable[[Look], QAction]) -> None:
        self.stop = make(Look(tr("St&op"), ("Esc",)))
        self.loop = make(Look(tr("&Loop on or off"), ("L",), "loop"))
        self.loop.setCheckable(True)
        self.play_loop = make(Look(tr("Play the loop from its star&t"), ("Shift+Space",)))
        self.loop_in = make(Look(tr("Loop from &here"), ("I",)))
        self.loop_out = make(Look(tr("Loop &up to here"), ("O",)))
        self.clear_loop = make(Look(tr("&Forget the loop")))
        self.practice = make(
            Look(tr("Practice tools…"), ("P",), "pace", tr("Speed, pitch, click and count-in; no file is changed"))
        )
        self.slower = make(Look(tr("Slo&wer by 5 %"), ("-",)))
        self.faster = make(Look(tr("F&aster by 5 %"), ("+", "=")))
        self.lower = make(Look(tr("Lower by a &semitone"), ("Alt+-",)))
        self.higher = make(Look(tr("H&igher by a semitone"), ("Alt++", "Alt+=")))
        self.reset_pace = make(Look(tr("&Normal speed and pitch"), ("0",)))

    def connect_models(self, transport: TransportModel) -> None:
        """Let the actions do their work; speed and pitch are opened by whoever shows them."""

        def faster(percent: int) -> None:
            transport.set_speed(transport.state.pace.speed_percent + percent)

        def higher(semitones: int) -> None:
            transport.set_pitch(transport.state.pace.semitones + semitones)

        for action, slot in (
            (self.stop, transport.stop),
            (self.loop, transport.toggle_loop),
            (self.play_loop, transport.play_loop),
            (self.loop_in, transport.loop_in),
            (self.loop_out, transport.loop_out),
            (self.clear_loop, transport.clear_loop),
            (self.slower, partial(faster, -_SPEED_STEP_PERCENT)),
            (self.faster, partial(faster, _SPEED_STEP_PERCENT)),
            (self.lower, partial(higher, -1)),
            (self.higher, partial(higher, 1)),
            (self.reset_pace, transport.reset_pace),
        ):
            connect(action, slot)
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
