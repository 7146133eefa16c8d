"""Small networks with deterministic weights, for tests that need a working model but no music."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from engine.model.bs_mamba2 import BSMamba2Config
from engine.model.bs_roformer import BSRoFormerConfig, MelBandRoFormerConfig
from engine.model.bsrnn import BSRNNConfig, SimoBSRNNConfig
from engine.model.checkpoint import ModelCard, save_checkpoint
from engine.model.config import NetworkConfig
from engine.model.light_unet import LightUNetConfig
from engine.model.outline import outline
from engine.model.se_bsrnn import SEBandSplitConfig
from engine.model.separator import Separator
from engine.model.two_stage import TwoStageConfig
from tests.golden import recipe

GOLDEN = Path(recipe.__file__).parent

TINY = TwoStageConfig(feature_dim=16, mask_blocks=1, map_blocks=1, normalise_level=True)

# A small network of every architecture.
TINY_OF_EACH: dict[str, NetworkConfig] = {
    "ts-bsmamba2": TwoStageConfig(16, mask_blocks=1, map_blocks=1, state_dim=16, expand=2, head_dim=16),
    "bs-mamba2": BSMamba2Config(16, depth=1, state_dim=16, expand=2, head_dim=16),
    "bs-roformer": BSRoFormerConfig(feature_dim=16, depth=1, attention_heads=2, head_dim=8),
    "mel-band-roformer": MelBandRoFormerConfig(feature_dim=16, depth=1, attention_heads=2, head_dim=8, sources=1),
    "bsrnn": BSRNNConfig(8, blocks=1, hidden=16),
    "simo-bsrnn": SimoBSRNNConfig(8, blocks=1, hidden=64),
    "se-bsrnn": SEBandSplitConfig(8, blocks=1, hidden=16, squeezed=4, frames=33),
    "light-unet": LightUNetConfig(),
}


def recipe_weights(config: NetworkConfig) -> dict[str, Tensor]:
    return {name: torch.from_numpy(value) for name, value in recipe.weights(outline(config).shapes).items()}


def golden_weights(keys_file: str) -> dict[str, Tensor]:
    shapes = json.loads((GOLDEN / keys_file).read_text())
    return {name: torch.from_numpy(value) for name, value in recipe.weights(shapes).items()}


def tiny_separator(**changes: object) -> Separator:
    config = replace(TINY, **changes)  # type: ignore[arg-type]
    separator = Separator(config)
    separator.network.load_state_dict(recipe_weights(config))
    return separator.requires_grad_(requires_grad=False).eval()


def save_tiny_model(path: Path, tiny: NetworkConfig = TINY, **changes: object) -> Path:
    config = replace(tiny, **changes)  # type: ignore[arg-type]
    card = ModelCard("tiny", config, config.usual_stems(), "CC0-1.0", "recipe weights, for tests")
    save_checkpoint(path, recipe_weights(config), card)
    return path
