"""The blind test as one does it: from the menu, with keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QFileDialog, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.view.abx_dialog import AbxDialog
from app.view.actions import Actions
from app.view.meter import Meter
from app.viewmodel.abx import AbxModel, AbxSong
from tests.support.fake_engine import FakePlayer
from tests.support.window import open_song, visible


@pytest.fixture
def dialog(qtbot: QtBot, studio: Studio, song: Path) -> Iterator[AbxDialog]:
    open_song(qtbot, studio, song)
    shown = studio.models.session.state.song
    assert shown is not None
    assert shown.separation is not None
    studio.models.abx.open(AbxSong(shown.separation, shown.name, studio.models.mixer.state, (100, 9000)))
    made = AbxDialog(studio.models.abx, song.parent, studio.window)
    made.show()
    yield made
    studio.models.abx.close()


def key(qtbot: QtBot, dialog: AbxDialog, *keys: Qt.Key) -> None:
    for each in keys:
        qtbot.keyClick(dialog, each)


def listen(qtbot: QtBot, dialog: AbxDialog, model: AbxModel) -> None:
    key(qtbot, dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: model.state.phase == "listening")


def text_of(dialog: AbxDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def push(dialog: QDialog, text: str) -> QPushButton:
    return next(button for button in dialog.findChildren(QPushButton) if button.text() == text)


def test_a_screen_reader_says_each_trial_and_how_it_went(
    qtbot: QtBot, dialog: AbxDialog, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: said.append(event.message()))
    listen(qtbot, dialog, studio.models.abx)
    for _trial in range(10):
        key(qtbot, dialog, Qt.Key.Key_A, Qt.Key.Key_X, Qt.Key.Key_1)
    result = studio.models.abx.state.result
    assert result is not None
    assert said[:-1] == ["Measuring how loud both are…", *(f"Trial {number} of 10" for number in range(1, 11))]
    assert said[-1].startswith(result.verdict)


def test_a_whole_test_with_keys_alone(
    qtbot: QtBot, dialog: AbxDialog, studio: Studio, player: FakePlayer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    model = studio.models.abx
    mixer_gains = dict(player.gains)
    listen(qtbot, dialog, model)
    for trial in range(10):
        assert f"Trial {trial + 1} of 10" in text_of(dialog)
        key(qtbot, dialog, Qt.Key.Key_A, Qt.Key.Key_B, Qt.Key.Key_Space, Qt.Key.Key_X)
        assert [each.text() for each in dialog.findChildren(QPushButton) if each.isChecked()] == ["X"]
        assert dialog.focusWidget() == push(dialog, "X")
        stage = next(iter(player.gains))[1]
        key(qtbot, dialog, Qt.Key.Key_1 if stage == 1 else Qt.Key.Key_2)
    assert "You hear a difference" in text_of(dialog)
    assert "10 of 10 answers were right" in text_of(dialog)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_given: (str(tmp_path / "abx.csv"), ""))
    push(dialog, "Save results…").click()
    assert "Saved as abx.csv" in text_of(dialog)
    assert len((tmp_path / "abx.csv").read_text(encoding="utf-8").splitlines()) == 11
    key(qtbot, dialog, Qt.Key.Key_Escape)
    assert model.state.phase == "closed"
    assert player.gains == mixer_gains


def test_before_it_starts_letters_and_digits_choose_in_the_list(
    qtbot: QtBot, dialog: AbxDialog, player: FakePlayer
) -> None:
    box = next(box for box in dialog.findChildren(QComboBox) if box.accessibleName() == "Compare")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_B)
    assert box.currentText() == "Bass"
    assert not player.playing


def test_leaving_is_asked_about_once_there_are_answers(qtbot: QtBot, dialog: AbxDialog, studio: Studio) -> None:
    model = studio.models.abx
    listen(qtbot, dialog, model)
    key(qtbot, dialog, Qt.Key.Key_X, Qt.Key.Key_1)
    key(qtbot, dialog, Qt.Key.Key_Escape)
    box = visible(studio, QMessageBox)[0]
    assert "The one answer so far" in box.informativeText()
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not visible(studio, QMessageBox))
    assert (model.state.phase, model.state.answered) == ("listening", 1)
    key(qtbot, dialog, Qt.Key.Key_Escape)
    push(visible(studio, QMessageBox)[0], "Leave").click()
    assert model.state.phase == "closed"


def test_without_answers_it_closes_at_once(qtbot: QtBot, dialog: AbxDialog, studio: Studio) -> None:
    listen(qtbot, dialog, studio.models.abx)
    key(qtbot, dialog, Qt.Key.Key_Escape)
    assert studio.models.abx.state.phase == "closed"


def test_answers_wait_until_x_was_heard(qtbot: QtBot, dialog: AbxDialog, studio: Studio) -> None:
    listen(qtbot, dialog, studio.models.abx)
    key(qtbot, dialog, Qt.Key.Key_A)
    assert not push(dialog, "X is A  (1)").isEnabled()
    key(qtbot, dialog, Qt.Key.Key_X)
    assert push(dialog, "X is A  (1)").isEnabled()
    assert "Playing X" in text_of(dialog)


def test_the_window_behind_looks_the_same_whatever_x_is(qtbot: QtBot, dialog: AbxDialog, studio: Studio) -> None:
    model, window = studio.models.abx, studio.window
    listen(qtbot, dialog, model)
    assert dialog.isModal() or dialog.parent() is window
    QApplication.processEvents()
    # Without the status line, whose memory changes by itself.
    body = window.centralWidget()
    assert body is not None
    before, title = body.grab().toImage(), window.windowTitle()
    for version in (Qt.Key.Key_A, Qt.Key.Key_B, Qt.Key.Key_X):
        key(qtbot, dialog, version)
        qtbot.wait(40)  # more than two ticks of the meters
        assert body.grab().toImage() == before
        assert (window.windowTitle(), dialog.windowTitle()) == (title, "Blind test")
    assert visible(studio, Meter)


def test_another_song_ends_the_test(qtbot: QtBot, dialog: AbxDialog, studio: Studio, tmp_path: Path) -> None:
    listen(qtbot, dialog, studio.models.abx)
    other = tmp_path / "Other.wav"
    other.write_bytes(b"x")
    studio.models.session.add([other])
    assert studio.models.abx.state.phase == "closed"
    qtbot.waitUntil(lambda: studio.models.session.state.page == "ready")


def test_the_menu_opens_it_paused_and_only_for_songs_of_both_stages(
    qtbot: QtBot, studio: Studio, song: Path, player: FakePlayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    phases: list[str] = []
    monkeypatch.setattr(AbxDialog, "exec", lambda _self: phases.append(studio.models.abx.state.phase))
    action = studio.window.findChildren(Actions)[0].blind_test
    assert not action.isEnabled()
    open_song(qtbot, studio, song)
    studio.models.transport.toggle()
    action.trigger()
    assert phases == ["choosing"]
    assert not player.playing
    assert not studio.models.transport.state.playing
    studio.models.abx.close()
    studio.settings.update(stages=(1,))
    studio.models.session.add([song.with_name("Song.wav")])
    qtbot.waitUntil(lambda: len(studio.models.mixer.state.stages) == 1)
    assert not action.isEnabled()
