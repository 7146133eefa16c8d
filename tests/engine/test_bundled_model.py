"""The model that comes with the program: whole, small enough and described."""

from __future__ import annotations

import tomllib
from pathlib import Path

from engine.model.library import load_model

REPOSITORY = Path(__file__).parents[2]
MODELS = REPOSITORY / "resources" / "models"


def test_the_default_model_is_what_the_manifest_says() -> None:
    entry = tomllib.loads((MODELS / "manifest.toml").read_text(encoding="utf-8"))["default"]
    model = load_model("default")
    assert model.path == MODELS / "default.safetensors"
    assert model.path.stat().st_size <= 16_000_000
    assert model.sha256 == entry["sha256"]
    assert model.card.stems == ("vocals", "bass", "drums", "other")
    assert model.card.licence
    assert model.card.config.normalise_level
    assert model.card.config.stages == 2


def test_the_card_names_what_the_weights_were_made_from() -> None:
    card = (MODELS / "default.md").read_text(encoding="utf-8")
    for name in ("MuldjordKit", "VCTK", "POP909", "Greg Sullivan", "CC-BY-4.0", "stage 2", "Wiener mask"):
        assert name in card
