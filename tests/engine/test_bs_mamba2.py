"""BSMamba2: parity with its authors' code, both public formats, and what its one mask becomes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from torch import Tensor

from engine.cli import run_command_line
from engine.errors import ModelError
from engine.inference.job import separate
from engine.inference.request import SeparationRequest
from engine.model.bs_mamba2 import BSMamba2Config
from engine.model.checkpoint import load_checkpoint
from engine.model.separator import Separator
from engine.progress import Progress
from tests.golden import check, recipe
from tests.support.models import GOLDEN, golden_weights, recipe_weights, save_tiny_model

TINY = BSMamba2Config(16, depth=1, state_dim=16, expand=2, head_dim=16)
KEYS = "bs_mamba2_vocals_keys.json"


def _separator(config: BSMamba2Config = TINY) -> Separator:
    separator = Separator(config).eval().requires_grad_(requires_grad=False)
    separator.network.load_state_dict(recipe_weights(config))
    return separator


def _mixture(samples: int = 8000) -> Tensor:
    return torch.from_numpy(recipe.signal(samples))[None]


def test_the_public_checkpoints_parameters_are_the_networks() -> None:
    with torch.device("meta"):
        network = BSMamba2Config().build()
    shapes = {name: list(value.shape) for name, value in network.state_dict().items()}
    assert shapes == json.loads((GOLDEN / KEYS).read_text())
    assert len(shapes) == 675
    assert sum(parameter.numel() for parameter in network.parameters()) == 48_098_188


@pytest.mark.slow
def test_forward_command_agrees_with_the_authors_code(tmp_path: Path) -> None:
    checkpoint, mixture, output = tmp_path / "vocals.ckpt", tmp_path / "x.npy", tmp_path / "y.npz"
    torch.save({"state_dict": {f"model.{name}": value for name, value in golden_weights(KEYS).items()}}, checkpoint)
    np.save(mixture, recipe.signal(44100))

    arguments = ["forward", "--checkpoint", str(checkpoint), "--input", str(mixture), "--output", str(output)]
    assert run_command_line(arguments) == 0

    result = check.compare("bs_mamba2_1s", out=np.load(output)["stage1"])
    assert result["ok"], result


@pytest.mark.parametrize("lightning", [False, True])
def test_both_public_formats_are_recognised(lightning: bool, tmp_path: Path) -> None:
    path, weights = tmp_path / "vocals.ckpt", recipe_weights(TINY)
    if lightning:
        state = {f"model.{name}": value for name, value in weights.items()}
        torch.save({"state_dict": state, "epoch": 7, "pytorch-lightning_version": "2.5.0", "loops": {}}, path)
    else:
        torch.save(weights, path)
    card = load_checkpoint(path).card
    assert card.config == TINY
    assert card.stems == ("vocals", "other")


def _spoilt(weights: dict[str, Tensor], name: str, value: Tensor | None) -> dict[str, Tensor]:
    return {**{key: kept for key, kept in weights.items() if key != name}, **({} if value is None else {name: value})}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("final_norm.gamma", None, "lacks final_norm.gamma"),
        ("layers.0.1.linear.bias", torch.zeros(3), r"layers.0.1.linear.bias of shape \(3,\) instead of \(16,\)"),
        ("layers.0.0.rotary", torch.zeros(1), "unknown parameter layers.0.0.rotary"),
        ("layers.0.0.forward_blocks.0.mixer.A_log", None, "no whole BSMamba2 checkpoint: it has no parameter layers"),
        (
            "layers.0.0.linear.weight",
            None,
            "another kind of network; choose a checkpoint of TS-BSMAMBA2, ",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(
    name: str, value: Tensor | None, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "bad.ckpt"
    torch.save(_spoilt(recipe_weights(TINY), name, value), path)
    with pytest.raises(ModelError, match=words) as caught:
        load_checkpoint(path)
    assert "\n" not in str(caught.value)


def test_own_format_keeps_the_architecture(tmp_path: Path) -> None:
    card = load_checkpoint(save_tiny_model(tmp_path / "tiny.safetensors", TINY)).card
    assert card.config == TINY
    assert isinstance(card.config, BSMamba2Config)


def test_vocals_and_what_is_left_are_the_mixture() -> None:
    mixture = _mixture()
    stems = _separator().forward(mixture).stage1
    assert stems.shape == (1, 2, *mixture.shape[1:])
    # One subtraction and one addition in float32.
    torch.testing.assert_close(stems.sum(dim=1), mixture, rtol=0, atol=1e-6)
    assert stems[:, 0].abs().max() > 1e-3
    silent = _separator().forward(torch.zeros_like(mixture))
    assert not silent.stage1.any()
    assert silent.stage2 is None


def test_channels_are_heard_in_pairs() -> None:
    stereo, separator = _mixture(), _separator()
    left, right = (separator.estimate(stereo[:, [side, side]]).stage1 for side in (0, 1))
    torch.testing.assert_close(separator.estimate(stereo[:, :1]).stage1, left[:, :, :1])
    three = separator.estimate(stereo[:, [0, 1, 1]]).stage1
    torch.testing.assert_close(three[:, :, :2], separator.estimate(stereo).stage1)
    torch.testing.assert_close(three[:, :, 2:], right[:, :, :1])


def test_a_song_is_split_in_its_own_chunks(tmp_path: Path) -> None:
    assert TINY.chunking.segment_samples == 8 * 44_100
    assert TINY.chunking.hop_samples["balanced"] * 2 == TINY.chunking.segment_samples
    model = save_tiny_model(tmp_path / "tiny.safetensors", TINY)
    soundfile.write(tmp_path / "song.wav", recipe.signal(400_000).T, 44_100, subtype="FLOAT")
    reports: list[Progress] = []
    request = SeparationRequest(tmp_path / "song.wav", tmp_path / "out", str(model))
    separation = separate(request, reports.append)
    assert (separation.stems, separation.stages) == (("vocals", "other"), (1,))
    total = sum(separation.stem_signal(stem, 1) for stem in separation.stems)
    np.testing.assert_allclose(total, separation.source_signal(), rtol=0, atol=2e-6)
    # Before each of two segments, at the start and at the end, and when all is done.
    assert len([report for report in reports if report.phase == "separate"]) == 3


def test_info_names_architecture_size_and_stems(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["info", "--model", "preset:bs-mamba2", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["architecture"] == "BSMamba2"
    assert facts["parameters"] == facts["first_stage_parameters"] == 48_098_188
    assert (facts["stems"], facts["stages"], facts["remainder"]) == (["vocals", "other"], 1, "other")
    assert facts["sizes"]["depth"] == 6
    assert run_command_line(["info", "--model", "preset:bs-mamba2"]) == 0
    assert "feature dim" in capsys.readouterr().out
