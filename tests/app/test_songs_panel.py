"""The queue as the user sees and steers it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QMessageBox, QProgressBar
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.view.actions import Actions
from app.view.drop import DropOverlay
from app.view.pages import JobPage
from app.view.song_actions import SongActions
from app.view.songs_panel import SongsPanel
from app.view.theme import Theme
from engine.api import DecodeError
from tests.support.fake_engine import FakeEngine, song_files
from tests.support.window import visible


def phases(studio: Studio) -> list[str]:
    return [song.phase for song in studio.models.session.state.songs.items]


def order(studio: Studio) -> list[str]:
    return [song.source.stem for song in studio.models.session.state.songs.items]


def song_actions(studio: Studio) -> SongActions:
    return studio.window.findChildren(Actions)[0].songs


def song_list(studio: Studio) -> QListWidget:
    return visible(studio, SongsPanel)[0].findChildren(QListWidget)[0]


@pytest.fixture
def busy(qtbot: QtBot, studio: Studio, engine: FakeEngine, tmp_path: Path) -> Studio:
    """A song that failed, one that is being split, two that wait."""
    bad, *rest = song_files(tmp_path, "bad.wav", "a.wav", "b.wav", "c.wav")
    engine.errors["bad.wav"] = DecodeError(bad, "it is empty")
    studio.window.show()
    studio.models.session.add([bad])
    qtbot.waitUntil(lambda: phases(studio) == ["failed"])
    engine.hold.clear()
    studio.models.session.add(rest)
    qtbot.waitUntil(lambda: phases(studio) == ["failed", "running", "waiting", "waiting"])
    qtbot.waitUntil(lambda: "50 %" in said(studio)[1])
    return studio


def said(studio: Studio) -> list[str]:
    """What a screen reader says of each row."""
    view = song_list(studio)
    return [view.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(view.count())]


def test_every_row_says_its_state_and_the_foot_the_progress_of_all(busy: Studio) -> None:
    assert said(busy) == ["bad: Failed ", "a: 50 % a few seconds left", "b: Waiting ", "c: Waiting "]
    panel = visible(busy, SongsPanel)[0]
    assert any(text.text().startswith("0 of 3 done, a") for text in panel.findChildren(QLabel))
    bar = panel.findChildren(QProgressBar)[0]
    assert bar.isVisible()
    assert bar.value() == pytest.approx(1000 * 0.5 / 3, abs=1)
    assert "a.wav" in song_list(busy).item(1).toolTip()
    song_list(busy).grab()  # paints every row


def test_arrows_go_through_the_list_whatever_page_a_song_has(qtbot: QtBot, busy: Studio, engine: FakeEngine) -> None:
    view, session = song_list(busy), busy.models.session
    engine.hold.set()
    qtbot.waitUntil(lambda: phases(busy) == ["failed", "ready", "ready", "ready"])
    busy.window.activateWindow()
    session.select(1)
    view.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (2, 3):  # from the page of an error to lanes, which arrow keys choose elsewhere
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
        assert session.state.selected == key
        assert view.hasFocus()
    qtbot.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert order(busy) == ["bad", "b", "a", "c"]
    assert session.state.selected == 3


def test_alt_and_arrows_move_the_song_on_show(qtbot: QtBot, busy: Studio) -> None:
    busy.models.session.select(4)
    alt = Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(busy.window, Qt.Key.Key_Up, alt)
    assert order(busy) == ["bad", "a", "c", "b"]
    assert song_list(busy).currentRow() == 2
    qtbot.keyClick(busy.window, Qt.Key.Key_Down, alt)
    qtbot.keyClick(busy.window, Qt.Key.Key_Down, alt)
    assert order(busy) == ["bad", "a", "b", "c"]
    assert not song_actions(busy).move_down.isEnabled()


@pytest.mark.parametrize(
    ("row", "over", "share", "wanted"),
    [
        (3, 0, 0.2, ["c", "bad", "a", "b"]),
        (3, 1, 0.8, ["bad", "a", "c", "b"]),
        (0, 2, 0.8, ["a", "b", "bad", "c"]),
        (0, 3, 0.9, ["a", "b", "c", "bad"]),
        (1, 1, 0.9, ["bad", "a", "b", "c"]),
        (0, None, 0.0, ["a", "b", "c", "bad"]),
    ],
)
def test_a_row_is_dropped_between_others(
    busy: Studio, monkeypatch: pytest.MonkeyPatch, row: int, over: int | None, share: float, wanted: list[str]
) -> None:
    view = song_list(busy)
    view.setCurrentRow(row)
    at = view.viewport().rect().bottomLeft()
    if over is not None:
        area = view.visualItemRect(view.item(over))
        at = area.topLeft()
        at.setY(round(area.top() + share * area.height()))
    data = view.model().mimeData([view.model().index(row, 0)])
    monkeypatch.setattr(QDropEvent, "source", lambda _event: view)
    event = QDropEvent(
        QPointF(at), Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    view.dropEvent(event)
    assert order(busy) == wanted
    assert event.dropAction() == Qt.DropAction.IgnoreAction
    assert len(said(busy)) == 4


def test_a_row_is_chosen_by_a_click_and_not_by_taking_hold_of_it_to_drag_it(
    qtbot: QtBot, busy: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, session = song_list(busy), busy.models.session
    dragged: list[int] = []

    def drag(self: QListWidget, _actions: Qt.DropAction) -> None:
        session.pause(True)  # a snapshot comes meanwhile
        dragged.append(self.currentRow())

    monkeypatch.setattr(QListWidget, "startDrag", drag)
    shown = session.state.selected
    first, last = (view.visualItemRect(view.item(row)).center() for row in (0, 3))
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=last)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for step in (5, 15):
        at = QPointF(last - QPoint(0, step))
        move = QMouseEvent(QEvent.Type.MouseMove, at, view.mapToGlobal(at), Qt.MouseButton.NoButton, left, none)
        QApplication.sendEvent(view.viewport(), move)
    assert dragged == [3]
    assert session.state.selected == shown
    assert view.currentRow() == session.state.songs.place(shown or 0)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=first)
    assert session.state.songs.place(session.state.selected or 0) == 0
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.RightButton, pos=last)  # its menu is about the song on show
    assert session.state.songs.place(session.state.selected or 0) == 3
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert session.state.songs.place(session.state.selected or 0) == 2


def test_a_name_that_looks_like_html_is_shown_as_it_is(qtbot: QtBot, busy: Studio, tmp_path: Path) -> None:
    (odd,) = song_files(tmp_path, "<i>new<br>.wav")
    busy.models.session.add([odd, tmp_path / "<b>not there.wav"])
    qtbot.waitUntil(lambda: order(busy)[-1] == odd.stem)
    assert "&lt;i&gt;new&lt;br&gt;.wav<br>" in song_list(busy).item(4).toolTip()
    (box,) = busy.window.findChildren(QMessageBox)
    assert all(each.textFormat() == Qt.TextFormat.PlainText for each in box.findChildren(QLabel) if each.text())
    box.close()


def test_files_that_are_dropped_on_the_list_are_added(qtbot: QtBot, busy: Studio, tmp_path: Path) -> None:
    (new,) = song_files(tmp_path, "new.wav")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(new))])
    view = song_list(busy)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    at = view.viewport().rect().center()
    entered = QDragEnterEvent(at, Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(view.viewport(), entered)
    assert entered.isAccepted()
    assert visible(busy, DropOverlay)  # the list refused, so Qt asked the window
    QApplication.sendEvent(busy.window, QDropEvent(QPointF(at), Qt.DropAction.CopyAction, data, left, none))
    qtbot.waitUntil(lambda: order(busy)[-1] == "new")


def test_pause_holds_everything_and_is_shown_everywhere(qtbot: QtBot, busy: Studio) -> None:
    busy.models.session.select(2)
    qtbot.keyClick(busy.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert busy.models.session.state.paused
    assert said(busy)[1] == "a: Paused, 50 % "
    page = visible(busy, JobPage)[0]
    assert "PAUSED" in {text.text() for text in page.findChildren(QLabel)}
    assert page.pause.text() == "Go on"
    assert song_actions(busy).pause.isChecked()
    qtbot.mouseClick(page.pause, Qt.MouseButton.LeftButton)
    assert not busy.models.session.state.paused
    assert not song_actions(busy).pause.isChecked()


def test_a_waiting_song_can_be_stopped_tried_again_and_removed(qtbot: QtBot, busy: Studio) -> None:
    actions = song_actions(busy)
    busy.models.session.select(3)
    actions.cancel.trigger()
    assert phases(busy) == ["failed", "running", "stopped", "waiting"]
    assert actions.retry.isEnabled()
    qtbot.keyClick(busy.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert phases(busy) == ["failed", "running", "waiting", "waiting"]
    actions.remove.trigger()
    assert order(busy) == ["bad", "a", "c"]


def test_the_song_that_is_being_split_can_be_removed(qtbot: QtBot, busy: Studio) -> None:
    busy.models.session.select(2)
    song_actions(busy).remove.trigger()
    qtbot.waitUntil(lambda: order(busy) == ["bad", "b", "c"])
    qtbot.waitUntil(lambda: phases(busy) == ["failed", "running", "waiting"])


def test_the_rows_menu_has_what_can_be_done_with_a_song(
    qtbot: QtBot, busy: Studio, engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()) or True)
    view, actions = song_list(busy), song_actions(busy)
    assert view.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
    offered: list[QAction] = view.actions()
    assert {actions.remove, actions.retry, actions.reveal_source, actions.reveal_stems} <= set(offered)
    assert not actions.reveal_stems.isEnabled()
    engine.hold.set()
    qtbot.waitUntil(lambda: phases(busy) == ["failed", "ready", "ready", "ready"])
    busy.models.session.select(2)
    actions.reveal_source.trigger()
    actions.reveal_stems.trigger()
    song = busy.models.session.state.song
    assert song is not None
    assert song.separation is not None
    assert shown == [str(tmp_path), str(song.separation.folder)]


def test_where_nothing_opens_folders_one_reads_which_folder_it_is(
    qtbot: QtBot, busy: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is busy.window)
    song_actions(busy).reveal_source.trigger()
    (box,) = busy.window.findChildren(QMessageBox)
    assert box.isVisible()
    assert box.informativeText() == str(tmp_path)
    box.close()


def test_the_theme_repaints_the_list(busy: Studio) -> None:
    view = song_list(busy)
    before = view.grab().toImage()
    busy.window.findChildren(Actions)[0].themes["light"].trigger()
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    assert view.grab().toImage() != before
    busy.window.findChildren(Actions)[0].themes["dark"].trigger()


def test_an_icon_is_painted_once_in_each_colour_however_often_rows_are(theme: Theme) -> None:
    dark = theme.pixmap("close", "muted", 16)
    assert theme.pixmap("close", "muted", 16).cacheKey() == dark.cacheKey()
    theme.choose("light")
    assert theme.pixmap("close", "muted", 16).toImage() != dark.toImage()
