"""The support file: a zip for whoever helps, with facts and logs, without audio and, at first, without names."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath

from app.settings import Places, Settings
from app.viewmodel.queue import Song, Songs
from app.viewmodel.status import StatusState, versions
from engine.api import AUDIO_SUFFIXES, whole_file

LOG_LINES = 200

_SHORTEST_NAME = 3  # a song called “a” must not make holes into every word
_SUFFIXES = "|".join(sorted(suffix.lstrip(".") for suffix in AUDIO_SUFFIXES))
_NAMES_OF_SOUND = (
    re.compile(rf"(?:[A-Za-z]:[\\/]|\\\\|/)[^\n]*?\.({_SUFFIXES})\b", re.IGNORECASE),  # whole paths
    re.compile(rf"(?<=['\"“‘])[^'\"“”‘’\n]+\.({_SUFFIXES})(?=['\"”’])", re.IGNORECASE),  # quoted names
    re.compile(rf"[^\s'\"“”/\\]+\.({_SUFFIXES})\b", re.IGNORECASE),  # what else looks like one
)
_OURS = ("bandsaw", "site-packages", "python")


@dataclass(frozen=True)
class SupportFacts:
    """What goes into a support file.

    Attributes:
        status: Device, speed, memory.
        sound: The sound device, and why there is no sound if there is none.
        settings: As they are now.
        songs: The queue.
        places: Where the logs are.
    """

    status: StatusState
    sound: str
    settings: Settings
    songs: Songs
    places: Places


class NameHider:
    """Puts a mark in place of every name of a file: the same for the same name, in one support file only."""

    def __init__(self, songs: Iterable[Song], home: PurePath) -> None:
        """Args: songs: Whose names are known; home: Of the user, whose folders are hidden as well."""
        self._salt = secrets.token_bytes(16)
        names = {name for song in songs for name in _names(song) if len(name) >= _SHORTEST_NAME}
        self._known = sorted(names, key=len, reverse=True)  # a path before the name in it
        # As Windows writes it, as JSON and tracebacks do, with each backslash twice, and as Qt does.
        parts = [re.escape(part) for part in re.split(r"[\\/]", str(home))]
        self._in_home = re.compile(r"[\\/]+".join(parts) + r"((?:[\\/][^\n\"'“”:,;]*)?)", re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """The text with marks in place of names."""
        for name in self._known:
            text = text.replace(name, self._mark(name)).replace(json.dumps(name)[1:-1], self._mark(name))
        for pattern in _NAMES_OF_SOUND:
            text = pattern.sub(lambda found: found[0] if "file-" in found[0] else self._mark(found[0]), text)
        return self._in_home.sub(lambda found: self._folder(found[0], found[1]), text)

    def _mark(self, name: str) -> str:
        suffix = Path(name).suffix.lower()
        digest = hashlib.blake2s(name.encode(errors="replace"), key=self._salt, digest_size=4).hexdigest()
        return f"file-{digest}{suffix if suffix in AUDIO_SUFFIXES else ''}"

    def _folder(self, path: str, inside: str) -> str:
        """A folder of the user's; those of this program and of Python stay readable."""
        if not inside or any(word in inside.lower() for word in _OURS) or "file-" in inside:
            return f"~{inside}"
        return f"~/{self._mark(path)}"


def write_support_file(path: Path, facts: SupportFacts, *, with_names: bool = False) -> None:
    """Write the zip.

    Raises:
        WriteError: It could not be written; what was there before is untouched.
    """
    hide = NameHider(facts.songs.items, Path.home())
    with whole_file(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in support_texts(facts).items():
            archive.writestr(name, text if with_names else hide(text))


def support_texts(facts: SupportFacts) -> Mapping[str, str]:
    """The files of the zip by name, before names are hidden; the last lines of each log, no audio."""
    described = {
        "versions": versions(),
        "status": facts.status.facts,
        "sound": facts.sound,
        "settings": asdict(facts.settings),
        "songs": [_song_facts(song) for song in facts.songs.items],
    }
    texts = {"facts.json": json.dumps(described, indent=1, ensure_ascii=False, default=str)}
    for log in (facts.places.log_file, facts.places.log_file.with_name("crash.log")):
        texts[log.name] = _last_lines(log)
    return texts


def _song_facts(song: Song) -> Mapping[str, object]:
    separation, problem = song.separation, song.problem
    found: dict[str, object] = {"file": str(song.source), "phase": song.phase}
    if song.progress is not None:
        found["progress"] = asdict(song.progress)
    if separation is not None:
        kept = (
            "sample_rate", "channels", "samples", "source_subtype", "stems", "stages", "model", "model_sha256",
            "quality", "device", "device_reason", "precision", "elapsed_seconds", "warnings",
        )  # fmt: skip
        found["separation"] = {name: getattr(separation, name) for name in kept}
    if problem is not None:
        found["problem"] = {"title": problem.title, "text": problem.text, "details": problem.details}
    return found


def _last_lines(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        return f"not there: {error.strerror}\n"
    return "\n".join(lines[-LOG_LINES:]) + "\n"


def _names(song: Song) -> Iterable[str]:
    yield from (str(song.source), song.source.name, song.source.stem)
    if song.separation is not None:
        yield from (song.separation.tags.title, song.separation.tags.artist, song.separation.tags.album)
