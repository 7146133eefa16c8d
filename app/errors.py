"""Turns errors into what a musician can read and act on."""

from __future__ import annotations

import platform
import re
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.words import told, tr, tr_later
from engine.api import EngineError, InternalError, Said

Remedy = Literal["model", "settings", "retry", "none"]


@dataclass(frozen=True)
class Problem:
    """One thing that went wrong.

    Attributes:
        title: What could not be done, in a few words.
        text: Why, in one sentence.
        advice: What to do next.
        file: The song or file it is about.
        details: Technical text to copy into a report; never holds audio.
        remedy: What a button can offer: choose a model, change how to split, try again.
    """

    title: str
    text: str
    advice: str
    file: Path | None
    details: str
    remedy: Remedy


_WORDS: dict[str, tuple[str, str, Remedy]] = {
    "decode": (
        tr_later("This song cannot be read"),
        tr_later("Check that it plays in another program, or convert it to WAV or FLAC and drop it again."),
        "none",
    ),
    "model": (
        tr_later("There is no usable model"),
        tr_later("Press “Preferences…” and choose another model."),
        "model",
    ),
    "download": (
        tr_later("The model could not be downloaded"),
        tr_later("Check the network and try again; what has come is kept where possible."),
        "retry",
    ),
    "device": (
        tr_later("The network cannot run on this device"),
        tr_later("Choose another device, or close programs that use a lot of memory."),
        "settings",
    ),
    "write": (
        tr_later("The files could not be written"),
        tr_later("Check the free space and the permissions of the folder, or choose another one."),
        "retry",
    ),
    "exists": (
        tr_later("There are files in the way"),
        tr_later("Choose to replace or to skip what is already there, or another folder."),
        "none",
    ),
    "mismatch": (
        tr_later("This file cannot be the reference"),
        tr_later("Open the true stem of this song: the same recording, as long as the song."),
        "none",
    ),
    "silent": (
        tr_later("There is nothing to compare"),
        tr_later("Choose a range in which both can be heard."),
        "none",
    ),
    "crash": (
        tr_later("The splitting engine stopped"),
        tr_later("Try again. If it stops again, close other programs, or choose another model under “Preferences…”."),
        "settings",
    ),
}
_UNKNOWN: tuple[str, str, Remedy] = (
    tr_later("Something went wrong"),
    tr_later("Try again. If it happens again, please report it: Help, Save a support file has the details."),
    "retry",
)


def describe(error: BaseException, file: Path | None = None) -> Problem:
    """Say what `error` means for the user; an error the engine does not know is reported as a fault of ours."""
    if isinstance(error, EngineError):
        title, advice, remedy = _WORDS.get(error.kind, _UNKNOWN)
        text = _sentence(error.sentence)
    else:
        title, advice, remedy = _UNKNOWN
        text = tr("An unexpected error stopped the work; your song is unchanged.")
    return Problem(tr(title), text, tr(advice), file, _details(error, file), remedy)


def _sentence(words: str) -> str:
    text = told(words).strip()
    first = text[:1] if _begins_with_name(words) else text[:1].upper()
    return first + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _begins_with_name(words: str) -> bool:
    """Whether the first word is that of a file or a server, which is written as it is."""
    if not isinstance(words, Said):
        return False
    field = re.match(r"\{(\w+)", tr(words.template))
    return field is not None and not isinstance(words.values[field[1]], Said)


def _details(error: BaseException, file: Path | None) -> str:
    lines = [
        f"{type(error).__name__}: {error}",
        f"file: {file}" if file else "file: -",
        f"system: {platform.platform()}, Python {platform.python_version()}",
        "",
        "".join(traceback.format_exception(error)).strip(),
        error.details if isinstance(error, InternalError) else "",
    ]
    return "\n".join(lines).strip()
