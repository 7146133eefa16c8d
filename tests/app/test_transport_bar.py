from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFormLayout, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.playback.pace import PLAIN, Pace
from app.view.output_menu import OutputMenu
from app.view.practice import PracticePopover
from app.view.transport_bar import TransportBar
from app.view.widgets import ElidedLabel
from tests.support.fake_engine import FakePlayer
from tests.support.window import open_song

KEY = Qt.Key
_ROLE = QFormLayout.ItemRole


def button(studio: Studio, name: str) -> QToolButton:
    return next(each for each in studio.window.findChildren(QToolButton) if each.accessibleName() == name)


def entries(menu: OutputMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


@pytest.fixture
def menu(qtbot: QtBot, studio: Studio, song: Path) -> OutputMenu:
    open_song(qtbot, studio, song)
    found = studio.window.findChild(OutputMenu)
    assert isinstance(found, OutputMenu)
    return found


def test_the_keys_of_the_loop(qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path) -> None:
    open_song(qtbot, studio, song)
    transport = studio.models.transport
    player.position = 5_000
    QTest.keyClick(studio.window, KEY.Key_I)
    player.position = 9_000
    QTest.keyClick(studio.window, KEY.Key_O)
    assert player.loop == (5_000, 9_000)
    loop = button(studio, "Loop on or off")
    assert (loop.isChecked(), loop.text(), loop.accessibleDescription()) == (
        True, "0:00.113 – 0:00.204", "On, 0:00.113 – 0:00.204",
    )  # fmt: skip
    QTest.keyClick(studio.window, KEY.Key_L)
    assert (player.loop, loop.isChecked(), loop.text()) == (None, False, "0:00.113 – 0:00.204")
    QTest.keyClick(studio.window, KEY.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    assert (player.loop, player.position, player.playing) == ((5_000, 9_000), 5_000, True)
    transport.clear_loop()
    assert loop.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly


def test_the_keys_of_speed_and_pitch(qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path) -> None:
    open_song(qtbot, studio, song)
    shown = button(studio, "Practice tools")
    for key, modifier, pace, text in (
        (KEY.Key_Minus, Qt.KeyboardModifier.NoModifier, Pace(95), "95 %"),
        (KEY.Key_Minus, Qt.KeyboardModifier.AltModifier, Pace(95, -1), "95 %, −1"),
        (KEY.Key_Plus, Qt.KeyboardModifier.NoModifier, Pace(100, -1), "100 %, −1"),
        (KEY.Key_Equal, Qt.KeyboardModifier.AltModifier, PLAIN, "100 %"),
        (KEY.Key_Equal, Qt.KeyboardModifier.NoModifier, Pace(105), "105 %"),
        (KEY.Key_0, Qt.KeyboardModifier.NoModifier, PLAIN, "100 %"),
    ):
        QTest.keyClick(studio.window, key, modifier)
        assert player.pace == pace
        assert (shown.text(), shown.accessibleDescription()) == (text, text)


def test_speed_and_pitch_can_be_typed_and_esc_closes_the_card(
    qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path
) -> None:
    open_song(qtbot, studio, song)
    QTest.keyClick(studio.window, KEY.Key_P)
    card = studio.window.findChild(PracticePopover)
    assert isinstance(card, PracticePopover)
    assert card.isVisible()
    assert studio.window.rect().contains(card.geometry())
    speed = QApplication.focusWidget()
    assert isinstance(speed, QSpinBox)
    QTest.keyClicks(speed, "72")
    QTest.keyClick(speed, KEY.Key_Return)
    assert player.pace == Pace(72)
    pitch = next(box for box in card.findChildren(QSpinBox) if box.accessibleName() == "Pitch")
    pitch.stepBy(-2)
    assert player.pace == Pace(72, -2)
    studio.window.resize(1000, 700)
    QApplication.processEvents()
    assert studio.window.rect().contains(card.geometry())
    player.playing = True
    QTest.keyClick(speed, KEY.Key_Escape)
    assert (card.isVisible(), player.playing) == (False, True)
    QTest.keyClick(studio.window, KEY.Key_Escape)
    QTest.keyClick(studio.window, KEY.Key_Escape)
    assert not player.playing


def test_the_menu_lists_the_devices_and_chooses(studio: Studio, player: FakePlayer, menu: OutputMenu) -> None:
    menu.aboutToShow.emit()
    assert entries(menu)[:3] == ["As the &system", "Speakers  (ALSA)", "Headphones  (ALSA)"]
    menu.actions()[3].trigger()
    assert player.chosen == studio.settings.value.output == "ALSA: Headphones"
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["Headphones  (ALSA)"]
    player.devices = ()
    menu.aboutToShow.emit()
    assert entries(menu)[:2] == ["As the &system", "ALSA: Headphones (not found)"]


def test_drop_outs_and_the_buffer_can_be_read_without_a_mouse(
    studio: Studio, player: FakePlayer, menu: OutputMenu
) -> None:
    output = button(studio, "Output device")
    assert entries(menu)[-1] == "Test output: no drop-outs in this song, buffer of 30 ms"
    player.underruns, player.note = 2, "Playing through Test output, because: it was chosen."
    studio.models.transport.tick()
    line = "Test output: 2 drop-outs in this song, buffer of 30 ms"
    assert entries(menu)[-1] == line
    assert output.accessibleDescription() == f"{line}. {player.note}"
    assert output.toolTip() == f"Output device\n{line}\n{player.note}"


def test_what_is_heard_is_said_in_the_smallest_window_beside_a_list_and_a_loop(
    qtbot: QtBot, studio: Studio, song: Path
) -> None:
    open_song(qtbot, studio, song)
    studio.window.resize(studio.window.minimumSize())
    other = song.with_name("b.wav")
    other.write_bytes(b"another")
    studio.models.session.add([other])
    qtbot.waitUntil(lambda: studio.models.session.state.page == "ready" and studio.window.windowTitle()[0] == "b")
    studio.models.transport.set_loop(100, 9000)
    bar = studio.window.findChildren(TransportBar)[0]
    badge = next(each for each in bar.findChildren(ElidedLabel) if each.text().startswith("Hearing"))
    qtbot.waitUntil(lambda: bar.width() < 700)
    assert badge.shown_text().startswith("Hearing: Stage 2")
    assert button(studio, "Loop on or off").accessibleDescription() == "On, 0:00.0 – 0:00.2"
    studio.window.resize(1400, 900)
    qtbot.waitUntil(lambda: bar.width() > 1000)
    assert badge.shown_text() == "Hearing: Stage 2 (mask + residual)"


def test_arrow_keys_change_the_field_of_the_practice_card_that_has_the_focus(
    qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path
) -> None:
    open_song(qtbot, studio, song)
    models = studio.models
    qtbot.waitUntil(lambda: models.metronome.state.ready)
    lane = models.mixer.state.focused
    QTest.keyClick(studio.window, KEY.Key_P)
    speed = QApplication.focusWidget()
    assert isinstance(speed, QSpinBox)
    QTest.keyClick(speed, KEY.Key_Up)
    assert player.pace == Pace(105)
    card = studio.window.findChild(PracticePopover)
    assert isinstance(card, PracticePopover)
    count_in = next(each for each in card.findChildren(QComboBox) if each.accessibleName() == "Count-in")
    count_in.setFocus()
    QTest.keyClick(count_in, KEY.Key_Down)
    assert models.metronome.state.count_in_bars == 1
    assert models.mixer.state.focused == lane
    QTest.keyClick(count_in, KEY.Key_Down, Qt.KeyboardModifier.ControlModifier)  # is the fader's, as everywhere
    assert models.metronome.state.count_in_bars == 1
    assert models.mixer.state.strips[lane].gain_db == -1.0


def test_the_practice_card_goes_with_the_song(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    QTest.keyClick(studio.window, KEY.Key_P)
    card = studio.window.findChild(PracticePopover)
    assert isinstance(card, PracticePopover)
    assert card.isVisible()
    QTest.keyClick(studio.window, KEY.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert studio.models.session.state.song is None
    assert not card.isVisible()


def test_names_on_the_practice_card_are_level_with_their_fields(studio: Studio) -> None:
    studio.window.show()
    card = studio.window.findChild(PracticePopover)
    assert isinstance(card, PracticePopover)
    card.toggle()
    QApplication.processEvents()
    form = card.layout()
    assert isinstance(form, QFormLayout)
    rows = range(form.rowCount())
    pairs = [[form.itemAt(at, role) for role in (_ROLE.LabelRole, _ROLE.FieldRole)] for at in rows]
    middles = [[item.geometry().center().y() for item in pair if item] for pair in pairs if all(pair)]
    assert len(middles) > 6
    assert max(abs(name - field) for name, field in middles) <= 1
