"""The sheet of keys and mouse actions: keys from the menus, so that it is complete; the mouse from a table."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QMenu, QMenuBar, QScrollArea, QVBoxLayout, QWidget

from app.view.widgets import label
from app.words import tr, tr_later

# As many numbered actions as this one after the other, such as one for each lane, share a line.
_SERIES = 3

_MOUSE = (
    (tr_later("Click"), tr_later("on a lane or the ruler: move the playhead there; on a strip: focus it")),
    (tr_later("Ctrl+wheel"), tr_later("zoom at the pointer")),
    (tr_later("Shift+wheel"), tr_later("move left and right")),
    (tr_later("Wheel"), tr_later("on a level: in steps of 1 dB, with Shift 0.1 dB; elsewhere: more lanes")),
    (
        tr_later("Drag"),
        tr_later("on the ruler: a loop; on a border of a comp or a muted range: move it, Esc gives up"),
    ),
    (tr_later("Double-click"), tr_later("on a level: back to 0 dB; on the bar of a comp or a muted range: remove it")),
    (tr_later("Right-click"), tr_later("on the bar of a comp or a muted range: what can be done with it")),
    (tr_later("Ctrl+click"), tr_later("on S: solo only this lane")),
    (tr_later("Drop"), tr_later("files or folders anywhere: split them; one file on a lane: use it as its reference")),
)
_EVERYWHERE = (
    (tr_later("Tab, Shift+Tab"), tr_later("next, previous control")),
    (tr_later("Enter"), tr_later("press the button that has the focus")),
    (tr_later("Up, Down"), tr_later("in the list of songs: another song; on a level or pan: one step")),
    (tr_later("Esc"), tr_later("close a dialog")),
    (tr_later("Alt"), tr_later("open the menus")),
)
_BLIND_TEST = (
    ("A, B, X", tr_later("hear one, the other, the unknown one")),
    ("1, 2", tr_later("X is A, X is B")),
    (tr_later("Space"), tr_later("play or pause")),
    (tr_later("Esc"), tr_later("leave the test")),
)
_TABLES = (
    (tr_later("Mouse"), _MOUSE),
    (tr_later("Everywhere"), _EVERYWHERE),
    (tr_later("In the blind test"), _BLIND_TEST),
)


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
        self.setWindowTitle(tr("Keys and mouse"))
        self.resize(560, 520)
        sheet = QWidget()
        sheet.setObjectName("page")
        self._grid = QGridLayout(sheet)
        self._grid.setContentsMargins(22, 16, 22, 16)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        tables = [(tr(title), [KeyLine(tr(keys), tr(text)) for keys, text in table]) for title, table in _TABLES]
        for title, lines in (*key_groups(bar), *tables):
            self._add(title, lines)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        area = QScrollArea()
        area.setAccessibleName(tr("Keys and mouse"))
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
