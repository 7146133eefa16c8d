"""The window of models: choosing one, adding and downloading others, and what is said meanwhile."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QTreeWidget,
)
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.view.actions import Actions
from app.view.models_dialog import SONGS, ModelsDialog
from app.view.outputs_dialog import OutputsDialog
from engine.api import ModelEntry, ModelError, list_models
from engine.model import bundled, download
from engine.model.installed import models_folder
from tests.support.fake_engine import FakeEngine
from tests.support.file_server import FileServer
from tests.support.window import visible

MANIFEST = Path(__file__).parents[2] / "resources" / "models" / bundled.MANIFEST
WEIGHTS = bytes(range(250)) * 1000
KNOWN = """
[downloadable.far]
stems = ["vocals", "other"]
source = "a page"
url = "{url}"
[downloadable.by-hand]
stems = ["vocals", "other"]
source = "somewhere"
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """Has the one model that can be downloaded; the program comes with none."""
    monkeypatch.setattr(bundled, "files", lambda _package: tmp_path / "resources")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(download, "_REPORT_SECONDS", 0.0)
    manifest = tmp_path / "resources" / "models" / bundled.MANIFEST
    manifest.parent.mkdir(parents=True)
    with FileServer(WEIGHTS) as server:
        manifest.write_text(KNOWN.format(url=server.url))
        yield server


def open_dialog(qtbot: QtBot, studio: Studio) -> ModelsDialog:
    studio.window.show()
    studio.window.findChildren(Actions)[0].models.trigger()
    dialog = visible(studio, ModelsDialog)[0]
    qtbot.waitUntil(lambda: bool(studio.models.models.state.entries))
    return dialog


def states(dialog: ModelsDialog) -> dict[str, str]:
    table = dialog.findChildren(QTreeWidget)[0]
    items = [table.topLevelItem(index) for index in range(table.topLevelItemCount())]
    return {item.text(0): item.text(1) for item in items if item is not None}


def choose(dialog: ModelsDialog, name: str) -> None:
    table = dialog.findChildren(QTreeWidget)[0]
    items = [table.topLevelItem(index) for index in range(table.topLevelItemCount())]
    table.setCurrentItem(next(item for item in items if item is not None and item.text(0) == name))


def texts(dialog: QDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def idle(studio: Studio) -> bool:
    return not studio.models.models.state.working


def test_every_score_is_told_in_german(german: object, qtbot: QtBot, studio: Studio) -> None:
    del german
    dialog = open_dialog(qtbot, studio)
    choose(dialog, "Bandsaws eigenes Modell")
    assert "Bewertungen: Durchschnitt: uSDR 7,47 dB bei synthetischen Songs, Gesang: uSDR 2,32 dB bei" in texts(dialog)
    known = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))
    entries = (known["default"], *known["downloadable"].values())
    songs = {score["songs"] for entry in entries for score in entry.get("scores", ())}
    assert songs - {"MUSDB18-HQ"} == set(SONGS)


def test_the_list_shows_what_there_is_and_what_is_used(qtbot: QtBot, studio: Studio) -> None:
    dialog = open_dialog(qtbot, studio)
    assert states(dialog)["Bandsaw's own model"] == "part of Bandsaw, in use"
    choose(dialog, "Bandsaw's own model")
    entry = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))["default"]
    assert f"SHA-256, as published: {entry['sha256']}" in texts(dialog)
    assert f"Scores: average uSDR on rendered songs {entry['scores'][0]['db']['average']:.2f} dB" in texts(dialog)
    (chosen,) = dialog.findChildren(QTreeWidget)[0].selectedItems()
    assert chosen.text(3) == "Vocals, Bass, Drums, Other"  # as they are called everywhere
    assert not dialog.use.isEnabled()  # it is used already
    assert not dialog.remove.isEnabled()


