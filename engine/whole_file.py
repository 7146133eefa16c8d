"""Files that are written whole or not at all, whatever happens meanwhile, also when the power is cut."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from engine.errors import WriteError, write_error
from engine.said import say

_TRIES = 10
_WAIT_SECONDS = 0.1

Result = TypeVar("Result")


def on_disk(path: Path) -> bool:
    """Whether there is something; `Path.exists` says no to every error from Python 3.14 on.

    Raises:
        OSError: The disk does not say, as for a name that is too long, or that of a server which does not answer.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # the last one for a name with a zero byte
        return False
    return True


def patiently(move: Callable[[Path], Result], target: Path, platform: str = sys.platform) -> Result:
    """Rename or replace; on Windows again and again for a second, as long as another program looks into what is moved.

    Virus scanners and indexers open what was just written, and Windows moves nothing that is open; pip waits likewise.

    Args:
        move: Such as `part.replace`.
        target: What to call it with.
        platform: As in `sys.platform`.

    Raises:
        OSError: It cannot be moved.
    """
    for _try in range(_TRIES if platform == "win32" else 0):
        try:
            return move(target)
        except PermissionError:
            time.sleep(_WAIT_SECONDS)
    return move(target)


def force_to_disk(path: Path) -> None:
    """Wait until what was written to a file is on the disk.

    Disks note a file's new name or size before they write what is in it; when the power is cut in between, that is
    zeros.

    Raises:
        OSError: The disk does not take it.
    """
    with path.open("r+b") as file:  # Windows does this only for who may write
        os.fsync(file.fileno())


def make_folder(folder: Path) -> None:
    """Make a folder, and those it lies in, unless they are there.

    Raises:
        WriteError: The disk stands in the way.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(folder, error) from error


def part_path(path: Path) -> Path:
    """Where what belongs at a path is written until it is whole."""
    return path.with_name(path.name + ".part")


@contextmanager
def whole_file(path: Path) -> Generator[Path]:
    """A path to write to, beside the file whose place it takes when all went well; else what was there stays.

    Raises:
        WriteError: The disk stands in the way, also of what is done inside.
    """
    try:
        if on_disk(path) and not path.is_file():
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            raise WriteError(path, say("it is not an ordinary file"))  # a device, which a file would replace
        part = part_path(path)
        try:
            yield part
            force_to_disk(part)
            patiently(part.replace, path)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    except OSError as error:
        raise write_error(path, error) from error
