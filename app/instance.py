"""One window per user: a second start hands its songs over to the first and ends."""

from __future__ import annotations

import ctypes
import hashlib
import json
import logging
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, QLockFile, QObject, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from engine.api import from_json_text

_WAIT_MS = 500
_PATIENCE_SECONDS = 5.0  # the first one may be starting itself
_LARGEST_BYTES = 4_000_000
_THANKS = b"ok\n"
_ANY_PROCESS = -1

_log = logging.getLogger(__name__)


class SingleInstance(QObject):
    """Decides who is the first, with a lock that a killed process loses, and listens for the others."""

    received = Signal(object)  # tuple[Path, ...]: what another start was given; may be empty

    def __init__(self, folder: Path) -> None:
        """Args: folder: The user's own; each folder has one first process."""
        super().__init__()
        self._folder = folder
        # Of the socket; the folder is per user, so the name is too.
        self.name = "bandsaw-" + hashlib.sha256(str(folder).encode(errors="surrogateescape")).hexdigest()[:16]
        self._server: QLocalServer | None = None
        self._lock = QLockFile(str(folder / "bandsaw.lock"))
        self._lock.setStaleLockTime(0)  # never by age: only a process that is gone loses it

    def claim(self) -> bool:
        """Become the one that others hand their songs to; False if another process is.

        A folder that cannot be written to is logged; every start then has a window of its own.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            _log.warning("other starts will open windows of their own: %s", error)
            return True
        if not self._lock.tryLock(0):
            return self._lock.error() != QLockFile.LockError.LockFailedError
        QLocalServer.removeServer(self.name)  # what a killed process left
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._on_connection)
        if not server.listen(self.name):
            _log.warning("other starts cannot hand their songs over: %s", server.errorString())
        self._server = server
        return True

    def hand_over(self, files: Sequence[Path]) -> bool:
        """Give songs to the first process, which shows its window; False if it does not answer."""
        message = json.dumps([str(file) for file in files]).encode("ascii") + b"\n"
        if sys.platform == "win32":
            # Windows lets the first one come to the front only if the one that was just started allows it.
            ctypes.windll.user32.AllowSetForegroundWindow(_ANY_PROCESS)  # Source: Microsoft, AllowSetForegroundWindow
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            socket = QLocalSocket()
            socket.connectToServer(self.name)
            if socket.waitForConnected(_WAIT_MS):
                socket.write(message)
                return _thanked(socket, deadline)
            time.sleep(0.05)
        return False

    def close(self) -> None:
        """Let another process be the first."""
        if self._server is not None:
            self._server.close()
        self._lock.unlock()

    def _on_connection(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()):
            socket.readyRead.connect(self._on_data)
            socket.disconnected.connect(socket.deleteLater)

    def _on_data(self) -> None:
        socket = cast("QLocalSocket", self.sender())
        if socket.bytesAvailable() > _LARGEST_BYTES:
            socket.abort()
        elif socket.canReadLine():
            line = bytes(socket.readLine().data())
            socket.write(_THANKS)
            socket.disconnectFromServer()
            try:
                names = cast("list[str]", from_json_text(line))
                self.received.emit(tuple(Path(name) for name in names))
            except (TypeError, ValueError) as error:
                _log.warning("not understood what another start said: %s", error)


class OpenedFiles(QObject):
    """Hears of songs that macOS was asked to open with this program: dropped on its icon, or double-clicked."""

    received = Signal(object)  # tuple[Path, ...]

    def __init__(self, application: QObject) -> None:
        """Args: application: The QApplication, which is told by the system. Source: Qt, QFileOpenEvent."""
        super().__init__(application)
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take songs that are to be opened."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self.received.emit((Path(event.file()),))
            return True
        return super().eventFilter(watched, event)


def _thanked(socket: QLocalSocket, deadline: float) -> bool:
    while not socket.canReadLine() and time.monotonic() < deadline:
        if not socket.waitForReadyRead(_WAIT_MS) and socket.state() != QLocalSocket.LocalSocketState.ConnectedState:
            break
    return socket.readLine().data() == _THANKS
