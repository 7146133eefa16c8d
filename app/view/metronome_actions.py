"""The actions of menu Play about the click and the count-in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.view.mix_actions import Look, connect
from app.viewmodel.metronome import MetronomeModel, MetronomeState
from app.words import tr


class MetronomeActions:
    """Made with the words, keys and icons of the window's other actions, by the same function."""

    def __init__(self, make: Callable[[Look], QAction]) -> None:
        never = tr("Only heard here: no file has it")
        self.click = make(Look(tr("&Click along"), ("K",), "", never))
        self.click.setCheckable(True)
        self.count_in = make(Look(tr("Next count-&in: none, 1 bar, 2 bars"), ("Shift+K",), "", never))
        self.tap = make(Look(tr("&Tap the tempo"), ("T",), "", tr("Along the playing song, taps also set the beats")))
        self.one = make(Look(tr("&Bar begins here"), ("Shift+T",), "", tr("At the beat nearest to the playhead")))
        self.halve = make(Look(tr("&Half as many beats")))
        self.double = make(Look(tr("T&wice as many beats")))
        self.follow = make(Look(tr("Beats as &found in the song")))

    @property
    def all(self) -> list[QAction]:
        """All of them; they need a finished song on show."""
        return [self.click, self.count_in, self.tap, self.one, self.halve, self.double, self.follow]

    def connect_model(self, metronome: MetronomeModel) -> None:
        """Let the actions do their work."""
        for action, slot in (
            (self.click, metronome.toggle),
            (self.count_in, metronome.next_count_in),
            (self.tap, metronome.tap),
            (self.one, metronome.start_bar_here),
            (self.halve, partial(metronome.scale, -1)),
            (self.double, partial(metronome.scale, 1)),
            (self.follow, metronome.follow),
        ):
            connect(action, slot)
        metronome.changed.connect(self._present)

    def fill_menu(self, menu: QMenu) -> None:
        """Add all as a menu of their own."""
        menu.addMenu(tr("Clic&k and count-in")).addActions(self.all)

    def _present(self, state: MetronomeState) -> None:
        self.click.setChecked(state.on)
