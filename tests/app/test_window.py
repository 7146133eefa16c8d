"""The whole window, driven as a user would, with a fake engine and a fake player."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QPushButton,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.view.actions import Actions
from app.view.canvas import LaneCanvas
from app.view.drop import DropOverlay
from app.view.fader import Fader
from app.view.lanes import Lane
from app.view.pages import EmptyPage, ErrorPage, JobPage
from app.view.preferences import PreferencesDialog
from app.view.songs_panel import SongsPanel
from app.view.time_axis import TimeAxis
from app.view.transport_bar import TransportBar
from app.viewmodel.queue import Song
from engine.api import ModelError, Progress
from tests.support.fake_engine import FakeEngine, FakePlayer
from tests.support.window import open_song, visible


def urls(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def press(qtbot: QtBot, studio: Studio, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    qtbot.keyClick(studio.window, key, modifier or Qt.KeyboardModifier.NoModifier)


def drop(studio: Studio, data: QMimeData) -> None:
    center = QPoint(300, 300)
    actions, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(studio.window, QDragEnterEvent(center, actions, data, buttons, keys))
    QApplication.sendEvent(studio.window, QDropEvent(QPointF(center), actions, data, buttons, keys))


def test_an_empty_window_says_what_to_do(studio: Studio) -> None:
    studio.window.show()
    assert visible(studio, EmptyPage)
    assert not visible(studio, SongsPanel)
    assert any(button.text() == "Add songs…" for button in visible(studio, QPushButton))


def test_a_dropped_song_becomes_lanes(qtbot: QtBot, studio: Studio, song: Path) -> None:
    studio.window.show()
    drop(studio, urls(song))
    qtbot.waitUntil(lambda: len(visible(studio, Lane)) == 6)
    assert not visible(studio, DropOverlay)
    assert studio.window.windowTitle().startswith("Song")


def test_dragging_files_over_the_window_covers_it_until_they_leave(
    studio: Studio, engine: FakeEngine, song: Path
) -> None:
    studio.window.show()
    data = urls(song, song.with_name("b.wav"))
    event = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(studio.window, event)
    assert event.isAccepted()
    overlay = visible(studio, DropOverlay)[0]
    assert any("2 items" in label.text() for label in overlay.findChildren(QLabel))
    assert engine.expected == 1
    QApplication.sendEvent(studio.window, QDragLeaveEvent())
    assert not visible(studio, DropOverlay)


def test_a_drag_without_files_is_not_accepted(studio: Studio, engine: FakeEngine) -> None:
    studio.window.show()
    data = QMimeData()
    data.setText("a word")
    event = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    QApplication.sendEvent(studio.window, event)
    assert not event.isAccepted()
    assert not engine.expected


def test_what_is_refused_is_listed_with_its_reason(studio: Studio, tmp_path: Path) -> None:
    studio.window.show()
    note = tmp_path / "note.txt"
    note.write_text("la la")
    drop(studio, urls(note))
    text = " ".join(label.text() for label in visible(studio, QLabel))
    assert "note.txt" in text
    assert ".txt is not a sound format" in text


def test_a_running_job_shows_progress_and_can_be_stopped(
    qtbot: QtBot, studio: Studio, engine: FakeEngine, song: Path
) -> None:
    engine.hold.clear()
    studio.window.show()
    studio.models.session.add([song])
    page = studio.window.findChildren(JobPage)[0]
    qtbot.waitUntil(lambda: "Splitting: 0:02 of 0:04" in {label.text() for label in page.findChildren(QLabel)})
    assert page.isVisible()
    qtbot.mouseClick(page.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.again.isVisible)
    assert "STOPPED" in {label.text() for label in page.findChildren(QLabel)}
    qtbot.mouseClick(page.remove, Qt.MouseButton.LeftButton)
    assert visible(studio, EmptyPage)


def test_what_the_engine_says_of_its_first_start_stands_on_the_page(studio: Studio, song: Path) -> None:
    page = studio.window.findChildren(JobPage)[0]
    progress = Progress("load", 0, 0, message="getting ready, once")
    page.present(Song(1, song, "running", progress=progress), paused=False)
    assert "Getting ready, once" in {label.text() for label in page.findChildren(QLabel)}


def test_an_error_says_what_to_do_and_can_be_tried_again(
    qtbot: QtBot, studio: Studio, engine: FakeEngine, song: Path
) -> None:
    engine.errors[song.name] = ModelError("there is no trained model yet; choose a checkpoint")
    studio.window.show()
    studio.models.session.add([song])
    qtbot.waitUntil(lambda: bool(visible(studio, ErrorPage)))
    texts = " ".join(label.text() for label in visible(studio, QLabel))
    assert "There is no trained model yet; choose a checkpoint." in texts
    buttons = {button.text(): button for button in visible(studio, QPushButton)}
    assert "Preferences…" in buttons
    qtbot.mouseClick(buttons["Details"], Qt.MouseButton.LeftButton)
    copy = next(button for button in visible(studio, QPushButton) if button.text() == "Copy details")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert "ModelError" in QApplication.clipboard().text()
    engine.errors.clear()
    qtbot.mouseClick(buttons["Try again"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(visible(studio, Lane)) == 6)


def test_other_preferences_are_tried_on_all_songs_that_failed(
    qtbot: QtBot, studio: Studio, engine: FakeEngine, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = song.with_name("other.wav")
    other.write_text("another song")
    engine.errors = {each.name: ModelError("there is no model") for each in (song, other)}
    session, retry_all = studio.models.session, studio.window.findChildren(Actions)[0].songs.retry_all
    studio.window.show()
    session.add([song, other])
    qtbot.waitUntil(lambda: [each.phase for each in session.state.songs.items] == ["failed", "failed"])
    assert retry_all.isEnabled()
    engine.errors.clear()
    monkeypatch.setattr(PreferencesDialog, "exec", lambda _dialog: QDialog.DialogCode.Accepted)
    preferences = next(button for button in visible(studio, QPushButton) if button.text() == "Preferences…")
    qtbot.mouseClick(preferences, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [each.phase for each in session.state.songs.items] == ["ready", "ready"])
    assert not retry_all.isEnabled()


@pytest.mark.parametrize(
    ("key", "modifier", "solo", "mute"),
    [
        (Qt.Key.Key_M, None, set(), {"source", "vocals"}),
        (Qt.Key.Key_S, None, {"vocals"}, {"source"}),
        (Qt.Key.Key_3, Qt.KeyboardModifier.ShiftModifier, {"bass"}, {"source"}),
        (Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier, set(), set()),
        (Qt.Key.Key_9, Qt.KeyboardModifier.AltModifier, set(), {"source"}),
    ],
)
def test_keys_mute_and_solo_lanes(
    qtbot: QtBot, studio: Studio, song: Path, key: Qt.Key, modifier: Qt.KeyboardModifier | None,
    solo: set[str], mute: set[str],
) -> None:  # fmt: skip
    open_song(qtbot, studio, song)
    press(qtbot, studio, key, modifier)
    strips = studio.models.mixer.state.strips
    assert {strip.stem for strip in strips if strip.soloed} == solo
    assert {strip.stem for strip in strips if strip.muted} == mute


def test_the_keys_of_the_transport(qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path) -> None:
    open_song(qtbot, studio, song)
    press(qtbot, studio, Qt.Key.Key_Space)
    assert player.playing
    press(qtbot, studio, Qt.Key.Key_Space)
    assert not player.playing
    press(qtbot, studio, Qt.Key.Key_End)
    assert player.position == 22_050
    press(qtbot, studio, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert player.position == 22_050 - 4410
    press(qtbot, studio, Qt.Key.Key_Home)
    assert player.position == 0


def test_the_stage_keys_switch_and_the_label_says_which_stage_sounds(
    qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path
) -> None:
    open_song(qtbot, studio, song)
    bar = studio.window.findChildren(TransportBar)[0]

    def said() -> str:
        return next(label.text() for label in bar.findChildren(QLabel) if label.text().startswith("Hearing"))

    assert said() == "Hearing: Stage 2 (mask + residual)"
    for key, stage in ((Qt.Key.Key_A, 1), (Qt.Key.Key_B, 2), (Qt.Key.Key_X, 1), (Qt.Key.Key_X, 2)):
        press(qtbot, studio, key)
        assert {playing for _stem, playing in player.gains} == {stage}
        assert said().startswith(f"Hearing: Stage {stage}")


def test_side_by_side_shows_both_stages_of_every_lane_on_one_time_axis(
    qtbot: QtBot, studio: Studio, song: Path
) -> None:
    open_song(qtbot, studio, song)
    assert len(visible(studio, LaneCanvas)) == 6
    press(qtbot, studio, Qt.Key.Key_C)
    QApplication.processEvents()
    canvases = visible(studio, LaneCanvas)
    assert len(canvases) == 12
    assert {canvas.accessibleName() for canvas in canvases} >= {
        "Vocals, stage 1: waveform and spectrogram",
        "Vocals, stage 2: waveform and spectrogram",
    }
    studio.models.display.zoom(5000.0, 0.5)
    assert len({(axis.view.start, axis.view.stop) for axis in visible(studio, TimeAxis)}) == 1
    assert len({canvas.width() for canvas in canvases}) <= 2  # equal up to one pixel of rounding
    press(qtbot, studio, Qt.Key.Key_C)
    assert len(visible(studio, LaneCanvas)) == 1 + 5 * 3  # stacked: both stages and their difference
    press(qtbot, studio, Qt.Key.Key_C)
    assert len(visible(studio, LaneCanvas)) == 6


def test_click_seeks_and_ctrl_wheel_zooms_at_the_pointer(
    qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path
) -> None:
    open_song(qtbot, studio, song)
    canvas = visible(studio, LaneCanvas)[2]
    quarter = QPoint(canvas.width() // 4, 20)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=quarter)
    wanted = 22_050 * quarter.x() / canvas.width()
    assert player.position == pytest.approx(wanted, abs=1)  # rounded to a sample
    wheel = QWheelEvent(
        QPointF(quarter), canvas.mapToGlobal(QPointF(quarter)), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, wheel)
    view = studio.models.display.state
    assert view.span < 22_050
    assert view.sample_at(quarter.x() / canvas.width()) == pytest.approx(wanted)
    press(qtbot, studio, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert studio.models.display.state.span == 22_050


def test_ctrl_click_on_solo_is_exclusive(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    solos = [button for button in visible(studio, QToolButton) if button.text() == "S"]
    qtbot.mouseClick(solos[1], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(solos[2], Qt.MouseButton.LeftButton)
    assert [strip.soloed for strip in studio.models.mixer.state.strips] == [False, True, True, False, False, False]
    qtbot.mouseClick(solos[3], Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier)
    assert [strip.soloed for strip in studio.models.mixer.state.strips] == [False, False, False, True, False, False]
    assert [button.isChecked() for button in solos] == [False, False, False, True, False, False]
    qtbot.mousePress(solos[1], Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier)
    qtbot.mouseRelease(solos[1], Qt.MouseButton.LeftButton, pos=QPoint(-50, 0))  # which is no click after all
    qtbot.keyClick(solos[1], Qt.Key.Key_Return)
    assert [strip.soloed for strip in studio.models.mixer.state.strips] == [False, True, False, True, False, False]


def test_a_fader_moves_by_drag_double_click_and_keys(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    fader = visible(studio, Fader)[1]

    def level_db() -> float:
        return studio.models.mixer.state.strips[1].gain_db

    qtbot.mouseClick(fader, Qt.MouseButton.LeftButton, pos=QPoint(fader.width() // 3, fader.height() // 2))
    assert level_db() < -6
    assert fader.value() == round(level_db() * 10)
    qtbot.mouseDClick(fader, Qt.MouseButton.LeftButton, pos=QPoint(fader.width() // 3, fader.height() // 2))
    assert level_db() == 0.0
    fader.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(fader, Qt.Key.Key_Left)
    qtbot.keyClick(fader, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert level_db() == pytest.approx(-1.1)
    assert studio.models.transport.state.position == 0  # the arrow keys went to the fader, not to the playhead


def test_enter_presses_a_focused_button_and_space_plays(
    qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path
) -> None:
    open_song(qtbot, studio, song)
    mute = next(button for button in visible(studio, QToolButton) if button.accessibleName() == "Mute Bass")
    mute.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(mute, Qt.Key.Key_Return)
    assert studio.models.mixer.state.strips[2].muted
    qtbot.keyClick(mute, Qt.Key.Key_Space)
    assert player.playing
    assert studio.models.mixer.state.strips[2].muted


def test_several_songs_are_listed_and_one_can_switch(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("first.wav", "second.wav")]
    for path in paths:
        path.write_bytes(b"x")
    studio.window.show()
    drop(studio, urls(*paths))
    qtbot.waitUntil(lambda: all(song.phase == "ready" for song in studio.models.session.state.songs.items))
    panel = visible(studio, SongsPanel)[0]
    panel.select_wanted.emit(2)
    assert studio.window.windowTitle().startswith("second")
    press(qtbot, studio, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert studio.window.windowTitle().startswith("first")
    assert not panel.isVisible()


def test_closing_in_the_middle_of_a_job_stops_it_and_leaves_nothing(
    qtbot: QtBot, studio: Studio, engine: FakeEngine, player: FakePlayer, song: Path, tmp_path: Path
) -> None:
    engine.hold.clear()
    studio.window.show()
    studio.models.session.add([song])
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    studio.close()
    assert engine.closed
    assert player.closed
    assert not studio.runner.busy
    assert list((tmp_path / "cache").glob("*/*")) == []