def test_a_list_that_is_still_being_made_says_so(qtbot: QtBot, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = Event()
    monkeypatch.setattr("app.viewmodel.models.list_models", lambda: list_models() if go_on.wait(10) else [])
    studio.window.show()
    studio.window.findChildren(Actions)[0].models.trigger()
    (dialog,) = visible(studio, ModelsDialog)
    assert "Looking at the disk" in texts(dialog)
    go_on.set()
    qtbot.waitUntil(lambda: bool(states(dialog)))
    assert "Looking at the disk" not in texts(dialog)


def test_an_old_look_at_the_disk_that_ends_late_is_not_shown(
    qtbot: QtBot, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    models, looked, go_on = studio.models.models, Event(), Event()

    def slow_look() -> list[ModelEntry]:
        looked.set()
        assert go_on.wait(10)
        return [ModelEntry("gone", "installed")]

    monkeypatch.setattr("app.viewmodel.models.list_models", slow_look)
    models.refresh()
    assert looked.wait(10)
    monkeypatch.setattr("app.viewmodel.models.list_models", list_models)
    models.refresh()
    qtbot.waitUntil(lambda: bool(models.state.entries))
    go_on.set()
    qtbot.waitUntil(lambda: not studio.runner.busy)
    assert "gone" not in [entry.name for entry in models.state.entries]


def test_a_model_is_added_used_and_removed(
    qtbot: QtBot, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.ckpt"
    path.write_bytes(WEIGHTS)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(path), ""))
    dialog = open_dialog(qtbot, studio)
    dialog.add.click()
    qtbot.waitUntil(lambda: "mine" in states(dialog))
    choose(dialog, "mine")
    dialog.use.click()
    assert studio.settings.value.model == "mine"
    assert states(dialog)["mine"] == "installed, in use"
    assert any("mine" in label.text() for label in studio.window.findChildren(QLabel) if "Next split" in label.text())

    dialog.remove.click()
    box = visible(studio, QMessageBox)[0]
    next(button for button in box.buttons() if button.text() == "Remove").click()
    qtbot.waitUntil(lambda: "mine" not in states(dialog))
    assert studio.settings.value.model == "default"
    assert path.exists()


def test_what_is_done_with_a_file_is_said_and_can_be_stopped(
    qtbot: QtBot, studio: Studio, second_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    second_engine.hold.clear()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: ("/songs/mine.ckpt", ""))
    dialog = open_dialog(qtbot, studio)
    assert not dialog.stop.isEnabled()
    dialog.add.click()
    qtbot.waitUntil(lambda: "mine.ckpt: trying it out on a second of noise" in texts(dialog))
    dialog.stop.click()
    qtbot.waitUntil(lambda: idle(studio))
    assert "mine" not in texts(dialog)
    assert "mine" not in states(dialog)
    assert dialog.add.isEnabled()


def test_why_a_file_is_refused_is_said(
    qtbot: QtBot, studio: Studio, second_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    second_engine.errors["bad.ckpt"] = ModelError("bad.ckpt is damaged")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: ("/songs/bad.ckpt", ""))
    dialog = open_dialog(qtbot, studio)
    dialog.add.click()
    qtbot.waitUntil(lambda: "Bad.ckpt is damaged." in texts(dialog))
    qtbot.waitUntil(lambda: idle(studio))
    assert dialog.add.isEnabled()


def test_a_download_is_stopped_and_goes_on(qtbot: QtBot, studio: Studio, server: FileServer) -> None:
    server.waits_after = 100_000
    dialog = open_dialog(qtbot, studio)
    choose(dialog, "far")
    dialog.get.click()
    bar = dialog.findChildren(QProgressBar)[0]
    qtbot.waitUntil(lambda: bar.value() == 400)  # of a thousand
    assert "far: downloading, 0.1 of 0.3 MB" in texts(dialog)
    assert not dialog.get.isEnabled()
    dialog.stop.click()
    qtbot.waitUntil(lambda: idle(studio))
    assert not bar.isVisible()
    assert (models_folder() / "far.part").stat().st_size == 100_000

    server.waits_after = None
    dialog.get.click()
    qtbot.waitUntil(lambda: states(dialog)["far"] == "installed")
    assert (models_folder() / "far.safetensors").read_bytes() == WEIGHTS
    assert server.asked_from == [0, 100_000]


def test_why_a_download_failed_is_said(qtbot: QtBot, studio: Studio, server: FileServer) -> None:
    server.status = 404
    dialog = open_dialog(qtbot, studio)
    choose(dialog, "far")
    dialog.get.click()
    qtbot.waitUntil(lambda: "has no such file (HTTP 404)" in texts(dialog))
    qtbot.waitUntil(lambda: idle(studio))


@pytest.mark.usefixtures("server")
def test_a_model_without_an_address_is_opened_from_its_file(
    qtbot: QtBot, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "from there.ckpt"
    path.write_bytes(WEIGHTS)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(path), ""))
    dialog = open_dialog(qtbot, studio)
    choose(dialog, "by-hand")
    QApplication.processEvents()
    assert "get the file by hand" in texts(dialog)
    assert not dialog.get.isVisible()
    dialog.open_file.click()
    qtbot.waitUntil(lambda: states(dialog)["by-hand"] == "installed")


