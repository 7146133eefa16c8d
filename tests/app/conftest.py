"""The window with a fake engine and a fake player. Loads Qt only when a test asks for the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.settings import Places, SettingsStore
from engine.api import Separation
from tests.support.fake_engine import FakeEngine, FakePlayer
from tests.support.separations import make_separation

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.compose import Studio
    from app.view.theme import Theme
    from app.viewmodel.history import History
    from app.viewmodel.mixer import MixerModel


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))  # where the user's models are
    return Places(tmp_path / "config", tmp_path / "cache", tmp_path / "logs")


@pytest.fixture
def settings(places: Places) -> SettingsStore:
    return SettingsStore(places.settings_file)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def second_engine() -> FakeEngine:
    """The one that exports and adds models."""
    return FakeEngine()


@pytest.fixture
def player() -> FakePlayer:
    return FakePlayer()


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "Song.wav"
    path.write_bytes(b"the fake engine does not read it")
    return path


@pytest.fixture
def separation(tmp_path: Path) -> Separation:
    return make_separation(tmp_path / "separation")


@pytest.fixture
def studio(
    qapp: QApplication, engine: FakeEngine, second_engine: FakeEngine, player: FakePlayer, places: Places
) -> Iterator[Studio]:
    from app.compose import Parts, Studio
    from tests.support.window import delete_window

    made = Studio(qapp, Parts(engine, second_engine, player, places, demo=None))
    made.window.resize(1280, 800)  # whatever screen there is
    yield made
    made.window.close()
    made.close()
    delete_window(made)


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    """German for one test."""
    from PySide6.QtCore import QEvent, QLocale, QTranslator

    from app.words import install_language

    before, numbers = set(qapp.findChildren(QTranslator)), QLocale()
    install_language(qapp, "de")
    yield
    QLocale.setDefault(numbers)
    for made in set(qapp.findChildren(QTranslator)) - before:
        qapp.removeTranslator(made)
        made.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    from app.view.theme import Theme

    made = Theme(qapp)
    made.choose("dark")
    return made


@pytest.fixture
def history() -> History:
    from app.viewmodel.history import History

    return History()


@pytest.fixture
def mixer(player: FakePlayer, separation: Separation, history: History) -> MixerModel:
    from app.viewmodel.mixer import MixerModel
    from app.viewmodel.signals import heard_signals

    player.load(heard_signals(separation), separation.sample_rate)
    model = MixerModel(player, history)
    model.load(separation)
    return model
