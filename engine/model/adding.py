"""Taking a checkpoint into the user's models: read, tried out, copied, and only then put into the list."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import EngineError, ModelError, UnnamedOutputsError, WriteError
from engine.model.bundled import bundled_models, checkpoint_sha256, downloadable_entries, is_there, no_such_model
from engine.model.catalog import list_models
from engine.model.entry import AddModelRequest, ModelEntry
from engine.model.installed import claimed, is_model_name, models_folder, write_record
from engine.naming import fault_of_names
from engine.progress import JobControl, Progress, ProgressCallback, ignore_progress
from engine.said import say
from engine.whole_file import part_path, whole_file

if TYPE_CHECKING:
    from engine.model.checkpoint import Checkpoint

_BLOCK_BYTES = 1 << 20


def add_model(
    request: AddModelRequest, on_progress: ProgressCallback = ignore_progress, control: JobControl | None = None
) -> ModelEntry:
    """Add a checkpoint, or say in one sentence why not; then nothing is left of it in the user's folder.

    A downloaded file that lies where the model's file belongs is taken as it is.

    Args:
        request: The file and the name.
        on_progress: Told of each phase, and of every part of the file that is copied.
        control: Cancels, also in the middle of the trial run.

    Raises:
        ModelError: The name cannot be used or is taken, the file is there already under another name, is not the one
            that is known by this name, is no checkpoint of a network that this program has, has not as many outputs as
            stems were named, or gives no sound.
        UnnamedOutputsError: Nothing says what its outputs are, and the request forbids to guess.
        WriteError: It cannot be copied.
        Cancelled: `control` asked for it.
    """
    control = control or JobControl()
    name = request.name or default_model_name(request.path)
    if not is_model_name(name):
        words = say(
            "a model cannot be named {name!r}; choose a name of letters, digits, - and _ with --name, such as my-model",
            name=name,
        )
        raise ModelError(words)
    if not is_there(request.path):
        raise no_such_model(request.path)
    with claimed(name) as folder:
        known = known_as(name)
        target = folder / (name + request.path.suffix.lower())
        in_place = request.path == target
        try:
            checkpoint = _read(request.path, known, on_progress, control)
            known = known or _known_file(checkpoint.sha256)
            stems = _stems(request, known, checkpoint)
            _try_out(checkpoint, on_progress, control)
        except EngineError:
            if in_place:
                target.unlink(missing_ok=True)
            raise
        try:
            if not in_place:
                _copy(checkpoint, target, on_progress, control)
            entry = _entry(name, checkpoint, target, known, stems)
            write_record(entry)
        except WriteError:
            if not in_place:
                target.unlink(missing_ok=True)
            raise
    return entry


def remove_partial_add(request: AddModelRequest) -> None:
    """Remove what a process that was killed left behind."""
    name = request.name or default_model_name(request.path)
    if is_model_name(name):
        part_path(models_folder() / (name + request.path.suffix.lower())).unlink(missing_ok=True)


def default_model_name(path: Path) -> str:
    """A model's name made from its file's."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", path.stem).strip("-_")[:64]


def known_as(name: str) -> ModelEntry | None:
    """The model of this name that is available; None if there is none.

    Raises:
        ModelError: A model that is here has the name, or one that differs in capitals only.
    """
    entries = list_models()
    for entry in entries:
        if entry.state != "available" and entry.name.casefold() == name.casefold():
            if entry.name in bundled_models():  # which cannot be removed
                raise ModelError(say("there is a model named {name!r} already; use another name", name=entry.name))
            words = say("there is a model named {name!r} already; remove it first or use another name", name=entry.name)
            raise ModelError(words)
    return next((entry for entry in entries if entry.name == name), None)


