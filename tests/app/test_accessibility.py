"""What a screen reader is told: every control that takes part has a name, on every page and in every dialog."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.errors import describe
from app.view.abx_dialog import AbxDialog
from app.view.export_dialog import ExportDialog
from app.view.keys_dialog import KeysDialog
from app.view.lanes import LanesPage
from app.view.preferences import PreferencesDialog
from app.view.problem_dialog import DetailsDialog
from app.view.status import SupportDialog
from app.view.step_slider import StepSlider
from app.view.strip import StripView
from app.view.theme import Theme
from app.view.time_axis import TimeAxis
from app.viewmodel.abx import AbxSong
from app.viewmodel.export_form import song_on_show
from app.viewmodel.look import Compare
from engine.api import DecodeError, ModelError, Separation
from tests.support.fake_engine import FakeEngine
from tests.support.window import open_song


def spoken_name(widget: QWidget) -> str:
    """The name as the system's interface for screen readers gives it: also from texts and from labels of forms."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def takes_part(widget: QWidget) -> bool:
    """Whether one can press it, or reach it with Tab; parts that Qt makes for itself are Qt's."""
    own = not widget.objectName().startswith("qt_")
    reached = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) or isinstance(widget, (QAbstractButton, TimeAxis))
    return own and reached and widget.isVisible() and not widget.isWindow()


def unnamed(root: QWidget, least: int) -> list[str]:
    parts = [widget for widget in root.findChildren(QWidget) if takes_part(widget)]
    assert len(parts) >= least
    return [f"{type(widget).__name__} {widget.objectName()}" for widget in parts if not spoken_name(widget).strip()]


def test_a_control_without_a_name_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    QPushButton("Named", window)
    QPushButton(window).setObjectName("nameless")
    window.show()
    assert unnamed(window, 2) == ["QPushButton nameless"]


def test_the_empty_page(studio: Studio) -> None:
    studio.window.show()
    assert unnamed(studio.window, 2) == []


def test_the_page_of_a_job(qtbot: QtBot, studio: Studio, engine: FakeEngine, song: Path) -> None:
    engine.hold.clear()
    studio.window.show()
    studio.models.session.add([song, song.parent])
    qtbot.waitUntil(lambda: studio.models.session.state.songs.running() is not None)
    assert unnamed(studio.window, 1) == []
    engine.hold.set()
    qtbot.waitUntil(lambda: studio.models.session.state.page == "ready")


def test_the_page_of_an_error(qtbot: QtBot, studio: Studio, engine: FakeEngine, song: Path) -> None:
    engine.errors[song.name] = ModelError("the model is gone")
    studio.window.show()
    studio.models.session.add([song])
    qtbot.waitUntil(lambda: studio.models.session.state.page == "error")
    next(button for button in studio.window.findChildren(QPushButton) if button.text() == "Details").click()
    assert unnamed(studio.window, 6) == []


@pytest.mark.parametrize("compare", get_args(Compare))
def test_the_lanes(qtbot: QtBot, studio: Studio, song: Path, compare: Compare) -> None:
    open_song(qtbot, studio, song)
    studio.models.display.set_look(compare=compare)
    assert unnamed(studio.window, 30) == []


def test_a_level_or_pan_set_by_a_screen_reader_is_what_sounds(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    vocals = next(view for view in studio.window.findChildren(StripView) if view.accessibleName() == "Vocals strip")
    sliders = vocals.findChildren(StepSlider)
    for slider, value in zip(sliders, (-30, 50), strict=True):
        QAccessible.queryAccessibleInterface(slider).valueInterface().setCurrentValue(value)
    strip = studio.models.mixer.state.find("vocals")
    assert strip is not None
    assert (strip.gain_db, strip.pan) == (-3.0, 0.5)
    for slider, key in zip(sliders, (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp), strict=True):
        qtbot.keyClick(slider, key)
    strip = studio.models.mixer.state.find("vocals")
    assert strip is not None
    assert [slider.value() for slider in sliders] == [round(strip.gain_db * 10), round(strip.pan * 100)] == [-40, 60]


def listen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, QObject]]:
    """What is announced from now on, and by whom."""
    said: list[tuple[str, QObject]] = []

    def take(event: QAccessibleAnnouncementEvent) -> None:
        said.append((event.message(), event.object()))

    monkeypatch.setattr(QAccessible, "updateAccessibility", take)
    return said


