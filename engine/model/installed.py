"""The user's own models: a checkpoint NAME.<suffix> and a record NAME.json each, in one folder; loads no torch.

A model is there as soon as its record is, which is written last and removed first.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import platformdirs
from pathvalidate import is_valid_filename

from engine.checked import checked, from_json_text
from engine.claim import Claim, HeldError
from engine.errors import ModelError, write_error
from engine.model.entry import ModelEntry, Score
from engine.said import from_json, say, to_json
from engine.whole_file import whole_file

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_RECORD = ".json"
_RECORDED = ("stems", "parameters", "size_bytes", "licence", "source", "scores", "sha256", "published", "url")
# What records of earlier versions lack.
_SINCE: dict[str, Any] = {"architecture": ""}


def models_folder() -> Path:
    """Where this operating system wants them; need not exist."""
    return platformdirs.user_data_path("bandsaw", appauthor=False) / "models"


def is_model_name(name: str) -> bool:
    """Whether a model can have this name: it is part of file names on every system, and never looks like a path."""
    return bool(_NAME.fullmatch(name)) and is_valid_filename(name, platform="universal")


def installed_entries() -> list[ModelEntry]:
    """The user's models by name; their files are looked at, not read."""
    return [_entry(record) for record in sorted(models_folder().glob("*" + _RECORD)) if is_model_name(record.stem)]


def installed_entry(name: str) -> ModelEntry | None:
    """One of the user's models; None if there is none of this name."""
    record = models_folder() / (name + _RECORD)
    return _entry(record) if is_model_name(name) and record.is_file() else None


def write_record(entry: ModelEntry) -> None:
    """Put a model, whose file is in its place, into the list.

    Raises:
        WriteError: The record cannot be written; the model is not in the list.
    """
    if entry.file is None:
        raise ValueError("a model without a file is not installed")
    values = dataclasses.asdict(entry)
    recorded = {name: values[name] for name in (*_RECORDED, *_SINCE)} | {"source": to_json(entry.source)}
    text = json.dumps({"file": entry.file.name, **recorded}, indent=1)
    with whole_file(entry.file.with_name(entry.name + _RECORD)) as part:
        part.write_text(text, encoding="ascii")


def remove_files(name: str) -> bool:
    """Remove a model and what is there of a download of it; returns whether there was anything.

    Raises:
        WriteError: A file cannot be removed.
    """
    folder = models_folder()
    record = folder / (name + _RECORD)
    found = [record] if record.is_file() else []
    found += [path for path in folder.glob(name + ".*") if path not in (record, folder / (name + ".lock"))]
    for path in found:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise write_error(path, error) from error
    return bool(found)


@contextmanager
def claimed(name: str) -> Generator[Path]:
    """The folder, while no other process may add, download or remove a model of this name.

    Raises:
        ModelError: Another process does.
        WriteError: The folder cannot be written to.
    """
    folder = models_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        claim = Claim(folder / (name + ".lock"))
    except HeldError as error:
        words = say("another Bandsaw is working on the model {name!r}; wait until it is done", name=name)
        raise ModelError(words) from error
    except OSError as error:
        raise write_error(folder, error) from error
    try:
        yield folder
    finally:
        claim.release()


def _entry(record: Path) -> ModelEntry:
    name = record.stem
    try:
        values = cast("dict[str, Any]", from_json_text(record.read_text(encoding="ascii")))
        file = record.with_name(values["file"])
        if file.stem != name or file.parent != record.parent:
            raise ValueError(f"it names the file {file}")
        facts: dict[str, Any] = {each: values[each] for each in _RECORDED}
        facts |= {each: values.get(each, before) for each, before in _SINCE.items()}
        facts["source"] = from_json(facts["source"])
        facts["stems"] = tuple(facts["stems"])
        facts["scores"] = tuple(Score(**each) for each in facts["scores"])
        entry = checked(ModelEntry(name, "installed", file=file, **facts))
    except (OSError, KeyError, TypeError, ValueError):
        return ModelEntry(name, "damaged", remark=say("its record {file} cannot be read", file=record.name))
    try:
        whole = file.stat().st_size == entry.size_bytes
        remark = "" if whole else say("its file has not the size that it had when it was added")
    except OSError:
        remark = say("its file is missing")
    return dataclasses.replace(entry, state="damaged", remark=remark) if remark else entry
