"""The status line, the memory it tells, and the dialog behind it."""

from __future__ import annotations

import mmap
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.memory import used_bytes
from app.view.actions import Actions
from app.view.header import Header
from app.view.problem_dialog import DetailsDialog
from app.view.status import StatusButton
from app.view.widgets import ElidedLabel
from app.viewmodel.status import StatusState, running_words, versions
from engine import __version__
from engine.api import Progress, Separation
from engine.said import say
from tests.support.fake_engine import FakeEngine
from tests.support.window import SMALLEST, open_song, visible

linux = pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")


@linux
def test_memory_grows_by_what_is_taken_and_not_by_a_mapped_file(tmp_path: Path) -> None:
    before = used_bytes([os.getpid()])
    assert before is not None
    # Not from the allocator, which may have as much left of what another test gave back.
    taken = mmap.mmap(-1, 64_000_000, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    taken[:: mmap.PAGESIZE] = b"x" * (len(taken) // mmap.PAGESIZE)
    after = used_bytes([os.getpid()])
    assert after is not None
    # Other objects come and go meanwhile.
    assert after - before == pytest.approx(len(taken), rel=0.1)
    np.ones(8_000_000).tofile(tmp_path / "file")
    between = used_bytes([os.getpid()])
    mapped = np.memmap(tmp_path / "file", np.float64, "r")
    assert mapped.sum() == 8_000_000
    last = used_bytes([os.getpid()])
    assert between is not None
    assert last is not None
    assert last - between < 0.3 * mapped.nbytes


@linux
def test_the_memory_of_several_processes_is_their_sum_and_an_ended_one_has_none() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        own, both = used_bytes([child.pid]), used_bytes([child.pid, os.getpid()])
        assert own is not None
        assert both is not None
        assert both > own > 0
        child.communicate(b"\n")
    assert used_bytes([child.pid]) == 0


@pytest.mark.parametrize(
    ("device", "reason", "words"),
    [
        ("cpu (2 threads)", "PyTorch finds no NVIDIA GPU", "on cpu (2 threads) – PyTorch finds no NVIDIA GPU"),
        ("cuda (NVIDIA H200)", "it is the fastest device here", "2.0× real time on cuda (NVIDIA H200)  ·  1.5 GB"),
    ],
)
def test_the_line_says_where_how_fast_and_why_not_on_the_graphics_card(
    separation: Separation, device: str, reason: str, words: str
) -> None:
    song = replace(separation, device=device, device_reason=reason, elapsed_seconds=separation.duration_seconds / 2)
    state = StatusState(song, 500_000_000, 1_000_000_000)
    assert words in state.line
    assert state.facts["Why this device"] == reason


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress("load", 0, 0), ""),
        (Progress("draw", 1, 2, 3.0), ""),
        (Progress("separate", 0, 60, None, "", "cpu (2 threads)", "no GPU"), "cpu (2 threads) – no GPU"),
        (Progress("separate", 10, 60, 25.0, "", "cuda (H200)", "the fastest"), "2.0× real time on cuda (H200)"),
        (Progress("separate", 10, 60, 1250.0, "", "cuda (H200)", "the fastest"), "0.04× real time on cuda (H200)"),
        (Progress("separate", 60, 60, 0.0, "", "cuda (H200)", "the fastest"), "cuda (H200)"),
    ],
)
def test_a_song_that_is_being_split_says_where_and_how_fast(progress: Progress, words: str) -> None:
    assert running_words(progress) == words


@pytest.mark.usefixtures("german")
def test_the_line_of_the_device_is_in_the_language_of_the_window(separation: Separation) -> None:
    device, reason = say("cpu ({count} threads)", count=2), say("this PyTorch was built without CUDA")
    words = "cpu (2 Threads) – dieses PyTorch wurde ohne CUDA gebaut"
    assert words in running_words(Progress("separate", 0, 60, None, "", device, reason))
    assert words in StatusState(replace(separation, device=device, device_reason=reason)).line


def test_what_the_model_does_not_hear_is_said(separation: Separation) -> None:
    high = replace(separation, sample_rate=96_000)
    assert StatusState(high).facts["Sample rate"].startswith("96000 Hz; the model hears 44.1 kHz")
    assert StatusState(separation).facts["Sample rate"] == "44100 Hz"


def test_the_songs_rate_and_what_the_model_hears_of_it_stand_above_the_lanes(
    qtbot: QtBot, studio: Studio, song: Path
) -> None:
    open_song(qtbot, studio, song)
    shown = studio.models.session.state.song
    assert shown is not None
    assert shown.separation is not None
    header = visible(studio, Header)[0]
    header.present(shown, replace(shown.separation, sample_rate=96_000))
    said = " ".join(each.text() for each in header.findChildren(ElidedLabel))
    assert "96 kHz" in said
    assert "above 22 kHz is in the residual" in said


def test_memory_that_is_not_known_is_not_shown(separation: Separation) -> None:
    assert "memory" not in StatusState(separation).line
    assert StatusState().line == ""
    assert "not known" in StatusState().facts["Memory of the window"]


def test_versions_are_told_without_loading_the_libraries() -> None:
    found = versions()
    assert found["Bandsaw"] == __version__
    assert found["numpy"] == np.__version__
    assert found["torch"][0].isdigit()


def test_the_button_shows_what_fits_and_tells_all_when_pressed(
    qtbot: QtBot, studio: Studio, engine: FakeEngine, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def note(dialog: DetailsDialog) -> int:
        read.append(dialog.findChildren(QPlainTextEdit)[0].toPlainText())
        return 0

    monkeypatch.setattr(DetailsDialog, "exec", note)
    engine.pid = os.getpid()
    studio.window.resize(*SMALLEST)
    open_song(qtbot, studio, song)
    (shown,) = visible(studio, StatusButton)
    assert "real time" in shown.accessibleName()
    assert shown.fontMetrics().horizontalAdvance(shown.text()) <= shown.width()
    shown.setFocus()
    qtbot.keyClick(shown, Qt.Key.Key_Return)
    studio.window.findChildren(Actions)[0].status.trigger()
    assert len(read) == 2
    for words in ("Device: cpu", "Model: ", "Sound: Test output", "Qt: ", "Memory of the engine: "):
        assert words in read[0]


def test_the_details_can_be_copied(qtbot: QtBot, studio: Studio) -> None:
    dialog = DetailsDialog(studio.window, "Title", "Text", "line 1\nline 2")
    dialog.show()
    next(button for button in dialog.findChildren(QPushButton) if button.text() == "Copy details").click()
    assert QApplication.clipboard().text() == "line 1\nline 2"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
