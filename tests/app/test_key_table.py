"""The keys and the wheel of the window, one by one, as the sheet lists them; other tests have those that are left."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.view.canvas import LaneCanvas
from app.view.fader import Fader
from app.view.pan import PanControl
from app.viewmodel.mixer import MixerModel
from engine.api import Separation
from tests.support.fake_engine import FakeEngine, FakePlayer
from tests.support.separations import make_separation
from tests.support.window import open_song, visible

KEY, MODIFIER = Qt.Key, Qt.KeyboardModifier
NONE, SHIFT, CONTROL = MODIFIER.NoModifier, MODIFIER.ShiftModifier, MODIFIER.ControlModifier
RATE = 8000


@pytest.fixture
def long(tmp_path: Path) -> Separation:
    return make_separation(tmp_path / "long", rate=RATE, channels=1, samples=100 * RATE)


@pytest.mark.parametrize(
    ("key", "modifier", "seconds"),
    [
        (KEY.Key_Right, NONE, 55), (KEY.Key_Right, SHIFT, 80), (KEY.Key_Right, CONTROL, 50.1),
        (KEY.Key_Left, NONE, 45), (KEY.Key_Left, SHIFT, 20), (KEY.Key_Left, CONTROL, 49.9),
        (KEY.Key_Home, NONE, 0), (KEY.Key_End, NONE, 100),
    ],
)  # fmt: skip
def test_keys_move_the_playhead(
    qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path, long: Separation,
    key: Qt.Key, modifier: Qt.KeyboardModifier, seconds: float,
) -> None:  # fmt: skip
    open_song(qtbot, studio, song)
    studio.models.transport.load(long)
    player.position = 50 * RATE
    qtbot.keyClick(studio.window, key, modifier)
    assert player.position == round(seconds * RATE)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([(KEY.Key_1, NONE)], (0, 0.0)),
        ([(KEY.Key_6, NONE)], (5, 0.0)),
        ([(KEY.Key_3, NONE), (KEY.Key_Up, NONE)], (1, 0.0)),
        ([(KEY.Key_3, NONE), (KEY.Key_Down, NONE)], (3, 0.0)),
        ([(KEY.Key_3, NONE), (KEY.Key_Up, CONTROL)], (2, 1.0)),
        ([(KEY.Key_3, NONE), (KEY.Key_Down, CONTROL)], (2, -1.0)),
        ([(KEY.Key_3, NONE), (KEY.Key_Up, CONTROL | SHIFT)], (2, 0.1)),
        ([(KEY.Key_3, NONE), (KEY.Key_Down, CONTROL | SHIFT)], (2, -0.1)),
    ],
)
def test_keys_choose_a_lane_and_move_its_fader(
    qtbot: QtBot, studio: Studio, song: Path,
    keys: list[tuple[Qt.Key, Qt.KeyboardModifier]], expected: tuple[int, float],
) -> None:  # fmt: skip
    open_song(qtbot, studio, song)
    for key, modifier in keys:
        qtbot.keyClick(studio.window, key, modifier)
    state = studio.models.mixer.state
    assert (state.focused, state.strips[state.focused].gain_db) == (expected[0], pytest.approx(expected[1]))


def test_ctrl_z_and_ctrl_shift_z_go_back_and_forth(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    mixer = studio.models.mixer
    qtbot.keyClick(studio.window, KEY.Key_M)
    assert mixer.state.strips[1].muted
    qtbot.keyClick(studio.window, KEY.Key_Z, CONTROL)
    assert not mixer.state.strips[1].muted
    qtbot.keyClick(studio.window, KEY.Key_Z, CONTROL | SHIFT)
    assert mixer.state.strips[1].muted


def test_ctrl_o_adds_files_and_with_shift_a_folder(
    qtbot: QtBot, studio: Studio, engine: FakeEngine, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.window.show()
    qtbot.waitUntil(studio.window.isActiveWindow)
    expected: list[int] = []  # when the dialog is open

    def chosen(*_given: object) -> tuple[list[str], str]:
        expected.append(engine.expected)
        return [str(song)], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", chosen)
    qtbot.keyClick(studio.window, KEY.Key_O, CONTROL)
    qtbot.waitUntil(lambda: [each.phase for each in studio.models.session.state.songs.items] == ["ready"])
    album = song.parent / "album"
    album.mkdir()
    (album / "other.wav").write_bytes(b"another")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_given: str(album))
    qtbot.keyClick(studio.window, KEY.Key_O, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: [each.phase for each in studio.models.session.state.songs.items] == ["ready"] * 2)
    assert (expected, engine.expected) == ([1], 2)


def test_ctrl_1_zooms_to_the_loop_and_ctrl_0_shows_all(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    studio.models.transport.set_loop(5000, 10_000)
    display = studio.models.display
    qtbot.keyClick(studio.window, KEY.Key_1, CONTROL)
    assert 4000 < display.state.start < 5000
    assert 10_000 < display.state.stop < 11_000
    qtbot.keyClick(studio.window, KEY.Key_0, CONTROL)
    assert (display.state.start, display.state.stop) == (0, 22_050)


def test_esc_stops_the_sound_and_never_a_split(
    qtbot: QtBot, studio: Studio, engine: FakeEngine, player: FakePlayer, song: Path
) -> None:
    open_song(qtbot, studio, song)
    engine.hold.clear()
    for name in ("b.wav", "c.wav"):
        song.with_name(name).write_bytes(name.encode())
    studio.models.session.add([song.with_name("b.wav"), song.with_name("c.wav")])
    qtbot.waitUntil(lambda: studio.models.session.state.songs.running() is not None)
    qtbot.keyClick(studio.window, KEY.Key_Space)
    assert player.playing
    for _press in range(3):
        qtbot.keyClick(studio.window, KEY.Key_Escape)
    assert not player.playing
    running = studio.models.session.state.songs.running()
    assert running is not None
    assert not running.stopping
    engine.hold.set()
    qtbot.waitUntil(lambda: [each.phase for each in studio.models.session.state.songs.items] == ["ready"] * 3)


def turn_wheel(widget: QWidget, steps: float, modifier: Qt.KeyboardModifier = NONE) -> None:
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place, widget.mapToGlobal(place), QPoint(), QPoint(0, round(120 * steps)), Qt.MouseButton.NoButton, modifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_shift_and_wheel_pan(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    display = studio.models.display
    display.show(5000, 10_000)
    canvas = visible(studio, LaneCanvas)[1]
    turn_wheel(canvas, -1, SHIFT)
    assert 5000 < display.state.start < 10_000
    assert display.state.span == pytest.approx(5000)
    turn_wheel(canvas, 1, SHIFT)
    assert display.state.start == pytest.approx(5000)


def test_the_wheel_moves_a_fader_in_steps_and_finely_with_shift(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    fader = visible(studio, Fader)[1]

    def level_db(mixer: MixerModel = studio.models.mixer) -> float:
        return mixer.state.strips[1].gain_db

    turn_wheel(fader, -1)
    assert level_db() == pytest.approx(-1.0)
    turn_wheel(fader, -1, SHIFT)
    assert level_db() == pytest.approx(-1.1)
    turn_wheel(fader, 2)
    assert level_db() == pytest.approx(0.9)
    for _part in range(8):  # as a touch pad turns it
        turn_wheel(fader, -0.25)
    assert level_db() == pytest.approx(-1.1)


def test_with_ctrl_arrow_keys_do_the_same_whichever_control_has_the_focus(
    qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path
) -> None:
    open_song(qtbot, studio, song)
    mixer = studio.models.mixer
    assert mixer.state.focused == 1
    player.position = 10_000
    for control in (visible(studio, Fader)[2], visible(studio, PanControl)[2]):
        control.setFocus()
        before, position = mixer.state.strips[2], player.position
        qtbot.keyClick(control, KEY.Key_Left, CONTROL)
        assert player.position == position - 4410
        level_db = mixer.state.strips[1].gain_db
        qtbot.keyClick(control, KEY.Key_Up, CONTROL)
        assert mixer.state.strips[1].gain_db == level_db + 1.0
        assert mixer.state.strips[2] == before
        qtbot.keyClick(control, KEY.Key_Up)
        assert mixer.state.strips[2] != before
