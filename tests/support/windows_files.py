"""Windows' rule for files, on Linux: what this process has open or mapped is not renamed, replaced or deleted."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def obey(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `os`, and what is built on it, refuse as Windows does, and the code know that it is on Windows.

    Source: Microsoft, CreateFileW: without FILE_SHARE_DELETE, which Python does not ask for, rename and delete fail.
    """
    monkeypatch.setattr(shutil, "_use_fd_functions", False)  # deletes by path, as there
    for name in ("rename", "replace", "unlink", "remove"):
        monkeypatch.setattr(os, name, _refusing(getattr(os, name)))


def in_use(path: Path) -> list[str]:
    """The files that this process has open or mapped, of a file or of all in a folder."""
    used = [str(fd.readlink()) for fd in list(Path("/proc/self/fd").iterdir()) if fd.is_symlink()]
    used += [line.split(maxsplit=5)[-1] for line in Path("/proc/self/maps").read_text().splitlines()]
    inside = str(path.absolute())
    return sorted({name for name in used if name == inside or name.startswith(inside + "/")})


def _refusing(change: Callable[..., Any]) -> Callable[..., Any]:
    def call(*names: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever `os` takes
        for name in names:
            if isinstance(name, str | os.PathLike) and in_use(Path(name)):
                raise PermissionError(errno.EACCES, "it is being used by another process", str(name))
        return change(*names, **options)

    return call
