"""The models that come with the program, and which weights a name means; loads no torch."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from engine.errors import ModelError

MANIFEST = "manifest.toml"

_BLOCK_BYTES = 1 << 20  # 1-2 ms of hashing: a prompt answer to a cancel


def bundled_models() -> dict[str, tuple[Traversable, str]]:
    """Every bundled model's file and the SHA-256 that it should have, by name."""
    folder = files("resources") / "models"
    entries = tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return {name: (folder / entry["file"], entry["sha256"]) for name, entry in entries.items()}


def model_sha256(name: str) -> str:
    """The SHA-256 of a model's file, in hex; that of a bundled one is taken from the manifest.

    Args:
        name: A bundled model's name, or the path of a checkpoint.

    Raises:
        ModelError: There is no such file, or it cannot be read.
    """
    bundled = bundled_models()
    if name in bundled:
        return bundled[name][1]
    path = Path(name).expanduser()
    try:
        return file_sha256(path)
    except FileNotFoundError:
        raise no_such_model(path) from None
    except OSError as error:
        raise ModelError(f"the model {path.name} cannot be read ({error.strerror or error})") from error


def no_such_model(path: Path) -> ModelError:
    """The error for a checkpoint that is not there."""
    return ModelError(f"there is no model file {path}; check the path given to --model")


def file_sha256(path: Path, checkpoint: Callable[[], None] = lambda: None) -> str:
    """Hash a file, in hex.

    Args:
        path: The file.
        checkpoint: Called before each block; what it raises ends the hashing.

    Raises:
        OSError: The file cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        checkpoint()
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
            checkpoint()
    return digest.hexdigest()
