"""One window per user, with real sockets, locks and processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.instance import OpenedFiles, SingleInstance

ROOT = Path(__file__).parents[2]
SECOND = (
    "import sys\nfrom pathlib import Path\nfrom app.instance import SingleInstance\n"
    "from PySide6.QtCore import QCoreApplication\napplication = QCoreApplication([])\n"
    "instance = SingleInstance(Path(sys.argv[1]))\n"
    "sys.exit(3 if instance.claim() else 0 if instance.hand_over([Path(name) for name in sys.argv[2:]]) else 4)\n"
)
KILLED = (
    "import os, signal, sys\nfrom pathlib import Path\nfrom app.instance import SingleInstance\n"
    "from PySide6.QtCore import QCoreApplication\napplication = QCoreApplication([])\n"
    "instance = SingleInstance(Path(sys.argv[1]))\nprint(instance.claim(), flush=True)\n"
    "os.kill(os.getpid(), signal.SIGKILL)\n"
)

Opener = Callable[[], SingleInstance]


@pytest.fixture
def instance(qapp: object, tmp_path: Path) -> Iterator[Opener]:
    del qapp
    made: list[SingleInstance] = []

    def open_it() -> SingleInstance:
        made.append(SingleInstance(tmp_path / "config"))
        return made[-1]

    yield open_it
    for each in made:
        each.close()


def test_a_second_start_hands_its_songs_to_the_first_and_ends(qtbot: QtBot, instance: Opener, tmp_path: Path) -> None:
    first = instance()
    assert first.claim()
    files = [tmp_path / "日本 🎸.wav", tmp_path / "b;{}'%#.mp3"]
    command = [sys.executable, "-B", "-c", SECOND, tmp_path / "config", *files]
    with qtbot.waitSignal(first.received) as received:
        second = subprocess.Popen(command, cwd=ROOT)
    assert received.args is not None
    assert received.args[0] == tuple(files)
    qtbot.waitUntil(lambda: second.poll() is not None)
    assert second.returncode == 0


def test_a_start_without_songs_only_asks_for_the_window(qtbot: QtBot, instance: Opener, tmp_path: Path) -> None:
    first = instance()
    assert first.claim()
    with qtbot.waitSignal(first.received) as received:
        second = subprocess.Popen([sys.executable, "-B", "-c", SECOND, tmp_path / "config"], cwd=ROOT)
    assert received.args == [()]
    qtbot.waitUntil(lambda: second.poll() is not None)
    assert second.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal")
def test_what_a_killed_process_left_blocks_nobody(qtbot: QtBot, instance: Opener, tmp_path: Path) -> None:
    command = [sys.executable, "-B", "-c", KILLED, tmp_path / "config"]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert killed.stdout == "True\n"
    assert killed.returncode == -9
    assert list((tmp_path / "config").iterdir()) != []
    test_a_second_start_hands_its_songs_to_the_first_and_ends(qtbot, instance, tmp_path)


def test_only_one_of_two_is_the_first_until_it_ends(instance: Opener) -> None:
    one, two = instance(), instance()
    assert one.claim()
    assert not two.claim()
    one.close()
    assert two.claim()


def test_a_first_process_that_does_not_answer_is_not_waited_for_without_end(
    instance: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.instance._PATIENCE_SECONDS", 0.2)
    assert instance().claim()  # nobody runs its event loop
    assert not instance().hand_over([])


def test_a_folder_that_cannot_be_written_gives_every_start_its_window(
    qapp: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    del qapp
    (tmp_path / "file").write_text("not a folder")
    assert SingleInstance(tmp_path / "file" / "config").claim()
    assert "windows of their own" in caplog.text


@pytest.mark.parametrize("text", [b"{\n", b"7\n", b"[1]\n"])
def test_what_is_not_understood_is_logged_and_answered(
    qtbot: QtBot, instance: Opener, text: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    from PySide6.QtNetwork import QLocalSocket

    first = instance()
    assert first.claim()
    socket = QLocalSocket()
    socket.connectToServer(first.name)
    socket.write(text)
    qtbot.waitUntil(lambda: "not understood" in caplog.text)
    socket.abort()


def test_songs_that_the_system_opens_with_the_program_are_received(qapp: QApplication) -> None:
    opened = OpenedFiles(qapp)
    received: list[object] = []
    opened.received.connect(received.append)
    event = QFileOpenEvent("/Music/Song é.wav")
    assert qapp.sendEvent(qapp, event)
    qapp.sendEvent(qapp, QEvent(QEvent.Type.User))
    qapp.removeEventFilter(opened)
    opened.deleteLater()
    assert received == [(Path("/Music/Song é.wav"),)]
