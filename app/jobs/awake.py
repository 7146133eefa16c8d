"""Keeps the computer from going to sleep while songs are split or exported."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

Launcher = Callable[[Sequence[str]], "subprocess.Popen[bytes]"]

_END_SECONDS = 1.0

_log = logging.getLogger(__name__)


def launch(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a program that hears nothing but the end of its input, and says nothing."""
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class KeepAwake:
    """Asks the system to stay awake; where it cannot be asked, that is one line in the log."""

    def __init__(self, platform: str = sys.platform, launcher: Launcher = launch) -> None:
        """Args: platform: As in `sys.platform`; launcher: Starts the program that asks, where one is needed."""
        self._platform = platform
        self._launch = launcher
        self._child: subprocess.Popen[bytes] | None = None
        self._on = False
        self._told = False

    def set(self, on: bool) -> None:
        """Stay awake from now on, or no longer; call it from one thread only, which Windows ties this to."""
        if on == self._on:
            return
        self._on = on
        if self._platform == "win32":
            _set_execution_state(on)
        elif on:
            self._start()
        else:
            self._end()

    def _start(self) -> None:
        try:
            self._child = self._launch(self._command())
        except OSError as error:
            self._tell(str(error))

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        exit_code = child.poll()
        if exit_code:
            self._tell(f"exit code {exit_code}")
        if child.stdin is not None:
            with suppress(OSError):
                child.stdin.close()
        if self._platform == "darwin":
            child.terminate()
        try:
            child.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _command(self) -> list[str]:
        """A program that ends with this process, however that ends: by its pipe, or because it watches our id."""
        if self._platform == "darwin":
            return ["caffeinate", "-i", "-w", str(os.getpid())]
        what = ["--what=idle:sleep", "--who=Bandsaw", "--why=Splitting or exporting songs", "--mode=block"]
        return ["systemd-inhibit", *what, "cat"]

    def _tell(self, reason: str) -> None:
        if not self._told:
            _log.info("the computer may go to sleep while songs are split: %s", reason)
            self._told = True


def _set_execution_state(on: bool) -> None:
    """Source: Microsoft, SetThreadExecutionState: ES_CONTINUOUS keeps the state, ES_SYSTEM_REQUIRED is awake."""
    if sys.platform == "win32":
        import ctypes

        continuous, system_required = 0x80000000, 0x00000001
        ctypes.windll.kernel32.SetThreadExecutionState(continuous | (system_required if on else 0))
