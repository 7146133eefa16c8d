"""Finding a model by name: bundled ones from `resources/models`, others by path."""

from __future__ import annotations

import tomllib
from importlib.resources import as_file, files
from pathlib import Path

from engine.errors import ModelError
from engine.model.checkpoint import Checkpoint, load_checkpoint

MANIFEST = "manifest.toml"


def load_model(name: str) -> Checkpoint:
    """Load a model.

    Args:
        name: A bundled model's name, or the path of a checkpoint.

    Raises:
        ModelError: There is no such model, or its file is damaged.
    """
    folder = files("resources") / "models"
    bundled = tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if name in bundled:
        with as_file(folder / bundled[name]["file"]) as path:
            checkpoint = load_checkpoint(path)
        if checkpoint.sha256 != bundled[name]["sha256"]:
            raise ModelError(f"the bundled model {name!r} is damaged; install this program again")
        return checkpoint
    return load_checkpoint(Path(name).expanduser())
