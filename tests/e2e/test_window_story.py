"""From a dropped song to files, with the real engine in its process and a tiny network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)

import soundfile
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.compose import Parts, Studio
from app.playback.player import Player
from app.settings import Places, SettingsStore
from app.view.canvas import LaneCanvas
from engine.api import EngineProcess, ExportRequest
from tests.support.models import save_tiny_model
from tests.support.separations import noise
from tests.support.songs import write_song

RATE = 44_100


@pytest.fixture
def studio(qapp: QApplication, tmp_path: Path) -> Iterator[Studio]:
    places = Places(tmp_path / "config", tmp_path / "cache", tmp_path / "logs")
    model = save_tiny_model(tmp_path / "tiny.safetensors")
    SettingsStore(places.config / "settings.json").update(model=str(model), quality="fast", device="cpu")
    made = Studio(qapp, Parts(EngineProcess(), EngineProcess(), Player(outputs=()), places, demo=None))
    yield made
    made.window.close()
    made.close()
    made.window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert list((tmp_path / "cache").glob("*/*")) == []


@pytest.mark.slow
def test_a_song_is_split_drawn_played_and_exported_and_adds_up(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    song = write_song(tmp_path / "Sönga {1}.wav", noise(2, 2 * RATE, 0.3, 0), RATE)
    session, transport, export = studio.models.session, studio.models.transport, studio.models.export
    studio.window.show()
    session.add([song])
    qtbot.waitUntil(lambda: session.state.page != "running", timeout=120_000)
    shown = session.state.song
    assert shown is not None
    assert shown.separation is not None, shown.problem
    assert len([canvas for canvas in studio.window.findChildren(LaneCanvas) if canvas.isVisible()]) == 6

    transport.toggle()
    qtbot.waitUntil(lambda: transport.state.position > RATE // 4, timeout=10_000)
    studio.models.mixer.toggle_stage()
    transport.toggle()

    export.start(ExportRequest(shown.separation, tmp_path / "out", format="wav32f", residual=True))
    qtbot.waitUntil(lambda: export.state.phase in ("done", "failed"), timeout=60_000)
    assert export.state.report is not None, export.state.problem
    files = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in files] == ["bass.wav", "drums.wav", "other.wav", "residual.wav", "vocals.wav"]
    total = sum(np.asarray(soundfile.read(path, dtype="float64")[0]) for path in files)
    source, _rate = soundfile.read(song, dtype="float64")
    assert np.abs(total - source).max() < 1e-6  # -120 dBFS: five roundings to float32


@pytest.mark.slow
def test_closing_the_window_in_the_middle_of_a_split_ends_the_engine_and_leaves_nothing(
    qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    song = write_song(tmp_path / "long.wav", noise(2, 60 * RATE, 0.3, 0), RATE)
    session = studio.models.session
    studio.window.show()
    session.add([song])

    def separating() -> bool:
        running = session.state.songs.running()
        return running is not None and running.progress is not None and running.progress.phase == "separate"

    qtbot.waitUntil(separating, timeout=60_000)
    studio.window.close()  # the fixture closes the studio and looks for what is left
