from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSpinBox, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.view.actions import Actions
from app.view.canvas import LaneCanvas
from app.view.models_dialog import ModelsDialog
from app.view.preferences import PreferencesDialog
from engine.api import ModelEntry
from engine.model.installed import models_folder, write_record
from tests.support.fake_engine import FakeEngine
from tests.support.window import visible


def push(dialog: QWidget, text: str) -> QPushButton:
    return next(button for button in dialog.findChildren(QPushButton) if button.text() == text)


def texts(dialog: QWidget) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def preferences(qtbot: QtBot, studio: Studio) -> tuple[PreferencesDialog, QComboBox]:
    """The dialog, and its list of models once it was read from disk."""
    models = studio.models
    dialog = PreferencesDialog(studio.settings, models.output, models.library, models.models, studio.window)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: bool(models.models.state.entries))
    return dialog, next(box for box in dialog.findChildren(QComboBox) if box.accessibleName() == "Model")


def install(name: str) -> None:
    folder = models_folder()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.ckpt"
    file.write_bytes(b"weights")
    write_record(
        ModelEntry(name, "installed", "BSMamba2", ("vocals", "other"), size_bytes=7, sha256="0" * 64, file=file)
    )


def shown(box: QComboBox) -> list[str]:
    return [box.itemText(index) for index in range(box.count())]


def test_preferences_are_kept_once_they_are_confirmed(qtbot: QtBot, studio: Studio) -> None:
    install("other")
    models, settings = studio.models, studio.settings
    dialog, model = preferences(qtbot, studio)
    assert shown(model) == ["Bandsaw's own model", "other"]
    assert "TS-BSMAMBA2: Vocals, Bass, Drums, Other" in texts(dialog)
    model.setCurrentIndex(1)
    assert "BSMamba2: Vocals, Other" in texts(dialog).splitlines()
    for combo, value in (("Quality", "best"), ("Device", "cpu"), ("Precision", "int16")):
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
    assert (chosen.model, chosen.quality, chosen.device, chosen.precision, chosen.stages) == (
        "other", "best", "cpu", "int16", (1,),
    )  # fmt: skip


def test_the_preferences_lead_to_all_models_and_follow_what_is_chosen_there(qtbot: QtBot, studio: Studio) -> None:
    install("other")
    dialog, model = preferences(qtbot, studio)
    qtbot.mouseClick(push(dialog, "Models…"), Qt.MouseButton.LeftButton)
    assert len(dialog.findChildren(ModelsDialog)) == 1
    studio.models.models.use("other")
    assert model.currentData() == "other"

    studio.models.models.remove("other")
    qtbot.waitUntil(lambda: shown(model) == ["Bandsaw's own model"])
    assert model.currentData() == "default"


def test_the_window_of_models_begins_at_the_model_that_was_chosen_in_the_preferences(
    qtbot: QtBot, studio: Studio
) -> None:
    install("other")
    dialog, model = preferences(qtbot, studio)
    model.setCurrentIndex(1)
    dialog.accept()
    studio.window.findChildren(Actions)[0].models.trigger()
    table = visible(studio, ModelsDialog)[0].findChildren(QTreeWidget)[0]
    assert [item.text(0) for item in table.selectedItems()] == ["other"]


def test_a_model_with_a_long_name_leaves_the_preferences_narrow(qtbot: QtBot, studio: Studio) -> None:
    name = "a-name-" * 9
    install(name)
    dialog, model = preferences(qtbot, studio)
    assert model.grab().size() == model.size()
    assert model.toolTip() == ""
    model.setCurrentIndex(1)
    model.grab()
    assert model.toolTip() == name
    assert dialog.width() == dialog.minimumWidth()


def test_a_checkpoint_that_was_opened_in_an_earlier_version_goes_on_being_used(
    qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    path = tmp_path / "mine.ckpt"
    path.touch()
    studio.models.models.use(str(path))
    dialog, model = preferences(qtbot, studio)
    assert model.currentText() == "mine.ckpt"
    dialog.accept()
    assert studio.settings.value.model == str(path)

    path.unlink()
    dialog, model = preferences(qtbot, studio)
    assert shown(model)[-1] == "mine.ckpt (not found)"
    model.setCurrentIndex(0)
    dialog.accept()
    assert studio.settings.value.model == "default"
    _dialog, model = preferences(qtbot, studio)
    assert len(shown(model)) == 1


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
