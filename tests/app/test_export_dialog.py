"""The export dialog, by mouse and by keyboard."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QDesktopServices
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.view.export_dialog import ExportDialog
from app.view.export_form import ExportFormPage
from app.view.theme import Theme
from app.view.widgets import ElidedLabel
from app.viewmodel.export_form import ExportForm, SongOnShow
from app.viewmodel.heard import Heard
from engine.api import (
    FORMATS,
    STEM_FILE_FORMATS,
    ExportReport,
    ExportRequest,
    JobControl,
    ProgressCallback,
    Separation,
)
from tests.support.fake_engine import FakeEngine
from tests.support.window import open_song


@pytest.fixture
def form(studio: Studio, separation: Separation, tmp_path: Path) -> ExportForm:
    studio.settings.update(export_folder=str(tmp_path / "music"))
    song = SongOnShow(separation, Heard({}, {}, "Stage 2"), (100, 5000), {"bass": ((0, 1),)})
    studio.models.form.open(song)
    studio.models.form.choose(comps=False)
    return studio.models.form


@pytest.fixture
def dialog(qtbot: QtBot, qapp: QApplication, studio: Studio, form: ExportForm) -> ExportDialog:
    theme = Theme(qapp)
    theme.choose("dark")
    made = ExportDialog(studio.models.export, form, theme, studio.window)
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_closed_dialog_listens_no_more(studio: Studio, form: ExportForm, theme: Theme) -> None:
    made = ExportDialog(studio.models.export, form, theme, studio.window)
    made.show()
    made.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert studio.window.findChildren(ExportDialog) == []


def check(dialog: QWidget, name: str) -> QCheckBox:
    return next(box for box in dialog.findChildren(QCheckBox) if box.accessibleName() == name)


def combo(dialog: QWidget, name: str) -> QComboBox:
    return next(box for box in dialog.findChildren(QComboBox) if box.accessibleName() == name)


def push(dialog: QWidget, text: str) -> QPushButton:
    return next(each for each in dialog.findChildren(QPushButton) if each.text() == text)


def texts(dialog: QWidget) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def rows(dialog: QWidget) -> list[tuple[str, str]]:
    (shown,) = (tree for tree in dialog.findChildren(QTreeWidget) if tree.isVisible())
    items = [shown.topLevelItem(index) for index in range(shown.topLevelItemCount())]
    return [(item.text(0), item.text(1)) for item in items if item is not None]


def test_boxes_and_lists_change_the_preview(dialog: ExportDialog, form: ExportForm) -> None:
    check(dialog, "Export Bass").setChecked(False)
    check(dialog, "Export stage 1").setChecked(True)
    check(dialog, "Also export the song without Vocals").setChecked(True)
    for name in ("Export the residual", "Export the comps", "Export the mix as heard", "Export only the loop"):
        check(dialog, name).setChecked(True)
    for name, value in (("File format", "wav16"), ("When files are there already", "skip")):
        combo(dialog, name).setCurrentIndex(combo(dialog, name).findData(value))
    choices = form.state.choices
    assert (choices.stems, choices.stages, choices.minus) == (("vocals", "drums", "other"), (1, 2), ("vocals",))
    assert (choices.residual, choices.comps, choices.mix, choices.loop_only) == (True, True, True, True)
    assert (choices.format, choices.existing) == ("wav16", "skip")
    assert [name for name, _size in rows(dialog)] == [file.path.name for file in form.state.files]
    assert rows(dialog)[0] == ("Song (Vocals_mask).wav", "20 kB")
    assert "10 files, about 196 kB" in texts(dialog)


def test_the_template_is_typed_with_a_live_preview(qtbot: QtBot, dialog: ExportDialog) -> None:
    (names,) = dialog.findChildren(QLineEdit)
    names.selectAll()
    qtbot.keyClicks(names, "{stem}")
    assert rows(dialog)[0][0] == "Vocals.wav"
    qtbot.keyClicks(names, "{")
    assert "no partner" in texts(dialog)
    assert not push(dialog, "Export").isEnabled()


def test_fields_are_inserted_from_a_menu(dialog: ExportDialog) -> None:
    (names,) = dialog.findChildren(QLineEdit)
    names.clear()
    actions = {action.text(): action for action in push(dialog, "Fields").menu().actions()}
    actions["{stem}"].trigger()
    actions["{file}"].trigger()
    assert names.text() == "{stem}{file}"
    actions["Artist - Title (Stem)"].trigger()
    assert names.text() == "{artist} - {title} ({stem})"


def test_every_format_has_a_name_of_its_own(dialog: ExportDialog) -> None:
    box = combo(dialog, "File format")
    assert tuple(box.itemData(index) for index in range(box.count())) == (*FORMATS, *STEM_FILE_FORMATS)
    words = {box.itemText(index) for index in range(box.count())}
    assert len(words) == box.count()
    assert not words & {*FORMATS, *STEM_FILE_FORMATS}


def test_what_does_not_fit_a_format_is_off_and_comes_back(dialog: ExportDialog) -> None:
    box, residual, project = (
        combo(dialog, "File format"),
        check(dialog, "Export the residual"),
        "Also write a REAPER project",
    )
    residual.setChecked(True)
    check(dialog, project).setChecked(True)
    box.setCurrentIndex(box.findData("stem-aac"))
    assert (residual.isEnabled(), residual.isChecked()) == (False, False)
    assert not check(dialog, project).isChecked()
    assert rows(dialog)[0][0] == "Song.stem.mp4"
    box.setCurrentIndex(box.findData("wav"))
    assert residual.isChecked()
    assert check(dialog, project).isChecked()


def test_files_are_written_reported_asked_about_and_choices_remembered(
    qtbot: QtBot, dialog: ExportDialog, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    model, folder = studio.models.export, tmp_path / "music" / "Song"
    qtbot.mouseClick(push(dialog, "Export"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: model.state.phase == "done")
    assert "4 files were written." in texts(dialog)
    # The stems are noise within a tenth of full scale.
    assert rows(dialog)[0] == ("Song (Vocals).wav", "−20.0 dB")
    assert {path.name for path in folder.iterdir()} == {name for name, _peak in rows(dialog)}
    qtbot.mouseClick(push(dialog, "Show in folder"), Qt.MouseButton.LeftButton)
    assert opened == [str(folder)]
    assert studio.settings.value.export_folder == str(tmp_path / "music")
    qtbot.mouseClick(push(dialog, "Back"), Qt.MouseButton.LeftButton)
    assert rows(dialog)[0] == ("Song (Vocals).wav", "there already")
    check(dialog, "Export Bass").setChecked(False)
    qtbot.mouseClick(push(dialog, "Export"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: model.state.phase == "exists")
    assert "3 of these files are in “Song” already" in texts(dialog)


@pytest.mark.parametrize(
    ("answer", "headline", "count"),
    [
        ("Skip these", "3 files were written. One was there already and stayed.", 4),
        ("Keep both", "4 files were written.", 5),
        ("Replace", "4 files were written.", 4),
    ],
)
def test_files_that_are_there_are_asked_about(
    qtbot: QtBot, dialog: ExportDialog, studio: Studio, form: ExportForm, answer: str, headline: str, count: int
) -> None:
    there = form.state.files[0].path
    there.parent.mkdir(parents=True)
    there.write_bytes(b"mine")
    qtbot.mouseClick(push(dialog, "Export"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.models.export.state.phase == "exists")
    assert "One of these files is in “Song” already" in texts(dialog)
    qtbot.mouseClick(push(dialog, answer), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.models.export.state.phase == "done")
    assert headline in texts(dialog)
    assert len(list(there.parent.iterdir())) == count
    assert (there.read_bytes() == b"mine") == (answer != "Replace")


def test_a_screen_reader_says_what_came_out_and_the_focus_is_not_lost(
    qtbot: QtBot, dialog: ExportDialog, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: said.append(event.message()))
    dialog.activateWindow()
    model = studio.models.export
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: model.state.phase == "done")
    assert len(said) == 1
    assert said[0].startswith("4 files were written. ")
    focus = QApplication.focusWidget()
    assert isinstance(focus, QPushButton)
    assert focus.text() == "Close"
    push(dialog, "Back").click()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: model.state.phase == "exists")
    assert said[1:] == ["4 of these files are in “Song” already. What shall happen to them?"]


def test_another_choice_withdraws_the_question(qtbot: QtBot, dialog: ExportDialog, form: ExportForm) -> None:
    there = form.state.files[0].path
    there.parent.mkdir(parents=True)
    there.write_bytes(b"mine")
    qtbot.mouseClick(push(dialog, "Export"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(push(dialog, "Replace").isVisible)
    check(dialog, "Export Vocals").setChecked(False)
    assert not push(dialog, "Replace").isVisible()
    assert push(dialog, "Export").isVisible()


def test_only_the_button_stops_writing(
    qtbot: QtBot, dialog: ExportDialog, studio: Studio, second_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def export(_request: ExportRequest, _on_progress: ProgressCallback, control: JobControl) -> ExportReport:
        while True:
            control.checkpoint()
            time.sleep(0.005)

    monkeypatch.setattr(second_engine, "export", export)
    qtbot.mouseClick(push(dialog, "Export"), Qt.MouseButton.LeftButton)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    dialog.close()
    assert dialog.isVisible()
    assert studio.models.export.state.phase == "running"
    qtbot.mouseClick(push(dialog, "Stop"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.models.export.state.phase == "choosing")


def test_a_failure_is_told_and_another_folder_helps(
    qtbot: QtBot, dialog: ExportDialog, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "music").write_bytes(b"a file where the folder should be")
    qtbot.mouseClick(push(dialog, "Export"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.models.export.state.phase == "failed")
    assert "its folder is a file" in texts(dialog)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_given: str(tmp_path / "other"))
    qtbot.mouseClick(push(dialog, "Choose…"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(push(dialog, "Export"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.models.export.state.phase == "done")


def test_the_keyboard_reaches_everything_and_enter_exports(qtbot: QtBot, dialog: ExportDialog, studio: Studio) -> None:
    dialog.activateWindow()
    kinds = (QCheckBox, QComboBox, QPushButton, QLineEdit, QTreeWidget)
    wanted = {each for kind in kinds for each in dialog.findChildren(kind) if each.isVisible() and each.isEnabled()}
    reached: set[QWidget] = set()
    for _press in range(2 * len(wanted)):
        reached.add(dialog.focusWidget())
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert wanted - reached == set()
    assert all(each.accessibleName() for each in wanted)
    check(dialog, "Export Bass").setFocus()
    qtbot.keyClick(check(dialog, "Export Bass"), Qt.Key.Key_Space)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: studio.models.export.state.phase == "done")
    assert len(rows(dialog)) == 3


@pytest.mark.parametrize(
    "keys",
    [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier],
)
def test_the_keys_open_the_dialog_for_stems_or_for_the_mix(
    qtbot: QtBot, studio: Studio, song: Path, monkeypatch: pytest.MonkeyPatch, keys: Qt.KeyboardModifier
) -> None:
    monkeypatch.setattr(QDialog, "exec", lambda _dialog: 0)
    open_song(qtbot, studio, song)
    qtbot.keyClick(studio.window, Qt.Key.Key_E, keys)
    mix = bool(keys & Qt.KeyboardModifier.ShiftModifier)
    assert [file.content.kind for file in studio.models.form.state.files] == (["mix"] if mix else ["stem"] * 4)
    heard = studio.models.form.state.song.heard
    assert set(heard.gains) == {("vocals", 2), ("bass", 2), ("drums", 2), ("other", 2), ("residual", 2)}


def test_no_text_is_cut_off(dialog: ExportDialog) -> None:
    parent = dialog.parentWidget()
    assert parent is not None
    assert dialog.width() == min(parent.width(), 1040)  # where names of files have room
    dialog.resize(890, dialog.height())  # as above the smallest window
    QApplication.processEvents()
    assert dialog.width() <= 900
    assert dialog.height() <= 600
    shown = [each for kind in (QLabel, QAbstractButton) for each in dialog.findChildren(kind) if each.isVisible()]
    plain = [
        each
        for each in shown
        if each.text() and not isinstance(each, ElidedLabel) and not each.objectName().startswith("qt_")
    ]
    assert len(plain) > 20
    cut = [
        each.text()
        for each in plain
        if each.width() < each.fontMetrics().horizontalAdvance(each.text().replace("&", ""))
    ]
    assert cut == []


def test_muted_ranges_are_announced_written_and_told(
    qtbot: QtBot, dialog: ExportDialog, studio: Studio, form: ExportForm, separation: Separation
) -> None:
    words = "Muted ranges of Bass, Drums are silent in the files; there, stems and residual do not add up to the song."
    assert words not in texts(dialog)
    form.open(SongOnShow(separation, gaps={"bass": ((0, 1), (100, 0)), "drums": ((0, 0),)}))
    assert words in texts(dialog)
    qtbot.mouseClick(push(dialog, "Export"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.models.export.state.phase == "done")
    assert words in texts(dialog)
    assert "unchanged" not in texts(dialog)
    assert rows(dialog)[2] == ("Song (Drums).wav", "silent")
    assert rows(dialog)[3] == ("Song (Other).wav", "−20.0 dB")


def test_no_text_loses_its_foot_where_it_takes_more_lines(
    qtbot: QtBot, dialog: ExportDialog, form: ExportForm, separation: Separation, tmp_path: Path
) -> None:
    folder = tmp_path / "music" / "Song"
    folder.mkdir(parents=True)
    for stem in separation.stems:
        (folder / f"Song ({stem.capitalize()}).wav").touch()
    form.open(SongOnShow(separation, gaps=dict.fromkeys(separation.stems, ((0, 0),))))
    qtbot.mouseClick(push(dialog, "Export"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(push(dialog, "Replace").isVisible)
    QApplication.processEvents()
    wrapped = [each for each in dialog.findChildren(QLabel) if each.wordWrap() and each.isVisible()]
    assert len(wrapped) == 3
    assert [each.text() for each in wrapped if each.height() < each.heightForWidth(each.width())] == []
    boxes = [each for each in dialog.findChildren(QComboBox) if each.isVisible()]
    page = dialog.findChildren(ExportFormPage)[0]
    assert all(page.rect().contains(each.mapTo(page, each.rect().bottomRight())) for each in boxes)
