"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.errors import write_error


@contextmanager
def whole_file(path: Path) -> Generator[Path]:
    """A path to write to, beside the file whose place it takes when all went well; else what was there stays.

    Raises:
        WriteError: The disk stands in the way, also of what is done inside.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        part = path.with_name(path.name + ".part")
        try:
            yield part
            part.replace(path)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    except OSError as error:
        raise write_error(path, error) from error
