"""A song is played while the real engine, in its process and with a tiny network, is still splitting it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.compose import Parts, Studio
from app.playback.output import Output, Pull
from app.playback.player import Player
from app.settings import Places, SettingsStore
from app.view.canvas import LaneCanvas
from app.viewmodel.signals import stem_name
from engine.api import EngineProcess, Samples
from tests.support.models import save_tiny_model
from tests.support.separations import noise
from tests.support.songs import write_song
from tests.support.window import delete_window, visible, wait_for

RATE = 44_100
SECONDS = 30

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="there, songs are not shown while they are split"),
]


class Tape:
    """A device that the test runs, and the clock that goes with it."""

    name = "tape"
    underruns = 0

    def __init__(self) -> None:
        self._pull: Pull | None = None
        self.now_seconds = 0.0

    def open(self, _sample_rate: int, pull: Pull, _latency_seconds: float) -> Output:
        self._pull = pull
        return self

    def start(self) -> None:
        """The test does."""

    def stop(self) -> None:
        """See `start`."""

    def close(self) -> None:
        """Nothing to give back."""

    def run(self, seconds: float) -> Samples:
        assert self._pull is not None
        heard: list[Samples] = []
        for _block in range(round(seconds * 100)):
            block = self._pull(441, 0.0)
            self.now_seconds += 0.01
            if block is not None:
                heard.append(block)
        return np.concatenate(heard, axis=1)


@pytest.fixture
def tape() -> Tape:
    return Tape()


@pytest.fixture
def studio(qapp: QApplication, tmp_path: Path, tape: Tape) -> Iterator[Studio]:
    places = Places(tmp_path / "config", tmp_path / "cache", tmp_path / "logs")
    model = save_tiny_model(tmp_path / "tiny.safetensors")
    SettingsStore(places.config / "settings.json").update(model=str(model), quality="fast", device="cpu")
    made = Studio(
        qapp, Parts(EngineProcess(), EngineProcess(), Player([tape.open], lambda: tape.now_seconds), places, demo=None)
    )
    yield made
    made.window.close()
    made.close()
    delete_window(made)
    assert list((tmp_path / "cache").glob("*/unfinished/*")) == []


def test_one_listens_from_the_start_jumps_ahead_and_hears_the_finished_song_go_on(
    qtbot: QtBot, studio: Studio, tape: Tape, tmp_path: Path
) -> None:
    sound = noise(2, SECONDS * RATE, 0.3, 0)
    session, transport, mixer = studio.models.session, studio.models.transport, studio.models.mixer
    studio.window.show()
    session.add([write_song(tmp_path / "Song.wav", sound, RATE)])
    wait_for(qtbot, lambda: bool(transport.state.ready))
    session.pause(True)  # at the next segment, so that half of it stays half
    assert session.state.page == "running"

    transport.toggle()
    heard = tape.run(1.5)
    # Stems and residual are the song: to float32, through the sum of five.
    assert np.abs(heard - sound[:, : heard.shape[1]]).max() < 1e-5
    tape.run(SECONDS)  # faster than any engine
    transport.tick()
    assert transport.state.waiting
    edge = transport.state.ready[0][1]
    assert edge - RATE < studio.models.transport.state.position <= edge < SECONDS * RATE
    assert not tape.run(0.5).any()

    transport.seek(20 * RATE)
    session.pause(False)
    wait_for(qtbot, lambda: any(start > edge for start, _stop in transport.state.ready))
    ahead = transport.state.ready[-1]
    assert ahead[0] == 20 * RATE - RATE // 10
    wait_for(qtbot, lambda: transport.state.ready[-1][1] >= 21.5 * RATE)
    heard = tape.run(1.0)
    fade = RATE // 100
    np.testing.assert_allclose(heard[:, fade:], sound[:, 20 * RATE + fade : 20 * RATE + heard.shape[1]], atol=1e-5)

    mixer.toggle_solo("vocals")
    wait_for(qtbot, lambda: session.state.page == "ready")
    shown = session.state.song
    assert shown is not None
    assert shown.separation is not None
    assert transport.state.playing
    tape.run(0.5)
    at = round(21.5 * RATE)
    heard = tape.run(1.0)
    vocals = np.array(shown.separation.stem_signal("vocals", 2)[:, at : at + heard.shape[1]])
    np.testing.assert_array_equal(heard, vocals)
    canvases = visible(studio, LaneCanvas)
    assert all(canvas.complete for canvas in canvases)
    assert canvases[1].shown.title.startswith(stem_name("vocals"))
    transport.stop()
