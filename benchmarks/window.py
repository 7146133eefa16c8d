"""How quickly the window opens, shows the lanes of a song, and draws while one zooms and scrolls.

Frames are timed by the process's CPU time, five passes over the same movement, and each step counts with its best pass,
so that other work on the machine does not count. Run it as `python benchmarks/window.py [--seconds 240] [--json FILE]`
with QT_QPA_PLATFORM=offscreen where there is no screen; it prints a table.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # the app beside us, installed or not

from PySide6.QtWidgets import QApplication

from app.compose import Parts, Studio
from app.playback.player import Player
from app.settings import Places
from app.viewmodel.look import Compare
from engine.api import (
    JobControl,
    OverviewRequest,
    ProgressCallback,
    Separation,
    SeparationRequest,
    build_overviews,
    ignore_progress,
)
from tests.support.fake_engine import FakeEngine
from tests.support.separations import make_separation

RATE = 44_100
SIZE = (1400, 900)
PASSES = 5
STEPS = 100
_OPEN = """
import time; start = time.perf_counter()
import gc, tempfile
from pathlib import Path
import app.__main__
gc.disable()
from PySide6.QtWidgets import QApplication
from app.compose import Parts, Studio
from app.playback.player import Player
from app.settings import Places
from engine.api import EngineProcess
application = QApplication([])
home = Path(tempfile.mkdtemp())
parts = Parts(EngineProcess(), EngineProcess(), Player(outputs=()), Places(home, home, home), None)
studio = Studio(application, parts)
studio.start(())
studio.window.grab()
visible = time.perf_counter()
application.processEvents()
print(visible - start, time.perf_counter() - start)
studio.close()
"""


def opening_seconds() -> tuple[float, float]:
    """From the first import until the empty window is painted, and until it has answered all events.

    Python's compiled files are there, as after the first start of an installed program.
    """
    runs = []
    with tempfile.TemporaryDirectory() as compiled:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-c", _OPEN]
        for _run in range(1 + PASSES):
            result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            runs.append([float(number) for number in result.stdout.split()])
    visible, usable = np.median(runs[1:], axis=0)
    return float(visible), float(usable)


class PreparedEngine(FakeEngine):
    """Hands out a separation that was made before, with its drawings."""

    def __init__(self, separation: Separation) -> None:
        super().__init__()
        self._separation = separation
        self.ready_at = 0.0

    def separate(
        self,
        request: SeparationRequest,
        on_progress: ProgressCallback = ignore_progress,
        control: JobControl | None = None,
    ) -> Separation:
        """Put it where it is wanted."""
        del on_progress, control
        shutil.copytree(self._separation.folder, request.folder, copy_function=os.link)
        self.ready_at = time.perf_counter()
        return replace(self._separation, folder=request.folder, source=request.source)


class Bench:
    """One window with one song of noise."""

    def __init__(self, application: QApplication, home: Path, seconds: float) -> None:
        self._application = application
        self._song = home / "song.wav"
        self._song.write_bytes(b"any")
        self.separation = make_separation(home / "song", samples=round(seconds * RATE))
        build_overviews(OverviewRequest(self.separation))
        self._engine = PreparedEngine(self.separation)
        places = Places(home / "config", home / "cache", home / "logs")
        self.studio = Studio(application, Parts(self._engine, self._engine, Player(outputs=()), places, None))
        self.studio.window.resize(*SIZE)
        self.studio.window.show()
        self.display = self.studio.models.display

    def lanes_seconds(self) -> float:
        """From stems and drawings on disk until all lanes are painted."""
        session = self.studio.models.session
        session.add([self._song])
        while session.state.page != "ready":
            self._application.processEvents()
        self.studio.window.grab()
        return time.perf_counter() - self._engine.ready_at

    def frames_ms(self, begin: Callable[[], None], step: Callable[[int], None]) -> tuple[float, float]:
        """Median and 95th percentile of one movement."""
        passes = []
        for _pass in range(PASSES):
            begin()
            self._application.processEvents()
            times = []
            for number in range(STEPS):
                before = time.process_time()
                step(number)
                self._application.processEvents()
                times.append(1e3 * (time.process_time() - before))
            passes.append(times)
        best = np.min(passes, axis=0)
        return float(np.median(best)), float(np.percentile(best, 95))

    def movements(self) -> dict[str, tuple[float, float]]:
        """Every movement in the present way to compare."""
        display, middle = self.display, self.separation.samples / 2
        close = SIZE[0] * 80 / self.separation.samples  # 80 samples per pixel, where drawing changes its source

        def at(share: float) -> Callable[[], None]:
            def go() -> None:
                display.fit()
                display.zoom(middle, share)

            return go

        half = STEPS // 2
        return {
            "zoom from all to samples": self.frames_ms(display.fit, lambda _n: display.zoom(middle, 0.9)),
            "slow zoom": self.frames_ms(at(close), lambda n: display.zoom(middle, 0.98 if n < half else 1 / 0.98)),
            "scroll at a tenth": self.frames_ms(at(0.1), lambda n: display.pan(0.02 if n < half else -0.02)),
            "scroll near": self.frames_ms(at(close), lambda n: display.pan(0.02 if n < half else -0.02)),
        }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=240.0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    visible, usable = opening_seconds()
    print(f"window painted {visible:.2f} s after the first import, usable after {usable:.2f} s")
    application = QApplication([])
    with tempfile.TemporaryDirectory() as home:
        bench = Bench(application, Path(home), options.seconds)
        lanes = bench.lanes_seconds()
        print(f"lanes of {options.seconds:.0f} s painted after {1000 * lanes:.0f} ms")
        results: dict[str, dict[str, tuple[float, float]]] = {}
        for mode in get_args(Compare):
            bench.display.set_look(compare=mode)
            results[mode] = bench.movements()
            for name, (median, late) in results[mode].items():
                print(f"{mode:14s} {name:26s} p50 {median:5.1f} ms   p95 {late:5.1f} ms")
        bench.studio.window.close()
        bench.studio.close()
    if options.json:
        facts = {"visible_s": visible, "usable_s": usable, "lanes_s": lanes, "frames_p50_p95_ms": results}
        options.json.write_text(json.dumps(facts, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
