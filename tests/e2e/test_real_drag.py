"""Real drags between the window and another program, with a real pointer on a screen of its own.

Needs Xvfb, openbox and xdotool, which are not part of the set-up, and Qt's libraries for X11, or else is skipped.
"""

from __future__ import annotations

import ctypes
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import soundfile

from app.startup import display_obstacle

TOOLS = ("Xvfb", "openbox", "xdotool")
ROOT = Path(__file__).parents[2]
WINDOW = """
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
for name in sys.argv[2:]:
    studio.models.session.add([Path(name)])
def tell():
    strips = [view for view in studio.window.findChildren(StripView) if view.accessibleName() == "Vocals strip"]
    if not strips or not strips[0].isVisible():
        return
    print(*(song.source for song in studio.models.session.state.songs.items), flush=True)
    label = next(each for each in strips[0].findChildren(QLabel) if each.text() == "Vocals")
    place = label.mapToGlobal(label.rect().center())
    print(place.x(), place.y(), flush=True)
    timer.stop()
timer = QTimer()
timer.timeout.connect(tell)
timer.start(200)
application.exec()
"""
FILES = """
import sys
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QLabel
class Files(QLabel):
    def mouseMoveEvent(self, event):
        drag = QDrag(self)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(name) for name in sys.argv[1:]])
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)
application = QApplication([])
files = Files("drag me")
files.setGeometry(950, 100, 300, 300)
files.show()
print("ready", flush=True)
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


def missing() -> str:
    """What a real drag needs and is not here."""
    tools = [tool for tool in TOOLS if not shutil.which(tool)]
    return f"needs {', '.join(tools)}" if tools else display_obstacle({"DISPLAY": ":0"}, ctypes.CDLL)


pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(missing()), reason=missing())]

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


@pytest.fixture
def here() -> Iterator[dict[str, str]]:
    """The environment of programs on a screen of its own, as large as both windows beside each other."""
    reader, writer = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24"], pass_fds=[writer], stderr=subprocess.DEVNULL
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as numbers:
            display = f":{numbers.readline().strip()}"
        yield {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)}
    finally:
        screen.kill()
        screen.wait()


def song_in(folder: Path) -> Path:
    path = folder / "Song.wav"
    path.write_bytes(b"the fake engine does not read it")
    return path


def drag(here: dict[str, str], start: tuple[int, int], end: tuple[int, int], slowness: int) -> None:
    """Press, pull until the drag begins, carry, let go; at slowness 1 programs keep up if nothing else runs."""

    def pointer(*words: object) -> None:
        subprocess.run(["xdotool", *map(str, words)], env={**os.environ, **here}, check=True)
        time.sleep(0.08 * slowness)

    (x, y), (there_x, there_y) = start, end
    pointer("mousemove", x, y)
    pointer("mousedown", 1)
    for step in range(1, 6):
        pointer("mousemove", x + 4 * step, y)
    time.sleep(1.0 * slowness)  # a stem is written first
    for step in range(1, 11):
        pointer("mousemove", x + (there_x - x) * step // 10, y + (there_y - y) * step // 10)
    pointer("mouseup", 1)


def drag_until_heard(
    here: dict[str, str], start: tuple[int, int], end: tuple[int, int], listener: subprocess.Popen[str]
) -> str:
    """Drag, slower each time, until a program says something, and return its line."""
    assert listener.stdout is not None
    for slowness in (1, 2, 4, 8, 16):
        drag(here, start, end, slowness)
        if select.select([listener.stdout], [], [], 5.0 * slowness)[0]:
            return line_of(listener)
    pytest.fail("nothing was dropped")


def test_a_stem_is_dragged_from_the_window_into_another_program(
    here: dict[str, str], start: Start, tmp_path: Path
) -> None:
    start("openbox", **here)
    window = start(sys.executable, "-c", WINDOW, str(tmp_path), str(song_in(tmp_path)), **here)
    target = start(sys.executable, "-c", TARGET, **here)
    assert line_of(target) == "ready"
    assert line_of(window) == str(tmp_path / "Song.wav")
    x, y = map(int, line_of(window).split())
    time.sleep(1.0)  # until the window manager has placed both
    dropped = Path(drag_until_heard(here, (x, y), (1100, 250), target))
    assert dropped.name == "Song (Vocals).wav"
    assert soundfile.info(dropped).frames == 22_050


def test_a_song_is_dragged_from_another_program_into_the_window(
    here: dict[str, str], start: Start, tmp_path: Path
) -> None:
    start("openbox", **here)
    song = song_in(tmp_path)
    window = start(sys.executable, "-c", WINDOW, str(tmp_path), **here)
    files = start(sys.executable, "-c", FILES, str(song), **here)
    assert line_of(files) == "ready"
    time.sleep(2.0)  # until the window manager has placed both
    assert drag_until_heard(here, (1100, 250), (450, 300), window) == str(song)  # split, and its lanes on show
