"""What A and B are: the switch above the lanes, and the menus that choose between the results of the song on show."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from app.settings import SettingsStore
from app.view.widgets import on, silently
from app.viewmodel.compare import CompareModel, CompareState, Letter, OtherModel, other_models
from app.viewmodel.mixer import MixerModel
from app.viewmodel.models import ModelsModel
from app.viewmodel.session import Session
from app.viewmodel.sides import model_name, quality_name
from app.viewmodel.signals import stem_names
from app.viewmodel.strips import MixerState
from app.words import tr, tr_later
from engine.api import STAGES, Stage

_LETTERS: tuple[Letter, Letter] = ("A", "B")
# Of a side's name on its button in a row that is less wide than this; then in any other.
_ROOMS_PX = ((760, 76), (860, 122))
_WIDE_PX = 190
_STANDS = {"queued": tr_later("in the list of songs"), "done": tr_later("done")}


class SideSwitch(QFrame):
    """A button for each side, neither of which is down while the stems differ, and beside it what else it could be."""

    def __init__(self, mixer: MixerModel, menus: SideMenus) -> None:
        super().__init__()
        self.setObjectName("segments")
        self._mixer = mixer
        self._room = _WIDE_PX
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(1)
        self._buttons: dict[Stage, QPushButton] = {}
        for stage, letter, menu in zip(STAGES, _LETTERS, menus.sides, strict=True):
            button = QPushButton()
            button.setObjectName("segment")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            on(button.clicked, partial(self._hear, stage))
            layout.addWidget(button)
            layout.addWidget(_arrow(letter, menu))
            self._buttons[stage] = button
        mixer.changed.connect(self._present)
        self._present(mixer.state)

    def present_room(self, row_px: int) -> None:
        """Make names fit into a row of this width that has more in it."""
        self._room = next((room for width, room in _ROOMS_PX if row_px < width), _WIDE_PX)
        self._present(self._mixer.state)

    def _hear(self, stage: Stage) -> None:
        self._mixer.set_stage(stage)
        self._present(self._mixer.state)  # the mixer does not answer for a side that sounds, whose button is up now

    def _present(self, state: MixerState) -> None:
        for (stage, button), letter in zip(self._buttons.items(), _LETTERS, strict=True):
            side = state.sides[stage]
            shown = button.fontMetrics().elidedText(side.after_letter, Qt.TextElideMode.ElideMiddle, self._room)
            button.setText(f"{letter}  {shown}".replace("&", "&&"))
            button.setAccessibleName(tr("Hear {side} of all stems").format(side=side.inline))
            tip = tr("Hear {side}: {name} ({key}); X switches back and forth")
            button.setToolTip(tip.format(side=side.inline, name=side.detail, key=letter))
            with silently(button):
                button.setChecked(state.stage == stage)
            button.setEnabled(stage in state.stages)


class SideMenus:
    """The menus, each of which is in the menu bar; the first two open from the switch as well.

    Attributes:
        sides: What A is, and what B is.
        split: The models that the song could also be split with.
    """

    def __init__(self, compare: CompareModel, split: SplitMenu, parent: QWidget) -> None:
        self.split = split
        titles = (tr("W&hat A is"), tr("What B &is"))
        made = zip(_LETTERS, titles, strict=True)
        self.sides = tuple(SideMenu(compare, letter, title, split, parent) for letter, title in made)


class SideMenu(QMenu):
    """Every stage of every result of the song on show."""

    def __init__(self, compare: CompareModel, letter: Letter, title: str, split: SplitMenu, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.setAccessibleName(title.replace("&", ""))
        self._compare = compare
        self._letter: Letter = letter
        self._split = split
        self._group = QActionGroup(self)
        self._shown: object = None
        compare.changed.connect(self._present)
        self._present(compare.state)

    def _present(self, state: CompareState) -> None:
        wanted = (state.offers, state.side(self._letter))
        if wanted == self._shown:
            return  # it may be open
        self._shown = wanted
        for action in self._group.actions():
            action.deleteLater()
        self.clear()
        self.menuAction().setEnabled(bool(state.offers))
        for side in state.offers:
            action = QAction(state.name(side).replace("&", "&&"), self._group)
            action.setCheckable(True)
            action.setChecked(side == state.side(self._letter))
            on(action.triggered, partial(self._compare.choose, self._letter, side))
            self.addAction(action)
        self.addSeparator()
        self.addMenu(self._split)


class SplitMenu(QMenu):
    """The models that are here, to split the song on show with one more of them."""

    said = Signal(str)  # one line for the status bar

    def __init__(
        self, models: ModelsModel, session: Session, compare: CompareModel, settings: SettingsStore, parent: QWidget
    ) -> None:
        super().__init__(tr("&Split with another model"), parent)
        self.setToolTipsVisible(True)
        self._models = models
        self._session = session
        self._compare = compare
        self._settings = settings
        self._others: tuple[QAction, ...] = ()
        self._shown: object = None
        for changed in (models.changed, session.changed, compare.changed):
            changed.connect(self._present)
        self.aboutToShow.connect(models.refresh)
        self._present()

    def add_below(self, *actions: QAction) -> None:
        """Put these below the models, for whoever needs another one."""
        self._others = actions
        self._shown = None
        self._present()

    def _present(self, _state: object = None) -> None:
        state, quality = self._session.state, self._settings.value.quality
        self.menuAction().setEnabled(state.song is not None and state.song.separation is not None)
        wanted = other_models(self._models.state.entries, state, self._compare.state, quality)
        if (wanted, quality) == self._shown:
            return  # it may be open
        self._shown = (wanted, quality)
        self.clear()
        for other in wanted:
            action = self.addAction(_words(other).replace("&", "&&"))
            action.setEnabled(other.stands == "missing")
            on(action.triggered, partial(self._split, other.entry.name))
        self.addSeparator()
        words = tr("Quality: {name}, as in the preferences")
        self.addAction(words.format(name=quality_name(quality))).setEnabled(False)
        self.addActions(self._others)

    def _split(self, model: str) -> None:
        song = self._session.state.song
        if song is not None:
            self._session.split_also(song.source, model)
            words = tr("“{song}” is in the list to be split with {model}")
            self.said.emit(words.format(song=song.short_name, model=model_name(model)))


def _words(other: OtherModel) -> str:
    """A model with its stems, and why it is not needed."""
    stems = stem_names(other.entry.stems)
    words = f"{model_name(other.entry.name)}: {stems}" if stems else model_name(other.entry.name)
    return words if other.stands == "missing" else f"{words}  –  {tr(_STANDS[other.stands])}"


def _arrow(letter: Letter, menu: QMenu) -> QToolButton:
    button = QToolButton()
    button.setObjectName("side")
    button.setArrowType(Qt.ArrowType.DownArrow)
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    words = tr("Choose what {letter} is").format(letter=letter)
    button.setAccessibleName(words)
    button.setToolTip(words + "\n" + tr("A stage, another model, or another quality of this song"))
    return button
