"""Errors the engine raises, as facts; the wording for people is one plain sentence in `str(error)`.

Wrong arguments from a programmer are plain `ValueError`. Everything a user can meet derives from `EngineError`, whose
`kind` names it for machines (the `kind` of a JSON error line).
"""

from __future__ import annotations

import errno
import sys
from pathlib import Path

# ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION, ERROR_USER_MAPPED_FILE. Source: Microsoft, winerror.h.
_IN_USE = (32, 33, 1224)

# Unless the user has told Windows otherwise, to which all that is longer is not there. Source: Microsoft, Maximum Path
# Length Limitation: 260 with the zero at the end.
_LONGEST_PATH = 259


class EngineError(Exception):
    """Something a user can meet and act on."""

    kind = "engine"

    def __reduce__(self) -> tuple[object, ...]:
        # Python would make a copy, or one for another process, by giving the sentence to the constructor.
        return _again, (type(self), self.args, vars(self))


def _again(kind: type[EngineError], sentence: tuple[object, ...], facts: dict[str, object]) -> EngineError:
    error = kind.__new__(kind, *sentence)
    vars(error).update(facts)
    return error


class DecodeError(EngineError):
    """The file exists but holds no audio we can use."""

    kind = "decode"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot use {path.name!r}: {reason}")
        self.path = path
        self.reason = reason


class WriteError(EngineError):
    """An output could not be written; what was there before is untouched."""

    kind = "write"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot write {path}: {reason}")
        self.path = path
        self.reason = reason


def write_error(path: Path, error: Exception, platform: str = sys.platform) -> WriteError:
    """Say in our words why a path could not be written: the disk's own word for it, or a library's failure.

    Args:
        path: What was to be written.
        error: What was raised.
        platform: As in `sys.platform`.
    """
    reasons = {
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "the disk quota is used up",
        errno.EACCES: "there is no permission to write there",
        errno.EPERM: "there is no permission to write there",
        errno.EROFS: "the disk is read-only",
        errno.ENOENT: "its folder is gone",
        errno.ENOTDIR: "its folder is a file",
        errno.EEXIST: "a file of that name is in the way",
        errno.EISDIR: "a folder of that name is in the way",
        errno.ENAMETOOLONG: "the name is too long",
    }
    if not isinstance(error, OSError):
        return WriteError(path, "the encoder failed; is the disk full or failing?")
    if getattr(error, "winerror", None) in _IN_USE:
        return WriteError(path, "another program has that file open; close it there first")
    length = len(f"{path}.part")
    if platform == "win32" and error.errno == errno.ENOENT and length > _LONGEST_PATH:
        return WriteError(path, f"Windows takes paths of {_LONGEST_PATH} characters, and this has {length}")
    return WriteError(path, reasons.get(error.errno or 0, f"the disk reports: {error.strerror or error}"))


class ExistsError(EngineError):
    """An output file is already there and the request does not say what to do with it."""

    kind = "exists"

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} already exists: choose to overwrite it or to skip songs that are done")
        self.path = path


class ModelError(EngineError):
    """A model is missing, damaged or not one of ours."""

    kind = "model"


class UnnamedOutputsError(ModelError):
    """Nothing says what the outputs of a network are; `usual` is what they most likely are, in their order."""

    def __init__(self, path: Path, usual: tuple[str, ...]) -> None:
        super().__init__(f"{path.name} does not say what its {len(usual)} outputs are; name them")
        self.path = path
        self.usual = usual


class DownloadError(EngineError):
    """A model's file could not be got; what had come of it stays where that helps."""

    kind = "download"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"cannot download {name!r}: {reason}")
        self.name = name
        self.reason = reason


class DeviceError(EngineError):
    """The requested device is not there or has not enough memory."""

    kind = "device"


class EngineProcessError(EngineError):
    """The engine's process died; `exit_code` is negative for a signal, as in `subprocess`."""

    kind = "crash"

    def __init__(self, exit_code: int | None) -> None:
        cause = "it was killed, most likely because memory ran out" if exit_code == -9 else f"exit code {exit_code}"
        super().__init__(f"the engine process stopped unexpectedly ({cause}); nothing was written, please try again")
        self.exit_code = exit_code


class SilentRangeError(EngineError):
    """Two mixes cannot be made equally loud, because one of them is silent in the range."""

    kind = "silent"

    def __init__(self) -> None:
        super().__init__("one of the two is silent in this range, so they cannot be made equally loud")


class MismatchError(EngineError):
    """An audio file is not the true stem of this song: its length or channels differ."""

    kind = "mismatch"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name!r} does not fit this song: {reason}")
        self.path = path
        self.reason = reason


class InternalError(EngineError):
    """A fault of this program; `details` is for whoever mends it."""

    kind = "internal"

    def __init__(self, summary: str, details: str) -> None:
        super().__init__(f"a fault of this program, please report it: {summary}")
        self.summary = summary
        self.details = details


class Cancelled(Exception):  # noqa: N818 - an outcome the user asked for, not an error
    """The caller cancelled. Kept outside `EngineError` so that no handler reports it."""
