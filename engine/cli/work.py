"""What long commands share: a folder for large temporary files, a clean end on Ctrl-C, and names fit to print."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import uuid
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

import platformdirs

from engine.claim import Claim, remove_abandoned
from engine.errors import write_error
from engine.progress import JobControl

_KILLS = [signal.SIGTERM]
if sys.platform == "win32":
    _KILLS.append(signal.SIGBREAK)  # all that a program can send to one it started. Source: Python, Popen.send_signal
else:
    _KILLS.append(signal.SIGHUP)  # the terminal was closed


def printable(name: str) -> str:
    """A name without what would steer the terminal."""
    return "".join(character if character.isprintable() else "?" for character in name)


def tell(line: str) -> None:
    """Say something that is not the result."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


@contextmanager
def work_folder() -> Generator[Path]:
    """A folder for large temporary files, in the user's cache; removed at the end, or by the next one after a kill."""
    cache = platformdirs.user_cache_path("bandsaw", appauthor=False) / "work"
    with ExitStack() as stack:
        try:
            folder = _claimed_folder(cache, stack)
        except OSError:
            # A home that cannot be written, as on some servers.
            try:
                folder = Path(tempfile.mkdtemp(prefix="bandsaw-"))
            except OSError as error:
                raise write_error(cache, error) from error
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        yield folder


def _claimed_folder(cache: Path, stack: ExitStack) -> Path:
    cache.mkdir(parents=True, exist_ok=True)
    remove_abandoned(cache)
    folder = cache / uuid.uuid4().hex
    stack.callback(Claim(folder.with_suffix(".lock")).release)
    folder.mkdir()
    return folder


@contextmanager
def killed_like_interrupted() -> Generator[None]:
    """A polite kill ends the block as Ctrl-C does, so that temporary files are removed."""
    with _handled(_KILLS, signal.default_int_handler):
        yield


@contextmanager
def cancelled_by_signals() -> Generator[JobControl]:
    """A control that Ctrl-C and a polite kill cancel, so that partial files are removed."""
    control = JobControl()

    def cancel(_number: int, _frame: FrameType | None) -> None:
        control.cancel()

    with _handled([signal.SIGINT, *_KILLS], cancel):
        yield control


@contextmanager
def _handled(numbers: Sequence[signal.Signals], handler: Callable[[int, FrameType | None], None]) -> Generator[None]:
    """Handle signals in the block, but not what whoever started the program wants ignored, as `nohup` does."""
    heard = [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in heard}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)
