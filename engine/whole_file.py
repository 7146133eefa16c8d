"""Files that are written whole or not at all."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.errors import WriteError


@contextmanager
def whole_file(path: Path) -> Generator[Path]:
    """A path to write to, beside the file whose place it takes when all went well; else what was there stays.

    Raises:
        WriteError: The disk stands in the way, also of what is done inside.
    """
    part = path.with_name(path.name + ".part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise WriteError(path, error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
