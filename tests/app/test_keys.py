"""Every key: in the sheet and in a menu, given once, and silent while one types."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractSpinBox, QLabel, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.view.keys_dialog import KeysDialog, key_groups
from tests.support.window import open_song, visible


def actions_with_keys(studio: Studio) -> list[QAction]:
    """Wherever they were made."""
    return [action for action in studio.window.findChildren(QAction) if action.shortcuts()]


def test_every_action_with_a_key_is_in_a_menu_and_in_the_sheet(studio: Studio) -> None:
    bar = studio.window.menuBar()
    in_menus = {action for menu in bar.findChildren(QMenu) for action in menu.actions()}
    lines = [line for _title, lines in key_groups(bar) for line in lines]
    found = actions_with_keys(studio)
    assert len(found) > 50
    assert set(found) <= in_menus
    assert {action for line in lines for action in line.actions} == set(found)
    assert len([action for line in lines for action in line.actions]) == len(found)
    sheet = KeysDialog(bar, studio.window)
    sheet.show()
    shown = {label.text() for label in sheet.findChildren(QLabel)}
    assert {line.keys for line in lines} | {line.text for line in lines} <= shown
    for words in ("1 … 9", "Ctrl+wheel", "FILE", "MOUSE", "IN THE BLIND TEST", "Ctrl+B"):
        assert words in shown
    sheet.close()


def test_no_key_is_given_twice(studio: Studio) -> None:
    keys = [key.toString() for action in actions_with_keys(studio) for key in action.shortcuts()]
    assert len(keys) == len(set(keys))


def test_the_tooltip_of_an_action_names_its_keys(studio: Studio) -> None:
    for action in actions_with_keys(studio):
        for key in action.shortcuts():
            assert key.toString() in action.toolTip(), action.text()


def without_modifier(action: QAction) -> list[str]:
    return [text for text in (key.toString() for key in action.shortcuts()) if len(text) == 1 or text == "Space"]


def test_letters_are_text_while_a_text_field_has_the_focus(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    plain = [action for action in actions_with_keys(studio) if without_modifier(action)]
    letters = [key for action in plain for key in without_modifier(action)]
    assert {"A", "B", "X", "D", "M", "S", "1", "9", "Space", "?"} <= set(letters)
    pressed: list[str] = []
    for action in plain:
        action.triggered.connect(lambda _checked, action=action: pressed.append(action.text()))
    field = QLineEdit(studio.window)
    field.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    typed = "".join({"Space": " "}.get(key, key.lower()) for key in letters)
    for letter in typed:
        qtbot.keyClick(field, letter)
    assert field.text() == typed
    assert pressed == []
    field.hide()
    studio.window.setFocus()
    qtbot.keyClick(studio.window, Qt.Key.Key_X)
    assert pressed == ["S&witch between A and B"]  # so the test sees what a key does elsewhere


def test_letters_and_space_are_keys_also_in_a_field_for_a_number(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    models = studio.models
    qtbot.keyClick(studio.window, Qt.Key.Key_P)
    boxes = [box for box in visible(studio, QAbstractSpinBox) if box.isEnabled()]
    assert "Tempo" in [box.accessibleName() for box in boxes]
    for number, box in enumerate(boxes, start=1):
        box.setFocus()
        qtbot.waitUntil(box.hasFocus)
        text = box.text()
        qtbot.keyClick(box, Qt.Key.Key_Space)
        qtbot.keyClick(box, Qt.Key.Key_X)
        assert models.transport.state.playing == bool(number % 2), box.accessibleName()
        assert models.mixer.state.stage == (1 if number % 2 else 2), box.accessibleName()
        assert box.text() == text
    qtbot.keyClick(boxes[0], Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(boxes[0], "75")
    qtbot.keyClick(boxes[0], Qt.Key.Key_Return)
    assert models.transport.state.pace.speed_percent == 75


@pytest.mark.parametrize("kind", [QLabel, QWidget])
def test_the_sheet_fits_its_scroll_area(qtbot: QtBot, studio: Studio, kind: type[QWidget]) -> None:
    sheet = KeysDialog(studio.window.menuBar(), studio.window)
    sheet.show()
    qtbot.waitExposed(sheet)
    widest = max(widget.mapTo(sheet, widget.rect().topRight()).x() for widget in sheet.findChildren(kind))
    assert widest <= sheet.width()
    sheet.close()
