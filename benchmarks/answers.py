"""How soon the app answers: a stop in every phase of the real engine, and the file of a stem that is dragged out.

A stop is timed from the wish until the song stands as stopped, and until the engine's process and its memory are gone.
A drag can begin when its file is written; the song is noise. Run it as `python benchmarks/answers.py [--seconds 240]`
with QT_QPA_PLATFORM=offscreen where there is no screen; it prints a table.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import soundfile

sys.path.insert(0, str(Path(__file__).parents[1]))  # the app beside us, installed or not

from PySide6.QtCore import QCoreApplication

from app.jobs.runner import JobRunner
from app.memory import used_bytes
from app.settings import SettingsStore
from app.viewmodel.drag import DragModel
from app.viewmodel.export_form import song_on_show
from app.viewmodel.history import History
from app.viewmodel.mixer import MixerModel
from app.viewmodel.queue_file import QueueFile
from app.viewmodel.session import Session
from app.viewmodel.signals import heard_signals
from app.viewmodel.transport import TransportState
from engine.api import EngineProcess, ResultsLibrary, Separation
from tests.support.fake_engine import FakePlayer
from tests.support.separations import make_separation, noise

RATE = 44_100
_LIMIT_SECONDS = 120.0
STOPS = (("load", 0.0), ("load", 1.0), ("load", 3.0), ("separate", 0.0), ("separate", 1.3), ("separate", 2.9))
"""Phases, and seconds after their first sign."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=240.0)
    options = parser.parse_args()
    application = QCoreApplication([])
    with tempfile.TemporaryDirectory() as home:
        runner, settings = JobRunner(), SettingsStore(Path(home) / "settings.json")
        measure_stops(application, runner, settings, Path(home))
        separation = make_separation(Path(home) / "noise", samples=round(options.seconds * RATE))
        measure_drags(application, runner, settings, separation)
        runner.close()


def measure_stops(application: QCoreApplication, runner: JobRunner, settings: SettingsStore, home: Path) -> None:
    """Stop a song of two minutes again and again."""
    song = home / "song.wav"
    soundfile.write(song, noise(2, 120 * RATE, 0.2, 0).T, RATE)
    engine, library = EngineProcess(), ResultsLibrary(home / "library")
    session = Session(engine, runner, settings, library, QueueFile(home / "queue.json"))
    session.add([song])
    key = session.state.songs.items[0].key

    def now() -> str:
        found = session.state.songs.find(key)
        return found.phase if found else ""

    def phase() -> str:
        running = session.state.songs.running()
        return running.progress.phase if running and running.progress else "load" if running else ""

    for wanted, later_seconds in STOPS:
        session.retry(key)
        wait(application, lambda wanted=wanted: phase() == wanted)
        wait(application, lambda: False, later_seconds)
        pid, reached = engine.pid, phase()
        held = used_bytes([pid]) or 0 if pid else 0
        begun = time.perf_counter()
        session.cancel(key)
        wait(application, lambda: now() == "stopped")
        stopped = time.perf_counter() - begun
        wait(application, lambda pid=pid: pid is None or used_bytes([pid]) in (0, None))
        gone = time.perf_counter() - begun
        print(
            f"stop while it does {reached:8} ({later_seconds} s after {wanted} began): stopped after "
            f"{1000 * stopped:.0f} ms, {held / 1e6:.0f} MB back after {1000 * gone:.0f} ms",
            flush=True,
        )
    session.freeze()
    engine.close()
    session.close()
    library.close()


def measure_drags(
    application: QCoreApplication, runner: JobRunner, settings: SettingsStore, separation: Separation
) -> None:
    """Write a stem while the engine's process starts, another, and that one again."""
    engine, player = EngineProcess(), FakePlayer()
    player.load(heard_signals(separation), separation.sample_rate)
    mixer = MixerModel(player, History())
    mixer.load(separation)
    song = song_on_show(separation, mixer.state, TransportState())
    drag = DragModel(engine, runner, settings, separation.folder.parent / "drag")
    written: list[Path] = []
    drag.ready.connect(written.append)
    for kind in ("wav", "flac", "mp3"):
        settings.update(export_format=kind)
        for stem in ("vocals", "bass", "bass"):
            strip = next(each for each in mixer.state.strips if each.stem == stem)
            written.clear()
            begun = time.perf_counter()
            drag.prepare_lane(song, strip)
            wait(application, lambda: bool(written))
            print(f"{written[0].name} can be dragged after {1000 * (time.perf_counter() - begun):.0f} ms", flush=True)
    engine.close()


def wait(application: QCoreApplication, done: Callable[[], bool], seconds: float = _LIMIT_SECONDS) -> None:
    """Let the app work until something is so, or for so long."""
    until = time.perf_counter() + seconds
    while not done() and time.perf_counter() < until:
        application.processEvents()
        time.sleep(0.001)


if __name__ == "__main__":
    main()
