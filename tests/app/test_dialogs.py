from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.view.canvas import LaneCanvas
from app.view.preferences import PreferencesDialog
from tests.support.fake_engine import FakeEngine
from tests.support.window import visible


def push(dialog: QWidget, text: str) -> QPushButton:
    return next(button for button in dialog.findChildren(QPushButton) if button.text() == text)


def texts(dialog: QWidget) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def test_preferences_are_kept_once_they_are_confirmed(
    qtbot: QtBot, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: ("/models/other.safetensors", ""))
    models, settings = studio.models, studio.settings
    dialog = PreferencesDialog(settings, models.output, models.library, studio.window)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.mouseClick(push(dialog, "Open a checkpoint…"), Qt.MouseButton.LeftButton)
    assert "/models/other.safetensors" in texts(dialog)
    for combo, value in (("Quality", "best"), ("Device", "cpu")):
        box = next(box for box in dialog.findChildren(QComboBox) if box.accessibleName() == combo)
        box.setCurrentIndex(box.findData(value))
    for combo, index in (("Stages", 1), ("Output device", 2), ("Theme", 2)):
        next(box for box in dialog.findChildren(QComboBox) if box.accessibleName() == combo).setCurrentIndex(index)
    dialog.findChildren(QSpinBox)[0].setValue(7)
    assert settings.value.model == "default"  # nothing changes before OK
    dialog.accept()
    assert (settings.value.library_gb, models.output.state.chosen) == (7, "ALSA: Headphones")
    chosen = settings.value
    assert chosen.theme == "light"
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
    studio.models.display.set_look(compare="side_by_side")
    studio.models.session.select(1)
    assert studio.models.display.state.compare == "single"
    studio.models.session.select(2)
    qtbot.waitUntil(lambda: len(visible(studio, LaneCanvas)) == 12)
