"""Closing on unfinished work, notifications, recent files, the library's window, coming to the front."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QSpinBox, QSystemTrayIcon, QTreeWidget
from pytestqt.qtbot import QtBot

from app.compose import Parts, Studio
from app.settings import Places
from app.view.actions import Actions
from app.view.library_dialog import LibraryDialog
from app.view.recent_menu import RecentMenu
from engine.api import Result, ResultsLibrary
from tests.support.fake_engine import FakeEngine, FakePlayer
from tests.support.window import delete_window, open_song, visible


def split_two(qtbot: QtBot, studio: Studio, engine: FakeEngine, tmp_path: Path) -> None:
    """Begin to split one song while another waits."""
    for name in ("a.wav", "b.wav"):
        (tmp_path / name).write_text(name)
    engine.hold.clear()
    studio.window.show()
    studio.models.session.add([tmp_path / "a.wav", tmp_path / "b.wav"])
    qtbot.waitUntil(lambda: [song.phase for song in studio.models.session.state.songs.items] == ["running", "waiting"])


def press(studio: Studio, words: str) -> None:
    boxes = visible(studio, QMessageBox)
    assert len(boxes) == 1
    button = next(button for button in boxes[0].buttons() if button.text() == words)
    button.click()
    QApplication.processEvents()


def test_closing_in_the_middle_of_a_split_asks_first(
    qtbot: QtBot, studio: Studio, engine: FakeEngine, tmp_path: Path
) -> None:
    split_two(qtbot, studio, engine, tmp_path)
    studio.window.close()
    studio.window.close()  # asks once
    assert studio.window.isVisible()
    box = visible(studio, QMessageBox)[0]
    assert "“a” is being split" in box.text()
    assert "in the list next time" in box.informativeText()
    assert box.defaultButton() is box.escapeButton()
    press(studio, "Keep working")
    assert studio.window.isVisible()
    assert studio.models.session.state.working
    qtbot.waitUntil(lambda: not visible(studio, QMessageBox))
    studio.window.close()
    press(studio, "Stop and quit")
    assert not studio.window.isVisible()


def test_a_model_that_is_being_added_keeps_the_computer_awake_and_is_asked_about(
    qtbot: QtBot, qapp: QApplication, places: Places, song: Path
) -> None:
    engine, asked = FakeEngine(), list[bool]()
    studio = Studio(qapp, Parts(FakeEngine(), engine, FakePlayer(), places, None, stay_awake=asked.append))
    try:
        studio.window.show()
        engine.hold.clear()
        studio.models.models.add(song, "better")
        qtbot.waitUntil(lambda: bool(asked) and asked[-1])
        studio.window.close()
        (box,) = visible(studio, QMessageBox)
        assert "better" in box.text()
        press(studio, "Keep working")
        engine.hold.set()
        qtbot.waitUntil(lambda: not asked[-1])
        studio.window.close()
        assert not studio.window.isVisible()
    finally:
        studio.close()
        delete_window(studio)


def test_closing_with_nothing_to_lose_asks_nothing(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    studio.window.close()
    assert not studio.window.isVisible()


def test_the_list_is_there_at_the_next_start(
    qtbot: QtBot, qapp: QApplication, studio: Studio, engine: FakeEngine, places: Places, tmp_path: Path
) -> None:
    split_two(qtbot, studio, engine, tmp_path)
    studio.close()
    again = Studio(qapp, Parts(FakeEngine(), FakeEngine(), FakePlayer(), places, demo=None))
    (places.cache / "separations" / "old").mkdir(parents=True)
    again.start([])
    try:
        qtbot.waitUntil(lambda: [song.phase for song in again.models.session.state.songs.items] == ["ready", "ready"])
        qtbot.waitUntil(lambda: not (places.cache / "separations").exists())
    finally:
        again.window.close()
        again.close()
        delete_window(again)


def test_the_computer_stays_awake_only_while_a_song_is_split(
    qtbot: QtBot, qapp: QApplication, engine: FakeEngine, places: Places, song: Path
) -> None:
    asked: list[bool] = []
    studio = Studio(qapp, Parts(engine, FakeEngine(), FakePlayer(), places, None, stay_awake=asked.append))
    try:
        engine.hold.clear()
        studio.models.session.add([song])
        qtbot.waitUntil(lambda: bool(asked) and asked[-1])
        studio.models.session.pause(True)
        assert not asked[-1]
        studio.models.session.pause(False)
        assert asked[-1]
        engine.hold.set()
        qtbot.waitUntil(lambda: not asked[-1])
    finally:
        studio.close()
        delete_window(studio)
    assert not asked[-1]


def test_a_song_that_is_done_is_told_when_the_window_is_not_in_front(
    qtbot: QtBot, studio: Studio, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    alerted: list[object] = []
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    monkeypatch.setattr(QSystemTrayIcon, "supportsMessages", staticmethod(lambda: True))
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _tray: None)
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _tray, _title, text, *_icon: told.append(text))
    monkeypatch.setattr(QApplication, "alert", alerted.append)
    monkeypatch.setattr(studio.window, "isActiveWindow", lambda: False)
    open_song(qtbot, studio, song)
    assert told == ["“Song” is ready"]
    assert alerted == [studio.window]


def test_nothing_is_told_when_the_window_is_in_front(
    qtbot: QtBot, studio: Studio, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerted: list[object] = []
    monkeypatch.setattr(QApplication, "alert", alerted.append)
    monkeypatch.setattr(studio.window, "isActiveWindow", lambda: True)
    open_song(qtbot, studio, song)
    assert alerted == []


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_what_another_start_was_given_is_added_to_this_window(qtbot: QtBot, studio: Studio, song: Path) -> None:
    studio.window.showMinimized()
    studio.receive((song,))
    assert not studio.window.isMinimized()
    qtbot.waitUntil(lambda: studio.models.session.state.page == "ready")
    studio.receive(())
    assert len(studio.models.session.state.songs.items) == 1


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_another_start_takes_no_song_from_under_an_open_dialog(qtbot: QtBot, studio: Studio, song: Path) -> None:
    other = song.with_name("other.wav")
    other.write_text("another song")
    session, abx = studio.models.session, studio.models.abx
    open_song(qtbot, studio, song)

    def hand_over() -> None:
        studio.receive((other,))
        qtbot.waitUntil(lambda: [each.phase for each in session.state.songs.items] == ["ready", "ready"])
        phases.append(abx.state.phase)
        abx.close()

    phases: list[str] = []
    QTimer.singleShot(0, hand_over)
    studio.window.findChildren(Actions)[0].blind_test.trigger()
    assert phases == ["choosing"]
    assert session.state.song is not None
    assert session.state.song.source == song
    session.remove(1)
    session.remove(2)
    studio.receive((other,))
    assert session.state.song is not None


def test_recent_songs_are_in_the_menu_and_can_be_cleared(qtbot: QtBot, studio: Studio, song: Path) -> None:
    same = song.parent / "other & folder" / song.name
    same.parent.mkdir()
    same.write_text("another song")
    menu = studio.window.findChildren(RecentMenu)[0]
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions() if action.text()] == ["&Clear this list"]
    open_song(qtbot, studio, song)
    open_song(qtbot, studio, same)
    menu.aboutToShow.emit()
    first, second, _line, clear = menu.actions()
    assert first.text() == "Song.wav  –  other && folder"
    assert second.toolTip() == str(song)
    second.trigger()
    qtbot.waitUntil(lambda: studio.models.session.state.selected == 1)
    clear.trigger()
    menu.aboutToShow.emit()
    assert not menu.actions()[-1].isEnabled()


def test_a_long_name_makes_no_menu_wider_than_a_screen(qtbot: QtBot, studio: Studio, song: Path) -> None:
    long = song.with_name("W" * 250 + ".wav")
    long.write_bytes(song.read_bytes())
    open_song(qtbot, studio, long)
    menu = studio.window.findChildren(RecentMenu)[0]
    menu.aboutToShow.emit()
    assert menu.sizeHint().width() < 600
    first = menu.actions()[0]
    assert first.text().endswith("W.wav")
    assert first.toolTip() == str(long)


def open_library(qtbot: QtBot, studio: Studio) -> LibraryDialog:
    studio.window.findChildren(Actions)[0].library.trigger()
    dialog = visible(studio, LibraryDialog)[0]
    qtbot.waitUntil(lambda: studio.models.library.state.known)
    return dialog


def test_the_library_lists_what_was_split_and_deletes_one(qtbot: QtBot, studio: Studio, song: Path) -> None:
    other = song.with_name("other.wav")
    other.write_text("another song")
    open_song(qtbot, studio, song)
    open_song(qtbot, studio, other)
    dialog = open_library(qtbot, studio)
    table = dialog.findChildren(QTreeWidget)[0]
    qtbot.waitUntil(lambda: table.topLevelItemCount() == 2)
    assert [item.text(0) for item in table.selectedItems()] == ["other"]  # the newest, so that Enter opens it
    items = table.findItems("*", Qt.MatchFlag.MatchWildcard)
    assert sorted(item.text(0) for item in items) == ["Song", "other"]
    table.setCurrentItem(next(item for item in items if item.text(0) == "other"))
    dialog.delete.click()
    qtbot.waitUntil(lambda: table.topLevelItemCount() == 1)
    assert [each.name for each in studio.models.session.state.songs.items] == ["Song"]
    assert not dialog.delete.isEnabled()  # so that a second press deletes no other song
    dialog.close()


def test_the_song_used_last_is_chosen_also_if_the_order_was_another_when_the_disk_was_looked_at_before(
    qtbot: QtBot, studio: Studio, song: Path
) -> None:
    other = song.with_name("other.wav")
    other.write_text("another song")
    open_song(qtbot, studio, song)
    open_song(qtbot, studio, other)
    studio.models.library.refresh()
    qtbot.waitUntil(lambda: len(studio.models.library.state.entries) == 2)
    first, second = (entry.separation.folder / "separation.json" for entry in studio.models.library.state.entries)
    later = first.stat().st_mtime + 60
    os.utime(second, (later, later))
    table = open_library(qtbot, studio).findChildren(QTreeWidget)[0]

    def names() -> list[str]:
        return [item.text(0) for item in table.findItems("*", Qt.MatchFlag.MatchWildcard)]

    qtbot.waitUntil(lambda: names() == ["Song", "other"])
    assert [item.text(0) for item in table.selectedItems()] == ["Song"]


def test_an_old_look_at_the_disk_that_ends_late_is_not_shown(
    qtbot: QtBot, studio: Studio, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = studio.models.library
    open_song(qtbot, studio, song)
    qtbot.waitUntil(lambda: len(library.state.entries) == 1 and not studio.runner.busy)
    look, looked, go_on = ResultsLibrary.entries, Event(), Event()

    def slow_look(disk: ResultsLibrary) -> tuple[Result, ...]:
        monkeypatch.setattr(ResultsLibrary, "entries", look)
        found = look(disk)
        looked.set()
        assert go_on.wait(10)
        return found

    monkeypatch.setattr(ResultsLibrary, "entries", slow_look)
    library.refresh()
    assert looked.wait(10)
    library.clear()
    qtbot.waitUntil(lambda: not library.state.entries)
    go_on.set()
    qtbot.waitUntil(lambda: not studio.runner.busy)
    assert not library.state.entries


def test_a_song_opens_from_the_library_without_its_file(
    qtbot: QtBot, studio: Studio, engine: FakeEngine, song: Path
) -> None:
    open_song(qtbot, studio, song)
    studio.models.session.remove(1)
    song.unlink()
    dialog = open_library(qtbot, studio)
    table = dialog.findChildren(QTreeWidget)[0]
    qtbot.waitUntil(lambda: table.topLevelItemCount() == 1)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: studio.models.session.state.page == "ready")
    assert len(engine.requests) == 1


def test_deleting_all_asks_first(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    dialog = open_library(qtbot, studio)
    qtbot.waitUntil(dialog.clear.isEnabled)
    dialog.clear.click()
    box = visible(studio, QMessageBox)[0]
    assert "one song" in box.text()
    delete = next(each for each in box.findChildren(QPushButton) if each.text() == "Delete")
    delete.click()
    qtbot.waitUntil(lambda: studio.models.library.state.entries == ())
    qtbot.waitUntil(lambda: not dialog.clear.isEnabled())
    assert studio.models.session.state.page == "empty"
    dialog.close()


def test_the_room_is_what_it_is_set_to_in_the_end_and_not_what_the_wheel_does(qtbot: QtBot, studio: Studio) -> None:
    dialog, library = open_library(qtbot, studio), studio.models.library
    box = dialog.findChildren(QSpinBox)[0]
    box.setFocus()
    wheel = QWheelEvent(
        QPointF(5, 5), box.mapToGlobal(QPointF(5, 5)), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, wheel)
    assert box.value() == 20
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        qtbot.keyClick(box, key)
    assert (box.value(), library.state.cap_gb) == (19, 20)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert library.state.cap_gb == studio.settings.value.library_gb == 19
    qtbot.keyClick(box, Qt.Key.Key_Up)
    dialog.close()
    assert library.state.cap_gb == 20


def test_a_smaller_room_deletes_what_is_not_in_the_list(
    qtbot: QtBot, studio: Studio, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.viewmodel.library._GB", 1000)
    open_song(qtbot, studio, song)
    library = studio.models.library
    library.set_cap(1)
    qtbot.waitUntil(lambda: len(library.state.entries) == 1)
    assert studio.settings.value.library_gb == 1
    studio.models.session.remove(1)
    library.trim()
    qtbot.waitUntil(lambda: library.state.entries == ())
