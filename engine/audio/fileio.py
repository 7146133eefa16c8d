"""Files handed to C libraries through callbacks, which cannot pass a Python exception on."""

from __future__ import annotations

import errno
import os
from typing import BinaryIO

_MOVE_BYTES = 1_000_000


class CallbackFile:
    """A binary file that keeps its first error instead of raising it inside a library's callback.

    It has no `name`, so a library can only judge the content, never the file's suffix.

    Attributes:
        error: The first error; see `check`.
    """

    def __init__(self, file: BinaryIO, start_bytes: int = 0) -> None:
        """Show `file` from `start_bytes` on as if it began there."""
        self._file = file
        self._start_bytes = start_bytes
        self.error: OSError | None = None

    @property
    def at_end(self) -> bool:
        """Whether all of it has been read."""
        return self._file.tell() >= os.fstat(self._file.fileno()).st_size

    def check(self) -> None:
        """Raise the first error; for the owner, after each call into the library."""
        if self.error:
            raise self.error

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move as `io` files do; -1 for a place that cannot be, which only a damaged header asks for."""
        base = self._start_bytes if whence == os.SEEK_SET else 0
        try:
            self._file.seek(base + offset, whence)
        except OSError as error:
            if error.errno != errno.EINVAL:
                self.error = self.error or error
            return -1
        return self.tell()

    def tell(self) -> int:
        """The position, counted from where this file is shown to begin."""
        return self._file.tell() - self._start_bytes

    def read(self, count: int = -1) -> bytes:
        """Read up to `count` bytes; nothing after an error."""
        try:
            return b"" if self.error else self._file.read(count)
        except OSError as error:
            self.error = error
            return b""

    def write(self, data: bytes) -> int:
        """Write `data` and report all of it as written, also after an error: `error` has the truth."""
        if self.error is None:
            try:
                return self._file.write(data)
            except OSError as error:
                self.error = error
        return len(data)


def insert_bytes(file: BinaryIO, position: int, data: bytes) -> None:
    """Put `data` into a file at `position` and move what is behind it, from the end on, so that no copy is needed."""
    end = file.seek(0, os.SEEK_END)
    while end > position:
        start = max(position, end - _MOVE_BYTES)
        file.seek(start)
        piece = file.read(end - start)
        file.seek(start + len(data))
        file.write(piece)
        end = start
    file.seek(position)
    file.write(data)
