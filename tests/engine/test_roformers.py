"""RoFormers: parity with their public code, the public checkpoints' parameters, their bands and positions."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.cli import run_command_line
from engine.dsp.bands import mel_bands
from engine.model.backend import prepare
from engine.model.bs_roformer import PRESETS, BSRoFormerConfig, MelBandRoFormerConfig, RotaryPositions
from engine.model.checkpoint import load_checkpoint
from engine.model.separator import Separator
from tests.golden import check, recipe
from tests.support.models import GOLDEN, golden_weights

GOLDEN_CONFIGS = {
    "bs_roformer_tiny": BSRoFormerConfig(feature_dim=24, depth=2, attention_heads=3, head_dim=8, sources=2),
    "mel_band_roformer_tiny": MelBandRoFormerConfig(
        feature_dim=24, depth=2, attention_heads=3, head_dim=8, mask_expansion=4, mask_layers=3, sources=2
    ),
}
each_case = pytest.mark.parametrize("case", GOLDEN_CONFIGS)


def _golden_weights(case: str) -> dict[str, Tensor]:
    """The recipe's, but for the angles of positions, which training leaves as they are."""
    started = GOLDEN_CONFIGS[case].build().state_dict()
    kept = {name: value for name, value in started.items() if name.endswith("rotary_embed.freqs")}
    return {**golden_weights(f"{case}_keys.json"), **kept}


# Programs that load them count so many parameters or numbers in them; the bytes are those of the files.
@pytest.mark.parametrize(
    ("preset", "parameters", "numbers", "file_bytes"),
    [("bs-roformer", 1355, 131_704_612, 527_385_512), ("mel-band-roformer", 684, 228_203_172, 913_106_900)],
)
def test_the_public_checkpoints_parameters_are_the_networks(
    preset: str, parameters: int, numbers: int, file_bytes: int
) -> None:
    with torch.device("meta"):
        weights = PRESETS[preset].build().state_dict()
    assert len(weights) == parameters
    assert sum(value.numel() for value in weights.values()) == numbers
    # Four bytes a number, and in PyTorch's archive some 420 beside every tensor.
    assert 400 < (file_bytes - 4 * numbers) / parameters < 440


def test_four_outputs_are_in_the_order_of_public_checkpoints() -> None:
    assert BSRoFormerConfig().usual_stems() == ("drums", "bass", "other", "vocals")
    assert BSRoFormerConfig(sources=1).usual_stems() == ("vocals", "other")
    assert BSRoFormerConfig(sources=6).usual_stems()[5] == "stem6"


@each_case
def test_names_and_shapes_are_those_of_the_public_code(case: str) -> None:
    with torch.device("meta"):
        shapes = {name: list(value.shape) for name, value in GOLDEN_CONFIGS[case].build().state_dict().items()}
    assert shapes == json.loads((GOLDEN / f"{case}_keys.json").read_text())


@each_case
def test_forward_command_agrees_with_the_public_code(case: str, tmp_path: Path) -> None:
    checkpoint, mixture, output = tmp_path / "stems.ckpt", tmp_path / "x.npy", tmp_path / "y.npz"
    torch.save(_golden_weights(case), checkpoint)
    np.save(mixture, recipe.signal(44100))
    arguments = ["forward", "--checkpoint", str(checkpoint), "--input", str(mixture), "--output", str(output)]
    assert run_command_line(arguments) == 0
    assert load_checkpoint(checkpoint).card.config == GOLDEN_CONFIGS[case]
    result = check.compare(f"{case}_1s", out=np.load(output)["stage1"])
    assert result["ok"], result


@each_case
def test_compiled_functions_agree_with_the_public_code_too(case: str) -> None:
    separator = Separator(GOLDEN_CONFIGS[case]).requires_grad_(requires_grad=False)
    separator.network.load_state_dict(_golden_weights(case))
    assert prepare(separator, torch.device("cpu")).name == "numba"
    with torch.inference_mode():
        (made,) = separator.estimate(torch.from_numpy(recipe.signal(44100))[None]).stage1
    result = check.compare(f"{case}_1s", out=made.numpy())
    assert result["ok"], result


@pytest.mark.parametrize("count", [1, 2, 30, 60])
def test_mel_bands_cover_every_bin_and_overlap_with_their_neighbours_only(count: int) -> None:
    bands = mel_bands(count)
    assert len(bands) == count
    assert {bin_ for band in bands for bin_ in band} == set(range(1025))
    for band, following in zip(bands, bands[2:], strict=False):
        assert band.stop <= following.start
    for band, following in itertools.pairwise(bands):
        assert band.start < following.start < band.stop < following.stop


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


@each_case
def test_every_bin_and_frame_is_heard_everywhere(case: str) -> None:
    network = GOLDEN_CONFIGS[case].build().eval()
    network.load_state_dict(_golden_weights(case))
    generator = torch.Generator().manual_seed(0)
    spectrum = torch.randn(1, 2, 1025, 12, dtype=torch.complex64, generator=generator)
    changed = spectrum.clone()
    changed[:, 1, 700, 5] += 1.0
    with torch.no_grad():
        before, after = (network(each).stage1 / each[:, None] for each in (spectrum, changed))
    assert ((before - after).abs().amax(dim=(0, 1, 2)) > 0).all()
