"""What long commands share: a folder for large temporary files, a clean end on Ctrl-C, and names fit to print."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import platformdirs

from engine.errors import WriteError
from engine.progress import JobControl

CANCELLED_EXIT_CODE = 130  # 128 + SIGINT, as shells expect

_STOPS = [signal.SIGINT, signal.SIGTERM]
if sys.platform == "win32":
    _STOPS.append(signal.SIGBREAK)  # all that a program can send to one it started. Source: Python, Popen.send_signal


def printable(name: str) -> str:
    """A name without what would steer the terminal."""
    return "".join(character if character.isprintable() else "?" for character in name)


@contextmanager
def work_folder() -> Generator[Path]:
    """A folder for large temporary files, in the user's cache; removed at the end."""
    cache = platformdirs.user_cache_path("bandsaw", appauthor=False)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="work-", dir=cache))
    except OSError:
        # A home that cannot be written, as on some servers.
        try:
            folder = Path(tempfile.mkdtemp(prefix="bandsaw-"))
        except OSError as error:
            raise WriteError(cache, error.strerror or str(error)) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def cancelled_by_signals() -> Generator[JobControl]:
    """A control that Ctrl-C and a polite kill cancel, so that partial files are removed."""
    control = JobControl()

    def cancel(_number: int, _frame: FrameType | None) -> None:
        control.cancel()

    before = {number: signal.signal(number, cancel) for number in _STOPS}
    try:
        yield control
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
