"""The actions of menu Play about the click and the count-in."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.view.action_maker import ActionMaker
from app.viewmodel.metronome import MetronomeModel, MetronomeState
from app.words import tr


class MetronomeActions:
    """What a key or the menu does to the click; the rest is on the practice card."""

    def __init__(self, make: ActionMaker, metronome: MetronomeModel) -> None:
        never = tr("Only heard here: no file has it")
        tapping = tr("Along the playing song, taps also set the beats")
        nearest = tr("At the beat nearest to the playhead")
        self.click = make(tr("&Click along"), "K", do=metronome.toggle, tip=never, checkable=True)
        self.count_in = make(
            tr("Next count-&in: none, 1 bar, 2 bars"), "Shift+K", do=metronome.next_count_in, tip=never
        )
        self.tap = make(tr("&Tap the tempo"), "T", do=metronome.tap, tip=tapping)
        self.one = make(tr("&Bar begins here"), "Shift+T", do=metronome.start_bar_here, tip=nearest)
        self.halve = make(tr("&Half as many beats"), do=lambda: metronome.scale(-1))
        self.double = make(tr("T&wice as many beats"), do=lambda: metronome.scale(1))
        self.follow = make(tr("Beats as &found in the song"), do=metronome.follow)
        metronome.changed.connect(self._present)

    @property
    def all(self) -> list[QAction]:
        """All of them; they need a finished song on show."""
        return [self.click, self.count_in, self.tap, self.one, self.halve, self.double, self.follow]

    def fill_menu(self, menu: QMenu) -> None:
        """Add all as a menu of their own."""
        menu.addMenu(tr("Clic&k and count-in")).addActions(self.all)

    def _present(self, state: MetronomeState) -> None:
        self.click.setChecked(state.on)
