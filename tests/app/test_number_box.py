"""Fields for numbers write what is less than nothing as labels do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.view.widgets import NumberBox, number_box
from app.words import number_text

KEY = Qt.Key


@pytest.fixture
def box(qtbot: QtBot) -> NumberBox:
    made = number_box("Pitch", (-12, 12), "")
    made.setSuffix(" dB")
    made.setKeyboardTracking(False)
    qtbot.addWidget(made)
    made.show()
    return made


def typed(box: NumberBox, text: str) -> tuple[int, str]:
    box.lineEdit().selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, KEY.Key_Return)
    return box.value(), box.text()


@pytest.mark.parametrize("value", [-12, -1, 0, 3])
def test_a_field_and_a_label_write_a_number_alike(box: NumberBox, value: int) -> None:
    box.setValue(value)
    assert (box.text(), box.cleanText()) == (f"{number_text(value)} dB", number_text(value))


@pytest.mark.usefixtures("german")
def test_so_they_do_in_german(box: NumberBox) -> None:
    box.setValue(-7)
    assert box.text() == f"{number_text(-7)} dB" == "−7 dB"


def test_a_hyphen_and_a_minus_can_be_typed(box: NumberBox) -> None:
    box.lineEdit().selectAll()
    QTest.keyClicks(box, "-7")
    assert box.text() == "−7 dB"  # at once
    assert typed(box, "-7") == (-7, "−7 dB")
    box.lineEdit().setText("−5")  # as pasted; QTest types no other signs than those of ASCII
    QTest.keyClick(box, KEY.Key_Return)
    assert (box.value(), box.text()) == (-5, "−5 dB")
    assert typed(box, "4") == (4, "4 dB")
    assert typed(box, "-x3") == (-3, "−3 dB")  # what is no number cannot be typed


def test_a_number_outside_the_limits_cannot_be_typed_and_steps_stop_there(box: NumberBox) -> None:
    typed(box, "-99")
    assert box.value() == -9
    box.stepBy(-10)
    assert (box.value(), box.text()) == (-12, "−12 dB")
