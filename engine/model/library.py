"""Loading a model by name: bundled ones from `resources/models`, the user's own from their folder, others by path."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import as_file

from engine.model.architectures import PRESET_PREFIX, preset_config
from engine.model.bundled import bundled_models, unusable_bundled
from engine.model.catalog import check_entry, checkpoint_path, usable
from engine.model.checkpoint import Checkpoint, load_checkpoint
from engine.model.entry import ModelEntry
from engine.model.installed import installed_entry
from engine.model.separator import Separator


def load_model(name: str) -> Checkpoint:
    """Load a model.

    Args:
        name: Of a bundled model or of one of the user's, or the path of a checkpoint.

    Raises:
        ModelError: There is no such model, or its file is damaged.
    """
    bundled = bundled_models()
    if name in bundled:
        file, sha256 = bundled[name]
        with as_file(file) as path:
            checkpoint = load_checkpoint(path)
        if checkpoint.sha256 != sha256:
            raise unusable_bundled(name)
        return checkpoint
    entry = installed_entry(name)
    if entry is not None:
        return _load_installed(entry)
    return load_checkpoint(checkpoint_path(name))


def load_separator(name: str) -> Separator:
    """The network of a model, ready to be run.

    Args:
        name: As for `load_model`, or `preset:NAME` for a network without training.

    Raises:
        ModelError: There is no such model or preset, or its file is damaged.
    """
    if not name.startswith(PRESET_PREFIX):
        return load_model(name).separator()
    return Separator(preset_config(name)).requires_grad_(requires_grad=False).eval()


def _load_installed(entry: ModelEntry) -> Checkpoint:
    """Load one of the user's models, under its name in the list; the record adds what the file does not say."""
    checked = usable(check_entry(entry))
    if checked.file is None:
        raise ValueError("an installed model has a file")
    checkpoint = load_checkpoint(checked.file, checked.sha256)
    card = checkpoint.card
    licence, provenance = card.licence or entry.licence, card.provenance or entry.source
    card = replace(card, name=entry.name, stems=entry.stems, licence=licence, provenance=provenance)
    return replace(checkpoint, card=card)
