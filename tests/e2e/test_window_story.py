"""From a dropped song to files, with the real engine in its process and a tiny network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)

import soundfile
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from app.compose import Parts, Studio
from app.playback.player import Player
from app.settings import Places, SettingsStore
from app.view.canvas import LaneCanvas
from app.view.export_dialog import ExportDialog
from engine.api import EngineProcess, ExportRequest
from tests.support.models import save_tiny_model
from tests.support.separations import noise
from tests.support.songs import write_song
from tests.support.window import delete_window, wait_for

RATE = 44_100

pytestmark = pytest.mark.slow


@pytest.fixture
def studio(qapp: QApplication, tmp_path: Path) -> Iterator[Studio]:
    places = Places(tmp_path / "config", tmp_path / "cache", tmp_path / "logs")
    model = save_tiny_model(tmp_path / "tiny.safetensors")
    SettingsStore(places.config / "settings.json").update(model=str(model), quality="fast", device="cpu")
    made = Studio(qapp, Parts(EngineProcess(), EngineProcess(), Player(outputs=()), places, demo=None))
    yield made
    made.window.close()
    made.close()
    delete_window(made)
    assert list((tmp_path / "cache").glob("*/unfinished/*")) == []


def test_a_song_is_split_drawn_played_and_exported_and_adds_up(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    song = write_song(tmp_path / "Sönga {1}.wav", noise(2, 2 * RATE, 0.3, 0), RATE)
    session, transport, export = studio.models.session, studio.models.transport, studio.models.export
    studio.window.show()
    session.add([song])
    wait_for(qtbot, lambda: session.state.page != "running")
    shown = session.state.song
    assert shown is not None
    assert shown.separation is not None, shown.problem
    assert len([canvas for canvas in studio.window.findChildren(LaneCanvas) if canvas.isVisible()]) == 6

    transport.toggle()
    wait_for(qtbot, lambda: transport.state.position > RATE // 4)
    studio.models.mixer.toggle_stage()
    transport.toggle()

    export.start(ExportRequest(shown.separation, tmp_path / "out", format="wav32f", residual=True))
    wait_for(qtbot, lambda: export.state.phase in ("done", "failed"))
    assert export.state.report is not None, export.state.problem
    files = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in files] == ["bass.wav", "drums.wav", "other.wav", "residual.wav", "vocals.wav"]
    session.remove(1)
    session.add([song.rename(tmp_path / "another name.wav")])
    wait_for(qtbot, lambda: session.state.page == "ready")  # from the library
    again = session.state.song
    assert again is not None
    assert again.separation == replace(shown.separation, source=tmp_path / "another name.wav")
    total = sum(np.asarray(soundfile.read(path, dtype="float64")[0]) for path in files)
    source, _rate = soundfile.read(tmp_path / "another name.wav", dtype="float64")
    assert np.abs(total - source).max() < 1e-6  # -120 dBFS: five roundings to float32


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

    wait_for(qtbot, separating)
    # The fixture closes the studio and looks for what is left.


def _export_with_keys(qtbot: QtBot, studio: Studio) -> None:
    export = studio.models.export

    def confirm_and_close() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ExportDialog)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        wait_for(qtbot, lambda: export.state.phase in ("done", "failed"))
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)

    QTimer.singleShot(0, confirm_and_close)
    qtbot.keyClick(studio.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)


def test_the_whole_way_from_a_song_to_files_with_keys_alone(
    qtbot: QtBot, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    song = write_song(tmp_path / "song.wav", noise(2, 3 * RATE, 0.3, 0), RATE)
    models, window = studio.models, studio.window
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args, **_kwargs: ([str(song)], ""))

    def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        qtbot.keyClick(window, key, modifier)

    control = Qt.KeyboardModifier.ControlModifier
    studio.settings.update(export_folder=str(tmp_path / "out"), export_own_folder=False, export_format="wav32f")
    window.show()
    qtbot.waitUntil(window.isActiveWindow)
    press(Qt.Key.Key_O, control)
    wait_for(qtbot, lambda: models.session.state.page in ("ready", "error"))
    assert models.session.state.page == "ready", models.session.state.song
    press(Qt.Key.Key_Space)
    wait_for(qtbot, lambda: models.transport.state.position > RATE // 4)
    press(Qt.Key.Key_Space)
    assert not models.transport.state.playing
    press(Qt.Key.Key_A)
    assert models.mixer.state.stage == 1
    press(Qt.Key.Key_X)
    assert models.mixer.state.stage == 2
    press(Qt.Key.Key_D)
    assert models.mixer.state.delta
    press(Qt.Key.Key_Z, control)
    assert models.mixer.state.is_flat
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_I)
    for _step in range(8):
        press(Qt.Key.Key_Right, control)
    press(Qt.Key.Key_O)
    assert models.transport.state.loop == (0, round(0.8 * RATE))
    press(Qt.Key.Key_2)
    press(Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    vocals = models.mixer.state.strips[1]
    assert vocals.comp.starts == ((0, 1), (round(0.8 * RATE), 2))
    press(Qt.Key.Key_3)
    press(Qt.Key.Key_M)
    press(Qt.Key.Key_Up, control)
    bass = models.mixer.state.strips[2]
    assert (bass.muted, bass.gain_db) == (True, 1.0)
    press(Qt.Key.Key_C)
    assert models.display.state.compare == "side_by_side"

    _export_with_keys(qtbot, studio)
    assert models.export.state.report is not None, models.export.state.problem
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written >= {f"song ({stem}).wav" for stem in ("Bass", "Drums", "Other", "Vocals")}
