"""BS-RoFormer: parity with its public code, the public checkpoint's parameters, and what its positions mean."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.cli import run_command_line
from engine.model.bs_roformer import BSRoFormerConfig, RotaryPositions
from engine.model.checkpoint import load_checkpoint
from tests.golden import check, recipe
from tests.support.models import GOLDEN, golden_weights

KEYS = "bs_roformer_tiny_keys.json"
GOLDEN_CONFIG = BSRoFormerConfig(feature_dim=24, depth=2, attention_heads=3, head_dim=8, sources=2)


def _golden_weights() -> dict[str, Tensor]:
    """The recipe's, but for the angles of positions, which training leaves as they are."""
    started = GOLDEN_CONFIG.build().state_dict()
    kept = {name: value for name, value in started.items() if name.endswith("rotary_embed.freqs")}
    return {**golden_weights(KEYS), **kept}


def test_the_public_checkpoints_parameters_are_the_networks() -> None:
    with torch.device("meta"):
        weights = BSRoFormerConfig().build().state_dict()
    # Source of both: programs that load it; its file has 527,385,512 bytes, 4 for each number and some for every name.
    assert len(weights) == 1355
    assert sum(value.numel() for value in weights.values()) == 131_704_612
    with torch.device("meta"):
        small = {name: list(value.shape) for name, value in GOLDEN_CONFIG.build().state_dict().items()}
    assert small == json.loads((GOLDEN / KEYS).read_text())


def test_forward_command_agrees_with_the_public_code(tmp_path: Path) -> None:
    checkpoint, mixture, output = tmp_path / "stems.ckpt", tmp_path / "x.npy", tmp_path / "y.npz"
    torch.save(_golden_weights(), checkpoint)
    np.save(mixture, recipe.signal(44100))
    arguments = ["forward", "--checkpoint", str(checkpoint), "--input", str(mixture), "--output", str(output)]
    assert run_command_line(arguments) == 0
    assert load_checkpoint(checkpoint).card.config == GOLDEN_CONFIG
    result = check.compare("bs_roformer_tiny_1s", out=np.load(output)["stage1"])
    assert result["ok"], result


def test_products_of_turned_vectors_tell_only_how_far_apart_they_are() -> None:
    generator = torch.Generator().manual_seed(0)
    query, key = (torch.randn(8, generator=generator).expand(1, 1, 50, 8) for _ in range(2))
    turn = RotaryPositions(8)
    products = (turn(query) @ turn(key).transpose(-1, -2))[0, 0]
    for apart in (-7, 0, 1, 20):
        along = products.diagonal(apart)
        torch.testing.assert_close(along, along[:1].expand_as(along), rtol=0, atol=1e-4)
    assert products.diagonal(0)[0] != products.diagonal(1)[0]
    # A vector keeps its length, and the first one its direction.
    torch.testing.assert_close(turn(query).norm(dim=-1), query.norm(dim=-1))
    torch.testing.assert_close(turn(query)[..., 0, :], query[..., 0, :])


def test_bands_hear_each_other_and_frames_too() -> None:
    network = GOLDEN_CONFIG.build().eval()
    network.load_state_dict(_golden_weights())
    generator = torch.Generator().manual_seed(0)
    spectrum = torch.randn(1, 2, 1025, 12, dtype=torch.complex64, generator=generator)
    changed = spectrum.clone()
    changed[:, 1, 700, 5] += 1.0
    with torch.no_grad():
        before, after = (network(each).stage1 / each[:, None] for each in (spectrum, changed))
    assert ((before - after).abs().amax(dim=(0, 1, 2)) > 0).all()
