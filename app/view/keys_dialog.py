"""The sheet of keys and mouse actions: keys from the menus, so that it is complete; the mouse from a table."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QMenu, QMenuBar, QScrollArea, QVBoxLayout, QWidget

from app.view.widgets import label

# As many numbered actions as this one after the other, such as one for each lane, share a line.
_SERIES = 3

_MOUSE = (
    ("Click", "on a lane or the ruler: move the playhead there; on a strip: focus it"),
    ("Ctrl+wheel", "zoom at the pointer"),
    ("Shift+wheel", "move left and right"),
    ("Wheel", "on a level: in steps of 1 dB, with Shift 0.1 dB; elsewhere: more lanes"),
    ("Double-click", "on a level: back to 0 dB"),
    ("Ctrl+click", "on S: solo only this lane"),
    ("Drop", "files or folders anywhere: split them; one file on a lane: use it as its reference"),
)
_EVERYWHERE = (
    ("Tab, Shift+Tab", "next, previous control"),
    ("Enter", "press the button that has the focus"),
    ("Esc", "close a dialog"),
    ("Alt", "open the menus"),
)
_BLIND_TEST = (
    ("A, B, X", "hear stage 1, stage 2, the unknown one"),
    ("1, 2", "X is A, X is B"),
    ("Space", "play or pause"),
    ("Esc", "leave the test"),
)
_TABLES = (("Mouse", _MOUSE), ("Everywhere", _EVERYWHERE), ("In the blind test", _BLIND_TEST))


@dataclass(frozen=True)
class KeyLine:
    """One line of the sheet.

    Attributes:
        keys: To press.
        text: What they do.
        actions: Those that the line stands for.
    """

    keys: str
    text: str
    actions: tuple[QAction, ...] = ()


def key_groups(bar: QMenuBar) -> list[tuple[str, list[KeyLine]]]:
    """Every menu with keys, by its title."""
    groups: list[tuple[str, list[KeyLine]]] = []
    for top in bar.actions():
        menu = top.menu()
        if isinstance(menu, QMenu):
            lines = _lines([action for action in _actions(menu) if action.shortcuts()])
            if lines:
                groups.append((_plain(top), lines))
    return groups


def _actions(menu: QMenu) -> Iterator[QAction]:
    """The actions of a menu and of those inside it."""
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from _actions(inner)
        else:
            yield action


def _lines(actions: Sequence[QAction]) -> list[KeyLine]:
    lines: list[KeyLine] = []
    for text, members in itertools.groupby(actions, _without_number):
        series = tuple(members)
        if len(series) >= _SERIES:
            lines.append(KeyLine(f"{_keys(series[0])} … {_keys(series[-1])}", text, series))
        else:
            lines += [KeyLine(_keys(action), _plain(action), (action,)) for action in series]
    return lines


def _keys(action: QAction) -> str:
    return ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts())


def _plain(action: QAction) -> str:
    return action.text().replace("&", "").rstrip("…")


def _without_number(action: QAction) -> str:
    """The words of numbered actions, which they have in common."""
    return _plain(action).rstrip("0123456789 ")


class KeysDialog(QDialog):
    """Shows the whole sheet."""

    def __init__(self, bar: QMenuBar, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keys and mouse")
        self.resize(560, 600)
        sheet = QWidget()
        sheet.setObjectName("page")
        self._grid = QGridLayout(sheet)
        self._grid.setContentsMargins(22, 16, 22, 16)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        tables = [(title, [KeyLine(*line) for line in table]) for title, table in _TABLES]
        for title, lines in (*key_groups(bar), *tables):
            self._add(title, lines)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        area = QScrollArea()
        area.setAccessibleName("Keys and mouse")
        area.setWidget(sheet)
        area.setWidgetResizable(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def _add(self, title: str, lines: Sequence[KeyLine]) -> None:
        top = self._grid.rowCount()
        self._grid.setRowMinimumHeight(top, 30)
        self._grid.addWidget(label(title.upper(), "section"), top, 0, 1, 2, Qt.AlignmentFlag.AlignBottom)
        corner = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        for place, line in enumerate(lines, start=top + 1):
            self._grid.addWidget(label(line.keys, "key"), place, 0, corner)
            self._grid.addWidget(label(line.text, "", wrap=True), place, 1)
