"""A file that one process holds locked; the system lets go of it however the process ends, also when it is killed."""

from __future__ import annotations

import errno
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


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
        self._file = path.open("ab")
        try:
            _lock(self._file)
        except OSError as error:
            self._file.close()
            if error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
                raise HeldError(*error.args) from error
            raise

    def release(self) -> None:
        """Remove the file."""
        if sys.platform == "win32":
            self._file.close()  # Windows does not remove a file that is open
        with suppress(OSError):  # there, another process may just be trying to lock it; it may stay
            self._path.unlink(missing_ok=True)
        self._file.close()


def remove_abandoned(folder: Path) -> None:
    """Remove every folder NAME beside whose NAME.lock no process holds any more."""
    for lock in folder.glob("*.lock"):
        with suppress(OSError):  # its process lives
            claim = Claim(lock)
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            claim.release()


def _lock(file: BinaryIO) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
