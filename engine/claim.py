"""A file that one process holds locked; the system lets go of it however the process ends, also when it is killed."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

# As a pattern of `Path.glob`.
_UUID = "[0-9a-f]" * 32


class HeldError(OSError):
    """Another process holds the lock."""


class Claim:
    """A lock that is held until `release`, or until the process ends."""

    def __init__(self, path: Path) -> None:
        """Create the file if need be and lock it.

        Raises:
            HeldError: Another process holds it.
            OSError: The file cannot be made or locked.
        """
        self._path = path
        self._file = _open_locked(path)

    def release(self) -> None:
        """Remove the file."""
        if sys.platform == "win32":
            self._file.close()  # Windows does not remove a file that is open
        with suppress(OSError):  # there, another process may just be trying to lock it; it may stay
            self._path.unlink(missing_ok=True)
        self._file.close()


def remove_abandoned(folder: Path) -> None:
    """Remove every folder NAME whose NAME.lock no process holds, where NAME is a UUID in hex.

    What cannot be removed now, such as what a killed process's child has open on Windows, goes the next time.
    """
    for lock in {path.with_suffix(".lock") for path in folder.glob(_UUID + "*")}:
        with suppress(OSError):  # its process lives
            claim = Claim(lock)
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            claim.release()


def open_alone(path: Path) -> BinaryIO:
    """Open a file to write and read, as the only one until it is closed; what it holds stays.

    Where the disk has no locks, nothing keeps others out.

    Raises:
        HeldError: Another process has it open so, or this one.
        OSError: It cannot be opened.
    """
    try:
        return _open_locked(path)
    except HeldError:
        raise
    except OSError:
        return _open(path)


def _open(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666), "r+b")


def _open_locked(path: Path) -> BinaryIO:
    while True:
        file = _open(path)
        try:
            _lock(file)
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        except FileNotFoundError:
            pass  # who held it has just removed or renamed it, and the lock is of no use
        except OSError as error:
            file.close()
            if error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
                raise HeldError(*error.args) from error
            raise
        file.close()


def _lock(file: BinaryIO) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