def test_how_a_job_ends_is_announced(
    qtbot: QtBot, studio: Studio, engine: FakeEngine, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = listen(monkeypatch)
    bad = song.with_name("Bad.wav")
    bad.write_bytes(b"")
    engine.errors[bad.name] = ModelError("the model is gone")
    studio.window.show()
    studio.models.session.add([song, bad])
    qtbot.waitUntil(lambda: [each.phase for each in studio.models.session.state.songs.items] == ["ready", "failed"])
    assert [text for text, _source in said] == ["“Song” is ready.", "“Bad” could not be split"]
    assert all(source is studio.window for _text, source in said)


def test_a_key_tells_the_highest_peaks_of_the_focused_lane_and_the_master(
    qtbot: QtBot, studio: Studio, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_song(qtbot, studio, song)
    said = listen(monkeypatch)
    qtbot.keyClick(studio.window, Qt.Key.Key_H)
    studio.models.transport.toggle()  # the player measures the same of everything that sounds
    qtbot.keyClick(studio.window, Qt.Key.Key_H)
    studio.models.mixer.focus(0)
    qtbot.keyClick(studio.window, Qt.Key.Key_H)
    studio.models.transport.toggle()
    qtbot.keyClick(studio.window, Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(studio.window, Qt.Key.Key_H)
    none, peak = "no peak yet", "highest peak −6.0 dB"
    assert [text for text, _source in said] == [
        f"Vocals: {none}; Master: {none}",
        f"Vocals: {peak}; Master: {peak}",
        f"Original: {none}; Master: {peak}",
        f"Original: {none}; Master: {none}",
    ]


def test_the_masters_peak_is_the_songs(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    studio.models.transport.toggle()
    studio.models.transport.stop()
    lanes = studio.window.findChildren(LanesPage)[0]
    assert lanes.level_words().endswith("Master: highest peak −6.0 dB")
    other = song.with_name("Other.wav")
    other.write_bytes(b"another")
    studio.models.session.add([other])
    studio.models.session.select(1)
    qtbot.waitUntil(lambda: studio.models.session.state.page == "ready")
    assert lanes.level_words().endswith("Master: no peak yet")


Dialogs = dict[str, QDialog]


@pytest.fixture
def dialogs(qtbot: QtBot, qapp: QApplication, studio: Studio, song: Path) -> Iterator[Dialogs]:
    open_song(qtbot, studio, song)
    shown = studio.models.session.state.song
    assert shown is not None
    separation: Separation | None = shown.separation
    assert separation is not None
    window, models = studio.window, studio.models
    models.abx.open(AbxSong(separation, shown.name, models.mixer.state, None))
    models.form.open(song_on_show(separation, models.mixer.state, models.transport.state))
    theme = Theme(qapp)
    theme.choose("dark")
    problem = describe(DecodeError(song, "it is empty"), song)
    yield {
        "export": ExportDialog(models.export, models.form, theme, window),
        "preferences": PreferencesDialog(studio.settings, models.output, models.library, models.models, window),
        "keys": KeysDialog(window.menuBar(), window),
        "abx": AbxDialog(models.abx, song.parent, window),
        "support": SupportDialog(lambda: pytest.fail("nothing was saved"), window),
        "details": DetailsDialog(window, problem.title, problem.text, problem.details),
    }
    models.abx.close()


@pytest.mark.parametrize(
    ("name", "least"), [("export", 12), ("preferences", 8), ("keys", 1), ("abx", 4), ("support", 3), ("details", 3)]
)
def test_the_dialogs(dialogs: Dialogs, name: str, least: int) -> None:
    dialogs[name].show()
    assert unnamed(dialogs[name], least) == []


@pytest.mark.parametrize("phase", ["listening", "done"])
def test_the_blind_test_while_one_listens_and_at_its_end(
    qtbot: QtBot, dialogs: Dialogs, studio: Studio, phase: str
) -> None:
    model, dialog = studio.models.abx, dialogs["abx"]
    dialog.show()
    model.start(1, 10)
    qtbot.waitUntil(lambda: model.state.phase == "listening")
    while model.state.phase != phase:
        model.play("X")
        model.answer("A")
    assert unnamed(dialog, 3) == []
