"""Stems that were on show are let go of, or Windows would not delete them."""

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.compose import Parts, Studio
from app.playback.player import Player
from app.settings import Places
from tests.support import windows_files
from tests.support.fake_engine import FakeEngine
from tests.support.window import delete_window, open_song

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="which files are open is read from /proc")


@pytest.fixture
def studio(qapp: QApplication, places: Places) -> Iterator[Studio]:
    made = Studio(qapp, Parts(FakeEngine(), FakeEngine(), Player(outputs=()), places, None))
    yield made
    made.window.close()
    made.close()
    delete_window(made)


def test_the_stems_of_the_song_on_show_are_deleted(
    qtbot: QtBot, studio: Studio, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_song(qtbot, studio, song)
    model = studio.models.library
    qtbot.waitUntil(lambda: model.state.known and len(model.state.entries) == 1)
    folder = model.state.entries[0].separation.folder
    studio.models.transport.toggle()
    assert windows_files.in_use(folder)
    windows_files.obey(monkeypatch)
    gc.disable()  # it may be long before it runs by itself
    try:
        model.delete(folder.name)
        qtbot.waitUntil(lambda: not model.state.entries)
    finally:
        gc.enable()
    assert not folder.exists()
