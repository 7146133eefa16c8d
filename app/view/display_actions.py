"""The actions of menu View about pictures, zoom and following, and the choices that the options share with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import get_args

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.view.action_maker import ActionMaker
from app.viewmodel.display import DisplayModel, DisplayState
from app.viewmodel.frequency import AxisKind
from app.viewmodel.look import CEILINGS_DB, FLOORS_DB, Colors, Compare, Follow, Parts
from app.viewmodel.transport import TransportModel
from app.words import number_text, tr, tr_later

_TALLER = 1.25
_LOOP_MARGIN = 0.03
_CYCLED: tuple[Compare, ...] = ("single", "side_by_side", "stacked")


@dataclass(frozen=True)
class Choice:
    """A field of `Look` and the values one can choose from, with their words in English."""

    field: str
    title: str
    entries: tuple[tuple[object, str], ...]

    @property
    def name(self) -> str:
        """The title in the user's language, without its mnemonic."""
        return tr(self.title).replace("&", "")


def _levels(values: tuple[float, ...]) -> tuple[tuple[object, str], ...]:
    return tuple((value, f"{number_text(value)} dB") for value in values)


def _worded(kind: object, *words: str) -> tuple[tuple[object, str], ...]:
    return tuple(zip(get_args(kind), words, strict=True))


COMPARE = Choice(
    "compare",
    tr_later("&Sides"),
    _worded(
        Compare,
        tr_later("The one that &sounds"),
        tr_later("A and B s&ide by side"),
        tr_later("A, B and their &difference, stacked"),
        tr_later("Difference &only"),
    ),
)
FOLLOW = Choice(
    "follow",
    tr_later("Follow the pla&yhead"),
    _worded(Follow, tr_later("&Off"), tr_later("&Page by page"), tr_later("In the &middle")),
)
CHOICES = (
    Choice(
        "parts",
        tr_later("S&how"),
        _worded(Parts, tr_later("Waveform and spectrogram"), tr_later("Waveform only"), tr_later("Spectrogram only")),
    ),
    Choice("axis", tr_later("&Frequency axis"), _worded(AxisKind, tr_later("Logarithmic"), tr_later("Linear"))),
    Choice("floor_db", tr_later("&Darkest level"), _levels(FLOORS_DB)),
    Choice("ceiling_db", tr_later("&Brightest level"), _levels(CEILINGS_DB)),
    Choice(
        "colors",
        tr_later("Colo&urs"),
        _worded(Colors, tr_later("Colour of the stem"), "Viridis", "Magma", tr_later("Grey")),
    ),
)


class DisplayActions:
    """The options of the pictures are opened by whoever shows them."""

    def __init__(self, make: ActionMaker, transport: TransportModel, display: DisplayModel) -> None:
        def cycle(field: str, values: Sequence[object]) -> Callable[[], None]:
            return lambda: display.cycle(field, values)

        def choices(choice: Choice) -> Mapping[object, QAction]:
            made = {
                value: make(tr(text), do=partial(display.set_look, **{choice.field: value}))
                for value, text in choice.entries
            }
            make.one_of(made.values())
            return made

        self.compare = make(
            tr("&Compare A and B"),
            "C",
            do=cycle("compare", _CYCLED),
            icon="columns",
            tip=tr("Side by side, then stacked with their difference"),
            checkable=True,
        )
        self.compare.setIconText(tr("Compare"))
        self.options = make(tr("&Picture options…"), "Shift+V")
        self.options.setIconText(tr("Pictures"))
        self.parts = make(tr("Next &kind of picture"), "V", do=cycle("parts", get_args(Parts)))
        self.follow = make(tr("Ne&xt way to follow"), "F", do=cycle("follow", get_args(Follow)))
        self.zoom_loop = make(tr("Zoom to the &loop"), "Ctrl+1", do=lambda: _zoom_to_loop(transport, display))
        taller, shorter = (partial(display.scale_lanes, factor) for factor in (_TALLER, 1 / _TALLER))
        wheel = tr("Ctrl+Alt+wheel does the same")
        self.taller = make(tr("T&aller lanes"), "Ctrl+Alt++", "Ctrl+Alt+=", do=taller, tip=wheel)
        self.shorter = make(tr("Sho&rter lanes"), "Ctrl+Alt+-", do=shorter, tip=wheel)
        self.fit_lanes = make(tr("Fit lanes to the wi&ndow"), "Ctrl+Alt+1", do=lambda: display.set_look(lane_zoom=1.0))
        self.choices = {choice.field: choices(choice) for choice in (COMPARE, FOLLOW, *CHOICES)}
        display.changed.connect(self._present)
        self._present(display.state)

    def song_actions(self) -> list[QAction]:
        """Those that need a finished song on show."""
        return [self.zoom_loop, self.taller, self.shorter, self.fit_lanes, self.options]

    def fill_menu(self, menu: QMenu) -> None:
        """Add everything to menu View."""
        menu.addAction(self.compare)
        self._add_choice(menu, COMPARE)
        menu.addSeparator()
        menu.addActions([self.options, self.parts])
        for choice in CHOICES:
            self._add_choice(menu, choice)
        menu.addSeparator()
        menu.addActions([self.taller, self.shorter, self.fit_lanes])
        menu.addSeparator()
        menu.addActions([self.zoom_loop, self.follow])
        self._add_choice(menu, FOLLOW)

    def _add_choice(self, menu: QMenu, choice: Choice) -> None:
        menu.addMenu(tr(choice.title)).addActions(list(self.choices[choice.field].values()))

    def _present(self, state: DisplayState) -> None:
        for field, actions in self.choices.items():
            action = actions.get(getattr(state.look, field))
            if action is not None:
                action.setChecked(True)
        self.compare.setChecked(state.compare != "single")
        for action in (self.compare, *self.choices["compare"].values()):
            action.setEnabled(state.comparable)


def _zoom_to_loop(transport: TransportModel, display: DisplayModel) -> None:
    loop = transport.state.loop
    if loop is not None:
        margin = (loop[1] - loop[0]) * _LOOP_MARGIN
        display.show(loop[0] - margin, loop[1] + margin)
