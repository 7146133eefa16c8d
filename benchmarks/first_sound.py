"""How long it takes from a dropped song to the first sound of its stems, with the real window and engine.

The song is the demo song repeated to the wanted length, the sound device one without a loudspeaker that asks for sound
in real time, and play is pressed as soon as there is something to play. Run it as
`python benchmarks/first_sound.py [--seconds 240] [--model default] [--quality fast] [--runs 3] [--hover 0]
[--picture FILE]`; it prints, for every run, when the lanes came, when the device got its first block that is not
silent, how much CPU time the engine's process had taken by then, which says more on a busy machine, and how far the
split was. `--hover` drags the song over the window for so many seconds before it is dropped, which is when the times
begin.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import soundfile

sys.path.insert(0, str(Path(__file__).parents[1]))  # the app beside us, installed or not

from PySide6.QtWidgets import QApplication

from app.compose import SWITCH_SECONDS, Parts, Studio
from app.playback.output import BLOCK_SAMPLES, Output, Pull, SilentOutput
from app.playback.player import Player
from app.settings import Places, SettingsStore
from engine.api import QUALITIES, EngineProcess, Samples
from resources import demo_song

SIZE = (1280, 800)


class Ear:
    """Opens the silent output, and notes when it got the first sound."""

    def __init__(self) -> None:
        self.heard = threading.Event()
        self.heard_at_seconds = 0.0

    def open(self, sample_rate: int, pull: Pull, _latency_seconds: float) -> Output:
        """Listen to what is pulled."""

        def listened(count: int, delay_seconds: float) -> Samples | None:
            block = pull(count, delay_seconds)
            if block is not None and block.any() and not self.heard.is_set():
                self.heard_at_seconds = time.perf_counter()
                self.heard.set()
            return block

        return SilentOutput(sample_rate, listened)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=240.0)
    parser.add_argument("--model", default="default", help="a model's name, or a checkpoint file")
    parser.add_argument("--quality", choices=QUALITIES, default="fast")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--hover", type=float, default=0.0, help="seconds between the drag's coming and the drop")
    parser.add_argument("--picture", type=Path, help="save the window as it is at a quarter of the song")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.modules["__main__"].__file__ = None  # or the engine's process would import this, and Qt with it
    application = QApplication([])
    sys.setswitchinterval(SWITCH_SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        song = repeated_demo(Path(folder) / "song.flac", options.seconds)
        for run in range(options.runs):
            home = Path(folder) / str(run)
            measure(application, home, song, options)


def measure(application: QApplication, home: Path, song: Path, options: argparse.Namespace) -> None:
    """One window, one engine, one drop."""
    quality, picture = options.quality, options.picture
    places, ear = Places(home / "config", home / "cache", home / "logs"), Ear()
    SettingsStore(places.settings_file).update(model=options.model, quality=quality)
    splitter = EngineProcess()
    studio = Studio(application, Parts(splitter, EngineProcess(), Player([ear.open]), places, None))
    studio.window.resize(*SIZE)
    studio.window.show()
    application.processEvents()
    session, transport = studio.models.session, studio.models.transport
    if options.hover:
        session.expect_songs()
        time.sleep(options.hover)
    before, shown_at = time.perf_counter(), 0.0
    session.add([song])
    while not ear.heard.is_set() and session.state.page != "error":
        application.processEvents()
        time.sleep(0.002)
        if transport.state.samples and not transport.state.playing:
            shown_at = time.perf_counter()
            transport.toggle()
    times = psutil.Process(splitter.pid).cpu_times()
    progress = session.state.song.progress if session.state.song else None
    rest = f"split until {progress.done:.1f} s of {progress.total:.0f} s" if progress else "the split was over"
    print(
        f"quality {quality}: lanes after {shown_at - before:.2f} s, first sound after "
        f"{ear.heard_at_seconds - before:.2f} s ({times.user + times.system:.2f} s of CPU in the engine), {rest}",
        flush=True,
    )
    while picture is not None and (song_now := session.state.song) is not None and song_now.progress is not None:
        application.processEvents()
        time.sleep(BLOCK_SAMPLES / 44_100)
        if song_now.progress.share > 0.25:
            studio.window.grab().save(str(picture))
            break
    studio.window.close()
    studio.close()


def repeated_demo(path: Path, seconds: float) -> Path:
    """A song of that length."""
    demo = demo_song()
    if demo is None:
        sys.exit("there is no demo song to repeat")
    sound, rate = soundfile.read(demo, dtype="float32", always_2d=True)
    count = round(seconds * rate)
    soundfile.write(path, np.tile(sound, (-(-count // len(sound)), 1))[:count], rate)
    return path


if __name__ == "__main__":
    main()
