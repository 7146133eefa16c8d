"""Finding a model by name: bundled ones from `resources/models`, others by path."""

from __future__ import annotations

from importlib.resources import as_file
from pathlib import Path

from engine.errors import ModelError
from engine.model.bundled import bundled_models
from engine.model.checkpoint import Checkpoint, load_checkpoint


def load_model(name: str) -> Checkpoint:
    """Load a model.

    Args:
        name: A bundled model's name, or the path of a checkpoint.

    Raises:
        ModelError: There is no such model, or its file is damaged.
    """
    bundled = bundled_models()
    if name in bundled:
        file, sha256 = bundled[name]
        with as_file(file) as path:
            checkpoint = load_checkpoint(path)
        if checkpoint.sha256 != sha256:
            raise ModelError(f"the bundled model {name!r} is damaged; install this program again")
        return checkpoint
    return load_checkpoint(Path(name).expanduser())
