"""Names for screen readers, complete menus, room for every text, and what is remembered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QMenu,
    QMessageBox,
    QScrollArea,
    QSlider,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from app.compose import Parts, Studio
from app.settings import Places
from app.view.actions import Actions
from app.view.header import Header
from app.view.lanes import LanesPage
from app.view.status import StatusButton
from app.view.time_axis import TimeAxis
from app.view.widgets import ElidedLabel
from tests.support.fake_engine import FakeEngine, FakePlayer
from tests.support.window import SMALLEST, delete_window, open_song, visible


def shows_text(widget: QLabel | QAbstractButton) -> bool:
    if isinstance(widget, QToolButton) and widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly:
        return widget.icon().isNull()
    return bool(widget.text()) and not isinstance(widget, ElidedLabel)


def test_every_control_has_a_name_for_screen_readers(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    studio.models.display.set_look(compare="side_by_side")
    kinds = (QAbstractButton, QSlider, QComboBox, TimeAxis)
    controls = [widget for kind in kinds for widget in studio.window.findChildren(kind)]
    own = [widget for widget in controls if not widget.objectName().startswith("qt_")]
    assert len(own) > 30
    unnamed = [widget for widget in own if not (widget.accessibleName() or getattr(widget, "text", str)())]
    assert [(widget.metaObject().className(), widget.objectName()) for widget in unnamed] == []


def test_every_action_is_in_the_menu_bar_and_no_key_is_given_twice(studio: Studio) -> None:
    def actions_of(menu: QMenu) -> list[str]:
        found: list[str] = []
        for action in menu.actions():
            inner = action.menu()
            found += actions_of(inner) if isinstance(inner, QMenu) else [action.text()]
        return found

    listed = {text for menu in studio.window.menuBar().findChildren(QMenu) for text in actions_of(menu)}
    own = studio.window.findChildren(Actions)[0].findChildren(QAction)
    assert {action.text() for action in own if action.text()} <= listed | {"Try the &demo song"}
    keys = [key.toString() for action in own for key in action.shortcuts()]
    assert len(keys) == len(set(keys))
    for action in own:
        for key in action.shortcuts():
            assert key.toString() in action.toolTip()


@pytest.mark.parametrize("side_by_side", [False, True])
def test_no_text_is_cut_off_in_the_smallest_window(
    qtbot: QtBot, studio: Studio, song: Path, side_by_side: bool
) -> None:
    studio.window.resize(*SMALLEST)
    open_song(qtbot, studio, song)
    studio.models.display.set_look(compare="side_by_side" if side_by_side else "single")
    QApplication.processEvents()
    assert (studio.window.width(), studio.window.height()) == SMALLEST
    texts = [*visible(studio, QLabel), *visible(studio, QAbstractButton)]
    plain = [widget for widget in texts if shows_text(widget)]
    cut = [
        (widget.text(), widget.width())
        for widget in plain
        if widget.width() < widget.fontMetrics().horizontalAdvance(widget.text().replace("&", ""))
    ]
    assert len(plain) > 20
    assert cut == []
    inside = studio.window.rect()
    out = [each for each in plain if not inside.contains(each.mapTo(studio.window, each.rect().bottomRight()))]
    lanes = visible(studio, LanesPage)[0].findChildren(QScrollArea)[0]
    assert all(lanes.isAncestorOf(widget) for widget in out)  # one scrolls to them


def test_what_the_status_line_says_is_cut_only_where_there_is_no_room(qtbot: QtBot, studio: Studio, song: Path) -> None:
    studio.window.resize(1280, 800)
    open_song(qtbot, studio, song)
    bar = studio.window.statusBar()
    facts, sound = bar.findChildren(StatusButton)[0], bar.findChildren(ElidedLabel)[-1]
    assert sound.text() == sound.shown_text() != ""
    assert sound.width() == sound.sizeHint().width()
    studio.window.notice("“A song” is ready.")
    sound.setText("No sound, because of " + "this and that, " * 20)
    qtbot.waitUntil(lambda: sound.shown_text().endswith("…"))
    assert facts.text() == studio.models.status.state.line
    assert facts.width() == facts.sizeHint().width()
    facts.setFixedWidth(100)
    qtbot.waitUntil(lambda: facts.text().endswith("…"))


def test_what_has_just_happened_is_read_before_the_facts_beside_it(qtbot: QtBot, studio: Studio, song: Path) -> None:
    studio.window.resize(*SMALLEST)
    open_song(qtbot, studio, song)
    state = studio.models.status.state
    assert state.separation is not None
    slow = replace(state.separation, device_reason="this PyTorch was built without CUDA, and so on, " * 3)
    facts = studio.window.statusBar().findChildren(StatusButton)[0]
    studio.models.status.changed.disconnect(facts.present)
    facts.present(replace(state, separation=slow))
    sound = studio.window.statusBar().findChildren(ElidedLabel)[-1]
    sound.setText("No sound, because of " + "this and that, " * 20)
    words = "“Sawdust in the Sun” is in the list to be split with bs-roformer"
    studio.window.notice(words)
    notice = next(each for each in visible(studio, ElidedLabel) if each.text() == words)
    QApplication.processEvents()
    assert notice.shown_text() == words


def test_a_long_name_loses_its_middle_and_is_whole_in_the_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel("a very long song name that ends in a remaster.flac")
    qtbot.addWidget(label)
    label.resize(120, 20)
    label.show()
    label.grab()
    assert "…" in label.shown_text()
    assert label.shown_text()[-3:] in label.text()
    assert label.toolTip() == label.text()
    label.resize(2000, 20)
    label.grab()
    assert label.shown_text() == label.text()
    assert label.toolTip() == ""


def test_beside_a_list_the_smallest_window_still_names_its_song(qtbot: QtBot, studio: Studio, song: Path) -> None:
    named = song.rename(song.with_name("Sawdust in the Sun.wav"))
    open_song(qtbot, studio, named)
    other = named.with_name("b.wav")
    other.write_bytes(b"another")
    studio.models.session.add([other])
    studio.models.session.select(1)
    studio.models.transport.set_loop(100, 9000)
    studio.window.resize(studio.window.minimumSize())
    header = studio.window.findChildren(Header)[0]
    title = next(each for each in header.findChildren(ElidedLabel) if each.text() == "Sawdust in the Sun")
    qtbot.waitUntil(lambda: header.width() < 760 and len(title.shown_text()) >= 10)
    tools = {tool.accessibleName(): tool for tool in header.findChildren(QToolButton) if tool.isVisible()}
    assert tools["Compare A and B"].toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    studio.window.resize(1400, 900)
    qtbot.waitUntil(lambda: title.shown_text() == title.text())
    assert tools["Compare A and B"].toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextBesideIcon


def test_the_window_comes_back_in_its_size_and_theme(
    qapp: QApplication, studio: Studio, engine: FakeEngine, places: Places
) -> None:
    studio.window.show()
    studio.window.resize(900, 707)
    studio.window.findChildren(Actions)[0].themes["light"].trigger()
    studio.window.close()
    again = Studio(qapp, Parts(engine, engine, FakePlayer(), places, demo=None))
    again.window.show()
    assert (again.window.width(), again.window.height()) == (900, 707)
    assert qapp.palette().window().color().lightness() > 200
    again.window.close()
    again.close()
    delete_window(again)


def test_a_first_window_is_no_higher_than_its_screen(qapp: QApplication, engine: FakeEngine, places: Places) -> None:
    first = Studio(qapp, Parts(engine, engine, FakePlayer(), places, demo=None))
    assert SMALLEST[1] <= first.window.height() < min(801, qapp.primaryScreen().availableSize().height())
    first.close()
    delete_window(first)


@pytest.mark.parametrize("with_song", [False, True])
def test_every_action_can_be_triggered(
    qtbot: QtBot, studio: Studio, song: Path, monkeypatch: pytest.MonkeyPatch, with_song: bool
) -> None:
    opened: list[str] = []

    def note(dialog: QDialog) -> int:
        opened.append(type(dialog).__name__)
        return 0

    monkeypatch.setattr(QDialog, "exec", note)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_given: ([], ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_given: "")
    monkeypatch.setattr(QMessageBox, "about", lambda *_given: None)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: True)
    studio.window.show()
    if with_song:
        open_song(qtbot, studio, song)
    actions = studio.window.findChildren(Actions)[0]
    left_out = {actions.quit, actions.songs.remove}  # these two end what the others need
    for action in actions.findChildren(QAction):
        if action not in left_out:
            action.trigger()
    always = {"KeysDialog", "PreferencesDialog", "DetailsDialog", "SupportDialog"}
    assert always | ({"ExportDialog", "AbxDialog"} if with_song else set()) == set(opened)
    actions.songs.remove.trigger()
    assert studio.models.session.state.page == "empty"
    actions.quit.trigger()
    assert not studio.window.isVisible()
