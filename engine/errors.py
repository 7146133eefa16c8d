"""Errors the engine raises, as facts; the wording for people is one plain sentence, in English in `str(error)`.

Wrong arguments from a programmer are plain `ValueError`. Everything a user can meet derives from `EngineError`, whose
`kind` names it for machines (the `kind` of a JSON error line).
"""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from engine.said import say

# ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION, ERROR_USER_MAPPED_FILE. Source: Microsoft, winerror.h.
_IN_USE = (32, 33, 1224)

# Unless the user has told Windows otherwise, to which all that is longer is not there. Source: Microsoft, Maximum Path
# Length Limitation: 260 with the zero at the end.
_LONGEST_PATH = 259


class EngineError(Exception):
    """Something a user can meet and act on."""

    kind = "engine"

    @property
    def sentence(self) -> str:
        """The sentence, which a window may say in another language: see `engine.said`."""
        return self.args[0]

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
        super().__init__(say("cannot use {name!r}: {reason}", name=path.name, reason=reason))
        self.path = path
        self.reason = reason


class WriteError(EngineError):
    """An output could not be written; what was there before is untouched."""

    kind = "write"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(say("cannot write {path}: {reason}", path=str(path), reason=reason))
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
        errno.ENOSPC: say("the disk is full"),
        errno.EDQUOT: say("the disk quota is used up"),
        errno.EACCES: say("there is no permission to write there"),
        errno.EPERM: say("there is no permission to write there"),
        errno.EROFS: say("the disk is read-only"),
        errno.ENOENT: say("its folder is gone"),
        errno.ENOTDIR: say("its folder is a file"),
        errno.EEXIST: say("a file of that name is in the way"),
        errno.EISDIR: say("a folder of that name is in the way"),
        errno.ENAMETOOLONG: say("the name is too long"),
    }
    if not isinstance(error, OSError):
        return WriteError(path, say("the encoder failed; is the disk full or failing?"))
    if getattr(error, "winerror", None) in _IN_USE:
        return WriteError(path, say("another program has that file open; close it there first"))
    length = len(f"{path}.part")
    if platform == "win32" and error.errno == errno.ENOENT and length > _LONGEST_PATH:
        words = say(
            "Windows takes paths of {most} characters, and this has {length}", most=_LONGEST_PATH, length=length
        )
        return WriteError(path, words)
    other = say("the disk reports: {words}", words=error.strerror or str(error))
    return WriteError(path, reasons.get(error.errno or 0, other))


class ExistsError(EngineError):
    """An output file is already there and the request does not say what to do with it."""

    kind = "exists"

    def __init__(self, path: Path) -> None:
        super().__init__(
            say("{path} already exists: choose to overwrite it or to skip songs that are done", path=str(path))
        )
        self.path = path


class ModelError(EngineError):
    """A model is missing, damaged or not one of ours."""

    kind = "model"


class UnnamedOutputsError(ModelError):
    """Nothing says what the outputs of a network are; `usual` is what they most likely are, in their order."""

    def __init__(self, path: Path, usual: tuple[str, ...]) -> None:
        super().__init__(
            say("{file} does not say what its {count} outputs are; name them", file=path.name, count=len(usual))
        )
        self.path = path
        self.usual = usual


class DownloadError(EngineError):
    """A model's file could not be got; what had come of it stays where that helps."""

    kind = "download"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(say("cannot download {name!r}: {reason}", name=name, reason=reason))
        self.name = name
        self.reason = reason


class DeviceError(EngineError):
    """The requested device is not there or has not enough memory."""

    kind = "device"


class EngineProcessError(EngineError):
    """The engine's process died; `exit_code` is negative for a signal, as in `subprocess`."""

    kind = "crash"

    def __init__(self, exit_code: int | None) -> None:
        cause = say("exit code {code}", code=str(exit_code))
        if exit_code == -9:
            cause = say("it was killed, most likely because memory ran out")
        super().__init__(
            say("the engine process stopped unexpectedly ({cause}); nothing was written, please try again", cause=cause)
        )
        self.exit_code = exit_code


class SilentRangeError(EngineError):
    """Two mixes cannot be made equally loud, because one of them is silent in the range."""

    kind = "silent"

    def __init__(self) -> None:
        super().__init__(say("one of the two is silent in this range, so they cannot be made equally loud"))


class MismatchError(EngineError):
    """An audio file is not the true stem of this song: its length or channels differ."""

    kind = "mismatch"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(say("{name!r} does not fit this song: {reason}", name=path.name, reason=reason))
        self.path = path
        self.reason = reason


class InternalError(EngineError):
    """A fault of this program; `details` is for whoever mends it."""

    kind = "internal"

    def __init__(self, summary: str, details: str) -> None:
        super().__init__(say("a fault of this program, please report it: {summary}", summary=summary))
        self.summary = summary
        self.details = details


class Cancelled(Exception):  # noqa: N818 - an outcome the user asked for, not an error
    """The caller cancelled. Kept outside `EngineError` so that no handler reports it."""