@pytest.fixture
def asked(
    qtbot: QtBot, studio: Studio, second_engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> OutputsDialog:
    """What is asked about a checkpoint that does not say what its outputs are."""
    path = tmp_path / "my net.ckpt"
    path.write_bytes(WEIGHTS)
    second_engine.unnamed[path.name] = ("vocals", "bass", "drums", "other")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(path), ""))
    dialog = open_dialog(qtbot, studio)
    dialog.add.click()
    qtbot.waitUntil(lambda: idle(studio) and bool(visible(studio, OutputsDialog)))
    return visible(studio, OutputsDialog)[0]


def name_outputs(asked: OutputsDialog, *names: str) -> None:
    for box, name in zip(asked.findChildren(QComboBox), names, strict=True):
        box.setCurrentText(name)


def press(dialog: QDialog, words: str) -> None:
    next(button for button in dialog.findChildren(QPushButton) if button.text() == words).click()


def listed(dialog: ModelsDialog, name: str) -> str:
    choose(dialog, name)
    return dialog.findChildren(QTreeWidget)[0].selectedItems()[0].text(3)


def test_outputs_that_the_file_does_not_name_are_asked_for(qtbot: QtBot, studio: Studio, asked: OutputsDialog) -> None:
    assert "my net.ckpt does not say which of its outputs is which stem" in texts(asked)
    assert "The list will show: my-net, Vocals, Bass, Drums, Other" in texts(asked)
    name_outputs(asked, "drums", "Bass", " Piano ", "VOCALS")
    assert "The list will show: my-net, Drums, Bass, Piano, Vocals" in texts(asked)
    press(asked, "Add")
    dialog = visible(studio, ModelsDialog)[0]
    qtbot.waitUntil(lambda: "my-net" in states(dialog))
    assert listed(dialog, "my-net") == "Drums, Bass, Piano, Vocals"
    entries = {entry.name: entry for entry in studio.models.models.state.entries}
    assert entries["my-net"].stems == ("drums", "bass", "piano", "vocals")


@pytest.mark.parametrize("wrong", ["Bass", "", "a/b", "Residual", "Original"])
def test_names_that_no_stem_can_have_are_refused_at_once(asked: OutputsDialog, wrong: str) -> None:
    name_outputs(asked, wrong, "Bass", "Drums", "Other")
    assert "Every output needs a name of its own" in texts(asked)
    assert "The list will show" not in texts(asked)
    assert not next(button for button in asked.findChildren(QPushButton) if button.text() == "Add").isEnabled()
    name_outputs(asked, "Vocals", "Bass", "Drums", "Other")
    assert "The list will show" in texts(asked)


def test_without_an_answer_nothing_is_added(qtbot: QtBot, studio: Studio, asked: OutputsDialog) -> None:
    press(asked, "Cancel")
    qtbot.waitUntil(lambda: studio.models.models.state.unnamed is None)
    assert states(visible(studio, ModelsDialog)[0]).keys() & {"my-net", "my net"} == set()
    assert "my net" not in texts(visible(studio, ModelsDialog)[0])


def test_what_was_not_answered_is_asked_again_when_the_list_is_opened(
    qtbot: QtBot, studio: Studio, second_engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second_engine.hold.clear()
    second_engine.unnamed["mine.ckpt"] = ("vocals", "other")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(tmp_path / "mine.ckpt"), ""))
    dialog = open_dialog(qtbot, studio)
    dialog.add.click()
    dialog.close()
    second_engine.hold.set()
    qtbot.waitUntil(lambda: idle(studio) and studio.models.models.state.unnamed is not None)
    assert not visible(studio, OutputsDialog)
    open_dialog(qtbot, studio)
    qtbot.waitUntil(lambda: bool(visible(studio, OutputsDialog)))
