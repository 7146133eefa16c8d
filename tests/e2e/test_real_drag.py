"""A real drag from the window into another program, with a real pointer on a screen of its own.

Needs Xvfb, openbox and xdotool, which are not part of the set-up; without them it is skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import soundfile

TOOLS = ("Xvfb", "openbox", "xdotool")
ROOT = Path(__file__).parents[2]
SOURCE = """
import sys
from pathlib import Path
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QApplication, QLabel
from app.compose import Parts, Studio
from app.settings import Places
from app.view.strip import StripView
from tests.support.fake_engine import FakeEngine, FakePlayer
folder = Path(sys.argv[1])
application = QApplication([])
places = Places(folder / "config", folder / "cache", folder / "logs")
studio = Studio(application, Parts(FakeEngine(), FakeEngine(), FakePlayer(), places, demo=None))
studio.window.move(0, 0)
studio.window.resize(900, 600)
studio.window.show()
song = folder / "Song.wav"
song.write_bytes(b"the fake engine does not read it")
studio.models.session.add([song])
def tell():
    strips = [view for view in studio.window.findChildren(StripView) if view.accessibleName() == "Vocals strip"]
    if not strips or not strips[0].isVisible():
        return
    label = next(each for each in strips[0].findChildren(QLabel) if each.text() == "Vocals")
    place = label.mapToGlobal(label.rect().center())
    print(place.x(), place.y(), flush=True)
    timer.stop()
timer = QTimer()
timer.timeout.connect(tell)
timer.start(200)
application.exec()
"""
TARGET = """
from PySide6.QtWidgets import QApplication, QLabel
class Target(QLabel):
    def dragEnterEvent(self, event):
        event.acceptProposedAction()
    def dropEvent(self, event):
        event.acceptProposedAction()
        print(*(url.toLocalFile() for url in event.mimeData().urls()), sep="\\n", flush=True)
application = QApplication([])
target = Target("drop here")
target.setAcceptDrops(True)
target.setGeometry(950, 100, 300, 300)
target.show()
print("ready", flush=True)
application.exec()
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(shutil.which(tool) for tool in TOOLS), reason=f"needs {', '.join(TOOLS)} for a screen with a pointer"
    ),
]

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts programs on a screen of their own and ends them all."""
    with ExitStack() as stack:

        def run(*command: str, **environment: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield run


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_stem_is_dragged_from_the_window_into_another_program(start: Start, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24"], pass_fds=[writer], stderr=subprocess.DEVNULL
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as numbers:
            display = f":{numbers.readline().strip()}"
        here = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)}
        start("openbox", **here)
        source = start(sys.executable, "-c", SOURCE, str(tmp_path), **here)
        target = start(sys.executable, "-c", TARGET, **here)
        assert line_of(target) == "ready"
        x, y = map(int, line_of(source).split())
        time.sleep(1.0)  # until the window manager has placed both

        def pointer(*words: object) -> None:
            subprocess.run(["xdotool", *map(str, words)], env={**os.environ, **here}, check=True)
            time.sleep(0.08)

        pointer("mousemove", x, y)
        pointer("mousedown", 1)
        for step in range(1, 6):
            pointer("mousemove", x + 4 * step, y)
        time.sleep(1.0)  # the file is written, then the drag begins
        for step in range(1, 11):
            pointer("mousemove", x + (1100 - x) * step // 10, y + (250 - y) * step // 10)
        pointer("mouseup", 1)
        dropped = Path(line_of(target))
        assert dropped.name == "Song (Vocals).wav"
        assert soundfile.info(dropped).frames == 22_050
    finally:
        screen.kill()
        screen.wait()
