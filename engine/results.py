"""The library of finished separations, so that a song which was split once is never split again.

    folder/<key>/                   a separation; the time of its manifest is when it was used last
    folder/unfinished/<session>/    what one process works on: separations that are not whole, entries on their way out
    folder/unfinished/<session>.lock  locked as long as that process lives

Entries come and go by one rename, so that several processes can share the library.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import threading
import uuid
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from engine.claim import Claim, remove_abandoned
from engine.comparison import same_song
from engine.errors import DecodeError, WriteError, write_error
from engine.inference.request import SeparationRequest
from engine.model.bundled import file_sha256
from engine.model.catalog import model_sha256
from engine.progress import JobControl
from engine.said import say
from engine.separation import MANIFEST, SAMPLE_BYTES, SOURCE_KEY, Separation, load_separation
from engine.whole_file import force_to_disk, patiently

# Raise it when the same song, model and settings no longer give what an entry holds.
_VERSION = 1
_KEY = re.compile(r"[0-9a-f]{64}")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Result:
    """An entry of the library.

    Attributes:
        key: Its name.
        separation: What it holds.
        size_bytes: On disk.
        used_at: When it was opened last, in seconds since 1970.
    """

    key: str
    separation: Separation
    size_bytes: int
    used_at: float


def result_key(request: SeparationRequest, control: JobControl | None = None) -> str:
    """What the result of a request is kept under: song, weights, stems, stages and quality.

    Device and precision are left out: they change rounding, not what is computed, and where `auto` will run is not
    known before PyTorch is loaded.

    Args:
        request: Its song and model are hashed, unless the model is a bundled one; `folder` does not count.
        control: Cancels in the middle of a long file.

    Raises:
        DecodeError: The song cannot be read.
        ModelError: There is no such model.
        Cancelled: `control` asked for it.
    """
    try:
        song = file_sha256(request.source, (control or JobControl()).checkpoint)
    except OSError as error:
        words = say("it cannot be read ({words})", words=error.strerror or str(error))
        raise DecodeError(request.source, words) from error
    facts = [_VERSION, song, model_sha256(request.model), request.stems, sorted(request.stages), request.quality]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


class ResultsLibrary:
    """Finds, keeps and removes separations; safe from any thread.

    A separation that `find` or `keep` returned is held, which protects it from `trim`, until it is `release`d.

    Attributes:
        folder: Where it lies.
    """

    def __init__(self, folder: Path) -> None:
        """Nothing is written before there is something to keep."""
        self.folder = folder
        self._unfinished = folder / "unfinished"
        self._session = uuid.uuid4().hex
        self._claim: Claim | None = None
        self._held: Counter[str] = Counter()
        self._lock = threading.RLock()

    def work_folder(self) -> Path:
        """A path for a separation that is to be made; it does not exist yet, the folder around it does.

        Raises:
            WriteError: The library cannot be written to.
        """
        try:
            with self._lock:
                if self._claim is None:
                    self._unfinished.mkdir(parents=True, exist_ok=True)
                    self._claim = Claim(self._unfinished / f"{self._session}.lock")
                (self._unfinished / self._session).mkdir(exist_ok=True)
        except OSError as error:
            raise write_error(self.folder, error) from error
        return self._unfinished / self._session / uuid.uuid4().hex

    def find(self, key: str, source: Path) -> Separation | None:
        """Open an entry and hold it; a damaged one is removed.

        Args:
            key: From `result_key`.
            source: The song's file as it is named now.

        Raises:
            WriteError: The disk does not say now whether it is whole.
        """
        folder = self.folder / key
        if not _KEY.fullmatch(key):
            return None
        try:
            if not folder.is_dir():
                return None
            with self._lock:
                separation = load_separation(folder)
                _check_sizes(separation)
                self._held[key] += 1
        except (FileNotFoundError, ValueError) as error:
            _log.warning("removing a damaged entry of the library: %s", error)
            self.delete(key)
            return None
        except OSError as error:
            raise write_error(folder, error) from error
        with suppress(OSError):  # a library that can only be read still opens
            os.utime(folder / MANIFEST)
        return replace(separation, source=source)

    def keep(self, key: str, separation: Separation) -> Separation:
        """Move a new separation into the library and hold it; returns where it is now.

        Raises:
            WriteError: The disk stands in the way; the separation is removed.
        """
        target = self.folder / key
        try:
            for path in separation.folder.iterdir():  # its signals have their size before they have their sound
                force_to_disk(path)
            with self._lock:
                patiently(separation.folder.rename, target)
                self._held[key] += 1
        except OSError as error:
            shutil.rmtree(separation.folder, ignore_errors=True)
            found = self.find(key, separation.source)  # another process may have been first
            if found is None:
                raise write_error(target, error) from error
            return found
        return replace(separation, folder=target)

    def release(self, separation: Separation) -> None:
        """Let go of a separation, once for each time it was returned."""
        with self._lock:
            self._held[separation.folder.name] -= 1

    def entries(self) -> tuple[Result, ...]:
        """All entries, the one used last first."""
        found = [_result(folder) for folder in self._entry_folders()]
        return tuple(sorted((each for each in found if each), key=lambda each: each.used_at, reverse=True))

    def results_of(self, separation: Separation, control: JobControl | None = None) -> tuple[Separation, ...]:
        """All separations of one song, whatever it is called; that of `separation` first, then the one used last."""
        found: list[Separation] = []
        for entry in self.entries():
            with suppress(OSError):  # it goes meanwhile
                if same_song(separation, entry.separation, control):
                    found.append(replace(entry.separation, source=separation.source))
        return tuple(sorted(found, key=lambda each: each.folder != separation.folder))

    def delete(self, key: str) -> None:
        """Remove an entry, also one that is held; does nothing if there is none."""
        with self._lock:
            doomed = self._take_out(key)
        if doomed is not None:
            shutil.rmtree(doomed, ignore_errors=True)

    def trim(self, cap_bytes: int) -> None:
        """Remove what was not used for longest until the library fits; what is held stays."""
        entries = self.entries()
        size_bytes = sum(each.size_bytes for each in entries)
        for entry in reversed(entries):
            if size_bytes <= cap_bytes:
                return
            with self._lock:
                doomed = self._take_out(entry.key) if self._held[entry.key] <= 0 else None
            if doomed is not None:
                _log.info("removed %s from the library, to make room", entry.separation.source.name)
                shutil.rmtree(doomed, ignore_errors=True)
                size_bytes -= entry.size_bytes

    def tidy(self) -> None:
        """Remove what processes left unfinished that have ended, and damaged entries."""
        for folder in self._entry_folders():
            try:
                load_separation(folder)
            except ValueError:
                self.delete(folder.name)
            except OSError as error:
                _log.warning("%s is left as it is: %s", folder, error)
        remove_abandoned(self._unfinished)

    def close(self) -> None:
        """Remove what this process left unfinished."""
        with self._lock:
            if self._claim is not None:
                shutil.rmtree(self._unfinished / self._session, ignore_errors=True)
                self._claim.release()
                self._claim = None
                with suppress(OSError):  # another process works there
                    self._unfinished.rmdir()

    def _take_out(self, key: str) -> Path | None:
        """Take an entry out of the library in one step; returns what is left to delete."""
        folder = self.folder / key
        try:
            if not folder.is_dir():
                return None
            return patiently(folder.rename, self.work_folder())
        except (OSError, WriteError) as error:
            _log.warning("%s stays in the library: %s", folder, error)
            return None

    def _entry_folders(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return [path for path in self.folder.iterdir() if _KEY.fullmatch(path.name) and path.is_dir()]


def _check_sizes(separation: Separation) -> None:
    """Raise ValueError or OSError unless every signal has the length that the manifest says."""
    expected = separation.samples * separation.channels * SAMPLE_BYTES
    stems = [(stem, stage) for stem in separation.stems for stage in separation.stages]
    for key in (SOURCE_KEY, *stems):
        path = separation.path(key)
        if path.stat().st_size != expected:
            raise ValueError(f"{path} has not the length it should have")


def _result(folder: Path) -> Result | None:
    """Describe an entry; None if it goes meanwhile, is damaged or cannot be read."""
    try:
        separation = load_separation(folder)
        size_bytes = sum(path.stat().st_size for path in folder.iterdir())
        return Result(folder.name, separation, size_bytes, (folder / MANIFEST).stat().st_mtime)
    except (OSError, ValueError):
        return None
