"""All models in one list, and which weights a name means; loads no torch."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from engine.errors import ModelError
from engine.model.bundled import (
    DAMAGED,
    bundled_entries,
    bundled_models,
    checkpoint_sha256,
    downloadable_entries,
    file_sha256,
    is_there,
    unusable_bundled,
)
from engine.model.entry import ModelEntry
from engine.model.installed import (
    claimed,
    installed_entries,
    installed_entry,
    is_model_name,
    models_folder,
    remove_files,
)
from engine.progress import JobControl
from engine.said import say

# What is wrong with one of the user's models whose file no longer has its SHA-256.
CHANGED = say("its file is damaged, for it is not what it was when it was added")


def list_models() -> list[ModelEntry]:
    """The bundled models, the user's, and those that can be got; files are looked at, not read: see `check_entry`."""
    here = [*bundled_entries(), *installed_entries()]
    names = {entry.name for entry in here}
    return [*here, *(entry for entry in downloadable_entries() if entry.name not in names)]


def models_here() -> tuple[str, ...]:
    """The names of the bundled and the user's models that can be used."""
    return tuple(entry.name for entry in list_models() if entry.state in ("bundled", "installed"))


def find_model(name: str) -> ModelEntry:
    """One model of the list.

    Raises:
        ModelError: There is none of this name.
    """
    for entry in list_models():
        if entry.name == name:
            return entry
    raise ModelError(say("there is no model named {name!r}; `bandsaw models list` shows them", name=name))


def check_entry(entry: ModelEntry, control: JobControl | None = None) -> ModelEntry:
    """Read a model's whole file: `damaged` unless it has the SHA-256 that it should have.

    Raises:
        Cancelled: `control` asked for it.
    """
    if entry.file is None or entry.state not in ("bundled", "installed"):
        return entry
    try:
        if file_sha256(entry.file, (control or JobControl()).checkpoint) == entry.sha256:
            return entry
        remark = DAMAGED if entry.state == "bundled" else CHANGED
    except OSError as error:
        remark = say("its file cannot be read ({words})", words=error.strerror or str(error))
    return replace(entry, state="damaged", remark=remark)


def model_sha256(name: str) -> str:
    """The SHA-256 of a model's file, in hex; of bundled and installed ones what it should be.

    Args:
        name: As `engine.model.library.load_model` takes it.

    Raises:
        ModelError: There is no such model, or its file cannot be read.
    """
    bundled = bundled_models()
    if name in bundled:
        return bundled[name][1]
    entry = installed_entry(name)
    if entry is not None:
        return usable(entry).sha256
    return checkpoint_sha256(checkpoint_path(name))


def remove_model(name: str) -> None:
    """Remove one of the user's models, or what is there of a download that was not finished.

    Raises:
        ModelError: It is bundled, is not here, or is being worked on.
        WriteError: A file cannot be removed.
    """
    if name in bundled_models():
        raise ModelError(say("the model {name!r} comes with the program and cannot be removed", name=name))
    words = say(
        "there is no model named {name!r} in {folder} that could be removed", name=name, folder=str(models_folder())
    )
    nothing = ModelError(words)
    if not is_model_name(name):
        raise nothing
    with claimed(name):
        if not remove_files(name):
            raise nothing


def usable(entry: ModelEntry) -> ModelEntry:
    """The same entry.

    Raises:
        ModelError: It is damaged.
    """
    if entry.state != "damaged":
        return entry
    if entry.name in bundled_models():
        raise unusable_bundled(entry.name, entry.remark)
    words = say(
        "the model {name!r} cannot be used: {reason}; remove it and {again}",
        name=entry.name,
        reason=entry.remark,
        again=say("download it again") if entry.url else say("add it again"),
    )
    raise ModelError(words)


def checkpoint_path(name: str) -> Path:
    """The checkpoint file that a name means which is no model of the list.

    Raises:
        ModelError: There is no such file; the name may be that of a model that is not here yet.
    """
    path = Path(name)
    with suppress(RuntimeError):  # there is no user of the name after the ~
        path = path.expanduser()
    if is_there(path):
        return path
    for entry in downloadable_entries():
        if entry.name == name:
            words = say("the model {name!r} is not on this machine yet; {advice}", name=name, advice=how_to_get(entry))
            raise ModelError(words)
    words = say(
        "there is no model file {name!r} and no model of that name; `bandsaw models list` shows those that there are",
        name=name,
    )
    raise ModelError(words)


def how_to_get(entry: ModelEntry) -> str:
    """What to do for a model that is available, as the end of a sentence."""
    if entry.url:
        return say("get it with: bandsaw models download {name}", name=entry.name)
    return say(
        "get its file by hand ({source}), then: bandsaw models add FILE --name {name}",
        source=entry.source,
        name=entry.name,
    )