def _read(path: Path, known: ModelEntry | None, on_progress: ProgressCallback, control: JobControl) -> Checkpoint:
    """The checkpoint, if it is the one that it should be."""
    from engine.model.checkpoint import load_checkpoint

    on_progress(Progress("check", 0, 0))
    sha256 = checkpoint_sha256(path, control.checkpoint)
    if known is not None and known.published and sha256 != known.sha256:
        words = say(
            "{file} is damaged or not the published file of {name!r}: "
            "its SHA-256 is {sum} instead of {published}; get it again",
            file=path.name,
            name=known.name,
            sum=sha256,
            published=known.sha256,
        )
        raise ModelError(words)
    for entry in list_models():
        if entry.state in ("bundled", "installed") and entry.sha256 == sha256:
            words = say("{file} is there already, as the model {name!r}; use that one", file=path.name, name=entry.name)
            raise ModelError(words)
    on_progress(Progress("load", 0, 0))
    checkpoint = load_checkpoint(path)
    if known is not None:
        _check_kind(checkpoint, known)
    control.checkpoint()
    return checkpoint


def _try_out(checkpoint: Checkpoint, on_progress: ProgressCallback, control: JobControl) -> None:
    """Refuse a network that makes no sound."""
    from engine.model.trial import try_out

    on_progress(Progress("try", 0, 0))
    try_out(checkpoint, control)
    control.checkpoint()


def _check_kind(checkpoint: Checkpoint, known: ModelEntry) -> None:
    """Refuse what would get another model's licence and scores."""
    kind = (checkpoint.card.config.title, _parameters(checkpoint))
    wanted = (known.architecture or kind[0], known.parameters or kind[1])
    if kind != wanted:
        words = say(
            "{file} is not {name!r}: it is {title} with {count:,} parameters instead of {wanted_title} with "
            "{wanted_count:,} parameters; add it under another name",
            file=checkpoint.path.name,
            name=known.name,
            title=kind[0],
            count=kind[1],
            wanted_title=wanted[0],
            wanted_count=wanted[1],
        )
        raise ModelError(words)


def _known_file(sha256: str) -> ModelEntry | None:
    """The model that is known elsewhere, whose file this is; None if there is none."""
    return next((entry for entry in downloadable_entries() if entry.published and entry.sha256 == sha256), None)


def _stems(request: AddModelRequest, known: ModelEntry | None, checkpoint: Checkpoint) -> tuple[str, ...]:
    """What the network's outputs are, in their order."""
    outputs = checkpoint.card.config.stems
    if not request.stems:
        if known is not None and len(known.stems) == outputs:
            return known.stems
        if checkpoint.says_stems or request.guess:
            return checkpoint.card.stems
        raise UnnamedOutputsError(request.path, checkpoint.card.stems)
    if fault := fault_of_names(request.stems, outputs):
        words = say(
            "{file} cannot be added: --stems {fault}; name every output, each by another word",
            file=request.path.name,
            fault=fault,
        )
        raise ModelError(words)
    return request.stems


def _parameters(checkpoint: Checkpoint) -> int:
    return sum(value.numel() for value in checkpoint.weights.values())


def _copy(checkpoint: Checkpoint, target: Path, on_progress: ProgressCallback, control: JobControl) -> None:
    """Copy a checkpoint's file, whole or not at all.

    Raises:
        WriteError: It cannot be written.
        ModelError: The file is not what it was when it was read.
    """
    digest = hashlib.sha256()
    with whole_file(target) as part, checkpoint.path.open("rb") as source, part.open("wb") as copy:
        done, total = 0, os.fstat(source.fileno()).st_size
        while block := source.read(_BLOCK_BYTES):
            control.checkpoint()
            copy.write(block)
            digest.update(block)
            done += len(block)
            on_progress(Progress("copy", done, total))
        if digest.hexdigest() != checkpoint.sha256:
            raise ModelError(say("{file} changed while it was being added; try again", file=checkpoint.path.name))


def _entry(
    name: str, checkpoint: Checkpoint, file: Path, known: ModelEntry | None, stems: tuple[str, ...]
) -> ModelEntry:
    """What the list will say: the file's own words first, then what is known of the model that it is."""
    card = checkpoint.card
    known = known or ModelEntry(name, "available")
    return ModelEntry(
        name,
        "installed",
        architecture=card.config.title,
        stems=stems,
        parameters=_parameters(checkpoint),
        size_bytes=file.stat().st_size,
        licence=card.licence or known.licence,
        source=card.provenance or known.source or say("the file {file}", file=checkpoint.path.name),
        scores=known.scores,
        sha256=checkpoint.sha256,
        published=known.published,
        url=known.url,
        file=file,
    )
