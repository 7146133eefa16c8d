"""The model that comes with the program: whole, small enough, described, and better than doing nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from engine.evaluation.evaluate import EvaluationRequest, evaluate
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


@pytest.mark.slow
def test_the_default_model_beats_the_shares_of_the_mixture_on_the_demo_song(demo_song: Path, tmp_path: Path) -> None:
    request = EvaluationRequest(demo_song / "songs", quality="fast", device="cpu", work=tmp_path)
    summary = evaluate(request, lambda _line: None).summary
    for system in ("mixture", "equal_share"):
        assert summary["stage2"]["average"].usdr_db > summary[system]["average"].usdr_db
