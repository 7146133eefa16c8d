"""The manifest: the models that come with the program, and those that can be got from elsewhere; loads no torch."""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Callable
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from engine.errors import ModelError
from engine.model.entry import ModelEntry, Score
from engine.said import say

MANIFEST = "manifest.toml"

DAMAGED = say("its file is damaged; install this program again")

_DOWNLOADABLE = "downloadable"
_BLOCK_BYTES = 1 << 20  # 1-2 ms of hashing: a prompt answer to a cancel


def bundled_models() -> dict[str, tuple[Traversable, str]]:
    """Every bundled model's file and the SHA-256 that it should have, by name."""
    folder = files("resources") / "models"
    return {name: (folder / entry["file"], entry["sha256"]) for name, entry in _bundled_tables().items()}


def bundled_entries() -> list[ModelEntry]:
    """The bundled models, as their own files and the manifest describe them."""
    tables = _bundled_tables()
    return [_bundled_entry(name, file, tables[name]) for name, (file, _sha256) in bundled_models().items()]


def downloadable_entries() -> list[ModelEntry]:
    """The models that the manifest knows elsewhere, whether they were installed meanwhile or not."""
    return [
        ModelEntry(
            name,
            "available",
            architecture=table.get("architecture", ""),
            stems=tuple(table["stems"]),
            parameters=table.get("parameters", 0),
            size_bytes=table.get("size_bytes", 0),
            licence=table.get("licence", ""),
            source=table["source"],
            scores=_scores(table),
            sha256=table.get("sha256", ""),
            published=bool(table.get("sha256")),
            url=table.get("url", ""),
        )
        for name, table in _manifest().get(_DOWNLOADABLE, {}).items()
    ]


def is_there(path: Path) -> bool:
    """Whether there is such a file; not if the disk refuses to look, as for a name that is too long."""
    try:
        return path.is_file()
    except OSError:
        return False


def no_such_model(path: Path) -> ModelError:
    """The error for a checkpoint that is not there."""
    return ModelError(say("there is no model file {path}; check the path", path=str(path)))


def unusable_bundled(name: str, reason: str = DAMAGED) -> ModelError:
    """The error for a bundled model, which cannot be removed and got again."""
    return ModelError(say("the bundled model {name!r} cannot be used: {reason}", name=name, reason=reason))


def checkpoint_sha256(path: Path, checkpoint: Callable[[], None] = lambda: None) -> str:
    """Hash a checkpoint's file, like `file_sha256`.

    Raises:
        ModelError: It cannot be read.
    """
    try:
        return file_sha256(path, checkpoint)
    except OSError as error:
        words = say(
            "{file} cannot be read ({words}); check the file", file=path.name, words=error.strerror or str(error)
        )
        raise ModelError(words) from error


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


def _manifest() -> dict[str, Any]:
    return tomllib.loads((files("resources") / "models" / MANIFEST).read_text(encoding="utf-8"))


def _bundled_tables() -> dict[str, dict[str, Any]]:
    return {name: table for name, table in _manifest().items() if name != _DOWNLOADABLE}


def _bundled_entry(name: str, file: Traversable, table: dict[str, Any]) -> ModelEntry:
    try:
        with as_file(file) as path, safe_open(path, framework="np") as weights:
            card: dict[str, Any] = json.loads(weights.metadata()["bandsaw"])
            shapes = [weights.get_slice(each).get_shape() for each in weights.keys()]  # noqa: SIM118 - not a mapping
            size_bytes = path.stat().st_size
    except (SafetensorError, OSError):
        return ModelEntry(name, "damaged", sha256=table["sha256"], published=True, remark=DAMAGED)
    return ModelEntry(
        name,
        "bundled",
        architecture=table["architecture"],
        stems=tuple(card["stems"]),
        parameters=sum(math.prod(shape) for shape in shapes),
        size_bytes=size_bytes,
        licence=card["licence"],
        source=card["provenance"],
        scores=_scores(table),
        sha256=table["sha256"],
        published=True,
        file=path,
    )


def _scores(table: dict[str, Any]) -> tuple[Score, ...]:
    return tuple(Score(**each) for each in table.get("scores", []))
