from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QFileDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.settings import Places, SettingsStore
from app.view.canvas import LaneCanvas
from app.view.dialogs import KeysDialog, OptionsDialog
from app.view.export_dialog import ExportDialog
from app.view.theme import Theme
from app.viewmodel.export import ExportModel
from engine.api import FORMATS, ExportRequest, Separation
from tests.support.fake_engine import FakeEngine
from tests.support.window import visible


@pytest.fixture
def settings(places: Places) -> SettingsStore:
    return SettingsStore(places.config / "settings.json")


@pytest.fixture
def dialog(
    qtbot: QtBot, qapp: QApplication, studio: Studio, separation: Separation, settings: SettingsStore, tmp_path: Path
) -> ExportDialog:
    theme = Theme(qapp)
    theme.choose("dark")
    settings.update(export_folder=str(tmp_path / "music"))
    made = ExportDialog(studio.models.export, separation, settings, theme, studio.window)
    qtbot.addWidget(made)
    made.show()
    return made


def check(dialog: QWidget, name: str) -> QCheckBox:
    return next(box for box in dialog.findChildren(QCheckBox) if box.accessibleName() == name)


def push(dialog: QWidget, text: str) -> QPushButton:
    return next(button for button in dialog.findChildren(QPushButton) if button.text() == text)


def texts(dialog: QWidget) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def test_at_first_all_stems_of_the_last_stage_are_exported_to_a_folder_of_the_song(
    dialog: ExportDialog, separation: Separation, tmp_path: Path
) -> None:
    assert dialog.request() == ExportRequest(
        separation, tmp_path / "music" / "Song", separation.stems, (2,), "wav", existing="refuse"
    )
    assert "4 files in Song: vocals.wav, bass.wav, drums.wav, …" in texts(dialog)


def test_every_choice_reaches_the_request(dialog: ExportDialog) -> None:
    check(dialog, "Export Bass").setChecked(False)
    check(dialog, "Export stage 1").setChecked(True)
    check(dialog, "Export the residual").setChecked(True)
    check(dialog, "Also export the song without Vocals").setChecked(True)
    for combo, value in (("File format", "flac24"), ("When files are there already", "skip")):
        box = next(box for box in dialog.findChildren(QComboBox) if box.accessibleName() == combo)
        box.setCurrentIndex(box.findData(value))
    request = dialog.request()
    assert request.stems == ("vocals", "drums", "other")
    assert request.stages == (1, 2)
    assert (request.residual, request.minus, request.format, request.existing) == (True, ("vocals",), "flac24", "skip")
    assert "8 files in Song: vocals_mask.flac, vocals_map.flac" in texts(dialog)


def test_every_format_of_the_engine_can_be_chosen_by_name(dialog: ExportDialog) -> None:
    box = next(box for box in dialog.findChildren(QComboBox) if box.accessibleName() == "File format")
    assert tuple(box.itemData(index) for index in range(box.count())) == FORMATS
    assert len({box.itemText(index) for index in range(box.count())}) == len(FORMATS)


def test_nothing_chosen_is_nothing_to_export(dialog: ExportDialog) -> None:
    check(dialog, "Export stage 2").setChecked(False)
    assert not push(dialog, "Export").isEnabled()
    check(dialog, "Export stage 1").setChecked(True)
    assert push(dialog, "Export").isEnabled()


def test_export_writes_reports_asks_about_existing_files_and_remembers(
    qtbot: QtBot, dialog: ExportDialog, studio: Studio, settings: SettingsStore, tmp_path: Path
) -> None:
    model: ExportModel = studio.models.export
    qtbot.mouseClick(push(dialog, "Export"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: model.state.phase == "done")
    assert "4 files were written." in texts(dialog)
    assert len(list((tmp_path / "music" / "Song").glob("*.wav"))) == 4
    assert settings.value.export_folder == str(tmp_path / "music")
    check(dialog, "Export Bass").setChecked(False)
    qtbot.mouseClick(push(dialog, "Export"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: model.state.phase == "exists")
    assert "already" in texts(dialog)
    qtbot.mouseClick(push(dialog, "Replace"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: model.state.phase == "done")
    assert "3 files were written." in texts(dialog)


def test_another_checkpoint_and_quality_are_kept(
    qtbot: QtBot, studio: Studio, settings: SettingsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: ("/models/other.safetensors", ""))
    dialog = OptionsDialog(settings, studio.window)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.mouseClick(push(dialog, "Open a checkpoint…"), Qt.MouseButton.LeftButton)
    assert "/models/other.safetensors" in texts(dialog)
    for combo, value in (("Quality", "best"), ("Device", "cpu")):
        box = next(box for box in dialog.findChildren(QComboBox) if box.accessibleName() == combo)
        box.setCurrentIndex(box.findData(value))
    stages = next(box for box in dialog.findChildren(QComboBox) if box.accessibleName() == "Stages")
    stages.setCurrentIndex(1)
    assert settings.value.model == "default"  # nothing changes before OK
    dialog.accept()
    chosen = settings.value
    assert (chosen.model, chosen.quality, chosen.device, chosen.stages) == (
        "/models/other.safetensors", "best", "cpu", (1,),
    )  # fmt: skip


def test_a_song_split_without_stage_2_offers_no_comparison(
    qtbot: QtBot, studio: Studio, engine: FakeEngine, song: Path
) -> None:
    studio.settings.update(stages=(1,))
    studio.window.show()
    studio.models.session.add([song])
    qtbot.waitUntil(lambda: studio.models.session.state.page == "ready")
    assert engine.requests[0].stages == (1,)
    switch = [button for button in studio.window.findChildren(QPushButton) if "Stage" in button.text()]
    assert [button.isEnabled() for button in switch] == [True, False]
    assert studio.models.mixer.state.sounding() == "Stage 1 (mask)"


def test_the_key_sheet_names_every_key_of_the_lanes(qtbot: QtBot, studio: Studio) -> None:
    sheet = KeysDialog(studio.window)
    qtbot.addWidget(sheet)
    shown = texts(sheet)
    for key in ("Space", "Home, End", "A, B", "X", "M, S", "Ctrl+wheel", "Shift+wheel", "Ctrl+0", "Ctrl+E", "Ctrl+O"):
        assert key in shown


def test_one_can_switch_between_songs_with_one_and_with_two_stages(
    qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    paths = [tmp_path / name for name in ("one.wav", "two.wav")]
    studio.window.show()
    for path, stages in zip(paths, ((1,), (1, 2)), strict=True):
        path.write_bytes(b"x")
        studio.settings.update(stages=stages)
        studio.models.session.add([path])
        qtbot.waitUntil(lambda: studio.models.session.state.page == "ready")
    studio.models.display.set_side_by_side(True)
    studio.models.session.select(1)
    assert not studio.models.display.state.side_by_side
    studio.models.session.select(2)
    qtbot.waitUntil(lambda: len(visible(studio, LaneCanvas)) == 6)
