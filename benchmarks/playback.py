"""How late the sound device gets its blocks, and how often it would have run dry, while the app is busy.

The player plays eight signals through a device without a loudspeaker that asks for sound in real time (miniaudio's null
device: a thread of C code that calls into Python, as a sound card's does). Meanwhile nothing happens, or the engine
splits a song in its own process, or Python code runs without a pause in the window's thread, or both. A gap between two
calls that is longer than all that can be waiting is a drop-out. Run it as
`python benchmarks/playback.py [--seconds 30] [--latency 0.03]`; it prints a table.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # the app beside us, installed or not

from app.compose import SWITCH_SECONDS
from app.playback import Player
from app.playback.output import LATENCIES_SECONDS, Output, Pull
from app.playback.pace import PLAIN, Pace
from engine.api import Cancelled, EngineProcess, JobControl, Samples, SeparationRequest, SignalKey
from resources import demo_song

RATE = 44_100
SONG_SECONDS = 60
PERIODS = 3


class TimedOutput:
    """Asks for sound in real time and notes when it did.

    Attributes:
        gaps_seconds: Between one call and the next, minus the time the block before lasts.
    """

    def __init__(self, sample_rate: int, pull: Pull, latency_seconds: float) -> None:
        import miniaudio

        self.name = "timed"
        self.underruns = 0
        self.gaps_seconds: list[float] = []
        self.costs_seconds: list[float] = []
        self._pull = pull
        self._latency_seconds = latency_seconds
        self._device: Any = miniaudio.PlaybackDevice(
            miniaudio.SampleFormat.FLOAT32,
            2,
            sample_rate,
            round(1000 * latency_seconds / PERIODS),
            callback_periods=PERIODS,
            backends=[miniaudio.Backend.NULL],
        )

    def start(self) -> None:
        """Begin to ask."""
        blocks = self._blocks()
        next(blocks)
        self._device.start(blocks)

    def stop(self) -> None:
        """Ask no more."""
        self._device.stop()

    def close(self) -> None:
        """Let go of the device."""
        self._device.close()

    def _blocks(self) -> Generator[bytes, int, None]:
        count = yield b""
        done = 0.0
        while True:
            began = time.perf_counter()
            if done:
                self.gaps_seconds.append(began - done)
                self.underruns += began - done > self._latency_seconds
            block = self._pull(count, self._latency_seconds)
            done = time.perf_counter()
            self.costs_seconds.append(done - began)
            if block is None:
                return
            count = yield block.T.tobytes()


def main() -> None:
    """Measure every case and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--latency", type=float, default=LATENCIES_SECONDS[0])
    options = parser.parse_args()
    sys.setswitchinterval(SWITCH_SECONDS)
    for splitting, busy, pace in (
        (False, False, PLAIN),
        (True, False, PLAIN),
        (True, True, PLAIN),
        (True, False, Pace(80, 2)),
        (True, True, Pace(80, 2)),
    ):
        with split_meanwhile() if splitting else contextlib.nullcontext():
            output = measure(options.seconds, options.latency, busy, pace)
        gaps, costs = np.array(output.gaps_seconds) * 1000, np.array(output.costs_seconds) * 1000
        print(
            f"splitting {splitting!s:5} window busy {busy!s:5} pace {pace.speed_percent} % {pace.semitones:+d}: "
            f"{output.underruns} drop-outs in {len(gaps)} blocks; gap p99 {np.percentile(gaps, 99):.1f}, "
            f"worst {gaps.max():.1f} ms; render p50 {np.median(costs):.2f}, p99 {np.percentile(costs, 99):.2f}, "
            f"worst {costs.max():.1f} ms",
            flush=True,
        )


@contextlib.contextmanager
def split_meanwhile() -> Generator[None]:
    """Keep the real engine splitting the demo song in its process."""
    song = demo_song()
    if song is None:
        sys.exit("there is no demo song to split")
    engine, control = EngineProcess(), JobControl()
    heard = threading.Event()

    def split(folder: Path) -> None:
        with contextlib.suppress(Cancelled):
            for number in range(100):
                request = SeparationRequest(source=song, folder=folder / str(number))
                engine.separate(request, lambda _progress: heard.set(), control)

    with tempfile.TemporaryDirectory() as folder:
        thread = threading.Thread(target=split, args=(Path(folder),))
        thread.start()
        heard.wait(60)
        try:
            yield
        finally:
            control.cancel()
            thread.join()
            engine.close()


def measure(seconds: float, latency_seconds: float, busy: bool, pace: Pace) -> TimedOutput:
    """Play for so long and return the device."""
    opened: list[TimedOutput] = []

    def open_output(sample_rate: int, pull: Pull, _latency_seconds: float) -> Output:
        opened.append(TimedOutput(sample_rate, pull, latency_seconds))
        return opened[-1]

    player = Player([open_output])
    signals = song_signals()
    player.load(signals, RATE)
    player.set_gains(dict.fromkeys(signals, (0.1, 0.1)))
    player.set_loop((0, SONG_SECONDS * RATE))
    player.set_pace(pace)
    player.play()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        player.levels()
        if busy:
            sum(number * number for number in range(50_000))  # some milliseconds of nothing but Python
        else:
            time.sleep(0.016)
    player.close()
    return opened[0]


def song_signals() -> dict[SignalKey, Samples]:
    """Four stems in two stages."""
    rng = np.random.default_rng(0)
    shape = (2, SONG_SECONDS * RATE)
    return {
        (stem, stage): rng.standard_normal(shape, np.float32)
        for stem in ("vocals", "bass", "drums", "other")
        for stage in (1, 2)
    }


if __name__ == "__main__":
    main()
