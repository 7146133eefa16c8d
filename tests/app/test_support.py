"""The support file: what is in it, and above all what is not."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QCheckBox, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.errors import describe
from app.settings import Places, Settings
from app.view.dialogs import Dialogs
from app.view.status import SupportDialog
from app.viewmodel.queue import Song, Songs
from app.viewmodel.status import StatusState
from app.viewmodel.support import LOG_LINES, NameHider, SupportFacts, write_support_file
from engine.api import DecodeError, Separation, Tags
from tests.support.window import open_song

NAME = "Ünïque Töne {1} – it's mine"


def texts_of(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


@pytest.fixture
def facts(separation: Separation, places: Places, tmp_path: Path) -> SupportFacts:
    source = tmp_path / "Secret Folder" / f"{NAME}.flac"
    tagged = replace(separation, source=source, tags=Tags(title="Hidden Title", artist="Hidden Artist"))
    problem = describe(DecodeError(source, "it is damaged"), source)
    songs = Songs((Song(1, source, "ready", separation=tagged), Song(2, source, "failed", problem=problem)))
    places.logs.mkdir(parents=True)
    log = [f"line {number} about {source}" for number in range(500)]
    log += [f"WARNING cannot use {source.name!r}: {NAME}", "playing Hidden Title by Hidden Artist"]
    places.log_file.write_text("\n".join(log), encoding="utf-8")
    settings = Settings(open_folder=str(source.parent), model=str(tmp_path / "my model.safetensors"))
    return SupportFacts(StatusState(tagged), "Test output", settings, songs, places)


def test_names_of_songs_are_nowhere_in_it_at_first(facts: SupportFacts, tmp_path: Path) -> None:
    path = tmp_path / "support.zip"
    write_support_file(path, facts)
    whole = "\n".join(texts_of(path).values())
    for secret in (NAME, "Ünïque", "it's mine", "Hidden Title", "Hidden Artist"):
        assert secret not in whole
        assert json.dumps(secret)[1:-1] not in whole
    assert "file-" in whole
    assert list(tmp_path.glob("*.part")) == []


def test_with_names_they_are_there(facts: SupportFacts, tmp_path: Path) -> None:
    path = tmp_path / "support.zip"
    write_support_file(path, facts, with_names=True)
    assert NAME in texts_of(path)["facts.json"]


def test_it_holds_facts_and_the_last_lines_of_the_log_and_no_audio(facts: SupportFacts, tmp_path: Path) -> None:
    path = tmp_path / "support.zip"
    write_support_file(path, facts)
    found = texts_of(path)
    assert set(found) == {"facts.json", "bandsaw.log", "crash.log"}
    assert len(found["bandsaw.log"].splitlines()) == LOG_LINES
    assert found["bandsaw.log"].splitlines()[0].startswith("line 302 ")
    described = json.loads(found["facts.json"])
    assert described["songs"][0]["separation"]["sample_rate"] == 44_100
    assert described["songs"][1]["problem"]["title"] == "This song cannot be read"
    assert described["settings"]["quality"] == "balanced"
    assert described["status"]["Device"] == "cpu"
    assert "numpy" in described["versions"]
    assert path.stat().st_size < 100_000
    assert found["crash.log"].startswith("not there")


def test_one_name_has_one_mark_within_a_file_and_another_in_the_next(facts: SupportFacts) -> None:
    source = facts.songs.items[0].source
    hide, again = (NameHider(facts.songs.items, Path("/home/someone")) for _time in range(2))
    assert hide(source.name) == hide(f"{source.name}")
    assert hide(source.name) != again(source.name)
    assert hide(source.name).endswith(".flac")


NOT_IN_NAMES = "/\\\n\r\"'“”‘’\0"
words = st.text(
    st.characters(codec="utf-8", exclude_characters=NOT_IN_NAMES, exclude_categories=["Cs", "Cc", "Z"]),
    min_size=4,
    max_size=30,
)


@given(name=words, suffix=st.sampled_from([".wav", ".MP3", ".flac", ".m4a"]))
def test_songs_that_left_the_queue_long_ago_are_hidden_in_the_log_too(name: str, suffix: str) -> None:
    hide = NameHider([], Path("/home/someone"))
    for line in (f"cannot use 'my {name}{suffix}': damaged", f"not written: /music/{name} one/{name}{suffix} (full)"):
        hidden = hide(line)
        assert f"{name}{suffix}" not in hidden
        assert hidden.split(":")[0] == line.split(":")[0] or "file-" in hidden


def test_folders_of_the_user_are_hidden_but_tracebacks_stay_readable() -> None:
    hide = NameHider([], Path("/home/someone"))
    assert "someone" not in hide("opened /home/someone/Documents/Divorce, then went on")
    assert "Divorce" not in hide("opened /home/someone/Documents/Divorce, then went on")
    trace = 'File "/home/someone/.venv/lib/python3.11/site-packages/numpy/core.py", line 3'
    assert hide(trace) == 'File "~/.venv/lib/python3.11/site-packages/numpy/core.py", line 3'


def test_the_dialog_writes_it_where_one_says(
    qtbot: QtBot, studio: Studio, song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_song(qtbot, studio, song)
    path = tmp_path / "help.zip"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_given: (str(path), ""))
    dialog = SupportDialog(studio.window.findChildren(Dialogs)[0].support_facts, studio.window)
    dialog.show()
    assert not dialog.findChildren(QCheckBox)[0].isChecked()
    next(button for button in dialog.findChildren(QPushButton) if button.text() == "Save…").click()
    assert "Song.wav" not in texts_of(path)["facts.json"]
    assert not dialog.isVisible()


def test_a_file_that_cannot_be_written_is_told(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_given: (str(tmp_path / "no" / "x.zip"), ""))
    monkeypatch.setattr("app.view.status.show_problem", lambda _parent, problem: told.append(problem.text))
    dialog = SupportDialog(studio.window.findChildren(Dialogs)[0].support_facts, studio.window)
    dialog.show()
    next(button for button in dialog.findChildren(QPushButton) if button.text() == "Save…").click()
    assert "x.zip" in told[0]
    assert dialog.isVisible()
    dialog.close()


@pytest.mark.parametrize(
    "said",
    [
        r"D:\Users\Änna\Music\Tour",
        json.dumps(r"D:\Users\Änna\Music\Tour", ensure_ascii=False),
        "D:/Users/Änna/Music/Tour",
        repr(r"d:\users\änna\Music\Tour"),
    ],
)
def test_a_home_on_windows_is_hidden_however_it_is_written(said: str) -> None:
    hidden = NameHider((), PureWindowsPath(r"D:\Users\Änna"))(f"no such folder: {said}")
    assert "nna" not in hidden
    assert "Tour" not in hidden
    assert "~/file-" in hidden


@pytest.mark.parametrize("said", [r"\\nas\Band\Tour\a song.wav", r"'\\\\nas\\Band\\Tour\\a song.wav'"])
def test_a_song_on_a_server_is_hidden_with_its_folders(said: str) -> None:
    hidden = NameHider((), Path("/home/nobody"))(f"cannot use {said}")
    assert not {"nas", "Band", "Tour", "song"} & set(re.split(r"\W+", hidden.replace("cannot use", "")))
