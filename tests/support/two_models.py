"""A song of the window that is split with two models, the other of which makes fewer stems."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.compose import Studio
from engine.api import Comparison
from engine.model.entry import ModelEntry
from engine.model.installed import models_folder, write_record

VOICE = ("vocals", "other")


def install(model: str) -> None:
    """Let there be a model of this name, of which nothing is read but its record."""
    models_folder().mkdir(parents=True, exist_ok=True)
    file = models_folder() / f"{model}.safetensors"
    file.write_bytes(model.encode())
    sha256 = hashlib.sha256(model.encode()).hexdigest()
    write_record(ModelEntry(model, "installed", stems=VOICE, size_bytes=len(model), sha256=sha256, file=file))


def split_also(qtbot: QtBot, studio: Studio, song: Path, model: str = "voice") -> None:
    """Split the song with one more model and wait until it can be chosen."""
    install(model)
    before = len(studio.models.compare.state.offers)
    studio.models.session.split_also(song, model)
    qtbot.waitUntil(lambda: len(studio.models.compare.state.offers) > before)


def choose(studio: Studio, letter: str, model: str, stage: int = 1) -> None:
    compare = studio.models.compare
    side = next(each for each in compare.state.offers if (each.separation.model, each.stage) == (model, stage))
    compare.choose("A" if letter == "A" else "B", side)


def on_show(studio: Studio) -> Comparison:
    made = studio.window.song_on_show()
    assert made is not None
    assert isinstance(made.separation, Comparison)
    return made.separation
