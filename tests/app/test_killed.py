"""The window's process dies by kill -9 in the middle of its work; the next start goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.compose import Parts, Studio
from app.settings import Places
from tests.support.fake_engine import FakeEngine, FakePlayer
from tests.support.window import delete_window

ROOT = Path(__file__).parents[2]
# Splits the first song, fails at the second, and dies in the middle of the third with a fourth waiting.
KILLED = """
import os, signal, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from app.compose import Parts, Studio
from app.settings import Places
from engine.api import DecodeError
from tests.support.fake_engine import FakeEngine, FakePlayer

home, *songs = [Path(name) for name in sys.argv[1:]]
application = QApplication([])

class Engine(FakeEngine):
    def separate(self, request, *others):
        if request.source == songs[2]:
            self.hold.clear()
        return super().separate(request, *others)

engine = Engine(errors={songs[1].name: DecodeError(songs[1], "it is empty")})
studio = Studio(application, Parts(engine, FakeEngine(), FakePlayer(), Places(home, home, home), None))

def look():
    if [song.phase for song in studio.models.session.state.songs.items] == ["ready", "failed", "running", "waiting"]:
        os.kill(os.getpid(), signal.SIGKILL)

studio.models.session.changed.connect(lambda _state: look())
studio.start(songs)
application.exec()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal")
def test_the_queue_survives_kill_9(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    songs = [tmp_path / name for name in ("ä.wav", "bad.wav", "c 🎸.wav", "d.wav")]
    for song in songs:
        song.write_text(song.name)
    home = tmp_path / "home"
    command = [sys.executable, "-B", "-c", KILLED, home, *songs]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -9
    left = list((home / "library" / "unfinished").iterdir())
    assert left != []
    (home / "library" / ("f" * 64)).mkdir()

    engine = FakeEngine()
    studio = Studio(qapp, Parts(engine, FakeEngine(), FakePlayer(), Places(home, home, home), None))
    session = studio.models.session
    try:
        studio.start([])
        assert [song.source for song in session.state.songs.items] == songs
        qtbot.waitUntil(
            lambda: [song.phase for song in session.state.songs.items] == ["ready", "failed", "ready", "ready"],
        )
        assert [request.source for request in engine.requests] == songs[2:]  # the first came from the library
        problem = session.state.songs.items[1].problem
        assert problem is not None
        assert "it is empty" in problem.text
        qtbot.waitUntil(lambda: not any(path.exists() for path in left))
        assert not (home / "library" / ("f" * 64)).exists()
    finally:
        studio.window.close()
        studio.close()
        delete_window(studio)
    assert len(list((home / "library").iterdir())) == 3
