"""A song split with two models of different stems, compared and exported, with the real engine and tiny networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)

import soundfile
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.compose import Parts, Studio
from app.playback.player import Player
from app.settings import Places, SettingsStore
from app.viewmodel.compare import Letter
from engine.api import EngineProcess
from engine.model.bs_mamba2 import BSMamba2Config
from tests.support.models import save_tiny_model
from tests.support.separations import noise
from tests.support.songs import write_song
from tests.support.window import delete_window, wait_for

RATE = 44_100
VOICE = BSMamba2Config(16, depth=1, state_dim=16, expand=2, head_dim=16)

pytestmark = pytest.mark.slow


def choose_and_take_back(qtbot: QtBot, studio: Studio) -> None:
    """Choose other sides while the song plays, and go back and forth between the choices."""
    models = studio.models
    compare = models.compare
    sounding = models.mixer.state.sounding()
    choices = [(compare.state.a, compare.state.b)]
    letters: tuple[Letter, Letter] = ("A", "B")
    for letter, offer in zip(letters, (1, 0), strict=True):
        before = models.transport.state.position
        compare.choose(letter, compare.state.offers[offer])
        choices.append((compare.state.a, compare.state.b))
        assert models.transport.state.playing
        wait_for(qtbot, lambda before=before: models.transport.state.position != before)
    assert len(set(choices)) == 3
    undo = Qt.KeyboardModifier.ControlModifier
    redo = undo | Qt.KeyboardModifier.ShiftModifier
    for way, expected in ((undo, choices[1]), (undo, choices[0]), (redo, choices[1]), (undo, choices[0])):
        qtbot.keyClick(studio.window, Qt.Key.Key_Z, way)
        assert (compare.state.a, compare.state.b) == expected
        assert models.transport.state.playing
    assert models.mixer.state.sounding() == sounding


def test_two_models_are_compared_exported_and_compared_again_after_a_restart(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))  # where the user's models are
    places = Places(tmp_path / "config", tmp_path / "cache", tmp_path / "logs")
    model = save_tiny_model(tmp_path / "tiny.safetensors")
    SettingsStore(places.config / "settings.json").update(model=str(model), quality="fast", device="cpu")
    song = write_song(tmp_path / "song.wav", noise(2, 2 * RATE, 0.3, 0), RATE)

    def start() -> Studio:
        made = Studio(qapp, Parts(EngineProcess(), EngineProcess(), Player(outputs=()), places, demo=None))
        made.start([])
        return made

    def end(studio: Studio) -> None:
        studio.window.close()
        studio.close()
        delete_window(studio)

    studio = start()
    models = studio.models
    models.models.add(save_tiny_model(tmp_path / "voice.safetensors", VOICE))
    wait_for(qtbot, lambda: not models.models.state.working)
    models.session.add([song])
    wait_for(qtbot, lambda: models.session.state.page == "ready")
    models.session.split_also(song, "voice")
    wait_for(qtbot, lambda: len(models.compare.state.offers) == 3)
    models.compare.choose("B", models.compare.state.offers[2])
    models.transport.toggle_loop()  # so that it plays however long this takes
    models.transport.toggle()
    wait_for(qtbot, lambda: models.transport.state.position > RATE // 4)
    qtbot.keyClick(studio.window, Qt.Key.Key_A)
    qtbot.keyClick(studio.window, Qt.Key.Key_X)
    assert models.mixer.state.sounding() == "B (voice)"
    choose_and_take_back(qtbot, studio)
    models.transport.toggle()

    shown = studio.window.song_on_show()
    assert shown is not None
    models.form.open(shown)
    models.form.choose(stages=(2,), folder=tmp_path / "out", own_folder=False, names="", format="wav32f", residual=True)
    models.export.start(models.form.state.request)
    wait_for(qtbot, lambda: models.export.state.phase in ("done", "failed"))
    assert models.export.state.report is not None, models.export.state.problem
    files = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in files] == ["other.wav", "residual.wav", "vocals.wav"]
    total = sum(np.asarray(soundfile.read(path, dtype="float64")[0]) for path in files)
    source, _rate = soundfile.read(song, dtype="float64")
    assert np.abs(total - source).max() < 1e-6  # -120 dBFS: three roundings to float32
    end(studio)

    again = start()
    wait_for(qtbot, lambda: again.models.session.state.page == "ready")
    assert again.models.mixer.state.sounding() == "B (voice)"
    end(again)
