"""References of lanes: rules, drop, menu, strips."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMessageBox, QPlainTextEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.errors import Problem
from app.jobs.runner import JobRunner
from app.view.actions import Actions
from app.view.canvas import LaneCanvas
from app.view.drop import DropOverlay
from app.view.lanes import Lane
from app.view.problem_dialog import DetailsDialog
from app.viewmodel.reference import ReferenceModel
from engine.api import Separation
from tests.support.separations import make_separation, noise
from tests.support.songs import write_song
from tests.support.window import open_song, visible

RATE = 44_100


@pytest.fixture
def model(qtbot: QtBot, separation: Separation) -> Iterator[ReferenceModel]:
    del qtbot
    runner = JobRunner()
    made = ReferenceModel(runner)
    made.load(separation)
    yield made
    runner.cancel_all()
    runner.close()


def true_stem(separation: Separation, folder: Path, extra: int = 0) -> Path:
    """Stage 2 of the vocals with noise of a tenth of its level: 20 dB."""
    stem = separation.stem_signal("vocals", 2)
    signal = np.pad(stem + noise(2, separation.samples, 0.01, 5), ((0, 0), (0, extra)))
    return write_song(folder / "true vocals.wav", signal, RATE)


def add(qtbot: QtBot, model: ReferenceModel, file: Path, stem: str = "vocals") -> None:
    model.add(stem, file)
    qtbot.waitUntil(lambda: model.state.reading is None)


def test_a_reference_is_read_scored_and_comes_back_with_its_song(
    qtbot: QtBot, model: ReferenceModel, separation: Separation, tmp_path: Path
) -> None:
    model.add("vocals", true_stem(separation, tmp_path))
    assert model.state.line("vocals") == "Reading the reference…"
    qtbot.waitUntil(lambda: model.state.reading is None)
    line = model.state.line("vocals")
    assert line.startswith("Stage 1 −")
    assert "Stage 2 20." in line
    assert line.endswith(" dB SDR")
    assert model.state.line("bass") == ""
    shown = model.state
    model.load(None)
    assert model.state.references == {}
    model.load(separation)
    assert model.state == shown


def test_the_mixer_is_offered_what_there_is_to_hear(
    qtbot: QtBot, model: ReferenceModel, separation: Separation, tmp_path: Path
) -> None:
    offers: list[tuple[str, tuple[int, ...] | None]] = []
    model.offered.connect(lambda stem, signal: offers.append((stem, signal.shape if signal is not None else None)))
    add(qtbot, model, true_stem(separation, tmp_path))
    model.load(separation)
    model.remove("vocals")
    shape = (2, separation.samples)
    assert offers == [("vocals", shape), ("vocals", shape), ("vocals", None)]


def test_what_was_done_to_make_it_fit_is_said(
    qtbot: QtBot, model: ReferenceModel, separation: Separation, tmp_path: Path
) -> None:
    said: list[str] = []
    model.noticed.connect(said.append)
    add(qtbot, model, true_stem(separation, tmp_path, extra=100))
    assert said == [
        "“true vocals.wav” is the reference of Vocals. It is 100 samples (0.002 s) too long; its end was cut off."
    ]


def test_a_file_that_does_not_fit_is_a_problem_that_names_it_and_keeps_the_one_before(
    qtbot: QtBot, model: ReferenceModel, separation: Separation, tmp_path: Path
) -> None:
    problems: list[Problem] = []
    model.failed.connect(problems.append)
    add(qtbot, model, true_stem(separation, tmp_path))
    before = model.state
    add(qtbot, model, write_song(tmp_path / "other.wav", noise(2, RATE, 0.1, 1), RATE))
    assert model.state == before
    assert problems[0].title == "This file cannot be the reference"
    assert "other.wav" in problems[0].text
    assert "longer than the song" in problems[0].text


def test_only_stems_can_have_a_reference(model: ReferenceModel, song: Path) -> None:
    model.add("source", song)
    assert model.state.reading is None
    assert [model.can_have(stem) for stem in ("vocals", "source", "residual")] == [True, False, False]


def test_another_song_gives_up_what_is_being_read(
    qtbot: QtBot, model: ReferenceModel, separation: Separation, tmp_path: Path
) -> None:
    said: list[str] = []
    model.noticed.connect(said.append)
    model.add("vocals", true_stem(separation, tmp_path))
    model.load(make_separation(tmp_path / "other"))
    qtbot.wait(200)
    assert model.state.references == {}
    assert said == []


def test_removing_leaves_the_file_it_came_from(
    qtbot: QtBot, model: ReferenceModel, separation: Separation, tmp_path: Path
) -> None:
    file = true_stem(separation, tmp_path)
    add(qtbot, model, file)
    model.remove("vocals")
    assert model.state.references == {}
    assert file.exists()
    assert not list(separation.folder.glob("*.reference.*"))


def shown_separation(studio: Studio) -> Separation:
    song = studio.models.session.state.song
    assert song is not None
    assert song.separation is not None
    return song.separation


def drop_on(studio: Studio, target: QWidget, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    place = QPointF(target.mapTo(studio.window, target.rect().center()))
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(studio.window, QDragEnterEvent(place.toPoint(), *how))
    QApplication.sendEvent(studio.window, QDropEvent(place, *how))


def answer_with(monkeypatch: pytest.MonkeyPatch, words: str) -> list[str]:
    """Let every question be answered with the button of these words; returns the buttons that were offered."""
    offered: list[str] = []

    def choose(box: QMessageBox) -> int:
        offered.extend(button.text() for button in box.buttons())
        next(button for button in box.buttons() if words in button.text()).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", choose)
    return offered


def strip_line(studio: Studio) -> list[str]:
    return [button.text() for button in visible(studio, QToolButton) if button.objectName() == "reference"]


def test_a_file_dropped_on_a_lane_can_become_its_reference(
    qtbot: QtBot, studio: Studio, song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_song(qtbot, studio, song)
    offered = answer_with(monkeypatch, "reference")
    lane = visible(studio, Lane)[1]
    drop_on(studio, lane.canvases[0], true_stem(shown_separation(studio), tmp_path))
    qtbot.waitUntil(lambda: bool(studio.models.reference.state.references))
    assert offered[0] == "Use as reference for Vocals"
    (line,) = strip_line(studio)
    assert "Stage 2 20." in line
    assert len(studio.models.session.state.songs.items) == 1
    studio.models.mixer.set_take("vocals", "reference")  # it can be heard at once
    assert studio.models.mixer.state.strips[1].take == "reference"


def test_while_a_file_is_dragged_the_lane_says_that_it_can_be_its_reference(
    qtbot: QtBot, studio: Studio, song: Path
) -> None:
    open_song(qtbot, studio, song)
    vocals, original = visible(studio, Lane)[1], visible(studio, Lane)[0]

    def over(lane: Lane, *files: Path) -> tuple[QRect, str]:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
        place = lane.canvases[0].mapTo(studio.window, lane.canvases[0].rect().center())
        how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(studio.window, QDragEnterEvent(place, *how))
        event = QDragMoveEvent(place, *how)
        QApplication.sendEvent(studio.window, event)
        assert event.isAccepted()
        (overlay,) = visible(studio, DropOverlay)
        return QRect(overlay.mapTo(studio.window, QPoint()), overlay.size()), overlay.findChildren(QLabel)[0].text()

    lane = QRect(vocals.mapTo(studio.window, QPoint()), vocals.size())
    assert over(vocals, song) == (lane, "Drop as the reference for Vocals")
    for elsewhere in (over(original, song), over(vocals, song, song), over(vocals, song.parent)):
        assert elsewhere[0].height() > 4 * lane.height()
        assert elsewhere[1].startswith("Drop to split")


def test_a_file_dropped_on_a_lane_can_be_split_all_the_same(
    qtbot: QtBot, studio: Studio, song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_song(qtbot, studio, song)
    answer_with(monkeypatch, "Split it")
    drop_on(studio, visible(studio, Lane)[1].strip, true_stem(shown_separation(studio), tmp_path))
    qtbot.waitUntil(lambda: len(studio.models.session.state.songs.items) == 2)
    qtbot.waitUntil(lambda: studio.models.session.state.page == "ready")
    assert studio.models.reference.state.references == {}


def test_a_drop_on_the_original_is_a_song_without_a_question(
    qtbot: QtBot, studio: Studio, song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_song(qtbot, studio, song)
    offered = answer_with(monkeypatch, "Cancel")
    drop_on(studio, visible(studio, Lane)[0], true_stem(shown_separation(studio), tmp_path))
    qtbot.waitUntil(lambda: len(studio.models.session.state.songs.items) == 2)
    qtbot.waitUntil(lambda: studio.models.session.state.page == "ready")
    assert offered == []


def test_the_menu_adds_shows_and_removes_the_reference_of_the_focused_lane(
    qtbot: QtBot, studio: Studio, song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions = studio.window.findChildren(Actions)[0].lanes
    assert not actions.reference.isEnabled()
    open_song(qtbot, studio, song)
    studio.models.mixer.focus(0)
    assert not actions.reference.isEnabled()
    studio.models.mixer.focus(1)
    file = true_stem(shown_separation(studio), tmp_path)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(file), ""))
    assert not actions.remove_reference.isEnabled()
    actions.reference.trigger()
    qtbot.waitUntil(lambda: bool(studio.models.reference.state.references))
    read: list[str] = []

    def note(dialog: DetailsDialog) -> int:
        read.append(dialog.findChildren(QPlainTextEdit)[0].toPlainText())
        return 0

    monkeypatch.setattr(DetailsDialog, "exec", note)
    next(button for button in visible(studio, QToolButton) if button.objectName() == "reference").click()
    assert "true vocals.wav" in read[0]
    actions.remove_reference.trigger()
    assert strip_line(studio) == []
    assert not actions.remove_reference.isEnabled()


def test_a_file_that_does_not_fit_is_shown_with_details_to_copy(
    qtbot: QtBot, studio: Studio, song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_song(qtbot, studio, song)
    read: list[str] = []

    def note(dialog: DetailsDialog) -> int:
        read.append(dialog.windowTitle() + dialog.findChildren(QPlainTextEdit)[0].toPlainText())
        return 0

    monkeypatch.setattr(DetailsDialog, "exec", note)
    studio.models.reference.add("vocals", write_song(tmp_path / "long.wav", noise(2, 2 * RATE, 0.1, 1), RATE))
    qtbot.waitUntil(lambda: bool(read))
    assert "cannot be the reference" in read[0]
    assert "long.wav" in read[0]


def test_a_reference_is_drawn_below_the_stages(qtbot: QtBot, studio: Studio, song: Path, tmp_path: Path) -> None:
    def titles() -> list[str]:
        return [canvas.shown.title for canvas in visible(studio, LaneCanvas) if "Vocals" in canvas.shown.title]

    open_song(qtbot, studio, song)
    shown = studio.models.session.state.song
    assert shown is not None
    assert shown.separation is not None
    studio.models.display.set_look(compare="stacked")
    stages = titles()
    add(qtbot, studio.models.reference, true_stem(shown.separation, tmp_path))
    assert titles() == [*stages, "Vocals, reference"]
    assert visible(studio, Lane)[1].canvases[3].shown.drawable is not None
    studio.models.mixer.set_take("vocals", "reference")
    assert visible(studio, Lane)[1].canvases[3].shown.caption == "Reference · sounding"
    studio.models.reference.remove("vocals")
    assert titles() == stages
